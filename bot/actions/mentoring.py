"""The programme's home: who is on it, with whom, and what each waits for."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from uuid import UUID

from sqlmodel import Session as Db

from bot import access
from bot.actions.catalogue import programme_of
from bot.errors import NoProgramme
from bot.programmes.programme import Programme
from bot.rules.matching import kinds_needed, kinds_to_pair, needs_agreement
from bot.rules.places import MyPage, PairLine, PairRef, Place, ProgrammePage, Shown, counts_of, page_of
from bot.rules.working_days import local_date
from bot.values import PersonLine, Who
from storage.queries import enrolments as enrolment_queries
from storage.queries import people as people_queries
from storage.queries import together as together_queries
from storage.tables.people import Person
from storage.tables.programmes import Enrolment, ProgrammeSettings
from storage.tables.together import Membership, Relationship


def list_led(db: Db, *, me: Who, now: datetime) -> tuple[ProgrammeSettings, ...]:
    """Return the running programmes that somebody leads."""
    led = []
    for settings in enrolment_queries.list_settings(db):
        leads = people_queries.list_role_holders(
            db, role=people_queries.LEAD, on=now.date(), programme=settings.programme
        )
        if me.id in {lead.id for lead in leads}:
            led.append(settings)
    return tuple(led)


def get_programme_page(db: Db, *, me: Who, shown: Shown | None, now: datetime) -> ProgrammePage:
    """Return one page of a programme's home; without `shown` the first of the programme most people are on.

    Raises NoProgramme for who leads none, NotAllowed for another's.
    """
    led = list_led(db, me=me, now=now)
    if not led:
        raise NoProgramme
    shown = shown or Shown(max(led, key=lambda one: len(_rows_on(db, one.programme))).programme)
    settings = access.access_programme(db, me=me, programme=shown.programme, now=now)
    places = tuple(places_of(db, _rows_on(db, shown.programme), local_date(now, me.zone)))
    chosen, page, pages = page_of(places, shown)
    return ProgrammePage(
        shown=Shown(shown.programme, shown.filter, page),
        title=programme_of(db, settings.version_id).title,
        places=chosen,
        counts=counts_of(places),
        pages=pages,
        go_live_on=settings.go_live_on,
        has_summary_channel=bool(settings.summary_channel),
        today=local_date(now, me.zone),
        others=tuple(
            (one.programme, programme_of(db, one.version_id).title) for one in led if one.programme != shown.programme
        ),
    )


def get_place(db: Db, *, me: Who, enrolment_id: UUID, now: datetime) -> Place:
    """Return one place for the programme's lead. Raises NotFound or NotAllowed."""
    access.access_place(db, me=me, enrolment_id=enrolment_id, now=now)
    rows = enrolment_queries.list_places_of(db, enrolment_ids=[enrolment_id])
    return next(places_of(db, rows, local_date(now, me.zone)))


def get_my_page(db: Db, *, me: Who, now: datetime) -> MyPage:
    """Return somebody's own programmes and whom they support. Raises NoProgramme where there is neither."""
    today = local_date(now, me.zone)
    own = together_queries.list_enrolments(db, person_id=me.id)
    supported = enrolment_queries.list_supported(db, person_id=me.id, on=today)
    beside = {relationship.enrolment_id for relationship in supported if relationship.enrolment_id}
    page = MyPage(
        name=me.name,
        places=tuple(places_of(db, enrolment_queries.list_places_of(db, enrolment_ids=[e.id for e in own]), today)),
        supported=tuple(places_of(db, enrolment_queries.list_places_of(db, enrolment_ids=beside), today)),
        today=today,
        is_lead=bool(list_led(db, me=me, now=now)),
    )
    if not page.places and not page.supported:
        raise NoProgramme
    return page


def _rows_on(db: Db, programme: str) -> Sequence[tuple[Enrolment, Person]]:
    return enrolment_queries.list_places(db, programme=programme)


@dataclass
class _Standing:
    """Who stands with whom in some enrolments, read at once for all of them."""

    relationships: dict[UUID, list[Relationship]] = field(default_factory=lambda: defaultdict(list))
    members: dict[UUID, list[tuple[Membership, Person]]] = field(default_factory=lambda: defaultdict(list))
    signed: set[UUID] = field(default_factory=set)  # the relationships whose agreement its participant signed


def places_of(db: Db, rows: Sequence[tuple[Enrolment, Person]], today: date) -> Iterator[Place]:
    """Yield enrolments as places, with everybody who stands in them; who may see them is the caller's to know."""
    standing = _standing(db, [enrolment.id for enrolment, _ in rows])
    for enrolment, person in rows:
        programme = programme_of(db, enrolment.version_id)
        level = programme.level.get(enrolment.level)
        yield Place(
            enrolment_id=enrolment.id,
            person=PersonLine(person.id, person.name),
            programme=enrolment.programme,
            programme_title=programme.title,
            level=level.title if level else "",
            starts_on=enrolment.starts_on,
            ends_on=enrolment.ends_on,
            is_in_slack=person.slack_id is not None,
            is_welcomed=enrolment.welcomed_at is not None,
            has_left=person.leaves_on is not None and person.leaves_on < today,
            pairs=tuple(_pairs(programme, enrolment, person, standing, today)),
        )


def _standing(db: Db, enrolment_ids: Sequence[UUID]) -> _Standing:
    found = _Standing()
    for relationship in enrolment_queries.list_open_relationships(db, enrolment_ids=enrolment_ids):
        if relationship.enrolment_id:
            found.relationships[relationship.enrolment_id].append(relationship)
    ids = [relationship.id for some in found.relationships.values() for relationship in some]
    found.signed |= enrolment_queries.list_signed_by_participant(db, relationship_ids=ids)
    for membership, person in enrolment_queries.list_all_memberships(db, relationship_ids=ids):
        found.members[membership.relationship_id].append((membership, person))
    return found


def _pairs(
    programme: Programme, enrolment: Enrolment, person: Person, standing: _Standing, today: date
) -> Iterator[PairLine]:
    """Yield the kinds that are needed, and any other that has been made."""
    needed = kinds_needed(programme)
    made = {relationship.kind: relationship for relationship in standing.relationships[enrolment.id]}
    for kind in kinds_to_pair(programme):
        if kind in needed or kind in made:
            relationship = made.get(kind)
            members = standing.members[relationship.id] if relationship else []
            pair = _pair(programme, kind, enrolment, person, relationship, members, today)
            yield replace(pair, is_signed=pair.relationship_id in standing.signed)


def _pair(
    programme: Programme,
    kind: str,
    enrolment: Enrolment,
    person: Person,
    relationship: Relationship | None,
    members: Sequence[tuple[Membership, Person]],
    today: date,
) -> PairLine:
    card = programme.relationship[kind]
    helping = [(m, p) for m, p in members if m.person_id != person.id]
    staying = [(m, p) for m, p in helping if not _is_over(m, today) and not _has_left(p, today)]
    here = [(m, p) for m, p in staying if m.from_on <= today] or staying  # else those who begin later
    gone = [(m, p) for m, p in helping if m.covers_id is None and (m, p) not in here and m.from_on <= today]
    supporters = _lines(p for m, p in here if m.covers_id is None)
    role = programme.role.get(card.by)
    return PairLine(
        ref=PairRef(enrolment.id, kind),
        title=card.title,
        by=role.title if role else card.by,
        most=card.by_at_most,
        relationship_id=relationship.id if relationship else None,
        state=relationship.state if relationship else "",
        is_needed=kind in kinds_needed(programme),
        has_agreement=needs_agreement(programme, kind),
        supporters=supporters,
        cover=_lines(p for m, p in here if m.covers_id is not None),
        previous=_lines(p for _, p in gone[-1:]),
        line_manager_supports="line-manager" in card.avoid
        and any(line.id == person.line_manager_id for line in supporters),
    )


def _lines(people: Iterator[Person]) -> tuple[PersonLine, ...]:
    return tuple(PersonLine(person.id, person.name) for person in people)


def _is_over(membership: Membership, today: date) -> bool:
    return membership.until_on is not None and membership.until_on < today


def _has_left(person: Person, today: date) -> bool:
    return person.leaves_on is not None and person.leaves_on < today
