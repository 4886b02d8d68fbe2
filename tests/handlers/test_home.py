"""App Home, as people meet it in Slack: published through the outbox by a real sender."""

import pytest

from bot.delivery.builders import every_builder
from bot.delivery.machine_time import Timings
from bot.delivery.sender import Sender
from bot.delivery.slack_calls import SlackCalls
from bot.practice import BOT_TOKEN, Person, texts
from storage.queries.deliveries import UPDATES
from tests.service import Running


@pytest.fixture
def sender(service: Running) -> Sender:
    """Send what the service owes, when a test says so."""
    slack = SlackCalls(BOT_TOKEN, base_url=service.server.api_url, timeout=2.0)
    return Sender(service.database, slack, every_builder(), service.clock, Timings().scaled(0.01))


def shown(person: Person) -> str:
    """Return everything readable on somebody's Home."""
    return "\n".join(texts(person.home_view))


def open_home(person: Person, sender: Sender) -> str:
    """Open Home, let it be sent, and read it."""
    person.home()
    sender.drain((UPDATES,))
    return shown(person)


def test_home_says_what_needs_a_mentee_and_how_their_programme_stands(service: Running, sender: Sender) -> None:
    read = open_home(service.person("asha"), sender)
    assert "Hello Asha" in read
    assert "As at 09:00, Tue 1 Dec 2026" in read
    assert "What needs me" in read
    assert "0 of 22* signed off" in read
    assert "My people" not in read
