"""Modals and Home tabs: one stack of at most three for each person, and one Home each."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field

from bot.practice.block_kit import Filler, check_view
from bot.practice.element_state import Key, as_values, states_for
from bot.practice.identity import Identity
from bot.practice.refusals import Json, RefusedError
from bot.practice.stamps import Stamps

MOST_IN_STACK = 3


@dataclass
class View:
    """Hold one view as Slack keeps it, with what the person has typed in it so far."""

    id: str
    person_id: str
    type: str
    blocks: list[Json]
    title: Json | None
    submit: Json | None
    close: Json | None
    private_metadata: str
    callback_id: str
    external_id: str
    clear_on_close: bool
    notify_on_close: bool
    hash: str
    root_id: str
    previous_id: str | None = None
    states: dict[Key, Json] = field(default_factory=dict)
    offered: dict[Key, dict[str, Json]] = field(default_factory=dict)

    def as_payload(self, identity: Identity, *, with_state: bool = True) -> Json:
        """Build the view object Slack sends, with the values held or without."""
        return {
            "id": self.id,
            "team_id": identity.team_id,
            "type": self.type,
            "blocks": self.blocks,
            "private_metadata": self.private_metadata,
            "callback_id": self.callback_id,
            "state": {"values": as_values(self.states) if with_state else {}},
            "hash": self.hash,
            "title": self.title or {"type": "plain_text", "text": "View Title", "emoji": True},
            "clear_on_close": self.clear_on_close,
            "notify_on_close": self.notify_on_close,
            "close": self.close,
            "submit": self.submit,
            "previous_view_id": self.previous_id,
            "root_view_id": self.root_id,
            "app_id": identity.app_id,
            "external_id": self.external_id,
            "app_installed_team_id": identity.team_id,
            "bot_id": identity.bot_id,
        }


class Views:
    """Keep every open modal and every published Home."""

    def __init__(self, stamps: Stamps, filler: Filler) -> None:
        """Start with nothing open."""
        self._stamps = stamps
        self._filler = filler
        self._stacks: dict[str, list[View]] = {}
        self._homes: dict[str, View] = {}

    def stack(self, person_id: str) -> list[View]:
        """List a person's open modals, bottom first."""
        return list(self._stacks.get(person_id, ()))

    def top(self, person_id: str) -> View | None:
        """Give the modal a person sees."""
        stack = self._stacks.get(person_id)
        return stack[-1] if stack else None

    def home(self, person_id: str) -> View | None:
        """Give a person's Home tab, if anything was published to it."""
        return self._homes.get(person_id)

    def find(self, view_id: str) -> View | None:
        """Find an open modal or a Home by id."""
        return next((view for view in self._all() if view.id == view_id), None)

    def find_external(self, external_id: str) -> View | None:
        """Find an open modal or a Home by the app's own id."""
        return next((view for view in self._all() if external_id and view.external_id == external_id), None)

    def open(self, person_id: str, content: Json) -> View:
        """Start a new stack for a person with one modal."""
        self.check(content, "modal")
        view = self._make(person_id, content)
        self._stacks[person_id] = [view]
        return view

    def push(self, person_id: str, content: Json) -> View:
        """Put a modal on a person's stack."""
        self.check(content, "modal")
        stack = self._stacks.get(person_id)
        if not stack:
            raise RefusedError("not_found")
        if len(stack) >= MOST_IN_STACK:
            raise RefusedError("push_limit_reached")
        view = self._make(person_id, content)
        view.root_id, view.previous_id = stack[0].id, stack[-1].id
        stack.append(view)
        return view

    def update(self, view: View, content: Json, expected_hash: str | None = None) -> View:
        """Replace an open view's content; what was typed stays where block_id and action_id stay."""
        self.check(content, view.type, own=view)
        if expected_hash and expected_hash != view.hash:
            raise RefusedError("hash_conflict")
        fresh = self._make(view.person_id, content, kept=view.states)
        fresh.id, fresh.root_id, fresh.previous_id = view.id, view.root_id, view.previous_id
        fresh.offered = view.offered
        view.__dict__.update(fresh.__dict__)
        return view

    def publish(self, person_id: str, content: Json, expected_hash: str | None = None) -> View:
        """Set a person's Home tab."""
        home = self._homes.get(person_id)
        if home:
            return self.update(home, content, expected_hash)
        self.check(content, "home")
        return self._homes.setdefault(person_id, self._make(person_id, content))

    def close(self, view: View) -> None:
        """Take one modal, and any above it, off its stack."""
        stack = self._stacks.get(view.person_id, [])
        if view in stack:
            del stack[stack.index(view) :]

    def clear(self, person_id: str) -> None:
        """Close a person's whole stack."""
        self._stacks.pop(person_id, None)

    def check(self, content: Json, kind: str, *, own: View | None = None) -> None:
        """Refuse a view Slack would refuse, its external_id included."""
        check_view(content, kind)
        other = self.find_external(content.get("external_id", ""))
        if other and other is not own:
            raise RefusedError("duplicate_external_id")

    def _all(self) -> list[View]:
        return [view for stack in self._stacks.values() for view in stack] + list(self._homes.values())

    def _make(self, person_id: str, content: Json, kept: dict[Key, Json] | None = None) -> View:
        view_id = self._stamps.next_id("V")
        blocks = self._filler.fill(content["blocks"])
        return View(
            id=view_id,
            person_id=person_id,
            type=content["type"],
            blocks=blocks,
            title=self._filler.text(content.get("title")),
            submit=self._filler.text(content.get("submit")),
            close=self._filler.text(content.get("close")),
            private_metadata=content.get("private_metadata", ""),
            callback_id=content.get("callback_id", ""),
            external_id=content.get("external_id", ""),
            clear_on_close=content.get("clear_on_close", False),
            notify_on_close=content.get("notify_on_close", False),
            hash=f"{self._stamps.next_ts().partition('.')[0]}.{secrets.token_hex(4)}",
            root_id=view_id,
            states=states_for(blocks, kept or {}),
        )
