"""What a transaction has read once it has at hand: rows by their id, and answers about what is seldom written."""

from collections.abc import Callable, Collection
from functools import cache, wraps
from itertools import chain
from typing import Any, Concatenate, ParamSpec, TypeVar
from uuid import UUID

from sqlalchemy import bindparam
from sqlmodel import Session as Db
from sqlmodel import SQLModel, select

_ANSWERS = "answers"  # in a transaction's `info`: (question, what was asked) → the answer
Row = TypeVar("Row", bound=SQLModel)
Asked = ParamSpec("Asked")
Answer = TypeVar("Answer")
Question = Callable[Concatenate[Db, Asked], Answer]


def list_by_id(db: Db, table: type[Row], ids: Collection[UUID]) -> dict[UUID, Row]:
    """Return these rows by id; what this transaction has read already is not read again."""
    wanted = dict.fromkeys(ids)
    at_hand = {row_id: db.identity_map.get((table, (row_id,), None)) for row_id in wanted}
    missing = [row_id for row_id, row in at_hand.items() if row is None]
    read = {row.id: row for row in db.exec(_by_ids(table), params={"ids": missing})} if missing else {}
    found = ((row_id, at_hand[row_id] or read.get(row_id)) for row_id in wanted)
    return {row_id: row for row_id, row in found if row is not None}


@cache
def _by_ids(table: Any) -> Any:
    return select(table).where(table.id.in_(bindparam("ids", expanding=True)))


def until_written(*tables: type[SQLModel]) -> Callable[[Question[Asked, Answer]], Question[Asked, Answer]]:
    """Let a transaction ask a question once, until it writes to one of the tables that the answer is taken from.

    For what every step of a piece of work asks again. Those tables are written through the ORM alone.
    """

    def remembering(ask: Question[Asked, Answer]) -> Question[Asked, Answer]:
        @wraps(ask)
        def remembered(db: Db, /, *args: Asked.args, **asked: Asked.kwargs) -> Answer:
            db.flush()
            answers = db.info.setdefault(_ANSWERS, {})
            key = (tables, ask, *args, *asked.items())
            if key not in answers:
                answers[key] = ask(db, *args, **asked)
            return answers[key]  # type: ignore[no-any-return]  # as it was answered before

        return remembered

    return remembering


def forget_written(db: Db, *_: object) -> None:
    """Forget what was answered from tables to which something has just been written."""
    if not (answers := db.info.get(_ANSWERS)):
        return
    written = {type(row) for row in chain(db.new, db.dirty, db.deleted)}
    for key in [key for key in answers if not written.isdisjoint(key[0])]:
        del answers[key]
