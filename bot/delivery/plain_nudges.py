"""The common case, a thousand at a time: items whose next step tells their owner alone, in their daily digest.

Many items are alike: the same rule, ladder, due day and working pattern. What is to be said of them is worked out once,
on one of them, by the same functions that serve every other item; the rows are then written in bulk. Ids pass through
as the driver gives them. Whatever is not plain is left to be said one by one.
"""

import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlmodel import Session as Db

from bot.actions.digests import DIGEST
from bot.actions.nudge_times import EACH, Planner, reached_steps
from bot.actions.told import PERSON
from storage.queries import plain_nudges as rows
from storage.queries.as_driver import as_driver
from storage.queries.plain_nudges import PlainRow
from storage.tables.delivery import DueItem
from storage.types import as_text, new_id, new_plain_id


@dataclass(frozen=True)
class Saying:
    """What is to be said of all items alike: in which slot's digest, and where their ladder stands then."""

    slot_on: date
    said: tuple[int, ...]  # the steps of the ladder
    slot: Any  # these four as the driver takes them: worked out once for all
    subject: Any
    at: Any
    next_nudge_at: Any


Sayings = dict[tuple[Any, ...], Saying | None]  # by all that the timing of an item depends on


def say_plain_items(db: Db, planner: Planner, sayings: Sayings, *, most: int) -> tuple[int, list[UUID]]:
    """Say of what is due all that is plain; return how many items were looked at, and those left to be said singly.

    `sayings` keeps what was worked out, for the rest of the tick.
    """
    found = rows.list_due(db, now=planner.now, most=most)
    hours = rows.find_usual_hours(db)
    plain: list[tuple[PlainRow, Saying]] = []
    left: list[Any] = []
    for row in found:
        saying = None
        if not (row.is_special or row.digest_rhythm == EACH):
            key = (*row.alike, hours.get(row.owner_id))
            if key not in sayings:
                sayings[key] = _work_out(planner, db, row)
            saying = sayings[key]
        if saying:
            plain.append((row, saying))
        else:
            left.append(row.id)
    left += _write(db, planner.now, plain)
    return len(found), [_uuid(each) for each in left]


def _work_out(planner: Planner, db: Db, row: PlainRow) -> Saying | None:
    """Work out what is to be said, on one item of many; None where others are told too, or nothing has come."""
    item = db.get(DueItem, _uuid(row.id))
    assert item is not None
    ladder = planner.ladder_of(item)
    steps = reached_steps(planner, item, ladder)
    after = steps[-1][0] + 1 if steps else 0
    coming = ladder.rungs[after : after + 1]
    told = [step.roles for step in (*(step for _, step in steps), *coming)]
    if not steps or ladder.drop_after or any(set(roles) != {PERSON} for roles in told):
        return None
    plans = {planner.plan_step(item, ladder, step, item.owner_id) for _, step in steps}
    plan = plans.pop()
    if plan is None or plans:
        return None
    dialect = db.get_bind().dialect
    return Saying(
        slot_on=plan.slot_on,
        said=tuple(n for n, _ in steps),
        slot=as_driver(dialect, plan.slot_on),
        subject=as_driver(dialect, {"on": plan.slot_on.isoformat()}),
        at=as_driver(dialect, plan.at),
        next_nudge_at=as_driver(dialect, planner.next_at(item, ladder, after)),
    )


def _write(db: Db, now: datetime, plain: Sequence[tuple[PlainRow, Saying]]) -> list[Any]:
    """Write digests, notices and where each item stands; return the items whose digest has gone out already."""
    if not plain:
        return []
    keys = [f"{DIGEST}:{as_text(row.owner_id)}:{saying.slot_on}" for row, saying in plain]
    rows.add_digests(db, now=now, digests=_digests(plain, keys))
    pending = rows.list_still_pending(db, keys=set(keys))
    said = [pair for pair, key in zip(plain, keys, strict=True) if key in pending]
    if said:
        rows.add_notices(db, notices=_notices(said))
        rows.mark_said(db, items=[(saying.said[-1] + 1, saying.next_nudge_at, row.id) for row, saying in said])
    return [row.id for (row, _), key in zip(plain, keys, strict=True) if key not in pending]


def _digests(plain: Sequence[tuple[PlainRow, Saying]], keys: Sequence[str]) -> list[tuple[Any, ...]]:
    """Build one digest a person and slot."""
    distinct = dict(zip(keys, plain, strict=True))
    new = _id_maker(plain[0][0].id)
    return [
        (new(), key, secrets.token_hex(12), row.owner_id, saying.subject, saying.at)
        for key, (row, saying) in distinct.items()
    ]


def _notices(said: Sequence[tuple[PlainRow, Saying]]) -> list[tuple[Any, ...]]:
    new = _id_maker(said[0][0].id)
    return [(new(), row.id, row.turn, rung, row.owner_id, saying.slot) for row, saying in said for rung in saying.said]


def _id_maker(like: UUID | str) -> Callable[[], Any]:
    """Return what makes new ids as the driver gives and takes them."""
    return new_plain_id if isinstance(like, str) else new_id


def _uuid(raw: UUID | str) -> UUID:
    return raw if isinstance(raw, UUID) else UUID(raw)
