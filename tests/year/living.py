"""Living through the year: from due moment to due moment, everybody reading and answering in their own time."""

import heapq
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from itertools import count
from random import Random
from typing import TextIO

from sqlmodel import select

from bot.actions import welcomes
from bot.actions.imports.closures import import_closures
from bot.actions.imports.leave import import_leave
from bot.actions.imports.people import Defaults, import_people
from bot.app import assemble
from bot.clock import SetClock
from bot.delivery.engine import Engine
from bot.delivery.stepping import next_thing
from bot.demo import manifest
from bot.practice import BOT_TOKEN, SIGNING_SECRET, Member, PracticeServer, Workspace
from bot.programmes.loader import built_in
from bot.values import Who
from storage.database import Database
from storage.tables.people import Person
from tests.service import WorkspaceClock
from tests.year.acting import Acting
from tests.year.at_work import next_at_work
from tests.year.cast import (
    FIRST_DAY,
    SENIOR,
    STR,
    Character,
    Temper,
    closures_file,
    leave_file,
    make_cast,
    people_file,
)
from tests.year.watching import Watching

OUTAGE = (datetime(2027, 6, 8, 9, 30, tzinfo=UTC), datetime(2027, 6, 11, 9, 30, tzinfo=UTC))  # Tuesday to Friday
_IMPORTED = timedelta(days=14)  # before the first day: so the programmes go live on it
_WELCOMED = timedelta(hours=10)
_QUARTER = timedelta(minutes=15)  # people answer on the quarter hour, so that many acts share one tick
_SOME_TIME = {
    Temper.PROMPT: (timedelta(minutes=10), timedelta(hours=5)),
    Temper.LATE: (timedelta(days=1), timedelta(days=9)),
}
_ACTS_AT_ONCE = {Temper.PROMPT: 6, Temper.LATE: 3}


class Year:
    """The service, its people, and what is still to come."""

    def __init__(
        self, database: Database, engine: Engine, clock: SetClock, workspace: Workspace, cast: tuple[Character, ...],
        raw: TextIO, outage: tuple[datetime, datetime],
    ) -> None:  # fmt: skip
        self._database, self._engine, self._clock, self._workspace = database, engine, clock, workspace
        self._cast = {person.slack_id: person for person in cast}
        self._outage = outage
        with database.reading() as db:
            people = db.exec(select(Person)).all()
            self._who = {p.slack_id: Who(p.id, p.slack_id or "", p.name, p.zone) for p in people if p.slack_id}
        ids = {who.id: slack_id for slack_id, who in self._who.items()}
        self.watching = Watching(database, clock, raw, self._cast, outage, ids)
        clinicians = tuple(who.id for slack_id, who in self._who.items() if "CLINICIAN" in slack_id)
        by_id = {person_id: self._cast[slack_id] for person_id, slack_id in ids.items()}
        self.acting = Acting(database, Random("acting"), by_id, clinicians)
        self._dice = Random("answering")
        self._answers: list[tuple[datetime, int, str]] = []  # who means to answer when; the number keeps the order
        self._waiting: set[str] = set()
        self._number = count()
        self._read = 0
        self.steps = 0

    def live(self, until: datetime) -> None:
        """Step to each moment at which anything is due or anybody answers."""
        with self.watching.following():
            self._step(self._clock.now())
            while (moment := self._next()) <= until:
                self._step(moment)
        self.watching.deadlines(self.acting.snoozed, until)
        self.watching.absences(FIRST_DAY, until.date() - timedelta(days=1))

    def _next(self) -> datetime:
        due = next_thing(self._database, now=self._clock.now())
        first = self._answers[0][0] if self._answers else None
        moment = min(filter(None, (due, first)), default=datetime.max.replace(tzinfo=UTC))
        return self._outage[1] if self._outage[0] <= moment < self._outage[1] else moment

    def _step(self, moment: datetime) -> None:
        self.steps += 1
        self._clock.set(moment)
        if moment == self._outage[1]:
            self.watching.note_what_waits()
        self._engine.run_until(self._clock.now())
        self._read_new()
        if self._let_answer():
            self._engine.run_until(self._clock.now())
            self._read_new()

    def _read_new(self) -> None:
        """Everybody finds what came for them; some mean to answer at once, some later, some never."""
        new = self._workspace.accepted[self._read :]
        self._read += len(new)
        for line in self.watching.messages(new):
            person = self._cast[line["person"]]
            if person.temper is not Temper.NEVER and person.slack_id not in self._waiting:
                self._mean_to_answer(person)

    def _mean_to_answer(self, person: Character) -> None:
        soonest, latest = _SOME_TIME[person.temper]
        wait = soonest + self._dice.random() * (latest - soonest)
        at = next_at_work(person, self._clock.now() + wait)
        at += -(at - datetime.min.replace(tzinfo=UTC)) % _QUARTER
        heapq.heappush(self._answers, (at, next(self._number), person.slack_id))
        self._waiting.add(person.slack_id)

    def _let_answer(self) -> bool:
        now, answered = self._clock.now(), False
        while self._answers and self._answers[0][0] <= now:
            _, _, slack_id = heapq.heappop(self._answers)
            self._waiting.discard(slack_id)
            person = self._cast[slack_id]
            on_plan = person.programme == SENIOR and now.date() >= person.starts_on
            self.acting.answer(self._who[slack_id], now, most=_ACTS_AT_ONCE[person.temper], on_plan=on_plan)
            answered = True
        return answered


@contextmanager
def a_year(
    database: Database, raw: TextIO, *, people: int, outage: tuple[datetime, datetime] = OUTAGE, service: str = "A"
) -> Iterator[Year]:
    """Import the service from files, as an operator would, and be ready to live from its first morning."""
    cast = make_cast(people, service)
    first = datetime.combine(FIRST_DAY, datetime.min.time(), UTC)
    clock = SetClock(first - _IMPORTED)
    _import(database, cast, clock.now())
    leads = {SENIOR: f"U{service}LEARNING000", STR: f"U{service}STRLEAD000"}
    workspace = Workspace(manifest(), [_member(person) for person in cast], [], WorkspaceClock(clock))
    with ExitStack() as until_stopped:
        server = until_stopped.enter_context(PracticeServer(workspace))
        app = assemble(
            database=database, clock=clock, token=BOT_TOKEN, signing_secret=SIGNING_SECRET, base_url=server.api_url
        )
        _welcome(database, leads, clock.now() + _WELCOMED)
        yield Year(database, app.engine, clock, workspace, cast, raw, outage)


def _import(database: Database, cast: tuple[Character, ...], now: datetime) -> None:
    outcomes = (
        import_people(
            database, people_file(cast), programmes=built_in(), defaults=Defaults("england", "Europe/London"), now=now
        ),
        import_leave(database, leave_file(cast), now=now),
        import_closures(database, closures_file(), now=now),
    )
    wrong = [remark for outcome in outcomes for remark in outcome.remarks]
    assert not wrong, wrong[:5]


def _welcome(database: Database, leads: Mapping[str, str], now: datetime) -> None:
    """Each programme's lead sends the welcomes, at ten in the morning of the day of the import."""
    with database.transaction() as db:
        people = {person.slack_id: person for person in db.exec(select(Person)).all()}
        for programme, slack_id in leads.items():
            lead = people[slack_id]
            me = Who(lead.id, slack_id, lead.name, lead.zone, is_lead=True)
            welcomes.send_welcomes(db, me=me, programme=programme, now=now)


def _member(person: Character) -> Member:
    return Member(person.slack_id, person.slack_id.lower(), person.name, person.email, person.zone)
