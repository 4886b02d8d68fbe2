"""The ledger: what was sent, what was not and why; for leads, who may send it again."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from sqlmodel import Session as Db

from bot.actions.was_first import was_last_changed
from bot.errors import NotAllowed, NotFound, SomebodyWasFirst
from bot.values import LedgerLine, Ref, Who
from storage import audit
from storage.queries import deliveries as delivery_queries
from storage.queries import people as people_queries
from storage.tables.delivery import Delivery

DELIVERY = "delivery"
MOST = 40  # lines on one screen
REPLACED = "replaced"  # by a delivery that a lead asked for; its reason stays
KEPT_IN_SIGHT = timedelta(days=31)
GROUPS: Mapping[str, tuple[str, ...]] = {  # what a lead may look at, and the states behind each word
    "trouble": ("dead", "parked", "uncertain"),
    "suppressed": ("suppressed", REPLACED),
    "waiting": ("pending", "sending"),
    "sent": ("sent", "retired"),
}
_AGAIN = ("dead", "parked", "suppressed")


def list_ledger(db: Db, *, me: Who, now: datetime, group: str = "trouble", most: int = MOST) -> tuple[LedgerLine, ...]:
    """Return the last month's messages of one group, newest first. Raises NotAllowed for all but leads."""
    if not me.is_lead:
        raise NotAllowed
    since = now - KEPT_IN_SIGHT
    rows = delivery_queries.list_deliveries(db, statuses=GROUPS[group], since=since, most=most)
    people = people_queries.list_people(db, ids=[row.person_id for row in rows if row.person_id])
    lines = (_line(row, people[row.person_id].name if row.person_id else row.channel) for row in rows)
    return tuple(sorted(lines, key=lambda line: line.at, reverse=True))


def say_it_arrived(db: Db, *, me: Who, ref: Ref, now: datetime) -> None:
    """Take a lead's word that a message in doubt did arrive. Raises SomebodyWasFirst when it is settled already."""
    row = _access_delivery(db, me=me, ref=ref)
    values = {"status": "sent", "sent_at": now, "why": "said_to_have_arrived", "token": row.token + 1}
    if not delivery_queries.mark_if(db, row.id, ("parked",), **values):
        raise _changed(db, me, row)
    _note(db, row, me, now, verb="said_arrived")


def send_again(db: Db, *, me: Who, ref: Ref, now: datetime) -> None:
    """Send a message that did not go, on a lead's word: a delivery of its own, which takes the place of the first.

    Raises SomebodyWasFirst when that was done, or it was settled, meanwhile.
    """
    row = _access_delivery(db, me=me, ref=ref)
    key, gone = row.said_once, {"status": REPLACED, "said_once": f"{REPLACED}:{row.id}", "token": row.token + 1}
    if not delivery_queries.mark_if(db, row.id, _AGAIN, **gone):
        raise _changed(db, me, row)
    again = delivery_queries.add_delivery(
        db,
        kind=row.kind,
        said_once=key,
        person_id=row.person_id,
        channel=row.channel,
        subject=row.subject,
        lane=row.lane,
        not_before=now,
        created_at=now,
    )
    assert again is not None, "the key was free"
    delivery_queries.mark(db, again.id, again.token, why="sent_again_by_hand")
    _note(db, row, me, now, verb="send_again")


def _access_delivery(db: Db, *, me: Who, ref: Ref) -> Delivery:
    if not me.is_lead:
        raise NotAllowed
    row = db.get(Delivery, ref.id)
    if row is None:
        raise NotFound("message")
    return row


def _changed(db: Db, me: Who, row: Delivery) -> SomebodyWasFirst:
    thing = f"delivery:{row.id}"
    return was_last_changed(db, me, "the list of messages", thing=thing, about_id=row.person_id)


def _note(db: Db, row: Delivery, me: Who, now: datetime, *, verb: str) -> None:
    audit.note(db, at=now, actor_id=me.id, verb=verb, thing=f"delivery:{row.id}", about_id=row.person_id)


def _line(row: Delivery, whom: str) -> LedgerLine:
    at = row.sent_at or row.not_before or row.created_at
    assert at is not None
    return LedgerLine(Ref(DELIVERY, row.id), row.kind, whom, row.status, row.why, at, row.status in _AGAIN)
