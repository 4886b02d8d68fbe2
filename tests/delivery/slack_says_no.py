"""What the tests of Slack saying no share: the app connected, waiting without sleeping long, what leads were told."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime

from bot.app import create_app, make_client
from bot.delivery.outgoing import Outgoing
from bot.practice import APP_TOKEN, BOT_TOKEN, SIGNING_SECRET
from bot.serving import SocketServer
from bot.values import Message
from storage.queries.deliveries import BULK, REPLIES, add_delivery
from tests.delivery.conftest import FAST, House
from tests.factories import NINE

SOON = replace(FAST, try_parked=0.2, try_app=0.1)
LEADS = ("LENA", "LEO")


@contextmanager
def connected(house: House) -> Iterator[None]:
    """Let the app hear what Slack tells by itself."""
    client = make_client(BOT_TOKEN, house.api_url)
    app = create_app(
        database=house.database,
        clock=house.clock,
        client=client,
        signing_secret=SIGNING_SECRET,
        cut_off=house.engine.cut_off,
    )
    socket = SocketServer(app, client, APP_TOKEN)
    assert socket.start()
    try:
        yield
    finally:
        socket.stop()


def heard(came: Callable[[], bool], seconds: float = 60.0) -> None:
    """Wait until the app has heard what Slack told it, sending nothing meanwhile."""
    until = time.monotonic() + seconds
    while not came():
        assert time.monotonic() < until, "what was to be heard did not come"
        time.sleep(0.01)


def wait_until(house: House, came: Callable[[], bool], seconds: float = 60.0) -> None:
    """Send, and look at what is in doubt or parked, until something has come about."""
    until = time.monotonic() + seconds
    while not came():
        assert time.monotonic() < until, [(row.kind, row.status, row.why) for row in house.deliveries()]
        house.engine.drain()
        house.engine.reconcile()
        time.sleep(0.01)


def go_on(house: House, seconds: float = 0.5) -> None:
    """Let some machine time pass, sending and looking all the while."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        house.engine.drain()
        house.engine.reconcile()
        time.sleep(0.02)


def told(house: House, start: str = "") -> list[list[str]]:
    """Return what each lead was told of trouble, if it starts so."""
    kept = ("I could not", "On ")
    return [[p.text for p in house.posts(each) if p.text.startswith(start or kept)] for each in LEADS]


def said(house: House, name: str) -> list[str]:
    """Return what somebody was sent."""
    return [post.text for post in house.posts(name)]


def owe_words(
    house: House,
    count: int = 1,
    *,
    kind: str = "words",
    to: str = "mentee",
    lane: int = BULK,
    drop_after: datetime | None = None,
) -> None:
    """Owe somebody so many messages of a kind that say their own keys, unless the kind is built otherwise."""
    known = house.engine.sender.builders
    house.engine.sender.builders = {kind: lambda db, row, now: Message(row.said_once), **known}
    with house.database.transaction() as db:
        for number in range(count):
            add_delivery(
                db, kind=kind, said_once=f"{kind}:{to}:{number}", person_id=getattr(house.service, to), lane=lane,
                not_before=NINE, created_at=NINE, drop_after=drop_after,
            )  # fmt: skip


def owe_reply(house: House, to: str = "mentor") -> None:
    """Owe somebody an answer, which goes before everything else."""
    owe_words(house, to=to, lane=REPLIES)


def build(house: House, kind: str, builder: Callable[..., Outgoing]) -> None:
    """Let messages of a kind be built so."""
    house.engine.sender.builders = {**house.engine.sender.builders, kind: builder}
