"""An empty real database of each kind for each run."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

from sqlalchemy import text
from sqlalchemy.engine import make_url

from storage.database import Database, make_engine
from tests.conftest import make_database

SQLITE, POSTGRESQL = "sqlite", "postgresql"


@contextmanager
def empty_database(kind: str, *, folder: Path, server_url: str) -> Iterator[Database]:
    """Give a new database: a file in a folder, or one of its own on a server."""
    name = f"crash_{uuid4().hex}"
    url = f"sqlite:///{folder}/{name}.db" if kind == SQLITE else _create(server_url, name)
    database = make_database(url)
    try:
        yield database
    finally:
        database.close()


def _create(server_url: str, name: str) -> str:
    engine = make_engine(server_url)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    engine.dispose()
    return make_url(server_url).set(database=name).render_as_string(hide_password=False)
