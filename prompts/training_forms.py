"""The forms of training: log what was done, put it right, withdraw it, verify it, send it back."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from bot.errors import Missing, NothingChosen
from bot.rules.renewals import CourseLine, CourseState, LogStart, RecordLine
from bot.values import Block, Ref
from prompts import blocks, ids, words
from prompts.training import LENGTHS, MODES, completion_in_words, length

COURSE, TITLE, DONE_ON, MINUTES, MODE = "course", "title", "done_on", "minutes", "mode"
CERTIFICATE, BECAUSE, CHECKED = "certificate", "because", "checked"
SOMETHING_ELSE = "-"
GROUP = 10  # tick boxes in one question


# ---- logging ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Logged:
    """What a log form says; `corrects` names the completion it takes the place of."""

    course: str
    title: str
    done_on: date
    minutes: int | None
    mode: str
    certificate: str
    corrects: Ref | None = None


def log_form(start: LogStart) -> Block:
    """Ask what was done and when; a course already known is not asked for."""
    chosen = next((line for line in start.courses if line.ref.course == start.course), None)
    shown = [blocks.section(f"*{blocks.escape(chosen.title)}*")] if chosen else _which_course(start)
    shown = [*_sent_back(start.returned), *shown, *_when_and_how(chosen, start.done_on or start.today)]
    return blocks.form(
        ids.Form.LOG_TRAINING,
        "I did this",
        shown,
        submit="Log it",
        close="Cancel",
        about=json.dumps({COURSE: start.course}) if chosen else "",
    )


def correct_form(record: RecordLine, start: LogStart) -> Block:
    """Ask again for what was logged wrongly, all of it filled in."""
    chosen = next((line for line in start.courses if line.ref.course == record.course), None)
    shown = [
        blocks.section(
            f"*{blocks.escape(record.title)}*\nThe first entry is kept, struck through, and this is verified anew."
        ),
        *_when_and_how(chosen, record.done_on, record),
    ]
    return blocks.form(
        ids.Form.CORRECT_TRAINING,
        "Put it right",
        shown,
        submit="Save",
        close="Cancel",
        about=json.dumps({COURSE: record.course, "corrects": str(record.ref)}),
    )


def _which_course(start: LogStart) -> list[Block]:
    """Ask which course, or the name of what is in no plan (seed-systems 000-45)."""
    lines = [line for line in start.courses if line.state is not CourseState.NOT_APPLICABLE]
    options = [blocks.option(line.title, line.ref.course, line.group) for line in lines[: blocks.LIST_MOST - 1]]
    options.append(blocks.option("Something else", SOMETHING_ELSE))
    initial = SOMETHING_ELSE if start.title or not lines else ""
    return [
        blocks.question(COURSE, "What did you do?", blocks.select(COURSE, options, initial=initial)),
        blocks.question(
            TITLE,
            "If it is something else, what is it called?",
            blocks.text_input(TITLE, most=150, initial=start.title),
            optional=True,
        ),
    ]


def _sent_back(record: RecordLine | None) -> list[Block]:
    """Show why the last entry came back, above the questions that put it right."""
    if record is None:
        return []
    who = blocks.escape(record.withdrawn_by)
    return [
        blocks.context(f"{who} sent back what you logged for {words.day(record.done_on)}:"),
        *blocks.said(record.because),
    ]


def _when_and_how(course: CourseLine | None, on: date, record: RecordLine | None = None) -> list[Block]:
    minutes, mode = (record.minutes, record.mode) if record else _usual(course)
    offered = dict(LENGTHS) | ({minutes: length(minutes)} if minutes else {})
    lengths = [blocks.option(said.capitalize(), str(n)) for n, said in sorted(offered.items())]
    modes = [blocks.option(said, name) for name, said in MODES.items()]
    note = blocks.text_input(CERTIFICATE, multiline=True, initial=record.certificate if record else "")
    return [
        blocks.question(DONE_ON, "Finished on", blocks.date_picker(DONE_ON, on)),
        blocks.question(
            MINUTES, "How long did it take?", blocks.select(MINUTES, lengths, initial=str(minutes or "")), optional=True
        ),
        blocks.question(MODE, "How?", blocks.select(MODE, modes, initial=mode), optional=True),
        blocks.question(
            CERTIFICATE,
            "Certificate or points",
            note,
            optional=True,
            hint="Its number, a link, where it is kept. Only you and whoever verifies it read this.",
        ),
    ]


def _usual(course: CourseLine | None) -> tuple[int | None, str]:
    """Return how long a course takes and the one way it is taken, where its card says so."""
    if course is None:
        return None, ""
    minutes = next((n for n, said in LENGTHS.items() if said == course.lasts), None)
    return minutes, course.modes[0] if len(course.modes) == 1 else ""


def read_log_form(view: dict[str, Any]) -> Logged:
    """Return what was done, when and how. Raises Missing."""
    about, values = json.loads(view["private_metadata"] or "{}"), view["state"]["values"]
    course = about[COURSE] if COURSE in about else _chosen(values, COURSE)
    if COURSE not in about and not course:
        raise Missing().under(COURSE)
    title = _text(values, TITLE) if course == SOMETHING_ELSE else ""
    if course == SOMETHING_ELSE and not title:
        raise Missing().under(TITLE)
    on, minutes = values[DONE_ON][DONE_ON]["selected_date"], _chosen(values, MINUTES)
    if not on:
        raise Missing().under(DONE_ON)
    return Logged(
        course="" if course == SOMETHING_ELSE else course,
        title=title,
        done_on=date.fromisoformat(on),
        minutes=int(minutes) if minutes else None,
        mode=_chosen(values, MODE),
        certificate=_text(values, CERTIFICATE),
        corrects=Ref.read(about["corrects"]) if "corrects" in about else None,
    )


def withdraw_form(ref: Ref) -> Block:
    """Ask why a completion is withdrawn."""
    said = "It stays in your log, struck through, with today's date. The course no longer counts as done by it."
    reason = blocks.text_input(BECAUSE, multiline=True)
    question = blocks.question(BECAUSE, "What was wrong with it?", reason, optional=True, hint="Only you read this.")
    return blocks.form(
        ids.Form.WITHDRAW_TRAINING,
        "Withdraw",
        [blocks.section(said), question],
        submit="Withdraw",
        close="Keep it",
        about=str(ref),
    )


def read_withdraw_form(view: dict[str, Any]) -> tuple[Ref, str]:
    """Return which completion is withdrawn, and why if that was said."""
    return Ref.read(view["private_metadata"]), _text(view["state"]["values"], BECAUSE)


# ---- verifying -------------------------------------------------------------------------------------------------------


def check_form(record: RecordLine) -> Block:
    """Show one completion to whoever verifies it, with the note of its certificate."""
    shown: list[Block] = [blocks.section(completion_in_words(record))]
    if record.certificate:
        shown += [blocks.context("They wrote about the certificate:"), *blocks.said(record.certificate)]
    shown += [
        blocks.section("Your name and the date stand beside it. It counts from the day they finished."),
        blocks.actions(blocks.button("Not right", ids.Action.RETURN_TRAINING, str(record.ref))),
    ]
    return blocks.form(ids.Form.VERIFY_TRAINING, "Verify", shown, submit="Verify", close="Later", about=str(record.ref))


def check_many_form(records: Sequence[RecordLine]) -> Block:
    """Show everything that waits for one person; tick what is right, open what is not clear."""
    shown: list[Block] = [blocks.section("Tick what you know to be right. Your name and the date stand beside each.")]
    for start in range(0, len(records), GROUP):
        group = [_check_option(record) for record in records[start : start + GROUP]]
        label = "More" if start else "Waiting for you"
        shown.append(blocks.question(f"{CHECKED}_{start}", label, blocks.checkboxes(CHECKED, group), optional=True))
    menu = blocks.select(
        ids.Action.CHECK_TRAINING, [_check_option(record) for record in records], placeholder="Open one"
    )
    shown += [blocks.context("To read a certificate note, or send one back with a reason:"), blocks.actions(menu)]
    return blocks.form(ids.Form.VERIFY_TRAININGS, "Verify training", shown, submit="Verify", close="Later")


def nothing_to_check_form() -> Block:
    """Say that nothing waits any more."""
    return blocks.form(
        ids.Form.TRAINING, "Verify training", [blocks.section("Thank you. Nothing more waits for you to verify.")]
    )


def _check_option(record: RecordLine) -> Block:
    facts = (words.day(record.done_on), length(record.minutes), MODES.get(record.mode, "").lower())
    return blocks.option(f"{record.person_name}: {record.title}", str(record.ref), ", ".join(filter(None, facts)))


def read_check(action: dict[str, Any]) -> Ref:
    """Read which completion a button or menu names."""
    return Ref.read((action.get("selected_option") or action)["value"])


def read_check_form(view: dict[str, Any]) -> tuple[Ref, ...]:
    """Return what was ticked, or the one completion that was open. Raises NothingChosen."""
    if view["private_metadata"]:
        return (Ref.read(view["private_metadata"]),)
    answers = view["state"]["values"].items()
    ticked = (field[CHECKED]["selected_options"] for name, field in answers if name.startswith(CHECKED))
    refs = tuple(Ref.read(option["value"]) for options in ticked for option in options)
    if not refs:
        raise NothingChosen().under(f"{CHECKED}_0")
    return refs


def return_form(ref: Ref) -> Block:
    """Send a completion back with a reason."""
    reason = blocks.text_input(BECAUSE, multiline=True)
    question = blocks.question(
        BECAUSE, "What is not right?", reason, hint="They read this. Say what would put it right."
    )
    return blocks.form(
        ids.Form.RETURN_TRAINING, "Not right", [question], submit="Send back", close="Cancel", about=str(ref)
    )


def read_return_form(view: dict[str, Any]) -> tuple[Ref, str]:
    """Return which completion goes back, and why. Raises Missing."""
    because = _text(view["state"]["values"], BECAUSE)
    if not because:
        raise Missing().under(BECAUSE)
    return Ref.read(view["private_metadata"]), because


def _text(values: dict[str, Any], field: str) -> str:
    return (values[field][field]["value"] or "").strip()


def _chosen(values: dict[str, Any], field: str) -> str:
    option = values[field][field]["selected_option"]
    return str(option["value"]) if option else ""
