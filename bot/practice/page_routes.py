"""Serve the page's own protocol: what a person sees, what they do, the clock, faults and the ledger."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any

from aiohttp import web

from bot.practice.interactions import Interactions
from bot.practice.page_state import conversation_messages, people_state, person_state
from bot.practice.refusals import Json, NotPossibleError, RefusedError
from bot.practice.switches import apply_fault, list_switches
from bot.practice.workspace import Workspace

KEEP_ALIVE_SECONDS = 15.0
Act = Callable[[Json], Awaitable[Json]]


class PageRoutes:
    """Answer the page."""

    def __init__(self, workspace: Workspace, interactions: Interactions, is_connected: Callable[[], bool]) -> None:
        """Show a workspace and act in it."""
        self._workspace = workspace
        self._interactions = interactions
        self._is_connected = is_connected
        self._closing = asyncio.Event()
        self._acts: dict[str, Act] = {
            "command": self._command,
            "say": self._say,
            "home": self._home,
            "shortcut": self._shortcut,
            "press": self._press,
            "submit": self._submit,
            "close": self._close,
            "suggest": self._suggest,
        }

    def add_to(self, app: web.Application) -> None:
        """Add the routes to an application."""
        app.router.add_get("/practice/people", self.people)
        app.router.add_get("/practice/state", self.state)
        app.router.add_get("/practice/messages", self.messages)
        app.router.add_get("/practice/events", self.events)
        app.router.add_get("/practice/file/{file_id}", self.file)
        app.router.add_get("/practice/faults", self.faults)
        app.router.add_get("/practice/accepted", self.accepted)
        app.router.add_post("/practice/act", self.act)
        app.router.add_post("/practice/clock", self.move_clock)
        app.router.add_post("/practice/fault", self.fault)

    def stop(self) -> None:
        """Let the open event streams end."""
        self._closing.set()

    async def people(self, _request: web.Request) -> web.Response:
        """List everybody."""
        return web.json_response(people_state(self._workspace, app_connected=self._is_connected()))

    async def state(self, request: web.Request) -> web.Response:
        """Tell what one person sees."""
        person_id = self._person_id(request)
        return web.json_response(person_state(self._workspace, person_id, app_connected=self._is_connected()))

    async def messages(self, request: web.Request) -> web.Response:
        """List what one person sees in a conversation."""
        person_id = self._person_id(request)
        found = conversation_messages(self._workspace, person_id, request.query.get("channel", ""))
        return web.json_response({"messages": found})

    async def file(self, request: web.Request) -> web.Response:
        """Give a file to a person who is in a conversation it was shared in, or whose own it is."""
        person_id, files = self._person_id(request), self._workspace.files
        try:
            file = files.find(request.match_info["file_id"])
        except RefusedError:
            raise web.HTTPNotFound from None
        joined = {one.id for one in self._workspace.conversations_of(person_id)}
        if file.owner != person_id and not joined & file.shares.keys():
            raise web.HTTPNotFound
        return web.Response(body=file.content, content_type="application/octet-stream")

    async def faults(self, _request: web.Request) -> web.Response:
        """List the faults there are."""
        return web.json_response(list_switches(self._workspace))

    async def accepted(self, _request: web.Request) -> web.Response:
        """List everything accepted."""
        with self._workspace.lock:
            return web.json_response([one.as_json() for one in self._workspace.accepted])

    async def events(self, request: web.Request) -> web.StreamResponse:
        """Send a line whenever what one person sees changes."""
        person_id = self._person_id(request)
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream", "Cache-Control": "no-store"})
        await response.prepare(request)
        changed, loop = asyncio.Event(), asyncio.get_running_loop()

        def notice(who: str) -> None:
            if who == person_id and not loop.is_closed():
                loop.call_soon_threadsafe(changed.set)

        stop = self._workspace.watch(notice)
        try:
            await self._stream(response, person_id, changed)
        except ConnectionError:
            pass  # the page was closed: there is nobody left to tell
        finally:
            stop()
        return response

    async def _stream(self, response: web.StreamResponse, person_id: str, changed: asyncio.Event) -> None:
        while not self._closing.is_set():
            version = self._workspace.versions.get(person_id, 0)
            await response.write(f"data: {json.dumps({'version': version})}\n\n".encode())
            while not await _any_set(KEEP_ALIVE_SECONDS, changed, self._closing):
                await response.write(b": still here\n\n")
            changed.clear()

    async def act(self, request: web.Request) -> web.Response:
        """Do what a person does."""
        asked = await _read_json(request)
        try:
            answer = await self._acts[asked["kind"]](asked)
        except NotPossibleError as reason:
            return web.json_response({"ok": False, "error": str(reason)})
        except (KeyError, TypeError, ValueError) as wrong:
            return web.json_response({"ok": False, "error": f"Something is missing or wrong: {wrong}."}, status=400)
        return web.json_response({"ok": True, **answer})

    async def move_clock(self, request: web.Request) -> web.Response:
        """Move the clock; the app may do a lot of work meanwhile, so not on the loop it is served by."""
        asked = await _read_json(request)
        to = datetime.fromisoformat(asked["to"]) if asked.get("to") else None
        if to is not None and to.tzinfo is None:
            return web.json_response({"ok": False, "error": "Give the moment with its offset."}, status=400)
        steps, what = await asyncio.to_thread(self._workspace.move_clock, asked.get("step", "next"), to)
        now = self._workspace.clock.now().isoformat()
        return web.json_response({"ok": True, "now": now, "steps": steps, "what": what})

    async def fault(self, request: web.Request) -> web.Response:
        """Switch a fault on."""
        try:
            apply_fault(self._workspace, await _read_json(request))
        except NotPossibleError as reason:
            return web.json_response({"ok": False, "error": str(reason)})
        return web.json_response({"ok": True})

    def _person_id(self, request: web.Request) -> str:
        person_id = request.query.get("person", "")
        if person_id not in self._workspace.members:
            raise web.HTTPNotFound(text="There is nobody with that id in this workspace.")
        return person_id

    async def _command(self, asked: Json) -> Json:
        await self._interactions.command(asked["person"], asked["channel"], asked["text"])
        return {}

    async def _say(self, asked: Json) -> Json:
        await self._interactions.say(asked["person"], asked["channel"], asked["text"])
        return {}

    async def _home(self, asked: Json) -> Json:
        await self._interactions.home(asked["person"])
        return {}

    async def _shortcut(self, asked: Json) -> Json:
        await self._interactions.shortcut(asked["person"], asked["callback_id"])
        return {}

    async def _press(self, asked: Json) -> Json:
        key = (asked["block_id"], asked["action_id"])
        await self._interactions.press(asked["person"], asked["where"], key, asked.get("value"), asked.get("values"))
        return {}

    async def _submit(self, asked: Json) -> Json:
        await self._interactions.submit(asked["person"], asked["view_id"], asked.get("values") or {})
        return {}

    async def _close(self, asked: Json) -> Json:
        await self._interactions.close(asked["person"], asked["view_id"], everything=bool(asked.get("all")))
        return {}

    async def _suggest(self, asked: Json) -> Json:
        key = (asked["block_id"], asked["action_id"])
        return await self._interactions.suggest(asked["person"], asked["where"], key, asked.get("query", ""))


async def _read_json(request: web.Request) -> dict[str, Any]:
    try:
        body = await request.json()
    except ValueError:
        raise web.HTTPBadRequest(text="The body is not JSON.") from None
    if not isinstance(body, dict):
        raise web.HTTPBadRequest(text="The body is not an object.")
    return body


async def _any_set(seconds: float, *events: asyncio.Event) -> bool:
    waits = [asyncio.ensure_future(event.wait()) for event in events]
    try:
        done, _ = await asyncio.wait(waits, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        return bool(done)
    finally:
        for wait in waits:
            wait.cancel()
