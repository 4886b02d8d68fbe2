"""Which moment comes next at which anything is due: what moving time and dry runs step to."""

from datetime import UTC, datetime, time

from storage.database import Database
from storage.queries import deliveries as delivery_queries
from storage.queries import due as due_queries


def next_thing(database: Database, *, now: datetime) -> datetime | None:
    """Return the next moment after `now` at which anything is due, by programme time; None when nothing ever is."""
    with database.reading() as db:
        found = [*due_queries.next_moments(db, after=now), delivery_queries.next_not_before(db, after=now)]
        look_on = due_queries.next_look(db, after=now.date())
    if look_on:
        found.append(datetime.combine(look_on, time(), UTC))
    return min((moment for moment in found if moment), default=None)
