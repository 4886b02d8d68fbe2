"""Writing a document: beginning it, its pages, and sending it out.

Whatever somebody typed is saved when its page is left; a closed phone loses at most the page being typed.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from sqlmodel import Session as Db

from bot.access import Opened, access_document, find_document, let_open
from bot.actions import documents_locking as locking
from bot.actions import documents_screens as screens
from bot.actions import settle
from bot.actions.catalogue import programme_of
from bot.actions.documents_answers import check_answer
from bot.actions.documents_entries import entries_of
from bot.actions.documents_people import Place, owner_of, parties_for, roles_of
from bot.actions.facts import know
from bot.actions.was_first import was_first, was_last_changed
from bot.errors import NobodyToSign, NotAllowed, NotFound, SomebodyWasFirst, StillMissing
from bot.rules import forms, signing
from bot.rules.forms import Typed
from bot.rules.permissions import Purpose
from bot.rules.written import Reading, Writing
from bot.values import Who
from storage import audit
from storage.queries import documents as queries
from storage.queries import enrolments as enrolment_queries
from storage.tables.meetings import Session
from storage.tables.together import Relationship
from storage.tables.written import Document

Screen = Writing | Reading
OUTCOME = "outcome"  # asked on the last page of a form that names outcomes


@dataclass(frozen=True)
class Wanted:
    """Which form of which programme a person wants to write, and what it hangs on."""

    enrolment_id: UUID
    form: str
    session_id: UUID | None = None
    relationship_id: UUID | None = None


# ---- beginning and opening -------------------------------------------------------------------------------------------


def open_wanted(db: Db, *, me: Who, wanted: Wanted, now: datetime) -> Screen:
    """Open a form where it was left, or begin it. Raises NotAllowed for who neither writes nor reads it."""
    found = find_wanted(db, me, wanted)
    if found is None:
        found = begin(db, me=me, wanted=wanted, now=now)
    return open_document(db, me=me, document_id=found.id, now=now)


def find_wanted(db: Db, me: Who, wanted: Wanted) -> Document | None:
    """Return the newest version of what is wanted; where one person writes it alone, their own."""
    if wanted.session_id:
        return queries.find_of_session(db, session_id=wanted.session_id, form=wanted.form)
    if wanted.relationship_id:
        return queries.find_of_relationship(db, relationship_id=wanted.relationship_id, form=wanted.form)
    enrolment = enrolment_queries.get_enrolment(db, wanted.enrolment_id)
    form = programme_of(db, enrolment.version_id).form[wanted.form]
    found = queries.find_of_enrolment(
        db, enrolment_id=enrolment.id, form=wanted.form, author_id=me.id if form.audience == "counts only" else None
    )
    is_over = found is not None and found.state == "locked" and form.repeat_per
    return None if is_over else found


def begin(db: Db, *, me: Who, wanted: Wanted, now: datetime) -> Document:
    """Begin a draft, for a role that the form asks to write it."""
    enrolment = enrolment_queries.get_enrolment(db, wanted.enrolment_id)
    known = know(db, enrolment, now=now)
    form = known.programme.form[wanted.form]
    parts = forms.shown_parts(known.programme.part.get(wanted.form, {}), enrolment.level)
    place = Place(db.get(Session, wanted.session_id) if wanted.session_id else None, wanted.relationship_id)
    roles = roles_of(known, place, form, parts, me.id)
    if not set(roles) & set(_may_begin(form.written_by, forms.all_writers(form, parts), form.signed_by)):
        raise NotAllowed
    return queries.add_document(
        db,
        form=wanted.form,
        kind=form.kind,
        version_id=enrolment.version_id,
        level=enrolment.level,
        enrolment_id=enrolment.id,
        owner_id=owner_of(known, form, parts, place, me.id),
        relationship_id=wanted.relationship_id,
        session_id=wanted.session_id,
        author_id=me.id,
        started_at=now,
    )


def _may_begin(written_by: tuple[str, ...], writers: tuple[str, ...], signed_by: tuple[str, ...]) -> tuple[str, ...]:
    """A form that names its writers is begun by them; one that only has wording to agree to, by whoever signs it."""
    return written_by or (*writers, *signed_by)


def wanted_record(db: Db, *, session_id: UUID) -> Wanted:
    """Return the record that belongs to a session. Raises NotFound where its kind of meeting has none."""
    session = db.get(Session, session_id)
    if session is None or session.enrolment_id is None:
        raise NotFound("meeting")
    card = programme_of(db, session.version_id).session.get(session.kind)
    if card is None or not card.record:
        raise NotFound("record")
    return Wanted(session.enrolment_id, card.record, session_id=session_id)


def wanted_agreement(db: Db, *, relationship_id: UUID) -> Wanted:
    """Return the agreement that belongs to a pair. Raises NotFound where its kind of pair needs none."""
    relationship = db.get(Relationship, relationship_id)
    form = agreement_form(db, relationship) if relationship else ""
    if relationship is None or relationship.enrolment_id is None or not form:
        raise NotFound("agreement")
    return Wanted(relationship.enrolment_id, form, relationship_id=relationship.id)


def agreement_form(db: Db, relationship: Relationship) -> str:
    """Return the name of the agreement that a kind of pair signs, or nothing."""
    cards = programme_of(db, relationship.version_id).form.items()
    return next((n for n, c in cards if c.kind == "agreement" and c.relationship == relationship.kind), "")


def open_document(db: Db, *, me: Who, document_id: UUID, now: datetime, part: str = "") -> Screen:
    """Open something written: a draft where writing was left, anything else to be read from its first page."""
    opened = _find_newest(db, me, document_id, now)
    if opened is None:
        raise NotFound("document")
    if opened.document.state == "draft":
        let_open(db, opened, me=me, now=now, purpose=Purpose.WRITE)
        return screens.writing_screen(db, opened, me, part=part)
    let_open(db, opened, me=me, now=now, purpose=Purpose.READ)
    return screens.reading_screen(db, opened, me, part=part)


def _find_newest(db: Db, me: Who, document_id: UUID, now: datetime) -> Opened | None:
    """Return the newest version of a document that this person may open: a draft is its writers' alone."""
    document = queries.find_document(db, document_id)
    for version in queries.list_versions(db, series=document.series) if document else ():
        opened = find_document(db, me=me, document_id=version.id, now=now)
        if opened and (version.state != "draft" or opened.lets(Purpose.WRITE)):
            return opened
    return find_document(db, me=me, document_id=document_id, now=now)


def read_page(db: Db, *, me: Who, document_id: UUID, part: str, step: int, now: datetime) -> Reading:
    """Show the page after (`step` 1) or before (-1) the one a part stands on: of a draft, or of what went out."""
    document = queries.find_document(db, document_id)
    purpose = Purpose.WRITE if document and document.state == "draft" else Purpose.READ
    opened = access_document(db, me=me, document_id=document_id, now=now, purpose=purpose)
    if opened.document.state == "draft":
        return screens.checking_screen(db, opened, me, part=part, step=step)
    return screens.reading_screen(db, opened, me, part=part, step=step)


# ---- the pages -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Left:
    """A page as it was left: its parts, what was typed in them, an outcome where one was asked for."""

    document_id: UUID
    start: str  # the part the page begins with
    typed: tuple[Typed, ...] = ()
    outcome: str | None = None


def save_page(db: Db, *, me: Who, left: Left, now: datetime) -> Opened:
    """Save a page. Raises a sentence under the question whose answer cannot be read, or was overtaken."""
    opened = access_document(db, me=me, document_id=left.document_id, now=now, purpose=Purpose.WRITE)
    mine = {e.name: e for e in entries_of(opened, queries.list_answers(db, opened.document), me.id) if e.is_mine}
    for typed in left.typed:
        if typed.part in mine:
            _save_answer(db, opened, me, mine[typed.part], typed)
    opened.document.page = left.start
    if left.outcome is not None and left.outcome in ("", *opened.form.outcomes):
        opened.document.outcome = left.outcome
    db.add(opened.document)
    db.flush()
    return opened


def _save_answer(db: Db, opened: Opened, me: Who, entry: forms.Entry, typed: Typed) -> None:
    if forms.is_overtaken(typed, entry.answer):
        answers = queries.list_answers(db, opened.document, parts=[typed.part])
        by_id = next((each.author_id for each in answers if each.text == entry.answer), None)
        raise was_first(db, me, opened.form.title, by_id=by_id, at=None).under(typed.part)
    if not forms.takes_its_place(typed, entry.answer):
        return
    part = opened.parts[entry.name]
    text = check_answer(opened, part, entry.name, typed.now)
    writer = ""
    if forms.has_one_answer_each(part):
        writer = next(role for role in forms.writers_of(opened.form, part) if role in opened.roles)
    number = float(text) if opened.form.kind == "survey" and part.type == "scale" and text.isdigit() else None
    queries.put_answer(db, opened.document, part=entry.name, writer=writer, author_id=me.id, text=text, number=number)


def turn_page(db: Db, *, me: Who, left: Left, now: datetime) -> Screen:
    """Save a page and go to the next; after the last, show the whole as it will go out, or what is missing."""
    opened = save_page(db, me=me, left=left, now=now)
    pages = forms.writing_pages(entries_of(opened, queries.list_answers(db, opened.document), me.id))
    following = forms.page_after(pages, left.start)
    if following:
        opened.document.page = following.start
        return screens.writing_screen(db, opened, me, part=following.start)
    missing = forms.first_missing(pages)
    if missing:
        return screens.writing_screen(db, opened, me, part=missing.name, is_unfinished=True)
    return screens.checking_screen(db, opened, me)


def turn_back(db: Db, *, me: Who, left: Left, now: datetime) -> Writing:
    """Save a page and go back to the one before."""
    opened = save_page(db, me=me, left=left, now=now)
    pages = forms.writing_pages(entries_of(opened, queries.list_answers(db, opened.document), me.id))
    before = forms.page_beside(pages, left.start, -1)
    opened.document.page = before.start
    return screens.writing_screen(db, opened, me, part=before.start)


def write_again(db: Db, *, me: Who, document_id: UUID, now: datetime) -> Writing:
    """Go back from the whole text to its first page."""
    opened = access_document(db, me=me, document_id=document_id, now=now, purpose=Purpose.WRITE)
    opened.document.page = ""
    return screens.writing_screen(db, opened, me)


def add_field(db: Db, *, me: Who, left: Left, part: str, shown: int, now: datetime) -> Writing:
    """Save a page and give one of its parts, that showed so many fields, another: up to 20,000 characters in all."""
    opened = save_page(db, me=me, left=left, now=now)
    screen = screens.writing_screen(db, opened, me, part=part)
    return replace(screen, fields={part: min(shown + 1, forms.FIELDS_MOST)})


# ---- going out -------------------------------------------------------------------------------------------------------


def send_out(db: Db, *, me: Who, document_id: UUID, now: datetime) -> Reading:
    """Send a draft to those who sign or read it: from here on its text does not change.

    Raises StillMissing while an answer is, NobodyToSign for a role that nobody fills.
    """
    opened = access_document(db, me=me, document_id=document_id, now=now, purpose=Purpose.MANAGE)
    document = opened.document
    if document.state != "draft":
        raise changed(db, me, opened)
    missing = [e for e in entries_of(opened, queries.list_answers(db, document), me.id) if e.is_missing]
    if missing:
        raise StillMissing(tuple(entry.asks or entry.section for entry in missing))
    goes_out(db, opened, sent_at=now, now=now)
    audit.note(db, at=now, actor_id=me.id, verb="share", thing=f"document:{document.id}", about_id=document.owner_id)
    settle.settle_enrolment(db, opened.known.enrolment.id, now=now)
    again = access_document(db, me=me, document_id=document_id, now=now, purpose=Purpose.READ)
    return screens.reading_screen(db, again, me)


def goes_out(db: Db, opened: Opened, *, sent_at: datetime, now: datetime) -> None:
    """Fix who stands on a version and what it says; with nobody to sign it is in force at once."""
    document = opened.document
    parties = parties_for(opened.known, opened.place, opened.form, opened.parts, document.author_id)
    if empty := signing.roles_without_anybody(opened.form.signed_by, parties):
        raise NobodyToSign(tuple(screens.role_title(opened, role) for role in empty))
    for p in parties:
        queries.add_party(
            db, document, person_id=p.person_id, role=p.role, does=p.does, place=p.place, printed_name=p.name
        )
    salt = queries.add_salt(db, document)
    document.shared_at = sent_at
    document.content_hash = signing.content_hash(salt, locking.content_of(db, opened, parties))
    _move(db, document, state="out")
    if not opened.form.signed_by:
        locking.lock(db, opened, now=now)


def _move(db: Db, document: Document, **values: object) -> None:
    if not queries.mark_document(db, document, **values):
        raise SomebodyWasFirst("the document")


def changed(db: Db, me: Who, opened: Opened) -> SomebodyWasFirst:
    """Say who shared, signed, returned or took back a document last, and when."""
    document = opened.document
    return was_last_changed(db, me, opened.form.title, thing=f"document:{document.id}", about_id=document.owner_id)


# ---- another version -------------------------------------------------------------------------------------------------


def begin_next(db: Db, *, me: Who, document_id: UUID, now: datetime) -> Writing:
    """Begin the next version with what the last one says: after changes were asked for, or to change what is in force.

    The old one stays as it is, and in force, until every signature on the new one is in (model.md, Agreement).
    """
    opened = access_document(db, me=me, document_id=document_id, now=now, purpose=Purpose.MANAGE)
    old = opened.document
    newest = queries.find_newest(db, series=old.series)
    if newest and newest.id != old.id:
        raise was_first(db, me, opened.form.title, by_id=newest.author_id, at=newest.started_at)
    return _next_version(db, me, opened, now)


def take_back(db: Db, *, me: Who, document_id: UUID, now: datetime) -> Writing:
    """Take back what went out and was not signed by all, and go on writing it as the next version."""
    opened = access_document(db, me=me, document_id=document_id, now=now, purpose=Purpose.MANAGE)
    if opened.document.state != "out" or opened.document.author_id != me.id:
        raise changed(db, me, opened)
    _move(db, opened.document, state="withdrawn")
    audit.note(
        db, at=now, actor_id=me.id, verb="take back", thing=f"document:{document_id}", about_id=opened.document.owner_id
    )
    screen = _next_version(db, me, opened, now)
    settle.settle_enrolment(db, opened.known.enrolment.id, now=now)
    return screen


def _next_version(db: Db, me: Who, opened: Opened, now: datetime) -> Writing:
    old = opened.document
    made = queries.add_document(
        db,
        series=old.series,
        number=queries.count_versions(db, series=old.series) + 1,
        form=old.form,
        kind=old.kind,
        version_id=opened.known.enrolment.version_id,
        level=opened.known.enrolment.level,
        enrolment_id=old.enrolment_id,
        owner_id=old.owner_id,
        relationship_id=old.relationship_id,
        session_id=old.session_id,
        author_id=me.id,
        outcome=old.outcome,
        started_at=now,
    )
    for answer in queries.list_answers(db, old):
        queries.put_answer(
            db, made, part=answer.part, writer=answer.writer, author_id=answer.author_id, text=answer.text
        )
    db.flush()
    again = access_document(db, me=me, document_id=made.id, now=now, purpose=Purpose.WRITE)
    return screens.writing_screen(db, again, me)


def hand_over(db: Db, *, me: Who, document_id: UUID, now: datetime) -> None:
    """Tell the author of a draft that somebody's part is written."""
    opened = access_document(db, me=me, document_id=document_id, now=now, purpose=Purpose.WRITE)
    locking.point_to(db, opened.document, says="part written", to_id=opened.document.author_id, now=now)


def ask_to_write(db: Db, *, me: Who, document_id: UUID, now: datetime) -> tuple[str, ...]:
    """Point those whose part is missing to the draft, once each; return their names."""
    opened = access_document(db, me=me, document_id=document_id, now=now, purpose=Purpose.MANAGE)
    entries = entries_of(opened, queries.list_answers(db, opened.document), me.id)
    names = screens.others_missing(entries, me)
    asked = parties_for(opened.known, opened.place, opened.form, opened.parts, opened.document.author_id)
    for person_id in dict.fromkeys(p.person_id for p in asked if p.name in names):
        locking.point_to(db, opened.document, says="please write", to_id=person_id, now=now)
    return names
