"""How the service is doing, for whoever watches it: a small JSON and Prometheus metrics. Counts only, never a name."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Protocol

from bot.clock import Clock, SystemClock
from bot.http_door import HEALTH, Environ, StartResponse, health_answer, plain_answer
from storage.database import Database
from storage.queries import deliveries as delivery_queries
from storage.queries import health as health_queries

METRICS = "/metrics"
_STATES = (*health_queries.WAITING, "sent", "retired", "suppressed", "dead")


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


class Sending(Protocol):
    """Whoever sends: bot.delivery.engine.Engine."""

    @property
    def stopped_by(self) -> str:
        """Return why Slack lets nothing through, in its word; empty while it does."""
        ...

    @property
    def waits(self) -> float:
        """Return for how many seconds Slack has asked the bulk to wait still."""
        ...

    @property
    def dead_workers(self) -> Sequence[str]:
        """Return the names of the workers that have ended although nobody stopped them."""
        ...

    @property
    def results(self) -> Mapping[str, int]:
        """Return how often Slack answered what, since the start."""
        ...


@dataclass(frozen=True)
class Health:
    """Answers how the service is doing, from the database, whoever ticks and whoever sends."""

    database: Database
    pulse: Pulse
    clock: Clock
    sending: Sending

    def __call__(self) -> dict[str, Any]:
        """Return the fields that product.md fixes, and `notes` where there is something to say or do.

        The age is in seconds of programme time.
        """
        faults = list(self._faults())
        with self.database.reading() as db:
            queue = delivery_queries.count_by_status(db)
        ticked_at = SystemClock().now() - timedelta(seconds=self.pulse.seconds_since_tick)
        found = {
            "ok": not faults,
            "last_tick_at": ticked_at.isoformat(timespec="seconds"),
            "queue": queue,
            "oldest_pending_s": round(self.ages().get("pending", 0.0), 1),
        }
        notes = [*faults, *self._pauses()]
        return found | ({"notes": notes} if notes else {})

    def ages(self) -> dict[str, float]:
        """Return for how many seconds of programme time the oldest in each waiting state might have gone."""
        now = self.clock.now()
        with self.database.reading() as db:
            oldest = health_queries.list_oldest_waiting(db, now=now)
        return {state: (now - since).total_seconds() for state, since in oldest.items()}

    def _faults(self) -> Iterator[str]:
        if self.pulse.is_late:
            yield f"No tick has finished for {self.pulse.seconds_since_tick:.0f} seconds. Restart Handrail."
        if dead := self.sending.dead_workers:
            yield f"Nothing sends any more: {' and '.join(dead)} ended. Restart Handrail; what is owed is kept."
        if code := self.sending.stopped_by:
            yield f"Slack lets nothing through ({code}); all that is owed waits. `handrail doctor` says what to do."

    def _pauses(self) -> Iterator[str]:
        if waits := self.sending.waits:
            yield f"Slack asked to wait: all but replies go on in {waits:.0f} seconds. Nothing is to be done."


class HealthPages:
    """The WSGI application on HANDRAIL_HEALTH: GET /healthz and GET /metrics."""

    def __init__(self, health: Health) -> None:
        from prometheus_client import CollectorRegistry, make_wsgi_app

        self._health = health
        registry = CollectorRegistry()
        registry.register(self)
        self._metrics = make_wsgi_app(registry)

    def __call__(self, environ: Environ, start: StartResponse) -> Iterable[bytes]:
        """Answer one request."""
        if environ.get("REQUEST_METHOD") != "GET":
            return plain_answer(405, start)
        if environ.get("PATH_INFO") == HEALTH:
            return health_answer(self._health(), start)
        if environ.get("PATH_INFO") == METRICS:
            answer: Iterable[bytes] = self._metrics(environ, start)
            return answer
        return plain_answer(404, start)

    def collect(self) -> Iterator[Any]:
        """Yield the metrics; Prometheus' own name for it."""
        from prometheus_client.core import CounterMetricFamily

        health, sending, results = self._health, self._health.sending, dict(self._health.sending.results)
        found, limited = health(), results.pop("rate_limited", 0)
        yield _gauge("handrail_ok", "1 while it ticks and sends.", float(found["ok"]))
        yield _gauge("handrail_last_tick_age_seconds", "Since a tick last finished.", health.pulse.seconds_since_tick)
        yield _gauge("handrail_dead_workers", "Sending threads that have ended.", float(len(sending.dead_workers)))
        yield _gauge("handrail_stopped", "1 while Slack lets nothing through.", float(bool(sending.stopped_by)))
        yield _gauge("handrail_rate_limit_wait_seconds", "How long Slack asks the bulk to wait.", sending.waits)
        yield _by_label("handrail_deliveries", "Deliveries.", "state", dict.fromkeys(_STATES, 0) | found["queue"])
        ages = dict.fromkeys(health_queries.WAITING, 0.0) | health.ages()
        yield _by_label("handrail_oldest_seconds", "How long the oldest might have gone.", "state", ages)
        yield CounterMetricFamily("handrail_rate_limited", "Times that Slack asked to wait.", limited)
        sent = CounterMetricFamily(
            "handrail_sends", "Calls that were to deliver, by what came of them.", labels=["result"]
        )
        for result, count in sorted({"ok": 0, **results}.items()):
            sent.add_metric([result], count)
        yield sent

    def describe(self) -> list[Any]:
        """Name no metric ahead of time: that would read the database on registration."""
        return []


def _gauge(name: str, says: str, value: float) -> Any:
    from prometheus_client.core import GaugeMetricFamily

    return GaugeMetricFamily(name, says, value)


def _by_label(name: str, says: str, label: str, values: Mapping[str, float]) -> Any:
    from prometheus_client.core import GaugeMetricFamily

    family = GaugeMetricFamily(name, says, labels=[label])
    for key, value in sorted(values.items()):
        family.add_metric([key], value)
    return family
