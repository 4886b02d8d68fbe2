"""Socket Mode: one envelope to one connection, acknowledged in time, events again when they were not."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from slack_bolt import App
from slack_sdk import WebClient

from bot.practice import APP_TOKEN, Fault, Person, PracticeServer, Workspace, post_office
from tests.practice.app_under_test import Connection
from tests.practice.forms import note_form

Json = dict[str, Any]
PAYLOADS = Path(__file__).parents[1] / "payloads"


class Line:
    """One bare connection to the workspace, without Bolt."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self._socket = socket

    async def hear(self) -> Json:
        """Give the next message."""
        message: Json = await self._socket.receive_json(timeout=5)
        return message

    async def ack(self, envelope: Json, **more: Any) -> None:
        """Acknowledge an envelope."""
        await self._socket.send_json({"envelope_id": envelope["envelope_id"], **more})

    async def is_closed(self) -> bool:
        """Wait for the other end to close."""
        return (await self._socket.receive(timeout=5)).type in (aiohttp.WSMsgType.CLOSE, aiohttp.WSMsgType.CLOSED)


def over_sockets(server: PracticeServer, count: int, script: Callable[..., Awaitable[None]]) -> None:
    """Run a script with so many connections, each already greeted."""

    async def run() -> None:
        api = WebClient(token=APP_TOKEN, base_url=server.api_url)
        async with aiohttp.ClientSession() as session:
            lines = []
            for _ in range(count):
                url = (await asyncio.to_thread(api.apps_connections_open, app_token=APP_TOKEN))["url"]
                lines.append(Line(await session.ws_connect(url)))
            await script(*lines)

    asyncio.run(run())


def sample(name: str) -> Json:
    body: Json = json.loads((PAYLOADS / f"{name}.json").read_text())
    return body


def test_a_connection_is_greeted_and_its_address_works_once(server: PracticeServer) -> None:
    async def script(line: Line) -> None:
        hello = await line.hear()
        assert hello.keys() == sample("socket_hello").keys() and hello["num_connections"] == 1

    over_sockets(server, 1, script)
    url = WebClient(token=APP_TOKEN, base_url=server.api_url).apps_connections_open(app_token=APP_TOKEN)["url"]

    async def twice() -> None:
        async with aiohttp.ClientSession() as session:
            await session.ws_connect(url)
            with pytest.raises(aiohttp.WSServerHandshakeError):
                await session.ws_connect(url)

    asyncio.run(twice())


def test_an_envelope_goes_to_one_connection_in_turn(server: PracticeServer, alice: Person) -> None:
    async def script(one: Line, other: Line) -> None:
        await one.hear()
        await other.hear()
        for line in (other, one):
            act = asyncio.create_task(asyncio.to_thread(alice.command, "/note"))
            envelope = await line.hear()
            assert envelope.keys() == sample("socket_envelope_slash").keys()
            assert envelope["accepts_response_payload"] is True
            await line.ack(envelope, payload={"text": "heard"})
            await act

    over_sockets(server, 2, script)
    assert [message["text"] for message in alice.messages()] == ["heard", "heard"]


def test_an_event_that_is_not_acknowledged_comes_again(
    server: PracticeServer, alice: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(post_office, "ACK_SECONDS", 0.05)

    async def script(line: Line) -> None:
        await line.hear()
        await asyncio.to_thread(alice.say, "are you there?")
        first, second = await line.hear(), await line.hear()
        assert first["accepts_response_payload"] is False
        assert [first["retry_attempt"], second["retry_attempt"]] == [0, 1]
        assert second.keys() == sample("socket_envelope_event_retry").keys()
        assert first["payload"]["event_id"] == second["payload"]["event_id"]
        await line.ack(second)

    over_sockets(server, 1, script)


def test_a_command_nobody_answers_is_not_repeated_and_the_person_is_told(
    server: PracticeServer, alice: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(post_office, "ACK_SECONDS", 0.05)

    async def script(line: Line) -> None:
        await line.hear()
        await asyncio.to_thread(alice.command, "/note")
        assert alice.notice == "/note failed with the error “operation_timeout”"
        await line.hear()
        await asyncio.to_thread(alice.say, "next")
        assert (await line.hear())["type"] == "events_api"

    over_sockets(server, 1, script)


def test_only_what_the_manifest_subscribes_to_is_delivered(
    server: PracticeServer, alice: Person, workspace: Workspace
) -> None:
    async def script(line: Line) -> None:
        await line.hear()
        await asyncio.to_thread(alice.say, "in the channel", "C0GENERAL")  # message.channels: not subscribed
        asked = asyncio.create_task(asyncio.to_thread(alice.say, "to the app"))
        envelope = await line.hear()
        assert envelope["payload"]["event"]["channel"] == alice.dm
        await line.ack(envelope)
        await asked

    over_sockets(server, 1, script)


def test_an_event_can_come_twice(server: PracticeServer, alice: Person, workspace: Workspace) -> None:
    workspace.faults.add(Fault("delivery", "duplicate_event"))

    async def script(line: Line) -> None:
        await line.hear()
        said = asyncio.create_task(asyncio.to_thread(alice.say, "once"))
        first = await line.hear()
        await line.ack(first)
        second = await line.hear()
        await line.ack(second)
        await said
        assert first["payload"]["event_id"] == second["payload"]["event_id"]
        assert first["envelope_id"] != second["envelope_id"]

    over_sockets(server, 1, script)


def test_events_can_change_places(server: PracticeServer, alice: Person, workspace: Workspace) -> None:
    workspace.faults.add(Fault("delivery", "late_event", seconds=0.1))

    async def script(line: Line) -> None:
        await line.hear()
        await asyncio.to_thread(alice.say, "first")
        said = asyncio.create_task(asyncio.to_thread(alice.say, "second"))
        heard = []
        for _ in range(2):
            envelope = await line.hear()
            heard.append(envelope["payload"]["event"]["text"])
            await line.ack(envelope)
        await said
        assert heard == ["second", "first"]

    over_sockets(server, 1, script)


def test_an_eleventh_connection_is_one_too_many(server: PracticeServer) -> None:
    async def script(*lines: Line) -> None:
        *_, last = lines
        assert (await last.hear()).items() >= {"type": "disconnect", "reason": "too_many_websockets"}.items()

    over_sockets(server, 11, script)


def test_connections_are_asked_to_be_made_anew_and_then_closed(server: PracticeServer) -> None:
    async def script(line: Line) -> None:
        await line.hear()
        await asyncio.to_thread(server.refresh_sockets)
        assert (await line.hear()).keys() == sample("socket_disconnect_refresh_requested").keys()
        assert await line.is_closed()

    over_sockets(server, 1, script)


def test_an_app_that_is_cut_off_hears_nothing_until_it_is_let_back(server: PracticeServer, alice: Person) -> None:
    async def script(line: Line) -> None:
        await line.hear()
        await asyncio.to_thread(server.cut_off)
        assert await line.is_closed()

    over_sockets(server, 1, script)
    with pytest.raises(aiohttp.WSServerHandshakeError):
        over_sockets(server, 1, script)
    alice.command("/note")
    assert alice.notice == "/note failed with the error “dispatch_failed”"
    server.let_back()
    over_sockets(server, 1, script)


def test_a_real_app_comes_back_after_a_refresh(
    server: PracticeServer, app: App, connect: Callable[[App], Connection], alice: Person
) -> None:
    app.command("/note")(
        lambda ack, body, client: client.views_open(trigger_id=body["trigger_id"], view=note_form()) and ack()
    )
    connect(app)
    server.refresh_sockets(keep_open_seconds=2)
    alice.wait_until(lambda one: one.state["app"]["connected"])
    alice.command("/note")
    assert alice.modal is not None


def test_a_person_of_another_organisation_cannot_use_commands(workspace: Workspace, alice: Person) -> None:
    workspace.change_member(alice.id, is_stranger=True)
    with pytest.raises(Exception, match="another organisation"):
        alice.command("/note")


def test_a_command_the_manifest_does_not_declare_is_never_delivered(alice: Person) -> None:
    with pytest.raises(Exception, match="/dance is not a command here"):
        alice.command("/dance")
    assert alice.notice is None
