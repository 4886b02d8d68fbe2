"""The outbox: what is owed to people and channels, claimed, sent, looked for, and told in the ledger.

Anyone who must say something later calls `add_delivery` in the transaction of its cause. Every result is written under
the token of its claim; no row changed means the lease was lost meanwhile (delivery.md, "Fence").
"""

import secrets
from collections.abc import Collection, Sequence
from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import CursorResult, Engine, and_, bindparam, delete, func, literal_column, or_, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session as Db
from sqlmodel import col, select

from storage.queries.as_driver import as_driver, is_so
from storage.tables.delivery import Delivery
from storage.types import new_id

SERVER_CLOCK = "EXTRACT(EPOCH FROM clock_timestamp())::double precision"  # PostgreSQL's, in seconds
LANES = REPLIES, UPDATES, BULK = 0, 1, 2  # in the order in which they are served
QUESTIONS = ("perhaps_posted", "too_often")  # why a person must decide; all else that is parked mends itself
_PARKED = (col(Delivery.status) == "parked", col(Delivery.why).not_in(QUESTIONS))


def add_delivery(
    db: Db,
    *,
    kind: str,
    said_once: str,
    not_before: datetime,
    created_at: datetime,
    person_id: UUID | None = None,
    channel: str = "",
    subject: dict[str, Any] | None = None,
    lane: int = BULK,
    drop_after: datetime | None = None,
) -> Delivery | None:
    """Owe one message to a person or a channel; None when `said_once` is owed or said already.

    `subject` holds ids only; the message is built from them at the moment of sending. `not_before` and `drop_after` are
    programme time.
    """
    row = Delivery(
        kind=kind,
        said_once=said_once,
        opaque=secrets.token_urlsafe(16),
        person_id=person_id,
        channel=channel,
        subject=subject or {},
        lane=lane,
        created_at=created_at,
        not_before=not_before,
        drop_after=drop_after,
        rules=[],
        id=new_id(),
    )
    return row if insert_new(db, Delivery, [row.model_dump()]) else None


def insert_new(db: Db, table: Any, rows: list[dict[str, Any]]) -> int:
    """Insert the rows that are not there yet, on either database; return how many were new.

    They are counted by what comes back: a driver's own count of inserted rows is not to be relied on.
    """
    if not rows:
        return 0
    statement = _insert_of(table, db.get_bind().dialect.name)
    return len(db.connection().execute(statement, rows).all())


@cache
def _insert_of(table: Any, dialect_name: str) -> Any:
    """Return the statement, made once: the values of a row are given when it is run."""
    dialect = postgresql if dialect_name == "postgresql" else sqlite
    return dialect.insert(table).on_conflict_do_nothing().returning(table.id)


def get_delivery(db: Db, delivery_id: UUID) -> Delivery:
    """Return one delivery as it stands in the database; it must be there."""
    row = db.get(Delivery, delivery_id, populate_existing=True)
    assert row is not None, "a delivery that was never made"
    return row


def find_said(db: Db, said_once: str) -> Delivery | None:
    """Return the delivery with this key."""
    return db.exec(_SAID, params={"said_once": said_once}).first()


def list_said(db: Db, *, keys: Collection[str]) -> Sequence[str]:
    """Return those of these keys under which something is to be said, or was."""
    return db.exec(_SAID_OF, params={"keys": list(keys)}).all() if keys else ()


def is_still_pending(db: Db, said_once: str) -> bool:
    """Say whether a delivery is still to be sent, and keep it so until the end of this transaction."""
    return db.exec(_STATUS, params={"said_once": said_once}).first() == "pending"


# What is asked for every message is made once: SQLAlchemy takes longer to build such a statement than to run it.
_MAY_GO = (
    col(Delivery.status) == literal_column("'pending'"),
    col(Delivery.lane).in_(bindparam("lanes", expanding=True)),
    col(Delivery.not_before) <= bindparam("now"),
    col(Delivery.retry_at) <= bindparam("machine_now"),
)
_NEXT_PENDING = (
    select(Delivery)
    .where(*_MAY_GO)
    .order_by(col(Delivery.lane), col(Delivery.not_before))
    .limit(1)
    .with_for_update(skip_locked=True)
)
_SAID = select(Delivery).where(col(Delivery.said_once) == bindparam("said_once"))
_SAID_OF = select(Delivery.said_once).where(
    col(Delivery.said_once).in_(bindparam("keys", expanding=True)), Delivery.status != "suppressed"
)
_STATUS = select(Delivery.status).where(col(Delivery.said_once) == bindparam("said_once")).with_for_update()
_LAST_STAMP = select(func.max(Delivery.slack_ts)).where(col(Delivery.slack_channel) == bindparam("slack_channel"))


def has_pending(engine: Engine, *, now: datetime, machine_now: float | None, lanes: Collection[int]) -> bool:
    """Say whether any delivery may be claimed in these lanes now; asked so often that it goes straight to the driver.

    `now` is programme time, `machine_now` machine time in seconds; None is the server's own.
    """
    if not lanes:
        return False
    clock, at = _machine_clock(machine_now)
    among = (*lanes, *lanes, *lanes)[: len(LANES)]
    asked = _ANY_PENDING.replace("MACHINE_NOW", clock)
    return is_so(engine, asked, *among, as_driver(engine.dialect, now), *at)


_ANY_PENDING = (
    "SELECT EXISTS (SELECT 1 FROM delivery WHERE status = 'pending'"
    " AND lane IN (?, ?, ?) AND not_before <= ? AND retry_at <= MACHINE_NOW)"
)
_HOLDS = "SELECT EXISTS (SELECT 1 FROM delivery WHERE id = ? AND token = ? AND MACHINE_NOW < ?)"


def holds_lease(
    engine: Engine, delivery_id: UUID, *, token: int, lease_until: float, machine_now: float | None
) -> bool:
    """Say whether a claim still stands: nobody took the delivery since, and its lease is not over.

    `lease_until` and `machine_now` are machine time in seconds; None is the server's own.
    """
    clock, at = _machine_clock(machine_now)
    asked = _HOLDS.replace("MACHINE_NOW", clock)
    return is_so(engine, asked, as_driver(engine.dialect, delivery_id), token, *at, lease_until)


def _machine_clock(machine_now: float | None) -> tuple[str, tuple[float, ...]]:
    """Return machine time as a question writes it, with its value where it is not the server's own."""
    return (SERVER_CLOCK, ()) if machine_now is None else ("?", (machine_now,))


def find_pending(db: Db, *, now: datetime, machine_now: float, lanes: Collection[int]) -> Delivery | None:
    """Return the next delivery to claim in these lanes; on PostgreSQL its row is locked, rows others hold are skipped.

    `now` is programme time, `machine_now` machine time in seconds.
    """
    return db.exec(_NEXT_PENDING, params={"now": now, "machine_now": machine_now, "lanes": list(lanes)}).first()


def has_doubtful(db: Db, *, machine_now: float) -> bool:
    """Say whether anything uncertain is to be looked for, or a sender was lost."""
    settled = select(Delivery.id).where(Delivery.status == "uncertain", Delivery.retry_at <= machine_now).limit(1)
    lost = select(Delivery.id).where(Delivery.status == "sending", Delivery.lease_until < machine_now).limit(1)
    return db.exec(settled).first() is not None or db.exec(lost).first() is not None


def find_uncertain(db: Db, *, machine_now: float) -> Delivery | None:
    """Return the next uncertain delivery that has settled long enough to be looked for."""
    asked = (
        select(Delivery)
        .where(Delivery.status == "uncertain", Delivery.retry_at <= machine_now)
        .order_by(col(Delivery.retry_at))
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    return db.exec(asked).first()


def find_last_stamp(db: Db, *, slack_channel: str) -> str:
    """Return the newest stamp we know of in a conversation, or nothing; stamps sort as text."""
    return db.exec(_LAST_STAMP, params={"slack_channel": slack_channel}).one() or ""


def find_last_said(db: Db, *, person_id: UUID | None, channel: str) -> str:
    """Return the stamp of the newest message that reached a person or a channel, or nothing."""
    if person_id is None:
        return find_last_stamp(db, slack_channel=channel)
    return db.exec(select(func.max(Delivery.slack_ts)).where(Delivery.person_id == person_id)).one() or ""


def has_parked(db: Db, *, machine_now: float) -> bool:
    """Say whether any parked delivery is to be tried once more."""
    asked = select(Delivery.id).where(*_PARKED, col(Delivery.retry_at) <= machine_now)
    return db.exec(asked.limit(1)).first() is not None


def find_parked(db: Db, *, machine_now: float) -> Delivery | None:
    """Return the next parked delivery to try once more, because its person or channel may be reached again."""
    asked = (
        select(Delivery)
        .where(*_PARKED, col(Delivery.retry_at) <= machine_now)
        .order_by(col(Delivery.retry_at))
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    return db.exec(asked).first()


def put_off_parked(db: Db, *, person_id: UUID | None, channel: str, until: float) -> None:
    """Try what is parked for a person or channel no sooner than a moment of machine time."""
    db.connection().execute(_parked_for(person_id, channel).values(retry_at=until))


def release_parked(db: Db, *, person_id: UUID | None, channel: str = "") -> int:
    """Let go what was parked because a person or channel could not be reached; return how many there were."""
    released: CursorResult[Any] = db.connection().execute(
        _parked_for(person_id, channel).values(status="pending", why="", retry_at=0.0)
    )
    return released.rowcount


def move_parked(db: Db, *, said_like: str, channel: str) -> None:
    """Let go to another channel what was parked, of all whose key begins so."""
    asked = update(Delivery).where(col(Delivery.said_once).startswith(said_like, autoescape=True), *_PARKED)
    db.connection().execute(asked.values(channel=channel, slack_channel="", status="pending", why="", retry_at=0.0))


def has_later(db: Db, *, after: str, until: str) -> bool:
    """Say whether a delivery is owed or was said whose key sorts after one and not after another."""
    asked = select(Delivery.id).where(col(Delivery.said_once) > after, col(Delivery.said_once) <= until)
    return db.exec(asked.limit(1)).first() is not None


def count_over(db: Db, *, said_like: str) -> int:
    """Count the deliveries whose key begins so and that wait no more."""
    over = col(Delivery.status).not_in(("pending", "sending", "uncertain"))
    asked = select(func.count()).select_from(Delivery).where(over)
    return db.exec(asked.where(col(Delivery.said_once).startswith(said_like, autoescape=True))).one()


def mark(db: Db, delivery_id: UUID, token: int, **values: Any) -> bool:
    """Write a result under the token of its claim; False when the lease was lost meanwhile."""
    given = {f"new_{name}": value for name, value in values.items()}
    result: CursorResult[Any] = db.connection().execute(
        _marking(tuple(values)), {"delivery_id": delivery_id, "claimed": token, **given}
    )
    return result.rowcount == 1


@cache
def _marking(names: tuple[str, ...]) -> Any:
    claimed = update(Delivery).where(
        col(Delivery.id) == bindparam("delivery_id"), col(Delivery.token) == bindparam("claimed")
    )
    return claimed.values({name: bindparam(f"new_{name}") for name in names})


def mark_if(db: Db, delivery_id: UUID, statuses: Collection[str], **values: Any) -> bool:
    """Write to a delivery that is in one of these states; False when it is not."""
    chosen = update(Delivery).where(col(Delivery.id) == delivery_id, col(Delivery.status).in_(statuses))
    return _changed(db, chosen, values)


def mark_expired(db: Db, *, machine_now: float, look_at: float) -> int:
    """Make uncertain every delivery whose sender died or froze on it; it is looked for at `look_at`."""
    lost = update(Delivery).where(col(Delivery.status) == "sending", col(Delivery.lease_until) < machine_now)
    result = db.connection().execute(
        lost.values(status="uncertain", token=Delivery.token + 1, retry_at=look_at, why="sender_lost")
    )
    return result.rowcount


_THEIRS = (col(Delivery.person_id) == bindparam("person_id"), col(Delivery.kind) == bindparam("kind"))
_RECENT = (
    select(Delivery)
    .where(*_THEIRS, col(Delivery.status) == bindparam("status"))
    .order_by(col(Delivery.created_at).desc())
    .limit(bindparam("most"))
)


def list_recent(db: Db, *, person_id: UUID, kind: str, status: str, most: int = 20) -> list[Delivery]:
    """List a person's deliveries of one kind and state, newest first."""
    asked = {"person_id": person_id, "kind": kind, "status": status, "most": most}
    return list(db.exec(_RECENT, params=asked))


def has_pending_of(db: Db, *, person_id: UUID, kind: str) -> bool:
    """Say whether a delivery of a kind still waits for somebody, and keep it so until the end of this transaction.

    One that another transaction has in hand counts as gone: it may have been built before what happens here.
    """
    return db.exec(_PENDING_OF, params={"person_id": person_id, "kind": kind}).first() is not None


def is_on_its_way(db: Db, *, person_id: UUID, kind: str, now: datetime) -> bool:
    """Say whether a delivery of a kind, to go by `now` (programme time), is being sent or waits for its first try."""
    return db.exec(_ON_ITS_WAY, params={"person_id": person_id, "kind": kind, "now": now}).first() is not None


def list_waiting(db: Db, *, person_id: UUID, kind: str, now: datetime, most: int) -> Sequence[Delivery]:
    """List what of a kind waits for somebody and may go by `now` (programme time), oldest first; held until the end of
    this transaction. What another transaction has in hand is left out.
    """
    return db.exec(_WAITING, params={"person_id": person_id, "kind": kind, "now": now, "most": most}).all()


_PENDING_OF = (
    select(Delivery.id).where(*_THEIRS, Delivery.status == "pending").limit(1).with_for_update(skip_locked=True)
)
_ON_ITS_WAY = (
    select(Delivery.id)
    .where(
        *_THEIRS,
        or_(col(Delivery.status) == "sending", and_(col(Delivery.status) == "pending", col(Delivery.attempts) == 0)),
        col(Delivery.not_before) <= bindparam("now"),
    )
    .limit(1)
)
_WAITING = (
    select(Delivery)
    .where(*_THEIRS, Delivery.status == "pending", col(Delivery.not_before) <= bindparam("now"))
    .order_by(col(Delivery.created_at), col(Delivery.id))
    .limit(bindparam("most"))
    .with_for_update(skip_locked=True)
)


def mark_retired(db: Db, *, person_id: UUID, kind: str, but: UUID) -> Sequence[UUID]:
    """Retire what of a kind was sent to somebody before, save one; return which those were."""
    asked = {"whose": person_id, "of_kind": kind, "but": but}
    return db.connection().execute(_RETIRED, asked).scalars().all()


_RETIRED = (
    update(Delivery)
    .where(
        col(Delivery.person_id) == bindparam("whose"),
        col(Delivery.kind) == bindparam("of_kind"),
        col(Delivery.status) == "sent",
        col(Delivery.id) != bindparam("but"),
    )
    .values(status="retired")
    .returning(col(Delivery.id))
)


def delete_settled(db: Db, *, person_id: UUID, kind: str) -> None:
    """Delete what was sent or suppressed of a kind of which only the newest matters."""
    settled = col(Delivery.status).in_(("sent", "suppressed"))
    old = delete(Delivery).where(col(Delivery.person_id) == person_id, col(Delivery.kind) == kind, settled)
    db.connection().execute(old)


def list_deliveries(
    db: Db, *, statuses: Collection[str], person_id: UUID | None = None, since: datetime | None = None, most: int = 100
) -> list[Delivery]:
    """List the messages in these states, newest first, for the ledger; not what was changed in them later."""
    asked = select(Delivery).where(col(Delivery.status).in_(statuses), Delivery.lane != UPDATES)
    if person_id:
        asked = asked.where(Delivery.person_id == person_id)
    if since:
        asked = asked.where(col(Delivery.created_at) >= since)
    return list(db.exec(asked.order_by(col(Delivery.created_at).desc()).limit(most)))


def count_since(db: Db, *, statuses: Collection[str], since: datetime) -> int:
    """Count the messages in these states that are owed since a moment."""
    asked = select(func.count()).select_from(Delivery).where(Delivery.lane != UPDATES)
    return db.exec(asked.where(col(Delivery.status).in_(statuses), col(Delivery.created_at) >= since)).one()


def count_by_status(db: Db) -> dict[str, int]:
    """Count deliveries by state, for health and metrics."""
    asked = select(Delivery.status, func.count()).group_by(Delivery.status)
    return dict(db.exec(asked).all())


def is_any_sending(engine: Engine) -> bool:
    """Say whether some worker has a delivery in hand."""
    return is_so(engine, "SELECT EXISTS (SELECT 1 FROM delivery WHERE status = 'sending')")


def count_posts(db: Db) -> int:
    """Count the messages that went out, not what was changed in them later."""
    asked = select(func.count()).select_from(Delivery).where(col(Delivery.status).in_(("sent", "retired")))
    return db.exec(asked.where(Delivery.lane != UPDATES)).one()


def _parked_for(person_id: UUID | None, channel: str) -> Any:
    about = col(Delivery.channel) == channel if person_id is None else col(Delivery.person_id) == person_id
    return update(Delivery).where(about, *_PARKED)


def _changed(db: Db, statement: Any, values: dict[str, Any]) -> bool:
    result: CursorResult[Any] = db.connection().execute(statement.values(**values))
    return result.rowcount == 1
