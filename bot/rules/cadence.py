"""How often: the next dates of a rhythm, which of two is stricter, and what is different for one person.

Variations of the file come first, then what an agreement fills in, which may be stricter than the file, never looser.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import count
from typing import TYPE_CHECKING, Any

from bot.rules.calendar_words import next_calendar_date
from bot.rules.due_facts import Facts, applies
from bot.rules.when import (
    MONTHS_IN,
    Calendar,
    Duration,
    Grid,
    Once,
    OnDemand,
    Points,
    Rolling,
    Step,
    When,
    Window,
    duration,
    when,
)

if TYPE_CHECKING:
    from bot.programmes.programme import Programme

DAYS_IN_WINDOW = {"month": 31, "quarter": 92, "year": 366}
ALIKE = 1.03  # months and years differ by so much in length
KINDS_OF_CARD = ("session", "form", "checklist", "criterion", "course", "portfolio")


@dataclass(frozen=True)
class Refused:
    """A fill-in that is not taken, because it is looser than the rule of the programme or cannot be read."""

    path: str
    words: str
    rule: When | Duration | None


@dataclass(frozen=True)
class Adjusted:
    """The cards as they stand for one person; the other rhythms that bind a card; the fill-ins refused."""

    cards: Mapping[str, Mapping[str, Any]]
    stricter: Mapping[str, tuple[When, ...]]
    refused: tuple[Refused, ...]


def most_days(rule: When | None) -> float:
    """Return about the longest gap a recurring rule allows, in days, to compare strictness; no rhythm is infinite."""
    match rule:
        case Rolling(steps):
            return max(step.most.in_days for step in steps)
        case Grid(every, _):
            return every.in_days
        case Window(unit):
            return DAYS_IN_WINDOW[unit]
        case OnDemand(ask_after) if ask_after:
            return ask_after.in_days
    return float("inf")


def is_looser(rule: When, than: When | None) -> bool:
    """Say whether a rhythm allows longer gaps than another; a calendar month and a rolling month are alike."""
    return most_days(rule) > most_days(than) * ALIKE


def step_at(rule: Rolling, anchor: date, last: date) -> Step:
    """Return the step that holds after `last`, by how long ago the anchor was."""
    return next((s for s in rule.steps if s.until is None or last < s.until.after(anchor)), rule.steps[-1])


def window_of(unit: str, day: date) -> tuple[date, date]:
    """Return the first day of the calendar month, quarter or year that holds `day`, and of the next one."""
    months = MONTHS_IN[unit]
    first = date(day.year, (day.month - 1) // months * months + 1, 1)
    return first, Duration(months, "months").after(first)


def next_after(
    rule: When, last: date, anchor: date, closed: frozenset[date] = frozenset(), stretch: float = 1.0
) -> date | None:
    """Return the first due day after `last`, the day of the last one done; None when there is no other."""
    match rule:
        case Once(offset, _):
            return _first_after(last, offset.after(anchor, closed))
        case Points(offsets, _):
            return _first_after(last, *(offset.times(stretch).after(anchor) for offset in offsets))
        case Rolling():
            return step_at(rule, anchor, last).most.after(last, closed)
        case Grid(every, _):
            return next(day for n in count(1) if (day := every.times(n).after(anchor)) > last)
        case Window(unit):
            end = window_of(unit, last)[1] - timedelta(days=1)
            return end if end > last else window_of(unit, last + timedelta(days=1))[1] - timedelta(days=1)
        case Calendar(words):
            return next_calendar_date(words, anchor, last)
        case OnDemand(ask_after):
            return ask_after.after(last) if ask_after else None


def next_three(
    rule: When,
    anchor: date,
    *,
    after: date | None = None,
    closed: frozenset[date] = frozenset(),
    stretch: float = 1.0,
) -> tuple[date, ...]:
    """Return the next dates of a rule, at most three, supposing that each is done on its day.

    `anchor` is the day it counts from; only dates later than `after` are told (by default, later than the anchor, save
    that a date set before it, like "30 days before end", is told too).
    """
    found: list[date] = []
    day: date | None = after or (date.min if isinstance(rule, Once | Points) else anchor)
    while len(found) < 3 and day and (day := next_after(rule, day, anchor, closed, stretch)):
        found.append(day)
    return tuple(found)


def adjusted(programme: "Programme", facts: Facts, filled_in: Mapping[str, str]) -> Adjusted:
    """Lay variations, then what an agreement fills in ("session.supervision.when" → words), over the cards."""
    cards: dict[str, dict[str, Any]] = {kind: dict(programme.cards(kind)) for kind in KINDS_OF_CARD}
    rhythms = _vary(programme, facts, cards)
    refused = [fault for path, words in filled_in.items() if (fault := _fill_in(cards, path, words))]
    return Adjusted(cards, {path: times[:-1] for path, times in rhythms.items()}, tuple(refused))


def _vary(programme: "Programme", facts: Facts, cards: dict[str, dict[str, Any]]) -> dict[str, tuple[When, ...]]:
    """Change the cards that vary for this person; return every rhythm that now binds each, the last one on the card."""
    rhythms: dict[str, tuple[When, ...]] = {}
    for variation in programme.variation.values():
        kind, _, of = variation.of.partition(".")
        extra = variation.model_extra or {}
        if not applies(variation, facts) or kind not in cards:
            continue
        card = cards[kind][of]
        if "when" in extra:
            rhythms[variation.of] = (*rhythms.get(variation.of, ()), when(extra["when"]))
        fresh = type(card).model_validate({"title": card.title, **_required(card), **extra})
        cards[kind][of] = card.model_copy(update={line: getattr(fresh, line) for line in extra})
    return rhythms


def _required(card: Any) -> dict[str, Any]:
    return {name: getattr(card, name) for name, line in type(card).model_fields.items() if line.is_required()}


def _fill_in(cards: dict[str, dict[str, Any]], path: str, words: str) -> Refused | None:
    kind, of, line = path.split(".")
    card = cards[kind][of]
    old = getattr(card, line)
    try:
        new = when(words) if line == "when" else duration(words)
    except ValueError:
        return Refused(path, words, old)
    if not isinstance(new, Duration):
        looser = is_looser(new, old)
    else:
        looser = isinstance(old, Duration) and new.in_days < old.in_days
    if looser:
        return Refused(path, words, old)
    cards[kind][of] = card.model_copy(update={line: new})
    return None


def _first_after(last: date, *days: date) -> date | None:
    return min((day for day in days if day > last), default=None)
