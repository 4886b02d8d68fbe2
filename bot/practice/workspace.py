"""The state of a practice workspace: people, conversations, views and what was accepted. It knows no network."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime

from bot.practice.block_kit import Filler
from bot.practice.clocks import Clock
from bot.practice.conversations import Conversation, Message
from bot.practice.faults import Faults
from bot.practice.files import Files
from bot.practice.identity import Identity, dm_id
from bot.practice.ledger import Accepted
from bot.practice.manifest import Manifest
from bot.practice.members import Channel, Member
from bot.practice.payloads import event_callback, message_object, user_object
from bot.practice.refusals import Json, NotPossibleError, RefusedError
from bot.practice.stamps import Stamps
from bot.practice.tickets import ReplyTicket, ReplyTickets, Triggers
from bot.practice.views import Views

EventOutlet = Callable[[Json], None]


class Workspace:
    """Hold a whole workspace behind one lock; every public method may be called from any thread."""

    def __init__(
        self,
        manifest: Json,
        members: Iterable[Member],
        channels: Iterable[Channel],
        clock: Clock,
        name: str = "Practice workspace",
    ) -> None:
        """Start a workspace in which the app of a manifest is installed, with all the scopes it asks for."""
        self.lock = threading.RLock()
        self.manifest = Manifest(manifest)
        self.clock = clock
        self.identity = Identity(self.manifest.bot_name, name)
        self.scopes = self.manifest.bot_scopes
        self.home_tab_on = self.manifest.home_tab
        self.broken_token: str | None = None
        self.base_url = ""
        self.members = {member.id: member for member in members}
        self.members.setdefault(self.identity.bot_user_id, _bot_member(self.identity))
        self.conversations = {channel.id: _as_conversation(channel) for channel in channels}
        self.stamps = Stamps(clock)
        self.filler = Filler()
        self.views = Views(self.stamps, self.filler)
        self.triggers = Triggers()
        self.reply_tickets = ReplyTickets()
        self.files = Files(self.stamps)
        self.faults = Faults()
        self.accepted: list[Accepted] = []
        self.notices: dict[str, str] = {}
        self.form_errors: dict[str, dict[str, str]] = {}
        self.versions: dict[str, int] = {}
        self._watchers: list[Callable[[str], None]] = []
        self.event_outlet: EventOutlet | None = None

    # What anybody may ask

    def member(self, person_id: str) -> Member:
        """Give a person, or refuse with Slack's code."""
        if person_id not in self.members:
            raise RefusedError("user_not_found")
        return self.members[person_id]

    def person(self, person_id: str) -> Member:
        """Give a person who acts at the page, or say why nobody acts as them."""
        member = self.members.get(person_id)
        if member is None:
            raise NotPossibleError("There is nobody with that id in this workspace.")
        if member.deleted:
            raise NotPossibleError(f"{member.real_name}’s account is switched off, so nobody can act as them.")
        return member

    def is_app_in(self, conversation: Conversation) -> bool:
        """Say whether the app is a member of a conversation."""
        return self.identity.bot_user_id in conversation.members

    def people_of(self, conversation: Conversation) -> list[str]:
        """List the members of a conversation who are not the app."""
        return [member for member in conversation.members if member != self.identity.bot_user_id]

    def partner_of(self, conversation: Conversation) -> str | None:
        """Give the other person of a direct message with the app."""
        return self.people_of(conversation)[0] if conversation.kind == "im" else None

    def conversations_of(self, person_id: str) -> list[Conversation]:
        """List the conversations a person is in."""
        return [one for one in self.conversations.values() if person_id in one.members]

    # Changes

    def open_dm(self, person_id: str) -> tuple[Conversation, bool]:
        """Give the app's direct message with a person, and whether it was there already."""
        with self.lock:
            channel = dm_id(person_id)
            was_there = channel in self.conversations
            if not was_there:
                pair = [person_id, self.identity.bot_user_id]
                self.conversations[channel] = Conversation(channel, "im", "directmessage", pair)
                self.touch(person_id)
            return self.conversations[channel], was_there

    def add_message(self, message: Message, method: str) -> Message:
        """Put a message where everybody in the conversation sees it, and write it in the ledger."""
        with self.lock:
            conversation = self.conversations[message.channel]
            conversation.messages.append(message)
            self.note("post", method, message)
            self.touch(*self.people_of(conversation))
            self._emit_message(conversation, message)
            return message

    def add_ephemeral(self, message: Message, method: str) -> Message:
        """Show a message to one person only; it is in nobody's history."""
        with self.lock:
            self.conversations[message.channel].ephemerals.append(message)
            self.note("ephemeral", method, message)
            self.touch(message.only_for or "")
            return message

    def note(self, what: str, method: str, message: Message) -> None:
        """Write one thing accepted in the ledger."""
        user = message.only_for or self.partner_of(self.conversations[message.channel])
        self.accepted.append(
            Accepted(
                what=what,
                method=method,
                channel=message.channel,
                user=user,
                ts=message.ts,
                text=message.text,
                blocks=message.blocks,
                metadata=message.metadata,
                at=self.clock.now(),
            )
        )

    def reply_url(self, kind: str, person_id: str, channel: str, message_ts: str | None = None) -> str:
        """Make a response_url for one interaction."""
        ticket = ReplyTicket(person_id, channel, message_ts, self.clock.now())
        return f"{self.base_url}/hooks{self.reply_tickets.issue(kind, self.identity.team_id, ticket)}"

    def move_clock(self, how: str, to: datetime | None = None) -> tuple[int, str]:
        """Move the clock for a person at the page; every trigger id expires, as after a long time."""
        steps, sentence = self.clock.step(how, to)
        with self.lock:
            self.triggers.expire_all()
            self.touch(*self.members)
        return steps, sentence

    # What changes in the workspace itself

    def change_member(self, person_id: str, **facts: object) -> Member:
        """Change facts of a person, such as tz="" or deleted=True, and tell the app (user_change)."""
        with self.lock:
            self.members[person_id] = replace(self.members[person_id], **facts)  # type: ignore[arg-type]
            return self._tell_of_member("user_change", person_id)

    def deactivate(self, person_id: str) -> None:
        """Switch a person's account off."""
        self.change_member(person_id, deleted=True)

    def join(self, member: Member) -> None:
        """Let somebody new into the workspace, and tell the app (team_join)."""
        with self.lock:
            self.members[member.id] = member
            self._tell_of_member("team_join", member.id)

    def archive(self, channel: str) -> None:
        """Archive a channel."""
        with self.lock:
            self.conversations[channel].is_archived = True
            self.touch(*self.conversations[channel].members)

    def remove_app(self, channel: str) -> None:
        """Take the app out of a channel."""
        with self.lock:
            self.conversations[channel].members.remove(self.identity.bot_user_id)

    def revoke_token(self, code: str = "token_revoked") -> None:
        """Refuse every call from now on with a code for a dead token."""
        with self.lock:
            self.emit({"type": "tokens_revoked", "tokens": {"oauth": [], "bot": [self.identity.bot_user_id]}})
            self.broken_token = code

    def restore_token(self) -> None:
        """Accept the app's token again."""
        self.broken_token = None

    # Telling

    def emit(self, event: Json) -> Json | None:
        """Send the app an event if it subscribed to it; give the callback payload sent."""
        payload = self.event_payload(event)
        if payload and self.event_outlet:
            self.event_outlet(payload)
        return payload

    def event_payload(self, event: Json) -> Json | None:
        """Build the callback of an event, or None when the app did not subscribe to it."""
        kind = event["type"]
        subscribed = f"message.{event['channel_type']}" if kind == "message" else kind
        if subscribed not in self.manifest.events:
            return None
        with self.lock:
            event.setdefault("event_ts", self.stamps.next_ts())
            return event_callback(self.identity, event, self.stamps.next_id("Ev"))

    def watch(self, watcher: Callable[[str], None]) -> Callable[[], None]:
        """Call a function with a person's id whenever what they see changes; give the way to stop."""
        self._watchers.append(watcher)
        return lambda: self._watchers.remove(watcher)

    def touch(self, *people: str) -> None:
        """Say that what these people see has changed."""
        for person_id in people:
            self.versions[person_id] = self.versions.get(person_id, 0) + 1
            for watcher in list(self._watchers):
                watcher(person_id)

    def _emit_message(self, conversation: Conversation, message: Message) -> None:
        if conversation.kind != "im":
            return
        body = message_object(self.identity, message)
        self.emit(body | {"channel": conversation.id, "channel_type": "im", "event_ts": message.ts})

    def _tell_of_member(self, event: str, person_id: str) -> Member:
        member = self.members[person_id]
        body = user_object(self.identity, member, self.clock.now(), with_email="users:read.email" in self.scopes)
        self.emit({"type": event, "user": body, "cache_ts": int(self.clock.now().timestamp())})
        self.touch(*self.members)
        return member


def _bot_member(identity: Identity) -> Member:
    handle = identity.app_name.lower().replace(" ", "")
    return Member(identity.bot_user_id, handle, identity.app_name, "", is_bot=True)


def _as_conversation(channel: Channel) -> Conversation:
    return Conversation(
        channel.id,
        "private" if channel.is_private else "channel",
        channel.name,
        list(channel.members),
        is_archived=channel.is_archived,
    )
