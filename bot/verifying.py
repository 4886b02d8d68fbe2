"""handrail db verify: does the database hold together, and does it say what the facts say? Changes nothing."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from uuid import UUID

from sqlmodel import Session as Db

from bot.actions import settle
from storage import audit, audit_heads
from storage.damage import find_damage
from storage.database import Database
from storage.queries import health as health_queries


@dataclass(frozen=True)
class Finding:
    """One check: whether all is well, and a sentence."""

    ok: bool
    says: str


class _TakenBack(Exception):  # noqa: N818  not an error: how a rehearsal ends
    """Ends a transaction that was only for looking."""


def verify_all(database: Database, *, heads: Path, now: datetime) -> list[Finding]:
    """Run every check, in order of how bad it would be."""
    with database.reading() as db:
        return [_integrity(db), _keys(database), *_audit(db, heads), _due_rows(database, db, now)]


def _integrity(db: Db) -> Finding:
    damage = find_damage(db)
    if damage:
        return Finding(False, f"The database is damaged: {'; '.join(damage)}. Restore the last backup.")
    return Finding(True, "The database holds together.")


def _keys(database: Database) -> Finding:
    database.keyring.check()  # a wrong key stopped us before; a half-rotated keyring is found here
    return Finding(True, "The keys in use open the keyring.")


def _audit(db: Db, heads: Path) -> Iterator[Finding]:
    broken = audit.find_break(db)
    if broken is not None:
        yield Finding(False, f"The audit chain is broken at row {broken}: a row was changed, added or taken out.")
    else:
        yield Finding(True, "The audit chain is whole.")
    missing = audit_heads.find_missing_head(db, heads)
    if missing:
        says = f"The audit chain ended on {missing.day} with row {missing.number}, which is not in it now."
        yield Finding(False, f"{says} Its tail was cut, or it was worked out anew.")
    elif heads.exists():
        yield Finding(True, f"Every head in {heads} is in the chain.")


def _due_rows(database: Database, db: Db, now: datetime) -> Finding:
    wrong = [
        enrolment
        for enrolment in health_queries.list_settled(db, today=now.date())
        if _differs(database, enrolment, now)
    ]
    if wrong:
        says = f"The due rows of {len(wrong)} enrolments do not say what the facts say, first {wrong[0]}."
        return Finding(False, f"{says} Please report this; the next change to each puts it right.")
    return Finding(True, "Every due row says what the facts say.")


def _differs(database: Database, enrolment_id: UUID, now: datetime) -> bool:
    """Settle in a transaction that is taken back, and say whether anything would have changed."""
    changed = 0
    try:
        with database.transaction() as db:
            changed = settle.settle_enrolment(db, enrolment_id, now=now)
            raise _TakenBack  # noqa: TRY301  how a rehearsal ends
    except _TakenBack:
        return changed > 0
