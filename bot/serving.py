"""How Slack reaches the app: Socket Mode, or HTTP behind the organisation's own web server. One app for both."""

import asyncio
import logging
import socket
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from slack_bolt import App
from slack_sdk import WebClient

from bot.errors import BadSetting
from bot.http_door import Health, slack_door
from bot.settings import is_loopback

if TYPE_CHECKING:
    from slack_sdk.socket_mode.aiohttp import SocketModeClient
    from slack_sdk.socket_mode.request import SocketModeRequest

THREADS = 20  # five busy listeners of a smaller pool missed acknowledgements (slack-rules section 22)
_PING = 5.0  # seconds
_STOP = 0.7  # seconds: SIGTERM ends everything within one
_log = logging.getLogger("handrail.serving")


class SocketServer:
    """Socket Mode: aiohttp keeps the connection, threads run the listeners.

    Bolt's other clients lost envelopes when Slack refreshed the socket, or left gaps (slack-rules section 22).
    """

    def __init__(self, app: App, client: WebClient, app_token: str) -> None:
        self._app, self._client, self._app_token = app, client, app_token
        self._loop = asyncio.new_event_loop()
        self._pool = ThreadPoolExecutor(THREADS, thread_name_prefix="listener")
        self._thread = threading.Thread(target=self._run, name="socket-mode", daemon=True)
        self._ready = threading.Event()
        self._socket: SocketModeClient | None = None

    def start(self, wait: float = 10.0) -> bool:
        """Connect; return whether it happened within `wait` seconds. It keeps trying either way."""
        self._thread.start()
        return self._ready.wait(wait)

    def stop(self) -> None:
        """Let go of the connection within a second."""
        if self._loop.is_running():
            closing = asyncio.run_coroutine_threadsafe(self._close(), self._loop)
            try:
                closing.result(_STOP)
            except TimeoutError:
                _log.warning("the connection to Slack did not close in time; it is left")
            self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(_STOP)
        if not self._loop.is_running():
            self._loop.close()
        self._pool.shutdown(wait=False, cancel_futures=True)

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        connecting = self._loop.create_task(self._connect())
        self._loop.run_forever()
        del connecting  # held until here, for the loop itself holds tasks only weakly

    async def _connect(self) -> None:
        from slack_sdk.socket_mode.aiohttp import SocketModeClient
        from slack_sdk.web.async_client import AsyncWebClient

        base_url = self._client.base_url
        web = AsyncWebClient(token=self._app_token, base_url=base_url)
        self._socket = SocketModeClient(
            self._app_token, logging.getLogger("slack_sdk.socket_mode"), web, ping_interval=_PING
        )
        if is_loopback(urlsplit(base_url).hostname or ""):
            self._socket.proxy = web.proxy = None  # the async clients ignore NO_PROXY
        self._socket.socket_mode_request_listeners.append(self._answer)  # type: ignore[arg-type]  # asks less of its client
        await self._socket.connect()  # type: ignore[no-untyped-call]  # the SDK leaves it untyped
        self._ready.set()

    async def _answer(self, socket: "SocketModeClient", request: "SocketModeRequest") -> None:
        from slack_bolt.adapter.socket_mode.async_internals import send_async_response
        from slack_bolt.adapter.socket_mode.internals import run_bolt_app

        started = time.time()
        response = await self._loop.run_in_executor(self._pool, run_bolt_app, self._app, request)
        await send_async_response(socket, request, response, started)

    async def _close(self) -> None:
        if self._socket:
            await self._socket.close()  # type: ignore[no-untyped-call]  # the SDK leaves it untyped


class WebServer:
    """A WSGI application on waitress, in a thread of its own."""

    def __init__(self, wsgi: Callable[..., Any], host: str, port: int, *, setting: str, threads: int = THREADS) -> None:
        self._wsgi, self._host, self._port = wsgi, host, port
        self._setting, self._threads = setting, threads
        self._server: Any = None

    def start(self) -> None:
        """Listen. Raises BadSetting, naming the setting, when the address cannot be had."""
        import waitress

        try:
            listening = socket.create_server((self._host, self._port))
        except OSError as why:
            mend = f"{self._host}:{self._port} cannot be used ({why.strerror}). Choose another address or port."
            raise BadSetting(self._setting, mend) from None
        self._server = waitress.create_server(
            self._wsgi, sockets=[listening], threads=self._threads, ident="handrail", clear_untrusted_proxy_headers=True
        )
        self._thread = threading.Thread(target=self._server.run, name=f"web-{self.port}", daemon=True)
        self._thread.start()

    @property
    def port(self) -> int:
        """Return the port it listens on, also where 0 let the machine choose."""
        return int(self._server.effective_port)

    def stop(self) -> None:
        """Stop listening, and let go of every connection."""
        from waitress import wasyncore

        everything = self._server._map
        self._server.trigger.pull_trigger(lambda: wasyncore.close_all(everything, ignore_all=True))  # in its own thread
        self._thread.join(_STOP)
        self._server.task_dispatcher.shutdown(timeout=_STOP)


class HttpServer(WebServer):
    """Slack's requests over HTTP: POST /slack/events, and GET /healthz. Nothing else is there."""

    def __init__(self, app: App, host: str, port: int, *, signing_secret: str, health: Health) -> None:
        super().__init__(slack_door(app, signing_secret, health), host, port, setting="--http")
