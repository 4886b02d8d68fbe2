"""Whether a database holds together: its file, its references, its tables."""

from sqlalchemy import text
from sqlmodel import Session as Db
from sqlmodel import SQLModel

from storage import schema

_SHOWN = 3


def find_damage(db: Db) -> list[str]:
    """Return what is broken, a few words each; nothing when it is whole. Names tables, never what they hold."""
    connection = db.connection()
    if connection.dialect.name != "sqlite":
        return _find_orphans(db)
    found = [str(row[0]) for row in connection.execute(text("PRAGMA integrity_check")) if row[0] != "ok"]
    found += [f"a row of {row[0]} points at no row of {row[2]}" for row in connection.execute(_ORPHANS)]
    return found[:_SHOWN]


_ORPHANS = text("PRAGMA foreign_key_check")


def _find_orphans(db: Db) -> list[str]:
    """PostgreSQL holds its references itself; what it can be asked is whether the tables are there."""
    state = schema.schema_state(db.get_bind().engine)
    if state != schema.SchemaState.CURRENT:
        return [f"the tables are {state}"]
    missing = [
        name
        for name in SQLModel.metadata.tables
        if db.connection().execute(text("SELECT to_regclass(:name)"), {"name": f'"{name}"'}).scalar() is None
    ]
    return [f"there is no table {name}" for name in missing[:_SHOWN]]
