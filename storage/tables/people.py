"""Who, where, when they work."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON
from sqlmodel import SQLModel

from storage.types import Holds, column, key, maybe, moment, ref


class Team(SQLModel, table=True):
    """A unit with a manager, a nation (bank holidays) and a zone (working-day clocks)."""

    id: UUID = key()
    name: str = column(Holds.STATUS, unique=True)
    manager_id: UUID | None = column(Holds.PERSONAL, default=None)  # no foreign key: people point at teams already
    nation: str = column(Holds.STATUS, default="england")
    zone: str = column(Holds.STATUS, default="Europe/London")


class Person(SQLModel, table=True):
    """A worker on the people list. Someone not in Slack yet waits without a slack_id and is recognised by e-mail."""

    id: UUID = key()
    slack_id: str | None = column(Holds.PERSONAL, default=None, unique=True)
    email: str | None = column(Holds.PERSONAL, default=None, unique=True)  # lower case
    name: str = column(Holds.PERSONAL)
    team_id: UUID | None = maybe("team", Holds.PERSONAL, index=True)
    line_manager_id: UUID | None = maybe("person", Holds.PERSONAL, index=True)
    nation: str = column(Holds.PERSONAL, default="england")
    zone: str = column(Holds.PERSONAL, default="Europe/London")
    zone_is_ours: bool = column(
        Holds.TECHNICAL, default=False
    )  # set by hand or import: Slack's zone no longer overrides
    weekly_hours: float | None = column(Holds.PERSONAL, default=None)
    working_pattern: dict[str, Any] | None = column(
        Holds.PERSONAL, default=None, sa_type=JSON
    )  # none: Mon to Fri, 9 to 17
    started_on: date | None = column(Holds.PERSONAL, default=None)
    leaves_on: date | None = column(Holds.PERSONAL, default=None)  # the last day
    digest_hour: int | None = column(Holds.PERSONAL, default=None)  # local; none: the start of the slot
    digest_rhythm: str = column(Holds.PERSONAL, default="daily")  # each daily weekly
    in_slack: str = column(Holds.STATUS, default="waiting")  # waiting here deactivated stranger
    dm_channel: str = column(Holds.TECHNICAL, default="")
    home_opened_at: datetime | None = moment(Holds.TECHNICAL)
    home_hash: str = column(Holds.TECHNICAL, default="")


class Absence(SQLModel, table=True):
    """Away days of one person (no reason asked), or a closure of a team or of everybody (no person).

    A closure may also be the other way round: a bank holiday on which a team, or everybody, works.
    """

    id: UUID = key()
    person_id: UUID | None = maybe("person", Holds.PERSONAL, index=True)
    team_id: UUID | None = maybe("team")
    name: str = column(Holds.STATUS, default="")  # of a closure; a person's leave has none
    is_worked: bool = column(Holds.STATUS, default=False)  # of a closure: open on these days, bank holiday or not
    from_on: date = column(Holds.PERSONAL)
    until_on: date = column(Holds.PERSONAL)  # the last day away


class RoleHeld(SQLModel, table=True):
    """A role in a team, programme or organisation, from a day to a day. Roles inside a relationship are memberships."""

    id: UUID = key()
    person_id: UUID = ref("person", Holds.PERSONAL, index=True)
    role: str = column(Holds.STATUS, index=True)
    programme: str | None = column(Holds.STATUS, default=None)
    from_on: date = column(Holds.STATUS)
    until_on: date | None = column(Holds.STATUS, default=None)
