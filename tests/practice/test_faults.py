"""Faults on demand, and the page's own doors."""

from __future__ import annotations

import http.client
import json
import threading
from typing import Any
from urllib.error import URLError

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.practice import BOT_TOKEN, Fault, Person, PracticeServer, Workspace
from bot.practice.refusals import NotPossibleError
from tests.practice.conftest import ALICE, GENERAL


def post(server: PracticeServer, path: str, body: dict[str, Any], **headers: str) -> tuple[int, str]:
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=5)
    try:
        connection.request("POST", path, json.dumps(body), {"Content-Type": "application/json", **headers})
        answer = connection.getresponse()
        return answer.status, answer.read().decode()
    finally:
        connection.close()


@pytest.fixture
def dm(client: WebClient) -> str:
    return str(client.conversations_open(users=ALICE.id)["channel"]["id"])


def test_too_many_calls_are_told_how_long_to_wait(client: WebClient, workspace: Workspace, dm: str) -> None:
    workspace.faults.add(Fault("chat.postMessage", "rate_limited", seconds=30))
    with pytest.raises(SlackApiError) as refused:
        client.chat_postMessage(channel=dm, text="x")
    assert refused.value.response.status_code == 429
    headers = {name.lower(): value for name, value in refused.value.response.headers.items()}
    assert (headers["retry-after"], refused.value.response["error"]) == ("30", "ratelimited")
    assert client.chat_postMessage(channel=dm, text="x")["ok"]


def test_too_many_calls_may_be_told_nothing_sensible(client: WebClient, workspace: Workspace, dm: str) -> None:
    workspace.faults.add(Fault("chat.postMessage", "rate_limited_badly"))
    with pytest.raises(SlackApiError) as refused:
        client.chat_postMessage(channel=dm, text="x")
    headers = {name.lower(): value for name, value in refused.value.response.headers.items()}
    assert (refused.value.response.status_code, headers["retry-after"]) == (429, "soon")
    assert workspace.accepted == []


def test_a_silent_connection_ends_only_when_the_caller_gives_up(
    server: PracticeServer, workspace: Workspace, dm: str
) -> None:
    impatient = WebClient(BOT_TOKEN, server.api_url, timeout=0.1, retry_handlers=[])  # type: ignore[arg-type]  # as ours
    workspace.faults.add(Fault("chat.postMessage", "silent"))
    with pytest.raises(TimeoutError):
        impatient.chat_postMessage(channel=dm, text="x")
    assert workspace.accepted == []


WHAT_HAPPENS = {
    "server_error_before": (SlackApiError, 0),
    "server_error_after": (SlackApiError, 1),
    "cut_before": ((URLError, OSError, http.client.HTTPException), 0),
    "cut_after": ((URLError, OSError, http.client.HTTPException), 1),
    "error": (SlackApiError, 0),
}


@pytest.mark.parametrize(("kind", "outcome"), WHAT_HAPPENS.items(), ids=WHAT_HAPPENS)
def test_a_failing_post_may_or_may_not_have_been_posted(
    kind: str, outcome: tuple[Any, int], client: WebClient, workspace: Workspace, dm: str
) -> None:
    error, posted = outcome
    workspace.faults.add(Fault("chat.postMessage", kind))
    with pytest.raises(error):
        client.chat_postMessage(channel=dm, text="x")
    assert len(workspace.accepted) == posted


def test_a_cut_post_can_be_accepted_later(client: WebClient, workspace: Workspace, dm: str, alice: Person) -> None:
    workspace.faults.add(Fault("chat.postMessage", "accepted_late", seconds=0.05))
    with pytest.raises((URLError, OSError, http.client.HTTPException)):
        client.chat_postMessage(channel=dm, text="late")
    assert alice.wait_until(lambda one: one.last_message)["text"] == "late"


def test_a_fault_of_one_method_leaves_the_others_alone(client: WebClient, workspace: Workspace) -> None:
    workspace.faults.add(Fault("chat.update", "server_error_before", times=2))
    assert client.auth_test()["ok"]
    assert [fault.times for fault in workspace.faults.waiting()] == [2]


def test_a_fault_nobody_knows_is_refused(alice: Person, server: PracticeServer) -> None:
    with pytest.raises(ValueError, match="no fault"):
        Fault("chat.postMessage", "sulk")
    assert json.loads(post(server, "/practice/fault", {"fault": "sulk"}, **{"X-Practice": "1"})[1])["ok"] is False


def test_the_page_can_switch_things_off(server: PracticeServer, workspace: Workspace, alice: Person) -> None:
    def switch(**asked: str) -> None:
        assert json.loads(post(server, "/practice/fault", asked, **{"X-Practice": "1"})[1]) == {"ok": True}

    switch(fault="home_off")
    with pytest.raises(NotPossibleError, match="Home tab is switched off"):
        alice.home()
    switch(fault="archive_channel", channel=GENERAL.id)
    with pytest.raises(NotPossibleError, match="archived"):
        alice.say("hello", GENERAL.id)
    switch(fault="deactivate_person", person=ALICE.id)
    with pytest.raises(NotPossibleError, match="switched off"):
        alice.say("hello")
    switch(fault="revoke_token")
    assert workspace.broken_token == "token_revoked"


def test_other_names_and_other_pages_are_turned_away(server: PracticeServer) -> None:
    body = {"person": ALICE.id, "kind": "home"}
    assert post(server, "/practice/act", body)[0] == 403
    assert post(server, "/practice/act", body, **{"X-Practice": "1", "Host": "evil.example"})[0] == 403
    assert post(server, "/api/auth.test", {}, Host="evil.example")[0] == 403
    assert post(server, "/practice/act", body, **{"X-Practice": "1"})[0] == 200


def test_malformed_acts_are_answered_in_words(server: PracticeServer) -> None:
    status, text = post(server, "/practice/act", {"person": ALICE.id, "kind": "press"}, **{"X-Practice": "1"})
    assert (status, json.loads(text)["ok"]) == (400, False)


def test_unread_words_are_counted_until_they_are_seen(client: WebClient, alice: Person, dm: str) -> None:
    client.chat_postMessage(channel=dm, text="one")
    client.chat_postMessage(channel=dm, text="two")
    assert alice.state["dms"][0]["unread"] == 2
    alice.messages()
    assert alice.state["dms"][0]["unread"] == 0


def test_a_moved_clock_is_shown_in_each_persons_own_zone(alice: Person, bob: Person) -> None:
    alice.move_clock("to", "2026-07-01T12:00:00+00:00")
    assert alice.state["now_text"] == "Wed 1 Jul 2026, 14:00"
    assert bob.state["now_text"] == "Wed 1 Jul 2026, 13:00"


def test_a_taken_port_is_said_so_and_leaves_nothing_running(server: PracticeServer, workspace: Workspace) -> None:
    second = PracticeServer(workspace, server.port)
    with pytest.raises(OSError, match="address already in use"):
        second.start()
    assert not [one for one in threading.enumerate() if one is second._thread]
