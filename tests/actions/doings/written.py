"""Agreements, records and forms are written, sent out, signed, sent back, taken back and written anew."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlmodel import Session as Db
from sqlmodel import col

from bot.access import access_document
from bot.actions import documents, documents_signing, reflections
from bot.actions.catalogue import programme_of
from bot.actions.documents import Left, Wanted
from bot.actions.documents_entries import entries_of
from bot.errors import HandrailError
from bot.rules.forms import Entry, Typed
from bot.rules.permissions import OWN_EYES, Purpose
from bot.rules.written import Writing
from bot.values import Who
from storage.queries import documents as queries
from storage.tables.meetings import Session
from storage.tables.programmes import Enrolment
from storage.tables.together import Relationship
from storage.tables.written import Document, Signature
from tests.actions.doings.world import Pick, World, doing, everybody, first, live_enrolments, rows

SAYS = {"frequency": "every 2 weeks", "duration": "1 working day", "scale": "3", "number": "3", "date": "2026-12-01"}
SHARED = col(Document.kind).not_in(OWN_EYES)


def _answered(entry: Entry, me: Who) -> Typed:
    text = entry.choices[0] if entry.choices else SAYS.get(entry.type, "As we said.")
    return Typed(entry.name, str(me.id) if entry.type == "people" else text, entry.answer)


def _fill(db: Db, world: World, me: Who, document: Document) -> None:
    """Answer everything that is asked of one person."""
    opened = access_document(db, me=me, document_id=document.id, now=world.now, purpose=Purpose.WRITE)
    entries = entries_of(opened, queries.list_answers(db, document), me.id)
    typed = tuple(_answered(entry, me) for entry in entries if entry.is_mine and entry.is_question and not entry.shows)
    documents.save_page(db, me=me, left=Left(document.id, "", typed), now=world.now)


def _could_be_written(db: Db) -> list[Wanted]:
    """Return every record, agreement and form about a person that there could be."""
    ours: list[Wanted] = []
    for session in rows(db, Session, Session.state == "held"):
        ours += _of(lambda one=session: documents.wanted_record(db, session_id=one.id))
    for pair in rows(db, Relationship, Relationship.state != "closed"):
        ours += _of(lambda one=pair: documents.wanted_agreement(db, relationship_id=one.id))
    for enrolment in live_enrolments(db):
        cards = programme_of(db, enrolment.version_id).form.items()
        about = [name for name, card in cards if card.about == "person" and card.kind not in OWN_EYES]
        ours += [Wanted(enrolment.id, name) for name in about]
    return ours


def _of(find: Any) -> list[Wanted]:
    try:
        return [find()]
    except HandrailError:
        return []


@doing
def begin(world: World, pick: Pick) -> None:
    """Somebody begins to write something, and leaves it."""
    with world.database.transaction() as db:
        wanted, me = pick.what(_could_be_written(db)), world.me(db, pick.whom(everybody(db)).id)
        documents.open_wanted(db, me=me, wanted=wanted, now=world.now)


@doing
def write(world: World, pick: Pick) -> None:
    """Everybody who is asked writes their part of something, and its author sends it out."""
    with world.database.transaction() as db:
        wanted = pick.what(_could_be_written(db))
        document = first([d for me in _all(db, world) if (d := _begun(db, world, me, wanted))])
        _write_and_send(db, world, document)


@doing
def finish(world: World, pick: Pick) -> None:
    """A draft is filled in by all who are asked, and sent out."""
    with world.database.transaction() as db:
        _write_and_send(db, world, pick.whom(rows(db, Document, Document.state == "draft", SHARED)))


def _all(db: Db, world: World) -> list[Who]:
    return [world.me(db, person.id) for person in everybody(db)]


def _begun(db: Db, world: World, me: Who, wanted: Wanted) -> Document | None:
    try:
        screen = documents.open_wanted(db, me=me, wanted=wanted, now=world.now)
    except HandrailError:
        return None
    return queries.find_document(db, screen.head.ref.id) if isinstance(screen, Writing) else None


def _write_and_send(db: Db, world: World, document: Document) -> None:
    for me in _all(db, world):
        try:
            _fill(db, world, me, document)
        except HandrailError:
            continue  # nothing here is asked of them
    documents.send_out(db, me=world.me(db, document.author_id), document_id=document.id, now=world.now)


@doing
def sign(world: World, pick: Pick) -> None:
    """Somebody reads what went out and signs it."""
    with world.database.transaction() as db:
        document, me = _standing(db, world, pick, "out", "sign")
        documents.open_document(db, me=me, document_id=document.id, now=world.now)
    with world.database.transaction() as db:
        documents_signing.sign(db, me=me, document_id=document.id, workspace_id="T0", now=world.now)


@doing
def acknowledge(world: World, pick: Pick) -> None:
    """Somebody says that they have read what is in force."""
    with world.database.transaction() as db:
        document, me = _standing(db, world, pick, "locked", "acknowledge")
        documents.open_document(db, me=me, document_id=document.id, now=world.now)
    with world.database.transaction() as db:
        documents_signing.acknowledge(db, me=me, document_id=document.id, workspace_id="T0", now=world.now)


def _standing(db: Db, world: World, pick: Pick, state: str, does: str) -> tuple[Document, Who]:
    """Pick a version, and one of those who are still to do something with it."""
    waiting: list[tuple[Document, UUID]] = []
    for document in rows(db, Document, Document.state == state, SHARED):
        signed = {(s.person_id, s.role) for s in rows(db, Signature, Signature.document_id == document.id)}
        parties = [p for p in queries.list_parties(db, document_id=document.id) if p.does == does]
        waiting += [(document, p.person_id) for p in parties if (p.person_id, p.role) not in signed]
    document, person_id = pick.whom(waiting)
    return document, world.me(db, person_id)


@doing
def ask_for_changes(world: World, pick: Pick) -> None:
    """Somebody sends a document back in place of signing it."""
    with world.database.transaction() as db:
        document, me = _standing(db, world, pick, "out", "sign")
        documents_signing.ask_for_changes(db, me=me, document_id=document.id, reason="The date", now=world.now)


@doing
def begin_next(world: World, pick: Pick) -> None:
    """An author begins the next version of what came back, or of what is in force."""
    with world.database.transaction() as db:
        document = pick.whom(rows(db, Document, col(Document.state).in_(("returned", "locked")), SHARED))
        documents.begin_next(db, me=world.me(db, document.author_id), document_id=document.id, now=world.now)


@doing
def take_back(world: World, pick: Pick) -> None:
    """An author takes back what went out."""
    with world.database.transaction() as db:
        document = pick.whom(rows(db, Document, Document.state == "out", SHARED))
        documents.take_back(db, me=world.me(db, document.author_id), document_id=document.id, now=world.now)


@doing
def sign_on_paper(world: World, pick: Pick) -> None:
    """One party enters that another has signed on paper."""
    with world.database.transaction() as db:
        document, signer = _standing(db, world, pick, "out", "sign")
        parties = [p.person_id for p in queries.list_parties(db, document_id=document.id) if p.person_id != signer.id]
        documents_signing.sign_on_paper(
            db,
            me=world.me(db, pick.how(parties)),
            document_id=document.id,
            signer_id=signer.id,
            on=world.today - timedelta(days=pick.b),
            printed_name=signer.name,
            seen_by="Sam",
            now=world.now,
        )


@doing
def keep_elsewhere(world: World, pick: Pick) -> None:
    """Whoever led a meeting enters that its record is kept elsewhere."""
    with world.database.transaction() as db:
        session = pick.whom(rows(db, Session, Session.state == "held"))
        me, shared_on = world.me(db, session.led_by_id), world.today - timedelta(days=pick.b % 4)
        documents_signing.record_kept_elsewhere(db, me=me, session_id=session.id, shared_on=shared_on, now=world.now)


@doing
def enter_paper_agreement(world: World, pick: Pick) -> None:
    """The lead enters an agreement that was signed on paper."""
    with world.database.transaction() as db:
        pair = pick.whom(rows(db, Relationship, Relationship.state != "closed"))
        signed_on = world.today - timedelta(days=pick.b)
        documents_signing.enter_paper_agreement(
            db, me=world.lead(db), relationship_id=pair.id, signed_on=signed_on, seen_by="Sam", now=world.now
        )


@doing
def reflect(world: World, pick: Pick) -> None:
    """Somebody begins a reflection, and perhaps goes through it to its end."""
    with world.database.transaction() as db:
        enrolment: Enrolment = pick.whom(live_enrolments(db))
        me = world.me(db, enrolment.person_id)
        screen: Any = reflections.begin(db, me=me, form="", now=world.now)
        for _ in range(pick.b * 3):
            if not isinstance(screen, Writing):
                return
            left = Left(screen.head.ref.id, screen.page.start)
            screen = reflections.turn_page(db, me=me, left=left, now=world.now)


@doing
def delete_reflection(world: World, pick: Pick) -> None:
    """Somebody deletes a reflection of their own."""
    with world.database.transaction() as db:
        document = pick.whom(rows(db, Document, Document.kind == "reflection"))
        reflections.delete(db, me=world.me(db, document.author_id), document_id=document.id, now=world.now)
