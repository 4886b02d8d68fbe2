"""Sessions as lists show them: with whom, and where the record stands; no text, and nothing to be changed."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from functools import lru_cache
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    CompoundSelect,
    Exists,
    Integer,
    ScalarSelect,
    Select,
    Subquery,
    and_,
    bindparam,
    exists,
    func,
    literal_column,
    select,
    union,
    union_all,
)
from sqlalchemy.orm import Mapped, aliased
from sqlmodel import Session as Db
from sqlmodel import col

from storage.queries.prepared import list_rows
from storage.queries.sessions import HELD, PLANNED
from storage.tables.meetings import Session
from storage.tables.people import Person
from storage.tables.written import AgreedAction, Document, Signature

Asked = Select[*tuple[Any, ...]]
Ordered = ColumnElement[Any] | Mapped[Any]
OPEN, CLOSED = "open", "closed"  # whether anybody has said how a session went


class SessionRow(NamedTuple):
    """One session for one reader, beside the newest version of its record; in the order of `_LISTED`."""

    id: UUID
    version: int
    kind: str  # the card's name
    version_id: UUID  # of the programme
    relationship_id: UUID | None
    about_id: UUID
    about_name: str
    about_zone: str
    led_by_id: UUID
    led_by_name: str
    led_by_zone: str
    falls_on: date
    planned_at: datetime | None
    minutes: int
    state: str
    held_on: date | None
    cause: str
    record_id: UUID | None
    record_version: int | None
    record_state: str | None
    shared_at: datetime | None
    kept_elsewhere: bool | None
    is_signed: bool  # by the reader
    actions: int  # agreed in the record


def get_row(db: Db, *, session_id: UUID, reader_id: UUID) -> SessionRow:
    """Return one session, which must be there."""
    return _newest(list_rows(db, _ONE, session_id=session_id, person_id=reader_id))[0]


def list_recent(
    db: Db, *, person_id: UUID, relationship_ids: Sequence[UUID], most_planned: int, most: int
) -> tuple[Sequence[SessionRow], Sequence[SessionRow]]:
    """Return the sessions of a person and of the pairs they support: those planned, soonest first, and the last ones.

    Planned are those of which nobody has said how they went. One statement, because it is the one most often asked.
    """
    asked = _ends((OPEN, CLOSED), len(relationship_ids))
    rows = _newest(
        list_rows(db, asked, **_whose(person_id, relationship_ids), most_open=most_planned, most_closed=most)
    )
    planned = sorted((one for one in rows if one.state == PLANNED), key=_by_day)
    return planned, sorted((one for one in rows if one.state != PLANNED), key=_by_day, reverse=True)


def list_past(
    db: Db, *, person_id: UUID, relationship_ids: Sequence[UUID], most: int, skip: int = 0
) -> Sequence[SessionRow]:
    """Return what was held or not held, latest first."""
    asked = _ends((CLOSED,), len(relationship_ids))
    rows = _newest(list_rows(db, asked, **_whose(person_id, relationship_ids), most_closed=most + skip))
    return sorted(rows, key=_by_day, reverse=True)[skip:]


def _newest(rows: Iterable[Iterable[Any]]) -> Sequence[SessionRow]:
    """Keep the last row of each session: rows come in the order of their record's versions."""
    return list({row.id: row for row in map(SessionRow._make, rows)}.values())


def _by_day(row: SessionRow) -> tuple[date, UUID]:
    return row.falls_on, row.id


def _whose(person_id: UUID, relationship_ids: Sequence[UUID]) -> dict[str, UUID]:
    return {"person_id": person_id} | {f"pair_{n}": one for n, one in enumerate(relationship_ids)}


# ---- the statements, made once ---------------------------------------------------------------------------------------


def _is_signed() -> Exists:
    return (
        exists()
        .where(
            col(Signature.document_id) == col(Document.id),
            col(Signature.person_id) == bindparam("person_id"),
            col(Signature.signed_at).is_not(None),
        )
        .correlate(Document)
    )


def _count_actions() -> ScalarSelect[int]:
    return (
        select(func.count(col(AgreedAction.id)))
        .where(col(AgreedAction.document_id) == col(Document.id), col(AgreedAction.kind) == "actions")
        .correlate(Document)
        .scalar_subquery()
    )


# The state is part of the text, not bound: there is an index of planned sessions alone, and SQLite prepares a statement
# anew each time a value is bound that decides whether such an index would serve.
_IS_PLANNED = col(Session.state) == literal_column(f"'{PLANNED}'")

_ABOUT, _LEADER = aliased(Person), aliased(Person)
_HAS_RECORD = and_(
    col(Document.session_id) == col(Session.id),
    col(Session.state) == HELD,
    col(Document.kind) != "preparation",
    col(Document.state) != "withdrawn",
    col(Document.state) != "superseded",
)
_LISTED = (
    select(
        col(Session.id),
        col(Session.version),
        col(Session.kind),
        col(Session.version_id),
        col(Session.relationship_id),
        col(Session.about_id),
        col(_ABOUT.name),
        col(_ABOUT.zone),
        col(Session.led_by_id),
        col(_LEADER.name),
        col(_LEADER.zone),
        col(Session.falls_on),
        col(Session.planned_at),
        col(Session.minutes),
        col(Session.state),
        col(Session.held_on),
        col(Session.cause),
        col(Document.id),
        col(Document.version),
        col(Document.state),
        col(Document.shared_at),
        col(Document.kept_elsewhere),
        _is_signed(),
        _count_actions(),
    )
    .join(_ABOUT, col(_ABOUT.id) == col(Session.about_id))
    .join(_LEADER, col(_LEADER.id) == col(Session.led_by_id))
    .outerjoin(Document, _HAS_RECORD)
    .order_by(col(Document.number))
)
_ONE = _LISTED.where(col(Session.id) == bindparam("session_id"))


@lru_cache(maxsize=256)
def _ends(which: tuple[str, ...], pairs: int) -> Asked:
    """List the few sessions at the end of each index, so that it costs the same after three years as after one.

    Made once for each number of pairs: making a statement costs more than running it.
    """
    mine = [col(Session.about_id) == bindparam("person_id"), col(Session.led_by_id) == bindparam("person_id")]
    mine += [col(Session.relationship_id) == bindparam(f"pair_{n}") for n in range(pairs)]
    kept = (_kept(mine, end).subquery() for end in which)
    return _LISTED.where(col(Session.id).in_(union_all(*(select(one.c.id) for one in kept))))


def _kept(mine: Iterable[ColumnElement[bool]], which: str) -> Asked:
    found: Subquery = _found(mine, which).subquery()
    return select(found.c.id).order_by(*_order(found.c.falls_on, found.c.id, which)).limit(_most(which))


def _found(mine: Iterable[ColumnElement[bool]], which: str) -> CompoundSelect[Any]:
    ends = (_end(whose, which).subquery() for whose in mine)
    return union(*(select(end.c.id, end.c.falls_on) for end in ends))


def _end(whose: ColumnElement[bool], which: str) -> Asked:
    day, number = col(Session.falls_on), col(Session.id)
    state = _IS_PLANNED if which == OPEN else ~_IS_PLANNED
    return select(number, day).where(whose, state).order_by(*_order(day, number, which)).limit(_most(which))


def _order(day: Ordered, number: Ordered, which: str) -> tuple[ColumnElement[Any], ...]:
    return (day.asc(), number.asc()) if which == OPEN else (day.desc(), number.desc())


def _most(which: str) -> BindParameter[int]:
    return bindparam(f"most_{which}", type_=Integer)
