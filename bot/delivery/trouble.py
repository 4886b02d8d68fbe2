"""What could not be said: the leads are told once."""

from datetime import datetime
from uuid import UUID

from sqlmodel import Session as Db

from storage.queries import deliveries as delivery_queries
from storage.queries import people as people_queries

TROUBLE = "trouble"


def tell_leads(db: Db, delivery_id: UUID, *, now: datetime) -> None:
    """Owe each lead one message about a delivery that is dead or parked; one message a person or channel and reason."""
    row = delivery_queries.get_delivery(db, delivery_id)
    if row.kind == TROUBLE:
        return
    about = row.channel or str(row.person_id)
    for lead in people_queries.list_role_holders(db, role=people_queries.LEAD, on=now.date()):
        if lead.id != row.person_id:
            delivery_queries.add_delivery(
                db,
                kind=TROUBLE,
                said_once=f"{TROUBLE}:{about}:{_occasion(row.status, row.why, delivery_id)}:{lead.id}",
                person_id=lead.id,
                subject={"delivery": str(delivery_id)},
                not_before=now,
                created_at=now,
            )


def _occasion(status: str, why: str, delivery_id: UUID) -> str:
    """A dead end is told once; each message that may or may not have arrived is a question of its own."""
    return f"parked:{delivery_id}" if status == "parked" else why
