"""What people get when clocks change, work is at night or on some days only, and leave ends on a bank holiday."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from sqlmodel import col, select

from bot.actions.nudge_times import first_nudge_at, next_remind_at
from bot.actions.working_times import working_time_of
from bot.practice.person import texts
from bot.rules.slots import WorkingPattern, resolve_local, slot_at
from bot.rules.working_days import local_date
from storage.tables.delivery import DueItem, Notice
from storage.tables.meetings import Session
from storage.tables.people import Absence, Person
from storage.tables.programmes import ProgrammeSettings
from tests.delivery.conftest import House, due_item

LONDON, DAY, HOUR = "Europe/London", timedelta(days=1), timedelta(hours=1)
NIGHTS = WorkingPattern.from_words("every day", "22:00-06:00").to_json()


def utc(*parts: int) -> datetime:
    """Return a moment in UTC."""
    return datetime(*parts, tzinfo=UTC)  # type: ignore[arg-type, misc]


def be(house: House, person: str, **facts: Any) -> None:
    """Make somebody's hours, their digest's hour or their zone what the test is about."""
    with house.database.transaction() as db:
        row = db.get(Person, getattr(house.service, person))
        assert row
        for name, value in facts.items():
            setattr(row, name, value)


def owe_on(house: House, *days: date) -> None:
    """Let something fall due for the mentee on each of these days, each spoken of when its ladder says."""
    with house.database.transaction() as db:
        for day in days:
            item = due_item(house.service, rule="training.fire", period=f"{day}", due_on=day, opens_on=day - 7 * DAY)
            item.next_nudge_at = first_nudge_at(db, item, now=house.clock.now())
            db.add(item)


def meet(house: House, at: datetime, **more: Any) -> None:
    """Plan a mentoring meeting of the mentee with the mentor."""
    with house.database.transaction() as db:
        session = Session(
            kind="mentoring",
            version_id=house.service.version,
            enrolment_id=house.service.enrolment,
            relationship_id=house.service.relationship,
            about_id=house.service.mentee,
            led_by_id=house.service.mentor,
            planned_at=at,
            falls_on=local_date(at, LONDON),
            **more,
        )
        session.remind_at = next_remind_at(db, session, now=house.clock.now())
        db.add(session)


def heard(house: House, name: str = "ASHA") -> list[datetime]:
    """Return when somebody was written to."""
    return [post.at for post in house.posts(name)]


def slots_heard_in(house: House) -> list[tuple[str, str]]:
    """Return of each thing owed the day it is due and the date of the slot in which its owner heard of it."""
    with house.database.reading() as db:
        asked = select(Notice).where(Notice.person_id == house.service.mentee).order_by(col(Notice.digest_on))
        rows = [(db.get(DueItem, notice.due_item_id), notice) for notice in db.exec(asked)]
        return [(f"{item.due_on}", f"{notice.digest_on}") for item, notice in rows if item]


# ---- the two British changes of clocks -------------------------------------------------------------------------------


@dataclass(frozen=True)
class Week:
    """A week with a change of clocks in it: its Friday and Monday, and 10 o'clock in London on each, in UTC."""

    friday: date
    ten_on_friday: datetime
    ten_on_monday: datetime


SPRING = Week(date(2028, 3, 24), utc(2028, 3, 24, 10), utc(2028, 3, 27, 9))
AUTUMN = Week(date(2027, 10, 29), utc(2027, 10, 29, 9), utc(2027, 11, 1, 10))
WEEKS = pytest.mark.parametrize("week", [SPRING, AUTUMN], ids=["spring", "autumn"])


@WEEKS
def test_the_digest_stays_at_its_hour_by_the_clock_when_the_clocks_change(house: House, week: Week) -> None:
    house.clock.set(week.ten_on_friday - 2 * DAY)
    be(house, "mentee", digest_hour=10)
    owe_on(house, week.friday, week.friday + 3 * DAY)

    house.driver.advance(week.ten_on_monday + 3 * DAY)

    assert heard(house) == [week.ten_on_friday, week.ten_on_monday]


@WEEKS
def test_a_meeting_after_the_clocks_change_is_announced_before_it_and_two_real_hours_ahead(
    house: House, week: Week
) -> None:
    house.clock.set(week.ten_on_friday - 2 * DAY)
    be(house, "mentee", digest_hour=10)
    be(house, "mentor", digest_hour=10)
    meet(house, week.ten_on_monday + 4 * HOUR)  # two o'clock on Monday

    house.driver.advance(week.ten_on_monday + 3 * DAY)

    assert heard(house) == heard(house, "MARY") == [week.ten_on_friday, week.ten_on_monday + 2 * HOUR]
    assert "at 14:00" in " ".join(texts({"blocks": house.posts("ASHA")[0].blocks}))


@pytest.mark.parametrize(
    ("evening", "at"),
    [
        (date(2028, 3, 25), utc(2028, 3, 26, 2, 30)),  # half past three, after an hour that never was
        (date(2027, 10, 30), utc(2027, 10, 31, 2, 30)),  # half past two, after an hour that came twice
    ],
)
def test_a_meeting_in_the_night_of_the_change_is_said_two_real_hours_before_and_once(
    house: House, evening: date, at: datetime
) -> None:
    house.clock.set(datetime.combine(evening - 2 * DAY, time(12), tzinfo=UTC))
    be(house, "mentee", working_pattern=NIGHTS)
    meet(house, at)

    house.driver.advance(at + DAY)

    the_night_before = resolve_local(datetime.combine(evening - DAY, time(22)), LONDON)
    assert heard(house) == [the_night_before, at - 2 * HOUR]


@WEEKS
def test_a_summary_keeps_its_weekly_hour_when_the_clocks_change(house: House, week: Week) -> None:
    with house.database.transaction() as db:
        [settings] = db.exec(select(ProgrammeSettings)).all()
        settings.summary_channel, settings.summary_weekday, settings.summary_hour = "C0SUMMARY", 0, 10
        settings.next_summary_at = week.ten_on_monday - 7 * DAY + (HOUR if week is SPRING else -HOUR)
    house.clock.set(week.ten_on_friday - 7 * DAY)

    house.driver.advance(week.ten_on_monday + 8 * DAY)

    posts = [post.at for post in house.posts() if post.channel == "C0SUMMARY"]
    assert posts[1:] == [week.ten_on_monday, week.ten_on_monday + 7 * DAY]
    assert posts[0] == week.ten_on_monday - 7 * DAY + (HOUR if week is SPRING else -HOUR)


# ---- nights, part-time, rounds ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("evening", "hour", "at"),
    [
        (date(2028, 3, 25), None, utc(2028, 3, 25, 22)),
        (date(2028, 3, 25), 1, utc(2028, 3, 26, 1)),  # one o'clock never is: the first instant after
        (date(2027, 10, 30), None, utc(2027, 10, 30, 21)),
        (date(2027, 10, 30), 1, utc(2027, 10, 31, 0)),  # one o'clock is twice: the first
    ],
)
def test_the_night_on_which_the_clocks_change_has_one_digest_of_the_evening_it_began(
    house: House, evening: date, hour: int | None, at: datetime
) -> None:
    house.clock.set(datetime.combine(evening - 2 * DAY, time(12), tzinfo=UTC))
    be(house, "mentee", working_pattern=NIGHTS, digest_hour=hour)
    owe_on(house, evening)
    house.driver.advance(at - timedelta(minutes=1))
    house.owe(rule="training.moving", period="2", due_on=evening, next_nudge_at=at)
    assert heard(house) == []

    house.driver.advance(at + 12 * HOUR)

    assert heard(house) == [at]
    assert {on for _, on in slots_heard_in(house)} == {f"{evening}"}


def test_in_the_night_that_has_an_hour_twice_a_tick_in_each_says_it_once(house: House) -> None:
    house.clock.set(utc(2027, 10, 30, 12))
    be(house, "mentee", working_pattern=NIGHTS, digest_hour=1)
    owe_on(house, date(2027, 10, 30))
    for minutes in range(-5, 130, 15):
        house.engine.run_until(utc(2027, 10, 31, 0) + timedelta(minutes=minutes))
        house.clock.set(utc(2027, 10, 31, 0) + timedelta(minutes=minutes))

    house.engine.run_until(house.clock.now())

    assert len(heard(house)) == 1


@pytest.mark.parametrize(
    ("days", "hours"),
    [
        ("mon tue", ""),
        ("wed", "13:00-17:00"),
        ("sat sun", "22:00-08:00"),
        ("4 on 4 off from 2026-12-02", "07:00-19:00"),
        ("4 on 4 off from 2026-12-02", "19:00-07:00"),
        ("mon-fri", "09:00-17:00; fri 09:00-13:00"),
    ],
)
def test_whoever_works_some_days_or_nights_hears_in_working_time_only_and_sooner_never_later(
    house: House, days: str, hours: str
) -> None:
    be(house, "mentee", working_pattern=WorkingPattern.from_words(days, hours).to_json())
    first = date(2026, 12, 9)
    owe_on(house, *(first + n * DAY for n in range(12)))

    house.driver.advance(utc(2026, 12, 24, 12))

    with house.database.reading() as db:
        asha = db.get(Person, house.service.mentee)
        assert asha
        working = working_time_of(db, asha, around=first)
    slots = [slot_at(working, at) for at in heard(house)]
    assert all(slots) and len({slot.on for slot in slots if slot}) == len(slots)
    told = slots_heard_in(house)
    assert len({due for due, _ in told}) == 12
    assert all(on <= due for due, on in told)


def test_a_meeting_on_the_first_day_on_is_announced_on_the_last_day_before_the_days_off(house: House) -> None:
    round_of_days = WorkingPattern.from_words("4 on 4 off from 2026-12-02", "07:00-19:00").to_json()
    be(house, "mentee", working_pattern=round_of_days)
    meet(house, utc(2026, 12, 10, 14))  # on from the 2nd to the 5th, then from the 10th

    house.driver.advance(utc(2026, 12, 12, 9))

    assert heard(house) == [utc(2026, 12, 5, 7), utc(2026, 12, 10, 12)]
    assert heard(house, "MARY") == [utc(2026, 12, 9, 9), utc(2026, 12, 10, 12)]


# ---- leave -----------------------------------------------------------------------------------------------------------


def test_leave_that_ends_on_a_bank_holiday_is_followed_by_one_digest_on_the_first_working_day(house: House) -> None:
    with house.database.transaction() as db:
        db.add(Absence(person_id=house.service.mentee, from_on=date(2026, 12, 16), until_on=date(2026, 12, 25)))
    house.clock.set(utc(2026, 12, 15, 18))
    owe_on(house, *(date(2026, 12, 16) + n * DAY for n in range(12)))

    house.driver.advance(utc(2026, 12, 31, 18))

    assert heard(house) == [utc(2026, 12, 29, 9)]  # the 25th is a Friday, and Boxing Day is kept on Monday the 28th


def test_a_meeting_in_the_first_slot_after_leave_is_not_announced_during_it(house: House) -> None:
    with house.database.transaction() as db:
        db.add(Absence(person_id=house.service.mentee, from_on=date(2026, 12, 7), until_on=date(2026, 12, 11)))
    meet(house, utc(2026, 12, 14, 14))

    house.driver.advance(utc(2026, 12, 15, 9))

    assert heard(house) == [utc(2026, 12, 4, 9), utc(2026, 12, 14, 12)]


# ---- after an outage -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("at", "said_at"),
    [
        (utc(2026, 12, 8, 9, 30), [utc(2026, 12, 8, 9)]),
        (utc(2026, 12, 8, 14), [utc(2026, 12, 8, 9), utc(2026, 12, 8, 12)]),
    ],
)
def test_a_meeting_whose_announcing_fell_into_an_outage_is_announced_in_its_own_slot(
    house: House, at: datetime, said_at: list[datetime]
) -> None:
    meet(house, at)  # on a Tuesday
    house.clock.set(utc(2026, 12, 8, 8))  # nothing ran on Monday

    house.driver.advance(utc(2026, 12, 11, 12))

    assert heard(house) == heard(house, "MARY") == said_at
    assert "Tue 8 Dec" in " ".join(texts({"blocks": house.posts("ASHA")[0].blocks}))


def test_a_meeting_whose_announcing_would_fall_into_leave_entered_late_is_announced_on_coming_back(
    house: House,
) -> None:
    house.owe(rule="training.fire", next_nudge_at=utc(2026, 12, 4, 9))
    meet(house, utc(2026, 12, 11, 10))  # on a Friday: it would be said on Thursday
    house.driver.advance(utc(2026, 12, 7, 11))  # something else was said on the Friday before
    with house.database.transaction() as db:
        db.add(Absence(person_id=house.service.mentee, from_on=date(2026, 12, 7), until_on=date(2026, 12, 10)))
        db.flush()
        for session in db.exec(select(Session)):
            session.remind_at = next_remind_at(db, session, now=house.clock.now())

    house.driver.advance(utc(2026, 12, 14, 12))

    assert heard(house) == [utc(2026, 12, 4, 9), utc(2026, 12, 11, 9)]
    assert heard(house, "MARY") == [utc(2026, 12, 10, 9)]


def test_a_meeting_arranged_after_the_digest_of_the_day_before_is_not_announced_once_more(house: House) -> None:
    house.clock.set(utc(2026, 12, 7, 16))
    meet(house, utc(2026, 12, 8, 14), changed_at=utc(2026, 12, 7, 16))

    house.driver.advance(utc(2026, 12, 9, 12))

    assert heard(house) == [utc(2026, 12, 8, 12)]
    assert house.deliveries(kind="digest") == []


def test_a_meeting_announced_yesterday_is_not_in_the_digest_that_says_something_else_today(house: House) -> None:
    meet(house, utc(2026, 12, 8, 14))
    house.owe(rule="training.fire", next_nudge_at=utc(2026, 12, 8, 9), due_on=date(2026, 12, 8))

    house.driver.advance(utc(2026, 12, 11, 12))

    said = [" ".join(texts({"blocks": post.blocks})) for post in house.posts("ASHA")]
    assert ["Tue 8 Dec at 14:00" in each for each in said] == [True, False, True]  # and the reminder says it again
    assert [row.subject["on"] for row in house.deliveries(kind="digest", person_id=house.service.mentor)] == [
        "2026-12-07"
    ]


def test_steps_a_day_apart_are_told_a_night_apart_to_who_hears_after_midnight(house: House) -> None:
    be(house, "mentee", working_pattern=NIGHTS, digest_hour=3)
    tenth = date(2026, 12, 10)
    house.owe(ladder="meeting", asked_on=tenth - DAY, due_on=tenth, next_nudge_at=utc(2026, 12, 10, 3))

    house.driver.advance(utc(2026, 12, 12))

    assert heard(house) == [utc(2026, 12, 10, 3), utc(2026, 12, 11, 3)]
