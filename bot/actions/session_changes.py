"""Arranging, moving, keeping and not keeping sessions: each one act, in one transaction, told to the other people."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlmodel import Session as Db

from bot import access
from bot.actions import settle
from bot.actions.nudge_times import next_remind_at
from bot.actions.session_choices import access_choice
from bot.actions.session_news import tell_others
from bot.actions.sessions import Reader, meeting_changed
from bot.actions.working_times import working_time_of
from bot.errors import HeldInTheFuture, MomentPassed, NotAllowed
from bot.rules import sessions as rules
from bot.rules.sessions import Busy, Cause, Choice, Clash, ListedSession, Outcome
from bot.rules.slots import resolve_local
from bot.rules.working_days import local_date
from bot.values import Ref, Who
from storage import audit
from storage.queries import people as people_queries
from storage.queries import sessions as session_queries
from storage.queries.sessions import CANCELLED, HELD, MISSED, PLANNED
from storage.tables.meetings import Session
from storage.tables.programmes import Enrolment
from storage.tables.together import Relationship

# ---- arranging and moving --------------------------------------------------------------------------------------------


def schedule(
    db: Db, *, me: Who, choice_key: str, wall: datetime, led_by_id: UUID | None, instead_of: UUID | None, now: datetime
) -> ListedSession:
    """Arrange a session at a wall-clock time of the asker's zone. Raises MomentPassed for a time that is over.

    `led_by_id` says which co-mentor leads, else it is the asker or the first of them; `instead_of` is the session that
    was not held.
    """
    choice = access_choice(db, me=me, key=choice_key, now=now)
    at = _time_to_come(wall, me.zone, now)
    session = _add(
        db, me, choice, _leader(choice, me, led_by_id), now, falls_on=wall.date(), **_planned(wall, me.zone, at)
    )
    session.remind_at = next_remind_at(db, session, now=now)
    if instead_of:
        access.access_session(db, me=me, session_id=instead_of, now=now).moved_to_id = session.id
    return _after(db, me, session, now, verb="schedule", tells=True)


def move(db: Db, *, me: Who, ref: Ref, wall: datetime, now: datetime) -> ListedSession:
    """Move a planned session. Raises MomentPassed, or SomebodyWasFirst when it changed since the form was opened."""
    session = access.access_session(db, me=me, session_id=ref.id, now=now)
    at = _time_to_come(wall, me.zone, now)
    _change(
        db,
        me,
        session,
        ref,
        now,
        falls_on=wall.date(),
        invite_sequence=session.invite_sequence + 1,
        **_planned(wall, me.zone, at),
    )
    session.remind_at = next_remind_at(db, session, now=now)
    return _after(db, me, session, now, verb="move", tells=True)


def find_clashes(
    db: Db, *, me: Who, choice_key: str, led_by_id: UUID | None, wall: datetime, now: datetime
) -> tuple[tuple[Clash, str], ...]:
    """Return what stands in the way of a new session, each with the name of whose it is. Raises MomentPassed."""
    choice = access_choice(db, me=me, key=choice_key, now=now)
    people = (choice.about_id, _leader(choice, me, led_by_id))
    return _clashes(db, people, _time_to_come(wall, me.zone, now), choice.minutes)


def find_clashes_moving(db: Db, *, me: Who, ref: Ref, wall: datetime, now: datetime) -> tuple[tuple[Clash, str], ...]:
    """Return what stands in the way of a session's new time, other than itself. Raises MomentPassed."""
    session = access.access_session(db, me=me, session_id=ref.id, now=now)
    at, people = _time_to_come(wall, me.zone, now), (session.about_id, session.led_by_id)
    return _clashes(db, people, at, session.minutes, but=session.id)


def _clashes(
    db: Db, people: tuple[UUID, ...], at: datetime, minutes: int, *, but: UUID | None = None
) -> tuple[tuple[Clash, str], ...]:
    day = at.date()
    rows = {one: people_queries.get_person(db, one) for one in people}
    working = {one: working_time_of(db, person, around=day) for one, person in rows.items()}
    near = session_queries.list_busy(db, person_ids=people, first=day - rules.ONE_DAY, last=day + rules.ONE_DAY)
    busy = {
        one: [_busy(s) for s in near if s.id != but and s.planned_at and one in (s.about_id, s.led_by_id)]
        for one in people
    }
    found = rules.clashes(at, minutes, working=working, busy=busy)
    return tuple((clash, rows[clash.person_id].name) for clash in found)


def _leader(choice: Choice, me: Who, chosen: UUID | None) -> UUID:
    leaders = [person_id for person_id, _ in choice.leaders]
    if chosen in leaders:
        return chosen
    return me.id if me.id in leaders else leaders[0]


def _time_to_come(wall: datetime, zone: str, now: datetime) -> datetime:
    at = resolve_local(wall, zone)
    if at <= now:
        raise MomentPassed(at).under("planned_at")
    return at


def _planned(wall: datetime, zone: str, at: datetime) -> dict[str, Any]:
    return {"planned_at": at, "planned_local": wall.isoformat(timespec="minutes"), "zone": zone}


def _busy(session: Session) -> Busy:
    assert session.planned_at
    return Busy(session.planned_at, session.planned_at + session.minutes * rules.ONE_MINUTE)


# ---- held, or not ----------------------------------------------------------------------------------------------------


def mark_held(db: Db, *, me: Who, ref: Ref, held_on: date, minutes: int, now: datetime) -> Outcome:
    """Say that a session was held, on the day and for the minutes it really was; whoever says so led it.

    Raises HeldInTheFuture, NotAllowed for anyone who does not lead it, SomebodyWasFirst.
    """
    session = access.access_session_led(db, me=me, session_id=ref.id, now=now)
    _past(held_on, me, now)
    _change(
        db, me, session, ref, now,
        state=HELD, held_on=held_on, falls_on=held_on, minutes=minutes, led_by_id=me.id, remind_at=None,
    )  # fmt: skip
    line = _after(db, me, session, now, verb="hold", tells=False)
    return _outcome(db, me, session, line, now)


def log_held(db: Db, *, me: Who, choice_key: str, held_on: date, minutes: int, now: datetime) -> Outcome:
    """Log a session that was held without having been planned: a quick word. Raises as mark_held does."""
    choice = access_choice(db, me=me, key=choice_key, now=now)
    if me.id not in dict(choice.leaders):
        raise NotAllowed
    _past(held_on, me, now)
    session = _add(
        db, me, choice, me.id, now,
        state=HELD, held_on=held_on, falls_on=held_on, minutes=minutes, zone=me.zone,
    )  # fmt: skip
    return _outcome(db, me, session, _after(db, me, session, now, verb="hold", tells=False), now)


def mark_not_held(db: Db, *, me: Who, ref: Ref, cause: Cause, now: datetime) -> Outcome:
    """Say why a session is not or was not held. It resets no clock; a new day is asked for at once.

    Before it begins either may cancel it; afterwards only who leads it says that it was missed.
    """
    session = access.access_session(db, me=me, session_id=ref.id, now=now)
    is_over = session.planned_at is not None and session.planned_at <= now
    if is_over:
        access.access_session_led(db, me=me, session_id=ref.id, now=now)
    _change(
        db, me, session, ref, now,
        state=MISSED if is_over else CANCELLED, cause=cause.value, invite_sequence=session.invite_sequence + 1,
        remind_at=None,
    )  # fmt: skip
    line = _after(db, me, session, now, verb="miss" if is_over else "cancel", tells=not is_over)
    return _outcome(db, me, session, line, now)


def _past(held_on: date, me: Who, now: datetime) -> None:
    if held_on > local_date(now, me.zone):
        raise HeldInTheFuture(held_on).under("held_on")


def _outcome(db: Db, me: Who, session: Session, line: ListedSession, now: datetime) -> Outcome:
    reader = Reader(db, me, now)
    card = reader.programme(session.version_id).session[session.kind]
    if session.state == HELD:
        return Outcome(line, short_of=rules.minutes_of(card) if rules.is_shorter(session.minutes, card) else 0)
    by = rules.rearrange_by(card, reader.today, reader.closed_days(session.about_id))
    return Outcome(line, rearrange_by=by, choice=choice_key_of(session))


def choice_key_of(session: Session) -> str:
    """Return the key of the choice by which another session of this kind is arranged."""
    if session.relationship_id:
        return f"relationship:{session.relationship_id}:{session.kind}"
    return f"enrolment:{session.enrolment_id}:{session.kind}"


# ---- the row ---------------------------------------------------------------------------------------------------------


def _add(db: Db, me: Who, choice: Choice, led_by_id: UUID, now: datetime, **values: Any) -> Session:
    pair = db.get(Relationship, choice.scope_id) if choice.scope == "relationship" else None
    enrolment = db.get(Enrolment, pair.enrolment_id if pair else choice.scope_id)
    assert enrolment is not None
    return session_queries.add_session(
        db,
        kind=choice.kind,
        version_id=pair.version_id if pair else enrolment.version_id,
        enrolment_id=enrolment.id,
        relationship_id=pair.id if pair else None,
        about_id=choice.about_id,
        led_by_id=led_by_id,
        changed_by_id=me.id,
        changed_at=now,
        **({"minutes": choice.minutes} | values),
    )


def _change(db: Db, me: Who, session: Session, ref: Ref, now: datetime, **values: Any) -> None:
    """Change a session that is still planned and as the person saw it. Raises SomebodyWasFirst, naming them."""
    is_changed = session.state == PLANNED and session_queries.change_session(
        db, session, version=ref.version, changed_by_id=me.id, changed_at=now, **values
    )
    if not is_changed:
        raise meeting_changed(db, me, session)


def _after(db: Db, me: Who, session: Session, now: datetime, *, verb: str, tells: bool) -> ListedSession:
    """Do what follows every change: the audit row, what is owed now, and word to the others."""
    audit.note(db, at=now, actor_id=me.id, verb=verb, thing=f"session:{session.id}", about_id=session.about_id)
    db.add(session)
    if session.enrolment_id:
        settle.settle_enrolment(db, session.enrolment_id, now=now)
    if tells:
        tell_others(db, me=me, session=session, now=now)
    return Reader(db, me, now).line(session)
