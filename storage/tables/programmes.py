"""Programme versions, and being on one."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import Index, Text, UniqueConstraint, text
from sqlmodel import SQLModel

from storage.types import Holds, column, key, moment, ref


class ProgrammeVersion(SQLModel, table=True):
    """A programme file as it was read, whole, includes resolved."""

    __table_args__ = (UniqueConstraint("programme", "content_hash"),)
    id: UUID = key()
    programme: str = column(Holds.STATUS, index=True)
    content_hash: str = column(Holds.TECHNICAL)
    source: str = column(Holds.TECHNICAL, sa_type=Text)
    loaded_at: datetime | None = moment()


class ProgrammeSettings(SQLModel, table=True):
    """What the lead decides about a running programme; what the file says stays in the file."""

    programme: str = column(Holds.STATUS, primary_key=True)
    version_id: UUID = ref("programmeversion")  # what new enrolments are pinned to
    go_live_on: date | None = column(Holds.STATUS, default=None)  # nothing falls due before it
    welcomes_sent_at: datetime | None = moment()
    summary_channel: str = column(Holds.STATUS, default="")
    summary_weekday: int = column(Holds.STATUS, default=4)  # Monday is 0
    summary_hour: int = column(Holds.STATUS, default=15)
    summary_zone: str = column(Holds.STATUS, default="Europe/London")  # of whoever chose the hour
    next_summary_at: datetime | None = moment()
    digest_hour: int | None = column(Holds.STATUS, default=None)  # for those who chose none


class Enrolment(SQLModel, table=True):
    """One person on one version, at one level, from a day to a day."""

    __table_args__ = (
        Index(
            "ix_enrolment_live",
            "person_id",
            "programme",
            unique=True,
            sqlite_where=text("ended_on IS NULL"),
            postgresql_where=text("ended_on IS NULL"),
        ),
        Index(
            "ix_enrolment_look_again",
            "look_again_on",
            sqlite_where=text("ended_on IS NULL"),
            postgresql_where=text("ended_on IS NULL"),
        ),
    )
    id: UUID = key()
    person_id: UUID = ref("person", Holds.PERSONAL)
    programme: str = column(Holds.STATUS, index=True)
    version_id: UUID = ref("programmeversion")  # pinned; moving to a newer one is an act, with a preview
    level: str = column(Holds.STATUS, default="")
    state: str = column(Holds.STATUS, default="active")  # active completed withdrawn
    starts_on: date = column(Holds.STATUS)
    ends_on: date | None = column(Holds.STATUS, default=None)
    welcomed_at: datetime | None = moment()
    completed_at: datetime | None = moment()
    ended_on: date | None = column(Holds.STATUS, default=None)
    look_again_on: date | None = column(Holds.TECHNICAL, default=None)  # when recurring duties need their next rows
