"""Frozen values that more than one layer speaks of. Imports nothing of ours."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

Block = dict[str, Any]


@dataclass(frozen=True)
class Ref:
    """What a button names: a thing, its id, and the version the person saw; written `due:UUID:4`."""

    kind: str
    id: UUID
    version: int = 0

    def __str__(self) -> str:
        return f"{self.kind}:{self.id}:{self.version}"

    @classmethod
    def read(cls, written: str) -> "Ref":
        """Read one back. Raises ValueError on anything else."""
        kind, found, version = written.split(":")
        return cls(kind, UUID(found), int(version))


@dataclass(frozen=True)
class Who:
    """The person acting, as far as every listener needs to know."""

    id: UUID
    slack_id: str
    name: str
    zone: str
    is_lead: bool = False


@dataclass(frozen=True)
class Message:
    """What is posted: the notification's text and the blocks. Pointers only, never content."""

    text: str
    blocks: tuple[Block, ...] = ()


class Step(StrEnum):
    """What a due item asks for; each has its own words and its own button."""

    HOLD = "hold"  # arrange and hold a session
    SAY_HELD = "say_held"  # say whether a planned session was held
    PREPARE = "prepare"
    WRITE = "write"  # write a form, or a record after its session
    SIGN = "sign"
    ACKNOWLEDGE = "acknowledge"
    AGREE = "agree"  # read and sign the agreement a pair waits for
    REVIEW = "review"
    CHANGE = "change"  # a record came back with changes asked for
    REFLECT = "reflect"
    CHECKLIST = "checklist"
    SIGN_OFF = "sign_off"  # a mentee asked for a criterion to be signed off
    TRAIN = "train"
    RENEW = "renew"
    VERIFY = "verify"
    PAIR = "pair"  # for the lead: somebody has no mentor
    OTHER = "other"


@dataclass(frozen=True)
class Duty:
    """One thing one person is asked for, ready to be put into words."""

    ref: Ref
    step: Step
    rule: str
    title: str  # of the card: "Mentoring meeting", "Fire"
    owner_id: UUID
    owner_name: str
    about_id: UUID
    about_name: str
    due_on: date
    subject: str = ""
    programme: str = ""  # its key
    is_late: bool = False
    told_as: str = "person"  # person: it is theirs to do; otherwise they are told about somebody else's
    fixed: bool = False  # its day does not move: never snoozed past
    may_be_not_applicable: bool = False
    session_id: UUID | None = None  # steps of one session fold into one line
    at: datetime | None = None  # of a planned session
    snoozes: int = 0
    next_snooze_is_seen: bool = False  # by the next person on its ladder
    put_off: int = 0  # how often, for who is told because of that


@dataclass(frozen=True)
class Reason:
    """Why something is due: the rule in words, and where it comes from."""

    says: str
    source: tuple[str, ...] = ()
    programme_title: str = ""


@dataclass(frozen=True)
class Waived:
    """Something that somebody said does not apply to them, and since when."""

    ref: Ref
    title: str
    name: str
    on: date | None = None


@dataclass(frozen=True)
class PersonLine:
    """A person in a menu or a list."""

    id: UUID
    name: str
    note: str = ""


class Seat(StrEnum):
    """From where somebody looks at another's programme: what they may see follows from it (privacy.md)."""

    OWN = "own"
    SIGNER = "signer"  # mentor, co-mentor: signs off, reads comments on criteria
    STATUS = "status"  # line manager, lead: done or late, no text


@dataclass(frozen=True)
class CriterionRef:
    """What a criterion's button names: whose, which, and the version seen; written `UUID/on-call/3`."""

    enrolment_id: UUID
    criterion: str
    version: int = 0

    def __str__(self) -> str:
        return f"{self.enrolment_id}/{self.criterion}/{self.version}"

    @classmethod
    def read(cls, written: str) -> "CriterionRef":
        """Read one back. Raises ValueError on anything else."""
        enrolment_id, criterion, version = written.split("/")
        return cls(UUID(enrolment_id), criterion, int(version))


class Standing(StrEnum):
    """Where one criterion stands."""

    NOT_STARTED = "not started"
    READY = "ready for sign-off"
    RETURNED = "returned"
    SIGNED_ONCE = "signed once of two"
    COMPLETE = "complete"


@dataclass(frozen=True)
class CriterionLine:
    """One criterion of a checklist, as a list shows it."""

    ref: CriterionRef
    title: str
    standing: Standing
    on: date | None = None  # when it came to stand so


@dataclass(frozen=True)
class ChecklistPage:
    """A participant's checklist, as one person may see it."""

    enrolment_id: UUID
    title: str
    about_name: str
    seat: Seat
    lines: tuple[CriterionLine, ...]
    done: int
    expected: int  # by an even pace
    ends_on: date | None
    today: date
    statement: str = ""  # said once every applicable criterion is satisfied
    others: tuple[PersonLine, ...] = ()  # enrolments of those the viewer signs for


@dataclass(frozen=True)
class SignOffLine:
    """One signature or return in a criterion's history."""

    ref: Ref
    signer_name: str
    occasion_on: date
    outcome: str
    comment: str = ""
    withdrawn: bool = False
    withdrawn_because: str = ""
    may_undo: bool = False
    may_withdraw: bool = False


@dataclass(frozen=True)
class CriterionPage:
    """One criterion, opened."""

    line: CriterionLine
    guidance: str
    source: tuple[str, ...]
    about_name: str
    seat: Seat
    history: tuple[SignOffLine, ...]
    signatures_needed: int
    may_ask: bool
    may_sign: bool
    may_raise: bool
    may_lower: bool
    note: str = ""  # what the mentee wrote when asking


@dataclass(frozen=True)
class LedgerLine:
    """One message in the ledger: to whom, of what kind, what became of it and why."""

    ref: Ref
    kind: str
    whom: str  # a name, or the channel's id
    status: str
    why: str
    at: datetime
    may_be_sent_again: bool = False
