"""A programme's week in counts, from the tables to the words in the channel."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlmodel import Session as Db
from sqlmodel import select

from bot.actions.summaries import get_summary
from bot.practice import texts
from prompts.summaries import summary_message
from storage.database import Database
from storage.queries import together
from storage.tables.delivery import DueItem
from storage.tables.meetings import Session
from storage.tables.programmes import Enrolment
from storage.tables.progress import CriterionProgress, SignOff, TrainingRecord
from storage.tables.written import Document, Signature
from storage.types import new_id
from tests.factories import NINE, START, Service, make_pair, make_person, make_service

FRIDAY = datetime(2026, 12, 4, 15, tzinfo=UTC)  # three in the afternoon in London
EARLIER = FRIDAY - timedelta(days=8)


@pytest.fixture
def service(database: Database) -> Service:
    """Give the service, owing nothing."""
    with database.transaction() as db:
        made = make_service(db)
        for item in db.exec(select(DueItem)):
            db.delete(item)
    return made


def said(db: Db) -> str:
    """Return all that the channel reads of the week."""
    settings = together.find_settings(db, programme="senior-manager")
    assert settings
    summary = get_summary(db, settings, until=FRIDAY, now=FRIDAY)
    assert summary
    message = summary_message(summary)
    *_, foot = shown = texts(list(message.blocks))
    assert "never names" in foot
    assert all(line.strip("*") in message.text for line in shown[:-1]), "the notification leaves something out"
    return "\n".join(shown)


def add_participants(db: Db, service: Service, names: str) -> list[UUID]:
    """Put more people on the programme, with nobody beside them."""
    found = []
    for name in names.split():
        person = make_person(db, f"{name} Another")
        db.add(
            Enrolment(
                person_id=person.id, programme="senior-manager", version_id=service.version, level="manager",
                starts_on=START,
            )
        )  # fmt: skip
        found.append(person.id)
    db.flush()
    return found


def add_session(db: Db, service: Service, **more: Any) -> None:
    """Add a meeting of the pair."""
    facts: dict[str, Any] = {
        "id": new_id(),
        "kind": "mentoring",
        "version_id": service.version,
        "enrolment_id": service.enrolment,
        "relationship_id": service.relationship,
        "about_id": service.mentee,
        "led_by_id": service.mentor,
        "falls_on": FRIDAY.date(),
    }
    db.add(Session(**(facts | more)))


def add_due(db: Db, service: Service, due_on: date, **more: Any) -> None:
    """Add something owed about the mentee."""
    facts: dict[str, Any] = {
        "rule": "form.agreement#sign:mentee",
        "scope": "enrolment",
        "scope_id": uuid4(),
        "period": "1",
        "version_id": service.version,
        "enrolment_id": service.enrolment,
        "owner_id": service.mentee,
        "about_id": service.mentee,
        "opens_on": START,
        "due_on": due_on,
    }
    db.add(DueItem(**(facts | more)))


def test_what_was_done_this_week_is_counted_and_everybody_thanked(database: Database, service: Service) -> None:
    with database.transaction() as db:
        for changed_at in (FRIDAY, FRIDAY - timedelta(days=7) + timedelta(minutes=1), EARLIER):
            add_session(db, service, state="held", held_on=START, changed_at=changed_at)
        add_session(db, service, state="cancelled", changed_at=FRIDAY)
        _sign_record(db, service, FRIDAY - timedelta(days=1))
        _sign_record(db, service, EARLIER)
        _sign_off(db, service, "cover-shifts", FRIDAY - timedelta(days=1))
        _sign_off(db, service, "on-call", FRIDAY - timedelta(days=1), withdrawn_at=FRIDAY)
        for verified_at in (FRIDAY, EARLIER, None):
            db.add(
                TrainingRecord(
                    person_id=service.mentee, course="fire", done_on=START, logged_by_id=service.mentee,
                    verified_at=verified_at,
                )
            )  # fmt: skip
    with database.reading() as db:
        read = said(db)
    assert (
        "Thank you, everybody. This week: 2 meetings held, 1 record signed by everybody it needs, "
        "1 criterion signed off and 1 course done and checked." in read
    )
    assert "All on track." in read


def test_a_quiet_week_is_thanked_for_too_and_names_nobody(database: Database, service: Service) -> None:
    with database.reading() as db:
        read = said(db)
    assert "A quiet week. Thank you, everybody." in read
    assert not any(name in read for name in ("Asha", "Mary", "Colin", "Mona", "Lena"))


@pytest.mark.parametrize(
    ("names", "said_of_late"), [("Bea Cal Dev Eve", "Some things"), ("Bea Cal Dev Eve Fay", "For 1 person of 6")]
)
def test_five_others_must_be_there_beside_whom_a_mentor_knows(
    database: Database, service: Service, names: str, said_of_late: str
) -> None:
    with database.transaction() as db:
        add_participants(db, service, names)  # beside Asha, whom each of her mentors knows
        add_due(db, service, START)
    with database.reading() as db:
        assert said_of_late in said(db)


def test_a_mentor_of_two_takes_two_away(database: Database, service: Service) -> None:
    with database.transaction() as db:
        add_participants(db, service, "Bea Cal Dev Eve Fay")
        second = db.exec(select(Enrolment).where(Enrolment.person_id != service.mentee)).first()
        assert second
        make_pair(db, second, "mentoring", (service.mentor,))
        add_due(db, service, START)
    with database.reading() as db:
        assert "Some things are waiting: see your Home." in said(db)


def test_of_four_only_that_something_waits(database: Database, service: Service) -> None:
    with database.transaction() as db:
        add_participants(db, service, "Bea Cal Dev")
        add_due(db, service, START)
        add_due(db, service, FRIDAY.date() + timedelta(days=3), rule="course.fire#renew")
        add_session(db, service, state="planned", planned_at=FRIDAY + timedelta(days=2))
    with database.reading() as db:
        read = said(db)
    assert "Some things are waiting: see your Home." in read
    assert "past its day" not in read
    assert "In the next seven days: 1 meeting planned." in read


def test_of_many_the_number_and_what_is_coming(database: Database, service: Service) -> None:
    with database.transaction() as db:
        others = add_participants(db, service, "Bea Cal Dev Eve Fay Gil")
        add_due(db, service, START)
        add_due(db, service, START)  # the same person is counted once
        add_due(db, service, START, about_id=others[0], owner_id=others[0])
        add_due(db, service, START, about_id=others[1], owner_id=others[1], rule="form.log#invite")
        add_due(db, service, FRIDAY.date() + timedelta(days=7), rule="course.fire#renew")
        add_due(db, service, FRIDAY.date() + timedelta(days=8), rule="course.fire#renew")
        add_due(db, service, FRIDAY.date() + timedelta(days=1), rule="form.end-review:mentor")
    with database.reading() as db:
        read = said(db)
    assert "For 2 people of 7 something has waited past its day: see your Home." in read
    assert "In the next seven days: 1 course to do or renew and 1 review." in read


def test_a_programme_nobody_is_on_says_nothing(database: Database, service: Service) -> None:
    with database.transaction() as db:
        enrolment = db.get(Enrolment, service.enrolment)
        assert enrolment
        enrolment.ended_on, enrolment.state = NINE.date(), "withdrawn"
    with database.reading() as db:
        settings = together.find_settings(db, programme="senior-manager")
        assert settings
        assert get_summary(db, settings, until=FRIDAY, now=FRIDAY) is None


def _sign_record(db: Db, service: Service, at: datetime) -> None:
    document = Document(
        series=new_id(), form="mentoring-note", kind="record", version_id=service.version,
        enrolment_id=service.enrolment, owner_id=service.mentee, author_id=service.mentor, state="locked",
    )  # fmt: skip
    db.add(document)
    db.flush()
    for person_id, signed_at in ((service.mentee, EARLIER), (service.mentor, at)):
        db.add(
            Signature(
                document_id=document.id, person_id=person_id, role=str(person_id), printed_name="", content_hash="",
                signed_at=signed_at,
            )
        )  # fmt: skip


def _sign_off(db: Db, service: Service, criterion: str, at: datetime, **more: Any) -> None:
    progress = CriterionProgress(enrolment_id=service.enrolment, criterion=criterion)
    db.add(progress)
    db.flush()
    db.add(
        SignOff(
            progress_id=progress.id, ordinal=1, signer_id=service.mentor, role="mentor", occasion_on=at.date(),
            signed_at=at, **more,
        )
    )  # fmt: skip
