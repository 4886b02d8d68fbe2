"""A dry run: everything that would be sent to anyone up to a day, and why. Sends nothing and changes nothing.

What ticking reads is copied, without any sealed text, into a database in memory of the same schema, and the very same
evaluation runs there, step by step, with a sender that only lists. It supposes that nobody does anything meanwhile.
"""

import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Table, insert, select
from sqlmodel import Session as Db
from sqlmodel import SQLModel

from bot.actions.duties import duty_of, reason_of
from bot.clock import SetClock
from bot.delivery import outbox
from bot.delivery.evaluate import Settle, evaluate
from bot.delivery.machine_time import Timings
from bot.delivery.outgoing import Builders
from bot.delivery.stepping import next_thing
from storage.audit import Keys
from storage.database import Database
from storage.queries import deliveries as delivery_queries
from storage.queries import due as due_queries
from storage.queries import people as people_queries
from storage.queries.deliveries import BULK
from storage.tables.delivery import AuditEvent, Delivery, DueItem, Inbox
from storage.tables.written import Answer, Note
from storage.types import Sealed

Line = dict[str, Any]
_NOT_COPIED = {table.__tablename__ for table in (Answer, Note, Inbox, AuditEvent)}
_AT_ONCE = 500


@dataclass
class _DryRun:
    """One forecast under way, in its own database."""

    database: Database
    builders: Builders
    settle: Settle
    clock: SetClock
    lines: list[Line] = field(default_factory=list)

    def run(self, until: datetime) -> None:
        self._step()
        while (moment := next_thing(self.database, now=self.clock.now())) and moment <= until:
            self.clock.set(moment)
            self._step()

    def _step(self) -> None:
        now = self.clock.now()
        evaluate(self.database, now=now, settle=self.settle)
        while claimed := outbox.claim(self.database, self.builders, now=now, lanes=(BULK,), timings=Timings()):
            with self.database.reading() as db:
                self.lines += _lines_of(db, delivery_queries.get_delivery(db, claimed.id), now)
            outbox.mark_sent(self.database, claimed, ts=f"{now.timestamp():.6f}", now=now)


def forecast(database: Database, *, now: datetime, until: datetime, builders: Builders, settle: Settle) -> list[Line]:
    """Return a line for everything that would be said from `now` to `until`: person, slack_id, at, kind, rule, source,
    subject, why. `at` is an ISO moment in the person's own zone.
    """
    memory = Database("sqlite://", database.keyring, Keys({1: os.urandom(32)}))
    try:
        _copy(database, memory)
        dry_run = _DryRun(memory, builders, settle, SetClock(now))
        dry_run.run(until)
        return sorted(dry_run.lines, key=lambda line: (line["at"], line["person"], line["rule"]))
    finally:
        memory.engine.dispose()  # the keyring is the live one's, and stays open


def _copy(live: Database, memory: Database) -> None:
    """Copy what ticking reads. References are not checked there: some of what they point at is left out."""
    raw = memory.engine.raw_connection()
    raw.cursor().execute("PRAGMA foreign_keys=OFF")
    raw.close()
    SQLModel.metadata.create_all(memory.engine)
    with live.reading() as source, memory.transaction() as target:
        for table in SQLModel.metadata.sorted_tables:
            if table.name not in _NOT_COPIED:
                _copy_table(source, target, table)


def _copy_table(source: Db, target: Db, table: Table) -> None:
    columns = [column for column in table.columns if not isinstance(column.type, Sealed)]
    rows = source.connection().execution_options(yield_per=_AT_ONCE).execute(select(*columns)).mappings()
    for some in rows.partitions(_AT_ONCE):
        target.connection().execute(insert(table), [dict(row) for row in some])


def _lines_of(db: Db, row: Delivery, now: datetime) -> Iterator[Line]:
    """Tell of one message: a line for each thing in a digest, one line for any other."""
    about = _addressee(db, row, now)
    items = list(_items_of(db, row))
    for item, told_as in items:
        duty, reason = duty_of(db, item, today=now.date(), told_as=told_as), reason_of(db, item, now=now)
        why = reason.says or f"{duty.title}: asked by somebody"
        yield about | {"rule": item.rule, "source": list(reason.source), "subject": item.subject, "why": why}
    if not items:
        subject = next((f"{kind}:{value}" for kind, value in row.subject.items()), "")
        yield about | {"rule": "", "source": [], "subject": subject, "why": _WHY.get(row.kind, row.kind)}


def _items_of(db: Db, row: Delivery) -> Iterable[tuple[DueItem, str]]:
    if row.kind != "digest" or row.person_id is None:
        return ()
    notices = due_queries.list_notices(db, person_id=row.person_id, digest_on=date.fromisoformat(row.subject["on"]))
    said = {item.id: (item, notice.told_as) for notice, item in notices if item.rule in row.rules}
    return tuple(said.values())


def _addressee(db: Db, row: Delivery, now: datetime) -> Line:
    if row.person_id is None:
        return {"person": row.channel, "slack_id": row.channel, "at": now.isoformat(), "kind": row.kind}
    person = people_queries.get_person(db, row.person_id)
    at = now.astimezone(ZoneInfo(person.zone)).isoformat()
    return {"person": person.name, "slack_id": person.slack_id, "at": at, "kind": row.kind}


_WHY: Mapping[str, str] = {
    "digest": "a session is coming up",
    "reminder": "a session begins in two hours",
    "summary": "the weekly summary",
    "welcome": "they are new to the programme",
}
