"""handrail keys: new, confirm, rotate, drill."""

import sys

import click

from bot.errors import BadSetting
from bot.settings import read_settings

_SHEET = """
RECOVERY SHEET — print this page, and keep it where a fire or a thief that takes the server does not take it too

  HANDRAIL_ENCRYPTION_KEYS={encryption}
  HANDRAIL_AUDIT_KEYS={audit}

  Check word: {word}

What is sealed with these keys can be opened with them alone. A lost key cannot be recovered by anyone: not by whoever
made Handrail, not by Slack, not from a backup. Whoever holds both the database and the first key can read everything,
so let two people hold them apart: one the server, one this sheet.
Prove once a year that this sheet works: handrail keys drill"""


@click.group("keys")
def command() -> None:
    """Make keys, confirm the recovery sheet, rotate, drill."""


@command.command("new")
def new() -> None:
    """Make keys and their recovery sheet. Keys in use stay behind the new ones, for what they have sealed."""
    from bot.keys import check_word, new_keys, read_keys
    from bot.opening import read_both_keys

    settings = read_settings()
    try:
        masters, audit = read_both_keys(settings)
        number = max(*masters, *audit) + 1
    except BadSetting:
        if settings.handrail_encryption_keys or settings.handrail_audit_keys:
            raise
        masters, audit, number = {}, {}, 1
    made = new_keys(number)
    encryption = _joined(made.encryption, masters)
    audit_line = _joined(made.audit, audit)
    word = check_word(read_keys("new", encryption), read_keys("new", audit_line))
    click.echo("Put these two lines into .env (in place of those that are there), and nowhere else:\n", err=True)
    click.echo(f"HANDRAIL_ENCRYPTION_KEYS={encryption}\nHANDRAIL_AUDIT_KEYS={audit_line}")
    click.echo(_SHEET.format(encryption=encryption, audit=audit_line, word=word))
    click.echo("\nThen: handrail keys confirm" + (" and handrail keys rotate" if masters else ""), err=True)


@command.command("confirm")
@click.argument("word", required=False)
def confirm(word: str | None) -> None:
    """Tell the check word that stands on the printed sheet. Until then `handrail run` does not start."""
    from bot.keys import confirm as note
    from bot.opening import read_both_keys

    settings = read_settings()
    masters, audit = read_both_keys(settings)
    note(settings.folder, word or click.prompt("Check word on the sheet"), masters, audit)
    click.echo("Confirmed. Keep the sheet safe.")


@command.command("rotate")
def rotate() -> None:
    """Wrap every person's key under the newest master key. Stopping half way loses nothing: run it again."""
    from bot.opening import open_database

    database = open_database(read_settings())
    while left := database.keyring.rewrap_all():
        click.echo(f"{left} left …")
    database.close()
    click.echo("Every key hangs on the newest master key now. Older copies of the keyring still need the older one.")


@command.command("drill")
def drill() -> None:
    """Prove that the sheet works: type its first line, and a sealed row is opened with it. Nothing of it is shown."""
    from bot.opening import open_with
    from storage.drill import open_something

    settings = read_settings()
    typed = _typed("HANDRAIL_ENCRYPTION_KEYS as on the sheet")
    database = open_with(settings, typed)
    with database.reading() as db:
        opened = open_something(db)
    database.close()
    if opened:
        click.echo(f"The sheet works: it opened a sealed row of “{opened}”.")
    else:
        click.echo("Nothing is sealed yet, so nothing could be proved. Run this again next month.")


def _typed(question: str) -> str:
    """Ask without showing what is typed; take a line from a pipe as it comes."""
    if sys.stdin.isatty():
        answer: str = click.prompt(question, hide_input=True)
        return answer
    return sys.stdin.readline().strip()


def _joined(first: str, others: dict[int, bytes]) -> str:
    from bot.keys import written

    return ",".join([first, *(written(number, others[number]) for number in sorted(others, reverse=True))])
