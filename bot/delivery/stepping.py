"""Which moment comes next at which anything is due: what moving time and dry runs step to."""

from datetime import UTC, datetime, time

from storage.database import Database
from storage.queries import due as due_queries


def next_thing(database: Database, *, now: datetime) -> datetime | None:
    """Return the next moment after `now` at which anything is due, by programme time; None when nothing ever is."""
    with database.reading() as db:
        *moments, look_on = due_queries.find_next(db, after=now)
    look_at = datetime.combine(look_on, time(), UTC) if look_on else None
    return min((moment for moment in (*moments, look_at) if moment), default=None)
