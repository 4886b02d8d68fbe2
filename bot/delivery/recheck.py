"""The last look before something is said to somebody: are they still here, and is it their working time?"""

from datetime import datetime

from sqlmodel import Session as Db

from bot.actions.working_times import working_time_of
from bot.delivery.outgoing import Parked, Postponed, Suppressed
from bot.rules.slots import next_slot
from bot.rules.working_days import local_date
from storage.queries.deliveries import BULK, UPDATES
from storage.tables.delivery import Delivery
from storage.tables.people import Person

HERE = "here"
_KNOWS_ITS_SLOT = {"digest"}  # its builder moves what it would have said to a later slot


def recheck(db: Db, row: Delivery, *, now: datetime) -> Suppressed | Parked | Postponed | None:
    """Return why a delivery must not go now, or None when it may. Replies and updates may go at any hour.

    What is owed to somebody whose account is off waits for it to be on again, unless they have left.
    """
    if row.drop_after and now > row.drop_after:
        return Suppressed("too_late")
    if row.person_id is None:
        return None
    person = db.get(Person, row.person_id)
    if person is None or not person.slack_id:
        return Suppressed("not_in_slack")
    today = local_date(now, person.zone)
    if person.leaves_on and person.leaves_on < today:
        return Suppressed("left")
    if person.in_slack != HERE:
        why = f"slack_{person.in_slack}"
        return Suppressed(why) if row.lane == UPDATES else Parked(why)
    if row.lane < BULK or row.kind in _KNOWS_ITS_SLOT:
        return None
    slot = next_slot(working_time_of(db, person, around=today), now)
    if slot is None:
        return Suppressed("never_at_work")
    return None if slot.contains(now) else Postponed(slot.starts_at)
