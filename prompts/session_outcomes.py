"""The forms of what became of a session: held or not, and why; and what comes after."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from bot.errors import Missing
from bot.rules.sessions import Cause, Choice, ListedSession, Outcome
from bot.rules.working_days import local_date
from bot.values import Block, Ref, Who
from prompts import blocks, ids, words
from prompts.sessions_forms import CHOICE, NOTHING_TYPED, Asked, choice_question, chosen, schedule_form
from prompts.supervision import CAUSES, session_line, session_ref, step_buttons

HELD_ON, MINUTES, CAUSE = "held_on", "minutes", "cause"
LENGTHS = (10, 15, 20, 30, 45, 60, 75, 90, 120, 150, 180)


@dataclass(frozen=True)
class HeldAnswers:
    """When a meeting was held and for how many minutes; of a meeting that was planned, or of a kind chosen."""

    choice_key: str
    about: str
    held_on: date
    minutes: int

    @property
    def ref(self) -> Ref:
        """The session that was planned."""
        return Ref.read(self.about)


def held_form(line: ListedSession, today: date) -> Block:
    """Ask on which day it was held and for how long, both already filled in: one more press is enough."""
    ended_at = line.at + timedelta(minutes=line.minutes) if line.at else None  # a night's meeting ends the next day
    on = min(local_date(ended_at, line.zone), today) if ended_at else today
    return blocks.form(
        ids.Form.HELD,
        "Held",
        [
            blocks.section(session_line(line, today)),
            *_held_questions(on, line.minutes),
            blocks.actions(blocks.button("It was not held", ids.Action.NOT_HELD, session_ref(line))),
        ],
        submit="Held",
        close="Cancel",
        about=session_ref(line),
    )


def log_form(choices: Sequence[Choice], me: Who, *, today: date) -> Block:
    """Ask for a meeting that was not planned: which, when, how long, all filled in for a quick word today."""
    ordered = sorted(choices, key=lambda choice: not choice.after_the_event)
    return blocks.form(
        ids.Form.LOG_SESSION,
        "Log a meeting",
        [choice_question(ordered, me), *_held_questions(today, ordered[0].minutes)],
        submit="Log it",
        close="Cancel",
    )


def read_held_form(view: dict[str, Any]) -> HeldAnswers:
    """Return when it was held and for how long. Raises Missing."""
    values = view["state"]["values"]
    on = values[HELD_ON][HELD_ON]["selected_date"]
    if not on:
        raise Missing().under(HELD_ON)
    return HeldAnswers(
        chosen(values, CHOICE),
        view["private_metadata"],
        date.fromisoformat(on),
        int(chosen(values, MINUTES)),
    )


def not_held_form(line: ListedSession, now: datetime, today: date) -> Block:
    """Ask why, from a short list; nobody has to explain."""
    is_over = line.at is not None and line.at <= now
    causes = blocks.radio(CAUSE, [blocks.option(text, cause) for cause, text in CAUSES.items()])
    return blocks.form(
        ids.Form.NOT_HELD,
        "Not held" if is_over else "Cancel it",
        [
            blocks.section(session_line(line, today)),
            blocks.question(CAUSE, "What was the reason?", causes, hint="Only counted, to see what gets in the way."),
        ],
        submit="Next" if is_over else "Cancel the meeting",
        close="Back",
        about=session_ref(line),
    )


def read_not_held_form(view: dict[str, Any]) -> tuple[Ref, Cause]:
    """Return which meeting was not held, and why. Raises Missing."""
    cause = chosen(view["state"]["values"], CAUSE)
    if not cause:
        raise Missing().under(CAUSE)
    return Ref.read(view["private_metadata"]), Cause(cause)


def _held_questions(on: date, minutes: int) -> list[Block]:
    lengths = sorted({*LENGTHS, minutes})
    options = [blocks.option(f"{n} minutes", str(n)) for n in lengths]
    return [
        blocks.question(HELD_ON, "Day", blocks.date_picker(HELD_ON, on)),
        blocks.question(MINUTES, "How long?", blocks.select(MINUTES, options, initial=str(minutes))),
    ]


# ---- what comes after ------------------------------------------------------------------------------------------------


def held_result_form(outcome: Outcome, today: date) -> Block:
    """Thank, say by when the record is to be shared, and lead straight to writing it."""
    line = outcome.line
    shown = [blocks.section(f"Thank you. {session_line(line, today)}")]
    if outcome.short_of:
        shown.append(
            blocks.section(f"That was shorter than the {outcome.short_of} minutes agreed. It counts all the same.")
        )
    if line.steps:
        shown.append(step_buttons(line))
    return blocks.form(ids.Form.SESSIONS, "Held", shown)


def not_held_result_form(outcome: Outcome, choices: Sequence[Choice], me: Who, today: date) -> Block:
    """Say that it is noted and ask at once for another day, where the pair may still meet."""
    line = outcome.line
    if not choices or outcome.rearrange_by is None:
        return blocks.form(ids.Form.SESSIONS, "Noted", [blocks.section(session_line(line, today))])
    by = words.near_day(outcome.rearrange_by, today)
    note = f"That is noted. Please choose another day, by {by} if you can."
    asked = Asked(instead_of=line.id)
    return schedule_form(choices, me, asked=asked, typed=NOTHING_TYPED, today=today, note=note)
