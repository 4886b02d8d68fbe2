"""When people work: their pattern, leave, bank holidays and closures, put together for the rules."""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta

from sqlmodel import Session as Db

from bot.calendars import bank_holidays
from bot.rules.absences import Absence
from bot.rules.slots import OFFICE_HOURS, WorkingPattern, WorkingTime
from storage.queries import people as people_queries
from storage.tables import people as tables
from storage.tables.people import Person, Team

_REACH = timedelta(days=430)  # how far either way slots are looked for, and a little more
FULL_PAST = timedelta(days=3660)  # a date once worked out stays as it was for as long as anybody is enrolled


def absences_of(db: Db, person: Person) -> Sequence[tables.Absence]:
    """Return somebody's leave and every closure that reaches them."""
    return people_queries.list_absences(db, person_id=person.id, team_id=person.team_id)


def working_time_of(db: Db, person: Person, *, around: date, back: timedelta = _REACH) -> WorkingTime:
    """Return all that decides when somebody works, good from `back` before `around` to about 14 months after it."""
    return working_time(person, absences_of(db, person), around=around, back=back)


def working_time(
    person: Person, rows: Sequence[tables.Absence], *, around: date, back: timedelta = _REACH
) -> WorkingTime:
    """Return the same from absences that were read before."""
    stored = person.working_pattern
    return WorkingTime(
        zone=person.zone,
        pattern=WorkingPattern.from_json(stored) if stored else OFFICE_HOURS,
        absences=tuple(Absence(row.from_on, row.until_on) for row in rows if row.person_id),
        closed=_closures(rows),
        bank_holidays=bank_holidays(person.nation, around - back, around + _REACH, removed=_worked(rows)),
        works_bank_holidays=bool(stored and stored.get("works_bank_holidays")),
    )


def closed_days_of(db: Db, person: Person, *, around: date) -> frozenset[date]:
    """Return the bank holidays and closures that the working-day clocks of somebody's team skip, never their leave.

    The team's nation counts; a person without a team is counted by their own (delivery.md, "Working days"). Good from
    ten years before `around` to about 14 months after it.
    """
    return closed_days(db, person, absences_of(db, person), around=around)


def closed_days(db: Db, person: Person, rows: Sequence[tables.Absence], *, around: date) -> frozenset[date]:
    """Return the same from absences that were read before."""
    kept = bank_holidays(nation_of(db, person), around - FULL_PAST, around + _REACH, removed=_worked(rows))
    return kept | _closures(rows)


def nation_of(db: Db, person: Person) -> str:
    """Return whose bank holidays the working-day clocks of somebody's team skip."""
    team = db.get(Team, person.team_id) if person.team_id else None
    return team.nation if team else person.nation


def _closures(rows: Iterable[tables.Absence]) -> frozenset[date]:
    return _days(row for row in rows if not row.person_id and not row.is_worked)


def _worked(rows: Iterable[tables.Absence]) -> frozenset[date]:
    """Return the days on which the organisation works, bank holiday or not."""
    return _days(row for row in rows if not row.person_id and row.is_worked)


def _days(rows: Iterable[tables.Absence]) -> frozenset[date]:
    return frozenset(
        row.from_on + timedelta(days=n) for row in rows for n in range((row.until_on - row.from_on).days + 1)
    )
