"""When the people of the year are at work, told from their own hours and leave: a yardstick apart from the product's.

Nothing of bot.rules is used here, so that a fault there is seen.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

import holidays

from tests.year.cast import CLOSURES, Character

ONE_DAY = timedelta(days=1)
_NATIONS = {"england": "ENG", "wales": "WLS", "scotland": "SCT", "northern-ireland": "NIR"}


def is_at_work(person: Character, moment: datetime) -> bool:
    """Say whether a moment lies in somebody's working time."""
    today = moment.astimezone(ZoneInfo(person.zone)).date()
    return any(starts <= moment < ends for day in (today - ONE_DAY, today) for starts, ends in _stretch(person, day))


def is_on_leave(person: Character, moment: datetime) -> bool:
    """Say whether a moment lies on a day of leave that no stretch of work reaches into."""
    today = moment.astimezone(ZoneInfo(person.zone)).date()
    return _is_away(person, today) and not is_at_work(person, moment)


def next_at_work(person: Character, moment: datetime) -> datetime:
    """Return the moment itself where they are at work, else when they next begin."""
    if is_at_work(person, moment):
        return moment
    return next(starts for starts, _ in stretches(person, moment) if starts >= moment)


def stretches(person: Character, moment: datetime) -> Iterator[tuple[datetime, datetime]]:
    """Yield the stretches of work that end after a moment, for a year."""
    first = moment.astimezone(ZoneInfo(person.zone)).date() - ONE_DAY
    for n in range(400):
        for starts, ends in _stretch(person, first + n * ONE_DAY):
            if ends > moment:
                yield starts, ends


def works_on(person: Character, day: date) -> bool:
    """Say whether a stretch of somebody's work begins on a day."""
    hours = person.hours
    worked = hours.round[(day - hours.first_on).days % len(hours.round)]
    return worked and not (_is_away(person, day) or _is_closed(person, day))


@cache
def _stretch(person: Character, day: date) -> tuple[tuple[datetime, datetime], ...]:
    if not works_on(person, day):
        return ()
    hours, zone = person.hours, ZoneInfo(person.zone)
    ends_on = day if hours.ends > hours.starts else day + ONE_DAY
    starts_at = datetime.combine(day, hours.starts, zone).astimezone(UTC)
    return ((starts_at, datetime.combine(ends_on, hours.ends, zone).astimezone(UTC)),)


def _is_away(person: Character, day: date) -> bool:
    return any(first <= day <= last for first, last in person.leave)


def _is_closed(person: Character, day: date) -> bool:
    closed = any(day == on and team in ("", person.team) for on, _, team in CLOSURES)
    return closed or day in _bank_holidays(person.nation)


@cache
def _bank_holidays(nation: str) -> holidays.HolidayBase:
    return holidays.country_holidays("GB", subdiv=_NATIONS[nation])
