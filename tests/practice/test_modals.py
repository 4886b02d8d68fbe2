"""Modals and Home: stacks, triggers, hashes, answers to a form, and what Slack's client checks first."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import pytest
from slack_bolt import App
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.practice import Fault, Person, Workspace, tickets
from bot.practice.refusals import NotPossibleError
from tests.practice.app_under_test import Connection
from tests.practice.conftest import ALICE, BOB
from tests.practice.forms import note_form, plain

Connect = Callable[[App], Connection]
Json = dict[str, Any]
GO = {"type": "button", "action_id": "go", "text": plain("Go")}


def code(call: Callable[..., Any], **args: Any) -> str:
    with pytest.raises(SlackApiError) as refused:
        call(**args)
    return str(refused.value.response["error"])


def trigger(workspace: Workspace, person: str = ALICE.id, source: str = "slash_command") -> str:
    """Issue a trigger as an interaction would, inside the top modal if one is open."""
    top = workspace.views.top(person)
    return workspace.triggers.issue(person, source, top.id if top else None)


@pytest.fixture
def answer(app: App, connect: Connect, client: WebClient, workspace: Workspace) -> Callable[[Any], None]:
    """Open a note form for Alice; give a way to set what its sending is answered with."""
    answers: list[Any] = [None]
    app.view("note_form")(lambda ack: ack(answers[-1]) if answers[-1] else ack())
    app.options("topic")(lambda ack: ack(options=[{"text": plain("Tea"), "value": "tea"}]))
    app.action("go")(lambda ack: ack())
    connect(app)
    client.views_open(trigger_id=trigger(workspace), view=note_form())
    return answers.append


@pytest.mark.usefixtures("in_slacks_own_time")
def test_a_trigger_opens_one_modal_for_three_seconds(
    client: WebClient, workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    used = trigger(workspace)
    client.views_open(trigger_id=used, view=note_form())
    assert code(client.views_open, trigger_id=used, view=note_form()) == "exchanged_trigger_id"
    assert code(client.views_open, trigger_id="1.2.abc", view=note_form()) == "invalid_trigger_id"
    old = trigger(workspace)
    now = time.monotonic()
    monkeypatch.setattr(tickets.time, "monotonic", lambda: now + 3.1)
    assert code(client.views_open, trigger_id=old, view=note_form()) == "expired_trigger_id"


def test_moving_the_clock_lets_every_trigger_expire(client: WebClient, workspace: Workspace, alice: Person) -> None:
    old = trigger(workspace)
    alice.move_clock("day")
    assert code(client.views_open, trigger_id=old, view=note_form()) == "expired_trigger_id"


def test_the_trigger_of_a_sent_form_opens_nothing(client: WebClient, workspace: Workspace) -> None:
    sent = trigger(workspace, source="view_submission")
    assert code(client.views_open, trigger_id=sent, view=note_form()) == "expired_trigger_id"


def test_three_modals_are_a_full_stack(client: WebClient, workspace: Workspace, alice: Person, bob: Person) -> None:
    client.views_open(trigger_id=trigger(workspace), view=note_form())
    for _ in range(2):
        client.views_push(trigger_id=trigger(workspace), view=note_form())
    assert code(client.views_push, trigger_id=trigger(workspace), view=note_form()) == "push_limit_reached"
    modals = alice.state["modals"]
    assert [modal["previous_view_id"] for modal in modals] == [None, modals[0]["id"], modals[1]["id"]]
    assert {modal["root_view_id"] for modal in modals} == {modals[0]["id"]}
    assert bob.modal is None


def test_nothing_is_pushed_without_a_modal(client: WebClient, workspace: Workspace) -> None:
    assert code(client.views_push, trigger_id=trigger(workspace), view=note_form()) == "invalid_trigger_id"


def test_an_external_id_is_the_apps_name_for_one_view(client: WebClient, workspace: Workspace, alice: Person) -> None:
    client.views_open(trigger_id=trigger(workspace), view=note_form(external_id="note-1"))
    again = note_form(external_id="note-1")
    assert code(client.views_open, trigger_id=trigger(workspace, BOB.id), view=again) == "duplicate_external_id"
    client.views_update(external_id="note-1", view=note_form(title=plain("Changed")))
    assert alice.modal is not None and alice.modal["title"]["text"] == "Changed"


def test_an_update_with_an_old_hash_conflicts(client: WebClient, workspace: Workspace, alice: Person) -> None:
    opened = client.views_open(trigger_id=trigger(workspace), view=note_form())["view"]
    client.views_update(view_id=opened["id"], hash=opened["hash"], view=note_form())
    late = {"view_id": opened["id"], "hash": opened["hash"], "view": note_form()}
    assert code(client.views_update, **late) == "hash_conflict"
    alice.close()
    assert code(client.views_update, view_id=opened["id"], view=note_form()) == "not_found"


def test_home_is_published_per_person_with_a_hash(
    client: WebClient, workspace: Workspace, alice: Person, bob: Person
) -> None:
    home: Json = {"type": "home", "blocks": [{"type": "header", "text": plain("Hello")}]}
    first = client.views_publish(user_id=ALICE.id, view=home)["view"]
    client.views_publish(user_id=ALICE.id, view=home, hash=first["hash"])
    assert code(client.views_publish, user_id=ALICE.id, view=home, hash=first["hash"]) == "hash_conflict"
    assert alice.home_view is not None and bob.home_view is None
    assert code(client.views_publish, user_id=ALICE.id, view=note_form()) == "invalid_arguments"
    workspace.home_tab_on = False
    assert code(client.views_publish, user_id=ALICE.id, view=home) == "not_enabled"
    with pytest.raises(NotPossibleError):
        alice.home()


def test_what_was_typed_stays_where_block_and_action_stay(
    client: WebClient, workspace: Workspace, alice: Person
) -> None:
    client.views_open(trigger_id=trigger(workspace), view=note_form())
    alice.fill({"Note": "half a thought"})
    assert alice.modal is not None
    view_id, view = alice.modal["id"], note_form()
    view["blocks"][0]["element"]["initial_value"] = "another"
    client.views_update(view_id=view_id, view=view)
    assert alice.modal["state"]["values"]["note"]["txt"]["value"] == "half a thought"
    view["blocks"][0]["block_id"] = "note-2"
    client.views_update(view_id=view_id, view=view)
    assert alice.modal["state"]["values"]["note-2"]["txt"]["value"] == "another"


def test_an_empty_answer_closes_this_modal_and_shows_the_one_below(
    answer: Any, client: WebClient, workspace: Workspace, alice: Person
) -> None:
    client.views_push(trigger_id=trigger(workspace), view=note_form())
    alice.submit({"Note": "Tea"})
    assert len(alice.state["modals"]) == 1


def test_a_form_is_answered_with_errors_an_update_a_push_or_a_clearing(answer: Any, alice: Person) -> None:
    answer({"response_action": "errors", "errors": {"note": "Say more"}})
    alice.submit({"Note": "Tea"})
    assert alice.errors == {"note": "Say more"}
    answer({"response_action": "update", "view": note_form(title=plain("Second page"))})
    alice.submit()
    assert alice.modal is not None and alice.modal["title"]["text"] == "Second page" and alice.errors == {}
    answer({"response_action": "push", "view": note_form(title=plain("On top"))})
    alice.submit()
    assert [modal["title"]["text"] for modal in alice.state["modals"]] == ["Second page", "On top"]
    answer({"response_action": "clear"})
    alice.submit({"Note": "Tea"})
    assert alice.state["modals"] == []


REFUSED_ANSWERS: dict[str, Json] = {
    "errors for a block that asks nothing": {"response_action": "errors", "errors": {"more": "No"}},
    "errors for no block": {"response_action": "errors", "errors": {"nowhere": "No"}},
    "an unknown action": {"response_action": "dance"},
    "an unsound view": {"response_action": "update", "view": note_form(title=plain("x" * 25))},
}


@pytest.mark.parametrize("body", REFUSED_ANSWERS.values(), ids=REFUSED_ANSWERS)
def test_an_answer_slack_does_not_take_leaves_the_form_and_says_so(body: Json, answer: Any, alice: Person) -> None:
    answer(body)
    alice.submit({"Note": "Tea and toast"})
    assert alice.notice == "We had some trouble connecting. Try again?"
    assert alice.modal is not None
    assert alice.modal["state"]["values"]["note"]["txt"]["value"] == "Tea and toast"


def test_a_form_that_is_not_answered_in_time_stays_open(
    app: App, connect: Connect, client: WebClient, workspace: Workspace, alice: Person
) -> None:
    connect(app)
    client.views_open(trigger_id=trigger(workspace), view=note_form())
    workspace.faults.add(Fault("delivery", "lost"))
    alice.submit({"Note": "Tea"})
    assert alice.notice == "We had some trouble connecting. Try again?" and alice.modal is not None


ASKED: dict[str, tuple[Json, str, str]] = {
    "empty": ({"type": "plain_text_input"}, "", "Please complete this required field."),
    "short": ({"type": "plain_text_input", "min_length": 3}, "ab", "Please enter at least 3 characters."),
    "long": ({"type": "plain_text_input", "max_length": 3}, "abcd", "Please enter no more than 3 characters."),
    "no e-mail": ({"type": "email_text_input"}, "alice", "Please enter a valid email address."),
    "no link": ({"type": "url_text_input"}, "tea", "Please enter a valid URL."),
    "no number": ({"type": "number_input", "is_decimal_allowed": True}, "two", "Please enter a number."),
    "a part": ({"type": "number_input", "is_decimal_allowed": False}, "1.5", "Please enter a whole number."),
    "too little": (
        {"type": "number_input", "is_decimal_allowed": False, "min_value": "2"},
        "1",
        "Please enter a number of at least 2.",
    ),
    "too many": (
        {"type": "multi_users_select", "max_selected_items": 1},
        [ALICE.id, BOB.id],
        "Please choose no more than 1.",
    ),
}


@pytest.mark.parametrize(("element", "raw", "words"), ASKED.values(), ids=ASKED)
def test_slacks_own_client_stops_a_form_before_the_app_hears_of_it(
    element: Json, raw: Any, words: str, client: WebClient, workspace: Workspace, alice: Person
) -> None:
    asked = {"type": "input", "block_id": "q", "label": plain("Q"), "element": {"action_id": "a", **element}}
    client.views_open(trigger_id=trigger(workspace), view=note_form(blocks=[asked]))
    alice.submit({"Q": raw})
    assert alice.errors == {"q": words}
    assert alice.notice is None  # no app is connected: had the form been sent, this would say so


def test_publishing_home_leaves_the_errors_of_an_open_form(answer: Any, client: WebClient, alice: Person) -> None:
    alice.submit({"Note": ""})
    client.views_publish(user_id=ALICE.id, view={"type": "home", "blocks": []})
    assert alice.errors == {"note": "Please complete this required field."}


def test_a_field_in_a_form_is_sent_at_once_only_when_it_asks_for_that(
    app: App, connect: Connect, client: WebClient, workspace: Workspace, alice: Person
) -> None:
    heard: list[str] = []
    app.action("a")(lambda ack, action: heard.append(action["selected_date"]) or ack())
    connect(app)
    asked: Json = {
        "type": "input",
        "block_id": "q",
        "label": plain("Q"),
        "element": {"type": "datepicker", "action_id": "a"},
    }
    client.views_open(trigger_id=trigger(workspace), view=note_form(blocks=[asked]))
    alice.fill({"Q": "2026-02-01"})
    client.views_open(trigger_id=trigger(workspace), view=note_form(blocks=[{**asked, "dispatch_action": True}]))
    alice.fill({"Q": "2026-02-02"})
    assert heard == ["2026-02-02"]


def test_an_external_select_takes_only_what_was_offered(answer: Any, alice: Person) -> None:
    assert [option["text"] for option in alice.suggest("Topic", "te")] == ["Tea"]
    alice.choose("Topic", "te")
    with pytest.raises(NotPossibleError, match="not in the list"):
        alice.fill({"Topic": "coffee"})
    assert alice.modal is not None
    assert alice.modal["state"]["values"]["topic"]["topic"]["selected_option"]["value"] == "tea"


def test_a_button_and_a_shortcut_nobody_answers_are_said_so(
    client: WebClient, workspace: Workspace, alice: Person
) -> None:
    client.views_open(trigger_id=trigger(workspace), view=note_form())
    alice.press("Details")
    assert alice.notice == "This app did not answer in time. Try again?"
    alice.close()
    assert alice.notice is None
    alice.shortcut("New note")
    assert alice.notice == "This app did not answer in time. Try again?"


def test_a_button_that_is_no_longer_there_is_not_pressed(
    client: WebClient, workspace: Workspace, alice: Person
) -> None:
    home: Json = {"type": "home", "blocks": [{"type": "actions", "elements": [GO]}]}
    client.views_publish(user_id=ALICE.id, view=home)
    block = workspace.views.home(ALICE.id)
    assert block is not None
    stale = {"home": True}, {"block_id": block.blocks[0]["block_id"]}, {"action_id": "go"}
    client.views_publish(user_id=ALICE.id, view={"type": "home", "blocks": []})
    with pytest.raises(NotPossibleError, match="no longer there"):
        alice._press(*stale, None)


def test_clear_on_close_takes_the_whole_stack(client: WebClient, workspace: Workspace, alice: Person) -> None:
    client.views_open(trigger_id=trigger(workspace), view=note_form())
    client.views_push(trigger_id=trigger(workspace), view=note_form(clear_on_close=True, notify_on_close=False))
    alice.close()
    assert alice.state["modals"] == []
