"""One sending process: ticks, sends and looks as the service does, and stops where it is told to."""

import logging
import os
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from multiprocessing.connection import Connection
from typing import Any

from slack_sdk import WebClient
from slack_sdk.web import SlackResponse
from sqlalchemy import event
from sqlalchemy.exc import OperationalError
from sqlmodel import Session as Db

from bot.clock import SetClock
from bot.delivery.builders import every_builder
from bot.delivery.evaluate import evaluate
from bot.delivery.machine_time import Timings
from bot.delivery.outgoing import Builder, Builders, FileShare, Outgoing
from bot.delivery.reconcile import reconcile_next
from bot.delivery.sender import Sender
from bot.delivery.slack_calls import Outcome, SlackCalls
from bot.practice import BOT_TOKEN
from storage.database import Database, make_engine
from storage.keyring import Keyring
from storage.tables.delivery import Delivery
from storage.tables.people import Person
from tests.conftest import AUDIT, MASTER
from tests.crash.controls import NaiveSender, NeverSender
from tests.crash.points import NAIVE, NEVER, OURS, Stop
from tests.crash.watched_slack import LEFT_AT
from tests.delivery.conftest import settle
from tests.factories import NINE

BUSY = "database is locked"  # four processes at once are more than SQLite is fair to
FILE = "crash_file"  # a kind of delivery; the calendar file's own builder wants a meeting
_GLANCE = 0.01  # seconds between looks for work


@dataclass(frozen=True)
class Orders:
    """What a process is to do: on which database and Slack, by which policy and lengths of time, and where to stop."""

    database_url: str
    api_url: str
    policy: str
    timings: Timings
    unnamed_wait: float  # seconds, where Slack asks to wait and names no time
    stop: Stop | None = None

    def until(self, stop: Stop | None) -> "Orders":
        """Return the same orders with another stop."""
        return replace(self, stop=stop)


class Checkpoint:
    """Tells the parent when the process has come to its stop; it is killed there, or waits to be frozen and let go."""

    def __init__(self, stop: Stop | None, parent: Connection) -> None:
        self._stop, self._parent = stop, parent
        self._left, self._last = stop.depth if stop else 0, ""
        self.in_hand = ""  # whose message is being sent, by their Slack id

    def reach(self, point: str) -> None:
        """Come to a point."""
        self._last = point
        self._come_to(point)

    def commit(self, when: str) -> None:
        """Come to a commit: which one it is, is told by the last point before it."""
        self._come_to(f"{when}_after_{self._last}")

    def _come_to(self, point: str) -> None:
        if self._stop is None or point != self._stop.point:
            return
        self._left -= 1
        if self._left == 0:
            self._parent.send(self.in_hand)
            if self._stop.freezes:
                self._parent.recv()
            else:
                os.kill(os.getpid(), signal.SIGKILL)  # at once: it may hold a lock that the parent waits for


class _StampedClient(WebClient):
    """A client whose posts say when they left, so that the practice Slack takes none later than Slack would."""

    def chat_postMessage(self, *, metadata: dict[str, Any], **more: Any) -> SlackResponse:  # type: ignore[override]  # noqa: N802  as the sender calls it
        """Post."""
        payload = metadata["event_payload"] | {LEFT_AT: time.monotonic()}
        return super().chat_postMessage(metadata=metadata | {"event_payload": payload}, **more)


class WatchedCalls(SlackCalls):
    """Slack's methods with a checkpoint before and after those that the sender has none around."""

    checkpoint: Checkpoint

    def __init__(self, token: str, *, base_url: str, timeout: float, unnamed_wait: float) -> None:
        super().__init__(token, base_url=base_url, timeout=timeout, unnamed_wait=unnamed_wait)
        self._client = _StampedClient(
            token=token,
            base_url=base_url,
            timeout=timeout,  # type: ignore[arg-type]  # urllib takes parts of a second
            retry_handlers=[],
        )

    def open_dm(self, slack_id: str) -> Outcome:
        """Open a conversation."""
        self.checkpoint.reach("before_open")
        outcome = super().open_dm(slack_id)
        self.checkpoint.reach("opened")
        return outcome

    def find_posts(self, channel: str, opaque: str, after_ts: str) -> Outcome:
        """Look for posts."""
        self.checkpoint.reach("before_look")
        outcome = super().find_posts(channel, opaque, after_ts)
        self.checkpoint.reach("looked")
        return outcome


def work(orders: Orders, parent: Connection) -> None:
    """Send until the parent says anything, or is gone."""
    logging.disable(logging.WARNING)  # what is meant to go wrong here
    checkpoint = Checkpoint(orders.stop, parent)
    database = _database(orders.database_url, checkpoint)
    sender, recover = _sender(orders, database, checkpoint)
    while not parent.poll():
        try:
            _one_round(database, sender, recover, checkpoint)
        except OperationalError as why:  # as the engine: a worker outlives a database that is away for a moment
            if BUSY not in str(why):
                raise
        time.sleep(_GLANCE)


def _one_round(database: Database, sender: Any, recover: Callable[[], bool], checkpoint: Checkpoint) -> None:
    checkpoint.reach("before_evaluate")
    evaluate(database, now=NINE, settle=settle)
    checkpoint.reach("evaluated")
    while sender.send_next():
        pass
    while recover():
        pass


def _database(url: str, checkpoint: Checkpoint) -> Database:
    database = Database(url, Keyring(make_engine("sqlite://"), MASTER), AUDIT)
    event.listen(database.engine, "commit", lambda _connection: checkpoint.commit("before_commit"))
    database.on_commit = lambda: checkpoint.commit("committed")
    return database


def _sender(orders: Orders, database: Database, checkpoint: Checkpoint) -> tuple[Any, Any]:
    """Return what sends by the orders' policy, and what takes up what a lost sender left behind."""
    timings = orders.timings
    slack = WatchedCalls(BOT_TOKEN, base_url=orders.api_url, timeout=timings.call, unnamed_wait=orders.unnamed_wait)
    slack.checkpoint = checkpoint
    chosen: dict[str, type[Sender] | type[NaiveSender] | type[NeverSender]]
    chosen = {OURS: Sender, NAIVE: NaiveSender, NEVER: NeverSender}
    sender = chosen[orders.policy](
        database, slack, _watched(checkpoint), SetClock(NINE), timings, on_step=checkpoint.reach
    )
    if isinstance(sender, Sender):
        return sender, lambda: reconcile_next(database, slack, now=NINE, timings=timings)
    return sender, sender.recover


def _watched(checkpoint: Checkpoint) -> Builders:
    """Return every builder with a checkpoint before it: after the re-check, inside the claim."""

    def watched(builder: Builder) -> Builder:
        def build(db: Db, row: Delivery, now: datetime) -> Outgoing:
            person = db.get(Person, row.person_id)
            checkpoint.in_hand = (person.slack_id or "") if person else ""
            checkpoint.reach("rechecked")
            return builder(db, row, now)

        return build

    return {kind: watched(builder) for kind, builder in (*every_builder().items(), (FILE, _build_file))}


def _build_file(_db: Db, _row: Delivery, _now: datetime) -> FileShare:
    return FileShare("meeting.ics", "Meeting", b"BEGIN:VCALENDAR")
