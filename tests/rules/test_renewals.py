"""Where a course stands with one person, and when it is taken again."""

from dataclasses import replace
from datetime import date
from uuid import UUID

import pytest

from bot.rules.renewals import (
    CourseLine,
    CourseRef,
    CourseState,
    Next,
    by_group,
    course_meant,
    day_done,
    is_held,
    next_renewal,
    state_of,
)
from bot.rules.typed_dates import read_typed_date
from bot.rules.when import span

DONE = date(2026, 1, 31)
TODAY = date(2026, 12, 1)
ASHA = UUID(int=1)


def line(title: str, state: CourseState = CourseState.NOT_KNOWN, done_on: date | None = None) -> CourseLine:
    """Make a course of a plan, named after its title."""
    return CourseLine(CourseRef(ASHA, title.lower().replace(" ", "-")), title, "Refreshers", state, done_on)


def state_on(today: date, renew: str, done_on: date = DONE) -> CourseState:
    """Say how a course that was done stands on a day."""
    return state_of(done_on=done_on, coming=next_renewal(done_on, span(renew)), today=today)


@pytest.mark.requirement("000-47")
def test_a_renewal_is_counted_from_the_day_it_was_done_and_keeps_to_the_month_s_end() -> None:
    assert next_renewal(date(2026, 8, 31), span("6 months")).due_on == date(2027, 2, 28)
    assert next_renewal(DONE, span("12 months")).due_on == date(2027, 1, 31)


@pytest.mark.requirement("000-47")
def test_a_course_turns_from_current_to_due_soon_to_overdue() -> None:
    assert state_on(date(2026, 12, 1), "12 months") is CourseState.CURRENT
    assert state_on(date(2026, 12, 2), "12 months") is CourseState.DUE_SOON
    assert state_on(date(2027, 1, 31), "12 months") is CourseState.DUE_SOON
    assert state_on(date(2027, 2, 1), "12 months") is CourseState.OVERDUE


@pytest.mark.requirement("000-59")
def test_twelve_to_twenty_four_months_is_welcome_from_the_first_and_overdue_after_the_second() -> None:
    assert state_on(date(2027, 1, 30), "12 to 24 months") is CourseState.CURRENT
    assert state_on(date(2027, 1, 31), "12 to 24 months") is CourseState.MAY_RENEW
    assert state_on(date(2027, 12, 2), "12 to 24 months") is CourseState.DUE_SOON
    assert state_on(date(2028, 2, 1), "12 to 24 months") is CourseState.OVERDUE


def test_what_nothing_is_known_of_is_not_overdue_before_its_day() -> None:
    coming = Next(date(2027, 3, 1), soon_from=date(2026, 12, 31))
    assert state_of(done_on=None, coming=coming, today=TODAY) is CourseState.NOT_KNOWN
    assert state_of(done_on=None, coming=None, today=TODAY) is CourseState.NOT_KNOWN
    assert state_of(done_on=None, coming=coming, today=date(2027, 3, 2)) is CourseState.OVERDUE


def test_what_is_done_once_stays_current() -> None:
    assert state_of(done_on=date(2001, 5, 5), coming=None, today=TODAY) is CourseState.CURRENT


def test_what_has_lapsed_does_not_count_as_held_and_what_is_done_once_does() -> None:
    yearly = replace(line("Fire", CourseState.CURRENT, DONE), renew=span("12 months"))
    assert is_held(yearly, date(2027, 1, 31))
    assert not is_held(yearly, date(2027, 2, 1))
    assert is_held(line("Induction", CourseState.CURRENT, date(2001, 5, 5)), TODAY)
    assert not is_held(line("Fire"), TODAY)


@pytest.mark.requirement("000-51")
def test_tiers_keep_the_order_of_the_file() -> None:
    lines = [CourseLine(CourseRef(ASHA, tier), tier, tier, CourseState.CURRENT) for tier in ("Induction", "Advanced")]
    assert list(by_group([*lines, lines[0]])) == ["Induction", "Advanced"]


@pytest.mark.parametrize(
    ("typed", "on"),
    [
        ("fire yesterday", date(2026, 11, 30)),
        ("fire today", TODAY),
        ("fire last tuesday", date(2026, 11, 24)),
        ("fire 3 nov", date(2026, 11, 3)),
        ("fire 12/11/2026", date(2026, 11, 12)),
        ("fire 24 dec", None),
        ("fire next friday", None),
        ("fire", None),
    ],
)
def test_a_typed_day_means_the_one_day_up_to_today_or_none(typed: str, on: date | None) -> None:
    assert day_done(read_typed_date(typed, today=TODAY), TODAY) == on


def test_typed_words_mean_the_one_course_that_holds_them_all() -> None:
    courses = [line("Diversity"), line("Difference & Diversity"), line("Fire safety")]
    assert course_meant("fire", courses) == "fire-safety"
    assert course_meant("safety FIRE", courses) == "fire-safety"
    assert course_meant("diversity", courses) == "diversity"
    assert course_meant("di", courses) == ""
    assert course_meant("", courses) == ""


def test_what_a_course_s_button_names_is_read_back() -> None:
    ref = CourseRef(ASHA, "fire-safety")
    assert CourseRef.read(str(ref)) == ref
