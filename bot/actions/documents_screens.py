"""Putting the screens of something written together: a page to write on, or a page of the full text."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlmodel import Session as Db

from bot.access import Opened
from bot.actions.documents_entries import entries_of
from bot.actions.documents_people import names_of, parties_for
from bot.programmes.cards import Form
from bot.rules import forms, signing
from bot.rules.permissions import Purpose
from bot.rules.signing import Clock, Given, PartyTo
from bot.rules.working_days import local_date
from bot.rules.written import Head, NoteLine, Reading, SignedLine, Stage, WaitingFor, Writing
from bot.values import Ref, Who
from storage.queries import documents as queries
from storage.tables.written import Document, Signature

DOCUMENT = "document"  # the kind of thing a button names


def writing_screen(db: Db, opened: Opened, me: Who, *, part: str = "", is_unfinished: bool = False) -> Writing:
    """Return the page of a draft that holds a part, as somebody meets it."""
    answers = queries.list_answers(db, opened.document)
    pages = forms.writing_pages(entries_of(opened, answers, me.id))
    page = forms.page_holding(pages, part or opened.document.page)
    last = page.number == page.count
    return Writing(
        head=head_of(db, opened, me, standing_on(db, opened.document)),
        page=page,
        today=opened.known.today,
        because=_notes(db, opened, kinds=("returned",)) if page.number == 1 else (),
        own_note=own_note(db, opened.document, me.id) if page.number == 1 else "",
        outcomes=opened.form.outcomes if last else (),
        outcome=opened.document.outcome,
        is_unfinished=is_unfinished,
    )


def reading_screen(
    db: Db,
    opened: Opened,
    me: Who,
    *,
    part: str = "",
    step: int = 0,
    at_end: bool = False,
    goes_to: tuple[str, ...] = (),
) -> Reading:
    """Return a page of the full text and what this person may do with it.

    The page is the one that holds a part, so many steps on, or else the last.
    """
    document = opened.document
    entries = entries_of(opened, queries.list_answers(db, document), me.id, to_read=True)
    pages = forms.reading_pages(entries)
    signatures, parties = queries.list_signatures(db, document_id=document.id), standing_on(db, document)
    given = _given_by(signatures)
    waiting = waiting_for(opened, parties, given)
    stage = stage_of(opened, me, parties, given)
    return Reading(
        head=head_of(db, opened, me, parties),
        page=pages[-1] if at_end else forms.page_beside(pages, part, step),
        state=document.state,
        stage=stage,
        today=opened.known.today,
        me_name=me.name,
        outcome=document.outcome,
        signed=_signed(opened, signatures),
        waiting=waiting if document.state == "out" else (),
        notes=_notes(db, opened, kinds=("returned", "addendum", "comment")),
        asked_to_write=others_missing(entries, me) if document.state == "draft" else (),
        goes_to=goes_to,
        may_return=stage is Stage.SIGN and document.author_id != me.id,
        may_edit=document.state == "returned" and document.author_id == me.id,
        may_renew=may_renew(db, opened, me),
        may_take_back=document.state == "out" and document.author_id == me.id,
        may_enter_paper=document.state == "out" and any(w.person_id != me.id for w in waiting),
        may_add=document.state == "locked" and document.kind != "survey" and not document.kept_elsewhere,
    )


def checking_screen(db: Db, opened: Opened, me: Who, *, part: str = "", step: int = 0) -> Reading:
    """Return a page of a draft as it will go out."""
    live = parties_for(opened.known, opened.place, opened.form, opened.parts, opened.document.author_id)
    asked = [p.name for p in live if p.does == signing.SIGN and p.person_id != me.id]
    readers = [p.name for p in live if p.person_id != me.id]
    return reading_screen(db, opened, me, part=part, step=step, goes_to=tuple(dict.fromkeys(asked or readers)))


def head_of(db: Db, opened: Opened, me: Who, standing: tuple[PartyTo, ...]) -> Head:
    """Return what stands above every page, for those who stand on it or, before it goes out, will."""
    document, form = opened.document, opened.form
    parties = standing or parties_for(opened.known, opened.place, form, opened.parts, document.author_id)
    session = opened.place.session
    return Head(
        ref=Ref(DOCUMENT, document.id, document.version),
        title=form.title,
        kind=document.kind,
        about_name=names_of(db, [document.owner_id])[document.owner_id],
        readers=tuple(dict.fromkeys(p.name for p in parties if p.person_id != me.id)),
        number=document.number,
        help=form.help,
        clock=clock_of(opened),
        kept_elsewhere=document.kept_elsewhere,
        held_on=session.held_on if session else None,
        lead_reads=any(p.role == opened.known.programme.about.lead for p in parties),
        is_counted_only=form.audience == "counts only",
    )


def clock_of(opened: Opened) -> Clock | None:
    """Return how long there is to share a record, by the nation of the person's team."""
    document, session = opened.document, opened.place.session
    if document.state == "withdrawn" or session is None or session.held_on is None:
        return None
    return clock_for(opened, opened.form, session.held_on, document)


def clock_for(opened: Opened, form: Form, held_on: date, document: Document) -> Clock | None:
    """Return the clock of one form of a session held on a day."""
    known = opened.known
    if form.share_within is None:
        return None
    shared_on = local_date(document.shared_at, known.person.zone) if document.shared_at else None
    return signing.share_clock(held_on, form.share_within, known.closed, today=known.today, shared_on=shared_on)


# ---- who has signed, whose turn it is --------------------------------------------------------------------------------


def standing_on(db: Db, document: Document) -> tuple[PartyTo, ...]:
    """Return who stands on a version that went out."""
    rows = queries.list_parties(db, document_id=document.id)
    return tuple(PartyTo(row.person_id, row.role, row.does, row.printed_name, row.place) for row in rows)


def given_on(db: Db, document: Document) -> tuple[Given, ...]:
    """Return the signatures on a version."""
    return _given_by(queries.list_signatures(db, document_id=document.id))


def _given_by(rows: Sequence[Signature]) -> tuple[Given, ...]:
    return tuple(Given(row.person_id, row.role, row.content_hash, row.meaning) for row in rows)


def waiting_for(opened: Opened, parties: tuple[PartyTo, ...], given: tuple[Given, ...]) -> tuple[WaitingFor, ...]:
    """Return whose signatures are not in yet."""
    left = signing.still_to_sign(parties, given, opened.document.content_hash, everybody=opened.everybody_signs)
    return tuple(WaitingFor(p.person_id, p.name, role_title(opened, p.role)) for p in left)


def stage_of(opened: Opened, me: Who, parties: tuple[PartyTo, ...], given: tuple[Given, ...]) -> Stage:
    """Say what this person may do with a document now."""
    document = opened.document
    if document.state == "draft":
        return Stage.CHECK if opened.lets(Purpose.MANAGE) else Stage.HAND_OVER
    if document.state == "out" and signing.may_sign_as(
        parties, given, document.content_hash, me.id, everybody=opened.everybody_signs, in_order=opened.form.in_order
    ):
        return Stage.SIGN
    if document.state == "locked" and signing.may_acknowledge_as(parties, given, me.id):
        return Stage.ACKNOWLEDGE
    return Stage.READ


def may_renew(db: Db, opened: Opened, me: Who) -> bool:
    """Say whether this person may begin a new version: of an agreement or plan in force, with none on its way."""
    document = opened.document
    if document.state != "locked" or document.kind not in {"agreement", "plan"} or not opened.lets(Purpose.MANAGE):
        return False
    newest = queries.find_newest(db, series=document.series)
    return newest is not None and newest.id == document.id


def others_missing(entries: tuple[forms.Entry, ...], me: Who) -> tuple[str, ...]:
    """Return the names of those whose answer a draft still waits for."""
    waits = (name for entry in entries if entry.is_missing and not entry.is_mine for name in entry.writers)
    return tuple(dict.fromkeys(name for name in waits if name != me.name))


def role_title(opened: Opened, role: str) -> str:
    """Return a role's title."""
    card = opened.known.programme.role.get(role)
    return card.title if card else ""


def _signed(opened: Opened, rows: Sequence[Signature]) -> tuple[SignedLine, ...]:
    zone = opened.known.person.zone
    return tuple(
        SignedLine(
            name=row.printed_name,
            role=role_title(opened, row.role),
            on=local_date(row.signed_at, zone),
            meaning=row.meaning,
            paper_on=row.paper_on,
            seen_by=row.seen_by,
        )
        for row in rows
        if row.signed_at
    )


def _notes(db: Db, opened: Opened, *, kinds: tuple[str, ...]) -> tuple[NoteLine, ...]:
    notes = [n for n in queries.list_notes(db, opened.document, series=True) if n.kind in kinds]
    names = names_of(db, [note.author_id for note in notes])
    zone = ZoneInfo(opened.known.person.zone)
    return tuple(NoteLine(n.kind, names[n.author_id], n.written_at.astimezone(zone).date(), n.text) for n in notes)


def own_note(db: Db, document: Document, me_id: UUID) -> str:
    """Return what the writer noted before the session, for their eyes alone."""
    if document.session_id is None:
        return ""
    note = queries.find_preparation(db, session_id=document.session_id, author_id=me_id)
    return "".join(answer.text for answer in queries.list_answers(db, note)) if note else ""
