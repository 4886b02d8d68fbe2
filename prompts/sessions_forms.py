"""The forms of sessions: with whom, which and when; held or not, and why; and what comes after."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from bot.errors import Missing
from bot.rules.sessions import Choice, Clash, InTheWay, ListedSession
from bot.rules.typed_dates import DateDoubt, TypedDate
from bot.values import Block, Ref, Who
from prompts import blocks, ids, words
from prompts.supervision import session_line, session_ref, when_of

WITH, CHOICE, LED_BY, WHICH, ON, AT = "with_id", "choice", "led_by_id", "which_day", "planned_on", "planned_at"
NOTHING_TYPED = TypedDate(None, None)
_HELD = "held"


@dataclass(frozen=True)
class Asked:
    """What a form is about, carried from page to page; ids only."""

    only: str = ""  # the key of the one choice offered
    instead_of: UUID | None = None  # the session that was not held
    moves: str = ""  # the Ref of the session being moved, as it was seen
    warned: str = ""  # the time that the person was warned about already

    def __str__(self) -> str:
        return json.dumps({name: str(value) for name, value in vars(self).items() if value})

    @classmethod
    def read(cls, written: str) -> "Asked":
        """Read one back."""
        found = json.loads(written or "{}")
        return cls(
            only=found.get("only", ""),
            instead_of=UUID(found["instead_of"]) if "instead_of" in found else None,
            moves=found.get("moves", ""),
            warned=found.get("warned", ""),
        )


@dataclass(frozen=True)
class PlanAnswers:
    """A time chosen for a meeting: `wall` is the asker's own wall-clock time."""

    asked: Asked
    choice_key: str
    led_by_id: UUID | None
    wall: datetime

    @property
    def ref(self) -> Ref:
        """The session being moved."""
        return Ref.read(self.asked.moves)

    @property
    def is_warned(self) -> bool:
        """Whether the person has read what stands in the way of this very time."""
        return self.asked.warned == self.wall.isoformat()


# ---- with whom -------------------------------------------------------------------------------------------------------


def with_form(*, is_held: bool) -> Block:
    """Ask with whom, for a meeting to plan or one that was held; the menu offers only those one may meet."""
    return blocks.form(
        ids.Form.SESSION_WITH,
        "Log a meeting" if is_held else "Schedule a session",
        [blocks.question(WITH, "With whom?", blocks.people_select(ids.Action.SESSION_PARTNER))],
        submit="Next",
        close="Cancel",
        about=_HELD if is_held else "",
    )


def read_with_form(view: dict[str, Any]) -> tuple[UUID, bool]:
    """Return whom the meeting is with, and whether it was held already. Raises Missing."""
    chosen = view["state"]["values"][WITH][ids.Action.SESSION_PARTNER]["selected_option"]
    if not chosen:
        raise Missing().under(WITH)
    return UUID(chosen["value"]), view["private_metadata"] == _HELD


# ---- which and when --------------------------------------------------------------------------------------------------


def schedule_form(
    choices: Sequence[Choice], me: Who, *, asked: Asked, typed: TypedDate, today: date, note: str = ""
) -> Block:
    """Ask which meeting, on which day and at what time. A day that could be two is asked about, never guessed."""
    shown: list[Block] = [blocks.section(blocks.escape(note))] if note else []
    if len(choices) == 1:
        shown.append(blocks.section(f"*{blocks.escape(choices[0].title)}* with {blocks.escape(_with(choices[0], me))}"))
        asked = Asked(**(vars(asked) | {"only": choices[0].key}))
    else:
        shown.append(choice_question(choices, me))
    leaders = _leaders(choices)
    if len(leaders) > 1:
        shown.append(_leader_question(leaders, me))
    shown += [*_day_questions(typed, today), _time_question(typed.at)]
    return blocks.form(
        ids.Form.SCHEDULE,
        "Schedule a session",
        shown,
        submit="Plan it",
        close="Later" if asked.instead_of else "Cancel",
        about=str(asked),
    )


def move_form(line: ListedSession, *, today: date) -> Block:
    """Ask for another time for a planned meeting; the one it has is filled in, by the asker's clock."""
    assert line.at
    wall = line.at.astimezone(ZoneInfo(line.zone))
    return blocks.form(
        ids.Form.MOVE_SESSION,
        "Change the time",
        [
            blocks.section(session_line(line, today)),
            blocks.question(ON, "Day", blocks.date_picker(ON, wall.date())),
            _time_question(wall.time()),
        ],
        submit="Change it",
        close="Keep it",
        about=str(Asked(moves=session_ref(line))),
    )


def read_schedule_form(view: dict[str, Any]) -> PlanAnswers:
    """Return which meeting and when. Raises Missing."""
    asked, values = Asked.read(view["private_metadata"]), view["state"]["values"]
    led_by = chosen(values, LED_BY)
    return PlanAnswers(
        asked,
        asked.only or chosen(values, CHOICE),
        UUID(led_by) if led_by else None,
        datetime.combine(_day(values), _time(values)),
    )


def read_move_form(view: dict[str, Any]) -> PlanAnswers:
    """Return which planned meeting moves, and to when. Raises Missing."""
    return read_schedule_form(view)


def warned_form(view: dict[str, Any], answers: PlanAnswers, clashes: Sequence[tuple[Clash, str]], me: Who) -> Block:
    """Show the same form again with what stands in the way above it; sent again unchanged, it goes ahead."""
    asked = Asked(**(vars(answers.asked) | {"warned": answers.wall.isoformat()}))
    lines = "\n".join(f"• {clash_words(clash, name, me)}" for clash, name in clashes)
    time_chosen = f"*{words.day(answers.wall.date())} at {answers.wall:%H:%M}*"
    warning = blocks.section(
        f"{time_chosen}\n{lines}\nYou can go on anyway, or choose another time.", block_id="warning"
    )
    kept = [block for block in view["blocks"] if block.get("block_id") != "warning"]
    again = {key: view[key] for key in ("type", "callback_id", "title", "close")}
    return again | {
        "blocks": [warning, *kept],
        "submit": blocks.plain("Go on anyway", 24),
        "private_metadata": str(asked),
    }


def clash_words(clash: Clash, name: str, me: Who) -> str:
    """Say one thing that stands in the way, in mrkdwn; of another's meeting only that there is one."""
    is_me, first = clash.person_id == me.id, blocks.escape(words.first_name(name))
    if clash.what is InTheWay.MEETING and clash.meeting:
        hours = " to ".join(words.clock_time(at, me.zone) for at in (clash.meeting.starts_at, clash.meeting.ends_at))
        return f"{'You have' if is_me else f'{first} has'} another meeting then, {hours}."
    mine, theirs = _IN_THE_WAY[clash.what]
    return mine if is_me else theirs.format(first)


_IN_THE_WAY: Mapping[InTheWay, tuple[str, str]] = {
    InTheWay.AWAY: ("You are away that day.", "{} is away that day."),
    InTheWay.BANK_HOLIDAY: ("It is a bank holiday where you are.", "It is a bank holiday where {} is."),
    InTheWay.CLOSED: ("Your service is closed that day.", "{}’s service is closed that day."),
    InTheWay.DAY_OFF: ("You do not work that day.", "{} does not work that day."),
    InTheWay.OUTSIDE_HOURS: ("It is outside your working hours.", "It is outside {}’s working hours."),
}


def choice_question(choices: Sequence[Choice], me: Who) -> Block:
    """Ask which meeting, each with whom; the first is chosen already."""
    options = [blocks.option(f"{choice.title} with {_with(choice, me)}", choice.key) for choice in choices]
    return blocks.question(CHOICE, "Which meeting?", blocks.select(CHOICE, options, initial=choices[0].key))


def _with(choice: Choice, me: Who) -> str:
    return words.listed(choice.with_names(me.id))


def _leaders(choices: Sequence[Choice]) -> dict[UUID, str]:
    """Return who may lead, where that is a question: more than one may lead the same meeting."""
    shared = (choice for choice in choices if len(choice.leaders) > 1)
    return {person_id: name for choice in shared for person_id, name in choice.leaders}


def _leader_question(leaders: Mapping[UUID, str], me: Who) -> Block:
    options = [blocks.option(name, str(person_id)) for person_id, name in leaders.items()]
    initial = str(me.id if me.id in leaders else next(iter(leaders)))
    return blocks.question(LED_BY, "Who leads it?", blocks.select(LED_BY, options, initial=initial))


def _day_questions(typed: TypedDate, today: date) -> list[Block]:
    candidates = [day for day in typed.candidates if day >= today]
    if typed.ask is None or not candidates:
        doubt = [blocks.section(_doubt(typed, today))] if typed.ask else []
        return [*doubt, blocks.question(ON, "Day", blocks.date_picker(ON, typed.on))]
    options = [blocks.option(words.day(day), day.isoformat()) for day in candidates]
    return [
        blocks.question(WHICH, "Which day do you mean?", blocks.radio(WHICH, options), optional=True),
        blocks.question(ON, "Or another day", blocks.date_picker(ON), optional=True),
    ]


def _doubt(typed: TypedDate, today: date) -> str:
    if typed.candidates:
        return f"{words.day(typed.candidates[0], today=today)} has passed already. Please choose a day to come."
    if typed.ask is DateDoubt.NOT_READ:
        return "I could not read that day. Please choose it here."
    return "Please choose the day."


def _time_question(at: time | None) -> Block:
    return blocks.question(AT, "Time", blocks.time_picker(AT, at), hint="By your own clock.")


def _day(values: dict[str, Any]) -> date:
    picked = values[ON][ON]["selected_date"] or chosen(values, WHICH)
    if not picked:
        raise Missing().under(WHICH if WHICH in values else ON)
    return date.fromisoformat(picked)


def _time(values: dict[str, Any]) -> time:
    picked = values[AT][AT]["selected_time"]
    if not picked:
        raise Missing().under(AT)
    return time.fromisoformat(picked)


def chosen(values: dict[str, Any], field: str) -> str:
    """Return what was chosen in a menu, or nothing."""
    option = values.get(field, {}).get(field, {}).get("selected_option")
    return str(option["value"]) if option else ""


# ---- what comes after ------------------------------------------------------------------------------------------------


def planned_form(line: ListedSession, today: date) -> Block:
    """Say that it is planned, and who hears of it when."""
    return blocks.form(
        ids.Form.SESSIONS,
        "Planned",
        [
            blocks.section(session_line(line, today)),
            blocks.section("You both hear of it on your working day before, and two hours before if you are at work."),
            blocks.actions(blocks.button("Add to my calendar", ids.Action.ADD_TO_CALENDAR, session_ref(line))),
        ],
    )


def calendar_form(line: ListedSession, today: date, *, is_sent: bool) -> Block:
    """Say that the calendar file is on its way, or that files cannot be sent here; show what to copy either way."""
    said = (
        "The calendar file is on its way to your messages with me. You can also copy this:"
        if is_sent
        else "This workspace does not let me send files. Copy this into your calendar:"
    )
    return blocks.form(
        ids.Form.SESSIONS,
        "My calendar",
        [
            blocks.section(said),
            *blocks.said(f"{line.title} with {words.listed(line.names)}\n{when_of(line, today)}"),
        ],
    )
