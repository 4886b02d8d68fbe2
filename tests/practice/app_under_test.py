"""A small real Bolt app, connected to a practice workspace over Socket Mode, for the workspace's own tests."""

from __future__ import annotations

import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from slack_bolt import App
from slack_bolt.adapter.socket_mode.aiohttp import SocketModeHandler
from slack_bolt.adapter.socket_mode.async_internals import send_async_response
from slack_bolt.adapter.socket_mode.internals import run_bolt_app
from slack_sdk import WebClient
from slack_sdk.socket_mode.request import SocketModeRequest
from slack_sdk.web.async_client import AsyncWebClient

from bot.practice import APP_TOKEN, BOT_TOKEN, SIGNING_SECRET, PracticeServer

MANIFEST: dict[str, Any] = {
    "display_information": {"name": "Notebook"},
    "features": {
        "app_home": {"home_tab_enabled": True, "messages_tab_enabled": True},
        "bot_user": {"display_name": "Notebook"},
        "slash_commands": [
            {"command": "/note", "description": "Write a note", "usage_hint": "[for @person]", "should_escape": True},
            {"command": "/plain", "description": "Say it back"},
        ],
        "shortcuts": [{"name": "New note", "type": "global", "callback_id": "new_note", "description": "Write one"}],
    },
    "oauth_config": {
        "scopes": {
            "bot": ["commands", "chat:write", "im:write", "im:history", "users:read", "users:read.email"],
            "bot_optional": ["files:write", "files:read"],
        }
    },
    "settings": {
        "event_subscriptions": {"bot_events": ["app_home_opened", "message.im", "user_change"]},
        "interactivity": {"is_enabled": True},
        "socket_mode_enabled": True,
    },
}


def new_app(server: PracticeServer) -> App:
    """Make an empty app that talks to a practice workspace; posts are not retried."""
    client = WebClient(token=BOT_TOKEN, base_url=server.api_url, retry_handlers=[], timeout=5)
    return App(client=client, signing_secret=SIGNING_SECRET, process_before_response=True)


class ThreadedHandler(SocketModeHandler):
    """Answer each envelope in a thread of its own, so that a slow one holds up no other."""

    async def handle(self, client: Any, req: SocketModeRequest) -> None:
        """Run the app on one envelope and send its answer."""
        pool: ThreadPoolExecutor = self.pool
        answer = await asyncio.get_running_loop().run_in_executor(pool, run_bolt_app, self.app, req)
        await send_async_response(client, req, answer, 0.0)


class Connection:
    """Keep an app connected over Socket Mode from a thread of its own."""

    def __init__(self, app: App, server: PracticeServer) -> None:
        self._app, self._server = app, server
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._pool = ThreadPoolExecutor(8)

    def open(self) -> Connection:
        """Connect; return when the workspace has said hello."""
        self._thread.start()
        asyncio.run_coroutine_threadsafe(self._connect(), self._loop).result(timeout=10)
        return self

    def close(self) -> None:
        """Disconnect and stop the thread."""
        asyncio.run_coroutine_threadsafe(self._disconnect(), self._loop).result(timeout=10)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(timeout=5)
        self._loop.close()
        self._pool.shutdown()

    async def _connect(self) -> None:
        web_client = AsyncWebClient(token=BOT_TOKEN, base_url=self._server.api_url)
        self._handler = ThreadedHandler(self._app, APP_TOKEN, web_client=web_client)
        self._handler.pool = self._pool
        await self._handler.connect_async()

    async def _disconnect(self) -> None:
        await self._handler.client.close()
        rest = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        for task in rest:
            task.cancel()
        await asyncio.gather(*rest, return_exceptions=True)
