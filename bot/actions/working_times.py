"""When people work: their pattern, leave, bank holidays and closures, put together for the rules."""

from collections.abc import Iterable
from datetime import date, timedelta

from sqlmodel import Session as Db

from bot.calendars import bank_holidays
from bot.rules.absences import Absence
from bot.rules.slots import OFFICE_HOURS, WorkingPattern, WorkingTime
from storage.queries import people as people_queries
from storage.tables.people import Person, Team

_REACH = timedelta(days=430)  # how far either way slots are looked for, and a little more
FULL_PAST = timedelta(days=3660)  # a date once worked out stays as it was for as long as anybody is enrolled


def working_time_of(db: Db, person: Person, *, around: date, back: timedelta = _REACH) -> WorkingTime:
    """Return all that decides when somebody works, good from `back` before `around` to about 14 months after it."""
    rows = people_queries.list_absences(db, person_id=person.id, team_id=person.team_id)
    stored = person.working_pattern
    return WorkingTime(
        zone=person.zone,
        pattern=WorkingPattern.from_json(stored) if stored else OFFICE_HOURS,
        absences=tuple(Absence(row.from_on, row.until_on) for row in rows if row.person_id),
        closed=_days((row.from_on, row.until_on) for row in rows if not row.person_id),
        bank_holidays=bank_holidays(person.nation, around - back, around + _REACH),
        works_bank_holidays=bool(stored and stored.get("works_bank_holidays")),
    )


def closed_days_of(db: Db, person: Person, *, around: date) -> frozenset[date]:
    """Return the bank holidays and closures that the working-day clocks of somebody's team skip, never their leave.

    The team's nation counts; a person without a team is counted by their own (delivery.md, "Working days"). Good from
    ten years before `around` to about 14 months after it.
    """
    team = db.get(Team, person.team_id) if person.team_id else None
    rows = people_queries.list_absences(db, person_id=person.id, team_id=person.team_id)
    nation = team.nation if team else person.nation
    closures = _days((row.from_on, row.until_on) for row in rows if not row.person_id)
    return bank_holidays(nation, around - FULL_PAST, around + _REACH) | closures


def _days(spans: Iterable[tuple[date, date]]) -> frozenset[date]:
    return frozenset(first + timedelta(days=n) for first, last in spans for n in range((last - first).days + 1))
