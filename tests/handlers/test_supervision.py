"""Supervision and mentoring meetings, as people meet them in Slack."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlmodel import col, select

from bot.practice import Person, texts
from storage.database import Database
from storage.tables.delivery import DueItem
from storage.tables.meetings import Session
from tests.service import Running, running

WEDNESDAY = datetime(2026, 12, 9, 14, tzinfo=UTC)  # nine days on; London keeps UTC in winter


def said(shown: object) -> str:
    """Return everything readable in a view or message."""
    return "\n".join(texts(shown))  # type: ignore[arg-type]  # views and messages alike


def plan(who: Person, day: str = "9 dec 2pm", meeting: str = "Mentoring meeting with Asha Mentee") -> None:
    """Plan a meeting with Asha as her mentor would."""
    who.command(f"/supervision schedule @Asha Mentee {day}")
    who.submit({"Which meeting?": meeting})


def sessions_of(service: Running) -> list[Session]:
    """Return every session, oldest first."""
    with service.database.reading() as db:
        found = list(db.exec(select(Session).order_by(col(Session.id))).all())
        db.expunge_all()
    return found


def open_duties(service: Running) -> set[str]:
    """Return the rules of what is owed about sessions and their records."""
    with service.database.reading() as db:
        rows = db.exec(select(DueItem).where(DueItem.state == "open", col(DueItem.rule).contains("session."))).all()
        return {row.rule for row in rows}


# ---- seeing ----------------------------------------------------------------------------------------------------------


def test_somebody_with_no_pair_reads_a_kind_sentence(service: Running) -> None:
    sam = service.person("sam")
    sam.command("/supervision")
    assert "that's fine" in said(sam.last_message)
    sam.command("/supervision schedule")
    assert "You have nobody to meet with here yet" in said(sam.last_message)


def test_help_and_words_nobody_knows_say_what_the_command_does(service: Running) -> None:
    mary = service.person("mary")
    for typed in ("help", "dance"):
        mary.command(f"/supervision {typed}")
        assert "schedule @name next tuesday 2pm" in said(mary.last_message)


def test_a_co_mentor_sees_the_pair_s_meeting_and_may_say_it_was_held(service: Running) -> None:
    plan(service.person("mary"))
    service.clock.set(WEDNESDAY + timedelta(hours=2))
    colin = service.person("colin")
    colin.command("/supervision")
    assert "with Asha Mentee and Mary Mentor" in said(colin.last_message)
    colin.press("Held")
    colin.submit()
    [session] = sessions_of(service)
    assert session.state == "held"
    assert session.led_by_id == service.service.co_mentor


def test_the_mentee_is_not_asked_whether_it_was_held(service: Running) -> None:
    plan(service.person("mary"))
    service.clock.set(WEDNESDAY + timedelta(hours=2))
    asha = service.person("asha")
    asha.command("/supervision")
    assert "Held" not in said(asha.last_message).splitlines()


def test_history_turns_its_pages(service: Running) -> None:
    mary = service.person("mary")
    for n in range(12):
        mary.command("/supervision")
        mary.press("Log a meeting we had")
        mary.submit({"Which meeting?": "A quick word with Asha Mentee", "Day": f"2026-11-{n + 10}"})
        mary.close()
    mary.command("/supervision")
    mary.press("Earlier meetings")
    assert "Sat 21 Nov" in said(mary.modal) and "Wed 11 Nov" not in said(mary.modal)
    mary.press("Earlier")
    assert "Wed 11 Nov" in said(mary.modal) and "Sat 21 Nov" not in said(mary.modal)
    mary.press("Later")
    assert "Sat 21 Nov" in said(mary.modal)


# ---- scheduling ------------------------------------------------------------------------------------------------------


def test_a_mentor_schedules_from_a_typed_day_and_both_see_it(service: Running) -> None:
    mary, asha = service.person("mary"), service.person("asha")
    plan(mary)
    assert "Wed 9 Dec at 14:00, 60 minutes" in said(mary.modal)
    assert "two hours before if you are at work" in said(mary.modal)
    asha.command("/supervision")
    shown = said(asha.last_message)
    assert "*Mentoring meeting* with Mary Mentor" in shown
    assert "Wed 9 Dec at 14:00" in shown


def test_next_tuesday_is_asked_about_and_never_guessed(service: Running) -> None:
    mary = service.person("mary")
    mary.command("/supervision schedule @Asha Mentee next tuesday 2pm")
    shown = said(mary.modal)
    assert "Which day do you mean?" in shown
    assert "Tue 8 Dec 2026" in shown and "Tue 15 Dec 2026" in shown
    mary.submit({"Which meeting?": "Mentoring meeting with Asha Mentee"})
    assert mary.errors == {"which_day": "Please answer this one."}
    mary.submit({"Which day do you mean?": "Tue 15 Dec 2026"})
    assert "Tue 15 Dec at 14:00" in said(mary.modal)


def test_a_day_that_has_passed_is_said_and_not_planned(service: Running) -> None:
    mary = service.person("mary")
    mary.command("/supervision schedule @Asha Mentee yesterday 2pm")
    assert "Mon 30 Nov has passed already" in said(mary.modal)
    mary.submit({"Which meeting?": "Mentoring meeting with Asha Mentee", "Day": "2026-11-30"})
    assert mary.errors == {"planned_at": "That time has passed already. Choose one to come."}
    assert sessions_of(service) == []


def test_everything_can_be_done_with_buttons_alone(service: Running) -> None:
    asha = service.person("asha")
    asha.command("/supervision")
    asha.press("Schedule a session")
    asha.submit(
        {
            "Which meeting?": "First conversation with Mary Mentor and Colin Comentor",
            "Who leads it?": "Colin Comentor",
            "Day": "2026-12-09",
            "Time": "10:00",
        }
    )
    [session] = sessions_of(service)
    assert session.led_by_id == service.service.co_mentor


def test_somebody_who_is_not_my_pair_is_named_in_a_kind_sentence(service: Running) -> None:
    mary = service.person("mary")
    mary.command("/supervision schedule @Sam Stranger tomorrow 2pm")
    assert "You and Sam Stranger have no meetings together here" in said(mary.last_message)


@pytest.mark.parametrize("typed", ["Sam tomorrow 2pm", "tomorrow 2pm with Sam Stranger"])
def test_a_name_without_its_sign_is_never_taken_for_somebody_else(service: Running, typed: str) -> None:
    mary = service.person("mary")
    mary.command(f"/supervision schedule {typed}")
    assert "You and Sam Stranger have no meetings together here" in said(mary.last_message)


def test_a_name_with_a_slip_is_asked_about(service: Running) -> None:
    mary = service.person("mary")
    mary.command("/supervision schedule Ahsa tomorrow 2pm")
    assert "I don't know who “ahsa” is. Type @ and the start of their name" in said(mary.last_message)


def test_until_the_agreement_is_signed_nothing_regular_can_be_planned(sqlite_database: Database) -> None:
    with running(sqlite_database, agreed=False) as service:
        mary = service.person("mary")
        mary.command("/supervision")
        shown = said(mary.last_message)
        assert "*Coach-mentoring* with Asha Mentee and Colin Comentor waits for its agreement" in shown
        mary.press("Schedule a session")
        assert "as soon as your agreement is signed" in said(mary.modal)
        mary.command("/supervision schedule @Asha Mentee tomorrow 2pm")
        assert "You and Asha Mentee can meet as soon as your agreement is signed." in said(mary.last_message)


def test_a_clash_is_said_once_and_forbids_nothing(service: Running) -> None:
    mary = service.person("mary")
    plan(mary)
    mary.close()
    mary.command("/supervision schedule @Asha Mentee 9 dec 2.30pm")
    mary.submit({"Which meeting?": "First conversation with Asha Mentee"})
    assert "You have another meeting then, 14:00 to 15:00." in said(mary.modal)
    assert "Asha has another meeting then, 14:00 to 15:00." in said(mary.modal)
    mary.submit({"Day": "2026-12-12"})
    assert "Asha does not work that day." in said(mary.modal)
    assert "another meeting" not in said(mary.modal)
    mary.submit()
    assert [s.planned_local for s in sessions_of(service)] == ["2026-12-09T14:00", "2026-12-12T14:30"]


# ---- moving ----------------------------------------------------------------------------------------------------------


def test_a_meeting_somebody_else_moved_meanwhile_is_not_moved_twice(service: Running) -> None:
    mary, asha = service.person("mary"), service.person("asha")
    plan(mary)
    mary.close()
    for who in (asha, mary):
        who.command("/supervision")
        who.press("Change the time")
    mary.submit({"Day": "2026-12-10"})
    asha.submit({"Day": "2026-12-11"})
    assert "Mary Mentor was there before you" in " ".join(asha.errors.values())
    [session] = sessions_of(service)
    assert session.planned_local == "2026-12-10T14:00"
    assert session.invite_sequence == 1


def test_cancelling_asks_for_a_cause_and_at_once_for_another_day(service: Running) -> None:
    mary, asha = service.person("mary"), service.person("asha")
    plan(mary)
    asha.command("/supervision")
    asha.press("Cancel it")
    asha.submit({"What was the reason?": "Something urgent came up"})
    assert "Please choose another day, by Tue 8 Dec" in said(asha.modal)
    asha.submit({"Day": "2026-12-10", "Time": "09:30"})
    first, second = sessions_of(service)
    assert (first.state, first.cause, first.moved_to_id) == ("cancelled", "urgent", second.id)
    assert second.state == "planned"


# ---- held, or not ----------------------------------------------------------------------------------------------------


def test_held_leads_straight_to_the_record(service: Running) -> None:
    mary = service.person("mary")
    plan(mary)
    mary.close()
    service.clock.set(WEDNESDAY + timedelta(hours=2))
    mary.command("/supervision")
    mary.press("Held")
    mary.submit({"How long?": "45 minutes"})
    shown = said(mary.modal)
    assert "Held today, 45 minutes" in shown
    assert "shorter than the 60 minutes agreed" in shown
    assert "Write the record" in shown


def test_a_day_still_to_come_was_not_held(service: Running) -> None:
    mary = service.person("mary")
    mary.command("/supervision")
    mary.press("Log a meeting we had")
    mary.submit({"Day": "2026-12-02"})
    assert mary.errors == {"held_on": "That day is still to come. Choose today or an earlier day."}


@pytest.mark.requirement("003-24")
def test_a_quick_word_is_logged_in_two_taps(service: Running) -> None:
    mary = service.person("mary")
    mary.command("/supervision")
    mary.press("Log a meeting we had")
    mary.submit()
    assert "*A quick word* with Asha Mentee" in said(mary.modal)
    [session] = sessions_of(service)
    assert (session.kind, session.state, session.minutes) == ("quick-word", "held", 15)


def test_not_held_asks_why_and_resets_no_clock(service: Running) -> None:
    mary = service.person("mary")
    mary.command("/supervision")
    mary.press("Log a meeting we had")
    mary.submit({"Which meeting?": "First conversation with Asha Mentee"})
    mary.close()
    plan(mary)
    mary.close()
    owed_before = open_duties(service)
    service.clock.set(WEDNESDAY + timedelta(hours=2))
    mary.command("/supervision")
    mary.press("Not held")
    mary.submit({"What was the reason?": "It slipped by"})
    assert "by Wed 16 Dec if you can" in said(mary.modal)
    mary.close()
    session = sessions_of(service)[-1]
    assert (session.state, session.held_on) == ("missed", None)
    assert "session.mentoring" in open_duties(service) - owed_before  # what was arranged is to be arranged again
    assert "session.mentoring#outcome" in owed_before - open_duties(service)


def test_record_opens_the_one_record_to_write_and_lists_several(service: Running) -> None:
    mary = service.person("mary")
    mary.command("/supervision record")
    assert "No meeting waits for a record from you." in said(mary.last_message)
    for expected in ("Mentoring note", "Records for you to write"):
        mary.command("/supervision")
        mary.press("Log a meeting we had")
        mary.submit({"Which meeting?": "A quick word with Asha Mentee"})
        mary.close()
        mary.command("/supervision record")
        assert expected in said(mary.modal or mary.last_message)
        if mary.modal:
            mary.close()


@pytest.mark.requirement("001-24")
def test_from_held_to_both_signatures_with_the_clock_seen_by_both(service: Running) -> None:
    mary, asha = service.person("mary"), service.person("asha")
    mary.command("/supervision")
    mary.press("Log a meeting we had")
    mary.submit({"Which meeting?": "A quick word with Asha Mentee"})
    asha.command("/supervision")
    for shown in (said(mary.modal), said(asha.last_message)):
        assert "Record: share by Tue 8 Dec – 5 working days left" in shown
    asha.command("/supervision sign")
    assert "No record waits for your signature." in said(asha.last_message)

    mary.press("Write the record")
    while mary.modal and mary.modal["callback_id"] == "writing":
        mary.submit(required_answers(mary.modal))
    mary.submit()
    assert "Waiting for Asha Mentee and you to sign." in said(mary.modal)
    mary.submit()
    mary.close(everything=True)
    mary.command("/supervision")
    assert "Record: shared, signed by you, others still to sign" in said(mary.last_message)

    asha.command("/supervision sign")
    asha.submit()
    asha.close(everything=True)
    asha.command("/supervision")
    assert "Record: shared, complete" in said(asha.last_message)


def required_answers(form: dict[str, Any]) -> dict[str, str]:
    """Choose the first answer of each menu of a form, and write a line in each field."""
    elements = {block["label"]["text"]: block["element"] for block in form["blocks"] if block["type"] == "input"}
    return {
        label: element["options"][0]["text"]["text"] if "options" in element else "A line."
        for label, element in elements.items()
    }


# ---- the calendar ----------------------------------------------------------------------------------------------------


def test_the_calendar_file_is_promised_where_files_may_be_sent(service: Running) -> None:
    mary = service.person("mary")
    plan(mary)
    mary.press("Add to my calendar")
    assert "on its way to your messages" in said(mary.modal)


def test_without_leave_to_send_files_the_details_are_shown_to_copy(service: Running) -> None:
    workspace = service.server.workspace
    workspace.scopes = workspace.scopes - {"files:write"}
    mary = service.person("mary")
    plan(mary)
    mary.press("Add to my calendar")
    shown = said(mary.modal)
    assert "This workspace does not let me send files." in shown
    assert "Mentoring meeting with Asha Mentee" in shown
    assert "Wed 9 Dec at 14:00" in shown
