"""What whoever watches the service is told."""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import func, literal_column, or_
from sqlmodel import Session as Db
from sqlmodel import col, select

from storage.tables.delivery import Delivery
from storage.tables.people import Person
from storage.tables.programmes import Enrolment

WAITING = ("pending", "sending", "uncertain", "parked")  # the states of a delivery that is not settled


def list_oldest_waiting(db: Db, *, now: datetime) -> dict[str, datetime]:
    """Return by state since when the delivery that waits longest might have gone; states with none are left out.

    One question a state: each has an index of its own, which holds only what waits.
    """
    found = {}
    for state in WAITING:
        due = select(func.min(Delivery.not_before)).where(
            Delivery.status == literal_column(f"'{state}'"), col(Delivery.not_before) <= now
        )
        if oldest := db.exec(due).one():
            found[state] = oldest
    return found


def list_settled(db: Db, *, today: date) -> Sequence[UUID]:
    """Return the live enrolments whose due rows were put right and need no new look yet."""
    asked = select(Enrolment.id).where(
        col(Enrolment.ended_on).is_(None),
        or_(col(Enrolment.look_again_on).is_(None), col(Enrolment.look_again_on) > today),
    )
    return db.exec(asked.order_by(col(Enrolment.id))).all()


def find_channel_fault(db: Db, *, channel: str) -> str:
    """Return why the newest message for a channel could not be posted, as a code; empty when it could."""
    newest = select(Delivery).where(Delivery.channel == channel, Delivery.status != "pending")
    row = db.exec(newest.order_by(col(Delivery.created_at).desc()).limit(1)).first()
    return row.why if row and row.status in ("dead", "parked") else ""


def list_switched_off(db: Db, *, today: date) -> Sequence[str]:
    """Return the Slack accounts that are kept as off or another's, of people who have not left."""
    asked = select(Person.slack_id).where(
        col(Person.in_slack).in_(("deactivated", "stranger")),
        or_(col(Person.leaves_on).is_(None), col(Person.leaves_on) >= today),
    )
    return [slack_id for slack_id in db.exec(asked.order_by(Person.name)) if slack_id]


def list_waiting_addresses(db: Db) -> Sequence[str]:
    """Return the addresses of people who are on the list and not recognised in Slack yet."""
    asked = select(Person.email).where(col(Person.slack_id).is_(None), col(Person.email).is_not(None))
    return [address for address in db.exec(asked.order_by(Person.name)) if address]
