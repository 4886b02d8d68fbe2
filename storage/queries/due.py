"""Due items and the notices said about them."""

from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Engine, bindparam, exists, func, or_, tuple_, update
from sqlalchemy import select as select_columns
from sqlalchemy.orm import aliased
from sqlmodel import Session as Db
from sqlmodel import col, select

from storage.queries.as_driver import as_driver, is_so
from storage.queries.at_hand import until_written
from storage.queries.deliveries import insert_new
from storage.queries.prepared import list_rows
from storage.tables.delivery import Delivery, DueItem, Notice
from storage.tables.meetings import Session
from storage.tables.people import Person
from storage.tables.programmes import Enrolment, ProgrammeSettings
from storage.tables.together import Membership, Relationship
from storage.types import new_id


def find_due_item(db: Db, due_item_id: UUID) -> DueItem | None:
    """Return one due item."""
    return db.get(DueItem, due_item_id)


_ANYTHING_DUE = (
    "SELECT EXISTS (SELECT 1 FROM dueitem WHERE state = 'open' AND next_nudge_at <= ?)"
    " OR EXISTS (SELECT 1 FROM session WHERE state = 'planned' AND remind_at <= ?)"
    " OR EXISTS (SELECT 1 FROM programmesettings WHERE next_summary_at <= ?)"
    " OR EXISTS (SELECT 1 FROM enrolment WHERE ended_on IS NULL AND look_again_on <= ?)"
)


def is_anything_due(engine: Engine, *, now: datetime) -> bool:
    """Say whether anything is to be said or looked at by `now`: four small indexes in one question.

    It is all that an idle tick costs.
    """
    at, today = as_driver(engine.dialect, now), as_driver(engine.dialect, now.date())
    return is_so(engine, _ANYTHING_DUE, at, at, at, today)


def list_due_items(db: Db, *, ids: Sequence[UUID]) -> Sequence[DueItem]:
    """List these items."""
    return db.exec(_THESE, params={"ids": ids}).all() if ids else []


_THESE = select(DueItem).where(col(DueItem.id).in_(bindparam("ids", expanding=True)))


def list_open_items(db: Db, *, owner_id: UUID, opened_by: date) -> Sequence[DueItem]:
    """List what one person is asked for and may do by now, earliest day first."""
    return db.exec(_OPEN_FOR, params={"owner_id": owner_id, "opened_by": opened_by}).all()


_OPEN_FOR = (
    select(DueItem)
    .where(
        DueItem.state == "open",
        DueItem.owner_id == bindparam("owner_id"),
        col(DueItem.opens_on) <= bindparam("opened_by"),
    )
    .order_by(col(DueItem.due_on), col(DueItem.id))
)


def list_waived(db: Db, *, enrolment_id: UUID) -> Sequence[DueItem]:
    """List what was said not to apply, latest first."""
    asked = select(DueItem).where(DueItem.enrolment_id == enrolment_id, col(DueItem.not_applicable))
    return db.exec(asked.order_by(col(DueItem.closed_on).desc(), col(DueItem.id))).all()


def mark_due_item(db: Db, item: DueItem, **values: Any) -> bool:
    """Change an item that nobody changed since it was read, and raise its version; False when somebody was first."""
    statement = (
        update(DueItem)
        .where(col(DueItem.id) == item.id, col(DueItem.version) == item.version)
        .values(version=item.version + 1, **values)
        .execution_options(synchronize_session=False)
    )
    changed = db.connection().execute(statement).rowcount == 1
    db.refresh(item)
    return changed


def add_notices(db: Db, notices: Sequence[Notice]) -> int:
    """Add the notices that nobody was given yet; return how many were new. A step is told once to each."""
    return insert_new(db, Notice, [notice.model_dump() for notice in notices])


def new_notice(item: DueItem, *, rung: int, person_id: UUID, told_as: str, digest_on: date) -> Notice:
    """Build a notice about an item as it stands; a rung below 0 is an asking again after so many snoozes."""
    return Notice(
        id=new_id(),
        due_item_id=item.id,
        turn=item.turn,
        rung=rung,
        person_id=person_id,
        told_as=told_as,
        digest_on=digest_on,
    )


def is_told_in(db: Db, item: DueItem, *, person_id: UUID, digest_on: date) -> bool:
    """Say whether somebody is told of an item, as it stands since it was last begun anew, in one slot already."""
    asked = select(Notice.id).where(Notice.due_item_id == item.id, Notice.turn == item.turn)
    return db.exec(asked.where(Notice.person_id == person_id, Notice.digest_on == digest_on)).first() is not None


def list_notices(db: Db, *, person_id: UUID, digest_on: date) -> Sequence[tuple[Notice, DueItem]]:
    """List what the digest of one slot is to say, each with its item."""
    return db.exec(_NOTICES_OF_SLOT, params={"person_id": person_id, "digest_on": digest_on}).all()


def list_earlier_notices(db: Db, *, person_id: UUID, digest_on: date) -> Sequence[tuple[Notice, DueItem]]:
    """List what somebody was asked for in earlier digests and is open still, each item with its newest notice."""
    return db.exec(_EARLIER_NOTICES, params={"person_id": person_id, "digest_on": digest_on}).all()


# Made once: every digest begins with both.
_NEWER = aliased(Notice)
_NOTICES = (
    select(Notice, DueItem)
    .join(DueItem, col(DueItem.id) == Notice.due_item_id)
    .where(Notice.person_id == bindparam("person_id"))
    .order_by(col(DueItem.due_on), col(DueItem.id))
)
_NOTICES_OF_SLOT = _NOTICES.where(Notice.digest_on == bindparam("digest_on"))
_EARLIER_NOTICES = _NOTICES.where(
    col(Notice.digest_on) < bindparam("digest_on"),
    Notice.told_as == "person",
    DueItem.state == "open",
    DueItem.turn == Notice.turn,
    ~exists().where(
        col(_NEWER.due_item_id) == Notice.due_item_id,
        col(_NEWER.person_id) == Notice.person_id,
        col(_NEWER.turn) == Notice.turn,
        col(_NEWER.told_as) == "person",
        col(_NEWER.digest_on) < bindparam("digest_on"),
        tuple_(col(_NEWER.digest_on), col(_NEWER.rung)) > tuple_(col(Notice.digest_on), col(Notice.rung)),
    ),
)


def list_notices_about(db: Db, *, due_item_id: UUID) -> Sequence[Notice]:
    """List everything that was said about an item, newest digest first."""
    return db.exec(_NOTICES_ABOUT, params={"due_item_id": due_item_id}).all()


_NOTICES_ABOUT = (
    select(Notice).where(Notice.due_item_id == bindparam("due_item_id")).order_by(col(Notice.digest_on).desc())
)


def move_notices(db: Db, *, person_id: UUID, from_on: date, to_on: date) -> None:
    """Let the digest of a later slot say what an earlier one could not."""
    moved = update(Notice).where(col(Notice.person_id) == person_id, col(Notice.digest_on) == from_on)
    db.connection().execute(moved.values(digest_on=to_on))


def list_sessions_to_announce(db: Db, *, now: datetime, most: int) -> Sequence[Session]:
    """List the planned sessions about which something is to be said by `now`."""
    asked = (
        select(Session)
        .where(Session.state == "planned", col(Session.remind_at) <= now)
        .order_by(col(Session.remind_at))
        .limit(most)
        .with_for_update(skip_locked=True)
    )
    return db.exec(asked).all()


def list_planned_sessions(db: Db, *, after: datetime) -> Sequence[Session]:
    """List everybody's planned sessions that begin after a moment."""
    return db.exec(select(Session).where(Session.state == "planned", col(Session.planned_at) > after)).all()


def list_coming_sessions(db: Db, *, person_id: UUID, after: datetime, before: datetime) -> Sequence[Session]:
    """List one person's planned sessions that begin between two moments, in order."""
    return db.exec(_COMING, params={"person_id": person_id, "after": after, "before": before}).all()


_COMING = (
    select(Session)
    .where(
        Session.state == "planned",
        or_(col(Session.about_id) == bindparam("person_id"), col(Session.led_by_id) == bindparam("person_id")),
        col(Session.planned_at) > bindparam("after"),
        col(Session.planned_at) < bindparam("before"),
    )
    .order_by(col(Session.planned_at))
)


def list_summaries_due(db: Db, *, now: datetime) -> Sequence[ProgrammeSettings]:
    """List the programmes whose weekly summary is to be posted by `now`."""
    asked = select(ProgrammeSettings).where(col(ProgrammeSettings.next_summary_at) <= now)
    return db.exec(asked.with_for_update(skip_locked=True)).all()


def list_enrolments_to_look_at(db: Db, *, today: date, most: int) -> Sequence[Enrolment]:
    """List the enrolments whose recurring duties need their next rows."""
    asked = (
        select(Enrolment)
        .where(col(Enrolment.ended_on).is_(None), col(Enrolment.look_again_on) <= today)
        .order_by(col(Enrolment.look_again_on))
        .limit(most)
        .with_for_update(skip_locked=True)
    )
    return db.exec(asked).all()


def list_members(
    db: Db, *, relationship_ids: Collection[UUID], on: date, role: str = ""
) -> Sequence[tuple[Membership, Relationship]]:
    """List who stands in these relationships on a day, in one role or in any; covers stand beside those they cover."""
    asked = _MEMBERS_IN_ROLE if role else _MEMBERS
    return db.exec(asked, params={"relationship_ids": list(relationship_ids), "on": on, "role": role}).all()


_MEMBERS = (
    select(Membership, Relationship)
    .join(Relationship, col(Relationship.id) == Membership.relationship_id)
    .join(Person, col(Person.id) == Membership.person_id)
    .where(
        col(Membership.relationship_id).in_(bindparam("relationship_ids", expanding=True)),
        col(Relationship.state) != "closed",
        col(Membership.from_on) <= bindparam("on"),
        or_(col(Membership.until_on).is_(None), col(Membership.until_on) >= bindparam("on")),
        or_(col(Person.leaves_on).is_(None), col(Person.leaves_on) >= bindparam("on")),
    )
    .order_by(Membership.role, col(Membership.id))
)
_MEMBERS_IN_ROLE = _MEMBERS.where(Membership.role == bindparam("role"))


def list_relationship_ids(db: Db, *, enrolment_id: UUID) -> Sequence[UUID]:
    """List the relationships of an enrolment that are not closed."""
    asked = select(Relationship.id).where(Relationship.enrolment_id == enrolment_id, Relationship.state != "closed")
    return db.exec(asked).all()


@until_written(ProgrammeSettings)
def is_digest_hour_set(db: Db) -> bool:
    """Say whether any programme sets a digest hour."""
    return db.exec(_ANY_HOUR).first() is not None


def find_digest_hour(db: Db, *, person_id: UUID) -> int | None:
    """Return the digest hour that a person's programme sets for those who chose none."""
    found = db.exec(_HOURS, params={"person_id": person_id})
    return next((hour for hour in found if hour is not None), None)


_ANY_HOUR = select(ProgrammeSettings.programme).where(col(ProgrammeSettings.digest_hour).is_not(None)).limit(1)
_HOURS = (
    select(ProgrammeSettings.digest_hour)
    .join(Enrolment, col(Enrolment.programme) == ProgrammeSettings.programme)
    .where(Enrolment.person_id == bindparam("person_id"), col(Enrolment.ended_on).is_(None))
    .order_by(ProgrammeSettings.programme)
)


class Next(NamedTuple):
    """When, after a moment, something speaks for the next time, and on which day an enrolment is looked at again."""

    item_at: datetime | None
    session_at: datetime | None
    summary_at: datetime | None
    delivery_at: datetime | None
    look_on: date | None


def find_next(db: Db, *, after: datetime) -> Next:
    """Return when, after a moment of programme time, anything is due next."""
    (found,) = list_rows(db, _NEXT, after=after, after_on=after.date())
    return Next._make(found)


def _soonest(column: Any, after: str, *where: Any) -> Any:
    return select(func.min(column)).where(*where, column > bindparam(after)).scalar_subquery()


_NEXT = select_columns(
    _soonest(DueItem.next_nudge_at, "after", DueItem.state == "open"),
    _soonest(Session.remind_at, "after", Session.state == "planned"),
    _soonest(ProgrammeSettings.next_summary_at, "after"),
    _soonest(Delivery.not_before, "after", Delivery.status == "pending"),
    _soonest(Enrolment.look_again_on, "after_on", col(Enrolment.ended_on).is_(None)),
)


def find_go_live(db: Db, *, enrolment_id: UUID) -> date | None:
    """Return the day on which an enrolment's programme goes live."""
    enrolment = db.get(Enrolment, enrolment_id)
    settings = db.get(ProgrammeSettings, enrolment.programme) if enrolment else None
    return settings.go_live_on if settings else None
