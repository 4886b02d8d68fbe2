"""Dates that stand in the calendar ("the second Tuesday of every month"): read into an RRULE, said back in words.

A person is never shown an RRULE, even where the writer of a file used one.
"""

import re
from datetime import date, datetime, time

from dateutil.rrule import rrulestr

ORDINALS = {"first": 1, "second": 2, "third": 3, "fourth": 4, "last": -1}
DAYS = {
    "monday": "MO", "tuesday": "TU", "wednesday": "WE", "thursday": "TH", "friday": "FR", "saturday": "SA",
    "sunday": "SU",
}  # fmt: skip
MONTHS = (
    "january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november",
    "december",
)  # fmt: skip
_LEAP_YEAR = 2028
PERIODS = {"DAILY": "day", "WEEKLY": "week", "MONTHLY": "month", "YEARLY": "year"}


def read_calendar_words(said: str) -> str | None:
    """Return the RRULE for calendar words or for "RRULE:…" itself; None when `said` is something else.

    Raises ValueError when the words after RRULE: are no rule.
    """
    if said.startswith("RRULE:"):
        rrulestr(said[6:])
        if not any(f"FREQ={period}" in said.upper() for period in PERIODS):
            raise ValueError(f'I cannot read "{said}": the shortest rhythm is FREQ=DAILY')
        return said[6:]
    low = said.lower()
    if low == "on the last day of every month":
        return "FREQ=MONTHLY;BYMONTHDAY=-1"
    if (m := re.fullmatch(r"on the (\w+) (\w+) of every month", low)) and m[1] in ORDINALS and m[2] in DAYS:
        return f"FREQ=MONTHLY;BYDAY={ORDINALS[m[1]]}{DAYS[m[2]]}"
    if (m := re.fullmatch(r"on (\d{1,2}) (\w+) every year", low)) and m[2] in MONTHS:
        date(_LEAP_YEAR, MONTHS.index(m[2]) + 1, int(m[1]))  # there is no 31 April
        return f"FREQ=YEARLY;BYMONTH={MONTHS.index(m[2]) + 1};BYMONTHDAY={m[1]}"
    return None


def calendar_dates(rule: str, first: date, last: date) -> tuple[date, ...]:
    """Return the dates of `rule` from `first` to `last`, both included; intervals are counted from `first`."""
    starts, ends = datetime.combine(first, time()), datetime.combine(last, time())
    days = rrulestr(_kept_in_short_months(rule, first), dtstart=starts)
    return tuple(found.date() for found in days.between(starts, ends, inc=True))


def next_calendar_date(rule: str, first: date, after: date) -> date | None:
    """Return the first date of `rule` after a day; intervals are counted from `first`."""
    days = rrulestr(_kept_in_short_months(rule, first), dtstart=datetime.combine(first, time()))
    found: datetime | None = days.after(datetime.combine(max(first, after), time()), inc=after < first)
    return found.date() if found else None


def _kept_in_short_months(rule: str, first: date) -> str:
    """Return a rule that takes the last day of a month without its 29th, 30th or 31st, where RRULE skips the month.

    29 February yearly is 28 February and returns (delivery.md, "When").
    """
    facts = dict(pair.split("=", 1) for pair in rule.upper().split(";"))
    if facts["FREQ"] not in ("MONTHLY", "YEARLY") or facts.keys() & {"BYDAY", "BYSETPOS", "BYYEARDAY", "BYWEEKNO"}:
        return rule
    if facts["FREQ"] == "YEARLY" and not facts.keys() & {"BYMONTH", "BYMONTHDAY"}:
        facts["BYMONTH"] = str(first.month)
    day = facts.get("BYMONTHDAY", str(first.day))
    if day not in ("29", "30", "31") or (facts["FREQ"] == "YEARLY" and not facts.get("BYMONTH", "").isdigit()):
        return rule
    facts |= {"BYMONTHDAY": ",".join(map(str, range(28, int(day) + 1))), "BYSETPOS": "-1"}
    return ";".join(f"{name}={value}" for name, value in facts.items())


def say_calendar(rule: str) -> str:
    """Say an RRULE in words; one too intricate for words is "on dates set in the programme's calendar"."""
    facts = dict(pair.split("=", 1) for pair in rule.upper().split(";"))
    period, interval = PERIODS.get(facts.pop("FREQ", ""), ""), int(facts.pop("INTERVAL", "1"))
    day = _say_day(facts, period)
    if not period or day is None:
        return "on dates set in the programme's calendar"
    often = f"every {period}" if interval == 1 else f"every {interval} {period}s"
    if not day:
        return often
    return f"{day} {often}" if period in {"week", "year"} else f"{day} of {often}"


def _say_day(facts: dict[str, str], period: str) -> str | None:
    """Say which day of the period is meant; "" for any, None when words fail."""
    match (period, sorted(facts)):
        case (_, []):
            return ""
        case ("month", ["BYDAY"]):
            return _say_weekday(facts["BYDAY"])
        case ("week", ["BYDAY"]):
            names = [_weekday(code) for code in facts["BYDAY"].split(",")]
            return f"on {' and '.join(names)}"
        case ("month", ["BYMONTHDAY"]) if facts["BYMONTHDAY"] in {"-1", *map(str, range(1, 32))}:
            return "on the last day" if facts["BYMONTHDAY"] == "-1" else f"on day {facts['BYMONTHDAY']}"
        case ("year", ["BYMONTH", "BYMONTHDAY"]) if facts["BYMONTH"].isdigit() and facts["BYMONTHDAY"].isdigit():
            return f"on {facts['BYMONTHDAY']} {MONTHS[int(facts['BYMONTH']) - 1].title()}"
    return None


def _say_weekday(code: str) -> str | None:
    m = re.fullmatch(r"([+-]?\d)?([A-Z]{2})", code)
    words = {number: word for word, number in ORDINALS.items()}
    if not m or not m[1] or int(m[1]) not in words:
        return None
    return f"on the {words[int(m[1])]} {_weekday(m[2])}"


def _weekday(code: str) -> str:
    return next((name.title() for name, short in DAYS.items() if short == code), code)
