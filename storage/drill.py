"""Proving that keys open what is sealed, without showing it."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from sqlmodel import Session as Db
from sqlmodel import col, select

from storage import sealing
from storage.tables.delivery import Inbox
from storage.tables.progress import TrainingRecord
from storage.tables.written import Answer, Document


def open_something(db: Db) -> str:
    """Open the newest sealed row there is, and return the name of its table; empty when nothing is sealed yet.

    Raises SealBroken, KeyDestroyed or WrongMasterKey where it does not open.
    """
    for sealed, owner, place in _newest(db):
        sealing.open_sealed(db, sealed, owner=owner, **place)
        return str(place["table"])
    return ""


def _newest(db: Db) -> Iterator[tuple[bytes, UUID, dict[str, Any]]]:
    written = (
        select(Answer, Document)
        .join(Document, col(Document.id) == Answer.document_id)
        .where(col(Answer.body).is_not(None))
        .order_by(col(Answer.id).desc())
    )
    for answer, document in db.exec(written.limit(1)):
        yield answer.body or b"", document.owner_id, {"table": "answer", "row_id": answer.id, "column": "body"}
    held = select(TrainingRecord).where(col(TrainingRecord.certificate).is_not(None)).limit(1)
    for record in db.exec(held):
        place = {"table": "trainingrecord", "row_id": record.id, "column": "certificate"}
        yield record.certificate or b"", record.person_id, place
    answered = select(Inbox).where(col(Inbox.answer).is_not(None), col(Inbox.person_id).is_not(None)).limit(1)
    for row in db.exec(answered):
        assert row.person_id is not None
        yield row.answer or b"", row.person_id, {"table": "inbox", "row_id": row.key, "column": "answer"}
