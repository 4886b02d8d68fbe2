"""The engine: ticks that find what is due, and workers that send it. One per process; any number of processes."""

import logging
import time
from collections.abc import Collection
from datetime import datetime
from threading import Event, RLock, Thread

from bot.clock import Clock
from bot.delivery.evaluate import Evaluation, Settle, evaluate
from bot.delivery.metronome import Metronome
from bot.delivery.reconcile import reconcile_next
from bot.delivery.sender import EVERY_LANE, Sender
from storage.database import Database
from storage.queries import deliveries as delivery_queries
from storage.queries.deliveries import REPLIES

log = logging.getLogger(__name__)
IDLE = 1.0  # seconds between looks for what another process owes; our own commits wake the workers at once
_GLANCE = 0.005  # seconds between looks at what another worker is sending
STOPPED = 60.0  # seconds before trying again when Slack refuses the whole app


class Engine:
    """Ticks and sends. `clock` is programme time; `settle` puts an enrolment's due rows right."""

    def __init__(self, database: Database, sender: Sender, clock: Clock, settle: Settle) -> None:
        self.database, self.sender, self.clock = database, sender, clock
        self._settle = settle
        self._turn = RLock()  # one tick or one step of the driver at a time
        self._woken = {"replies": Event(), "rest": Event()}
        self._stopping = Event()
        self._workers: list[Thread] = []

    @property
    def turn(self) -> RLock:
        """The lock that a tick holds, so that a driver can keep ticks out between its steps."""
        return self._turn

    def tick(self, now: datetime | None = None) -> Evaluation:
        """Turn all that is due into deliveries, at `now` or by the clock."""
        with self._turn:
            return evaluate(self.database, now=now or self.clock.now(), settle=self._settle)

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
        self._workers = [
            Thread(target=self._work, args=("replies", (REPLIES,)), name="replies", daemon=True),
            Thread(target=self._work, args=("rest", EVERY_LANE), name="sender", daemon=True),
        ]
        for worker in self._workers:
            worker.start()
        metronome = Metronome(self.tick, interval=interval)
        metronome.start()
        return metronome

    def wake(self) -> None:
        """Let the workers look at once: something was committed."""
        for event in self._woken.values():
            event.set()

    def stop(self, *, within: float = 1.0) -> None:
        """Let the workers finish what they have in hand; what is cut off is looked for at the next start."""
        self._stopping.set()
        self.wake()
        for worker in self._workers:
            worker.join(within / max(1, len(self._workers)))

    def _work(self, name: str, lanes: Collection[int]) -> None:
        woken = self._woken[name]
        while not self._stopping.is_set():
            woken.wait(self._pause())
            woken.clear()
            try:
                self._send_all(name, lanes)
            except Exception:  # a worker must outlive a database that is away for a moment
                log.exception("the %s worker could not go on; it tries again", name)
                self._stopping.wait(IDLE)

    def _send_all(self, name: str, lanes: Collection[int]) -> None:
        while not self._stopping.is_set() and self._next(name, lanes):
            pass
        if name == "rest":
            self.reconcile()

    def _next(self, name: str, lanes: Collection[int]) -> bool:
        """Send one more. A digest waits for the tick in hand, which may still add to it; a reply waits for nothing."""
        if name == "rest":
            with self._turn:
                pass
        return self.sender.send_next(lanes)

    def reconcile(self) -> int:
        """Look for everything in doubt that has settled; return how many were settled."""
        settled = 0
        while not self._stopping.is_set() and reconcile_next(
            self.database, self.sender.slack, now=self.clock.now(), timings=self.sender.timings
        ):
            settled += 1
        return settled

    def _pause(self) -> float:
        if not self.sender.health.stopped_by:
            return IDLE
        self._stopping.wait(STOPPED)
        self.sender.health.stopped_by = ""
        return IDLE

    def _is_sending(self) -> bool:
        with self.database.reading() as db:
            return delivery_queries.is_any_sending(db)
