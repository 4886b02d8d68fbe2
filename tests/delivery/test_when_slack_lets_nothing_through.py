"""The token taken back, the app taken out, an hour's pause: all waits, the leads hear once, it goes on by itself."""

import logging
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import update

from bot.delivery.engine import Engine
from bot.delivery.sender import Sender
from bot.practice import Fault
from storage.tables.delivery import Delivery
from tests.delivery.conftest import House, settle
from tests.delivery.slack_says_no import (
    LEADS,
    SOON,
    connected,
    go_on,
    heard,
    owe_reply,
    owe_words,
    said,
    told,
    wait_until,
)
from tests.factories import NINE

pytestmark = pytest.mark.requirement("issue 3.7")
GOES_ON = "Nothing is lost: what waited goes out by itself, in people's working time. You need do nothing."
CUT_OFF = f"On Tue 1 Dec at 09:00 Slack stopped letting my messages through: {{why}}. They get through again. {GOES_ON}"
PAUSED = f"On Tue 1 Dec at 09:00 Slack asked me to pause for 60 minutes. {GOES_ON}"


@pytest.fixture(autouse=True)
def _soon(house: House) -> None:
    house.engine.sender.timings = SOON


@pytest.fixture
def working(house: House) -> Iterator[Engine]:
    """Let the engine's own workers send, as they do in a running service."""
    engine = Engine(house.database, house.engine.sender, house.clock, settle)
    house.engine = engine
    metronome = engine.start(interval=3600)
    yield engine
    metronome.stop()
    engine.stop()


def test_a_token_taken_back_stops_all_at_once_and_goes_on_by_itself(
    house: House, working: Engine, caplog: pytest.LogCaptureFixture
) -> None:
    house.workspace.revoke_token()
    with caplog.at_level(logging.ERROR):
        owe_words(house, 30)
        owe_words(house, 2, to="mentor")
        heard(lambda: working.stopped_by == "token_revoked")
        time.sleep(0.5)
    assert house.posts() == []
    tried = [row for row in house.deliveries(kind="words") if row.attempts]
    assert len(tried) <= 2  # one a worker, not one after another into the same refusal
    assert caplog.text.count("Slack lets nothing through (token_revoked)") == 1

    house.workspace.restore_token()
    heard(lambda: len(said(house, "ASHA")) == 30 and len(said(house, "MARY")) == 2, seconds=20)
    heard(lambda: told(house) == [[CUT_OFF.format(why="the app's token was taken back")]] * 2)
    assert working.stopped_by == ""


def test_a_second_time_is_told_a_second_time(house: House) -> None:
    for count in (1, 2):
        house.workspace.revoke_token()
        owe_words(house, count)
        for _ in range(3):  # tries again, and is refused again
            house.engine.drain()
            house.engine.sender.look_whether_let_in()
        assert house.engine.stopped_by == "token_revoked"
        house.workspace.restore_token()
        house.engine.sender.look_whether_let_in()
        wait_until(house, lambda n=count: [len(each) for each in told(house)] == [n, n])  # type: ignore[misc]  # bound now
    wait_until(house, lambda: sorted(said(house, "ASHA")) == ["words:mentee:0", "words:mentee:1"])


@pytest.mark.parametrize(
    ("event", "code", "why"),
    [
        (
            {"type": "tokens_revoked", "tokens": {"oauth": [], "bot": ["U0PRACTICEBOT"]}},
            "token_revoked",
            "token was taken",
        ),
        ({"type": "app_uninstalled"}, "app_uninstalled", "the app was taken out of the workspace"),
    ],
)
def test_it_is_known_as_soon_as_slack_says_so(house: House, event: dict[str, object], code: str, why: str) -> None:
    with connected(house):
        house.workspace.emit(event)
        heard(lambda: house.engine.stopped_by == code)
        owe_words(house)
        assert house.engine.drain() == 0
        house.engine.sender.look_whether_let_in()  # the practice token still works: it was a false alarm
        wait_until(house, lambda: bool(said(house, "ASHA")))
        wait_until(house, lambda: [len(each) for each in told(house)] == [1, 1])
    assert why in told(house)[0][0]


def test_a_persons_own_token_taken_back_is_nothing_to_us(house: House) -> None:
    with connected(house):
        house.workspace.emit({"type": "tokens_revoked", "tokens": {"oauth": ["U0ASHA"]}})
        house.workspace.emit({"type": "app_uninstalled"})  # comes after it
        heard(lambda: len(house.deliveries(kind="trouble")) == len(LEADS))
    assert {row.subject["code"] for row in house.deliveries(kind="trouble")} == {"app_uninstalled"}


def test_four_workers_that_are_refused_tell_it_once(house: House) -> None:
    owe_words(house, 12)
    house.workspace.revoke_token()
    one = house.engine.sender
    workers = [Sender(house.database, one.slack, one.builders, house.clock, SOON) for _ in range(4)]
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(Sender.drain, workers))
    assert {worker.health.stopped_by for worker in workers} == {"token_revoked"}
    house.workspace.restore_token()
    wait_until(house, lambda: len(said(house, "ASHA")) == 12)
    wait_until(house, lambda: told(house) == [[CUT_OFF.format(why="the app's token was taken back")]] * 2)


# ---- an hour's pause -------------------------------------------------------------------------------------------------


def an_hour_later(house: House, hours: float = 1) -> None:
    """Let the pause that Slack asked for be over, by machine time and by people's."""
    house.clock.set(NINE + timedelta(hours=hours))
    house.engine.sender.health.bulk_waits_until = 0.0
    with house.database.engine.begin() as connection:
        connection.execute(update(Delivery).where(Delivery.status == "pending").values(retry_at=0.0))  # type: ignore[arg-type]  # a column


def pause(house: House, times: int = 1) -> None:
    house.workspace.faults.add(Fault("chat.postMessage", "rate_limited", seconds=3600, times=times))


def test_for_an_hour_the_bulk_waits_as_long_as_asked_and_replies_go(house: House) -> None:
    owe_words(house, 5)
    pause(house)
    house.engine.run_until(NINE)
    assert 3590 < house.engine.waits <= 3600
    go_on(house)
    assert (house.posts(), [row.attempts for row in house.deliveries(kind="words")].count(0)) == ([], 4)

    owe_reply(house)
    house.engine.drain()
    assert (said(house, "MARY"), said(house, "ASHA")) == (["words:mentor:0"], [])

    an_hour_later(house)
    wait_until(house, lambda: len(said(house, "ASHA")) == 5)
    assert told(house) == [[PAUSED]] * 2


def test_after_the_pause_nothing_goes_outside_working_time_and_what_is_late_is_dropped(house: House) -> None:
    owe_words(house, 2)
    owe_words(house, kind="late", drop_after=NINE + timedelta(hours=2))
    pause(house)
    house.engine.run_until(NINE)
    an_hour_later(house, hours=9)  # six in the evening
    go_on(house)
    assert house.posts() == []
    house.driver.advance(NINE + timedelta(days=1))
    assert sorted(said(house, "ASHA")) == ["words:mentee:0", "words:mentee:1"]
    assert [row.said_once for row in house.deliveries(why="too_late")] == ["late:mentee:0"]
    assert told(house) == [[PAUSED]] * 2


def test_a_second_process_honours_its_own_refusal_alone_and_the_leads_hear_once(house: House) -> None:
    one = house.engine.sender
    other = Sender(house.database, one.slack, one.builders, house.clock, SOON)
    owe_words(house, 4)
    other.builders = house.engine.sender.builders
    pause(house, times=2)
    assert one.send_next()
    assert other.send_next()  # is not stopped by what the first was told; it is told itself
    assert (one.send_next(), other.send_next()) == (False, False)
    an_hour_later(house)
    other.health.bulk_waits_until = 0.0
    wait_until(house, lambda: len(said(house, "ASHA")) == 4)
    assert told(house) == [[PAUSED]] * 2


def test_a_short_pause_is_nothing_to_tell(house: House) -> None:
    owe_words(house, 2)
    house.workspace.faults.add(Fault("chat.postMessage", "rate_limited", seconds=1))
    wait_until(house, lambda: len(said(house, "ASHA")) == 2)
    assert told(house) == [[], []]
