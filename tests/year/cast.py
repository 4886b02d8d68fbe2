"""Who takes part in the year: their hours, leave and temper, and the files by which a service would import them."""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, time, timedelta
from enum import StrEnum
from random import Random

SENIOR, STR = "senior-manager", "str-worker"
FIRST_DAY = date(2027, 1, 4)  # the Monday on which both programmes go live
LAST_DAY = FIRST_DAY + timedelta(days=363)
A_WEEK = timedelta(weeks=1)
CLOSURES = ((date(2027, 12, 24), "Christmas Eve", ""), (date(2027, 7, 2), "Team day", "Team 1"))
_COHORTS = (date(2027, 1, 4), date(2027, 4, 6), date(2027, 7, 5), date(2027, 9, 27))  # of new managers
_STARTS = (FIRST_DAY, FIRST_DAY, FIRST_DAY, date(2027, 4, 12), date(2027, 9, 6))  # of STR workers
_PLACES = ("england", "england", "england", "wales", "scotland", "northern-ireland")
_ONE_MENTEE_IN = 4  # has two mentors


class Temper(StrEnum):
    """How somebody answers what they are asked for."""

    PROMPT = "prompt"
    LATE = "late"
    NEVER = "never"


_TEMPERS = (Temper.PROMPT,) * 11 + (Temper.LATE,) * 7 + (Temper.NEVER,) * 2


@dataclass(frozen=True)
class Hours:
    """A working pattern twice over: as the people list writes it, and as plain places of a round."""

    days: str
    hours: str
    round: tuple[bool, ...]  # from `first_on`, one place a day
    first_on: date
    starts: time
    ends: time  # at or before `starts`: on the next day
    weekly: float = 37.5


def _week(days: str, worked: str, hours: str, starts: int, ends: int, weekly: float = 37.5) -> Hours:
    """Make a week of seven letters from Monday, "x" a day of work."""
    return Hours(days, hours, tuple(each == "x" for each in worked), FIRST_DAY, time(starts), time(ends), weekly)


OFFICE = _week("mon-fri", "xxxxx--", "09:00-17:00", 9, 17)
_EARLY = _week("mon-fri", "xxxxx--", "08:00-16:00", 8, 16)
_THREE_DAYS = _week("mon tue wed", "xxx----", "09:00-17:00", 9, 17, 22.5)
_LATE_WEEK = _week("thu fri sat", "---xxx-", "10:00-18:00", 10, 18, 22.5)
_NIGHTS = _week("sun mon tue wed", "xxx---x", "21:00-07:00", 21, 7, 40)
_FOUR_ON = Hours(
    "4 on 4 off from 2027-01-05", "07:00-19:00", (True,) * 4 + (False,) * 4, date(2027, 1, 5), time(7), time(19), 42
)
_HOURS = (OFFICE,) * 9 + (_EARLY,) * 3 + (_THREE_DAYS,) * 3 + (_LATE_WEEK, _NIGHTS, _NIGHTS, _FOUR_ON, _FOUR_ON)


@dataclass(frozen=True)
class Character:
    """One person of the year. `leave` is from the first day away to the last, both included."""

    slack_id: str
    name: str
    team: str
    hours: Hours
    temper: Temper
    leave: tuple[tuple[date, date], ...]
    nation: str = "england"
    zone: str = "Europe/London"
    roles: str = ""
    manager: str = ""  # these three by their address
    supervisor: str = ""
    mentors: tuple[str, ...] = ()
    programme: str = ""
    level: str = ""
    starts_on: date = FIRST_DAY
    rhythm: str = "daily"

    @property
    def email(self) -> str:
        """The address by which the files name them."""
        return f"{self.slack_id.lower()}@marshlane.example"


def make_cast(people: int, service: str = "A") -> tuple[Character, ...]:
    """Return so many people on the programmes, half on each, and all who stand beside and above them.

    `service` is one letter; it stands in their ids, and each letter throws its own dice.
    """
    dice = _Dice(service)
    half = people // 2
    managers = [_somebody(dice, "MANAGER", n, roles="") for n in range(max(1, people // 10))]
    mentors = [_somebody(dice, "MENTOR", n, roles="mentor") for n in range(max(2, half // 3))]
    leads = [
        *(_somebody(dice, "LEARNING", n, roles="programme_lead:senior-manager;learning-lead") for n in range(2)),
        *(_somebody(dice, "STRLEAD", n, roles="programme_lead:str-worker;str-lead") for n in range(max(1, half // 12))),
    ]
    supervisors = [_somebody(dice, "CLINICIAN", n, roles="") for n in range(max(1, half // 7))]
    beside = [*managers, *mentors, *leads, *supervisors]
    seniors = (_senior(dice, n, managers, mentors, half) for n in range(half))
    workers = (_worker(dice, n, managers, [lead for lead in leads if "str-lead" in lead.roles]) for n in range(half))
    return (*beside, *seniors, *workers)


class _Dice(Random):
    """The dice of one service."""

    def __init__(self, service: str) -> None:
        super().__init__(f"year {service}")
        self.service = service


def _somebody(dice: _Dice, kind: str, n: int, *, roles: str, **more: object) -> Character:
    hours = dice.choice(_HOURS) if more.get("programme") else dice.choice((OFFICE, OFFICE, _EARLY, _THREE_DAYS))
    nation = dice.choice(_PLACES)
    person = Character(
        slack_id=f"U{dice.service}{kind}{n:03d}",
        name=f"{kind.title()} {dice.service}{n + 1}",
        team=f"Team {n % 20 + 1}",
        hours=hours,
        temper=dice.choice(_TEMPERS),
        leave=tuple(_leave(dice)),
        nation=nation,
        zone="Europe/Lisbon" if dice.random() < 0.05 else "Europe/London",
        roles=roles,
        rhythm=dice.choice(("daily",) * 17 + ("each", "weekly", "weekly")),
    )
    return Character(**{**person.__dict__, **more})


def _senior(dice: _Dice, n: int, managers: list[Character], mentors: list[Character], half: int) -> Character:
    cohort = n * len(_COHORTS) // half
    beside = {mentors[n % len(mentors)].email: None}
    if n % _ONE_MENTEE_IN == 0:
        beside[mentors[(n + 1) % len(mentors)].email] = None
    manager = managers[n % len(managers)]
    return _somebody(
        dice, "SENIOR", n, roles="", programme=SENIOR, level=dice.choice(("senior", "manager")),
        manager=manager.email, team=manager.team, mentors=tuple(beside), starts_on=_COHORTS[cohort],
    )  # fmt: skip


def _worker(dice: _Dice, n: int, managers: list[Character], leads: list[Character]) -> Character:
    manager = managers[n % len(managers)]
    return _somebody(
        dice, "WORKER", n, roles="", programme=STR, manager=manager.email, team=manager.team,
        supervisor=leads[n % len(leads)].email, starts_on=_STARTS[n % len(_STARTS)],
    )  # fmt: skip


def _leave(dice: Random) -> Iterator[tuple[date, date]]:
    """Yield a week in spring, a fortnight in summer, some days at Christmas; for some a long illness."""
    weeks = [(date(2027, 2, 1), 18, 1), (date(2027, 6, 14), 10, 2), (date(2027, 10, 4), 8, 1)]
    for first, spread, length in weeks:
        starts = first + dice.randrange(spread) * A_WEEK
        yield starts, starts + length * A_WEEK - timedelta(days=1)
    yield date(2027, 12, 22), date(2027, 12, 31)
    if dice.random() < 0.05:
        yield date(2027, 4, 19), date(2027, 5, 28)


# ---- as files --------------------------------------------------------------------------------------------------------

_COLUMNS = (
    "slack_id", "email", "name", "team", "team_manager", "line_manager", "supervisor", "mentors", "roles", "programme",
    "stage", "started_on", "leaves_on", "working_days", "working_hours", "weekly_hours", "nation", "time_zone",
)  # fmt: skip


def people_file(cast: tuple[Character, ...]) -> bytes:
    """Return the people list as product.md fixes it."""
    return _file(_COLUMNS, (_row(person) for person in cast))


def _row(person: Character) -> tuple[object, ...]:
    return (
        person.slack_id, person.email, person.name, person.team, person.manager, person.manager, person.supervisor,
        ";".join(person.mentors), person.roles, person.programme, person.level, person.starts_on, "",
        person.hours.days, person.hours.hours, person.hours.weekly, person.nation, person.zone,
    )  # fmt: skip


def leave_file(cast: tuple[Character, ...]) -> bytes:
    """Return everybody's leave of the year."""
    return _file(
        ("email", "from", "to"), ((person.email, first, last) for person in cast for first, last in person.leave)
    )


def closures_file() -> bytes:
    """Return the organisation's closures."""
    return _file(("date", "name", "team"), CLOSURES)


def _file(columns: tuple[str, ...], rows: Iterator[tuple[object, ...]] | tuple[tuple[object, ...], ...]) -> bytes:
    written = io.StringIO()
    writer = csv.writer(written)
    writer.writerow(columns)
    writer.writerows(rows)
    return written.getvalue().encode()
