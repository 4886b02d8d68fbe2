"""A practice workspace with three people, and the means to connect an app to it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import pytest
from slack_bolt import App
from slack_sdk import WebClient

from bot.practice import BOT_TOKEN, Channel, Member, Person, PracticeServer, StillClock, Workspace
from tests.practice.app_under_test import MANIFEST, Connection, new_app

ALICE = Member("U0ALICE01", "alice", "Alice Moreau", "alice@example.com", tz="Europe/Paris", title="Nurse")
BOB = Member("U0BOB0001", "bob", "Bob Stone", "bob@example.com")
GREG = Member("U0GONE001", "greg", "Greg Gone", "greg@example.com", deleted=True)
GENERAL = Channel("C0GENERAL", "general", (ALICE.id, BOB.id, "U0PRACTICEBOT"))
QUIET = Channel("C0QUIET01", "quiet", (ALICE.id,))


@pytest.fixture
def clock() -> StillClock:
    return StillClock(datetime(2026, 1, 1, 9, 0, tzinfo=UTC))


@pytest.fixture
def workspace(clock: StillClock) -> Workspace:
    return Workspace(MANIFEST, [ALICE, BOB, GREG], [GENERAL, QUIET], clock)


@pytest.fixture
def server(workspace: Workspace) -> Iterator[PracticeServer]:
    server = PracticeServer(workspace, event_retry_seconds=(0.05, 0.05, 0.05)).start()
    yield server
    server.stop()


@pytest.fixture
def client(server: PracticeServer) -> WebClient:
    return WebClient(token=BOT_TOKEN, base_url=server.api_url, retry_handlers=[])


@pytest.fixture
def app(server: PracticeServer) -> App:
    return new_app(server)


@pytest.fixture
def connect(server: PracticeServer) -> Iterator[Callable[[App], Connection]]:
    opened: list[Connection] = []

    def connect(app: App) -> Connection:
        opened.append(Connection(app, server).open())
        return opened[-1]

    yield connect
    for connection in opened:
        connection.close()


@pytest.fixture
def alice(server: PracticeServer) -> Person:
    return Person(server.url, ALICE.id)


@pytest.fixture
def bob(server: PracticeServer) -> Person:
    return Person(server.url, BOB.id)
