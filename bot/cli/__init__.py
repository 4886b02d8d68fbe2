"""The operator's commands. Each is imported only when it is asked for, so that `handrail --help` comes at once."""

import contextlib
import os
import sys
from collections.abc import Sequence
from importlib import import_module

import click

from bot.cli import stopping

DONE, NOT_DONE, WRONG_USAGE, ALREADY_RUNNING, NOT_SET_UP = range(5)

_COMMANDS = {
    "demo": ("bot.cli.demo", "Try it with no Slack account: a practice workspace on this computer."),
    "run": ("bot.cli.run", "Serve a real Slack workspace."),
    "tick": ("bot.cli.tick", "Send once what is due, then stop."),
    "forecast": ("bot.cli.forecast", "Show everything that would be sent, and why. Sends nothing."),
    "doctor": ("bot.cli.doctor", "Check everything, and say how to mend it."),
    "programme": ("bot.cli.programme", "List, show and check programmes."),
    "import": ("bot.cli.imports", "Read people, leave, closures, training and sessions from CSV files."),
    "db": ("bot.cli.db", "Upgrade, back up, restore and verify the database."),
    "keys": ("bot.cli.keys", "Make keys, confirm the recovery sheet, rotate, drill."),
}


class Handrail(click.Group):
    """The commands by name; only the one that is asked for is imported."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names in the order people meet them."""
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import one command."""
        if cmd_name not in _COMMANDS:
            return None
        command: click.Command = import_module(_COMMANDS[cmd_name][0]).command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands without importing any."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, says) for name, (_, says) in _COMMANDS.items()])


@click.command(cls=Handrail, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="handrail", prog_name="handrail")
def handrail() -> None:
    """Supervision and mentoring programmes in Slack, on your own server.

    Settings come from the environment or a .env file; see .env.example. New here? Run `handrail demo`.
    """


def main(args: Sequence[str] | None = None) -> None:
    """Run one command and leave with its exit code: 0 done, 1 not done, 2 usage, 3 already running, 4 not set up."""
    os.umask(0o077)
    stopping.end_within_a_second()
    code = run_command(args)
    with contextlib.suppress(BrokenPipeError):  # whoever read the output has seen enough
        sys.stdout.flush()
        sys.stderr.flush()
    os._exit(code)  # everything is put away by now; taking the interpreter apart takes longer than the whole stop


def run_command(args: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code. What went wrong is one sentence on stderr, never a traceback."""
    try:
        return handrail.main(args, prog_name="handrail", standalone_mode=False) or DONE
    except click.ClickException as wrong:
        wrong.show()
        return wrong.exit_code
    except click.Abort:
        return NOT_DONE
    except stopping.Stopped as stopped:
        return stopped.exit_code
    except Exception as error:
        from bot.cli.faults import say_fault

        return say_fault(error)
