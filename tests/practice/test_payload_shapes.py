"""What the app receives has the shape of Slack's own payloads, key by key."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from slack_bolt import App
from slack_sdk import WebClient

from bot.practice import Member, Person, PracticeServer, StillClock, Workspace
from tests.practice.app_under_test import MANIFEST, Connection
from tests.practice.conftest import ALICE, GENERAL
from tests.practice.forms import every_element, note_form

Connect = Callable[[App], Connection]
PAYLOADS = Path(__file__).parents[1] / "payloads"
# Keys that real payloads carry only in some cases, or that hold the sample's own ids.
VARIABLE = {"values", "thread_ts", "color", "is_email_confirmed", "who_can_share_contact_card", "client_msg_id"}


def sample(name: str) -> Any:
    return json.loads((PAYLOADS / f"{name}.json").read_text())


def differs(name: str, given: Any) -> list[str]:
    """List where a payload lacks what Slack's own has."""
    return missing(sample(name), given)


def missing(expected: Any, given: Any, at: str = "") -> list[str]:
    """List where the given value lacks a key of the expected, or holds another kind of thing."""
    if isinstance(expected, dict) and isinstance(given, dict):
        lacking = [f"{at}/{key}" for key in expected.keys() - given.keys() - VARIABLE]
        deeper = [
            missing(expected[key], given[key], f"{at}/{key}") for key in (expected.keys() & given.keys()) - VARIABLE
        ]
        return lacking + [path for paths in deeper for path in paths]
    if isinstance(expected, list) and isinstance(given, list):
        return missing(expected[0], given[0], f"{at}/0") if expected and given else []
    if expected is None or given is None:
        return [] if expected is given else [f"{at}: {expected!r} is not {given!r}"]
    return [] if type(expected) is type(given) else [f"{at}: {type(expected).__name__}, not {type(given).__name__}"]


class Recorder:
    """Take every payload the app is sent."""

    def __init__(self, app: App) -> None:
        self.bodies: list[Any] = []

        @app.middleware
        def record(body: Any, next: Any) -> Any:  # noqa: A002  Bolt's own name
            self.bodies.append(body)
            return next()

    def last(self, kind: str) -> Any:
        return [body for body in self.bodies if kind in (body.get("type"), body.get("command"), _event(body))][-1]


def _event(body: Any) -> Any:
    event = body.get("event") or {}
    return event.get("subtype") or event.get("type")


MENU = {
    "type": "static_select",
    "action_id": "when",
    "placeholder": {"type": "plain_text", "text": "Later"},
    "options": [{"text": {"type": "plain_text", "text": "Tomorrow"}, "value": "1d"}],
}
GO = {
    "type": "button",
    "action_id": "go",
    "text": {"type": "plain_text", "text": "Done"},
    "value": "case:42",
    "style": "primary",
}
HEADER = {"type": "header", "text": {"type": "plain_text", "text": "Home"}}
ASKED = [
    {"type": "section", "text": {"type": "mrkdwn", "text": "How is it?"}},
    {"type": "actions", "block_id": "answers", "elements": [GO, MENU]},
]


@pytest.fixture
def recorder(app: App, connect: Connect) -> Recorder:
    app.command("/note")(
        lambda ack, body, client: (client.views_open(trigger_id=body["trigger_id"], view=note_form())) and ack()
    )
    app.command("/plain")(lambda ack: ack({"blocks": ASKED, "text": "How?"}))
    app.shortcut("new_note")(
        lambda ack, body, client: client.views_open(trigger_id=body["trigger_id"], view=every_element()) and ack()
    )
    app.action("go")(lambda ack: ack())
    app.action("when")(lambda ack: ack())
    app.view("note_form")(lambda ack: ack())
    app.view("every_element")(lambda ack: ack())
    app.view_closed("note_form")(lambda ack: ack())
    app.options("topic")(lambda ack: ack(options=[{"text": {"type": "plain_text", "text": "Tea"}, "value": "tea"}]))
    app.event("app_home_opened")(lambda: None)
    app.event("message")(lambda: None)
    app.event("user_change")(lambda: None)
    recorder = Recorder(app)
    connect(app)
    return recorder


def test_a_command(recorder: Recorder, alice: Person) -> None:
    alice.command("/note for @bob about #general", GENERAL.id)
    body = recorder.last("/note")
    assert not differs("slash_command", body)
    assert body["text"] == "for <@U0BOB0001|bob> about <#C0GENERAL|general>"
    alice.command("/plain for @bob")
    assert recorder.last("/plain")["text"] == "for @bob"
    assert recorder.last("/plain")["channel_name"] == "directmessage"


def test_a_global_shortcut(recorder: Recorder, alice: Person) -> None:
    alice.shortcut("New note")
    assert not differs("shortcut_global", recorder.last("shortcut"))
    assert "response_url" not in recorder.last("shortcut")


def test_a_button_and_a_menu_in_a_message(recorder: Recorder, alice: Person, client: WebClient) -> None:
    channel = client.conversations_open(users=ALICE.id)["channel"]["id"]
    client.chat_postMessage(channel=channel, text="How?", blocks=ASKED)
    alice.press("Done")
    pressed = recorder.last("block_actions")
    assert not differs("block_actions_message_button", pressed)
    assert pressed["state"]["values"] == {"answers": {"when": {"type": "static_select", "selected_option": None}}}
    alice.choose("when", "Tomorrow")
    assert not differs("block_actions_message_select", recorder.last("block_actions"))


def test_a_button_only_one_person_sees_comes_without_the_message(recorder: Recorder, alice: Person) -> None:
    alice.command("/plain", GENERAL.id)
    alice.messages(GENERAL.id)
    alice.press("Done")
    pressed = recorder.last("block_actions")
    assert not differs("block_actions_ephemeral_button", pressed)
    assert "message" not in pressed and pressed["container"]["is_ephemeral"] is True


def test_a_button_on_home(recorder: Recorder, alice: Person, client: WebClient) -> None:
    alice.home()
    assert not differs("event_app_home_opened_first", recorder.last("app_home_opened"))
    client.views_publish(user_id=ALICE.id, view={"type": "home", "blocks": [HEADER, ASKED[1]]})
    alice.home()
    assert not differs("event_app_home_opened_again", recorder.last("app_home_opened"))
    alice.press("Done")
    assert not differs("block_actions_home_button", recorder.last("block_actions"))
    assert "response_url" not in recorder.last("block_actions")


def test_a_form_from_opening_to_closing(recorder: Recorder, alice: Person) -> None:
    alice.command("/note")
    alice.choose("Topic", "Tea")
    asked = recorder.last("block_suggestion")
    assert not differs("block_suggestion_modal", asked) and asked["value"] == "Tea"
    alice.press("Details")
    assert not differs("block_actions_modal_button", recorder.last("block_actions"))
    alice.submit({"Note": "Ship it"})
    sent = recorder.last("view_submission")
    assert not differs("view_submission_simple", sent)
    assert sent["view"]["state"]["values"]["note"]["txt"] == {"type": "plain_text_input", "value": "Ship it"}
    alice.command("/note")
    alice.close()
    assert not differs("view_closed_cancel", recorder.last("view_closed"))
    alice.command("/note")
    alice.close(everything=True)
    assert recorder.last("view_closed")["is_cleared"] is True


def test_every_element_empty_and_filled(recorder: Recorder, alice: Person) -> None:
    alice.shortcut("New note")
    alice.submit()
    empty = sample("view_submission_every_element_empty")["view"]["state"]["values"]
    assert recorder.last("view_submission")["view"]["state"]["values"] == empty
    alice.shortcut("New note")
    filled = sample("view_submission_every_element")["view"]["state"]["values"]
    raw = {block: _raw(state["a"]) for block, state in filled.items() if "external" not in block}
    alice.submit({**raw, "b_file_input": ("plan.pdf", b"bytes")})
    given = recorder.last("view_submission")["view"]["state"]["values"]
    for block in raw.keys() - {"b_file_input"}:
        assert given[block] == filled[block]
    assert not missing(filled["b_file_input"], given["b_file_input"])


def _raw(state: dict[str, Any]) -> Any:
    (value,) = [value for key, value in state.items() if key != "type"]
    if isinstance(value, dict) and "value" in value:
        return value["value"]
    return [one.get("value", one) for one in value] if _options(value) else value


def _options(value: Any) -> bool:
    return isinstance(value, list) and isinstance(value[0], dict)


def test_words_a_person_writes_and_words_of_the_app(recorder: Recorder, alice: Person, client: WebClient) -> None:
    alice.say("done & dusted")
    event = recorder.last("message")
    assert not differs("event_message_im", event)
    assert event["event"]["text"] == "done &amp; dusted"


def test_answers_of_the_web_api(client: WebClient, server: PracticeServer, workspace: Workspace) -> None:
    opened = client.conversations_open(users=ALICE.id)
    assert not differs("response_conversations_open", opened.data)
    assert not differs("response_conversations_open_already", client.conversations_open(users=ALICE.id).data)
    thing = {"event_type": "asked", "event_payload": {"case_id": "42", "attempt": 1}}
    channel = opened["channel"]["id"]
    posted = client.chat_postMessage(channel=channel, text="How?", blocks=ASKED, metadata=thing)
    assert not differs("response_chat_postMessage", posted.data)
    history = client.conversations_history(channel=channel, include_all_metadata=True)
    assert not differs("response_conversations_history_metadata", history.data)
    assert not differs("response_users_info_member", client.users_info(user=ALICE.id).data)
    assert not differs("response_users_info_bot", client.users_info(user="U0PRACTICEBOT").data)


PEOPLE = {
    "response_users_info_deactivated": replace(ALICE, deleted=True),
    "response_users_info_external_stranger": replace(ALICE, is_stranger=True),
    "response_users_info_guest_single_channel": replace(ALICE, is_restricted=True),
}


@pytest.mark.parametrize(("name", "member"), PEOPLE.items(), ids=PEOPLE)
def test_people_who_are_not_plain_members(name: str, member: Member, clock: StillClock) -> None:
    workspace = Workspace(MANIFEST, [member], [], clock)
    with PracticeServer(workspace) as server:
        user = WebClient(token="xoxb-practice", base_url=server.api_url).users_info(user=member.id).data
    assert not differs(name, user)
    if name != "response_users_info_guest_single_channel":
        assert isinstance(user, dict) and "tz" not in user["user"]
