"""The whole service on this computer: a practice workspace, the real app over Socket Mode, a real database."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import yaml
from sqlmodel import select

from bot.app import assemble
from bot.clock import SetClock
from bot.delivery.driver import Driver
from bot.practice import (
    APP_TOKEN,
    BOT_TOKEN,
    SIGNING_SECRET,
    Channel,
    Member,
    Person,
    PracticeServer,
    Workspace,
)
from bot.serving import SocketServer
from storage.database import Database
from storage.tables import people
from tests.factories import NINE, Service, make_service

MANIFEST: dict[str, Any] = yaml.safe_load(Path("app_manifest.yml").read_text("utf-8"))
MENTORS = "C0MENTORS"


class Running:
    """A running service: somebody by name is a person at the page; `driver` moves programme time step by step."""

    def __init__(
        self, database: Database, server: PracticeServer, clock: SetClock, driver: Driver, service: Service
    ) -> None:
        self.database, self.server, self.driver, self.service = database, server, driver, service
        self.clock = clock

    def person(self, first_name: str) -> Person:
        """Sit down as somebody: `asha`, `mary`, `lena` …"""
        return Person(self.server.url, f"U0{first_name.upper()}")


class WorkspaceClock:
    """The workspace's clock: the app's own, moved by its driver, so that nothing due is jumped over."""

    moves = True

    def __init__(self, clock: SetClock) -> None:
        self.clock = clock
        self.driver: Driver | None = None

    def now(self) -> datetime:
        """Return programme time."""
        return self.clock.now()

    def step(self, how: str, to: datetime | None = None) -> tuple[int, str]:
        """Move on, step by step."""
        assert self.driver
        return self.driver.step(how, to)


@contextmanager
def running(database: Database, **about: Any) -> Iterator[Running]:
    """Start the whole service with the small fictional organisation of the factories; `about` goes to make_service."""
    clock = WorkspaceClock(SetClock(NINE))
    with database.transaction() as db:
        made = make_service(db, **about)
    with database.reading() as db:
        members = [as_member(person) for person in db.exec(select(people.Person)).all()]
    workspace = Workspace(MANIFEST, members, [Channel(MENTORS, "mentors", tuple(m.id for m in members))], clock)
    with serving(database, workspace, clock) as (server, driver):
        yield Running(database, server, clock.clock, driver, made)


@contextmanager
def serving(database: Database, workspace: Workspace, clock: WorkspaceClock) -> Iterator[tuple[PracticeServer, Driver]]:
    """Connect the real app to a workspace on loopback; only the driver, and the workspace's clock, let it tick."""
    with ExitStack() as until_stopped:
        server = until_stopped.enter_context(PracticeServer(workspace))
        service = assemble(
            database=database,
            clock=clock.clock,
            token=BOT_TOKEN,
            signing_secret=SIGNING_SECRET,
            base_url=server.api_url,
        )
        clock.driver = Driver(service.engine, clock.clock)
        socket = SocketServer(service.app, service.client, APP_TOKEN)
        until_stopped.callback(socket.stop)
        assert socket.start(), "the app did not connect to the practice workspace"
        yield server, clock.driver


def as_member(person: people.Person) -> Member:
    """Give somebody on the people list a Slack account."""
    assert person.slack_id
    return Member(
        person.slack_id, person.name.split(maxsplit=1)[0].lower(), person.name, person.email or "", person.zone
    )
