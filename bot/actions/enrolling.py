"""Putting somebody on a programme, and taking them off it."""

from datetime import date, datetime, timedelta
from uuid import UUID

from sqlmodel import Session as Db

from bot.access import has_left
from bot.actions import pairing, settle
from bot.errors import AlreadyEnrolled, LevelNotKnown
from bot.programmes.programme import Programme
from bot.rules.enrolment import planned_end, share_of_full_time
from storage import audit
from storage.queries import enrolments as enrolment_queries
from storage.queries import people as people_queries
from storage.queries import together as together_queries
from storage.tables.programmes import Enrolment, ProgrammeSettings

GO_LIVE_AFTER = timedelta(
    days=14
)  # delivery.md, "Go-live": a fortnight after the import unless the lead says otherwise


def start_programme(db: Db, *, programme: Programme, version_id: UUID, now: datetime) -> ProgrammeSettings:
    """Return the lead's settings of a programme, made with a go-live date a fortnight off the first time."""
    known = together_queries.find_settings(db, programme=programme.key)
    if known:
        return known
    settings = ProgrammeSettings(programme=programme.key, version_id=version_id, go_live_on=now.date() + GO_LIVE_AFTER)
    db.add(settings)
    db.flush()
    return settings


def enrol(
    db: Db,
    *,
    person_id: UUID,
    programme: Programme,
    version_id: UUID,
    level: str,
    starts_on: date,
    now: datetime,
    by: UUID | None = None,
) -> Enrolment:
    """Enrol a person at a level, and put them with their line manager where the programme meets the two.

    Raises AlreadyEnrolled, or LevelNotKnown for a level the programme does not have; one with levels needs one.
    """
    person = people_queries.get_person(db, person_id)
    if enrolment_queries.find_live_enrolment(db, person_id=person_id, programme=programme.key):
        raise AlreadyEnrolled(person.name, programme.title)
    if (level or programme.level) and level not in programme.level:
        raise LevelNotKnown(level, tuple(programme.level))
    start_programme(db, programme=programme, version_id=version_id, now=now)
    share = share_of_full_time(person.weekly_hours)
    enrolment = Enrolment(
        person_id=person_id,
        programme=programme.key,
        version_id=version_id,
        level=level,
        starts_on=starts_on,
        ends_on=planned_end(programme, level, starts_on, share),
    )
    db.add(enrolment)
    db.flush()
    audit.note(db, at=now, actor_id=by, verb="enrol", thing=f"enrolment:{enrolment.id}", about_id=person_id)
    pairing.follow_line_manager(db, enrolment_id=enrolment.id, now=now)
    settle.settle_enrolment(db, enrolment.id, now=now)
    _settle_others(db, enrolment, now)
    return enrolment


def _settle_others(db: Db, enrolment: Enrolment, now: datetime) -> None:
    """Put right somebody's other places: what belongs to no programme is asked about on their oldest."""
    for other in together_queries.list_enrolments(db, person_id=enrolment.person_id):
        if other.id != enrolment.id:
            settle.settle_enrolment(db, other.id, now=now)


def leave_programme(
    db: Db, *, enrolment_id: UUID, on: date, now: datetime, by: UUID | None = None, state: str = "withdrawn"
) -> Enrolment:
    """End an enrolment on its last day (`withdrawn` or `completed`): its pairs close, what was planned is called off.

    What was written and signed stays as it is. Doing it again changes nothing.
    """
    enrolment = enrolment_queries.get_enrolment(db, enrolment_id)
    if enrolment.ended_on is not None:
        return enrolment
    enrolment.state, enrolment.ended_on = state, on
    if state == "completed":
        enrolment.completed_at = now
    for relationship in together_queries.list_relationships(db, enrolment_id=enrolment_id):
        pairing.close_pair(db, relationship_id=relationship.id, on=on, now=now, by=by)
    for session in enrolment_queries.list_planned_sessions(db, enrolment_id=enrolment_id):
        session.state, session.cause, session.remind_at = "cancelled", "ended", None
        session.version += 1
    settle.settle_enrolment(db, enrolment_id, now=now)
    _settle_others(db, enrolment, now)
    audit.note(db, at=now, actor_id=by, verb=state, thing=f"enrolment:{enrolment_id}", about_id=enrolment.person_id)
    return enrolment


def look_again(db: Db, enrolment: Enrolment, *, now: datetime) -> None:
    """Put an enrolment right on a day it asked for: whoever has left the service is taken off, the rest is settled."""
    person = people_queries.get_person(db, enrolment.person_id)
    if enrolment.ended_on is None and person.leaves_on and has_left(person, now):
        leave_programme(db, enrolment_id=enrolment.id, on=person.leaves_on, now=now)
    else:
        settle.settle_enrolment(db, enrolment.id, now=now)
