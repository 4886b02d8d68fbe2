"""Run a practice workspace on loopback, in a thread of its own: Slack for the app, and a page for people."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from pathlib import Path
from typing import Any

from aiohttp import web

from bot.practice.api_routes import ApiRoutes
from bot.practice.http_carrier import HttpCarrier
from bot.practice.interactions import Interactions
from bot.practice.page_routes import PageRoutes
from bot.practice.post_office import EVENT_RETRY_SECONDS, PostOffice
from bot.practice.refusals import Json
from bot.practice.sockets import SocketCarrier
from bot.practice.workspace import Workspace

LOOPBACK = "127.0.0.1"
PAGE_DIR = Path(__file__).parent / "page"
MOST_BODY_BYTES = 20_000_000
_LOOPBACK_NAMES = {"127.0.0.1", "localhost", "::1"}
_SAFE_HEADERS = {
    "Content-Security-Policy": "default-src 'self'; img-src 'self' data:; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class PracticeServer:
    """Serve one workspace; `start` returns when it listens, `stop` when it no longer does."""

    def __init__(
        self,
        workspace: Workspace,
        port: int = 0,
        page_dir: Path | None = None,
        event_retry_seconds: Sequence[float] = EVENT_RETRY_SECONDS,
    ) -> None:
        """Prepare to serve; port 0 takes a free one."""
        self.workspace = workspace
        self.port = port
        self._page_dir = page_dir or PAGE_DIR
        self.sockets = SocketCarrier(workspace.identity.app_id, self._everybody_looks_again)
        self.post_office = PostOffice(self.sockets, workspace.faults, event_retry_seconds)
        self._loop: asyncio.AbstractEventLoop
        self._thread: threading.Thread
        self._runner: web.AppRunner | None = None
        self._page: PageRoutes | None = None

    @property
    def url(self) -> str:
        """Give the page's address."""
        return f"http://{LOOPBACK}:{self.port}"

    @property
    def api_url(self) -> str:
        """Give the Web API's address, with the slash slack_sdk wants."""
        return f"{self.url}/api/"

    def start(self) -> PracticeServer:
        """Listen on loopback; raises OSError when the port is taken."""
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="practice-workspace", daemon=True)
        self._thread.start()
        try:
            self.run(self._listen())
        except OSError:
            self.stop()
            raise
        return self

    def stop(self) -> None:
        """Close every connection and stop."""
        self.run(self._close())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(timeout=5)
        self._loop.close()

    def __enter__(self) -> PracticeServer:
        """Start."""
        return self.start()

    def __exit__(self, *_reason: object) -> None:
        """Stop."""
        self.stop()

    def deliver_http(self, url: str, signing_secret: str) -> None:
        """Deliver by signed HTTP posts to the app's request URL from now on, instead of Socket Mode."""
        self.post_office.carrier = HttpCarrier(url, signing_secret)

    def refresh_sockets(self, *, keep_open_seconds: float = 0.0, reason: str = "refresh_requested") -> None:
        """Ask the app to make its Socket Mode connections anew."""
        self.run(self.sockets.refresh(keep_open_seconds=keep_open_seconds, reason=reason))

    def drop_sockets(self) -> None:
        """Cut the app's Socket Mode connections; it may connect again at once."""
        self.run(self.sockets.drop())

    def cut_off(self) -> None:
        """Cut the app's Socket Mode connections and take no new ones until `let_back`."""
        self.sockets.is_open = False
        self.drop_sockets()

    def let_back(self) -> None:
        """Take Socket Mode connections again."""
        self.sockets.is_open = True

    def run(self, work: Coroutine[Any, Any, None]) -> None:
        """Run something on the server's own loop and wait for it."""
        asyncio.run_coroutine_threadsafe(work, self._loop).result(timeout=30)

    async def _listen(self) -> None:
        app = web.Application(middlewares=[_guard], client_max_size=MOST_BODY_BYTES)
        is_connected = self._is_connected
        self._page = PageRoutes(self.workspace, Interactions(self.workspace, self.post_office), is_connected)
        ApiRoutes(self.workspace, self.sockets.issue_ticket).add_to(app)
        self._page.add_to(app)
        app.router.add_get("/link/{ticket}", self.sockets.serve)
        self._add_static(app)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, LOOPBACK, self.port)
        await site.start()
        self.port = self._runner.addresses[0][1]
        self.workspace.base_url = self.url
        self.workspace.event_outlet = self._send_event

    def _add_static(self, app: web.Application) -> None:
        async def index(_request: web.Request) -> web.StreamResponse:
            return web.FileResponse(self._page_dir / "index.html")

        app.router.add_get("/", index)
        if self._page_dir.is_dir():
            app.router.add_static("/", self._page_dir)

    async def _close(self) -> None:
        if self.workspace.event_outlet == self._send_event:
            self.workspace.event_outlet = None
        if self._page:
            self._page.stop()
        await self.post_office.stop()
        await self.sockets.drop()
        if self._runner:
            await self._runner.cleanup()

    def _send_event(self, payload: Json) -> None:
        asyncio.run_coroutine_threadsafe(self.post_office.send_event(payload), self._loop)

    def _is_connected(self) -> bool:
        return self.post_office.carrier.is_connected

    def _everybody_looks_again(self) -> None:
        with self.workspace.lock:
            self.workspace.touch(*self.workspace.members)


@web.middleware
async def _guard(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Refuse other hosts (DNS rebinding) and foreign pages' posts to the page's protocol (CSRF)."""
    if request.url.host not in _LOOPBACK_NAMES:
        raise web.HTTPForbidden(text="This workspace only answers on this computer.")
    is_page = request.path.startswith("/practice/")
    if is_page and request.method == "POST" and request.headers.get("X-Practice") != "1":
        raise web.HTTPForbidden(text="This came from another page.")
    response = await handler(request)
    if not response.prepared:
        response.headers.update({name: text for name, text in _SAFE_HEADERS.items() if name not in response.headers})
    return response
