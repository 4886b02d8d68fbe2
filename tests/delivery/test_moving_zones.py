"""A person who moves to another zone between what was planned and what is sent: none twice, none lost."""

from datetime import date, datetime
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from sqlmodel import select

from bot.actions.nudge_times import first_nudge_at
from bot.practice.person import texts
from storage.database import Database
from storage.tables.delivery import DueItem, Notice
from tests.delivery.conftest import House
from tests.delivery.test_time import DAY, HOUR, be, heard, meet, owe_on, utc

LONDON, NEW_YORK, KOLKATA = "Europe/London", "America/New_York", "Asia/Kolkata"
AUCKLAND, HONOLULU, KIRITIMATI, PAGO_PAGO = (
    "Pacific/Auckland", "Pacific/Honolulu", "Pacific/Kiritimati", "Pacific/Pago_Pago",
)  # fmt: skip


@pytest.fixture
def database(sqlite_database: Database) -> Database:
    """Zones are worked out before anything reaches a database: one kind is enough."""
    return sqlite_database


def told(house: House) -> set[str]:
    """Return which things the mentee was told of in a digest that arrived."""
    sent = {row.subject["on"] for row in house.deliveries(kind="digest") if row.status in ("sent", "retired")}
    with house.database.reading() as db:
        rows = [(db.get(DueItem, notice.due_item_id), notice) for notice in db.exec(select(Notice))]
        return {item.period for item, notice in rows if item and f"{notice.digest_on}" in sent}


MOVES = [
    (LONDON, NEW_YORK),
    (LONDON, KOLKATA),
    (LONDON, HONOLULU),
    (AUCKLAND, HONOLULU),
    (HONOLULU, AUCKLAND),
    (PAGO_PAGO, KIRITIMATI),
]


@pytest.mark.parametrize(
    ("old", "new", "hours_in"),
    [
        (LONDON, NEW_YORK, 8), (LONDON, NEW_YORK, 10), (LONDON, KOLKATA, 8), (AUCKLAND, HONOLULU, 9),
        (HONOLULU, AUCKLAND, 20), (KIRITIMATI, PAGO_PAGO, 1),
    ],
)  # fmt: skip
def test_who_moves_hears_of_everything_once_in_working_time_of_the_new_zone(
    house: House, old: str, new: str, hours_in: int
) -> None:
    be(house, "mentee", zone=old)
    days = [date(2026, 12, 2) + n * DAY for n in range(8)]
    owe_on(house, *days)
    moved_at = utc(2026, 12, 7) + hours_in * HOUR
    house.driver.advance(moved_at)
    before = len(heard(house))
    be(house, "mentee", zone=new)

    house.driver.advance(utc(2026, 12, 14, 12))

    posts = heard(house)
    assert told(house) == {f"{day}" for day in days}
    for post in posts[before:]:
        local = post.astimezone(ZoneInfo(new))
        assert local.weekday() < 5 and 9 <= local.hour < 17
    slots = [post.astimezone(ZoneInfo(new)).date() for post in posts[before:]]
    assert len(slots) == len(set(slots))
    assert all(b - a > 6 * HOUR for a, b in pairwise(posts))


@pytest.mark.parametrize(("old", "new"), MOVES)
def test_who_moves_while_a_digest_waits_to_be_sent_hears_it_once_and_nothing_is_lost(
    house: House, old: str, new: str
) -> None:
    be(house, "mentee", zone=old)
    days = [date(2026, 12, 7), date(2026, 12, 8), date(2026, 12, 9)]
    owe_on(house, *days)
    while len(heard(house)) < 1:
        house.driver.step("next")
    second = house.driver.next_thing()
    assert second
    house.clock.set(second)
    house.engine.tick()
    assert [row.status for row in house.deliveries(kind="digest")] == ["sent", "pending"]
    be(house, "mentee", zone=new)

    house.driver.advance(utc(2026, 12, 14, 12))

    assert told(house) == {f"{day}" for day in days}
    assert len(heard(house)) <= 3
    slots = [post.astimezone(ZoneInfo(new)).date() for post in heard(house)[1:]]
    assert len(slots) == len(set(slots))


@pytest.mark.parametrize(
    ("new", "moments"),
    [
        (NEW_YORK, [utc(2026, 12, 8, 14)]),  # there the meeting is at nine, and two hours before nobody works
        (KOLKATA, [utc(2026, 12, 9, 3, 30)]),  # there it is after work, which is the slot before
        (HONOLULU, [utc(2026, 12, 8, 19)]),
        (AUCKLAND, [utc(2026, 12, 8, 20)]),
    ],
)
def test_who_moves_is_told_of_a_meeting_in_the_slot_before_it_by_their_new_clock(
    house: House, new: str, moments: list[datetime]
) -> None:
    meet(house, utc(2026, 12, 9, 14))
    house.driver.advance(utc(2026, 12, 7, 18))
    be(house, "mentee", zone=new)

    house.driver.advance(utc(2026, 12, 10, 9))

    assert heard(house) == moments
    assert heard(house, "MARY") == [utc(2026, 12, 8, 9), utc(2026, 12, 9, 12)]


# ---- west of Greenwich, an afternoon is already tomorrow in UTC ------------------------------------------------------


def test_steps_a_day_apart_are_told_a_day_apart_in_an_afternoon_far_to_the_west(house: House) -> None:
    be(house, "mentee", zone=HONOLULU, digest_hour=15)
    tenth = date(2026, 12, 10)
    house.owe(ladder="meeting", asked_on=tenth - DAY, due_on=tenth, next_nudge_at=utc(2026, 12, 10, 1))

    house.driver.advance(utc(2026, 12, 12))

    assert heard(house) == [utc(2026, 12, 10, 1), utc(2026, 12, 11, 1)]


def test_what_is_snoozed_until_tomorrow_is_not_asked_today_in_an_afternoon_far_to_the_west(house: House) -> None:
    be(house, "mentee", zone=HONOLULU, digest_hour=15)
    eighth, ninth, tenth = (date(2026, 12, day) for day in (8, 9, 10))
    house.owe(rule="training.fire", period="1", due_on=eighth, next_nudge_at=utc(2026, 12, 9, 1))
    house.owe(rule="training.moving", period="2", due_on=ninth, next_nudge_at=utc(2026, 12, 10, 1))
    house.driver.advance(utc(2026, 12, 9, 12))
    with house.database.transaction() as db:
        for item in db.exec(select(DueItem).where(DueItem.period == "1")):
            item.snoozed_until_on, item.snoozes = tenth, 1
            item.next_nudge_at = first_nudge_at(db, item, now=utc(2026, 12, 10, 0, 30))
            assert item.next_nudge_at == utc(2026, 12, 11, 1)

    house.driver.advance(utc(2026, 12, 10, 2))

    _first, second = house.posts("ASHA")
    assert "1 thing to look at today" in " ".join(texts({"blocks": second.blocks}))
