"""Operational rows that have served: deleted in short transactions (privacy.md, At rest)."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete
from sqlmodel import Session as Db
from sqlmodel import col, select

from storage.tables.delivery import Delivery, DueItem, Inbox, Notice
from storage.tables.programmes import Enrolment

MOST = 500  # rows in one transaction
_ENDED = ("sent", "dead", "parked", "suppressed", "retired")


def delete_old_inbox(db: Db, *, before: datetime) -> int:
    """Delete what came in before a moment; return how many rows went."""
    keys = db.exec(select(Inbox.key).where(col(Inbox.seen_at) < before).limit(MOST)).all()
    return _delete(db, Inbox, col(Inbox.key), keys)


def delete_old_deliveries(db: Db, *, before: datetime) -> int:
    """Delete messages that were settled, made before a moment; return how many rows went."""
    old = select(Delivery.id).where(col(Delivery.status).in_(_ENDED), col(Delivery.created_at) < before).limit(MOST)
    return _delete(db, Delivery, col(Delivery.id), db.exec(old).all())


def delete_old_due_items(db: Db, *, before: date) -> int:
    """Delete due rows closed before a day, of enrolments that ended before it; return how many went.

    Those of a live enrolment stay: they are worked out from its facts and would only come back.
    """
    old = (
        select(DueItem.id)
        .join(Enrolment, col(Enrolment.id) == DueItem.enrolment_id)
        .where(DueItem.state != "open", col(DueItem.closed_on) < before, col(Enrolment.ended_on) < before)
        .limit(MOST)
    )
    ids: Sequence[UUID] = db.exec(old).all()
    notices = db.exec(select(Notice.id).where(col(Notice.due_item_id).in_(ids))).all() if ids else []
    _delete(db, Notice, col(Notice.id), notices)
    return _delete(db, DueItem, col(DueItem.id), ids)


def _delete(db: Db, table: Any, column: Any, keys: Sequence[Any]) -> int:
    if keys:
        db.connection().execute(delete(table).where(column.in_(keys)))
    return len(keys)
