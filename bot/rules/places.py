"""Places on a programme: what each waits for, and the pages that show them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Self
from uuid import UUID

from bot.values import PersonLine

PLACES_A_PAGE = 30


class Waiting(StrEnum):
    """What a place can wait for, in the order in which it is dealt with."""

    LEFT = "left"  # the person has left the service, the place has not been ended
    SLACK = "slack"  # they have not joined Slack yet
    PAIR = "pair"  # a supporter is missing
    WELCOME = "welcome"
    AGREEMENT = "agreement"


EVERYONE = "everyone"
UNDER_WAY = "under_way"
FILTERS = (EVERYONE, *Waiting, UNDER_WAY)


@dataclass(frozen=True)
class PairRef:
    """A kind of relationship of one enrolment, made or not; written `pair:UUID:KIND`."""

    enrolment_id: UUID
    kind: str

    def __str__(self) -> str:
        return f"pair:{self.enrolment_id}:{self.kind}"

    @classmethod
    def read(cls, written: str) -> Self:
        """Read one back. Raises ValueError on anything else."""
        _, found, kind = written.split(":")
        return cls(UUID(found), kind)


@dataclass(frozen=True)
class Shown:
    """Which page of which programme is on the screen; written `PROGRAMME:FILTER:PAGE`."""

    programme: str
    filter: str = EVERYONE
    page: int = 0

    def __str__(self) -> str:
        return f"{self.programme}:{self.filter}:{self.page}"

    @classmethod
    def read(cls, written: str) -> Self:
        """Read one back. Raises ValueError on anything else."""
        programme, chosen, page = written.split(":")
        return cls(programme, chosen if chosen in FILTERS else EVERYONE, int(page))


@dataclass(frozen=True)
class PairLine:
    """One kind of relationship of a place: who supports, whether it waits; `previous` are those who left it last."""

    ref: PairRef
    title: str
    by: str  # the role's title: "Mentor"
    most: int
    relationship_id: UUID | None = None
    state: str = ""
    is_needed: bool = True
    has_agreement: bool = False
    is_signed: bool = False  # the agreement, by whose place it is; others may still have to
    supporters: tuple[PersonLine, ...] = ()
    cover: tuple[PersonLine, ...] = ()
    previous: tuple[PersonLine, ...] = ()
    line_manager_supports: bool = False

    @property
    def waits_for(self) -> Waiting | None:
        """What this pair waits for, if anything."""
        if not self.supporters:
            return Waiting.PAIR if self.is_needed else None
        return Waiting.AGREEMENT if self.state == "waiting" else None


@dataclass(frozen=True)
class Place:
    """One person on one programme, as its lead or they themself see it."""

    enrolment_id: UUID
    person: PersonLine
    programme: str
    programme_title: str
    level: str
    starts_on: date
    ends_on: date | None
    is_in_slack: bool
    is_welcomed: bool
    has_left: bool
    pairs: tuple[PairLine, ...]

    @property
    def waits_for(self) -> tuple[Waiting, ...]:
        """Everything it waits for, most urgent first."""
        waits = {pair.waits_for for pair in self.pairs}
        waits |= {Waiting.LEFT} if self.has_left else set()
        waits |= {Waiting.SLACK} if not self.is_in_slack else set()
        waits |= {Waiting.WELCOME} if not self.is_welcomed else set()
        return tuple(each for each in Waiting if each in waits)

    def is_shown_under(self, chosen: str) -> bool:
        """Say whether a filter lets it through."""
        return chosen == EVERYONE or chosen in self.waits_for or (chosen == UNDER_WAY and not self.waits_for)


@dataclass(frozen=True)
class ProgrammePage:
    """The programme's home for its lead: one page of places, and how many each filter holds."""

    shown: Shown
    title: str
    places: tuple[Place, ...]
    counts: Mapping[str, int]
    pages: int
    go_live_on: date | None
    has_summary_channel: bool
    today: date
    others: tuple[tuple[str, str], ...] = ()  # other programmes: key and title


@dataclass(frozen=True)
class MyPage:
    """Somebody's own programmes, and whom they support."""

    name: str
    places: tuple[Place, ...]
    supported: tuple[Place, ...]
    today: date
    is_lead: bool = False


def page_of(places: tuple[Place, ...], shown: Shown) -> tuple[tuple[Place, ...], int, int]:
    """Return the places of the page that is shown, its number (never past the last) and how many pages there are."""
    let_through = tuple(place for place in places if place.is_shown_under(shown.filter))
    pages = max(1, -(-len(let_through) // PLACES_A_PAGE))
    page = min(max(shown.page, 0), pages - 1)
    return let_through[page * PLACES_A_PAGE : (page + 1) * PLACES_A_PAGE], page, pages


def counts_of(places: tuple[Place, ...]) -> dict[str, int]:
    """Count the places that each filter lets through."""
    return {chosen: sum(place.is_shown_under(chosen) for place in places) for chosen in FILTERS}
