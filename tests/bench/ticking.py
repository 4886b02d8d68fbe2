"""Yardsticks of the clock: a tick with nothing due, and ten thousand things due at once."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from apscheduler.jobstores.sqlalchemy import SQLAlchemyJobStore
from apscheduler.schedulers.background import BackgroundScheduler
from sqlalchemy import Engine, delete, event, insert, text, update
from sqlmodel import select

from bot.actions import catalogue
from bot.app import settle_one
from bot.delivery.evaluate import evaluate
from bot.programmes.loader import built_in
from storage.database import Database
from storage.tables.delivery import Delivery, DueItem, Notice
from storage.tables.people import Person
from storage.tables.programmes import Enrolment
from storage.types import new_id
from tests.conftest import make_database

NOW = datetime(2026, 12, 1, 9, tzinfo=UTC)
LATER = NOW + timedelta(days=30)
TODAY = date(2026, 12, 1)
TICKS = 200
MANY = 10_000


@contextmanager
def idle_tick(folder: Path) -> Iterator[Callable[[], tuple[float, float]]]:
    """A tick over 100,000 people with nothing due, beside its one indexed query through the same driver."""
    database = _filled(folder / "idle", people=100_000, due_at=LATER)
    asked = "SELECT id FROM dueitem WHERE state = 'open' AND next_nudge_at <= ? LIMIT 1"
    moment = ("2026-12-01 09:00:00.000000",)

    def one_round() -> tuple[float, float]:
        started = time.perf_counter()
        for _ in range(TICKS):
            assert evaluate(database, now=NOW, settle=settle_one).is_idle
        ours = time.perf_counter()
        for _ in range(TICKS):
            connection = database.engine.raw_connection()  # the driver's own, taken from the pool as ours is
            cursor = connection.cursor()
            assert cursor.execute(asked, moment).fetchone() is None
            cursor.close()
            connection.close()
        theirs = time.perf_counter()
        return (ours - started) / TICKS * 1000, (theirs - ours) / TICKS * 1000

    yield one_round
    database.close()


@contextmanager
def due_at_once(folder: Path) -> Iterator[Callable[[], tuple[float, float]]]:
    """Ten thousand items due at once become deliveries, beside APScheduler adding and firing as many."""
    database = _filled(folder / "due", people=MANY, due_at=NOW)

    def one_round() -> tuple[float, float]:
        _forget_what_was_said(database)
        started = time.perf_counter()
        found = evaluate(database, now=NOW, settle=settle_one)
        ours = time.perf_counter() - started
        assert found.items == MANY
        with database.reading() as db:
            assert len(db.exec(select(Delivery.id)).all()) == MANY
        return ours * 1000, _apscheduler(folder / "apscheduler.db") * 1000

    yield one_round
    database.close()


_fired = threading.Semaphore(0)


def fire() -> None:
    """Count one job of the yardstick."""
    _fired.release()


def _apscheduler(path: Path) -> float:
    """Add and fire as many jobs on APScheduler's SQL store, in WAL mode as ours is; return seconds."""
    path.unlink(missing_ok=True)
    store = SQLAlchemyJobStore(url=f"sqlite:///{path}")
    event.listen(store.engine, "connect", _use_wal)
    scheduler = BackgroundScheduler(
        jobstores={"default": store}, timezone="UTC", job_defaults={"misfire_grace_time": None}
    )
    started = time.perf_counter()
    scheduler.start(paused=True)
    for number in range(MANY):
        scheduler.add_job("tests.bench.ticking:fire", "date", run_date=NOW - timedelta(days=400), id=str(number))
    scheduler.resume()
    for _ in range(MANY):
        _fired.acquire()
    took = time.perf_counter() - started
    scheduler.shutdown()
    store.engine.dispose()
    return took


def _use_wal(connection: Any, _record: object) -> None:
    connection.execute("PRAGMA journal_mode=WAL")


def _filled(folder: Path, *, people: int, due_at: datetime) -> Database:
    """Make a database of so many enrolled people, each with one open item that speaks at `due_at`."""
    folder.mkdir()
    database = make_database(f"sqlite:///{folder}/handrail.db", f"sqlite:///{folder}/keys.db")
    with database.transaction() as db:
        version = catalogue.keep_version(db, built_in()["senior-manager"], now=NOW)
    rows = [_one(number, version, due_at) for number in range(people)]
    with database.engine.begin() as connection:
        for table, index in ((Person, 0), (Enrolment, 1), (DueItem, 2)):
            connection.execute(insert(table), [row[index] for row in rows])
    _analyse(database.engine)
    return database


def _one(number: int, version: Any, due_at: datetime) -> tuple[dict[str, Any], ...]:
    person, enrolment = new_id(), new_id()
    return (
        Person(id=person, name=f"Person {number}", slack_id=f"U{number:08}", in_slack="here").model_dump(),
        Enrolment(
            id=enrolment,
            person_id=person,
            programme="senior-manager",
            version_id=version,
            level="senior",
            starts_on=TODAY,
        ).model_dump(),
        due_item(person, enrolment, version, due_at).model_dump(),
    )


def due_item(person: UUID, enrolment: UUID, version: UUID, due_at: datetime) -> DueItem:
    """Build an ordinary thing due of somebody, that speaks at `due_at`."""
    return DueItem(
        rule="form.mentee-benefits:mentee",
        scope="enrolment",
        scope_id=enrolment,
        period="2026-12-04",
        version_id=version,
        enrolment_id=enrolment,
        owner_id=person,
        about_id=person,
        ladder="gentle",
        opens_on=TODAY,
        due_on=TODAY + timedelta(days=3),
        next_nudge_at=due_at,
    )


def _analyse(engine: Engine) -> None:
    with engine.begin() as connection:
        connection.execute(text("ANALYZE"))


def _forget_what_was_said(database: Database) -> None:
    with database.engine.begin() as connection:
        connection.execute(delete(Notice))
        connection.execute(delete(Delivery))
        connection.execute(update(DueItem).values(next_nudge_at=NOW, rung=0))
