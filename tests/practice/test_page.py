"""The practice workspace's page, in a real browser, with a real app behind it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from selenium import webdriver
from selenium.webdriver.common.keys import Keys
from slack_bolt import App
from slack_sdk import WebClient

from bot.practice import Person, PracticeServer
from tests.practice.app_under_test import Connection
from tests.practice.browser import DESK, PHONE, Screen, open_browser
from tests.practice.conftest import ALICE, BOB, GENERAL, QUIET

pytestmark = pytest.mark.browser
Connect = Callable[[App], Connection]
Json = dict[str, Any]
HOSTILE = '<img src=x onerror="window.hacked=1"><script>window.hacked=1</script> *<b>bold</b>*'
AS_MARKUP = "&lt;img src=x onerror=window.hacked=1&gt; <javascript:alert(1)|press me> <https://example.org|a page>"


@pytest.fixture(scope="module")
def browser() -> Iterator[webdriver.Chrome]:
    with open_browser() as browser:
        yield browser


@pytest.fixture
def screen(browser: webdriver.Chrome, server: PracticeServer) -> Iterator[Screen]:
    screen = Screen(browser, server.url)
    screen.resize(DESK)
    yield screen
    browser.get("about:blank")  # lets go of the server's event stream


def plain(text: str) -> Json:
    return {"type": "plain_text", "text": text}


def question(name: str, label: str, **element: Any) -> Json:
    element = {"type": "plain_text_input", "action_id": name, **element}
    return {"type": "input", "block_id": name, "label": plain(label), "element": element}


def form(*blocks: Json, title: str = "Write a note") -> Json:
    return {"type": "modal", "title": plain(title), "submit": plain("Save"), "callback_id": "note", "blocks": [*blocks]}


NOTE = (question("note", "What happened?", multiline=True), question("hours", "How long?"))


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


def open_note_form(screen: Screen) -> None:
    screen.open(ALICE.id)
    screen.find("#composer-field").send_keys("/note", Keys.ENTER)
    screen.wait_for("#modal-title", "Write a note")


@pytest.mark.usefixtures("notebook")
def test_everything_can_be_done_by_keyboard_alone(screen: Screen) -> None:
    screen.open()
    screen.press("ali", Keys.ENTER)
    screen.wait_for("#me", "Alice Moreau")
    screen.press_tab_until("Skip to the conversation")
    screen.press(Keys.ENTER)
    while screen.focused.get_attribute("id") != "composer-field":
        screen.press(Keys.TAB)
    screen.press("/no")
    assert "[for @person]" in screen.wait_for(".popup", "/note")
    screen.press(Keys.ENTER)
    screen.wait_for(".composer-hint", "/note [for @person]")
    screen.press(Keys.ENTER)
    screen.wait_for("#modal-title", "Write a note")

    screen.press("We talked", Keys.TAB, "25")
    screen.press(Keys.ENTER)
    screen.wait_for("[data-block=hours] .field-error", "A day has 24 hours.")
    field = screen.wait_until(lambda: screen.focused, lambda one: one.get_attribute("aria-invalid") == "true", "focus")
    assert field.get_attribute("value") == "25"
    assert screen.find("[data-block=hours] .field-error").get_attribute("id") in (
        field.get_attribute("aria-describedby") or ""
    )

    screen.press(Keys.BACKSPACE, Keys.BACKSPACE, "2", Keys.ENTER)
    screen.wait_for("#messages", "Kept: We talked (2 hours)")
    screen.wait_gone("#modal[open]")
    assert screen.focused.get_attribute("id") == "composer-field"


@pytest.mark.usefixtures("notebook")
def test_an_empty_question_is_asked_again_and_the_focus_goes_to_it(screen: Screen) -> None:
    open_note_form(screen)
    screen.press(Keys.TAB, "3", Keys.ENTER)
    screen.wait_for("[data-block=note] .field-error", bool)
    screen.wait_until(lambda: screen.focused.tag_name, lambda tag: tag == "textarea", "focus in the first question")
    assert screen.count("[data-block=hours] .field-error") == 0


@pytest.mark.usefixtures("notebook")
def test_the_other_errors_stay_while_the_first_is_mended(screen: Screen) -> None:
    open_note_form(screen)
    screen.press(Keys.CONTROL, Keys.ENTER)
    screen.wait_until(lambda: screen.count(".field-error"), lambda count: count == 2, "two errors")
    screen.press("Mended", Keys.TAB, "x", Keys.SHIFT, Keys.TAB)
    screen.wait_until(lambda: screen.run("document.activeElement.value"), lambda text: text == "Mended", "the field")
    assert screen.count(".field-error") == 2


@pytest.mark.usefixtures("notebook")
def test_escape_closes_the_form_and_gives_the_focus_back(screen: Screen) -> None:
    open_note_form(screen)
    screen.press("Half a thought", Keys.ESCAPE)
    screen.wait_gone("#modal[open]")
    assert screen.focused.get_attribute("id") == "composer-field"


@pytest.mark.usefixtures("notebook")
def test_tab_stays_inside_an_open_form(screen: Screen) -> None:
    open_note_form(screen)
    for _ in range(12):
        screen.press(Keys.TAB)
        assert screen.run("document.getElementById('modal').contains(document.activeElement)")


def test_what_is_being_typed_survives_a_change_of_the_form_around_it(
    app: App, connect: Connect, screen: Screen
) -> None:
    opened: list[Json] = []

    @app.command("/note")
    def open_note(ack: Any, body: Json, client: WebClient) -> None:
        ack()
        opened.append(client.views_open(trigger_id=body["trigger_id"], view=form(*NOTE))["view"])

    connect(app)
    open_note_form(screen)
    screen.press("Half a thou")
    renewed = question("note", "What happened, in short?", multiline=True)
    intro = {"type": "section", "block_id": "intro", "text": plain("Marcus has read this.")}
    app.client.views_update(view_id=opened[0]["id"], view=form(intro, renewed, NOTE[1], title="A note, renewed"))
    screen.wait_for("#modal", "What happened, in short?")
    screen.press("ght")
    assert screen.focused.get_attribute("value") == "Half a thought"
    assert screen.text("#modal-title") == "A note, renewed"


def test_a_question_with_another_name_starts_empty(app: App, connect: Connect, screen: Screen) -> None:
    opened: list[Json] = []

    @app.command("/note")
    def open_note(ack: Any, body: Json, client: WebClient) -> None:
        ack()
        opened.append(client.views_open(trigger_id=body["trigger_id"], view=form(*NOTE))["view"])

    connect(app)
    open_note_form(screen)
    screen.press("Forget me")
    app.client.views_update(view_id=opened[0]["id"], view=form(question("other", "And now?")))
    screen.wait_for("#modal", "And now?")
    assert screen.find("[data-block=other] input").get_attribute("value") == ""


def test_a_form_pushed_on_another_closes_back_to_it_with_what_was_typed(
    app: App, connect: Connect, screen: Screen
) -> None:
    more = {"type": "button", "action_id": "more", "text": plain("Add more")}

    @app.command("/note")
    def open_note(ack: Any, body: Json, client: WebClient) -> None:
        ack()
        view = form(NOTE[0], {"type": "actions", "block_id": "do", "elements": [more]})
        client.views_open(trigger_id=body["trigger_id"], view=view)

    @app.action("more")
    def add_more(ack: Any, body: Json, client: WebClient) -> None:
        ack()
        client.views_push(trigger_id=body["trigger_id"], view=form(question("more", "What more?"), title="More"))

    connect(app)
    open_note_form(screen)
    screen.press("Kept below")
    screen.press_tab_until("Add more")
    screen.press(Keys.ENTER)
    screen.wait_for("#modal-title", lambda title: title == "More")
    screen.press(Keys.ESCAPE)
    screen.wait_for("#modal-title", "Write a note")
    assert screen.find("[data-block=note] textarea").get_attribute("value") == "Kept below"


def test_a_person_is_found_by_typing(app: App, connect: Connect, screen: Screen) -> None:
    who = {"type": "external_select", "action_id": "who", "min_query_length": 2}
    chosen: list[str] = []

    @app.command("/note")
    def open_note(ack: Any, body: Json, client: WebClient) -> None:
        ack()
        client.views_open(trigger_id=body["trigger_id"], view=form(question("who", "With whom?", **who)))

    @app.options("who")
    def offer(ack: Any, body: Json) -> None:
        names = [name for name in ("Ben Adeyemi", "Bethan Rees", "Carl Ives") if body["value"] in name.lower()]
        ack(options=[{"text": plain(name), "value": name.split()[0]} for name in names])

    @app.view("note")
    def keep(ack: Any, body: Json) -> None:
        chosen.append(body["view"]["state"]["values"]["who"]["who"]["selected_option"]["value"])
        ack()

    connect(app)
    open_note_form(screen)
    screen.find("[data-block=who] [role=combobox]").click()
    screen.wait_for(".popup", "Type 2 letters or more")
    screen.press("be")
    assert "Carl Ives" not in screen.wait_for(".popup", "Bethan Rees")
    screen.press(Keys.ARROW_DOWN, Keys.ENTER)
    assert screen.focused.get_attribute("value") == "Bethan Rees"
    screen.press(Keys.CONTROL, Keys.ENTER)
    screen.wait_gone("#modal[open]")
    assert chosen == ["Bethan"]


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
