"""Working days, counted by the calendar and not by the person."""

from datetime import UTC, date, datetime

from hypothesis import given
from hypothesis import strategies as some

from bot.rules.working_days import is_working_day, local_date, working_day_after

DAYS = some.dates(date(2024, 1, 1), date(2030, 12, 31))
CLOSED = some.frozensets(some.dates(date(2024, 1, 1), date(2030, 12, 31)), max_size=20)


def test_a_weekend_does_not_count() -> None:
    assert working_day_after(date(2026, 6, 12), 5, frozenset()) == date(2026, 6, 19)


def test_a_closure_on_a_weekday_does_not_count_and_one_on_a_sunday_changes_nothing() -> None:
    wednesday, sunday = date(2026, 6, 17), date(2026, 6, 14)
    assert working_day_after(date(2026, 6, 12), 5, frozenset({wednesday})) == date(2026, 6, 22)
    assert working_day_after(date(2026, 6, 12), 5, frozenset({sunday})) == date(2026, 6, 19)


def test_day_nought_is_the_day_itself_even_a_sunday() -> None:
    assert working_day_after(date(2026, 6, 14), 0, frozenset()) == date(2026, 6, 14)


def test_days_before_are_counted_back_over_a_weekend() -> None:
    assert working_day_after(date(2026, 6, 15), -3, frozenset()) == date(2026, 6, 10)


@given(DAYS, some.integers(1, 40), CLOSED)
def test_the_nth_day_has_n_working_days_up_to_it(day: date, n: int, closed: frozenset[date]) -> None:
    end = working_day_after(day, n, closed)
    between = (date.fromordinal(k) for k in range(day.toordinal() + 1, end.toordinal() + 1))
    assert is_working_day(end, closed)
    assert sum(is_working_day(each, closed) for each in between) == n


def test_a_session_late_on_a_summer_evening_ends_on_the_date_in_london_not_in_utc() -> None:
    assert local_date(datetime(2026, 6, 12, 23, 30, tzinfo=UTC), "Europe/London") == date(2026, 6, 13)
    assert local_date(datetime(2026, 12, 12, 23, 30, tzinfo=UTC), "Europe/London") == date(2026, 12, 12)
