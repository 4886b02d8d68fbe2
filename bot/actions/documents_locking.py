"""What happens when something written comes into force: it is locked, replaces the last one, carries its actions on."""

from collections.abc import Iterator
from datetime import date, datetime
from uuid import UUID

from sqlmodel import Session as Db

from bot.access import Opened
from bot.actions.catalogue import programme_of
from bot.actions.documents_entries import DONE
from bot.errors import ContentChanged
from bot.rules import forms, signing
from bot.rules.signing import Content, PartyTo, Written
from storage.queries import deliveries as delivery_queries
from storage.queries import documents as queries
from storage.tables.together import Relationship
from storage.tables.written import Document

POINTER = "pointer"  # the kind of delivery that only says where something is to be read


def content_of(db: Db, opened: Opened, parties: tuple[PartyTo, ...]) -> Content:
    """Return everything that a signature on this version is over."""
    document, programme = opened.document, programme_of(db, opened.document.version_id)
    assert document.shared_at is not None, "only what goes out is signed"
    return Content(
        programme=programme.key,
        programme_version=programme.content_hash,
        form=document.form,
        series=document.series,
        number=document.number,
        about_id=document.owner_id,
        hangs_on=str(opened.place),
        held_on=opened.place.session.held_on if opened.place.session else None,
        sent_at=document.shared_at,
        outcome=document.outcome,
        written=tuple(_written(db, opened)),
        parties=parties,
    )


def _written(db: Db, opened: Opened) -> Iterator[Written]:
    if opened.document.kept_elsewhere:
        return
    answers = queries.list_answers(db, opened.document)
    for name, part in opened.parts.items():
        words = part.text or part.asks or part.shows
        found = sorted((a for a in answers if a.part == name), key=lambda a: a.writer)
        if not found:
            yield Written(name, words)
        for answer in found:
            yield Written(name, words, answer.writer, answer.text)


def refuse_if_changed(db: Db, opened: Opened, parties: tuple[PartyTo, ...]) -> None:
    """Work out again what is being signed. Raises ContentChanged when it is not what went out."""
    document = opened.document
    now_says = signing.content_hash(queries.open_salt(db, document), content_of(db, opened, parties))
    if now_says != document.content_hash:
        raise ContentChanged


def lock(db: Db, opened: Opened, *, now: datetime, on: date | None = None) -> None:
    """Bring a version into force: from `on`, a calendar date, else from today."""
    document, on = opened.document, on or opened.known.today
    before = queries.find_in_force(db, series=document.series)
    if before and before.id != document.id:
        queries.mark_document(db, before, state="superseded", ended_on=on)
    queries.mark_document(db, document, state="locked", in_force_on=on)
    _carry_forward(db, opened, on)
    if document.kind == "agreement" and document.relationship_id:
        _activate(db, document.relationship_id, on)
    db.flush()


def _carry_forward(db: Db, opened: Opened, on: date) -> None:
    """Write down what goes on to next time, and close what was ticked."""
    document = opened.document
    for answer in queries.list_answers(db, document):
        part = opened.parts.get(answer.part)
        if part is None:
            continue
        if part.carries_to:
            for text in forms.carried(part.type, answer.text):
                pair = opened.place.pair_id
                queries.add_agreed_action(db, document, kind=part.carries_to, relationship_id=pair, text=text, on=on)
        if part.shows == "last actions":
            done = [UUID(each) for each, how in forms.read_choices(answer.text).items() if how == DONE]
            queries.mark_actions_done(db, ids=done, about_id=document.owner_id, on=on)


def _activate(db: Db, relationship_id: UUID, on: date) -> None:
    """Let a pair begin its meetings: its agreement is signed by all over the same words."""
    relationship = db.get(Relationship, relationship_id)
    if relationship and relationship.state != "closed":
        relationship.state, relationship.agreed_on = "active", on
        db.add(relationship)


def point_to(db: Db, document: Document, *, says: str, to_id: UUID, now: datetime) -> None:
    """Owe somebody a message that names what there is to read and where, and none of what it says."""
    delivery_queries.add_delivery(
        db,
        kind=POINTER,
        said_once=f"{POINTER}:{says}:{document.id}:{to_id}:{now:%Y%m%dT%H%M%S}",
        person_id=to_id,
        subject={"document": str(document.id), "says": says},
        not_before=now,
        created_at=now,
    )
