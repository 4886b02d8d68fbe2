"""The ledger: what was sent, what was not and why; for leads, who may send it again."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from sqlmodel import Session as Db

from bot.errors import NotAllowed, NotFound, SomebodyWasFirst
from bot.values import LedgerLine, Ref, Who
from storage import audit
from storage.queries import deliveries as delivery_queries
from storage.queries import people as people_queries
from storage.tables.delivery import Delivery

DELIVERY = "delivery"
KEPT_IN_SIGHT = timedelta(days=31)
GROUPS: Mapping[str, tuple[str, ...]] = {  # what a lead may look at, and the states behind each word
    "trouble": ("dead", "parked", "uncertain"),
    "suppressed": ("suppressed",),
    "waiting": ("pending", "sending"),
    "sent": ("sent", "retired"),
}
_AGAIN = ("dead", "parked", "suppressed")


def list_ledger(db: Db, *, me: Who, now: datetime, group: str = "trouble", most: int = 40) -> tuple[LedgerLine, ...]:
    """Return the last month's messages of one group, newest first. Raises NotAllowed for all but leads."""
    if not me.is_lead:
        raise NotAllowed
    since = now - KEPT_IN_SIGHT
    rows = delivery_queries.list_deliveries(db, statuses=GROUPS[group], since=since, most=most)
    people = people_queries.list_people(db, ids=[row.person_id for row in rows if row.person_id])
    return tuple(_line(row, people[row.person_id].name if row.person_id else row.channel) for row in rows)


def say_it_arrived(db: Db, *, me: Who, ref: Ref, now: datetime) -> None:
    """Take a lead's word that a message in doubt did arrive. Raises SomebodyWasFirst when it is settled already."""
    row = _access_delivery(db, me=me, ref=ref)
    _settle(db, row, me, now, verb="said_arrived", status="sent", sent_at=now, why="said_to_have_arrived")


def send_again(db: Db, *, me: Who, ref: Ref, now: datetime) -> None:
    """Send a message that did not go, on a lead's word. Raises SomebodyWasFirst when it is settled already."""
    row = _access_delivery(db, me=me, ref=ref)
    _settle(db, row, me, now, verb="send_again", status="pending", attempts=0, retry_at=0.0, not_before=now,
            drop_after=None, why="sent_again_by_hand")  # fmt: skip


def _access_delivery(db: Db, *, me: Who, ref: Ref) -> Delivery:
    if not me.is_lead:
        raise NotAllowed
    row = db.get(Delivery, ref.id)
    if row is None:
        raise NotFound("message")
    return row


def _settle(db: Db, row: Delivery, me: Who, now: datetime, *, verb: str, **values: object) -> None:
    if not delivery_queries.mark_if(db, row.id, _AGAIN, **values, token=row.token + 1):
        raise SomebodyWasFirst("the list of messages")
    audit.note(db, at=now, actor_id=me.id, verb=verb, thing=f"delivery:{row.id}", about_id=row.person_id)


def _line(row: Delivery, whom: str) -> LedgerLine:
    at = row.sent_at or row.not_before or row.created_at
    assert at is not None
    return LedgerLine(Ref(DELIVERY, row.id), row.kind, whom, row.status, row.why, at, row.status in _AGAIN)
