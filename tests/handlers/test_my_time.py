"""My time, as people meet it in Slack."""

from datetime import date

from sqlmodel import select

from bot.practice import texts
from storage.tables.people import Absence, Person
from tests.service import Running


def said(view: object) -> str:
    """Return everything readable in a view or message."""
    return "\n".join(texts(view))  # type: ignore[arg-type]  # views and messages alike


def absences(service: Running) -> list[tuple[date, date]]:
    with service.database.reading() as db:
        return [(row.from_on, row.until_on) for row in db.exec(select(Absence)).all()]


def test_days_and_hours_are_ticked_and_kept(service: Running) -> None:
    asha = service.person("asha")
    asha.command("/mentoring time")
    asha.submit({"days": ["0", "2"], "starts": "08:00", "ends": "14:30", "digest_rhythm": "weekly"})
    with service.database.reading() as db:
        kept = db.get(Person, service.service.mentee)
        assert kept and kept.digest_rhythm == "weekly"
    asha.command("/mentoring time")
    asha.press("Hours that differ, or rounds")
    assert asha.modal
    shown = {b["block_id"]: b["element"].get("initial_value") for b in asha.modal["blocks"] if b["type"] == "input"}
    assert (shown["days_in_words"], shown["hours_in_words"]) == ("mon wed", "08:00-14:30")


def test_hours_that_cannot_be_read_are_asked_about_under_the_question(service: Running) -> None:
    asha = service.person("asha")
    asha.command("/mentoring time")
    asha.press("Hours that differ, or rounds")
    asha.submit({"hours_in_words": "9-5"})
    assert "morning from evening" in asha.errors["hours_in_words"]


def test_a_typed_holiday_prefills_the_pickers_and_is_shown_back(service: Running) -> None:
    asha = service.person("asha")
    asha.command("/mentoring time away 21 dec to 2 jan")
    asha.submit()
    assert absences(service) == [(date(2026, 12, 21), date(2027, 1, 2))]
    assert "Away Mon 21 Dec to Sat 2 Jan 2027" in said(asha.modal)


def test_a_date_that_has_passed_is_asked_about_and_not_guessed(service: Running) -> None:
    asha = service.person("asha")
    asha.command("/mentoring time away 3 march to 5 march")
    assert "Did you mean" in said(asha.modal)


def test_the_last_day_before_the_first_is_refused(service: Running) -> None:
    asha = service.person("asha")
    asha.command("/mentoring time away")
    asha.submit({"from_on": "2026-12-21", "until_on": "2026-12-20"})
    assert "comes before the first" in asha.errors["from_on"]
    assert absences(service) == []


def test_off_today_is_one_word_and_says_when_it_ends(service: Running) -> None:
    asha = service.person("asha")
    asha.command("/mentoring time off")
    assert "hear from me again on Wed 2 Dec" in said(asha.last_message)
    assert absences(service) == [(date(2026, 12, 1), date(2026, 12, 1))]


def test_being_back_again_ends_what_is_not_over(service: Running) -> None:
    asha = service.person("asha")
    asha.command("/mentoring time off")
    asha.command("/mentoring time")
    asha.press("Back again")
    assert absences(service) == []
    assert "I'm off today" in said(asha.modal)


def test_a_line_manager_enters_it_for_somebody_who_cannot(service: Running) -> None:
    mona = service.person("mona")
    mona.command("/mentoring time @Asha Mentee")
    assert "For Asha Mentee" in said(mona.modal)
    mona.press("Off today")
    assert absences(service) == [(date(2026, 12, 1), date(2026, 12, 1))]


def test_a_mentor_finds_whom_they_may_enter_it_for_in_a_menu(service: Running) -> None:
    mary = service.person("mary")
    mary.command("/mentoring time")
    mary.choose("time_of", "Asha Mentee")
    assert "For Asha Mentee" in said(mary.modal)


def test_a_stranger_may_not_see_when_somebody_works(service: Running) -> None:
    sam = service.person("sam")
    sam.command("/mentoring time @Asha Mentee")
    assert sam.modal is None
    assert "isn't something you can open" in said(sam.last_message)
