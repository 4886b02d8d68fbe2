"""Which slot's digest can still be said: one that is over moves what it would have said to a later one."""

from datetime import date, datetime
from uuid import UUID

from bot.actions.digests import owe_digest
from bot.actions.nudge_times import Plan, Planner
from bot.delivery.outgoing import Postponed, Suppressed
from bot.rules.slots import digest_at, next_slot, slot_at, slot_on
from storage.queries import due as due_queries
from storage.tables.delivery import DueItem, Notice


def move_digest(planner: Planner, person_id: UUID, on: date) -> Suppressed | Postponed | None:
    """Move what a slot's digest would have said when its slot is over, or the person is away after all.

    None when it may go now. After an outage or leave there is one digest, never a burst.
    """
    working, now = planner.working_time(person_id), planner.now
    slot = next_slot(working, now)
    if slot is None:
        return Suppressed("never_at_work")
    at = max(now, digest_at(slot, planner.hour_of(person_id), working.zone))
    if slot.on == on:
        return None if slot.contains(now) else Postponed(at)
    _forget_what_comes_too_late(planner, person_id, on, at)
    to = owe_digest(planner, person_id, Plan(slot.on, at))
    own = slot_on(working, on)
    if to == on and own:  # who moved west over the date line has heard today's already: this one waits for its day
        return Postponed(digest_at(own, planner.hour_of(person_id), working.zone))
    due_queries.move_notices(planner.db, person_id=person_id, from_on=on, to_on=to)
    return Suppressed("moved_to_a_later_slot")


def move_nudge(planner: Planner, notice: Notice, item: DueItem) -> Suppressed | None:
    """Move what was to be said by itself into the digest of the slot that is running, once its own is over."""
    working = planner.working_time(notice.person_id)
    slot = slot_at(working, planner.now)
    if slot is None or slot.on <= notice.digest_on:
        return None
    at = max(planner.now, digest_at(slot, planner.hour_of(notice.person_id), working.zone))
    if _comes_too_late(planner, notice, item, at):
        return Suppressed("too_late")
    notice.digest_on = owe_digest(planner, notice.person_id, Plan(slot.on, at))
    return Suppressed("moved_to_a_later_slot")


def _forget_what_comes_too_late(planner: Planner, person_id: UUID, on: date, at: datetime) -> None:
    for notice, item in due_queries.list_notices(planner.db, person_id=person_id, digest_on=on):
        if _comes_too_late(planner, notice, item, at):
            planner.db.delete(notice)
    planner.db.flush()


def _comes_too_late(planner: Planner, notice: Notice, item: DueItem, at: datetime) -> bool:
    """Say whether the file calls it of no use to say something so long after its day."""
    ladder = planner.ladder_of(item)
    if not 0 <= notice.rung < len(ladder.rungs):
        return False
    return planner.is_too_late(item, ladder, ladder.rungs[notice.rung].on, notice.person_id, at=at)
