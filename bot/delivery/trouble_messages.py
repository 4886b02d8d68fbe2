"""What the leads are told of messages that could not be sent."""

from datetime import datetime, timedelta

from sqlmodel import Session as Db

from bot.delivery.outgoing import Outgoing, Suppressed
from bot.delivery.retiring import delivery_of
from bot.delivery.slack_calls import UNREACHABLE
from bot.rules.working_days import local_date
from prompts.nudges import Trouble, app_trouble_message, trouble_message
from storage.queries import deliveries as delivery_queries
from storage.queries import people as people_queries
from storage.queries.deliveries import QUESTIONS
from storage.tables.delivery import Delivery


def build_trouble(db: Db, row: Delivery, now: datetime) -> Outgoing:
    """Tell a lead what could not be said, or ask whether it arrived; nothing where that is over meanwhile."""
    assert row.person_id is not None
    if "code" in row.subject:
        return _build_app_trouble(db, row, now)
    about = delivery_queries.get_delivery(db, delivery_of(row))
    if about.status not in ("parked", "dead") and about.why not in UNREACHABLE:  # one that is tried again keeps why
        return Suppressed("settled_meanwhile")
    whom = people_queries.get_person(db, about.person_id).name if about.person_id else f"<#{about.channel}>"
    return trouble_message(about.id, kind=about.kind, whom=whom, why=about.why, trouble=_kind_of(about))


def _kind_of(about: Delivery) -> Trouble:
    if about.why in QUESTIONS:
        return Trouble.DID_IT_ARRIVE
    return Trouble.FAULT_OF_OURS if about.status == "dead" else Trouble.WAITS


def _build_app_trouble(db: Db, row: Delivery, now: datetime) -> Outgoing:
    assert row.person_id is not None
    zone = people_queries.get_person(db, row.person_id).zone
    return app_trouble_message(
        row.subject["code"],
        at=datetime.fromisoformat(row.subject["at"]),
        wait=timedelta(seconds=int(row.subject["wait"])),
        zone=zone,
        today=local_date(now, zone),
    )
