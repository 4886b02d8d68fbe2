"""Inbound once: the same form, command or event again gets the same answer."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from sqlmodel import Session as Db

from bot.values import Who
from storage.queries import inbox as inbox_queries

find_answer = inbox_queries.find_answer


def keep_answer(db: Db, *, key: str, me: Who, answer: dict[str, Any], now: datetime) -> None:
    """Keep the answer in the transaction of its effect; a form refused with errors leaves none."""
    inbox_queries.add_inbox(db, key=key, person_id=me.id, answer=answer, now=now)


def act_once(db: Db, *, event_id: str, act: Callable[[Db], bool], now: datetime) -> bool:
    """Act on an event unless it was before; say whether anything changed. What changes nothing leaves no row."""
    key = f"event:{event_id}"
    if inbox_queries.is_known(db, key=key) or not act(db):
        return False
    inbox_queries.add_event(db, key=key, now=now)
    return True
