"""What exists on paper is entered as such: the last meeting of each kind, the last completion of each course."""

from datetime import date, datetime
from uuid import UUID

from sqlmodel import Session as Db

from bot import access
from bot.actions import settle
from bot.actions.catalogue import programme_of
from bot.errors import DayToCome, NotFound
from bot.programmes.programme import Programme
from bot.rules.before import BeforePage, Known
from bot.rules.working_days import local_date
from bot.values import Who
from storage import audit
from storage.queries import enrolments as enrolment_queries
from storage.queries import facts as fact_queries
from storage.queries import people as people_queries
from storage.queries import sessions as session_queries
from storage.queries import together as together_queries
from storage.queries import training as training_queries
from storage.tables.programmes import Enrolment
from storage.tables.together import Relationship

_ON_PAPER = "paper"  # marks a completion that its person is not asked to have verified again


def get_before(db: Db, *, me: Who, enrolment_id: UUID, now: datetime) -> BeforePage:
    """Return what is known of the time before. Raises NotFound or NotAllowed."""
    enrolment = access.access_place(db, me=me, enrolment_id=enrolment_id, now=now)
    programme = programme_of(db, enrolment.version_id)
    person = people_queries.get_person(db, enrolment.person_id)
    held = {s.kind: s.held_on for s in fact_queries.list_sessions(db, enrolment_id=enrolment_id) if s.state == "held"}
    done = {row.course: row.done_on for row in fact_queries.list_training(db, person_id=person.id)}
    return BeforePage(
        enrolment_id=enrolment_id,
        name=person.name,
        meetings=tuple(
            Known(name, programme.session[name].title, held.get(name)) for name in _meetings(db, enrolment, programme)
        ),
        courses=tuple(Known(name, card.title, done.get(name)) for name, card in programme.course.items()),
        today=local_date(now, me.zone),
    )


def enter_meeting(db: Db, *, me: Who, enrolment_id: UUID, kind: str, held_on: date, now: datetime) -> None:
    """Enter that a meeting was held before; its record is on paper and is not asked for. Raises DayToCome, NotFound."""
    enrolment = access.access_place(db, me=me, enrolment_id=enrolment_id, now=now)
    pair = _meetings(db, enrolment, programme_of(db, enrolment.version_id)).get(kind)
    _refuse_to_come(held_on, me, now, "held_on")
    today = local_date(now, me.zone)
    supporters = enrolment_queries.list_supporters(db, relationship_id=pair.id, on=today) if pair else ()
    if pair is None or not supporters:
        raise NotFound("pair").under("meeting")
    session = session_queries.add_session(
        db,
        kind=kind,
        version_id=pair.version_id,
        enrolment_id=enrolment_id,
        relationship_id=pair.id,
        about_id=enrolment.person_id,
        led_by_id=supporters[0].person_id,
        falls_on=held_on,
        held_on=held_on,
        state="held",
        zone=me.zone,
        changed_by_id=me.id,
        changed_at=now,
    )
    audit.note(db, at=now, actor_id=me.id, verb="enter", thing=f"session:{session.id}", about_id=enrolment.person_id)
    settle.settle_enrolment(db, enrolment_id, now=now)


def enter_completion(db: Db, *, me: Who, enrolment_id: UUID, course: str, done_on: date, now: datetime) -> None:
    """Enter that a course was completed before, as the lead has seen it on paper. Raises DayToCome, NotFound."""
    enrolment = access.access_place(db, me=me, enrolment_id=enrolment_id, now=now)
    _refuse_to_come(done_on, me, now, "done_on")
    if course not in programme_of(db, enrolment.version_id).course:
        raise NotFound("course").under("course")
    record = training_queries.add_training(
        db,
        person_id=enrolment.person_id,
        course=course,
        title="",
        done_on=done_on,
        minutes=None,
        mode="",
        certificate="",
        logged_by_id=me.id,
        logged_at=now,
    )
    record.verified_by_id, record.verified_at = me.id, now
    record.imported = f"{_ON_PAPER}:{enrolment.person_id}:{course}:{done_on}"
    audit.note(db, at=now, actor_id=me.id, verb="enter", thing=f"training:{record.id}", about_id=enrolment.person_id)
    settle.settle_person(db, enrolment.person_id, now=now)


def _meetings(db: Db, enrolment: Enrolment, programme: Programme) -> dict[str, Relationship]:
    """Return the kinds of meeting of somebody's pairs, in the file's order, each with its pair."""
    pairs = {pair.kind: pair for pair in together_queries.list_relationships(db, enrolment_id=enrolment.id)}
    return {name: pairs[card.relationship] for name, card in programme.session.items() if card.relationship in pairs}


def _refuse_to_come(day: date, me: Who, now: datetime, field: str) -> None:
    if day > local_date(now, me.zone):
        raise DayToCome().under(field)
