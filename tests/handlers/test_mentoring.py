"""/mentoring, as leads and everybody else meet it in Slack."""

from datetime import date

from sqlmodel import select

from bot.actions.settle import settle_person
from bot.practice import texts
from storage.tables.delivery import DueItem
from storage.tables.people import Person
from storage.tables.programmes import Enrolment
from storage.tables.together import Membership, Relationship
from tests.factories import NINE
from tests.service import Running


def said(view: object) -> str:
    """Return everything readable in a view or message."""
    return "\n".join(texts(view))  # type: ignore[arg-type]  # views and messages alike


def test_a_lead_sees_who_is_enrolled_with_whom_and_waiting_for_what(service: Running) -> None:
    lena = service.person("lena")
    lena.command("/mentoring")
    shown = said(lena.modal)
    assert "Senior and manager mentoring plan" in shown
    assert "1 person enrolled" in shown
    assert "Asha Mentee" in shown
    assert "Mary Mentor and Colin Comentor" in shown
    assert "Waiting for the welcome" in shown


def test_a_filter_leaves_only_those_who_wait_for_that(service: Running) -> None:
    lena = service.person("lena")
    lena.command("/mentoring")
    lena.choose("filter_programme", "Waiting for the welcome (1)")
    assert "Asha Mentee" in said(lena.modal)
    assert "page 1" not in said(lena.modal).lower()


def test_a_mentee_sees_who_mentors_them_and_how_long_it_lasts(service: Running) -> None:
    asha = service.person("asha")
    asha.command("/mentoring")
    shown = said(asha.modal)
    assert "Mary Mentor and Colin Comentor" in shown
    assert "Tue 1 Dec 2026 to Mon 1 Mar 2027" in shown


def test_somebody_on_no_programme_is_told_so_kindly(service: Running) -> None:
    sam = service.person("sam")
    sam.command("/mentoring")
    assert sam.modal is None
    assert "You're not on a programme just now, and that's fine" in said(sam.last_message)


def test_help_is_for_the_asker_alone(service: Running) -> None:
    asha = service.person("asha")
    asha.command("/mentoring help")
    assert "/mentoring time away 21 dec to 2 jan" in said(asha.last_message)


def test_changing_a_pair_keeps_the_pair_and_gives_the_old_mentor_a_last_day(service: Running) -> None:
    lena = service.person("lena")
    lena.command("/mentoring")
    lena.press("Open")
    lena.press("Change pair")
    lena.choose("Mentor 1", "Sam Stranger")
    lena.choose("Mentor 2", "Colin Comentor")
    lena.submit()
    assert "Sam Stranger" in said(lena.modal)
    assert "Mary Mentor" not in said(lena.modal)
    with service.database.reading() as db:
        pairs = db.exec(select(Relationship).where(Relationship.kind == "mentoring")).all()
        found = [(pair.id, pair.state) for pair in pairs]
        members = {m.person_id: m.until_on for m in db.exec(select(Membership)).all()}
    assert found == [(service.service.relationship, "active")]
    assert service.service.mentor not in members  # it had begun this very day
    assert members[service.service.stranger] is None


def test_a_line_manager_who_would_mentor_is_flagged_before_and_after(service: Running) -> None:
    lena = service.person("lena")
    lena.command("/mentoring")
    lena.press("Open")
    lena.press("Change pair")
    lena.choose("Mentor 1", "Mona Manager")
    lena.submit()
    assert "Mona Manager is their line manager" in said(lena.modal)
    lena.submit()
    assert "also the line manager" in said(lena.modal)


def test_ending_a_place_takes_it_off_the_page(service: Running) -> None:
    lena = service.person("lena")
    lena.command("/mentoring")
    lena.press("Open")
    lena.press("End their place")
    lena.submit({"how": "withdrawn"})
    with service.database.reading() as db:
        assert db.exec(select(Enrolment)).one().ended_on == date(2026, 12, 1)
    lena.command("/mentoring")
    assert "0 people enrolled" in said(lena.modal)


def test_enrolling_somebody_by_hand_asks_for_their_mentor_next(service: Running) -> None:
    lena = service.person("lena")
    lena.command("/mentoring")
    lena.press("Enrol somebody")
    lena.choose("Who", "Sam Stranger")
    lena.submit({"level": "senior"})
    assert "Waiting for a mentor and the welcome" in said(lena.modal)
    lena.press("Pair")
    lena.choose("Mentor 1", "Mary Mentor")
    lena.submit()
    assert "waiting for the agreement" in said(lena.modal).lower()


def test_nobody_but_a_lead_opens_a_place(service: Running) -> None:
    lena, asha = service.person("lena"), service.person("asha")
    lena.command("/mentoring")
    asha.command("/mentoring")
    assert "Programme home" not in said(asha.modal)


def test_the_lead_is_asked_who_looks_after_a_leavers_people_and_hands_over_in_one_act(service: Running) -> None:
    with service.database.transaction() as db:
        for mentor in (service.service.mentor, service.service.co_mentor):
            person = db.get(Person, mentor)
            assert person
            person.leaves_on = date(2026, 11, 30)
        settle_person(db, service.service.mentor, now=NINE)
        asked = db.exec(select(DueItem).where(DueItem.rule == "ask.pair")).one()
        assert asked.owner_id == service.service.lead
    lena = service.person("lena")
    lena.command("/mentoring")
    lena.press("Pair")
    assert "Who will look after this now?" in said(lena.modal)
    lena.press("Hand over all that Colin looked after")
    assert "Now looked after: Asha Mentee" in said(lena.modal)
    lena.choose("To", "Sam Stranger")
    lena.submit()
    assert "1 pair moved" in said(lena.modal)
    with service.database.reading() as db:
        state = db.exec(select(DueItem.state).where(DueItem.rule == "ask.pair")).one()
    assert state == "cancelled"
