"""A small service, a practice Slack that its people are in, and an engine between the two."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

import pytest
from sqlmodel import col, select

from bot.actions.settle import settle_enrolment
from bot.clock import SetClock
from bot.delivery.builders import every_builder
from bot.delivery.driver import Driver
from bot.delivery.engine import Engine
from bot.delivery.machine_time import Timings
from bot.delivery.sender import Sender
from bot.delivery.slack_calls import SlackCalls
from bot.manifest import read_manifest
from bot.practice import BOT_TOKEN, Accepted, Channel, Member, PracticeServer, Workspace
from storage.database import Database
from storage.tables.delivery import Delivery, DueItem
from storage.tables.programmes import Enrolment
from tests.factories import NINE, Service, make_service

FAST = replace(Timings().scaled(0.01), lease=30.0, settle=0.5)  # a machine may stand still: nobody loses a lease by it
DIES = replace(FAST, lease=1.0)  # where a sender is to be given up
PEOPLE = ("Lena Lead", "Leo Lead", "Mona Manager", "Mary Mentor", "Colin Comentor", "Asha Mentee", "Sam Stranger")
SUMMARIES = Channel("C0SUMMARY", "mentors", ("U0PRACTICEBOT",))


@dataclass
class House:
    """Everything a test of delivery speaks to."""

    database: Database
    service: Service
    clock: SetClock
    workspace: Workspace
    engine: Engine
    driver: Driver
    api_url: str

    def owe(self, **more: Any) -> UUID:
        """Put a due item of the mentee's into the database, as settling would."""
        with self.database.transaction() as db:
            item = due_item(self.service, **more)
            db.add(item)
        return item.id

    def posts(self, name: str = "") -> list[Accepted]:
        """Return the posts that Slack ever accepted, all or those to one person ("ASHA")."""
        posts = [each for each in self.workspace.accepted if each.what == "post"]
        return [each for each in posts if not name or each.user == f"U0{name}"]

    def deliveries(self, **like: Any) -> list[Delivery]:
        """Return the deliveries with these values."""
        with self.database.reading() as db:
            found = db.exec(select(Delivery).filter_by(**like).order_by(col(Delivery.id))).all()
            db.expunge_all()
        return list(found)


def due_item(service: Service, **more: Any) -> DueItem:
    """Build a due item of the mentee's that its ladder says now."""
    facts: dict[str, Any] = {
        "rule": "form.personal-plan:mentee",
        "scope": "enrolment",
        "scope_id": service.enrolment,
        "period": "1",
        "version_id": service.version,
        "enrolment_id": service.enrolment,
        "owner_id": service.mentee,
        "about_id": service.mentee,
        "opens_on": NINE.date(),
        "due_on": NINE.date(),
        "next_nudge_at": NINE,
    }
    return DueItem(**(facts | more))


def settle(db: Any, enrolment: Any, now: datetime) -> None:
    """Settle as the composition root has it."""
    settle_enrolment(db, enrolment.id, now=now)


@pytest.fixture
def service(database: Database) -> Service:
    """Give the service, owing nothing: each test says what is due."""
    with database.transaction() as db:
        made = make_service(db)
        for item in db.exec(select(DueItem)):
            db.delete(item)
        for enrolment in db.exec(select(Enrolment)):
            enrolment.look_again_on = None
    return made


@pytest.fixture
def house(database: Database, service: Service, clock: SetClock) -> Iterator[House]:
    """Give everything, running on a practice Slack."""
    members = [_member(name) for name in PEOPLE]
    workspace = Workspace(read_manifest(), members, [SUMMARIES], _Shown(clock))
    server = PracticeServer(workspace).start()
    slack = SlackCalls(BOT_TOKEN, base_url=server.api_url, timeout=30.0)
    sender = Sender(database, slack, every_builder(), clock, FAST)
    engine = Engine(database, sender, clock, settle)
    yield House(database, service, clock, workspace, engine, Driver(engine, clock), server.api_url)
    server.stop()


def _member(name: str) -> Member:
    first = name.split(maxsplit=1)[0]
    return Member(f"U0{first.upper()}", first.lower(), name, f"{first.lower()}@example.org")


class _Shown:
    """The tests' clock as the practice workspace wants it."""

    def __init__(self, clock: SetClock) -> None:
        self._clock = clock

    def now(self) -> datetime:
        return self._clock.now()

    def step(self, how: str, to: datetime | None = None) -> tuple[int, str]:
        raise NotImplementedError(how)
