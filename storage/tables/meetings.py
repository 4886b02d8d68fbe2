"""Supervision and mentoring sessions."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import Index, text
from sqlmodel import SQLModel

from storage.types import Holds, column, key, maybe, moment, ref


class Session(SQLModel, table=True):
    """A meeting: planned, kept or not, and why not. Words about it are in its document."""

    __table_args__ = (
        Index("ix_session_about", "about_id", "falls_on"),
        Index("ix_session_led_by", "led_by_id", "falls_on"),
        Index("ix_session_pair", "relationship_id", "falls_on"),
        Index(
            "ix_session_coming",
            "remind_at",
            sqlite_where=text("state = 'planned'"),
            postgresql_where=text("state = 'planned'"),
        ),
    )
    id: UUID = key()
    kind: str = column(Holds.STATUS)  # the card's name
    version_id: UUID = ref("programmeversion")
    enrolment_id: UUID | None = maybe("enrolment", index=True)
    relationship_id: UUID | None = maybe("relationship")
    about_id: UUID = ref("person", Holds.PERSONAL)
    led_by_id: UUID = ref("person", Holds.PERSONAL)
    falls_on: date = column(Holds.STATUS)  # the day it was held, else the day it is planned for: what lists go by
    planned_at: datetime | None = moment()  # resolved from the wall time below
    planned_local: str = column(Holds.STATUS, default="")  # "2027-01-12T14:00": what was meant
    zone: str = column(Holds.STATUS, default="Europe/London")
    minutes: int = column(Holds.STATUS, default=60)
    state: str = column(Holds.STATUS, default="planned")  # planned held cancelled missed
    remind_at: datetime | None = moment(Holds.TECHNICAL)  # the next moment anything is to be said about it
    held_on: date | None = column(Holds.STATUS, default=None)
    cause: str = column(Holds.STATUS, default="")  # why it was not held, from a short list, counted
    moved_to_id: UUID | None = maybe("session")  # the one arranged in place of one that was not held
    invite_uid: str = column(Holds.TECHNICAL, default="")
    invite_sequence: int = column(Holds.TECHNICAL, default=0)
    version: int = column(Holds.TECHNICAL, default=1)  # buttons name the version they saw
    changed_by_id: UUID | None = maybe("person", Holds.PERSONAL)  # who was there first, when somebody else was
    changed_at: datetime | None = moment()
