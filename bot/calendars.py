"""Bank holidays of the four nations: the one user of the `holidays` package."""

from collections.abc import Iterable
from datetime import date
from functools import cache
from importlib.metadata import version

import holidays

NATIONS = ("england", "wales", "scotland", "northern-ireland")

_SUBDIVISIONS = dict(zip(NATIONS, ("ENG", "WLS", "SCT", "NIR"), strict=True))


def bank_holidays(
    nation: str, first: date, last: date, *, added: Iterable[date] = (), removed: Iterable[date] = ()
) -> frozenset[date]:
    """Return the bank holidays of `nation` from `first` to `last`, both included.

    `added` and `removed` are the days an organisation keeps or works against the calendar; a day in both is removed.
    Raises ValueError, with a sentence, for a nation that is not one of `NATIONS`.
    """
    days = {day for year in range(first.year, last.year + 1) for day in _year_of(nation, year)}
    return frozenset(day for day in (days | set(added)) - set(removed) if first <= day <= last)


@cache
def library_version() -> str:
    """Return the version of the library behind `bank_holidays`, to be stored beside a date worked out with it."""
    return version("holidays")


@cache
def _year_of(nation: str, year: int) -> frozenset[date]:
    if nation not in _SUBDIVISIONS:
        raise ValueError(f'I do not know the nation "{nation}"; write one of {", ".join(NATIONS)}.')
    return frozenset(holidays.country_holidays("GB", subdiv=_SUBDIVISIONS[nation], years=year))
