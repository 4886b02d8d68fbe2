"""The whole service on this computer: a practice workspace, the real app over Socket Mode, a real database."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import yaml
from sqlmodel import select

from bot.app import create_app, make_client
from bot.clock import SetClock
from bot.practice import (
    APP_TOKEN,
    BOT_TOKEN,
    SIGNING_SECRET,
    Channel,
    Member,
    Person,
    PracticeServer,
    StillClock,
    Workspace,
)
from bot.serving import SocketServer
from storage.database import Database
from storage.tables import people
from tests.factories import NINE, Service, make_service

MANIFEST: dict[str, Any] = yaml.safe_load(Path("app_manifest.yml").read_text("utf-8"))
MENTORS = "C0MENTORS"


class Running:
    """A running service: somebody by name is a person at the page, `clock` is programme time."""

    def __init__(self, database: Database, server: PracticeServer, clock: SetClock, service: Service) -> None:
        self.database, self.server, self.clock, self.service = database, server, clock, service

    def person(self, first_name: str) -> Person:
        """Sit down as somebody: `asha`, `mary`, `lena` …"""
        return Person(self.server.url, f"U0{first_name.upper()}")


@contextmanager
def running(database: Database, **about: Any) -> Iterator[Running]:
    """Start the whole service with the small fictional organisation of the factories; `about` goes to make_service."""
    clock = SetClock(NINE)
    with database.transaction() as db:
        service = make_service(db, **about)
    with database.reading() as db:
        members = [as_member(person) for person in db.exec(select(people.Person)).all()]
    workspace = Workspace(
        MANIFEST, members, [Channel(MENTORS, "mentors", tuple(m.id for m in members))], StillClock(NINE)
    )
    server = PracticeServer(workspace).start()
    client = make_client(BOT_TOKEN, server.api_url)
    app = create_app(database=database, clock=clock, client=client, signing_secret=SIGNING_SECRET)
    socket = SocketServer(app, client, APP_TOKEN)
    assert socket.start(), "the app did not connect to the practice workspace"
    try:
        yield Running(database, server, clock, service)
    finally:
        socket.stop()
        server.stop()


def as_member(person: people.Person) -> Member:
    """Give somebody on the people list a Slack account."""
    assert person.slack_id
    return Member(
        person.slack_id, person.name.split(maxsplit=1)[0].lower(), person.name, person.email or "", person.zone
    )
