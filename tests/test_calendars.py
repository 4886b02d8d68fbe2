"""The calendars of the four nations, held to the dates that people can look up."""

from datetime import date, timedelta

import pytest

from bot.calendars import NATIONS, bank_holidays, library_version
from bot.rules.working_days import working_day_after

YEAR = (date(2026, 1, 1), date(2026, 12, 31))


def term_ends(nation: str, held_on: date) -> date:
    """Return day 5 of a session held on a date, by the bank holidays of a nation."""
    return working_day_after(held_on, 5, bank_holidays(nation, held_on, held_on + timedelta(days=30)))


@pytest.mark.parametrize(
    ("held_on", "elsewhere", "in_scotland"),
    [
        (date(2026, 4, 2), date(2026, 4, 13), date(2026, 4, 10)),
        (date(2026, 12, 23), date(2027, 1, 4), date(2027, 1, 5)),
        (date(2026, 6, 12), date(2026, 6, 19), date(2026, 6, 22)),
    ],
)
def test_a_five_day_term_ends_by_the_bank_holidays_of_the_nation(
    held_on: date, elsewhere: date, in_scotland: date
) -> None:
    assert {nation: term_ends(nation, held_on) for nation in NATIONS} == {
        "england": elsewhere,
        "wales": elsewhere,
        "northern-ireland": elsewhere,
        "scotland": in_scotland,
    }


def test_each_nation_has_days_of_its_own() -> None:
    st_patrick, st_andrew, easter_monday = date(2026, 3, 17), date(2026, 11, 30), date(2026, 4, 6)
    kept = {nation: bank_holidays(nation, *YEAR) for nation in NATIONS}
    assert [nation for nation in NATIONS if st_patrick in kept[nation]] == ["northern-ireland"]
    assert [nation for nation in NATIONS if st_andrew in kept[nation]] == ["scotland"]
    assert [nation for nation in NATIONS if easter_monday in kept[nation]] == ["england", "wales", "northern-ireland"]


def test_the_range_includes_both_ends_and_crosses_a_new_year() -> None:
    assert bank_holidays("england", date(2026, 12, 25), date(2027, 1, 1)) == {
        date(2026, 12, 25),
        date(2026, 12, 26),
        date(2026, 12, 28),
        date(2027, 1, 1),
    }


def test_an_organisation_adds_a_day_and_removes_another() -> None:
    founders_day, may_day = date(2026, 9, 14), date(2026, 5, 4)
    kept = bank_holidays("wales", *YEAR, added=[founders_day, date(2031, 1, 1)], removed=[may_day])
    assert founders_day in kept and may_day not in kept
    assert max(kept) <= YEAR[1]


def test_an_unknown_nation_is_refused_with_the_ones_we_know() -> None:
    with pytest.raises(ValueError, match='"cornwall"; write one of england, wales, scotland, northern-ireland'):
        bank_holidays("cornwall", *YEAR)


def test_the_library_says_its_version() -> None:
    assert tuple(map(int, library_version().split("."))) >= (0, 109)
