"""handrail run: serve a real workspace until it is told to stop."""

import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING

import click

from bot.cli.stopping import Stopped

if TYPE_CHECKING:
    from bot.app import Handrail
    from bot.clock import Clock, SetClock
    from bot.health import Health
    from bot.settings import Settings

TICK_EVERY = 20.0  # seconds
_LOOK_AT_CLOCK_EVERY = 0.3  # seconds


@click.command("run")
@click.option("--http", metavar="HOST:PORT", help="Take Slack's requests over HTTP at /slack/events, not Socket Mode.")
def command(http: str | None) -> None:
    """Serve a real Slack workspace: Socket Mode, or HTTP behind your own web server.

    Stops within a second on Ctrl-C or SIGTERM; nothing is lost or said twice by stopping.
    """
    from bot import logs
    from bot.settings import hide_secrets, read_settings

    settings = read_settings()
    hide_secrets()
    settings.needed("SLACK_BOT_TOKEN", "SLACK_SIGNING_SECRET" if http else "SLACK_APP_TOKEN")
    logs.set_up()
    with serving(settings, http):
        click.echo("Handrail is running. Stop it with Ctrl-C.")
        try:
            threading.Event().wait()
        except Stopped:
            click.echo("Handrail has stopped.")


@contextmanager
def serving(settings: "Settings", http: str | None) -> Iterator[None]:
    """Start everything, in order, and stop it in the reverse."""
    from bot.app import assemble
    from bot.clock import SetClock, clock_from_setting
    from bot.daily import Daily
    from bot.delivery.lock import SenderLock
    from bot.health import Health
    from bot.opening import open_database, refuse_unconfirmed

    given = clock_from_setting(settings.handrail_clock, loopback=settings.is_practice)
    clock = SetClock(given.now()) if settings.handrail_clock else given
    with ExitStack() as until_stopped:
        until_stopped.enter_context(SenderLock(settings.handrail_database_url))
        database = open_database(settings)
        until_stopped.callback(database.close)
        refuse_unconfirmed(settings)
        service = assemble(
            database=database,
            clock=clock,
            token=settings.slack_bot_token,
            signing_secret=settings.slack_signing_secret,
            base_url=settings.slack_api_url,
        )
        metronome = service.engine.start(interval=TICK_EVERY)
        until_stopped.callback(service.engine.stop, within=0.3)
        until_stopped.callback(metronome.stop)
        if isinstance(clock, SetClock):
            _follow(service, clock, given, until_stopped)
        daily = Daily(database, clock, settings.folder / "audit-heads.log", service.client)
        daily.start()
        until_stopped.callback(daily.stop)
        health = Health(database, metronome, clock, service.engine)
        _start_doors(settings, http, service, health, until_stopped)
        yield


def _follow(service: "Handrail", clock: "SetClock", given: "Clock", until_stopped: ExitStack) -> None:
    """Follow a clock that somebody else moves: step by step, within a second of its change."""
    from bot.delivery.driver import Driver

    driver, stopping = Driver(service.engine, clock), threading.Event()

    def follow() -> None:
        while not stopping.wait(_LOOK_AT_CLOCK_EVERY):
            driver.follow(given)

    threading.Thread(target=follow, name="clock", daemon=True).start()
    until_stopped.callback(stopping.set)


def _start_doors(
    settings: "Settings", http: str | None, service: "Handrail", health: "Health", until_stopped: ExitStack
) -> None:
    from bot.health import HealthPages
    from bot.serving import HttpServer, SocketServer, WebServer
    from bot.settings import read_address

    watched = WebServer(
        HealthPages(health),
        *read_address("HANDRAIL_HEALTH", settings.handrail_health),
        setting="HANDRAIL_HEALTH",
        threads=2,
    )
    watched.start()
    until_stopped.callback(watched.stop)
    if http:
        secret = settings.slack_signing_secret
        web = HttpServer(service.app, *_http_address(http), signing_secret=secret, health=health)
        web.start()
        until_stopped.callback(web.stop)
        return
    socket = SocketServer(service.app, service.client, settings.slack_app_token)
    until_stopped.callback(socket.stop)
    if not socket.start():
        click.echo("Slack has not answered yet; I keep trying. `handrail doctor` says what may be wrong.", err=True)


def _http_address(written: str) -> tuple[str, int]:
    from bot.settings import read_address

    try:
        return read_address("--http", written)
    except ValueError as why:
        raise click.BadParameter(str(why), param_hint="--http") from None
