"""Leave: what is long, what it excuses, and what waits for it."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as some

from bot.rules.absences import Absence, lengthened, long_absences, working_days_away
from bot.rules.due import owed
from bot.rules.due_facts import Due, DueRule, Facts, is_weekday
from bot.rules.slots import WorkingPattern, WorkingTime, slot_on
from bot.rules.when import when

DAY = timedelta(days=1)
JUNE = (date(2026, 6, 1), date(2026, 6, 30))


def away(*days: int, month: int = 6) -> tuple[Absence, ...]:
    """Return leave in 2026: first and last day, as often as there are."""
    return tuple(
        Absence(date(2026, month, first), date(2026, month, last))
        for first, last in zip(days[::2], days[1::2], strict=True)
    )


def works(days: str = "", hours: str = "", **more: frozenset[date]) -> Callable[[date], bool]:
    """Return whether somebody with these days and hours works on a date."""
    working = WorkingTime("Europe/London", WorkingPattern.from_words(days, hours), **more)  # type: ignore[arg-type]
    return lambda day: slot_on(working, day) is not None


def test_absence_is_counted_in_the_persons_own_working_days() -> None:
    fortnight = away(1, 14)
    assert working_days_away(fortnight, is_weekday, *JUNE) == 10
    assert working_days_away(fortnight, works("mon tue"), *JUNE) == 4
    assert working_days_away(fortnight, works("4 on 4 off from 2026-06-01", "22:00-06:00"), *JUNE) == 8


def test_a_bank_holiday_or_closure_inside_leave_is_not_a_day_of_absence() -> None:
    may = (date(2026, 5, 1), date(2026, 5, 31))
    spring = frozenset({date(2026, 5, 25)})
    assert working_days_away(away(18, 31, month=5), works(bank_holidays=spring), *may) == 9
    assert working_days_away(away(18, 31, month=5), works(closed=spring), *may) == 9


def test_leave_is_counted_to_the_last_day_and_no_further() -> None:
    december = (date(2026, 12, 1), date(2026, 12, 31))
    assert working_days_away([Absence(date(2026, 12, 18), date(2027, 1, 20))], is_weekday, *december) == 10


def test_leave_entered_week_by_week_is_one_long_absence() -> None:
    assert long_absences(away(8, 12, 1, 5), is_weekday) == away(1, 12)
    assert long_absences(away(1, 5, 9, 15), is_weekday) == ()  # a Monday was worked between


def test_a_bank_holiday_between_two_weeks_of_leave_does_not_part_them() -> None:
    weeks = (Absence(date(2026, 5, 18), date(2026, 5, 24)), Absence(date(2026, 5, 26), date(2026, 6, 2)))
    assert long_absences(weeks, is_weekday) == ()
    whole = Absence(date(2026, 5, 18), date(2026, 6, 2))
    assert long_absences(weeks, works(bank_holidays=frozenset({date(2026, 5, 25)}))) == (whole,)


def test_leave_inside_leave_is_counted_once() -> None:
    nested = away(1, 14, 3, 4)
    assert working_days_away(nested, is_weekday, *JUNE) == 10
    assert long_absences(nested, is_weekday) == away(1, 14)


def test_nine_working_days_put_nothing_off_and_ten_do() -> None:
    due_on, since = date(2026, 6, 29), date(2026, 5, 29)
    for last, put_off_to in ((11, date(2026, 6, 29)), (12, date(2026, 7, 11)), (14, date(2026, 7, 13))):
        long = long_absences(away(1, last), is_weekday)
        assert lengthened(due_on, since=since, long=long) == put_off_to


def test_only_the_days_away_since_the_last_one_are_made_up_for() -> None:
    held_on, due_on = date(2026, 6, 10), date(2026, 7, 10)
    assert lengthened(due_on, since=held_on, long=away(1, 19)) == due_on + 9 * DAY
    assert lengthened(due_on, since=held_on, long=away(1, 9)) == due_on


def test_an_absence_that_only_begins_once_another_has_put_the_day_off_counts_too() -> None:
    due_on = date(2026, 6, 20)
    assert lengthened(due_on, since=date(2026, 5, 20), long=away(1, 12)) == date(2026, 7, 2)
    assert lengthened(due_on, since=date(2026, 5, 20), long=away(1, 12, 22, 30)) == date(2026, 7, 11)


@given(some.lists(some.tuples(some.dates(*JUNE), some.integers(0, 20)), max_size=5))
def test_no_day_of_absence_is_made_up_for_twice(pieces: list[tuple[date, int]]) -> None:
    leave = [Absence(first, first + n * DAY) for first, n in pieces]
    due_on, since = date(2026, 8, 31), date(2026, 5, 31)
    put_off = (lengthened(due_on, since=since, long=long_absences(leave, is_weekday)) - due_on).days
    days = {
        absence.from_on + n * DAY for absence in leave for n in range((absence.until_on - absence.from_on).days + 1)
    }
    weekend_days_between = 2 * len(leave)
    assert 0 <= put_off <= len(days) + weekend_days_between


def meetings(excused: tuple[Absence, ...], words: str, works: Callable[[date], bool] = is_weekday) -> list[Due]:
    """Return what a rhythm makes due by February 2027 for whoever began on 1 December and has met nobody yet."""
    rule = DueRule("session.supervision", "Supervision", when(words), ("supervisor",), closes=("supervision held",))
    facts = Facts(date(2026, 12, 1), excused=excused, works=works)
    return list(owed(rule, facts, until=date(2027, 2, 1), closed=frozenset()))


def test_leave_in_two_weekly_pieces_puts_the_next_meeting_off() -> None:
    weeks = (Absence(date(2026, 12, 7), date(2026, 12, 11)), Absence(date(2026, 12, 14), date(2026, 12, 18)))
    [usual], [put_off] = meetings((), "every 2 weeks"), meetings(weeks, "every 2 weeks")
    assert put_off.due_on - usual.due_on == 12 * DAY


@pytest.mark.requirement("001-08")
def test_a_calendar_month_with_ten_working_days_away_is_excused_for_whoever_works_them() -> None:
    leave = (Absence(date(2027, 1, 4), date(2027, 1, 17)),)
    assert [due.excused for due in meetings(leave, "each calendar month")][:2] == [False, True]
    few = meetings(leave, "each calendar month", works("mon tue wed"))
    assert [due.excused for due in few][:2] == [False, False]
