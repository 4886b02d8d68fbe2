"""What somebody did before their programme was run here, as its lead enters it."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID


@dataclass(frozen=True)
class Known:
    """A kind of meeting or a course: its name in the programme, its title, and the last day that is known."""

    name: str
    title: str
    last_on: date | None


@dataclass(frozen=True)
class BeforePage:
    """One person's meetings and courses, to say when each was last held or done."""

    enrolment_id: UUID
    name: str
    meetings: tuple[Known, ...]
    courses: tuple[Known, ...]
    today: date
