"""The newest link of the audit chain, noted daily outside the database, so that a cut tail or a new chain shows."""

import logging
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlmodel import Session as Db

from storage import audit
from storage.tables.delivery import AuditEvent

_log = logging.getLogger("handrail.audit")


@dataclass(frozen=True)
class Head:
    """One line of the file: on which day the chain ended with which row and link."""

    day: str
    number: int
    link: str

    def __str__(self) -> str:
        return f"{self.day} {self.number} {self.link}"


def note_head(db: Db, path: Path, *, now: datetime) -> bool:
    """Add today's head to the file and the process log, unless today's is there; return whether it was added."""
    found, known = audit.find_head(db), read_heads(path)
    day = now.date().isoformat()
    if found is None or (known and known[-1].day >= day):
        return False
    head = Head(day, *found)
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a", encoding="ascii") as file:
        file.write(f"{head}\n")
    _log.info("audit head %s", head)
    return True


def read_heads(path: Path) -> list[Head]:
    """Return the heads noted so far, oldest first; lines that were cut off are left out."""
    if not path.exists():
        return []
    lines = (line.split(" ") for line in path.read_text("ascii", errors="replace").splitlines())
    return [Head(day, int(number), link) for day, number, link in (line for line in lines if len(line) == 3)]


def find_missing_head(db: Db, path: Path) -> Head | None:
    """Return the first noted head that the chain no longer holds, or None when it holds them all."""
    for head in read_heads(path):
        event = db.get(AuditEvent, head.number)
        if event is None or event.chain != head.link:
            return head
    return None
