"""The Web API refuses what Slack refuses, and does what Slack does."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.practice import Member, Person, PracticeServer, RealTokenError, StillClock, Workspace, refuse_real_tokens
from tests.practice.conftest import ALICE, BOB, GENERAL, GREG, QUIET


def refusal(call: Callable[..., Any], **args: Any) -> Any:
    """Give the body of the refusal that a call meets."""
    with pytest.raises(SlackApiError) as refused:
        call(**args)
    return refused.value.response.data


def code(call: Callable[..., Any], **args: Any) -> str:
    return str(refusal(call, **args)["error"])


@pytest.fixture
def dm(client: WebClient) -> str:
    return str(client.conversations_open(users=ALICE.id)["channel"]["id"])


def test_only_practice_tokens_open_the_door(server: PracticeServer) -> None:
    assert code(WebClient(token="xoxb-12345-real", base_url=server.api_url).auth_test) == "invalid_auth"
    assert code(WebClient(base_url=server.api_url).auth_test) == "not_authed"
    app_level = WebClient(token="xapp-practice", base_url=server.api_url)
    assert code(app_level.auth_test) == "not_allowed_token_type"
    assert app_level.apps_connections_open(app_token="xapp-practice")["url"].startswith("ws://127.0.0.1:")


def test_a_real_token_is_refused_without_being_repeated() -> None:
    refuse_real_tokens("xoxb-practice-bot-token", "xapp-practice-app-token", None, "")
    with pytest.raises(RealTokenError) as refused:
        refuse_real_tokens("xoxb-9999-secret")
    assert "9999" not in str(refused.value)


def test_the_token_can_be_revoked(client: WebClient, workspace: Workspace) -> None:
    workspace.revoke_token()
    assert code(client.auth_test) == "token_revoked"


def test_arguments_slack_does_not_know_are_refused(client: WebClient, dm: str) -> None:
    told = refusal(client.api_call, api_method="chat.postMessage", json={"channel": dm, "text": "x", "colour": "red"})
    assert told["error"] == "invalid_arguments"
    assert told["response_metadata"]["messages"] == ["[ERROR] unknown argument: colour"]
    assert code(client.api_call, api_method="users.info", params={}) == "invalid_arguments"
    assert code(client.api_call, api_method="no.such") == "unknown_method"


def test_a_scope_the_manifest_does_not_ask_for_is_missing(client: WebClient, workspace: Workspace, dm: str) -> None:
    told = refusal(client.conversations_info, channel=GENERAL.id)
    assert (told["error"], "channels:read" in told["needed"]) == ("missing_scope", True)
    assert code(client.conversations_history, channel=GENERAL.id) == "missing_scope"
    assert client.conversations_history(channel=dm)["ok"]
    workspace.scopes -= {"chat:write"}
    told = refusal(client.chat_postMessage, channel=dm, text="x")
    assert (told["error"], told["needed"]) == ("missing_scope", "chat:write")


def test_the_granted_scopes_stand_in_a_header(client: WebClient) -> None:
    headers = {name.lower(): value for name, value in client.auth_test().headers.items()}
    assert "im:history" in headers["x-oauth-scopes"].split(",")


def test_the_app_posts_only_where_it_is(client: WebClient, workspace: Workspace, alice: Person) -> None:
    assert client.chat_postMessage(channel=GENERAL.id, text="hello")["ok"]
    assert code(client.chat_postMessage, channel=QUIET.id, text="hello") == "not_in_channel"
    assert code(client.chat_postMessage, channel="D0ALICE01", text="hello") == "channel_not_found"
    assert code(client.chat_postMessage, channel=ALICE.id, text="hello") == "channel_not_found"
    workspace.remove_app(GENERAL.id)
    assert code(client.chat_postMessage, channel=GENERAL.id, text="hello") == "not_in_channel"
    workspace.archive(GENERAL.id)
    assert code(client.chat_postMessage, channel=GENERAL.id, text="hello") == "is_archived"
    assert [message["text"] for message in alice.messages(GENERAL.id)] == ["hello"]


def test_people_who_cannot_be_written_to(client: WebClient, workspace: Workspace, dm: str) -> None:
    assert code(client.conversations_open, users=GREG.id) == "user_disabled"
    assert code(client.conversations_open, users="U0NOBODY1") == "user_not_found"
    assert code(client.conversations_open, users="U0PRACTICEBOT") == "cannot_dm_bot"
    assert code(client.conversations_open, users=f"{ALICE.id},{BOB.id}") == "missing_scope"
    workspace.join(Member("U0EXT0001", "rex", "Rex Other", "", is_stranger=True))
    assert code(client.conversations_open, users="U0EXT0001") == "user_not_visible"
    workspace.deactivate(ALICE.id)
    assert code(client.conversations_open, users=ALICE.id) == "user_disabled"
    assert client.chat_postMessage(channel=dm, text="into the void")["ok"]


def test_a_person_is_found_by_email_while_they_work_here(client: WebClient) -> None:
    assert client.users_lookupByEmail(email="BOB@example.com")["user"]["id"] == BOB.id
    assert code(client.users_lookupByEmail, email="greg@example.com") == "users_not_found"


def test_the_list_of_people_comes_in_pages(client: WebClient) -> None:
    first = client.users_list(limit=3)
    rest = client.users_list(limit=3, cursor=first["response_metadata"]["next_cursor"])
    assert len(first["members"]) == 3
    assert {one["id"] for one in [*first["members"], *rest["members"]]} == {ALICE.id, BOB.id, GREG.id, "U0PRACTICEBOT"}
    assert rest["response_metadata"]["next_cursor"] == ""


def test_a_message_needs_content(client: WebClient, dm: str) -> None:
    assert code(client.api_call, api_method="chat.postMessage", json={"channel": dm}) == "no_text"
    blocks = [{"type": "header", "text": {"type": "plain_text", "text": "x" * 151}}]
    told = refusal(client.chat_postMessage, channel=dm, text="x", blocks=blocks)
    assert told["error"] == "invalid_blocks"
    assert told["errors"] == ["must be less than 151 characters [json-pointer:/blocks/0/text/text]"]
    both = {"channel": dm, "markdown_text": "x", "text": "x"}
    assert code(client.api_call, api_method="chat.postMessage", json=both) == "markdown_text_conflict"


def test_a_very_long_message_is_cut_with_a_warning(client: WebClient, dm: str) -> None:
    posted = client.chat_postMessage(channel=dm, text="x" * 40_001)
    assert posted["warning"] == "message_truncated" and len(posted["message"]["text"]) == 40_000


def test_stamps_rise_while_the_clock_stands_still(client: WebClient, dm: str, clock: StillClock) -> None:
    stamps = [client.chat_postMessage(channel=dm, text="x")["ts"] for _ in range(3)]
    assert stamps == sorted(set(stamps))
    assert {stamp.partition(".")[0] for stamp in stamps} == {str(int(clock.now().timestamp()))}


def test_metadata_is_shown_only_when_all_of_it_is_asked_for(client: WebClient, dm: str) -> None:
    thing = {"event_type": "task", "event_payload": {"id": "42"}}
    client.chat_postMessage(channel=dm, text="x", metadata=thing)
    assert "metadata" not in client.conversations_history(channel=dm)["messages"][0]
    shown = client.conversations_history(channel=dm, include_all_metadata=True)["messages"][0]
    assert shown["metadata"] == thing
    large = {"event_type": "task", "event_payload": {"id": "4" * 9000}}
    assert code(client.chat_postMessage, channel=dm, text="x", metadata=large) == "metadata_too_large"


def test_an_update_with_text_alone_takes_the_blocks_away(client: WebClient, dm: str, alice: Person) -> None:
    blocks = [{"type": "divider"}]
    thing = {"event_type": "task", "event_payload": {"id": "42"}}
    ts = client.chat_postMessage(channel=dm, text="x", blocks=blocks, metadata=thing)["ts"]
    client.chat_update(channel=dm, ts=ts, text="y", blocks=blocks)
    assert alice.last_message is not None
    assert (alice.last_message["blocks"] is None, alice.last_message["edited"]) == (False, False)
    client.chat_update(channel=dm, ts=ts, text="z")
    assert (alice.last_message["text"], alice.last_message["blocks"]) == ("z", None)
    history = client.conversations_history(channel=dm, include_all_metadata=True)["messages"]
    assert [message["metadata"] for message in history] == [thing]
    assert code(client.chat_update, channel=dm, ts=ts, text="x" * 4001) == "msg_too_long"


def test_the_app_changes_and_deletes_its_own_messages_only(client: WebClient, dm: str, alice: Person) -> None:
    alice.say("mine")
    own = client.chat_postMessage(channel=dm, text="yours")["ts"]
    theirs = alice.messages()[0]["ts"]
    assert code(client.chat_update, channel=dm, ts=theirs, text="x") == "cant_update_message"
    assert code(client.chat_delete, channel=dm, ts=theirs) == "cant_delete_message"
    assert code(client.chat_delete, channel=dm, ts="1.000001") == "message_not_found"
    client.chat_delete(channel=dm, ts=own)
    assert [message["text"] for message in alice.messages()] == ["mine"]


def test_what_one_person_sees_is_in_no_history(client: WebClient, alice: Person, bob: Person, dm: str) -> None:
    client.chat_postEphemeral(channel=GENERAL.id, user=ALICE.id, text="for you")
    assert [message["text"] for message in alice.messages(GENERAL.id)] == ["for you"]
    assert bob.messages(GENERAL.id) == []
    client.chat_postEphemeral(channel=dm, user=ALICE.id, text="here too")
    assert client.conversations_history(channel=dm)["messages"] == []
    ts = alice.messages()[0]["ts"]
    assert code(client.chat_update, channel=dm, ts=ts, text="x") == "message_not_found"
    assert code(client.chat_postEphemeral, channel=GENERAL.id, user=GREG.id, text="x") == "user_not_in_channel"


def test_history_is_newest_first_and_between_stamps(client: WebClient, dm: str) -> None:
    stamps = [client.chat_postMessage(channel=dm, text=word)["ts"] for word in ("one", "two", "three")]
    found = client.conversations_history(channel=dm, oldest=stamps[0])["messages"]
    assert [message["text"] for message in found] == ["three", "two"]
    found = client.conversations_history(channel=dm, oldest=stamps[0], latest=stamps[1], inclusive=True)["messages"]
    assert [message["text"] for message in found] == ["two", "one"]


def test_a_file_is_sent_in_three_steps_and_read_with_the_token(
    client: WebClient, dm: str, alice: Person, bob: Person, server: PracticeServer
) -> None:
    client.files_upload_v2(channel=dm, filename="plan.txt", content="tea at four", initial_comment="Your plan")
    assert alice.last_message is not None
    (file,) = alice.last_message["files"]
    assert (file["name"], file["size"]) == ("plan.txt", 11)
    info = client.files_info(file=file["id"])["file"]
    assert info["shares"] == {"private": {dm: [{"ts": alice.last_message["ts"]}]}}
    asked = Request(info["url_private"], headers={"Authorization": f"Bearer {client.token}"})
    with urlopen(asked) as answer:
        assert answer.read() == b"tea at four"
    with urlopen(server.url + file["url_private"]) as answer:
        assert answer.read() == b"tea at four"
    with pytest.raises(HTTPError, match="404"):
        urlopen(server.url + file["url_private"].replace(alice.id, bob.id))
    client.files_delete(file=file["id"])
    assert code(client.files_info, file=file["id"]) == "file_not_found"


def test_a_file_whose_bytes_never_came_cannot_be_completed(client: WebClient, dm: str) -> None:
    room = client.files_getUploadURLExternal(filename="x.txt", length=3)
    files = [{"id": room["file_id"], "title": "x"}]
    assert code(client.files_completeUploadExternal, files=files, channel_id=dm) == "file_not_found"
    assert code(client.files_getUploadURLExternal, filename="x.txt", length=0) == "missing_argument"


def test_everything_accepted_is_in_the_ledger(client: WebClient, dm: str, workspace: Workspace) -> None:
    ts = client.chat_postMessage(channel=dm, text="one")["ts"]
    client.chat_update(channel=dm, ts=ts, text="two")
    client.chat_delete(channel=dm, ts=ts)
    kept = [(one.what, one.user, one.text, one.ts) for one in workspace.accepted]
    assert kept == [("post", ALICE.id, "one", ts), ("update", ALICE.id, "two", ts), ("delete", ALICE.id, "two", ts)]


def reply(url: str, body: dict[str, Any]) -> int:
    request = Request(url, data=json.dumps(body).encode(), headers={"Content-Type": "application/json"})
    try:
        with urlopen(request) as answer:
            return int(answer.status)
    except OSError as refused:
        return int(getattr(refused, "code", 0))


def test_a_response_url_lasts_five_uses(workspace: Workspace, server: PracticeServer, alice: Person) -> None:
    url = workspace.reply_url("commands", ALICE.id, GENERAL.id)
    assert [reply(url, {"text": "x"}) for _ in range(6)] == [200] * 5 + [404]
    assert all(message["is_ephemeral"] for message in alice.messages(GENERAL.id))


def test_a_response_url_lasts_thirty_minutes_of_the_clock(
    workspace: Workspace, server: PracticeServer, clock: StillClock
) -> None:
    url = workspace.reply_url("commands", ALICE.id, GENERAL.id)
    clock.set(clock.now() + timedelta(minutes=30))
    assert reply(url, {"text": "x", "response_type": "in_channel"}) == 200
    clock.set(clock.now() + timedelta(seconds=1))
    assert reply(url, {"text": "x"}) == 404


def test_a_response_url_replaces_and_deletes_what_it_belongs_to(
    workspace: Workspace, client: WebClient, alice: Person
) -> None:
    client.chat_postEphemeral(channel=GENERAL.id, user=ALICE.id, text="first")
    ts = alice.messages(GENERAL.id)[0]["ts"]
    url = workspace.reply_url("actions", ALICE.id, GENERAL.id, ts)
    assert reply(url, {"text": "second", "replace_original": True}) == 200
    assert [message["text"] for message in alice.messages(GENERAL.id)] == ["second"]
    assert reply(url, {"delete_original": True}) == 200
    assert alice.messages(GENERAL.id) == []
    assert reply(url, {"text": "x", "colour": "red"}) == 400
