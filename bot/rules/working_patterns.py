"""Which days and hours a person works: weeks, nights, and rounds such as four on, four off."""

import re
from collections import Counter
from dataclasses import dataclass
from datetime import date, time
from typing import Any, Self

from bot.rules.date_words import WEEKDAYS
from bot.rules.typed_times import clock_time

_SHORT_NAMES = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_A_MONDAY = date(2024, 1, 1)
_WEEK = len(_SHORT_NAMES)
_LONGEST_ROUND = 84
_TWENTY_FOUR_HOURS = re.compile(r"(?:1[3-9]|2[0-4])(?:[:.]\d\d)?")
_WRITTEN_IN_FULL = re.compile(r"\d\d[:.]\d\d|.*m\.?")


@dataclass(frozen=True)
class Hours:
    """One stretch of work by the person's own clock; `ends` at or before `starts` is on the next day."""

    starts: time
    ends: time

    def __str__(self) -> str:
        return f"{self.starts:%H:%M}-{self.ends:%H:%M}"


@dataclass(frozen=True)
class WorkingPattern:
    """A round of days that repeats, one place a day, from `first_on`; a week is a round of seven from a Monday.

    A stretch belongs to the day on which it begins, so a night is written under its evening.
    """

    round: tuple[Hours | None, ...]
    first_on: date = _A_MONDAY

    def __post_init__(self) -> None:
        if not any(self.round):
            raise ValueError("A working pattern needs at least one day of work.")

    def hours_on(self, day: date) -> Hours | None:
        """Return the stretch that begins on `day`, or None on a day off."""
        return self.round[(day - self.first_on).days % len(self.round)]

    @classmethod
    def from_words(cls, days: str, hours: str) -> Self:
        """Read the words of the people list; either may be empty and is then Monday to Friday, 09:00-17:00.

        `days`: "mon tue wed", "mon-fri", "every day", "4 on 4 off from 2026-12-01". `hours`: "09:00-17:00",
        "22:00-06:00", "09:00-17:00; fri 09:00-13:00". Raises ValueError with a sentence for the person who wrote them.
        """
        usual, others = _read_hours(hours)
        if " on" in days.lower() and " off" in days.lower():
            if others:
                raise ValueError('Hours for one weekday do not fit a round like "4 on 4 off"; give one pair of times.')
            return cls(*_read_round(days, usual))
        worked = _read_weekdays(days)
        if strangers := [_SHORT_NAMES[n] for n in others if n not in worked]:
            raise ValueError(f"The hours name {' '.join(strangers)}, which is not among the working days.")
        return cls(tuple(others.get(n, usual) if n in worked else None for n in range(_WEEK)))

    def to_words(self) -> tuple[str, str]:
        """Return the pattern as the days and hours that `from_words` reads back."""
        usual = Counter(hours for hours in self.round if hours).most_common(1)[0][0]
        if self.first_on != _A_MONDAY or len(self.round) != _WEEK:
            return f"{_runs_in_words(self.round)} from {self.first_on}", str(usual)
        days = " ".join(name for name, hours in zip(_SHORT_NAMES, self.round, strict=True) if hours)
        others = [f"{name} {h}" for name, h in zip(_SHORT_NAMES, self.round, strict=True) if h and h != usual]
        return days, "; ".join([str(usual), *others])

    def to_json(self) -> dict[str, Any]:
        """Return the pattern as plain values for a JSON column."""
        return {
            "first_on": self.first_on.isoformat(),
            "round": [[f"{h.starts:%H:%M}", f"{h.ends:%H:%M}"] if h else None for h in self.round],
        }

    @classmethod
    def from_json(cls, stored: dict[str, Any]) -> Self:
        """Return the pattern that `to_json` wrote."""
        places = (Hours(*map(time.fromisoformat, place)) if place else None for place in stored["round"])
        return cls(tuple(places), date.fromisoformat(stored["first_on"]))


_NINE_TO_FIVE = Hours(time(9), time(17))
OFFICE_HOURS = WorkingPattern((_NINE_TO_FIVE,) * 5 + (None,) * 2)  # when no pattern is known


def _read_hours(words: str) -> tuple[Hours, dict[int, Hours]]:
    usual, others = _NINE_TO_FIVE, {}
    for part in filter(None, (bit.strip().lower() for bit in words.split(";"))):
        name, _, stretch = part.partition(" ")
        weekday = WEEKDAYS.get(name)
        if weekday is None:
            usual = _read_stretch(part)
        else:
            others[weekday] = _read_stretch(stretch)
    return usual, others


def _read_stretch(words: str) -> Hours:
    first, _, last = (end.strip() for end in re.sub(r"–|\bto\b", "-", words).partition("-"))
    starts, ends = clock_time(first), clock_time(last)
    if starts is None or ends is None:
        raise ValueError(f'I cannot read the hours "{words}"; write them like "09:00-17:00".')
    if not _says_which_half(first, last):
        raise ValueError(
            f'I cannot tell morning from evening in "{words}"; write the hours like "09:00-17:00" or "21:00-06:00".'
        )
    return Hours(starts, ends)


def _says_which_half(first: str, last: str) -> bool:
    """Say whether "9-17" or "09:00-05:00" was written, and not "9-5", which would be a night of twenty hours."""
    ends = (first, last)
    return any(map(_TWENTY_FOUR_HOURS.fullmatch, ends)) or all(map(_WRITTEN_IN_FULL.fullmatch, ends))


def _read_weekdays(words: str) -> frozenset[int]:
    said = re.sub(r"\s*(?:-|–|\bto\b)\s*", "-", words.strip().lower())
    if not said:
        return frozenset(range(5))
    if said in {"every day", "all", "daily"}:
        return frozenset(range(_WEEK))
    return frozenset(n for part in re.split(r"[\s,;]+(?:and\s+)?", said) if part for n in _weekday_range(part, words))


def _weekday_range(part: str, words: str) -> tuple[int, ...]:
    ends = [WEEKDAYS.get(name) for name in part.split("-")]
    first, last = ends[0], ends[-1]
    if first is None or last is None or len(ends) > 2:
        raise ValueError(
            f'I cannot read the working days "{words}"; write them like "mon tue wed", or "4 on 4 off from 2026-12-01".'
        )
    return tuple((first + n) % _WEEK for n in range((last - first) % _WEEK + 1))


def _read_round(words: str, hours: Hours) -> tuple[tuple[Hours | None, ...], date]:
    runs, _, start = words.lower().partition(" from ")
    if not re.fullmatch(r"\s*(?:\d+[ -]on[, -]+\d+[ -]off[, ]*)+", runs):
        raise ValueError(f'I cannot read the round "{words}"; write it like "4 on 4 off from 2026-12-01".')
    try:
        first_on = date.fromisoformat(start.strip())
    except ValueError:
        raise ValueError(
            f'I cannot tell when the round "{words}" begins; add the first day of work, as in "from 2026-12-01".'
        ) from None
    lengths = [(int(n), way) for n, way in re.findall(r"(\d+)[ -](on|off)", runs)]
    if sum(n for n, _ in lengths) > _LONGEST_ROUND:
        raise ValueError(f'The round "{words}" is longer than {_LONGEST_ROUND} days; write the shortest that repeats.')
    return tuple(hours if way == "on" else None for n, way in lengths for _ in range(n)), first_on


def _runs_in_words(places: tuple[Hours | None, ...]) -> str:
    runs: list[tuple[int, str]] = []
    for way in ("on" if hours else "off" for hours in places):
        if runs and runs[-1][1] == way:
            runs[-1] = (runs[-1][0] + 1, way)
        else:
            runs.append((1, way))
    return " ".join(f"{n} {way}" for n, way in runs)
