"""Word of a session, and its calendar file, as a real local Slack receives them."""

from datetime import datetime, timedelta

import pytest
from icalendar import Calendar
from sqlmodel import select

from bot.actions import session_changes, session_news
from bot.actions.refreshing import refresh_message_about
from bot.practice import Fault, texts
from bot.rules.sessions import Cause, ListedSession
from bot.values import Ref
from storage.tables.delivery import Delivery, DueItem
from tests.delivery.conftest import House
from tests.factories import NINE, who

WEDNESDAY = datetime(2026, 12, 9, 14)


def plan(house: House) -> ListedSession:
    """Plan a meeting as the mentor."""
    service = house.service
    with house.database.transaction() as db:
        return session_changes.schedule(
            db, me=who(db, service.mentor), choice_key=f"relationship:{service.relationship}:mentoring", wall=WEDNESDAY,
            led_by_id=None, instead_of=None, now=NINE,
        )  # fmt: skip


def cancel(house: House, line: ListedSession) -> None:
    """Cancel it as the mentor."""
    with house.database.transaction() as db:
        session_changes.mark_not_held(
            db,
            me=who(db, house.service.mentor),
            ref=Ref("session", line.id, line.version),
            cause=Cause.SHORT_STAFFED,
            now=NINE,
        )


def said_to(house: House, name: str) -> list[str]:
    """Return what one person was told of sessions that others changed."""
    posts = (" ".join(texts({"blocks": post.blocks})) for post in house.posts(name))
    return [said for said in posts if "a meeting with you" in said]


def test_the_other_reads_who_planned_a_meeting_and_when_it_is(house: House) -> None:
    plan(house)
    house.engine.run_until(NINE)
    [said] = said_to(house, "ASHA")
    assert "Mary planned a meeting with you" in said
    assert "Wed 9 Dec at 14:00" in said
    assert "Add to my calendar" in said
    assert said_to(house, "MARY") == []


def test_what_changed_again_before_it_was_said_is_said_once_as_it_stands(house: House) -> None:
    cancel(house, plan(house))
    house.engine.run_until(NINE)
    [said] = said_to(house, "ASHA")
    assert "Mary cancelled a meeting with you" in said
    assert "Not enough staff that day" in said


def plan_another(house: House, wall: datetime) -> ListedSession:
    """Plan a quick word as the mentor."""
    service = house.service
    with house.database.transaction() as db:
        return session_changes.schedule(
            db, me=who(db, service.mentor), choice_key=f"relationship:{service.relationship}:quick-word", wall=wall,
            led_by_id=None, instead_of=None, now=house.clock.now(),
        )  # fmt: skip


def test_news_that_came_while_somebody_was_off_come_together(house: House) -> None:
    house.clock.set(NINE + timedelta(hours=10))
    plan(house)
    plan_another(house, datetime(2026, 12, 10, 11))
    house.driver.advance(NINE + timedelta(days=1))
    [post] = house.posts("ASHA")
    [said] = said_to(house, "ASHA")
    assert post.at == NINE + timedelta(days=1)
    assert "Wed 9 Dec at 14:00" in said
    assert "Thu 10 Dec at 11:00" in said
    assert sorted(row.why for row in house.deliveries(kind="session-news")) == ["", "said_together"]


def test_a_new_meeting_that_is_days_off_waits_for_the_next_digest(house: House) -> None:
    house.clock.set(NINE + timedelta(hours=2))
    plan(house)
    plan_another(house, datetime(2026, 12, 2, 11))
    house.driver.advance(NINE + timedelta(hours=8))
    assert ["Wed 2 Dec at 11:00" in said for said in said_to(house, "ASHA")] == [True]  # tomorrow: said at once
    house.driver.advance(NINE + timedelta(days=1))
    assert "Wed 9 Dec at 14:00" in said_to(house, "ASHA")[-1]


def last_update(house: House) -> str:
    """Return what the message that was changed last says now."""
    update = next(each for each in reversed(house.workspace.accepted) if each.what == "update")
    return " ".join(texts({"blocks": update.blocks}))


def test_a_digest_that_goes_out_just_then_says_the_news_too_and_keeps_them(house: House) -> None:
    house.clock.set(NINE + timedelta(hours=10))
    plan(house)
    item = house.owe(next_nudge_at=NINE + timedelta(days=1))
    house.driver.advance(NINE + timedelta(days=1))
    assert len(house.posts("ASHA")) == 1
    [said] = said_to(house, "ASHA")
    assert "1 thing to look at" in said
    assert "Wed 9 Dec at 14:00" in said
    with house.database.transaction() as db:
        done = db.get(DueItem, item)
        assert done
        done.state = "done"
        refresh_message_about(db, done, now=house.clock.now())
    house.driver.advance(NINE + timedelta(days=1, hours=1))
    assert "1 thing to look at" not in last_update(house)
    assert "Wed 9 Dec at 14:00" in last_update(house)
    house.owe(period="2", next_nudge_at=NINE + timedelta(days=2))
    house.driver.advance(NINE + timedelta(days=2))  # the next digest replaces this one; the news stay
    assert "Wed 9 Dec at 14:00" in last_update(house)


@pytest.mark.parametrize("with_a_digest", [False, True])
def test_what_is_said_together_is_said_together_again_when_the_first_try_failed(
    house: House, *, with_a_digest: bool
) -> None:
    house.clock.set(NINE + timedelta(hours=10))
    plan(house)
    plan_another(house, datetime(2026, 12, 10, 11))
    house.workspace.faults.add(Fault("chat.postMessage", "rate_limited"))
    house.driver.advance(NINE + timedelta(days=1))
    assert said_to(house, "ASHA") == []
    with house.database.transaction() as db:
        for row in db.exec(select(Delivery).where(Delivery.status == "pending")):
            row.retry_at = 0.0
    if with_a_digest:
        house.owe(next_nudge_at=house.clock.now())
        house.engine.tick()
    house.engine.sender.health.bulk_waits_until = 0.0
    house.engine.drain()
    [said] = said_to(house, "ASHA")
    assert "Wed 9 Dec at 14:00" in said
    assert "Thu 10 Dec at 11:00" in said


def test_the_calendar_file_comes_into_the_asker_s_own_messages(house: House) -> None:
    line = plan(house)
    with house.database.transaction() as db:
        asha = who(db, house.service.mentee)
        session_news.ask_for_file(db, me=asha, ref=Ref("session", line.id, line.version), now=NINE, is_allowed=True)
    house.engine.run_until(NINE)
    [delivery] = house.deliveries(kind="calendar-file")
    file = house.workspace.files.find(delivery.file_id)
    assert file.name == "meeting.ics"
    assert file.content and list(file.shares) == [delivery.slack_channel]
    [event] = Calendar.from_ical(file.content).walk("VEVENT")
    assert str(event["SUMMARY"]) == "Mentoring meeting"
    assert event["DTSTART"].dt.isoformat() == "2026-12-09T14:00:00+00:00"
    assert int(event["SEQUENCE"]) == 0
    assert {str(guest) for guest in event["ATTENDEE"]} == {"mailto:asha@example.org", "mailto:mary@example.org"}


def test_without_the_scope_to_send_files_none_is_owed(house: House) -> None:
    line = plan(house)
    with house.database.transaction() as db:
        asha = who(db, house.service.mentee)
        session_news.ask_for_file(db, me=asha, ref=Ref("session", line.id, line.version), now=NINE, is_allowed=False)
    assert house.deliveries(kind="calendar-file") == []
