"""Reads and writes of people, teams and roles."""

from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Row, and_, bindparam, distinct, func, or_
from sqlalchemy import select as select_columns
from sqlalchemy.orm import aliased
from sqlmodel import Session as Db
from sqlmodel import col, select

from storage.queries.at_hand import list_by_id, until_written
from storage.queries.prepared import list_rows
from storage.tables.people import Absence, Person, RoleHeld, Team

LEAD = "programme_lead"


class AtTheDoor(NamedTuple):
    """Somebody who does something in Slack, with what decides whether they are let in."""

    id: UUID
    name: str
    zone: str
    leaves_on: date | None  # the last day
    leads: int  # how many leads there are, of any programme
    is_lead: bool


def get_person(db: Db, person_id: UUID) -> Person:
    """Return one person by id, who must be there."""
    person = db.get(Person, person_id)
    assert person is not None, "a person id that is not in the people list"
    return person


def find_person_by_slack_id(db: Db, slack_id: str) -> Person | None:
    """Return whoever has this Slack account."""
    return db.exec(select(Person).where(Person.slack_id == slack_id)).first()


def find_at_the_door(db: Db, *, slack_id: str, on: date) -> AtTheDoor | None:
    """Return whoever has this Slack account, beside the leads there are on a day."""
    found = list_rows(db, _AT_THE_DOOR, slack_id=slack_id, role=LEAD, on=on)
    return AtTheDoor._make(found[0]) if found else None


def find_person_by_email(db: Db, email: str) -> Person | None:
    """Return whoever has this address, in any case of letters."""
    return db.exec(select(Person).where(Person.email == email.strip().lower())).first()


def list_people(db: Db, *, ids: Collection[UUID]) -> dict[UUID, Person]:
    """Return these people by id."""
    return list_by_id(db, Person, ids)


def find_people_by_words(db: Db, *, words: str, on: date, at_most: int = 100) -> Sequence[Person]:
    """Return the employed whose name holds these words, in order of name. Both databases compare lower case alike."""
    query = select(Person).where(or_(col(Person.leaves_on).is_(None), col(Person.leaves_on) >= on))
    for word in words.lower().split():
        query = query.where(func.lower(Person.name).contains(word, autoescape=True))
    return db.exec(query.order_by(Person.name).limit(at_most)).all()


def find_people_by_name(db: Db, *, name: str) -> Sequence[Person]:
    """Return everyone with exactly this name, in any case of letters."""
    return db.exec(select(Person).where(func.lower(Person.name) == " ".join(name.lower().split()))).all()


def holds_role(db: Db, *, person_id: UUID, role: str, on: date) -> bool:
    """Say whether somebody holds a role on a day."""
    return any(held.person_id == person_id for held in _roles_held(db, role=role, on=on))


def list_role_holders(db: Db, *, role: str, on: date, programme: str | None = None) -> Sequence[Person]:
    """Return who holds a role on a day, in order of name; a role for one programme is held for that one only."""
    ids = [h.person_id for h in _roles_held(db, role=role, on=on) if h.programme in (None, programme) or not programme]
    return sorted(list_people(db, ids=ids).values(), key=lambda person: person.name)


@until_written(RoleHeld, Person)
def _roles_held(db: Db, *, role: str, on: date) -> Sequence[Row[Any]]:
    return list_rows(db, _ROLES_HELD, role=role, on=on)


_HELD = and_(
    col(RoleHeld.role) == bindparam("role"),
    col(RoleHeld.from_on) <= bindparam("on"),
    or_(col(RoleHeld.until_on).is_(None), col(RoleHeld.until_on) >= bindparam("on")),
    or_(col(Person.leaves_on).is_(None), col(Person.leaves_on) >= bindparam("on")),
)
_ROLES_HELD = (
    select(RoleHeld.person_id, RoleHeld.programme).join(Person, col(Person.id) == RoleHeld.person_id).where(_HELD)
)
_HOLDERS = select(RoleHeld.person_id).join(Person, col(Person.id) == RoleHeld.person_id).where(_HELD)
_COMER = aliased(Person)  # whoever comes, beside the leads, who are people too

# Made once and asked in one go: everything anybody does begins with it.
_AT_THE_DOOR = select_columns(
    col(_COMER.id),
    col(_COMER.name),
    col(_COMER.zone),
    col(_COMER.leaves_on),
    _HOLDERS.with_only_columns(func.count(distinct(col(RoleHeld.person_id)))).scalar_subquery(),
    col(_COMER.id).in_(_HOLDERS),
).where(col(_COMER.slack_id) == bindparam("slack_id"))


def find_team(db: Db, *, name: str) -> Team | None:
    """Return a team by its name."""
    return db.exec(select(Team).where(Team.name == name)).first()


@until_written(Absence)
def list_absences(db: Db, *, person_id: UUID, team_id: UUID | None) -> Sequence[Absence]:
    """Return a person's leave and every closure that reaches them, in order of day."""
    return db.exec(_ABSENCES, params={"person_id": person_id, "team_id": team_id}).all()


_CLOSURES = col(Absence.person_id).is_(None) & (
    col(Absence.team_id).is_(None) | (col(Absence.team_id) == bindparam("team_id"))
)
_ABSENCES = (
    select(Absence)
    .where(or_(col(Absence.person_id) == bindparam("person_id"), _CLOSURES))
    .order_by(col(Absence.from_on))
)


def list_with_conversation(db: Db) -> Sequence[Person]:
    """Return everyone we have opened a conversation with."""
    return db.exec(select(Person).where(Person.dm_channel != "")).all()


def list_home_openers(db: Db, *, ids: Collection[UUID], since: datetime) -> Sequence[UUID]:
    """Return those of these people who have opened their Home since a moment."""
    return db.exec(_HOME_OPENERS, params={"ids": set(ids), "since": since}).all() if ids else []


_HOME_OPENERS = select(Person.id).where(
    col(Person.id).in_(bindparam("ids", expanding=True)), col(Person.home_opened_at) >= bindparam("since")
)


def list_teams(db: Db) -> Sequence[Team]:
    """Return every team, in order of name."""
    return db.exec(select(Team).order_by(Team.name)).all()
