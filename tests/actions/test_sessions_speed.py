"""What the most asked screen may cost: how often it asks the database, and what SQLite need not do again."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import event
from sqlmodel import Session as Db

from bot import access
from bot.actions import sessions
from bot.rules.sessions import Overview
from storage.database import Database
from storage.tables.meetings import Session
from storage.tables.written import Document
from storage.types import new_id
from tests.factories import NINE, Service, make_service, who

ASHA = "U0ASHA"


def hold(db: Db, service: Service, *, on: date) -> Session:
    """Add a meeting of the pair that was held."""
    held = Session(
        kind="mentoring", version_id=service.version, enrolment_id=service.enrolment, about_id=service.mentee,
        relationship_id=service.relationship, led_by_id=service.mentor, falls_on=on, held_on=on, state="held",
    )  # fmt: skip
    db.add(held)
    db.flush()
    return held


def write(db: Db, service: Service, held: Session, *, number: int, state: str, shared_at: datetime | None) -> None:
    """Add one version of the record of a meeting."""
    record = Document(
        series=new_id(), number=number, form="mentoring-note", kind="record", version_id=service.version,
        owner_id=service.mentee, author_id=service.mentor, session_id=held.id, state=state, shared_at=shared_at,
    )  # fmt: skip
    db.add(record)
    db.flush()


@contextmanager
def listening(database: Database) -> Iterator[list[tuple[str, Any]]]:
    """Collect what is asked of the database, each with its values."""
    asked: list[tuple[str, Any]] = []

    def note(*said: Any) -> None:
        asked.append((said[2], said[3]))

    event.listen(database.engine, "before_cursor_execute", note)
    yield asked
    event.remove(database.engine, "before_cursor_execute", note)


def first_screen(database: Database) -> Overview:
    """Come in and look, as the command does."""
    with database.reading() as db:
        me = access.access_workspace(db, slack_id=ASHA, now=NINE)
        return sessions.overview(db, me=me, now=NINE)


def test_coming_in_and_looking_asks_three_things_however_much_was_held(database: Database) -> None:
    with database.transaction() as db:
        service = make_service(db)
        for days in range(1, 40):
            held = hold(db, service, on=NINE.date() - timedelta(days=days))
            write(db, service, held, number=1, state="locked", shared_at=NINE)
    with listening(database) as asked:
        found = first_screen(database)
    assert [line.held_on for line in found.past] == [NINE.date() - timedelta(days=days) for days in range(1, 6)]
    assert {line.record.state for line in found.past if line.record} == {"locked"}
    assert len([statement for statement, _ in asked if "SELECT" in statement]) == 3


def test_sqlite_is_bound_no_state_that_its_index_of_planned_meetings_is_about(sqlite_database: Database) -> None:
    with sqlite_database.transaction() as db:
        make_service(db)
    with listening(sqlite_database) as asked:
        first_screen(sqlite_database)
    assert any("FROM session" in statement for statement, _ in asked)
    assert not [values for _, values in asked if "planned" in values]


def test_a_list_shows_the_newest_version_of_a_record_whichever_was_kept_first(database: Database) -> None:
    with database.transaction() as db:
        service = make_service(db)
        held = hold(db, service, on=NINE.date())
        write(db, service, held, number=2, state="out", shared_at=NINE)
        write(db, service, held, number=1, state="returned", shared_at=NINE)
        (line,) = sessions.overview(db, me=who(db, service.mentee), now=NINE).past
    assert line.record
    assert line.record.state == "out"
