"""Word of a session to the people in it: what was changed by another, and the calendar file somebody asked for."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlmodel import Session as Db

from bot import access
from bot.actions.nudge_times import EACH, Planner
from bot.actions.sessions import Reader
from bot.invitations import Guest, invitation
from bot.rules.sessions import ListedSession
from bot.rules.slots import due_moment, slot_at
from bot.rules.working_days import local_date
from bot.values import Ref, Who
from storage.queries import people as people_queries
from storage.queries.deliveries import REPLIES, add_delivery
from storage.queries.sessions import PLANNED
from storage.tables.meetings import Session
from storage.tables.people import Person

NEWS, CALENDAR_FILE = "session-news", "calendar-file"
NOT_KNOWN = "not-known.invalid"  # the domain of somebody whose address we do not have: reserved, delivers nowhere
FILE_KEEPS = timedelta(hours=24)


@dataclass(frozen=True)
class News:
    """How a session stands since somebody else changed it."""

    line: ListedSession
    by: str
    is_new: bool


def tell_others(db: Db, *, me: Who, session: Session, now: datetime) -> None:
    """Owe a word to whoever is in a session and did not change it: a moved meeting must not be turned up for.

    It goes in their working time; only the latest change is said.
    """
    planner = Planner(db, now)
    for person_id in {session.about_id, session.led_by_id} - {me.id}:
        add_delivery(
            db,
            kind=NEWS,
            said_once=f"{NEWS}:{session.id}:{session.version}:{person_id}",
            person_id=person_id,
            subject={"session": str(session.id), "version": session.version},
            not_before=_when_to_tell(planner, person_id, session),
            created_at=now,
        )


def _when_to_tell(planner: Planner, person_id: UUID, session: Session) -> datetime:
    """Return now; for a new meeting beyond the slot of somebody's next digest, the moment of that digest.

    It is in no hurry then, and that digest, if there is one, says it too. Who chose each thing by itself hears at once.
    """
    now, working = planner.now, planner.working_time(person_id)
    following = due_moment(working, local_date(now, working.zone), planner.hour_of(person_id), now)
    slot = slot_at(working, following) if following else None
    is_new = session.state == PLANNED and session.invite_sequence == 0
    chose_each = people_queries.get_person(planner.db, person_id).digest_rhythm == EACH
    if following is None or slot is None or session.planned_at is None or chose_each or not is_new:
        return now
    return following if session.planned_at >= slot.ends_at else now


def find_news(db: Db, *, person_id: UUID, session_id: UUID, version: int, now: datetime) -> News | None:
    """Return what is to be said of a session to one person, or None when it changed again since."""
    session = db.get(Session, session_id)
    if session is None or session.version != version or session.changed_by_id is None:
        return None
    by = people_queries.get_person(db, session.changed_by_id)
    return News(_line_for(db, person_id, session, now), by.name, is_new=session.invite_sequence == 0)


def ask_for_file(db: Db, *, me: Who, ref: Ref, now: datetime, is_allowed: bool) -> ListedSession:
    """Owe the asker a calendar file of a session, in their own conversation; return what to copy by hand.

    Without the scope to send files (`is_allowed`) nothing is owed.
    """
    session = access.access_session(db, me=me, session_id=ref.id, now=now)
    if is_allowed:
        add_delivery(
            db,
            kind=CALENDAR_FILE,
            said_once=f"{CALENDAR_FILE}:{session.id}:{session.version}:{me.id}:{now:%Y%m%d%H%M}",
            person_id=me.id,
            subject={"session": str(session.id)},
            lane=REPLIES,
            not_before=now,
            created_at=now,
            drop_after=now + FILE_KEEPS,
        )
    return Reader(db, me, now).line(session)


def calendar_file(db: Db, *, person_id: UUID, session_id: UUID, now: datetime) -> tuple[ListedSession, bytes] | None:
    """Return a session and its ICS file for one of its people, as it stands now; None when it is no longer there."""
    session = db.get(Session, session_id)
    if session is None or session.planned_at is None:
        return None
    line = _line_for(db, person_id, session, now)
    leader = people_queries.get_person(db, session.led_by_id)
    about = people_queries.get_person(db, session.about_id)
    file = invitation(
        session.invite_uid,
        session.invite_sequence,
        session.planned_at,
        session.minutes,
        session.zone,
        line.title,
        _guest(leader),
        (_guest(about), _guest(leader)),
        stamped_at=now,
        cancelled=session.state in ("cancelled", "missed"),
    )
    return line, file


def _guest(person: Person) -> Guest:
    return Guest(person.name, person.email or f"{person.id}@{NOT_KNOWN}")


def _line_for(db: Db, person_id: UUID, session: Session, now: datetime) -> ListedSession:
    person = people_queries.get_person(db, person_id)
    me = Who(person.id, person.slack_id or "", person.name, person.zone)
    return Reader(db, me, now).line(session)
