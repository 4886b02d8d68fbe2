"""Conversations and their messages."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from bot.practice.element_state import Key
from bot.practice.refusals import Json

Kind = Literal["im", "mpim", "channel", "private"]
TYPE_WORDS: dict[Kind, str] = {"im": "im", "mpim": "mpim", "channel": "channels", "private": "groups"}


@dataclass
class Message:
    """Hold one message; `only_for` names the one person an ephemeral message is shown to."""

    ts: str
    channel: str
    user: str
    text: str
    blocks: list[Json] | None = None
    bot_id: str | None = None
    metadata: Json | None = None
    thread_ts: str | None = None
    edited: Json | None = None
    only_for: str | None = None
    files: list[Json] = field(default_factory=list)


@dataclass
class Conversation:
    """Hold one channel or direct message, what was said in it and what each person has read."""

    id: str
    kind: Kind
    name: str
    members: list[str]
    is_archived: bool = False
    messages: list[Message] = field(default_factory=list)
    ephemerals: list[Message] = field(default_factory=list)
    read_up_to: dict[str, str] = field(default_factory=dict)
    touched: dict[tuple[str, str], dict[Key, Json]] = field(default_factory=dict)
    offered: dict[tuple[str, str], dict[Key, dict[str, Json]]] = field(default_factory=dict)

    @property
    def is_direct(self) -> bool:
        """Say whether it is between people rather than a channel."""
        return self.kind in ("im", "mpim")

    def find(self, ts: str) -> Message | None:
        """Find a message everybody sees."""
        return next((message for message in self.messages if message.ts == ts), None)

    def find_for(self, person_id: str, ts: str) -> Message | None:
        """Find a message one person sees, ephemeral ones included."""
        return next((message for message in self.seen_by(person_id) if message.ts == ts), None)

    def seen_by(self, person_id: str) -> list[Message]:
        """List what one person sees, oldest first."""
        own = [message for message in self.ephemerals if message.only_for == person_id]
        return sorted([*self.messages, *own], key=lambda message: _order(message.ts))

    def count_unread(self, person_id: str) -> int:
        """Count what has come since the person last looked, their own words apart."""
        read = _order(self.read_up_to.get(person_id, "0"))
        return sum(_order(m.ts) > read and m.user != person_id for m in self.seen_by(person_id))

    def mark_read(self, person_id: str) -> bool:
        """Mark everything read; say whether anything was unread."""
        was_unread = self.count_unread(person_id) > 0
        seen = self.seen_by(person_id)
        if seen:
            self.read_up_to[person_id] = seen[-1].ts
        return was_unread

    def remove(self, message: Message) -> None:
        """Take a message away, ephemeral or not."""
        for shelf in (self.messages, self.ephemerals):
            if message in shelf:
                shelf.remove(message)


def _order(ts: str) -> tuple[int, int]:
    seconds, _, micros = ts.partition(".")
    return int(seconds), int(micros or 0)
