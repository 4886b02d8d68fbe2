"""The manifest says what the code does, no less and no more, and Slack's own schema accepts it."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from jsonschema import Draft7Validator
from slack_bolt import App
from slack_sdk import WebClient

import handlers
from bot.manifest import declared, read_manifest
from prompts import ids

HERE = Path(__file__).parent
SOURCES = [path for folder in ("bot", "handlers") for path in (HERE.parent / folder).rglob("*.py")]

# Each scope, and the calls it is asked for; one of them must stand in the code.
CALLS_OF = {
    "chat:write": {"chat_postMessage", "chat_update", "chat_delete"},
    "im:write": {"conversations_open"},
    "im:history": {"conversations_history"},
    "users:read": {"users_info", "users_list"},
    "users:read.email": {"users_lookupByEmail", "users_list", "users_info"},
    "files:write": {"files_getUploadURLExternal", "files_completeUploadExternal"},
    "files:read": {"files_info"},
}


def listeners() -> Iterator[tuple[str, str]]:
    """Yield each kind and name that the code registers, from a real app's own listeners."""
    heard: list[tuple[str, str]] = []

    class Listening(App):
        def command(self, command: str, **_more: object) -> object:  # type: ignore[override]
            heard.append(("command", str(command)))
            return lambda *functions: functions

        def global_shortcut(self, callback_id: str, **_more: object) -> object:  # type: ignore[override]
            heard.append(("shortcut", str(callback_id)))
            return lambda *functions: functions

        shortcut = global_shortcut  # type: ignore[assignment]

        def event(self, event: object, **_more: object) -> object:  # type: ignore[override]
            name = event["type"] if isinstance(event, dict) else str(event)
            heard.append(("event", "message.im" if name == "message" else name))
            return lambda *functions: functions

    client = WebClient("xoxb-practice")
    handlers.register_all(Listening(client=client, signing_secret="s", token_verification_enabled=False))
    return iter(heard)


def heard(kind: str) -> set[str]:
    return {name for each, name in listeners() if each == kind}


def test_slack_accepts_the_manifest() -> None:
    schema = json.loads((HERE / "schemas" / "slack_manifest.json").read_text())
    faults = [f"{list(fault.path)}: {fault.message}" for fault in Draft7Validator(schema).iter_errors(read_manifest())]
    assert faults == []


def test_every_command_is_declared_and_answered() -> None:
    assert declared().commands == {str(command) for command in ids.Command} == heard("command")


def test_every_shortcut_is_declared_and_answered() -> None:
    assert declared().shortcuts == {str(shortcut) for shortcut in ids.Shortcut} == heard("shortcut")


def test_every_event_is_declared_and_answered() -> None:
    assert declared().events == heard("event")


def test_the_scopes_are_those_that_were_promised_and_no_more() -> None:
    required = {"commands", "chat:write", "im:write", "im:history", "users:read", "users:read.email"}
    assert declared().scopes == required
    assert declared().optional_scopes == {"files:write", "files:read"}


@pytest.mark.parametrize("scope", sorted(CALLS_OF))
def test_each_scope_is_used_by_some_call(scope: str) -> None:
    ours = (path.read_text() for path in SOURCES if "practice" not in path.parts)
    called = {name for text in ours for name in re.findall(r"\.(\w+)\b", text)}
    assert CALLS_OF[scope] & called, f"nothing calls what {scope} is asked for"


def test_commands_that_take_a_person_are_sent_their_id() -> None:
    takes_a_person = {c["command"]: c["should_escape"] for c in read_manifest()["features"]["slash_commands"]}
    assert {command for command, escaped in takes_a_person.items() if not escaped} == {"/reflect"}


def test_every_command_says_what_it_does_and_how() -> None:
    for command in read_manifest()["features"]["slash_commands"]:
        assert command["description"]
        assert "help" in command["usage_hint"]
