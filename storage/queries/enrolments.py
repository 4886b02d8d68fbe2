"""Reads and writes of enrolling and pairing."""

from collections.abc import Collection, Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import ColumnElement, func, or_
from sqlmodel import Session as Db
from sqlmodel import col, select

from storage.tables.meetings import Session
from storage.tables.people import Person
from storage.tables.programmes import Enrolment, ProgrammeSettings
from storage.tables.together import Membership, Relationship
from storage.tables.written import Document, Signature


def get_enrolment(db: Db, enrolment_id: UUID) -> Enrolment:
    """Return one enrolment, which must be there."""
    found = db.get(Enrolment, enrolment_id)
    assert found is not None, "an enrolment id that was never given"
    return found


def find_live_enrolment(db: Db, *, person_id: UUID, programme: str) -> Enrolment | None:
    """Return the enrolment of a person on a programme that has not ended."""
    return db.exec(
        select(Enrolment).where(
            Enrolment.person_id == person_id, Enrolment.programme == programme, col(Enrolment.ended_on).is_(None)
        )
    ).first()


def get_relationship(db: Db, relationship_id: UUID) -> Relationship:
    """Return one relationship, which must be there."""
    found = db.get(Relationship, relationship_id)
    assert found is not None, "a relationship id that was never given"
    return found


def find_open_relationship(db: Db, *, enrolment_id: UUID, kind: str) -> Relationship | None:
    """Return the relationship of this kind that an enrolment has now."""
    return db.exec(
        select(Relationship).where(
            Relationship.enrolment_id == enrolment_id, Relationship.kind == kind, Relationship.state != "closed"
        )
    ).first()


def list_supporters(db: Db, *, relationship_id: UUID, on: date) -> Sequence[Membership]:
    """Return the supporters of a relationship on a day, covers left out; who has left the service does not count."""
    return db.exec(
        select(Membership)
        .join(Relationship, col(Relationship.id) == Membership.relationship_id)
        .join(Person, col(Person.id) == Membership.person_id)
        .where(
            Membership.relationship_id == relationship_id,
            Membership.person_id != Relationship.about_id,
            col(Membership.covers_id).is_(None),
            *_during(on),
            or_(col(Person.leaves_on).is_(None), col(Person.leaves_on) >= on),
        )
        .order_by(col(Membership.from_on), col(Membership.id))
    ).all()


def find_cover(db: Db, *, covers_id: UUID, person_id: UUID, from_on: date) -> Membership | None:
    """Return somebody's standing in for a membership from a day."""
    asked = select(Membership).where(Membership.covers_id == covers_id, Membership.person_id == person_id)
    return db.exec(asked.where(Membership.from_on == from_on)).first()


def list_memberships_left(db: Db, *, relationship_id: UUID, on: date) -> Sequence[Membership]:
    """Return every membership of a relationship that would still run from `on`, covers first."""
    return db.exec(
        select(Membership)
        .where(
            Membership.relationship_id == relationship_id,
            or_(col(Membership.until_on).is_(None), col(Membership.until_on) >= on),
        )
        .order_by(col(Membership.covers_id).is_(None), col(Membership.from_on), col(Membership.id))
    ).all()


def list_supported(db: Db, *, person_id: UUID, on: date) -> Sequence[Relationship]:
    """Return the open relationships in which a person supports somebody on a day, covers left out."""
    return db.exec(
        select(Relationship)
        .join(Membership, col(Membership.relationship_id) == Relationship.id)
        .where(
            Membership.person_id == person_id,
            Relationship.about_id != person_id,
            Relationship.state != "closed",
            col(Membership.covers_id).is_(None),
            *_during(on),
        )
        .order_by(col(Relationship.began_on), col(Relationship.id))
    ).all()


def count_supported(db: Db, *, person_ids: Collection[UUID], kind: str, on: date) -> dict[UUID, int]:
    """Count how many each of these people supports in relationships of one kind on a day."""
    asked = (
        select(Membership.person_id, func.count())
        .join(Relationship, col(Relationship.id) == Membership.relationship_id)
        .where(
            col(Membership.person_id).in_(person_ids),
            Relationship.kind == kind,
            Relationship.state != "closed",
            Membership.person_id != Relationship.about_id,
            col(Membership.covers_id).is_(None),
            *_during(on),
        )
        .group_by(col(Membership.person_id))
    )
    return dict(db.exec(asked).all())


def list_sessions_led_by_others(
    db: Db, *, relationship_id: UUID, leader_ids: Collection[UUID], from_on: date
) -> Sequence[Session]:
    """Return the sessions of a relationship planned for a day or later that none of these people leads."""
    return db.exec(
        select(Session).where(
            Session.relationship_id == relationship_id,
            Session.state == "planned",
            col(Session.falls_on) >= from_on,
            col(Session.led_by_id).not_in(leader_ids),
        )
    ).all()


def list_planned_sessions(db: Db, *, enrolment_id: UUID) -> Sequence[Session]:
    """Return the sessions of an enrolment that are still to come."""
    return db.exec(select(Session).where(Session.enrolment_id == enrolment_id, Session.state == "planned")).all()


def list_places(db: Db, *, programme: str) -> Sequence[tuple[Enrolment, Person]]:
    """Return everyone who is on a programme now, in order of name."""
    return db.exec(
        select(Enrolment, Person)
        .join(Person, col(Person.id) == Enrolment.person_id)
        .where(Enrolment.programme == programme, col(Enrolment.ended_on).is_(None))
        .order_by(Person.name, col(Enrolment.id))
    ).all()


def list_places_of(db: Db, *, enrolment_ids: Collection[UUID]) -> Sequence[tuple[Enrolment, Person]]:
    """Return these enrolments and whose they are, in order of name."""
    return db.exec(
        select(Enrolment, Person)
        .join(Person, col(Person.id) == Enrolment.person_id)
        .where(col(Enrolment.id).in_(enrolment_ids), col(Enrolment.ended_on).is_(None))
        .order_by(Person.name, col(Enrolment.id))
    ).all()


def list_open_relationships(db: Db, *, enrolment_ids: Collection[UUID]) -> Sequence[Relationship]:
    """Return the relationships of these enrolments that are not closed, oldest first."""
    return db.exec(
        select(Relationship)
        .where(col(Relationship.enrolment_id).in_(enrolment_ids), Relationship.state != "closed")
        .order_by(col(Relationship.began_on), col(Relationship.id))
    ).all()


def list_all_memberships(db: Db, *, relationship_ids: Collection[UUID]) -> Sequence[tuple[Membership, Person]]:
    """Return everybody who stands or stood in these relationships."""
    return db.exec(
        select(Membership, Person)
        .join(Person, col(Person.id) == Membership.person_id)
        .where(col(Membership.relationship_id).in_(relationship_ids))
        .order_by(col(Membership.from_on), col(Membership.id))
    ).all()


def list_signed_by_participant(db: Db, *, relationship_ids: Collection[UUID]) -> set[UUID]:
    """Return the relationships whose agreement is out for signing and signed already by whom it is about."""
    asked = (
        select(Relationship.id)
        .join(Document, col(Document.relationship_id) == Relationship.id)
        .join(Signature, col(Signature.document_id) == Document.id)
        .where(
            col(Relationship.id).in_(relationship_ids),
            Document.kind == "agreement",
            Document.state == "out",
            Signature.person_id == Relationship.about_id,
            col(Signature.signed_at).is_not(None),
        )
    )
    return set(db.exec(asked))


def list_settings(db: Db) -> Sequence[ProgrammeSettings]:
    """Return what the leads decided about every running programme."""
    return db.exec(select(ProgrammeSettings).order_by(ProgrammeSettings.programme)).all()


def _during(on: date) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return col(Membership.from_on) <= on, or_(col(Membership.until_on).is_(None), col(Membership.until_on) >= on)
