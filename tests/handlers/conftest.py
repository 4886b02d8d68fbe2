"""The whole service, for every conversation."""

from collections.abc import Iterator

import pytest

from storage.database import Database
from tests.service import Running, running


@pytest.fixture
def service(sqlite_database: Database) -> Iterator[Running]:
    """Run the whole service on an empty SQLite database."""
    with running(sqlite_database) as started:
        yield started
