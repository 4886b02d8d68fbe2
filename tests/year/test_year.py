"""The year's own harness: it counts what it says, its yardstick of working time is true, and a short stretch holds."""

import io
import json
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any

from sqlmodel import select

from bot.actions.working_times import working_time_of
from bot.rules.slots import slot_at
from storage.database import Database
from storage.tables.people import Person
from tests.year.at_work import is_at_work, next_at_work
from tests.year.cast import FIRST_DAY, make_cast
from tests.year.counting import Figures, count_all
from tests.year.living import a_year

MONDAY = datetime(2027, 1, 4, 9, tzinfo=UTC)


def message(person: str = "U1", at: datetime = MONDAY, *, delivery: str = "", **more: Any) -> dict[str, Any]:
    """Write one message as the raw file holds it."""
    line: dict[str, Any] = {
        "what": "message",
        "person": person,
        "kind": "digest",
        "moment": at.isoformat(),
        "local_time": at.isoformat(),
        "rule_ids": [],
        "delivery_id": delivery or f"{person} {at}",
        "at_work": True,
        "on_leave": False,
        "says": [],
        "caught_up": 0,
    }
    return line | more


def deadline(**more: Any) -> dict[str, Any]:
    """Write one deadline, heard of in time and still open."""
    line: dict[str, Any] = {
        "what": "deadline",
        "first_notice_by": MONDAY.isoformat(),
        "first_notice_at": MONDAY.isoformat(),
        "closed_at": None,
        "steps_due": 2,
        "steps_missed": [],
    }
    return line | more


def absence(person: str, first: date, last: date) -> dict[str, Any]:
    """Write one absence."""
    return {"what": "absence", "person": person, "from": first.isoformat(), "until": last.isoformat()}


def counted(*lines: dict[str, Any], weeks: int = 2) -> Figures:
    """Count lines."""
    return count_all(map(json.dumps, lines), first_day=FIRST_DAY, weeks=weeks)


def test_messages_are_counted_by_person_and_working_week() -> None:
    in_week_one = [message(at=MONDAY + timedelta(days=n)) for n in range(3)]
    away = absence("U1", date(2027, 1, 11), date(2027, 1, 17))
    figures = counted(*in_week_one, message("U2"), away)
    assert (figures.people, figures.messages_total) == (2, 4)
    assert figures.working_weeks == 3  # one of the first, two of the second
    assert figures.messages_per_person_week == {"median": 1, "p95": 3, "mean": 1.33, "most": 3}


def test_a_week_away_in_which_a_message_came_counts_all_the_same() -> None:
    away = absence("U1", date(2027, 1, 4), date(2027, 1, 17))
    assert counted(message(), message(at=MONDAY + timedelta(hours=1)), away).messages_per_person_week["median"] == 2


def test_whatever_breaks_a_promise_is_counted_and_said() -> None:
    late = deadline(first_notice_at=(MONDAY + timedelta(days=1)).isoformat())
    broken = counted(
        message(delivery="d1", says=["i:1:0"], at_work=False),
        message(delivery="d1", says=["i:1:0"], on_leave=True),
        late,
        deadline(first_notice_at=None, steps_missed=[1]),
        deadline(),
    )
    assert (broken.out_of_hours, broken.on_leave, broken.repeated) == (1, 1, 2)
    assert (broken.deadlines, broken.late_first_notices) == (3, 2)
    assert (broken.ladder_steps, broken.ladder_steps_missed) == (6, 1)
    assert len(broken.broken()) == 5


def test_a_thing_done_before_it_had_to_be_heard_of_is_late_to_nobody() -> None:
    early = (MONDAY - timedelta(hours=1)).isoformat()
    assert counted(message(), deadline(first_notice_at=None, closed_at=early)).late_first_notices == 0


def test_more_than_two_a_week_for_most_is_too_much() -> None:
    three = [message(at=MONDAY + timedelta(days=n)) for n in range(3)]
    assert counted(*three, weeks=1).broken() == ["median of messages a week is 3, over 2"]
    assert counted(*three[:2], weeks=1).broken() == []


def test_a_digest_saves_all_its_messages_but_one() -> None:
    assert counted(message(says=["a:1:0", "b:1:0", "c:1:2"]), message("U2")).saved_by_digest == 2


def test_the_yardstick_of_working_time_agrees_with_the_products_slots(sqlite_database: Database) -> None:
    dice = Random(1)
    with a_year(sqlite_database, io.StringIO(), people=20), sqlite_database.reading() as db:
        people = {person.slack_id: person for person in db.exec(select(Person)).all()}
        for character in make_cast(20):
            working = working_time_of(db, people[character.slack_id], around=date(2027, 7, 1))
            for _ in range(80):
                moment = MONDAY + timedelta(minutes=dice.randrange(360 * 24 * 60))
                assert is_at_work(character, moment) == (slot_at(working, moment) is not None), (character, moment)
                following = next_at_work(character, moment)
                assert slot_at(working, following), (character, moment)


def test_three_weeks_keep_every_promise(sqlite_database: Database) -> None:
    raw, weeks = io.StringIO(), 3
    outage = (MONDAY + timedelta(days=8), MONDAY + timedelta(days=11))
    with a_year(sqlite_database, raw, people=8, outage=outage) as year:
        year.live(MONDAY + timedelta(weeks=weeks))
    figures = count_all(raw.getvalue().splitlines(), first_day=FIRST_DAY, weeks=weeks)
    assert figures.broken() == []
    assert figures.messages_total > 20
    assert figures.saved_by_digest > figures.messages_total / 4
    assert year.acting.done.total() > 20
    assert figures.outage_caught_up > 0
    assert figures.deadlines > 5
