"""Reads and writes of what is imported from files."""

from collections.abc import Collection, Sequence
from datetime import date
from uuid import UUID

from sqlmodel import Session as Db
from sqlmodel import col, or_, select

from storage.tables.meetings import Session
from storage.tables.people import Absence, Person, RoleHeld
from storage.tables.progress import TrainingRecord


def list_everyone(db: Db) -> Sequence[Person]:
    """Return the whole people list, in order of name."""
    return db.exec(select(Person).order_by(Person.name, col(Person.id))).all()


def list_roles_of(db: Db, *, person_id: UUID, on: date) -> Sequence[RoleHeld]:
    """Return the roles somebody holds on a day."""
    return db.exec(
        select(RoleHeld).where(
            RoleHeld.person_id == person_id,
            RoleHeld.from_on <= on,
            or_(col(RoleHeld.until_on).is_(None), col(RoleHeld.until_on) >= on),
        )
    ).all()


def find_leave(db: Db, *, person_id: UUID, from_on: date, until_on: date) -> Absence | None:
    """Return leave that begins on or before one day and ends on or after another."""
    covering = select(Absence).where(
        Absence.person_id == person_id, Absence.from_on <= from_on, Absence.until_on >= until_on
    )
    return db.exec(covering).first()


def find_closure(db: Db, *, on: date, team_id: UUID | None) -> Absence | None:
    """Return the closure of a team, or of everybody, that begins on a day."""
    of_team = Absence.team_id == team_id if team_id else col(Absence.team_id).is_(None)
    closed = select(Absence).where(col(Absence.person_id).is_(None), Absence.from_on == on, of_team)
    return db.exec(closed.where(col(Absence.is_worked).is_(False))).first()


def find_training(db: Db, *, imported: str) -> TrainingRecord | None:
    """Return the completion that a row of a file made before."""
    return db.exec(select(TrainingRecord).where(TrainingRecord.imported == imported)).first()


def find_same_training(db: Db, *, person_id: UUID, course: str, title: str, done_on: date) -> TrainingRecord | None:
    """Return a completion of the same course on the same day, however it was entered."""
    return db.exec(
        select(TrainingRecord).where(
            TrainingRecord.person_id == person_id,
            TrainingRecord.course == course,
            TrainingRecord.title == title,
            TrainingRecord.done_on == done_on,
            col(TrainingRecord.withdrawn_at).is_(None),
        )
    ).first()


def find_session_held(db: Db, *, relationship_id: UUID, kind: str, held_on: date) -> Session | None:
    """Return the session of one kind that a pair held on a day."""
    return db.exec(
        select(Session).where(
            Session.relationship_id == relationship_id, Session.kind == kind, Session.held_on == held_on
        )
    ).first()


def list_people_of_team(db: Db, *, team_id: UUID | None) -> Sequence[UUID]:
    """Return the people of one team, or everybody."""
    asked = select(Person.id)
    return db.exec(asked.where(Person.team_id == team_id) if team_id else asked).all()


def list_names(db: Db, *, ids: Collection[UUID]) -> Sequence[str]:
    """Return the names of these people, in order."""
    return db.exec(select(Person.name).where(col(Person.id).in_(ids)).order_by(Person.name)).all()
