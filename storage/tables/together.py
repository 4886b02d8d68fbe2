"""People standing together: a pair, co-mentors, a group."""

from datetime import date
from uuid import UUID

from sqlalchemy import UniqueConstraint
from sqlmodel import SQLModel

from storage.types import Holds, column, key, maybe, ref


class Relationship(SQLModel, table=True):
    """One relationship of a kind the programme names; it makes sessions only once its agreement is in force."""

    id: UUID = key()
    kind: str = column(Holds.STATUS, index=True)
    version_id: UUID = ref("programmeversion")
    enrolment_id: UUID | None = maybe("enrolment", index=True)
    about_id: UUID = ref("person", Holds.PERSONAL, index=True)  # the supervisee or mentee
    state: str = column(Holds.STATUS, default="waiting")  # waiting (for agreement) active closed
    began_on: date = column(Holds.STATUS)
    agreed_on: date | None = column(Holds.STATUS, default=None)
    closed_on: date | None = column(Holds.STATUS, default=None)


class Membership(SQLModel, table=True):
    """One person's part in a relationship, from a day to a day; cover is a membership that points at another."""

    __table_args__ = (UniqueConstraint("relationship_id", "person_id", "role", "from_on"),)
    id: UUID = key()
    relationship_id: UUID = ref("relationship", index=True)
    person_id: UUID = ref("person", Holds.PERSONAL, index=True)
    role: str = column(Holds.STATUS)
    from_on: date = column(Holds.STATUS)
    until_on: date | None = column(Holds.STATUS, default=None)  # the last day
    covers_id: UUID | None = maybe("membership")
