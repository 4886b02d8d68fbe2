"""What a weekly summary may say: counts and thanks together, nothing that points to anybody (privacy.md, Summaries)."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

FEWEST = 5  # people who could be meant by a number that speaks of lateness


class Lateness(StrEnum):
    """How lateness is spoken of."""

    ON_TRACK = "on_track"
    SOME_WAITING = "some_waiting"  # without a number
    COUNTED = "counted"


@dataclass(frozen=True)
class Done:
    """What was done in a week, by everybody together. Reflections are not counted anywhere."""

    meetings: int = 0
    records: int = 0  # signed by everybody they need
    agreements: int = 0
    criteria: int = 0
    courses: int = 0  # and checked

    @property
    def is_nothing(self) -> bool:
        """Say whether nothing at all was noted."""
        return not (self.meetings or self.records or self.agreements or self.criteria or self.courses)


@dataclass(frozen=True)
class Coming:
    """What the next seven days hold."""

    meetings: int = 0
    courses: int = 0
    reviews: int = 0


@dataclass(frozen=True)
class Meant:
    """Whom a number could mean: the participants, and how many of them one reader may know all about already."""

    people: int
    known_to_one: int = 0

    @property
    def unknown(self) -> int:
        """How many are left when a reader takes away those whose standing they know."""
        return self.people - self.known_to_one

    @property
    def is_enough(self) -> bool:
        """Say whether a number that speaks of what is owed may be told."""
        return self.unknown >= FEWEST


@dataclass(frozen=True)
class Summary:
    """One programme's week, ready to be put into words."""

    title: str
    last_on: date
    done: Done
    coming: Coming
    lateness: Lateness
    late: int = 0  # participants about whom something is past its day; 0 unless counted
    people: int = 0


def lateness_of(late: int, meant: Meant) -> Lateness:
    """Say how to speak of `late` participants among those meant.

    A number is told only where five or more could be meant after taking away whom one reader knows, and never where it
    means all of them: then it would speak of each.
    """
    if late == 0:
        return Lateness.ON_TRACK
    return Lateness.COUNTED if meant.is_enough and late < meant.unknown else Lateness.SOME_WAITING


def coming_to_tell(coming: Coming, meant: Meant) -> Coming:
    """Return what may be told of the days to come: meetings always, what is owed only where enough could be meant."""
    return coming if meant.is_enough else Coming(meetings=coming.meetings)
