"""What the practice workspace says no with: Slack's error codes, and plain sentences for a person at the page."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

Json = dict[str, Any]


class RefusedError(Exception):
    """Answer a Web API call with `{"ok": false, "error": code}` and what belongs to it."""

    def __init__(self, code: str, *, messages: Sequence[str] = (), **extra: Any) -> None:
        """Name Slack's code; messages go to `response_metadata.messages`."""
        super().__init__(code)
        self.code = code
        self.messages = tuple(messages)
        self.extra = extra

    def as_answer(self) -> Json:
        """Build the body Slack would send."""
        answer: Json = {"ok": False, "error": self.code, **self.extra}
        if self.messages:
            answer["response_metadata"] = {"messages": list(self.messages)}
        return answer


class NotPossibleError(Exception):
    """Tell the person at the page, in a plain sentence, why nothing was sent to the app."""


class RealTokenError(Exception):
    """Refuse a token that looks like one of a real Slack workspace."""
