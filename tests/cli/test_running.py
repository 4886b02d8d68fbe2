"""Serving, ticking and stopping, as real processes against a Slack on loopback."""

import signal
import socket
import time
import urllib.error
import urllib.request
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from bot.practice import SIGNING_SECRET, Person, PracticeServer
from tests.cli.conftest import ASHA, NOAH
from tests.cli.operator import Operator

AT_ONCE = 10.0  # seconds: meant to be under one, but a machine may stand still for some


def a_wednesday_to_come() -> date:
    """Return a working day by which something of the examples, imported today, is due: after go-live and New Year."""
    day = datetime.now(UTC).date() + timedelta(days=30)
    day += timedelta(days=(2 - day.weekday()) % 7)
    return day + timedelta(weeks=2) if (day.month, day.day) >= (12, 24) or day.month == 1 else day


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return int(taken.getsockname()[1])


def test_a_person_is_answered_a_second_process_refused_and_stopping_is_at_once(
    served: Operator, practice: PracticeServer
) -> None:
    with served.running("run") as running:
        asha = Person(practice.url, ASHA.id)
        asha.command("/supervision")
        assert asha.wait_until(lambda person: person.modal or person.messages())
        for words in (("run",), ("tick",), ("db", "upgrade"), ("db", "restore", "nowhere")):
            refused = served.run(*words)
            assert (refused.code, refused.err) == (3, f"Handrail is already running (process {running.pid}).\n")
        began = time.monotonic()
        running.send_signal(signal.SIGTERM)
        assert running.wait(AT_ONCE) == 0
        assert time.monotonic() - began < AT_ONCE
    assert served.run("db", "verify").code == 0
    assert (served.folder / "var" / "audit-heads.log").exists()


def test_whoever_was_imported_by_email_is_recognised_when_it_runs(served: Operator, practice: PracticeServer) -> None:
    noah = Person(practice.url, NOAH.id)
    with served.running("run"):
        for _ in range(50):
            noah.command("/supervision")
            if noah.last_message and "people list" not in str(noah.last_message):
                return
    pytest.fail("Noah is not recognised")


def test_http_serves_the_same_and_health_says_so(served: Operator, practice: PracticeServer) -> None:
    port = free_port()
    with served.running("run", "--http", f"127.0.0.1:{port}"):
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=60) as answer:
            assert b'"ok": true' in answer.read()
        practice.deliver_http(f"http://127.0.0.1:{port}/slack/events", SIGNING_SECRET)
        asha = Person(practice.url, ASHA.id)
        asha.command("/supervision")
        assert asha.wait_until(lambda person: person.modal or person.messages())


@pytest.mark.requirement("issue 3.7")
def test_a_token_taken_back_is_told_where_an_operator_looks(served: Operator, practice: PracticeServer) -> None:
    port = free_port()
    served.settings["HANDRAIL_HEALTH"] = f"127.0.0.1:{port}"
    with served.running("run"):
        practice.workspace.revoke_token()
        until = time.monotonic() + 60
        while (answer := ask_health(port))[0] == 200 and time.monotonic() < until:
            time.sleep(0.05)
        status, body = answer
        assert status == 503
        assert "Slack lets nothing through (token_revoked)" in body
    doctor = served.run("doctor")
    assert doctor.code == 1
    assert "Slack refuses the token (token_revoked)." in doctor.out
    assert served.run("tick", "--at", "2026-12-15T09:00+00:00").err == (
        "Error: Slack lets nothing through (token_revoked). `handrail doctor` says what to do.\n"
    )


def ask_health(port: int) -> tuple[int, str]:
    """Ask a running service how it is."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=60) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as red:
        with red:
            return red.code, red.read().decode()


@pytest.mark.parametrize("missing", ["SLACK_BOT_TOKEN", "SLACK_APP_TOKEN"])
def test_a_missing_token_is_said_with_where_it_is_found(served: Operator, missing: str) -> None:
    del served.settings[missing]
    said = served.run("run")
    assert said.code == 4
    assert said.err.startswith(f"{missing}: it is missing. Copy it from your app's page")
    assert "Traceback" not in said.err


def test_http_needs_the_signing_secret(served: Operator) -> None:
    del served.settings["SLACK_SIGNING_SECRET"]
    said = served.run("run", "--http", "127.0.0.1:0")
    assert said.code == 4
    assert "SLACK_SIGNING_SECRET" in said.err


def test_a_real_workspace_is_not_served_before_the_sheet_is_confirmed(operator: Operator) -> None:
    word = operator.make_keys()
    operator.settings |= {
        "SLACK_BOT_TOKEN": "xoxb-1",
        "SLACK_APP_TOKEN": "xapp-1",
        "SLACK_API_URL": "http://127.0.0.2.example/",
    }
    said = operator.run("tick")
    assert said.code == 4
    assert "handrail keys confirm" in said.err
    assert operator.run("keys", "confirm", "wrong").code == 1
    assert operator.run("keys", "confirm", word).code == 0


def test_time_can_only_be_moved_in_practice(operator: Operator) -> None:
    operator.make_keys()
    operator.settings |= {"SLACK_BOT_TOKEN": "xoxb-1", "SLACK_APP_TOKEN": "xapp-1", "HANDRAIL_CLOCK": "file:clock"}
    operator.write("clock", "2026-12-01T09:00+00:00")
    said = operator.run("tick")
    assert said.code == 4
    assert "only be moved in a practice workspace" in said.err


def test_a_moved_clock_is_followed_and_brings_what_is_due(served: Operator, practice: PracticeServer) -> None:
    served.write("clock", f"{datetime.now(UTC).date()}T23:00+00:00")
    served.settings["HANDRAIL_CLOCK"] = "file:clock"
    asha = Person(practice.url, ASHA.id)
    with served.running("run"):
        served.write("clock", f"{a_wednesday_to_come()}T12:00+00:00")
        assert asha.wait_until(lambda person: person.messages(), 60)


def test_ticks_send_what_is_due_when_its_hour_has_come(served: Operator, practice: PracticeServer) -> None:
    asha = Person(practice.url, ASHA.id)
    early, at_nine = (f"{a_wednesday_to_come()}T{at}+00:00" for at in ("04:00", "09:30"))
    assert served.run("tick", "--at", early).out == "Tried 0 messages.\n"
    assert "Asha Rahman" in served.run("tick", "--at", at_nine, "--dry-run").out
    assert asha.messages() == []
    assert served.run("tick", "--at", at_nine).code == 0
    assert asha.messages()
    assert served.run("tick", "--at", "tomorrow").code == 2


def test_the_demo_opens_says_where_and_closes_at_once(operator: Operator) -> None:
    port = free_port()
    with operator.running("demo", "--no-open", "--port", str(port), says="practice workspace") as demo:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=60) as page:
            assert page.status == 200
        assert operator.run("demo", "--no-open", "--port", str(port)).code == 3
        began = time.monotonic()
        demo.send_signal(signal.SIGTERM)
        assert demo.wait(AT_ONCE) == 0
        assert time.monotonic() - began < AT_ONCE


def test_a_port_in_use_is_said_with_another(operator: Operator) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        said = operator.run("demo", "--no-open", "--port", str(taken.getsockname()[1]))
    assert said.code == 1
    assert "is in use. Choose another: handrail demo --port" in said.err


def test_an_old_database_is_refused_with_the_command_that_mends_it(served: Operator) -> None:
    import sqlite3

    with sqlite3.connect(served.folder / "var" / "handrail.db") as database:
        database.execute("UPDATE alembic_version SET version_num = '0000'")
    database.close()
    said = served.run("run")
    assert said.code == 4
    assert "handrail db upgrade" in said.err


def test_a_wrong_key_is_refused(served: Operator) -> None:
    said = served.run("import", "training", served.write("t.csv", TRAINING), "--apply")
    assert said.code == 0, said.err  # seals a certificate, so that there is something to open
    (served.folder / ".env").rename(served.folder / ".env.old")
    served.make_keys()
    said = served.run("run")
    assert said.code == 4
    assert "does not open this keyring" in said.err


def test_settings_that_cannot_be_used_are_said_by_name(served: Operator) -> None:
    for name, value, says in (
        ("HANDRAIL_TIMEZONE", "Europe/Atlantis", "Europe/Atlantis"),
        ("HANDRAIL_NATION", "narnia", "england, wales, scotland, northern-ireland"),
        ("HANDRAIL_HEALTH", "127.0.0.1", "127.0.0.1:8787"),
        ("SLACK_BOT_TOKEN", "xoxb-replace-me", "example from .env.example"),
        ("SLACK_BOT_TOKEN", "xapp-12", "should begin with xoxb-"),
        ("HANDRAIL_ENCRYPTION_KEYS", "1:short", "handrail keys new"),
        ("HANDRAIL_DATABASE_URL", "mysql://x", "sqlite:///var/handrail.db"),
    ):
        before = dict(served.settings)
        served.settings[name] = value
        said = served.run("run")
        assert (said.code, said.err.startswith(f"{name}: "), says in said.err) == (4, True, True), said.err
        served.settings = before


TRAINING = "person,course,done_on,certificate\nasha.rahman@marshlane.example,Fire safety,2026-01-20,Certificate 4711\n"


def test_every_private_file_is_private(served: Operator) -> None:
    assert {path.stat().st_mode & 0o077 for path in Path(served.folder / "var").rglob("*")} == {0}
