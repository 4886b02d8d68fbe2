"""How long a place on a programme lasts, full-time or part-time."""

from datetime import date
from typing import TYPE_CHECKING

from bot.rules.when import Duration

if TYPE_CHECKING:
    from bot.programmes.cards import About, Level
    from bot.programmes.programme import Programme


FULL_TIME_HOURS = 37.5  # a week, where the organisation says nothing else


def share_of_full_time(weekly_hours: float | None) -> float:
    """Return the part of full time that somebody works; all of it when nobody said."""
    return min(1.0, weekly_hours / FULL_TIME_HOURS) if weekly_hours else 1.0


def planned_end(programme: "Programme", level: str, start: date, share: float) -> date | None:
    """Return the last day as planned; None when the programme has no length.

    `share` is the part of full time worked, 1.0 for all of it. Part-time people get the longer length the file states,
    or pro rata up to its limit (seed-systems 002-13, 004-04).
    """
    card = _length_card(programme, level)
    if not card.lasts:
        return None
    if share >= 1 or not card.part_time_lasts:
        return card.lasts.after(start)
    if not card.part_time_lasts.pro_rata:
        return card.part_time_lasts.length.after(start)
    longest = card.part_time_lasts.length
    lengthened = card.lasts.times(1 / share)
    return min(lengthened, longest, key=lambda length: length.in_days).after(start)


def stretch(programme: "Programme", level: str, share: float) -> float:
    """Return by how much milestones move: above 1 only where the length is pro rata, never past its limit."""
    card = _length_card(programme, level)
    if share >= 1 or not card.lasts or not card.part_time_lasts or not card.part_time_lasts.pro_rata:
        return 1.0
    return min(1 / share, card.part_time_lasts.length.in_days / card.lasts.in_days)


def extended_end(programme: "Programme", end: date, times_before: int) -> date | None:
    """Return the end after one more extension at its longest; None when the programme allows no other.

    `times_before` counts the extensions already given (seed-systems 003-25).
    """
    longest: Duration | None = programme.about.extend_at_most
    if not longest or times_before >= programme.about.extend_times:
        return None
    return longest.after(end)


def _length_card(programme: "Programme", level: str) -> "About | Level":
    """Return the card that says how long it lasts: the level's own, if that says so, or the programme's."""
    found = programme.level.get(level)
    return found if found and found.lasts else programme.about
