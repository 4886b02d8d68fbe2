"""handrail doctor."""

import click

from bot.cli import NOT_DONE


@click.command("doctor")
def command() -> int:
    """Check tokens, scopes, channels, manifest, database, keys, clock and backup, and say how to mend each.

    Changes nothing. Exit code 1 when anything needs mending.
    """
    from bot.doctor import examine
    from bot.settings import read_settings

    wrong = 0
    for finding in examine(read_settings()):
        click.echo(f"{'ok ' if finding.ok else '!! '} {finding.says}")
        wrong += not finding.ok
    click.echo("All is well." if not wrong else f"{wrong} to mend.")
    return NOT_DONE if wrong else 0
