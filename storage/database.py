"""The engine and its transactions: SQLite embedded by default, PostgreSQL when outgrown."""

import sqlite3
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from functools import cache
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, bindparam, create_engine, event, inspect
from sqlalchemy.engine import make_url
from sqlalchemy.exc import OperationalError
from sqlmodel import Session as Db
from sqlmodel import select

from storage import audit
from storage.keyring import Keyring
from storage.queries.at_hand import forget_written

_AT_HAND = 5000  # rows
_ON_CONNECT = (
    "PRAGMA journal_mode=WAL",
    "PRAGMA foreign_keys=ON",
    "PRAGMA busy_timeout=5000",
    "PRAGMA synchronous=FULL",
    "PRAGMA secure_delete=ON",
    "PRAGMA cache_size=-16000",  # KiB a connection: what is asked of everybody every day stays at hand
)


def make_engine(url: str) -> Engine:
    """Make an engine whose transactions are real ones.

    SQLite: the driver's own transaction handling is switched off, and writers begin with BEGIN IMMEDIATE; SQLAlchemy's
    default mode silently loses concurrent updates (delivery.md, Storage under it).
    """
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite":
        pool: dict[str, Any] = {}
        if parsed.database and parsed.database != ":memory:":
            Path(parsed.database).parent.mkdir(parents=True, exist_ok=True)
            pool = {"pool_use_lifo": True}  # the connection used last has at hand what was read last
        engine = create_engine(parsed, connect_args={"check_same_thread": False}, hide_parameters=True, **pool)
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
        return engine
    if parsed.drivername in ("postgresql", "postgres"):
        parsed = parsed.set(drivername="postgresql+psycopg")
    return create_engine(parsed, pool_pre_ping=True, pool_size=10, hide_parameters=True)


def _prepare_sqlite(connection: sqlite3.Connection, _record: object) -> None:
    connection.isolation_level = None
    for pragma in _ON_CONNECT:
        connection.execute(pragma)


def _begin_sqlite(connection: Connection) -> None:
    reads = connection.get_execution_options().get("handrail_reads", False)
    begin = "BEGIN" if reads else "BEGIN IMMEDIATE"
    try:
        connection.connection.cursor().execute(begin)  # on the driver itself: nothing is said more often
    except sqlite3.OperationalError as why:
        raise OperationalError(begin, None, why) from why


class _Transaction(Db):
    """One transaction, which keeps the last rows it read at hand: what is asked for by id is not read twice.

    SQLAlchemy by itself forgets a row as soon as nobody holds it; a tick that looks at many things of the same few
    people then reads each person anew for each thing.
    """

    def __init__(self, engine: Engine, **how: Any) -> None:
        super().__init__(engine, expire_on_commit=False, **how)
        self.at_hand: deque[object] = deque(maxlen=_AT_HAND)

    def get(self, entity: Any, ident: Any, **how: Any) -> Any:
        """Return a row by its key: what is at hand as it is, else by a statement that is made once."""
        if how or ident is None:
            return super().get(entity, ident, **how)
        at_hand = self.identity_map.get((entity, (ident,), None))
        return self.exec(_by_key(entity), params={"key": ident}).first() if at_hand is None else at_hand


@cache
def _by_key(entity: Any) -> Any:
    (primary_key,) = inspect(entity).primary_key
    return select(entity).where(primary_key == bindparam("key"))


@event.listens_for(_Transaction, "loaded_as_persistent")
def _keep_at_hand(transaction: _Transaction, row: object) -> None:
    transaction.at_hand.append(row)


event.listen(_Transaction, "after_flush", forget_written)


class Database:
    """The one place that opens transactions. Short ones: no Slack call inside.

    `on_commit` is called after each writing transaction (the sender is woken by it); it must return at once.
    `while_writing` is held from before a writing transaction begins until it has ended.
    """

    def __init__(self, url: str, keyring: Keyring, audit_keys: audit.Keys) -> None:
        self.url = url
        self.engine = make_engine(url)
        self.keyring = keyring
        self.on_commit: Callable[[], None] = lambda: None
        self.while_writing: Callable[[], AbstractContextManager[None]] = nullcontext
        self._readers = self.engine.execution_options(handrail_reads=True)
        self._info: dict[str, Any] = {"keyring": keyring, "audit_keys": audit_keys}

    @property
    def is_sqlite(self) -> bool:
        """Say whether this is the embedded database."""
        return self.engine.dialect.name == "sqlite"

    @contextmanager
    def transaction(self) -> Iterator[Db]:
        """Open a writing transaction: all of it or nothing. Audit rows noted on the way are its last statement."""
        with self.while_writing(), _Transaction(self.engine, info=dict(self._info)) as db, db.begin():
            yield db
            db.flush()
            audit.append_noted(db)
        self.on_commit()

    @contextmanager
    def reading(self) -> Iterator[Db]:
        """Open a transaction that only reads; never another person's text, for that leaves an audit row."""
        with _Transaction(self._readers, info=self._info | {"reads_only": True}, autoflush=False) as db:
            yield db  # closing rolls back

    def close(self) -> None:
        """Let go of every connection."""
        self.engine.dispose()
        self.keyring.close()
