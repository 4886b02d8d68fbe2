"""Which meetings may be arranged, what stands in the way of a time, and what comes next for whom."""

from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID

import pytest

from bot.programmes.loader import built_in
from bot.rules import sessions
from bot.rules.sessions import Busy, InTheWay, Next, RecordLine
from bot.rules.slots import Absence, Hours, WorkingPattern, WorkingTime

ASHA, MARY = UUID(int=1), UUID(int=2)
TWO = datetime(2026, 12, 9, 14, tzinfo=UTC)  # a Wednesday
LONDON = WorkingTime("Europe/London")


def in_the_way(working: WorkingTime, *, at: datetime = TWO, busy: tuple[Busy, ...] = ()) -> list[InTheWay]:
    """Return what stands in the way of an hour with one person."""
    return [clash.what for clash in sessions.clashes(at, 60, working={ASHA: working}, busy={ASHA: busy})]


def may_arrange(programme: str, name: str, **more: bool) -> bool:
    """Ask whether a pair of a built-in programme may arrange a kind of meeting; agreed and not met, if not said."""
    read = built_in()[programme]
    card = read.session[name]
    agreements = {n: f for n, f in read.form.items() if f.kind == "agreement" and f.relationship == card.relationship}
    facts = {"is_agreed": True, "was_met": False} | more
    return sessions.may_be_arranged(name, card, agreements=agreements, **facts)


# ---- which -----------------------------------------------------------------------------------------------------------


def test_a_first_meeting_may_come_before_the_agreement_where_the_programme_counts_from_it() -> None:
    assert may_arrange("nqsw-mentoring", "first-meeting", is_agreed=False)
    assert not may_arrange("nqsw-mentoring", "mentoring", is_agreed=False)


def test_a_first_meeting_counted_from_the_agreement_waits_for_it() -> None:
    assert not may_arrange("senior-manager", "first-meeting", is_agreed=False)
    assert may_arrange("senior-manager", "first-meeting")


def test_a_first_meeting_is_arranged_once_and_a_regular_one_again_and_again() -> None:
    assert not may_arrange("senior-manager", "first-meeting", was_met=True)
    assert not may_arrange("nqsw-mentoring", "first-meeting", was_met=True)
    assert may_arrange("senior-manager", "mentoring", was_met=True)


@pytest.mark.requirement("001-20")
def test_a_meeting_shorter_than_its_card_is_known_and_one_without_a_length_never() -> None:
    cards = built_in()["senior-manager"].session
    assert sessions.is_shorter(59, cards["mentoring"])
    assert not sessions.is_shorter(60, cards["mentoring"])
    assert not sessions.is_shorter(5, cards["quick-word"])


# ---- what stands in the way ------------------------------------------------------------------------------------------


def test_a_free_hour_in_working_time_has_nothing_in_the_way() -> None:
    assert in_the_way(LONDON) == []


def test_another_meeting_is_in_the_way_only_where_it_overlaps() -> None:
    hour = timedelta(hours=1)
    assert in_the_way(LONDON, busy=(Busy(TWO - hour, TWO),)) == []
    assert in_the_way(LONDON, busy=(Busy(TWO + hour, TWO + 2 * hour),)) == []
    assert in_the_way(LONDON, busy=(Busy(TWO - hour, TWO + timedelta(minutes=1)),)) == [InTheWay.MEETING]


def test_leave_a_closure_and_a_bank_holiday_are_told_apart() -> None:
    day = TWO.date()
    assert in_the_way(WorkingTime("Europe/London", absences=(Absence(day, day),))) == [InTheWay.AWAY]
    assert in_the_way(WorkingTime("Europe/London", closed=frozenset({day}))) == [InTheWay.CLOSED]
    assert in_the_way(WorkingTime("Europe/London", bank_holidays=frozenset({day}))) == [InTheWay.BANK_HOLIDAY]


def test_an_hour_that_runs_past_the_end_of_work_is_outside_working_hours() -> None:
    assert in_the_way(LONDON, at=TWO.replace(hour=16)) == []
    assert in_the_way(LONDON, at=TWO.replace(hour=16, minute=30)) == [InTheWay.OUTSIDE_HOURS]
    assert in_the_way(LONDON, at=TWO + timedelta(days=3)) == [InTheWay.DAY_OFF]


def test_the_small_hours_belong_to_the_night_that_began_the_evening_before() -> None:
    nights = WorkingTime("Europe/London", WorkingPattern((Hours(time(22), time(6)), None), first_on=date(2026, 12, 8)))
    assert in_the_way(nights, at=datetime(2026, 12, 9, 3, tzinfo=UTC)) == []
    assert in_the_way(nights, at=datetime(2026, 12, 9, 23, tzinfo=UTC)) == [InTheWay.DAY_OFF]


# ---- what comes next -------------------------------------------------------------------------------------------------


def steps(state: str, **more: object) -> tuple[Next, ...]:
    """Return the next steps of whoever leads a meeting that has begun, if not said otherwise."""
    facts: dict[str, object] = {"has_begun": True, "leads": True, "record": None, "signs": False}
    return sessions.next_steps(state=state, **(facts | more))  # type: ignore[arg-type]  # the tests' own short hand


def test_a_meeting_to_come_may_be_moved_and_one_that_began_is_asked_about() -> None:
    assert steps("planned", has_begun=False) == (Next.MOVE, Next.CANCEL, Next.CALENDAR)
    assert steps("planned", has_begun=False, prepares=True)[0] is Next.PREPARE
    assert steps("planned") == (Next.HELD, Next.NOT_HELD)
    assert steps("planned", leads=False) == ()
    assert steps("cancelled") == ()


@pytest.mark.requirement("001-22")
def test_only_whoever_led_writes_the_record() -> None:
    none = RecordLine(None, 0, "none")
    assert steps("held", record=none) == (Next.WRITE, Next.ELSEWHERE)
    assert steps("held", record=none, leads=False) == ()
    assert steps("held", record=RecordLine(ASHA, 1, "returned")) == (Next.WRITE,)


def test_a_record_that_is_out_is_signed_once_and_then_read() -> None:
    out, signed = RecordLine(ASHA, 1, "out"), RecordLine(ASHA, 1, "out", is_signed=True)
    assert steps("held", record=out, leads=False, signs=True) == (Next.SIGN,)
    assert steps("held", record=signed, leads=False, signs=True) == (Next.READ,)
    assert steps("held", record=out, leads=False) == (Next.READ,)
