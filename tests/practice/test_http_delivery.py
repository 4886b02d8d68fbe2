"""HTTP delivery: signed posts that a real Bolt app accepts, and retries with Slack's headers."""

from __future__ import annotations

from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from queue import Empty, Queue
from threading import Thread
from typing import Any

import pytest
from slack_bolt import App, BoltRequest

from bot.practice import SIGNING_SECRET, Person, PracticeServer
from bot.practice.http_carrier import sign
from tests.practice.forms import note_form


class RequestUrl:
    """A real HTTP door in front of a Bolt app; keeps the headers of what came."""

    def __init__(self, app: App) -> None:
        self.heard: Queue[dict[str, str]] = Queue()
        self.statuses: list[int] = []
        self.headers: dict[str, str] = {}
        outer = self

        class Door(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                headers = {name.lower(): [value] for name, value in self.headers.items()}
                outer.heard.put({name: value[0] for name, value in headers.items()})
                answer = app.dispatch(BoltRequest(body=body, headers=headers))
                status = outer.statuses.pop(0) if outer.statuses else answer.status
                self.send_response(status)
                for name, value in outer.headers.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write((answer.body or "").encode())

            def log_message(self, *_args: Any) -> None:
                """Say nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Door)
        self.url = f"http://127.0.0.1:{self._server.server_port}/slack/events"
        Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()

    def close(self) -> None:
        """Stop listening."""
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture
def door(app: App, server: PracticeServer) -> Iterator[RequestUrl]:
    app.command("/note")(
        lambda ack, body, client: client.views_open(trigger_id=body["trigger_id"], view=note_form()) and ack()
    )
    app.command("/plain")(lambda ack: ack("as you wish"))
    app.view("note_form")(lambda ack: ack(response_action="errors", errors={"note": "Say more"}))
    app.event("message")(lambda: None)
    door = RequestUrl(app)
    server.deliver_http(door.url, SIGNING_SECRET)
    yield door
    door.close()


def test_a_signature_is_slacks_own() -> None:
    # The worked example of docs.slack.dev, "Verifying requests from Slack".
    body = (
        b"token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V"
        b"&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text="
        b"&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN"
        b"&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c"
    )
    expected = "v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503"
    assert sign("8f742231b10e8888abcd99yyyzzz85a5", "1531420618", body) == expected


def test_commands_forms_and_answers_go_over_http(door: RequestUrl, alice: Person) -> None:
    alice.command("/plain")
    assert alice.last_message is not None and alice.last_message["text"] == "as you wish"
    alice.command("/note")
    alice.submit({"Note": "Tea"})
    assert alice.errors == {"note": "Say more"}


def test_a_wrong_secret_opens_nothing(door: RequestUrl, server: PracticeServer, alice: Person) -> None:
    server.deliver_http(door.url, "another secret")
    alice.command("/plain")
    assert alice.notice == "/plain failed with the error “dispatch_failed”"


def test_an_event_answered_with_an_error_comes_again_with_slacks_headers(door: RequestUrl, alice: Person) -> None:
    door.statuses = [500]
    alice.say("are you there?")
    first, second = door.heard.get(timeout=5), door.heard.get(timeout=5)
    assert "x-slack-retry-num" not in first
    assert (second["x-slack-retry-num"], second["x-slack-retry-reason"]) == ("1", "http_error")


def test_an_event_the_app_wants_no_more_of_does_not_come_again(door: RequestUrl, alice: Person) -> None:
    door.statuses, door.headers = [500], {"X-Slack-No-Retry": "1"}
    alice.say("once")
    assert "x-slack-retry-num" not in door.heard.get(timeout=5)
    with pytest.raises(Empty):
        door.heard.get(timeout=0.3)  # a retry would come after 0.05 s


def test_an_app_that_does_not_listen_is_said_so(door: RequestUrl, server: PracticeServer, alice: Person) -> None:
    server.deliver_http("http://127.0.0.1:9/slack/events", SIGNING_SECRET)
    alice.command("/plain")
    assert alice.notice == "/plain failed with the error “dispatch_failed”"
