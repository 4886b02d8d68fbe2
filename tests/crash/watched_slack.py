"""The practice Slack that writes down everything it ever accepted or took away, and under which fault."""

import json
import threading
import time
from contextvars import ContextVar
from typing import Any, TextIO

from bot.manifest import read_manifest
from bot.practice import Fault, Member, MovingClock, Workspace
from bot.practice.conversations import Message
from bot.practice.faults import Faults
from bot.practice.refusals import RefusedError

_SUFFERED: ContextVar[str] = ContextVar("suffered", default="")  # by the call in hand; what comes late inherits it
_WRITTEN = {"post": "accepted", "delete": "deleted"}
LEFT_AT = "left_at"  # in a post's metadata: when it left its sender, by the clock that all processes share


class Ledger:
    """Writes the raw figures, one object a line; `always` stands on each."""

    def __init__(self, file: TextIO, **always: str) -> None:
        self._file, self._always = file, always
        self._lock = threading.Lock()

    def write(self, what: str, *, ts: str = "", **more: Any) -> None:
        """Write one line; what does not apply is left out. `ts` is Slack's stamp, or now in the same form."""
        applies = {name: value for name, value in more.items() if value}
        line = {"what": what, **self._always, "ts": ts or f"{time.time():.6f}", **applies}
        with self._lock:
            self._file.write(json.dumps(line) + "\n")
            self._file.flush()


class WatchedFaults(Faults):
    """Faults that leave word of themselves with the call that suffers them."""

    def take(self, method: str, *kinds: str) -> Fault | None:
        """Take the first fault for a method."""
        fault = super().take(method, *kinds)
        _SUFFERED.set(fault.kind if fault else "")
        return fault


class WatchedWorkspace(Workspace):
    """A workspace whose every post is written in a ledger under the thing that was owed.

    It accepts a post within so many seconds of its leaving or not at all, as Slack is taken to (delivery.md, "Proof to
    ship"): on a machine that is too busy it would else break the assumption that is the ground of all that is shown.
    """

    def __init__(self, ledger: Ledger, accepts_within: float) -> None:
        self._accepts_within = accepts_within
        super().__init__(read_manifest(), (), (), MovingClock())
        self.faults = WatchedFaults()
        self._ledger = ledger
        self._owed: dict[str, str] = {}  # what each person is owed, by their Slack id

    def let_in(self, slack_id: str, owed: str) -> None:
        """Give an account to somebody who is owed one message."""
        with self.lock:
            self.members[slack_id] = Member(slack_id, slack_id.lower(), slack_id, f"{slack_id.lower()}@example.org")
            self._owed[slack_id] = owed

    def owed_to(self, slack_id: str) -> str:
        """Return the id of what somebody is owed; nothing for nobody."""
        return self._owed.get(slack_id, "")

    def add_message(self, message: Message, method: str) -> Message:
        """Take a post that comes in time."""
        left_at = ((message.metadata or {}).get("event_payload") or {}).get(LEFT_AT)
        if left_at and time.monotonic() - left_at > self._accepts_within:
            raise RefusedError("request_timeout")
        return super().add_message(message, method)

    def note(self, what: str, method: str, message: Message) -> None:
        """Write down what was accepted."""
        super().note(what, method, message)
        person = self.partner_of(self.conversations[message.channel]) or ""
        if what == "file":  # its post is noted too
            return
        self._ledger.write(
            _WRITTEN[what], ts=message.ts, delivery_id=self.owed_to(person) or person, fault=_SUFFERED.get()
        )
