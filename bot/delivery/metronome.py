"""The metronome: APScheduler ticks and nothing more. Its job store is not used; due rows are the schedule.

Its thread can die while its state says running, so health is told by the last tick that finished (delivery.md, 2).
"""

import logging
import time
from collections.abc import Callable

from apscheduler.schedulers.background import BackgroundScheduler

log = logging.getLogger(__name__)
_LATE_AFTER = 3  # intervals


class Metronome:
    """Calls `tick` every `interval` seconds of machine time, never twice at once, never in a burst."""

    def __init__(self, tick: Callable[[], object], *, interval: float) -> None:
        self._tick, self._interval = tick, interval
        self._finished = time.monotonic()
        self._scheduler = BackgroundScheduler(timezone="UTC", daemon=True)

    def start(self) -> None:
        """Begin ticking, the first time at once."""
        self._scheduler.add_job(
            self.tick, "interval", seconds=self._interval, coalesce=True, max_instances=1, misfire_grace_time=None
        )
        self._scheduler.start()
        self._scheduler.add_job(self.tick, misfire_grace_time=None)

    def tick(self) -> None:
        """Tick once; a tick that fails is logged and leaves the last good one standing, so that health turns red."""
        try:
            self._tick()
        except Exception:
            log.exception("a tick failed")
        else:
            self._finished = time.monotonic()

    def stop(self) -> None:
        """Stop ticking without waiting for a tick in hand."""
        if self._scheduler.running:
            self._scheduler.shutdown(wait=False)

    @property
    def seconds_since_tick(self) -> float:
        """Seconds of machine time since the last tick that finished."""
        return time.monotonic() - self._finished

    @property
    def is_late(self) -> bool:
        """Say whether no tick has finished for three intervals."""
        return self.seconds_since_tick > _LATE_AFTER * self._interval
