"""Reads and writes of enrolments, relationships and who is in them."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, bindparam, or_
from sqlmodel import Session as Db
from sqlmodel import col, select

from storage.tables.programmes import Enrolment, ProgrammeSettings
from storage.tables.together import Membership, Relationship


def list_enrolments(db: Db, *, person_id: UUID) -> Sequence[Enrolment]:
    """Return the programmes a person is on now, oldest first."""
    return db.exec(_ENROLMENTS, params={"person_id": person_id}).all()


# Made once, as is all that everybody's duties and documents begin with.
_ENROLMENTS = (
    select(Enrolment)
    .where(Enrolment.person_id == bindparam("person_id"), col(Enrolment.ended_on).is_(None))
    .order_by(col(Enrolment.starts_on), col(Enrolment.id))
)


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
    return db.exec(_MEMBERS, params={"ids": relationship_ids, "on": on}).all()


def list_memberships_of(db: Db, *, person_id: UUID, on: date, role: str | None = None) -> Sequence[Membership]:
    """Return the parts a person has in open relationships on a day."""
    asked = _MEMBERSHIPS.where(Membership.role == role) if role else _MEMBERSHIPS
    return db.exec(asked, params={"person_id": person_id, "on": on}).all()


_ON: Any = bindparam("on")
_DURING: tuple[ColumnElement[bool], ...] = (
    col(Membership.from_on) <= _ON,
    or_(col(Membership.until_on).is_(None), col(Membership.until_on) >= _ON),
)
_MEMBERS = (
    select(Membership)
    .where(col(Membership.relationship_id).in_(bindparam("ids", expanding=True)), *_DURING)
    .order_by(col(Membership.from_on), col(Membership.id))
)
_MEMBERSHIPS = (
    select(Membership)
    .join(Relationship, col(Relationship.id) == Membership.relationship_id)
    .where(Membership.person_id == bindparam("person_id"), Relationship.state != "closed", *_DURING)
)


def find_enrolment_of(db: Db, *, relationship_id: UUID) -> Enrolment | None:
    """Return the live enrolment a relationship belongs to."""
    return db.exec(
        select(Enrolment)
        .join(Relationship, col(Relationship.enrolment_id) == Enrolment.id)
        .where(Relationship.id == relationship_id, col(Enrolment.ended_on).is_(None))
    ).first()
