"""When a thing is done or put off, the newest message that asks for it is brought up to date within the minute.

Correctness never depends on that: a button in an older message still works or says what happened meanwhile.
"""

from datetime import datetime
from uuid import UUID

from sqlmodel import Session as Db

from storage.queries import deliveries as delivery_queries
from storage.queries import due as due_queries
from storage.queries.deliveries import UPDATES
from storage.tables.delivery import Delivery, DueItem, Notice

DIGEST, REFRESH = "digest", "refresh"


def refresh_message_about(db: Db, item: DueItem, *, now: datetime) -> None:
    """Owe an update of the newest message to each person that asks for this item."""
    newest: dict[UUID, Notice] = {}
    for notice in due_queries.list_notices_about(db, due_item_id=item.id):
        newest.setdefault(notice.person_id, notice)
    for notice in newest.values():
        message = _message_of(db, notice)
        if message and message.status == "sent" and not _is_owed(db, message):
            delivery_queries.add_delivery(
                db,
                kind=REFRESH,
                said_once=f"{REFRESH}:{message.id}:{item.id}:{item.turn}:{item.version}",
                person_id=notice.person_id,
                subject={"delivery": str(message.id)},
                lane=UPDATES,
                not_before=now,
                created_at=now,
            )


def _message_of(db: Db, notice: Notice) -> Delivery | None:
    by_itself = delivery_queries.find_said(db, f"nudge:{notice.id}")
    message = by_itself or delivery_queries.find_said(db, f"digest:{notice.person_id}:{notice.digest_on}")
    if message and message.status == "retired":  # a newer digest asks for what it asked
        return next(
            iter(delivery_queries.list_recent(db, person_id=notice.person_id, kind=DIGEST, status="sent")), None
        )
    return message


def _is_owed(db: Db, message: Delivery) -> bool:
    """Say whether an update of the message waits already: it will show everything that is done by then."""
    assert message.person_id
    waiting = delivery_queries.list_recent(db, person_id=message.person_id, kind=REFRESH, status="pending")
    return any(row.subject["delivery"] == str(message.id) for row in waiting)
