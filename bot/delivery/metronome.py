"""The metronome: APScheduler ticks and nothing more. Its job store is not used; due rows are the schedule.

Its thread can die while its state says running, so health is told by the last tick that finished (delivery.md, 2).
It plans by the machine's wall clock, which somebody may set back; then its next tick is brought forward.
"""

import time
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from threading import Event, Thread

from apscheduler.job import Job
from apscheduler.jobstores.base import JobLookupError
from apscheduler.schedulers.background import BackgroundScheduler

from bot.clock import SystemClock
from bot.logs import log_unknown

_LATE_AFTER = 3  # intervals


class Metronome:
    """Calls `tick` every `interval` seconds of machine time, never twice at once, never in a burst."""

    def __init__(self, tick: Callable[[], object], *, interval: float) -> None:
        self._tick, self._interval = tick, interval
        self._finished = time.monotonic()
        self._scheduler = BackgroundScheduler(timezone="UTC", daemon=True)
        self._stopped = Event()

    def start(self) -> None:
        """Begin ticking, the first time at once."""
        job = self._scheduler.add_job(
            self.tick, "interval", seconds=self._interval, coalesce=True, max_instances=1, misfire_grace_time=None
        )
        self._scheduler.start()
        self._scheduler.add_job(self.tick, misfire_grace_time=None)
        Thread(target=self._keep_pace, args=(job,), name="pace", daemon=True).start()

    def tick(self) -> None:
        """Tick once; a tick that fails is logged and leaves the last good one standing, so that health turns red."""
        try:
            self._tick()
        except Exception as why:
            log_unknown(why, "ticking")
        else:
            self._finished = time.monotonic()

    def stop(self) -> None:
        """Stop ticking without waiting for a tick in hand."""
        self._stopped.set()
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

    def _keep_pace(self, job: Job) -> None:
        """Bring the next tick forward when it is planned further away than ticks are apart: the clock was set back."""
        while not self._stopped.wait(self._interval):
            now = SystemClock().now()
            if job.next_run_time and job.next_run_time - now > timedelta(seconds=2 * self._interval):
                with suppress(JobLookupError):  # it was stopped just now
                    job.modify(next_run_time=now)
