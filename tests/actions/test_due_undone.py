"""What is done, undone, moved and taken over closes, opens and moves its due rows in the same act."""

from collections.abc import Sequence
from datetime import date, timedelta
from uuid import UUID

import pytest
from sqlmodel import col

from bot.actions import (
    checklist,
    documents,
    documents_signing,
    enrolling,
    my_time,
    pairing,
    reflections,
    session_changes,
    sign_off,
    training_log,
)
from bot.actions.facts import know
from bot.actions.imports.people import Defaults, import_people
from bot.actions.training_log import Completion
from bot.programmes.loader import built_in
from bot.values import CriterionRef, Ref
from storage.database import Database
from storage.tables.delivery import DueItem, Notice
from storage.tables.meetings import Session
from storage.tables.people import Person
from storage.tables.programmes import Enrolment
from storage.tables.together import Membership
from storage.tables.written import Document
from tests.actions import due_rows
from tests.actions.doings import DOINGS, Pick
from tests.actions.doings.time import days_go_by
from tests.actions.doings.world import World, rows
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


# ---- taken back, and taken over --------------------------------------------------------------------------------------


def signed_by(world: World, signer: UUID, criteria: Sequence[str]) -> tuple[UUID, ...]:
    """Sign criteria off today that nothing has happened to; return the signatures."""
    with world.database.transaction() as db:
        refs = [CriterionRef(world.service.enrolment, criterion, 0) for criterion in criteria]
        me = world.me(db, signer)
        return sign_off.sign_off_many(db, me=me, refs=refs, occasion_on=world.today, comment="", now=world.now)


def test_a_sign_off_that_is_withdrawn_opens_the_plan_again(world: World) -> None:
    with world.database.reading() as db:
        enrolment = db.get(Enrolment, world.service.enrolment)
        assert enrolment
        made = checklist.plan_of(know(db, enrolment, now=world.now))
    last = signed_by(world, world.service.mentor, made)[-1]
    assert found(world, "checklist.plan") == []
    with world.database.transaction() as db:
        sign_off.withdraw(
            db, me=world.me(db, world.service.mentor), ref=Ref("signoff", last), reason="A slip", now=world.now
        )
    (row,) = found(world, "checklist.plan")
    assert (row.turn, row.reopened_because) == (2, "done")


def test_training_that_is_sent_back_is_owed_again_and_its_renewal_no_longer(worker: World) -> None:
    with worker.database.transaction() as db:
        said = Completion("fire", "", worker.today - timedelta(days=300))
        me = worker.me(db, worker.service.mentee)
        record = training_log.log_training(db, me=me, said=said, now=worker.now)
    assert found(worker, "course.fire") == []
    assert [row.due_on for row in found(worker, "course.fire#renew")] == [date(2027, 2, 4)]
    with worker.database.transaction() as db:
        me = worker.me(db, worker.service.manager)
        training_log.return_training(db, me=me, ref=Ref("training", record, 1), because="Which one?", now=worker.now)
    (row,) = found(worker, "course.fire")
    assert (row.turn, row.reopened_because, row.owner_id) == (2, "done", worker.service.mentee)
    assert found(worker, "course.fire#renew", "open", "arranged") == []
    assert found(worker, "ask.verify") == []


def test_a_record_that_is_taken_back_is_to_be_shared_again_and_nobody_is_to_sign_it(world: World) -> None:
    held = plan(world, days=1, led_by=world.service.mentor)
    days_go_by(world, 1)
    hold(world, held, world.service.mentor)
    with world.database.transaction() as db:
        me = world.me(db, world.service.mentor)
        documents_signing.record_kept_elsewhere(db, me=me, session_id=held, shared_on=world.today, now=world.now)
        (record,) = rows(db, Document)
    assert found(world, f"{RECORD}#share") == []
    assert owner(world, f"{RECORD}#sign:mentee") == world.service.mentee
    with world.database.transaction() as db:
        documents.take_back(db, me=me, document_id=record.id, now=world.now)
    (row,) = found(world, f"{RECORD}#share")
    assert (row.turn, row.owner_id) == (2, world.service.mentor)
    assert found(world, f"{RECORD}#sign:mentee") == []


def test_cover_is_asked_for_its_days_and_then_the_covered_again(world: World) -> None:
    with world.database.transaction() as db:
        me, key = world.me(db, world.service.mentor), f"relationship:{world.service.relationship}:mentoring"
        session_changes.log_held(db, me=me, choice_key=key, held_on=world.today, minutes=60, now=world.now)
        pairing.cover(
            db,
            relationship_id=world.service.relationship,
            covered_id=world.service.mentor,
            cover_id=world.service.stranger,
            from_on=world.today + timedelta(days=1),
            until_on=world.today + timedelta(days=3),
            by=world.service.lead,
            now=world.now,
        )
        co_mentor = rows(db, Membership, Membership.person_id == world.service.co_mentor)[0]
        co_mentor.until_on = world.today  # the two would share it
    assert owner(world, MEETING) == world.service.mentor
    days_go_by(world, 1)
    assert owner(world, MEETING) == world.service.stranger
    days_go_by(world, 3)
    assert owner(world, MEETING) == world.service.mentor


def test_who_takes_over_hears_once_of_what_was_said_to_the_one_before(world: World) -> None:
    ask_for_sign_off(world, "on-call")
    asked = owner(world, "ask.sign-off")
    days_go_by(world, 2)
    assert heard(world, "ask.sign-off") == [asked]
    with world.database.transaction() as db:
        pairing.change_pair(
            db,
            relationship_id=world.service.relationship,
            supporter_ids=[world.service.stranger],
            on=world.today,
            by=world.service.lead,
            now=world.now,
        )
    days_go_by(world, 10)
    assert owner(world, "ask.sign-off") == world.service.stranger
    assert heard(world, "ask.sign-off") == [asked, world.service.stranger]


def heard(world: World, rule: str) -> list[UUID]:
    """Return who was told of the rows of a rule, in order."""
    with world.database.reading() as db:
        items = {row.id for row in rows(db, DueItem, DueItem.rule == rule)}
        return [notice.person_id for notice in rows(db, Notice, col(Notice.due_item_id).in_(items))]


def test_training_of_no_programme_is_to_be_verified_once_whatever_places_somebody_has(world: World) -> None:
    with world.database.transaction() as db:
        me = world.me(db, world.service.mentee)
        training_log.log_training(db, me=me, said=Completion("", "First aid", world.today), now=world.now)
    assert len(found(world, "ask.verify")) == 1
    DOINGS["enrol"](world, Pick(1, 1, 3))  # on another programme, from a day before
    assert len(found(world, "ask.verify")) == 1
    with world.database.transaction() as db:
        on, other = world.today, found(world, "ask.verify")[0].enrolment_id
        enrolling.leave_programme(db, enrolment_id=other, on=on, now=world.now)
    assert len(found(world, "ask.verify")) == 1
