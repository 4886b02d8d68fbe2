"""My time: days and hours, the digest, being away. What is saved moves what was going to be said."""

from datetime import date, datetime
from uuid import UUID

from sqlmodel import Session as Db

from bot import access
from bot.actions import settle
from bot.actions.nudge_times import Planner, next_remind_at
from bot.actions.working_times import working_time_of
from bot.errors import DatesTheWrongWayRound, NotFound
from bot.rules.my_time import Away, MyTime, next_digest_on
from bot.rules.slots import OFFICE_HOURS, WorkingPattern
from bot.rules.working_days import local_date
from bot.values import PersonLine, Who
from storage import audit
from storage.queries import enrolments as enrolment_queries
from storage.queries import facts as fact_queries
from storage.queries import people as people_queries
from storage.queries import working_time as time_queries
from storage.tables.people import Person


def get_time(db: Db, *, me: Who, person_id: UUID, now: datetime) -> MyTime:
    """Return somebody's time as they or those who may enter it for them see it. Raises NotAllowed."""
    person = access.access_time_of(db, me=me, person_id=person_id, now=now)
    today = local_date(now, person.zone)
    leave = time_queries.list_leave(db, person_id=person_id, from_on=today)
    stored = person.working_pattern
    return MyTime(
        person_id=person.id,
        name=person.name,
        is_own=person.id == me.id,
        zone=person.zone,
        today=today,
        pattern=WorkingPattern.from_json(stored) if stored else OFFICE_HOURS,
        works_bank_holidays=bool(stored and stored.get("works_bank_holidays")),
        digest_hour=person.digest_hour,
        digest_rhythm=person.digest_rhythm,
        away=tuple(Away(row.id, row.from_on, row.until_on) for row in leave),
        next_on=next_digest_on(working_time_of(db, person, around=today), today),
    )


def list_others(db: Db, *, me: Who, now: datetime) -> tuple[PersonLine, ...]:
    """Return for whom somebody may enter this: those they manage, and those they support."""
    today = local_date(now, me.zone)
    supported = enrolment_queries.list_supported(db, person_id=me.id, on=today)
    found = people_queries.list_people(db, ids=[relationship.about_id for relationship in supported])
    found |= {person.id: person for person in time_queries.list_reports(db, manager_id=me.id, on=today)}
    return tuple(PersonLine(p.id, p.name) for p in sorted(found.values(), key=lambda person: person.name))


def save_time(
    db: Db,
    *,
    me: Who,
    person_id: UUID,
    pattern: WorkingPattern,
    works_bank_holidays: bool,
    digest_hour: int | None,
    digest_rhythm: str,
    now: datetime,
) -> None:
    """Save days, hours and digest. `digest_hour` is 0 to 23 by the person's own clock, None the start of their day."""
    person = access.access_time_of(db, me=me, person_id=person_id, now=now)
    stored = pattern.to_json() | ({"works_bank_holidays": True} if works_bank_holidays else {})
    person.working_pattern = stored
    person.digest_hour, person.digest_rhythm = digest_hour, digest_rhythm
    _saved(db, me, person, now)


def add_away(db: Db, *, me: Who, person_id: UUID, from_on: date, until_on: date, now: datetime) -> None:
    """Enter days away, both included; no reason is asked. Raises DatesTheWrongWayRound."""
    person = access.access_time_of(db, me=me, person_id=person_id, now=now)
    if until_on < from_on:
        raise DatesTheWrongWayRound
    time_queries.add_leave(db, person_id=person_id, from_on=from_on, until_on=until_on)
    _saved(db, me, person, now)


def add_off_today(db: Db, *, me: Who, person_id: UUID, now: datetime) -> None:
    """Enter that somebody is off today, by their own clock."""
    person = access.access_time_of(db, me=me, person_id=person_id, now=now)
    today = local_date(now, person.zone)
    add_away(db, me=me, person_id=person_id, from_on=today, until_on=today, now=now)


def end_away(db: Db, *, me: Who, absence_id: UUID, now: datetime) -> UUID:
    """Take back days away, and return whose they were. What is over stays: it explains what was not asked then.

    Raises NotFound for what was taken back already.
    """
    row = time_queries.find_absence(db, absence_id)
    if row is None or row.person_id is None:
        raise NotFound("time away")
    person = access.access_time_of(db, me=me, person_id=row.person_id, now=now)
    today = local_date(now, person.zone)
    if row.from_on < today:
        row.until_on = min(row.until_on, today.fromordinal(today.toordinal() - 1))
    else:
        db.delete(row)
    _saved(db, me, person, now)
    return person.id


def replan(db: Db, *, person_id: UUID, now: datetime) -> None:
    """Work out anew when everything that a person's hours can move is said: what is owed, and sessions to come."""
    settle.settle_person(db, person_id, now=now)
    planner = Planner(db, now)
    around = fact_queries.list_enrolments_around(db, person_id=person_id)
    for item in time_queries.list_open_items_of(db, person_id=person_id, enrolment_ids=around):
        item.next_nudge_at = planner.first_nudge_at(item)
    for session in time_queries.list_planned_sessions_of(db, person_id=person_id):
        session.remind_at = next_remind_at(db, session, now=now)
    db.flush()


def _saved(db: Db, me: Who, person: Person, now: datetime) -> None:
    db.flush()
    replan(db, person_id=person.id, now=now)
    audit.note(db, at=now, actor_id=me.id, verb="time", thing=f"person:{person.id}", about_id=person.id)
