"""When a person's Home tab is published again: opened, after their own action, and after another's that concerns them.

It goes through the outbox, once for all that happens before it is sent (design.md, "Habits worth having", Home).
"""

from collections.abc import Collection
from datetime import datetime, timedelta
from uuid import UUID

from sqlmodel import Session as Db

from bot import access
from storage.queries import deliveries as delivery_queries
from storage.queries import people as people_queries
from storage.queries.deliveries import UPDATES
from storage.types import new_id

HOME = "home"  # the kind of delivery
LOOKED_AT_FOR = timedelta(hours=24)  # a Home opened longer ago waits until it is opened again


def mark_opened(db: Db, *, slack_id: str, view_hash: str, now: datetime) -> None:
    """Note that somebody looks at their Home, and publish it; who is not on the people list gets none.

    `view_hash` is Slack's name for what they see now; empty where nothing was ever published.
    """
    person = people_queries.find_person_by_slack_id(db, slack_id)
    if person is None or access.has_left(person, now):
        return
    person.home_opened_at, person.home_hash = now, view_hash
    db.flush()
    refresh_homes(db, [person.id], now=now)


def refresh_homes(db: Db, person_ids: Collection[UUID], *, now: datetime) -> None:
    """Owe a fresh Home to those of these people who opened theirs in the last 24 hours."""
    for person_id in people_queries.list_home_openers(db, ids=person_ids, since=now - LOOKED_AT_FOR):
        owe_home(db, person_id, now=now)


def owe_home(db: Db, person_id: UUID, *, now: datetime) -> None:
    """Owe one person a fresh Home; one that still waits will show everything that is done by then."""
    if delivery_queries.has_pending_of(db, person_id=person_id, kind=HOME):
        return
    delivery_queries.add_delivery(
        db,
        kind=HOME,
        said_once=f"{HOME}:{person_id}:{new_id()}",
        person_id=person_id,
        lane=UPDATES,
        not_before=now,
        created_at=now,
    )
