"""The outbox: claim a delivery, decide once more whether to say it, and write what became of it.

Each function is one transaction; no call to Slack is made inside one. Results are fenced by the claim's token.
"""

import logging
from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlmodel import Session as Db

from bot.delivery.machine_time import Timings, machine_now
from bot.delivery.outgoing import Builders, Outgoing, Postponed, Sendable, Suppressed
from bot.delivery.recheck import recheck
from bot.delivery.retiring import retire_last
from bot.delivery.slack_calls import Kind, Outcome
from bot.delivery.trouble import tell_leads
from storage.database import Database
from storage.queries import deliveries as delivery_queries
from storage.tables.delivery import Delivery
from storage.tables.people import Person

log = logging.getLogger(__name__)
ATTEMPTS_MOST = 12  # then a person decides


@dataclass(frozen=True)
class Claimed:
    """One delivery that is ours to send until `lease_until` (machine time), with what to send."""

    id: UUID
    kind: str
    token: int
    opaque: str
    lease_until: float
    attempts: int
    sendable: Sendable
    slack_id: str = ""
    person_id: UUID | None = None
    slack_channel: str = ""  # empty: our conversation with the person is not opened yet
    file_id: str = ""


def has_work(database: Database, *, now: datetime, lanes: Collection[int]) -> bool:
    """Say whether there is anything to claim, without taking the write lock."""
    with database.reading() as db:
        machine = machine_now(db)
        return delivery_queries.has_pending(db, now=now, machine_now=machine, lanes=lanes)


def claim(
    database: Database, builders: Builders, *, now: datetime, lanes: Collection[int], timings: Timings
) -> Claimed | None:
    """Claim the next delivery that is still to be said; what need not be said any more is settled on the way."""
    while True:
        with database.transaction() as db:
            row = delivery_queries.find_pending(db, now=now, machine_now=machine_now(db), lanes=lanes)
            if row is None:
                return None
            claimed = _take(db, row, builders, now=now, timings=timings)
        if claimed:
            return claimed


def _take(db: Db, row: Delivery, builders: Builders, *, now: datetime, timings: Timings) -> Claimed | None:
    outgoing = recheck(db, row, now=now) or _build(db, row, builders, now)
    match outgoing:
        case Suppressed(why):
            row.status, row.why, row.token = "suppressed", why, row.token + 1
            return None
        case Postponed(until):
            row.not_before, row.token = max(until, now), row.token + 1
            return None
    person = db.get(Person, row.person_id) if row.person_id else None
    row.status, row.token, row.attempts = "sending", row.token + 1, row.attempts + 1
    row.lease_until = machine_now(db) + timings.lease
    row.slack_channel = row.channel or (person.dm_channel if person else "")
    row.after_ts = delivery_queries.find_last_stamp(db, slack_channel=row.slack_channel) if row.slack_channel else ""
    return Claimed(
        id=row.id,
        kind=row.kind,
        token=row.token,
        opaque=row.opaque,
        lease_until=row.lease_until,
        attempts=row.attempts,
        sendable=outgoing,
        slack_id=(person.slack_id or "") if person else "",
        person_id=row.person_id,
        slack_channel=row.slack_channel,
        file_id=row.file_id,
    )


def _build(db: Db, row: Delivery, builders: Builders, now: datetime) -> Outgoing:
    builder = builders.get(row.kind)
    if builder is None:
        return Suppressed("no_builder")
    try:
        with db.begin_nested():
            return builder(db, row, now)
    except Exception:  # one message that cannot be built must not stop all the others
        log.exception("delivery %s of kind %s could not be built", row.id, row.kind)
        return Suppressed("not_built")


def keep_conversation(database: Database, claimed: Claimed, slack_channel: str) -> None:
    """Keep the conversation that was opened with a person, for this delivery and all later ones."""
    with database.transaction() as db:
        person = db.get(Person, claimed.person_id)
        if person:
            person.dm_channel = slack_channel
        after = delivery_queries.find_last_stamp(db, slack_channel=slack_channel)
        delivery_queries.mark(db, claimed.id, claimed.token, slack_channel=slack_channel, after_ts=after)


def keep_file(database: Database, claimed: Claimed, file_id: str) -> bool:
    """Keep the id of a file before its bytes are sent, so that it can be found again."""
    with database.transaction() as db:
        return delivery_queries.mark(db, claimed.id, claimed.token, file_id=file_id)


def holds_lease(database: Database, claimed: Claimed) -> bool:
    """Say whether a claim is still ours: the last look before posting."""
    with database.reading() as db:
        row = delivery_queries.get_delivery(db, claimed.id)
        return row.token == claimed.token and machine_now(db) < claimed.lease_until


def mark_sent(database: Database, claimed: Claimed, *, ts: str, now: datetime, file_id: str = "") -> bool:
    """Write that a delivery was sent; False when the lease was lost and another copy stands, so that ours must go."""
    with database.transaction() as db:
        sent: dict[str, Any] = {"status": "sent", "slack_ts": ts, "sent_at": now, "why": ""}
        if file_id:
            sent["file_id"] = file_id
        ours = delivery_queries.mark(db, claimed.id, claimed.token, **sent)
        row = delivery_queries.get_delivery(db, claimed.id)
        if not ours:
            stands_already = row.status == "sent" and row.slack_ts == ts and (not file_id or row.file_id == file_id)
            adopted = delivery_queries.mark_if(db, claimed.id, ("uncertain", "pending"), **sent, token=row.token + 1)
            return stands_already or adopted
        retire_last(db, row, now=now)
        return True


def mark_failed(database: Database, claimed: Claimed, outcome: Outcome, *, now: datetime, timings: Timings) -> None:
    """Write that a delivery was surely or perhaps not accepted, and when to look or try again."""
    with database.transaction() as db:
        machine = machine_now(db)
        wait = outcome.wait if outcome.wait is not None else timings.wait_after(claimed.attempts)
        match outcome.kind:
            case Kind.IN_DOUBT:
                values = _in_doubt(claimed, outcome, machine, timings)
            case Kind.DEAD:
                values = {"status": "dead", "why": outcome.code}
            case _:
                values = {"status": "pending", "why": outcome.code, "retry_at": machine + wait}
        changed = delivery_queries.mark(db, claimed.id, claimed.token, **values)
        if changed and values["status"] in {"dead", "parked"}:
            tell_leads(db, claimed.id, now=now)


def _in_doubt(claimed: Claimed, outcome: Outcome, machine: float, timings: Timings) -> dict[str, Any]:
    if claimed.kind == "ephemeral":
        return {"status": "suppressed", "why": "perhaps_whispered"}
    return {"status": "uncertain", "why": outcome.code, "retry_at": machine + timings.settle}


def try_again(database: Database, claimed: Claimed, *, why: str, timings: Timings) -> None:
    """Put back a delivery whose saying twice does no harm, or that surely was not sent."""
    with database.transaction() as db:
        wait = timings.wait_after(claimed.attempts)
        values: dict[str, Any] = {"status": "pending", "why": why, "retry_at": machine_now(db) + wait}
        if claimed.attempts >= ATTEMPTS_MOST:
            values = {"status": "parked", "why": why}
        delivery_queries.mark(db, claimed.id, claimed.token, **values)


def mark_not_needed(database: Database, claimed: Claimed, *, why: str) -> None:
    """Write that what was to be changed is no longer there to change."""
    with database.transaction() as db:
        delivery_queries.mark(db, claimed.id, claimed.token, status="suppressed", why=why)


def in_conversation(claimed: Claimed, slack_channel: str) -> Claimed:
    """Return the claim with the conversation it is to be said in."""
    return replace(claimed, slack_channel=slack_channel)
