"""Dates as people type them, day-first: "next tue 2pm", "12/01", "in 3 weeks", "monday week".

What is read only ever prefills a picker, shown back with weekday and date. What could mean two days, or has passed, is
asked about and never guessed.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, time, timedelta
from enum import StrEnum

from dateutil.relativedelta import relativedelta

from bot.rules.date_words import MONTHS, NUMBERS, WEEKDAYS
from bot.rules.typed_times import find_typed_time


class DateDoubt(StrEnum):
    """Why a typed date is asked about instead of taken."""

    PAST = "past"  # one candidate: the day that has passed, or today when the time has
    NEXT_WEEKDAY = "next_weekday"  # two candidates a week apart
    YEAR = "year"  # no year, and the day has passed this year: candidates in this year and the next
    WHICH = "which"  # several days were typed or could be meant: each is a candidate
    NOT_READ = "not_read"  # no candidate


@dataclass(frozen=True)
class TypedDate:
    """What was read. With `ask` there is no `on`, only the `candidates`; `rest` is what belongs to neither."""

    on: date | None
    at: time | None
    ask: DateDoubt | None = None
    candidates: tuple[date, ...] = ()
    rest: str = ""


@dataclass(frozen=True)
class _Found:
    days: tuple[date, ...] = ()
    doubt: DateDoubt | None = None


_Reader = Callable[[dict[str, str], date], _Found]
_WEEK = timedelta(days=7)
_SHORTEST_YEAR = 2
_CENTURY = 2000
_LONGEST_READ = 120  # characters: a pasted paragraph is not a date, and is not searched for one

_LOOSE = re.compile(r"[^\w\s/.:'’@-]+|\s+")
_ISO_MOMENT = re.compile(r"(?<=\d)t(?=\d)")
_UNSETTLING = re.compile(
    r"\d|\b(?:"
    + "|".join(
        [*WEEKDAYS, *MONTHS, "not", "or", "before", "after", "between", "until", "till", "except", "every", "each"]
    )
    + r"|today|tomorrow|yesterday|next|last|first|second|third|fourth|this|coming|weeks?|months?|years?|days?"
    + r"|hours?|minutes?|working|fortnight|end|start|ago)\b"
)
_FILLER = re.compile(r"\b(?:on|at|the|in|of|for|by|from|around|about|please|time|and)\b|[@.:-]+(?=\s|$)")


def read_typed_date(text: str, *, today: date, now: time | None = None) -> TypedDate:
    """Read the date and time in `text`, typed on `today` (the person's own date) at `now` (their own clock).

    Nothing typed is nothing asked. Without `now` a time that has already passed today is not noticed.
    """
    if not text.strip():
        return TypedDate(None, None)
    if len(text) > _LONGEST_READ:
        return TypedDate(None, None, DateDoubt.NOT_READ, rest=text)
    at, words = find_typed_time(_plain(text))
    found, rest = _find_date(words, today)
    if found is None or _UNSETTLING.search(rest):
        return TypedDate(None, at, DateDoubt.NOT_READ, rest=rest)
    doubt = found.doubt or _passed(found.days[0], at, today, now)
    if doubt:
        return TypedDate(None, at, doubt, found.days, rest)
    return TypedDate(found.days[0], at, rest=rest)


def _plain(text: str) -> str:
    words = _LOOSE.sub(" ", text.lower().replace("’", "'")).strip()
    return _ISO_MOMENT.sub(" ", words)


def _passed(day: date, at: time | None, today: date, now: time | None) -> DateDoubt | None:
    is_passed = day < today or (day == today and at is not None and now is not None and at < now)
    return DateDoubt.PAST if is_passed else None


def _find_date(words: str, today: date) -> tuple[_Found | None, str]:
    for pattern, read in _GRAMMAR:
        for match in pattern.finditer(words):
            said = {name: text for name, text in match.groupdict().items() if text}
            rest = f"{words[: match.start()]} {words[match.end() :]}"
            try:
                found = read(said, today)
            except (ValueError, OverflowError):
                return None, _tidy(words)
            return _joined(found, rest, today)
    return None, _tidy(words)


def _joined(found: _Found, rest: str, today: date) -> tuple[_Found, str]:
    """Join a second date in the same text; unless it is the same day, both become a question."""
    another, beyond = _find_date(rest, today)
    if another is None:
        return found, _tidy(rest)
    days = tuple(sorted({*found.days, *another.days}))
    return _Found(days, DateDoubt.WHICH if len(days) > 1 else None), _tidy(re.sub(r"\bor\b", " ", beyond))


def _tidy(words: str) -> str:
    return " ".join(_FILLER.sub(" ", words).split())


# What each phrase means


def _written(said: dict[str, str], today: date) -> _Found:
    """Read a day and month, with or without a year and a weekday."""
    day, month = int(said["day"]), _month(said["month"])
    if "year" in said:
        return _checked(date(_year(said["year"]), month, day), said)
    days = tuple(_valid_days((year, month, day) for year in (today.year, today.year + 1)))
    if days and days[0].year == today.year and days[0] >= today:
        return _checked(days[0], said)
    if not days:
        raise ValueError("no such day this year or next")
    return _Found(days, DateDoubt.YEAR)


def _day_of_month(said: dict[str, str], today: date) -> _Found:
    """Read "the 14th": this month's, or next month's when that has passed."""
    day = today.replace(day=int(said["day"]))
    if day < today:
        following = today.replace(day=1) + relativedelta(months=1)
        day = following.replace(day=int(said["day"]))
    return _checked(day, said)


def _checked(day: date, said: dict[str, str]) -> _Found:
    """Ask when a weekday was typed that is not the weekday of the date."""
    weekday = said.get("weekday")
    if weekday is None or WEEKDAYS[weekday] == day.weekday():
        return _Found((day,))
    off = (WEEKDAYS[weekday] - day.weekday()) % 7
    near = day + timedelta(days=off if off < 4 else off - 7)
    return _Found(tuple(sorted((day, near))), DateDoubt.WHICH)


def _weekday(said: dict[str, str], today: date) -> _Found:
    """Read "tue", "this tue", "next tue"; the last is asked about, because half of us mean the week after."""
    day = _coming(said["weekday"], today)
    if day == today or said.get("which") == "next":
        first = day + _WEEK if day == today and said.get("which") == "next" else day
        return _Found((first, first + _WEEK), DateDoubt.NEXT_WEEKDAY)
    return _Found((day,))


def _last_weekday(said: dict[str, str], today: date) -> _Found:
    return _Found((_coming(said["weekday"], today) - _WEEK,))


def _weekday_of_week(said: dict[str, str], today: date) -> _Found:
    """Read "tue next week", counted in calendar weeks from Monday."""
    monday = today - timedelta(days=today.weekday()) + (_WEEK if said["week"] == "next" else timedelta(0))
    return _Found((monday + timedelta(days=WEEKDAYS[said["weekday"]]),))


def _week_alone(said: dict[str, str], today: date) -> _Found:
    monday = today - timedelta(days=today.weekday()) + _WEEK
    return _Found(tuple(monday + timedelta(days=n) for n in range(5)), DateDoubt.WHICH)


def _weeks_on(said: dict[str, str], today: date) -> _Found:
    """Read "monday week", "3 weeks on monday", "a fortnight on tomorrow": that many weeks after the coming one.

    A weekday said on itself is asked about: "monday week" on a Monday is next Monday to some and the one after to
    others.
    """
    further = _weeks(said)
    if "weekday" not in said:
        return _Found((today + _near(said["near"]) + further,))
    day = _coming(said["weekday"], today)
    if day == today:
        return _Found((day + further, day + further + _WEEK), DateDoubt.NEXT_WEEKDAY)
    return _Found((day + further,))


def _length(said: dict[str, str], today: date) -> _Found:
    """Read "in 3 weeks", "a fortnight", "2 months", "10 days ago"."""
    n = _number(said.get("n", "a"))
    unit = said["unit"][:1]
    length = {
        "d": relativedelta(days=n),
        "w": relativedelta(weeks=n),
        "f": relativedelta(weeks=2 * n),
        "m": relativedelta(months=n),
    }[unit]
    return _Found((today - length if "ago" in said else today + length,))


def _near_day(said: dict[str, str], today: date) -> _Found:
    return _Found((today + _near(said["near"]),))


def _coming(weekday: str, today: date) -> date:
    return today + timedelta(days=(WEEKDAYS[weekday] - today.weekday()) % 7)


def _near(word: str) -> timedelta:
    if word.startswith("day after"):
        return timedelta(days=2)
    if word == "yesterday":
        return timedelta(days=-1)
    return timedelta(days=word.startswith(("tom", "tmr")))


def _weeks(said: dict[str, str]) -> timedelta:
    n = _number(said.get("n", "a"))
    return n * (2 if said["unit"].startswith("f") else 1) * _WEEK


def _number(word: str) -> int:
    return 1 if word in {"a", "an"} else 2 if word.endswith("couple of") else NUMBERS.get(word) or int(word)


def _month(word: str) -> int:
    return MONTHS.get(word) or int(word)


def _year(digits: str) -> int:
    return int(digits) + (_CENTURY if len(digits) == _SHORTEST_YEAR else 0)


def _valid_days(written: Iterator[tuple[int, int, int]]) -> Iterator[date]:
    for year, month, day in written:
        try:
            yield date(year, month, day)
        except ValueError:  # 29 February, or no such day in any year
            continue


def _patterns() -> Iterator[tuple[str, _Reader]]:
    """Yield each phrase and what reads it, the more particular first."""
    weekday = rf"(?P<weekday>{_any_of(WEEKDAYS)})\b"
    month = rf"(?P<month>{_any_of(MONTHS)})\b\.?"
    nth = r"(?P<day>\d{1,2})\s*(?:st|nd|rd|th)\b"
    day = r"(?P<day>\d{1,2})\s*(?:st|nd|rd|th)?"
    year = r"(?:\s+(?P<year>\d{4})\b(?![:.]))?"
    before = rf"(?:\b{weekday}\.?\s+(?:the\s+)?)?"
    near = (
        r"(?P<near>day after tomorrow|today|tonight|this (?:morning|afternoon|evening)"
        r"|tomorr?ow|tommorr?ow|tmrw?|yesterday)\b"
    )
    n = rf"(?P<n>an?|(?:a\s+)?couple of|\d{{1,3}}|{_any_of(NUMBERS)})\s*"
    weeks = rf"(?:\b{n})?\b(?P<unit>weeks?|wks?|fortnights?)\b"
    units = r"(?P<unit>days?|weeks?|wks?|fortnights?|months?)\b"

    yield r"(?<![\d/])(?P<year>\d{4})-(?P<month>\d{1,2})-(?P<day>\d{1,2})(?![\d/-])", _written
    yield (
        rf"{before}(?<![\d/.-])(?P<day>\d{{1,2}})(?P<sep>[/.-])(?P<month>\d{{1,2}})(?P=sep)(?P<year>\d{{4}}|\d\d)(?![\d/-])",
        _written,
    )
    yield rf"{before}(?<![\d/.-])(?P<day>\d{{1,2}})/(?P<month>\d{{1,2}})(?![\d/])", _written
    yield rf"{before}(?<![\d/.:-]){day}\s*(?:of\s+)?{month}{year}", _written
    yield rf"{before}\b{month}\s*(?:the\s+)?{day}\b(?![:.]?\d|\s*[ap]m){year}", _written
    yield rf"\b{weekday}\s+(?:(?:of|in)\s+)?(?P<week>next|this)\s+week\b", _weekday_of_week
    yield rf"\b(?P<week>next|this)\s+week\s+(?:on\s+)?{weekday}", _weekday_of_week
    yield rf"\b{weekday}\s+(?P<unit>week|fortnight)\b(?!\s+(?:on|today|tomorrow))", _weeks_on
    yield rf"\b{near}\s+(?P<unit>week|fortnight)\b", _weeks_on
    yield rf"{weeks}(?:\s+time)?\s+(?:(?:on|from)\s+)?(?:the\s+)?(?:coming\s+)?{weekday}", _weeks_on
    yield rf"{weeks}\s+(?:(?:on|from)\s+)?{near}", _weeks_on
    yield rf"\blast\s+{weekday}", _last_weekday
    yield rf"{before}(?<![\d/.:-])\b{nth}(?!\s+of\b)", _day_of_month
    yield rf"\b(?:(?P<which>next|this|coming)\s+)?{weekday}", _weekday
    yield rf"\b{near}", _near_day
    yield rf"\bin\s+{n}{units}(?:'?\s+time\b)?", _length
    yield rf"\b{n}{units}(?:'?\s+time\b)?(?:\s+(?:(?P<ago>ago)|from\s+(?:now|today))\b)?", _length
    yield r"\b(?P<unit>fortnight)\b", _length
    yield r"\bnext week\b", _week_alone


def _any_of(words: dict[str, int]) -> str:
    return "|".join(sorted(words, key=len, reverse=True))


_GRAMMAR = tuple((re.compile(pattern), read) for pattern, read in _patterns())
