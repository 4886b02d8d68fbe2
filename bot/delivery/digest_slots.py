"""One digest a slot: which slot's digest can still say something, and owing it."""

from datetime import date, timedelta
from uuid import UUID

from bot.actions.nudge_times import Plan, Planner, slot_date
from bot.delivery.outgoing import Postponed, Suppressed
from bot.rules.slots import digest_at, due_moment, next_slot
from storage.queries import deliveries as delivery_queries
from storage.queries import due as due_queries

DIGEST = "digest"
_SLOTS_TRIED = 60


def owe_digest(planner: Planner, person_id: UUID, plan: Plan) -> date:
    """Owe a person the digest of a slot, or of the next one where that has gone out; return the slot's date.

    A digest still to be sent is locked for the rest of the transaction, so that it cannot leave without what is added.
    """
    for _ in range(_SLOTS_TRIED):
        key = f"{DIGEST}:{person_id}:{plan.slot_on}"
        made = delivery_queries.add_delivery(
            planner.db,
            kind=DIGEST,
            said_once=key,
            person_id=person_id,
            subject={"on": plan.slot_on.isoformat()},
            not_before=plan.at,
            created_at=planner.now,
        )
        if made or delivery_queries.is_still_pending(planner.db, key):
            return plan.slot_on
        plan = _next(planner, person_id, plan)
    return plan.slot_on


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
    due_queries.move_notices(planner.db, person_id=person_id, from_on=on, to_on=to)
    return Suppressed("moved_to_a_later_slot")


def _next(planner: Planner, person_id: UUID, plan: Plan) -> Plan:
    working, hour = planner.working_time(person_id), planner.hour_of(person_id)
    later = plan.at + timedelta(seconds=1)
    moment = due_moment(working, later.date(), hour, max(later, planner.now))
    return Plan(slot_date(working, hour, moment), moment) if moment else plan
