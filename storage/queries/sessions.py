"""Reads and writes of sessions, and of what stands beside them in a list."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, or_, union_all, update
from sqlmodel import Session as Db
from sqlmodel import col, select

from storage.tables.meetings import Session
from storage.tables.programmes import Enrolment
from storage.tables.together import Membership, Relationship
from storage.tables.written import AgreedAction, Document, Signature
from storage.types import new_id

PLANNED, HELD, CANCELLED, MISSED = "planned", "held", "cancelled", "missed"
MOST_PLANNED = 60  # of one person's meetings still open; a lead of many people sees the soonest


@dataclass(frozen=True)
class Pair:
    """A person's part in one relationship, with the enrolment it belongs to."""

    membership: Membership
    relationship: Relationship
    enrolment: Enrolment


@dataclass(frozen=True)
class Written:
    """Where the newest version of a session's record stands, and whether one person has signed it."""

    document: Document
    is_signed_by_reader: bool


def add_session(db: Db, **values: Any) -> Session:
    """Add a session; its invitation's lasting name is made with it."""
    made = new_id()
    session = Session(id=made, invite_uid=f"{made}@handrail", **values)
    db.add(session)
    db.flush()
    return session


def find_session(db: Db, session_id: UUID) -> Session | None:
    """Return one session as it stands in the database."""
    return db.get(Session, session_id, populate_existing=True)


def change_session(db: Db, session: Session, *, version: int, **values: Any) -> bool:
    """Change a session that is still at the version somebody saw; False when somebody was there first."""
    changed = (
        update(Session)
        .where(col(Session.id) == session.id, col(Session.version) == version)
        .values(version=version + 1, **values)
        .execution_options(synchronize_session=False)
    )
    is_changed = db.connection().execute(changed).rowcount == 1
    db.refresh(session)
    return is_changed


def list_planned(
    db: Db, *, person_id: UUID, relationship_ids: Collection[UUID], most: int = MOST_PLANNED
) -> Sequence[Session]:
    """Return the sessions of a person, or of the pairs they support, of which nobody has said how they went; by day."""
    ids = _newest(person_id, relationship_ids, Session.state == PLANNED, col(Session.falls_on).asc(), most)
    return db.exec(select(Session).where(ids).order_by(col(Session.planned_at), col(Session.id)).limit(most)).all()


def list_past(
    db: Db, *, person_id: UUID, relationship_ids: Collection[UUID], most: int, skip: int = 0
) -> Sequence[Session]:
    """Return what was held or not held, latest first."""
    ids = _newest(person_id, relationship_ids, Session.state != PLANNED, col(Session.falls_on).desc(), most + skip)
    ordered = select(Session).where(ids).order_by(col(Session.falls_on).desc(), col(Session.id).desc())
    return db.exec(ordered.offset(skip).limit(most)).all()


def _newest(
    person_id: UUID, relationship_ids: Collection[UUID], state: Any, order: ColumnElement[Any], most: int
) -> ColumnElement[bool]:
    """Name the few rows at the end of each index, so that a list costs the same after three years as after one."""
    mine = [col(Session.about_id) == person_id, col(Session.led_by_id) == person_id]
    mine += [col(Session.relationship_id) == one for one in relationship_ids]
    ends = (select(Session.id).where(whose, state).order_by(order).limit(most).subquery() for whose in mine)
    return col(Session.id).in_(union_all(*(select(end.c.id) for end in ends)))


def find_next_planned(db: Db, *, scope_id: UUID, kind: str, after: datetime) -> Session | None:
    """Return the next planned session of one kind in a relationship, or about an enrolled person outside any."""
    outside = and_(col(Session.enrolment_id) == scope_id, col(Session.relationship_id).is_(None))
    return db.exec(
        select(Session)
        .where(
            or_(col(Session.relationship_id) == scope_id, outside),
            Session.kind == kind,
            Session.state == PLANNED,
            col(Session.planned_at) > after,
        )
        .order_by(col(Session.planned_at))
    ).first()


def list_busy(db: Db, *, person_ids: Collection[UUID], first: date, last: date) -> Sequence[Session]:
    """Return the planned sessions of any of these people on the days from `first` to `last`."""
    return db.exec(
        select(Session).where(
            Session.state == PLANNED,
            or_(col(Session.about_id).in_(person_ids), col(Session.led_by_id).in_(person_ids)),
            col(Session.falls_on) >= first,
            col(Session.falls_on) <= last,
        )
    ).all()


def list_kinds_met(db: Db, *, relationship_ids: Collection[UUID]) -> set[tuple[UUID, str]]:
    """Return which kinds of session each relationship has planned or held."""
    if not relationship_ids:
        return set()
    asked = (
        select(Session.relationship_id, Session.kind)
        .where(col(Session.relationship_id).in_(relationship_ids), col(Session.state).in_((PLANNED, HELD)))
        .distinct()
    )
    return {(pair, kind) for pair, kind in db.exec(asked).all() if pair}


def list_pairs(db: Db, *, person_id: UUID, on: date) -> tuple[Pair, ...]:
    """Return the open relationships a person stands in on a day, oldest first."""
    asked = (
        select(Membership, Relationship, Enrolment)
        .join(Relationship, col(Relationship.id) == Membership.relationship_id)
        .join(Enrolment, col(Enrolment.id) == Relationship.enrolment_id)
        .where(
            Membership.person_id == person_id,
            Relationship.state != "closed",
            Enrolment.state == "active",
            Membership.from_on <= on,
            or_(col(Membership.until_on).is_(None), col(Membership.until_on) >= on),
        )
        .order_by(col(Relationship.began_on), col(Relationship.id))
    )
    return tuple(Pair(*row) for row in db.exec(asked).all())


def list_written(db: Db, *, session_ids: Collection[UUID], reader_id: UUID) -> dict[UUID, Written]:
    """Return the record of each session that has one; no text is opened."""
    if not session_ids:
        return {}
    signed = and_(
        col(Signature.document_id) == Document.id,
        col(Signature.person_id) == reader_id,
        col(Signature.signed_at).is_not(None),
    )
    asked = (
        select(Document, func.count(col(Signature.id)))
        .outerjoin(Signature, signed)
        .where(
            col(Document.session_id).in_(session_ids),
            Document.kind != "preparation",
            col(Document.state).not_in(("withdrawn", "superseded")),
        )
        .group_by(col(Document.id))
        .order_by(col(Document.number))
    )
    found = ((document, Written(document, bool(signatures))) for document, signatures in db.exec(asked).all())
    return {document.session_id: written for document, written in found if document.session_id}


def count_actions(db: Db, *, document_ids: Collection[UUID]) -> dict[UUID, int]:
    """Count what each record agreed to be done."""
    if not document_ids:
        return {}
    asked = (
        select(AgreedAction.document_id, func.count())
        .where(col(AgreedAction.document_id).in_(document_ids), AgreedAction.kind == "actions")
        .group_by(col(AgreedAction.document_id))
    )
    return dict(db.exec(asked).all())
