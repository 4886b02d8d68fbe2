"""A note before a meeting, for its writer's eyes alone (seed-systems 001-51)."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlmodel import Session as Db

from bot.access import access_session
from bot.actions import settle
from bot.actions.catalogue import programme_of
from bot.actions.documents_duties import session_of
from bot.actions.duties import access_own_duty
from bot.errors import NotFound
from bot.rules import forms
from bot.values import Ref, Who
from storage.queries import documents as queries
from storage.queries import people as people_queries
from storage.tables.meetings import Session
from storage.tables.written import Document

KIND, PART = "preparation", "note"


@dataclass(frozen=True)
class Preparing:
    """The private note of one person for one meeting."""

    session_id: UUID
    title: str
    other_name: str
    planned_at: datetime | None
    asks: str
    text: str


def open_preparation_duty(db: Db, *, me: Who, ref: Ref, now: datetime) -> Preparing:
    """Open the note that a digest asks for."""
    session_id = session_of(access_own_duty(db, me=me, ref=ref, now=now))
    if session_id is None:
        raise NotFound("meeting")
    return open_preparation(db, me=me, session_id=session_id, now=now)


def open_preparation(db: Db, *, me: Who, session_id: UUID, now: datetime) -> Preparing:
    """Open one's own note for a meeting; nobody else's can be reached."""
    session = access_session(db, me=me, session_id=session_id, now=now)
    programme = programme_of(db, session.version_id)
    card = programme.session[session.kind]
    asked = forms.preparation_part(programme.part.get(card.record, {}))
    note = queries.find_preparation(db, session_id=session.id, author_id=me.id)
    other = session.led_by_id if session.about_id == me.id else session.about_id
    return Preparing(
        session_id=session.id,
        title=card.title,
        other_name=people_queries.get_person(db, other).name,
        planned_at=session.planned_at,
        asks=asked.asks if asked else "",
        text="".join(answer.text for answer in queries.list_answers(db, note)) if note else "",
    )


def save_preparation(db: Db, *, me: Who, session_id: UUID, text: str, now: datetime) -> None:
    """Keep one's own note; an empty one deletes it at once."""
    session = access_session(db, me=me, session_id=session_id, now=now)
    note = queries.find_preparation(db, session_id=session.id, author_id=me.id)
    if note and not text.strip():
        queries.delete_document(db, note)
    elif text.strip():
        note = note or _begin(db, me, session, now)
        queries.put_answer(db, note, part=PART, writer="", author_id=me.id, text=text.rstrip())
    if session.enrolment_id:
        settle.settle_enrolment(db, session.enrolment_id, now=now)


def _begin(db: Db, me: Who, session: Session, now: datetime) -> Document:
    card = programme_of(db, session.version_id).session[session.kind]
    return queries.add_document(
        db,
        form=card.record or session.kind,
        kind=KIND,
        version_id=session.version_id,
        enrolment_id=session.enrolment_id,
        owner_id=me.id,
        session_id=session.id,
        author_id=me.id,
        started_at=now,
    )
