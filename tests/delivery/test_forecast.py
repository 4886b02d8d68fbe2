"""A dry run lists what would be said, and leaves everything as it was."""

from datetime import timedelta
from typing import Any

from sqlalchemy import select
from sqlmodel import SQLModel

from bot.delivery.builders import every_builder
from bot.delivery.forecast import forecast
from storage.database import Database
from tests.delivery.conftest import House, settle
from tests.factories import NINE


def everything(database: Database) -> dict[str, list[Any]]:
    """Return every row of every table."""
    with database.reading() as db:
        tables = SQLModel.metadata.sorted_tables
        return {table.name: sorted(map(str, db.connection().execute(select(table)))) for table in tables}


def dry_run(house: House, days: int) -> list[dict[str, Any]]:
    until = NINE + timedelta(days=days)
    return forecast(house.database, now=NINE, until=until, builders=every_builder(), settle=settle)


def test_a_dry_run_changes_nothing_and_sends_nothing(house: House) -> None:
    house.owe(ladder="gentle", due_on=NINE.date() + timedelta(days=3))
    before = everything(house.database)

    assert dry_run(house, 30)

    assert everything(house.database) == before
    assert house.workspace.accepted == []


def test_a_dry_run_says_what_the_days_themselves_then_say(house: House) -> None:
    house.owe(rule="form.plan-review:mentee", ladder="plan", due_on=NINE.date() + timedelta(days=10))
    foretold = {(line["slack_id"], line["at"][:10]) for line in dry_run(house, 20)}

    house.driver.advance(NINE + timedelta(days=20))

    assert {(post.user, post.at.date().isoformat()) for post in house.posts()} == foretold


def test_each_line_says_to_whom_when_by_which_rule_and_why(house: House) -> None:
    house.owe(rule="course.mentor-training", subject="course:mentor-training")

    line, to_manager = dry_run(house, 1)

    assert to_manager["person"] == "Mona Manager"
    assert set(line) == {"person", "slack_id", "at", "kind", "rule", "source", "subject", "why"}
    assert (line["person"], line["slack_id"], line["at"]) == ("Asha Mentee", "U0ASHA", "2026-12-01T09:00:00+00:00")
    assert (line["kind"], line["rule"]) == ("digest", "course.mentor-training")
