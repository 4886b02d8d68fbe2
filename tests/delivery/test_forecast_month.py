"""What is foretold for thirty days is what those days then send, message for message, when nobody acts."""

import json
from base64 import b64encode
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text
from sqlmodel import Session as Db
from sqlmodel import select as select_rows

from bot.actions.enrolling import look_again
from bot.cli.forecast import look_ahead
from bot.delivery.builders import every_builder
from bot.delivery.forecast import forecast
from bot.delivery.lock import SenderLock
from bot.delivery.outgoing import Builder, Outgoing
from bot.practice import Accepted, texts
from bot.values import Message
from storage import schema, sealing
from storage.database import Database
from storage.queries import people as people_queries
from storage.tables.delivery import Delivery
from storage.tables.programmes import Enrolment
from tests.cli.operator import Operator
from tests.conftest import AUDIT, MASTER
from tests.delivery.month import DAYS, Month, month
from tests.delivery.test_forecast import everything

Said = tuple[str, datetime, str, tuple[str, ...]]  # to whom, when, which kind, by which rules
Words = tuple[str, datetime, str]


def foretold(lines: Sequence[Mapping[str, Any]]) -> Counter[Said]:
    """Put the lines of a forecast together into messages: all things of a digest are one."""
    heads = [(line["slack_id"], datetime.fromisoformat(line["at"]), line["kind"]) for line in lines]
    digests: dict[tuple[str, datetime, str], set[str]] = defaultdict(set)
    for head, line in zip(heads, lines, strict=True):
        digests[head] |= {line["rule"]} if line["kind"] == "digest" and line["rule"] else set()
    return Counter(
        [(*head, tuple(sorted(rules))) for head, rules in digests.items() if head[2] == "digest"]
        + [
            (*head, tuple(filter(None, [line["rule"]])))
            for head, line in zip(heads, lines, strict=True)
            if head[2] != "digest"
        ]
    )


def sent(month: Month, posts: Sequence[Accepted]) -> Counter[Said]:
    """Return what was posted, with the rules that the ledger has for it."""
    with month.database.reading() as db:
        rows = {row.opaque: row for row in db.exec(select_rows(Delivery)).all()}
    told = [(post, rows[post.metadata["event_payload"]["delivery_id"]]) for post in posts if post.metadata]
    assert len(told) == len(posts)
    return Counter((post.user or post.channel, post.at, row.kind, tuple(sorted(row.rules))) for post, row in told)


def words_of(to: str, at: datetime, said: str, blocks: Any) -> Words:
    """Return all that can be read in a message."""
    return to, at, "\n".join(texts({"text": said, "blocks": blocks}))


@dataclass
class Listener:
    """Hears every message that the dry run builds."""

    heard: list[Words] = field(default_factory=list)

    def builders(self) -> dict[str, Builder]:
        """Return the builders of the app, listened to."""
        return {kind: self._hear(builder) for kind, builder in every_builder().items()}

    def _hear(self, build: Builder) -> Builder:
        def hear(db: Db, row: Delivery, now: datetime) -> Outgoing:
            built = build(db, row, now)
            if isinstance(built, Message):
                to = people_queries.get_person(db, row.person_id).slack_id if row.person_id else row.channel
                self.heard.append(words_of(to or "", now, built.text, list(built.blocks)))
            return built

        return hear


def settle(db: Db, enrolment: Enrolment, now: datetime) -> None:
    look_again(db, enrolment, now=now)


@pytest.mark.timeout(300)  # a month of a whole service, on whatever machine
def test_every_message_of_a_month_is_foretold_and_no_other(database: Database) -> None:
    listener = Listener()
    with month(database) as service:
        before = everything(database)
        lines = forecast(database, now=service.now, until=service.until, builders=listener.builders(), settle=settle)

        assert everything(database) == before

        posts = service.live()

        assert {line["kind"] for line in lines} >= {"digest", "nudge", "reminder", "summary", "welcome"}
        assert len(posts) > 100
        assert foretold(lines) == sent(service, posts)
        assert Counter(listener.heard) == Counter(
            words_of(post.user or post.channel, post.at, post.text, post.blocks) for post in posts
        )


@pytest.mark.timeout(300)
def test_the_command_says_the_same_beside_a_running_service_and_opens_nothing_but_a_rhythm(
    sqlite_database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with month(sqlite_database) as service:
        before, seen = everything(sqlite_database), look_ahead(sqlite_database, now=service.now, until=service.until)
        operator, opened = _operator(service, tmp_path), _listen_to_the_seals(monkeypatch)
        with SenderLock(sqlite_database.url), _other_writes(sqlite_database) as written:
            said = operator.run("forecast", "--days", str(DAYS), "--format", "json")

            assert said.code == 0, said.err
            assert json.loads(said.out) == seen
            assert written() == 0
        assert opened == {"every week"}  # and nothing else that anybody wrote
        assert everything(sqlite_database) == before


def _operator(service: Month, folder: Path) -> Operator:
    """Give an operator of this service, whose tables are numbered as an upgrade would have them."""
    with service.database.transaction() as db:
        db.connection().execute(text("CREATE TABLE alembic_version (version_num VARCHAR(32))"))
        db.connection().execute(text("INSERT INTO alembic_version VALUES (:n)"), {"n": schema.newest_revision()})
    (folder / "clock").write_text(service.now.isoformat(), "utf-8")
    keys = [",".join(f"{n}:{b64encode(key).decode()}" for n, key in each.items()) for each in (MASTER, AUDIT.by_number)]
    return Operator(
        folder,
        {
            "SLACK_API_URL": service.server.api_url,
            "HANDRAIL_CLOCK": f"file:{folder}/clock",
            "HANDRAIL_DATABASE_URL": service.database.url,
            "HANDRAIL_KEYRING_URL": f"sqlite:///{folder}/keys.db",
            "HANDRAIL_ENCRYPTION_KEYS": keys[0],
            "HANDRAIL_AUDIT_KEYS": keys[1],
        },
    )


def _listen_to_the_seals(monkeypatch: pytest.MonkeyPatch) -> set[str]:
    opened: set[str] = set()
    open_sealed = sealing.open_sealed

    def listen(*of: Any, **where: Any) -> str:
        found = open_sealed(*of, **where)
        opened.add(found)
        return found

    monkeypatch.setattr(sealing, "open_sealed", listen)
    return opened


@contextmanager
def _other_writes(database: Database) -> Iterator[Callable[[], int]]:
    """Count, as SQLite itself does, what anybody else commits meanwhile."""
    with database.engine.connect() as connection:
        first = connection.exec_driver_sql("PRAGMA data_version").scalar_one()
        connection.rollback()
        yield lambda: int(connection.exec_driver_sql("PRAGMA data_version").scalar_one()) - int(first)
