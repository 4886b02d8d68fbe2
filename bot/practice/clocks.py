"""The clock a practice workspace is given, and two simple ones of its own."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta
from typing import Protocol

STEPS = {"day": timedelta(days=1), "week": timedelta(weeks=1)}


class Clock(Protocol):
    """Tell the workspace's time (aware, UTC) and move it when a person asks."""

    def now(self) -> datetime:
        """Give the moment it is in the workspace, aware, in UTC."""

    def step(self, how: str, to: datetime | None = None) -> tuple[int, str]:
        """Move forward by "next", "day", "week" or "to"; give the number of steps taken and a sentence."""


class StillClock:
    """Stand still until somebody sets or steps it."""

    moves = True

    def __init__(self, now: datetime) -> None:
        """Start at an aware moment."""
        self._now = now.astimezone(UTC)
        self._lock = threading.Lock()

    def now(self) -> datetime:
        """Give the moment it was last set to, in UTC."""
        with self._lock:
            return self._now

    def set(self, now: datetime) -> None:
        """Set the clock to an aware moment."""
        with self._lock:
            self._now = now.astimezone(UTC)

    def step(self, how: str, to: datetime | None = None) -> tuple[int, str]:
        """Move a day, a week, or to a later moment; "next" is a day, for this clock knows of no plans."""
        target = to if how == "to" and to else self.now() + STEPS.get(how, STEPS["day"])
        if target <= self.now():
            return 0, "The clock only moves forward."
        self.set(target)
        return 1, f"It is now {target:%a %d %b %Y, %H:%M} UTC."


class MovingClock:
    """Follow the computer's clock; it cannot be moved."""

    moves = False

    def now(self) -> datetime:
        """Give the computer's time in UTC."""
        return datetime.now(UTC)

    def step(self, how: str, to: datetime | None = None) -> tuple[int, str]:
        """Refuse: this clock follows the computer's."""
        return 0, "This workspace follows the computer's clock, which cannot be moved."
