"""Days away as people type them, and weeks as people tick them."""

from datetime import date, time

import pytest

from bot.rules.my_time import WeekAlike, read_away, week_alike
from bot.rules.typed_dates import DateDoubt
from bot.rules.working_patterns import OFFICE_HOURS, Hours, WorkingPattern

TODAY = date(2026, 12, 1)  # a Tuesday


@pytest.mark.parametrize(
    ("typed", "first", "last"),
    [
        ("21 dec to 2 jan", date(2026, 12, 21), date(2027, 1, 2)),
        ("21/12 - 24/12", date(2026, 12, 21), date(2026, 12, 24)),
        ("tomorrow until friday", date(2026, 12, 2), date(2026, 12, 4)),
        ("monday till 18 december", date(2026, 12, 7), date(2026, 12, 18)),
        ("tomorrow", date(2026, 12, 2), date(2026, 12, 2)),
    ],
)
def test_typed_days_away_are_read(typed: str, first: date, last: date) -> None:
    read = read_away(typed, today=TODAY)
    assert read.first and read.last
    assert (read.first.on, read.last.on) == (first, last)


def test_nothing_typed_is_nothing_asked() -> None:
    assert read_away("  ", today=TODAY).first is None


def test_a_first_day_that_has_passed_is_a_question() -> None:
    read = read_away("3 march to 5 march", today=TODAY)
    assert read.first and read.first.ask is DateDoubt.YEAR
    assert read.first.on is None


def test_a_week_with_the_same_hours_is_ticked_day_by_day() -> None:
    assert week_alike(OFFICE_HOURS) == WeekAlike(frozenset(range(5)), Hours(time(9), time(17)))


@pytest.mark.parametrize(
    ("days", "hours"), [("mon-fri", "09:00-17:00; fri 09:00-13:00"), ("4 on 4 off from 2026-12-01", "07:00-19:00")]
)
def test_hours_that_differ_and_rounds_are_not_ticked(days: str, hours: str) -> None:
    assert week_alike(WorkingPattern.from_words(days, hours)) is None


def test_what_is_ticked_is_what_is_kept() -> None:
    nights = WeekAlike(frozenset({0, 3}), Hours(time(22), time(6)))
    assert week_alike(nights.pattern()) == nights
