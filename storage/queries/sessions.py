"""Reads and writes of sessions, and of what stands beside them in a list."""

from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import and_, bindparam, or_, update
from sqlalchemy import select as select_columns
from sqlmodel import Session as Db
from sqlmodel import col, select

from storage.queries.at_hand import list_by_id
from storage.queries.prepared import list_rows
from storage.tables.meetings import Session
from storage.tables.programmes import Enrolment
from storage.tables.together import Membership, Relationship
from storage.types import new_id

PLANNED, HELD, CANCELLED, MISSED = "planned", "held", "cancelled", "missed"


class Pair(NamedTuple):
    """A person's part in one relationship, with the enrolment it belongs to; in the order of `_PAIRS`."""

    relationship_id: UUID
    role: str
    kind: str
    state: str  # waiting (for its agreement) or active
    version_id: UUID  # of the programme
    about_id: UUID
    enrolment_id: UUID
    enrolled_id: UUID  # the person on the programme
    level: str
    starts_on: date


def add_session(db: Db, **values: Any) -> Session:
    """Add a session; its invitation's lasting name is made with it."""
    made = new_id()
    session = Session(id=made, invite_uid=f"{made}@handrail", **values)
    db.add(session)
    db.flush()
    return session


def list_sessions_by_id(db: Db, *, ids: Collection[UUID]) -> dict[UUID, Session]:
    """Return these sessions by id."""
    return list_by_id(db, Session, ids)


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
    found = db.exec(_KINDS_MET, params={"relationship_ids": list(relationship_ids)})
    return {(pair, kind) for pair, kind in found if pair}


_KINDS_MET = (
    select(Session.relationship_id, Session.kind)
    .where(
        col(Session.relationship_id).in_(bindparam("relationship_ids", expanding=True)),
        col(Session.state).in_((PLANNED, HELD)),
    )
    .distinct()
)


def list_pairs(db: Db, *, person_id: UUID, on: date) -> tuple[Pair, ...]:
    """Return the open relationships a person stands in on a day, oldest first."""
    return tuple(map(Pair._make, list_rows(db, _PAIRS, person_id=person_id, on=on)))


# Made once, and columns alone: most of what a person asks about meetings begins with it.
_PAIRS = (
    select_columns(
        col(Relationship.id),
        col(Membership.role),
        col(Relationship.kind),
        col(Relationship.state),
        col(Relationship.version_id),
        col(Relationship.about_id),
        col(Enrolment.id),
        col(Enrolment.person_id),
        col(Enrolment.level),
        col(Enrolment.starts_on),
    )
    .select_from(Membership)
    .join(Relationship, col(Relationship.id) == col(Membership.relationship_id))
    .join(Enrolment, col(Enrolment.id) == col(Relationship.enrolment_id))
    .where(
        col(Membership.person_id) == bindparam("person_id"),
        col(Relationship.state) != "closed",
        col(Enrolment.state) == "active",
        col(Membership.from_on) <= bindparam("on"),
        or_(col(Membership.until_on).is_(None), col(Membership.until_on) >= bindparam("on")),
    )
    .order_by(col(Relationship.began_on), col(Relationship.id))
)
