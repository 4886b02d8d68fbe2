"""The ICS file that a meeting is added to a calendar with."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from icalendar import Calendar, Event

from bot.invitations import Guest, invitation

AMA = Guest("Ama Boateng", "ama@example.org")
BEN = Guest('Ben "Benny" Hill, RN', "ben@example.org")
STAMPED_AT = datetime(2026, 6, 1, 9, tzinfo=UTC)
DECEMBER = datetime(2026, 12, 8, 14, tzinfo=UTC)


def invite(
    starts_at: datetime = DECEMBER, *, zone: str = "Europe/London", sequence: int = 0, cancelled: bool = False
) -> bytes:
    """Invite Ben to an hour with Ama."""
    return invitation(
        "session-7@handrail",
        sequence,
        starts_at,
        60,
        zone,
        "Supervision",
        AMA,
        [BEN],
        stamped_at=STAMPED_AT,
        cancelled=cancelled,
    )


def read(ics: bytes) -> tuple[Calendar, Event]:
    """Return the calendar and its one event, as another program reads them."""
    calendar = Calendar.from_ical(ics)
    (event,) = calendar.events
    return calendar, event


def test_an_invitation_says_when_for_how_long_and_who() -> None:
    calendar, event = read(invite())
    assert (calendar["METHOD"], event["STATUS"], str(event["SUMMARY"])) == ("REQUEST", "CONFIRMED", "Supervision")
    assert event.start == DECEMBER and event.end == DECEMBER + timedelta(hours=1)
    assert (event["ORGANIZER"], event["ORGANIZER"].params["CN"]) == ("mailto:ama@example.org", "Ama Boateng")
    assert event["ATTENDEE"] == "mailto:ben@example.org"


def test_a_meeting_that_moved_keeps_its_uid_and_raises_its_sequence() -> None:
    _, first = read(invite())
    _, moved = read(invite(DECEMBER + timedelta(days=1), sequence=1))
    assert first["UID"] == moved["UID"] == "session-7@handrail"
    assert (first["SEQUENCE"], moved["SEQUENCE"]) == (0, 1)


def test_a_cancelled_meeting_is_taken_out_of_the_calendar() -> None:
    calendar, event = read(invite(sequence=2, cancelled=True))
    assert (calendar["METHOD"], event["STATUS"], event["SEQUENCE"]) == ("CANCEL", "CANCELLED", 2)


@pytest.mark.parametrize(
    ("starts_at", "wall"), [(DECEMBER, "20261208T140000"), (datetime(2026, 6, 9, 13, tzinfo=UTC), "20260609T140000")]
)
def test_two_in_the_afternoon_is_two_in_winter_and_in_summer(starts_at: datetime, wall: str) -> None:
    ics = invite(starts_at).decode()
    assert f"DTSTART;TZID=Europe/London:{wall}" in ics
    assert "BEGIN:VTIMEZONE\r\nTZID:Europe/London" in ics


def test_the_hours_of_a_zone_travel_with_the_file() -> None:
    calendar, _ = read(invite(zone="America/New_York"))
    (zone,) = calendar.timezones
    midsummer = datetime(2026, 7, 1, 12)
    assert midsummer.replace(tzinfo=zone.to_tz(lookup_tzid=False)).utcoffset() == timedelta(hours=-4)


def test_an_hour_that_ends_in_the_spring_gap_is_still_an_hour() -> None:
    half_past_midnight = datetime(2026, 3, 29, 0, 30, tzinfo=UTC)
    assert "DTEND;TZID=Europe/London:20260329T023000" in invite(half_past_midnight).decode()


def test_the_same_meeting_is_the_same_file() -> None:
    assert invite() == invite(DECEMBER.astimezone(ZoneInfo("Asia/Kolkata")))


def test_nothing_but_the_title_says_what_the_meeting_is_about() -> None:
    _, event = read(invite())
    assert set(event) == {
        *("UID", "SEQUENCE", "DTSTAMP", "DTSTART", "DTEND", "SUMMARY", "STATUS", "ORGANIZER", "ATTENDEE"),
    }


def test_a_moment_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        invite(datetime(2026, 12, 8, 14))
