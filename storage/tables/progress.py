"""What somebody has shown or holds: criteria signed off, training done."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import Index, UniqueConstraint, text
from sqlmodel import SQLModel

from storage.types import Holds, column, key, maybe, moment, ref, sealed


class CriterionProgress(SQLModel, table=True):
    """Where one participant stands on one criterion. Made when anything first happens to it."""

    __table_args__ = (UniqueConstraint("enrolment_id", "criterion"),)
    id: UUID = key()
    enrolment_id: UUID = ref("enrolment")
    criterion: str = column(Holds.STATUS)
    signatures_needed: int = column(Holds.STATUS, default=1)
    raised_by_id: UUID | None = maybe("person", Holds.PERSONAL)
    ready_at: datetime | None = moment()  # the mentee asked for sign-off and is waiting
    ready_note: bytes | None = sealed()
    version: int = column(Holds.TECHNICAL, default=1)


class SignOff(SQLModel, table=True):
    """One signature on one occasion, or one return. Never changed but to be withdrawn; both rows are kept."""

    __table_args__ = (
        Index(
            "ix_signoff_live",
            "progress_id",
            "ordinal",
            unique=True,
            sqlite_where=text("withdrawn_at IS NULL AND outcome = 'met'"),
            postgresql_where=text("withdrawn_at IS NULL AND outcome = 'met'"),
        ),
    )
    id: UUID = key()
    progress_id: UUID = ref("criterionprogress", index=True)
    ordinal: int = column(Holds.STATUS)
    signer_id: UUID = ref("person", Holds.PERSONAL)
    role: str = column(Holds.STATUS)
    occasion_on: date = column(Holds.STATUS)
    signed_at: datetime | None = moment()
    outcome: str = column(Holds.STATUS, default="met")  # met returned
    comment: bytes | None = sealed()  # under the mentee's key
    withdrawn_at: datetime | None = moment()
    withdrawn_by_id: UUID | None = maybe("person", Holds.PERSONAL)
    withdrawn_because: bytes | None = sealed()  # empty where it was undone within ten minutes


class TrainingRecord(SQLModel, table=True):
    """One completion of one course, self-logged and checked by somebody else."""

    __table_args__ = (Index("ix_training_latest", "person_id", "course", "done_on"),)
    id: UUID = key()
    person_id: UUID = ref("person", Holds.PERSONAL)
    course: str = column(Holds.STATUS)  # the card's name; empty for what is in no catalogue
    title: str = column(Holds.STATUS, default="")  # for what is in no catalogue
    done_on: date = column(Holds.STATUS)
    minutes: int | None = column(Holds.STATUS, default=None)
    mode: str = column(Holds.STATUS, default="")
    certificate: bytes | None = sealed()  # a note of the certificate, under the person's key
    logged_by_id: UUID = ref("person", Holds.PERSONAL)
    logged_at: datetime | None = moment()
    verified_by_id: UUID | None = maybe("person", Holds.PERSONAL)
    verified_at: datetime | None = moment()
    withdrawn_at: datetime | None = moment()
    withdrawn_by_id: UUID | None = maybe("person", Holds.PERSONAL)  # somebody else: it was sent back
    withdrawn_because: bytes | None = sealed()  # under the person's key
    imported: str = column(Holds.TECHNICAL, default="", index=True)  # row key of a file that can be imported again
    version: int = column(Holds.TECHNICAL, default=1)
