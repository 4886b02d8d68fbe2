"""A person's slots: the stretches of their working time, and when a nudge reaches them.

A slot belongs to the date on which it begins, a night too. One digest a slot (delivery.md, "When").
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.rules.absences import Absence
from bot.rules.working_days import local_date
from bot.rules.working_patterns import OFFICE_HOURS, Hours, WorkingPattern

__all__ = [
    "OFFICE_HOURS",
    "Absence",
    "Hours",
    "Slot",
    "WorkingPattern",
    "WorkingTime",
    "digest_at",
    "due_moment",
    "last_slot_on_or_before",
    "next_slot",
    "resolve_local",
    "slot_at",
    "slot_before",
    "slot_on",
    "slots_from",
]

_DAY = timedelta(days=1)
_SEARCHED_DAYS = 400


@dataclass(frozen=True)
class WorkingTime:
    """All that decides when one person works. `closed` are the organisation's closures.

    `bank_holidays` close a day too, except for those whose shifts run through them.
    """

    zone: str
    pattern: WorkingPattern = OFFICE_HOURS
    absences: tuple[Absence, ...] = ()
    closed: frozenset[date] = frozenset()
    bank_holidays: frozenset[date] = frozenset()
    works_bank_holidays: bool = False


@dataclass(frozen=True)
class Slot:
    """One stretch of working time; `on` is the person's own date on which it begins, the moments are UTC."""

    on: date
    starts_at: datetime
    ends_at: datetime

    def contains(self, moment: datetime) -> bool:
        """Say whether `moment` is inside; the end is already outside."""
        return self.starts_at <= moment < self.ends_at


def resolve_local(wall: datetime, zone: str) -> datetime:
    """Return the UTC moment of the naive wall-clock time `wall` in `zone`.

    A time that a spring change skips is the first instant after the gap; one that an autumn change repeats is its first
    occurrence only.
    """
    place = ZoneInfo(zone)
    wall = wall.replace(fold=0)  # what is typed or stored has passes of no hour; a copied moment may
    moment = wall.replace(tzinfo=place).astimezone(UTC)
    if moment.astimezone(place).replace(tzinfo=None) == wall:
        return moment
    return _first_instant_after_gap(wall.replace(tzinfo=place, fold=1).astimezone(UTC), moment, place)


def slot_on(working: WorkingTime, day: date) -> Slot | None:
    """Return the slot that begins on `day`, or None on a day off."""
    hours = _hours_worked_on(working, day)
    if hours is None or _is_absent(working, day):
        return None
    ends_on = day if hours.ends > hours.starts else day + _DAY
    starts_at = resolve_local(datetime.combine(day, hours.starts), working.zone)
    ends_at = resolve_local(datetime.combine(ends_on, hours.ends), working.zone)
    return Slot(day, starts_at, ends_at) if starts_at < ends_at else None


def slots_from(working: WorkingTime, day: date) -> Iterator[Slot]:
    """Yield the person's slots that begin on `day` and in the 400 days after it, in order."""
    days = (day + n * _DAY for n in range(_SEARCHED_DAYS + 1))
    return (slot for each in days if (slot := slot_on(working, each)))


def slot_at(working: WorkingTime, moment: datetime) -> Slot | None:
    """Return the slot that contains `moment`, or None outside working time."""
    slot = next_slot(working, moment)
    return slot if slot and slot.contains(moment) else None


def next_slot(working: WorkingTime, moment: datetime) -> Slot | None:
    """Return the slot that contains `moment`, else the first after it; None when none begins within 400 days."""
    yesterday = local_date(moment, working.zone) - _DAY
    return next((slot for slot in slots_from(working, yesterday) if slot.ends_at > moment), None)


def last_slot_on_or_before(working: WorkingTime, day: date) -> Slot | None:
    """Return the last slot that begins on or before `day`; None when none does in the 400 days before."""
    days = (day - n * _DAY for n in range(_SEARCHED_DAYS + 1))
    return next((slot for each in days if (slot := slot_on(working, each))), None)


def slot_before(working: WorkingTime, moment: datetime) -> Slot | None:
    """Return the slot before the one that contains `moment`, else the last that begins before it.

    A session is announced in this slot's digest; a session outside working time has no slot of its own.
    """
    own = slot_at(working, moment)
    if own:
        return last_slot_on_or_before(working, own.on - _DAY)
    slot = last_slot_on_or_before(working, local_date(moment, working.zone))
    return slot if slot is None or slot.starts_at < moment else last_slot_on_or_before(working, slot.on - _DAY)


def digest_at(slot: Slot, hour: int | None, zone: str) -> datetime:
    """Return when the slot's digest goes out: at the person's chosen `hour` (0 to 23, in `zone`), else as it starts."""
    if hour is not None:
        for day in (slot.on, slot.on + _DAY):
            chosen = resolve_local(datetime.combine(day, time(hour)), zone)
            if slot.contains(chosen):
                return chosen
    return slot.starts_at


def due_moment(working: WorkingTime, day: date, hour: int | None, now: datetime) -> datetime | None:
    """Return when a nudge for `day` goes out, never before `now`; None without working time in the next 400 days.

    It is the digest of the last slot that begins on or before `day`, so part-time people hear sooner, never later. When
    that digest has gone, it is the next digest to come: a slot has one only.
    """
    wanted = last_slot_on_or_before(working, day)
    if wanted and digest_at(wanted, hour, working.zone) >= now:
        return digest_at(wanted, hour, working.zone)
    to_come = slots_from(working, local_date(now, working.zone) - _DAY)
    return next((at for slot in to_come if (at := digest_at(slot, hour, working.zone)) >= now), None)


def _hours_worked_on(working: WorkingTime, day: date) -> Hours | None:
    is_closed = day in working.closed or (day in working.bank_holidays and not working.works_bank_holidays)
    return None if is_closed else working.pattern.hours_on(day)


def _is_absent(working: WorkingTime, day: date) -> bool:
    return any(absence.covers(day) for absence in working.absences)


def _first_instant_after_gap(before: datetime, after: datetime, place: ZoneInfo) -> datetime:
    """Narrow down to the second at which the offset changes; `before` and `after` are UTC moments either side."""
    later = after.astimezone(place).utcoffset()
    low, high = int(before.timestamp()), int(after.timestamp())
    while high - low > 1:
        middle = (low + high) // 2
        if datetime.fromtimestamp(middle, place).utcoffset() == later:
            high = middle
        else:
            low = middle
    return datetime.fromtimestamp(high, UTC)
