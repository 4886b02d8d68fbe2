"""The words of training, and Slack's limits with more of everything than a programme has."""

from dataclasses import replace
from datetime import date
from uuid import UUID

import pytest

from bot.practice import texts
from bot.practice.block_kit import check_view
from bot.rules.renewals import CourseLine, CoursePage, CourseRef, CourseState, LogStart, RecordLine, TrainingPage
from bot.rules.when import span
from bot.values import PersonLine, Ref, Seat
from prompts import training as words
from prompts import training_forms as forms

TODAY = date(2026, 12, 1)
ASHA = UUID(int=1)
FIRE = CourseLine(CourseRef(ASHA, "fire"), "Fire", "Mandatory", CourseState.NOT_KNOWN)


def line(n: int) -> CourseLine:
    """Make one of many courses, in tiers of ten, each with a long title."""
    return replace(FIRE, ref=CourseRef(ASHA, f"course-{n}"), title=f"{n} {'long ' * 40}", group=f"Tier {n // 10}")


def record(n: int = 1, **more: object) -> RecordLine:
    """Make one of many completions."""
    made = RecordLine(Ref("training", UUID(int=n)), ASHA, "Asha Rahman", "fire", f"Fire {n}", date(2026, 11, 30))
    return replace(made, **more)  # type: ignore[arg-type]  # any field


def page(**more: object) -> TrainingPage:
    """Make Asha's own page."""
    return replace(TrainingPage(ASHA, "Asha Rahman", Seat.OWN, (FIRE,), (), TODAY), **more)  # type: ignore[arg-type]  # any field


def said(shown: object) -> str:
    """Return everything readable in a view."""
    return "\n".join(texts(shown))


@pytest.mark.parametrize(
    ("state", "done_on", "due_on", "reads"),
    [
        (CourseState.NOT_KNOWN, None, None, "Not known yet."),
        (CourseState.NOT_KNOWN, None, date(2027, 3, 1), "Not known yet. By Mon 1 Mar 2027."),
        (CourseState.DUE_SOON, None, date(2026, 12, 2), "Due soon: by tomorrow."),
        (CourseState.OVERDUE, date(2025, 11, 2), date(2026, 11, 2), "Overdue: was due Mon 2 Nov. Done Sun 2 Nov 2025."),
        (
            CourseState.DUE_SOON,
            date(2026, 1, 20),
            date(2027, 1, 20),
            "Due soon: by Wed 20 Jan 2027. Done Tue 20 Jan 2026.",
        ),
        (CourseState.CURRENT, date(2026, 11, 30), None, "Done yesterday."),
        (CourseState.CURRENT, date(2026, 11, 30), date(2027, 11, 30), "Done yesterday. Next by Tue 30 Nov 2027."),
        (
            CourseState.MAY_RENEW,
            date(2025, 11, 1),
            date(2027, 11, 1),
            "Done Sat 1 Nov 2025. Welcome again from now, at the latest by Mon 1 Nov 2027.",
        ),
        (CourseState.NOT_APPLICABLE, None, None, "Does not apply."),
    ],
)
def test_where_a_course_stands_is_said_in_words(
    state: CourseState, done_on: date | None, due_on: date | None, reads: str
) -> None:
    assert words.state_in_words(replace(FIRE, state=state, done_on=done_on, due_on=due_on), TODAY) == reads


def test_how_often_a_course_is_taken_is_said_in_words() -> None:
    assert (
        words.why_in_words(replace(FIRE, renew=span("12 months"))) == "Taken again within 12 months of the last time."
    )
    assert (
        words.why_in_words(replace(FIRE, renew=span("12 to 24 months")))
        == "Taken again from 12 months, and at the latest 24 months, after the last time."
    )


def test_a_long_plan_with_many_people_keeps_slack_s_limits_and_loses_no_course() -> None:
    people = tuple(PersonLine(UUID(int=n), f"Person {n} {'x' * 90}", "3 overdue") for n in range(100))
    others = tuple(record(n, title="z" * 150, course="") for n in range(40))
    view = words.training_form(page(lines=tuple(map(line, range(130))), people=people, others=others, to_check=7))
    check_view(view, "modal")
    assert all(f"\n{n} long" in said(view) or f"*{n} long" in said(view) for n in range(130))
    assert "70 more" in said(view)
    assert len(view["blocks"]) <= 100


def test_a_course_with_long_notes_keeps_slack_s_limits() -> None:
    shown = tuple(record(n, certificate="c" * 3000, because="b" * 3000, may_change=True) for n in range(12))
    check_view(words.course_form(CoursePage("Asha Rahman", Seat.OWN, "Fire", FIRE, shown, TODAY)), "modal")


def test_forms_keep_slack_s_limits_with_many_courses_and_many_to_verify() -> None:
    start = LogStart(ASHA, tuple(map(line, range(130))), TODAY, returned=record(because="b" * 3000))
    check_view(forms.log_form(start), "modal")
    check_view(forms.correct_form(record(certificate="c" * 3000, minutes=77), start), "modal")
    check_view(forms.check_form(record(certificate="c" * 3000)), "modal")
    check_view(forms.check_many_form([record(n, person_name="y" * 90) for n in range(50)]), "modal")


def test_the_usual_length_and_way_of_a_course_are_filled_in() -> None:
    course = replace(FIRE, lasts="half a day", modes=("face to face",))
    view = forms.log_form(LogStart(ASHA, (course,), TODAY, course="fire"))
    chosen = [
        b["element"]["initial_option"]["value"] for b in view["blocks"] if "initial_option" in b.get("element", {})
    ]
    assert chosen == ["225", "face to face"]


def test_what_is_read_back_is_a_person_s_own_words_made_inert() -> None:
    view = words.training_form(page(others=(record(title="<!channel> & co", course=""),)))
    assert "&lt;!channel&gt; &amp; co" in said(view)
