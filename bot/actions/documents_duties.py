"""From a duty's button to what is to be written, read or signed."""

from datetime import datetime
from uuid import UUID

from sqlmodel import Session as Db

from bot.actions import documents as writing
from bot.actions.documents import Screen, Wanted
from bot.actions.duties import access_duty
from bot.errors import NotFound
from bot.values import Ref, Who
from storage.queries import documents as queries
from storage.queries import enrolments as enrolment_queries
from storage.tables.delivery import DueItem


def open_duty(db: Db, *, me: Who, ref: Ref, now: datetime) -> Screen:
    """Open what a duty asks for: the draft to go on with, or the text to read, sign, take note of or change."""
    item = access_duty(db, me=me, ref=ref, now=now)
    if item.subject.startswith("document:"):
        newest = queries.find_newest(db, series=UUID(item.subject.removeprefix("document:")))
        if newest is None:
            raise NotFound("document")
        if newest.state == "returned" and newest.author_id == me.id:
            return writing.begin_next(db, me=me, document_id=newest.id, now=now)
        return writing.open_document(db, me=me, document_id=newest.id, now=now)
    return writing.open_wanted(db, me=me, wanted=wanted_by(db, item), now=now)


def wanted_by(db: Db, item: DueItem) -> Wanted:
    """Return the form that a due item is about. Raises NotFound for one that is about none."""
    if item.rule == "ask.agree":
        return writing.wanted_agreement(db, relationship_id=item.scope_id)
    path = item.rule.partition("#")[0].rpartition("/")[2]
    kind, _, name = path.partition(".")
    if kind != "form":
        raise NotFound("document")
    form = name.partition(":")[0]
    if session_id := session_of(item):
        return Wanted(item.enrolment_id, form, session_id=session_id)
    if item.scope == "relationship":
        return Wanted(item.enrolment_id, form, relationship_id=item.scope_id)
    enrolment = enrolment_queries.get_enrolment(db, item.enrolment_id)
    return Wanted(enrolment.id, form)


def session_of(item: DueItem) -> UUID | None:
    """Return the session a due item is about."""
    if item.subject.startswith("session:"):
        return UUID(item.subject.removeprefix("session:"))
    return item.scope_id if item.scope == "session" else None
