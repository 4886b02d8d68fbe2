"""The figures, computed from the raw file and nothing else."""

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from typing import Any

Line = dict[str, Any]


@dataclass(frozen=True)
class Frozen:
    """The deliveries on which a process was frozen past its lease: there alone a copy may be withdrawn."""

    deliveries: int
    accepted: int
    withdrawn: int


@dataclass(frozen=True)
class Figures:
    """What became of all that was owed. Lost: nothing stands. Doubled: accepted more than once, frozen ones apart."""

    deliveries: int
    accepted: int
    standing: int
    withdrawn: int
    lost: int
    doubled: int
    unowed: int
    processes_killed: int
    frozen: Frozen


def count_all(lines: Iterable[str]) -> dict[str, dict[str, Figures]]:
    """Count by database and policy."""
    found = [json.loads(line) for line in lines]
    kinds = sorted({(line["database"], line["policy"]) for line in found})
    counted: dict[str, dict[str, Figures]] = {}
    for database, policy in kinds:
        of_it = [line for line in found if (line["database"], line["policy"]) == (database, policy)]
        counted.setdefault(database, {})[policy] = count(of_it)
    return counted


def count(lines: list[Line]) -> Figures:
    """Count the lines of one database and policy."""
    accepted, deleted = Counter(_ids(lines, "accepted")), Counter(_ids(lines, "deleted"))
    expected = set(_ids(lines, "expected"))
    frozen = {line["delivery_id"] for line in lines if line["what"] == "expected" and line.get("fault")}
    standing = accepted - deleted
    twice = {owed for owed, times in accepted.items() if times > 1 and (owed not in frozen or standing[owed] > 1)}
    return Figures(
        deliveries=len(expected),
        accepted=accepted.total(),
        standing=standing.total(),
        withdrawn=deleted.total(),
        lost=len(expected - set(standing)),
        doubled=len(twice),
        unowed=len(set(accepted) - expected),
        processes_killed=sum(line["what"] == "killed" for line in lines),
        frozen=Frozen(len(frozen), sum(accepted[owed] for owed in frozen), sum(deleted[owed] for owed in frozen)),
    )


def as_json(counted: dict[str, dict[str, Figures]]) -> str:
    """Write the figures as they are kept."""
    plain = {kind: {policy: asdict(figures) for policy, figures in of.items()} for kind, of in counted.items()}
    return json.dumps(plain, indent=1) + "\n"


def _ids(lines: Iterable[Line], what: str) -> Iterator[str]:
    return (line["delivery_id"] for line in lines if line["what"] == what)
