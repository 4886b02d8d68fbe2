"""handrail import: people, leave, closures, training, sessions."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from datetime import datetime

    from bot.rules.import_values import Outcome
    from bot.settings import Settings
    from storage.database import Database

    Import = Callable[[Database, bytes, Settings, datetime], Outcome]

_FILE = click.argument("file", required=False, type=click.Path(exists=True, dir_okay=False, path_type=Path))
_APPLY = click.option("--apply", "apply", is_flag=True, help="Do it; without this, only show what would change.")
_TEMPLATE = click.option("--template", is_flag=True, help="Print the header and a sample, to begin a file with.")


@click.group("import")
def command() -> None:
    """Read people, leave, closures, training and sessions from CSV files.

    Without --apply nothing is changed: you see each row's changes and everything that is wrong with it, in words.
    Importing a file again changes only what changed in it.
    """


def _importing(name: str, says: str, sample: str, find: "Callable[[], Import]") -> None:
    @command.command(name, help=says)
    @_FILE
    @_APPLY
    @_TEMPLATE
    def importing(file: Path | None, apply: bool, template: bool) -> None:
        if template:
            click.echo(sample, nl=False)
        elif file is None:
            raise click.UsageError("Give a CSV file, or --template to begin one.")
        else:
            _import_file(file, find(), apply=apply)


def _import_file(file: Path, do: "Import", *, apply: bool) -> None:
    from contextlib import nullcontext

    from bot.clock import clock_from_setting
    from bot.opening import open_database
    from bot.settings import read_settings
    from prompts.imports import outcome_lines
    from storage.rehearsal import rehearse

    settings = read_settings()
    now = clock_from_setting(settings.handrail_clock, loopback=settings.is_practice).now()
    content = file.read_bytes()
    database = open_database(settings)
    with nullcontext(database) if apply else rehearse(database) as target:
        outcome = do(target, content, settings, now)
    database.close()
    for line in outcome_lines(outcome, applied=apply):
        click.echo(line)


def _people() -> "Import":
    from bot.actions.imports.people import Defaults, import_people
    from bot.cli.programme import known_programmes

    def do(database: "Database", content: bytes, settings: "Settings", now: "datetime") -> "Outcome":
        defaults = Defaults(settings.handrail_nation, settings.handrail_timezone)
        return import_people(database, content, programmes=known_programmes(), defaults=defaults, now=now)

    return do


def _leave() -> "Import":
    from bot.actions.imports.leave import import_leave

    return lambda database, content, _settings, now: import_leave(database, content, now=now)


def _closures() -> "Import":
    from bot.actions.imports.closures import import_closures

    return lambda database, content, _settings, now: import_closures(database, content, now=now)


def _training() -> "Import":
    from bot.actions.imports.training import import_training

    return lambda database, content, _settings, now: import_training(database, content, now=now)


def _sessions() -> "Import":
    from bot.actions.imports.sessions import import_sessions

    return lambda database, content, _settings, now: import_sessions(database, content, now=now)


_importing(
    "people",
    "People, teams, managers, roles, enrolments and who supports whom. People are named by e-mail or Slack id, several "
    "with ; between them. An empty cell leaves what is known, but for roles and leaves_on, where empty means none.",
    "slack_id,email,name,team,team_manager,line_manager,supervisor,mentors,roles,programme,stage,started_on,leaves_on,"
    "working_days,working_hours,weekly_hours,nation,time_zone\n"
    ",grace.obi@example.org,Grace Obi,Elm House,grace.obi@example.org,,,,programme_lead,,,2019-04-01,,,,,england,"
    "Europe/London\n"
    "U012AB3CD,asha.rahman@example.org,Asha Rahman,Elm House,grace.obi@example.org,grace.obi@example.org,,"
    "ben.cole@example.org;joy.adeyemi@example.org,,senior-manager,senior,2026-12-01,,mon tue wed,09:00-17:00,22.5,"
    "england,Europe/London\n",
    _people,
)
_importing(
    "leave",
    "Days away, no reason asked. `to` is the last day away; empty is one day.",
    "email,from,to\nasha.rahman@example.org,2026-12-21,2027-01-02\n",
    _leave,
)
_importing(
    "closures",
    "Days on which everybody, or one team, is closed.",
    "date,name,team\n2026-12-24,Christmas Eve,\n2027-02-15,Training day,Elm House\n",
    _closures,
)
_importing(
    "training",
    "Training done before Handrail, as your records have it. `course` is one of their programme's, by name or title.",
    "person,course,done_on,minutes,mode,certificate,checked_by\n"
    "asha.rahman@example.org,Fire safety,2026-03-14,60,face to face,Certificate 4711,grace.obi@example.org\n",
    _training,
)
_importing(
    "sessions",
    "The last supervision or mentoring session held before Handrail. `session` may be empty: the pair's usual meeting.",
    "person,session,held_on,led_by,minutes\nasha.rahman@example.org,,2026-11-12,ben.cole@example.org,60\n",
    _sessions,
)
