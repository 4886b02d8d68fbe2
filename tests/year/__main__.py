"""Live through a year of two hundred people, in two services of a hundred side by side; print and keep the figures.

Of them 144 are on one of the offered programmes; the others are their mentors, supervisors, managers and leads.

`var/year.jsonl` has one line for each message a person got, each deadline and each absence; `var/year.json` is computed
from it. Exits with 1 where a promise is broken (delivery.md, "How much").
"""

import argparse
import sys
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

from tests.year.cast import FIRST_DAY
from tests.year.counting import Figures, count_all
from tests.year.services import Life, live

RAW, FIGURES = Path("var/year.jsonl"), Path("var/year.json")
SERVICES = ("A", "B")  # each a core: it is people's attention that is measured here, not one database
_MEMORY = "/dev/shm" if Path("/dev/shm").is_dir() else None  # what is kept on disk for safety is not looked at here


def main() -> int:
    """Live, count, print, keep."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--enrolled", type=int, default=144, help="beside and above them stand some two for every five")
    parser.add_argument("--weeks", type=int, default=52)
    asked = parser.parse_args()
    began = time.monotonic()
    RAW.parent.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="handrail-year-", dir=_MEMORY) as folder:
        lives = [Life(Path(folder) / name, name, asked.enrolled // len(SERVICES), asked.weeks) for name in SERVICES]
        with ProcessPoolExecutor(len(lives), mp_context=get_context("spawn")) as pool:
            told = list(pool.map(live, lives))
        RAW.write_bytes(b"".join(life.raw.read_bytes() for life in lives))
    with RAW.open(encoding="utf-8") as raw:
        figures = count_all(raw, first_day=FIRST_DAY, weeks=asked.weeks)
    FIGURES.write_text(figures.as_json(), "utf-8")
    show(figures, *map(sum, zip(*told, strict=True)))
    say(f"{time.monotonic() - began:.0f} s.")
    return 1 if figures.broken() else 0


def show(figures: Figures, done: int, refused: int) -> None:
    """Print the figures, and what was not kept."""
    for name, value in vars(figures).items():
        say(f"{name:<26}{value}")
    say(f"People did {done} things and were told {refused} times, in a sentence, why one could not be done.")
    say("Every promise was kept." if not figures.broken() else "NOT KEPT: " + "; ".join(figures.broken()))


def say(words: str) -> None:
    """Print at once."""
    sys.stdout.write(words + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
