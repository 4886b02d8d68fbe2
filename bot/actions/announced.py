"""Which digests told somebody of a meeting: each digest keeps the ids of those it announced, and for when."""

from uuid import UUID

from sqlmodel import Session as Db

from storage.queries import deliveries as delivery_queries
from storage.tables.meetings import Session

SESSIONS = "sessions"  # in a digest's subject
_SAID = ("sent", "retired")


def as_said(session: Session) -> str:
    """Return how a digest keeps a meeting: another time is another thing to say."""
    assert session.planned_at is not None
    return f"{session.id}@{session.planned_at:%Y%m%dT%H%M}"


def announced_in(db: Db, *, person_id: UUID, session: Session) -> frozenset[str]:
    """Return the slots, by their dates, whose digests told somebody of a meeting as it is planned now."""
    recent = (
        row
        for status in _SAID
        for row in delivery_queries.list_recent(db, person_id=person_id, kind="digest", status=status)
    )
    return frozenset(row.subject["on"] for row in recent if as_said(session) in row.subject.get(SESSIONS, ()))
