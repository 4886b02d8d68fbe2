"""The five built-in programmes hold what their sources ask for."""

import re
from datetime import date
from pathlib import Path

import pytest

from bot.programmes.cards import KINDS, About, Card, Part
from bot.programmes.loader import built_in
from bot.programmes.programme import Programme
from bot.programmes.report import check_lines, list_lines, show_json, show_text
from bot.rules.when import duration

FOLDER = Path(__file__).parents[2] / "prompts" / "programmes"
FILES = sorted(path for path in FOLDER.glob("*.toml") if path.name != "offered.toml")
CATALOGUE = (
    # id, renewal in months (least, most), duration, modes: seed-systems, training catalogue
    ("000-53", None, None, "1 day", ["face to face"]),
    ("000-54", None, None, "", ["on the job"]),
    ("000-55", None, None, "2 days", ["face to face"]),
    ("000-56", 12, 12, "", ["computer based"]),
    ("000-57", 24, 24, "3 hours", ["face to face", "computer based"]),
    ("000-58", 36, 36, "half a day", ["face to face"]),
    ("000-58", 36, 36, "1½ days", ["face to face"]),
    ("000-59", 12, 24, "3 days", ["face to face"]),
    ("000-60", 36, 36, "", ["computer based"]),
    ("000-61", 24, 24, "", ["computer based"]),
    ("000-62", 36, 36, "3 hours", ["face to face"]),
    ("000-63", 12, 12, "2 hours", ["face to face"]),
    ("000-64", None, None, "4 days", ["face to face"]),
    ("000-65", None, None, "1 day", ["face to face"]),
    ("000-66", None, None, "1 day", ["face to face"]),
    ("000-67", None, None, "", ["computer based"]),
    ("000-68", None, None, "1 day", ["face to face"]),
    ("000-69", None, None, "2 days", ["face to face"]),
    ("000-70", None, None, "1 day", ["face to face"]),
    ("000-71", None, None, "", []),
    ("000-72", None, None, "", ["external"]),
    ("000-73", None, None, "", ["external"]),
    ("000-74", None, None, "2 days", ["face to face"]),
    ("000-75", None, None, "", ["external"]),
    ("000-76", None, None, "", ["external"]),
    ("000-77", None, None, "", ["external"]),
    ("000-78", None, None, "", []),
)
MANAGERS_ONLY = {"003-62", "003-63", "003-64", "003-65", "003-67", "003-70", "003-73"}


@pytest.fixture
def plan() -> Programme:
    return built_in()["senior-manager"]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_check_accepts_every_built_in_file(path: Path) -> None:
    assert check_lines(path) == []


def test_two_programmes_are_offered_and_three_are_drafts() -> None:
    assert {key: programme.offered for key, programme in built_in().items()} == {
        "career-pathway": False, "childrens-supervision": False, "nqsw-mentoring": False, "senior-manager": True,
        "str-worker": True,
    }  # fmt: skip
    assert any(line.startswith("career-pathway ") and " draft " in line for line in list_lines(built_in()))


@pytest.mark.requirement("003-50")
def test_a_senior_has_15_criteria_and_a_manager_22(plan: Programme) -> None:
    criteria = show_json(plan)["criteria"]
    assert [row["source"] for row in criteria] == [f"003-{n}" for n in range(56, 78)]
    assert sum("senior" in row["applies_to"] for row in criteria) == 15
    assert all("manager" in row["applies_to"] for row in criteria)
    assert {row["source"] for row in criteria if row["applies_to"] == ["manager"]} == MANAGERS_ONLY


@pytest.mark.requirement("003-55")
def test_every_criterion_of_the_plan_has_guidance_to_use(plan: Programme) -> None:
    assert [card.title for card in plan.criterion.values() if len(card.guidance) < 80] == []


@pytest.mark.requirement("003-56")
def test_the_guidance_on_finances_names_the_sheets_the_daily_checks_and_the_safeguarding_lead(plan: Programme) -> None:
    guidance = " ".join(plan.criterion["monthly-finances"].guidance.split())
    for fact in ("personal monies, balance check, bank card transaction, bank card check", "receipt", "every day"):
        assert fact in guidance
    assert "tell the safeguarding lead at once" in guidance


@pytest.mark.requirement("003-60")
def test_the_guidance_on_health_and_safety_names_all_eight_forms(plan: Programme) -> None:
    guidance = " ".join(plan.criterion["health-and-safety"].guidance.lower().split())
    forms = (
        "emergency lighting", "environmental risk", "fire evacuation or drill", "person-centred fire risk",
        "fire door and final exit", "personal emergency evacuation plan", "property need to know",
        "service continuity plan",
    )  # fmt: skip
    assert [form for form in forms if form not in guidance] == []


@pytest.mark.requirement("003-51")
@pytest.mark.requirement("003-52")
def test_a_mentor_signs_once_and_either_may_ask_for_a_second_later_occasion(plan: Programme) -> None:
    checklist = plan.checklist["plan"]
    assert (checklist.signed_by, checklist.signatures, checklist.second) == (("mentor",), 1, "later occasion")
    assert set(checklist.raise_by) == {"mentor", "mentee"}


@pytest.mark.requirement("003-17")
@pytest.mark.requirement("003-23")
@pytest.mark.requirement("003-25")
def test_the_plan_lasts_three_months_has_two_co_mentors_and_ends_in_a_review(plan: Programme) -> None:
    assert plan.about.lasts == duration("3 months")
    assert plan.relationship["mentoring"].by_at_most == 2
    assert {"promote", "extend", "end"} <= set(plan.form["end-review"].outcomes)


@pytest.mark.parametrize("record", ["mentoring-note", "first-meeting-record"])
@pytest.mark.requirement("001-23")
@pytest.mark.requirement("001-24")
def test_a_mentoring_record_is_shared_in_5_working_days_and_signed_by_both(plan: Programme, record: str) -> None:
    form = plan.form[record]
    assert (form.share_within, form.sign_within) == (duration("5 working days"), duration("5 working days"))
    assert form.signed_by == ("mentee", "mentor")


@pytest.mark.parametrize("key", ["senior-manager", "str-worker"])
def test_an_offered_programme_invites_to_reflect_in_three_steps(key: str) -> None:
    programme = built_in()[key]
    assert programme.form["driscoll"].when
    assert [part.asks for part in programme.part["driscoll"].values()] == ["What happened?", "So what?", "Now what?"]


@pytest.mark.requirement("000-28")
@pytest.mark.requirement("000-47")
@pytest.mark.requirement("000-52")
def test_the_str_catalogue_has_its_26_rows_with_one_split_in_two() -> None:
    courses = show_json(built_in()["str-worker"])["courses"]
    rows = [row for row in courses if "000-53" <= row["source"] <= "000-78"]
    found = [
        (row["source"], row["renewal_months_min"], row["renewal_months_max"], row["duration"], row["modes"])
        for row in rows
    ]
    assert found == [tuple(row) for row in CATALOGUE]
    assert len({row[0] for row in CATALOGUE}) == 26


def test_every_criterion_and_course_says_where_it_comes_from() -> None:
    silent = [
        f"{programme.key}: {title}"
        for programme in built_in().values()
        for kind in ("criterion", "course")
        for title, card in programme.cards(kind).items()
        if not card.source
    ]
    assert silent == []


def test_every_source_cited_is_an_item_of_the_inventory_or_a_section_of_the_field_notes() -> None:
    cited = {
        source
        for programme in built_in().values()
        for path, card in programme.every_card(("role", "form", "session", "criterion", "course", "checklist"))
        for source in getattr(card, "source", ())
    }
    assert [source for source in sorted(cited) if not re.fullmatch(r"00[0-4]-\d\d|domain \d+", source)] == []


def test_a_programme_can_be_read_as_text_with_the_next_dates_of_every_rhythm() -> None:
    text = show_text(built_in()["senior-manager"], date(2026, 12, 1))
    assert text.startswith("Senior and manager mentoring plan (senior-manager, offered)\n")
    assert "\nCriteria (22)\n" in text
    assert (
        "  Managers' meeting: on the second Tuesday of every month  [session.managers-meeting]\n"
        "      Tue 8 Dec 2026, Tue 12 Jan 2027, Tue 9 Feb 2027\n"
    ) in text
    assert "FREQ=" not in text


def test_every_line_that_a_card_may_have_is_used_by_some_built_in_programme() -> None:
    used: dict[str, set[str]] = {}
    for programme in built_in().values():
        for path, card in programme.every_card(tuple(KINDS)):
            used.setdefault(path[0], set()).update(card.model_fields_set)
    models = {**KINDS, "part": Part, "programme": About}
    unused = [
        f"{kind}.{line}" for kind, model in models.items() for line in model.model_fields if line not in used[kind]
    ]
    assert [line for line in unused if line.partition(".")[2] not in Card.model_fields] == []
