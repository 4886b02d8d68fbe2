"""The service of the example files after three days of use, and the month that follows with nobody acting.

An agreement says to meet more often than the programme does; meetings are planned; there are leave, part-time and night
workers, rhythms of their own, something put off, a lead's channel, and somebody who is about to leave.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from sqlmodel import Session as Db
from sqlmodel import col, select

from bot.actions import my_time, nudges, session_changes, session_choices, welcomes
from bot.actions.imports.people import Defaults, import_people
from bot.clock import SetClock
from bot.demo import FIRST_MORNING, HOME, begin_service, channels, members
from bot.practice import Accepted, PracticeServer, Workspace
from bot.programmes.loader import built_in
from bot.rules.slots import OFFICE_HOURS, WorkingPattern
from bot.values import Ref, Who
from storage.database import Database
from storage.queries import people as people_queries
from storage.tables.delivery import DueItem
from tests.factories import who
from tests.service import MANIFEST, WorkspaceClock, serving
from tests.test_three_months import Play, agree, schedule, set_up

DAYS = 30


@dataclass
class Month:
    """The service on the day of the forecast."""

    database: Database
    server: PracticeServer
    clock: WorkspaceClock

    @property
    def now(self) -> datetime:
        """Return programme time."""
        return self.clock.now()

    @property
    def until(self) -> datetime:
        """Return the end of the days to come; asked before they are lived."""
        return self.now + timedelta(days=DAYS)

    def live(self) -> list[Accepted]:
        """Let the days pass with nobody acting; return every post that Slack accepted meanwhile."""
        accepted = self.server.workspace.accepted
        before = len(accepted)
        assert self.clock.driver
        self.clock.driver.advance(self.until)
        return [each for each in accepted[before:] if each.what == "post"]


@contextmanager
def month(database: Database) -> Iterator[Month]:
    """Begin the fictional service and use it for three days."""
    clock = WorkspaceClock(SetClock(FIRST_MORNING))
    begin_service(database, clock.now())
    workspace = Workspace(MANIFEST, members(database, clock.now()), channels(database, clock.now()), clock)
    with serving(database, workspace, clock) as (server, _):
        play = Play(database, server)
        set_up(play)
        agree(play, often="every week")
        play.to("2026-12-02", 9)
        _meet(database, "Ben Cole", "Asha Rahman", clock.now())
        schedule(play, "2026-12-08")
        _say_what_they_want(database, clock.now())
        _say_farewell(database, "huw.price", "2026-12-18", clock.now())
        play.to("2026-12-02", 21)  # most have gone home: what is owed now waits for the morning
        _welcome(database, "Owen Hughes", clock.now())
        yield Month(database, server, clock)


def _say_what_they_want(database: Database, now: datetime) -> None:
    with database.transaction() as db:
        _choose(db, "Rhys Jones", "each", None, now)
        _choose(db, "Daniel Kowalski", "weekly", 11, now)
        _choose(db, "Carys Evans", "daily", 15, now)
        _put_off(db, "Mei Lin", date(2026, 12, 9), now)
        niamh = _named(db, "Niamh Doyle")
        first, last = date(2026, 12, 7), date(2026, 12, 15)
        my_time.add_away(db, me=niamh, person_id=niamh.id, from_on=first, until_on=last, now=now)


def _named(db: Db, name: str) -> Who:
    (person,) = people_queries.find_people_by_name(db, name=name)
    return who(db, person.id)


def _meet(database: Database, leader: str, other: str, now: datetime) -> None:
    """Say that two people have met today."""
    with database.transaction() as db:
        me, other_id = _named(db, leader), _named(db, other).id
        (choice, *_) = session_choices.list_choices(db, me=me, now=now, with_id=other_id)
        session_changes.log_held(db, me=me, choice_key=choice.key, held_on=now.date(), minutes=60, now=now)


def _choose(db: Db, name: str, rhythm: str, hour: int | None, now: datetime) -> None:
    me = _named(db, name)
    stored = people_queries.get_person(db, me.id).working_pattern
    my_time.save_time(
        db,
        me=me,
        person_id=me.id,
        pattern=WorkingPattern.from_json(stored) if stored else OFFICE_HOURS,
        works_bank_holidays=False,
        digest_hour=hour,
        digest_rhythm=rhythm,
        now=now,
    )


def _put_off(db: Db, name: str, until: date, now: datetime) -> None:
    """Put off what somebody was asked first."""
    me = _named(db, name)
    asked = select(DueItem).where(DueItem.owner_id == me.id, DueItem.state == "open", DueItem.due_on > until)
    item = db.exec(asked.order_by(col(DueItem.due_on))).first()
    assert item is not None
    nudges.snooze(db, me=me, ref=Ref("due", item.id, item.version), until=until, now=now)


def _welcome(database: Database, by: str, now: datetime) -> None:
    """Send the welcomes of the other programme, which go out over the days to come."""
    with database.transaction() as db:
        welcomes.send_welcomes(db, me=replace(_named(db, by), is_lead=True), programme="str-worker", now=now)


def _say_farewell(database: Database, who_leaves: str, last_day: str, now: datetime) -> None:
    """Import the people again, with somebody's last day."""
    heading, *rows = (HOME / "examples" / "people.csv").read_text("utf-8").splitlines()
    place = heading.split(",").index("leaves_on")
    changed = [row.split(",") for row in rows]
    for row in changed:
        row[place] = last_day if row[1].startswith(who_leaves) else row[place]
    content = "\n".join([heading, *map(",".join, changed)]).encode()
    import_people(database, content, programmes=built_in(), defaults=Defaults("england", "Europe/London"), now=now)
