"""Checklists, as people meet them in Slack."""

import pytest

from bot.practice import texts
from tests.service import Running


def said(view: object) -> str:
    """Return everything readable in a view or message."""
    return "\n".join(texts(view))  # type: ignore[arg-type]  # views and messages alike


@pytest.mark.requirement("003-50")
def test_a_manager_sees_all_twenty_two_criteria_with_the_pace_of_three_months(service: Running) -> None:
    asha = service.person("asha")
    asha.command("/checklist")
    assert asha.modal
    shown = said(asha.modal)
    assert "0 of 22" in shown
    assert "Mon 1 Mar 2027" in shown
    assert shown.count("Not started") == 22


@pytest.mark.requirement("003-51")
def test_a_mentee_asks_and_the_mentor_signs_in_two_taps(service: Running) -> None:
    asha, mary = service.person("asha"), service.person("mary")
    asha.command("/checklist")
    asha.press("Open")
    asha.press("Ready for sign-off")
    asha.fill({"note": "Did the October sheets with Colin."})
    asha.submit()
    assert "Ready for sign-off, today" in said(asha.modal)
    mary.command("/checklist @Asha Mentee")
    mary.press("Sign off (1 ready)")
    mary.submit()
    assert "1 of 22" in said(mary.modal)
    assert "Signed off, today" in said(mary.modal)


def test_nobody_signs_their_own_and_a_stranger_sees_nothing(service: Running) -> None:
    sam = service.person("sam")
    sam.command("/checklist @Asha Mentee")
    assert sam.modal is None
    assert "isn't something you can open" in said(sam.last_message)


def test_a_first_name_is_enough_where_only_one_has_it(service: Running) -> None:
    mary = service.person("mary")
    mary.command("/checklist asha")
    assert "Asha Mentee has *0 of 22* signed off." in said(mary.modal)


def test_a_day_to_come_is_refused_under_its_own_question(service: Running) -> None:
    mary = service.person("mary")
    mary.command("/checklist @Asha Mentee")
    mary.press("Open")
    mary.press("Sign off")
    mary.submit({"Seen on": "2026-12-25"})
    assert "Fri 25 Dec 2026 can't be right" in mary.errors["occasion_on"]


def test_guidance_flows_over_the_width_of_a_phone(service: Running) -> None:
    asha = service.person("asha")
    asha.command("/checklist")
    asha.press("Open")
    assert "bank card transaction, bank card check)" in said(asha.modal)
