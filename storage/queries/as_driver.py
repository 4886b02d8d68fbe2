"""Values as the database's driver takes them, for the few statements that go past the usual conversion."""

from collections.abc import Callable
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import JSON, Date
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeEngine

from storage.types import UtcDateTime

_TYPES: dict[type, TypeEngine[Any]] = {datetime: UtcDateTime(), date: Date(), dict: JSON()}


def as_driver(dialect: Dialect, value: datetime | date | dict[str, Any] | None) -> Any:
    """Return a value as the driver takes it."""
    kind: type = type(value)
    convert = _converter(dialect, kind) if value is not None else None
    return convert(value) if convert else value


@lru_cache(maxsize=32)
def _converter(dialect: Dialect, kind: type) -> Callable[[Any], Any] | None:
    return _TYPES[kind].dialect_impl(dialect).bind_processor(dialect)
