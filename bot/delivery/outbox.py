"""The outbox: claim a delivery, decide once more whether to say it, and write what became of it.

Each function is one transaction; no call to Slack is made inside one. Results are fenced by the claim's token.
"""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.exc import OperationalError
from sqlmodel import Session as Db

from bot.delivery.machine_time import Timings, machine_now, own_machine_now
from bot.delivery.outgoing import (
    Builders,
    Change,
    Outgoing,
    Parked,
    Postponed,
    Sendable,
    Suppressed,
    Unsettled,
)
from bot.delivery.recheck import recheck
from bot.delivery.retiring import retire_last
from bot.delivery.second_copies import owe_taking_back
from bot.delivery.slack_calls import UNREACHABLE, Kind, Outcome
from bot.delivery.trouble import tell_leads, tell_leads_of_app
from bot.logs import log_unknown
from bot.values import Message
from storage.database import Database
from storage.queries import deliveries as delivery_queries
from storage.tables.delivery import Delivery
from storage.tables.people import Person

ATTEMPTS_MOST = 12  # then a person decides
_NOT_SAID = ("pending", "uncertain", "parked")  # by anybody else, nor being said
_OPENINGS_MOST = 3  # of a conversation that Slack does not know any more


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
    lane: int = delivery_queries.BULK
    slack_id: str = ""
    person_id: UUID | None = None
    slack_channel: str = ""  # empty: our conversation with the person is not opened yet
    file_id: str = ""
    was_parked: bool = False


def has_work(database: Database, *, now: datetime, lanes: Collection[int]) -> bool:
    """Say whether there is anything to claim, without taking the write lock."""
    own = own_machine_now(database.engine)
    return delivery_queries.has_pending(database.engine, now=now, machine_now=own, lanes=lanes)


def claim(
    database: Database, builders: Builders, *, now: datetime, lanes: Collection[int], timings: Timings
) -> Claimed | None:
    """Claim the next delivery that is still to be said; what need not be said any more is settled on the way."""
    while True:
        try:
            with database.transaction() as db:
                row = delivery_queries.find_pending(db, now=now, machine_now=machine_now(db), lanes=lanes)
                if row is None:
                    return None
                claimed = _take(db, row, builders, now=now, timings=timings)
        except _CannotBuildError as why:  # all that was begun for it is undone; the others go on
            _put_aside(database, why, now)
        else:
            if claimed:
                return claimed


def _take(db: Db, row: Delivery, builders: Builders, *, now: datetime, timings: Timings) -> Claimed | None:
    outgoing = _decide(db, row, builders, now)
    match outgoing:
        case Suppressed(why):
            row.status, row.why, row.token = "suppressed", why, row.token + 1
            return None
        case Parked(why):
            row.status, row.why, row.token = "parked", why, row.token + 1
            row.retry_at = machine_now(db) + timings.try_parked
            db.flush()
            tell_leads(db, row.id, now=now)
            return None
        case Postponed(until):
            row.not_before, row.token = max(until, now), row.token + 1
            return None
        case Unsettled():
            row.retry_at, row.token = machine_now(db) + timings.settle, row.token + 1
            return None
    person = db.get(Person, row.person_id) if row.person_id else None
    channel = row.channel or (person.dm_channel if person else "")
    if channel and isinstance(outgoing, Message):  # the only thing that may have to be looked for there
        row.after_ts = delivery_queries.find_last_stamp(db, slack_channel=channel)
    row.lease_until = machine_now(db) + timings.lease
    row.status, row.slack_channel, row.token, row.attempts = "sending", channel, row.token + 1, row.attempts + 1
    return Claimed(
        id=row.id,
        kind=row.kind,
        token=row.token,
        opaque=row.opaque,
        lease_until=row.lease_until,
        attempts=row.attempts,
        sendable=outgoing,
        lane=row.lane,
        slack_id=(person.slack_id or "") if person else "",
        person_id=row.person_id,
        slack_channel=row.slack_channel,
        file_id=row.file_id,
        was_parked=row.why in UNREACHABLE,
    )


def _decide(db: Db, row: Delivery, builders: Builders, now: datetime) -> Outgoing:
    """Look once more whether it may go, and build it. Raises _CannotBuildError for a fault of ours."""
    delivery_id, token, kind = row.id, row.token, row.kind
    try:
        return recheck(db, row, now=now) or builders[kind](db, row, now)
    except OperationalError:  # the database's trouble, not this message's: it is tried again
        raise
    except Exception as why:
        log_unknown(why, f"building delivery {delivery_id} of kind {kind}")
        raise _CannotBuildError(delivery_id, token) from None


class _CannotBuildError(Exception):
    """One message cannot be built; its own words are left out, for they may be somebody's."""

    def __init__(self, delivery_id: UUID, token: int) -> None:
        super().__init__(delivery_id)
        self.delivery_id, self.token = delivery_id, token


def _put_aside(database: Database, failed: _CannotBuildError, now: datetime) -> None:
    with database.transaction() as db:
        if delivery_queries.mark(db, failed.delivery_id, failed.token, status="dead", why="not_built"):
            tell_leads(db, failed.delivery_id, now=now)


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
    return delivery_queries.holds_lease(
        database.engine,
        claimed.id,
        token=claimed.token,
        lease_until=claimed.lease_until,
        machine_now=own_machine_now(database.engine),
    )


def mark_sent(database: Database, claimed: Claimed, *, ts: str, now: datetime, file_id: str = "") -> bool:
    """Write that a delivery was sent; False when the lease was lost and another copy counts: ours is to be taken back.

    Where nobody else has said it, ours counts.
    """
    with database.transaction() as db:
        sent: dict[str, Any] = {"status": "sent", "slack_ts": ts, "sent_at": now, "why": ""}
        if file_id:
            sent["file_id"] = file_id
        if not delivery_queries.mark(db, claimed.id, claimed.token, **sent):
            return _counts_late(db, claimed, sent, now)
        retire_last(db, delivery_id=claimed.id, kind=claimed.kind, person_id=claimed.person_id, now=now)
        if claimed.was_parked:
            delivery_queries.release_parked(db, person_id=claimed.person_id, channel=claimed.slack_channel)
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
            case Kind.UNREACHABLE:
                values = {"status": "parked", "why": outcome.code, "retry_at": machine + timings.try_parked}
            case _:
                values = {"status": "pending", "why": outcome.code, "retry_at": machine + wait}
        if not delivery_queries.mark(db, claimed.id, claimed.token, **values):
            _keep_in_doubt(db, claimed, outcome, values, now)
        elif values["status"] in {"dead", "parked"}:
            tell_leads(db, claimed.id, now=now)


def _counts_late(db: Db, claimed: Claimed, sent: dict[str, Any], now: datetime) -> bool:
    """After the lease was lost: let ours count where nobody else has said it, or owe that it is taken back."""
    row, ts, file_id = delivery_queries.get_delivery(db, claimed.id), sent["slack_ts"], sent.get("file_id", "")
    is_known = row.slack_ts in {ts, ""} and (not file_id or row.file_id == file_id)  # no stamp: a lead saw it arrive
    if row.status == "sent" and is_known:
        return True
    if delivery_queries.mark_if(db, claimed.id, _NOT_SAID, **sent, token=row.token + 1):
        retire_last(db, delivery_id=row.id, kind=row.kind, person_id=row.person_id, now=now)
        return True
    is_copy = isinstance(claimed.sendable, Message) or bool(file_id)
    if is_copy:
        owe_taking_back(db, row, token=claimed.token, now=now, ts=ts, file_id=file_id)
    return not is_copy


def _keep_in_doubt(db: Db, claimed: Claimed, outcome: Outcome, values: dict[str, Any], now: datetime) -> None:
    """After the lease was lost: what was perhaps accepted all the same is looked for, beside what another said.

    In a channel nobody can look.
    """
    if outcome.kind is not Kind.IN_DOUBT or not claimed.person_id:
        return
    row, file_id = delivery_queries.get_delivery(db, claimed.id), outcome.file_id
    if isinstance(claimed.sendable, Message):
        if not delivery_queries.mark_if(db, claimed.id, _NOT_SAID, **values, token=row.token + 1):
            owe_taking_back(db, row, token=claimed.token, now=now, look_at=values["retry_at"])
    elif file_id and file_id != row.file_id:
        owe_taking_back(db, row, token=claimed.token, now=now, file_id=file_id, look_at=values["retry_at"])


def _in_doubt(claimed: Claimed, outcome: Outcome, machine: float, timings: Timings) -> dict[str, Any]:
    if claimed.kind == "ephemeral":
        return {"status": "suppressed", "why": "perhaps_whispered"}
    return {"status": "uncertain", "why": outcome.code, "retry_at": machine + timings.settle}


def try_again(database: Database, claimed: Claimed, *, why: str, timings: Timings) -> None:
    """Put back a delivery whose saying twice does no harm, or that surely was not sent.

    A change to what was said is given up after a while; what has not been said yet never is.
    """
    with database.transaction() as db:
        wait = timings.wait_after(claimed.attempts)
        values: dict[str, Any] = {"status": "pending", "why": why, "retry_at": machine_now(db) + wait}
        if claimed.attempts >= ATTEMPTS_MOST and isinstance(claimed.sendable, Change):
            values = {"status": "dead", "why": why}
        delivery_queries.mark(db, claimed.id, claimed.token, **values)


def open_again(database: Database, claimed: Claimed, *, why: str, timings: Timings) -> bool:
    """Forget a conversation that Slack does not know any more, so that it is opened anew; False after some times."""
    if claimed.attempts >= _OPENINGS_MOST:
        return False
    with database.transaction() as db:
        person = db.get(Person, claimed.person_id)
        if person:
            person.dm_channel = ""
        retry_at = machine_now(db) + timings.wait_after(claimed.attempts)
        delivery_queries.mark(
            db, claimed.id, claimed.token, status="pending", why=why, slack_channel="", retry_at=retry_at
        )
    return True


def keep_app_trouble(database: Database, outcome: Outcome, *, now: datetime) -> None:
    """Owe the leads one message, for when it can be sent, that nothing could be: once for as long as it lasts."""
    with database.transaction() as db:
        tell_leads_of_app(db, outcome.code, wait=outcome.wait, now=now)


def release_next(database: Database, *, timings: Timings) -> bool:
    """Try one parked delivery once more, and no other to the same person or channel; True when there was one."""
    with database.reading() as db:
        if not delivery_queries.has_parked(db, machine_now=machine_now(db)):
            return False
    with database.transaction() as db:
        machine = machine_now(db)
        row = delivery_queries.find_parked(db, machine_now=machine)
        if row is None:
            return False
        delivery_queries.put_off_parked(
            db, person_id=row.person_id, channel=row.channel, until=machine + timings.try_parked
        )
        row.status, row.retry_at, row.token = "pending", 0.0, row.token + 1
    return True


def mark_not_needed(database: Database, claimed: Claimed, *, why: str) -> None:
    """Write that what was to be changed is no longer there to change."""
    with database.transaction() as db:
        delivery_queries.mark(db, claimed.id, claimed.token, status="suppressed", why=why)


def in_conversation(claimed: Claimed, slack_channel: str) -> Claimed:
    """Return the claim with the conversation it is to be said in."""
    return replace(claimed, slack_channel=slack_channel)
