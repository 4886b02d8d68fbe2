"""Importing the people list: people, teams, managers, roles, enrolments and who supports whom.

A file can be imported again and again; only what changed changes. An empty cell leaves what is known, but for roles and
leaves_on, where empty means none: leads come from the people list (privacy.md, Doors), and a leaver may stay after all.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlmodel import Session as Db

from bot.actions import catalogue, enrolling, pairing, settle
from bot.actions.imports.directory import Directory
from bot.actions.imports.parts import in_parts
from bot.actions.imports.people_rows import COLUMNS, PeopleRows, PersonRow, Place
from bot.actions.imports.reading import read_sheet
from bot.programmes.programme import Programme
from bot.rules.import_pairs import column_kinds
from bot.rules.import_values import Outcome, Remark, RowOutcome, Why
from bot.rules.working_patterns import WorkingPattern
from storage import audit
from storage.database import Database
from storage.queries import enrolments as enrolment_queries
from storage.queries import facts as fact_queries
from storage.queries import imports as import_queries
from storage.queries import people as people_queries
from storage.queries import together as together_queries
from storage.tables.people import Person, RoleHeld, Team
from storage.tables.programmes import Enrolment

ONE_DAY = timedelta(days=1)
_SIMPLE, _HEAVY = 250, 20  # rows in one transaction: others must be able to write in between


@dataclass(frozen=True)
class Defaults:
    """What holds where a row does not say: the service's nation and time zone."""

    nation: str
    zone: str


def import_people(
    database: Database, content: bytes, *, programmes: Mapping[str, Programme], defaults: Defaults, now: datetime
) -> Outcome:
    """Apply a people file, in short transactions. Raises BadFile when it is no people file at all."""
    sheet = read_sheet(content, COLUMNS, needed=("name",))
    with database.reading() as db:
        directory = Directory.of_everyone(db)
        everyone = dict(directory.names)
        rows = PeopleRows(sheet, directory, programmes).read()
    outcome = Outcome("people", [RowOutcome(p.row.line, p.name, p.id not in everyone) for p in rows], sheet.remarks)
    work = _Import(programmes, defaults, now, outcome)
    pairs = list(zip(rows, outcome.rows, strict=True))
    for step, most in ((work.save_person, _SIMPLE), (work.save_others, _SIMPLE), (work.save_places, _HEAVY)):
        for some in in_parts(pairs, most):
            with database.transaction() as db:
                for person, said in some:
                    step(db, person, said)
    work.settle_others(database)
    with database.reading() as db:
        outcome.leads = len(people_queries.list_role_holders(db, role=people_queries.LEAD, on=now.date()))
    in_file = {person.id for person in rows}
    outcome.not_in_file = tuple(name for each, name in everyone.items() if each not in in_file)
    outcome.remarks.sort(key=lambda remark: remark.line)
    return outcome


class _Import:
    """One run over one file."""

    def __init__(
        self, programmes: Mapping[str, Programme], defaults: Defaults, now: datetime, outcome: Outcome
    ) -> None:
        self._programmes, self._defaults, self._now, self._outcome = programmes, defaults, now, outcome
        self._moved: set[UUID] = set()  # people whose own time or manager changed: what they owe moves with it
        self._asked_anew: set[UUID] = set()  # enrolments in which another manager or lead is asked now

    def save_person(self, db: Db, asked: PersonRow, said: RowOutcome) -> None:
        """Make or change one person and their team."""
        person = db.get(Person, asked.id)
        if person is None:
            nation, zone = asked.nation or self._defaults.nation, asked.zone or self._defaults.zone
            person = Person(id=asked.id, name=asked.name, nation=nation, zone=zone)
            db.add(person)
        team = self._team(db, asked)
        in_slack = "here" if asked.slack_id and person.in_slack == "waiting" else person.in_slack
        values: dict[str, Any] = {
            "name": asked.name,
            "email": asked.email,
            "slack_id": asked.slack_id,
            "in_slack": in_slack,
            "team_id": team.id if team else None,
            "nation": asked.nation,
            "zone": asked.zone,
            "zone_is_ours": True if asked.zone else None,
            "weekly_hours": asked.weekly_hours,
            "working_pattern": self._pattern(person, asked),
            "started_on": asked.started_on,
        }
        given = {name: value for name, value in values.items() if value is not None}
        if asked.leaves_on_is_known:
            given["leaves_on"] = asked.leaves_on
        changed = _change(db, person, given, said)
        if changed & _MOVING and not said.is_new:
            self._moved.add(person.id)
        if "leaves_on" in changed:
            self._asked_anew.update(fact_queries.list_enrolments_below(db, person_id=person.id))
        db.flush()
        if said.is_new or said.changes:
            self._note(db, "import", f"person:{person.id}", person.id)

    def _pattern(self, person: Person, asked: PersonRow) -> dict[str, Any] | None:
        """Return the pattern to keep; whether somebody works on bank holidays was theirs to say and stays."""
        if asked.pattern is None:
            return None
        kept = (person.working_pattern or {}).get("works_bank_holidays")
        return asked.pattern.to_json() | ({"works_bank_holidays": kept} if kept is not None else {})

    def _team(self, db: Db, asked: PersonRow) -> Team | None:
        if asked.team is None:
            return None
        team = people_queries.find_team(db, name=asked.team)
        if team is None:
            nation, zone = asked.nation or self._defaults.nation, asked.zone or self._defaults.zone
            team = Team(name=asked.team, nation=nation, zone=zone)
            db.add(team)
            db.flush()
        return team

    def save_others(self, db: Db, asked: PersonRow, said: RowOutcome) -> None:
        """Save whom a row names, now that everybody is there: managers, and the roles of the person."""
        person = people_queries.get_person(db, asked.id)
        manager = {"line_manager_id": asked.line_manager}
        if asked.line_manager and _change(db, person, manager, said) and not said.is_new:
            self._moved.add(person.id)
        if asked.team and asked.team_manager:
            team = people_queries.find_team(db, name=asked.team)
            assert team is not None
            if _change(db, team, {"manager_id": asked.team_manager}, said):
                self._asked_anew.update(fact_queries.list_live_enrolments(db, team_id=team.id))
        if asked.roles is not None:
            self._save_roles(db, asked, said)

    def _save_roles(self, db: Db, asked: PersonRow, said: RowOutcome) -> None:
        today = self._now.date()
        held = {
            (each.role, each.programme): each for each in import_queries.list_roles_of(db, person_id=asked.id, on=today)
        }
        wanted = asked.roles or frozenset()
        for role, programme in sorted(wanted - held.keys(), key=str):
            db.add(RoleHeld(person_id=asked.id, role=role, programme=programme, from_on=today))
            said.note("role", becomes=_role_said(role, programme))
            self._asks_others(db, role, programme)
            self._note(db, "give_role", f"role:{role}", asked.id)
        for (role, programme), row in held.items():
            if (role, programme) not in wanted:
                self._end_role(db, row)
                said.note("role", was=_role_said(role, programme))
                self._asks_others(db, role, programme)
                self._note(db, "end_role", f"role:{role}", asked.id)

    def _asks_others(self, db: Db, role: str, programme: str | None) -> None:
        """Mark what is owed on the programmes that somebody leads from now on, or no longer."""
        if role == people_queries.LEAD:
            self._asked_anew.update(fact_queries.list_live_enrolments(db, programme=programme))

    def settle_others(self, database: Database) -> None:
        """Put right what others than the people of the file owe or are asked for now."""
        for some in in_parts(sorted(self._asked_anew), _HEAVY):
            with database.transaction() as db:
                for enrolment_id in some:
                    settle.settle_enrolment(db, enrolment_id, now=self._now)

    def _end_role(self, db: Db, row: RoleHeld) -> None:
        """End a role with yesterday; one given today is as if it never was."""
        yesterday = self._now.date() - ONE_DAY
        if row.from_on > yesterday:
            db.delete(row)
        else:
            row.until_on = yesterday

    def save_places(self, db: Db, asked: PersonRow, said: RowOutcome) -> None:
        """Enrol, pair, and take leavers off; then put right what a change of working time moves."""
        person = people_queries.get_person(db, asked.id)
        if person.leaves_on and person.leaves_on < self._now.date():
            self._let_go(db, person, said)
        else:
            for place in asked.places:
                self._save_place(db, person, asked, place, said)
            self._stays_enrolled(db, person, asked)
        if any(change.what == "line_manager_id" for change in said.changes):
            for enrolment in together_queries.list_enrolments(db, person_id=person.id):
                pairing.follow_line_manager(db, enrolment_id=enrolment.id, now=self._now)
        if asked.id in self._moved:
            settle.settle_person(db, person.id, now=self._now)

    def _let_go(self, db: Db, person: Person, said: RowOutcome) -> None:
        assert person.leaves_on is not None
        for enrolment in together_queries.list_enrolments(db, person_id=person.id):
            title = catalogue.programme_of(db, enrolment.version_id).title
            enrolling.leave_programme(db, enrolment_id=enrolment.id, on=person.leaves_on, now=self._now)
            said.note("enrolment", was=title)

    def _save_place(self, db: Db, person: Person, asked: PersonRow, place: Place, said: RowOutcome) -> None:
        enrolment = enrolment_queries.find_live_enrolment(db, person_id=person.id, programme=place.programme)
        if enrolment is None:
            enrolment = self._enrol(db, asked, place, said)
        elif enrolment.level != place.level:
            said.note("stage", was=enrolment.level, becomes=place.level)
            enrolment.level = place.level
            self._note(db, "level", f"enrolment:{enrolment.id}", person.id)
            settle.settle_enrolment(db, enrolment.id, now=self._now)
        kinds = column_kinds(catalogue.programme_of(db, enrolment.version_id))
        for column, supporters in asked.supporters.items():
            if column in kinds:
                self._save_pair(db, enrolment, kinds[column], supporters, said)

    def _enrol(self, db: Db, asked: PersonRow, place: Place, said: RowOutcome) -> Enrolment:
        settings = together_queries.find_settings(db, programme=place.programme)
        latest = self._programmes[place.programme]
        version_id = settings.version_id if settings else catalogue.keep_version(db, latest, now=self._now)
        programme = catalogue.programme_of(db, version_id)
        enrolment = enrolling.enrol(
            db,
            person_id=asked.id,
            programme=programme,
            version_id=version_id,
            level=place.level,
            starts_on=asked.started_on or self._now.date(),
            now=self._now,
        )
        level = programme.level[place.level].title if place.level else ""
        said.note("enrolment", becomes=f"{programme.title}{f' ({level})' if level else ''} from {enrolment.starts_on}")
        return enrolment

    def _save_pair(
        self, db: Db, enrolment: Enrolment, kind: str, supporters: tuple[UUID, ...], said: RowOutcome
    ) -> None:
        card = catalogue.programme_of(db, enrolment.version_id).relationship[kind]
        if len(supporters) > card.by_at_most:
            return  # remarked on when the row was read
        today = self._now.date()
        known = enrolment_queries.find_open_relationship(db, enrolment_id=enrolment.id, kind=kind)
        names = _names(db, supporters)
        if known is None:
            on = min(enrolment.starts_on, today)
            pairing.pair(
                db, enrolment_id=enrolment.id, kind=kind, supporter_ids=supporters, on=on, by=None, now=self._now
            )
            said.note(card.title, becomes=names)
            return
        held = enrolment_queries.list_supporters(db, relationship_id=known.id, on=today)
        before = {member.person_id for member in held if member.covers_id is None}
        if before != set(supporters):
            on = max(today, known.began_on)
            pairing.change_pair(db, relationship_id=known.id, supporter_ids=supporters, on=on, by=None, now=self._now)
            said.note(card.title, was=_names(db, before), becomes=names)

    def _stays_enrolled(self, db: Db, person: Person, asked: PersonRow) -> None:
        """Say that somebody stays on a programme their row no longer names: leaving it out decides nothing."""
        named = {place.programme for place in asked.places}
        for enrolment in together_queries.list_enrolments(db, person_id=person.id) if asked.row["programme"] else ():
            if enrolment.programme not in named:
                title = catalogue.programme_of(db, enrolment.version_id).title
                self._outcome.remarks.append(Remark(asked.row.line, "programme", Why.STAYS_ENROLLED, (title,)))

    def _note(self, db: Db, verb: str, thing: str, about_id: UUID) -> None:
        audit.note(db, at=self._now, actor_id=None, verb=verb, thing=thing, about_id=about_id)


def _change(db: Db, row: Any, values: Mapping[str, Any], said: RowOutcome) -> set[str]:
    """Set what differs, note it in words, and return the names of what differed."""
    changed = {name for name, value in values.items() if getattr(row, name) != value}
    for name in values:
        if name in changed:
            if name not in _SILENT and not said.is_new:
                said.note(name, _shown(db, name, getattr(row, name)), _shown(db, name, values[name]))
            setattr(row, name, values[name])
    return changed


def _shown(db: Db, name: str, value: Any) -> str:
    if value is None:
        return ""
    return _SHOWN[name](db, value) if name in _SHOWN else str(value)


def _team_name(db: Db, team_id: UUID) -> str:
    team = db.get(Team, team_id)
    return team.name if team else ""


def _names(db: Db, ids: Any) -> str:
    return ", ".join(import_queries.list_names(db, ids=list(ids)))


def _pattern_said(stored: dict[str, Any]) -> str:
    return ", ".join(WorkingPattern.from_json(stored).to_words())


def _role_said(role: str, programme: str | None) -> str:
    return f"{role} of {programme}" if programme else role


_MOVING = frozenset({"nation", "zone", "working_pattern", "weekly_hours", "team_id", "leaves_on"})
_SILENT = frozenset({"in_slack", "zone_is_ours"})  # follow from what is said
_SHOWN: dict[str, Callable[[Db, Any], str]] = {
    "team_id": _team_name,
    "manager_id": lambda db, value: _names(db, [value]),
    "line_manager_id": lambda db, value: _names(db, [value]),
    "working_pattern": lambda _db, value: _pattern_said(value),
}
