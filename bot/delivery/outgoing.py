"""What a builder may decide at the moment of sending."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session as Db

from bot.values import Block, Message
from storage.tables.delivery import Delivery


@dataclass(frozen=True)
class Update:
    """New words for a message that was sent before. Saying it twice does no harm."""

    slack_channel: str
    slack_ts: str
    message: Message


@dataclass(frozen=True)
class Ephemeral:
    """A sentence in one conversation, for one person's eyes; never said again when in doubt."""

    slack_channel: str
    message: Message


@dataclass(frozen=True)
class HomeView:
    """A person's Home tab; `hash` of the one it replaces, so that an older one never wins."""

    view: Block
    hash: str = ""


@dataclass(frozen=True)
class FileShare:
    """A file for a person's own conversation with us."""

    filename: str
    title: str
    content: bytes
    comment: str = ""


@dataclass(frozen=True)
class TakeBack:
    """A second copy of something: one post or file, or with neither named all that is found but what counts."""

    slack_channel: str
    opaque: str
    after_ts: str
    keeps: str
    slack_ts: str = ""
    file_id: str = ""


@dataclass(frozen=True)
class Suppressed:
    """Not to be said after all; `why` is a code for the ledger."""

    why: str


@dataclass(frozen=True)
class Parked:
    """Not to be said until its person can be reached again; `why` is a code for the ledger."""

    why: str


@dataclass(frozen=True)
class Postponed:
    """Not to be said now, but at `until` (programme time)."""

    until: datetime


@dataclass(frozen=True)
class Unsettled:
    """Not to be said until it is known what became of another delivery: after the settling time (machine time)."""


Change = Update | HomeView | TakeBack  # of what was said before: doing it twice does no harm
Sendable = Message | Update | Ephemeral | HomeView | FileShare | TakeBack
Outgoing = Sendable | Suppressed | Parked | Postponed | Unsettled
Builder = Callable[[Db, Delivery, datetime], Outgoing]
Builders = Mapping[str, Builder]
