"""Sessions: which may be arranged, what stands in the way of a time, and what comes next for whom. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING
from uuid import UUID

from bot.rules.signing import Clock
from bot.rules.slots import WorkingTime, slot_on
from bot.rules.when import Duration, Once, event_of
from bot.rules.working_days import local_date

if TYPE_CHECKING:
    from bot.programmes.cards import Form, Session

USUAL_MINUTES = 60
QUICK_MINUTES = 15
REARRANGE_WITHIN = Duration(5, "working days")  # unless the card says otherwise
ONE_DAY = timedelta(days=1)
ONE_MINUTE = timedelta(minutes=1)


class Cause(StrEnum):
    """Why a session was not held: a short list, because it is counted; no reason in words is asked."""

    AWAY = "away"
    URGENT = "urgent"
    SHORT_STAFFED = "short_staffed"
    NO_PLACE = "no_place"
    SLIPPED = "slipped"
    OTHER = "other"


class InTheWay(StrEnum):
    """What may stand in the way of a time; it is said, and never forbids."""

    MEETING = "meeting"
    AWAY = "away"
    BANK_HOLIDAY = "bank_holiday"
    CLOSED = "closed"
    DAY_OFF = "day_off"
    OUTSIDE_HOURS = "outside_hours"


class Next(StrEnum):
    """What one person can do next with one session; each is a button."""

    HELD = "held"
    NOT_HELD = "not_held"
    WRITE = "write"
    ELSEWHERE = "elsewhere"  # the record is kept outside Handrail; only its day is entered
    SIGN = "sign"
    READ = "read"
    PREPARE = "prepare"
    MOVE = "move"
    CANCEL = "cancel"
    CALENDAR = "calendar"


@dataclass(frozen=True)
class Busy:
    """A meeting that somebody has already, as two aware moments."""

    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True)
class Clash:
    """One thing that stands in the way of a time, for one person."""

    what: InTheWay
    person_id: UUID
    meeting: Busy | None = None


@dataclass(frozen=True)
class Choice:
    """A kind of meeting that one person may arrange: in a relationship, or about one enrolled person."""

    scope: str  # relationship or enrolment
    scope_id: UUID
    kind: str
    title: str
    about_id: UUID
    about_name: str
    leaders: tuple[tuple[UUID, str], ...]  # whoever may lead it, each with their name
    minutes: int
    after_the_event: bool = False

    @property
    def key(self) -> str:
        """What a form's menu carries for it."""
        return f"{self.scope}:{self.scope_id}:{self.kind}"

    def with_names(self, person_id: UUID) -> tuple[str, ...]:
        """Return whom a person meets: the one it is about, or else those who lead."""
        if person_id != self.about_id:
            return (self.about_name,)
        return tuple(name for leader, name in self.leaders if leader != person_id)


@dataclass(frozen=True)
class Waiting:
    """A pair that makes no regular meetings yet: its agreement has not been signed by everybody."""

    relationship_id: UUID
    title: str
    names: tuple[str, ...]


@dataclass(frozen=True)
class RecordLine:
    """Where the record of a session stands, for one reader."""

    document_id: UUID | None
    version: int
    state: str  # none draft out returned locked
    clock: Clock | None = None  # until it is shared
    kept_elsewhere: bool = False
    is_signed: bool = False
    actions: int = 0


@dataclass(frozen=True)
class ListedSession:
    """One session in a list, for one reader. `zone` is the reader's."""

    id: UUID
    version: int
    title: str
    names: tuple[str, ...]  # of whom the reader meets
    at: datetime | None
    zone: str
    minutes: int
    state: str
    held_on: date | None
    cause: str
    steps: tuple[Next, ...]
    elsewhere: tuple[tuple[str, str], ...] = ()  # those in another zone than the reader, each with their zone
    record: RecordLine | None = None


@dataclass(frozen=True)
class Overview:
    """What one person sees first: what is to be said, what is next, the last few, and what waits for an agreement."""

    to_say: tuple[ListedSession, ...] = ()  # over, and nobody has said whether they were held
    coming: tuple[ListedSession, ...] = ()
    past: tuple[ListedSession, ...] = ()
    waiting: tuple[Waiting, ...] = ()
    stands_with_somebody: bool = False
    supports_somebody: bool = False


@dataclass(frozen=True)
class Outcome:
    """What follows a session that was just said to be held or not."""

    line: ListedSession
    short_of: int = 0  # minutes the card asks for, when it was shorter
    rearrange_by: date | None = None
    choice: str = ""  # the key of what to arrange instead


# ---- which may be arranged -------------------------------------------------------------------------------------------


def may_be_arranged(
    name: str, card: "Session", *, agreements: Mapping[str, "Form"], is_agreed: bool, was_met: bool
) -> bool:
    """Decide whether a pair may arrange this kind of meeting now.

    What happens once (a first meeting) is arranged once. Until its agreement is in force a pair holds only what comes
    before: what the agreement is counted from, or what follows once from their being matched.
    """
    counted_from = event_of(card.when) if isinstance(card.when, Once) else ""
    at_first = counted_from in {f"{card.relationship} matched", "start"}
    is_once = at_first or counted_from in {f"{agreement} in force" for agreement in agreements}
    if is_once and was_met:
        return False
    return is_agreed or at_first or f"{name} held" in {event_of(form.when) for form in agreements.values() if form.when}


def minutes_of(card: "Session") -> int:
    """Return how many minutes a meeting is planned for: its card's, else an hour, or a quarter for a quick word."""
    if card.length is None:
        return QUICK_MINUTES if card.after_the_event else USUAL_MINUTES
    return card.length.n * (60 if card.length.unit == "hours" else 1)


def is_shorter(minutes: int, card: "Session") -> bool:
    """Say whether a meeting was shorter than its card asks for (seed-systems 001-20)."""
    return card.length is not None and minutes < minutes_of(card)


# ---- what stands in the way ------------------------------------------------------------------------------------------


def clashes(
    starts_at: datetime,
    minutes: int,
    *,
    working: Mapping[UUID, WorkingTime],
    busy: Mapping[UUID, Sequence[Busy]],
) -> tuple[Clash, ...]:
    """Return what stands in the way of a time, for each person in turn; `starts_at` is aware."""
    meeting = Busy(starts_at, starts_at + timedelta(minutes=minutes))
    return tuple(
        clash
        for person_id, times in working.items()
        for clash in _clashes_of(person_id, times, busy.get(person_id, ()), meeting)
    )


def _clashes_of(person_id: UUID, working: WorkingTime, busy: Sequence[Busy], meeting: Busy) -> Iterator[Clash]:
    for other in busy:
        if other.starts_at < meeting.ends_at and meeting.starts_at < other.ends_at:
            yield Clash(InTheWay.MEETING, person_id, other)
    if what := _outside_work(working, meeting):
        yield Clash(what, person_id)


def _outside_work(working: WorkingTime, meeting: Busy) -> InTheWay | None:
    """Say in which way a meeting lies outside somebody's working time; a night belongs to the day it begins on."""
    day = local_date(meeting.starts_at, working.zone)
    slots = [slot for on in (day - ONE_DAY, day) if (slot := slot_on(working, on))]
    if any(slot.starts_at <= meeting.starts_at and meeting.ends_at <= slot.ends_at for slot in slots):
        return None
    if any(absence.covers(day) for absence in working.absences):
        return InTheWay.AWAY
    if day in working.closed:
        return InTheWay.CLOSED
    if day in working.bank_holidays and not working.works_bank_holidays:
        return InTheWay.BANK_HOLIDAY
    return InTheWay.OUTSIDE_HOURS if any(slot.on == day for slot in slots) else InTheWay.DAY_OFF


# ---- what comes next -------------------------------------------------------------------------------------------------


def next_steps(
    *, state: str, has_begun: bool, leads: bool, record: RecordLine | None, signs: bool, prepares: bool = False
) -> tuple[Next, ...]:
    """Return what one person can do next with a session, the most pressing first.

    `record` is None where the meeting has none or it is not this person's to see; `signs`: whether their role signs.
    `prepares`: whether the meeting is one that both prepare for.
    """
    if state == "planned" and not has_begun:
        return (*((Next.PREPARE,) if prepares else ()), Next.MOVE, Next.CANCEL, Next.CALENDAR)
    if state == "planned":
        return (Next.HELD, Next.NOT_HELD) if leads else ()
    if state != "held" or record is None:
        return ()
    return _record_steps(record, leads=leads, signs=signs)


def _record_steps(record: RecordLine, *, leads: bool, signs: bool) -> tuple[Next, ...]:
    if record.state == "none" and leads:
        return Next.WRITE, Next.ELSEWHERE
    if record.state in {"none", "draft", "returned"}:
        return (Next.WRITE,) if leads else ()
    if record.state == "out" and signs and not record.is_signed:
        return (Next.SIGN,)
    return (Next.READ,)


def rearrange_by(card: "Session", today: date, closed: frozenset[date]) -> date:
    """Return the day by which a meeting that was not held is to be rearranged."""
    return (card.rearrange_within or REARRANGE_WITHIN).after(today, closed)
