"""What whoever watches is told: each figure is the database's or the Slack's own, and what has died shows."""

import ctypes
import json
import time
import urllib.error
import urllib.request
from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta
from threading import Thread
from typing import Any

import pytest
from prometheus_client.parser import text_string_to_metric_families

from bot.clock import SystemClock
from bot.delivery.engine import Engine
from bot.delivery.metronome import Metronome
from bot.health import Health, HealthPages
from bot.practice import Fault
from bot.serving import WebServer
from storage.tables.delivery import Delivery
from tests.delivery.conftest import House, settle
from tests.delivery.slack_says_no import SOON, build, go_on, heard, owe_words, said
from tests.delivery.test_when_slack_says_no import break_down
from tests.factories import NINE

pytestmark = pytest.mark.requirement("issue 3.8")
INTERVAL = 0.4


class Watched:
    """A running engine, and the pages that tell of it."""

    def __init__(self, house: House) -> None:
        house.engine.sender.timings = SOON
        self.engine = Engine(house.database, house.engine.sender, house.clock, settle)
        self.metronome: Metronome = self.engine.start(interval=INTERVAL)
        pages = HealthPages(Health(house.database, self.metronome, house.clock, self.engine))
        self._server = WebServer(pages, "127.0.0.1", 0, setting="HANDRAIL_HEALTH", threads=2)
        self._server.start()

    def stop(self) -> None:
        """Stop all of it."""
        self._server.stop()
        self.metronome.stop()
        self.engine.stop()

    def healthz(self) -> tuple[int, dict[str, Any]]:
        """Ask how it is."""
        status, body = self._get("/healthz")
        return status, json.loads(body)

    def metrics(self) -> dict[tuple[str, str], float]:
        """Read every metric as Prometheus does, by name and label."""
        families = text_string_to_metric_families(self._get("/metrics")[1])
        return {(s.name, "".join(s.labels.values())): s.value for family in families for s in family.samples}

    def _get(self, path: str) -> tuple[int, str]:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self._server.port}{path}", timeout=60) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as refused:
            with refused:
                return refused.code, refused.read().decode()


@pytest.fixture
def watched(house: House) -> Iterator[Watched]:
    """Start the engine and its pages."""
    watched = Watched(house)
    yield watched
    watched.stop()


def kill(thread: Thread) -> None:
    """End a thread from outside, as nothing in its own code would."""
    assert thread.ident
    ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread.ident), ctypes.py_object(SystemExit))
    thread.join(10)
    assert not thread.is_alive()


def turns_red(watched: Watched, within: float) -> str:
    """Wait until health is red; return its one note."""
    until = time.monotonic() + within
    while (answer := watched.healthz())[0] == 200 and time.monotonic() < until:
        time.sleep(0.02)
    status, found = answer
    assert (status, found["ok"]) == (503, False)
    [note] = found["notes"]
    return str(note)


def test_while_all_is_well_only_the_four_fields_are_told(house: House, watched: Watched) -> None:
    heard(lambda: watched.metronome.seconds_since_tick < INTERVAL)
    status, found = watched.healthz()
    ticked_at = datetime.fromisoformat(found.pop("last_tick_at"))
    assert abs(SystemClock().now() - ticked_at) < timedelta(seconds=5)
    assert (status, found) == (200, {"ok": True, "queue": {}, "oldest_pending_s": 0.0})


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")  # it is meant to die
def test_a_dead_metronome_turns_it_red_within_three_ticks(watched: Watched) -> None:
    heard(lambda: watched.healthz()[0] == 200)
    kill(watched.metronome._scheduler._thread)
    assert watched.metronome._scheduler.running  # its own word is worth nothing
    while (age := watched.metronome.seconds_since_tick) < 3 * INTERVAL:
        time.sleep(INTERVAL / 10)
    assert turns_red(watched, within=0).startswith("No tick has finished for "), age
    assert watched.metrics()["handrail_ok", ""] == 0.0
    assert watched.metrics()["handrail_last_tick_age_seconds", ""] > 3 * INTERVAL


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")  # it is meant to die
def test_a_dead_sender_turns_it_red(watched: Watched) -> None:
    kill(watched.engine._workers[1])
    assert turns_red(watched, within=60) == (
        "Nothing sends any more: sender ended. Restart Handrail; what is owed is kept."
    )
    assert watched.metrics()["handrail_dead_workers", ""] == 1.0


def test_a_token_taken_back_turns_it_red_until_it_is_good_again(house: House, watched: Watched) -> None:
    house.workspace.revoke_token()
    owe_words(house)
    assert turns_red(watched, within=60) == (
        "Slack lets nothing through (token_revoked); all that is owed waits. `handrail doctor` says what to do."
    )
    assert watched.metrics()["handrail_stopped", ""] == 1.0
    go_on(house)
    assert watched.healthz()[0] == 503  # asked again meanwhile, and still refused
    house.workspace.restore_token()
    heard(lambda: watched.healthz()[0] == 200)
    heard(lambda: bool(said(house, "ASHA")))


def test_a_pause_that_slack_asked_for_is_told_and_is_not_red(house: House, watched: Watched) -> None:
    house.workspace.faults.add(Fault("chat.postMessage", "rate_limited", seconds=3600))
    owe_words(house)
    heard(lambda: watched.metrics()["handrail_rate_limited_total", ""] == 1.0)
    status, found = watched.healthz()
    assert (status, found["ok"]) == (200, True)
    assert found["notes"][0].startswith("Slack asked to wait: all but replies go on in 3")
    assert 3590 < watched.metrics()["handrail_rate_limit_wait_seconds", ""] <= 3600


def states(house: House) -> Counter[str]:
    """Count the deliveries by state, in one look."""
    return Counter(row.status for row in house.deliveries())


def is_at_rest(house: House) -> bool:
    """Say whether nothing is to be sent now, nor tried again because somebody could not be reached."""
    rows, now = house.deliveries(), house.clock.now()
    return not any(
        row.status in ("sending", "parked") or (row.status == "pending" and row.not_before <= now) for row in rows
    )


def test_every_figure_is_the_databases_own(house: House, watched: Watched) -> None:
    build(house, "poison", break_down)
    owe_words(house, 5)
    owe_words(house, 2, kind="poison", to="mentor")
    house.workspace.faults.add(Fault("conversations.open", "error", error="user_disabled"))
    heard(lambda: is_at_rest(house))
    house.clock.set(NINE + timedelta(hours=12))
    owe_words(house, 3, to="co_mentor")  # at nine in the evening: waits for the morning
    heard(lambda: is_at_rest(house))
    with house.database.transaction() as db:
        db.add(
            Delivery(said_once="stuck", opaque="stuck", kind="x", status="uncertain", not_before=NINE, retry_at=1e12)
        )

    shown, found = watched.metrics(), states(house)
    assert found["sent"] >= 5 and found["dead"] == 2 and found["pending"] >= 3
    for state in ("pending", "sending", "sent", "uncertain", "dead", "parked", "suppressed", "retired"):
        assert shown["handrail_deliveries", state] == found[state], state
    assert watched.healthz()[1]["queue"] == dict(found)
    assert shown["handrail_sends_total", "ok"] == found["sent"] == len(house.posts())
    assert shown["handrail_oldest_seconds", "uncertain"] == 12 * 3600
    assert shown["handrail_oldest_seconds", "pending"] == 0.0  # none of them might have gone yet


def test_nothing_in_the_metrics_names_anybody(house: House, watched: Watched) -> None:
    owe_words(house)
    heard(lambda: bool(said(house, "ASHA")))
    shown = watched._get("/metrics")[1] + watched._get("/healthz")[1]
    assert "Asha" not in shown and "U0" not in shown and "D0" not in shown
    assert not any(str(getattr(house.service, who)) in shown for who in ("mentee", "mentor", "lead", "enrolment"))
