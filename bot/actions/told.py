"""Whom a ladder means: its words stand for people (delivery.md, "Ladder")."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from sqlmodel import Session as Db

from storage.queries import due as due_queries
from storage.queries import people as people_queries
from storage.tables.delivery import DueItem
from storage.tables.meetings import Session
from storage.tables.people import Person
from storage.tables.programmes import Enrolment

PERSON, SUPPORTER, LINE_MANAGER, LEAD = "person", "supporter", "line-manager", "lead"
_FALLS_TO = {SUPPORTER: LINE_MANAGER, LINE_MANAGER: LEAD}


def told(db: Db, item: DueItem, role: str, *, on: date) -> tuple[UUID, ...]:
    """Return who is told about an item on a day as `role`: the owner, supporters, manager, leads, or a role's holders.

    A role that nobody fills falls to the next one up. Whoever must act is never told a second time as somebody else.
    """
    found = _found(db, item, role, on)
    if not found and role in _FALLS_TO:
        return told(db, item, _FALLS_TO[role], on=on)
    return tuple(person for person in found if role == PERSON or person != item.owner_id)


def session_of(item: DueItem) -> UUID | None:
    """Return the session that an item is a step of."""
    kind, _, found = item.subject.partition(":")
    return UUID(found) if kind == "session" else None


def _found(db: Db, item: DueItem, role: str, on: date) -> tuple[UUID, ...]:
    if role == PERSON:
        return (item.owner_id,)
    if role == LEAD:
        return _leads(db, item, on)
    if role == LINE_MANAGER:
        return _line_manager(db, item, on)
    return _members(db, item, role, on) or _holders(db, item, role, on)


def _members(db: Db, item: DueItem, role: str, on: date) -> tuple[UUID, ...]:
    """Return the people of the item's relationships in a role; "supporter" is everyone but the person it is about."""
    relationship_ids = _relationships(db, item)
    named = "" if role == SUPPORTER else role
    rows = due_queries.list_members(db, relationship_ids=relationship_ids, on=on, role=named)
    return tuple(dict.fromkeys(m.person_id for m, r in rows if named or m.person_id != r.about_id))


def _relationships(db: Db, item: DueItem) -> Sequence[UUID]:
    if item.scope == "relationship":
        return (item.scope_id,)
    session_id = session_of(item)
    if session_id and (session := db.get(Session, session_id)) and session.relationship_id:
        return (session.relationship_id,)
    return due_queries.list_relationship_ids(db, enrolment_id=item.enrolment_id)


def _line_manager(db: Db, item: DueItem, on: date) -> tuple[UUID, ...]:
    owner = people_queries.get_person(db, item.owner_id)
    manager = db.get(Person, owner.line_manager_id) if owner.line_manager_id else None
    works_here = manager and (manager.leaves_on is None or manager.leaves_on >= on)
    return (manager.id,) if manager and works_here else ()


def _leads(db: Db, item: DueItem, on: date) -> tuple[UUID, ...]:
    return _holders(db, item, people_queries.LEAD, on)


def _holders(db: Db, item: DueItem, role: str, on: date) -> tuple[UUID, ...]:
    enrolment = db.get(Enrolment, item.enrolment_id)
    programme = enrolment.programme if enrolment else None
    return tuple(person.id for person in people_queries.list_role_holders(db, role=role, on=on, programme=programme))
