"""A pointer: what kind of thing there is to read and where, never what it says."""

from datetime import datetime
from uuid import UUID

from sqlmodel import Session as Db

from bot import access
from bot.actions.catalogue import programme_of
from bot.actions.documents_locking import POINTER
from bot.delivery.outgoing import Builder, Outgoing, Suppressed
from bot.rules.permissions import OWN_EYES, Purpose
from bot.values import Ref, Who
from prompts import ids
from prompts.documents_reading import pointer_message
from storage.queries import documents as queries
from storage.queries import people as people_queries
from storage.tables.delivery import Delivery
from storage.tables.written import Document


def build_pointer(db: Db, row: Delivery, now: datetime) -> Outgoing:
    """Build it, if whoever is pointed there may still open it."""
    document = queries.find_document(db, UUID(row.subject["document"]))
    if document is None or row.person_id is None or not _may_open(db, document, row.person_id, now):
        return Suppressed("not_theirs_to_open")
    action = ids.Action.OPEN_REFLECTION if document.kind in OWN_EYES else ids.Action.OPEN_DOCUMENT
    return pointer_message(
        row.subject["says"],
        title=programme_of(db, document.version_id).form[document.form].title,
        by=people_queries.get_person(db, document.author_id).name,
        ref=Ref("document", document.id, document.version),
        action=action,
    )


def _may_open(db: Db, document: Document, person_id: UUID, now: datetime) -> bool:
    if document.kind in OWN_EYES:
        shared = queries.find_share(db, document_id=document.id, person_id=person_id) is not None
        return document.author_id == person_id or shared
    person = people_queries.get_person(db, person_id)
    who = Who(person.id, person.slack_id or "", person.name, person.zone)
    purpose = Purpose.WRITE if document.state == "draft" else Purpose.READ
    return access.may_open_document(db, me=who, document_id=document.id, now=now, purpose=purpose)


POINTERS: dict[str, Builder] = {POINTER: build_pointer}
