"""Putting people together: a pair, a change of pair, cover, and handing over."""

from collections.abc import Collection, Sequence
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlmodel import Session as Db

from bot.actions import settle
from bot.actions.catalogue import programme_of
from bot.actions.nudge_times import next_remind_at
from bot.errors import AlreadyPaired, CannotSupportThemself, NotFound, TooManySupporters
from bot.programmes.cards import Relationship as Card
from bot.rules.matching import LINE_MANAGER, kinds_to_pair, needs_agreement
from storage import audit
from storage.queries import documents as document_queries
from storage.queries import enrolments as enrolment_queries
from storage.queries import people as people_queries
from storage.queries import together as together_queries
from storage.tables.programmes import Enrolment
from storage.tables.together import Membership, Relationship

ONE_DAY = timedelta(days=1)


def pair(
    db: Db,
    *,
    enrolment_id: UUID,
    kind: str,
    supporter_ids: Sequence[UUID],
    on: date,
    by: UUID | None,
    now: datetime,
) -> Relationship:
    """Put a participant with their supporters from a day; it waits for its agreement where the programme has one.

    Raises AlreadyPaired while one of this kind is open: that is a change of pair. Also CannotSupportThemself,
    TooManySupporters.
    """
    enrolment = enrolment_queries.get_enrolment(db, enrolment_id)
    programme = programme_of(db, enrolment.version_id)
    card = programme.relationship[kind]
    _check(card, enrolment.person_id, supporter_ids)
    if enrolment_queries.find_open_relationship(db, enrolment_id=enrolment_id, kind=kind):
        raise AlreadyPaired(people_queries.get_person(db, enrolment.person_id).name, card.title)
    relationship = Relationship(
        kind=kind,
        version_id=enrolment.version_id,
        enrolment_id=enrolment_id,
        about_id=enrolment.person_id,
        state="waiting" if needs_agreement(programme, kind) else "active",
        began_on=on,
    )
    db.add(relationship)
    db.flush()
    _add_member(db, relationship, enrolment.person_id, card.helped, on)
    for supporter_id in supporter_ids:
        _add_member(db, relationship, supporter_id, card.by, on)
    _settle(db, "pair", relationship, by, now)
    return relationship


def change_pair(
    db: Db, *, relationship_id: UUID, supporter_ids: Sequence[UUID], on: date, by: UUID | None, now: datetime
) -> Relationship:
    """Let others support from a day: those who go have the day before as their last, planned sessions pass on.

    The relationship stays, and with it every session and document, so nothing is orphaned. When nobody stays it is a
    new pair: it begins again, and waits for an agreement of its own where the programme has one.
    """
    relationship, card = _open(db, relationship_id)
    _check(card, relationship.about_id, supporter_ids)
    before = enrolment_queries.list_memberships_left(db, relationship_id=relationship_id, on=on)
    supporting = {m.person_id for m in before if m.person_id != relationship.about_id and m.covers_id is None}
    leaving = supporting - set(supporter_ids)
    for membership in before:
        if membership.person_id in leaving or _covers_any(membership, before, leaving):
            _end(db, membership, on - ONE_DAY)
    for supporter_id in supporter_ids:
        if supporter_id not in supporting:
            _add_member(db, relationship, supporter_id, card.by, on)
    if not supporting & set(supporter_ids):
        _begin_again(db, relationship, on)
    db.flush()
    _pass_on_sessions(db, relationship, supporter_ids, on, now)
    _settle(db, "change_pair", relationship, by, now)
    return relationship


def cover(
    db: Db,
    *,
    relationship_id: UUID,
    covered_id: UUID,
    cover_id: UUID,
    from_on: date,
    until_on: date,
    by: UUID | None,
    now: datetime,
) -> Membership:
    """Let one person stand in for a supporter from a day to a day, both included. Raises NotFound for no supporter.

    Said again from the same day, it only has another end.
    """
    relationship, card = _open(db, relationship_id)
    _check(card, relationship.about_id, (cover_id,))
    supporters = enrolment_queries.list_supporters(db, relationship_id=relationship_id, on=from_on)
    covered = next((m for m in supporters if m.person_id == covered_id), None)
    if covered is None or cover_id in {m.person_id for m in supporters}:
        raise NotFound("pair")
    begun = enrolment_queries.find_cover(db, covers_id=covered.id, person_id=cover_id, from_on=from_on)
    membership = begun or Membership(
        relationship_id=relationship_id, person_id=cover_id, role=covered.role, from_on=from_on, covers_id=covered.id
    )
    membership.until_on = until_on
    db.add(membership)
    _settle(db, "cover", relationship, by, now)
    return membership


def close_pair(db: Db, *, relationship_id: UUID, on: date, now: datetime, by: UUID | None = None) -> None:
    """Close a relationship with its last day; its sessions and documents stay as they are."""
    relationship = enrolment_queries.get_relationship(db, relationship_id)
    if relationship.state == "closed":
        return
    relationship.state, relationship.closed_on = "closed", on
    for membership in enrolment_queries.list_memberships_left(db, relationship_id=relationship_id, on=on):
        _end(db, membership, on)
    _settle(db, "close_pair", relationship, by, now)


def hand_over(
    db: Db,
    *,
    from_id: UUID,
    to_id: UUID,
    on: date,
    by: UUID | None,
    now: datetime,
    enrolment_ids: Collection[UUID] | None = None,
) -> tuple[Relationship, ...]:
    """Let one person take over everybody another supports (or those of some enrolments), in one act.

    Returns the relationships that moved. Whoever takes over cannot support themself: that one stays, to be asked about.
    """
    moved = []
    for relationship in enrolment_queries.list_supported(db, person_id=from_id, on=on):
        if enrolment_ids is not None and relationship.enrolment_id not in enrolment_ids:
            continue
        if relationship.about_id == to_id:
            continue
        stays = [
            m.person_id
            for m in enrolment_queries.list_supporters(db, relationship_id=relationship.id, on=on)
            if m.person_id != from_id
        ]
        supporters = tuple(dict.fromkeys([*stays, to_id]))
        moved.append(change_pair(db, relationship_id=relationship.id, supporter_ids=supporters, on=on, by=by, now=now))
    return tuple(moved)


def follow_line_manager(db: Db, *, enrolment_id: UUID, now: datetime) -> Relationship | None:
    """Make the line-management pair of an enrolment what the people list says, where the programme has such a pair."""
    enrolment = enrolment_queries.get_enrolment(db, enrolment_id)
    kind = _line_management_kind(db, enrolment)
    manager_id = people_queries.get_person(db, enrolment.person_id).line_manager_id
    if kind is None or manager_id is None or enrolment.ended_on is not None:
        return None
    known = enrolment_queries.find_open_relationship(db, enrolment_id=enrolment_id, kind=kind)
    if known is None:
        on = enrolment.starts_on
        return pair(db, enrolment_id=enrolment_id, kind=kind, supporter_ids=(manager_id,), on=on, by=None, now=now)
    supporters = enrolment_queries.list_supporters(db, relationship_id=known.id, on=now.date())
    if [m.person_id for m in supporters] == [manager_id]:
        return known
    return change_pair(
        db, relationship_id=known.id, supporter_ids=(manager_id,), on=max(now.date(), known.began_on), by=None, now=now
    )


def _line_management_kind(db: Db, enrolment: Enrolment) -> str | None:
    programme = programme_of(db, enrolment.version_id)
    return next((k for k in kinds_to_pair(programme) if programme.relationship[k].by == LINE_MANAGER), None)


def _open(db: Db, relationship_id: UUID) -> tuple[Relationship, Card]:
    relationship = enrolment_queries.get_relationship(db, relationship_id)
    if relationship.state == "closed":
        raise NotFound("pair")
    return relationship, programme_of(db, relationship.version_id).relationship[relationship.kind]


def _check(card: Card, about_id: UUID, supporter_ids: Collection[UUID]) -> None:
    if about_id in supporter_ids:
        raise CannotSupportThemself
    if not 0 < len(set(supporter_ids)) <= card.by_at_most:
        raise TooManySupporters(card.title, card.by_at_most)


def _add_member(db: Db, relationship: Relationship, person_id: UUID, role: str, on: date) -> None:
    """Add a membership; one that ended on the day before goes on instead, so that a mistake can be put right."""
    ended = [
        m
        for m in enrolment_queries.list_memberships_left(db, relationship_id=relationship.id, on=on - ONE_DAY)
        if m.person_id == person_id and m.role == role and m.covers_id is None
    ]
    if ended:
        ended[-1].until_on = None
        return
    db.add(Membership(relationship_id=relationship.id, person_id=person_id, role=role, from_on=on))


def _end(db: Db, membership: Membership, last_day: date) -> None:
    """Give a membership its last day, or the person's in the service; one not begun by then is as if it never was."""
    leaves_on = people_queries.get_person(db, membership.person_id).leaves_on
    last_day = min(last_day, leaves_on or last_day)
    if membership.from_on > last_day:
        db.delete(membership)
        db.flush()  # one by one: cover points at whom it covers
    else:
        membership.until_on = min(last_day, membership.until_on or last_day)


def _pass_on_sessions(
    db: Db, relationship: Relationship, supporter_ids: Sequence[UUID], on: date, now: datetime
) -> None:
    """Give what is planned from a day on, with somebody who stands in the pair no longer, to the first who does."""
    standing = together_queries.list_members(db, relationship_ids=[relationship.id], on=on)
    for session in enrolment_queries.list_sessions_led_by_others(
        db,
        relationship_id=relationship.id,
        leader_ids=[*supporter_ids, *(member.person_id for member in standing)],
        from_on=on,
    ):
        session.led_by_id = supporter_ids[0]
        session.remind_at = next_remind_at(db, session, now=now)
        session.version += 1


def _covers_any(membership: Membership, all_of_them: Sequence[Membership], leaving: Collection[UUID]) -> bool:
    covered = next((m for m in all_of_them if m.id == membership.covers_id), None)
    return covered is not None and covered.person_id in leaving


def _begin_again(db: Db, relationship: Relationship, on: date) -> None:
    programme = programme_of(db, relationship.version_id)
    relationship.began_on = on
    if needs_agreement(programme, relationship.kind):
        relationship.state, relationship.agreed_on = "waiting", None
        _end_agreements(db, relationship, on)


def _end_agreements(db: Db, relationship: Relationship, on: date) -> None:
    """End what the pair before agreed, and take back what they were still writing: it is theirs, not the new pair's."""
    for document in document_queries.list_agreements(db, relationship_id=relationship.id):
        state = "superseded" if document.state == "locked" else "withdrawn"
        document_queries.mark_document(db, document, state=state, ended_on=on)


def _settle(db: Db, verb: str, relationship: Relationship, by: UUID | None, now: datetime) -> None:
    if relationship.enrolment_id:
        settle.settle_enrolment(db, relationship.enrolment_id, now=now)
    thing = f"relationship:{relationship.id}"
    audit.note(db, at=now, actor_id=by, verb=verb, thing=thing, about_id=relationship.about_id)
