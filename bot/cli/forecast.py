"""handrail forecast."""

import csv
import io
import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import click

FIELDS = ("person", "slack_id", "at", "kind", "rule", "source", "subject", "why")
_SHOWN = (("at", 16), ("person", 20), ("kind", 8), ("rule", 34), ("why", 0))  # columns of the table, and their widths


@click.command("forecast")
@click.option("--days", default=30, show_default=True, type=click.IntRange(1, 400), help="How far to look.")
@click.option("--person", help="Only what one person would hear: an e-mail, a Slack id or a name.")
@click.option("--format", "how", type=click.Choice(["table", "csv", "json"]), default="table", show_default=True)
def command(days: int, person: str | None, how: str) -> None:
    """Show everything that would be sent to anyone, and why. Sends nothing and changes nothing.

    It supposes that nobody does anything meanwhile.
    """
    from bot.clock import clock_from_setting
    from bot.opening import open_database
    from bot.settings import read_settings

    settings = read_settings()
    now = clock_from_setting(settings.handrail_clock, loopback=settings.is_practice).now()
    database = open_database(settings)
    lines = look_ahead(database, now=now, until=now + timedelta(days=days))
    chosen = [line for line in lines if person is None or _is_about(line, person, _slack_id(database, person))]
    database.close()
    click.echo(_SAY[how](chosen), nl=False)


def look_ahead(database: Any, *, now: datetime, until: datetime) -> list[dict[str, Any]]:
    """Return what would be sent between two moments."""
    from bot.actions.enrolling import look_again
    from bot.delivery.builders import every_builder
    from bot.delivery.forecast import forecast

    def settle(db: Any, enrolment: Any, at: datetime) -> None:
        look_again(db, enrolment, now=at)

    return forecast(database, now=now, until=until, builders=every_builder(), settle=settle)


def say_table(lines: Sequence[dict[str, Any]]) -> str:
    """Say it for reading."""
    if not lines:
        return "Nothing would be sent.\n"
    heading = {name: name for name, _ in _SHOWN}
    shown = [line | {"at": f"{datetime.fromisoformat(line['at']):%Y-%m-%d %H:%M}"} for line in lines]
    return "".join(
        "  ".join(f"{_plain(row[name])[: width or None]:<{width}}" for name, width in _SHOWN).rstrip() + "\n"
        for row in (heading, *shown)
    )


def say_csv(lines: Sequence[dict[str, Any]]) -> str:
    """Say it for a spreadsheet, which runs nothing of it."""
    out = io.StringIO()
    written = csv.writer(out, lineterminator="\n")
    written.writerow(FIELDS)
    for line in lines:
        written.writerow([_inert(_plain(line[name])) for name in FIELDS])
    return out.getvalue()


def say_json(lines: Sequence[dict[str, Any]]) -> str:
    """Say it for a program."""
    return json.dumps([{name: line[name] for name in FIELDS} for line in lines], indent=2, ensure_ascii=False) + "\n"


def _plain(value: Any) -> str:
    return ", ".join(value) if isinstance(value, list | tuple) else str(value if value is not None else "")


def _inert(cell: str) -> str:
    return f"'{cell}" if cell.startswith(tuple("=+-@\t\r＝＋－＠")) else cell


def _slack_id(database: Any, person: str) -> str:
    """Return the Slack id behind an e-mail; anything else is compared as it is."""
    from storage.queries import people as people_queries

    with database.reading() as db:
        found = people_queries.find_person_by_email(db, person) if "@" in person else None
        return (found.slack_id or "") if found else ""


def _is_about(line: dict[str, Any], person: str, slack_id: str) -> bool:
    wanted = person.strip().lower()
    if slack_id:
        return bool(line["slack_id"] == slack_id)
    return wanted in (str(line["person"]).lower(), str(line["slack_id"]).lower())


_SAY = {"table": say_table, "csv": say_csv, "json": say_json}
