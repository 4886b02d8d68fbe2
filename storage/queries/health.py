"""What whoever watches the service is told."""

from datetime import datetime

from sqlalchemy import func
from sqlmodel import Session as Db
from sqlmodel import col, select

from storage.tables.delivery import Delivery


def find_oldest_waiting(db: Db, *, now: datetime) -> datetime | None:
    """Return since when the delivery that waits longest might have gone; None when nothing waits."""
    due = select(func.min(Delivery.not_before)).where(Delivery.status == "pending", col(Delivery.not_before) <= now)
    return db.exec(due).one()
