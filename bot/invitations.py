"""Calendar invitations: the ICS file behind *Add to my calendar*."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from icalendar import Calendar, Event, vCalAddress
from icalendar.enums import STATUS

_PRODUCT = "-//Handrail//Supervision and mentoring//EN"
_A_YEAR = timedelta(days=366)


@dataclass(frozen=True)
class Guest:
    """Somebody named on an invitation."""

    name: str
    email: str


def invitation(
    uid: str,
    sequence: int,
    starts_at: datetime,
    minutes: int,
    zone: str,
    title: str,
    organiser: Guest,
    attendees: Iterable[Guest],
    *,
    stamped_at: datetime,
    cancelled: bool = False,
) -> bytes:
    """Return one meeting as an ICS file: a request, or its cancellation.

    The same `uid` with a higher `sequence` moves the meeting in the calendars that have it. `starts_at` and
    `stamped_at` are aware; `zone` is the one whose wall clock the meeting keeps. Nothing but the title says what it is
    about: a calendar is read by people who may not read the record. Raises ValueError for a naive moment.
    """
    if starts_at.tzinfo is None or stamped_at.tzinfo is None:
        raise ValueError("An invitation needs moments with a time zone.")
    begins = starts_at.astimezone(ZoneInfo(zone))
    event = Event.new(
        uid=uid,
        sequence=sequence,
        stamp=stamped_at.astimezone(UTC),
        start=begins,
        end=(starts_at.astimezone(UTC) + timedelta(minutes=minutes)).astimezone(begins.tzinfo),
        summary=title,
        status=STATUS.CANCELLED if cancelled else STATUS.CONFIRMED,
        organizer=vCalAddress.new(organiser.email, cn=organiser.name),
        attendees=[vCalAddress.new(guest.email, cn=guest.name, rsvp=True) for guest in attendees],
    )
    calendar = Calendar()
    calendar.add("prodid", _PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("method", "CANCEL" if cancelled else "REQUEST")
    calendar.add_component(event)
    calendar.add_missing_timezones(begins.date() - _A_YEAR, begins.date() + _A_YEAR)
    file: bytes = calendar.to_ical()
    return file
