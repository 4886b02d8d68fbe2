"""What a lead decides about a running programme, as it is shown."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID


@dataclass(frozen=True)
class Closure:
    """Days on which a team, or everybody, is closed, or works a bank holiday; both days included."""

    id: UUID
    name: str
    team: str  # empty: everybody
    from_on: date
    until_on: date
    is_worked: bool = False


@dataclass(frozen=True)
class SettingsPage:
    """A programme's settings; hours are by the clock where the reader is, Monday is weekday 0."""

    programme: str
    title: str
    summary_channel: str
    summary_weekday: int
    summary_hour: int
    digest_hour: int | None
    go_live_on: date | None
    today: date


@dataclass(frozen=True)
class ClosuresPage:
    """The closures to come, and the teams there are, by id and name."""

    closures: tuple[Closure, ...]
    teams: tuple[tuple[UUID, str], ...]
    today: date
