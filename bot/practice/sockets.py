"""Socket Mode: open connections, hand each envelope to one of them, take the acknowledgements."""

from __future__ import annotations

import asyncio
import json
import secrets
import time
import uuid
from collections.abc import Callable
from typing import Any

from aiohttp import WSMsgType, web

from bot.practice.post_office import Ack, Parcel
from bot.practice.refusals import Json

MOST_CONNECTIONS = 10
CONNECTION_SECONDS = 18060


class SocketCarrier:
    """Carry parcels over the app's web sockets, in turn."""

    def __init__(self, app_id: str, on_change: Callable[[], None]) -> None:
        """Start with no connection; `on_change` is called when one comes or goes."""
        self._app_id = app_id
        self._on_change = on_change
        self._tickets: set[str] = set()
        self._connections: list[web.WebSocketResponse] = []
        self._waiting: dict[str, tuple[asyncio.Future[Ack], web.WebSocketResponse]] = {}
        self._turn = 0
        self.is_open = True

    @property
    def is_connected(self) -> bool:
        """Say whether an app is connected."""
        return bool(self._connections)

    def issue_ticket(self) -> str:
        """Make the single-use ticket that apps.connections.open hands out."""
        ticket = secrets.token_urlsafe(12)
        self._tickets.add(ticket)
        return ticket

    async def serve(self, request: web.Request) -> web.StreamResponse:
        """Serve one connection until it closes."""
        ticket = request.match_info["ticket"]
        if ticket not in self._tickets or not self.is_open:
            raise web.HTTPForbidden
        self._tickets.discard(ticket)
        socket = web.WebSocketResponse(heartbeat=30)
        await socket.prepare(request)
        if len(self._connections) >= MOST_CONNECTIONS:
            await socket.send_json(_disconnect("too_many_websockets"))
            await socket.close()
            return socket
        await self._converse(socket)
        return socket

    async def carry(self, parcel: Parcel, seconds: float) -> Ack:
        """Send one envelope to one connection and wait for its acknowledgement."""
        if not self._connections:
            return Ack(problem="dispatch_failed")
        self._turn += 1
        socket = self._connections[self._turn % len(self._connections)]
        envelope = _envelope(parcel)
        answer: asyncio.Future[Ack] = asyncio.get_running_loop().create_future()
        self._waiting[envelope["envelope_id"]] = (answer, socket)
        try:
            await socket.send_json(envelope)
            return await asyncio.wait_for(answer, seconds)
        except (TimeoutError, ConnectionError):
            return Ack(problem="operation_timeout")
        finally:
            self._waiting.pop(envelope["envelope_id"], None)

    async def refresh(self, *, keep_open_seconds: float = 0.0, reason: str = "refresh_requested") -> None:
        """Ask every connection to be made anew; close the old ones after a while, unless the app has left them before.

        With no while at all the app meets its old connection closing as it opens the new one, and may connect twice.
        """
        old = list(self._connections)
        for socket in old:
            await socket.send_json(_disconnect(reason))
        until = time.monotonic() + keep_open_seconds
        while time.monotonic() < until and not all(socket.closed for socket in old):
            await asyncio.sleep(0.01)
        await self._retire(old)

    async def drop(self) -> None:
        """Cut every connection without a word."""
        await self._retire(list(self._connections))

    async def _retire(self, sockets: list[web.WebSocketResponse]) -> None:
        """Close connections; nothing more is handed to them from the moment the closing begins."""
        self._connections = [socket for socket in self._connections if socket not in sockets]
        for socket in sockets:
            await socket.close()

    async def _converse(self, socket: web.WebSocketResponse) -> None:
        self._connections.append(socket)
        try:
            await socket.send_json(self._hello())
            self._on_change()
            async for message in socket:
                if message.type == WSMsgType.TEXT:
                    self._take_ack(message.data)
        finally:
            self._connections = [other for other in self._connections if other is not socket]
            self._give_up(socket)
            self._on_change()

    def _take_ack(self, text: str) -> None:
        try:
            message = json.loads(text)
        except ValueError:
            return  # bolt also sends plain text such as its own ping
        answer, _socket = self._waiting.get(message.get("envelope_id", ""), (None, None))
        if answer and not answer.done():
            answer.set_result(Ack(body=message.get("payload")))

    def _give_up(self, socket: web.WebSocketResponse) -> None:
        for answer, via in list(self._waiting.values()):
            if via is socket and not answer.done():
                answer.set_result(Ack(problem="operation_timeout"))

    def _hello(self) -> Json:
        return {
            "type": "hello",
            "num_connections": len(self._connections),
            "connection_info": {"app_id": self._app_id},
            "debug_info": {
                "host": "practice",
                "started": "",
                "build_number": 1,
                "approximate_connection_time": CONNECTION_SECONDS,
            },
        }


def _envelope(parcel: Parcel) -> Json:
    envelope: dict[str, Any] = {
        "envelope_id": str(uuid.uuid4()),
        "type": parcel.kind,
        "accepts_response_payload": parcel.takes_answer,
        "payload": parcel.payload,
    }
    if parcel.kind == "events_api":
        envelope |= {"retry_attempt": parcel.retry_number, "retry_reason": parcel.retry_reason}
    return envelope


def _disconnect(reason: str) -> Json:
    return {"type": "disconnect", "reason": reason, "debug_info": {"host": "practice"}}
