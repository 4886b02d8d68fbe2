"""The audit log: append-only, one HMAC chain under its own key. Rows hold ids, never names or content."""

import hashlib
import hmac
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import text
from sqlmodel import Session as Db
from sqlmodel import col, select

from storage.tables.delivery import AuditEvent

_LOCK = 4_828_017  # one number for pg_advisory_xact_lock: the chain has one tail
_START = "handrail-audit-1"


@dataclass(frozen=True)
class Keys:
    """Audit keys by number; the highest writes, all verify."""

    by_number: Mapping[int, bytes]

    @property
    def newest(self) -> int:
        return max(self.by_number)


def note(db: Db, *, at: datetime, actor_id: UUID | None, verb: str, thing: str, about_id: UUID | None = None) -> None:
    """Note what is being done or read; it is written as the last statement of this transaction.

    Raises RuntimeError where nothing can be written: what leaves a trace must be read in a writing transaction.
    """
    if db.info.get("reads_only"):
        raise RuntimeError("this must be read in a writing transaction, because it leaves an audit row")
    noted: list[AuditEvent] = db.info.setdefault("audit_noted", [])
    noted.append(AuditEvent(at=at, actor_id=actor_id, about_id=about_id, verb=verb, thing=thing, chain=""))


def find_last_change(db: Db, *, thing: str, about_id: UUID | None) -> AuditEvent | None:
    """Return the last thing that was done, beyond reading, to what was noted under this name and about this person."""
    asked = select(AuditEvent).where(AuditEvent.about_id == about_id, AuditEvent.thing == thing)
    return db.exec(asked.where(AuditEvent.verb != "read").order_by(col(AuditEvent.id).desc()).limit(1)).first()


_TAIL = select(AuditEvent.chain).order_by(col(AuditEvent.id).desc()).limit(1)


def append_noted(db: Db) -> None:
    """Write the noted rows onto the chain. SQLite has the write lock by now; PostgreSQL takes one for the tail."""
    noted: list[AuditEvent] = db.info.pop("audit_noted", [])
    if not noted:
        return
    if db.get_bind().dialect.name == "postgresql":
        db.connection().execute(text("SELECT pg_advisory_xact_lock(:n)"), {"n": _LOCK})
    keys: Keys = db.info["audit_keys"]
    tail = db.exec(_TAIL).first() or _START
    for event in noted:
        event.chain = tail = _link(keys, keys.newest, tail, event)
        db.add(event)
        db.flush()  # one by one: ids must rise in the order of the chain


def _link(keys: Keys, number: int, before: str, event: AuditEvent) -> str:
    assert event.at is not None
    said = json.dumps(
        [before, event.at.isoformat(), str(event.actor_id), str(event.about_id), event.verb, event.thing],
        separators=(",", ":"),
    )
    return f"{number}:{hmac.new(keys.by_number[number], said.encode(), hashlib.sha256).hexdigest()}"


def find_break(db: Db) -> int | None:
    """Return the id of the first row that does not hang on the one before it, or None when the chain is whole."""
    keys: Keys = db.info["audit_keys"]
    tail = _START
    for event in _in_order(db):
        number = int(event.chain.partition(":")[0] or 0)
        if number not in keys.by_number or not hmac.compare_digest(event.chain, _link(keys, number, tail, event)):
            return event.id
        tail = event.chain
    return None


def find_head(db: Db) -> tuple[int, str] | None:
    """Return the number and link of the newest row, to be kept outside the database."""
    newest = db.exec(select(AuditEvent).order_by(col(AuditEvent.id).desc()).limit(1)).first()
    return (newest.id or 0, newest.chain) if newest else None


def _in_order(db: Db) -> Iterator[AuditEvent]:
    last = 0
    while page := db.exec(
        select(AuditEvent).where(col(AuditEvent.id) > last).order_by(col(AuditEvent.id)).limit(1000)
    ).all():
        yield from page
        last = page[-1].id or 0
