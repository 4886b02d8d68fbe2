"""When people are at work, and when a nudge reaches them."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as some

from bot.rules.slots import (
    Absence,
    Slot,
    WorkingPattern,
    WorkingTime,
    digest_at,
    due_moment,
    last_slot_on_or_before,
    next_slot,
    resolve_local,
    slot_at,
    slot_before,
    slot_on,
)

LONDON = "Europe/London"
OFFICE = WorkingTime(LONDON)
PART_TIME = WorkingTime(LONDON, WorkingPattern.from_words("mon tue", ""))
NIGHTS = WorkingTime(LONDON, WorkingPattern.from_words("every day", "22:00-06:00"))
MON, TUE, WED, THU, FRI, SAT, SUN = (date(2026, 6, day) for day in range(8, 15))

# London and Lisbon turn at 01:00 UTC, Nuuk in its evening, Lord Howe by half an hour, Cairo and Beirut at midnight,
# Kolkata and Kiritimati never.
ZONES = some.sampled_from(
    [
        LONDON,
        "Europe/Lisbon",
        "America/New_York",
        "America/Nuuk",
        "America/St_Johns",
        "Australia/Lord_Howe",
        "Africa/Cairo",
        "Asia/Beirut",
        "Asia/Kolkata",
        "Pacific/Kiritimati",
    ]
)
DAYS = some.dates(date(2024, 1, 2), date(2030, 12, 30))
CLOCKS = some.times().map(lambda t: t.replace(second=0, microsecond=0))
ROUNDS = some.sampled_from(["mon-fri", "mon tue", "sat sun", "every day", "4 on 4 off from 2026-12-01"])
MOMENTS = some.datetimes(datetime(2024, 1, 2), datetime(2030, 12, 30), timezones=some.just(UTC))


def utc(*parts: int) -> datetime:
    """Return a moment in UTC."""
    return datetime(*parts, tzinfo=UTC)  # type: ignore[arg-type, misc]


@some.composite
def working_times(draw: some.DrawFn) -> WorkingTime:
    """Draw anybody: a zone, a round, hours, perhaps some leave."""
    starts, ends = draw(CLOCKS), draw(CLOCKS)
    leave = draw(some.lists(some.tuples(DAYS, some.integers(0, 30)), max_size=2))
    pattern = WorkingPattern.from_words(draw(ROUNDS), f"{starts:%H:%M}-{ends:%H:%M}")
    absences = tuple(Absence(first, first + timedelta(days=n)) for first, n in leave)
    return WorkingTime(draw(ZONES), pattern, absences)


# Wall-clock times


def test_a_time_in_the_spring_gap_is_the_first_instant_after_it() -> None:
    assert resolve_local(datetime(2026, 3, 29, 1, 30), LONDON) == utc(2026, 3, 29, 1)
    assert resolve_local(datetime(2026, 10, 4, 2, 10), "Australia/Lord_Howe") == utc(2026, 10, 3, 15, 30)


def test_a_time_in_the_repeated_hour_is_its_first_pass() -> None:
    assert resolve_local(datetime(2026, 10, 25, 1, 30), LONDON) == utc(2026, 10, 25, 0, 30)


@given(DAYS, CLOCKS, ZONES)
@example(date(2024, 3, 10), time(2, fold=1), "America/New_York")
@example(date(2026, 10, 25), time(1, 30, fold=1), "Europe/London")
def test_a_wall_clock_time_is_the_first_moment_at_which_the_clock_shows_it_or_later(
    day: date, at: time, zone: str
) -> None:
    wall = datetime.combine(day, at)
    moment = resolve_local(wall, zone)
    shown = moment.astimezone(ZoneInfo(zone))
    just_before = (moment - timedelta(seconds=1)).astimezone(ZoneInfo(zone))
    assert shown.fold == 0
    assert just_before.replace(tzinfo=None) < wall <= shown.replace(tzinfo=None)


@given(MOMENTS, some.timedeltas(timedelta(0), timedelta(days=2)), ZONES)
def test_a_later_wall_clock_time_is_never_an_earlier_moment(at: datetime, later: timedelta, zone: str) -> None:
    wall = at.replace(tzinfo=None)
    assert resolve_local(wall, zone) <= resolve_local(wall + later, zone)


# Slots


def test_nine_to_five_in_june_is_eight_to_four_in_utc() -> None:
    assert slot_on(OFFICE, WED) == Slot(WED, utc(2026, 6, 10, 8), utc(2026, 6, 10, 16))
    assert slot_on(OFFICE, SAT) is None


@pytest.mark.parametrize(
    ("evening", "hours_long"), [(date(2026, 3, 28), 7), (date(2026, 10, 24), 9), (date(2026, 6, 10), 8)]
)
def test_a_night_over_the_change_of_clocks_is_an_hour_shorter_or_longer(evening: date, hours_long: int) -> None:
    slot = slot_on(NIGHTS, evening)
    assert slot and slot.on == evening
    assert slot.ends_at - slot.starts_at == timedelta(hours=hours_long)


def test_a_stretch_that_the_spring_change_swallows_whole_is_no_slot() -> None:
    call = WorkingTime(LONDON, WorkingPattern.from_words("every day", "01:15-01:45"))
    assert slot_on(call, date(2026, 3, 29)) is None
    assert slot_on(call, date(2026, 3, 30)) is not None


def test_three_in_the_morning_belongs_to_the_night_that_began_the_day_before() -> None:
    slot = slot_at(NIGHTS, utc(2026, 6, 11, 2))
    assert slot and slot.on == WED


def test_a_slot_has_ended_at_its_end() -> None:
    assert slot_at(OFFICE, utc(2026, 6, 10, 15, 59)) is not None
    assert slot_at(OFFICE, utc(2026, 6, 10, 16)) is None


def test_the_next_slot_is_the_one_under_way_else_the_one_to_come() -> None:
    assert next_slot(OFFICE, utc(2026, 6, 12, 12)) == slot_on(OFFICE, FRI)
    assert next_slot(OFFICE, utc(2026, 6, 12, 17)) == slot_on(OFFICE, date(2026, 6, 15))


def test_leave_that_ends_on_a_bank_holiday_is_followed_by_the_day_after_both() -> None:
    away = WorkingTime(
        LONDON, absences=(Absence(date(2026, 8, 17), date(2026, 8, 30)),), bank_holidays=frozenset({date(2026, 8, 31)})
    )
    slot = next_slot(away, utc(2026, 8, 17, 9))
    assert slot and slot.on == date(2026, 9, 1)


def test_a_shift_worker_may_work_a_bank_holiday_but_never_a_closure() -> None:
    christmas = date(2026, 12, 25)
    shifts = WorkingTime(LONDON, NIGHTS.pattern, bank_holidays=frozenset({christmas}), works_bank_holidays=True)
    closed = WorkingTime(LONDON, NIGHTS.pattern, closed=frozenset({christmas}), works_bank_holidays=True)
    assert slot_on(shifts, christmas) is not None
    assert slot_on(closed, christmas) is None


def test_a_night_that_began_before_leave_is_worked_to_its_end() -> None:
    off = WorkingTime(LONDON, NIGHTS.pattern, (Absence(THU, FRI),))
    assert slot_at(off, utc(2026, 6, 11, 4)) == slot_on(NIGHTS, WED)
    assert slot_at(off, utc(2026, 6, 11, 22)) is None


def test_somebody_away_for_years_has_no_next_slot_and_no_moment() -> None:
    gone = WorkingTime(LONDON, absences=(Absence(date(2020, 1, 1), date(2035, 1, 1)),))
    assert next_slot(gone, utc(2026, 6, 10)) is None
    assert last_slot_on_or_before(gone, WED) is None
    assert due_moment(gone, WED, None, utc(2026, 6, 10)) is None


def test_a_session_is_announced_in_the_slot_before_its_own() -> None:
    tuesday_at_two, saturday_at_ten = utc(2026, 6, 9, 13), utc(2026, 6, 13, 9)
    assert slot_before(OFFICE, tuesday_at_two) == slot_on(OFFICE, MON)
    assert slot_before(PART_TIME, utc(2026, 6, 15, 13)) == slot_on(PART_TIME, TUE)
    assert slot_before(OFFICE, saturday_at_ten) == slot_on(OFFICE, FRI)


def test_a_session_early_on_a_working_day_is_announced_the_working_day_before() -> None:
    assert slot_before(OFFICE, utc(2026, 6, 10, 6)) == slot_on(OFFICE, TUE)


@settings(max_examples=60)
@given(working_times(), MOMENTS)
def test_the_slot_at_a_moment_and_the_next_slot_agree(working: WorkingTime, moment: datetime) -> None:
    slot, here = next_slot(working, moment), slot_at(working, moment)
    if slot is None:
        assert here is None
    else:
        assert slot.ends_at > moment and slot.starts_at < slot.ends_at
        assert (here == slot) is (slot.starts_at <= moment)
        assert slot_on(working, slot.on) == slot


@settings(max_examples=60)
@given(working_times(), DAYS)
def test_the_slot_before_a_slot_is_the_nearest_that_begins_before_it(working: WorkingTime, day: date) -> None:
    slot = slot_on(working, day)
    before = slot_before(working, slot.starts_at) if slot else None
    if slot and before:
        between = (date.fromordinal(n) for n in range(before.on.toordinal() + 1, day.toordinal()))
        assert before.on < day
        assert all(slot_on(working, each) is None for each in between)


# Digests


def test_the_digest_goes_at_the_chosen_hour_when_it_is_in_the_slot() -> None:
    slot = slot_on(OFFICE, WED)
    assert slot
    assert digest_at(slot, 14, LONDON) == utc(2026, 6, 10, 13)
    assert digest_at(slot, 7, LONDON) == digest_at(slot, 17, LONDON) == slot.starts_at
    assert digest_at(slot, None, LONDON) == slot.starts_at


def test_a_night_worker_may_choose_an_hour_after_midnight() -> None:
    slot = slot_on(NIGHTS, WED)
    assert slot
    assert digest_at(slot, 3, LONDON) == utc(2026, 6, 11, 2)


def test_a_chosen_hour_that_the_spring_change_skips_comes_an_hour_later() -> None:
    slot = slot_on(NIGHTS, date(2026, 3, 28))
    assert slot
    assert digest_at(slot, 1, LONDON) == utc(2026, 3, 29, 1)


def test_a_part_time_person_hears_sooner_never_later() -> None:
    monday_morning = utc(2026, 6, 8, 6)
    assert due_moment(OFFICE, FRI, 9, monday_morning) == utc(2026, 6, 12, 8)
    assert due_moment(PART_TIME, FRI, 9, monday_morning) == utc(2026, 6, 9, 8)


def test_what_falls_due_on_a_bank_holiday_is_asked_the_working_day_before() -> None:
    working = WorkingTime(LONDON, bank_holidays=frozenset({date(2026, 5, 25)}))
    assert due_moment(working, date(2026, 5, 25), 9, utc(2026, 5, 18, 6)) == utc(2026, 5, 22, 8)


def test_a_nudge_whose_digest_has_gone_waits_for_the_next_one() -> None:
    assert due_moment(OFFICE, WED, 9, utc(2026, 6, 10, 8)) == utc(2026, 6, 10, 8)
    assert due_moment(OFFICE, WED, 9, utc(2026, 6, 10, 8, 1)) == utc(2026, 6, 11, 8)
    assert due_moment(PART_TIME, TUE, 9, utc(2026, 6, 10, 6)) == utc(2026, 6, 15, 8)


def test_a_person_on_four_on_four_off_hears_on_the_last_day_on() -> None:
    carer = WorkingTime(LONDON, WorkingPattern.from_words("4 on 4 off from 2026-12-01", "07:00-19:00"))
    assert due_moment(carer, date(2026, 12, 7), None, utc(2026, 12, 1)) == utc(2026, 12, 4, 7)


def test_a_person_who_moves_gets_the_next_digest_in_the_new_zone() -> None:
    moved = WorkingTime("America/New_York")
    after_london_digest = utc(2026, 6, 10, 8, 1)
    assert due_moment(moved, THU, 9, after_london_digest) == utc(2026, 6, 11, 13)


@settings(max_examples=80)
@given(working_times(), DAYS, some.none() | some.integers(0, 23), some.integers(0, 40))
def test_a_nudge_is_inside_working_time_and_on_or_before_its_day_while_it_can_be(
    working: WorkingTime, day: date, hour: int | None, lead: int
) -> None:
    now = datetime.combine(day - timedelta(days=lead), time(0), tzinfo=UTC)
    at = due_moment(working, day, hour, now)
    if at is None:
        return
    slot = slot_at(working, at)
    wanted = last_slot_on_or_before(working, day)
    assert at >= now
    assert slot and digest_at(slot, hour, working.zone) == at
    if wanted and wanted.starts_at >= now:
        assert slot.on == wanted.on <= day
