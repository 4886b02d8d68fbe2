"""Machine time: measures leases, time-outs, back-off and settling. It cannot be moved (delivery.md, "Two clocks").

Every length of time stands here, in seconds, so that a harness can shrink them all by one factor.
"""

import time
from dataclasses import dataclass, fields, replace
from typing import Self

from sqlalchemy import Engine, text
from sqlmodel import Session as Db

from storage.queries.deliveries import SERVER_CLOCK

_STARTED_AT = time.time() - time.monotonic()


@dataclass(frozen=True)
class Timings:
    """Seconds of machine time. A lease outlasts a call, and settling outlasts Slack's latest acceptance."""

    call: float = 10.0  # how long one call to Slack may take
    lease: float = 60.0
    settle: float = 120.0  # before an uncertain post is looked for
    back_off: float = 5.0  # doubled at each attempt
    back_off_most: float = 900.0
    try_parked: float = 900.0  # between looks whether a person or channel can be reached again
    between_bulk: float = 0.25  # in the long run: 240 a minute, where Slack takes several hundred and people come first
    try_app: float = 60.0  # between looks whether Slack lets us in again

    def scaled(self, factor: float) -> Self:
        """Return every length times one factor; leases still outlast calls."""
        return replace(self, **{each.name: getattr(self, each.name) * factor for each in fields(self)})

    def wait_after(self, attempts: int) -> float:
        """Return how long to back off after so many attempts."""
        return float(min(self.back_off * 2 ** max(0, attempts - 1), self.back_off_most))


def machine_now(db: Db) -> float:
    """Return machine time in seconds since the epoch: the server's where several machines share one database.

    Alone on SQLite it is this process's monotonic clock, set by the wall clock once, so that a corrected wall clock
    neither ends a lease early nor stretches one.
    """
    if db.get_bind().dialect.name == "postgresql":
        return float(db.connection().execute(text(f"SELECT {SERVER_CLOCK}")).scalar_one())
    return _alone()


def own_machine_now(engine: Engine) -> float | None:
    """Return this process's machine time; None where the server's is to be asked instead."""
    return None if engine.dialect.name == "postgresql" else _alone()


def _alone() -> float:
    return _STARTED_AT + time.monotonic()
