"""What has happened to one enrolment, as rows: all that the due rules are worked out from."""

from collections.abc import Sequence
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import bindparam
from sqlalchemy import select as select_columns
from sqlmodel import Session as Db
from sqlmodel import col, or_, select

from storage.queries.at_hand import until_written
from storage.queries.people import LEAD
from storage.queries.prepared import list_rows
from storage.tables.delivery import DueItem
from storage.tables.meetings import Session
from storage.tables.people import Person, RoleHeld, Team
from storage.tables.programmes import Enrolment
from storage.tables.progress import CriterionProgress, SignOff, TrainingRecord
from storage.tables.together import Membership, Relationship
from storage.tables.written import Document, Party, Signature

# Made once, for they are all asked each time an enrolment is settled.
_OF: Any = bindparam("enrolment_id")
_DUE_ITEMS = select(DueItem).where(DueItem.enrolment_id == _OF)
_RELATIONSHIPS = (
    select(Relationship)
    .where(Relationship.enrolment_id == _OF)
    .order_by(col(Relationship.began_on), col(Relationship.id))
)
_MEMBERS = (
    select(Membership)
    .join(Relationship, col(Relationship.id) == Membership.relationship_id)
    .where(Relationship.enrolment_id == _OF)
    .order_by(col(Membership.from_on), col(Membership.id))
)
_SESSIONS = select(Session).where(Session.enrolment_id == _OF)
_DOCUMENTS = select(Document).where(Document.enrolment_id == _OF).order_by(col(Document.series), col(Document.number))
_SIGNATURES = (
    select(Signature).join(Document, col(Document.id) == Signature.document_id).where(Document.enrolment_id == _OF)
)
_PARTIES = (
    select(Party)
    .join(Document, col(Document.id) == Party.document_id)
    .where(Document.enrolment_id == _OF, Party.does != "read")
    .order_by(col(Party.place), col(Party.id))
)
_PROGRESS = select(CriterionProgress).where(CriterionProgress.enrolment_id == _OF)
_SIGN_OFFS = (
    select(SignOff)
    .join(CriterionProgress, col(CriterionProgress.id) == SignOff.progress_id)
    .where(CriterionProgress.enrolment_id == _OF)
    .order_by(col(SignOff.signed_at), col(SignOff.id))
)
_TRAINING = (
    select(TrainingRecord)
    .where(TrainingRecord.person_id == bindparam("person_id"), col(TrainingRecord.withdrawn_at).is_(None))
    .order_by(col(TrainingRecord.done_on), col(TrainingRecord.id))
)


def list_due_items(db: Db, *, enrolment_id: UUID) -> Sequence[DueItem]:
    """Return every due row of an enrolment, closed ones too."""
    return db.exec(_DUE_ITEMS, params={"enrolment_id": enrolment_id}).all()


class HeldItem(NamedTuple):
    """A due row with what the facts can change in it. Most are over, and stay as they are."""

    id: UUID
    rule: str
    scope_id: UUID
    subject: str
    period: str
    owner_id: UUID
    due_on: date
    state: str
    opens_on: date
    closed_on: date | None
    asked_on: date | None
    not_applicable: bool


def list_held_items(db: Db, *, enrolment_id: UUID) -> list[HeldItem]:
    """Return every due row of an enrolment as a plain row, in one look."""
    return [HeldItem._make(row) for row in list_rows(db, _HELD, enrolment_id=enrolment_id)]


_HELD = select_columns(*(getattr(DueItem, name) for name in HeldItem._fields)).where(col(DueItem.enrolment_id) == _OF)


@until_written(Relationship)
def list_all_relationships(db: Db, *, enrolment_id: UUID) -> Sequence[Relationship]:
    """Return the relationships an enrolment has or had."""
    return db.exec(_RELATIONSHIPS, params={"enrolment_id": enrolment_id}).all()


@until_written(Membership, Relationship)
def list_all_members(db: Db, *, enrolment_id: UUID) -> Sequence[Membership]:
    """Return everybody who is or was in a relationship of an enrolment."""
    return db.exec(_MEMBERS, params={"enrolment_id": enrolment_id}).all()


def list_sessions(db: Db, *, enrolment_id: UUID) -> Sequence[Session]:
    """Return every session of an enrolment, whatever became of it."""
    return db.exec(_SESSIONS, params={"enrolment_id": enrolment_id}).all()


def list_documents(db: Db, *, enrolment_id: UUID) -> Sequence[Document]:
    """Return every version of everything written for an enrolment; no text is opened."""
    return db.exec(_DOCUMENTS, params={"enrolment_id": enrolment_id}).all()


def list_signatures(db: Db, *, enrolment_id: UUID) -> Sequence[Signature]:
    """Return every signature over those documents."""
    return db.exec(_SIGNATURES, params={"enrolment_id": enrolment_id}).all()


def list_parties(db: Db, *, enrolment_id: UUID) -> Sequence[Party]:
    """Return everybody who is to sign those documents or to take note of them, in the order of their forms."""
    return db.exec(_PARTIES, params={"enrolment_id": enrolment_id}).all()


def list_progress(db: Db, *, enrolment_id: UUID) -> Sequence[CriterionProgress]:
    """Return where an enrolment stands on each criterion anything has happened to."""
    return db.exec(_PROGRESS, params={"enrolment_id": enrolment_id}).all()


def list_sign_offs(db: Db, *, enrolment_id: UUID) -> Sequence[SignOff]:
    """Return every sign-off and return of an enrolment, withdrawn ones too, in order of time."""
    return db.exec(_SIGN_OFFS, params={"enrolment_id": enrolment_id}).all()


def list_training(db: Db, *, person_id: UUID) -> Sequence[TrainingRecord]:
    """Return a person's training records that stand, latest last."""
    return db.exec(_TRAINING, params={"person_id": person_id}).all()


def list_enrolments_around(db: Db, *, person_id: UUID) -> Sequence[UUID]:
    """Return the live enrolments of a person, and of those they stand with."""
    own = select(Enrolment.id).where(Enrolment.person_id == person_id, col(Enrolment.ended_on).is_(None))
    beside = (
        select(Relationship.enrolment_id)
        .join(Membership, col(Membership.relationship_id) == Relationship.id)
        .join(Enrolment, col(Enrolment.id) == Relationship.enrolment_id)
        .where(Membership.person_id == person_id, Relationship.state != "closed", col(Enrolment.ended_on).is_(None))
    )
    found = [*db.exec(own).all(), *(enrolment_id for enrolment_id in db.exec(beside).all() if enrolment_id)]
    return list(dict.fromkeys(found))


def list_live_enrolments(db: Db, *, programme: str | None = None, team_id: UUID | None = None) -> Sequence[UUID]:
    """Return the live enrolments there are: all, or those on one programme, or those of one team's people."""
    asked = select(Enrolment.id).where(col(Enrolment.ended_on).is_(None))
    if programme:
        asked = asked.where(Enrolment.programme == programme)
    if team_id:
        asked = asked.join(Person, col(Person.id) == Enrolment.person_id).where(Person.team_id == team_id)
    return db.exec(asked).all()


def list_enrolments_below(db: Db, *, person_id: UUID) -> Sequence[UUID]:
    """Return the live enrolments in which somebody may be asked as line manager, team manager or lead."""
    led = select(RoleHeld.programme).where(RoleHeld.person_id == person_id, RoleHeld.role == LEAD)
    programmes = db.exec(led).all()
    is_led = True if None in programmes else col(Enrolment.programme).in_(programmes)
    asked = (
        select(Enrolment.id)
        .join(Person, col(Person.id) == Enrolment.person_id)
        .join(Team, col(Team.id) == Person.team_id, isouter=True)
        .where(
            col(Enrolment.ended_on).is_(None),
            or_(Person.line_manager_id == person_id, Team.manager_id == person_id, is_led),
        )
    )
    return db.exec(asked).all()
