"""The words of training: somebody's plan, one course with what was done, and what waits to be verified."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from bot.rules.renewals import (
    CourseLine,
    CoursePage,
    CourseRef,
    CourseState,
    RecordLine,
    TrainingPage,
    by_group,
    is_held,
)
from bot.rules.when import Step
from bot.values import Block, Ref, Seat
from prompts import blocks, ids, words

SHOWN = 60  # courses in one form
OTHERS = 15  # of what is in no catalogue
HALF_A_YEAR = 183  # days
HELP = (
    "*/training* shows your training, what is due when, and why.\n"
    "*/training done fire last tuesday* logs what you did; somebody else then verifies it.\n"
    "*/training check* shows what waits for you to verify, one or many at once.\n"
    "*/training @name* shows where the training of somebody you manage or support stands."
)
MODES: Mapping[str, str] = {
    "face to face": "Face to face",
    "computer based": "Computer based",
    "on the job": "On the job",
    "external": "Outside the organisation",
}
DAY = 450  # minutes: a working day of 7½ hours (seed-systems, training catalogue)
LENGTHS: Mapping[int, str] = {
    30: "30 minutes",
    60: "1 hour",
    90: "1½ hours",
    120: "2 hours",
    180: "3 hours",
    DAY // 2: "half a day",
    DAY: "1 day",
    DAY * 3 // 2: "1½ days",
    DAY * 2: "2 days",
    DAY * 3: "3 days",
    DAY * 4: "4 days",
    DAY * 5: "5 days",
}
_MARKS: Mapping[CourseState, str] = {
    CourseState.CURRENT: "✓",
    CourseState.MAY_RENEW: "◑",
    CourseState.DUE_SOON: "◔",
    CourseState.OVERDUE: "!",
    CourseState.NOT_KNOWN: "○",
    CourseState.NOT_APPLICABLE: "–",
}


# ---- the plan --------------------------------------------------------------------------------------------------------


def training_form(page: TrainingPage) -> Block:
    """Show somebody's training by tier, each course with where it stands in words."""
    shown: list[Block] = [blocks.header(_title(page)), blocks.section(_summary(page))]
    shown += [blocks.actions(*row) for row in _rows(page) if row]
    for group, lines in by_group(page.lines[:SHOWN]).items():
        held = sum(is_held(line, page.today) for line in lines)
        shown.append(blocks.section(f"*{blocks.escape(group)}*: {held} of {len(lines)} done"))
        shown += [_course_row(line, page.today) for line in lines]
    if page.lines[SHOWN:]:
        shown.append(_further_courses(page.lines[SHOWN:], page.today))
    if page.others:
        shown.append(blocks.section("*Also logged*"))
        shown += [_other_row(record, page.today) for record in page.others[-OTHERS:]]
    shown.append(blocks.context(_who_reads(page)))
    return blocks.form(ids.Form.TRAINING, "Training", shown, about=str(Ref("person", page.person_id)))


def _title(page: TrainingPage) -> str:
    return "Your training" if page.seat is Seat.OWN else f"Training of {page.name}"


def _summary(page: TrainingPage) -> str:
    """Count what is done and what is due, in words alone."""
    if not page.lines:
        whose = "You have" if page.seat is Seat.OWN else f"{blocks.escape(page.name)} has"
        return f"{whose} no training plan here just now. Anything that was done can be logged all the same."
    counts = {state: sum(line.state is state for line in page.lines) for state in CourseState}
    said = [f"{sum(is_held(line, page.today) for line in page.lines)} of {len(page.lines)} done"]
    said += [f"{counts[state]} {state.value}" for state in (CourseState.OVERDUE, CourseState.DUE_SOON) if counts[state]]
    return f"*{', '.join(said)}.*"


def _rows(page: TrainingPage) -> tuple[list[Block], list[Block]]:
    """Return the buttons, then the menu of the others whose training may be seen."""
    buttons = []
    if page.seat is Seat.OWN:
        buttons.append(blocks.button("I did some training", ids.Action.LOG_TRAINING, style="primary"))
    if page.to_check:
        buttons.append(blocks.button(f"Verify ({page.to_check} waiting)", ids.Action.CHECK_TRAININGS))
    if not page.people:
        return buttons, []
    options = [blocks.option(person.name, str(Ref("person", person.id)), person.note) for person in page.people]
    initial = str(Ref("person", page.person_id))
    menu = blocks.select(ids.Action.OPEN_TRAINING, options, initial=initial, placeholder="See somebody else's")
    return buttons, [menu]


def _course_row(line: CourseLine, today: date) -> Block:
    return blocks.section(
        f"{_MARKS[line.state]} *{blocks.escape(line.title)}*\n{state_in_words(line, today)}",
        accessory=blocks.button("Open", ids.Action.OPEN_COURSE, str(line.ref)),
        block_id=f"course:{line.ref.course}",
    )


def _further_courses(lines: Sequence[CourseLine], today: date) -> Block:
    """Offer in one menu what a form has no room to list."""
    options = [blocks.option(line.title, str(line.ref), state_in_words(line, today)) for line in lines]
    menu = blocks.select(ids.Action.OPEN_COURSE, options, placeholder=f"{len(lines)} more")
    return blocks.actions(menu)


def _other_row(record: RecordLine, today: date) -> Block:
    return blocks.section(
        f"*{blocks.escape(record.title)}*\n{words.near_day(record.done_on, today)}. {_standing(record, today)}",
        accessory=blocks.button("Open", ids.Action.OPEN_TRAINING_RECORD, str(record.ref)),
        block_id=f"training:{record.ref.id}",
    )


def state_in_words(line: CourseLine, today: date) -> str:
    """Say where a course stands and by when it is due, so that nothing hangs on a mark or colour."""
    said = _state(line, today)
    if line.is_returned:
        said += " Sent back: open it to see why."
    return said + (" Waits to be verified." if line.is_unchecked else "")


def _state(line: CourseLine, today: date) -> str:
    due = words.near_day(line.due_on, today) if line.due_on else ""
    done = f"Done {_past_day(line.done_on, today)}." if line.done_on else ""
    match line.state:
        case CourseState.OVERDUE:
            return " ".join(filter(None, (f"Overdue: was due {due}.", done)))
        case CourseState.DUE_SOON:
            return " ".join(filter(None, (f"Due soon: by {due}.", done)))
        case CourseState.MAY_RENEW:
            return f"{done} Welcome again from now, at the latest by {due}."
        case CourseState.CURRENT:
            return f"{done} Next by {due}." if due else done
        case CourseState.NOT_APPLICABLE:
            return "Does not apply."
    return f"Not known yet. By {due}." if due else f"Not known yet{', and optional' if line.is_optional else ''}."


def _past_day(on: date, today: date) -> str:
    """Say when something was done; with its year once that day is as near in the year to come."""
    return words.day(on) if (today - on).days > HALF_A_YEAR else words.near_day(on, today)


def _who_reads(page: TrainingPage) -> str:
    if page.seat is Seat.OWN:
        return (
            "Your line manager, programme lead and mentors see what is done and what is due. Only you and whoever "
            "verifies it read what you write about a certificate."
        )
    return "You see what is done and what is due, no more."


# ---- one course ------------------------------------------------------------------------------------------------------


def course_form(page: CoursePage) -> Block:
    """Show one course: when it is due and why, and everything that was logged for it."""
    shown: list[Block] = [blocks.header(page.title)]
    if page.line:
        shown += _about_course(page.line, page)
    shown += [blocks.divider()] if page.records and page.line else []
    for record in page.records[:20]:
        shown += _record_rows(record, page.today)
    return blocks.form(ids.Form.COURSE, "Training", shown, close="Back")


def _about_course(line: CourseLine, page: CoursePage) -> list[Block]:
    shown = [blocks.section(f"{_MARKS[line.state]} {state_in_words(line, page.today)}")]
    if why := why_in_words(line):
        shown.append(blocks.section(why))
    if facts := _facts(line):
        shown.append(blocks.section(facts))
    if page.seat is Seat.OWN and line.state is not CourseState.NOT_APPLICABLE:
        button = blocks.button("I did this", ids.Action.LOG_TRAINING, str(line.ref), style="primary")
        shown.append(blocks.actions(button))
    if line.source:
        shown.append(blocks.context(f"From {blocks.escape(', '.join(line.source))}"))
    return shown


def why_in_words(line: CourseLine) -> str:
    """Say by which rule a course is due."""
    said = [f"Due {blocks.escape(line.says)}."] if line.says else []
    if line.renew:
        said.append(f"Taken again {_again(line.renew)}.")
    return " ".join(said)


def _again(renew: Step) -> str:
    if renew.least:
        return f"from {renew.least}, and at the latest {renew.most}, after the last time"
    return f"within {renew.most} of the last time"


def _facts(line: CourseLine) -> str:
    how = words.listed([MODES[mode].lower() for mode in line.modes], "or")
    return ". ".join(filter(None, (how.capitalize(), f"Lasts {line.lasts}" if line.lasts else "")))


def _record_rows(record: RecordLine, today: date) -> list[Block]:
    said = ", ".join(
        filter(None, (words.day(record.done_on), length(record.minutes), MODES.get(record.mode, "").lower()))
    )
    if record.withdrawn_on:
        said = f"~{said}~"
    shown = [blocks.section(f"{said}\n{_standing(record, today)}")]
    for label, text in (("Certificate:", record.certificate), ("Why:", record.because)):
        shown += [blocks.context(label), *blocks.said(text)] if text else []
    if buttons := _record_buttons(record):
        shown.append(blocks.actions(*buttons))
    return shown


def _standing(record: RecordLine, today: date) -> str:
    """Say what became of a completion."""
    if record.withdrawn_on:
        did = "Sent back" if record.is_returned else "Withdrawn"
        return f"{did} by {blocks.escape(record.withdrawn_by)}, {words.near_day(record.withdrawn_on, today)}."
    if record.verified_on:
        return f"Verified by {blocks.escape(record.verified_by)}, {words.near_day(record.verified_on, today)}."
    return "From your organisation's own records." if record.is_imported else "Waits to be verified."


def _record_buttons(record: RecordLine) -> list[Block]:
    ref = str(record.ref)
    if record.may_change:
        return [
            blocks.button("Put it right", ids.Action.CORRECT_TRAINING, ref),
            blocks.button("Withdraw", ids.Action.WITHDRAW_TRAINING, ref),
        ]
    if record.may_check and record.is_unchecked:
        return [blocks.button("Verify", ids.Action.CHECK_TRAINING, ref, style="primary")]
    return [blocks.button("Not right", ids.Action.RETURN_TRAINING, ref)] if record.may_check else []


def length(minutes: int | None) -> str:
    """Say how long a training took; empty where nobody said."""
    if not minutes:
        return ""
    return LENGTHS.get(minutes) or words.count(minutes, "minute")


def completion_in_words(record: RecordLine) -> str:
    """Say who did what and when, in mrkdwn, for whoever verifies it."""
    facts = (words.day(record.done_on), length(record.minutes), MODES.get(record.mode, "").lower())
    who = blocks.escape(record.person_name)
    return f"*{blocks.escape(record.title)}*\n{who}: {', '.join(filter(None, facts))}"


def read_course(action: dict[str, Any]) -> CourseRef | None:
    """Read which course a button or menu names; None for none."""
    value = (action.get("selected_option") or action).get("value")
    return CourseRef.read(value) if value else None
