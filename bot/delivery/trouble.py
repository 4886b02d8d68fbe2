"""What could not be said: the leads are told once for as long as it lasts, in a sentence with what to do."""

from datetime import datetime
from uuid import UUID

from sqlmodel import Session as Db

from storage.queries import deliveries as delivery_queries
from storage.queries import people as people_queries
from storage.queries.deliveries import QUESTIONS
from storage.tables.delivery import Delivery

TROUBLE = "trouble"


def tell_leads(db: Db, delivery_id: UUID, *, now: datetime) -> None:
    """Owe each lead one message about a delivery that is dead or parked, if they were not told of its cause before.

    Being told once is the key's doing: many deliveries, and many processes, come to the same one.
    """
    row = delivery_queries.get_delivery(db, delivery_id)
    if row.kind == TROUBLE:
        return
    cause = _cause(db, row, now)
    for lead in _leads(db, now):
        if lead != row.person_id:
            _tell(db, lead, f"{TROUBLE}:{cause}:{lead}", {"delivery": str(delivery_id)}, now)


def tell_leads_of_app(db: Db, code: str, *, wait: float | None, now: datetime) -> None:
    """Owe each lead one message that Slack lets nothing through, or asks to wait `wait` seconds.

    It can be said only when that is over; the next time is another one.
    """
    subject = {"code": code, "at": now.isoformat(), "wait": str(int(wait or 0))}
    for lead in _leads(db, now):
        key = f"{TROUBLE}:{'app' if wait is None else 'slow'}:{lead}:"
        _tell(db, lead, f"{key}{delivery_queries.count_over(db, said_like=key)}", subject, now)


def _leads(db: Db, now: datetime) -> list[UUID]:
    return [lead.id for lead in people_queries.list_role_holders(db, role=people_queries.LEAD, on=now.date())]


def _tell(db: Db, lead: UUID, said_once: str, subject: dict[str, str], now: datetime) -> None:
    delivery_queries.add_delivery(
        db, kind=TROUBLE, said_once=said_once, person_id=lead, subject=subject, not_before=now, created_at=now
    )


def _cause(db: Db, row: Delivery, now: datetime) -> str:
    """Name what is told once: a question, a person or channel until it is reached again, a fault of ours for a week."""
    if row.status == "dead":
        year, week, _ = now.isocalendar()
        return f"{row.kind}:{row.why}:{year}-{week}"
    if row.why in QUESTIONS:
        return f"parked:{row.id}"
    reached = delivery_queries.find_last_said(db, person_id=row.person_id, channel=row.channel)
    return f"{row.person_id or f'{row.channel}:{row.why}'}:{reached}"
