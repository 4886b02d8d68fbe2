"""handrail db: upgrade, backup, restore, verify."""

from pathlib import Path

import click

from bot.cli import NOT_DONE
from bot.clock import SystemClock
from bot.settings import LAST_BACKUP, read_settings


@click.group("db")
def command() -> None:
    """Look after the database."""


@command.command("upgrade")
def upgrade() -> None:
    """Bring the tables up to date, all or nothing. An SQLite database is copied to var/backups first."""
    from bot.delivery.lock import SenderLock
    from storage import schema

    settings = read_settings()
    stamp = f"{SystemClock().now():%Y-%m-%dT%H%M%SZ}"
    backup = settings.folder / "backups" / f"before-upgrade-{stamp}.db"
    with SenderLock(settings.handrail_database_url):
        changed = schema.upgrade(settings.handrail_database_url, backup=backup)
    click.echo("The database is up to date." if changed else "The database was up to date already.")
    if backup.exists():
        click.echo(f"The database as it was before is in {backup}.")


@command.command("backup")
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
def backup(folder: Path) -> None:
    """Copy data and keyring into FOLDER, apart from each other, while Handrail runs.

    Keep the two in different places: together they can be read by whoever also has the master key.
    """
    from storage import upkeep

    settings = read_settings()
    made = upkeep.back_up(
        settings.handrail_database_url,
        settings.handrail_keyring_url,
        folder,
        at=SystemClock().now(),
        keep_keys_days=settings.handrail_keyring_keep_days,
    )
    settings.folder.mkdir(exist_ok=True)
    (settings.folder / LAST_BACKUP).write_text(f"{SystemClock().now().isoformat(timespec='seconds')}\n")
    click.echo(f"Data:    {made.data}\nKeyring: {made.keys}")
    for old in made.removed:
        click.echo(f"Removed: {old} (keyring copies are kept {settings.handrail_keyring_keep_days} days)")


@command.command("restore")
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
def restore(folder: Path) -> None:
    """Put the newest backup in FOLDER in the place of the database. What was erased since stays erased."""
    from bot.delivery.lock import SenderLock
    from bot.opening import open_database
    from storage import upkeep

    settings = read_settings()
    with SenderLock(settings.handrail_database_url):
        done = upkeep.restore(
            folder, settings.handrail_database_url, settings.handrail_keyring_url, at=SystemClock().now()
        )
    open_database(settings).close()
    click.echo(f"Restored the backup of {done.made_at:%d %b %Y, %H:%M} UTC.")
    if done.set_aside:
        click.echo(f"The database as it was before is in {done.set_aside}.")
    if done.erased:
        click.echo(f"Texts of {done.erased} erased owners stay erased.")


@command.command("verify")
def verify() -> int:
    """Check integrity, the audit chain and the due rows. Changes nothing."""
    from bot.opening import open_database
    from bot.verifying import verify_all

    settings = read_settings()
    database = open_database(settings)
    findings = verify_all(database, heads=settings.folder / "audit-heads.log", now=SystemClock().now())
    for finding in findings:
        click.echo(f"{'ok ' if finding.ok else '!! '} {finding.says}")
    database.close()
    return 0 if all(finding.ok for finding in findings) else NOT_DONE
