"""How long a place lasts, full-time and part-time."""

from datetime import date

import pytest

from bot.programmes.loader import built_in
from bot.rules.enrolment import extended_end, planned_end, stretch

START = date(2026, 12, 1)


@pytest.mark.requirement("003-23")
def test_the_plan_for_seniors_and_managers_ends_after_three_months_for_everyone() -> None:
    plan = built_in()["senior-manager"]
    assert planned_end(plan, "manager", START, 1.0) == date(2027, 3, 1)
    assert planned_end(plan, "manager", START, 0.5) == date(2027, 3, 1)


@pytest.mark.requirement("004-04")
def test_part_time_mentoring_towards_registration_takes_18_months() -> None:
    mentoring = built_in()["nqsw-mentoring"]
    assert planned_end(mentoring, "", START, 1.0) == date(2027, 12, 1)
    assert planned_end(mentoring, "", START, 0.6) == date(2028, 6, 1)
    assert stretch(mentoring, "", 0.6) == 1.0


@pytest.mark.requirement("002-13")
def test_the_assessed_year_is_lengthened_pro_rata_up_to_its_limit() -> None:
    pathway = built_in()["career-pathway"]
    assert planned_end(pathway, "nqsw", START, 0.8) == date(2028, 3, 1)
    assert planned_end(pathway, "nqsw", START, 0.2) == date(2028, 12, 1)
    assert stretch(pathway, "nqsw", 0.8) == 1.25
    assert stretch(pathway, "nqsw", 0.2) == 2.0


def test_a_level_or_programme_without_a_length_has_no_end() -> None:
    assert planned_end(built_in()["career-pathway"], "level-3", START, 1.0) is None
    assert planned_end(built_in()["str-worker"], "", START, 1.0) is None


@pytest.mark.requirement("003-25")
def test_a_plan_is_extended_once_by_three_months() -> None:
    plan = built_in()["senior-manager"]
    assert extended_end(plan, date(2027, 3, 1), 0) == date(2027, 6, 1)
    assert extended_end(plan, date(2027, 6, 1), 1) is None
    assert extended_end(built_in()["str-worker"], START, 0) is None
