"""Holding what was typed against what its part asks for."""

from datetime import date
from uuid import UUID

from bot.access import Opened
from bot.errors import AnswerNotRead, LooserThanProgramme, TooLong
from bot.programmes.cards import Part
from bot.rules import forms
from bot.rules.cadence import is_looser
from bot.rules.when import Duration, duration, say, when


def check_answer(opened: Opened, part: Part, name: str, typed: str) -> str:
    """Return an answer ready to be stored. Raises AnswerNotRead, LooserThanProgramme or TooLong, under its question."""
    text = typed.strip() if part.type not in forms.LONG else typed.rstrip()
    if not text:
        return ""
    if len(text) > forms.ANSWER_MOST:
        raise TooLong(forms.ANSWER_MOST).under(name)
    try:
        _READERS.get(part.type, str)(text)
    except ValueError:
        raise AnswerNotRead(part.type).under(name) from None
    if part.sets:
        _refuse_looser(opened, part, name, text)
    return text


def _refuse_looser(opened: Opened, part: Part, name: str, text: str) -> None:
    """An agreement may ask for more than the programme, never for less (model.md, Code or data)."""
    kind, card_name, line = part.sets.split(".")
    card = opened.known.programme.cards(kind)[card_name]
    rule = getattr(card, line)
    if line == "when" and rule is not None and is_looser(when(text), rule):
        raise LooserThanProgramme(say(rule)).under(name)
    if isinstance(rule, Duration) and duration(text).in_days < rule.in_days:
        raise LooserThanProgramme(f"at least {rule}").under(name)


def _read_number(text: str) -> float:
    return float(text.replace(",", ""))


def _read_link(text: str) -> str:
    if not text.startswith(("https://", "http://")) or any(c.isspace() for c in text):
        raise ValueError("not a link")
    return text


def _read_people(text: str) -> list[UUID]:
    return [UUID(line) for line in forms.lines_of(text)]


_READERS = {
    "number": _read_number,
    "link": _read_link,
    "date": date.fromisoformat,
    "duration": duration,
    "frequency": when,
    "people": _read_people,
}
