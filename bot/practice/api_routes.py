"""Serve the Web API, response_urls and files over HTTP, with the faults that were asked for."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import Any

from aiohttp import web

from bot.practice import methods_chat, methods_files, methods_people, methods_views
from bot.practice.faults import Fault
from bot.practice.refusals import Json, RefusedError
from bot.practice.tokens import is_bot_token
from bot.practice.web_api import Args, Method, call
from bot.practice.workspace import Workspace

_ALL = (*methods_chat.METHODS, *methods_people.METHODS, *methods_views.METHODS, *methods_files.METHODS)
Process = Callable[[], Json]
_GLANCE = 0.05  # seconds between looks whether a caller who gets no answer has gone


class ApiRoutes:
    """Answer the app."""

    def __init__(self, workspace: Workspace, issue_socket_ticket: Callable[[], str]) -> None:
        """Answer from a workspace; the ticket opens one web socket."""
        self._workspace = workspace
        self._issue_socket_ticket = issue_socket_ticket
        self._methods = {method.name: method for method in _ALL}
        self._methods["apps.connections.open"] = Method("apps.connections.open", self._open_connection, {}, needs="app")

    def add_to(self, app: web.Application) -> None:
        """Add the routes to an application."""
        app.router.add_route("*", "/api/{method}", self.serve_call)
        app.router.add_post("/hooks/{path:.+}", self.serve_reply)
        app.router.add_post("/upload/{file_id}", self.receive_file)
        app.router.add_get("/files/{file_id}/{name}", self.give_file)

    async def serve_call(self, request: web.Request) -> web.StreamResponse:
        """Serve one Web API call."""
        name = request.match_info["method"]
        try:
            raw = await _read_body(request)
        except ValueError:
            return self._answer({"ok": False, "error": "invalid_json"})
        token = _token(request, raw)

        def process() -> Json:
            return call(self._workspace, self._methods, name, token, raw)

        fault = self._workspace.faults.take(name)
        if fault:
            return await self._suffer(request, fault, process)
        return self._answer(process())

    async def serve_reply(self, request: web.Request) -> web.StreamResponse:
        """Take one message for a response_url."""
        try:
            methods_chat.reply(self._workspace, f"/{request.match_info['path']}", await _read_body(request))
        except ValueError:
            return web.Response(status=400, text="invalid_payload")
        except RefusedError as refused:
            status = 404 if refused.code in ("expired_url", "used_url") else 400
            return web.json_response({"ok": False, "error": refused.code}, status=status)
        return web.Response(text="ok")

    async def receive_file(self, request: web.Request) -> web.StreamResponse:
        """Take the bytes of a file."""
        content = await request.read()
        try:
            self._workspace.files.receive(request.match_info["file_id"], content)
        except RefusedError as refused:
            return web.Response(status=400, text=refused.code)
        return web.Response(text=f"OK - {len(content)}")

    async def give_file(self, request: web.Request) -> web.StreamResponse:
        """Give a file's bytes to the app, which needs its token and the scope to read files."""
        if not is_bot_token(_token(request, {})) or "files:read" not in self._workspace.scopes:
            raise web.HTTPForbidden
        try:
            file = self._workspace.files.find(request.match_info["file_id"].rpartition("-")[2])
        except RefusedError:
            raise web.HTTPNotFound from None
        return web.Response(body=file.content, content_type="application/octet-stream")

    def _answer(self, body: Json, status: int = 200) -> web.Response:
        return web.json_response(
            body, status=status, headers={"x-oauth-scopes": ",".join(sorted(self._workspace.scopes))}
        )

    def _open_connection(self, workspace: Workspace, _args: Args) -> Json:
        address = workspace.base_url.replace("http://", "ws://")
        return {"url": f"{address}/link/{self._issue_socket_ticket()}"}

    async def _suffer(self, request: web.Request, fault: Fault, process: Process) -> web.StreamResponse:
        return await _SUFFERING[fault.kind](self, request, fault, process)

    async def _rate_limited(self, _request: web.Request, fault: Fault, _process: Process) -> web.StreamResponse:
        answer = self._answer({"ok": False, "error": "ratelimited"}, 429)
        answer.headers["Retry-After"] = str(max(1, int(fault.seconds)))
        return answer

    async def _rate_limited_badly(self, request: web.Request, fault: Fault, process: Process) -> web.StreamResponse:
        answer = await self._rate_limited(request, fault, process)
        answer.headers["Retry-After"] = "soon"
        return answer

    async def _fail_before(self, _request: web.Request, _fault: Fault, _process: Process) -> web.StreamResponse:
        return self._answer({"ok": False, "error": "internal_error"}, 500)

    async def _fail_after(self, request: web.Request, fault: Fault, process: Process) -> web.StreamResponse:
        process()
        return await self._fail_before(request, fault, process)

    async def _cut_before(self, request: web.Request, _fault: Fault, _process: Process) -> web.StreamResponse:
        return _cut(request)

    async def _cut_after(self, request: web.Request, _fault: Fault, process: Process) -> web.StreamResponse:
        process()
        return _cut(request)

    async def _keep_silent(self, request: web.Request, _fault: Fault, _process: Process) -> web.StreamResponse:
        while request.transport and not request.transport.is_closing():
            await asyncio.sleep(_GLANCE)
        return web.Response()

    async def _be_slow(self, _request: web.Request, fault: Fault, process: Process) -> web.StreamResponse:
        await asyncio.sleep(fault.seconds)
        return self._answer(process())

    async def _accept_late(self, request: web.Request, fault: Fault, process: Process) -> web.StreamResponse:
        asyncio.get_running_loop().call_later(fault.seconds, process)
        return _cut(request)

    async def _refuse(self, _request: web.Request, fault: Fault, _process: Process) -> web.StreamResponse:
        return self._answer({"ok": False, "error": fault.error})


_SUFFERING: dict[str, Callable[[ApiRoutes, web.Request, Fault, Process], Awaitable[web.StreamResponse]]] = {
    "rate_limited": ApiRoutes._rate_limited,
    "rate_limited_badly": ApiRoutes._rate_limited_badly,
    "server_error_before": ApiRoutes._fail_before,
    "server_error_after": ApiRoutes._fail_after,
    "cut_before": ApiRoutes._cut_before,
    "cut_after": ApiRoutes._cut_after,
    "silent": ApiRoutes._keep_silent,
    "slow": ApiRoutes._be_slow,
    "accepted_late": ApiRoutes._accept_late,
    "error": ApiRoutes._refuse,
}


def _cut(request: web.Request) -> web.StreamResponse:
    if request.transport:
        request.transport.abort()
    return web.Response()


async def _read_body(request: web.Request) -> dict[str, Any]:
    """Read arguments from the query and from a form or JSON body; an empty JSON body is no arguments."""
    raw: dict[str, Any] = dict(request.query)
    if request.content_type == "application/json":
        text = await request.text()
        body = json.loads(text) if text.strip() else {}
        return raw | (body if isinstance(body, dict) else {})
    return raw | {name: value for name, value in (await request.post()).items() if isinstance(value, str)}


def _token(request: web.Request, raw: dict[str, Any]) -> str:
    header = request.headers.get("Authorization", "")
    return header.removeprefix("Bearer ") if header else str(raw.get("token", ""))
