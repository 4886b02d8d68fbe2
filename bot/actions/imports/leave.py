"""Importing leave, as HR has it. No reason is asked, and none is kept."""

from datetime import date, datetime
from uuid import UUID

from sqlmodel import Session as Db

from bot.actions import settle
from bot.actions.imports.directory import Directory
from bot.actions.imports.parts import in_parts
from bot.actions.imports.reading import Sheet, read_sheet
from bot.rules.import_cells import CellDoubt, is_month_first, read_date
from bot.rules.import_values import Outcome, Row, RowOutcome, Why
from storage import audit
from storage.database import Database
from storage.queries import imports as import_queries
from storage.queries import people as people_queries
from storage.queries import working_time as time_queries

COLUMNS = ("email", "from", "to")
_MOST = 20  # rows in one transaction: each moves what a person owes


def import_leave(database: Database, content: bytes, *, now: datetime) -> Outcome:
    """Add leave; days that are known already change nothing. Raises BadFile when it is no leave file."""
    sheet = read_sheet(content, COLUMNS, needed=("email", "from"))
    month_first = any(is_month_first(row[column]) for row in sheet.rows for column in ("from", "to"))
    outcome = Outcome("leave", remarks=sheet.remarks)
    with database.reading() as db:
        directory = Directory.of_everyone(db)
    asked = [found for row in sheet.rows if (found := _read_row(sheet, directory, row, month_first=month_first))]
    for part in in_parts(asked, _MOST):
        with database.transaction() as db:
            for row, person_id, first, last in part:
                said = RowOutcome(row.line, directory.names[person_id])
                outcome.rows.append(said)
                _save(db, person_id, first, last, said, now)
    return outcome


def _read_row(
    sheet: Sheet, directory: Directory, row: Row, *, month_first: bool
) -> tuple[Row, UUID, date, date] | None:
    column = next((name for name in ("email", "from") if not row[name]), "")
    if column:
        sheet.remark(row, column, Why.MISSING)
        return None
    try:
        column = "email"
        person_id = directory.find(row["email"])
        column = "from"
        first = read_date(row["from"], month_first_file=month_first)
        column = "to"
        last = read_date(row["to"], month_first_file=month_first) if row["to"] else first
        if last < first:
            raise CellDoubt(Why.WRONG_WAY_ROUND)  # noqa: TRY301  said like any other doubt
    except CellDoubt as doubt:
        sheet.doubt(row, column, doubt, leaves_out_row=True)
        return None
    return row, person_id, first, last


def _save(db: Db, person_id: UUID, first: date, last: date, said: RowOutcome, now: datetime) -> None:
    if import_queries.find_leave(db, person_id=person_id, from_on=first, until_on=last):
        return
    time_queries.add_leave(db, person_id=person_id, from_on=first, until_on=last)
    said.note("leave", becomes=f"from {first} to {last}" if last > first else f"on {first}")
    person = people_queries.get_person(db, person_id)
    audit.note(db, at=now, actor_id=None, verb="import_leave", thing=f"person:{person.id}", about_id=person.id)
    settle.settle_person(db, person_id, now=now)
