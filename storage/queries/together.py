"""Reads and writes of enrolments, relationships and who is in them."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import ColumnElement, or_
from sqlmodel import Session as Db
from sqlmodel import col, select

from storage.tables.programmes import Enrolment, ProgrammeSettings
from storage.tables.together import Membership, Relationship


def list_enrolments(db: Db, *, person_id: UUID) -> Sequence[Enrolment]:
    """Return the programmes a person is on now, oldest first."""
    return db.exec(
        select(Enrolment)
        .where(Enrolment.person_id == person_id, col(Enrolment.ended_on).is_(None))
        .order_by(col(Enrolment.starts_on), col(Enrolment.id))
    ).all()


def list_programme_enrolments(db: Db, *, programme: str) -> Sequence[Enrolment]:
    """Return everyone on a programme now."""
    return db.exec(select(Enrolment).where(Enrolment.programme == programme, col(Enrolment.ended_on).is_(None))).all()


def find_settings(db: Db, *, programme: str) -> ProgrammeSettings | None:
    """Return what the lead has decided about a programme."""
    return db.get(ProgrammeSettings, programme)


def list_relationships(db: Db, *, enrolment_id: UUID) -> Sequence[Relationship]:
    """Return the relationships of one enrolment that are not closed."""
    return db.exec(
        select(Relationship)
        .where(Relationship.enrolment_id == enrolment_id, Relationship.state != "closed")
        .order_by(col(Relationship.began_on), col(Relationship.id))
    ).all()


def list_members(db: Db, *, relationship_ids: Sequence[UUID], on: date) -> Sequence[Membership]:
    """Return who is in these relationships on a day."""
    if not relationship_ids:
        return []
    return db.exec(
        select(Membership)
        .where(col(Membership.relationship_id).in_(relationship_ids), *_during(on))
        .order_by(col(Membership.from_on), col(Membership.id))
    ).all()


def list_memberships_of(db: Db, *, person_id: UUID, on: date, role: str | None = None) -> Sequence[Membership]:
    """Return the parts a person has in open relationships on a day."""
    query = (
        select(Membership)
        .join(Relationship, col(Relationship.id) == Membership.relationship_id)
        .where(Membership.person_id == person_id, Relationship.state != "closed", *_during(on))
    )
    return db.exec(query.where(Membership.role == role) if role else query).all()


def _during(on: date) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return col(Membership.from_on) <= on, or_(col(Membership.until_on).is_(None), col(Membership.until_on) >= on)


def find_enrolment_of(db: Db, *, relationship_id: UUID) -> Enrolment | None:
    """Return the live enrolment a relationship belongs to."""
    return db.exec(
        select(Enrolment)
        .join(Relationship, col(Relationship.enrolment_id) == Enrolment.id)
        .where(Relationship.id == relationship_id, col(Enrolment.ended_on).is_(None))
    ).first()
