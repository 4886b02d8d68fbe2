"""Working days: the count behind every "within 5 working days"."""

from collections.abc import Collection
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

_SATURDAY = 5


def is_working_day(day: date, closed: Collection[date]) -> bool:
    """Say whether `day` is Monday to Friday and not one of `closed` (bank holidays and closures)."""
    return day.weekday() < _SATURDAY and day not in closed


def working_day_after(day: date, n: int, closed: frozenset[date]) -> date:
    """Return the nth working day after `day`, or before it when `n` is negative; `day` itself when `n` is 0.

    Day 0 need not be a working day. Nobody's leave or days off count here: the clock is the team's, not the author's
    (delivery.md, "Working days").
    """
    step = timedelta(days=1 if n > 0 else -1)
    left = abs(n)
    while left:
        day += step
        left -= is_working_day(day, closed)
    return day


def local_date(at: datetime, zone: str) -> date:
    """Return the calendar date in `zone` at the moment `at` (aware)."""
    return at.astimezone(ZoneInfo(zone)).date()
