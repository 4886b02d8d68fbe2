"""Backup and restore. Data and keyring go into folders apart; what was erased since a backup stays erased.

Every backup is two SQLite files, also of a PostgreSQL, so that one command restores either (delivery.md, Storage).
"""

import os
import sqlite3
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, MetaData, Table, insert, inspect, select, text, update
from sqlalchemy.engine import make_url
from sqlmodel import SQLModel

from bot.errors import BackupBroken, NewerDatabase, NoBackup
from storage import schema
from storage.database import make_engine

_STAMP = "%Y-%m-%dT%H%M%SZ"
_DATA, _KEYS = "handrail-", "keys-"
_PAGE = 500
_KEY_TABLE = "personkey"


@dataclass(frozen=True)
class Backup:
    """The two files a backup consists of, and the old keyring copies that were removed."""

    data: Path
    keys: Path
    removed: tuple[Path, ...]


@dataclass(frozen=True)
class Restored:
    """When the restored backup was made, where the data of before is, and how many owners stay erased."""

    made_at: datetime
    set_aside: Path | None
    erased: int


def back_up(data_url: str, keys_url: str, folder: Path, *, at: datetime, keep_keys_days: int) -> Backup:
    """Copy both databases as they are at one moment, while others write; copies of the keyring older than that go."""
    data = folder / "data" / f"{_DATA}{at:{_STAMP}}.db"
    keys = folder / "keyring" / f"{_KEYS}{at:{_STAMP}}.db"
    for path in (data, keys):
        path.parent.mkdir(parents=True, exist_ok=True)
    _copy_out(data_url, data, SQLModel.metadata)
    _copy_out(keys_url, keys, None)  # second: no copied text may lack its key
    kept_since = at - timedelta(days=keep_keys_days)
    removed = tuple(path for path in sorted(keys.parent.glob(f"{_KEYS}*.db")) if _made_at(path) < kept_since)
    for path in removed:
        path.unlink()
    return Backup(data, keys, removed)


def restore(folder: Path, data_url: str, keys_url: str, *, at: datetime) -> Restored:
    """Put the newest backup in the place of the data; every key of a copy that is not in the keyring is added to it.

    Nobody may have the database open. Raises NoBackup, BackupBroken, NewerDatabase, DatabaseInUse.
    """
    copies = sorted((folder / "data").glob(f"{_DATA}*.db"))
    key_copies = sorted((folder / "keyring").glob(f"{_KEYS}*.db"), reverse=True)
    if not copies or not key_copies:
        raise NoBackup(str(folder))
    for path in (copies[-1], *key_copies):
        _check_whole(path)
    _check_age(copies[-1])
    erased = _merge_keys(key_copies, keys_url)  # first: from here on nothing erased can be read
    set_aside = _copy_in(copies[-1], data_url, at)
    return Restored(_made_at(copies[-1]), set_aside, erased)


def _made_at(path: Path) -> datetime:
    return datetime.strptime(path.stem.partition("-")[2], _STAMP).replace(tzinfo=UTC)


def _copy_out(url: str, target: Path, metadata: MetaData | None) -> None:
    """Copy a database into a new SQLite file; without metadata the tables are found in the database itself."""
    engine = make_engine(url)
    try:
        if engine.dialect.name == "sqlite":
            _vacuum_into(engine, target)
        else:
            _copy_tables(engine, target, metadata)
    finally:
        engine.dispose()


def _vacuum_into(engine: Engine, target: Path) -> None:
    with closing(engine.raw_connection()) as raw:
        driver: Any = raw.driver_connection
        driver.execute("VACUUM INTO ?", (str(target),))


def _vacuum(source: Path, target: Path) -> None:
    with closing(sqlite3.connect(source)) as copy:
        copy.execute("VACUUM INTO ?", (str(target),))


def _copy_tables(source: Engine, target: Path, metadata: MetaData | None) -> None:
    """Copy the rows of every table as one snapshot."""
    copy = make_engine(f"sqlite:///{target}")
    with source.connect().execution_options(isolation_level="REPEATABLE READ") as reading:
        tables = metadata or _reflected(reading)
        tables.create_all(copy)
        with copy.begin() as writing:
            for table in tables.sorted_tables:
                _copy_rows(reading, writing, table)
            _copy_version(reading, writing)
    copy.dispose()


def _reflected(connection: Connection) -> MetaData:
    found = MetaData()
    found.reflect(connection)
    return found


def _copy_rows(reading: Connection, writing: Connection, table: Table) -> None:
    """Copy one table; columns that point at the same table are filled once every row is there."""
    own = [column for column in table.columns if any(key.column.table is table for key in column.foreign_keys)]
    rows = reading.execution_options(yield_per=_PAGE).execute(select(table))
    pointing: list[dict[str, Any]] = []
    for page in rows.mappings().partitions(_PAGE):
        writing.execute(insert(table), [dict(row) | {column.name: None for column in own} for row in page])
        pointing += [dict(row) for row in page if any(row[column.name] is not None for column in own)]
    for row in pointing:
        chosen = update(table).where(*(column == row[column.name] for column in table.primary_key.columns))
        writing.execute(chosen.values({column.name: row[column.name] for column in own}))


def _copy_version(reading: Connection, writing: Connection) -> None:
    if "alembic_version" not in inspect(reading).get_table_names():
        return
    number = reading.execute(text("SELECT version_num FROM alembic_version")).scalar_one()
    writing.execute(text("CREATE TABLE IF NOT EXISTS alembic_version (version_num VARCHAR(32) NOT NULL)"))
    writing.execute(text("DELETE FROM alembic_version"))
    writing.execute(text("INSERT INTO alembic_version VALUES (:number)"), {"number": number})


def _check_whole(path: Path) -> None:
    try:
        with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as copy:
            found = copy.execute("PRAGMA integrity_check").fetchone()
    except sqlite3.DatabaseError:
        found = None
    if found != ("ok",):
        raise BackupBroken(str(path))


def _check_age(path: Path) -> None:
    engine = make_engine(f"sqlite:///{path}")
    state = schema.schema_state(engine)
    engine.dispose()
    if state == schema.SchemaState.NEWER:
        raise NewerDatabase


def _merge_keys(copies: Sequence[Path], url: str) -> int:
    """Add the keys that are missing, newest copy first, and destroy every key that any copy knows to be destroyed."""
    engine = make_engine(url)
    try:
        with engine.begin() as writing:
            for path in copies:
                _merge_copy(path, writing)
            table = _reflected(writing).tables[_KEY_TABLE]
            return len(writing.execute(select(table.c.owner_id).where(table.c.destroyed_at.is_not(None))).all())
    finally:
        engine.dispose()


def _merge_copy(path: Path, writing: Connection) -> None:
    with _read_copy(path) as reading:
        tables = _reflected(reading)
        tables.create_all(writing)
        table = tables.tables[_KEY_TABLE]
        known = {row.owner_id: row for row in writing.execute(select(table))}
        for row in reading.execute(select(table)):
            if row.owner_id not in known:
                writing.execute(insert(table), [dict(row._mapping)])
            elif row.destroyed_at is not None and known[row.owner_id].destroyed_at is None:
                gone = {"wrapped": None, "destroyed_at": row.destroyed_at}
                writing.execute(update(table).where(table.c.owner_id == row.owner_id).values(gone))


@contextmanager
def _read_copy(path: Path) -> Iterator[Connection]:
    engine = make_engine(f"sqlite:///{path}").execution_options(handrail_reads=True)
    try:
        with engine.connect() as connection:
            yield connection
    finally:
        engine.dispose()


def _copy_in(source: Path, url: str, at: datetime) -> Path | None:
    if make_url(url).get_backend_name() == "sqlite":
        return _replace_file(source, Path(make_url(url).database or ""), at)
    _replace_rows(source, url)
    return None


def _replace_file(source: Path, target: Path, at: datetime) -> Path | None:
    """Put a copy where the database is; the database of before is kept beside it."""
    set_aside = None
    target.parent.mkdir(parents=True, exist_ok=True)
    if target.exists():
        set_aside = target.with_name(f"{target.stem}-before-{at:{_STAMP}}.db")
        schema.copy_alone(f"sqlite:///{target}", set_aside)
    fresh = target.with_name(f"{target.name}.restoring")
    fresh.unlink(missing_ok=True)
    _vacuum(source, fresh)
    for leftover in ("-wal", "-shm"):
        Path(f"{target}{leftover}").unlink(missing_ok=True)
    os.replace(fresh, target)
    return set_aside


def _replace_rows(source: Path, url: str) -> None:
    """Put the rows of a copy in the place of all rows, in one transaction."""
    schema.upgrade(url)
    with tempfile.TemporaryDirectory() as folder:
        current = Path(folder) / "current.db"
        _vacuum(source, current)
        schema.upgrade(f"sqlite:///{current}")
        _pour(current, url)


def _pour(source: Path, url: str) -> None:
    engine = schema.make_upgrading_engine(url)
    try:
        with schema.alone(engine) as writing, _read_copy(source) as reading:
            names = ", ".join(f'"{table.name}"' for table in SQLModel.metadata.sorted_tables)
            writing.execute(text(f"TRUNCATE {names}"))
            for table in SQLModel.metadata.sorted_tables:
                _copy_rows(reading, writing, table)
            _copy_version(reading, writing)
            writing.execute(
                text("SELECT setval(pg_get_serial_sequence('auditevent', 'id'), (SELECT max(id) FROM auditevent))")
            )
    finally:
        engine.dispose()
