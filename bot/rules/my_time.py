"""What a person says of their working time, and how it is shown back to them."""

import re
from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date, timedelta
from uuid import UUID

from bot.rules.slots import WorkingTime, slots_from
from bot.rules.typed_dates import DateDoubt, TypedDate, read_typed_date
from bot.rules.working_patterns import Hours, WorkingPattern

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
RHYTHMS = ("each", "daily", "weekly")
_BETWEEN = re.compile(r"\s+(?:to|until|till|-|–|—)\s+|\s*–\s*", re.IGNORECASE)


@dataclass(frozen=True)
class Away:
    """Days away that are entered, the first and the last."""

    id: UUID
    from_on: date
    until_on: date


@dataclass(frozen=True)
class WeekAlike:
    """A week with the same hours on each day worked; `days` by number, Monday is 0."""

    days: frozenset[int]
    hours: Hours

    def pattern(self) -> WorkingPattern:
        """Return it as a pattern. Raises ValueError without a day."""
        return WorkingPattern(tuple(self.hours if n in self.days else None for n in range(len(DAYS))))


@dataclass(frozen=True)
class MyTime:
    """All that a person sees of their time; `next_on` is the next day after today on which they work."""

    person_id: UUID
    name: str
    is_own: bool
    zone: str
    today: date
    pattern: WorkingPattern
    works_bank_holidays: bool
    digest_hour: int | None
    digest_rhythm: str
    away: tuple[Away, ...]
    next_on: date | None = None


@dataclass(frozen=True)
class TypedAway:
    """Two days as typed in a command: what could be read prefills the pickers, the rest is asked about."""

    first: TypedDate | None
    last: TypedDate | None


def week_alike(pattern: WorkingPattern) -> WeekAlike | None:
    """Return a pattern as a plain week; None for rounds, and for weeks whose hours differ from day to day."""
    days, hours = pattern.to_words()
    if " on " in f" {days} " or ";" in hours:
        return None
    worked = frozenset(n for n, place in enumerate(pattern.round) if place)
    return WeekAlike(worked, next(place for place in pattern.round if place))


def read_away(words: str, *, today: date) -> TypedAway:
    """Read "21 dec to 2 jan", "tomorrow" or nothing, as typed on `today`."""
    if not words.strip():
        return TypedAway(None, None)
    first, *rest = _BETWEEN.split(words.strip(), maxsplit=1)
    start = read_typed_date(first, today=today)
    return TypedAway(start, _after(start.on, read_typed_date(rest[0], today=start.on or today)) if rest else start)


def _after(start: date | None, last: TypedDate) -> TypedDate:
    """Take the year that the first day settles: "21 dec to 2 jan" is not in doubt."""
    if last.ask is not DateDoubt.YEAR or start is None:
        return last
    coming = [day for day in last.candidates if day >= start]
    return replace(last, on=coming[0], ask=None, candidates=()) if coming else last


def next_digest_on(working: WorkingTime, today: date) -> date | None:
    """Return the first day after `today` on which the person works."""
    return next((slot.on for slot in slots_from(working, today + timedelta(days=1))), None)


def is_away_on(away: Collection[Away], day: date) -> bool:
    """Say whether somebody has entered that they are away on a day."""
    return any(each.from_on <= day <= each.until_on for each in away)
