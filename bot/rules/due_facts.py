"""What the due rules work with: what has happened to one person, what a rule says, what it makes due.

Events are named as in the programme file, always "CARD VERB", and each may be about a subject ("session:…",
"course:fire", "document:…") and inside a relationship:

    start · end                                        the enrolment; an extension adds an end
    KIND matched · KIND ended                          a relationship of that kind; ended stops what it owes
    SESSION planned · SESSION held · SESSION not held  subject: the session; held also under its counts_as word
    SESSION prepared by ROLE · SESSION/FORM shared     subject: the session
    FORM signed by ROLE · FORM acknowledged by ROLE    everybody in that role has; subject: session or document
    FORM in force · FORM written by ROLE · FORM written · FORM reviewed
    CHECKLIST complete · CRITERION signed off · COURSE done · PORTFOLIO submitted
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property

from bot.rules.absences import Absence, long_absences
from bot.rules.when import WORKING_DAYS, Duration, LadderStep, Once, Rolling, When
from bot.rules.working_days import is_working_day

FORTNIGHT = Duration(14, "days")


def is_weekday(day: date) -> bool:
    """Say whether a date is Monday to Friday: the working days of somebody whose pattern is not known."""
    return is_working_day(day, frozenset())


@dataclass(frozen=True, order=True)
class Happening:
    """Something that happened on a calendar date, perhaps about a subject and inside a relationship."""

    on: date
    subject: str = ""
    relationship: str = ""


@dataclass(frozen=True)
class Facts:
    """What is known about one enrolled person (or, for rules of the programme or a team, about that).

    `roles` are those that somebody fills; `stretch` lengthens milestones where the length is pro rata; `excused` are
    the person's absences; `works` says whether a date is one of their working days; nothing falls due before
    `go_live_on`.
    """

    start: date
    end: date | None = None
    level: str = ""
    true: frozenset[str] = frozenset()
    roles: frozenset[str] = frozenset()
    happenings: Mapping[str, tuple[Happening, ...]] = field(default_factory=dict)
    stretch: float = 1.0
    excused: tuple[Absence, ...] = ()
    go_live_on: date | None = None
    works: Callable[[date], bool] = is_weekday

    def of(self, event: str) -> tuple[Happening, ...]:
        """Return the happenings of an event, earliest first."""
        return self._in_order.get(event, ())

    @cached_property
    def _in_order(self) -> Mapping[str, tuple[Happening, ...]]:
        """Every event's happenings, put in order once, for each rule asks for several."""
        found = {event: set(happenings) for event, happenings in self.happenings.items()}
        found.setdefault("start", set()).add(Happening(self.start))
        if self.end:
            found.setdefault("end", set()).add(Happening(self.end))
        return {event: tuple(sorted(happenings)) for event, happenings in found.items()}

    def within(self, relationship: str) -> "Facts":
        """Return these facts with the happenings of no other relationship than this one."""
        if relationship not in self._within:
            kept = {
                event: tuple(h for h in found if h.relationship in {"", relationship})
                for event, found in self.happenings.items()
            }
            self._within[relationship] = replace(self, happenings=kept)
        return self._within[relationship]

    @cached_property
    def _within(self) -> dict[str, "Facts"]:
        """These facts by relationship, each put together once: all rules of a relationship ask for the same."""
        return {}

    @cached_property
    def long_absences(self) -> tuple[Absence, ...]:
        """The absences that put a rhythm off."""
        return long_absences(self.excused, self.works)

    @property
    def begins_on(self) -> date:
        """The first day on which anything can be owed."""
        return max(self.start, self.go_live_on or self.start)


@dataclass(frozen=True)
class DueRule:
    """One duty, compiled from a card of the programme file."""

    key: str  # "session.mentoring/form.mentoring-note#share": with scope, subject and period it names a row
    title: str
    when: When
    owners: tuple[str, ...]  # roles; the first one that the person's relationships can fill is asked
    closes: tuple[str, ...] = ()  # events that count as done
    makes: tuple[str, ...] = ()  # events that its being done brings about
    subject: str = ""  # "course:fire"; a session's steps take theirs from the session
    scope: str = "enrolment"  # what the row hangs on: enrolment, relationship, session, team, cohort or programme
    needs: str = ""  # the kind of relationship it lives in
    anchor: str = "start"  # where a rolling rule counts from before the first one
    each: bool = False  # one item for each subject of the event it counts from: each session, each document
    stricter: tuple[When, ...] = ()  # other rules for the same thing: the earliest due day wins
    least: Duration | None = None  # welcome from here: amber, not late
    lead: Duration = FORTNIGHT  # how long before the due day it opens
    follows: bool = False  # the first one is asked for by another rule ("first conversation")
    lasting: bool = False  # once done it stays done: a course taken before the start counts
    lives_on: bool = False  # goes on after the enrolment ends (line management does)
    invites: bool = False  # an invitation: asked once, never late, no status
    ladder: str = ""
    steps: tuple[LadderStep, ...] = ()  # of the ladder
    fixed: bool = False  # never snoozed past the day
    late: str = "send latest once"
    says: str = ""  # the rule in words
    source: tuple[str, ...] = ()

    @property
    def renews(self) -> bool:
        """Whether its being done starts it again: a training that lapses."""
        return isinstance(self.when, Once) and self.when.event in self.closes

    @property
    def in_working_days(self) -> bool:
        """Whether its day is counted in working days, so that bank holidays and closures put it off."""
        match self.when:
            case Once(offset, _):
                return offset.unit == WORKING_DAYS
            case Rolling(steps):
                return any(step.most.unit == WORKING_DAYS for step in steps)
        return False


@dataclass(frozen=True)
class Due:
    """One thing owed. Its row is (rule.key, what `scope` hangs on, subject, period); done, excused or else open."""

    rule: DueRule
    scope: str
    subject: str
    period: str
    opens_on: date
    due_on: date
    done_on: date | None = None
    excused: bool = False
    relationship: str = ""  # the relationship it lives in, when the rule needs one
    anchor_on: date | None = None  # the day it was counted from


@dataclass(frozen=True)
class Rung:
    """One telling of a ladder: the day, the roles told, whether it is one of a repeating step."""

    on: date
    roles: tuple[str, ...]
    repeats: bool


def applies(card: object, facts: Facts) -> bool:
    """Decide whether a card binds this person: their level, and the facts it depends on ("not x" allowed)."""
    levels: tuple[str, ...] = getattr(card, "applies_to", ())
    only_if: tuple[str, ...] = getattr(card, "only_if", ())
    return (not levels or facts.level in levels) and all(
        (fact.removeprefix("not ") in facts.true) != fact.startswith("not ") for fact in only_if
    )
