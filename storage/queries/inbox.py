"""What came in and was done, with the answer that was given."""

import json
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlmodel import Session as Db

from storage import sealing
from storage.tables.delivery import Inbox


def find_answer(db: Db, *, key: str) -> dict[str, Any] | None:
    """Return the answer already given to this very thing, or None when it is new."""
    row = db.get(Inbox, key)
    if row is None:
        return None
    if row.answer is None or row.person_id is None:
        return {}
    text = sealing.open_sealed(db, row.answer, owner=row.person_id, table="inbox", row_id=key, column="answer")
    answer: dict[str, Any] = json.loads(text)
    return answer


def add_inbox(db: Db, *, key: str, person_id: UUID, answer: dict[str, Any], now: datetime) -> None:
    """Keep that this was done, and what was answered. A second row with the same key fails at the flush."""
    text = json.dumps(answer)
    sealed = sealing.seal(db, text, owner=person_id, table="inbox", row_id=key, column="answer") if answer else None
    db.add(Inbox(key=key, seen_at=now, person_id=person_id, answer=sealed))
    db.flush()


def is_known(db: Db, *, key: str) -> bool:
    """Say whether this very thing came in before and was done."""
    return db.get(Inbox, key) is not None


def add_event(db: Db, *, key: str, now: datetime) -> None:
    """Keep that an event was acted on. A second row with the same key fails at the flush."""
    db.add(Inbox(key=key, seen_at=now))
    db.flush()
