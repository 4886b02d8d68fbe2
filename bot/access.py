"""The doors: every access_… fetches a record and checks that this person may see it, or raises a sentence.

The default is deny (privacy.md, Roles and records). Opening another person's text leaves an audit row in the same
transaction; if that cannot be written, the text is not shown.
"""

from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlmodel import Session as Db

from bot.actions.facts import Known, know
from bot.errors import NotAllowed, NotFound, NotOnTheList, SetUpUnfinished
from bot.values import Seat, Who
from storage.queries import enrolments as enrolment_queries
from storage.queries import people as people_queries
from storage.tables.people import Person
from storage.tables.programmes import Enrolment, ProgrammeSettings

LEADS_NEEDED = 2  # privacy.md, Doors: leads come from the people list, always two


def access_workspace(db: Db, *, slack_id: str, now: datetime) -> Who:
    """Let somebody in by their Slack account. Raises NotOnTheList, or SetUpUnfinished until there are two leads."""
    person = people_queries.find_person_by_slack_id(db, slack_id)
    if person is None or has_left(person, now):
        raise NotOnTheList
    today = now.date()
    leads = people_queries.list_role_holders(db, role=people_queries.LEAD, on=today)
    if len(leads) < LEADS_NEEDED:
        raise SetUpUnfinished(tuple(lead.name for lead in leads))
    is_lead = any(lead.id == person.id for lead in leads)
    return Who(person.id, slack_id, person.name, person.zone, is_lead)


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


def has_left(person: Person, now: datetime) -> bool:
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
