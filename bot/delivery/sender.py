"""Sending: one delivery after another, from claim to result. Any number of senders may run on one database."""

import logging
import time
from collections import Counter
from collections.abc import Callable, Collection
from dataclasses import dataclass, field, replace
from datetime import datetime
from threading import Lock

from bot.clock import Clock
from bot.delivery import outbox
from bot.delivery.courtesy import PeopleFirst
from bot.delivery.files import send_file
from bot.delivery.home import publish_home
from bot.delivery.machine_time import Timings
from bot.delivery.outbox import Claimed
from bot.delivery.outgoing import Builders, Change, Ephemeral, FileShare, HomeView, TakeBack, Update
from bot.delivery.second_copies import take_back
from bot.delivery.slack_calls import Kind, Outcome, SlackCalls
from bot.values import Message
from storage.database import Database
from storage.queries.deliveries import BULK, LANES

log = logging.getLogger(__name__)
_LONG_WAIT = 900.0  # seconds, asked for by Slack: the leads hear of it
_CONVERSATION_GONE = {"channel_not_found", "is_archived", "not_in_channel"}
_GONE = {"message_not_found", "cant_update_message", "edit_window_closed", "is_inactive", "hash_conflict"}


@dataclass
class Health:
    """Why nothing at all can be sent, in Slack's word, empty while all is well; and until when the bulk waits.

    Slack's limit for the whole workspace is not published: when it asks to wait, all but replies and updates do.
    """

    stopped_by: str = ""
    bulk_waits_until: float = 0.0  # by time.monotonic
    results: Counter[str] = field(default_factory=Counter)  # how often Slack answered what, since the start
    _counting: Lock = field(default_factory=Lock)

    def count(self, outcome: Outcome) -> None:
        """Count what became of one delivery; several workers do."""
        with self._counting:
            self.results["rate_limited" if outcome.is_rate_limit else str(outcome.kind)] += 1

    def stop(self, code: str) -> bool:
        """Note that Slack lets nothing through; True when it was not known yet."""
        is_new, self.stopped_by = not self.stopped_by, code
        if is_new:
            log.error("Slack lets nothing through (%s): all that is owed waits. See handrail doctor", code)
        return is_new

    def open_lanes(self, lanes: Collection[int]) -> tuple[int, ...]:
        """Return which of these lanes may be served now."""
        waits = time.monotonic() < self.bulk_waits_until
        return tuple(lane for lane in lanes if not (waits and lane >= BULK))


@dataclass
class Sender:
    """Claims, sends and settles deliveries. `on_step` is told where each one stands, for the crash harness."""

    database: Database
    slack: SlackCalls
    builders: Builders
    clock: Clock
    timings: Timings = field(default_factory=Timings)
    health: Health = field(default_factory=Health)
    on_step: Callable[[str], None] = lambda _step: None
    people: PeopleFirst = field(default_factory=PeopleFirst)

    def send_next(self, lanes: Collection[int] = LANES) -> bool:
        """Send one delivery if there is one and Slack lets us in; True when there was."""
        if self.health.stopped_by:
            return False
        now, lanes = self.clock.now(), self.health.open_lanes(lanes)
        if not outbox.has_work(self.database, now=now, lanes=lanes):
            return False
        self._give_way(max(lanes))
        self.on_step("before_claim")
        claimed = outbox.claim(self.database, self.builders, now=now, lanes=lanes, timings=self.timings)
        if claimed is None:
            return False
        self.on_step("claimed")
        self._send(claimed)
        return True

    def drain(self, lanes: Collection[int] = LANES) -> int:
        """Send all that may be sent now; return how many were tried."""
        tried = 0
        while self.send_next(lanes):
            tried += 1
        return tried

    def look_whether_let_in(self) -> None:
        """After Slack has refused everything, ask whether it still does."""
        outcome = self.slack.is_let_in()
        if outcome.is_ok:
            log.warning("Slack lets us in again: what waited goes out")
            self.health.stopped_by = ""
        elif outcome.kind is Kind.WHOLE_APP:
            self.health.stopped_by = outcome.code

    def _give_way(self, lane: int) -> None:
        if lane >= BULK:
            self.people.give_way()

    def _send(self, claimed: Claimed) -> None:
        outcome = Outcome(Kind.OK)
        if claimed.person_id and not claimed.slack_channel and not isinstance(claimed.sendable, HomeView):
            outcome, claimed = self._open_conversation(claimed)
        if not outcome.is_ok:
            self._settle(claimed, outcome, harmless_twice=True)
        else:
            self._give_way(claimed.lane)
            if outbox.holds_lease(self.database, claimed):
                self._say(claimed)

    def _open_conversation(self, claimed: Claimed) -> tuple[Outcome, Claimed]:
        outcome = self.slack.open_dm(claimed.slack_id)
        if not outcome.is_ok:
            return outcome, claimed
        channel = str(outcome.data["channel"]["id"])
        outbox.keep_conversation(self.database, claimed, channel)
        return outcome, outbox.in_conversation(claimed, channel)

    def _say(self, claimed: Claimed) -> None:
        self.on_step("before_post")
        match claimed.sendable:
            case Message() as message:
                outcome = self.slack.post(claimed.slack_channel, message, claimed.opaque)
                self.on_step("posted")
                self._settle(claimed, outcome, harmless_twice=False)
            case Update() as update:
                outcome = self.slack.update(update.slack_channel, update.slack_ts, update.message)
                self._settle(claimed, outcome, harmless_twice=True)
            case Ephemeral() as whisper:
                outcome = self.slack.whisper(whisper.slack_channel, claimed.slack_id, whisper.message)
                self._settle(claimed, outcome, harmless_twice=False)
            case TakeBack() as copy:
                self._settle(claimed, take_back(self.slack, copy), harmless_twice=True)
            case HomeView() as home:
                self._publish(claimed, home)
            case FileShare() as share:
                outcome = send_file(self.database, self.slack, claimed, share, self.on_step)
                if outcome.code == "missing_scope":  # an optional one: only files need it
                    outcome = replace(outcome, kind=Kind.DEAD)
                self._settle(claimed, outcome, harmless_twice=False)

    def _publish(self, claimed: Claimed, home: HomeView) -> None:
        assert claimed.person_id is not None, "a Home is somebody's"
        outcome = publish_home(
            self.database,
            self.slack,
            person_id=claimed.person_id,
            slack_id=claimed.slack_id,
            home=home,
            now=self.clock.now(),
        )
        if outcome.kind is Kind.DEAD:  # it is published anew when next opened; nobody need be told
            outbox.mark_not_needed(self.database, claimed, why=outcome.code)
        else:
            self._settle(claimed, outcome, harmless_twice=True)

    def _settle(self, claimed: Claimed, outcome: Outcome, *, harmless_twice: bool) -> None:
        self.health.count(outcome)
        self._give_way(claimed.lane)
        if outcome.is_ok:
            self._sent(claimed, str(outcome.data.get("ts") or ""), outcome.file_id)
        elif outcome.kind is Kind.IN_DOUBT and harmless_twice:
            outbox.try_again(self.database, claimed, why=outcome.code, timings=self.timings)
        elif _is_needless(claimed, outcome):
            outbox.mark_not_needed(self.database, claimed, why=outcome.code)
        elif claimed.person_id and outcome.code in _CONVERSATION_GONE and self._open_again(claimed, outcome):
            log.info("the conversation of delivery %s is opened anew", claimed.id)
        else:
            self._failed(claimed, outcome)
        self.on_step("recorded")

    def _sent(self, claimed: Claimed, ts: str, file_id: str = "") -> None:
        if not outbox.mark_sent(self.database, claimed, ts=ts, file_id=file_id, now=self.clock.now()):
            log.warning("delivery %s was sent by another meanwhile; our copy is taken back", claimed.id)

    def _open_again(self, claimed: Claimed, outcome: Outcome) -> bool:
        return outbox.open_again(self.database, claimed, why=outcome.code, timings=self.timings)

    def _failed(self, claimed: Claimed, outcome: Outcome) -> None:
        log.warning("delivery %s of kind %s was not sent: %s", claimed.id, claimed.kind, outcome.code)
        now = self.clock.now()
        if outcome.kind is Kind.LATER:
            self._let_bulk_wait(outcome, now)
        if outcome.kind is Kind.WHOLE_APP and self.health.stop(outcome.code):
            outbox.keep_app_trouble(self.database, outcome, now=now)
        outbox.mark_failed(self.database, claimed, outcome, now=now, timings=self.timings)

    def _let_bulk_wait(self, outcome: Outcome, now: datetime) -> None:
        wait = self.timings.back_off if outcome.wait is None else outcome.wait
        self.health.bulk_waits_until = max(self.health.bulk_waits_until, time.monotonic() + wait)
        if outcome.is_rate_limit and wait >= _LONG_WAIT:
            outbox.keep_app_trouble(self.database, outcome, now=now)


def _is_needless(claimed: Claimed, outcome: Outcome) -> bool:
    """Say whether what was to be changed is not there to change any more."""
    is_gone = outcome.code in _GONE or outcome.kind is Kind.UNREACHABLE
    return is_gone and isinstance(claimed.sendable, Change)
