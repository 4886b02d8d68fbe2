"""What Alembic runs: the revisions, inside the transaction that storage.schema has opened."""

from typing import Any, Literal

from alembic import context
from sqlalchemy.types import TypeDecorator
from sqlmodel import SQLModel

import storage.tables  # noqa: F401  declares every table


def _plain_type(kind: str, item: Any, _autogen: Any) -> str | Literal[False]:
    """Write the type beneath ours, so that a revision never changes when a class of ours does."""
    if kind == "type" and isinstance(item, TypeDecorator):
        return f"sa.{type(item.impl_instance).__name__.removeprefix('Auto')}()"
    return False


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=SQLModel.metadata,
    render_as_batch=True,
    render_item=_plain_type,
    transactional_ddl=True,
)
context.run_migrations()
