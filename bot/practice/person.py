"""A person at the page, for tests: presses, fills and reads over the page's own protocol."""

from __future__ import annotations

import base64
import http.client
import json
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

from bot.practice.finding import find_field, find_pressable, pick_option, pick_value, texts
from bot.practice.identity import dm_id
from bot.practice.refusals import Json, NotPossibleError

__all__ = ["Person", "texts"]

PATIENCE_SECONDS = 120.0  # moving the clock by a week can be a lot of work for the app


class Person:
    """Act as one person of a running practice workspace.

    Whatever the workspace would not let them do raises NotPossibleError with the sentence they would read.
    """

    def __init__(self, url: str, person_id: str) -> None:
        """Sit down at the page of a workspace as one person."""
        self.id = person_id
        self._host = urlsplit(url).netloc
        self._looking_at: str | None = None

    # Doing

    def command(self, text: str, channel: str | None = None) -> None:
        """Type a slash command, in the app's direct message unless a channel is named."""
        self._act("command", channel=channel or self.dm, text=text)

    def say(self, text: str, channel: str | None = None) -> None:
        """Write a message."""
        self._act("say", channel=channel or self.dm, text=text)

    def home(self) -> Json | None:
        """Open the Home tab and give what it shows."""
        self._act("home")
        self._looking_at = "home"
        return self.home_view

    def shortcut(self, name: str) -> None:
        """Choose a global shortcut by its name or callback id."""
        known = {one["name"]: one["callback_id"] for one in self.state["shortcuts"]}
        self._act("shortcut", callback_id=known.get(name, name))

    def press(self, words: str, value: Any = None, *, channel: str | None = None, message: Json | None = None) -> None:
        """Press a button by its words or action id; `value` chooses in a menu.

        Looks in the open modal, else in the message given, else where the person looked last: Home or a conversation,
        newest message first.
        """
        where, block, element = self._find(words, channel, message)
        self._press(where, block, element, pick_value(element, value))

    def fill(self, values: Mapping[str, Any]) -> None:
        """Type or choose in fields of the open modal, by label or block id; a file is a pair (name, bytes)."""
        modal = self._open_modal()
        for words, raw in values.items():
            block, element = find_field(modal["blocks"], words)
            self._press({"modal": modal["id"]}, block, element, pick_value(element, _as_upload(raw)))

    def choose(self, words: str, wanted: str, *, channel: str | None = None) -> None:
        """Choose in a select by visible words, also one that asks the app, one of people or of channels."""
        where, block, element = self._find(words, channel, None)
        chosen = self._pick(where, block, element, wanted)
        self._press(where, block, element, [chosen] if element["type"].startswith("multi_") else chosen)

    def suggest(self, words: str, query: str, *, channel: str | None = None) -> list[Json]:
        """Type in an external select and list what the app offers."""
        where, block, element = self._find(words, channel, None)
        return self._suggest(where, block, element, query)

    def submit(self, values: Mapping[str, Any] | None = None) -> None:
        """Fill the fields given, if any, and send the form."""
        self.fill(values or {})
        self._act("submit", view_id=self._open_modal()["id"], values={})

    def close(self, *, everything: bool = False) -> None:
        """Close the open form with its button, or the whole stack with the cross."""
        self._act("close", view_id=self._open_modal()["id"], all=everything)

    def move_clock(self, step: str = "next", to: str | None = None) -> Json:
        """Move the workspace's clock: "next", "day", "week", or "to" a moment in ISO form with its offset."""
        return self._post("/practice/clock", {"step": step, "to": to})

    # Seeing

    @property
    def dm(self) -> str:
        """Give the id of the direct message with the app."""
        return dm_id(self.id)

    @property
    def state(self) -> Json:
        """Give everything this person sees."""
        return self._get("/practice/state")

    @property
    def modal(self) -> Json | None:
        """Give the modal on top, if one is open."""
        modals = self.state["modals"]
        return modals[-1] if modals else None

    @property
    def errors(self) -> dict[str, str]:
        """Give the words under fields of the open modal, by block id."""
        errors: dict[str, str] = self.state["errors"]
        return errors

    @property
    def notice(self) -> str | None:
        """Give Slack's own words, when something went wrong."""
        notice: str | None = self.state["notice"]
        return notice

    @property
    def home_view(self) -> Json | None:
        """Give the Home tab."""
        view: Json | None = self.state["home"]
        return view

    def messages(self, channel: str | None = None) -> list[Json]:
        """List what this person sees in a conversation, oldest first, and mark it read."""
        self._looking_at = channel or self.dm
        found: list[Json] = self._get("/practice/messages", channel=self._looking_at)["messages"]
        return found

    @property
    def last_message(self) -> Json | None:
        """Give the newest message of the direct message with the app."""
        messages = self.messages()
        return messages[-1] if messages else None

    def wait_until(self, check: Callable[[Person], Any], timeout_seconds: float = 30.0) -> Any:
        """Wait until a check gives something true, looking again at every change; raises TimeoutError."""
        found: Any = None
        deadline = time.monotonic() + timeout_seconds
        with self._changes(timeout_seconds) as changes:
            for _change in changes:
                found = check(self)
                if found or time.monotonic() > deadline:
                    break
        if found:
            return found
        raise TimeoutError("What was waited for did not come.")

    # Ways

    def _find(self, words: str, channel: str | None, message: Json | None) -> tuple[Json, Json, Json]:
        for where, blocks in self._places(channel, message):
            found = find_pressable(blocks, words)
            if found:
                return where, *found
        raise NotPossibleError(f"There is no “{words}” to press here. {self.notice or ''}".strip())

    def _places(self, channel: str | None, message: Json | None) -> Iterator[tuple[Json, list[Json]]]:
        modal = self.modal
        if modal:
            yield {"modal": modal["id"]}, modal["blocks"]
            return
        if message:
            yield self._on(message, channel or self._channel()), message["blocks"] or []
            return
        home = self.home_view
        if home and self._looking_at == "home" and channel is None:
            yield {"home": True}, home["blocks"]
        for one in reversed(self._get("/practice/messages", channel=channel or self._channel())["messages"]):
            yield self._on(one, channel or self._channel()), one["blocks"] or []
        if home and channel is None:
            yield {"home": True}, home["blocks"]

    def _channel(self) -> str:
        return self.dm if self._looking_at in (None, "home") else str(self._looking_at)

    @staticmethod
    def _on(message: Json, channel: str) -> Json:
        return {"message": {"channel": channel, "ts": message["ts"]}}

    def _press(self, where: Json, block: Json, element: Json, value: Any) -> None:
        self._act("press", where=where, block_id=block["block_id"], action_id=element["action_id"], value=value)

    def _pick(self, where: Json, block: Json, element: Json, wanted: str) -> str:
        kind = element["type"].removeprefix("multi_")
        if kind == "external_select":
            return pick_option(self._suggest(where, block, element, wanted), wanted)
        if kind == "users_select":
            people = self._get("/practice/people")["people"]
            return pick_option([{"text": one["name"], "value": one["id"]} for one in people], wanted)
        if kind in ("channels_select", "conversations_select"):
            return pick_option([{"text": one["name"], "value": one["id"]} for one in self.state["channels"]], wanted)
        return str(pick_value(element, wanted))

    def _suggest(self, where: Json, block: Json, element: Json, query: str) -> list[Json]:
        keys = {"block_id": block["block_id"], "action_id": element["action_id"]}
        answer = self._act("suggest", where=where, query=query, **keys)
        grouped = [option for group in answer.get("option_groups", []) for option in group["options"]]
        return [*answer.get("options", []), *grouped]

    def _open_modal(self) -> Json:
        modal = self.modal
        if modal is None:
            raise NotPossibleError(f"No form is open. {self.notice or ''}".strip())
        return modal

    def _act(self, kind: str, **what: Any) -> Json:
        answer = self._post("/practice/act", {"person": self.id, "kind": kind, **what})
        if not answer["ok"]:
            raise NotPossibleError(answer["error"])
        return answer

    def _get(self, path: str, **query: str) -> Json:
        return self._request("GET", f"{path}?{urlencode({'person': self.id, **query})}", None)

    def _post(self, path: str, body: Json) -> Json:
        return self._request("POST", path, json.dumps(body))

    def _request(self, verb: str, path: str, body: str | None) -> Json:
        connection = http.client.HTTPConnection(self._host, timeout=PATIENCE_SECONDS)
        try:
            connection.request(verb, path, body, {"X-Practice": "1", "Content-Type": "application/json"})
            answer: Json = json.loads(connection.getresponse().read())
            return answer
        finally:
            connection.close()

    @contextmanager
    def _changes(self, timeout_seconds: float) -> Iterator[Iterator[str]]:
        connection = http.client.HTTPConnection(self._host, timeout=timeout_seconds)
        try:
            connection.request("GET", f"/practice/events?person={quote(self.id)}")
            yield _lines(connection.getresponse())
        finally:
            connection.close()


def _lines(stream: http.client.HTTPResponse) -> Iterator[str]:
    while True:
        line = stream.readline()
        if not line:
            return
        if line.startswith(b"data:"):
            yield line.decode()


def _as_upload(raw: Any) -> Any:
    if isinstance(raw, tuple):
        name, content = raw
        return [{"name": name, "content": base64.b64encode(content).decode()}]
    return raw
