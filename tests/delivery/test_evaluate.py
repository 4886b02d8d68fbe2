"""What a tick finds to say, to whom, and in which slot."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import text
from sqlmodel import col, select

from bot.practice.person import texts
from bot.rules.slots import WorkingPattern
from storage.database import Database
from storage.tables.delivery import Delivery, DueItem, Notice
from storage.tables.meetings import Session
from storage.tables.people import Absence, Person
from storage.tables.programmes import ProgrammeSettings
from tests.delivery.conftest import House
from tests.factories import NINE

TODAY = NINE.date()


def notices(house: House) -> list[tuple[str, str, str]]:
    """Return who was told, as what, in which slot's digest."""
    with house.database.reading() as db:
        asked = select(Notice, Person).join(Person, col(Person.id) == Notice.person_id).order_by(col(Notice.digest_on))
        return [(p.name.split()[0], n.told_as, n.digest_on.isoformat()) for n, p in db.exec(asked)]


def change(house: House, person: str, **facts: Any) -> None:
    with house.database.transaction() as db:
        row = db.get(Person, getattr(house.service, person))
        assert row
        for name, value in facts.items():
            setattr(row, name, value)


def plan_session(house: House, at: datetime) -> None:
    """Plan a mentoring session of the mentee with the mentor, as scheduling does."""
    from bot.actions.nudge_times import next_remind_at

    with house.database.transaction() as db:
        session = Session(
            kind="mentoring",
            version_id=house.service.version,
            enrolment_id=house.service.enrolment,
            relationship_id=house.service.relationship,
            about_id=house.service.mentee,
            led_by_id=house.service.mentor,
            planned_at=at,
            falls_on=at.date(),
        )
        session.remind_at = next_remind_at(db, session, now=NINE)
        db.add(session)


def test_each_step_of_a_ladder_is_told_once_to_those_it_names(house: House) -> None:
    house.owe(ladder="meeting", due_on=TODAY)  # today: person; 2 days after: person, supporter; a week after: lead

    house.driver.advance(NINE + timedelta(days=20))

    told = notices(house)
    assert [each for each in told if each[0] == "Asha"] == [
        ("Asha", "person", "2026-12-01"),
        ("Asha", "person", "2026-12-03"),
    ]
    assert sorted(each for each in told if each[1] != "person") == [
        ("Colin", "supporter", "2026-12-03"),
        ("Lena", "lead", "2026-12-08"),
        ("Leo", "lead", "2026-12-08"),
        ("Mary", "supporter", "2026-12-03"),
    ]


def test_of_two_things_alike_only_the_one_that_can_be_signed_today_is_said(house: House) -> None:
    a_month_on = TODAY + timedelta(days=30)
    house.owe(period="1", ladder="gentle", due_on=a_month_on, asked_on=TODAY)
    house.owe(period="2", ladder="gentle", due_on=a_month_on)

    house.engine.run_until(NINE)

    assert notices(house) == [("Asha", "person", "2026-12-01")]


def test_after_an_outage_everyone_hears_once_and_whoever_must_act_is_among_them(house: House) -> None:
    house.owe(ladder="meeting", due_on=TODAY)
    house.clock.set(NINE + timedelta(days=10))

    house.engine.run_until(house.clock.now())

    assert len(house.posts("ASHA")) == 1 and len(house.posts("LENA")) == 1
    assert house.posts("MARY") == []  # the latest step alone is said, not each one that was missed


def test_what_is_done_before_its_digest_is_not_said(house: House) -> None:
    change(house, "mentee", digest_hour=15)
    house.owe()
    house.engine.run_until(NINE)
    with house.database.transaction() as db:
        for item in db.exec(select(DueItem)):
            item.state = "done"

    house.driver.advance(NINE + timedelta(hours=8))

    assert house.posts() == []
    assert [(row.status, row.why) for row in house.deliveries()] == [("suppressed", "nothing_left_to_say")]


def test_nobody_hears_outside_their_working_time(house: House) -> None:
    change(house, "mentee", working_pattern=WorkingPattern.from_words("thu fri", "13:00-17:00").to_json())
    house.owe()

    house.driver.advance(NINE + timedelta(days=4))

    [post] = house.posts("ASHA")
    assert post.at == datetime(2026, 12, 3, 13, tzinfo=UTC)


def test_leave_entered_at_the_last_minute_moves_the_digest_behind_it(house: House) -> None:
    change(house, "mentee", digest_hour=12)
    house.owe(period="1")
    house.owe(period="2", due_on=date(2026, 12, 4), next_nudge_at=datetime(2026, 12, 4, 12, tzinfo=UTC))
    house.engine.run_until(NINE)
    with house.database.transaction() as db:
        db.add(Absence(person_id=house.service.mentee, from_on=TODAY, until_on=TODAY + timedelta(days=2)))

    house.driver.advance(NINE + timedelta(days=5))

    [post] = house.posts("ASHA")
    assert post.at == datetime(2026, 12, 4, 12, tzinfo=UTC)
    assert "2 things to look at today." in post.blocks[0]["text"]["text"]  # type: ignore[index]  # it has blocks


def test_several_things_of_one_slot_are_one_message(house: House) -> None:
    for n in range(11):
        house.owe(period=str(n), ladder="gentle")

    house.engine.run_until(NINE)

    [post] = house.posts("ASHA")
    said = texts({"blocks": post.blocks})
    assert "and 3 more on your Home" in said
    assert len(post.blocks or []) <= 50 and len(post.text) <= 4000


def test_who_chose_to_hear_of_each_thing_gets_a_message_for_each(house: House) -> None:
    change(house, "mentee", digest_rhythm="each")
    house.owe(period="1")
    house.owe(period="2")

    house.engine.run_until(NINE)

    assert len(house.posts("ASHA")) == 2


def test_who_chose_weekly_hears_on_the_first_day_they_work_that_week(house: House) -> None:
    change(house, "mentee", digest_rhythm="weekly")
    with house.database.transaction() as db:
        from bot.actions.nudge_times import first_nudge_at
        from tests.delivery.conftest import due_item

        item = due_item(house.service, due_on=date(2026, 12, 10))
        item.next_nudge_at = first_nudge_at(db, item, now=NINE)
        assert item.next_nudge_at == datetime(2026, 12, 7, 9, tzinfo=UTC)


def test_a_new_digest_retires_the_last_one(house: House) -> None:
    house.owe(period="1")
    house.owe(period="2", due_on=TODAY + timedelta(days=1), next_nudge_at=NINE + timedelta(days=1))

    house.driver.advance(NINE + timedelta(days=1))

    first, _second = house.posts("ASHA")
    [update] = [each for each in house.workspace.accepted if each.what == "update"]
    assert update.ts == first.ts
    assert texts({"blocks": update.blocks}) == ["1 thing moved to today's message."]
    assert update.text == "1 thing moved to today's message."
    assert not [block for block in update.blocks or [] if block["type"] == "actions"]
    assert [row.status for row in house.deliveries(kind="digest")] == ["retired", "sent"]


def test_a_session_is_announced_in_the_slot_before_and_two_hours_before(house: House) -> None:
    plan_session(house, datetime(2026, 12, 8, 14, tzinfo=UTC))

    house.driver.advance(NINE + timedelta(days=8))

    for name in ("ASHA", "MARY"):
        heard = [post.at for post in house.posts(name)]
        assert heard == [datetime(2026, 12, 7, 9, tzinfo=UTC), datetime(2026, 12, 8, 12, tzinfo=UTC)]
    assert "Add to my calendar" in texts({"blocks": house.posts("ASHA")[0].blocks})


def test_a_session_early_in_the_day_is_not_announced_before_working_hours(house: House) -> None:
    plan_session(house, datetime(2026, 12, 8, 9, 30, tzinfo=UTC))

    house.driver.advance(NINE + timedelta(days=8))

    assert [post.at for post in house.posts("ASHA")] == [datetime(2026, 12, 7, 9, tzinfo=UTC)]


def test_the_weekly_summary_is_owed_once_a_week_and_once_after_an_outage(house: House) -> None:
    with house.database.transaction() as db:
        [settings] = db.exec(select(ProgrammeSettings)).all()
        settings.summary_channel, settings.next_summary_at = "C0SUMMARY", NINE
        settings.summary_weekday, settings.summary_hour = NINE.weekday(), NINE.hour
    house.clock.set(NINE + timedelta(days=15))

    house.engine.tick()

    assert [row.said_once for row in house.deliveries(kind="summary")] == ["summary:senior-manager:2026-12-15"]
    with house.database.reading() as db:
        [settings] = db.exec(select(ProgrammeSettings)).all()
        assert settings.next_summary_at == NINE + timedelta(days=21)


def test_what_is_due_now_is_found_by_its_index(sqlite_database: Database) -> None:
    asked = "SELECT id FROM dueitem WHERE state = 'open' AND next_nudge_at <= '2026-12-01'"
    pending = "SELECT id FROM delivery WHERE status = 'pending' AND lane IN (0, 1, 2) AND not_before <= '2026-12-01'"
    with sqlite_database.reading() as db:
        plans = [db.connection().execute(text(f"EXPLAIN QUERY PLAN {each}")).all()[0][-1] for each in (asked, pending)]
    assert "ix_due_now" in plans[0]
    assert "ix_delivery_pending" in plans[1]


@pytest.mark.parametrize("number", [3, 1200])
def test_many_items_alike_are_all_said(house: House, number: int) -> None:
    with house.database.transaction() as db:
        from tests.delivery.conftest import due_item

        ahead = TODAY + timedelta(days=3)
        items = [due_item(house.service, period=str(n), ladder="gentle", due_on=ahead) for n in range(number)]
        db.add_all(items)

    house.engine.tick(NINE)

    with house.database.reading() as db:
        assert len(db.exec(select(Notice)).all()) == number
        assert {item.rung for item in db.exec(select(DueItem))} == {1}
        assert {item.next_nudge_at for item in db.exec(select(DueItem))} == {NINE + timedelta(days=3)}
        assert len(db.exec(select(Delivery)).all()) == 1


def test_what_an_older_digest_asked_is_asked_in_the_one_that_replaces_it(house: House) -> None:
    house.owe(rule="training.fire", period="1")
    house.owe(rule="training.moving", period="2", next_nudge_at=NINE + timedelta(days=1))

    house.driver.advance(NINE + timedelta(days=1))

    _first, second = house.posts("ASHA")
    assert "*Hello Asha. 2 things to look at today.*" in texts({"blocks": second.blocks})


def test_an_invitation_is_made_once_and_left(house: House) -> None:
    house.owe(rule="form.reflection#invite", period="1")
    house.owe(rule="training.fire", period="2", next_nudge_at=NINE + timedelta(days=1))

    house.driver.advance(NINE + timedelta(days=1))

    _first, second = house.posts("ASHA")
    assert "*Hello Asha. 1 thing to look at today.*" in texts({"blocks": second.blocks})
    [update] = [each for each in house.workspace.accepted if each.what == "update"]
    assert texts({"blocks": update.blocks}) == ["Asha, today's message has what needs you now."]


def test_nothing_new_is_no_reason_to_write(house: House) -> None:
    house.owe(period="1")

    house.driver.advance(NINE + timedelta(days=1))

    assert len(house.posts("ASHA")) == 1


@pytest.mark.parametrize("seconds", [7, 3 * 60 * 60])
def test_a_tick_that_comes_after_the_hour_still_speaks_in_that_slot(house: House, seconds: int) -> None:
    change(house, "mentee", digest_hour=10)
    house.owe(ladder="record", next_nudge_at=NINE + timedelta(hours=1))
    house.clock.set(NINE + timedelta(hours=1, seconds=seconds))

    house.engine.run_until(house.clock.now())

    assert notices(house) == [("Asha", "person", "2026-12-01")] * 2  # the steps of two days before and of the day
    assert len(house.posts("ASHA")) == 1


def test_a_slot_whose_digest_has_gone_gets_no_second_one(house: House) -> None:
    house.owe(period="1")
    house.engine.run_until(NINE)
    house.owe(period="2")
    house.clock.set(NINE + timedelta(seconds=20))

    house.driver.advance(NINE + timedelta(days=1))

    assert [post.at for post in house.posts("ASHA")] == [NINE, NINE + timedelta(days=1)]
