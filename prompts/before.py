"""What came before the programme was run here: the last meetings and completions, as they are on paper."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from bot.errors import Missing
from bot.rules.before import BeforePage, Known
from bot.values import Block, Ref
from prompts import blocks, ids, words

_SHOWN = 30  # lines of what is known


@dataclass(frozen=True)
class BeforeAnswers:
    """A meeting held, a course completed, or both."""

    enrolment_id: UUID
    meeting: str
    held_on: date | None
    course: str
    done_on: date | None


def before_form(page: BeforePage) -> Block:
    """Ask for the last meeting and the last completion, as they are on paper; more can be entered after."""
    shown = [
        blocks.section(
            f"*{blocks.escape(page.name)}*\nEnter what you have on paper. It counts as done; nobody is asked to write "
            "it up or check it again. You can enter one after another."
        ),
        *_known_lines(page),
        *_pair_of_questions("meeting", "A meeting", "held_on", "Last held on", page.meetings),
        *_pair_of_questions("course", "A course", "done_on", "Last completed on", page.courses),
    ]
    about = str(Ref("enrolment", page.enrolment_id))
    return blocks.form(ids.Form.BEFORE, "What came before", shown, submit="Enter", about=about)


def read_before_form(view: dict[str, Any]) -> BeforeAnswers:
    """Read it. Raises Missing under a day without its meeting or course, or the other way round, or nothing at all."""
    values = view["state"]["values"]
    meeting, held_on = _read_pair(values, "meeting", "held_on")
    course, done_on = _read_pair(values, "course", "done_on")
    if not meeting and not course:
        raise Missing().under("meeting" if "meeting" in values else "course")
    return BeforeAnswers(Ref.read(view["private_metadata"]).id, meeting, held_on, course, done_on)


def _known_lines(page: BeforePage) -> list[Block]:
    known = [each for each in (*page.meetings, *page.courses) if each.last_on]
    said = [f"{blocks.escape(k.title)}: {words.day(k.last_on, today=page.today)}" for k in known if k.last_on]
    return [blocks.context("Known: " + " · ".join(said[:_SHOWN]))] if said else []


def _pair_of_questions(name: str, label: str, day: str, day_label: str, known: Sequence[Known]) -> list[Block]:
    if not known:
        return []
    options = [blocks.option(each.title, each.name) for each in known]
    return [
        blocks.question(name, label, blocks.select(name, options), optional=True),
        blocks.question(day, day_label, blocks.date_picker(day), optional=True),
    ]


def _read_pair(values: dict[str, Any], name: str, day: str) -> tuple[str, date | None]:
    if name not in values:
        return "", None
    chosen, on = values[name][name]["selected_option"], values[day][day]["selected_date"]
    if bool(chosen) != bool(on):
        raise Missing().under(day if chosen else name)
    return (chosen["value"], date.fromisoformat(on)) if chosen else ("", None)
