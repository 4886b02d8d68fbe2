"""A person and a real app talk through the practice workspace."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from slack_bolt import App

from bot.practice import Person, PracticeServer, texts
from tests.practice.app_under_test import Connection
from tests.practice.forms import note_form

Connect = Callable[[App], Connection]


def test_a_command_opens_a_form_whose_words_come_back_as_a_message(app: App, connect: Connect, alice: Person) -> None:
    @app.command("/note")
    def open_note(ack: Any, body: Any, client: Any) -> None:
        client.views_open(trigger_id=body["trigger_id"], view=note_form())
        ack()

    @app.view("note_form")
    def save_note(ack: Any, body: Any, client: Any) -> None:
        ack()
        channel = client.conversations_open(users=[body["user"]["id"]])["channel"]["id"]
        client.chat_postMessage(
            channel=channel, text="Saved: " + body["view"]["state"]["values"]["note"]["txt"]["value"]
        )

    connect(app)
    alice.command("/note")
    assert alice.modal is not None and "Write a note" in texts(alice.modal)
    alice.submit({"Note": "The tea was good"})
    assert alice.modal is None
    assert alice.last_message is not None and alice.last_message["text"] == "Saved: The tea was good"


def test_an_app_that_is_not_there_is_said_so(alice: Person, server: PracticeServer) -> None:
    alice.command("/note")
    assert alice.notice == "/note failed with the error “dispatch_failed”"
