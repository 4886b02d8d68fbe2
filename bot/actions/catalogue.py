"""Which programme a row was read from: versions kept whole, by hash, and read again once a process."""

from datetime import datetime
from functools import lru_cache
from uuid import UUID

from sqlmodel import Session as Db
from sqlmodel import select

from bot.programmes.loader import load_stored
from bot.programmes.programme import Programme
from storage.tables.programmes import ProgrammeVersion


def programme_of(db: Db, version_id: UUID) -> Programme:
    """Return the programme as it was at this version. A version never changes, so it is read once."""
    return _read_version(_Held(db, version_id))


def every_version(db: Db) -> tuple[Programme, ...]:
    """Return every version of every programme that is kept."""
    return tuple(programme_of(db, version_id) for version_id in db.exec(select(ProgrammeVersion.id)))


def keep_version(db: Db, programme: Programme, *, now: datetime) -> UUID:
    """Keep this text of a programme, and return its version's id; the same text is kept once."""
    known = db.exec(
        select(ProgrammeVersion.id).where(
            ProgrammeVersion.programme == programme.key, ProgrammeVersion.content_hash == programme.content_hash
        )
    ).first()
    if known:
        return known
    row = ProgrammeVersion(
        programme=programme.key, content_hash=programme.content_hash, source=programme.source, loaded_at=now
    )
    db.add(row)
    db.flush()
    return row.id


class _Held:
    """A version's id as a cache key, with the handle to read it by the first time."""

    def __init__(self, db: Db, version_id: UUID) -> None:
        self.db, self.version_id = db, version_id

    def __hash__(self) -> int:
        return hash(self.version_id)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Held) and other.version_id == self.version_id


@lru_cache(maxsize=64)
def _read_version(held: _Held) -> Programme:
    row = held.db.get(ProgrammeVersion, held.version_id)
    assert row is not None, "a version id that was never kept"
    del held.db  # the cache outlives the transaction
    return load_stored(row.source)
