"""Reads and writes of sessions, and of what stands beside them in a list."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Integer,
    ScalarSelect,
    Select,
    and_,
    bindparam,
    func,
    or_,
    union_all,
    update,
)
from sqlmodel import Session as Db
from sqlmodel import col, select
from sqlmodel.sql.expression import SelectOfScalar

from storage.tables.meetings import Session
from storage.tables.programmes import Enrolment
from storage.tables.together import Membership, Relationship
from storage.tables.written import AgreedAction, Document, Signature
from storage.types import new_id

PLANNED, HELD, CANCELLED, MISSED = "planned", "held", "cancelled", "missed"
OPEN, CLOSED = "open", "closed"  # whether anybody has said how a session went
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
    actions: int  # agreed in it


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


def list_recent(
    db: Db, *, person_id: UUID, relationship_ids: Sequence[UUID], most: int
) -> tuple[Sequence[Session], Sequence[Session]]:
    """Return the sessions of a person and of the pairs they support: those planned, soonest first, and the last ones.

    Planned are those of which nobody has said how they went. One statement, because it is the one most often asked.
    """
    rows = db.exec(
        _ends((OPEN, CLOSED), len(relationship_ids)),
        params=_whose(person_id, relationship_ids) | {"most_open": MOST_PLANNED, "most_closed": most},
    ).all()
    planned = sorted((one for one in rows if one.state == PLANNED), key=lambda one: (one.falls_on, one.id))
    return planned, _latest_first(one for one in rows if one.state != PLANNED)[:most]


def list_past(
    db: Db, *, person_id: UUID, relationship_ids: Sequence[UUID], most: int, skip: int = 0
) -> Sequence[Session]:
    """Return what was held or not held, latest first."""
    params = _whose(person_id, relationship_ids) | {"most_closed": most + skip}
    rows = db.exec(_ends((CLOSED,), len(relationship_ids)), params=params).all()
    return _latest_first(rows)[skip : skip + most]


def _latest_first(rows: Iterable[Session]) -> Sequence[Session]:
    return sorted(rows, key=lambda one: (one.falls_on, one.id), reverse=True)


def _whose(person_id: UUID, relationship_ids: Sequence[UUID]) -> dict[str, Any]:
    return {"person_id": person_id} | {f"pair_{n}": one for n, one in enumerate(relationship_ids)}


@lru_cache(maxsize=256)
def _ends(which: tuple[str, ...], pairs: int) -> SelectOfScalar[Session]:
    """Name the few rows at the end of each index, so that a list costs the same after three years as after one.

    Made once for each number of pairs: making a statement costs more than running it.
    """
    mine = [col(Session.about_id) == bindparam("person_id"), col(Session.led_by_id) == bindparam("person_id")]
    mine += [col(Session.relationship_id) == bindparam(f"pair_{n}") for n in range(pairs)]
    ends = [_end(whose, end).subquery() for whose in mine for end in which]
    return select(Session).where(col(Session.id).in_(union_all(*(select(end.c.id) for end in ends))))


def _end(whose: ColumnElement[bool], which: str) -> Select[UUID]:
    day = col(Session.falls_on)
    if which == OPEN:
        return select(Session.id).where(whose, Session.state == PLANNED).order_by(day.asc()).limit(_most(which))
    return select(Session.id).where(whose, Session.state != PLANNED).order_by(day.desc()).limit(_most(which))


def _most(which: str) -> BindParameter[int]:
    return bindparam(f"most_{which}", type_=Integer)


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
    return tuple(Pair(*row) for row in db.exec(_PAIRS, params={"person_id": person_id, "on": on}).all())


_PAIRS = (
    select(Membership, Relationship, Enrolment)
    .join(Relationship, col(Relationship.id) == Membership.relationship_id)
    .join(Enrolment, col(Enrolment.id) == Relationship.enrolment_id)
    .where(
        col(Membership.person_id) == bindparam("person_id"),
        Relationship.state != "closed",
        Enrolment.state == "active",
        col(Membership.from_on) <= bindparam("on"),
        or_(col(Membership.until_on).is_(None), col(Membership.until_on) >= bindparam("on")),
    )
    .order_by(col(Relationship.began_on), col(Relationship.id))
)


def list_written(db: Db, *, session_ids: Sequence[UUID], reader_id: UUID) -> dict[UUID, Written]:
    """Return where the newest record of each session stands, by session; no text is opened."""
    if not session_ids:
        return {}
    rows = db.exec(_WRITTEN, params={"session_ids": session_ids, "reader_id": reader_id}).all()
    found = (Written(document, bool(signatures), actions) for document, signatures, actions in rows)
    return {one.document.session_id: one for one in found if one.document.session_id}


def _count_signed() -> ScalarSelect[int]:
    return (
        select(func.count(col(Signature.id)))
        .where(
            col(Signature.document_id) == Document.id,
            col(Signature.person_id) == bindparam("reader_id"),
            col(Signature.signed_at).is_not(None),
        )
        .correlate(Document)
        .scalar_subquery()
    )


def _count_actions() -> ScalarSelect[int]:
    return (
        select(func.count(col(AgreedAction.id)))
        .where(col(AgreedAction.document_id) == Document.id, AgreedAction.kind == "actions")
        .correlate(Document)
        .scalar_subquery()
    )


_WRITTEN = (
    select(Document, _count_signed(), _count_actions())
    .where(
        col(Document.session_id).in_(bindparam("session_ids", expanding=True)),
        Document.kind != "preparation",
        col(Document.state).not_in(("withdrawn", "superseded")),
    )
    .order_by(col(Document.number))
)
