"""What the due rows must say: what a full scan of the facts says, and what holds for any row whatever its rule.

The scan works every enrolment out anew, and so finds whoever forgot to settle.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlmodel import Session as Db
from sqlmodel import col, select

from bot.actions import settle
from bot.actions.facts import know
from storage.queries.due import list_notices_about
from storage.tables.delivery import DueItem
from storage.tables.people import Person
from storage.tables.programmes import Enrolment
from tests.actions.doings.world import World, live_enrolments, rows

ASKS = frozenset({"open", "arranged"})
FACTS = ("owner_id", "opens_on", "due_on", "asked_on", "state", "closed_on")
Key = tuple[str, UUID, str, str]


@dataclass(frozen=True)
class Was:
    """A row as it was before a doing."""

    state: str
    turn: int
    version: int
    facts: tuple[object, ...]


def found(world: World, rule: str, *states: str) -> Sequence[DueItem]:
    """Return the rows of a rule in these states; open ones if none is told."""
    with world.database.reading() as db:
        return rows(db, DueItem, DueItem.rule == rule, col(DueItem.state).in_(states or ("open",)))


def owners(world: World, rule: str) -> set[UUID]:
    """Return who is asked for the open rows of a rule."""
    return {row.owner_id for row in found(world, rule)}


def facts_of(row: object) -> tuple[object, ...]:
    """Return what the facts decide about a row."""
    return tuple(getattr(row, name) for name in FACTS)


def as_they_are(db: Db) -> Mapping[UUID, Was]:
    """Return every row as it is."""
    return {row.id: Was(row.state, row.turn, row.version, facts_of(row)) for row in rows(db, DueItem)}


def scan(db: Db, world: World) -> Iterator[str]:
    """Work out what every enrolment owes, and yield each row that says otherwise."""
    ended = {e.id for e in rows(db, Enrolment)} - {e.id for e in live_enrolments(db)}
    for row in rows(db, DueItem):
        if row.enrolment_id in ended and row.state in ASKS:
            yield f"{_name(row)} is {row.state} on a programme that ended"
    for enrolment in live_enrolments(db):
        yield from _scan_one(db, world, enrolment)


def _scan_one(db: Db, world: World, enrolment: Enrolment) -> Iterator[str]:
    wanted = {one.key: one for one in settle.wanted_rows(know(db, enrolment, now=world.now))}
    held: dict[Key, DueItem] = {
        (row.rule, row.scope_id, row.subject, row.period): row
        for row in db.exec(select(DueItem).where(DueItem.enrolment_id == enrolment.id))
    }
    for key, one in wanted.items():
        row = held.get(key)
        if row is None:
            yield f"{one.rule} {one.period} is {one.state} by the facts and has no row"
        elif not row.not_applicable and facts_of(row) != facts_of(one):
            wrong = [n for n in FACTS if getattr(row, n) != getattr(one, n)]
            says = ", ".join(f"{n} {getattr(row, n)}, by the facts {getattr(one, n)}" for n in wrong)
            yield f"{_name(row)} ({row.state}) says {says}"
    for key, row in held.items():
        if key not in wanted and row.state in ASKS:
            yield f"{_name(row)} is {row.state} and the facts do not call for it"


def laws(db: Db, world: World, before: Mapping[UUID, Was]) -> Iterator[str]:
    """Yield every row that breaks a law of rows, whatever its rule."""
    people = {person.id: person for person in rows(db, Person)}
    now = {row.id: row for row in rows(db, DueItem)}
    for gone in before.keys() - now.keys():
        yield f"row {gone} is gone: rows are closed, never deleted"
    for row in now.values():
        yield from _says_of_itself(db, world, row, people[row.owner_id])
        if row.id in before:
            yield from _says_of_its_change(row, before[row.id])


def _says_of_itself(db: Db, world: World, row: DueItem, owner: Person) -> Iterator[str]:
    if row.state != "open":
        if row.next_nudge_at is not None:
            yield f"{_name(row)} is {row.state} and would speak at {row.next_nudge_at}"
        if row.state in {"done", "excused", "cancelled"} and row.closed_on is None:
            yield f"{_name(row)} is {row.state} on no day"
        return
    if row.closed_on is not None:
        yield f"{_name(row)} is open and was closed on {row.closed_on}"
    if owner.leaves_on and owner.leaves_on < world.today:
        yield f"{_name(row)} asks somebody who left on {owner.leaves_on}"
    notices = list_notices_about(db, due_item_id=row.id)
    said = [n.rung for n in notices if n.turn == row.turn and n.person_id == owner.id]
    if row.rung <= max(said, default=-1):
        yield f"{_name(row)} is to say step {row.rung} to somebody who has heard step {max(said)}"


def _says_of_its_change(row: DueItem, was: Was) -> Iterator[str]:
    if row.turn < was.turn or row.version < was.version:
        yield f"{_name(row)} counts back"
    if facts_of(row) != was.facts and row.version == was.version:
        yield f"{_name(row)} changed and kept its version {row.version}"
    if row.state == "open" and was.state != "open":
        if row.turn == was.turn:
            yield f"{_name(row)} was {was.state}, is open again and is still in turn {row.turn}"
        if not row.reopened_because:
            yield f"{_name(row)} is open again and does not say why"


def silent(db: Db, world: World) -> Iterator[str]:
    """Yield, right after a tick, every row that should have spoken by then."""
    for row in rows(db, DueItem, DueItem.state == "open"):
        if row.next_nudge_at and row.next_nudge_at <= world.now:
            yield f"{_name(row)} was to speak at {row.next_nudge_at} and the tick left it"


def _name(row: DueItem) -> str:
    return f"{row.rule} {row.subject.partition(':')[0]} {row.period}".strip()
