"""What a welcome says: facts in, so that the lead reads the same words before anyone else does."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from bot.rules.slots import WorkingTime, next_slot

if TYPE_CHECKING:
    from bot.programmes.programme import Programme

_APART = timedelta(seconds=3)  # conversations are opened at most 50 a minute (delivery.md, "Speed")


class Asks(StrEnum):
    """What a programme asks of its participants, as far as a welcome says."""

    AGREEMENT = "agreement"
    MEETINGS = "meetings"
    CHECKLIST = "checklist"
    REFLECTION = "reflection"
    TRAINING = "training"


@dataclass(frozen=True)
class Supporter:
    """Somebody beside a participant, by the title of their role."""

    role: str
    name: str


@dataclass(frozen=True)
class WelcomeFacts:
    """All that a participant's welcome is built from; `to_show` is how many criteria there are."""

    name: str
    by_name: str
    title: str
    purpose: str
    starts_on: date
    ends_on: date | None
    go_live_on: date | None
    today: date
    supporters: tuple[Supporter, ...]
    asks: frozenset[Asks]
    to_show: int


@dataclass(frozen=True)
class ColleagueWelcomeFacts:
    """All that the welcome of a mentor, supervisor or line manager is built from, by name."""

    name: str
    by_name: str
    title: str
    go_live_on: date | None
    today: date
    supports: tuple[str, ...]
    manages: tuple[str, ...]
    asks: frozenset[Asks]


@dataclass(frozen=True)
class Preview:
    """What the lead reads before the welcomes go: one of each kind, how many wait, how many are not in Slack yet."""

    programme: str
    title: str
    waiting: int
    not_in_slack: int
    participant: WelcomeFacts | None
    colleague: ColleagueWelcomeFacts | None


def asked_for(programme: "Programme", level: str) -> tuple[frozenset[Asks], int]:
    """Return what a programme asks of a level, and how many criteria there are to show."""
    to_show = sum(1 for card in programme.criterion.values() if not card.applies_to or level in card.applies_to)
    return frozenset(_asks(programme, to_show)), to_show


def welcome_at(working: WorkingTime, now: datetime, place: int) -> datetime:
    """Return when the welcome of the nth person goes out: in working time, one after another."""
    slot = next_slot(working, now)
    starts = max(now, slot.starts_at) if slot else now
    spread = starts + place * _APART
    return min(spread, slot.ends_at - _APART) if slot else spread


def _asks(programme: "Programme", to_show: int) -> Iterator[Asks]:
    kinds = {form.kind for form in programme.form.values()}
    if "agreement" in kinds:
        yield Asks.AGREEMENT
    if any(session.when for session in programme.session.values()):
        yield Asks.MEETINGS
    if to_show:
        yield Asks.CHECKLIST
    if "reflection" in kinds:
        yield Asks.REFLECTION
    if programme.course:
        yield Asks.TRAINING
