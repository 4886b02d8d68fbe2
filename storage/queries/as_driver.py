"""Straight to the database's driver: for the few things done so often that the usual way costs more than they do."""

from collections.abc import Callable
from datetime import date, datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, Date, Engine, Uuid
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeEngine

from storage.types import UtcDateTime

_TYPES: dict[type, TypeEngine[Any]] = {datetime: UtcDateTime(), date: Date(), dict: JSON(), UUID: Uuid()}


def as_driver(dialect: Dialect, value: datetime | date | dict[str, Any] | UUID | None) -> Any:
    """Return a value as the driver takes it."""
    kind: type = type(value)
    convert = _converter(dialect, kind) if value is not None else None
    return convert(value) if convert else value


@lru_cache(maxsize=32)
def _converter(dialect: Dialect, kind: type) -> Callable[[Any], Any] | None:
    return _TYPES[kind].dialect_impl(dialect).bind_processor(dialect)


def is_so(engine: Engine, asked: str, *values: Any) -> bool:
    """Ask one question of yes or no, each `?` in it a value as the driver takes it."""
    connection = engine.raw_connection()
    try:
        cursor = connection.cursor()
        cursor.execute(asked.replace("?", "%s") if engine.dialect.name == "postgresql" else asked, values)
        (found,) = cursor.fetchone() or (False,)
        cursor.close()
        return bool(found)
    finally:
        connection.close()
