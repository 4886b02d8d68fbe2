"""Importing training that was done before Handrail (seed-systems: the history load)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from difflib import get_close_matches
from uuid import UUID

from sqlmodel import Session as Db

from bot.actions import catalogue, settle
from bot.actions.imports.directory import Directory
from bot.actions.imports.parts import in_parts
from bot.actions.imports.reading import Sheet, read_sheet
from bot.rules.import_cells import CellDoubt, is_month_first, read_date, read_minutes
from bot.rules.import_values import Outcome, Row, RowOutcome, Why
from storage import audit, sealing
from storage.database import Database
from storage.queries import imports as import_queries
from storage.queries import people as people_queries
from storage.queries import together as together_queries
from storage.tables.progress import TrainingRecord
from storage.types import new_id

COLUMNS = ("person", "course", "done_on", "minutes", "mode", "certificate", "checked_by")
MODES = ("face to face", "computer based", "on the job", "external")
_MOST = 20  # rows in one transaction


@dataclass(frozen=True)
class _Done:
    row: Row
    person_id: UUID
    course: str  # the card's name; empty for what is in no catalogue
    title: str
    done_on: date
    minutes: int | None
    mode: str
    checked_by: UUID | None


def import_training(database: Database, content: bytes, *, now: datetime) -> Outcome:
    """Add completions that are on record elsewhere; they count as checked. Raises BadFile when it is no training file.

    The same course on the same day is there once, however often it is imported.
    """
    sheet = read_sheet(content, COLUMNS, needed=("person", "course", "done_on"))
    outcome = Outcome("training", remarks=sheet.remarks)
    month_first = any(is_month_first(row["done_on"]) for row in sheet.rows)
    with database.reading() as db:
        directory = Directory.of_everyone(db)
        reader = _Reader(sheet, directory, month_first=month_first, today=now.date())
        done = [found for row in sheet.rows if (found := reader.read(db, row))]
    for part in in_parts(done, _MOST):
        with database.transaction() as db:
            for each in part:
                said = RowOutcome(each.row.line, directory.names[each.person_id])
                outcome.rows.append(said)
                _save(db, each, said, now)
    return outcome


class _Reader:
    def __init__(self, sheet: Sheet, directory: Directory, *, month_first: bool, today: date) -> None:
        self._sheet, self._directory, self._month_first, self._today = sheet, directory, month_first, today

    def read(self, db: Db, row: Row) -> _Done | None:
        missing = next((name for name in ("person", "course", "done_on") if not row[name]), "")
        if missing:
            self._sheet.remark(row, missing, Why.MISSING)
            return None
        column = "person"
        try:
            person_id = self._directory.find(row["person"])
            column = "done_on"
            done_on = read_date(row["done_on"], month_first_file=self._month_first)
            if done_on > self._today:
                raise CellDoubt(Why.IN_THE_FUTURE, done_on.isoformat())  # noqa: TRY301  said like any other doubt
        except CellDoubt as doubt:
            self._sheet.doubt(row, column, doubt, leaves_out_row=True)
            return None
        course, title = self._course(db, row, person_id)
        return _Done(row, person_id, course, title, done_on, self._minutes(row), self._mode(row), self._checker(row))

    def _course(self, db: Db, row: Row, person_id: UUID) -> tuple[str, str]:
        known = _courses(db, person_id)
        wanted = " ".join(row["course"].lower().split())
        if wanted in known:
            return known[wanted], ""
        near = get_close_matches(wanted, known, 1, 0.7)
        self._sheet.remark(row, "course", Why.UNKNOWN_COURSE, row["course"], *near)
        return "", row["course"]

    def _minutes(self, row: Row) -> int | None:
        try:
            return read_minutes(row["minutes"]) if row["minutes"] else None
        except CellDoubt as doubt:
            self._sheet.doubt(row, "minutes", doubt)
            return None

    def _mode(self, row: Row) -> str:
        mode = " ".join(row["mode"].lower().replace("-", " ").split())
        if mode and mode not in MODES:
            self._sheet.remark(row, "mode", Why.UNKNOWN_MODE, row["mode"], ", ".join(MODES))
        return mode if mode in MODES else ""

    def _checker(self, row: Row) -> UUID | None:
        try:
            return self._directory.find(row["checked_by"]) if row["checked_by"] else None
        except CellDoubt as doubt:
            self._sheet.doubt(row, "checked_by", doubt)
            return None


def _courses(db: Db, person_id: UUID) -> Mapping[str, str]:
    """Return the courses of somebody's programmes by name and by title, in lower case."""
    found: dict[str, str] = {}
    for enrolment in together_queries.list_enrolments(db, person_id=person_id):
        for name, card in catalogue.programme_of(db, enrolment.version_id).course.items():
            found |= {name: name, " ".join(card.title.lower().split()): name}
    return found


def _save(db: Db, done: _Done, said: RowOutcome, now: datetime) -> None:
    known = import_queries.find_same_training(
        db, person_id=done.person_id, course=done.course, title=done.title, done_on=done.done_on
    )
    if known:
        return
    record = TrainingRecord(
        id=new_id(),
        person_id=done.person_id,
        course=done.course,
        title=done.title,
        done_on=done.done_on,
        minutes=done.minutes,
        mode=done.mode,
        logged_by_id=done.checked_by or done.person_id,
        logged_at=now,
        verified_by_id=done.checked_by,
        verified_at=now,
        imported=f"{done.person_id}:{done.course or done.title}:{done.done_on}",
    )
    if certificate := done.row["certificate"]:
        place = {"table": "trainingrecord", "row_id": record.id, "column": "certificate"}
        record.certificate = sealing.seal(db, certificate, owner=done.person_id, **place)  # type: ignore[arg-type]  # one dict of a place
    db.add(record)
    db.flush()
    said.note(people_said(db, done), becomes=f"done on {done.done_on}")
    audit.note(
        db, at=now, actor_id=None, verb="import_training", thing=f"training:{record.id}", about_id=done.person_id
    )
    settle.settle_person(db, done.person_id, now=now)


def people_said(db: Db, done: _Done) -> str:
    """Return the title of the course as people know it."""
    if not done.course:
        return done.title
    person = people_queries.get_person(db, done.person_id)
    for enrolment in together_queries.list_enrolments(db, person_id=person.id):
        card = catalogue.programme_of(db, enrolment.version_id).course.get(done.course)
        if card:
            return card.title
    return done.course
