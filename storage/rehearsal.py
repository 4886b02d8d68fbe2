"""A database to try something on: as the real one stands, and gone afterwards."""

import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection
from sqlmodel import Session as Db

from storage.audit import Keys
from storage.database import Database, make_engine
from storage.keyring import Keyring

_AUDIT = Keys({1: bytes(32)})  # what is written with it is thrown away


@contextmanager
def rehearse(database: Database) -> Iterator[Database]:
    """Give a database that can be written to without a trace: a copy of an SQLite, a taken-back transaction elsewhere.

    Keys are made in memory only.
    """
    keyring = Keyring(make_engine("sqlite://"), {1: bytes(32)})
    if database.is_sqlite:
        with tempfile.TemporaryDirectory(prefix="handrail-rehearsal-") as folder:
            path = Path(folder) / "handrail.db"
            with closing(database.engine.raw_connection()) as raw:
                driver: Any = raw.driver_connection
                driver.execute("VACUUM INTO ?", (str(path),))
            copy = Database(f"sqlite:///{path}", keyring, _AUDIT)
            yield copy
            copy.close()
        return
    with database.engine.connect() as connection:
        taken_back = connection.begin()
        yield _Inside(database, connection, keyring)
        taken_back.rollback()
    keyring.close()


class _Inside(Database):
    """A database whose transactions are all steps of one that is taken back."""

    def __init__(self, database: Database, connection: Connection, keyring: Keyring) -> None:
        self.url, self.engine, self.keyring = database.url, database.engine, keyring
        self._connection = connection
        self._inside_info = {"keyring": keyring, "audit_keys": _AUDIT}

    @contextmanager
    def transaction(self) -> Iterator[Db]:
        """Open a step; its audit rows are left unwritten, for they would hold up everybody else's."""
        step = Db(
            self._connection,
            info=dict(self._inside_info),
            expire_on_commit=False,
            join_transaction_mode="create_savepoint",
        )
        with step as db, db.begin():
            yield db

    @contextmanager
    def reading(self) -> Iterator[Db]:
        """Read what the steps so far have written."""
        with self.transaction() as db:
            yield db
