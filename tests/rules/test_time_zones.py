"""Every zone there is, and every change of its clocks from 2024 to 2030: no time is lost there and none comes twice."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo, available_timezones

import pytest

from bot.rules.slots import (
    Slot,
    WorkingPattern,
    WorkingTime,
    digest_at,
    due_moment,
    next_slot,
    resolve_local,
    slot_at,
    slot_on,
)
from bot.rules.summary_times import next_summary_at
from bot.rules.working_days import local_date

FIRST, LAST = datetime(2024, 1, 1, tzinfo=UTC), datetime(2031, 1, 1, tzinfo=UTC)
LOOK_EVERY = timedelta(days=3)  # no zone changes its clocks and back again within that
DAY, SECOND = timedelta(days=1), timedelta(seconds=1)
QUARTER = timedelta(minutes=15)


@dataclass(frozen=True)
class Change:
    """One change of the clocks: `at` is the first instant (UTC) after it; the offsets before and after."""

    zone: str
    at: datetime
    before: timedelta
    after: timedelta

    @property
    def skipped(self) -> tuple[datetime, datetime]:
        """The wall-clock times between which nothing, or everything twice, is shown: the earlier and the later."""
        walls = [(self.at + offset).replace(tzinfo=None) for offset in (self.before, self.after)]
        return min(walls), max(walls)

    @property
    def is_gap(self) -> bool:
        return self.after > self.before

    @property
    def days(self) -> list[date]:
        """The dates around it, by the clock there."""
        on = (self.at + self.before).date()
        return [on + n * DAY for n in (-2, -1, 0, 1, 2)]


def offset_at(place: ZoneInfo, moment: datetime) -> timedelta:
    offset = moment.astimezone(place).utcoffset()
    assert offset is not None
    return offset


def changes_of(zone: str) -> Iterator[Change]:
    """Find the changes of one zone by looking every few days, then narrowing down to the second."""
    place, low = ZoneInfo(zone), FIRST
    while low < LAST:
        high = low + LOOK_EVERY
        before, after = offset_at(place, low), offset_at(place, high)
        if before != after:
            yield Change(zone, _first_with(place, after, low, high), before, after)
        low = high


def _first_with(place: ZoneInfo, offset: timedelta, low: datetime, high: datetime) -> datetime:
    while high - low > SECOND:
        middle = low + ((high - low) // 2 // SECOND) * SECOND
        low, high = (low, middle) if offset_at(place, middle) == offset else (middle, high)
    return high


@pytest.fixture(scope="module")
def changes() -> list[Change]:
    """Every change of every zone, once for all the zones that share it."""
    found = (change for zone in sorted(available_timezones()) for change in changes_of(zone))
    alike = {(change.at, change.before, change.after): change for change in found}
    return list(alike.values())


def walls_around(change: Change) -> Iterator[datetime]:
    earlier, later = change.skipped
    at = earlier - timedelta(hours=3)
    while at < later + timedelta(hours=3):
        yield at
        at += QUARTER


def is_on(moment: datetime, day: date, change: Change) -> bool:
    """Say whether a moment is on a date; where the clocks skip the end of a day, the next one's first instant is."""
    ends_early = change.is_gap and change.skipped[1].time() == time() and moment == change.at
    return local_date(moment, change.zone) == day or (ends_early and local_date(moment - SECOND, change.zone) == day)


def test_the_changes_are_found(changes: list[Change]) -> None:
    assert len(changes) > 300
    at_midnight = {change.zone for change in changes if change.is_gap and change.skipped[0].time() == time()}
    assert len(at_midnight) >= 5  # where a day begins at one in the morning: Cairo, Beirut, Santiago, Asunción …
    assert Change("Europe/London", datetime(2026, 3, 29, 1, tzinfo=UTC), timedelta(0), timedelta(hours=1)) in [
        *changes_of("Europe/London")
    ]


def test_a_time_in_any_gap_is_the_first_instant_after_it(changes: list[Change]) -> None:
    for change in changes:
        if change.is_gap:
            earlier, later = change.skipped
            middle = earlier + (later - earlier) / 2
            for wall in (earlier, earlier + SECOND, middle, later - SECOND, later):
                assert resolve_local(wall, change.zone) == change.at, (change, wall)
            assert resolve_local(earlier - SECOND, change.zone) == change.at - SECOND


def test_a_time_in_any_repeated_hour_is_once_and_the_first_time(changes: list[Change]) -> None:
    for change in changes:
        if not change.is_gap:
            earlier, later = change.skipped
            assert resolve_local(earlier, change.zone) == change.at - (later - earlier), change
            assert resolve_local(later - SECOND, change.zone) == change.at - SECOND, change
            assert resolve_local(later, change.zone) == change.at + (later - earlier), change


def test_every_quarter_of_an_hour_around_a_change_comes_once_in_order_and_on_its_own_date(
    changes: list[Change],
) -> None:
    for change in changes:
        place = ZoneInfo(change.zone)
        for wall, following in pairwise(walls_around(change)):
            moment = resolve_local(wall, change.zone)
            shown = moment.astimezone(place)
            assert shown.replace(tzinfo=None) >= wall and shown.fold == 0, (change, wall)
            assert (moment - SECOND).astimezone(place).replace(tzinfo=None) < wall, (change, wall)
            assert moment <= resolve_local(following, change.zone), (change, wall)
            assert local_date(moment, change.zone) == shown.date()


def test_no_midnight_is_skipped_and_a_day_begins_once(changes: list[Change]) -> None:
    for change in changes:
        begins = [resolve_local(datetime.combine(day, time()), change.zone) for day in change.days]
        for day, moment in zip(change.days, begins, strict=True):
            assert local_date(moment, change.zone) == day, (change, day)
            assert local_date(moment - SECOND, change.zone) == day - DAY, (change, day)
        assert all(timedelta(hours=22) <= b - a <= timedelta(hours=26) for a, b in pairwise(begins)), change


ROUND_THE_CLOCK = [
    "09:00-17:00", "22:00-06:00", "00:00-00:00", "00:30-08:30", "23:30-07:30", "01:15-09:45", "16:00-00:00",
]  # fmt: skip


@pytest.mark.parametrize("hours", ROUND_THE_CLOCK)
def test_a_slot_across_any_change_belongs_to_the_date_on_which_it_begins(changes: list[Change], hours: str) -> None:
    pattern = WorkingPattern.from_words("every day", hours)
    for change in changes:
        working = WorkingTime(change.zone, pattern)
        slots = [slot_on(working, day) for day in change.days]
        for day, slot in zip(change.days, slots, strict=True):
            assert slot and slot.on == day and is_on(slot.starts_at, day, change), (change, day)
            assert slot_at(working, slot.starts_at) == slot == slot_at(working, slot.ends_at - SECOND), (change, day)
            before = next_slot(working, slot.starts_at - SECOND)
            assert before and (before == slot or before.ends_at > slot.starts_at - SECOND), (change, day)
        assert all(a.ends_at <= b.starts_at for a, b in pairwise(filter(None, slots))), change


def first_chosen(slot: Slot, hour: int | None, zone: str) -> datetime:
    """Return the first moment of a slot at which the clock reaches a chosen hour, else its start."""
    days = (slot.on, slot.on + DAY) if hour is not None else ()
    chosen = (resolve_local(datetime.combine(day, time(hour or 0)), zone) for day in days)
    return next((moment for moment in chosen if slot.contains(moment)), slot.starts_at)


@pytest.mark.parametrize("hours", ROUND_THE_CLOCK)
@pytest.mark.parametrize("hour", [None, 0, 2, 23])
def test_each_slot_across_any_change_has_one_digest(changes: list[Change], hours: str, hour: int | None) -> None:
    pattern = WorkingPattern.from_words("every day", hours)
    for change in changes:
        working = WorkingTime(change.zone, pattern)
        slots = [slot for day in change.days if (slot := slot_on(working, day))]
        wanted = [digest_at(slot, hour, change.zone) for slot in slots]
        for slot, planned in zip(slots, wanted, strict=True):
            assert planned == first_chosen(slot, hour, change.zone), (change, slot)
        heard: list[datetime] = []
        now = wanted[0]
        while len(heard) < len(wanted):
            at = due_moment(working, local_date(now, change.zone) - 3 * DAY, hour, now)
            assert at is not None
            heard.append(at)
            now = at + SECOND
        assert heard == wanted, change


@pytest.mark.parametrize("hour", [0, 1, 2, 9, 23])
def test_a_weekly_summary_is_posted_once_on_its_day_whatever_the_clocks_do(changes: list[Change], hour: int) -> None:
    for change in changes:
        on = (change.at + change.before).date()
        at = change.at - 8 * DAY
        for day in (on - 7 * DAY, on, on + 7 * DAY):
            at = next_summary_at(on.weekday(), hour, zone=change.zone, after=at)
            assert is_on(at, day, change), (change, day)
            assert next_summary_at(on.weekday(), hour, zone=change.zone, after=at - SECOND) == at, (change, day)
