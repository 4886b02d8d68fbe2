"""What people are asked for, and the one door to it."""

from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

import pytest
from sqlmodel import select

from bot.actions import settle
from bot.actions.duties import access_duty, access_own_duty, is_its_time, list_duties, next_dates_of, reason_of, step_of
from bot.errors import DutyClosed, NotAllowed, NotFound
from bot.values import Duty, Ref, Step
from prompts.duties import duty_button, duty_line
from storage.database import Database
from storage.tables.delivery import DueItem
from storage.tables.meetings import Session
from storage.types import new_id
from tests.delivery.conftest import due_item
from tests.factories import NINE, make_service, who

TODAY = NINE.date()


@pytest.mark.parametrize(
    ("rule", "step"),
    [
        ("session.mentoring", Step.HOLD),
        ("session.mentoring#prepare:mentee", Step.PREPARE),
        ("session.mentoring#outcome", Step.SAY_HELD),
        ("session.mentoring/form.mentoring-note#share", Step.WRITE),
        ("session.mentoring/form.mentoring-note#sign:mentee", Step.SIGN),
        ("form.agreement#acknowledge:line-manager", Step.ACKNOWLEDGE),
        ("form.end-review:mentee", Step.WRITE),
        ("form.contract#review", Step.REVIEW),
        ("form.driscoll#invite", Step.REFLECT),
        ("checklist.plan", Step.CHECKLIST),
        ("criterion.on-call", Step.CHECKLIST),
        ("course.medication", Step.TRAIN),
        ("course.medication#renew", Step.RENEW),
        ("ask.sign-off", Step.SIGN_OFF),
        ("ask.verify", Step.VERIFY),
        ("portfolio.submission", Step.OTHER),
    ],
)
def test_each_rule_asks_for_its_own_step(rule: str, step: Step) -> None:
    assert step_of(rule) is step


def test_each_built_in_rule_has_a_line_and_a_button(sqlite_database: Database) -> None:
    with sqlite_database.transaction() as db:
        service = make_service(db)
        duties = [
            d for p in (service.mentee, service.mentor, service.lead) for d in list_duties(db, person_id=p, now=NINE)
        ]

    assert duties
    for duty in duties:
        assert duty.title in duty_line(duty, today=TODAY)
        assert duty_button(duty)["value"] == str(duty.ref)  # type: ignore[index]  # their own things have one


def test_late_and_fixed_things_come_first(database: Database) -> None:
    with database.transaction() as db:
        service = make_service(db)
        late = due_item(service, period="late", due_on=TODAY.replace(day=1).replace(month=11), opens_on=TODAY)
        db.add(late)
        db.flush()

        first = list_duties(db, person_id=service.mentee, now=NINE)[0]

    assert (first.ref.id, first.is_late) == (late.id, True)


def test_how_a_meeting_went_is_asked_once_it_has_begun(database: Database) -> None:
    with database.transaction() as db:
        service = make_service(db)
        at_eleven = NINE + timedelta(hours=2)
        session = Session(
            kind="mentoring",
            version_id=service.version,
            enrolment_id=service.enrolment,
            relationship_id=service.relationship,
            about_id=service.mentee,
            led_by_id=service.mentor,
            falls_on=TODAY,
            planned_at=at_eleven,
            state="planned",
        )
        db.add(session)
        db.flush()
        settle.settle_enrolment(db, service.enrolment, now=NINE)

        def asked(now: datetime) -> bool:
            duties = list_duties(db, person_id=service.mentor, now=now)
            return any(duty.step is Step.SAY_HELD for duty in duties)

        assert [asked(NINE), asked(at_eleven)] == [False, True]


def test_a_stranger_gets_in_by_no_button(database: Database) -> None:
    with database.transaction() as db:
        service = make_service(db)
        item = due_item(service)
        db.add(item)
        db.flush()
        ref = Ref("due", item.id, item.version)

        with pytest.raises(NotAllowed):
            access_duty(db, me=who(db, service.stranger), ref=ref, now=NINE)
        with pytest.raises(NotAllowed):
            access_own_duty(db, me=who(db, service.lead, is_lead=True), ref=ref, now=NINE)
        with pytest.raises(NotFound):
            access_duty(db, me=who(db, service.mentee), ref=Ref("due", new_id()), now=NINE)
        assert access_duty(db, me=who(db, service.mentee), ref=ref, now=NINE).id == item.id


def test_a_button_of_an_older_message_still_works_until_the_thing_is_done(database: Database) -> None:
    with database.transaction() as db:
        service = make_service(db)
        item = due_item(service, version=7)
        db.add(item)
        db.flush()
        old, me = Ref("due", item.id, 2), who(db, service.mentee)

        assert access_own_duty(db, me=me, ref=old, now=NINE)
        item.state, item.closed_on = "done", TODAY
        with pytest.raises(DutyClosed) as closed:
            access_own_duty(db, me=me, ref=old, now=NINE)

    assert closed.value.on == TODAY


def test_the_reason_holds_the_words_of_the_rule_and_its_source(sqlite_database: Database) -> None:
    with sqlite_database.transaction() as db:
        service = make_service(db)
        item: DueItem = due_item(service, rule="session.mentoring", due_on=TODAY)

        reason = reason_of(db, item, now=NINE)

    assert "2 weeks" in reason.says and reason.source
    assert reason.programme_title == "Senior and manager mentoring plan"


@pytest.mark.parametrize(
    ("rule", "dates"),
    [
        ("session.clinical-supervision", ["2027-01-12", "2027-02-23", "2027-04-06"]),
        ("form.driscoll#invite", ["2026-12-29", "2027-01-26", "2027-02-23"]),
        ("course.fire", ["2027-03-01"]),
        ("ask.pair", ["2026-12-08"]),
    ],
)
def test_the_next_dates_are_those_of_the_rule_counted_from_where_it_counts(
    sqlite_database: Database, rule: str, dates: list[str]
) -> None:
    with sqlite_database.transaction() as db:
        make_service(db, programme="str-worker", level="")
        item = db.exec(select(DueItem).where(DueItem.rule == rule)).one()

        assert [on.isoformat() for on in next_dates_of(db, item, now=NINE)] == dates


def test_nobody_prepares_for_a_meeting_that_has_begun() -> None:
    duty = Duty(
        Ref("due", UUID(int=1), 1), Step.PREPARE, "session.mentoring#prepare:mentee", "Mentoring meeting",
        UUID(int=2), "Asha Rahman", UUID(int=2), "Asha Rahman", NINE.date(), at=NINE,
    )  # fmt: skip
    assert not is_its_time(duty, NINE)
    assert is_its_time(duty, NINE - timedelta(minutes=1))
    assert is_its_time(replace(duty, step=Step.SAY_HELD), NINE)
