"""What the screens of a reflection hold: frozen values between the actions and the words. Pure."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from bot.rules.anonymity import Found
from bot.rules.forms import Entry
from bot.rules.written import NoteLine
from bot.values import PersonLine, Ref


@dataclass(frozen=True)
class Way:
    """One way to reflect that a programme offers."""

    form: str
    title: str
    help: str = ""


@dataclass(frozen=True)
class ReflectionLine:
    """One reflection in its writer's list, or in the list of what others share with somebody."""

    ref: Ref
    title: str
    on: date
    begins: str  # the first words, for whoever may read them
    is_unfinished: bool = False
    shared_with: tuple[str, ...] = ()
    by: str = ""  # whose it is, in the list of what others share


@dataclass(frozen=True)
class Reflections:
    """Everything of somebody's own, and what others share with them."""

    mine: tuple[ReflectionLine, ...]
    shared_with_me: tuple[ReflectionLine, ...]
    ways: tuple[Way, ...]
    today: date


@dataclass(frozen=True)
class ReflectionPage:
    """One reflection, whole."""

    ref: Ref
    title: str
    by: str
    is_mine: bool
    on: date
    today: date
    entries: tuple[Entry, ...]
    comments: tuple[NoteLine, ...] = ()
    shared_with: tuple[str, ...] = ()
    may_share_with: tuple[PersonLine, ...] = ()


@dataclass(frozen=True)
class PointedAt:
    """Some words that might point to a person, with what stands around them."""

    found: Found
    before: str
    after: str


@dataclass(frozen=True)
class Sharing:
    """What is asked before a reflection is shared."""

    ref: Ref
    title: str
    people: tuple[PersonLine, ...]
    pointed_at: tuple[PointedAt, ...]


AROUND = 40  # characters shown on either side of words that might point to somebody


def in_context(text: str, found: Found) -> PointedAt:
    """Return found words with what stands around them, cut at words."""
    start, end = max(found.at - AROUND, 0), found.at + len(found.words) + AROUND
    before = text[start : found.at]
    after = text[found.at + len(found.words) : end]
    if start > 0 and " " in before:
        before = f"…{before.split(' ', 1)[1]}"
    if end < len(text) and " " in after:
        after = f"{after.rsplit(' ', 1)[0]}…"
    return PointedAt(found, before.replace("\n", " "), after.replace("\n", " "))


def ids_of(people: tuple[PersonLine, ...]) -> frozenset[UUID]:
    """Return who these are."""
    return frozenset(person.id for person in people)
