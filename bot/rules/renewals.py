"""Where a course stands with one person, and when it is to be taken again. Pure.

What nothing is known of is not known yet, never overdue before its day (delivery.md, Go-live); "12 to 24 months" is
welcome from the first and overdue after the second (seed-systems 000-47, 000-59).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from uuid import UUID

from bot.rules.typed_dates import TypedDate
from bot.rules.when import Duration, Step
from bot.values import PersonLine, Ref, Seat

SOON = Duration(60, "days")  # the first step of the training ladder (seed-systems, training catalogue)


class CourseState(StrEnum):
    """Where one course stands."""

    NOT_KNOWN = "not known yet"
    DUE_SOON = "due soon"
    OVERDUE = "overdue"
    MAY_RENEW = "may be renewed"
    CURRENT = "current"
    NOT_APPLICABLE = "not applicable"


@dataclass(frozen=True)
class Next:
    """When a course is to be taken next: from when it is soon, from when welcome, by when at the latest."""

    due_on: date
    soon_from: date
    welcome_from: date | None = None


@dataclass(frozen=True)
class CourseRef:
    """What a course's button names: whose and which; written `UUID/fire`."""

    person_id: UUID
    course: str

    def __str__(self) -> str:
        return f"{self.person_id}/{self.course}"

    @classmethod
    def read(cls, written: str) -> "CourseRef":
        """Read one back. Raises ValueError on anything else."""
        person_id, course = written.split("/")
        return cls(UUID(person_id), course)


@dataclass(frozen=True)
class CourseLine:
    """One course of somebody's plan, as a list shows it."""

    ref: CourseRef
    title: str
    group: str
    state: CourseState
    done_on: date | None = None
    due_on: date | None = None
    says: str = ""  # when it is first due, in words
    renew: Step | None = None
    source: tuple[str, ...] = ()
    lasts: str = ""
    modes: tuple[str, ...] = ()
    is_optional: bool = False
    is_unchecked: bool = False  # its last completion waits to be verified
    is_returned: bool = False  # it was sent back, and nothing was logged since


@dataclass(frozen=True)
class RecordLine:
    """One completion, with what became of it. The words in it are there for whoever may read them, else empty."""

    ref: Ref
    person_id: UUID
    person_name: str
    course: str
    title: str
    done_on: date
    minutes: int | None = None
    mode: str = ""
    certificate: str = ""
    verified_by: str = ""
    verified_on: date | None = None
    withdrawn_by: str = ""
    withdrawn_on: date | None = None
    because: str = ""
    is_returned: bool = False  # withdrawn by somebody else than its person
    is_imported: bool = False  # from the organisation's own records, which nobody verifies again
    may_change: bool = False
    may_check: bool = False

    @property
    def is_unchecked(self) -> bool:
        """Whether it stands and waits to be verified."""
        return not (self.verified_on or self.withdrawn_on or self.is_imported)


@dataclass(frozen=True)
class TrainingPage:
    """Somebody's training as one person may see it."""

    person_id: UUID
    name: str
    seat: Seat
    lines: tuple[CourseLine, ...]
    others: tuple[RecordLine, ...]  # what is in no catalogue
    today: date
    to_check: int = 0  # completions that wait for whoever looks
    people: tuple[PersonLine, ...] = ()  # others whose training whoever looks may see


@dataclass(frozen=True)
class CoursePage:
    """One course with every completion, newest first; without a line, something that is in no catalogue."""

    name: str
    seat: Seat
    title: str
    line: CourseLine | None
    records: tuple[RecordLine, ...]
    today: date


@dataclass(frozen=True)
class LogStart:
    """What there is to log: the courses of one's plan, and what a typed line already says."""

    person_id: UUID
    courses: tuple[CourseLine, ...]
    today: date
    course: str = ""
    done_on: date | None = None
    title: str = ""  # of what is in no catalogue
    returned: RecordLine | None = None  # the completion that was sent back and is looked at again


def next_renewal(done_on: date, renew: Step) -> Next:
    """Return when a course that was done on a day is to be taken again."""
    due_on = renew.most.after(done_on)
    return Next(due_on, SOON.times(-1).after(due_on), renew.least.after(done_on) if renew.least else None)


def state_of(*, done_on: date | None, coming: Next | None, today: date) -> CourseState:
    """Say where a course stands, by its last completion and the next day it is owed."""
    if coming and today > coming.due_on:
        return CourseState.OVERDUE
    if coming and today >= coming.soon_from:
        return CourseState.DUE_SOON
    if done_on is None:
        return CourseState.NOT_KNOWN
    if coming and coming.welcome_from and today >= coming.welcome_from:
        return CourseState.MAY_RENEW
    return CourseState.CURRENT


def by_group(lines: Iterable[CourseLine]) -> Mapping[str, Sequence[CourseLine]]:
    """Return the lines of each tier, tiers and lines in the order of the file (seed-systems 000-51)."""
    found: dict[str, list[CourseLine]] = {}
    for line in lines:
        found.setdefault(line.group, []).append(line)
    return found


def is_held(line: CourseLine, today: date) -> bool:
    """Say whether a course is done and has not lapsed since, even where go-live gives time to take it again."""
    if line.done_on is None:
        return False
    return line.renew is None or line.renew.most.after(line.done_on) >= today


def was_returned(withdrawn_by_id: UUID | None, person_id: UUID) -> bool:
    """Say whether a completion was sent back: withdrawn by somebody else than its person."""
    return withdrawn_by_id not in (None, person_id)


def day_done(typed: TypedDate, today: date) -> date | None:
    """Return the one day up to today that a typed date can mean, or None where that is not clear."""
    days = [day for day in ((typed.on,) if typed.on else typed.candidates) if day and day <= today]
    return days[0] if len(days) == 1 else None


def course_meant(words: str, courses: Iterable[CourseLine]) -> str:
    """Return the one course whose title is, or holds, all the words typed; empty where that is none or several."""
    wanted = words.lower().split()
    if not wanted:
        return ""
    found = [line for line in courses if all(word in line.title.lower() for word in wanted)]
    exact = [line for line in found if line.title.lower() == " ".join(wanted)]
    meant = exact or found
    return meant[0].ref.course if len(meant) == 1 else ""
