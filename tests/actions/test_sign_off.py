"""Criteria: who may sign, on which occasion, how often, and how it is taken back (seed-systems 003-49 to 003-55)."""

from datetime import date, timedelta

import pytest
from sqlmodel import Session as Db
from sqlmodel import select

from bot.actions import checklist, sign_off
from bot.errors import (
    AlreadyComplete,
    NobodySignsTheirOwn,
    NotAllowed,
    NothingChosen,
    OccasionNotYet,
    SecondOnTheSameDay,
    SomebodyWasFirst,
    TooLate,
)
from bot.practice.block_kit import check_view
from bot.values import CriterionRef, Standing
from prompts import checklist as words
from storage.database import Database
from storage.tables.delivery import AuditEvent, DueItem
from storage.tables.progress import CriterionProgress, SignOff
from tests.factories import NINE, Service, make_service, who

TODAY = date(2026, 12, 1)
TOMORROW = NINE + timedelta(days=1)


def ref_of(db: Db, service: Service, criterion: str = "on-call") -> CriterionRef:
    """Return what a button on the criterion would name now."""
    row = db.exec(select(CriterionProgress).where(CriterionProgress.criterion == criterion)).first()
    return CriterionRef(service.enrolment, criterion, row.version if row else 0)


def sign(db: Db, service: Service, *, criterion: str = "on-call", on: date = TODAY, now: object = NINE) -> None:
    """Let the mentor sign one criterion."""
    refs = (ref_of(db, service, criterion),)
    mentor = who(db, service.mentor)
    sign_off.sign_off_many(db, me=mentor, refs=refs, occasion_on=on, comment="Seen.", now=now)  # type: ignore[arg-type]  # a moment


def standing(db: Db, service: Service, criterion: str = "on-call") -> Standing:
    """Return where a criterion stands for its mentee."""
    page = checklist.get_own_checklist(db, me=who(db, service.mentee), now=TOMORROW)
    return next(line.standing for line in page.lines if line.ref.criterion == criterion)


@pytest.mark.requirement("003-51")
def test_only_a_mentor_of_this_pair_signs_and_nobody_signs_their_own(database: Database) -> None:
    with database.transaction() as db:
        service = make_service(db)
        for person, refusal in (
            (service.mentee, NobodySignsTheirOwn),
            (service.manager, NotAllowed),
            (service.lead, NotAllowed),
            (service.stranger, NotAllowed),
        ):
            with pytest.raises(refusal):
                sign_off.sign_off_many(
                    db, me=who(db, person), refs=(ref_of(db, service),), occasion_on=TODAY, comment="", now=NINE
                )
        assert db.exec(select(SignOff)).all() == []
        sign_off.sign_off_many(
            db, me=who(db, service.co_mentor), refs=(ref_of(db, service),), occasion_on=TODAY, comment="", now=NINE
        )
        assert standing(db, service) is Standing.COMPLETE


@pytest.mark.requirement("003-52")
def test_the_second_signature_is_on_a_later_date(database: Database) -> None:
    with database.transaction() as db:
        service = make_service(db)
        mentee = who(db, service.mentee)
        sign_off.set_signatures(db, me=mentee, ref=ref_of(db, service), needed=2, reason="Two nights.", now=NINE)
        sign(db, service)
        assert standing(db, service) is Standing.SIGNED_ONCE
        with pytest.raises(SecondOnTheSameDay):
            sign(db, service, now=TOMORROW)
        sign(db, service, on=TODAY + timedelta(days=1), now=TOMORROW)
        assert standing(db, service) is Standing.COMPLETE
        with pytest.raises(AlreadyComplete):
            sign(db, service, on=TODAY + timedelta(days=1), now=TOMORROW)


@pytest.mark.requirement("003-52")
def test_either_raises_to_two_and_only_the_mentor_goes_back_to_one(database: Database) -> None:
    with database.transaction() as db:
        service = make_service(db)
        mentor, mentee = who(db, service.mentor), who(db, service.mentee)
        sign_off.set_signatures(db, me=mentor, ref=ref_of(db, service), needed=2, reason="New to it.", now=NINE)
        with pytest.raises(NobodySignsTheirOwn):
            sign_off.set_signatures(db, me=mentee, ref=ref_of(db, service), needed=1, reason="Enough.", now=NINE)
        sign_off.set_signatures(db, me=mentor, ref=ref_of(db, service), needed=1, reason="Enough.", now=NINE)
        sign(db, service)
        assert standing(db, service) is Standing.COMPLETE


def test_a_slip_is_undone_quietly_for_ten_minutes_then_withdrawn_with_a_reason_and_both_rows_stay(
    database: Database,
) -> None:
    with database.transaction() as db:
        service = make_service(db)
        mentor = who(db, service.mentor)
        sign(db, service)
        page = checklist.get_criterion(db, me=mentor, ref=ref_of(db, service), now=NINE + timedelta(minutes=10))
        assert page.history[0].may_undo
        with pytest.raises(TooLate):
            sign_off.undo(db, me=mentor, ref=page.history[0].ref, now=NINE + timedelta(minutes=11))
        sign_off.undo(db, me=mentor, ref=page.history[0].ref, now=NINE + timedelta(minutes=10))
        assert standing(db, service) is Standing.NOT_STARTED
        sign(db, service)
        second = checklist.get_criterion(db, me=mentor, ref=ref_of(db, service), now=TOMORROW).history[1]
        assert second.may_withdraw
        sign_off.withdraw(db, me=mentor, ref=second.ref, reason="It was another shift.", now=TOMORROW)
        history = checklist.get_criterion(db, me=who(db, service.mentee), ref=ref_of(db, service), now=TOMORROW).history
        assert [line.withdrawn for line in history] == [True, True]
        assert history[1].withdrawn_because == "It was another shift."
        assert standing(db, service) is Standing.NOT_STARTED


def test_a_return_says_why_to_the_mentee_and_closes_the_asking(database: Database) -> None:
    with database.transaction() as db:
        service = make_service(db)
        mentee, mentor = who(db, service.mentee), who(db, service.mentor)
        sign_off.ask_for_sign_off(db, me=mentee, ref=ref_of(db, service), note="Two nights done.", now=NINE)
        asked = db.exec(select(DueItem).where(DueItem.rule == "ask.sign-off")).one()
        assert (asked.owner_id, asked.state) == (service.mentor, "open")
        sign_off.return_criterion(db, me=mentor, ref=ref_of(db, service), reason="Try the phone tree.", now=NINE)
        db.refresh(asked)
        assert asked.state == "cancelled"
        page = checklist.get_criterion(db, me=mentee, ref=ref_of(db, service), now=NINE)
        assert (page.line.standing, page.history[0].comment) == (Standing.RETURNED, "Try the phone tree.")


def test_two_mentors_at_one_criterion_the_second_is_told_who_was_first(database: Database) -> None:
    with database.transaction() as db:
        service = make_service(db)
        seen = ref_of(db, service)
        sign_off.set_signatures(
            db, me=who(db, service.co_mentor), ref=seen, needed=2, reason="Twice, please.", now=NINE
        )
        with pytest.raises(SomebodyWasFirst) as refused:
            sign_off.sign_off_many(
                db, me=who(db, service.mentor), refs=(seen,), occasion_on=TODAY, comment="", now=NINE
            )
        assert refused.value.by == "Colin Comentor"


@pytest.mark.parametrize("on", [date(2026, 11, 30), date(2026, 12, 2)], ids=["before the start", "tomorrow"])
def test_an_occasion_lies_between_the_start_and_today(sqlite_database: Database, on: date) -> None:
    with sqlite_database.transaction() as db:
        service = make_service(db)
        with pytest.raises(OccasionNotYet):
            sign(db, service, on=on)
        with pytest.raises(NothingChosen):
            sign_off.sign_off_many(db, me=who(db, service.mentor), refs=(), occasion_on=TODAY, comment="", now=NINE)


@pytest.mark.requirement("003-53")
def test_completion_is_stated_when_every_applicable_criterion_is_signed(database: Database) -> None:
    with database.transaction() as db:
        service = make_service(db, level="senior")
        page = checklist.get_checklist(db, me=who(db, service.mentor), enrolment_id=service.enrolment, now=NINE)
        assert (len(page.lines), page.statement) == (15, "")
        refs = tuple(line.ref for line in page.lines)
        sign_off.sign_off_many(db, me=who(db, service.mentor), refs=refs, occasion_on=TODAY, comment="", now=NINE)
        page = checklist.get_own_checklist(db, me=who(db, service.mentee), now=NINE)
        assert page.statement == "Asha Mentee has shown the competence the role asks for."
        plan = db.exec(select(DueItem).where(DueItem.rule == "checklist.plan")).one()
        assert plan.state == "done"


def test_a_sign_off_of_twenty_two_criteria_keeps_slacks_limits(sqlite_database: Database) -> None:
    with sqlite_database.transaction() as db:
        service = make_service(db)
        page = checklist.get_checklist(db, me=who(db, service.mentor), enrolment_id=service.enrolment, now=NINE)
    assert len(page.lines) == 22
    for view in (words.sign_off_form(page, TODAY), words.checklist_form(page)):
        check_view(view, "modal")


def test_reading_anothers_words_is_logged_and_status_readers_get_none(database: Database) -> None:
    with database.transaction() as db:
        service = make_service(db)
        sign(db, service)
    with database.transaction() as db:
        page = checklist.get_criterion(db, me=who(db, service.manager), ref=ref_of(db, service), now=NINE)
        assert page.history[0].comment == ""
        page = checklist.get_criterion(db, me=who(db, service.co_mentor), ref=ref_of(db, service), now=NINE)
        assert page.history[0].comment == "Seen."
    with database.reading() as db:
        read = [event.actor_id for event in db.exec(select(AuditEvent).where(AuditEvent.verb == "read"))]
        assert read == [service.co_mentor]
