"""The engine: ticks that find what is due, and workers that send it. One per process; any number of processes."""

import sys
import time
from collections.abc import Collection, Mapping
from datetime import datetime
from threading import Event, RLock, Thread, current_thread

from sqlalchemy import event

from bot.clock import Clock
from bot.delivery.courtesy import Pace
from bot.delivery.evaluate import Evaluation, Settle, evaluate, plan_sessions_anew
from bot.delivery.metronome import Metronome
from bot.delivery.outbox import keep_app_trouble, release_next
from bot.delivery.reconcile import reconcile_next
from bot.delivery.sender import Sender
from bot.delivery.slack_calls import Kind, Outcome
from bot.logs import log_unknown
from storage.database import Database
from storage.queries import deliveries as delivery_queries
from storage.queries.deliveries import BULK, LANES, REPLIES

IDLE = 1.0  # seconds between looks for what another process owes; our own commits wake the workers at once
_BULK_WORKER = "sender"
_A_MOMENT = 0.05  # seconds
_TURNS = 0.0002  # seconds between the turns of threads: who is answered waits so long for a sender that is at work
_GLANCE = 0.005  # seconds between looks at what another worker is sending


class Engine:
    """Ticks and sends. `clock` is programme time; `settle` puts an enrolment's due rows right."""

    def __init__(self, database: Database, sender: Sender, clock: Clock, settle: Settle) -> None:
        self.database, self.sender, self.clock = database, sender, clock
        self._settle = settle
        self._turn = RLock()  # one tick or one step of the driver at a time
        self._woken = {"replies": Event(), "rest": Event()}
        self._stopping = Event()
        self._workers: list[Thread] = []
        self._pace = Pace(sender.timings.between_bulk)
        self._look_at = 0.0  # by time.monotonic: at what is in doubt or parked
        self._ticked_at: datetime | None = None
        self._ask_again_at = 0.0  # by time.monotonic: whether Slack lets us in again

    @property
    def stopped_by(self) -> str:
        """Return why Slack lets nothing through, in its word; empty while it does."""
        return self.sender.health.stopped_by

    @property
    def waits(self) -> float:
        """Return for how many seconds Slack has asked the bulk to wait still."""
        return max(0.0, self.sender.health.bulk_waits_until - time.monotonic())

    @property
    def dead_workers(self) -> list[str]:
        """Return the names of the workers whose threads have ended although nobody stopped them."""
        return [] if self._stopping.is_set() else [each.name for each in self._workers if not each.is_alive()]

    @property
    def results(self) -> Mapping[str, int]:
        """Return how often Slack answered what since the start: ok, rate_limited, dead …"""
        return dict(self.sender.health.results)

    def cut_off(self, code: str) -> None:
        """Take Slack's word that it lets nothing of ours through any more."""
        if self.sender.health.stop(code):
            keep_app_trouble(self.database, Outcome(Kind.WHOLE_APP, code), now=self.clock.now())

    @property
    def turn(self) -> RLock:
        """The lock that a tick holds, so that a driver can keep ticks out between its steps."""
        return self._turn

    def tick(self, now: datetime | None = None) -> Evaluation:
        """Turn all that is due into deliveries, at `now` or by the clock."""
        with self._turn:
            at = now or self.clock.now()
            if self._ticked_at and at < self._ticked_at:
                plan_sessions_anew(self.database, now=at)
            self._ticked_at = at
            return evaluate(self.database, now=at, settle=self._settle)

    def drain(self) -> int:
        """Send all that may go now, and wait until what other workers have in hand is settled too."""
        sent = self.sender.drain()
        until = time.monotonic() + self.sender.timings.lease
        while self._is_sending() and time.monotonic() < until:
            time.sleep(_GLANCE)
        return sent

    def run_until(self, moment: datetime) -> int:
        """Tick once at a moment and send what it brings; return how many deliveries were tried."""
        self.tick(moment)
        return self.drain()

    def start(self, *, interval: float) -> Metronome:
        """Start the workers, and a metronome that ticks every `interval` seconds. Commits wake the workers."""
        self.database.on_commit = self.wake
        self.database.while_writing = self.sender.people.writes
        event.listen(self.database.engine, "before_cursor_execute", self._give_way_between)
        sys.setswitchinterval(_TURNS)
        self._workers = [
            Thread(target=self._work, args=("replies", (REPLIES,)), name="replies", daemon=True),
            Thread(target=self._work, args=("rest", LANES), name=_BULK_WORKER, daemon=True),
        ]
        for worker in self._workers:
            worker.start()
        metronome = Metronome(self.tick, interval=interval)
        metronome.start()
        return metronome

    def wake(self) -> None:
        """Let the workers look at once: something was committed, and not by one of them, who look again anyway."""
        if current_thread() in self._workers:
            return
        for woken in self._woken.values():
            woken.set()

    def stop(self, *, within: float = 1.0) -> None:
        """Let the workers finish what they have in hand; what is cut off is looked for at the next start."""
        self._stopping.set()
        self.wake()
        for worker in self._workers:
            worker.join(within / max(1, len(self._workers)))

    def _give_way_between(self, *_: object) -> None:
        """Between two questions of the bulk's, even inside its transaction, whoever is being answered goes first."""
        if current_thread().name == _BULK_WORKER:
            self.sender.people.give_way(_A_MOMENT)

    def _work(self, name: str, lanes: Collection[int]) -> None:
        woken = self._woken[name]
        while not self._stopping.is_set():
            woken.wait(self._pause(name))
            woken.clear()
            try:
                self._send_all(name, lanes)
                self._look_whether_let_in(name)
            except Exception as why:  # a worker must outlive a database that is away for a moment
                log_unknown(why, f"the {name} worker sent; it tries again")
                self._stopping.wait(IDLE)

    def _send_all(self, name: str, lanes: Collection[int]) -> None:
        while not self._stopping.is_set() and self._next(name, lanes):
            pass
        if name == "rest" and time.monotonic() >= self._look_at:
            self._look_at = time.monotonic() + IDLE
            self.reconcile()

    def _look_whether_let_in(self, name: str) -> None:
        """One of the workers asks, now and then; its own pauses are kept, so that it stops at once when told to."""
        if name != "rest" or not self.sender.health.stopped_by:
            return
        if time.monotonic() >= self._ask_again_at:
            self._ask_again_at = time.monotonic() + self.sender.timings.try_app
            self.sender.look_whether_let_in()

    def _next(self, name: str, lanes: Collection[int]) -> bool:
        """Send one more. A digest waits for the tick in hand, which may still add to it; a reply waits for nothing."""
        if name != "rest":
            return self.sender.send_next(lanes)
        with self._turn:
            pass
        may_bulk = not self._pace.wait
        found = self.sender.send_next([lane for lane in lanes if lane < BULK or may_bulk])
        if found and may_bulk:
            self._pace.take()
        return found

    def _pause(self, name: str) -> float:
        """Return how long to wait for a commit of ours: until more of the bulk may go, or another process has work."""
        wait = self._pace.wait if name == "rest" else 0.0
        return min(IDLE, wait) if wait else IDLE

    def reconcile(self) -> int:
        """Look for everything in doubt that has settled; return how many were settled.

        What is parked is tried once more where its person or channel may be reached again.
        """
        settled = 0
        while not self._stopping.is_set() and reconcile_next(
            self.database, self.sender.slack, now=self.clock.now(), timings=self.sender.timings
        ):
            settled += 1
        while not self._stopping.is_set() and release_next(self.database, timings=self.sender.timings):
            pass
        return settled

    def _is_sending(self) -> bool:
        return delivery_queries.is_any_sending(self.database.engine)
