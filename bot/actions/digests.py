"""One digest a slot: owing it, and what it is to say."""

from datetime import date, timedelta
from uuid import UUID

from sqlmodel import Session as Db

from bot.actions.nudge_times import EACH, Plan, Planner, slot_date
from bot.rules.slots import due_moment
from storage.queries import deliveries as delivery_queries
from storage.queries import due as due_queries
from storage.queries import people as people_queries
from storage.tables.delivery import DueItem

DIGEST, NUDGE = "digest", "nudge"
_SLOTS_TRIED = 60


def owe_notice(
    planner: Planner,
    item: DueItem,
    plan: Plan,
    *,
    rung: int,
    person_id: UUID,
    told_as: str,
    repeats: bool = False,
) -> None:
    """Let somebody hear of an item in the digest of a slot, or by itself.

    By itself goes what they chose to hear of one by one, save what is repeated or was missed, and what is on its last
    day when the digest of that day has gone. Nothing is said twice in a slot.
    """
    db = planner.db
    alone = _is_urgent(db, person_id, plan) or (_chose_each(db, person_id) and not (repeats or plan.is_late))
    on = plan.slot_on if alone else owe_digest(planner, person_id, plan)
    is_said = alone and due_queries.is_told_in(db, item, person_id=person_id, digest_on=on)
    notice = due_queries.new_notice(item, rung=rung, person_id=person_id, told_as=told_as, digest_on=on)
    if due_queries.add_notices(db, [notice]) and alone and not is_said:
        delivery_queries.add_delivery(
            db,
            kind=NUDGE,
            said_once=f"{NUDGE}:{notice.id}",
            person_id=person_id,
            subject={"notice": str(notice.id)},
            not_before=max(plan.at, planner.now),
            created_at=planner.now,
        )


def _chose_each(db: Db, person_id: UUID) -> bool:
    return people_queries.get_person(db, person_id).digest_rhythm == EACH


def _is_urgent(db: Db, person_id: UUID, plan: Plan) -> bool:
    """Say whether something on its last day comes too late for the digest of that day."""
    gone = delivery_queries.find_said(db, f"{DIGEST}:{person_id}:{plan.slot_on}") if plan.is_last else None
    return gone is not None and gone.status != "pending"


def owe_digest(planner: Planner, person_id: UUID, plan: Plan) -> date:
    """Owe a person the digest of a slot, or of the next one where that has gone out; return the slot's date.

    A digest still to be sent is locked for the rest of the transaction, so that it cannot leave without what is added.
    """
    for _ in range(_SLOTS_TRIED):
        if (person_id, plan.slot_on) in planner.owed:
            return plan.slot_on
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
            planner.owed.add((person_id, plan.slot_on))
            return plan.slot_on
        plan = _next(planner, person_id, plan)
    return plan.slot_on


def _next(planner: Planner, person_id: UUID, plan: Plan) -> Plan:
    working, hour = planner.working_time(person_id), planner.hour_of(person_id)
    later = plan.at + timedelta(seconds=1)
    moment = due_moment(working, later.date(), hour, max(later, planner.now))
    return Plan(slot_date(working, hour, moment), moment) if moment else plan
