"""Importing closures: days on which everybody, or one team, is closed."""

from datetime import date, datetime
from difflib import get_close_matches
from uuid import UUID

from sqlmodel import Session as Db

from bot.actions import settle
from bot.actions.imports.parts import in_parts
from bot.actions.imports.reading import Sheet, read_sheet
from bot.rules.import_cells import CellDoubt, is_month_first, read_date
from bot.rules.import_values import Outcome, Row, RowOutcome, Why
from storage import audit
from storage.database import Database
from storage.queries import imports as import_queries
from storage.queries import working_time as time_queries
from storage.tables.people import Absence

COLUMNS = ("date", "name", "team")
_MOST = 20  # people settled in one transaction


def import_closures(database: Database, content: bytes, *, now: datetime) -> Outcome:
    """Add closures, and rename those that are known. Raises BadFile when it is no closures file."""
    sheet = read_sheet(content, COLUMNS, needed=("date", "name"))
    outcome, closed_teams = Outcome("closures", remarks=sheet.remarks), set[UUID | None]()
    month_first = any(is_month_first(row["date"]) for row in sheet.rows)
    with database.transaction() as db:
        teams = {team.name.lower(): team.id for team in time_queries.list_teams(db)}
        for row in sheet.rows:
            found = _read_row(sheet, row, teams, month_first=month_first)
            if found:
                said = RowOutcome(row.line, row["name"] or "Closed")
                outcome.rows.append(said)
                _save(db, *found, said, now)
                closed_teams |= {found[1]} if said.changes else set()
    _settle_everyone(database, closed_teams, now)
    return outcome


def _read_row(
    sheet: Sheet, row: Row, teams: dict[str, UUID], *, month_first: bool
) -> tuple[date, UUID | None, str] | None:
    if not row["date"]:
        sheet.remark(row, "date", Why.MISSING)
        return None
    column = "date"
    try:
        on = read_date(row["date"], month_first_file=month_first)
        column = "team"
        team = row["team"].lower()
        if team and team not in teams:
            near = get_close_matches(team, teams, 1, 0.6)
            raise CellDoubt(Why.UNKNOWN_TEAM, row["team"], *near)  # noqa: TRY301  said like any other doubt
    except CellDoubt as doubt:
        sheet.doubt(row, column, doubt, leaves_out_row=True)
        return None
    return on, teams.get(team), row["name"]


def _save(db: Db, on: date, team_id: UUID | None, name: str, said: RowOutcome, now: datetime) -> None:
    known = import_queries.find_closure(db, on=on, team_id=team_id)
    if known and known.name == name:
        return
    if known:
        said.note("closure", was=known.name, becomes=name)
        known.name = name
    else:
        known = Absence(team_id=team_id, name=name, from_on=on, until_on=on)
        db.add(known)
        db.flush()
        said.note("closure", becomes=f"on {on}")
    audit.note(db, at=now, actor_id=None, verb="import_closure", thing=f"closure:{known.id}")


def _settle_everyone(database: Database, teams: set[UUID | None], now: datetime) -> None:
    """Move what the people of these teams owe; a closure of everybody moves everyone's."""
    with database.reading() as db:
        reached = {each for team in teams for each in import_queries.list_people_of_team(db, team_id=team)}
        moved = [each for each in time_queries.list_ids_with_anything_to_do(db) if each in reached]
    for part in in_parts(moved, _MOST):
        with database.transaction() as db:
            for person_id in part:
                settle.settle_person(db, person_id, now=now)
