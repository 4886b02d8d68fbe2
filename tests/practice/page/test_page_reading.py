"""Reading, finding one's way and pressing buttons at the page of the practice workspace."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest
from selenium import webdriver
from selenium.webdriver.common.keys import Keys
from slack_bolt import App
from slack_sdk import WebClient

from bot.practice import Person
from tests.practice.app_under_test import Connection
from tests.practice.browser import PHONE, Screen
from tests.practice.conftest import ALICE, BOB, GENERAL, QUIET
from tests.practice.page.shown import Json, option, plain

pytestmark = pytest.mark.browser
Connect = Callable[[App], Connection]
HOSTILE = '<img src=x onerror="window.hacked=1"><script>window.hacked=1</script> *<b>bold</b>*'
AS_MARKUP = "&lt;img src=x onerror=window.hacked=1&gt; <javascript:alert(1)|press me> <https://example.org|a page>"


def test_the_home_tab_is_drawn_when_opened_and_a_choice_in_it_is_told_at_once(
    app: App, connect: Connect, screen: Screen
) -> None:
    hours = {"type": "static_select", "action_id": "hour", "options": [option("Nine"), option("Ten")]}

    @app.event("app_home_opened")
    def draw(event: Json, client: WebClient) -> None:
        chosen = {"type": "section", "block_id": "hours", "text": plain("Digest hour"), "accessory": hours}
        client.views_publish(user_id=event["user"], view={"type": "home", "blocks": [chosen]})

    @app.action("hour")
    def keep_hour(ack: Any, body: Json, client: WebClient) -> None:
        ack()
        words = body["actions"][0]["selected_option"]["text"]["text"]
        said = {"type": "section", "block_id": "said", "text": plain(f"From now on at {words}.")}
        client.views_publish(user_id=body["user"]["id"], view={"type": "home", "blocks": [said]})

    connect(app)
    screen.open(ALICE.id, "home")
    screen.wait_for("#home", "Digest hour")
    screen.pick("hours", "Ten")
    screen.wait_for("#home", "From now on at Ten.")


def test_a_button_can_ask_whether_one_is_sure(app: App, connect: Connect, client: WebClient, screen: Screen) -> None:
    pressed = threading.Event()
    sure = {
        "title": plain("Withdraw it?"),
        "text": plain("It stays."),
        "confirm": plain("Withdraw"),
        "deny": plain("Keep"),
    }
    button = {"type": "button", "action_id": "withdraw", "text": plain("Withdraw it"), "confirm": sure}

    @app.action("withdraw")
    def withdraw(ack: Any) -> None:
        ack()
        pressed.set()

    connect(app)
    dm = client.conversations_open(users=ALICE.id)["channel"]["id"]
    client.chat_postMessage(channel=dm, text="A note", blocks=[{"type": "actions", "elements": [button]}])
    screen.open(ALICE.id)
    screen.wait_for("#messages", "Withdraw it")
    screen.find("#messages button").click()
    screen.wait_for("dialog.confirm", "It stays.")
    screen.press(Keys.ESCAPE)
    screen.wait_gone("dialog.confirm")
    assert not pressed.is_set()
    screen.find("#messages button").click()
    screen.find("dialog.confirm button[value=yes]").click()
    assert pressed.wait(5)


def test_words_of_others_stay_words(screen: Screen, client: WebClient, alice: Person, bob: Person) -> None:
    alice.say("before", GENERAL.id)
    bob.say(HOSTILE, GENERAL.id)
    client.chat_postMessage(channel=GENERAL.id, text="x", blocks=[
        {"type": "section", "text": {"type": "mrkdwn", "text": AS_MARKUP}},
        {"type": "header", "text": plain(HOSTILE)},
        {"type": "image", "image_url": "https://example.org/spy.png", "alt_text": HOSTILE},
    ])  # fmt: skip
    screen.open(ALICE.id, GENERAL.id)
    shown = screen.wait_for("#messages", "a page")
    assert '<img src=x onerror="window.hacked=1">' in shown and "<javascript:alert(1)|press me>" in shown
    assert screen.count("#messages img, #messages script, #messages b") == 0
    assert screen.run("[...document.querySelectorAll('#messages a')].map(link => link.href)") == [
        "https://example.org/"
    ]
    assert screen.run("window.hacked") is None


def test_a_channel_with_something_new_says_so_in_words(screen: Screen, bob: Person) -> None:
    screen.open(ALICE.id, QUIET.id)
    bob.say("Anybody there?", GENERAL.id)
    screen.wait_for("#places", "# general\n1")
    assert screen.run("document.querySelector('#places .has-unread').textContent") == "# general1 unread"
    assert screen.run("document.title").startswith("(1) ")


def test_a_message_appears_by_itself_and_the_list_stays_at_the_newest(screen: Screen, bob: Person) -> None:
    for number in range(30):
        bob.say(f"Message {number}", GENERAL.id)
    screen.open(ALICE.id, GENERAL.id)
    screen.wait_for("#messages", "Message 29")
    bob.say("The newest", GENERAL.id)
    screen.wait_for("#messages", "The newest")
    assert screen.run("scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight") < 2
    screen.run("scroller.scrollTo(0, 0)")
    screen.wait_until(lambda: screen.run("scroller.scrollTop"), lambda top: top == 0, "the top")
    bob.say("Still newer", GENERAL.id)
    screen.wait_for("#newer", "Newer messages below")
    assert screen.run("scroller.scrollTop") == 0


def test_the_clock_moves_and_says_what_happened(screen: Screen) -> None:
    screen.open(ALICE.id)
    assert "Thu 1 Jan 2026, 10:00" in screen.text("#clock")  # Alice is in Paris
    screen.find("[data-step=week]").click()
    screen.wait_for("#clock-status", "It is now")
    screen.wait_for("#clock", "Thu 8 Jan 2026, 10:00")


def test_an_app_that_is_not_there_is_said_to_be_missing(screen: Screen) -> None:
    screen.open(BOB.id)
    assert "Notebook is not connected" in screen.text("#offline")


def test_somebody_who_has_left_cannot_be_chosen(screen: Screen) -> None:
    screen.open()
    screen.press("greg")
    screen.wait_for("#welcome .people-list", lambda text: "Alice" not in text)
    assert screen.text("#welcome .people-list") == "GG\nGreg Gone\nHas left"
    assert screen.count("#welcome .people-list a") == 0


@pytest.mark.usefixtures("notebook")
def test_nothing_scrolls_sideways_on_a_phone(screen: Screen, bob: Person) -> None:
    bob.say("supercalifragilisticexpialidocious" * 8, GENERAL.id)
    screen.resize(PHONE)
    screen.open()
    assert screen.sticks_out == []
    screen.open(ALICE.id, GENERAL.id)
    screen.wait_for("#messages", "supercali")
    assert screen.sticks_out == []
    screen.find("#menu-button").click()
    assert "Home" in screen.wait_for("#places", "# quiet")
    assert screen.sticks_out == []
    screen.find("#menu-button").click()
    screen.find("#composer-field").send_keys("/note", Keys.ENTER)
    screen.wait_for("#modal-title", "Write a note")
    assert screen.sticks_out == []
    assert screen.find("#modal").size["width"] == PHONE[0]


def test_two_windows_can_be_two_people(screen: Screen, browser: webdriver.Chrome) -> None:
    screen.open(ALICE.id, GENERAL.id)
    first = browser.current_window_handle
    browser.switch_to.new_window("window")
    try:
        screen.open(BOB.id, GENERAL.id)
        screen.find("#composer-field").send_keys("Morning @ali", Keys.TAB, "and all", Keys.ENTER)
        screen.wait_for("#messages", "Morning @Alice Moreau and all")
        browser.close()
    finally:
        browser.switch_to.window(first)
    assert "Bob Stone" in screen.wait_for("#messages", "Morning @Alice Moreau and all")
    assert "Alice Moreau" in screen.text("#me")


def test_going_somewhere_else_can_be_gone_back_from(screen: Screen, browser: webdriver.Chrome, bob: Person) -> None:
    bob.say("In general", GENERAL.id)
    screen.open(ALICE.id, QUIET.id)
    screen.find("#composer-field").send_keys("not sent yet")
    screen.find(f"#places a[href*={GENERAL.id}]").click()
    screen.wait_for("#messages", "In general")
    screen.wait_until(lambda: screen.focused.get_attribute("id"), lambda one: one == "composer-field", "the focus")
    assert screen.focused.get_attribute("value") == ""
    browser.back()
    screen.wait_for("#place-title", "#quiet")


def test_a_thing_that_goes_wrong_can_be_tried_by_hand(screen: Screen) -> None:
    screen.open(ALICE.id)
    assert "Home" in screen.text("#places")
    screen.find("#what-if summary").click()
    screen.wait_for("#what-if [role=status]", "No fault is waiting to happen.")
    screen.find("[data-focus='fault rate_limited']").click()
    screen.wait_for("#what-if [role=status]", "Still to come: rate limited (1).")
    screen.find("[data-focus='fault home_off']").click()
    screen.wait_for("#places", lambda text: "Home" not in text)
