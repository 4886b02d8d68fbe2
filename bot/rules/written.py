"""What a screen of something written holds: frozen values between the actions and the words. Pure."""

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from uuid import UUID

from bot.rules.forms import Page
from bot.rules.signing import Clock
from bot.values import Ref


class Stage(StrEnum):
    """What a person may do with a document they read."""

    CHECK = "check"  # theirs to send out
    HAND_OVER = "hand over"  # their part is done; the author sends it out
    SIGN = "sign"
    ACKNOWLEDGE = "acknowledge"
    READ = "read"


@dataclass(frozen=True)
class Head:
    """What stands above every page: which document, about whom, who reads it."""

    ref: Ref
    title: str
    kind: str
    about_name: str
    readers: tuple[str, ...]  # names of everyone who may read it, but the one reading
    number: int = 1  # of the version
    help: str = ""
    clock: Clock | None = None
    kept_elsewhere: bool = False
    held_on: date | None = None
    lead_reads: bool = False  # the form names the programme's lead among its people
    is_counted_only: bool = False  # a survey: counts are shown, answers never


@dataclass(frozen=True)
class Writing:
    """One page of a draft."""

    head: Head
    page: Page
    today: date
    fields: dict[str, int] = field(default_factory=dict)  # fields shown for a part, where more were asked for
    because: tuple["NoteLine", ...] = ()  # why changes were asked for
    own_note: str = ""  # what the writer noted before the meeting, for their eyes alone
    outcomes: tuple[str, ...] = ()
    outcome: str = ""
    is_unfinished: bool = False  # brought back here because something is missing


@dataclass(frozen=True)
class SignedLine:
    """One signature, as it is shown."""

    name: str
    role: str
    on: date
    meaning: str
    paper_on: date | None = None
    seen_by: str = ""


@dataclass(frozen=True)
class NoteLine:
    """One note, as it is shown."""

    kind: str
    by: str
    on: date
    text: str


@dataclass(frozen=True)
class WaitingFor:
    """Somebody whose signature is not in yet."""

    person_id: UUID
    name: str
    role: str


@dataclass(frozen=True)
class Reading:
    """One page of the full text, and on the last one what may be done with it."""

    head: Head
    page: Page
    state: str
    stage: Stage
    today: date
    me_name: str
    outcome: str = ""
    signed: tuple[SignedLine, ...] = ()
    waiting: tuple[WaitingFor, ...] = ()
    notes: tuple[NoteLine, ...] = ()
    asked_to_write: tuple[str, ...] = ()  # others whose part is missing before it can go out
    goes_to: tuple[str, ...] = ()  # who is asked to sign or read once it is out
    may_return: bool = False
    may_edit: bool = False  # changes were asked for, and they are the author's to make
    may_renew: bool = False  # a new version may be begun
    may_take_back: bool = False
    may_add: bool = False  # an addendum
    may_enter_paper: bool = False  # that somebody else signed on paper

    @property
    def is_last(self) -> bool:
        """Whether this page is the last of the text."""
        return self.page.number == self.page.count


@dataclass(frozen=True)
class DocumentLine:
    """One document in a list: its title and where it stands, no text."""

    ref: Ref
    form: str
    title: str
    kind: str
    state: str
    stage: Stage | None  # what the asker may do with it; None: only its state is theirs to see
    shared_on: date | None = None
    in_force_on: date | None = None
    waiting: tuple[str, ...] = ()
    clock: Clock | None = None
    kept_elsewhere: bool = False
    on_paper: bool = False


@dataclass(frozen=True)
class AgreementState:
    """Where the agreement of a pair stands: which version is in force, which is on its way, who has still to sign."""

    relationship_id: UUID
    form: str = ""  # empty: this kind of pair needs none
    title: str = ""
    in_force_on: date | None = None
    document: Ref | None = None
    state: str = ""  # of the newest version: draft, out, returned, locked; empty: not begun
    waiting: tuple[str, ...] = ()
    on_paper: bool = False
