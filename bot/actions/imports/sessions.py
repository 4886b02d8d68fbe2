"""Importing the sessions that were held before Handrail, so that a cadence counts from the last one."""

from dataclasses import dataclass
from datetime import date, datetime
from difflib import get_close_matches
from uuid import UUID

from sqlmodel import Session as Db

from bot.actions import catalogue, settle
from bot.actions.imports.directory import Directory
from bot.actions.imports.parts import in_parts
from bot.actions.imports.reading import Sheet, read_sheet
from bot.programmes.programme import Programme
from bot.rules.import_cells import CellDoubt, is_month_first, read_date, read_minutes
from bot.rules.import_values import Outcome, Row, RowOutcome, Why
from bot.rules.when import Grid, Rolling, Window
from storage import audit
from storage.database import Database
from storage.queries import enrolments as enrolment_queries
from storage.queries import imports as import_queries
from storage.queries import people as people_queries
from storage.queries import together as together_queries
from storage.tables.meetings import Session
from storage.tables.programmes import Enrolment

COLUMNS = ("person", "session", "held_on", "led_by", "minutes")
_MOST = 20  # rows in one transaction


@dataclass(frozen=True)
class _Held:
    row: Row
    person_id: UUID
    enrolment_id: UUID
    version_id: UUID
    kind: str
    title: str
    relationship_id: UUID
    led_by_id: UUID
    held_on: date
    minutes: int
    zone: str


def import_sessions(database: Database, content: bytes, *, now: datetime) -> Outcome:
    """Add sessions held; one that is there already is left as it is. Raises BadFile when it is no such file."""
    sheet = read_sheet(content, COLUMNS, needed=("person", "held_on"))
    outcome = Outcome("sessions", remarks=sheet.remarks)
    month_first = any(is_month_first(row["held_on"]) for row in sheet.rows)
    with database.reading() as db:
        directory = Directory.of_everyone(db)
        reader = _Reader(db, sheet, directory, month_first=month_first, today=now.date())
        held = [found for row in sheet.rows if (found := reader.read(row))]
    for part in in_parts(held, _MOST):
        with database.transaction() as db:
            for each in part:
                said = RowOutcome(each.row.line, directory.names[each.person_id])
                outcome.rows.append(said)
                _save(db, each, said, now)
    return outcome


class _Reader:
    def __init__(self, db: Db, sheet: Sheet, directory: Directory, *, month_first: bool, today: date) -> None:
        self._db, self._sheet, self._directory = db, sheet, directory
        self._month_first, self._today = month_first, today
        self._column = ""  # the one being read: where a doubt belongs

    def read(self, row: Row) -> _Held | None:
        missing = next((name for name in ("person", "held_on") if not row[name]), "")
        if missing:
            self._sheet.remark(row, missing, Why.MISSING)
            return None
        self._column = "person"
        try:
            return self._read(row)
        except CellDoubt as doubt:
            self._sheet.doubt(row, self._column, doubt, leaves_out_row=True)
            return None

    def _read(self, row: Row) -> _Held:
        person_id = self._directory.find(row["person"])
        self._column = "held_on"
        held_on = read_date(row["held_on"], month_first_file=self._month_first)
        if held_on > self._today:
            raise CellDoubt(Why.IN_THE_FUTURE, held_on.isoformat())
        self._column = "minutes"
        minutes = read_minutes(row["minutes"]) if row["minutes"] else 60
        self._column = "session"
        enrolment, programme, kind = self._kind(row, person_id)
        relationship_id = self._pair(enrolment, programme.session[kind].relationship)
        self._column = "led_by"
        led_by_id = self._led_by(row, relationship_id)
        return _Held(
            row=row,
            person_id=person_id,
            enrolment_id=enrolment.id,
            version_id=enrolment.version_id,
            kind=kind,
            title=programme.session[kind].title,
            relationship_id=relationship_id,
            led_by_id=led_by_id,
            held_on=held_on,
            minutes=minutes,
            zone=people_queries.get_person(self._db, person_id).zone,
        )

    def _kind(self, row: Row, person_id: UUID) -> tuple[Enrolment, Programme, str]:
        """Return which meeting is meant; left empty, the one that somebody's pair owes regularly."""
        known: dict[str, tuple[Enrolment, Programme, str]] = {}
        for enrolment in together_queries.list_enrolments(self._db, person_id=person_id):
            programme = catalogue.programme_of(self._db, enrolment.version_id)
            for name in _regular_first(programme, self._pairs_of(enrolment)):
                found = enrolment, programme, name
                known.setdefault(name, found)
                known.setdefault(programme.session[name].title.lower(), found)
        wanted = " ".join(row["session"].lower().split())
        if not known:
            raise CellDoubt(Why.NOT_ENROLLED)
        if wanted and wanted not in known:
            raise CellDoubt(Why.UNKNOWN_SESSION, row["session"], *get_close_matches(wanted, known, 1, 0.5))
        return known[wanted] if wanted else next(iter(known.values()))

    def _pairs_of(self, enrolment: Enrolment) -> dict[str, UUID]:
        return {r.kind: r.id for r in together_queries.list_relationships(self._db, enrolment_id=enrolment.id)}

    def _pair(self, enrolment: Enrolment, kind: str) -> UUID:
        return self._pairs_of(enrolment)[kind]

    def _led_by(self, row: Row, relationship_id: UUID) -> UUID:
        """Return who led it; left empty, the pair's supporter."""
        if row["led_by"]:
            return self._directory.find(row["led_by"])
        supporters = enrolment_queries.list_supporters(self._db, relationship_id=relationship_id, on=self._today)
        if not supporters:
            raise CellDoubt(Why.MISSING)
        return supporters[0].person_id


def _regular_first(programme: Programme, pairs: dict[str, UUID]) -> list[str]:
    """Return the meetings of these pairs, those that come round first, in the file's order."""
    names = [name for name, card in programme.session.items() if card.relationship in pairs]
    return sorted(names, key=lambda name: not isinstance(programme.session[name].when, Rolling | Grid | Window))


def _save(db: Db, held: _Held, said: RowOutcome, now: datetime) -> None:
    if import_queries.find_session_held(db, relationship_id=held.relationship_id, kind=held.kind, held_on=held.held_on):
        return
    session = Session(
        kind=held.kind,
        version_id=held.version_id,
        enrolment_id=held.enrolment_id,
        relationship_id=held.relationship_id,
        about_id=held.person_id,
        led_by_id=held.led_by_id,
        falls_on=held.held_on,
        held_on=held.held_on,
        state="held",
        minutes=held.minutes,
        zone=held.zone,
    )
    db.add(session)
    db.flush()
    said.note(held.title, becomes=f"held on {held.held_on}")
    audit.note(db, at=now, actor_id=None, verb="import_session", thing=f"session:{session.id}", about_id=held.person_id)
    settle.settle_enrolment(db, held.enrolment_id, now=now)
