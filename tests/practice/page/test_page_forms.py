"""Forms at the page of the practice workspace: filled in by keyboard and mouse, with a real app behind them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from selenium.webdriver.common.keys import Keys
from slack_bolt import App
from slack_sdk import WebClient

from tests.practice.app_under_test import Connection
from tests.practice.browser import Screen
from tests.practice.conftest import ALICE, BOB
from tests.practice.page.shown import NOTE, Json, form, option, plain, question

pytestmark = pytest.mark.browser
Connect = Callable[[App], Connection]

EVERY_QUESTION = (
    question("text", "In a word"),
    question("number", "Hours", type="number_input", is_decimal_allowed=True),
    question("mail", "E-mail", type="email_text_input"),
    question("radio", "Was it held?", type="radio_buttons", options=[option("Held"), option("Not held")]),
    question("ticks", "Shared with", type="checkboxes", options=[option("Mentor"), option("Manager"), option("Lead")]),
    question("one", "Where?", type="static_select", options=[option("Office"), option("Video")]),
    question("several", "Criteria", type="multi_static_select", options=[option(f"C{n}") for n in range(4)]),
    question("person", "Who?", type="users_select"),
    question("day", "Which day?", type="datepicker"),
    question("time", "What time?", type="timepicker", initial_time="09:00"),
    question("moment", "When exactly?", type="datetimepicker"),
    question("proof", "Evidence", type="file_input"),
)


def open_note_form(screen: Screen) -> None:
    screen.open(ALICE.id)
    screen.find("#composer-field").send_keys("/note", Keys.ENTER)
    screen.wait_for("#modal-title", "Write a note")


def set_field(screen: Screen, name: str, value: str) -> None:
    """Set a date or time as the browser's own picker does; its typing order differs from country to country."""
    field = f"document.querySelector('[data-block={name}] input')"
    screen.run(f"({field}.value = '{value}', {field}.dispatchEvent(new Event('input')))")


@pytest.mark.usefixtures("notebook")
def test_everything_can_be_done_by_keyboard_alone(screen: Screen) -> None:
    screen.open()
    screen.press("ali", Keys.ENTER)
    screen.wait_for("#me", "Alice Moreau")
    screen.wait_until(lambda: screen.focused.get_attribute("id"), lambda one: one == "composer-field", "the focus")
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


def test_every_kind_of_question_reaches_the_app_as_it_was_answered(
    app: App, connect: Connect, screen: Screen, tmp_path: Path
) -> None:
    answers: list[Json] = []
    (tmp_path / "sheet.pdf").write_bytes(b"%PDF-1.7 a sheet")

    @app.command("/note")
    def open_note(ack: Any, body: Json, client: WebClient) -> None:
        ack()
        client.views_open(trigger_id=body["trigger_id"], view=form(*EVERY_QUESTION))

    @app.view("note")
    def keep(ack: Any, body: Json) -> None:
        answers.append({name: held[name] for name, held in body["view"]["state"]["values"].items()})
        ack()

    connect(app)
    open_note_form(screen)
    screen.press("Brief", Keys.TAB, "1.5", Keys.TAB, "bo@example.org", Keys.TAB, Keys.SPACE)
    for name in ("Mentor", "Lead"):
        screen.find(f"[data-block=ticks] .choice:nth-child({1 if name == 'Mentor' else 3}) input").click()
    screen.pick("one", "Video")
    screen.pick("several", "C3")
    screen.pick("several", "C1")
    screen.pick("person", "Bob")
    set_field(screen, "day", "2026-12-08")
    set_field(screen, "time", "14:05")
    set_field(screen, "moment", "2026-01-08T14:00")
    screen.find("[data-block=proof] input").send_keys(str(tmp_path / "sheet.pdf"))
    screen.wait_for("[data-block=proof]", "sheet.pdf (16 bytes)")
    screen.find("#modal footer .primary").click()
    screen.wait_gone("#modal[open]")

    given = answers[0]
    assert [given[name]["value"] for name in ("text", "number", "mail")] == ["Brief", "1.5", "bo@example.org"]
    assert given["radio"]["selected_option"]["value"] == "held"
    assert [one["value"] for one in given["ticks"]["selected_options"]] == ["mentor", "lead"]
    assert given["one"]["selected_option"]["value"] == "video"
    assert [one["value"] for one in given["several"]["selected_options"]] == ["c3", "c1"]
    assert given["person"]["selected_user"] == BOB.id
    assert (given["day"]["selected_date"], given["time"]["selected_time"]) == ("2026-12-08", "14:05")
    assert given["moment"]["selected_date_time"] == datetime(2026, 1, 8, 13, 0, tzinfo=UTC).timestamp()  # Paris
    assert [file["name"] for file in given["proof"]["files"]] == ["sheet.pdf"]
