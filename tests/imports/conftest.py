"""Importing text as if it were a file, at one moment."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from bot.actions.imports.people import Defaults, import_people
from bot.actions.imports.people_rows import COLUMNS
from bot.programmes.loader import built_in
from bot.rules.import_values import Outcome
from prompts.imports import remark_line
from storage.database import Database

NOW = datetime(2026, 12, 1, 9, tzinfo=UTC)
People = Callable[..., Outcome]
LEADS = (
    {"email": "grace@x.org", "name": "Grace Obi", "team": "Elm House", "roles": "programme_lead"},
    {"email": "owen@x.org", "name": "Owen Hughes", "team": "Elm House", "roles": "programme_lead"},
)


def as_csv(rows: tuple[dict[str, str], ...], columns: tuple[str, ...] = COLUMNS) -> bytes:
    """Write rows as a CSV file; columns a row does not name are empty."""
    lines = [",".join(f'"{row.get(column, "")}"' for column in columns) for row in rows]
    return "\n".join([",".join(columns), *lines]).encode()


@pytest.fixture
def people(database: Database) -> People:
    """Import rows of people, after the two leads, and return what became of them."""

    def import_rows(*rows: dict[str, str], at: datetime = NOW) -> Outcome:
        defaults = Defaults("england", "Europe/London")
        return import_people(database, as_csv((*LEADS, *rows)), programmes=built_in(), defaults=defaults, now=at)

    return import_rows


def said(outcome: Outcome) -> list[str]:
    """Return every remark as it is read."""
    return [remark_line(remark) for remark in outcome.remarks]
