"""Reads and writes of training records; notes of certificates and reasons are sealed here, under the person's key."""

from collections.abc import Collection, Sequence
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import bindparam, func, literal, or_, update
from sqlmodel import Session as Db
from sqlmodel import col, select

from storage import sealing
from storage.tables.delivery import DueItem
from storage.tables.people import Person, Team
from storage.tables.programmes import Enrolment
from storage.tables.progress import TrainingRecord
from storage.types import new_id

VERIFY = "ask.verify"  # the due rows that ask somebody to verify; their subject is `training:UUID`


def add_training(
    db: Db,
    *,
    person_id: UUID,
    course: str,
    title: str,
    done_on: date,
    minutes: int | None,
    mode: str,
    certificate: str,
    logged_by_id: UUID,
    logged_at: datetime,
) -> TrainingRecord:
    """Add a completion, not yet verified."""
    row = TrainingRecord(
        id=new_id(),
        person_id=person_id,
        course=course,
        title=title,
        done_on=done_on,
        minutes=minutes,
        mode=mode,
        logged_by_id=logged_by_id,
        logged_at=logged_at,
    )
    if certificate:
        row.certificate = _seal(db, row, certificate, "certificate")
    db.add(row)
    db.flush()
    return row


def find_training(db: Db, record_id: UUID) -> TrainingRecord | None:
    """Return one completion, withdrawn or not."""
    return db.get(TrainingRecord, record_id)


def list_every_training(db: Db, *, person_id: UUID) -> Sequence[TrainingRecord]:
    """Return every completion of a person, withdrawn ones too, oldest first."""
    return db.exec(_EVERY_TRAINING, params={"person_id": person_id}).all()


_EVERY_TRAINING = (  # made once: each settling and each log begins with it
    select(TrainingRecord)
    .where(TrainingRecord.person_id == bindparam("person_id"))
    .order_by(col(TrainingRecord.done_on), col(TrainingRecord.logged_at), col(TrainingRecord.id))
)


def mark_training(db: Db, row: TrainingRecord, *, seen: int, **values: object) -> bool:
    """Change a completion that nobody changed since it was seen; False when somebody was first."""
    statement = (
        update(TrainingRecord)
        .where(col(TrainingRecord.id) == row.id, col(TrainingRecord.version) == seen)
        .values(version=seen + 1, **values)
        .execution_options(synchronize_session=False)
    )
    changed = db.connection().execute(statement).rowcount == 1
    db.refresh(row)
    return changed


def withdraw_training(db: Db, row: TrainingRecord, *, seen: int, by: UUID, at: datetime, because: str) -> bool:
    """Withdraw a completion as it was seen; the row stays, with who, when and why. False when somebody was first."""
    sealed = _seal(db, row, because, "withdrawn_because") if because else None
    return mark_training(db, row, seen=seen, withdrawn_at=at, withdrawn_by_id=by, withdrawn_because=sealed)


def open_certificate(db: Db, row: TrainingRecord) -> str:
    """Open the note of a certificate."""
    return _open(db, row, row.certificate, "certificate")


def open_because(db: Db, row: TrainingRecord) -> str:
    """Open why a completion was withdrawn or sent back."""
    return _open(db, row, row.withdrawn_because, "withdrawn_because")


def list_to_verify(db: Db, *, person_id: UUID, is_lead: bool, most: int) -> Sequence[TrainingRecord]:
    """List what waits to be verified and may be this person's to verify: asked of them, or of those they manage.

    A lead may be the only one to verify anybody's.
    """
    asked = select(DueItem.subject).where(
        DueItem.state == "open", DueItem.owner_id == person_id, DueItem.rule == VERIFY
    )
    ids = [UUID(subject.removeprefix("training:")) for subject in db.exec(asked)]
    return db.exec(
        select(TrainingRecord)
        .join(Person, col(Person.id) == TrainingRecord.person_id)
        .where(
            or_(col(TrainingRecord.id).in_(ids), col(Person.line_manager_id) == person_id, literal(is_lead)),
            col(TrainingRecord.verified_at).is_(None),
            col(TrainingRecord.withdrawn_at).is_(None),
            TrainingRecord.imported == "",
        )
        .order_by(col(TrainingRecord.logged_at), col(TrainingRecord.id))
        .limit(most)
    ).all()


def list_managed(db: Db, *, person_id: UUID, on: date) -> Sequence[Person]:
    """List whom somebody manages on a day, as their line manager or as manager of their team, in order of name."""
    return db.exec(_MANAGED, params={"person_id": person_id, "on": on}).all()


_MANAGED = (
    select(Person)
    .join(Team, col(Team.id) == Person.team_id, isouter=True)
    .where(
        or_(col(Person.line_manager_id) == bindparam("person_id"), col(Team.manager_id) == bindparam("person_id")),
        col(Person.id) != bindparam("person_id"),
        or_(col(Person.leaves_on).is_(None), col(Person.leaves_on) >= bindparam("on")),
    )
    .order_by(Person.name)
)


def list_enrolled(db: Db) -> Sequence[Person]:
    """List everybody who is on a programme now, in order of name."""
    places = select(Enrolment.person_id).where(col(Enrolment.ended_on).is_(None))
    return db.exec(select(Person).where(col(Person.id).in_(places)).order_by(Person.name)).all()


def count_late_courses(db: Db, *, person_ids: Collection[UUID], today: date) -> dict[UUID, int]:
    """Count the courses that each of these people owes since before today."""
    asked = (
        select(DueItem.about_id, func.count())
        .where(
            col(DueItem.about_id).in_(person_ids),
            DueItem.state == "open",
            col(DueItem.rule).startswith("course."),
            DueItem.due_on < today,
        )
        .group_by(col(DueItem.about_id))
    )
    return dict(db.exec(asked).all())


def _seal(db: Db, row: TrainingRecord, text: str, column: str) -> bytes:
    return sealing.seal(db, text, owner=row.person_id, table="trainingrecord", row_id=row.id, column=column)


def _open(db: Db, row: TrainingRecord, sealed: bytes | None, column: str) -> str:
    if not sealed:
        return ""
    return sealing.open_sealed(db, sealed, owner=row.person_id, table="trainingrecord", row_id=row.id, column=column)
