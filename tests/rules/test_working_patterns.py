"""Days and hours as the people list writes them."""

from datetime import date, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as some

from bot.rules.working_patterns import OFFICE_HOURS, Hours, WorkingPattern

MONDAY = date(2026, 12, 7)
SHORT_NAMES = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
TIMES = some.times().map(lambda t: t.replace(second=0, microsecond=0))


def week_of(pattern: WorkingPattern) -> list[str]:
    """Return the hours of the week of Monday 7 December 2026, "" on a day off."""
    return [str(pattern.hours_on(MONDAY + timedelta(days=n)) or "") for n in range(7)]


def test_nothing_known_is_monday_to_friday_nine_to_five() -> None:
    assert WorkingPattern.from_words("", "") == OFFICE_HOURS
    assert week_of(OFFICE_HOURS) == ["09:00-17:00"] * 5 + ["", ""]


@pytest.mark.parametrize(
    "words", ["mon tue wed", "Mon, Tue, Wed", "mon-wed", "Monday to Wednesday", "mon;tues;weds", "mon, tue and wed"]
)
def test_three_days_are_read_however_they_are_written(words: str) -> None:
    assert week_of(WorkingPattern.from_words(words, "")) == ["09:00-17:00"] * 3 + [""] * 4


def test_a_run_of_days_may_pass_the_weekend() -> None:
    assert week_of(WorkingPattern.from_words("sat-mon", "")) == ["09:00-17:00"] + [""] * 4 + ["09:00-17:00"] * 2


@pytest.mark.parametrize("words", ["22:00-06:00", "22-6", "10pm-6am", "10pm to 6am", "22.00 – 06.00"])
def test_a_night_is_read_as_a_night(words: str) -> None:
    assert week_of(WorkingPattern.from_words("fri", words))[4] == "22:00-06:00"


@pytest.mark.parametrize("words", ["09:00-17:00", "9-17", "9:00-17:00", "9am-5pm", "9 am - 5 pm", "09.00-17.00"])
def test_a_day_is_read_however_its_hours_are_written(words: str) -> None:
    assert week_of(WorkingPattern.from_words("mon", words))[0] == "09:00-17:00"


def test_a_late_shift_may_end_at_midnight() -> None:
    assert WorkingPattern.from_words("fri", "16:00-24:00").hours_on(MONDAY + timedelta(4)) == Hours(time(16), time(0))


def test_one_day_may_have_hours_of_its_own() -> None:
    pattern = WorkingPattern.from_words("mon-fri", "09:00-17:00; fri 09:00-13:00")
    assert week_of(pattern) == ["09:00-17:00"] * 4 + ["09:00-13:00", "", ""]


def test_four_on_four_off_turns_round_from_its_first_day_both_ways() -> None:
    pattern = WorkingPattern.from_words("4 on 4 off from 2026-12-01", "07:00-19:00")
    worked = [bool(pattern.hours_on(date(2026, 11, 27) + timedelta(days=n))) for n in range(20)]
    assert worked == [False] * 4 + [True] * 4 + [False] * 4 + [True] * 4 + [False] * 4


def test_an_uneven_round_is_read() -> None:
    pattern = WorkingPattern.from_words("2 on, 2 off, 3 on, 2 off from 2026-12-07", "")
    assert [bool(hours) for hours in pattern.round] == [True] * 2 + [False] * 2 + [True] * 3 + [False] * 2


@pytest.mark.parametrize(
    ("days", "hours", "sentence"),
    [
        ("mon frog", "", 'I cannot read the working days "mon frog"; write them like "mon tue wed"'),
        ("mon", "nine to five", 'I cannot read the hours "nine to five"; write them like "09:00-17:00"'),
        ("mon", "25:00-26:00", 'I cannot read the hours "25:00-26:00"'),
        *(("mon", hours, "I cannot tell morning from evening") for hours in ("9-5", "10-6", "9:00-5:00", "1-5pm")),
        ("mon", "09:00-17:00; tue 09:00-13:00", "The hours name tue, which is not among the working days"),
        ("4 on 4 off", "", 'I cannot tell when the round "4 on 4 off" begins; add the first day of work'),
        ("4 on 4 off from soon", "", "add the first day of work"),
        ("some on 4 off from 2026-12-01", "", 'I cannot read the round "some on 4 off from 2026-12-01"'),
        ("99 on 99 off from 2026-12-01", "", "longer than 84 days"),
        ("0 on 4 off from 2026-12-01", "", "A working pattern needs at least one day of work"),
        ("4 on 4 off from 2026-12-01", "9am-5pm; fri 9am-1pm", "Hours for one weekday do not fit a round"),
    ],
)
def test_what_cannot_be_read_is_refused_in_a_sentence(days: str, hours: str, sentence: str) -> None:
    with pytest.raises(ValueError, match=r"\.$") as refused:
        WorkingPattern.from_words(days, hours)
    assert sentence in str(refused.value)


@given(some.sets(some.sampled_from(SHORT_NAMES), min_size=1), TIMES, TIMES)
def test_a_week_comes_back_from_words_and_from_the_column_as_it_went(days: set[str], starts: time, ends: time) -> None:
    pattern = WorkingPattern.from_words(" ".join(sorted(days)), f"{starts:%H:%M}-{ends:%H:%M}")
    assert {name for name, hours in zip(SHORT_NAMES, pattern.round, strict=True) if hours} == days
    assert WorkingPattern.from_words(*pattern.to_words()) == pattern
    assert WorkingPattern.from_json(pattern.to_json()) == pattern


@pytest.mark.parametrize(
    ("days", "hours"),
    [
        ("4 on 4 off from 2026-12-01", "20:00-08:00"),
        ("mon-fri", "09:00-17:00; fri 09:00-13:00"),
        ("7 on 7 off from 2026-12-01", ""),
        ("4 on 3 off from 2026-12-01", ""),
    ],
)
def test_rounds_and_short_days_come_back_as_they_went(days: str, hours: str) -> None:
    pattern = WorkingPattern.from_words(days, hours)
    assert WorkingPattern.from_words(*pattern.to_words()) == pattern
    assert WorkingPattern.from_json(pattern.to_json()) == pattern
