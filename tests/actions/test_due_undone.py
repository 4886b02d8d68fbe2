"""What is done, undone, moved and taken over closes, opens and moves its due rows in the same act."""

from datetime import date, timedelta
from uuid import UUID

import pytest

from bot.actions import my_time, pairing, reflections, session_changes, sign_off
from bot.actions.imports.people import Defaults, import_people
from bot.programmes.loader import built_in
from bot.values import CriterionRef, Ref
from storage.database import Database
from storage.tables.meetings import Session
from storage.tables.people import Person
from storage.tables.programmes import Enrolment
from tests.actions import due_rows
from tests.actions.doings.time import days_go_by
from tests.actions.doings.world import World
from tests.actions.due_rows import found, owners
from tests.factories import NINE, make_service
from tests.imports.conftest import as_csv

MEETING, RECORD = "session.mentoring", "session.mentoring/form.mentoring-note"


@pytest.fixture
def world(database: Database) -> World:
    """A pair on the senior-manager plan that has agreed."""
    with database.transaction() as db:
        return World(database, "senior-manager", make_service(db))


@pytest.fixture
def worker(database: Database) -> World:
    """A worker on the STR programme, whose rows ask their managers too."""
    with database.transaction() as db:
        return World(database, "str-worker", make_service(db, programme="str-worker", level=""))


def owner(world: World, rule: str) -> UUID:
    """Return who is asked for the one open row of a rule."""
    (one,) = owners(world, rule)
    return one


def ask_for_sign_off(world: World, criterion: str) -> None:
    """Let the participant say that they are ready."""
    with world.database.transaction() as db:
        ref = CriterionRef(world.service.enrolment, criterion, 0)
        sign_off.ask_for_sign_off(db, me=world.me(db, world.service.mentee), ref=ref, note="", now=world.now)


def import_row(world: World, first_name: str, **cells: str) -> None:
    """Import a people file of one row, about somebody who is known."""
    row = {"email": f"{first_name}@example.org", "name": first_name.title(), **cells}
    defaults = Defaults("england", "Europe/London")
    import_people(world.database, as_csv((row,)), programmes=built_in(), defaults=defaults, now=world.now)


# ---- the people list moves what is asked -----------------------------------------------------------------------------


def test_another_line_manager_is_asked_from_the_import_on(worker: World) -> None:
    sign = "form.development-plan#sign:line-manager"
    assert owner(worker, sign) == worker.service.manager
    import_row(worker, "asha", line_manager="sam@example.org")
    assert owner(worker, sign) == worker.service.stranger


def test_another_team_manager_is_asked_from_the_import_on(worker: World) -> None:
    with worker.database.transaction() as db:
        mentee = db.get(Person, worker.service.mentee)
        assert mentee
        mentee.line_manager_id = None  # then the team's manager signs first
    ask_for_sign_off(worker, "team-met")
    assert owner(worker, "ask.sign-off") == worker.service.manager
    import_row(worker, "colin", team="Willow House", team_manager="sam@example.org")
    assert owner(worker, "ask.sign-off") == worker.service.stranger


def test_another_lead_is_asked_when_a_lead_is_one_no_longer(worker: World) -> None:
    sign = "form.development-plan#sign:str-lead"
    assert owner(worker, sign) == worker.service.lead
    worker.now += timedelta(days=1)
    import_row(worker, "lena", roles="")
    assert owner(worker, sign) == worker.service.second_lead


def test_nobody_is_asked_after_their_last_day(worker: World) -> None:
    sign = "form.development-plan#sign:line-manager"
    import_row(worker, "mona", leaves_on="2026-12-03")
    assert owner(worker, sign) == worker.service.manager  # still here
    days_go_by(worker, 3)
    assert found(worker, sign) == []


def test_who_left_before_the_file_was_read_is_asked_nothing(worker: World) -> None:
    import_row(worker, "mona", leaves_on="2026-11-27")
    assert found(worker, "form.development-plan#sign:line-manager") == []


def test_a_record_that_only_a_leaver_could_write_asks_nobody_and_a_planned_meeting_passes_on(world: World) -> None:
    plan(world, days=2, led_by=world.service.mentor)
    held = plan(world, days=1, led_by=world.service.mentor)
    days_go_by(world, 1)
    hold(world, held, world.service.mentor)
    assert owner(world, f"{RECORD}#share") == world.service.mentor
    import_row(world, "mary", leaves_on="2026-12-02")
    days_go_by(world, 1)
    assert found(world, f"{RECORD}#share") == []
    assert owner(world, f"{MEETING}#outcome") == world.service.co_mentor


def plan(world: World, *, days: int, led_by: UUID) -> UUID:
    """Plan a mentoring meeting some days from now."""
    with world.database.transaction() as db:
        wall = (world.now + timedelta(days=days)).replace(tzinfo=None)
        key = f"relationship:{world.service.relationship}:mentoring"
        me = world.me(db, world.service.mentee)
        line = session_changes.schedule(
            db, me=me, choice_key=key, wall=wall, led_by_id=led_by, instead_of=None, now=world.now
        )
        return line.id


def hold(world: World, session_id: UUID, led_by: UUID) -> None:
    """Say today that a meeting was held today."""
    with world.database.transaction() as db:
        session = db.get(Session, session_id)
        assert session
        ref = Ref("session", session.id, session.version)
        session_changes.mark_held(db, me=world.me(db, led_by), ref=ref, held_on=world.today, minutes=60, now=world.now)


# ---- recurring duties ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("zone", ["America/New_York", "Pacific/Auckland"])
def test_far_from_greenwich_the_next_row_is_made_all_the_same(world: World, zone: str) -> None:
    with world.database.transaction() as db:
        enrolment, mentee = db.get(Enrolment, world.service.enrolment), db.get(Person, world.service.mentee)
        assert enrolment and mentee
        mentee.zone = zone
        my_time.replan(db, person_id=mentee.id, now=world.now)
    world.now = NINE.replace(hour=0, minute=1)  # the first tick of a day, which may still be the evening before there
    days_go_by(world, 30)
    with world.database.reading() as db:
        enrolment = db.get(Enrolment, world.service.enrolment)
        assert enrolment and enrolment.look_again_on
    assert [row.period for row in found(world, "form.driscoll#invite")] == ["2", "3"]  # the latest and the next


def test_what_was_done_early_is_asked_for_again_when_its_time_comes_round(world: World) -> None:
    days_go_by(world, 9)
    with world.database.transaction() as db:
        reflections.begin(db, me=world.me(db, world.service.mentee), form="", now=world.now)
    assert [row.due_on for row in found(world, "form.driscoll#invite", "done")] == [date(2026, 12, 15)]
    for _ in range(60):
        days_go_by(world, 1)
        with world.database.reading() as db:
            assert list(due_rows.scan(db, world)) == []  # each next one has its row on its day
    assert [row.period for row in found(world, "form.driscoll#invite")] == ["4", "5"]


def test_a_meeting_that_was_held_owes_its_record_after_the_pair_has_come_to_its_end(world: World) -> None:
    held = plan(world, days=1, led_by=world.service.mentor)
    days_go_by(world, 1)
    hold(world, held, world.service.mentor)
    with world.database.transaction() as db:
        pairing.close_pair(db, relationship_id=world.service.relationship, on=world.today, now=world.now)
    assert owner(world, f"{RECORD}#share") == world.service.mentor
    assert found(world, MEETING) == []
