"""Looking for what may or may not have been sent, after it has had time to settle (delivery.md, "Reconcile")."""

from datetime import datetime
from typing import Any

from bot.delivery.files import is_shared
from bot.delivery.machine_time import Timings, machine_now
from bot.delivery.outbox import ATTEMPTS_MOST
from bot.delivery.retiring import retire_last
from bot.delivery.slack_calls import Outcome, SlackCalls
from bot.delivery.trouble import tell_leads
from storage.database import Database
from storage.queries import deliveries as delivery_queries
from storage.queries.deliveries import UPDATES
from storage.tables.delivery import Delivery

_PENDING = {"status": "pending", "retry_at": 0.0}


def reconcile_next(database: Database, slack: SlackCalls, *, now: datetime, timings: Timings) -> bool:
    """Settle one delivery that nobody is sure of; True when there was one. Only our own conversations can be read."""
    if not _has_work(database):
        return False
    row = _claim(database, now=now, timings=timings)
    if row is None:
        return True
    found = slack.file_info(row.file_id) if row.file_id else _look(slack, row)
    with database.transaction() as db:
        values = _judge(row, found, machine_now(db), now, timings)
        is_ours = delivery_queries.mark(db, row.id, row.token, **values)
        if is_ours and values["status"] == "parked":
            tell_leads(db, row.id, now=now)
        if is_ours and values["status"] == "sent":
            retire_last(db, delivery_id=row.id, kind=row.kind, person_id=row.person_id, now=now)
    return True


def _has_work(database: Database) -> bool:
    with database.reading() as db:
        return delivery_queries.has_doubtful(db, machine_now=machine_now(db))


def _claim(database: Database, *, now: datetime, timings: Timings) -> Delivery | None:
    """Take one uncertain delivery to look for; those that need no looking are settled at once."""
    with database.transaction() as db:
        machine = machine_now(db)
        delivery_queries.mark_expired(db, machine_now=machine, look_at=machine + timings.settle)
        row = delivery_queries.find_uncertain(db, machine_now=machine)
        if row is None:
            return None
        row.token += 1
        row.retry_at = machine + timings.lease
        settled = _without_looking(row)
        for name, value in settled.items():
            setattr(row, name, value)
        if row.status == "parked":
            db.flush()
            tell_leads(db, row.id, now=now)
        return None if settled else row


def _without_looking(row: Delivery) -> dict[str, Any]:
    if row.kind == "ephemeral":
        return {"status": "suppressed", "why": "perhaps_whispered"}
    if row.lane == UPDATES or not row.slack_channel:
        return _PENDING  # saying it twice does no harm, or the conversation was not even open
    return {"status": "parked", "why": "perhaps_posted"} if row.channel else {}


def _look(slack: SlackCalls, row: Delivery) -> Outcome:
    return slack.find_posts(row.slack_channel, row.opaque, row.after_ts)


def _judge(row: Delivery, found: Outcome, machine: float, now: datetime, timings: Timings) -> dict[str, Any]:
    if not found.is_ok and not (row.file_id and found.code == "file_not_found"):  # it never came to be shared
        wait = found.wait if found.wait is not None else timings.wait_after(row.attempts)
        return {"status": "uncertain", "why": found.code, "retry_at": machine + wait}
    ts = min(found.data.get("stamps") or ("",))
    if ts or (row.file_id and is_shared(found)):
        return {"status": "sent", "slack_ts": ts, "sent_at": now, "why": "found_again"}
    return {"status": "parked", "why": "too_often"} if row.attempts >= ATTEMPTS_MOST else _PENDING
