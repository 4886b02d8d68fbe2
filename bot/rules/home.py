"""What App Home shows: a day by role. Pointers, dates and counts, never what was written."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from bot.rules.places import Place
from bot.rules.progress import Pace
from bot.rules.sessions import ListedSession
from bot.values import Duty, Seat

MOST_PEOPLE = 15  # a Home has a hundred blocks; the rest is a button away
MOST_PROGRAMMES = 3


@dataclass(frozen=True)
class OwnProgramme:
    """One programme that the reader is on; `pace` counts criteria, and is None where it has no checklist."""

    place: Place
    pace: Pace | None = None
    review_on: date | None = None
    review_title: str = ""


@dataclass(frozen=True)
class PersonStatus:
    """Where one of the reader's people stands: status only, from the seat the reader has."""

    enrolment_id: UUID
    name: str
    programme_title: str
    seat: Seat
    pace: Pace | None
    late: int  # things open past their day
    next_at: datetime | None = None
    waits_for_agreement: bool = False


@dataclass(frozen=True)
class LedProgramme:
    """One programme as its lead sees it at a glance: counts, and what waits for a decision."""

    programme: str
    title: str
    enrolled: int
    late: int  # participants about whom something is open past its day
    not_welcomed: int
    not_paired: int
    not_agreed: int
    left: int

    @property
    def needs_decision(self) -> bool:
        """Say whether anything waits for the lead."""
        return bool(self.not_welcomed or self.not_paired or self.left)


@dataclass(frozen=True)
class HomePage:
    """One person's Home at one moment."""

    name: str
    zone: str
    at: datetime
    today: date
    asked: tuple[Duty, ...]
    coming: tuple[ListedSession, ...] = ()
    programmes: tuple[OwnProgramme, ...] = ()
    people: tuple[PersonStatus, ...] = ()
    more_people: int = 0
    led: tuple[LedProgramme, ...] = ()
    unsent: int = 0  # messages that a lead must look at


def most_in_need_first(late: dict[UUID, int], names: dict[UUID, str]) -> list[UUID]:
    """Order a supporter's people: those with most past its day first, then by name."""
    return sorted(names, key=lambda one: (-late.get(one, 0), names[one]))
