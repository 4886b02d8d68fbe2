"""Times of day as people type them."""

from datetime import time

import pytest

from bot.rules.typed_times import clock_time, find_typed_time


@pytest.mark.parametrize(
    ("typed", "at"),
    [
        ("2pm", time(14)),
        ("2 p.m.", time(14)),
        ("2.30pm", time(14, 30)),
        ("12am", time(0)),
        ("12pm", time(12)),
        ("14:30", time(14, 30)),
        ("2:30", time(14, 30)),
        ("02:30", time(2, 30)),
        ("at 2", time(14)),
        ("at 6", time(18)),
        ("at 7", time(7)),
        ("at 11", time(11)),
        ("at 12", time(12)),
        ("@ 9.45", time(9, 45)),
        ("at two", time(14)),
        ("ten o'clock", time(10)),
        ("half past two", time(14, 30)),
        ("half 9", time(9, 30)),
        ("noon", time(12)),
        ("midnight", time(0)),
        ("at 8 in the evening", time(20)),
        ("7 in the morning", time(7)),
        ("at 5 in the morning", time(5)),
        ("at 11 at night", time(23)),
    ],
)
def test_a_time_is_read_as_people_mean_it(typed: str, at: time) -> None:
    assert find_typed_time(typed) == (at, " " * len(find_typed_time(typed)[1]))


@pytest.mark.parametrize("typed", ["25:00", "at 31", "2:75", "at 8/12", "8/12/2026", "2026-12-08", "soon", "3 weeks"])
def test_what_is_not_a_time_is_left_where_it_stands(typed: str) -> None:
    assert find_typed_time(typed) == (None, typed)


def test_the_words_around_a_time_are_kept() -> None:
    at, rest = find_typed_time("tue at 2 with ama")
    assert (at, rest.split()) == (time(14), ["tue", "with", "ama"])


@pytest.mark.parametrize(
    ("written", "at"),
    [("9", time(9)), ("9am", time(9)), ("05:00", time(5)), ("17.30", time(17, 30)), ("24:00", time(0)), ("2", time(2))],
)
def test_a_clock_time_is_taken_exactly_as_written(written: str, at: time) -> None:
    assert clock_time(written) == at


@pytest.mark.parametrize("written", ["", "25:00", "24:30", "nine", "9:5", "9 to 5"])
def test_what_is_no_clock_time_is_none(written: str) -> None:
    assert clock_time(written) is None
