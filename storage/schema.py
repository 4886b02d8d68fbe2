"""Whether the tables are as this Handrail declares them, and bringing them there, all or nothing.

Upgrading has an engine of its own with foreign keys off: with them on, SQLite's batch mode deleted every child row and
its check stayed clean (delivery.md, Storage under it). Alembic is imported only to upgrade; starting reads one number.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, Engine, create_engine, event, inspect, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError

from bot.errors import DatabaseInUse, NewerDatabase, UpgradeLostRows
from storage.database import make_engine

if TYPE_CHECKING:
    from alembic.config import Config

MIGRATIONS = Path(__file__).parent / "migrations"
_VERSION_TABLE = "alembic_version"


class SchemaState(StrEnum):
    """How the tables of a database stand to the declared ones."""

    EMPTY = "empty"
    OLD = "old"
    CURRENT = "current"
    NEWER = "newer"


def newest_revision() -> str:
    """Return the number of the newest revision that ships with this Handrail."""
    return max(path.name[:4] for path in (MIGRATIONS / "versions").glob("[0-9]*.py"))


def schema_state(engine: Engine) -> SchemaState:
    """Say how the tables of a database stand to those this Handrail declares."""
    with engine.execution_options(handrail_reads=True).connect() as connection:
        names = inspect(connection).get_table_names()
        if not names:
            return SchemaState.EMPTY
        if _VERSION_TABLE not in names:
            return SchemaState.OLD
        number = connection.execute(text(f"SELECT version_num FROM {_VERSION_TABLE}")).scalar() or ""  # noqa: S608  a constant
    newest = newest_revision()
    if number == newest:
        return SchemaState.CURRENT
    return SchemaState.OLD if number < newest else SchemaState.NEWER


def upgrade(url: str, *, backup: Path | None = None) -> bool:
    """Bring the tables up to date; return whether there was anything to do.

    Needs the database alone: raises DatabaseInUse while anyone has it open, NewerDatabase, or UpgradeLostRows when a
    table would not hold what it held; then nothing was changed. SQLite is copied to `backup` first, unless it is new.
    """
    engine = make_upgrading_engine(url)
    try:
        state = _state_when_alone(engine)
        if state in (SchemaState.CURRENT, SchemaState.NEWER):
            if state == SchemaState.NEWER:
                raise NewerDatabase
            return False
        if backup and state == SchemaState.OLD and engine.dialect.name == "sqlite":
            _copy_aside(engine, backup)
        with alone(engine) as connection:
            _upgrade_whole(connection)
        return True
    finally:
        engine.dispose()


def make_upgrading_engine(url: str) -> Engine:
    """Make the engine that changes tables: alone on the database, foreign keys off, DDL inside the transaction."""
    if make_url(url).get_backend_name() != "sqlite":
        return make_engine(url)
    make_engine(url).dispose()  # makes the folder
    engine = create_engine(make_url(url), connect_args={"timeout": 1}, hide_parameters=True)
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_alone)
    return engine


def copy_alone(url: str, target: Path) -> None:
    """Copy an SQLite database that nobody has open into a new file. Raises DatabaseInUse."""
    engine = make_upgrading_engine(url)
    try:
        with alone(engine):
            pass  # taken once, the file stays ours until the connection is closed
        _copy_aside(engine, target)
    finally:
        engine.dispose()


def alembic_config(connection: Connection) -> "Config":
    """Return what Alembic needs to know, speaking through this connection."""
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.set_main_option("file_template", "%%(rev)s_%%(slug)s")
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config


def _prepare_sqlite(connection: sqlite3.Connection, _record: object) -> None:
    connection.isolation_level = None
    for pragma in ("locking_mode=EXCLUSIVE", "foreign_keys=OFF", "synchronous=FULL", "secure_delete=ON"):
        connection.execute(f"PRAGMA {pragma}")


def _begin_alone(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN EXCLUSIVE")


@contextmanager
def alone(engine: Engine) -> Iterator[Connection]:
    """Open a transaction that nobody else can be in. Raises DatabaseInUse."""
    try:
        connecting = engine.begin()
        connection = connecting.__enter__()
    except DBAPIError as why:
        if "locked" in str(why.orig):
            raise DatabaseInUse from None
        raise
    try:
        if engine.dialect.name == "postgresql":
            _refuse_company(connection)
        yield connection
    except BaseException as why:
        connecting.__exit__(type(why), why, why.__traceback__)
        raise
    else:
        connecting.__exit__(None, None, None)


def _refuse_company(connection: Connection) -> None:
    others = text(
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
        " AND backend_type = 'client backend'"
    )
    if connection.execute(others).scalar():
        raise DatabaseInUse


def _state_when_alone(engine: Engine) -> SchemaState:
    try:
        return schema_state(engine)
    except DBAPIError as why:
        if "locked" in str(why.orig):
            raise DatabaseInUse from None
        raise


def _copy_aside(engine: Engine, backup: Path) -> None:
    backup.parent.mkdir(parents=True, exist_ok=True)
    raw: Any = engine.raw_connection()
    try:
        raw.execute("VACUUM INTO ?", (str(backup),))
    finally:
        raw.close()


def _upgrade_whole(connection: Connection) -> None:
    from alembic import command

    before = _count_rows(connection)
    command.upgrade(alembic_config(connection), "head")
    after = _count_rows(connection)
    for table, count in before.items():
        if after.get(table, count) != count:
            raise UpgradeLostRows(table)
    if connection.dialect.name == "sqlite":
        orphan = connection.exec_driver_sql("PRAGMA foreign_key_check").first()
        if orphan:
            raise UpgradeLostRows(str(orphan[0]))


def _count_rows(connection: Connection) -> dict[str, int]:
    names = [name for name in inspect(connection).get_table_names() if name != _VERSION_TABLE]
    quote = connection.dialect.identifier_preparer.quote
    return {
        name: connection.exec_driver_sql(f"SELECT count(*) FROM {quote(name)}").scalar() or 0  # noqa: S608  the database's own names, quoted
        for name in names
    }
