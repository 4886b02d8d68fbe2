"""Dates as people type them. Today is Wednesday 10 June 2026 throughout, at noon where the hour matters."""

from datetime import date, time

import pytest
from hypothesis import given
from hypothesis import strategies as some

from bot.rules.typed_dates import DateDoubt, TypedDate, read_typed_date

TODAY = date(2026, 6, 10)
NOON = time(12)


def read(typed: str) -> TypedDate:
    """Read what was typed today at noon."""
    return read_typed_date(typed, today=TODAY, now=NOON)


@pytest.mark.parametrize(
    ("typed", "on", "at"),
    [
        ("today at 4", date(2026, 6, 10), time(16)),
        ("tonight at 8", date(2026, 6, 10), time(20)),
        ("this afternoon at 3", date(2026, 6, 10), time(15)),
        ("tomorrow", date(2026, 6, 11), None),
        ("tmrw 10am", date(2026, 6, 11), time(10)),
        ("tomorrow 14:30", date(2026, 6, 11), time(14, 30)),
        ("14:30 tomorrow", date(2026, 6, 11), time(14, 30)),
        ("tomorrow (Thursday) at 3", date(2026, 6, 11), time(15)),
        ("day after tomorrow", date(2026, 6, 12), None),
        ("fri", date(2026, 6, 12), None),
        ("Friday morning at 7", date(2026, 6, 12), time(7)),
        ("7 in the evening on fri", date(2026, 6, 12), time(19)),
        ("noon friday", date(2026, 6, 12), time(12)),
        ("half past two on Friday", date(2026, 6, 12), time(14, 30)),
        ("this friday", date(2026, 6, 12), None),
        ("tues, 2pm", date(2026, 6, 16), time(14)),
        ("Tuesday next week", date(2026, 6, 16), None),
        ("next week on thurs at 10", date(2026, 6, 18), time(10)),
        ("fri this week", date(2026, 6, 12), None),
        ("a week today", date(2026, 6, 17), None),
        ("tomorrow week", date(2026, 6, 18), None),
        ("in 10 days", date(2026, 6, 20), None),
        ("monday week", date(2026, 6, 22), None),
        ("Monday week at 2", date(2026, 6, 22), time(14)),
        ("week on monday", date(2026, 6, 22), None),
        ("a week on tuesday", date(2026, 6, 23), None),
        ("fortnight", date(2026, 6, 24), None),
        ("in a fortnight", date(2026, 6, 24), None),
        ("a fortnight today", date(2026, 6, 24), None),
        ("in a couple of weeks", date(2026, 6, 24), None),
        ("fortnight on friday", date(2026, 6, 26), None),
        ("monday fortnight", date(2026, 6, 29), None),
        ("in 3 weeks", date(2026, 7, 1), None),
        ("in three weeks' time", date(2026, 7, 1), None),
        ("3 weeks from now", date(2026, 7, 1), None),
        ("3 weeks on monday", date(2026, 7, 6), None),
        ("3 weeks from Monday", date(2026, 7, 6), None),
        ("three weeks on friday at 10", date(2026, 7, 3), time(10)),
        ("in 2 months", date(2026, 8, 10), None),
        ("the 14th", date(2026, 6, 14), None),
        ("the 9th", date(2026, 7, 9), None),
        ("fri 12th", date(2026, 6, 12), None),
        ("12 july", date(2026, 7, 12), None),
        ("8th of July", date(2026, 7, 8), None),
        ("tue 8 dec at 2", date(2026, 12, 8), time(14)),
        ("Tuesday, 8th December 2026, 2pm", date(2026, 12, 8), time(14)),
        ("Dec 8th 2026 at 9.30", date(2026, 12, 8), time(9, 30)),
        ("8dec", date(2026, 12, 8), None),
        ("8/12", date(2026, 12, 8), None),
        ("8/12 2pm", date(2026, 12, 8), time(14)),
        ("08/12/26", date(2026, 12, 8), None),
        ("8.12.2026", date(2026, 12, 8), None),
        ("8-12-2026", date(2026, 12, 8), None),
        ("2026-12-08T14:30", date(2026, 12, 8), time(14, 30)),
        ("12/01/2027", date(2027, 1, 12), None),
        ("may 4 2027", date(2027, 5, 4), None),
    ],
)
def test_a_clear_date_is_read(typed: str, on: date, at: time | None) -> None:
    assert read(typed) == TypedDate(on, at)


@pytest.mark.parametrize(
    ("typed", "ask", "candidates"),
    [
        ("next tue 2pm", DateDoubt.NEXT_WEEKDAY, [date(2026, 6, 16), date(2026, 6, 23)]),
        ("next wed", DateDoubt.NEXT_WEEKDAY, [date(2026, 6, 17), date(2026, 6, 24)]),
        ("wed", DateDoubt.NEXT_WEEKDAY, [date(2026, 6, 10), date(2026, 6, 17)]),
        ("wednesday week", DateDoubt.NEXT_WEEKDAY, [date(2026, 6, 17), date(2026, 6, 24)]),
        ("12/01", DateDoubt.YEAR, [date(2026, 1, 12), date(2027, 1, 12)]),
        ("9 june", DateDoubt.YEAR, [date(2026, 6, 9), date(2027, 6, 9)]),
        ("12/01/26", DateDoubt.PAST, [date(2026, 1, 12)]),
        ("yesterday", DateDoubt.PAST, [date(2026, 6, 9)]),
        ("last friday", DateDoubt.PAST, [date(2026, 6, 5)]),
        ("last wednesday", DateDoubt.PAST, [date(2026, 6, 3)]),
        ("3 weeks ago", DateDoubt.PAST, [date(2026, 5, 20)]),
        ("today at 9am", DateDoubt.PAST, [date(2026, 6, 10)]),
        ("tue 9 dec", DateDoubt.WHICH, [date(2026, 12, 8), date(2026, 12, 9)]),
        ("8 dec or 9 dec", DateDoubt.WHICH, [date(2026, 12, 8), date(2026, 12, 9)]),
        ("next week", DateDoubt.WHICH, [date(2026, 6, 15 + n) for n in range(5)]),
    ],
)
def test_what_could_be_two_days_or_has_passed_is_asked_about(
    typed: str, ask: DateDoubt, candidates: list[date]
) -> None:
    answer = read(typed)
    assert (answer.on, answer.ask, list(answer.candidates)) == (None, ask, candidates)


@pytest.mark.parametrize(
    "typed",
    [
        "hello",
        "5pm",
        "tue 2",
        "12/13",
        "31/02/2026",
        "29 feb",
        "31st",
        "in 5 working days",
        "in an hour",
        "not tuesday",
        "before friday",
        "every tuesday",
        "first monday in july",
        "end of next month",
        "8 dec at 25:00",
        "0 weeks 3",
        "9999999 weeks",
        "8/12/0000",
        "room 3 tue",
    ],
)
def test_what_cannot_be_read_is_never_guessed(typed: str) -> None:
    answer = read(typed)
    assert (answer.on, answer.ask, answer.candidates) == (None, DateDoubt.NOT_READ, ())


def test_the_time_is_kept_when_the_date_is_asked_about() -> None:
    assert read("next tue 2pm").at == time(14)
    assert read("5pm").at == time(17)


def test_nothing_typed_is_nothing_asked() -> None:
    assert read("  ") == TypedDate(None, None)


def test_a_pasted_paragraph_is_not_searched_for_dates() -> None:
    assert read("tue or wed " * 400).ask is DateDoubt.NOT_READ


def test_other_words_are_handed_back() -> None:
    assert read("fri 12th with Ama at 3pm") == TypedDate(date(2026, 6, 12), time(15), rest="with ama")


def test_a_leap_day_is_read_in_a_leap_year() -> None:
    assert read_typed_date("29 feb", today=date(2028, 1, 10)).on == date(2028, 2, 29)


def test_months_end_where_the_month_ends() -> None:
    assert read_typed_date("in a month", today=date(2027, 1, 31)).on == date(2027, 2, 28)


WORDS = some.sampled_from(
    [
        "next",
        "tue",
        "8",
        "dec",
        "12/01",
        "week",
        "in",
        "3",
        "fortnight",
        "on",
        "at",
        "2pm",
        "the",
        "14th",
        "last",
        "ago",
        "tomorrow",
        "2026",
        "-",
        "31",
        "feb",
        "months",
        "99999",
        "half",
        "morning",
        "a",
    ]
)


@given(
    some.lists(WORDS, max_size=6).map(" ".join) | some.text(max_size=30),
    some.dates(date(2024, 1, 1), date(2030, 12, 31)),
)
def test_whatever_is_typed_gets_one_day_to_come_or_a_question(typed: str, today: date) -> None:
    answer = read_typed_date(typed, today=today)
    if answer.on:
        assert answer.on >= today and answer.ask is None and not answer.candidates
    elif typed.strip():
        assert answer.ask is not None


@given(some.dates(date(2024, 1, 1), date(2030, 12, 31)), some.dates(date(2024, 1, 1), date(2030, 12, 31)))
def test_a_full_date_is_day_first_and_is_that_day_or_past(day: date, today: date) -> None:
    answer = read_typed_date(f"{day:%d/%m/%Y}", today=today)
    assert answer == (TypedDate(day, None) if day >= today else TypedDate(None, None, DateDoubt.PAST, (day,)))
