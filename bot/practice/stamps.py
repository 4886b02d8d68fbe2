"""Message stamps: Slack's `ts`, unique and rising even while the clock stands still."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime, timedelta

from bot.practice.clocks import Clock

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


class Stamps:
    """Make stamps and ids from the workspace's clock."""

    def __init__(self, clock: Clock) -> None:
        """Follow a clock."""
        self._clock = clock
        self._last = 0
        self._counter = itertools.count(1)

    def next_ts(self) -> str:
        """Give the next stamp, "seconds.microseconds"."""
        self._last = max(self._last + 1, (self._clock.now() - _EPOCH) // _MICROSECOND)
        return f"{self._last // 1_000_000}.{self._last % 1_000_000:06d}"

    def next_id(self, prefix: str) -> str:
        """Give the next id with Slack's letter for its kind, such as "V" or "Ev"."""
        return f"{prefix}0PRACTICE{next(self._counter):04d}"


def moment_of(ts: str) -> datetime:
    """Give the moment a stamp stands for, aware, in UTC."""
    seconds, _, micros = ts.partition(".")
    return _EPOCH + timedelta(seconds=int(seconds), microseconds=int(micros or 0))
