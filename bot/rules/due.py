"""What is owed: one due rule and what has happened so far become due items. Pure: the same facts, the same items.

`owed` returns open, done and excused items alike, so that the caller can put the rows of a rule right whatever happened
to them: a happening that is withdrawn opens its item again, and an open row that is no longer returned is cancelled.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from bot.rules.cadence import next_after
from bot.rules.due_facts import Due, DueRule, Facts, Happening, Rung, applies
from bot.rules.due_rules import TRAINING_STEPS, due_rules
from bot.rules.occasions import occasions, settings
from bot.rules.when import Duration, LadderStep, Once

__all__ = [
    "TRAINING_STEPS", "Due", "DueRule", "Facts", "Happening", "Rung", "Why", "applies", "due_rules", "ladder_days",
    "owed", "why",
]  # fmt: skip

TELLINGS = 8  # a repeating nudge keeps its own pace so often, then goes monthly (delivery.md, "How much")
MONTHLY_TELLINGS = 24


@dataclass(frozen=True)
class Why:
    """The answer to "Why did I get this?": the rule in words, where it comes from, the next three dates."""

    says: str
    source: tuple[str, ...]
    next_three: tuple[date, ...]


def owed(rule: DueRule, facts: Facts, *, until: date, closed: frozenset[date]) -> tuple[Due, ...]:
    """Return what a rule makes due: everything up to `until` and the next after it; open, done or excused.

    A rule that lives in a relationship is worked out for each one, from the happenings of that one only. `closed` holds
    the bank holidays and closures of the team; only working days heed it. An invitation (`rule.invites`) returns the
    latest one and the next: it is asked once, and row states other than done are the caller's to keep.
    """
    found = (due for setting in settings(rule, facts) for due in occasions(setting, until, closed))
    return tuple(sorted(found, key=_in_order))


def ladder_days(steps: tuple[LadderStep, ...], due_on: date, closed: frozenset[date]) -> tuple[Rung, ...]:
    """Return the days on which a ladder tells somebody, earliest first.

    A repeating step is told eight times at its own pace, then monthly for two years.
    """
    rungs = (Rung(day, step.roles, step.repeats) for step in steps for day in _tellings(step, due_on, closed))
    return tuple(sorted(rungs, key=lambda rung: (rung.on, rung.repeats, rung.roles)))


def why(rule: DueRule, due: Due, *, stretch: float = 1.0) -> Why:
    """Say why a thing is due; the dates suppose that each time it is done on its day."""
    dates = [due.due_on]
    while len(dates) < 3 and (day := _following(rule, dates[-1], due.anchor_on or due.due_on, stretch)):
        dates.append(day)
    return Why(rule.says, rule.source, tuple(dates))


def _in_order(due: Due) -> tuple[date, date, str, str, str]:
    return due.due_on, due.done_on or date.max, due.relationship, due.subject, due.period


def _tellings(step: LadderStep, due_on: date, closed: frozenset[date]) -> Iterator[date]:
    if not step.repeats:
        yield step.offset.after(due_on, closed)
        return
    for n in range(1, TELLINGS + 1):
        yield step.offset.times(n).after(due_on, closed)
    last = step.offset.times(TELLINGS).after(due_on, closed)
    for n in range(1, MONTHLY_TELLINGS + 1):
        yield Duration(n, "months").after(last)


def _following(rule: DueRule, day: date, anchor: date, stretch: float) -> date | None:
    if isinstance(rule.when, Once):
        return rule.when.offset.after(day) if rule.renews else None
    days = (next_after(rhythm, day, anchor, stretch=stretch) for rhythm in (rule.when, *rule.stricter))
    return min((found for found in days if found), default=None)
