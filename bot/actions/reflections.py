"""Reflections: a private draft, saved page by page; sharing it is a second act; it is its writer's to take back.

Whether, when and how often somebody writes is seen by nobody else (privacy.md, Reflections). No ladder, no status.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from sqlmodel import Session as Db

from bot.access import access_reflection
from bot.actions import documents_locking as locking
from bot.actions import settle
from bot.actions.catalogue import programme_of
from bot.actions.documents import Left
from bot.actions.documents_people import names_of
from bot.actions.duties import access_own_duty
from bot.errors import NoMentorToShareWith, NoReflectionForms, NotAllowed, NothingChosen, TooLong
from bot.programmes.cards import Form, Part
from bot.rules import anonymity, forms, reflecting
from bot.rules.forms import Entry, Said
from bot.rules.permissions import Purpose
from bot.rules.reflecting import ReflectionLine, ReflectionPage, Reflections, Sharing, Way
from bot.rules.working_days import local_date
from bot.rules.written import Head, NoteLine, Writing
from bot.values import PersonLine, Ref, Who
from storage import audit
from storage.queries import documents as queries
from storage.queries import people as people_queries
from storage.queries import together as together_queries
from storage.tables.programmes import Enrolment
from storage.tables.together import Membership, Relationship
from storage.tables.written import Document

KIND = "reflection"
UNFINISHED, WRITTEN = "draft", "written"  # private both: gone through to the end or not
BEGINS = 70  # characters of the first words in a list


# ---- which ways there are --------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Offer:
    """One way to reflect, and the programme version it comes from."""

    version_id: UUID
    enrolment_id: UUID | None
    way: Way


def list_ways(db: Db, *, me: Who, now: datetime) -> tuple[Way, ...]:
    """Return the ways to reflect that somebody's programmes offer, the one they are invited to first."""
    return tuple(offer.way for offer in _offers(db, me, now))


def _offers(db: Db, me: Who, now: datetime) -> list[_Offer]:
    """Return what is offered by the programmes somebody is on, else by those they support others in."""
    places: list[tuple[UUID, UUID | None]] = [
        (enrolment.version_id, enrolment.id) for enrolment in together_queries.list_enrolments(db, person_id=me.id)
    ]
    for membership in together_queries.list_memberships_of(db, person_id=me.id, on=now.date()):
        relationship = db.get(Relationship, membership.relationship_id)
        if relationship and not any(version_id == relationship.version_id for version_id, _ in places):
            places.append((relationship.version_id, None))
    found: dict[str, _Offer] = {}
    for version_id, enrolment_id in places:
        for name, card in _reflections_of(db, version_id):
            found.setdefault(name, _Offer(version_id, enrolment_id, Way(name, card.title, card.help)))
    return list(found.values())


def _reflections_of(db: Db, version_id: UUID) -> list[tuple[str, Form]]:
    cards = [(name, card) for name, card in programme_of(db, version_id).form.items() if card.kind == KIND]
    return sorted(cards, key=lambda each: each[1].when is None)


# ---- writing ---------------------------------------------------------------------------------------------------------


def begin(db: Db, *, me: Who, form: str, now: datetime) -> Writing:
    """Begin a reflection, or go on with one of this kind that was not gone through to its end.

    `form` empty: the way the programme invites to. Raises NoReflectionForms where there is none.
    """
    offer = next((each for each in _offers(db, me, now) if form in ("", each.way.form)), None)
    if offer is None:
        raise NoReflectionForms
    drafts = queries.list_by_author(db, author_id=me.id, kinds=(KIND,))
    document = next((d for d in drafts if d.form == offer.way.form and d.state == UNFINISHED), None)
    if document is None:
        document = queries.add_document(
            db,
            form=offer.way.form,
            kind=KIND,
            version_id=offer.version_id,
            enrolment_id=offer.enrolment_id,
            owner_id=me.id,
            author_id=me.id,
            started_at=now,
        )
        if document.enrolment_id:
            settle.settle_enrolment(db, document.enrolment_id, now=now)
    return _writing(db, document, me, now)


def begin_invited(db: Db, *, me: Who, ref: Ref, now: datetime) -> Writing:
    """Begin what a digest invites to."""
    item = access_own_duty(db, me=me, ref=ref, now=now)
    return begin(db, me=me, form=item.rule.partition("#")[0].removeprefix("form."), now=now)


def open_to_write(db: Db, *, me: Who, document_id: UUID, now: datetime, part: str = "") -> Writing:
    """Open one's own reflection where writing was left."""
    document = access_reflection(db, me=me, document_id=document_id, now=now, purpose=Purpose.WRITE)
    return _writing(db, document, me, now, part=part)


def _writing(db: Db, document: Document, me: Who, now: datetime, *, part: str = "") -> Writing:
    form = programme_of(db, document.version_id).form[document.form]
    pages = forms.writing_pages(_entries(db, document), one_by_one=True)
    return Writing(
        head=Head(Ref("document", document.id, document.version), form.title, KIND, me.name, (), help=form.help),
        page=forms.page_holding(pages, part or document.page),
        today=local_date(now, me.zone),
    )


def save_page(db: Db, *, me: Who, left: Left, now: datetime) -> Document:
    """Save a page of one's own reflection."""
    document = access_reflection(db, me=me, document_id=left.document_id, now=now, purpose=Purpose.WRITE)
    parts = _parts(db, document)
    for typed in left.typed:
        if typed.part in parts:
            text = typed.now.rstrip()
            if len(text) > forms.ANSWER_MOST:
                raise TooLong(forms.ANSWER_MOST).under(typed.part)
            queries.put_answer(db, document, part=typed.part, writer="", author_id=me.id, text=text)
    document.page = left.start
    db.add(document)
    db.flush()
    return document


def turn_page(db: Db, *, me: Who, left: Left, now: datetime) -> Writing | ReflectionPage:
    """Save a page and show the next; after the last, the whole of it, still private."""
    document = save_page(db, me=me, left=left, now=now)
    pages = forms.writing_pages(_entries(db, document), one_by_one=True)
    following = forms.page_after(pages, left.start)
    if following:
        document.page = following.start
        return _writing(db, document, me, now)
    document.state, document.page = WRITTEN, ""
    if document.enrolment_id:
        settle.settle_enrolment(db, document.enrolment_id, now=now)
    return _page(db, document, me, now)


def turn_back(db: Db, *, me: Who, left: Left, now: datetime) -> Writing:
    """Save a page and show the one before."""
    document = save_page(db, me=me, left=left, now=now)
    pages = forms.writing_pages(_entries(db, document), one_by_one=True)
    return _writing(db, document, me, now, part=forms.page_beside(pages, left.start, -1).start)


def add_field(db: Db, *, me: Who, left: Left, part: str, shown: int, now: datetime) -> Writing:
    """Save a page and give its question another field."""
    document = save_page(db, me=me, left=left, now=now)
    screen = _writing(db, document, me, now, part=part)
    return replace(screen, fields={part: min(shown + 1, forms.FIELDS_MOST)})


def _parts(db: Db, document: Document) -> dict[str, Part]:
    return dict(programme_of(db, document.version_id).part.get(document.form, {}))


def _entries(db: Db, document: Document) -> tuple[Entry, ...]:
    answers = {answer.part: answer.text for answer in queries.list_answers(db, document)}
    return tuple(_entry(name, part, answers.get(name, "")) for name, part in _parts(db, document).items())


def _entry(name: str, part: Part, text: str) -> Entry:
    """Nothing in a reflection must be answered."""
    said = (Said("", text),) if text else ()
    return Entry(
        name, part.type, text=part.text, asks=part.asks, help=part.help, choices=part.choices, is_optional=True,
        is_mine=True, answer=text, said=said,
    )  # fmt: skip


# ---- reading ---------------------------------------------------------------------------------------------------------


def list_reflections(db: Db, *, me: Who, now: datetime) -> Reflections:
    """Return one's own reflections, newest first, and what others share with oneself."""
    mine = tuple(_line(db, d, me) for d in queries.list_by_author(db, author_id=me.id, kinds=(KIND,), at_most=20))
    shared = tuple(
        _line(db, d, me) for d in queries.list_shared_with(db, person_id=me.id, at_most=20) if d.kind == KIND
    )
    return Reflections(mine, shared, list_ways(db, me=me, now=now), local_date(now, me.zone))


def _line(db: Db, document: Document, me: Who) -> ReflectionLine:
    """Return one line; the first words of another's are not opened for a list."""
    is_mine = document.author_id == me.id
    assert document.started_at is not None
    names = _shared_with(db, document)
    first = next(iter(queries.list_answers(db, document)), None) if is_mine else None
    return ReflectionLine(
        ref=Ref("document", document.id, document.version),
        title=programme_of(db, document.version_id).form[document.form].title,
        on=local_date(document.started_at, me.zone),
        begins=first.text[:BEGINS] if first else "",
        is_unfinished=document.state == UNFINISHED,
        shared_with=tuple(names.values()) if is_mine else (),
        by="" if is_mine else names_of(db, [document.author_id])[document.author_id],
    )


def open_reflection(db: Db, *, me: Who, document_id: UUID, now: datetime) -> Writing | ReflectionPage:
    """Open a reflection from a list: one's own that is not finished to go on with, anything else to read."""
    document = access_reflection(db, me=me, document_id=document_id, now=now, purpose=Purpose.READ)
    if document.author_id == me.id and document.state == UNFINISHED:
        return _writing(db, document, me, now)
    return _page(db, document, me, now)


def read(db: Db, *, me: Who, document_id: UUID, now: datetime) -> ReflectionPage:
    """Open a reflection to read: one's own, or one that is shared with oneself now (that leaves an audit row)."""
    document = access_reflection(db, me=me, document_id=document_id, now=now, purpose=Purpose.READ)
    return _page(db, document, me, now)


def _page(db: Db, document: Document, me: Who, now: datetime) -> ReflectionPage:
    is_mine = document.author_id == me.id
    notes = [note for note in queries.list_notes(db, document) if note.kind == "comment"]
    names = names_of(db, [document.author_id, *(note.author_id for note in notes)])
    assert document.started_at is not None
    return ReflectionPage(
        ref=Ref("document", document.id, document.version),
        title=programme_of(db, document.version_id).form[document.form].title,
        by=names[document.author_id],
        is_mine=is_mine,
        on=local_date(document.started_at, me.zone),
        today=local_date(now, me.zone),
        entries=_entries(db, document),
        comments=tuple(
            NoteLine("comment", names[n.author_id], local_date(n.written_at, me.zone), n.text)
            for n in notes
            if is_mine or n.author_id == me.id
        ),
        shared_with=tuple(_shared_with(db, document).values()) if is_mine else (),
        may_share_with=_may_share_with(db, me, now) if is_mine else (),
    )


def _shared_with(db: Db, document: Document) -> dict[UUID, str]:
    return names_of(db, [s.person_id for s in queries.list_shares(db, document_id=document.id) if s.person_id])


# ---- sharing ---------------------------------------------------------------------------------------------------------


def look_before_sharing(db: Db, *, me: Who, document_id: UUID, now: datetime) -> Sharing:
    """Say with whom a reflection may be shared, and which of its words might point to a person."""
    document = access_reflection(db, me=me, document_id=document_id, now=now, purpose=Purpose.MANAGE)
    people = _may_share_with(db, me, now)
    if not people:
        raise NoMentorToShareWith
    places = [team.name for team in people_queries.list_teams(db)]
    pointed_at = tuple(
        reflecting.in_context(answer.text, found)
        for answer in queries.list_answers(db, document)
        for found in anonymity.clues(answer.text, places=places)
    )
    title = programme_of(db, document.version_id).form[document.form].title
    return Sharing(Ref("document", document.id, document.version), title, people, pointed_at)


def share(db: Db, *, me: Who, document_id: UUID, with_ids: tuple[UUID, ...], now: datetime) -> ReflectionPage:
    """Share a reflection with mentors of one's own, until it is taken back."""
    document = access_reflection(db, me=me, document_id=document_id, now=now, purpose=Purpose.MANAGE)
    if not with_ids:
        raise NothingChosen().under("with")
    if not set(with_ids) <= reflecting.ids_of(_may_share_with(db, me, now)):
        raise NotAllowed
    for person_id in with_ids:
        queries.add_share(db, document_id=document.id, person_id=person_id, now=now)
        locking.point_to(db, document, says="shared", to_id=person_id, now=now)
    _note(db, me, "share", document, now)
    return _page(db, document, me, now)


def take_back(db: Db, *, me: Who, document_id: UUID, now: datetime) -> ReflectionPage:
    """Take back what was shared: from this moment nobody else can open it."""
    document = access_reflection(db, me=me, document_id=document_id, now=now, purpose=Purpose.MANAGE)
    for each in queries.list_shares(db, document_id=document.id):
        if each.kind == "shared":
            each.ended_at = now
            db.add(each)
    db.flush()
    _note(db, me, "take back", document, now)
    return _page(db, document, me, now)


def comment(db: Db, *, me: Who, document_id: UUID, text: str, now: datetime) -> ReflectionPage:
    """Comment on what is shared with oneself; the writer is pointed to it."""
    document = access_reflection(db, me=me, document_id=document_id, now=now, purpose=Purpose.READ)
    queries.add_note(db, document, kind="comment", author_id=me.id, text=text, now=now)
    if document.author_id != me.id:
        locking.point_to(db, document, says="comment", to_id=document.author_id, now=now)
    return _page(db, document, me, now)


def delete(db: Db, *, me: Who, document_id: UUID, now: datetime) -> None:
    """Delete one's own reflection at once, with what others wrote beside it."""
    document = access_reflection(db, me=me, document_id=document_id, now=now, purpose=Purpose.MANAGE)
    enrolment_id = document.enrolment_id
    _note(db, me, "delete", document, now)
    queries.delete_document(db, document)
    if enrolment_id:
        settle.settle_enrolment(db, enrolment_id, now=now)


def _may_share_with(db: Db, me: Who, now: datetime) -> tuple[PersonLine, ...]:
    """Return who supports somebody in their programmes; never their line manager (privacy.md, Roles and records)."""
    enrolments = together_queries.list_enrolments(db, person_id=me.id)
    manager = people_queries.get_person(db, me.id).line_manager_id
    found = dict.fromkeys(
        member.person_id
        for enrolment in enrolments
        for member in _supporters(db, enrolment, now)
        if member.person_id not in (me.id, manager)
    )
    names = names_of(db, list(found))
    return tuple(PersonLine(person_id, names[person_id]) for person_id in found)


def _supporters(db: Db, enrolment: Enrolment, now: datetime) -> list[Membership]:
    helped = [
        relationship.id
        for relationship in together_queries.list_relationships(db, enrolment_id=enrolment.id)
        if relationship.about_id == enrolment.person_id
    ]
    return list(together_queries.list_members(db, relationship_ids=helped, on=now.date()))


def _note(db: Db, me: Who, verb: str, document: Document, now: datetime) -> None:
    audit.note(db, at=now, actor_id=me.id, verb=verb, thing=f"document:{document.id}", about_id=document.owner_id)
