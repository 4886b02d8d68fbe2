"""The doors: every access_… fetches a record and checks that this person may see it, or raises a sentence.

The default is deny (privacy.md, Roles and records). Opening another person's text leaves an audit row in the same
transaction; if that cannot be written, the text is not shown.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlmodel import Session as Db

from bot.actions.catalogue import programme_of
from bot.actions.documents_people import Place, place_of, roles_of
from bot.actions.facts import Known, know
from bot.actions.training_plan import Plans
from bot.errors import NotAllowed, NotFound, NotOnTheList, SetUpUnfinished
from bot.programmes.cards import Form, Part
from bot.rules.forms import all_writers, is_joint, shown_parts
from bot.rules.permissions import OWN_EYES, Asking, Purpose, may_open
from bot.rules.working_days import local_date
from bot.values import Seat, Who
from storage import audit
from storage.queries import documents as document_queries
from storage.queries import enrolments as enrolment_queries
from storage.queries import people as people_queries
from storage.queries import sessions as session_queries
from storage.queries import together as together_queries
from storage.queries import training as training_queries
from storage.tables.meetings import Session
from storage.tables.people import Person
from storage.tables.programmes import Enrolment, ProgrammeSettings
from storage.tables.progress import TrainingRecord
from storage.tables.written import Document

LEADS_NEEDED = 2  # privacy.md, Doors: leads come from the people list, always two


def access_workspace(db: Db, *, slack_id: str, now: datetime) -> Who:
    """Let somebody in by their Slack account. Raises NotOnTheList, or SetUpUnfinished until there are two leads."""
    today = now.date()
    comer = people_queries.find_at_the_door(db, slack_id=slack_id, on=today)
    if comer is None or has_left(comer, now):
        raise NotOnTheList
    if comer.leads < LEADS_NEEDED:
        leads = people_queries.list_role_holders(db, role=people_queries.LEAD, on=today)
        raise SetUpUnfinished(tuple(lead.name for lead in leads))
    return Who(comer.id, slack_id, comer.name, comer.zone, comer.is_lead)


def access_enrolment(db: Db, *, me: Who, enrolment_id: UUID, now: datetime) -> tuple[Known, Seat]:
    """Let somebody see a participant's programme, and say from which seat. Raises NotFound or NotAllowed.

    A mentor who is the line manager too sits as mentor: the agreement says what that means.
    """
    enrolment = db.get(Enrolment, enrolment_id)
    if enrolment is None:
        raise NotFound("programme")
    known = know(db, enrolment, now=now)
    return known, _seat_at(known, me)


def _seat_at(known: Known, me: Who) -> Seat:
    if me.id == known.person.id:
        return Seat.OWN
    mine = {role for role, people in known.roles.items() if me.id in people}
    if mine & {role for card in known.programme.checklist.values() for role in card.signed_by}:
        return Seat.SIGNER
    if mine or me.is_lead:
        return Seat.STATUS
    raise NotAllowed


def has_left(person: Person | people_queries.AtTheDoor, now: datetime) -> bool:
    """Say whether somebody's last day is over where they are."""
    return person.leaves_on is not None and person.leaves_on < now.astimezone(ZoneInfo(person.zone)).date()


# ---- setting up, pairs, working time ----


def access_time_of(db: Db, *, me: Who, person_id: UUID, now: datetime) -> Person:
    """Let somebody see and enter working time: their own, or that of one they manage, support or lead."""
    person = db.get(Person, person_id)
    if person is None or has_left(person, now):
        raise NotAllowed
    if me.id in (person.id, person.line_manager_id) or me.is_lead or _supports(db, me, person, now):
        return person
    raise NotAllowed


def access_programme(db: Db, *, me: Who, programme: str, now: datetime) -> ProgrammeSettings:
    """Let a programme's lead set it up. Raises NotFound for one that is not running here."""
    settings = db.get(ProgrammeSettings, programme)
    if settings is None:
        raise NotFound("programme")
    leads = people_queries.list_role_holders(db, role=people_queries.LEAD, on=now.date(), programme=programme)
    if me.id not in {lead.id for lead in leads}:
        raise NotAllowed
    return settings


def access_place(db: Db, *, me: Who, enrolment_id: UUID, now: datetime) -> Enrolment:
    """Let a programme's lead change who is on it and with whom."""
    enrolment = db.get(Enrolment, enrolment_id)
    if enrolment is None:
        raise NotFound("place on the programme")
    access_programme(db, me=me, programme=enrolment.programme, now=now)
    return enrolment


def _supports(db: Db, me: Who, person: Person, now: datetime) -> bool:
    supported = enrolment_queries.list_supported(db, person_id=me.id, on=now.date())
    return any(relationship.about_id == person.id for relationship in supported)


# ---- sessions ----


def access_session(db: Db, *, me: Who, session_id: UUID, now: datetime) -> Session:
    """Let in whoever a session is about or led by, or who stands in its pair today. Raises NotFound or NotAllowed.

    What is seen is its date and state; what was written about it has a door of its own.
    """
    session = session_queries.find_session(db, session_id)
    if session is None:
        raise NotFound("meeting")
    if me.id in (session.about_id, session.led_by_id) or _roles_in_pair(db, me, session, now):
        return session
    raise NotAllowed


def access_session_led(db: Db, *, me: Who, session_id: UUID, now: datetime) -> Session:
    """Let in whoever leads a session: who was to, or another of its pair in the role that leads (co-mentor, cover)."""
    session = access_session(db, me=me, session_id=session_id, now=now)
    card = programme_of(db, session.version_id).session[session.kind]
    if me.id == session.led_by_id or card.led_by in _roles_in_pair(db, me, session, now):
        return session
    raise NotAllowed


def _roles_in_pair(db: Db, me: Who, session: Session, now: datetime) -> set[str]:
    if session.relationship_id is None:
        return set()
    today = local_date(now, me.zone)
    members = together_queries.list_members(db, relationship_ids=[session.relationship_id], on=today)
    return {member.role for member in members if member.person_id == me.id}


# ---- everything written ----


@dataclass(frozen=True)
class Opened:
    """A document that somebody may open, with the cards and people it is read with."""

    document: Document
    known: Known
    place: Place
    form: Form
    parts: dict[str, Part]
    roles: tuple[str, ...]  # of whoever opened it
    asking: Asking

    def lets(self, purpose: Purpose) -> bool:
        """Say whether whoever opened it might have opened it for another purpose too."""
        return may_open(self.asking, purpose)

    @property
    def everybody_signs(self) -> bool:
        """Whether all in a role must sign, as both mentors of a pair do, or one of them is enough."""
        return self.document.relationship_id is not None


def access_document(db: Db, *, me: Who, document_id: UUID, now: datetime, purpose: Purpose) -> Opened:
    """Let somebody open something written, for one purpose. Raises NotAllowed, or NotFound when it is gone.

    Reading what is not one's own draft leaves an audit row: open it in a writing transaction (privacy.md).
    """
    opened = find_document(db, me=me, document_id=document_id, now=now)
    if opened is None:
        raise NotFound("document")
    return let_open(db, opened, me=me, now=now, purpose=purpose)


def let_open(db: Db, opened: Opened, *, me: Who, now: datetime, purpose: Purpose) -> Opened:
    """Let somebody open, for one purpose, what was found for them just before. Raises NotAllowed."""
    if not opened.lets(purpose):
        raise NotAllowed
    document = opened.document
    if document.state != "draft" or document.author_id != me.id:
        thing = f"document:{document.id}"
        audit.note(db, at=now, actor_id=me.id, verb=str(purpose), thing=thing, about_id=document.owner_id)
    return opened


def find_document(db: Db, *, me: Who, document_id: UUID, now: datetime) -> Opened | None:
    """Return a document beside what this person might open it for; opens no text and lets nobody in."""
    document = document_queries.find_document(db, document_id)
    if document is None or document.enrolment_id is None:
        return None
    known = know(db, enrolment_queries.get_enrolment(db, document.enrolment_id), now=now)
    return _opened(known, document, me)


def may_open_document(db: Db, *, me: Who, document_id: UUID, now: datetime, purpose: Purpose) -> bool:
    """Say whether somebody may open a document, for a list or a choice between versions."""
    opened = find_document(db, me=me, document_id=document_id, now=now)
    return opened is not None and opened.lets(purpose)


def _opened(known: Known, document: Document, me: Who) -> Opened:
    programme = programme_of(known.db, document.version_id)
    form = programme.form[document.form]
    parts = shown_parts(programme.part.get(document.form, {}), document.level)
    place = place_of(known.db, document)
    roles = roles_of(known, place, form, parts, me.id)
    if document.author_id != me.id and not is_joint(form):  # a co-mentor does not write in another mentor's record
        authors = roles_of(known, place, form, parts, document.author_id)
        roles = tuple(role for role in roles if role not in authors)
    asking = _asking(known.db, document, me, form, roles, all_writers(form, parts))
    return Opened(document, known, place, form, parts, roles, asking)


def _asking(
    db: Db, document: Document, me: Who, form: Form, roles: tuple[str, ...], writers: tuple[str, ...]
) -> Asking:
    standing = document_queries.standing_of(db, document_id=document.id, person_id=me.id)
    return Asking(
        kind=document.kind,
        audience=form.audience,
        state=document.state,
        is_author=document.author_id == me.id,
        is_party=standing.is_party,
        is_shared_with=standing.is_shared_with,
        roles=roles,
        writers=writers,
        is_joint=is_joint(form),
    )


def access_reflection(db: Db, *, me: Who, document_id: UUID, now: datetime, purpose: Purpose) -> Document:
    """Let the writer of a reflection or private note open it, and read it whoever they share it with.

    Raises NotAllowed alike for what is not theirs and what is not there: whether somebody writes is nobody's business.
    """
    document = document_queries.find_document(db, document_id)
    if document is None or document.kind not in OWN_EYES:
        raise NotAllowed
    shared = document_queries.find_share(db, document_id=document.id, person_id=me.id) is not None
    is_author = document.author_id == me.id
    if not may_open(Asking(document.kind, "writer", document.state, is_author, False, shared, (), ()), purpose):
        raise NotAllowed
    if not is_author:
        audit.note(db, at=now, actor_id=me.id, verb="read", thing=f"document:{document.id}", about_id=document.owner_id)
    return document


# ---- training ----


def access_training(db: Db, *, me: Who, person_id: UUID, now: datetime) -> Person:
    """Let somebody see where training stands: their own, or that of one they manage, support or lead.

    What they see is what was done and by when the rest is due; notes of certificates have a door of their own.
    """
    person = db.get(Person, person_id)
    if person is None or has_left(person, now):
        raise NotAllowed
    managed = training_queries.list_managed(db, person_id=me.id, on=local_date(now, person.zone))
    if me.id == person.id or me.is_lead or person in managed or _supports(db, me, person, now):
        return person
    raise NotAllowed


def access_training_check(db: Db, *, me: Who, record_id: UUID, now: datetime) -> TrainingRecord:
    """Let in whoever may verify a completion that stands; nobody verifies their own. Raises NotFound or NotAllowed."""
    record = training_queries.find_training(db, record_id)
    if record is None:
        raise NotFound("training record")
    if me.id not in Plans(db, now).checkers(record):
        raise NotAllowed
    return record
