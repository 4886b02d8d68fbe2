"""Somebody was there first: who, and when."""

from datetime import datetime
from uuid import UUID

from sqlmodel import Session as Db

from bot.errors import SomebodyWasFirst
from bot.values import Who
from storage import audit
from storage.queries import people as people_queries


def was_first(db: Db, me: Who, title: str, *, by_id: UUID | None, at: datetime | None) -> SomebodyWasFirst:
    """Say who changed something meanwhile, and when; nobody is told of themself as of a stranger."""
    name = people_queries.get_person(db, by_id).name if by_id and by_id != me.id else ""
    return SomebodyWasFirst(title, name, at, me.zone)


def was_last_changed(db: Db, me: Who, title: str, *, thing: str, about_id: UUID | None) -> SomebodyWasFirst:
    """Say the same of what keeps no note of its own who changed it: the audit log knows."""
    last = audit.find_last_change(db, thing=thing, about_id=about_id)
    return was_first(db, me, title, by_id=last.actor_id if last else None, at=last.at if last else None)
