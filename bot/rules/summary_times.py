"""When a weekly summary is next posted."""

from datetime import datetime, time, timedelta

from bot.rules.slots import resolve_local
from bot.rules.working_days import local_date


def next_summary_at(weekday: int, hour: int, *, zone: str, after: datetime) -> datetime:
    """Return the first such weekday (Monday is 0) and hour, by the clock in `zone`, after a moment; in UTC."""
    today = local_date(after, zone)
    days = (today + timedelta(days=n) for n in range(8))
    moments = (resolve_local(datetime.combine(day, time(hour)), zone) for day in days if day.weekday() == weekday)
    return next(moment for moment in moments if moment > after)
