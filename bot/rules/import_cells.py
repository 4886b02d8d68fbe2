"""Reading the cells of an imported file: dates day-first, hours, numbers, who is meant. A doubt raises CellDoubt."""

import re
from collections.abc import Iterable
from datetime import date
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from bot.rules.date_words import MONTHS
from bot.rules.import_values import Why
from bot.rules.working_patterns import WorkingPattern

LONGEST = 200  # characters in a cell
_MOST_HOURS = 100.0
_MOST_MINUTES = 60 * 24 * 31
_EMAIL = re.compile(r"[^@\s,;<>\"']+@[^@\s,;<>\"']+\.[^@\s,;<>\"'.]+")
_SLACK_ID = re.compile(r"[UW][A-Z0-9]{2,20}")
_NUMBERS = re.compile(r"(\d{1,2})[/.\-](\d{1,2})[/.\-](\d{4}|\d{2})")
_ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ]00:00(?::00)?)?")
_WORDS = re.compile(r"(?:[a-z]+,? )?(\d{1,2})(?:st|nd|rd|th)?[ -]([a-z]+)\.?,?[ -](\d{4}|\d{2})")
_NO_YEAR = re.compile(r"\d{1,2}[/.\-]\d{1,2}|\d{1,2}(?:st|nd|rd|th)? [a-z]+", re.IGNORECASE)
_FORMULA = tuple("=+-@\t\r＝＋－＠")
_MONTHS_IN_YEAR = 12
_CENTURY = 2000


class CellDoubt(Exception):  # noqa: N818  not an error of the program: a cell that is asked about
    """A cell cannot be used: why, and the facts to say it with."""

    def __init__(self, why: Why, *facts: str) -> None:
        super().__init__(why)
        self.why, self.facts = why, facts


def check_text(written: str) -> None:
    """Raise CellDoubt for what a spreadsheet would run, what is too long, and what no database holds alike."""
    if written.startswith(_FORMULA):
        raise CellDoubt(Why.FORMULA)
    if len(written) > LONGEST:
        raise CellDoubt(Why.TOO_LONG, str(LONGEST))
    if any(not character.isprintable() for character in written):
        raise CellDoubt(Why.NOT_TEXT)


def read_date(written: str, *, month_first_file: bool = False) -> date:
    """Read a date day-first, or in the ISO form. Raises CellDoubt; never guesses.

    In a file that elsewhere writes dates that can only be month-first, one that could be either is refused.
    """
    words = written.strip().lower()
    try:
        if found := _ISO.fullmatch(words):
            return date(*map(int, found.groups()))
        if found := _WORDS.fullmatch(words):
            return date(_year(found[3]), MONTHS[found[2]], int(found[1]))
        if found := _NUMBERS.fullmatch(words):
            return _from_numbers(int(found[1]), int(found[2]), _year(found[3]), month_first_file)
    except (ValueError, KeyError):
        raise CellDoubt(Why.BAD_DATE, written) from None
    raise CellDoubt(Why.NO_YEAR if _NO_YEAR.fullmatch(words) else Why.BAD_DATE, written)


def is_read_day_first(written: str) -> bool:
    """Say whether a date was taken day-first that another country would read otherwise."""
    found = _NUMBERS.fullmatch(written.strip())
    return bool(found) and found[1] != found[2] and int(found[2]) <= _MONTHS_IN_YEAR >= int(found[1])  # type: ignore[index]  # checked first


def is_month_first(written: str) -> bool:
    """Say whether a date can only be meant month-first."""
    found = _NUMBERS.fullmatch(written.strip())
    return bool(found) and int(found[2]) > _MONTHS_IN_YEAR >= int(found[1])  # type: ignore[index]  # checked first


def read_email(written: str) -> str:
    """Read an address, in lower case."""
    if not _EMAIL.fullmatch(written):
        raise CellDoubt(Why.BAD_EMAIL, written)
    return written.lower()


def read_slack_id(written: str) -> str:
    """Read a Slack member id."""
    if not _SLACK_ID.fullmatch(written.upper()):
        raise CellDoubt(Why.BAD_SLACK_ID, written)
    return written.upper()


def reference(written: str) -> str:
    """Return an e-mail or Slack id as it is looked up."""
    return written.lower() if "@" in written else written.upper()


def several(written: str) -> tuple[str, ...]:
    """Split a cell that may name several."""
    return tuple(part.strip() for part in written.split(";") if part.strip())


def read_weekly_hours(written: str) -> float:
    """Read hours a week."""
    try:
        hours = float(written.replace(",", "."))
    except ValueError:
        raise CellDoubt(Why.BAD_NUMBER, written) from None
    if not 0 < hours <= _MOST_HOURS:
        raise CellDoubt(Why.BAD_NUMBER, written)
    return hours


def read_minutes(written: str) -> int:
    """Read a whole number of minutes."""
    if not written.isdecimal() or not 0 < int(written) <= _MOST_MINUTES:
        raise CellDoubt(Why.BAD_NUMBER, written)
    return int(written)


def read_pattern(days: str, hours: str) -> WorkingPattern:
    """Read working days and hours."""
    try:
        return WorkingPattern.from_words(days, hours)
    except ValueError as why:
        raise CellDoubt(Why.BAD_HOURS, str(why)) from None


def read_zone(written: str) -> str:
    """Read a time zone by its name."""
    try:
        ZoneInfo(written)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise CellDoubt(Why.UNKNOWN_ZONE, written) from None
    return written


def read_nation(written: str, nations: Iterable[str]) -> str:
    """Read a nation of the United Kingdom."""
    name = "-".join(written.lower().split())
    if name not in nations:
        raise CellDoubt(Why.UNKNOWN_NATION, written, ", ".join(nations))
    return name


def _year(written: str) -> int:
    year = int(written)
    return year if year >= 100 else year + _CENTURY


def _from_numbers(day: int, month: int, year: int, month_first_file: bool) -> date:
    if month > _MONTHS_IN_YEAR >= day:
        raise CellDoubt(Why.MONTH_FIRST, f"{day}/{month}/{year}", date(year, day, month).isoformat())
    if month_first_file and day <= _MONTHS_IN_YEAR and day != month:
        raise CellDoubt(Why.DOUBTFUL_DATE, date(year, month, day).isoformat(), date(year, day, month).isoformat())
    return date(year, month, day)
