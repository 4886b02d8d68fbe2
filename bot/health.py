"""How the service is doing, for whoever watches it: a small JSON and Prometheus metrics. Counts only, never a name."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Protocol

from bot.clock import Clock, SystemClock
from bot.http_door import HEALTH, Environ, StartResponse, health_answer, plain_answer
from storage.database import Database
from storage.queries import deliveries as delivery_queries
from storage.queries import health as health_queries

METRICS = "/metrics"


class Pulse(Protocol):
    """Whoever ticks, measured by machine time: bot.delivery.metronome.Metronome."""

    @property
    def seconds_since_tick(self) -> float:
        """Seconds since the last tick that finished."""
        ...

    @property
    def is_late(self) -> bool:
        """Say whether it was too long ago."""
        ...


@dataclass(frozen=True)
class Health:
    """Answers how the service is doing, from the database and whoever ticks."""

    database: Database
    pulse: Pulse
    clock: Clock

    def __call__(self) -> dict[str, Any]:
        """Return the fields that product.md fixes; the age is in seconds of programme time."""
        now = self.clock.now()
        with self.database.reading() as db:
            queue = delivery_queries.count_by_status(db)
            oldest = health_queries.find_oldest_waiting(db, now=now)
        ticked_at = SystemClock().now() - timedelta(seconds=self.pulse.seconds_since_tick)
        waits = (now - oldest).total_seconds() if oldest else 0.0
        return {
            "ok": not self.pulse.is_late,
            "last_tick_at": ticked_at.isoformat(timespec="seconds"),
            "queue": queue,
            "oldest_pending_s": round(waits, 1),
        }


class HealthPages:
    """The WSGI application on HANDRAIL_HEALTH: GET /healthz and GET /metrics."""

    def __init__(self, health: Health) -> None:
        from prometheus_client import CollectorRegistry

        self._health = health
        self._registry = CollectorRegistry()
        self._registry.register(self)

    def __call__(self, environ: Environ, start: StartResponse) -> Iterable[bytes]:
        """Answer one request."""
        if environ.get("REQUEST_METHOD") != "GET":
            return plain_answer(405, start)
        if environ.get("PATH_INFO") == HEALTH:
            return health_answer(self._health(), start)
        if environ.get("PATH_INFO") == METRICS:
            from prometheus_client import generate_latest

            return plain_answer(200, start, generate_latest(self._registry).decode())
        return plain_answer(404, start)

    def collect(self) -> Iterator[Any]:
        """Yield the metrics; Prometheus' own name for it."""
        from prometheus_client.core import GaugeMetricFamily

        found = self._health()
        yield GaugeMetricFamily("handrail_ok", "1 while ticks finish in time.", float(found["ok"]))
        age = "Seconds the oldest pending delivery has been due."
        yield GaugeMetricFamily("handrail_oldest_pending_seconds", age, found["oldest_pending_s"])
        queue = GaugeMetricFamily("handrail_deliveries", "Deliveries by state.", labels=["state"])
        for state, count in sorted(found["queue"].items()):
            queue.add_metric([state], count)
        yield queue

    def describe(self) -> list[Any]:
        """Name no metric ahead of time: that would read the database on registration."""
        return []
