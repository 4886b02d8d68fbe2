"""What a weekly summary may say."""

import pytest

from bot.rules.summaries import Coming, Lateness, Meant, coming_to_tell, lateness_of


def test_nothing_late_is_said_of_a_group_of_any_size() -> None:
    assert {lateness_of(0, Meant(people)) for people in (1, 4, 5, 40)} == {Lateness.ON_TRACK}


@pytest.mark.parametrize(
    ("late", "meant", "said"),
    [
        (1, Meant(4), Lateness.SOME_WAITING),
        (1, Meant(5), Lateness.COUNTED),
        (1, Meant(6, known_to_one=2), Lateness.SOME_WAITING),
        (1, Meant(7, known_to_one=2), Lateness.COUNTED),
        (4, Meant(5), Lateness.COUNTED),
        (5, Meant(5), Lateness.SOME_WAITING),
        (5, Meant(7, known_to_one=2), Lateness.SOME_WAITING),
    ],
)
def test_a_number_is_told_only_where_five_or_more_could_be_meant_and_not_all(
    late: int, meant: Meant, said: Lateness
) -> None:
    assert lateness_of(late, meant) is said


def test_what_is_owed_is_counted_only_where_enough_could_be_meant_and_meetings_always() -> None:
    week = Coming(meetings=3, courses=2, reviews=1)
    assert coming_to_tell(week, Meant(5)) == week
    assert coming_to_tell(week, Meant(5, known_to_one=1)) == Coming(meetings=3)
