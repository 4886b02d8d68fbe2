"""Months and years are counted from their anchor: a month's end stays one, and a 29th of February comes back."""

from calendar import monthrange
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as some

from bot.rules.cadence import next_three
from bot.rules.calendar_words import calendar_dates, next_calendar_date
from bot.rules.due import ladder_days, owed
from bot.rules.due_facts import DueRule, Facts, Happening
from bot.rules.when import ladder_step, say, when

DAYS = some.dates(date(2024, 1, 1), date(2030, 12, 31))
LEAP_DAYS = [date(2029, 2, 28), date(2030, 2, 28), date(2031, 2, 28), date(2032, 2, 29), date(2033, 2, 28)]


def due_days(words: str, start: date, until: date, **more: object) -> list[date]:
    """Return what a rule makes due from a start up to a day, when nobody does anything."""
    rule = DueRule("form.review", "Review", when(words), ("supervisor",), closes=("review written",))
    facts = Facts(start, **more)  # type: ignore[arg-type]
    return [due.due_on for due in owed(rule, facts, until=until, closed=frozenset()) if due.due_on <= until]


def month_end(year: int, month: int) -> date:
    return date(year, month, monthrange(year, month)[1])


def test_monthly_from_a_31st_of_january_is_every_month_s_last_day_for_five_years() -> None:
    ends = [month_end(2027 + n // 12, n % 12 + 1) for n in range(1, 61)]
    assert due_days("every month from start", date(2027, 1, 31), date(2032, 1, 31)) == ends


@given(DAYS)
def test_a_rhythm_of_months_keeps_its_day_or_the_month_s_last_for_five_years(start: date) -> None:
    until = date(start.year + 5, start.month, 28)
    for day in due_days("every month from start", start, until):
        assert day.day == min(start.day, monthrange(day.year, day.month)[1])


def test_yearly_from_a_29th_of_february_is_the_28th_and_returns() -> None:
    start, until = date(2028, 2, 29), date(2033, 3, 1)
    assert due_days("every year from start", start, until) == LEAP_DAYS
    assert due_days("every 12 months from start", start, until) == LEAP_DAYS


def test_milestones_of_a_31st_fall_on_month_ends() -> None:
    assert due_days("at 1 month, 3 months and 13 months after start", date(2027, 1, 31), date(2029, 1, 1)) == [
        date(2027, 2, 28), date(2027, 4, 30), date(2028, 2, 29),
    ]  # fmt: skip


def test_each_calendar_month_ends_on_its_last_day_for_five_years() -> None:
    ends = [month_end(2027 + n // 12, n % 12 + 1) for n in range(60)]
    assert due_days("each calendar month", date(2027, 1, 1), date(2031, 12, 31)) == ends


@pytest.mark.requirement("001-08")
def test_monthly_is_counted_from_the_last_meeting_that_was_held() -> None:
    rule = DueRule("session.s", "Supervision", when("every month"), ("supervisor",), closes=("s held",))
    held = {"s held": (Happening(date(2027, 1, 31)), Happening(date(2027, 2, 26)))}
    found = owed(rule, Facts(date(2027, 1, 1), happenings=held), until=date(2027, 3, 1), closed=frozenset())
    assert [due.due_on for due in found] == [date(2027, 2, 1), date(2027, 2, 28), date(2027, 3, 26)]


def test_the_29th_of_february_every_year_is_the_28th_in_most() -> None:
    yearly = when("on 29 February every year")
    assert due_days("on 29 February every year", date(2028, 3, 1), date(2033, 3, 1)) == LEAP_DAYS
    assert next_three(yearly, date(2028, 3, 1)) == tuple(LEAP_DAYS[:3])
    assert say(yearly) == "on 29 February every year"


def test_a_rule_for_the_31st_of_every_month_takes_its_last_day() -> None:
    for rule in ("FREQ=MONTHLY;BYMONTHDAY=31", "FREQ=MONTHLY"):
        found = calendar_dates(rule, date(2027, 1, 31), date(2027, 6, 30))
        assert found == tuple(month_end(2027, month) for month in range(1, 7)), rule
        assert next_calendar_date(rule, date(2027, 1, 31), date(2027, 1, 31)) == date(2027, 2, 28)


def test_a_plain_yearly_rule_that_begins_on_a_29th_of_february_is_kept_every_year() -> None:
    assert calendar_dates("FREQ=YEARLY", date(2028, 2, 29), date(2033, 3, 1)) == (date(2028, 2, 29), *LEAP_DAYS)


def test_a_rule_of_every_third_month_keeps_to_its_months() -> None:
    found = calendar_dates("FREQ=MONTHLY;INTERVAL=3;BYMONTHDAY=30", date(2026, 11, 30), date(2027, 12, 1))
    assert found == (date(2026, 11, 30), date(2027, 2, 28), date(2027, 5, 30), date(2027, 8, 30), date(2027, 11, 30))


@pytest.mark.parametrize("words", ["on 30 February every year", "on 31 April every year", "on 0 May every year"])
def test_a_day_that_no_year_has_is_refused(words: str) -> None:
    with pytest.raises(ValueError, match="as a time"):
        when(words)


def test_a_ladder_s_monthly_tellings_keep_to_the_month_s_end() -> None:
    rungs = ladder_days((ladder_step("every week after: lead"),), date(2026, 12, 5), frozenset())
    assert [rung.on for rung in rungs[7:11]] == [
        date(2027, 1, 30), date(2027, 2, 28), date(2027, 3, 30), date(2027, 4, 30),
    ]  # fmt: skip
