"""Where documents stand: states and days for lists and Home, never their text."""

from datetime import datetime
from uuid import UUID

from sqlmodel import Session as Db

from bot.access import access_place, access_session, find_document
from bot.actions import documents as writing
from bot.actions import documents_screens as screens
from bot.actions.catalogue import programme_of
from bot.actions.documents_people import Place, names_of, people_in
from bot.actions.facts import know
from bot.errors import NotFound
from bot.rules import signing
from bot.rules.permissions import Purpose
from bot.rules.signing import Clock
from bot.rules.working_days import local_date
from bot.rules.written import AgreementState, DocumentLine, Stage
from bot.values import Ref, Who
from storage.queries import documents as queries
from storage.queries import enrolments as enrolment_queries
from storage.tables.meetings import Session
from storage.tables.together import Relationship
from storage.tables.written import Document


def list_documents_of_session(db: Db, me: Who, session_id: UUID, *, now: datetime) -> tuple[DocumentLine, ...]:
    """Return the record of a session, newest version first, and what the asker may do with each. Opens no text."""
    return tuple(_line(db, me, document, now) for document in queries.list_of_session(db, session_id=session_id))


def _line(db: Db, me: Who, document: Document, now: datetime) -> DocumentLine:
    card = programme_of(db, document.version_id).form[document.form]
    signatures = queries.list_signatures(db, document_id=document.id)
    return DocumentLine(
        ref=Ref(screens.DOCUMENT, document.id, document.version),
        form=document.form,
        title=card.title,
        kind=document.kind,
        state=document.state,
        stage=_stage(db, me, document, now),
        shared_on=local_date(document.shared_at, me.zone) if document.shared_at else None,
        in_force_on=document.in_force_on,
        waiting=_waiting(db, document) if document.state == "out" else (),
        clock=record_clock(db, session_id=document.session_id, now=now) if document.session_id else None,
        kept_elsewhere=document.kept_elsewhere,
        on_paper=any(s.meaning == signing.ON_PAPER for s in signatures),
    )


def _stage(db: Db, me: Who, document: Document, now: datetime) -> Stage | None:
    """Say what somebody may do with a document, without opening it for them."""
    opened = find_document(db, me=me, document_id=document.id, now=now)
    purpose = Purpose.WRITE if document.state == "draft" else Purpose.READ
    if opened is None or not opened.lets(purpose):
        return None
    return screens.stage_of(opened, me, screens.standing_on(db, document), screens.given_on(db, document))


def _waiting(db: Db, document: Document) -> tuple[str, ...]:
    parties, given = screens.standing_on(db, document), screens.given_on(db, document)
    everybody = document.relationship_id is not None
    left = signing.still_to_sign(parties, given, document.content_hash, everybody=everybody)
    return tuple(party.name for party in left)


def record_clock(db: Db, *, session_id: UUID, now: datetime) -> Clock | None:
    """Return how long there is to share the record of a session that was held, by the team's nation (001-23).

    None where its kind of meeting has no record with a term, or it was not held.
    """
    session = db.get(Session, session_id)
    if session is None or session.held_on is None or session.enrolment_id is None:
        return None
    programme = programme_of(db, session.version_id)
    card = programme.session.get(session.kind)
    form = programme.form.get(card.record) if card and card.record else None
    if form is None or form.share_within is None:
        return None
    known = know(db, enrolment_queries.get_enrolment(db, session.enrolment_id), now=now)
    record = queries.find_of_session(db, session_id=session_id, form=card.record if card else "")
    shared_on = local_date(record.shared_at, known.person.zone) if record and record.shared_at else None
    return signing.share_clock(session.held_on, form.share_within, known.closed, today=known.today, shared_on=shared_on)


def agreement_state(db: Db, relationship_id: UUID) -> AgreementState:
    """Return where the agreement of a pair stands: states, days and names of who has still to sign. Opens no text."""
    relationship = db.get(Relationship, relationship_id)
    if relationship is None:
        raise NotFound("pair")
    form = writing.agreement_form(db, relationship)
    if not form:
        return AgreementState(relationship_id)
    newest = queries.find_of_relationship(db, relationship_id=relationship_id, form=form)
    title = programme_of(db, relationship.version_id).form[form].title
    if newest is None:
        return AgreementState(relationship_id, form, title)
    in_force = queries.find_in_force(db, series=newest.series)
    signatures = queries.list_signatures(db, document_id=(in_force or newest).id)
    return AgreementState(
        relationship_id,
        form,
        title,
        in_force_on=in_force.in_force_on if in_force else None,
        document=Ref(screens.DOCUMENT, newest.id, newest.version),
        state=newest.state,
        waiting=_waiting(db, newest) if newest.state == "out" else (),
        on_paper=any(s.meaning == signing.ON_PAPER for s in signatures),
    )


def signatories_of_agreement(db: Db, *, me: Who, relationship_id: UUID, now: datetime) -> tuple[str, tuple[str, ...]]:
    """Return the title of a pair's agreement and who signs it, for one of the pair or the programme's lead."""
    wanted = writing.wanted_agreement(db, relationship_id=relationship_id)
    enrolment = enrolment_queries.get_enrolment(db, wanted.enrolment_id)
    known = know(db, enrolment, now=now)
    form = known.programme.form[wanted.form]
    place = Place(relationship_id=relationship_id)
    signers = [p for role in form.signed_by for p in people_in(known, place, role)]
    if me.id not in signers:
        access_place(db, me=me, enrolment_id=enrolment.id, now=now)
    found = names_of(db, signers)
    return form.title, tuple(found[person_id] for person_id in signers)


def session_title(db: Db, *, me: Who, session_id: UUID, now: datetime) -> str:
    """Return the title of a session's kind, for whoever is in it."""
    session = access_session(db, me=me, session_id=session_id, now=now)
    return programme_of(db, session.version_id).session[session.kind].title
