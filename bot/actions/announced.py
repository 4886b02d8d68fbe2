"""Which digests told somebody of a meeting: each digest keeps the ids of those it announced, and for when."""

from collections.abc import Iterator
from datetime import datetime
from uuid import UUID

from sqlmodel import Session as Db

from storage.queries import deliveries as delivery_queries
from storage.tables.delivery import Delivery
from storage.tables.meetings import Session

SESSIONS = "sessions"  # in a digest's subject
_SAID = ("sent", "retired")


def as_said(session: Session) -> str:
    """Return how a digest keeps a meeting: another time is another thing to say."""
    assert session.planned_at is not None
    return f"{session.id}@{session.planned_at:%Y%m%dT%H%M}"


def announced_in(db: Db, *, person_id: UUID, session: Session) -> frozenset[str]:
    """Return the slots, by their dates, whose digests told somebody of a meeting as it is planned now."""
    return frozenset(row.subject["on"] for row in _telling(db, person_id, session))


def was_said_since(db: Db, *, person_id: UUID, session: Session, since: datetime) -> bool:
    """Say whether a digest told somebody of a meeting as it is planned now, at a moment (programme time) or after."""
    return any(row.sent_at and row.sent_at >= since for row in _telling(db, person_id, session))


def _telling(db: Db, person_id: UUID, session: Session) -> Iterator[Delivery]:
    for status in _SAID:
        for row in delivery_queries.list_recent(db, person_id=person_id, kind="digest", status=status):
            if as_said(session) in row.subject.get(SESSIONS, ()):
                yield row
