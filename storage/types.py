"""Column types and the few ways a column may be declared, so that every one says what it holds."""

from collections.abc import Callable
from datetime import UTC, datetime
from enum import StrEnum
from functools import lru_cache
from typing import Any
from uuid import UUID

import uuid_utils
from sqlalchemy import DateTime, LargeBinary, Uuid
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator
from sqlmodel import Field
from uuid_utils.compat import uuid7


class Holds(StrEnum):
    """What a column holds; content and sensitive columns are sealed (privacy.md, At rest)."""

    CONTENT = "content"
    SENSITIVE = "sensitive"
    PERSONAL = "personal"
    STATUS = "status"
    TECHNICAL = "technical"


class UtcDateTime(TypeDecorator[datetime]):
    """An aware moment, stored as UTC: SQLite would drop the zone and PostgreSQL would guess one."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise TypeError("a moment needs its time zone")
        return value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return value.replace(tzinfo=UTC) if value else None


class Sealed(TypeDecorator[bytes]):
    """Ciphertext only. Sealing is done before the row is built, so plain words cannot reach the disk by mistake."""

    impl = LargeBinary
    cache_ok = True

    def process_bind_param(self, value: bytes | None, dialect: Dialect) -> bytes | None:
        if value is not None and not isinstance(value, bytes):
            raise TypeError("a sealed column takes ciphertext only")
        return value


class Id(Uuid[UUID]):
    """An id. SQLite keeps it as text, which is made an id once: most of what is read was read before."""

    cache_ok = True

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[Any], Any] | None:
        reads_text = super().result_processor(dialect, coltype)  # type: ignore[no-untyped-call]  # SQLAlchemy's own
        return _id_of if reads_text else None


@lru_cache(maxsize=65_536)
def _id_of(text: str | None) -> UUID | None:
    return UUID(text) if text else None


def new_id() -> UUID:
    """Make an id before the row is inserted, because sealing binds text to its row."""
    return uuid7()


def new_plain_id() -> str:
    """Make an id as SQLite keeps it, for rows that are written in bulk."""
    return uuid_utils.uuid7().hex


def as_text(raw: UUID | str) -> str:
    """Write an id as everywhere else, which may be as SQLite keeps it: quickly, for rows that are written in bulk."""
    return str(uuid_utils.UUID(raw)) if isinstance(raw, str) else str(raw)


def column(holds: Holds, **more: Any) -> Any:
    """Declare a column and what it holds; `more` goes to SQLModel's Field."""
    return Field(sa_column_kwargs={"info": {"holds": holds}}, **more)


def key() -> Any:
    """Declare a row's own id."""
    return column(Holds.TECHNICAL, default_factory=new_id, primary_key=True, sa_type=Id)


def ref(table: str, holds: Holds = Holds.TECHNICAL, **more: Any) -> Any:
    """Declare a foreign key to another table's id."""
    return column(holds, foreign_key=f"{table}.id", sa_type=Id, **more)


def maybe(table: str, holds: Holds = Holds.TECHNICAL, **more: Any) -> Any:
    """Declare a foreign key that may be empty."""
    return ref(table, holds, default=None, **more)


def moment(holds: Holds = Holds.STATUS, **more: Any) -> Any:
    """Declare an aware moment that may be empty."""
    return column(holds, default=None, sa_type=UtcDateTime, **more)


def sealed(holds: Holds = Holds.CONTENT) -> Any:
    """Declare a sealed text that may be empty."""
    return column(holds, default=None, sa_type=Sealed)
