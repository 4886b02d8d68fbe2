"""What people said does not apply to them: their programme's lead reads why, and may ask for it after all."""

from datetime import datetime
from uuid import UUID

from sqlmodel import Session as Db

from bot import access
from bot.actions.duties import duty_of
from bot.actions.settle import settle_enrolment
from bot.errors import NotFound, SomebodyWasFirst
from bot.rules.working_days import local_date
from bot.values import Ref, Waived, Who
from storage import audit, sealing
from storage.queries import due as due_queries
from storage.tables.delivery import DueItem


def list_waived(db: Db, *, me: Who, enrolment_id: UUID, now: datetime) -> tuple[Waived, ...]:
    """Return what somebody on a programme said does not apply, latest first, without their words."""
    access.access_place(db, me=me, enrolment_id=enrolment_id, now=now)
    return tuple(_waived(db, me, item, now) for item in due_queries.list_waived(db, enrolment_id=enrolment_id))


def read_reason(db: Db, *, me: Who, ref: Ref, now: datetime) -> tuple[Waived, str]:
    """Return one of them with its reason; the reading is noted."""
    item = _access_waived(db, me, ref, now)
    assert item.reason is not None
    audit.note(db, at=now, actor_id=me.id, verb="read", thing=f"due:{item.id}", about_id=item.owner_id)
    reason = sealing.open_sealed(db, item.reason, owner=item.owner_id, table="dueitem", row_id=item.id, column="reason")
    return _waived(db, me, item, now), reason


def ask_again(db: Db, *, me: Who, ref: Ref, now: datetime) -> Waived:
    """Ask for a thing after all: it is owed again as its rule says. Raises SomebodyWasFirst when that was done."""
    item = _access_waived(db, me, ref, now)
    said = _waived(db, me, item, now)
    if not due_queries.mark_due_item(db, item, not_applicable=False, reason=None):
        raise SomebodyWasFirst("the list")
    settle_enrolment(db, item.enrolment_id, now=now)
    audit.note(db, at=now, actor_id=me.id, verb="ask_again", thing=f"due:{item.id}", about_id=item.about_id)
    return said


def _access_waived(db: Db, me: Who, ref: Ref, now: datetime) -> DueItem:
    item = due_queries.find_due_item(db, ref.id)
    if item is None:
        raise NotFound("task")
    access.access_place(db, me=me, enrolment_id=item.enrolment_id, now=now)
    if not item.not_applicable:
        raise SomebodyWasFirst("the list")
    return item


def _waived(db: Db, me: Who, item: DueItem, now: datetime) -> Waived:
    duty = duty_of(db, item, today=local_date(now, me.zone))
    return Waived(duty.ref, duty.title, duty.owner_name, item.closed_on)
