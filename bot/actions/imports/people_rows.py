"""From the rows of a people file to what they ask for, with everything that is wrong said, and the rest kept."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from difflib import get_close_matches
from typing import Any
from uuid import UUID

from bot.actions.imports.directory import Directory, find_cycle
from bot.actions.imports.reading import Sheet
from bot.calendars import NATIONS
from bot.programmes.programme import Programme
from bot.rules import import_cells as cells
from bot.rules.import_cells import CellDoubt
from bot.rules.import_pairs import column_kinds
from bot.rules.import_values import GOOD_TO_KNOW, Row, Why
from bot.rules.working_patterns import WorkingPattern
from storage.queries.people import LEAD
from storage.types import new_id

# fmt: off
COLUMNS = (  # as product.md fixes it
    "slack_id", "email", "name", "team", "team_manager", "line_manager", "supervisor", "mentors", "roles", "programme",
    "stage", "started_on", "leaves_on", "working_days", "working_hours", "weekly_hours", "nation", "time_zone",
)
# fmt: on
_OUR_ROLES = (LEAD, "senior-manager", "sponsor", "auditor", "resolver", "hr", "data-protection-officer", "mentor")


@dataclass(frozen=True)
class Place:
    """A programme and the level at which somebody is on it."""

    programme: str
    level: str


@dataclass
class PersonRow:
    """What one row asks for. None is a cell that was empty or unusable: what is known stays."""

    row: Row
    id: UUID
    slack_id: str | None
    email: str | None
    name: str
    team: str | None = None
    team_manager: UUID | None = None
    line_manager: UUID | None = None
    supporters: dict[str, tuple[UUID, ...]] = field(default_factory=dict)  # by column: supervisor, mentors
    roles: frozenset[tuple[str, str | None]] | None = None  # role and the programme it is for
    places: tuple[Place, ...] = ()
    started_on: date | None = None
    leaves_on: date | None = None
    leaves_on_is_known: bool = True
    pattern: WorkingPattern | None = None
    weekly_hours: float | None = None
    nation: str | None = None
    zone: str | None = None


class PeopleRows:
    """Checks the rows of one file against the people list and the programmes."""

    def __init__(self, sheet: Sheet, directory: Directory, programmes: Mapping[str, Programme]) -> None:
        self._sheet, self._directory, self._programmes = sheet, directory, programmes
        self._month_first = any(
            cells.is_month_first(row[column]) for row in sheet.rows for column in ("started_on", "leaves_on")
        )
        self._seen: dict[tuple[str, str], Row] = {}
        self._roles = {*_OUR_ROLES, *(name for each in programmes.values() for name in each.role)}

    def read(self) -> list[PersonRow]:
        """Return what can be used, in the order of the file: first who there is, then what each row says of them."""
        known = [person for row in self._sheet.rows if (person := self._identify(row))]
        for person in known:
            self._read_own(person)
        for person in known:
            self._read_others(person)
        self._refuse_cycles(known)
        self._refuse_two_managers(known)
        return known

    def _identify(self, row: Row) -> PersonRow | None:
        email = self._cell(row, "email", cells.read_email)
        slack_id = self._cell(row, "slack_id", cells.read_slack_id)
        if not email and not slack_id:
            self._sheet.remark(row, "email", Why.NO_WAY_TO_KNOW)
            return None
        if not row["name"]:
            self._sheet.remark(row, "name", Why.NO_NAME)
            return None
        if self._is_there_twice(row, email, slack_id):
            return None
        found = {self._directory.ids.get(each) for each in (email, slack_id) if each} - {None}
        if len(found) > 1:
            self._sheet.remark(row, "slack_id", Why.TWO_PEOPLE)
            return None
        person_id = next(iter(found), None) or new_id()
        self._directory.add(person_id, row["name"], (email or "", slack_id or ""))
        return PersonRow(row, person_id, slack_id, email, row["name"])

    def _is_there_twice(self, row: Row, email: str | None, slack_id: str | None) -> bool:
        for column, value in (("email", email), ("slack_id", slack_id)):
            first = self._seen.setdefault((column, value), row) if value else row
            if first is not row:
                same = first.cells == row.cells
                self._sheet.remark(row, column, Why.THE_SAME_ROW if same else Why.TWO_ROWS, str(first.line))
                return True
        return False

    def _read_own(self, person: PersonRow) -> None:
        """Read what a row says of its person alone."""
        row = person.row
        person.started_on = self._date(row, "started_on")
        person.leaves_on = self._date(row, "leaves_on")
        person.leaves_on_is_known = not self._was_refused(row, "leaves_on")
        if person.started_on and person.leaves_on and person.leaves_on < person.started_on:
            self._sheet.remark(row, "leaves_on", Why.WRONG_WAY_ROUND)
            person.leaves_on, person.leaves_on_is_known = None, False
        person.weekly_hours = self._cell(row, "weekly_hours", cells.read_weekly_hours)
        person.nation = self._cell(row, "nation", lambda written: cells.read_nation(written, NATIONS))
        person.zone = self._cell(row, "time_zone", cells.read_zone)
        if row["working_days"] or row["working_hours"]:
            person.pattern = self._pattern(row)
        person.team = " ".join(row["team"].split()) or None
        if person.team is None:
            self._sheet.remark(row, "team", Why.NO_TEAM)
        person.places = self._places(row)
        person.roles = self._roles_of(row)

    def _read_others(self, person: PersonRow) -> None:
        """Read whom a row names besides its person."""
        row = person.row
        person.team_manager = self._cell(row, "team_manager", self._directory.find)
        person.line_manager = self._cell(row, "line_manager", self._directory.find)
        if person.line_manager == person.id:
            self._sheet.remark(row, "line_manager", Why.THEMSELF)
            person.line_manager = None
        for column in ("supervisor", "mentors"):
            if row[column]:
                self._read_supporters(person, column)

    def _read_supporters(self, person: PersonRow, column: str) -> None:
        row = person.row
        found = [self._cell(row, column, self._directory.find, each) for each in cells.several(row[column])]
        ids = tuple(dict.fromkeys(each for each in found if each))
        if person.id in ids:
            self._sheet.remark(row, column, Why.THEMSELF)
            return
        if not person.places:
            if not row["programme"]:
                self._sheet.remark(row, column, Why.NOT_ENROLLED)
            return
        for place in person.places:
            self._check_supporters(person, column, place, ids)
        if ids and None not in found:
            person.supporters[column] = ids

    def _check_supporters(self, person: PersonRow, column: str, place: Place, ids: tuple[UUID, ...]) -> None:
        programme = self._programmes[place.programme]
        kind = column_kinds(programme).get(column)
        if kind is None:
            self._sheet.remark(person.row, column, Why.NO_SUCH_PAIR, programme.title)
            return
        card = programme.relationship[kind]
        if len(ids) > card.by_at_most:
            self._sheet.remark(person.row, column, Why.TOO_MANY, card.title, str(card.by_at_most))
        if person.line_manager in ids and "line-manager" in card.avoid:
            self._sheet.remark(person.row, column, Why.MANAGER_MENTORS)

    def _places(self, row: Row) -> tuple[Place, ...]:
        names, levels = cells.several(row["programme"]), cells.several(row["stage"])
        found = []
        for number, name in enumerate(names):
            try:
                found.append(self._place(name, levels[number] if number < len(levels) else ""))
            except CellDoubt as doubt:
                column = "stage" if doubt.why in _ABOUT_LEVELS else "programme"
                self._sheet.doubt(row, column, doubt)
        return tuple(found)

    def _place(self, written: str, level: str) -> Place:
        key = "-".join(written.lower().split())
        by_title = {each.title.lower(): name for name, each in self._programmes.items()}
        programme = self._programmes.get(key) or self._programmes.get(by_title.get(written.lower(), ""))
        offered = [name for name, each in self._programmes.items() if each.offered]
        if programme is None:
            near = get_close_matches(key, offered, 1, 0.5)
            raise CellDoubt(Why.UNKNOWN_PROGRAMME, written, near[0] if near else "", ", ".join(offered))
        if not programme.offered:
            raise CellDoubt(Why.DRAFT_PROGRAMME, programme.title, ", ".join(offered))
        return Place(programme.key, self._level(programme, level))

    def _level(self, programme: Programme, written: str) -> str:
        titles = {card.title.lower(): name for name, card in programme.level.items()}
        known = ", ".join(programme.level)
        if not programme.level:
            if written:
                raise CellDoubt(Why.NO_LEVELS_HERE, programme.title)
            return ""
        if not written:
            raise CellDoubt(Why.NO_LEVEL, programme.title, known)
        name = "-".join(written.lower().split())
        found = name if name in programme.level else titles.get(written.lower())
        if found is None:
            raise CellDoubt(Why.UNKNOWN_LEVEL, written, programme.title, known)
        return found

    def _roles_of(self, row: Row) -> frozenset[tuple[str, str | None]] | None:
        if self._was_refused(row, "roles"):
            return None
        found = set()
        for written in cells.several(row["roles"]):
            name, _, programme = (part.strip() for part in written.partition(":"))
            role = self._role(name)
            if role is None:
                near = get_close_matches(name.lower(), sorted(self._roles), 1, 0.6)
                self._sheet.remark(row, "roles", Why.UNKNOWN_ROLE, written, *near)
            elif programme and programme not in self._programmes:
                self._sheet.remark(row, "roles", Why.UNKNOWN_PROGRAMME, programme, "", ", ".join(self._programmes))
            else:
                found.add((role, programme or None))
        return frozenset(found)

    def _role(self, written: str) -> str | None:
        """Return a role however its words are joined."""
        words = written.lower().replace("_", "-").replace(" ", "-")
        return next((role for role in sorted(self._roles) if role.replace("_", "-") == words), None)

    def _refuse_cycles(self, known: list[PersonRow]) -> None:
        """Leave out the managers of everyone in a circle; what was known of them before stays."""
        managers = self._directory.managers | {p.id: p.line_manager for p in known if p.line_manager}
        in_cycles = {person.id: find_cycle(person.id, managers) for person in known if person.line_manager}
        for person in known:
            if circle := in_cycles.get(person.id):
                names = (self._directory.names[each] for each in (*circle, person.id))
                self._sheet.remark(person.row, "line_manager", Why.CYCLE, " → ".join(names))
                person.line_manager = None

    def _refuse_two_managers(self, known: list[PersonRow]) -> None:
        first: dict[str, PersonRow] = {}
        for person in known:
            if person.team and person.team_manager:
                named = first.setdefault(person.team, person)
                if named.team_manager != person.team_manager:
                    self._sheet.remark(person.row, "team_manager", Why.TWO_MANAGERS, person.team, str(named.row.line))
                    person.team_manager = None

    def _cell(self, row: Row, column: str, read: Callable[[str], Any], written: str | None = None) -> Any:
        written = row[column] if written is None else written
        if not written:
            return None
        try:
            return read(written)
        except CellDoubt as doubt:
            self._sheet.doubt(row, column, doubt)
            return None

    def _date(self, row: Row, column: str) -> date | None:
        found: date | None = self._cell(
            row, column, lambda written: cells.read_date(written, month_first_file=self._month_first)
        )
        if found and cells.is_read_day_first(row[column]):
            self._sheet.remark(row, column, Why.READ_DAY_FIRST, row[column], found.isoformat())
        return found

    def _pattern(self, row: Row) -> WorkingPattern | None:
        try:
            return cells.read_pattern(row["working_days"], row["working_hours"])
        except CellDoubt as doubt:
            self._sheet.doubt(row, "working_days" if "days" in doubt.facts[0] else "working_hours", doubt)
            return None

    def _was_refused(self, row: Row, column: str) -> bool:
        """Say whether a cell had something in it that could not be used, which is not the same as empty."""
        return any(
            each.line == row.line and each.column == column and each.why not in GOOD_TO_KNOW
            for each in self._sheet.remarks
        )


_ABOUT_LEVELS = frozenset({Why.UNKNOWN_LEVEL, Why.NO_LEVEL, Why.NO_LEVELS_HERE})
