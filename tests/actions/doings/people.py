"""People are enrolled, put together, stood in for, handed over and taken off; files say it of many at once."""

from collections.abc import Callable
from datetime import timedelta

from sqlmodel import Session as Db

from bot.actions import catalogue, enrolling, lead_pairing, mentoring, pairing
from bot.actions.imports.closures import import_closures
from bot.actions.imports.leave import COLUMNS as LEAVE
from bot.actions.imports.leave import import_leave
from bot.actions.imports.people import Defaults, import_people
from bot.actions.imports.sessions import COLUMNS as SESSIONS
from bot.actions.imports.sessions import import_sessions
from bot.actions.imports.training import COLUMNS as TRAINING
from bot.actions.imports.training import import_training
from bot.programmes.loader import built_in
from bot.rules.import_values import Outcome
from bot.rules.matching import kinds_to_pair
from bot.rules.places import PairRef
from storage.queries import imports as import_queries
from storage.queries import people as people_queries
from storage.tables.people import Person, Team
from storage.tables.together import Relationship
from tests.actions.doings.world import NothingToDo, Pick, World, doing, everybody, live_enrolments, rows
from tests.imports.conftest import as_csv

OTHER = {"senior-manager": "str-worker", "str-worker": "senior-manager"}


@doing
def enrol(world: World, pick: Pick) -> None:
    """The lead enrols somebody, on this programme or another, from a day that was or comes."""
    with world.database.transaction() as db:
        key = pick.what((world.programme, OTHER[world.programme]))
        programme = built_in()[key]
        enrolling.enrol(
            db,
            person_id=pick.whom((world.service.stranger, world.service.mentee, world.service.mentor)),
            programme=programme,
            version_id=catalogue.keep_version(db, programme, now=world.now),
            level=pick.how(tuple(programme.level) or ("",)),
            starts_on=world.today + timedelta(days=10 - 5 * pick.c),
            now=world.now,
            by=world.lead(db).id,
        )


@doing
def leave_programme(world: World, pick: Pick) -> None:
    """The lead takes off whoever was enrolled last."""
    with world.database.transaction() as db:
        enrolment = live_enrolments(db)[-1:]
        if not enrolment:
            raise NothingToDo
        lead_pairing.take_off(
            db,
            me=world.lead(db),
            enrolment_id=enrolment[0].id,
            on=world.today - timedelta(days=pick.b % 3),
            has_completed=bool(pick.c % 2),
            now=world.now,
        )


@doing
def put_together(world: World, pick: Pick) -> None:
    """The lead makes a pair, or changes the one there is, from a day that was or comes."""
    with world.database.transaction() as db:
        enrolment = pick.whom(live_enrolments(db))
        kind = pick.what(kinds_to_pair(catalogue.programme_of(db, enrolment.version_id)))
        supporter = pick.how([person.id for person in everybody(db)])
        me, ref = world.lead(db), PairRef(enrolment.id, kind)
        known = mentoring.get_place(db, me=me, enrolment_id=enrolment.id, now=world.now).pairs
        seen = [line.id for pair in known if pair.ref == ref for line in pair.supporters]
        lead_pairing.put_together(
            db,
            me=me,
            ref=ref,
            supporter_ids=[supporter],
            seen_ids=seen,
            on=world.today + timedelta(days=pick.b - 3),
            now=world.now,
        )


def _pair(db: Db, pick: Pick) -> Relationship:
    return pick.whom(rows(db, Relationship, Relationship.state != "closed"))


@doing
def stand_in(world: World, pick: Pick) -> None:
    """The lead lets somebody stand in for a supporter for some days."""
    with world.database.transaction() as db:
        pair, me = _pair(db, pick), world.lead(db)
        _, line = lead_pairing.get_pair_of_relationship(db, me=me, relationship_id=pair.id, now=world.now)
        from_on = world.today + timedelta(days=pick.b - 2)
        lead_pairing.stand_in(
            db,
            me=me,
            relationship_id=pair.id,
            covered_id=pick.what([each.id for each in line.supporters]),
            cover_id=pick.how((world.service.stranger, world.service.manager, world.service.second_lead)),
            from_on=from_on,
            until_on=from_on + timedelta(days=pick.c * 3),
            now=world.now,
        )


@doing
def hand_over(world: World, pick: Pick) -> None:
    """The lead lets somebody take over all that another looks after."""
    with world.database.transaction() as db:
        people = [person.id for person in everybody(db)]
        lead_pairing.hand_everything_over(
            db,
            me=world.lead(db),
            from_id=pick.whom(people),
            to_id=pick.what(people),
            on=world.today + timedelta(days=pick.c - 2),
            now=world.now,
        )


@doing
def close_pair(world: World, pick: Pick) -> None:
    """A pair comes to its end."""
    with world.database.transaction() as db:
        on = world.today - timedelta(days=pick.b % 3)
        pairing.close_pair(db, relationship_id=_pair(db, pick).id, on=on, now=world.now, by=world.lead(db).id)


# ---- files -----------------------------------------------------------------------------------------------------------


def _row_of(db: Db, world: World, person: Person) -> dict[str, str]:
    """Return what a people file says of somebody as things stand."""
    team = db.get(Team, person.team_id) if person.team_id else None
    held = import_queries.list_roles_of(db, person_id=person.id, on=world.today)
    return {
        "email": person.email or "",
        "name": person.name,
        "team": team.name if team else "",
        "roles": "; ".join(each.role for each in held),
        "leaves_on": str(person.leaves_on or ""),
    }


def _address(db: Db, pick: Pick) -> str:
    return pick.how(everybody(db)).email or ""


CHANGES: tuple[Callable[[Db, World, Pick], dict[str, str]], ...] = (
    lambda db, world, pick: {"leaves_on": str(world.today + timedelta(days=pick.c * 4 - 4))},
    lambda db, world, pick: {"leaves_on": ""},
    lambda db, world, pick: {"line_manager": _address(db, pick)},
    lambda db, world, pick: {"team": ("Willow House", "Elm House")[pick.c % 2]},
    lambda db, world, pick: {"team": "Willow House", "team_manager": _address(db, pick)},
    lambda db, world, pick: {"roles": ("programme_lead", "")[pick.c % 2]},
    lambda db, world, pick: {"nation": ("scotland", "england")[pick.c % 2]},
    lambda db, world, pick: {"weekly_hours": str(15 + pick.c)},
    lambda db, world, pick: {"working_days": ("mon tue", "mon-fri")[pick.c % 2]},
    lambda db, world, pick: {"programme": "senior-manager", "stage": ("senior", "manager")[pick.c % 2]},
)


@doing
def import_a_person(world: World, pick: Pick) -> None:
    """A people file says something new of one person."""
    with world.database.reading() as db:
        person = pick.whom(everybody(db))
        row = _row_of(db, world, person) | pick.what(CHANGES)(db, world, pick)
    file, defaults = as_csv((row,)), Defaults("england", "Europe/London")
    _twice(lambda: import_people(world.database, file, programmes=built_in(), defaults=defaults, now=world.now))


def _twice(import_it: Callable[[], Outcome]) -> None:
    """Import a file, and again: the second time nothing changes."""
    said = import_it()
    if not any(row.changes for row in said.rows):
        raise NothingToDo
    assert not any(row.changes for row in import_it().rows), "the same file again changed something"


@doing
def import_some_leave(world: World, pick: Pick) -> None:
    """A leave file says when somebody is away."""
    with world.database.reading() as db:
        email = pick.whom(everybody(db)).email or ""
    from_on = world.today + timedelta(days=pick.b * 4 - 10)
    row = {"email": email, "from": str(from_on), "to": str(from_on + timedelta(days=pick.c * 4))}
    _twice(lambda: import_leave(world.database, as_csv((row,), LEAVE), now=world.now))


@doing
def import_some_training(world: World, pick: Pick) -> None:
    """A training file says what somebody did before."""
    with world.database.reading() as db:
        enrolment = pick.whom(live_enrolments(db))
        person = people_queries.get_person(db, enrolment.person_id)
        course = pick.what(list(catalogue.programme_of(db, enrolment.version_id).course)[:6])
    done_on = world.today - timedelta(days=pick.c * 30)
    row = {"person": person.email or "", "course": course, "done_on": str(done_on)}
    _twice(lambda: import_training(world.database, as_csv((row,), TRAINING), now=world.now))


@doing
def import_a_session(world: World, pick: Pick) -> None:
    """A sessions file says when somebody's pair met before."""
    with world.database.reading() as db:
        person = people_queries.get_person(db, pick.whom(live_enrolments(db)).person_id)
    row = {"person": person.email or "", "held_on": str(world.today - timedelta(days=pick.b * 7))}
    _twice(lambda: import_sessions(world.database, as_csv((row,), SESSIONS), now=world.now))


@doing
def import_a_closure(world: World, pick: Pick) -> None:
    """A closures file closes a team, or everybody, for a day."""
    row = {
        "date": str(world.today + timedelta(days=pick.b)),
        "name": "Closed",
        "team": ("", "Willow House")[pick.c % 2],
    }
    _twice(lambda: import_closures(world.database, as_csv((row,), ("date", "name", "team")), now=world.now))
