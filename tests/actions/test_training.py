"""Training on both databases: what is stored, who may verify, what is asked of whom."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlmodel import Session as Db
from sqlmodel import col, select

from bot.access import access_training_check
from bot.actions import training, training_log
from bot.actions.duties import list_duties
from bot.actions.training_log import Completion
from bot.errors import AlreadyLogged, NotAllowed, NotFound, SomebodyWasFirst
from bot.rules.renewals import CourseLine, CourseRef, CourseState
from bot.values import Duty, Ref, Step
from storage.database import Database
from storage.queries import training as queries
from storage.tables.delivery import AuditEvent, DueItem
from storage.tables.people import Person
from storage.tables.progress import TrainingRecord
from tests.factories import NINE, Service, make_service, who

FIRE = Completion("fire", "", date(2026, 11, 30), 60, "computer based", "No. 4711")
OTHER = Completion("", "Living with Huntington’s", date(2026, 11, 30))


def log(db: Db, service: Service, said: Completion = FIRE, now: datetime = NINE) -> TrainingRecord:
    """Log something as Asha would."""
    record_id = training_log.log_training(db, me=who(db, service.mentee), said=said, now=now)
    found = db.get(TrainingRecord, record_id)
    assert found
    return found


def ref_of(record: TrainingRecord) -> Ref:
    """Name a completion as it stands."""
    return Ref("training", record.id, record.version)


def line_of(db: Db, service: Service, course: str, now: datetime = NINE) -> CourseLine:
    """Return where a course of Asha's plan stands."""
    page = training.get_training(db, me=who(db, service.mentee), person_id=service.mentee, now=now)
    return next(line for line in page.lines if line.ref.course == course)


def rows(db: Db, rule: str) -> list[tuple[str, date]]:
    """Return the state and day of every row of a rule."""
    found = db.exec(select(DueItem).where(DueItem.rule == rule).order_by(col(DueItem.due_on))).all()
    return [(row.state, row.due_on) for row in found]


def asked(db: Db, service: Service, step: Step, now: datetime = NINE) -> list[Duty]:
    """Return what the line manager is asked to do of one kind."""
    return [duty for duty in list_duties(db, person_id=service.manager, now=now) if duty.step is step]


@pytest.mark.requirement("000-51")
def test_the_str_plan_shows_every_row_of_the_catalogue_by_tier(database: Database) -> None:
    with database.transaction() as db:
        service = make_service(db, programme="str-worker", level="")
        page = training.get_training(db, me=who(db, service.mentee), person_id=service.mentee, now=NINE)
    assert len(page.lines) == 28  # 27 of the catalogue and the learning events
    assert list(dict.fromkeys(line.group for line in page.lines)) == [
        "Induction",
        "Foundation: mandatory",
        "Foundation: core skills and service specific",
        "Foundation: qualifications",
        "Intermediate",
        "Intermediate: qualifications",
        "Advanced",
        "Learning events",
    ]


@pytest.mark.requirement("000-56")
def test_fire_done_is_due_again_after_twelve_months_and_its_note_is_sealed(database: Database) -> None:
    with database.transaction() as db:
        service = make_service(db, programme="str-worker", level="")
        record = log(db, service)
        line = line_of(db, service, "fire")
        assert record.certificate is not None
        assert b"4711" not in record.certificate
        assert queries.open_certificate(db, record) == "No. 4711"
        assert (line.state, line.due_on) == (CourseState.CURRENT, date(2027, 11, 30))
        assert [state for state, _ in rows(db, "course.fire")] == ["done"]


@pytest.mark.requirement("000-59")
def test_breakaway_is_welcome_again_after_twelve_months(database: Database) -> None:
    with database.transaction() as db:
        service = make_service(db, programme="str-worker", level="")
        log(db, service, Completion("breakaway", "", date(2025, 11, 1)))
        line = line_of(db, service, "breakaway")
    assert (line.state, line.due_on) == (CourseState.MAY_RENEW, date(2027, 11, 1))


def test_a_renewal_missed_before_go_live_is_due_some_weeks_after_it(database: Database) -> None:
    with database.transaction() as db:
        service = make_service(db, programme="str-worker", level="")
        log(db, service, Completion("fire", "", date(2020, 1, 1)))
        now = line_of(db, service, "fire")
        later = line_of(db, service, "fire", datetime(2027, 2, 27, 9, tzinfo=UTC))
    assert (now.state, now.due_on) == (CourseState.DUE_SOON, date(2026, 12, 29))
    assert later.state is CourseState.OVERDUE


@pytest.mark.requirement("000-46")
def test_the_line_manager_is_asked_to_verify_by_the_course_s_title(database: Database) -> None:
    with database.transaction() as db:
        service = make_service(db, programme="str-worker", level="")
        record = log(db, service)
        [duty] = asked(db, service, Step.VERIFY)
        assert (duty.title, duty.about_name) == ("Fire", "Asha Mentee")
        training_log.verify_training(db, me=who(db, service.manager), refs=[ref_of(record)], now=NINE)
        assert asked(db, service, Step.VERIFY) == []
        assert (record.verified_by_id, record.verified_at) == (service.manager, NINE)


def test_nobody_verifies_their_own_even_as_the_one_who_verifies(database: Database) -> None:
    with database.transaction() as db:
        service = make_service(db, programme="str-worker", level="")
        mentee = db.get(Person, service.mentee)
        assert mentee
        mentee.line_manager_id = mentee.id
        record = log(db, service)
        with pytest.raises(NotAllowed):
            access_training_check(db, me=who(db, service.mentee), record_id=record.id, now=NINE)
        access_training_check(db, me=who(db, service.lead), record_id=record.id, now=NINE)


@pytest.mark.parametrize("role", ["mentor", "stranger"])
def test_only_whom_the_course_names_may_verify(database: Database, role: str) -> None:
    with database.transaction() as db:
        service = make_service(db, programme="str-worker", level="")
        record = log(db, service)
        with pytest.raises(NotAllowed):
            training_log.verify_training(db, me=who(db, getattr(service, role)), refs=[ref_of(record)], now=NINE)


def test_where_a_course_names_the_lead_alone_the_line_manager_does_not_verify(database: Database) -> None:
    with database.transaction() as db:
        service = make_service(db)
        mentor = db.get(Person, service.mentor)
        assert mentor
        mentor.line_manager_id = service.manager
        said = Completion("mentor-training", "", date(2026, 11, 30))
        record_id = training_log.log_training(db, me=who(db, mentor.id), said=said, now=NINE)
        with pytest.raises(NotAllowed):
            access_training_check(db, me=who(db, service.manager), record_id=record_id, now=NINE)
        access_training_check(db, me=who(db, service.lead), record_id=record_id, now=NINE)


def test_what_is_verified_is_not_verified_again_by_another(database: Database) -> None:
    with database.transaction() as db:
        service = make_service(db, programme="str-worker", level="")
        record = log(db, service)
        training_log.verify_training(db, me=who(db, service.manager), refs=[ref_of(record)], now=NINE)
        with pytest.raises(SomebodyWasFirst):
            training_log.verify_training(db, me=who(db, service.lead), refs=[ref_of(record)], now=NINE)
        assert record.verified_by_id == service.manager


def test_many_are_verified_together_or_none(database: Database) -> None:
    with database.transaction() as db:
        service = make_service(db, programme="str-worker", level="")
        first, second = ref_of(log(db, service)), ref_of(log(db, service, OTHER))
    stale = Ref("training", second.id, second.version + 1)
    with pytest.raises(SomebodyWasFirst), database.transaction() as db:
        training_log.verify_training(db, me=who(db, service.manager), refs=[first, stale], now=NINE)
    with database.reading() as db:
        assert [record.verified_at for record in db.exec(select(TrainingRecord)).all()] == [None, None]


def test_what_was_sent_back_is_asked_for_again_and_the_reason_is_the_person_s(database: Database) -> None:
    with database.transaction() as db:
        service = make_service(db, programme="str-worker", level="")
        record = log(db, service)
        training_log.return_training(
            db, me=who(db, service.manager), ref=ref_of(record), because="That is from 2019.", now=NINE
        )
        assert record.withdrawn_because is not None
        assert b"2019" not in record.withdrawn_because
        assert [state for state, _ in rows(db, "course.fire")] == ["open"]
        assert rows(db, "ask.sent-back") == []  # the course itself asks again
        own = training.get_course(db, me=who(db, service.mentee), ref=CourseRef(service.mentee, "fire"), now=NINE)
        theirs = training.get_course(db, me=who(db, service.manager), ref=CourseRef(service.mentee, "fire"), now=NINE)
        assert own.records[0].because == "That is from 2019."
        assert (theirs.records[0].because, theirs.records[0].certificate) == ("", "")


@pytest.mark.requirement("000-45")
def test_what_is_in_no_catalogue_is_verified_too_and_its_name_stays_out_of_messages(database: Database) -> None:
    with database.transaction() as db:
        service = make_service(db, programme="str-worker", level="")
        record = log(db, service, OTHER)
        [duty] = asked(db, service, Step.VERIFY)
        assert duty.title == "Other training"
        training_log.return_training(db, me=who(db, service.manager), ref=ref_of(record), because="Which?", now=NINE)
        [again] = [d for d in list_duties(db, person_id=service.mentee, now=NINE) if d.rule == "ask.sent-back"]
        assert (again.step, again.title) == (Step.TRAIN, "Other training")
        start = training.start_asked_log(db, me=who(db, service.mentee), ref=again.ref, now=NINE)
        assert start.title == OTHER.title
        assert start.returned
        assert start.returned.because == "Which?"
        log(db, service, Completion("", OTHER.title, date(2026, 11, 29)), NINE + timedelta(hours=1))
        assert [state for state, _ in rows(db, "ask.sent-back")] == ["done"]


def test_the_same_thing_on_the_same_day_is_refused_and_another_s_entry_is_not_found(database: Database) -> None:
    with database.transaction() as db:
        service = make_service(db, programme="str-worker", level="")
        record = log(db, service)
        with pytest.raises(AlreadyLogged):
            log(db, service)
        with pytest.raises(NotFound):
            training.get_own_record(db, me=who(db, service.lead), ref=ref_of(record), now=NINE)
        with pytest.raises(NotFound):
            log(db, service, Completion("no-such-course", "", date(2026, 11, 30)))


def test_nobody_else_withdraws_or_puts_right_what_a_person_logged(database: Database) -> None:
    with database.transaction() as db:
        service = make_service(db, programme="str-worker", level="")
        record, manager = log(db, service), who(db, service.manager)
        with pytest.raises(NotAllowed):
            training_log.withdraw_training(db, me=manager, ref=ref_of(record), because="", now=NINE)
        with pytest.raises(NotAllowed):
            training_log.correct_training(db, me=manager, ref=ref_of(record), said=FIRE, now=NINE)
        assert record.withdrawn_at is None


def test_what_was_withdrawn_waits_for_nobody(database: Database) -> None:
    with database.transaction() as db:
        service = make_service(db, programme="str-worker", level="")
        record, manager = log(db, service), who(db, service.manager)
        assert len(training.list_to_check(db, me=manager, now=NINE)) == 1
        training_log.withdraw_training(db, me=who(db, service.mentee), ref=ref_of(record), because="", now=NINE)
        assert training.list_to_check(db, me=manager, now=NINE) == ()


def test_a_renewal_that_does_not_apply_has_no_next_day(database: Database) -> None:
    with database.transaction() as db:
        service = make_service(db, programme="str-worker", level="")
        log(db, service, Completion("fire", "", date(2025, 12, 20)))
        assert line_of(db, service, "fire").due_on == date(2026, 12, 29)  # go-live gives it some weeks
        row = db.exec(select(DueItem).where(DueItem.rule == "course.fire#renew", DueItem.state == "open")).one()
        row.state, row.not_applicable = "excused", True
        db.flush()
        assert line_of(db, service, "fire").due_on is None


def test_a_lead_is_shown_what_only_leads_may_verify(database: Database) -> None:
    with database.transaction() as db:
        service = make_service(db)
        said = Completion("mentor-training", "", date(2026, 11, 30))
        training_log.log_training(db, me=who(db, service.mentor), said=said, now=NINE)
        log(db, service, Completion("fire-safety", "", date(2026, 11, 30)))
        lead = who(db, service.second_lead, is_lead=True)
        titles = [record.title for record in training.list_to_check(db, me=lead, now=NINE)]
    assert titles == ["Mentor training: when to ask and when to show"]


def test_opening_a_certificate_note_to_verify_it_is_logged(database: Database) -> None:
    with database.transaction() as db:
        service = make_service(db, programme="str-worker", level="")
        record = log(db, service)
        found = training.get_check(db, me=who(db, service.manager), ref=ref_of(record), now=NINE)
        assert found.certificate == "No. 4711"
        thing = f"training:{record.id}"
    with database.reading() as db:
        read = db.exec(select(AuditEvent).where(AuditEvent.verb == "read", AuditEvent.thing == thing)).all()
        assert [(event.actor_id, event.about_id) for event in read] == [(service.manager, service.mentee)]
