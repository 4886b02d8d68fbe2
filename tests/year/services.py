"""One service of the year, lived through in a process of its own."""

import gc
import logging
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bot.demo import demo_settings
from bot.opening import open_database
from tests.year.cast import FIRST_DAY
from tests.year.living import a_year


@dataclass(frozen=True)
class Life:
    """One service to live through, with a folder of its own."""

    folder: Path
    service: str
    people: int
    weeks: int

    @property
    def raw(self) -> Path:
        """The file its lines go to."""
        return self.folder / "year.jsonl"


def live(life: Life) -> tuple[int, int]:
    """Live through the year of one service; return how many things its people did, and could not do."""
    logging.disable(logging.ERROR)
    gc.set_threshold(100_000, 50, 50)  # a year's messages are kept: looking through them again and again takes long
    database = open_database(demo_settings(life.folder), upgrade=True)
    until = datetime.combine(FIRST_DAY, datetime.min.time(), UTC) + timedelta(weeks=life.weeks)
    with (
        life.raw.open("w", encoding="utf-8") as raw,
        a_year(database, raw, people=life.people, service=life.service) as year,
    ):
        year.live(until)
    database.close()
    return year.acting.done.total(), year.acting.refused.total()
