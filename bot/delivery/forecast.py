"""A dry run: everything that would be sent to anyone up to a day, and why. Sends nothing and changes nothing.

What ticking reads is copied into a database in memory of the same schema, and the very same evaluation runs there, step
by step, with a sender that only lists. It supposes that nobody does anything meanwhile. No sealed text is copied, but
for how often an agreement in force says to meet: a tick goes by that, and it stays sealed there until one asks.
"""

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import Table, insert, select, update
from sqlmodel import Session as Db
from sqlmodel import SQLModel

from bot.actions.catalogue import every_version
from bot.actions.duties import reason_of
from bot.actions.facts import rhythm_parts
from bot.clock import SetClock
from bot.delivery import outbox
from bot.delivery.builders import duties_said
from bot.delivery.evaluate import Settle, evaluate
from bot.delivery.machine_time import Timings
from bot.delivery.outgoing import Builders
from bot.delivery.stepping import next_thing
from bot.values import Duty, Reason
from storage.audit import Keys
from storage.database import Database
from storage.queries import deliveries as delivery_queries
from storage.queries import documents as document_queries
from storage.queries import due as due_queries
from storage.queries import people as people_queries
from storage.queries.deliveries import BULK
from storage.tables.delivery import AuditEvent, Delivery, Inbox
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
    said: list[tuple[datetime, Line]] = field(default_factory=list)
    _reasons: dict[tuple[UUID, str], Reason] = field(default_factory=dict)  # by enrolment and rule

    def run(self, until: datetime) -> list[Line]:
        """Step to each moment up to `until` at which anything is due; return what was said, in order."""
        self._step()
        while (moment := next_thing(self.database, now=self.clock.now())) and moment <= until:
            self.clock.set(moment)
            self._step()
        in_order = sorted(self.said, key=lambda told: (told[0], told[1]["person"], told[1]["rule"]))
        return [line for _, line in in_order]

    def _step(self) -> None:
        now = self.clock.now()
        evaluate(self.database, now=now, settle=self.settle)
        while claimed := outbox.claim(self.database, self.builders, now=now, lanes=(BULK,), timings=Timings()):
            with self.database.reading() as db:
                row = delivery_queries.get_delivery(db, claimed.id)
                self.said += [(now, line) for line in self._lines_of(db, row, now)]
            outbox.mark_sent(self.database, claimed, ts=f"{now.timestamp():.6f}", now=now)

    def _lines_of(self, db: Db, row: Delivery, now: datetime) -> Iterator[Line]:
        """Tell of one message: a line for each thing in a digest, one line for any other."""
        about, duties = _addressee(db, row, now), duties_said(db, row, now)
        for duty in duties:
            reason = self._reason_of(db, duty, now)
            why = reason.says or f"{duty.title}: asked by somebody"
            yield about | {"rule": duty.rule, "source": list(reason.source), "subject": duty.subject, "why": why}
        if not duties:
            subject = next((f"{kind}:{value}" for kind, value in row.subject.items()), "")
            yield about | {"rule": "", "source": [], "subject": subject, "why": _WHY.get(row.kind, row.kind)}

    def _reason_of(self, db: Db, duty: Duty, now: datetime) -> Reason:
        """Return the words and the source of a duty's rule: nobody changes them in a dry run."""
        item = due_queries.find_due_item(db, duty.ref.id)
        assert item is not None
        key = (item.enrolment_id, item.rule)
        if key not in self._reasons:
            self._reasons[key] = reason_of(db, item, now=now)
        return self._reasons[key]


def forecast(database: Database, *, now: datetime, until: datetime, builders: Builders, settle: Settle) -> list[Line]:
    """Return a line for everything that would be said from `now` to `until`: person, slack_id, at, kind, rule, source,
    subject, why. `at` is an ISO moment in the person's own zone.
    """
    memory = Database("sqlite://", database.keyring, Keys({1: os.urandom(32)}))
    try:
        _copy(database, memory)
        return _DryRun(memory, builders, settle, SetClock(now)).run(until)
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
        if rhythms := document_queries.list_sealed(source, parts=_rhythm_parts(source)):
            target.connection().execute(insert(Answer), rhythms)
        target.connection().execute(update(Delivery).values(retry_at=0.0))  # another machine's time; nothing fails here


def _copy_table(source: Db, target: Db, table: Table) -> None:
    columns = [column for column in table.columns if not isinstance(column.type, Sealed)]
    rows = source.connection().execution_options(yield_per=_AT_ONCE).execute(select(*columns)).mappings()
    for some in rows.partitions(_AT_ONCE):
        target.connection().execute(insert(table), [dict(row) for row in some])


def _rhythm_parts(db: Db) -> set[tuple[str, str]]:
    """Return every form and part of any programme in which an agreement changes a rule."""
    return {(form, part) for each in every_version(db) for form in each.form for part in rhythm_parts(each, form)}


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
