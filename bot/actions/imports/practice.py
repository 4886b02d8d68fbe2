"""The fictional organisation of `examples/`, imported as an operator would import a real one."""

from datetime import datetime
from pathlib import Path

from bot.actions.imports.closures import import_closures
from bot.actions.imports.leave import import_leave
from bot.actions.imports.people import Defaults, import_people
from bot.actions.imports.training import import_training
from bot.programmes.loader import built_in
from bot.rules.import_values import Outcome
from storage.database import Database


def import_examples(database: Database, folder: Path, *, now: datetime) -> tuple[Outcome, ...]:
    """Import every example file of a folder; return what each did."""
    people = (folder / "people.csv").read_bytes()
    defaults = Defaults("england", "Europe/London")
    return (
        import_people(database, people, programmes=built_in(), defaults=defaults, now=now),
        import_leave(database, (folder / "leave.csv").read_bytes(), now=now),
        import_closures(database, (folder / "closures.csv").read_bytes(), now=now),
        import_training(database, (folder / "training.csv").read_bytes(), now=now),
    )
