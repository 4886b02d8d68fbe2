"""Messages that were said and no longer stand as they are: the last digest, and one with things done meanwhile."""

from datetime import datetime
from uuid import UUID

from sqlmodel import Session as Db

from storage.queries import deliveries as delivery_queries
from storage.queries.deliveries import UPDATES
from storage.tables.delivery import Delivery

DIGEST, RETIRE = "digest", "retire"


def retire_last(db: Db, *, delivery_id: UUID, kind: str, person_id: UUID | None, now: datetime) -> None:
    """When a digest was sent, let the one before it point there: its buttons become *moved to today's message*."""
    if kind != DIGEST or person_id is None:
        return
    for old_id in delivery_queries.mark_retired(db, person_id=person_id, kind=DIGEST, but=delivery_id):
        delivery_queries.add_delivery(
            db,
            kind=RETIRE,
            said_once=f"{RETIRE}:{old_id}",
            person_id=person_id,
            subject={"delivery": str(old_id)},
            lane=UPDATES,
            not_before=now,
            created_at=now,
        )


def delivery_of(row: Delivery) -> UUID:
    """Return the delivery that another one is about."""
    return UUID(row.subject["delivery"])
