"""Yardstick of a command: `/supervision` with no text, beside the same by hand-written SQL in a bare Bolt handler.

Both are asked over signed HTTP on one connection, through the same door and server, in turn, over 10,000 enrolments
with three years of monthly sessions.
"""

import http.client
import sqlite3
import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from slack_bolt import App
from slack_sdk import WebClient
from slack_sdk.signature import SignatureVerifier
from sqlalchemy import insert, text

from bot.actions import catalogue
from bot.app import create_app, make_client
from bot.clock import SetClock
from bot.practice import BOT_TOKEN, PracticeServer, StillClock, Workspace
from bot.programmes.loader import built_in
from bot.serving import HttpServer
from storage.database import Database
from storage.queries.people import LEAD
from storage.tables.meetings import Session
from storage.tables.people import Person, RoleHeld
from storage.tables.programmes import Enrolment
from storage.tables.together import Membership, Relationship
from storage.tables.written import Document, Signature
from storage.types import new_id
from tests.conftest import make_database
from tests.service import MANIFEST

NOW = datetime(2026, 12, 1, 9, tzinfo=UTC)
TODAY = date(2026, 12, 1)
PEOPLE, MENTORS, MONTHS, WRITTEN = 10_000, 1_000, 36, 6
REQUESTS = 100  # of each, a round
SECRET = "bench-secret"


@contextmanager
def next_session(folder: Path) -> Iterator[Callable[[], tuple[float, float]]]:
    """Ask ours and the bare handler the same, a hundred times each in turn; a round is the two medians."""
    path = folder / "command"
    path.mkdir()
    database, slack = (
        filled(path),
        PracticeServer(Workspace(MANIFEST, (), (), StillClock(NOW))).start(),
    )  # for auth.test
    ours = _serve(
        create_app(
            database=database,
            clock=SetClock(NOW),
            client=make_client(BOT_TOKEN, slack.api_url),
            signing_secret=SECRET,
        )
    )
    bare = _serve(_bare_app(path / "handrail.db", slack.api_url))
    mine, theirs = (
        http.client.HTTPConnection("127.0.0.1", ours.port),
        http.client.HTTPConnection("127.0.0.1", bare.port),
    )
    numbers = iter(range(10**9))

    def one_round() -> tuple[float, float]:
        took: tuple[list[float], list[float]] = ([], [])
        for _ in range(REQUESTS):
            number = next(numbers)
            for kept, connection in zip(took, (mine, theirs), strict=True):
                kept.append(_ask(connection, number))
        return statistics.median(took[0]), statistics.median(took[1])

    yield one_round
    for closing in (mine.close, theirs.close, ours.stop, bare.stop, slack.stop, database.close):
        closing()


def _serve(app: App) -> HttpServer:
    server = HttpServer(app, "127.0.0.1", 0, signing_secret=SECRET, health=lambda: {"ok": True})
    server.start()
    return server


def _ask(connection: http.client.HTTPConnection, number: int) -> float:
    """Send one signed command as somebody of the ten thousand; return milliseconds to the whole answer."""
    body = urlencode(
        {
            "command": "/supervision",
            "text": "",
            "user_id": f"U{number * 7919 % PEOPLE:08}",
            "team_id": "T1",
            "channel_id": "C1",
            "trigger_id": f"{number}.{time.time_ns()}.a",
            "response_url": "http://127.0.0.1/",
        }
    )
    stamp = str(int(time.time()))
    signature = SignatureVerifier(SECRET).generate_signature(timestamp=stamp, body=body)
    headers = {
        "Content-Type": "application/x-www-form-urlencoded",
        "X-Slack-Request-Timestamp": stamp,
        "X-Slack-Signature": signature or "",
    }
    started = time.perf_counter()
    connection.request("POST", "/slack/events", body, headers)
    answer = connection.getresponse()
    said = answer.read()
    took = time.perf_counter() - started
    assert answer.status == 200
    assert b"Mentoring meeting" in said, said[:200]
    return took * 1000


# ---- the plain way ---------------------------------------------------------------------------------------------------

_WHO = "SELECT id, name FROM person WHERE slack_id = ? AND (leaves_on IS NULL OR leaves_on >= ?)"
_LEADS = """SELECT count(*) FROM roleheld
 WHERE role = 'programme_lead' AND from_on <= ? AND (until_on IS NULL OR until_on >= ?)"""
_NEXT = """SELECT s.planned_at, s.minutes, p.name FROM session s JOIN person p ON p.id = s.led_by_id
 WHERE s.about_id = ? AND s.state = 'planned' AND s.planned_at >= ? ORDER BY s.planned_at LIMIT 1"""
_LAST = """SELECT s.id, s.state, s.held_on, p.name, d.state, d.shared_at,
 (SELECT count(*) FROM signature g WHERE g.document_id = d.id),
 (SELECT count(*) FROM agreedaction a WHERE a.document_id = d.id)
 FROM session s JOIN person p ON p.id = s.led_by_id LEFT JOIN document d ON d.session_id = s.id
 WHERE s.about_id = ? AND s.planned_at < ? ORDER BY s.planned_at DESC LIMIT 5"""


def _bare_app(path: Path, api_url: str) -> App:
    app = App(
        client=WebClient(token=BOT_TOKEN, base_url=api_url),
        signing_secret=SECRET,
        process_before_response=True,
        request_verification_enabled=True,
        token_verification_enabled=False,
    )
    connection = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
    for pragma in ("journal_mode=WAL", "foreign_keys=ON", "busy_timeout=5000", "synchronous=FULL"):
        connection.execute(f"PRAGMA {pragma}")

    @app.command("/supervision")
    def answer(ack: Any, command: dict[str, Any]) -> None:
        now, today = "2026-12-01 09:00:00.000000", "2026-12-01"
        me = connection.execute(_WHO, (command["user_id"], today)).fetchone()
        assert me and connection.execute(_LEADS, (today, today)).fetchone()[0] >= 2
        coming = connection.execute(_NEXT, (me[0], now)).fetchall()
        lines = [f"*Mentoring meeting* with {name}, {at}, {minutes} minutes" for at, minutes, name in coming]
        for _, state, on, name, written, shared, signed, agreed in connection.execute(_LAST, (me[0], now)):
            lines.append(
                f"*Mentoring meeting* with {name}, {on}: {state}; record {written or 'to write'} "
                f"{shared or ''} {signed} {agreed}"
            )
        blocks = [{"type": "section", "text": {"type": "mrkdwn", "text": line}} for line in lines]
        ack(text=lines[0], blocks=blocks, response_type="ephemeral")

    return app


# ---- ten thousand people, three years --------------------------------------------------------------------------------


def filled(folder: Path) -> Database:
    """Make a database of ten thousand enrolled people with three years of monthly sessions."""
    database = make_database(f"sqlite:///{folder}/handrail.db", f"sqlite:///{folder}/keys.db")
    with database.transaction() as db:
        version = catalogue.keep_version(db, built_in()["senior-manager"], now=NOW)
    mentors = [new_id() for _ in range(MENTORS)]
    rows: dict[Any, list[dict[str, Any]]] = {
        t: [] for t in (Person, RoleHeld, Enrolment, Relationship, Membership, Session, Document, Signature)
    }
    rows[Person] += [_person(f"M{n:08}", f"Mentor {n}", mentor) for n, mentor in enumerate(mentors)]
    rows[RoleHeld] += [RoleHeld(person_id=m, role=LEAD, from_on=date(2020, 1, 1)).model_dump() for m in mentors[:2]]
    for number in range(PEOPLE):
        _add_one(rows, number, mentors[number % MENTORS], version)
    with database.engine.begin() as connection:
        for table, many in rows.items():
            connection.execute(insert(table), many)
        connection.execute(text("ANALYZE"))
    return database


def _person(slack_id: str, name: str, person_id: UUID) -> dict[str, Any]:
    return Person(id=person_id, name=name, slack_id=slack_id, in_slack="here").model_dump()


def _add_one(rows: dict[Any, list[dict[str, Any]]], number: int, mentor: UUID, version: UUID) -> None:
    person, enrolment, pair = new_id(), new_id(), new_id()
    begun = date(2023, 12, 1)
    rows[Person].append(_person(f"U{number:08}", f"Person {number}", person))
    rows[Enrolment].append(
        Enrolment(
            id=enrolment,
            person_id=person,
            programme="senior-manager",
            version_id=version,
            level="senior",
            starts_on=begun,
        ).model_dump()
    )
    rows[Relationship].append(
        Relationship(
            id=pair,
            kind="mentoring",
            version_id=version,
            enrolment_id=enrolment,
            about_id=person,
            state="active",
            began_on=begun,
        ).model_dump()
    )
    for who, role in ((person, "mentee"), (mentor, "mentor")):
        rows[Membership].append(Membership(relationship_id=pair, person_id=who, role=role, from_on=begun).model_dump())
    for month in range(MONTHS):
        at = NOW + timedelta(days=3) - timedelta(days=30 * month)
        session = Session(
            kind="mentoring",
            version_id=version,
            enrolment_id=enrolment,
            relationship_id=pair,
            about_id=person,
            led_by_id=mentor,
            planned_at=at,
            planned_local=at.strftime("%Y-%m-%dT%H:%M"),
            falls_on=at.date(),
            state="planned" if month == 0 else "held",
            held_on=None if month == 0 else at.date(),
        )
        rows[Session].append(session.model_dump())
        if 0 < month <= WRITTEN:
            _write_record(rows, session, version, enrolment, (person, "mentee"), (mentor, "mentor"))


def _write_record(
    rows: dict[Any, list[dict[str, Any]]], session: Session, version: UUID, enrolment: UUID, *parties: tuple[UUID, str]
) -> None:
    document = Document(
        series=new_id(),
        form="mentoring-note",
        kind="record",
        version_id=version,
        enrolment_id=enrolment,
        owner_id=session.about_id,
        session_id=session.id,
        author_id=session.led_by_id,
        state="locked",
        shared_at=session.planned_at,
        in_force_on=session.held_on,
        content_hash="0" * 64,
    )
    rows[Document].append(document.model_dump())
    for person, role in parties:
        rows[Signature].append(
            Signature(
                document_id=document.id,
                person_id=person,
                role=role,
                printed_name="A",
                content_hash="0" * 64,
                signed_at=session.planned_at,
            ).model_dump()
        )
