"""A clock that jumps an hour back or a day on: nothing is lost, nothing said twice, and health stays green."""

import time as machine
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from threading import Event
from typing import Any

import apscheduler.schedulers.base as scheduling
import pytest

import bot.clock
from bot.clock import FileClock, SetClock
from bot.delivery import outbox
from bot.delivery.machine_time import machine_now
from bot.delivery.metronome import Metronome
from storage.queries import deliveries as delivery_queries
from storage.queries.deliveries import LANES
from tests.delivery.conftest import House
from tests.delivery.test_time import DAY, HOUR, be, heard, meet, owe_on, utc
from tests.factories import NINE

MINUTE = timedelta(minutes=1)


class JumpyClock(SetClock):
    """A machine's own clock, which somebody may set back."""

    def set(self, at: datetime) -> None:
        """Set it, backwards too."""
        self._at = at.astimezone(UTC)


@pytest.fixture
def clock() -> SetClock:
    """Stand at nine, and let the test set it as a machine's clock is set."""
    return JumpyClock(NINE)


def ticks(house: House, first: datetime, last: datetime) -> None:
    """Let the clock run from one moment to another, ticking and sending every ten minutes."""
    at = first
    while at <= last:
        house.clock.set(at)
        house.engine.run_until(at)
        at += 10 * MINUTE


def test_an_hour_that_the_clock_goes_back_says_nothing_twice_and_loses_nothing(house: House) -> None:
    be(house, "mentor", digest_hour=10)
    house.owe(period="1")
    house.owe(period="2", owner_id=house.service.mentor, next_nudge_at=NINE + HOUR)
    meet(house, utc(2026, 12, 1, 13))
    ticks(house, NINE, NINE + 20 * MINUTE)
    assert len(heard(house)) == 1

    ticks(house, NINE - 40 * MINUTE, NINE + 5 * HOUR)

    assert heard(house) == [NINE, utc(2026, 12, 1, 11)]
    assert heard(house, "MARY") == [NINE + HOUR, utc(2026, 12, 1, 11)]


def test_a_day_that_the_clock_jumps_on_and_back_again_says_nothing_twice_and_loses_nothing(house: House) -> None:
    days = [NINE.date() + n * DAY for n in range(4)]
    owe_on(house, *days)
    ticks(house, NINE, NINE + 20 * MINUTE)
    ticks(house, NINE + DAY + 30 * MINUTE, NINE + DAY + 50 * MINUTE)
    assert len(heard(house)) == 2

    ticks(house, NINE + HOUR, NINE + 2 * HOUR)
    ticks(house, NINE + DAY - HOUR, NINE + DAY + HOUR)
    house.driver.advance(NINE + 4 * DAY)

    assert len(heard(house)) == 4
    assert {row.status for row in house.deliveries(kind="digest")} == {"retired", "sent"}


def test_a_clock_that_was_beyond_a_meeting_and_is_set_back_still_brings_its_reminder(house: House) -> None:
    house.clock.set(NINE - HOUR)
    meet(house, utc(2026, 12, 2, 13))
    ticks(house, NINE - 10 * MINUTE, NINE + 20 * MINUTE)
    ticks(house, NINE + DAY + 5 * HOUR, NINE + DAY + 5 * HOUR + 10 * MINUTE)

    ticks(house, NINE + 40 * MINUTE, NINE + HOUR)
    house.driver.advance(NINE + 2 * DAY)

    assert heard(house) == heard(house, "MARY") == [NINE, utc(2026, 12, 2, 11)]


@pytest.mark.parametrize("jump", [-HOUR, DAY])
def test_a_lease_does_not_end_with_a_jump_of_the_clock(
    house: House, jump: timedelta, monkeypatch: pytest.MonkeyPatch
) -> None:
    house.owe()
    house.engine.tick()
    claimed = outbox.claim(
        house.database, house.engine.sender.builders, now=NINE, lanes=LANES, timings=house.engine.sender.timings
    )
    assert claimed
    wall = machine.time
    monkeypatch.setattr(machine, "time", lambda: wall() + jump.total_seconds())
    house.clock.set(NINE + jump)

    with house.database.reading() as db:
        assert not delivery_queries.has_doubtful(db, machine_now=machine_now(db))
    assert outbox.holds_lease(house.database, claimed)


def test_a_clock_in_a_file_never_runs_backwards(tmp_path: Any) -> None:
    file = tmp_path / "clock"
    file.write_text("2026-12-01T09:00+00:00")
    clock = FileClock(file)
    file.write_text("2026-12-01T08:00+00:00")
    assert clock.now() == NINE
    file.write_text("2026-12-02T09:00+00:00")
    assert clock.now() == NINE + DAY


# ---- the metronome ---------------------------------------------------------------------------------------------------


class Beats:
    """Counts ticks; a test waits for the next ones."""

    def __init__(self) -> None:
        self.ticked = Event()

    def __call__(self) -> None:
        self.ticked.set()

    def comes(self, *, within: float = 5.0) -> bool:
        """Say whether another tick comes, and one after it."""
        found = []
        for _ in range(2):
            self.ticked.clear()
            found.append(self.ticked.wait(within))
        return all(found)


@pytest.fixture
def beats() -> Iterator[tuple[Metronome, Beats]]:
    """Tick twenty times a second."""
    count = Beats()
    metronome = Metronome(count, interval=0.05)
    metronome.start()
    yield metronome, count
    metronome.stop()


@pytest.mark.parametrize("jump", [-HOUR, DAY])
def test_the_metronome_goes_on_when_the_machines_clock_jumps(
    beats: tuple[Metronome, Beats], jump: timedelta, monkeypatch: pytest.MonkeyPatch
) -> None:
    metronome, count = beats
    assert count.comes()

    class Jumped(datetime):
        """The machine's clock after its jump."""

        @classmethod
        def now(cls, tz: Any = None) -> datetime:  # type: ignore[override]  # a plain one will do
            return datetime.now(tz) + jump

    monkeypatch.setattr(scheduling, "datetime", Jumped)
    monkeypatch.setattr(bot.clock, "datetime", Jumped)

    assert count.comes() and count.comes()
    assert not metronome.is_late
