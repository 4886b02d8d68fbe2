"""Welcomes: one to each person before go-live, after the lead has read what they say."""

from collections.abc import Iterator
from datetime import date, datetime
from uuid import UUID

from sqlmodel import Session as Db

from bot import access
from bot.actions import mentoring
from bot.actions.catalogue import programme_of
from bot.actions.working_times import working_time_of
from bot.rules.places import Place
from bot.rules.welcoming import ColleagueWelcomeFacts, Preview, Supporter, WelcomeFacts, asked_for, welcome_at
from bot.rules.working_days import local_date
from bot.values import Who
from storage import audit
from storage.queries import deliveries as delivery_queries
from storage.queries import enrolments as enrolment_queries
from storage.queries import people as people_queries
from storage.queries import together as together_queries
from storage.tables.people import Person
from storage.tables.programmes import Enrolment, ProgrammeSettings

WELCOME, COLLEAGUE = "welcome", "welcome_colleague"


def get_preview(db: Db, *, me: Who, programme: str, now: datetime) -> Preview:
    """Return the welcomes as they would go out now. Raises NotAllowed for who does not lead the programme."""
    settings = access.access_programme(db, me=me, programme=programme, now=now)
    waiting = [place for place in _places(db, programme, now) if not place.is_welcomed]
    first = next(iter(waiting), None)
    colleague_id = next(_colleagues(db, programme, now), None)
    return Preview(
        programme=programme,
        title=programme_of(db, settings.version_id).title,
        waiting=sum(place.is_in_slack for place in waiting),
        not_in_slack=sum(not place.is_in_slack for place in waiting),
        participant=find_welcome(db, enrolment_id=first.enrolment_id, by_id=me.id, now=now) if first else None,
        colleague=find_colleague_welcome(db, person_id=colleague_id, programme=programme, by_id=me.id, now=now)
        if colleague_id
        else None,
    )


def send_welcomes(db: Db, *, me: Who, programme: str, now: datetime) -> int:
    """Owe a welcome to everyone on a programme who had none, and to those who stand beside them; return how many.

    Who is not in Slack yet gets theirs on joining. Pressing again reaches only those enrolled since.
    """
    settings = access.access_programme(db, me=me, programme=programme, now=now)
    owed = [row for row in enrolment_queries.list_places(db, programme=programme) if row[0].welcomed_at is None]
    reached = [_welcome(db, e, p, me.id, n, now) for n, (e, p) in enumerate(owed) if p.slack_id]
    colleagues = list(_colleagues(db, programme, now))
    for n, person_id in enumerate(colleagues, start=len(reached)):
        reached.append(_welcome_colleague(db, person_id, settings, me.id, n, now))
    settings.welcomes_sent_at = now
    db.flush()
    audit.note(db, at=now, actor_id=me.id, verb="welcome", thing=f"programme:{programme}")
    return sum(reached)


def welcome_who_joined(db: Db, *, person_id: UUID, now: datetime) -> None:
    """Owe the welcomes that waited for somebody to join Slack, where the others' were sent."""
    person = people_queries.get_person(db, person_id)
    for enrolment in together_queries.list_enrolments(db, person_id=person_id):
        settings = together_queries.find_settings(db, programme=enrolment.programme)
        if settings and settings.welcomes_sent_at and enrolment.welcomed_at is None:
            _welcome(db, enrolment, person, None, 0, now)
    for settings in enrolment_queries.list_settings(db):
        if settings.welcomes_sent_at and person_id in set(_colleagues(db, settings.programme, now)):
            _welcome_colleague(db, person_id, settings, None, 0, now)


def find_welcome(db: Db, *, enrolment_id: UUID, by_id: UUID | None, now: datetime) -> WelcomeFacts | None:
    """Return what somebody's welcome says as things stand; None when their place has ended."""
    rows = enrolment_queries.list_places_of(db, enrolment_ids=[enrolment_id])
    if not rows:
        return None
    enrolment, person = rows[0]
    today = local_date(now, person.zone)
    programme = programme_of(db, enrolment.version_id)
    asks, to_show = asked_for(programme, enrolment.level)
    place = next(mentoring.places_of(db, rows, today))
    settings = together_queries.find_settings(db, programme=enrolment.programme)
    return WelcomeFacts(
        name=person.name,
        by_name=_name(db, by_id, enrolment.programme, today),
        title=programme.title,
        purpose=programme.about.purpose,
        starts_on=enrolment.starts_on,
        ends_on=enrolment.ends_on,
        go_live_on=settings.go_live_on if settings else None,
        today=today,
        supporters=tuple(Supporter(pair.by, line.name) for pair in place.pairs for line in pair.supporters),
        asks=asks,
        to_show=to_show,
    )


def find_colleague_welcome(
    db: Db, *, person_id: UUID, programme: str, by_id: UUID | None, now: datetime
) -> ColleagueWelcomeFacts | None:
    """Return what the welcome of a mentor or line manager says; None when they stand beside nobody any more."""
    person = people_queries.get_person(db, person_id)
    settings = together_queries.find_settings(db, programme=programme)
    if settings is None:
        return None
    today = local_date(now, person.zone)
    places = _places(db, programme, now)
    supports = [p for p in places if any(line.id == person_id for pair in p.pairs for line in pair.supporters)]
    managed = people_queries.list_people(db, ids=[p.person.id for p in places])
    manages = [p for p in places if managed[p.person.id].line_manager_id == person_id and p not in supports]
    if not supports and not manages:
        return None
    found = programme_of(db, settings.version_id)
    return ColleagueWelcomeFacts(
        name=person.name,
        by_name=_name(db, by_id, programme, today),
        title=found.title,
        go_live_on=settings.go_live_on,
        today=today,
        supports=tuple(place.person.name for place in supports),
        manages=tuple(place.person.name for place in manages),
        asks=frozenset().union(*(asked_for(found, level)[0] for level in (*found.level, ""))),
    )


def _places(db: Db, programme: str, now: datetime) -> tuple[Place, ...]:
    rows = enrolment_queries.list_places(db, programme=programme)
    return tuple(mentoring.places_of(db, rows, now.date()))


def _colleagues(db: Db, programme: str, now: datetime) -> Iterator[UUID]:
    """Yield everyone in Slack who supports or manages somebody on a programme, each once."""
    places = _places(db, programme, now)
    enrolled = people_queries.list_people(db, ids=[place.person.id for place in places])
    supporters = (line.id for place in places for pair in place.pairs for line in pair.supporters)
    managers = (person.line_manager_id for person in enrolled.values() if person.line_manager_id)
    ids = tuple(dict.fromkeys([*supporters, *managers]))
    found = people_queries.list_people(db, ids=ids)
    return (person_id for person_id in ids if found[person_id].slack_id)


def _welcome(db: Db, enrolment: Enrolment, person: Person, by_id: UUID | None, place: int, now: datetime) -> bool:
    enrolment.welcomed_at = now
    subject = {"enrolment": str(enrolment.id), "by": str(by_id or "")}
    return _owe(db, WELCOME, f"{WELCOME}:{enrolment.id}", person, subject, place, now)


def _welcome_colleague(
    db: Db, person_id: UUID, settings: ProgrammeSettings, by_id: UUID | None, place: int, now: datetime
) -> bool:
    person = people_queries.get_person(db, person_id)
    subject = {"programme": settings.programme, "by": str(by_id or "")}
    return _owe(db, COLLEAGUE, f"{COLLEAGUE}:{settings.programme}:{person_id}", person, subject, place, now)


def _owe(db: Db, kind: str, said_once: str, person: Person, subject: dict[str, str], place: int, now: datetime) -> bool:
    working = working_time_of(db, person, around=now.date())
    made = delivery_queries.add_delivery(
        db,
        kind=kind,
        said_once=said_once,
        person_id=person.id,
        subject=subject,
        not_before=welcome_at(working, now, place),
        created_at=now,
    )
    return made is not None


def _name(db: Db, person_id: UUID | None, programme: str, on: date) -> str:
    """Return who sends the welcome; one that waited for its reader is from the programme's first lead."""
    if person_id:
        return people_queries.get_person(db, person_id).name
    leads = people_queries.list_role_holders(db, role=people_queries.LEAD, on=on, programme=programme)
    return next((lead.name for lead in leads), "")
