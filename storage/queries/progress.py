"""Reads and writes of criteria and their sign-offs; comments and reasons are sealed here, under the mentee's key."""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import update
from sqlmodel import Session as Db
from sqlmodel import col, select

from storage import sealing
from storage.tables.progress import CriterionProgress, SignOff
from storage.types import new_id


def find_progress(db: Db, *, enrolment_id: UUID, criterion: str) -> CriterionProgress | None:
    """Return where an enrolment stands on one criterion, or None before anything happened to it."""
    return db.exec(
        select(CriterionProgress).where(
            CriterionProgress.enrolment_id == enrolment_id, CriterionProgress.criterion == criterion
        )
    ).first()


def add_progress(db: Db, *, enrolment_id: UUID, criterion: str, signatures_needed: int) -> CriterionProgress:
    """Begin a criterion. A second beginning at the same moment fails at the flush."""
    row = CriterionProgress(
        enrolment_id=enrolment_id, criterion=criterion, signatures_needed=signatures_needed, version=0
    )
    db.add(row)
    db.flush()
    return row


def mark_progress(db: Db, row: CriterionProgress, *, seen: int, **values: object) -> bool:
    """Change a criterion that nobody changed since it was seen; False when somebody was first."""
    statement = (
        update(CriterionProgress)
        .where(col(CriterionProgress.id) == row.id, col(CriterionProgress.version) == seen)
        .values(version=seen + 1, **values)
        .execution_options(synchronize_session=False)
    )
    changed = db.connection().execute(statement).rowcount == 1
    db.refresh(row)
    return changed


def seal_ready_note(db: Db, row: CriterionProgress, *, owner: UUID, text: str) -> bytes | None:
    """Seal what a mentee says when asking for sign-off."""
    return (
        sealing.seal(db, text, owner=owner, table="criterionprogress", row_id=row.id, column="ready_note")
        if text
        else None
    )


def open_ready_note(db: Db, row: CriterionProgress, *, owner: UUID) -> str:
    """Open what a mentee said when asking."""
    if not row.ready_note:
        return ""
    return sealing.open_sealed(
        db, row.ready_note, owner=owner, table="criterionprogress", row_id=row.id, column="ready_note"
    )


def list_history(db: Db, *, progress_id: UUID) -> Sequence[SignOff]:
    """Return every sign-off and return of one criterion, withdrawn ones too, oldest first."""
    return db.exec(
        select(SignOff).where(SignOff.progress_id == progress_id).order_by(col(SignOff.signed_at), col(SignOff.id))
    ).all()


def add_sign_off(
    db: Db,
    *,
    progress_id: UUID,
    ordinal: int,
    signer_id: UUID,
    role: str,
    occasion_on: date,
    signed_at: datetime,
    outcome: str,
    comment: str,
    owner: UUID,
) -> SignOff:
    """Add a signature or a return. A second signature of the same ordinal fails at the flush."""
    row = SignOff(
        id=new_id(),
        progress_id=progress_id,
        ordinal=ordinal,
        signer_id=signer_id,
        role=role,
        occasion_on=occasion_on,
        signed_at=signed_at,
        outcome=outcome,
    )
    if comment:
        row.comment = sealing.seal(db, comment, owner=owner, table="signoff", row_id=row.id, column="comment")
    db.add(row)
    db.flush()
    return row


def find_sign_off(db: Db, sign_off_id: UUID) -> SignOff | None:
    """Return one sign-off."""
    return db.get(SignOff, sign_off_id)


def withdraw_sign_off(db: Db, row: SignOff, *, by: UUID, at: datetime, because: str, owner: UUID) -> None:
    """Withdraw a signature; the row stays, with who, when and why."""
    row.withdrawn_at, row.withdrawn_by_id = at, by
    if because:
        row.withdrawn_because = sealing.seal(
            db, because, owner=owner, table="signoff", row_id=row.id, column="withdrawn_because"
        )
    db.add(row)
    db.flush()


def open_words(db: Db, row: SignOff, *, owner: UUID) -> tuple[str, str]:
    """Open the comment of a sign-off and why it was withdrawn."""
    return tuple(  # type: ignore[return-value]  # two columns, two texts
        sealing.open_sealed(db, sealed, owner=owner, table="signoff", row_id=row.id, column=column) if sealed else ""
        for column, sealed in (("comment", row.comment), ("withdrawn_because", row.withdrawn_because))
    )
