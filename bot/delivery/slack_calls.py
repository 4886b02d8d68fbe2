"""Calls to Slack: the one module that catches what can go wrong with them, and says which of five things happened.

A post is never tried twice here: the SDK's own retry posts again when only the reply was lost (delivery.md, "Post").
"""

import socket
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from http.client import HTTPException
from typing import Any
from urllib.error import URLError
from urllib.request import Request, urlopen

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError, SlackClientError

from bot.values import Block, Message

EVENT_TYPE = "handrail_message"
_TOO_MANY = 429
_OUR_SERVER_FAILED = 500
_PAGE = 200
_LONGEST_WAIT = 6 * 3600.0  # seconds: an hour is asked for in earnest, more than this is nonsense

_LATER = {"ratelimited", "rate_limited", "message_limit_exceeded"}
_IN_DOUBT = {"fatal_error", "internal_error", "service_unavailable", "request_timeout"}
_WHOLE_APP = {
    "not_authed",
    "invalid_auth",
    "account_inactive",
    "token_revoked",
    "token_expired",
    "missing_scope",
    "not_allowed_token_type",
    "org_login_required",
    "messages_tab_disabled",  # the app's own switch: nobody at all can be written to
}
UNREACHABLE = {  # a person, then a channel
    "user_not_found",
    "user_disabled",
    "user_not_visible",
    "users_not_found",
    "cannot_dm_bot",
    "channel_not_found",
    "not_in_channel",
    "is_archived",
    "restricted_action",
    "restricted_action_read_only_channel",
    "restricted_action_thread_only_channel",
    "restricted_action_non_threadable_channel",
    "ekm_access_denied",
}


class Kind(StrEnum):
    """What became of a call."""

    OK = "ok"
    LATER = "later"  # surely not accepted; try again after `wait`
    UNREACHABLE = "unreachable"  # surely not accepted, until the person or channel is put right
    DEAD = "dead"  # surely not accepted, and never will be: something is wrong with the message itself
    WHOLE_APP = "whole_app"  # nothing at all can be sent: the token or a scope
    IN_DOUBT = "in_doubt"  # nobody knows whether it was accepted


@dataclass(frozen=True)
class Outcome:
    """What became of one call; `code` is Slack's own word or ours, `wait` seconds of machine time."""

    kind: Kind
    code: str = ""
    wait: float | None = None
    data: dict[str, Any] = field(default_factory=dict)

    @property
    def is_ok(self) -> bool:
        """Say whether Slack took it."""
        return self.kind is Kind.OK

    @property
    def file_id(self) -> str:
        """Return the id of the file that was shared, or perhaps was; nothing for what is no file."""
        files = self.data.get("files") or [self.data.get("file") or {}]
        return str(files[0].get("id") or "")

    @property
    def is_rate_limit(self) -> bool:
        """Say whether Slack asked us to wait."""
        return self.kind is Kind.LATER and self.wait is not None


class SlackCalls:
    """Slack's methods as the sender uses them, each answering with an Outcome and raising nothing."""

    def __init__(
        self, token: str, *, base_url: str = WebClient.BASE_URL, timeout: float = 10.0, unnamed_wait: float = 30.0
    ) -> None:
        self._timeout = timeout
        self._unnamed_wait = unnamed_wait  # seconds, where Slack asks to wait and names no time that makes sense
        self._client = WebClient(
            token=token,
            base_url=base_url,
            timeout=timeout,  # type: ignore[arg-type]  # urllib takes parts of a second; the crash harness needs them
            retry_handlers=[],
        )

    def is_let_in(self) -> Outcome:
        """Ask whether Slack takes our token."""
        return self._call(self._client.auth_test)

    def open_dm(self, slack_id: str) -> Outcome:
        """Open our conversation with a person; doing it again gives the same one."""
        return self._call(self._client.conversations_open, users=slack_id)

    def post(self, channel: str, message: Message, opaque: str) -> Outcome:
        """Post once, carrying the opaque id by which it can be found again."""
        return self._call(
            self._client.chat_postMessage,
            channel=channel,
            text=message.text,
            blocks=list(message.blocks) or None,
            metadata={"event_type": EVENT_TYPE, "event_payload": {"delivery_id": opaque}},
            unfurl_links=False,
            unfurl_media=False,
        )

    def update(self, channel: str, ts: str, message: Message) -> Outcome:
        """Change the words of our own message."""
        return self._call(
            self._client.chat_update, channel=channel, ts=ts, text=message.text, blocks=list(message.blocks)
        )

    def delete(self, channel: str, ts: str) -> Outcome:
        """Take back our own message."""
        return self._call(self._client.chat_delete, channel=channel, ts=ts)

    def whisper(self, channel: str, slack_id: str, message: Message) -> Outcome:
        """Say something in a conversation that only one person sees."""
        return self._call(
            self._client.chat_postEphemeral,
            channel=channel,
            user=slack_id,
            text=message.text,
            blocks=list(message.blocks) or None,
        )

    def publish_home(self, slack_id: str, view: Block, view_hash: str) -> Outcome:
        """Show a person's Home tab."""
        return self._call(self._client.views_publish, user_id=slack_id, view=view, hash=view_hash or None)

    def find_posts(self, channel: str, opaque: str, after_ts: str) -> Outcome:
        """Look for posts of ours by their opaque id, in all that came after a stamp; `data` holds their `stamps`."""
        cursor, stamps = "", tuple[str, ...]()
        while True:
            page = self._call(
                self._client.conversations_history,
                channel=channel,
                oldest=after_ts or None,
                include_all_metadata=True,
                limit=_PAGE,
                cursor=cursor or None,
            )
            stamps += tuple(_stamps_of(page, opaque))
            cursor = (page.data.get("response_metadata") or {}).get("next_cursor") or ""
            if not page.is_ok or not cursor:
                return Outcome(page.kind, page.code, page.wait, {"stamps": stamps})

    def reserve_file(self, filename: str, length: int) -> Outcome:
        """Get an id and an address for a file's bytes; nothing is shared yet."""
        return self._call(self._client.files_getUploadURLExternal, filename=filename, length=length)

    def send_bytes(self, url: str, content: bytes) -> Outcome:
        """Send a file's bytes to the address it was given; sending them again does no harm."""
        return self._call(self._upload, url=url, content=content)

    def share_file(self, file_id: str, title: str, channel: str, comment: str) -> Outcome:
        """Share a file whose bytes are there; the same id again is the same file."""
        return self._call(
            self._client.files_completeUploadExternal,
            files=[{"id": file_id, "title": title}],
            channel_id=channel,
            initial_comment=comment or None,
        )

    def file_info(self, file_id: str) -> Outcome:
        """Ask Slack what it knows of a file: `shares` tells whether it went out."""
        return self._call(self._client.files_info, file=file_id)

    def delete_file(self, file_id: str) -> Outcome:
        """Take back our own file, and the message that held it."""
        return self._call(self._client.files_delete, file=file_id)

    def _upload(self, *, url: str, content: bytes) -> dict[str, Any]:
        request = Request(url, data=content, method="POST")  # noqa: S310  the address is the one Slack just gave
        with urlopen(request, timeout=self._timeout) as answer:  # noqa: S310  as above
            answer.read()
        return {"ok": True}

    def _call(self, method: Callable[..., Any], **arguments: Any) -> Outcome:
        try:
            answer = method(**arguments)
        except SlackApiError as refused:
            return _refused(refused, self._unnamed_wait)
        except (OSError, HTTPException, ValueError, TypeError, SlackClientError) as broken:
            return _broken(broken)
        data = answer if isinstance(answer, dict) else answer.data
        return Outcome(Kind.OK, data=data) if isinstance(data, dict) else Outcome(Kind.IN_DOUBT, "not_json")


def _refused(error: SlackApiError, unnamed_wait: float) -> Outcome:
    response: Any = error.response
    status = int(getattr(response, "status_code", 200) or 200)
    data = getattr(response, "data", None)
    code = str(data.get("error") or "") if isinstance(data, dict) else ""
    if status == _TOO_MANY or code in _LATER:
        wait = _wait_asked(getattr(response, "headers", None) or {}) or unnamed_wait
        return Outcome(Kind.LATER, code or "ratelimited", wait)
    if status >= _OUR_SERVER_FAILED or code in _IN_DOUBT or not code:
        return Outcome(Kind.IN_DOUBT, code or f"http_{status}")
    if code in _WHOLE_APP:
        return Outcome(Kind.WHOLE_APP, code)
    return Outcome(Kind.UNREACHABLE if code in UNREACHABLE else Kind.DEAD, code)


def _broken(error: Exception) -> Outcome:
    cause = error.reason if isinstance(error, URLError) else error
    if isinstance(cause, ConnectionRefusedError | socket.gaierror):
        return Outcome(Kind.LATER, "cannot_connect")
    return Outcome(Kind.IN_DOUBT, "no_answer" if isinstance(cause, TimeoutError) else type(cause).__name__)


def _wait_asked(headers: Any) -> float | None:
    """Read Retry-After in seconds, which may be missing, nonsense or a list; None where it names no time."""
    said = next((value for name, value in headers.items() if name.lower() == "retry-after"), "")
    try:
        wait = float(str(said[0] if isinstance(said, list) else said))
    except (ValueError, IndexError):
        return None
    return min(wait, _LONGEST_WAIT) if wait > 0 else None


def _stamps_of(page: Outcome, opaque: str) -> Iterator[str]:
    for message in page.data.get("messages") or ():
        payload = (message.get("metadata") or {}).get("event_payload") or {}
        if payload.get("delivery_id") == opaque:
            yield str(message["ts"])
