"""Rows for a tick that says the same of many items: read and written in bulk, ids as the driver gives them."""

import re
from collections.abc import Collection, Sequence
from datetime import datetime
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import (
    Table,
    Text,
    bindparam,
    cast,
    exists,
    literal_column,
    or_,
    select,
    type_coerce,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.types import UserDefinedType
from sqlmodel import Session as Db
from sqlmodel import col

from storage.queries.as_driver import as_driver
from storage.queries.deliveries import BULK
from storage.tables.delivery import Delivery, DueItem, Notice
from storage.tables.people import Absence, Person
from storage.tables.programmes import Enrolment, ProgrammeSettings

_KEYS_AT_ONCE = 500  # parameters in one question


_USUAL_DIGEST = (  # what never varies stands in the statement itself, as SQL
    ("kind", "'digest'"),
    ("lane", str(BULK)),
    ("rules", "'[]'"),
    ("status", "'pending'"),
    *((name, "0") for name in ("attempts", "token", "retry_at", "lease_until")),
    *((name, "''") for name in ("channel", "slack_channel", "slack_ts", "after_ts", "file_id", "why")),
)
_USUAL_NOTICE = (("told_as", "'person'"),)
_Usual = tuple[tuple[str, str], ...]


class _AsGiven(UserDefinedType[Any]):
    """A value that passes through as the driver gave it."""

    cache_ok = True


class PlainRow(NamedTuple):
    """One due item; `alike` holds all that its timing depends on, `is_special` whether there is more to it."""

    id: Any
    owner_id: Any
    turn: int
    digest_rhythm: str
    is_special: bool
    alike: tuple[Any, ...]


def list_due(db: Db, *, now: datetime, most: int) -> list[PlainRow]:
    """List what is to be said by `now` as plain rows; those that another tick holds are skipped."""
    found = db.connection().execute(_DUE, {"now": now, "most": most}).all()
    return [PlainRow(row[0], row[1], row[2], row[3], row[4], tuple(row[3:])) for row in found]


def _raw(column: Any) -> Any:
    """Read a value as the driver gives it: these ids are only passed on and compared."""
    return type_coerce(column, _AsGiven())


_READ = (
    _raw(DueItem.id),
    _raw(DueItem.owner_id),
    col(DueItem.turn),
    col(Person.digest_rhythm),
    or_(
        col(DueItem.snoozed_until_on).is_not(None),
        col(DueItem.rule).endswith("#outcome"),
        exists().where(col(Absence.person_id) == col(Person.id)),
    ),
    col(Person.zone),
    col(Person.nation),
    cast(col(Person.working_pattern), Text),
    _raw(Person.team_id),
    col(Person.digest_hour),
    col(DueItem.rule),
    col(DueItem.ladder),
    _raw(DueItem.version_id),
    _raw(DueItem.due_on),
    _raw(DueItem.opens_on),
    _raw(DueItem.asked_on),
    col(DueItem.rung),
    _raw(DueItem.next_nudge_at),
)


_DUE = (
    select(*_READ)
    .join(Person, col(Person.id) == col(DueItem.owner_id))
    .where(col(DueItem.state) == "open", col(DueItem.next_nudge_at) <= bindparam("now"))
    .order_by(col(DueItem.next_nudge_at))
    .limit(bindparam("most"))
    .with_for_update(of=DueItem, skip_locked=True)
)


def find_usual_hours(db: Db) -> dict[Any, int]:
    """Return the digest hour that a programme sets, for each person on one that sets any."""
    asked = (
        select(_raw(Enrolment.person_id), col(ProgrammeSettings.digest_hour))
        .join(ProgrammeSettings, col(Enrolment.programme) == col(ProgrammeSettings.programme))
        .where(col(Enrolment.ended_on).is_(None), col(ProgrammeSettings.digest_hour).is_not(None))
        .order_by(col(ProgrammeSettings.programme).desc())
    )
    return {row[0]: row[1] for row in db.connection().execute(asked)}


def add_digests(db: Db, *, now: datetime, digests: Sequence[tuple[Any, ...]]) -> None:
    """Owe the digests that are not owed or said yet: (id, key, opaque id, person, subject, not before)."""
    varying = ("id", "said_once", "opaque", "person_id", "subject", "not_before", "created_at")
    created_at = as_driver(db.get_bind().dialect, now)
    _insert_new(db, Delivery, _USUAL_DIGEST, varying, [(*each, created_at) for each in digests])


def list_still_pending(db: Db, *, keys: Collection[str]) -> set[str]:
    """Return which of these deliveries are still to be sent, and keep them so until the end of this transaction."""
    found: set[str] = set()
    wanted = list(keys)
    for start in range(0, len(wanted), _KEYS_AT_ONCE):
        some = {"keys": wanted[start : start + _KEYS_AT_ONCE]}
        found.update(db.connection().execute(_STILL_PENDING, some).scalars().all())
    return found


_STILL_PENDING = (
    select(col(Delivery.said_once))
    .where(col(Delivery.said_once).in_(bindparam("keys", expanding=True)), col(Delivery.status) == "pending")
    .with_for_update()
)


def add_notices(db: Db, *, notices: Sequence[tuple[Any, ...]]) -> None:
    """Add the notices of owners that they were not given yet: (id, item, turn, rung, person, slot)."""
    varying = ("id", "due_item_id", "turn", "rung", "person_id", "digest_on")
    _insert_new(db, Notice, _USUAL_NOTICE, varying, notices)


def mark_said(db: Db, *, items: Sequence[tuple[Any, ...]]) -> None:
    """Write where each item's ladder stands and when it next speaks: (rung, next moment, item)."""
    _write_many(db, _marking_said(_dialect(db)), ("to_rung", "to_at", "of_id"), items)


@cache
def _marking_said(dialect: Any) -> str:
    statement = (
        update(_table(DueItem))
        .values(rung=bindparam("to_rung"), next_nudge_at=bindparam("to_at"))
        .where(_table(DueItem).c.id == bindparam("of_id"))
    )
    return _as_sql(statement, dialect)


def _table(of: Any) -> Table:
    table: Table = of.__table__
    return table


def _insert_new(db: Db, of: Any, usual: _Usual, varying: tuple[str, ...], rows: Sequence[tuple[Any, ...]]) -> None:
    """Insert rows that share their `usual` values and are not there yet."""
    _write_many(db, _inserting_new(of, usual, varying, _dialect(db)), varying, rows)


@cache
def _inserting_new(of: Any, usual: _Usual, varying: tuple[str, ...], dialect: Any) -> str:
    known = postgresql if dialect.name == "postgresql" else sqlite
    values: dict[str, Any] = {name: literal_column(sql) for name, sql in usual}
    values |= {name: bindparam(name) for name in varying}
    return _as_sql(known.insert(_table(of)).values(values).on_conflict_do_nothing(), dialect)


def _dialect(db: Db) -> Any:
    """Return the kind of database, as the maker of its statements."""
    return type(db.get_bind().dialect)


def _as_sql(statement: Any, dialect: Any) -> str:
    return str(statement.compile(dialect=dialect(paramstyle="named")))


def _write_many(db: Db, sql: str, names: tuple[str, ...], rows: Sequence[tuple[Any, ...]]) -> None:
    """Run one statement for many rows of values that are as the driver takes them, in the order of `names`.

    Per row SQLAlchemy's own way costs three times what the database does; making the statement, more than a few rows.
    """
    if rows:
        db.connection().exec_driver_sql(*_for_driver(db, sql, names, rows))


def _for_driver(
    db: Db, sql: str, names: tuple[str, ...], rows: Sequence[tuple[Any, ...]]
) -> tuple[str, list[tuple[Any, ...]]]:
    """Put a statement with :names into the placeholders of the driver, and each row into the order they stand in."""
    mark = "%s" if db.get_bind().dialect.name == "postgresql" else "?"
    found = re.findall(r"(?<!:):(\w+)", sql)
    places = [names.index(name) for name in found]
    ordered = rows if places == list(range(len(names))) else [tuple(row[n] for n in places) for row in rows]
    return re.sub(r"(?<!:):\w+", mark, sql), list(ordered)
