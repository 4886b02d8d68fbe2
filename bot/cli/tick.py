"""handrail tick."""

from datetime import datetime
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from bot.settings import Settings


@click.command("tick")
@click.option("--at", "at_words", metavar="ISO", help="As if it were this moment, like 2026-12-01T09:00+00:00.")
@click.option("--dry-run", is_flag=True, help="Show what would be sent; send and change nothing.")
def command(at_words: str | None, dry_run: bool) -> None:
    """Send once what is due, then stop: for a timer in place of `handrail run`."""
    from bot.app import assemble
    from bot.clock import SetClock, clock_from_setting
    from bot.delivery.lock import SenderLock
    from bot.opening import open_database, refuse_unconfirmed
    from bot.settings import hide_secrets, read_settings

    settings = read_settings()
    hide_secrets()
    clock = clock_from_setting(settings.handrail_clock, loopback=settings.is_practice)
    if at_words:
        clock = SetClock(_moment(at_words))
    if dry_run:
        _rehearse(settings, clock.now())
        return
    settings.needed("SLACK_BOT_TOKEN")
    refuse_unconfirmed(settings)
    with SenderLock(settings.handrail_database_url):
        database = open_database(settings)
        service = assemble(
            database=database,
            clock=clock,
            token=settings.slack_bot_token,
            signing_secret=settings.slack_signing_secret,
            base_url=settings.slack_api_url,
        )
        tried = service.engine.run_until(clock.now())
        service.engine.reconcile()
        refused = service.engine.stopped_by
        database.close()
    if refused:
        raise click.ClickException(f"Slack lets nothing through ({refused}). `handrail doctor` says what to do.")
    click.echo(f"Tried {tried} {'message' if tried == 1 else 'messages'}.")


def _rehearse(settings: "Settings", now: datetime) -> None:
    from bot.cli.forecast import look_ahead, say_table
    from bot.opening import open_database

    database = open_database(settings)
    click.echo(say_table(look_ahead(database, now=now, until=now)), nl=False)
    database.close()


def _moment(words: str) -> datetime:
    try:
        found = datetime.fromisoformat(words)
    except ValueError:
        found = None
    if found is None or found.tzinfo is None:
        raise click.BadParameter("write a moment with its zone, like 2026-12-01T09:00+00:00.", param_hint="--at")
    return found
