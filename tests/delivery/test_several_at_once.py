"""Ticks and senders beside each other: each thing is said once, and one process may send on SQLite."""

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest
from sqlmodel import select

from bot.delivery.evaluate import evaluate
from bot.delivery.lock import SenderLock
from bot.delivery.metronome import Metronome
from bot.delivery.sender import Sender
from bot.errors import AlreadyRunning
from bot.values import Message
from storage.queries.deliveries import BULK, REPLIES, add_delivery, is_still_pending
from storage.tables.delivery import Delivery, Notice
from tests.delivery.conftest import House, due_item, settle
from tests.factories import NINE


def at_once(work: Callable[[], object], times: int = 4) -> None:
    with ThreadPoolExecutor(times) as pool:
        for done in [pool.submit(work) for _ in range(times)]:
            done.result(timeout=60)


def owe_messages(house: House, number: int, lane: int = BULK) -> None:
    house.engine.sender.builders = {
        **house.engine.sender.builders,
        "words": lambda db, row, now: Message(f"number {row.subject['n']}"),
    }
    with house.database.transaction() as db:
        for n in range(number):
            add_delivery(
                db, kind="words", said_once=f"words:{lane}:{n}", person_id=house.service.mentee, lane=lane,
                subject={"n": f"{lane}/{n}"}, not_before=NINE, created_at=NINE,
            )  # fmt: skip


def test_four_senders_say_each_thing_once(house: House) -> None:
    owe_messages(house, 24)
    one = house.engine.sender

    at_once(lambda: Sender(house.database, one.slack, one.builders, house.clock, one.timings).drain())

    said = sorted(post.text for post in house.posts("ASHA"))
    assert said == sorted(f"number {BULK}/{n}" for n in range(24))
    assert {row.status for row in house.deliveries()} == {"sent"}


def test_ticks_at_once_owe_each_thing_once(house: House) -> None:
    with house.database.transaction() as db:
        db.add_all([due_item(house.service, period=str(n), ladder="gentle") for n in range(20)])

    at_once(lambda: evaluate(house.database, now=NINE, settle=settle))

    with house.database.reading() as db:
        assert len(db.exec(select(Notice)).all()) == 20
        assert len(db.exec(select(Delivery)).all()) == 1


def test_a_reply_goes_before_what_waited_longer(house: House) -> None:
    owe_messages(house, 3)
    owe_messages(house, 1, lane=REPLIES)

    house.engine.drain()

    assert house.posts("ASHA")[0].text == f"number {REPLIES}/0"


def test_the_same_key_is_owed_once(house: House) -> None:
    for expected in (True, False):
        with house.database.transaction() as db:
            made = add_delivery(
                db, kind="words", said_once="words:same", not_before=NINE, created_at=NINE, channel="C1"
            )
        assert (made is not None) is expected
    with house.database.transaction() as db:
        assert is_still_pending(db, "words:same")


def test_a_claim_whose_lease_ran_out_is_no_longer_held(house: House) -> None:
    from dataclasses import replace

    from bot.delivery.outbox import claim, holds_lease
    from storage.queries.deliveries import LANES

    owe_messages(house, 1)
    one = house.engine.sender
    claimed = claim(house.database, one.builders, now=NINE, lanes=LANES, timings=one.timings)

    assert claimed
    assert holds_lease(house.database, claimed)
    assert not holds_lease(house.database, replace(claimed, lease_until=claimed.lease_until - one.timings.lease))


def test_time_moves_on_to_the_next_thing_said(house: House) -> None:
    house.owe(next_nudge_at=NINE + timedelta(days=2))

    steps, sentence = house.driver.step("next")

    assert (steps, sentence) == (1, "It is now Thu 3 Dec 2026 at 09:00; 1 message went out on the way.")
    assert house.driver.step("next")[1].startswith("Nothing more is planned")


def test_a_second_process_is_told_who_is_running(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/handrail.db"
    with SenderLock(url):
        with pytest.raises(AlreadyRunning) as refused, SenderLock(url):
            pass
        assert refused.value.process == os.getpid()
    with SenderLock(url):
        pass


def test_a_tick_that_fails_leaves_health_to_turn_red() -> None:
    ticks: list[int] = []

    def tick() -> None:
        ticks.append(1)
        raise OSError("the database is away")

    metronome = Metronome(tick, interval=0.0)
    metronome.tick()

    assert ticks == [1]
    assert metronome.is_late
