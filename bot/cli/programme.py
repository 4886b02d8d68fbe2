"""handrail programme: list, show, check."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bot.cli import DONE, NOT_DONE
from bot.clock import SystemClock

if TYPE_CHECKING:
    from bot.programmes.programme import Programme


@click.group("programme")
def command() -> None:
    """List, show and check programmes."""


@command.command("list")
def list_programmes() -> None:
    """List the built-in programmes and those of HANDRAIL_PROGRAMMES."""
    from bot.programmes.report import list_lines

    for line in list_lines(known_programmes()):
        click.echo(line)


@command.command("show")
@click.argument("key")
@click.option("--format", "how", type=click.Choice(["text", "json"]), default="text", show_default=True)
def show(key: str, how: str) -> None:
    """Show one programme: what it asks, of whom, and when."""
    from bot.programmes.faults import nearest
    from bot.programmes.report import show_json, show_text

    known = known_programmes()
    if key not in known:
        raise click.ClickException(
            f'There is no programme "{key}".{nearest(key, known)} See `handrail programme list`.'
        )
    if how == "json":
        click.echo(json.dumps(show_json(known[key]), indent=2, ensure_ascii=False))
    else:
        click.echo(show_text(known[key], start=SystemClock().now().date()))


@command.command("check")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
def check(files: tuple[Path, ...]) -> int:
    """Check programme files, and say everything that is wrong, each with its line."""
    from bot.programmes.report import check_lines

    faults = [line for file in files for line in check_lines(file)]
    for fault in faults:
        click.echo(fault)
    if faults:
        click.echo(f"{len(faults)} to mend; nothing was changed.", err=True)
        return NOT_DONE
    click.echo("No faults." if len(files) == 1 else f"No faults in {len(files)} files.")
    return DONE


def known_programmes() -> "Mapping[str, Programme]":
    """Return the built-in programmes and the organisation's own; its own win."""
    from bot.programmes.loader import built_in, local
    from bot.settings import read_settings

    folder = read_settings().handrail_programmes
    return {**built_in(), **(local(Path(folder)) if folder else {})}
