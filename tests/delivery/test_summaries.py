"""The weekly summary in the mentor channel, once a week."""

from datetime import UTC, datetime, timedelta

from bot.practice import texts
from storage.tables.programmes import ProgrammeSettings
from tests.delivery.conftest import SUMMARIES, House

FRIDAY = datetime(2026, 12, 4, 15, tzinfo=UTC)


def choose_channel(house: House, channel: str = SUMMARIES.id) -> None:
    """Let the summary go to a channel, from Friday on."""
    with house.database.transaction() as db:
        settings = db.get(ProgrammeSettings, "senior-manager")
        assert settings
        settings.summary_channel, settings.next_summary_at = channel, FRIDAY


def in_channel(house: House) -> list[str]:
    """Return what the channel reads."""
    return ["\n".join(texts(post.blocks or [])) for post in house.posts() if post.channel == SUMMARIES.id]


def test_the_channel_hears_once_a_week_with_thanks_and_no_name(house: House) -> None:
    choose_channel(house)
    house.driver.advance(FRIDAY - timedelta(minutes=1))
    assert in_channel(house) == []
    house.driver.advance(FRIDAY + timedelta(days=7))
    first, second = in_channel(house)
    assert "Senior and manager mentoring plan, week to Fri 4 Dec 2026" in first
    assert "Thank you, everybody." in first
    assert "week to Fri 11 Dec 2026" in second
    assert not any(name in first + second for name in ("Asha", "Mary", "Colin", "Mona", "Lena", "Leo"))


def test_after_an_outage_of_weeks_the_latest_week_is_told_once(house: House) -> None:
    choose_channel(house)
    house.clock.set(FRIDAY + timedelta(days=16))
    house.engine.run_until(house.clock.now())
    [only] = in_channel(house)
    assert "week to Fri 18 Dec 2026" in only


def test_a_summary_owed_to_a_channel_that_is_chosen_no_more_is_not_posted(house: House) -> None:
    choose_channel(house)
    house.clock.set(FRIDAY)
    house.engine.tick(FRIDAY)
    choose_channel(house, "C0ANOTHER")
    house.engine.drain()
    assert in_channel(house) == []
    assert [row.why for row in house.deliveries(kind="summary", status="suppressed")] == ["channel_changed"]
