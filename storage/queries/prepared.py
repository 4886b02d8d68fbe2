"""Reading past the ORM, for what is asked most: statements made once, and rows that nobody changes."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Executable, Row
from sqlmodel import Session as Db


def list_rows(db: Db, asked: Executable, /, **values: Any) -> Sequence[Row[Any]]:
    """Return what a statement finds; what waits to be written is written first, as the ORM would.

    Worth it for statements made once, with bound parameters: making one, and entities of its rows, costs more than
    running it.
    """
    db.flush()
    return db.connection().execute(asked, values).all()
