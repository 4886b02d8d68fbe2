"""Signing, taking note, asking for changes, and what was signed or kept on paper.

Nobody signs without having opened the full text at that version, and nothing is ever signed by a clock.
"""

from datetime import date, datetime, time
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlmodel import Session as Db

from bot.access import Opened, access_document, access_place
from bot.actions import documents as writing
from bot.actions import documents_locking as locking
from bot.actions import documents_screens as screens
from bot.actions import settle
from bot.actions.documents import Wanted
from bot.errors import DayToCome, NotFound, NotOpenedYet, NotYourTurn, SomebodyWasFirst
from bot.rules import signing
from bot.rules.permissions import Purpose
from bot.rules.written import Reading, WaitingFor
from bot.values import Who
from storage import audit
from storage.queries import documents as queries
from storage.queries import people as people_queries
from storage.queries import together as together_queries


def sign(db: Db, *, me: Who, document_id: UUID, workspace_id: str, now: datetime) -> Reading:
    """Sign what went out, in every role that is this person's to sign in now.

    Raises NotOpenedYet, NotYourTurn, or ContentChanged when the text is not what went out.
    """
    opened = access_document(db, me=me, document_id=document_id, now=now, purpose=Purpose.SIGN)
    roles = _roles_to_sign(db, opened, me.id)
    opened_at = queries.find_opened_at(db, document=opened.document, person_id=me.id)
    if opened_at is None:
        raise NotOpenedYet
    locking.refuse_if_changed(db, opened, screens.standing_on(db, opened.document))
    for role in roles:
        queries.add_signature(
            db,
            opened.document,
            person_id=me.id,
            role=role,
            printed_name=_printed_name(db, opened, me.id),
            meaning=signing.SIGNED,
            opened_at=opened_at,
            signed_at=now,
            workspace_id=workspace_id,
            slack_id=me.slack_id,
        )
    _in_force_when_complete(db, opened, now)
    return _shown_again(db, opened, me, now)


def acknowledge(db: Db, *, me: Who, document_id: UUID, workspace_id: str, now: datetime) -> Reading:
    """Say that something in force was read. Raises NotYourTurn for who is not asked to."""
    opened = access_document(db, me=me, document_id=document_id, now=now, purpose=Purpose.SIGN)
    parties, given = screens.standing_on(db, opened.document), screens.given_on(db, opened.document)
    roles = signing.may_acknowledge_as(parties, given, me.id) if opened.document.state == "locked" else ()
    if not roles:
        raise NotYourTurn
    for role in roles:
        queries.add_signature(
            db,
            opened.document,
            person_id=me.id,
            role=role,
            printed_name=_printed_name(db, opened, me.id),
            meaning=signing.ACKNOWLEDGED,
            opened_at=queries.find_opened_at(db, document=opened.document, person_id=me.id),
            signed_at=now,
            workspace_id=workspace_id,
            slack_id=me.slack_id,
        )
    return _shown_again(db, opened, me, now)


def ask_for_changes(db: Db, *, me: Who, document_id: UUID, reason: str, now: datetime) -> Reading:
    """Send a document back to its author with a reason, in place of signing it."""
    opened = access_document(db, me=me, document_id=document_id, now=now, purpose=Purpose.SIGN)
    _roles_to_sign(db, opened, me.id)
    queries.add_note(db, opened.document, kind="returned", author_id=me.id, text=reason, now=now)
    if not queries.mark_document(db, opened.document, state="returned", returned_at=now):
        raise writing.changed(db, me, opened)
    return _shown_again(db, opened, me, now)


def add_addendum(db: Db, *, me: Who, document_id: UUID, text: str, now: datetime) -> Reading:
    """Add to what is locked, beside it: the record itself never changes."""
    opened = access_document(db, me=me, document_id=document_id, now=now, purpose=Purpose.READ)
    if opened.document.state != "locked":
        raise writing.changed(db, me, opened)
    queries.add_note(db, opened.document, kind="addendum", author_id=me.id, text=text, now=now)
    for party in {p.person_id for p in screens.standing_on(db, opened.document)} - {me.id}:
        locking.point_to(db, opened.document, says="addendum", to_id=party, now=now)
    return _shown_again(db, opened, me, now, verb="add to")


# ---- paper, and records kept elsewhere -------------------------------------------------------------------------------


def sign_on_paper(
    db: Db, *, me: Who, document_id: UUID, signer_id: UUID, on: date, printed_name: str, seen_by: str, now: datetime
) -> Reading:
    """Enter that somebody signed this version on paper: another party says when, under which name and who saw it."""
    opened = access_document(db, me=me, document_id=document_id, now=now, purpose=Purpose.SIGN)
    if on > opened.known.today:
        raise DayToCome().under("signed_on")
    roles = _roles_to_sign(db, opened, signer_id)
    if signer_id == me.id:
        raise NotYourTurn
    _add_on_paper(db, opened, me, signer_id, roles, on, printed_name, seen_by, now)
    _in_force_when_complete(db, opened, now)
    return _shown_again(db, opened, me, now)


def list_who_may_sign_on_paper(db: Db, *, me: Who, document_id: UUID, now: datetime) -> tuple[WaitingFor, ...]:
    """Return whose signature on paper another party may enter: anybody's that is waited for but their own."""
    opened = access_document(db, me=me, document_id=document_id, now=now, purpose=Purpose.SIGN)
    parties, given = screens.standing_on(db, opened.document), screens.given_on(db, opened.document)
    return tuple(w for w in screens.waiting_for(opened, parties, given) if w.person_id != me.id)


def _add_on_paper(
    db: Db,
    opened: Opened,
    me: Who,
    signer_id: UUID,
    roles: tuple[str, ...],
    on: date,
    printed_name: str,
    seen_by: str,
    now: datetime,
) -> None:
    for role in roles:
        queries.add_signature(
            db,
            opened.document,
            person_id=signer_id,
            role=role,
            printed_name=printed_name,
            meaning=signing.ON_PAPER,
            signed_at=now,
            paper_on=on,
            entered_by_id=me.id,
            seen_by=seen_by,
        )


def enter_paper_agreement(
    db: Db, *, me: Who, relationship_id: UUID, signed_on: date, seen_by: str, now: datetime
) -> None:
    """Enter an agreement that a pair signed on paper before: it is in force from its own date, with no text here.

    One of the pair enters it, or the programme's lead for them.
    """
    wanted = writing.wanted_agreement(db, relationship_id=relationship_id)
    author = _who_enters(db, me, wanted, now)
    opened = _begin_elsewhere(db, author, wanted, signed_on, now)
    parties = screens.standing_on(db, opened.document)
    for party in (p for p in parties if p.does == signing.SIGN):
        _add_on_paper(db, opened, me, party.person_id, (party.role,), signed_on, party.name, seen_by, now)
    locking.lock(db, opened, now=now, on=signed_on)
    _note_and_settle(db, opened, me, now, "enter paper")


def _who_enters(db: Db, me: Who, wanted: Wanted, now: datetime) -> Who:
    """Return the one of the pair in whose place a lead enters it; anybody else stands for themself."""
    members = together_queries.list_members(
        db, relationship_ids=[wanted.relationship_id] if wanted.relationship_id else [], on=now.date()
    )
    if not me.is_lead or any(member.person_id == me.id for member in members):
        return me
    access_place(db, me=me, enrolment_id=wanted.enrolment_id, now=now)
    if not members:
        raise NotFound("pair")
    person = people_queries.get_person(db, members[-1].person_id)
    return Who(person.id, person.slack_id or "", person.name, person.zone)


def record_kept_elsewhere(db: Db, *, me: Who, session_id: UUID, shared_on: date, now: datetime) -> Reading:
    """Enter that a session's record is kept elsewhere and was shared on a day; the other says whether they have it."""
    opened = _begin_elsewhere(db, me, writing.wanted_record(db, session_id=session_id), shared_on, now)
    return _shown_again(db, opened, me, now, verb="share")


def _begin_elsewhere(db: Db, me: Who, wanted: Wanted, on: date, now: datetime) -> Opened:
    found = writing.find_wanted(db, me, wanted)
    if found and found.state != "draft":
        raise SomebodyWasFirst("it")
    if found is None:
        found = writing.begin(db, me=me, wanted=wanted, now=now)
    opened = access_document(db, me=me, document_id=found.id, now=now, purpose=Purpose.MANAGE)
    if on > opened.known.today:
        raise DayToCome().under("shared_on")
    opened.document.kept_elsewhere = True
    writing.goes_out(db, opened, sent_at=_moment_of(opened, on, now), now=now)
    return opened


def _moment_of(opened: Opened, on: date, now: datetime) -> datetime:
    """Return a moment on a day that was told without a time: now when it is today, else noon there."""
    if on == opened.known.today:
        return now
    return datetime.combine(on, time(12), ZoneInfo(opened.known.person.zone))


# ---- shared steps ----------------------------------------------------------------------------------------------------


def _roles_to_sign(db: Db, opened: Opened, person_id: UUID) -> tuple[str, ...]:
    if opened.document.state != "out":
        raise NotYourTurn
    roles = signing.may_sign_as(
        screens.standing_on(db, opened.document),
        screens.given_on(db, opened.document),
        opened.document.content_hash,
        person_id,
        everybody=opened.everybody_signs,
        in_order=opened.form.in_order,
    )
    if not roles:
        raise NotYourTurn
    return roles


def _printed_name(db: Db, opened: Opened, person_id: UUID) -> str:
    return next(p.name for p in screens.standing_on(db, opened.document) if p.person_id == person_id)


def _in_force_when_complete(db: Db, opened: Opened, now: datetime) -> None:
    document = opened.document
    parties, given = screens.standing_on(db, document), screens.given_on(db, document)
    if signing.is_complete(parties, given, document.content_hash, everybody=opened.everybody_signs):
        locking.lock(db, opened, now=now)


def _shown_again(db: Db, opened: Opened, me: Who, now: datetime, *, verb: str = "") -> Reading:
    _note_and_settle(db, opened, me, now, verb)
    again = access_document(db, me=me, document_id=opened.document.id, now=now, purpose=Purpose.READ)
    return screens.reading_screen(db, again, me, at_end=True)  # where it says how things stand


def _note_and_settle(db: Db, opened: Opened, me: Who, now: datetime, verb: str) -> None:
    document = opened.document
    if verb:  # signing and returning were noted at the door
        thing = f"document:{document.id}"
        audit.note(db, at=now, actor_id=me.id, verb=verb, thing=thing, about_id=document.owner_id)
    settle.settle_enrolment(db, opened.known.enrolment.id, now=now)
