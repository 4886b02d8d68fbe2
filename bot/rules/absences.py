"""Leave, and what it changes: a month mostly away is excused, a rhythm waits (delivery.md, "Absence"). Pure.

Absence is counted in the person's own working days: `works` says whether they would have worked on a date.
"""

from collections.abc import Callable, Iterable
from datetime import date, timedelta
from typing import NamedTuple

LONG_ABSENCE = 10  # working days: so many in a calendar month excuse it, and in one absence lengthen an interval
_DAY = timedelta(days=1)

Works = Callable[[date], bool]


class Absence(NamedTuple):
    """Leave, from the first day away to the last, both included. No reason is asked."""

    from_on: date
    until_on: date

    def covers(self, day: date) -> bool:
        """Say whether the person is away on `day`."""
        return self.from_on <= day <= self.until_on


def working_days_away(absences: Iterable[Absence], works: Works, first: date, last: date) -> int:
    """Count the days from `first` to `last`, both included, that the person would have worked but was away."""
    away = tuple(absences)
    days = (first + n * _DAY for n in range((last - first).days + 1))
    return sum(1 for day in days if any(absence.covers(day) for absence in away) and works(day))


def long_absences(absences: Iterable[Absence], works: Works) -> tuple[Absence, ...]:
    """Return the absences of 10 working days or more, earliest first.

    Leave entered in pieces with no working day between them is one absence.
    """
    joined: list[Absence] = []
    for absence in sorted(absences):
        if joined and not _works_between(works, joined[-1].until_on, absence.from_on):
            joined[-1] = Absence(joined[-1].from_on, max(joined[-1].until_on, absence.until_on))
        else:
            joined.append(absence)
    long = (each for each in joined if (each.until_on - each.from_on).days + 1 >= LONG_ABSENCE)
    return tuple(each for each in long if working_days_away([each], works, *each) >= LONG_ABSENCE)


def lengthened(due_on: date, *, since: date, long: Iterable[Absence]) -> date:
    """Return a day, counted from `since`, put off by the days of each long absence between; `long` earliest first."""
    for absence in long:
        if absence.from_on <= due_on and absence.until_on > since:
            due_on += absence.until_on - max(absence.from_on, since + _DAY) + _DAY
    return due_on


def _works_between(works: Works, after: date, before: date) -> bool:
    return any(works(after + n * _DAY) for n in range(1, (before - after).days))
