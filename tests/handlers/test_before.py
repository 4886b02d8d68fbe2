"""What came before, as a lead enters it from paper."""

from datetime import date

import pytest
from sqlmodel import select

from bot.practice import Person, texts
from storage.tables.delivery import DueItem
from storage.tables.meetings import Session
from storage.tables.programmes import ProgrammeSettings
from storage.tables.progress import TrainingRecord
from tests.service import Running


def said(view: object) -> str:
    """Return everything readable in a view or message."""
    return "\n".join(texts(view))  # type: ignore[arg-type]  # views and messages alike


@pytest.fixture
def lena(service: Running) -> Person:
    """Sit down as the lead, at what came before of Asha, a fortnight before go-live."""
    with service.database.transaction() as db:
        db.exec(select(ProgrammeSettings)).one().go_live_on = date(2026, 12, 15)
    person = service.person("lena")
    person.command("/mentoring")
    person.press("Open")
    person.press("What came before")
    return person


def test_the_last_meeting_is_entered_and_its_record_is_not_asked_for(service: Running, lena: Person) -> None:
    lena.submit({"meeting": "mentoring", "held_on": "2026-11-20"})
    assert "Mentoring meeting: Fri 20 Nov" in said(lena.modal)
    with service.database.reading() as db:
        held = db.exec(select(Session)).one()
        assert (held.state, held.held_on, held.led_by_id) == ("held", date(2026, 11, 20), service.service.mentor)
        written = db.exec(select(DueItem).where(DueItem.scope_id == held.id, DueItem.state == "open")).all()
        assert [item.rule for item in written] == []


def test_a_completion_is_entered_as_seen_on_paper_and_nobody_verifies_it_again(service: Running, lena: Person) -> None:
    lena.submit({"course": first_course(lena), "done_on": "2026-05-04"})
    with service.database.reading() as db:
        record = db.exec(select(TrainingRecord)).one()
        assert (record.done_on, record.verified_by_id) == (date(2026, 5, 4), service.service.lead)
        assert db.exec(select(DueItem).where(DueItem.rule == "ask.verify")).all() == []


def test_a_day_to_come_and_a_day_without_its_meeting_are_asked_about(service: Running, lena: Person) -> None:
    lena.submit({"meeting": "mentoring", "held_on": "2026-12-24"})
    assert "still to come" in lena.errors["held_on"]
    lena.command("/mentoring")
    lena.press("Open")
    lena.press("What came before")
    lena.submit({"held_on": "2026-11-20"})
    assert lena.errors["meeting"] == "Please answer this one."
    with service.database.reading() as db:
        assert db.exec(select(Session)).all() == []


def first_course(person: Person) -> str:
    """Return the value of the first course that is offered."""
    assert person.modal
    block = next(block for block in person.modal["blocks"] if block.get("block_id") == "course")
    return str(block["element"]["options"][0]["value"])
