"""What one person's Home shows: what needs them, their own programmes, their people, the programmes they lead."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime
from uuid import UUID

from sqlmodel import Session as Db

from bot.access import access_enrolment
from bot.actions import checklist, mentoring, sessions
from bot.actions.catalogue import programme_of
from bot.actions.duties import list_duties, title_of
from bot.actions.facts import know
from bot.actions.ledger import GROUPS, KEPT_IN_SIGHT
from bot.actions.summaries import is_review
from bot.rules.home import (
    MOST_PEOPLE,
    MOST_PROGRAMMES,
    HomePage,
    LedProgramme,
    OwnProgramme,
    PersonStatus,
    most_in_need_first,
)
from bot.rules.places import Place
from bot.rules.working_days import local_date
from bot.values import Who
from storage.queries import counts
from storage.queries import deliveries as delivery_queries
from storage.queries import enrolments as enrolment_queries
from storage.queries import facts as fact_queries
from storage.queries import sessions as session_queries
from storage.queries import together as together_queries
from storage.tables.programmes import Enrolment, ProgrammeSettings


def get_home(db: Db, *, me: Who, now: datetime) -> HomePage:
    """Return somebody's Home as it stands; of others only what their seat lets them see."""
    today = local_date(now, me.zone)
    names = _names_of_my_people(db, me, today)
    late = counts.count_late(db, enrolment_ids=names, today=today)
    shown = most_in_need_first(late, names)[:MOST_PEOPLE]
    led = tuple(_led(db, settings, today) for settings in mentoring.list_led(db, me=me, now=now))
    return HomePage(
        name=me.name,
        zone=me.zone,
        at=now,
        today=today,
        asked=list_duties(db, person_id=me.id, now=now),
        coming=sessions.overview(db, me=me, now=now).coming,
        programmes=tuple(_own_programmes(db, me, today, now)),
        people=tuple(_people(db, me, shown, late, now)),
        more_people=len(names) - len(shown),
        led=led,
        unsent=_count_unsent(db, now) if led else 0,
    )


# ---- my programmes ---------------------------------------------------------------------------------------------------


def _own_programmes(db: Db, me: Who, today: date, now: datetime) -> Iterator[OwnProgramme]:
    own = {one.id: one for one in together_queries.list_enrolments(db, person_id=me.id)}
    rows = enrolment_queries.list_places_of(db, enrolment_ids=list(own)[:MOST_PROGRAMMES])
    for place in mentoring.places_of(db, rows, today):
        yield _own_programme(db, place, own[place.enrolment_id], now)


def _own_programme(db: Db, place: Place, enrolment: Enrolment, now: datetime) -> OwnProgramme:
    known = know(db, enrolment, now=now)
    pace = checklist.pace_of(known) if checklist.plan_of(known) else None
    made = OwnProgramme(place, pace)
    rows = fact_queries.list_due_items(db, enrolment_id=enrolment.id)
    reviews = [item for item in rows if item.state == "open" and is_review(known.programme, item.rule)]
    if not reviews:
        return made
    first = min(reviews, key=lambda item: item.due_on)
    return replace(made, review_on=first.due_on, review_title=title_of(known.programme, first))


# ---- my people -------------------------------------------------------------------------------------------------------


def _names_of_my_people(db: Db, me: Who, today: date) -> dict[UUID, str]:
    """Return the participants whom somebody supports, covers or manages, by enrolment."""
    pairs = session_queries.list_pairs(db, person_id=me.id, on=today)
    supported = {pair.enrolment_id for pair in pairs if pair.enrolled_id != me.id}
    mine = supported | set(counts.list_managed(db, manager_id=me.id, on=today))
    rows = enrolment_queries.list_places_of(db, enrolment_ids=mine) if mine else ()
    return {enrolment.id: person.name for enrolment, person in rows}


def _people(db: Db, me: Who, shown: list[UUID], late: dict[UUID, int], now: datetime) -> Iterator[PersonStatus]:
    meetings = counts.find_next_meetings(db, enrolment_ids=shown, after=now)
    for enrolment_id in shown:
        known, seat = access_enrolment(db, me=me, enrolment_id=enrolment_id, now=now)
        yield PersonStatus(
            enrolment_id=enrolment_id,
            name=known.person.name,
            programme_title=known.programme.title,
            seat=seat,
            pace=checklist.pace_of(known) if checklist.plan_of(known) else None,
            late=late.get(enrolment_id, 0),
            next_at=meetings.get(enrolment_id),
            waits_for_agreement=any(one.state == "waiting" for one in known.relationships),
        )


# ---- what I lead -----------------------------------------------------------------------------------------------------


def _led(db: Db, settings: ProgrammeSettings, today: date) -> LedProgramme:
    places = counts.count_places(db, programme=settings.programme, on=today)
    return LedProgramme(
        programme=settings.programme,
        title=programme_of(db, settings.version_id).title,
        enrolled=places.enrolled,
        late=counts.count_people_late(db, programme=settings.programme, today=today),
        not_welcomed=places.not_welcomed,
        not_paired=places.not_paired,
        not_agreed=places.not_agreed,
        left=places.left,
    )


def _count_unsent(db: Db, now: datetime) -> int:
    return delivery_queries.count_since(db, statuses=GROUPS["trouble"], since=now - KEPT_IN_SIGHT)
