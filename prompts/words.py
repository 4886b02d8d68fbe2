"""How dates, counts and names are said. British, plain, the same everywhere."""

from collections.abc import Sequence
from datetime import date, datetime
from zoneinfo import ZoneInfo


def day(on: date, *, today: date | None = None) -> str:
    """Say a date with its weekday; the year only when it is not this one."""
    year = "" if today and on.year == today.year else f" {on.year}"
    return f"{on:%a} {on.day} {on:%b}{year}"


def near_day(on: date, today: date) -> str:
    """Say a date as people do: today, tomorrow, yesterday, else its name."""
    near = {0: "today", 1: "tomorrow", -1: "yesterday"}
    return near.get((on - today).days) or day(on, today=today)


def day_span(first: date, last: date, *, today: date | None = None) -> str:
    """Say the first day and the last, or the one day."""
    return day(first, today=today) if first == last else f"{day(first, today=today)} to {day(last, today=today)}"


def clock_time(at: datetime, zone: str) -> str:
    """Say a moment's wall time in a zone, 24 hours."""
    return f"{at.astimezone(ZoneInfo(zone)):%H:%M}"


def moment(at: datetime, zone: str, *, today: date | None = None) -> str:
    """Say a moment in a zone: Tue 8 Dec at 14:00."""
    local = at.astimezone(ZoneInfo(zone))
    return f"{day(local.date(), today=today)} at {local:%H:%M}"


def count(n: int, one: str, many: str = "") -> str:
    """Say a number of things."""
    return f"{n} {one if n == 1 else many or one + 's'}"


def listed(names: Sequence[str], joined: str = "and") -> str:
    """Say several names: A, B and C."""
    if len(names) < 2:
        return "".join(names)
    return f"{', '.join(names[:-1])} {joined} {names[-1]}"


def first_name(name: str) -> str:
    """Say a name as colleagues would."""
    return name.split(" ", 1)[0]


def mid_sentence(title: str) -> str:
    """Say a title inside a sentence: "Line manager" becomes "line manager", "STR Lead" stays."""
    return title if title[1:2].isupper() else title[:1].lower() + title[1:]


def at_start(text: str) -> str:
    """Say something at the start of a sentence."""
    return text[:1].upper() + text[1:]
