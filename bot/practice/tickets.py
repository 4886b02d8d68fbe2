"""What an interaction hands the app for its answer: a trigger id for a modal, a response_url for messages."""

from __future__ import annotations

import secrets
import time
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.practice.refusals import RefusedError

TRIGGER_SECONDS = 3.0
REPLY_USES = 5
REPLY_AGE = timedelta(minutes=30)


@dataclass
class Trigger:
    """Hold one trigger id: whose stack it may open a modal on, and from where it came."""

    id: str
    person_id: str
    source: str
    view_id: str | None
    made_at: float
    is_used: bool = False


class Triggers:
    """Issue trigger ids and take each back once, within three real seconds."""

    def __init__(self) -> None:
        """Start with none."""
        self._by_id: dict[str, Trigger] = {}

    def issue(self, person_id: str, source: str, view_id: str | None = None) -> str:
        """Make a trigger id for one interaction of one person."""
        trigger_id = f"{secrets.randbelow(10**10)}.{secrets.randbelow(10**10)}.{secrets.token_hex(16)}"
        self._by_id[trigger_id] = Trigger(trigger_id, person_id, source, view_id, time.monotonic())
        return trigger_id

    def check(self, trigger_id: str) -> Trigger:
        """Give a trigger that can still be used, or refuse with Slack's code."""
        trigger = self._by_id.get(trigger_id)
        if trigger is None:
            raise RefusedError("invalid_trigger_id")
        if trigger.is_used:
            raise RefusedError("exchanged_trigger_id")
        if time.monotonic() - trigger.made_at > TRIGGER_SECONDS:
            raise RefusedError("expired_trigger_id")
        return trigger

    def use(self, trigger: Trigger) -> None:
        """Mark a trigger used."""
        trigger.is_used = True

    def expire_all(self) -> None:
        """Let every trigger expire, as moving the clock does."""
        for trigger in self._by_id.values():
            trigger.made_at = float("-inf")


@dataclass
class ReplyTicket:
    """Hold one response_url: where its messages go and what it may replace."""

    person_id: str
    channel: str
    message_ts: str | None
    made_at: datetime
    uses: int = 0


@dataclass
class ReplyTickets:
    """Issue response_urls and take each at most five times within thirty minutes of the workspace's clock."""

    _by_path: dict[str, ReplyTicket] = field(default_factory=dict)

    def issue(self, kind: str, team_id: str, ticket: ReplyTicket) -> str:
        """Make the path of a new response_url; kind is "commands", "actions" or "app"."""
        path = f"/{kind}/{team_id}/{secrets.randbelow(10**10)}/{secrets.token_urlsafe(18)}"
        self._by_path[path] = ticket
        return path

    def use(self, path: str, now: datetime) -> ReplyTicket:
        """Count one use; refuse an unknown, an old and a worn-out one."""
        ticket = self._by_path.get(path)
        if ticket is None or now - ticket.made_at > REPLY_AGE:
            raise RefusedError("expired_url")
        if ticket.uses >= REPLY_USES:
            raise RefusedError("used_url")
        ticket.uses += 1
        return ticket
