"""Training, as people meet it in Slack."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlmodel import col, select

from bot.practice import Person, texts
from bot.practice.refusals import Json
from storage.tables.delivery import DueItem
from storage.tables.progress import TrainingRecord
from tests.service import Running

SIXTY_BEFORE = datetime(2026, 12, 31, 9, 30, tzinfo=UTC)  # the first step of the training ladder
CERTIFICATE = "Certificate 4711, kept in the blue folder"


def said(shown: object) -> str:
    """Return everything readable in a view or message."""
    return "\n".join(texts(shown))  # type: ignore[arg-type]  # views and messages alike


def log_fire(service: Running, on: str = "2026-11-30") -> None:
    """Log fire safety as Asha would."""
    asha = service.person("asha")
    asha.command("/training done fire")
    asha.submit({"Finished on": on, "Certificate or points": CERTIFICATE})


def records(service: Running) -> list[TrainingRecord]:
    """Return every completion, oldest first."""
    with service.database.reading() as db:
        found = list(db.exec(select(TrainingRecord).order_by(col(TrainingRecord.id))).all())
        db.expunge_all()
    return found


def owed(service: Running, rule: str) -> list[tuple[str, date]]:
    """Return the state and day of every row of a rule."""
    with service.database.reading() as db:
        rows = db.exec(select(DueItem).where(DueItem.rule == rule).order_by(col(DueItem.due_on))).all()
        return [(row.state, row.due_on) for row in rows]


# ---- the plan --------------------------------------------------------------------------------------------------------


@pytest.mark.requirement("000-47")
def test_a_plan_shows_each_course_with_where_it_stands_and_by_when(service: Running) -> None:
    asha = service.person("asha")
    asha.command("/training")
    shown = said(asha.modal)
    assert "0 of 6 done" in shown
    assert "Refreshers" in shown
    assert shown.count("Not known yet. By ") == 6
    assert "Mentor training" not in shown


def test_a_course_says_why_it_is_due_and_how_often(service: Running) -> None:
    asha = service.person("asha")
    asha.command("/training")
    asha.press("course:breakaway")
    shown = said(asha.modal)
    assert "Due within 90 days of the start date." in shown
    assert "Taken again from 12 months, and at the latest 24 months, after the last time." in shown


def test_a_mentor_sees_the_course_their_role_asks_for(service: Running) -> None:
    mary = service.person("mary")
    mary.command("/training")
    assert "Mentor training: when to ask and when to show" in said(mary.modal)
    assert "Fire safety" not in said(mary.modal)


def test_somebody_with_no_plan_reads_a_kind_sentence_and_can_log_all_the_same(service: Running) -> None:
    sam = service.person("sam")
    sam.command("/training")
    assert "You have no training plan here just now" in said(sam.modal)
    sam.press("I did some training")
    sam.submit({"title": "First aid at work"})
    assert "First aid at work" in said(sam.modal)


def test_help_says_what_may_be_typed(service: Running) -> None:
    asha = service.person("asha")
    asha.command("/training help")
    assert "/training done fire last tuesday" in said(asha.last_message)


# ---- logging ---------------------------------------------------------------------------------------------------------


@pytest.mark.requirement("000-46")
def test_a_typed_day_prefills_the_picker_and_what_was_done_waits_for_somebody_else(service: Running) -> None:
    asha = service.person("asha")
    asha.command("/training done fire last tuesday")
    assert "Fire safety" in said(asha.modal)
    asha.submit()
    [record] = records(service)
    assert (record.course, record.done_on) == ("fire-safety", date(2026, 11, 24))
    assert "Done Tue 24 Nov. Next by Wed 24 Nov 2027. Waits to be verified." in said(asha.modal)
    assert owed(service, "course.fire-safety")[0][0] == "done"


def test_a_day_to_come_is_refused_under_its_question_and_nothing_is_lost(service: Running) -> None:
    asha = service.person("asha")
    asha.command("/training done fire")
    asha.submit({"Finished on": "2026-12-02"})
    assert asha.errors == {"done_on": "That day is still to come. Choose today or an earlier day."}
    asha.submit({"Finished on": "2026-12-01"})
    assert len(records(service)) == 1


def test_the_same_course_on_the_same_day_is_logged_once(service: Running) -> None:
    log_fire(service)
    asha = service.person("asha")
    asha.command("/training done fire")
    asha.submit({"Finished on": "2026-11-30"})
    assert "is in your log already" in asha.errors["done_on"]
    assert len(records(service)) == 1


@pytest.mark.requirement("000-45")
def test_what_is_in_no_catalogue_is_logged_by_its_name_and_shown_beside_the_plan(service: Running) -> None:
    asha = service.person("asha")
    asha.command("/training")
    asha.press("I did some training")
    asha.submit({"What did you do?": "Something else"})
    assert asha.errors == {"title": "Please answer this one."}
    asha.submit({"title": "Makaton <taster>", "How long did it take?": "Half a day"})
    asha.close(everything=True)
    asha.command("/training")
    shown = said(asha.modal)
    assert "Also logged" in shown
    assert "Makaton &lt;taster&gt;" in shown


def test_a_wrong_entry_is_put_right_and_both_rows_are_kept(service: Running) -> None:
    log_fire(service)
    asha = service.person("asha")
    asha.command("/training")
    asha.press("course:fire-safety")
    asha.press("Put it right")
    asha.submit({"Finished on": "2026-11-02"})
    shown = said(asha.modal)
    assert "~Mon 30 Nov 2026~" in shown
    assert "Mon 2 Nov 2026" in shown
    assert [(r.done_on, r.withdrawn_at is None) for r in records(service)] == [
        (date(2026, 11, 30), False),
        (date(2026, 11, 2), True),
    ]
    assert "Next by Tue 2 Nov 2027" in shown


def test_a_withdrawn_entry_no_longer_counts_and_the_course_is_due_again(service: Running) -> None:
    log_fire(service)
    asha = service.person("asha")
    asha.command("/training")
    asha.press("course:fire-safety")
    asha.press("Withdraw")
    asha.submit({"because": "It was the other Asha."})
    assert "Withdrawn by Asha Mentee, today." in said(asha.modal)
    assert "It was the other Asha." in said(asha.modal)
    assert owed(service, "course.fire-safety")[0][0] == "open"
    assert [state for state, _ in owed(service, "ask.verify")] == ["cancelled"]


# ---- verifying -------------------------------------------------------------------------------------------------------


@pytest.mark.requirement("000-46")
def test_a_line_manager_verifies_what_waits_and_nobody_verifies_their_own(service: Running) -> None:
    log_fire(service)
    asha, mona = service.person("asha"), service.person("mona")
    asha.command("/training check")
    assert "Nothing waits for you to verify" in said(asha.last_message)
    mona.command("/training check")
    assert CERTIFICATE not in said(mona.modal)
    mona.submit({"Waiting for you": ["Asha Mentee: Fire safety"]})
    assert "Nothing more waits for you" in said(mona.modal)
    [record] = records(service)
    assert record.verified_by_id == service.service.manager
    assert [state for state, _ in owed(service, "ask.verify")] == ["done"]
    asha.command("/training")
    asha.press("course:fire-safety")
    assert "Verified by Mona Manager, today." in said(asha.modal)


def test_nothing_ticked_is_asked_for_again(service: Running) -> None:
    log_fire(service)
    mona = service.person("mona")
    mona.command("/training check")
    mona.submit()
    assert mona.errors == {"checked_0": "Choose at least one."}
    assert records(service)[0].verified_at is None


def test_what_is_not_right_goes_back_with_a_reason_and_is_due_again(service: Running) -> None:
    log_fire(service)
    asha, mona = service.person("asha"), service.person("mona")
    mona.command("/training check")
    mona.choose("Open one", "Asha Mentee: Fire safety")
    assert CERTIFICATE in said(mona.modal)
    mona.press("Not right")
    mona.submit({"because": "The certificate is from 2019."})
    asha.command("/training")
    assert "Sent back: open it to see why." in said(asha.modal)
    asha.press("course:fire-safety")
    assert "Sent back by Mona Manager, today." in said(asha.modal)
    assert "The certificate is from 2019." in said(asha.modal)
    assert owed(service, "course.fire-safety")[0][0] == "open"


def test_two_who_verify_at_once_hear_who_was_first(service: Running) -> None:
    log_fire(service)
    mona, lena = service.person("mona"), service.person("lena")
    lena.command("/training @Asha Mentee")
    lena.press("course:fire-safety")
    lena.press("Verify")
    mona.command("/training check")
    mona.submit({"Waiting for you": ["Asha Mentee: Fire safety"]})
    lena.submit()
    assert "Mona Manager was there before you" in said(lena.modal)
    assert records(service)[0].verified_by_id == service.service.manager


# ---- who sees what ---------------------------------------------------------------------------------------------------


def test_a_manager_sees_where_training_stands_and_no_words(service: Running) -> None:
    log_fire(service)
    mona = service.person("mona")
    mona.command("/training @Asha Mentee")
    assert "Training of Asha Mentee" in said(mona.modal)
    mona.press("course:fire-safety")
    assert "Waits to be verified" in said(mona.modal)
    assert CERTIFICATE not in said(mona.modal)
    assert "I did this" not in said(mona.modal)


def test_a_mentor_sees_the_same_and_is_offered_no_verifying(service: Running) -> None:
    log_fire(service)
    mary = service.person("mary")
    mary.command("/training @Asha Mentee")
    mary.press("course:fire-safety")
    assert "Verify" not in said(mary.modal).splitlines()


def test_a_stranger_sees_nothing(service: Running) -> None:
    sam = service.person("sam")
    sam.command("/training @Asha Mentee")
    assert sam.modal is None
    assert "isn't something you can open" in said(sam.last_message)


def test_what_is_late_is_said_in_words_to_the_person_and_to_their_manager(service: Running) -> None:
    service.clock.set(datetime(2027, 5, 3, 9, tzinfo=UTC))
    mona = service.person("mona")
    mona.command("/training @Asha Mentee")
    assert "6 overdue" in said(mona.modal)
    assert "Overdue: was due" in said(mona.modal)


# ---- from what one is asked for --------------------------------------------------------------------------------------


def digest_asking_for(person: Person, title: str) -> Json:
    """Return the newest message that asks somebody about a course."""
    return next(message for message in reversed(person.messages()) if f"*{title}*: " in said(message))


def test_what_a_message_asks_for_is_logged_and_verified_where_it_stands(service: Running) -> None:
    service.driver.advance(SIXTY_BEFORE)
    asha, mona = service.person("asha"), service.person("mona")
    message = digest_asking_for(asha, "Breakaway")
    asha.press("do_train", message=message)
    assert "Breakaway" in said(asha.modal)
    asha.submit()
    assert "Waits to be verified" in said(asha.modal)
    service.driver.advance(SIXTY_BEFORE + timedelta(days=14))
    asked = digest_asking_for(mona, "Breakaway")
    assert "*Breakaway*: Asha has done it, please check" in said(asked)
    mona.press("do_verify", message=asked)
    mona.submit()
    assert "Nothing more waits for you" in said(mona.modal)
    [record] = records(service)
    assert (record.course, record.verified_by_id) == ("breakaway", service.service.manager)


def test_a_button_of_an_older_message_says_that_it_was_done(service: Running) -> None:
    service.driver.advance(SIXTY_BEFORE)
    asha = service.person("asha")
    message = digest_asking_for(asha, "Breakaway")
    asha.press("do_train", message=message)
    asha.submit()
    asha.close(everything=True)
    asha.press("do_train", message=message)
    assert "This was done on Thu 31 Dec 2026" in said(asha.modal)
    assert len(records(service)) == 1


def test_what_does_not_apply_is_said_so_and_is_not_offered(service: Running) -> None:
    with service.database.transaction() as db:
        row = db.exec(select(DueItem).where(DueItem.rule == "course.medication")).one()
        row.state, row.not_applicable = "excused", True
    asha = service.person("asha")
    asha.command("/training")
    assert "Does not apply." in said(asha.modal)
    asha.press("course:medication")
    assert "I did this" not in said(asha.modal)


def test_nothing_that_somebody_typed_about_training_is_in_any_message_or_home(service: Running) -> None:
    asha, mona = service.person("asha"), service.person("mona")
    asha.command("/training done")
    asha.submit({"What did you do?": "Something else", "title": "Heliotrope", "Certificate or points": "Heliotrope"})
    asha.close(everything=True)
    service.driver.advance(datetime(2026, 12, 17, 12, tzinfo=UTC))
    asked = digest_asking_for(mona, "Other training")
    mona.press("do_verify", message=asked)
    assert said(mona.modal).count("Heliotrope") == 2
    mona.press("Not right")
    mona.submit({"because": "Heliotrope"})
    service.driver.advance(datetime(2026, 12, 21, 12, tzinfo=UTC))
    message = digest_asking_for(asha, "Other training")
    for person in (asha, mona, service.person("lena")):
        person.home()
        service.driver.advance(service.clock.now())
        assert "Heliotrope" not in said([person.messages(), person.home_view])
    asha.press("do_train", message=message)
    assert "Mona Manager sent back what you logged for Tue 1 Dec 2026:" in said(asha.modal)
    assert "Heliotrope" in said(asha.modal)
