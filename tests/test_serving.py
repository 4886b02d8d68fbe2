"""Both ways in: Socket Mode against the practice workspace, and signed HTTP that refuses everything else."""

import hashlib
import hmac
import http.client
import json
import time
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from slack_bolt import App
from slack_sdk import WebClient

from bot.errors import BadSetting
from bot.http_door import HeardBefore
from bot.manifest import read_manifest
from bot.practice import (
    APP_TOKEN,
    BOT_TOKEN,
    SIGNING_SECRET,
    Channel,
    Member,
    Person,
    PracticeServer,
    StillClock,
    Workspace,
)
from bot.serving import HttpServer, SocketServer, WebServer

NOW = datetime(2026, 12, 1, 9, tzinfo=UTC)
ASHA = Member("U0ASHA001", "asha", "Asha Rahman", "asha@example.org")
BODY = "command=%2Fsupervision&text=&user_id=U0ASHA001&trigger_id=1.2.x&team_id=T1&channel_id=C1"


@pytest.fixture
def practice() -> Iterator[PracticeServer]:
    channel = Channel("C0GENERAL", "general", (ASHA.id,))
    server = PracticeServer(Workspace(read_manifest(), [ASHA], [channel], StillClock(NOW))).start()
    yield server
    server.stop()


def saying(client: WebClient) -> App:
    """Make a small app that answers every /supervision."""
    app = App(
        client=client,
        signing_secret=SIGNING_SECRET,
        process_before_response=True,
        token_verification_enabled=False,
    )
    app.command("/supervision")(lambda ack: ack("Your next session is on Tuesday."))
    return app


def test_a_command_is_answered_over_socket_mode(practice: PracticeServer) -> None:
    client = WebClient(BOT_TOKEN, practice.api_url, retry_handlers=[])
    server = SocketServer(saying(client), client, APP_TOKEN)
    assert server.start()
    asha = Person(practice.url, ASHA.id)
    asha.command("/supervision")
    found = asha.wait_until(lambda person: person.messages())
    assert "Your next session is on Tuesday." in json.dumps(found)
    began = time.monotonic()
    server.stop()
    assert time.monotonic() - began < 10.0  # seconds: meant to be under one, but a machine may stand still for some


@pytest.fixture
def web(practice: PracticeServer) -> Iterator[HttpServer]:
    health = {"ok": True, "last_tick_at": None, "queue": {}, "oldest_pending_s": 0.0}
    client = WebClient(BOT_TOKEN, practice.api_url, retry_handlers=[])
    server = HttpServer(saying(client), "127.0.0.1", 0, signing_secret=SIGNING_SECRET, health=lambda: health)
    server.start()
    yield server
    server.stop()


def signed(body: str, stamp: str, secret: str = SIGNING_SECRET) -> dict[str, str]:
    mac = hmac.new(secret.encode(), f"v0:{stamp}:{body}".encode(), hashlib.sha256).hexdigest()
    kind = "application/x-www-form-urlencoded"
    return {"X-Slack-Request-Timestamp": stamp, "X-Slack-Signature": f"v0={mac}", "Content-Type": kind}


def ask(port: int, method: str, path: str, body: str = "", headers: dict[str, str] | None = None) -> tuple[int, str]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    try:
        connection.request(method, path, body.encode(), headers or {})
        response = connection.getresponse()
        return response.status, response.read().decode()
    finally:
        connection.close()


def test_a_signed_request_is_answered_once(web: HttpServer) -> None:
    headers = signed(BODY, str(int(time.time())))
    assert ask(web.port, "POST", "/slack/events", BODY, headers) == (200, "Your next session is on Tuesday.")
    assert ask(web.port, "POST", "/slack/events", BODY, headers)[0] == 401, "a captured request opens nothing"


@pytest.mark.parametrize(
    ("stamp", "secret"),
    [
        ("now", "another-secret"),
        ("301 seconds ago", SIGNING_SECRET),
        ("not a time", SIGNING_SECRET),
        ("", SIGNING_SECRET),
    ],
)
def test_what_slack_did_not_sign_just_now_is_refused(web: HttpServer, stamp: str, secret: str) -> None:
    moments = {"now": str(int(time.time())), "301 seconds ago": str(int(time.time()) - 301)}
    headers = signed(BODY, moments.get(stamp, stamp), secret)
    assert ask(web.port, "POST", "/slack/events", BODY, headers)[0] == 401


def test_a_signature_that_is_no_text_is_refused(web: HttpServer) -> None:
    headers = signed(BODY, str(int(time.time()))) | {"X-Slack-Signature": "v0=\xe9"}
    assert ask(web.port, "POST", "/slack/events", BODY, headers)[0] == 401


def test_an_unsigned_request_is_refused_and_nothing_else_is_there(web: HttpServer) -> None:
    assert ask(web.port, "POST", "/slack/events", BODY)[0] == 401
    assert ask(web.port, "GET", "/slack/events")[0] == 405
    assert ask(web.port, "GET", "/metrics")[0] == 404
    assert json.loads(ask(web.port, "GET", "/healthz")[1])["ok"] is True


def test_what_failed_here_may_be_sent_again() -> None:
    heard = HeardBefore()
    assert heard.take("v0=a")
    assert not heard.take("v0=a")
    heard.give_back("v0=a")
    assert heard.take("v0=a")


def test_signatures_are_remembered_only_as_long_as_they_are_good() -> None:
    now = [0.0]
    heard = HeardBefore(lambda: now[0])
    heard.take("v0=a")
    now[0] = 599.0
    assert not heard.take("v0=a")
    now[0] = 600.0
    assert heard.take("v0=a")


def test_a_taken_port_is_said_in_words(web: HttpServer) -> None:
    second = WebServer(lambda *_: [], "127.0.0.1", web.port, setting="HANDRAIL_HEALTH")
    with pytest.raises(BadSetting, match=r"HANDRAIL_HEALTH.*Choose another"):
        second.start()
