"""What a programme's lead does by hand: pairing, changing a pair, cover, handing over, enrolling, taking off."""

from collections.abc import Collection, Sequence
from datetime import date, datetime
from uuid import UUID

from sqlmodel import Session as Db

from bot import access
from bot.actions import enrolling, mentoring, pairing
from bot.actions.catalogue import programme_of
from bot.errors import NotFound, PersonHasLeft, SomebodyWasFirst
from bot.rules.matching import Doubt, PairDoubt, doubts
from bot.rules.places import PairLine, PairRef, Place
from bot.rules.working_days import local_date
from bot.values import PersonLine, Ref, Who
from storage.queries import deliveries as delivery_queries
from storage.queries import due as due_queries
from storage.queries import enrolments as enrolment_queries
from storage.queries import people as people_queries
from storage.tables.programmes import Enrolment
from storage.tables.together import Relationship

LINE_MANAGER_SUPPORTS = "line_manager_supports"


def get_pair(db: Db, *, me: Who, ref: PairRef, now: datetime) -> tuple[Place, PairLine]:
    """Return a place and one of its pairs, made or not. Raises NotFound or NotAllowed."""
    place = mentoring.get_place(db, me=me, enrolment_id=ref.enrolment_id, now=now)
    pair = next((pair for pair in place.pairs if pair.ref == ref), None)
    if pair is None:
        raise NotFound("pair")
    return place, pair


def get_pair_of_relationship(db: Db, *, me: Who, relationship_id: UUID, now: datetime) -> tuple[Place, PairLine]:
    """Return the place and pair that a relationship belongs to. Raises NotFound or NotAllowed."""
    relationship = db.get(Relationship, relationship_id)
    if relationship is None or relationship.enrolment_id is None:
        raise NotFound("pair")
    return get_pair(db, me=me, ref=PairRef(relationship.enrolment_id, relationship.kind), now=now)


def find_doubts(
    db: Db, *, me: Who, ref: PairRef, supporter_ids: Collection[UUID], now: datetime
) -> tuple[tuple[Doubt, PersonLine], ...]:
    """Return what to say to the lead before these people are paired, each with whom it is about."""
    enrolment = access.access_place(db, me=me, enrolment_id=ref.enrolment_id, now=now)
    person = people_queries.get_person(db, enrolment.person_id)
    known = enrolment_queries.find_open_relationship(db, enrolment_id=enrolment.id, kind=ref.kind)
    today = local_date(now, me.zone)
    already = enrolment_queries.list_supporters(db, relationship_id=known.id, on=today) if known else ()
    joining = set(supporter_ids) - {membership.person_id for membership in already}
    found = doubts(
        programme_of(db, enrolment.version_id),
        ref.kind,
        supporter_ids=[each for each in supporter_ids if each in joining],
        line_manager_id=person.line_manager_id,
        held=enrolment_queries.count_supported(db, person_ids=joining, kind=ref.kind, on=today),
    )
    names = people_queries.list_people(db, ids=[doubt.supporter_id for doubt in found])
    return tuple((doubt, PersonLine(doubt.supporter_id, names[doubt.supporter_id].name)) for doubt in found)


def put_together(
    db: Db,
    *,
    me: Who,
    ref: PairRef,
    supporter_ids: Sequence[UUID],
    seen_ids: Collection[UUID],
    on: date,
    now: datetime,
) -> Relationship:
    """Make a pair, or change the one there is; `seen_ids` are the supporters the lead saw.

    A line manager who mentors and the mentee are both told what that means. Raises SomebodyWasFirst when the pair
    changed meanwhile, PersonHasLeft for a supporter who is gone by that day.
    """
    _, pair = get_pair(db, me=me, ref=ref, now=now)
    if {line.id for line in pair.supporters} != set(seen_ids):
        raise SomebodyWasFirst("this pair")
    for person in people_queries.list_people(db, ids=supporter_ids).values():
        if person.leaves_on and person.leaves_on < on:
            raise PersonHasLeft(person.name, person.leaves_on)
    if pair.relationship_id:
        made = pairing.change_pair(
            db, relationship_id=pair.relationship_id, supporter_ids=supporter_ids, on=on, by=me.id, now=now
        )
    else:
        made = pairing.pair(
            db, enrolment_id=ref.enrolment_id, kind=ref.kind, supporter_ids=supporter_ids, on=on, by=me.id, now=now
        )
    for supporter_id in _line_managers_among(db, made, supporter_ids):
        _tell_both(db, made, supporter_id, now)
    return made


def _line_managers_among(db: Db, relationship: Relationship, supporter_ids: Collection[UUID]) -> tuple[UUID, ...]:
    """Return the supporters who are the line manager where the programme says to avoid that."""
    person = people_queries.get_person(db, relationship.about_id)
    programme = programme_of(db, relationship.version_id)
    found = doubts(
        programme, relationship.kind, supporter_ids=supporter_ids, line_manager_id=person.line_manager_id, held={}
    )
    return tuple(doubt.supporter_id for doubt in found if doubt.why is PairDoubt.LINE_MANAGER)


def stand_in(
    db: Db,
    *,
    me: Who,
    relationship_id: UUID,
    covered_id: UUID,
    cover_id: UUID,
    from_on: date,
    until_on: date,
    now: datetime,
) -> None:
    """Let somebody stand in for a supporter for some days. Raises what bot.actions.pairing.cover raises."""
    get_pair_of_relationship(db, me=me, relationship_id=relationship_id, now=now)
    pairing.cover(
        db,
        relationship_id=relationship_id,
        covered_id=covered_id,
        cover_id=cover_id,
        from_on=from_on,
        until_on=until_on,
        by=me.id,
        now=now,
    )


def list_looked_after(db: Db, *, me: Who, person_id: UUID, now: datetime) -> tuple[PersonLine, tuple[Place, ...]]:
    """Return somebody and the places, of programmes I lead, that they support: what handing over would move."""
    led = {settings.programme for settings in mentoring.list_led(db, me=me, now=now)}
    today = local_date(now, me.zone)
    supported = enrolment_queries.list_supported(db, person_id=person_id, on=today)
    ids = {relationship.enrolment_id for relationship in supported if relationship.enrolment_id}
    rows = [row for row in enrolment_queries.list_places_of(db, enrolment_ids=ids) if row[0].programme in led]
    person = people_queries.get_person(db, person_id)
    return PersonLine(person.id, person.name), tuple(mentoring.places_of(db, rows, today))


def hand_everything_over(db: Db, *, me: Who, from_id: UUID, to_id: UUID, on: date, now: datetime) -> int:
    """Let one person take over all that another looks after in programmes I lead; return how many pairs moved."""
    _, places = list_looked_after(db, me=me, person_id=from_id, now=now)
    moved = pairing.hand_over(
        db, from_id=from_id, to_id=to_id, on=on, by=me.id, now=now, enrolment_ids=[p.enrolment_id for p in places]
    )
    return len(moved)


def get_levels(db: Db, *, me: Who, programme: str, now: datetime) -> tuple[str, tuple[tuple[str, str], ...]]:
    """Return the title of a programme I lead, and its levels by key and title."""
    settings = access.access_programme(db, me=me, programme=programme, now=now)
    found = programme_of(db, settings.version_id)
    return found.title, tuple((key, level.title) for key, level in found.level.items())


def enrol_by_hand(
    db: Db, *, me: Who, programme: str, person_id: UUID, level: str, starts_on: date, now: datetime
) -> Enrolment:
    """Enrol somebody from inside Slack, on the version that new enrolments are pinned to."""
    settings = access.access_programme(db, me=me, programme=programme, now=now)
    person = people_queries.get_person(db, person_id)
    if person.leaves_on and person.leaves_on < starts_on:
        raise PersonHasLeft(person.name, person.leaves_on)
    return enrolling.enrol(
        db,
        person_id=person_id,
        programme=programme_of(db, settings.version_id),
        version_id=settings.version_id,
        level=level,
        starts_on=starts_on,
        now=now,
        by=me.id,
    )


def take_off(db: Db, *, me: Who, enrolment_id: UUID, on: date, has_completed: bool, now: datetime) -> Enrolment:
    """End somebody's place on its last day."""
    access.access_place(db, me=me, enrolment_id=enrolment_id, now=now)
    state = "completed" if has_completed else "withdrawn"
    return enrolling.leave_programme(db, enrolment_id=enrolment_id, on=on, now=now, by=me.id, state=state)


def pair_of_duty(db: Db, *, ref: Ref) -> PairRef:
    """Return the pair that an ask for a supporter is about. Raises NotFound for another kind of duty."""
    item = due_queries.find_due_item(db, ref.id)
    if item is None or not item.subject.startswith("relationship:"):
        raise NotFound("pair")
    return PairRef(item.enrolment_id, item.subject.removeprefix("relationship:"))


def _tell_both(db: Db, relationship: Relationship, supporter_id: UUID, now: datetime) -> None:
    for person_id in (relationship.about_id, supporter_id):
        delivery_queries.add_delivery(
            db,
            kind=LINE_MANAGER_SUPPORTS,
            said_once=f"{LINE_MANAGER_SUPPORTS}:{relationship.id}:{supporter_id}:{person_id}",
            person_id=person_id,
            subject={"relationship": str(relationship.id), "supporter": str(supporter_id)},
            not_before=now,
            created_at=now,
        )
