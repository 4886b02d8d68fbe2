"""One database and one policy: messages owed, processes stopped, calls cut, until all of it has settled."""

import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TextIO
from uuid import UUID

from sqlalchemy.exc import OperationalError
from sqlmodel import Session as Db
from sqlmodel import col, func, select

from bot.delivery.machine_time import Timings
from bot.practice import Fault, PracticeServer
from storage.database import Database
from storage.queries.deliveries import add_delivery
from storage.tables.delivery import Delivery, DueItem
from storage.tables.people import Person
from storage.tables.programmes import Enrolment
from storage.types import new_id
from tests.crash.crew import Crew, Reached
from tests.crash.points import LATEST_ACCEPTANCE, LOOK, LOOKING, OURS, POST, Plan, Stop, full_plan, short_plan
from tests.crash.watched_slack import Ledger, WatchedWorkspace
from tests.crash.worker import BUSY, FILE, Orders
from tests.delivery.conftest import due_item
from tests.factories import NINE, Service, make_service

FACTOR = 0.01
_FROZEN = "frozen_past_lease"
_UNNAMED_WAIT = 30.0  # seconds, where Slack asks to wait and names no time
_GLANCE, _STUCK = 0.05, 90.0  # seconds between looks; seconds without any progress
_OPEN = ("pending", "sending", "uncertain")


class Sweep:
    """Owes messages on one database and lets processes send them by one policy. Lengths of time are times `factor`."""

    def __init__(self, database: Database, server: PracticeServer, ledger: Ledger, policy: str, factor: float) -> None:
        self._database, self._server, self._ledger = database, server, ledger
        self._policy, self._latest = policy, LATEST_ACCEPTANCE * factor
        self._timings = Timings().scaled(factor)
        assert self._timings.lease > self._timings.call
        assert self._timings.settle > self._latest
        assert isinstance(server.workspace, WatchedWorkspace)
        self._workspace = server.workspace
        self._orders = Orders(database.url, server.api_url, policy, self._timings, unnamed_wait=_UNNAMED_WAIT * factor)
        self._service = _service(database)
        self._owed: dict[str, str] = {}  # what was owed, and whose process was frozen on it, empty for nobody's
        self._settled = 0

    def run_short(self, *, workers: int) -> None:
        """Come to each point and suffer each fault once."""
        self._run(short_plan(self._policy, self._timings, self._latest), workers)

    def run_full(self, *, workers: int) -> None:
        """Come to each point at several depths, and suffer each fault."""
        self._run(full_plan(self._policy, self._timings, self._latest), workers)

    @property
    def deliveries(self) -> int:
        """Return how many messages were owed so far."""
        return len(self._owed)

    def _run(self, plan: Plan, workers: int) -> None:
        crew = Crew(self._orders, self._is_sent)
        try:
            self._carry_out(crew, plan, workers)
            self._settle_down(crew)
            crew.dismiss()
            while any(self._count().values()):  # what one found out at its very end
                crew.start()
                self._settle_down(crew)
                crew.dismiss()
        except BaseException:
            crew.kill_all()
            raise
        time.sleep(self._latest + 2 * self._timings.call)  # past any late acceptance
        self._write_expected()

    # ---- what is done to the processes -------------------------------------------------------------------------------

    def _carry_out(self, crew: Crew, plan: Plan, workers: int) -> None:
        stops, faults, moved = list(plan.stops), list(plan.faults), time.monotonic()
        for _ in range(workers):
            crew.start(stops.pop(0) if stops else None)
        while crew.armed or faults or self._workspace.faults.waiting():
            self._feed(crew, faults, workers)
            for reached in crew.tend(_GLANCE):
                self._write_reached(reached)
                crew.start(stops.pop(0) if stops else None)
                moved = time.monotonic()
            still_to_come = [*crew.armed, *self._workspace.faults.waiting()]
            assert time.monotonic() < moved + _STUCK, f"never came to {still_to_come}"

    def _feed(self, crew: Crew, faults: list[Fault], workers: int) -> None:
        """Keep enough to do in hand, and one fault of each call; something uncertain where looking is what is tried."""
        at_hand, waiting = self._count(), {fault.method for fault in self._workspace.faults.waiting()}
        if at_hand["due"] + at_hand["pending"] < workers:
            self._owe(2 * workers)
        looks = LOOK in waiting or any(stop.point in LOOKING for stop in crew.armed)
        for call in {fault.method for fault in faults} - waiting:
            fault = next(fault for fault in faults if fault.method == call)
            faults.remove(fault)
            self._workspace.faults.add(fault)
        if looks and not at_hand["uncertain"] and POST not in waiting:
            self._workspace.faults.add(Fault(POST, "cut_before"))

    def _settle_down(self, crew: Crew) -> None:
        until = time.monotonic() + _STUCK
        while any(self._count().values()):
            crew.tend(_GLANCE)
            assert time.monotonic() < until, f"never settled: {self._count()}"

    # ---- what is owed ------------------------------------------------------------------------------------------------

    def _owe(self, number: int) -> None:
        """Owe so many new people one message each."""
        new = {f"U0P{self.deliveries + n:05d}": new_id() for n in range(number)}
        for slack_id, owed in new.items():
            self._workspace.let_in(slack_id, owed.hex)
        try:
            with self._database.transaction() as db:
                self._write_owed(db, new)
        except OperationalError as why:  # nobody is owed anything; it is tried again
            if BUSY not in str(why):
                raise
        else:
            self._owed |= dict.fromkeys(new, "")

    def _write_owed(self, db: Db, new: dict[str, UUID]) -> None:
        """Let each have one thing to be asked for; the first is sent a file instead, which no control can send."""
        people = [Person(name=slack_id, slack_id=slack_id, in_slack="here") for slack_id in new]
        db.add_all(people)
        db.flush()
        asked = people[1:] if self._policy == OURS else people
        for person in asked:
            slack_id = person.name
            db.add(due_item(self._service, id=new[slack_id], owner_id=person.id, period=slack_id))
        for person in people[: len(people) - len(asked)]:
            key = f"file:{person.name}"
            add_delivery(db, kind=FILE, said_once=key, person_id=person.id, not_before=NINE, created_at=NINE)

    def _count(self) -> Counter[str]:
        """Count what is still due or open, by state."""
        asked = select(Delivery.status, func.count()).where(col(Delivery.status).in_(_OPEN)).group_by(Delivery.status)
        due = select(func.count()).select_from(DueItem).where(col(DueItem.next_nudge_at) <= NINE)
        with self._database.reading() as db:
            return Counter(dict(db.exec(asked).all()) | {"due": db.exec(due).one()})

    def _is_sent(self, slack_id: str) -> bool:
        asked = select(Delivery.status).join(Person).where(Person.slack_id == slack_id)
        with self._database.reading() as db:
            return db.exec(asked).first() == "sent"

    # ---- what is written down ----------------------------------------------------------------------------------------

    def _write_reached(self, reached: Reached) -> None:
        if reached.stop.freezes:
            self._owed[reached.in_hand] = reached.stop.point
            return
        owed = self._workspace.owed_to(reached.in_hand)
        self._ledger.write("killed", pid=reached.pid, point=_words(reached.stop), delivery_id=owed)

    def _write_expected(self) -> None:
        for slack_id, point in list(self._owed.items())[self._settled :]:
            owed = self._workspace.owed_to(slack_id)
            self._ledger.write("expected", delivery_id=owed, point=point, fault=_FROZEN if point else "")
        self._settled = len(self._owed)


@contextmanager
def sweeping(database: Database, raw: TextIO, *, kind: str, policy: str, factor: float = FACTOR) -> Iterator[Sweep]:
    """Start a Slack for one empty database of a kind and one policy, and stop it at the end."""
    ledger = Ledger(raw, database=kind, policy=policy)
    with PracticeServer(WatchedWorkspace(ledger, Timings().settle * factor)) as server:
        yield Sweep(database, server, ledger, policy, factor)


def _words(stop: Stop) -> str:
    return f"{stop.point}:{stop.depth}"


def _service(database: Database) -> Service:
    """Make the small service of the factories, owing nothing."""
    with database.transaction() as db:
        made = make_service(db)
        for item in db.exec(select(DueItem)):
            db.delete(item)
        for enrolment in db.exec(select(Enrolment)):
            enrolment.look_again_on = None
    return made
