"""HTTP delivery: signed posts to the app's request URL."""

from __future__ import annotations

import hashlib
import hmac
import json
import time
from urllib.parse import urlencode

import aiohttp

from bot.practice.post_office import Ack, Parcel


def sign(secret: str, timestamp: str, body: bytes) -> str:
    """Sign a body as Slack does: v0, HMAC-SHA256 over version, time and raw bytes."""
    base = f"v0:{timestamp}:".encode() + body
    return "v0=" + hmac.new(secret.encode(), base, hashlib.sha256).hexdigest()


class HttpCarrier:
    """Carry parcels to one URL."""

    def __init__(self, url: str, signing_secret: str) -> None:
        """Aim at the app's request URL; its secret signs what is sent."""
        self._url = url
        self._secret = signing_secret

    @property
    def is_connected(self) -> bool:
        """Say yes: whether anybody listens is only known by trying."""
        return True

    async def carry(self, parcel: Parcel, seconds: float) -> Ack:
        """Post one parcel and read the answer."""
        body, content_type = _encode(parcel)
        headers = {"Content-Type": content_type, **self._signature(body), **_retry_headers(parcel)}
        timeout = aiohttp.ClientTimeout(total=seconds)
        try:
            async with (
                aiohttp.ClientSession(timeout=timeout) as session,
                session.post(self._url, data=body, headers=headers) as response,
            ):
                return _read_answer(response.status, await response.text(), response.headers.get("X-Slack-No-Retry"))
        except TimeoutError:
            return Ack(problem="operation_timeout", retry_reason="http_timeout")
        except aiohttp.ClientError:
            return Ack(problem="dispatch_failed", retry_reason="connection_failed")

    def _signature(self, body: bytes) -> dict[str, str]:
        # Signatures carry the computer's time: the app compares them with its own, not with the workspace's clock.
        timestamp = str(int(time.time()))
        return {"X-Slack-Request-Timestamp": timestamp, "X-Slack-Signature": sign(self._secret, timestamp, body)}


def _encode(parcel: Parcel) -> tuple[bytes, str]:
    if parcel.kind == "events_api":
        return json.dumps(parcel.payload).encode(), "application/json"
    fields = parcel.payload if parcel.kind == "slash_commands" else {"payload": json.dumps(parcel.payload)}
    return urlencode(fields).encode(), "application/x-www-form-urlencoded"


def _retry_headers(parcel: Parcel) -> dict[str, str]:
    if not parcel.retry_number:
        return {}
    return {"X-Slack-Retry-Num": str(parcel.retry_number), "X-Slack-Retry-Reason": parcel.retry_reason}


def _read_answer(status: int, text: str, no_retry: str | None) -> Ack:
    if not 200 <= status < 300:
        return Ack(problem="dispatch_failed", retry_reason="http_error", wants_no_retry=no_retry == "1")
    try:
        return Ack(body=json.loads(text) if text else None)
    except ValueError:
        return Ack(body=text)
