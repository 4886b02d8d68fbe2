"""Meetings are planned, moved, called off, held and missed; notes are made before them."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from sqlmodel import Session as Db
from sqlmodel import col

from bot.actions import before, documents_preparing, session_changes, session_choices
from bot.rules.sessions import Cause
from bot.values import Ref, Who
from storage.tables.meetings import Session
from tests.actions.doings.world import Pick, World, doing, everybody, live_enrolments, rows

CAUSES = tuple(Cause)


def _wall(world: World, days: int) -> datetime:
    """Return ten in the morning some days from now, as a clock on the wall says it."""
    return (world.now + timedelta(days=days)).replace(hour=10, minute=0, tzinfo=None)


def _choices(world: World, db: Db) -> Iterator[tuple[Who, str, bool]]:
    """Yield who may arrange which meeting, and whether they lead it."""
    for person in everybody(db):
        me = world.me(db, person.id)
        for choice in session_choices.list_choices(db, me=me, now=world.now):
            yield me, choice.key, me.id in dict(choice.leaders)


@doing
def schedule(world: World, pick: Pick) -> None:
    """Somebody arranges a meeting."""
    with world.database.transaction() as db:
        me, key, _ = pick.whom(list(_choices(world, db)))
        wall = _wall(world, 1 + pick.b)
        session_changes.schedule(db, me=me, choice_key=key, wall=wall, led_by_id=None, instead_of=None, now=world.now)


@doing
def log_held(world: World, pick: Pick) -> None:
    """Somebody logs a meeting that was not planned."""
    with world.database.transaction() as db:
        me, key, _ = pick.whom([each for each in _choices(world, db) if each[2]])
        held_on = world.today - timedelta(days=pick.b)
        session_changes.log_held(db, me=me, choice_key=key, held_on=held_on, minutes=45, now=world.now)


def _planned(db: Db, pick: Pick) -> tuple[Session, Ref]:
    session = pick.whom(rows(db, Session, Session.state == "planned"))
    return session, Ref("session", session.id, session.version)


@doing
def move(world: World, pick: Pick) -> None:
    """Somebody moves a meeting."""
    with world.database.transaction() as db:
        session, ref = _planned(db, pick)
        me = world.me(db, pick.how((session.about_id, session.led_by_id)))
        session_changes.move(db, me=me, ref=ref, wall=_wall(world, 1 + pick.b), now=world.now)


@doing
def say_held(world: World, pick: Pick) -> None:
    """Whoever leads a meeting says that it was held."""
    with world.database.transaction() as db:
        session, ref = _planned(db, pick)
        me = world.me(db, pick.how((session.led_by_id, world.service.co_mentor)))
        held_on = world.today - timedelta(days=pick.b % 3)
        session_changes.mark_held(db, me=me, ref=ref, held_on=held_on, minutes=60, now=world.now)


@doing
def say_not_held(world: World, pick: Pick) -> None:
    """Somebody calls a meeting off, or its leader says that it was missed."""
    with world.database.transaction() as db:
        session, ref = _planned(db, pick)
        me = world.me(db, pick.how((session.led_by_id, session.about_id)))
        session_changes.mark_not_held(db, me=me, ref=ref, cause=pick.what(CAUSES), now=world.now)


@doing
def prepare(world: World, pick: Pick) -> None:
    """Somebody notes what they bring, or empties the note."""
    with world.database.transaction() as db:
        session = pick.whom(rows(db, Session, col(Session.state).in_(("planned", "held"))))
        me = world.me(db, pick.how((session.led_by_id, session.about_id)))
        text = pick.what(("Rotas", "Nights", ""))
        documents_preparing.save_preparation(db, me=me, session_id=session.id, text=text, now=world.now)


@doing
def enter_meeting(world: World, pick: Pick) -> None:
    """The lead enters a meeting of the time before."""
    with world.database.transaction() as db:
        me, enrolment = world.lead(db), pick.whom(live_enrolments(db))
        page = before.get_before(db, me=me, enrolment_id=enrolment.id, now=world.now)
        kind = pick.what([known.name for known in page.meetings])
        held_on = world.today - timedelta(days=pick.c * 3)
        before.enter_meeting(db, me=me, enrolment_id=enrolment.id, kind=kind, held_on=held_on, now=world.now)
