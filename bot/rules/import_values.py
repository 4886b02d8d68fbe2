"""What is said about a file that is being imported: what is wrong, row by row, and what would change."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Why(StrEnum):
    """What is wrong with a cell or a row, or good to know; each has its sentence in prompts/imports.py."""

    # the row is left out
    NO_WAY_TO_KNOW = "no_way_to_know"  # neither e-mail nor Slack id
    NO_NAME = "no_name"
    TWO_ROWS = "two_rows"  # fact: the line of the first
    TWO_PEOPLE = "two_people"  # the e-mail and the Slack id are of two different people
    TOO_MANY_CELLS = "too_many_cells"
    MISSING = "missing"  # a cell this kind of row cannot do without is empty
    # the cell is left out
    FORMULA = "formula"
    TOO_LONG = "too_long"
    NOT_TEXT = "not_text"
    BAD_EMAIL = "bad_email"
    BAD_SLACK_ID = "bad_slack_id"
    BAD_DATE = "bad_date"
    MONTH_FIRST = "month_first"  # fact: the day it would be, day-first reading being impossible
    NO_YEAR = "no_year"
    DOUBTFUL_DATE = "doubtful_date"  # facts: both readings, in a file that writes other dates month-first
    WRONG_WAY_ROUND = "wrong_way_round"  # the last day is before the first
    BAD_NUMBER = "bad_number"
    BAD_HOURS = "bad_hours"  # fact: the sentence
    UNKNOWN_PERSON = "unknown_person"  # facts: what was written, the nearest
    UNKNOWN_NATION = "unknown_nation"
    UNKNOWN_ZONE = "unknown_zone"
    UNKNOWN_PROGRAMME = "unknown_programme"  # facts: written, nearest, known
    DRAFT_PROGRAMME = "draft_programme"
    UNKNOWN_LEVEL = "unknown_level"  # facts: written, programme, known
    NO_LEVEL = "no_level"  # facts: programme, known
    NO_LEVELS_HERE = "no_levels_here"
    UNKNOWN_ROLE = "unknown_role"  # facts: written, nearest
    UNKNOWN_TEAM = "unknown_team"
    UNKNOWN_COURSE = "unknown_course"
    UNKNOWN_SESSION = "unknown_session"
    TWO_MANAGERS = "two_managers"  # of one team; fact: the line that named the first
    CYCLE = "cycle"  # fact: the names, in order
    THEMSELF = "themself"
    TOO_MANY = "too_many"  # facts: the title of the relationship, how many at most
    NO_SUCH_PAIR = "no_such_pair"  # fact: the programme
    NOT_ENROLLED = "not_enrolled"
    IN_THE_FUTURE = "in_the_future"
    UNKNOWN_MODE = "unknown_mode"  # facts: what was written, the known
    # good to know
    NO_TEAM = "no_team"
    READ_DAY_FIRST = "read_day_first"  # facts: as written, as read
    MANAGER_MENTORS = "manager_mentors"
    THE_SAME_ROW = "the_same_row"  # fact: the line of the first
    STAYS_ENROLLED = "stays_enrolled"  # fact: the programme


GOOD_TO_KNOW = frozenset(
    {Why.UNKNOWN_COURSE, Why.NO_TEAM, Why.READ_DAY_FIRST, Why.MANAGER_MENTORS, Why.THE_SAME_ROW, Why.STAYS_ENROLLED}
)
ROW_LEFT_OUT = frozenset(
    {Why.NO_WAY_TO_KNOW, Why.NO_NAME, Why.TWO_ROWS, Why.TWO_PEOPLE, Why.TOO_MANY_CELLS, Why.MISSING, Why.THE_SAME_ROW}
)


@dataclass(frozen=True)
class Remark:
    """One thing about one cell: its line in the file (the header is 1), its column, why, and facts to say it with."""

    line: int
    column: str
    why: Why
    facts: tuple[str, ...] = ()
    leaves_out_row: bool = False


@dataclass(frozen=True)
class Row:
    """One row of a file: its line, and its cells by column, trimmed."""

    line: int
    cells: Mapping[str, str]

    def __getitem__(self, column: str) -> str:
        return self.cells.get(column, "")


@dataclass(frozen=True)
class Change:
    """One thing that becomes otherwise: which (a column, or what is done), from what, to what."""

    what: str
    was: str = ""
    becomes: str = ""


@dataclass
class RowOutcome:
    """What became of one row: whom it is about, and what changed; nothing changed is a fact too."""

    line: int
    name: str
    is_new: bool = False
    changes: list[Change] = field(default_factory=list)

    def note(self, what: str, was: object = "", becomes: object = "") -> None:
        """Note a change."""
        self.changes.append(Change(what, _said(was), _said(becomes)))


@dataclass
class Outcome:
    """What an import did, or would do."""

    kind: str
    rows: list[RowOutcome] = field(default_factory=list)
    remarks: list[Remark] = field(default_factory=list)
    not_in_file: tuple[str, ...] = ()  # people on the list whom the file does not name
    leads: int | None = None  # programme leads there are now

    @property
    def changed(self) -> int:
        """How many rows change anything."""
        return sum(1 for row in self.rows if row.changes or row.is_new)


def _said(value: object) -> str:
    return "" if value is None else str(value)
