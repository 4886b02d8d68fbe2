"""Frozen values that more than one layer speaks of. Imports nothing of ours."""

from dataclasses import dataclass, field
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
    is_late: bool = False
    told_as: str = "person"  # person: it is theirs to do; otherwise they are told about somebody else's
    fixed: bool = False  # its day does not move: never snoozed past
    may_be_not_applicable: bool = False
    session_id: UUID | None = None  # steps of one session fold into one line
    at: datetime | None = None  # of a planned session
    snoozes: int = 0


@dataclass(frozen=True)
class Reason:
    """Why something is due: the rule in words, where it comes from, and when next."""

    says: str
    source: tuple[str, ...] = ()
    next_dates: tuple[date, ...] = field(default=())


@dataclass(frozen=True)
class PersonLine:
    """A person in a menu or a list."""

    id: UUID
    name: str
    note: str = ""
