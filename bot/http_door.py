"""The only way in over HTTP: signed by Slack, fresh, and not heard before; anything else is answered 401 or 404.

Bolt alone accepts a captured request for five minutes and answers 500 to a bad timestamp (privacy.md, Doors).
"""

import json
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from itertools import takewhile
from typing import Any

from slack_bolt import App, BoltRequest
from slack_sdk.signature import SignatureVerifier

Environ = dict[str, Any]
StartResponse = Callable[[str, list[tuple[str, str]]], Any]
Health = Callable[[], dict[str, Any]]

EVENTS, HEALTH = "/slack/events", "/healthz"
LONGEST_BODY = 1_000_000  # bytes; Slack's largest form is a quarter of it
_KEPT = 600.0  # seconds: twice as long as a signature is good for
_STATUS = {200: "200 OK", 401: "401 Unauthorized", 404: "404 Not Found", 405: "405 Method Not Allowed"}
_STATUS |= {413: "413 Payload Too Large", 500: "500 Internal Server Error", 503: "503 Service Unavailable"}


class HeardBefore:
    """Remembers for a while the signatures of requests that were answered, so that a captured one opens nothing."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._until: dict[str, float] = {}
        self._lock = threading.Lock()

    def take(self, signature: str) -> bool:
        """Take a signature for the first time; False when it was taken before."""
        now = self._now()
        with self._lock:
            for old in list(takewhile(lambda known: self._until[known] <= now, self._until)):  # the oldest are first
                del self._until[old]
            if signature in self._until:
                return False
            self._until[signature] = now + _KEPT
            return True

    def give_back(self, signature: str) -> None:
        """Let a signature come once more: what failed here, Slack sends again."""
        with self._lock:
            self._until.pop(signature, None)


def slack_door(app: App, signing_secret: str, health: Health) -> Callable[[Environ, StartResponse], Iterable[bytes]]:
    """Make the WSGI application: POST /slack/events for Slack, GET /healthz for whoever watches."""
    verifier, heard = SignatureVerifier(signing_secret), HeardBefore()

    def answer(environ: Environ, start: StartResponse) -> Iterable[bytes]:
        path, method = environ.get("PATH_INFO", ""), environ.get("REQUEST_METHOD", "")
        if path == HEALTH and method == "GET":
            return health_answer(health(), start)
        if path != EVENTS:
            return plain_answer(404, start)
        if method != "POST":
            return plain_answer(405, start)
        return _answer_slack(app, verifier, heard, environ, start)

    return answer


def health_answer(found: dict[str, Any], start: StartResponse) -> Iterable[bytes]:
    """Answer how the service is: 200, or 503 where it is not well."""
    return _answered(200 if found["ok"] else 503, json.dumps(found), [("Content-Type", "application/json")], start)


def plain_answer(status: int, start: StartResponse, body: str = "") -> Iterable[bytes]:
    """Answer with a status and a few words."""
    return _answered(status, body, [("Content-Type", "text/plain; charset=utf-8")], start)


def _answer_slack(
    app: App, verifier: SignatureVerifier, heard: HeardBefore, environ: Environ, start: StartResponse
) -> Iterable[bytes]:
    length = int(environ.get("CONTENT_LENGTH") or 0)
    if length > LONGEST_BODY:
        return plain_answer(413, start)
    body: bytes = environ["wsgi.input"].read(length)
    stamp = environ.get("HTTP_X_SLACK_REQUEST_TIMESTAMP", "")
    signature = environ.get("HTTP_X_SLACK_SIGNATURE", "")
    if not is_signed(verifier, body, stamp, signature) or not heard.take(signature):
        return plain_answer(401, start)
    response = app.dispatch(BoltRequest(body=body.decode(), headers=_headers(environ)))
    if response.status >= 500:  # a fault of ours: Slack will send it again
        heard.give_back(signature)
    headers = [(name, value) for name, values in response.headers.items() for value in values]
    return _answered(response.status, response.body or "", headers, start)


def is_signed(verifier: SignatureVerifier, body: bytes, stamp: str, signature: str) -> bool:
    """Say whether Slack signed these very bytes within five minutes of now."""
    try:
        return verifier.is_valid(body, stamp, signature)
    except (ValueError, TypeError):  # a stamp that is no number, a signature that is no ASCII
        return False


def _headers(environ: Environ) -> dict[str, str | Sequence[str]]:
    found: dict[str, str | Sequence[str]] = {
        name[5:].replace("_", "-").lower(): value for name, value in environ.items() if name.startswith("HTTP_")
    }
    found["content-type"] = environ.get("CONTENT_TYPE", "")
    return found


def _answered(status: int, body: str, headers: list[tuple[str, str]], start: StartResponse) -> Iterable[bytes]:
    said = body.encode()
    named = [(name, value) for name, value in headers if name.lower() != "content-length"]
    start(_STATUS.get(status, f"{status} Answered"), [*named, ("Content-Length", str(len(said)))])
    return [said]
