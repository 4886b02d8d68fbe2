"""Which slot's digest can still be said: one that is over moves what it would have said to a later one."""

from datetime import date
from uuid import UUID

from bot.actions.digests import owe_digest
from bot.actions.nudge_times import Plan, Planner
from bot.delivery.outgoing import Postponed, Suppressed
from bot.rules.slots import digest_at, next_slot, slot_on
from storage.queries import due as due_queries


def move_digest(planner: Planner, person_id: UUID, on: date) -> Suppressed | Postponed | None:
    """Move what a slot's digest would have said when its slot is over, or the person is away after all.

    None when it may go now. After an outage or leave there is one digest, never a burst.
    """
    working, now = planner.working_time(person_id), planner.now
    slot = next_slot(working, now)
    if slot is None:
        return Suppressed("never_at_work")
    at = now if slot.contains(now) else digest_at(slot, planner.hour_of(person_id), working.zone)
    if slot.on == on:
        return None if slot.contains(now) else Postponed(at)
    to = owe_digest(planner, person_id, Plan(slot.on, at))
    own = slot_on(working, on)
    if to == on and own:  # who moved west over the date line has heard today's already: this one waits for its day
        return Postponed(digest_at(own, planner.hour_of(person_id), working.zone))
    due_queries.move_notices(planner.db, person_id=person_id, from_on=on, to_on=to)
    return Suppressed("moved_to_a_later_slot")
