"""Setting a programme up, as its lead meets it in Slack."""

from datetime import UTC, date, datetime

import pytest
from sqlmodel import col, select

from bot.practice import Person, texts
from storage.tables.delivery import Delivery, DueItem
from storage.tables.people import Absence
from storage.tables.programmes import Enrolment, ProgrammeSettings
from tests.service import MENTORS, Running


def said(view: object) -> str:
    """Return everything readable in a view or message."""
    return "\n".join(texts(view))  # type: ignore[arg-type]  # views and messages alike


@pytest.fixture
def lena(service: Running) -> Person:
    """Sit down as the lead, at the programme's home."""
    person = service.person("lena")
    person.command("/mentoring")
    return person


def owed(service: Running) -> dict[str, str]:
    with service.database.reading() as db:
        rows = db.exec(select(Delivery).where(col(Delivery.kind).startswith("welcome"))).all()
        return {row.said_once: row.status for row in rows}


def test_a_channel_we_are_not_in_is_refused_with_what_to_do(service: Running, lena: Person) -> None:
    lena.press("Settings")
    lena.choose("Channel for the weekly summary", "mentors")
    lena.submit()
    assert "type /invite @Handrail" in lena.errors["summary_channel"]
    with service.database.reading() as db:
        assert db.exec(select(ProgrammeSettings)).one().summary_channel == ""


def test_a_channel_we_are_in_is_kept_and_the_next_summary_planned(service: Running, lena: Person) -> None:
    service.server.workspace.conversations[MENTORS].members.append(service.server.workspace.identity.bot_user_id)
    lena.press("Settings")
    lena.choose("Channel for the weekly summary", "mentors")
    lena.submit({"summary_weekday": "4", "summary_hour": "15"})
    with service.database.reading() as db:
        kept = db.exec(select(ProgrammeSettings)).one()
        assert kept.summary_channel == MENTORS
        assert kept.next_summary_at == datetime(2026, 12, 4, 15, tzinfo=UTC)
    assert "No channel is chosen" not in said(lena.modal)
    assert "will come here on Fridays at 15:00" in said(lena.messages(MENTORS)[-1])


def test_a_later_go_live_moves_what_is_due(service: Running, lena: Person) -> None:
    lena.press("Settings")
    lena.submit({"go_live_on": "2027-01-04"})
    with service.database.reading() as db:
        due = db.exec(select(DueItem.due_on).where(DueItem.state == "open")).all()
    assert due and min(due) >= date(2027, 1, 4)


def test_a_closure_is_added_shown_and_taken_back(service: Running, lena: Person) -> None:
    lena.press("Settings")
    lena.press("Closures and local holidays")
    lena.submit({"name": "Founders' day", "from_on": "2026-12-08", "until_on": "2026-12-08"})
    assert "Founders' day" in said(lena.modal)
    assert "Tue 8 Dec, everybody" in said(lena.modal)
    lena.press("Remove")
    assert "Founders' day" not in said(lena.modal)
    with service.database.reading() as db:
        assert db.exec(select(Absence)).all() == []


def test_a_bank_holiday_that_is_worked_is_said_to_be_open(service: Running, lena: Person) -> None:
    lena.press("Settings")
    lena.press("Closures and local holidays")
    assert "Bank holidays are known already; say here which of them you work." in said(lena.modal)
    lena.submit({"name": "Boxing Day", "is_worked": "open", "from_on": "2026-12-28", "until_on": "2026-12-28"})
    assert "Boxing Day" in said(lena.modal)
    assert "Mon 28 Dec, everybody works" in said(lena.modal)
    with service.database.reading() as db:
        assert db.exec(select(Absence.is_worked)).all() == [True]


def test_the_lead_reads_the_welcomes_and_each_person_is_owed_one(service: Running, lena: Person) -> None:
    lena.press("Send the welcomes")
    shown = said(lena.modal)
    assert "Lena Lead has put you on *Senior and manager mentoring plan*" in shown
    assert "You support Asha Mentee" in shown
    assert "yours alone until you share it" in shown
    lena.submit()
    assert "Waiting for the welcome" not in said(lena.modal)
    people = service.service
    assert set(owed(service)) == {
        f"welcome:{people.enrolment}",
        *(f"welcome_colleague:senior-manager:{each}" for each in (people.mentor, people.co_mentor, people.manager)),
    }
    with service.database.reading() as db:
        assert db.exec(select(Enrolment)).one().welcomed_at is not None


def test_nobody_is_welcomed_twice(service: Running, lena: Person) -> None:
    lena.press("Send the welcomes")
    lena.submit()
    before = owed(service)
    lena.command("/mentoring")
    assert "Send the welcomes" not in said(lena.modal)
    assert owed(service) == before
