"""The short form of `make crash`: each point and each fault once on each database, counted the same way."""

import io
import json
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import pytest

from bot.practice.conversations import Message
from bot.practice.refusals import RefusedError
from tests.crash.counting import Figures, Frozen, as_json, count_all
from tests.crash.databases import POSTGRESQL, SQLITE, empty_database
from tests.crash.points import COMMITS, FILING, FREEZING, LOOKING, NAIVE, NEVER, OURS, POLICIES, SENDING
from tests.crash.sweep import sweeping
from tests.crash.watched_slack import LEFT_AT, Ledger, WatchedWorkspace

FACTOR = 0.02  # longer lengths than in the full sweep: here much else runs, and a lease is to outlast a standstill
ByDatabase = dict[str, dict[str, Figures]]
pytestmark = pytest.mark.timeout(300)  # most of it is waiting
WORKERS = {SQLITE: 1, POSTGRESQL: 4}  # as each is run in earnest; the full sweep has both numbers on both


@pytest.fixture(scope="module")
def all_found(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, dict[str, Figures]]:
    """Give the figures of every database and policy; most of the time is waiting, so they run at once."""
    servers, folder = {SQLITE: ""}, tmp_path_factory.mktemp("crash")
    with suppress(pytest.skip.Exception):  # said again by the tests that need it
        servers[POSTGRESQL] = str(request.getfixturevalue("postgresql_url"))
    with ThreadPoolExecutor(len(servers) * len(POLICIES)) as pool:
        runs = [pool.submit(run, kind, policy, folder, servers[kind]) for kind in servers for policy in POLICIES]
        raw = "".join(each.result(timeout=280) for each in runs)
    return count_all(raw.splitlines())


@pytest.fixture(params=[SQLITE, POSTGRESQL])
def found(request: pytest.FixtureRequest, all_found: ByDatabase) -> dict[str, Figures]:
    """Give the figures of each database in turn, by policy."""
    if request.param == POSTGRESQL:
        request.getfixturevalue("postgresql_url")
    return all_found[request.param]


def run(kind: str, policy: str, folder: Path, server_url: str) -> str:
    raw = io.StringIO()
    with (
        empty_database(kind, folder=folder, server_url=server_url) as database,
        sweeping(database, raw, kind=kind, policy=policy, factor=FACTOR) as sweep,
    ):
        sweep.run_short(workers=WORKERS[kind])
    return raw.getvalue()


def test_whatever_dies_or_is_cut_off_nothing_is_lost_and_nothing_said_twice(found: dict[str, Figures]) -> None:
    ours = found[OURS]

    assert (ours.lost, ours.doubled, ours.unowed) == (0, 0, 0)
    assert ours.standing == ours.deliveries
    assert ours.processes_killed == len(SENDING) + 4 * len(COMMITS) + len(LOOKING) + len(FILING)


def test_only_a_process_frozen_past_its_lease_takes_a_copy_back(found: dict[str, Figures]) -> None:
    ours = found[OURS]

    assert ours.withdrawn == ours.frozen.withdrawn
    assert 1 <= ours.frozen.withdrawn <= ours.frozen.deliveries <= len(FREEZING) + len(FILING)


def test_sending_again_without_looking_says_things_twice(found: dict[str, Figures]) -> None:
    assert found[NAIVE].doubled > 0
    assert found[NAIVE].lost == 0


def test_never_sending_again_loses_things(found: dict[str, Figures]) -> None:
    assert found[NEVER].lost > 0
    assert found[NEVER].doubled == 0


def test_the_slack_of_the_harness_takes_nothing_later_than_slack_would() -> None:
    raw = io.StringIO()
    workspace = WatchedWorkspace(Ledger(raw), accepts_within=1.0)
    workspace.let_in("U0P1", "owed")
    channel = workspace.open_dm("U0P1")[0].id
    for ts, ago in (("1.1", 0.5), ("1.2", 1.5)):
        metadata = {"event_type": "x", "event_payload": {LEFT_AT: time.monotonic() - ago}}
        with suppress(RefusedError):
            workspace.add_message(Message(ts, channel, "U0BOT", "Hello", metadata=metadata), "chat.postMessage")

    assert [json.loads(line)["ts"] for line in raw.getvalue().splitlines()] == ["1.1"]


def line(what: str, delivery_id: str, **more: str) -> str:
    return json.dumps({"what": what, "database": "sqlite", "policy": "ours", "delivery_id": delivery_id, **more})


def test_what_was_lost_doubled_or_frozen_is_counted_from_the_raw_lines() -> None:
    raw = [
        *(line("expected", each) for each in ("once", "never", "twice", "taken-back")),
        line("expected", "woke", fault="frozen_past_lease"),
        line("expected", "woke-and-stayed", fault="frozen_past_lease"),
        *(line("accepted", each) for each in ("once", "twice", "twice", "taken-back", "woke", "woke", "nobody's")),
        *(line("accepted", "woke-and-stayed") for _ in range(2)),
        *(line("deleted", each) for each in ("taken-back", "woke")),
        line("killed", "once", point="posted:1"),
    ]

    figures = count_all(raw)["sqlite"]["ours"]

    assert figures == Figures(
        deliveries=6, accepted=9, standing=7, withdrawn=2, lost=2, doubled=2, unowed=1, processes_killed=1,
        frozen=Frozen(deliveries=2, accepted=4, withdrawn=1),
    )  # fmt: skip
    assert '"doubled": 2' in as_json({"sqlite": {"ours": figures}})
