"""The two controls that must fail: a sender that tries again whatever happened, and one that never does.

They share our outbox, claim and words with the real sender; only what they make of an answer, or of a lost process,
is what others do.
"""

from collections.abc import Callable
from dataclasses import dataclass

from sqlmodel import col, update

from bot.clock import Clock
from bot.delivery import outbox
from bot.delivery.machine_time import Timings, machine_now
from bot.delivery.outbox import Claimed
from bot.delivery.outgoing import Builders, Suppressed
from bot.delivery.second_copies import SECOND_COPY
from bot.delivery.slack_calls import Outcome, SlackCalls
from bot.values import Message
from storage.database import Database
from storage.queries import deliveries as delivery_queries
from storage.queries.deliveries import LANES
from storage.tables.delivery import Delivery


@dataclass
class PlainSender:
    """Claims, opens the conversation, posts, and writes what became of it."""

    database: Database
    slack: SlackCalls
    builders: Builders
    clock: Clock
    timings: Timings
    on_step: Callable[[str], None]
    left_behind = "pending"  # what becomes of a delivery whose sender was lost

    def __post_init__(self) -> None:
        """Let second copies stand: taking them back is part of the real policy."""
        self.builders = {**self.builders, SECOND_COPY: lambda _db, _row, _now: Suppressed("stands")}

    def send_next(self) -> bool:
        """Send one delivery if there is one; True when there was."""
        now = self.clock.now()
        if not outbox.has_work(self.database, now=now, lanes=LANES):
            return False
        self.on_step("before_claim")
        claimed = outbox.claim(self.database, self.builders, now=now, lanes=LANES, timings=self.timings)
        if claimed is None:
            return False
        self.on_step("claimed")
        self._send(claimed)
        self.on_step("recorded")
        return True

    def recover(self) -> bool:
        """Take up what a lost sender left behind, as this policy has it; nothing is ever looked for."""
        with self.database.reading() as db:
            if not delivery_queries.has_doubtful(db, machine_now=machine_now(db)):
                return False
        with self.database.transaction() as db:
            delivery_queries.mark_expired(db, machine_now=machine_now(db), look_at=0.0)
            left = update(Delivery).where(col(Delivery.status) == "uncertain")
            db.connection().execute(left.values(status=self.left_behind, retry_at=0.0))
        return True

    def failed(self, claimed: Claimed, outcome: Outcome) -> None:
        """Write what became of a call that was not answered with yes."""
        raise NotImplementedError

    def _send(self, claimed: Claimed) -> None:
        if not claimed.slack_channel:
            opened = self.slack.open_dm(claimed.slack_id)
            if not opened.is_ok:
                self.failed(claimed, opened)
                return
            channel = str(opened.data["channel"]["id"])
            outbox.keep_conversation(self.database, claimed, channel)
            claimed = outbox.in_conversation(claimed, channel)
        assert isinstance(claimed.sendable, Message)
        self.on_step("before_post")
        outcome = self.slack.post(claimed.slack_channel, claimed.sendable, claimed.opaque)
        self.on_step("posted")
        if outcome.is_ok:
            outbox.mark_sent(self.database, claimed, ts=str(outcome.data["ts"]), now=self.clock.now())
        else:
            self.failed(claimed, outcome)


class NaiveSender(PlainSender):
    """What was not answered is sent again."""

    def failed(self, claimed: Claimed, outcome: Outcome) -> None:
        """Put it back."""
        outbox.try_again(self.database, claimed, why=outcome.code, timings=self.timings)


class NeverSender(PlainSender):
    """What was tried once is never tried again."""

    left_behind = "dead"

    def failed(self, claimed: Claimed, outcome: Outcome) -> None:
        """Give it up."""
        with self.database.transaction() as db:
            delivery_queries.mark(db, claimed.id, claimed.token, status="dead", why=outcome.code)
