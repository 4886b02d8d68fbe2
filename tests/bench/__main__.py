"""Run the yardsticks: ours and the plain way in turn, some rounds; print a table; keep the raw figures and the ratios.

`var/bench.jsonl` has one line a round and yardstick (name, ours_ms, yardstick_ms); `var/bench.json` is made from it.
"""

import argparse
import gc
import json
import statistics
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import TextIO

from tests.bench import clicking, command, ticking

ROUNDS = 5
RAW, RATIOS = Path("var/bench.jsonl"), Path("var/bench.json")
LIMITS = {
    "command_p50_vs_plain_sql": ("at most", 3.0),
    "command_p50_ms": ("at most", 5.0),
    "idle_tick_vs_one_query": ("at most", 5.0),
    "due_10k_speedup_vs_apscheduler": ("at least", 20.0),
    "click_p99_sending_vs_not": ("at most", 1.2),
    "click_p99_ms_at_50_a_second": ("at most", 20.0),
    "send_own_cpu_ms": ("at most", 1.0),
}
Round = tuple[float, float]  # ours and the yardstick's, in milliseconds


def main() -> None:
    """Measure, print, keep."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    rounds = parser.parse_args().rounds
    RAW.parent.mkdir(exist_ok=True)
    with RAW.open("w", encoding="utf-8") as raw, tempfile.TemporaryDirectory() as folder, ExitStack() as open_things:
        alone: dict[str, Callable[[], Round]] = {
            "idle_tick": open_things.enter_context(ticking.idle_tick(Path(folder))),
            "due_10k": open_things.enter_context(ticking.due_at_once(Path(folder))),
            "command": open_things.enter_context(command.next_session(Path(folder))),
        }
        keep(measure(alone, rounds), raw)  # before the workers of the next are there, who take turns with all of it
        keep(measure(open_things.enter_context(clicking.while_sending(Path(folder))), rounds), raw)
    ratios = summarise(RAW)
    RATIOS.write_text(json.dumps(ratios, indent=1) + "\n", "utf-8")
    for name, (words, limit) in LIMITS.items():
        holds = ratios[name] <= limit if words == "at most" else ratios[name] >= limit
        print(f"{name:<32} {ratios[name]:8.2f}   {words} {limit:g}   {'holds' if holds else 'DOES NOT HOLD'}")


def keep(figures: Iterator[tuple[str, float, float]], raw: TextIO) -> None:
    """Write and print each round as it comes."""
    for name, ours, theirs in figures:
        raw.write(json.dumps({"name": name, "ours_ms": ours, "yardstick_ms": theirs}) + "\n")
        print(f"{name:<12} ours {ours:10.3f} ms   yardstick {theirs:10.3f} ms", flush=True)


def measure(yardsticks: dict[str, Callable[[], Round]], rounds: int) -> Iterator[tuple[str, float, float]]:
    """Yield every round of every yardstick; what was set up before is kept out of the collector's way."""
    gc.collect()
    gc.freeze()
    for name, one_round in yardsticks.items():
        one_round()  # warm: caches, prepared statements, connections
        for _ in range(rounds):
            yield (name, *one_round())


def summarise(raw: Path) -> dict[str, float]:
    """Compute the ratios from the raw file: medians over the rounds."""
    rows = [json.loads(line) for line in raw.read_text("utf-8").splitlines()]

    def median(name: str, what: str) -> float:
        return statistics.median(row[what] for row in rows if row["name"] == name)

    def ratio(name: str) -> float:
        return median(name, "ours_ms") / median(name, "yardstick_ms")

    return {
        "command_p50_vs_plain_sql": ratio("command"),
        "command_p50_ms": median("command", "ours_ms"),
        "idle_tick_vs_one_query": ratio("idle_tick"),
        "due_10k_speedup_vs_apscheduler": 1 / ratio("due_10k"),
        "click_p99_sending_vs_not": ratio("click_p99"),
        "click_p99_ms_at_50_a_second": median("click_p99", "yardstick_ms"),
        "send_own_cpu_ms": median("send_cpu", "ours_ms") - median("send_cpu", "yardstick_ms"),
    }


if __name__ == "__main__":
    main()
