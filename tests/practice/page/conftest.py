"""A screen in a real browser, and a small app to meet there."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from selenium import webdriver
from slack_bolt import App
from slack_sdk import WebClient

from bot.practice import PracticeServer
from tests.practice.app_under_test import Connection
from tests.practice.browser import DESK, Screen, open_browser
from tests.practice.page.shown import NOTE, Json, form

Connect = Callable[[App], Connection]


@pytest.fixture(scope="package")
def browser() -> Iterator[webdriver.Chrome]:
    with open_browser() as browser:
        yield browser


@pytest.fixture
def screen(browser: webdriver.Chrome, server: PracticeServer) -> Iterator[Screen]:
    screen = Screen(browser, server.url)
    screen.resize(DESK)
    yield screen
    browser.get("about:blank")  # lets go of the server's event stream


@pytest.fixture
def notebook(app: App, connect: Connect) -> App:
    """Connect an app that opens a form at /note, refuses an hour too many, and thanks for the rest in a message."""

    @app.command("/note")
    def open_note(ack: Any, body: Json, client: WebClient) -> None:
        ack()
        client.views_open(trigger_id=body["trigger_id"], view=form(*NOTE))

    @app.view("note")
    def keep_note(ack: Any, body: Json, client: WebClient) -> None:
        typed = {name: next(iter(held.values()))["value"] for name, held in body["view"]["state"]["values"].items()}
        if typed["hours"] == "25":
            ack(response_action="errors", errors={"hours": "A day has 24 hours."})
            return
        ack()
        dm = client.conversations_open(users=body["user"]["id"])["channel"]["id"]
        client.chat_postMessage(channel=dm, text=f"Kept: {typed['note']} ({typed['hours']} hours)")

    connect(app)
    return app
