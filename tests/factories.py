"""A small fictional service for tests: two leads, a mentor pair, a mentee on the senior-manager plan."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from sqlmodel import Session as Db

from bot.actions import catalogue, settle
from bot.programmes.loader import built_in
from bot.values import Who
from storage.queries.people import LEAD
from storage.tables.people import Person, RoleHeld, Team
from storage.tables.programmes import Enrolment, ProgrammeSettings
from storage.tables.together import Membership, Relationship

START = date(2026, 12, 1)
NINE = datetime(2026, 12, 1, 9, tzinfo=UTC)


@dataclass(frozen=True)
class Service:
    """Ids of everyone in it."""

    lead: UUID
    second_lead: UUID
    mentor: UUID
    co_mentor: UUID
    manager: UUID
    mentee: UUID
    stranger: UUID  # on the people list, with nothing to do with the others
    enrolment: UUID
    relationship: UUID
    version: UUID


def make_person(db: Db, name: str, **more: Any) -> Person:
    """Add somebody with a Slack account named after them."""
    first = name.split(maxsplit=1)[0]
    person = Person(
        name=name, slack_id=f"U0{first.upper()}", email=f"{first.lower()}@example.org", in_slack="here", **more
    )
    db.add(person)
    db.flush()
    return person


def make_service(db: Db, *, programme: str = "senior-manager", level: str = "manager", agreed: bool = True) -> Service:
    """Add the service; `agreed` says whether the pair's agreement is in force, so that meetings may begin."""
    lead, second_lead = make_person(db, "Lena Lead"), make_person(db, "Leo Lead")
    for person in (lead, second_lead):
        db.add(RoleHeld(person_id=person.id, role=LEAD, from_on=date(2026, 1, 1)))
    manager = make_person(db, "Mona Manager")
    team = Team(name="Willow House", manager_id=manager.id)
    db.add(team)
    db.flush()
    mentor, co_mentor = make_person(db, "Mary Mentor", team_id=team.id), make_person(db, "Colin Comentor")
    mentee = make_person(db, "Asha Mentee", team_id=team.id, line_manager_id=manager.id)
    stranger = make_person(db, "Sam Stranger")
    version = catalogue.keep_version(db, built_in()[programme], now=NINE)
    db.add(ProgrammeSettings(programme=programme, version_id=version, go_live_on=START))
    enrolment = Enrolment(
        person_id=mentee.id,
        programme=programme,
        version_id=version,
        level=level,
        starts_on=START,
        ends_on=date(2027, 3, 1),
    )
    db.add(enrolment)
    db.flush()
    kind = "mentoring" if programme == "senior-manager" else "clinical-supervision"
    pair = make_pair(db, enrolment, kind, (mentor.id, co_mentor.id), agreed=agreed)
    settle.settle_enrolment(db, enrolment.id, now=NINE)
    return Service(
        lead.id,
        second_lead.id,
        mentor.id,
        co_mentor.id,
        manager.id,
        mentee.id,
        stranger.id,
        enrolment.id,
        pair.id,
        version,
    )


def make_pair(
    db: Db, enrolment: Enrolment, kind: str, supporters: tuple[UUID, ...], *, agreed: bool = True
) -> Relationship:
    """Put supporters beside an enrolled person."""
    card = catalogue.programme_of(db, enrolment.version_id).relationship[kind]
    pair = Relationship(
        kind=kind,
        version_id=enrolment.version_id,
        enrolment_id=enrolment.id,
        about_id=enrolment.person_id,
        state="active" if agreed else "waiting",
        agreed_on=enrolment.starts_on if agreed else None,
        began_on=enrolment.starts_on,
    )
    db.add(pair)
    db.flush()
    for person_id, role in ((enrolment.person_id, card.helped), *((s, card.by) for s in supporters)):
        db.add(Membership(relationship_id=pair.id, person_id=person_id, role=role, from_on=enrolment.starts_on))
    db.flush()
    return pair


def who(db: Db, person_id: UUID, *, is_lead: bool = False) -> Who:
    """Return somebody as the doors know them."""
    person = db.get(Person, person_id)
    assert person is not None
    return Who(person.id, person.slack_id or "", person.name, person.zone, is_lead)
