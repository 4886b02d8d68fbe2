"""Reads and writes of when people work: leave and closures."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import or_
from sqlmodel import Session as Db
from sqlmodel import col, select

from storage.tables.delivery import DueItem
from storage.tables.meetings import Session
from storage.tables.people import Absence, Person, Team


def find_absence(db: Db, absence_id: UUID) -> Absence | None:
    """Return one stretch of leave, or one closure."""
    return db.get(Absence, absence_id)


def list_leave(db: Db, *, person_id: UUID, from_on: date) -> Sequence[Absence]:
    """Return a person's leave that is not over by a day, in order."""
    return db.exec(
        select(Absence)
        .where(Absence.person_id == person_id, Absence.until_on >= from_on)
        .order_by(col(Absence.from_on), col(Absence.id))
    ).all()


def add_leave(db: Db, *, person_id: UUID, from_on: date, until_on: date) -> Absence:
    """Add leave; what it touches or overlaps becomes one stretch with it."""
    touching = db.exec(
        select(Absence).where(Absence.person_id == person_id, Absence.from_on <= until_on, Absence.until_on >= from_on)
    ).all()
    row = touching[0] if touching else Absence(person_id=person_id, from_on=from_on, until_on=until_on)
    row.from_on = min([from_on, *(each.from_on for each in touching)])
    row.until_on = max([until_on, *(each.until_on for each in touching)])
    for other in touching[1:]:
        db.delete(other)
    db.add(row)
    db.flush()
    return row


def list_closures(db: Db, *, from_on: date) -> Sequence[Absence]:
    """Return the closures that are not over by a day, in order."""
    return db.exec(
        select(Absence)
        .where(col(Absence.person_id).is_(None), Absence.until_on >= from_on)
        .order_by(col(Absence.from_on), col(Absence.id))
    ).all()


def list_teams(db: Db) -> Sequence[Team]:
    """Return every team, in order of name."""
    return db.exec(select(Team).order_by(Team.name)).all()


def list_reports(db: Db, *, manager_id: UUID, on: date) -> Sequence[Person]:
    """Return whom somebody line-manages on a day, in order of name."""
    return db.exec(
        select(Person)
        .where(Person.line_manager_id == manager_id, or_(col(Person.leaves_on).is_(None), col(Person.leaves_on) >= on))
        .order_by(Person.name)
    ).all()


def list_open_items_of(db: Db, *, person_id: UUID, enrolment_ids: Sequence[UUID]) -> Sequence[DueItem]:
    """Return the open items that a person's hours can move: their own, and those of the enrolments they stand in."""
    return db.exec(
        select(DueItem).where(
            DueItem.state == "open",
            or_(col(DueItem.owner_id) == person_id, col(DueItem.enrolment_id).in_(enrolment_ids)),
        )
    ).all()


def list_planned_sessions_of(db: Db, *, person_id: UUID) -> Sequence[Session]:
    """Return the sessions that are planned with a person on either side."""
    return db.exec(
        select(Session).where(
            Session.state == "planned", or_(col(Session.about_id) == person_id, col(Session.led_by_id) == person_id)
        )
    ).all()


def list_ids_with_anything_to_do(db: Db) -> Sequence[UUID]:
    """Return everyone who owes something, or has a session planned on either side."""
    owners = select(DueItem.owner_id).where(DueItem.state == "open")
    about = select(Session.about_id).where(Session.state == "planned")
    leading = select(Session.led_by_id).where(Session.state == "planned")
    return list({person_id for asked in (owners, about, leading) for person_id in db.exec(asked.distinct()).all()})
