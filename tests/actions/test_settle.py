"""Due rows follow the facts: made, closed, opened again, moved, asked anew, and never changed for nothing."""

from datetime import date, datetime, timedelta

import pytest
from sqlmodel import Session as Db
from sqlmodel import select

from bot.actions import catalogue, settle
from bot.programmes.loader import built_in
from storage.database import Database
from storage.queries import documents as queries
from storage.tables.delivery import DueItem
from storage.tables.meetings import Session
from storage.tables.programmes import Enrolment, ProgrammeSettings
from storage.tables.progress import TrainingRecord
from storage.tables.together import Membership, Relationship
from storage.tables.written import Document, Signature
from tests.factories import NINE, START, Service, make_pair, make_service

HELD = date(2026, 12, 2)


def settled(db: Db, service: Service, *, now: datetime = NINE) -> dict[str, DueItem]:
    """Settle, and return the rows that are open, by rule."""
    settle.settle_enrolment(db, service.enrolment, now=now)
    rows = db.exec(select(DueItem).where(DueItem.enrolment_id == service.enrolment, DueItem.state == "open")).all()
    return {row.rule: row for row in rows}


def hold(db: Db, service: Service, *, state: str = "held", on: date = HELD) -> Session:
    """Add a mentoring meeting."""
    session = Session(
        kind="mentoring",
        version_id=service.version,
        enrolment_id=service.enrolment,
        relationship_id=service.relationship,
        about_id=service.mentee,
        led_by_id=service.co_mentor,
        falls_on=on,
        planned_at=NINE + (on - START),
        state=state,
        held_on=on if state == "held" else None,
    )
    db.add(session)
    db.flush()
    return session


def send_out(db: Db, service: Service, session: Session, at: datetime, *, number: int = 1) -> Document:
    """Add one version of the record of a meeting, out for signing."""
    record = Document(
        series=session.id,
        number=number,
        form="mentoring-note",
        kind="record",
        version_id=service.version,
        enrolment_id=service.enrolment,
        owner_id=service.mentee,
        session_id=session.id,
        author_id=service.co_mentor,
        state="out",
        shared_at=at,
    )
    db.add(record)
    db.flush()
    for n, (person_id, role) in enumerate([(service.mentee, "mentee"), (service.co_mentor, "mentor")]):
        queries.add_party(db, record, person_id=person_id, role=role, does="sign", place=n, printed_name="A")
    return record


RECORD = "session.mentoring/form.mentoring-note"


def test_settling_again_changes_nothing(database: Database) -> None:
    with database.transaction() as db:
        service = make_service(db)
        hold(db, service)
        assert settle.settle_enrolment(db, service.enrolment, now=NINE + timedelta(days=2)) > 0
        assert settle.settle_enrolment(db, service.enrolment, now=NINE + timedelta(days=2)) == 0


@pytest.mark.requirement("001-23")
def test_a_held_meeting_owes_its_record_within_five_working_days_from_whoever_led_it(database: Database) -> None:
    with database.transaction() as db:
        service = make_service(db)
        session = hold(db, service)
        share = settled(db, service, now=NINE + timedelta(days=1))[f"{RECORD}#share"]
        assert (share.due_on, share.owner_id, share.scope_id) == (date(2026, 12, 9), service.co_mentor, session.id)
        assert share.asked_on == HELD


def test_a_new_version_of_a_record_asks_for_its_signature_anew(database: Database) -> None:
    with database.transaction() as db:
        service = make_service(db)
        session = hold(db, service)
        first = send_out(db, service, session, NINE + timedelta(days=2))
        sign = settled(db, service, now=NINE + timedelta(days=2))[f"{RECORD}#sign:mentee"]
        assert (sign.turn, sign.asked_on) == (1, date(2026, 12, 3))
        sign.rung = 1
        first.state, first.returned_at = "returned", NINE + timedelta(days=3)
        send_out(db, service, session, NINE + timedelta(days=6), number=2)
        sign = settled(db, service, now=NINE + timedelta(days=6))[f"{RECORD}#sign:mentee"]
        assert (sign.turn, sign.rung, sign.asked_on) == (2, 0, date(2026, 12, 7))


def test_a_signature_closes_its_row_and_the_version_after_a_return_is_signed_anew(database: Database) -> None:
    with database.transaction() as db:
        service = make_service(db)
        record = send_out(db, service, hold(db, service), NINE + timedelta(days=2))
        db.add(
            Signature(
                document_id=record.id,
                person_id=service.mentee,
                role="mentee",
                printed_name="A",
                content_hash="",
                signed_at=NINE + timedelta(days=2),
            )
        )
        assert f"{RECORD}#sign:mentee" not in settled(db, service, now=NINE + timedelta(days=2))
        record.state, record.returned_at = "returned", NINE + timedelta(days=2)
        rows = settled(db, service, now=NINE + timedelta(days=2))
        sign = db.exec(select(DueItem).where(DueItem.rule == f"{RECORD}#sign:mentee")).one()
        assert sign.state == "arranged"  # neither open nor done: there is nothing to sign while it is changed
        assert rows["ask.changes"].owner_id == service.co_mentor
        session = db.get(Session, record.session_id)
        assert session
        send_out(db, service, session, NINE + timedelta(days=3), number=2)
        rows = settled(db, service, now=NINE + timedelta(days=3))
        assert f"{RECORD}#sign:mentee" in rows
        assert "ask.changes" not in rows


def test_nobody_is_asked_to_arrange_what_is_arranged_until_it_falls_through(database: Database) -> None:
    with database.transaction() as db:
        service = make_service(db)
        hold(db, service)
        assert "session.mentoring" in settled(db, service, now=NINE + timedelta(days=2))
        planned = hold(db, service, state="planned", on=date(2026, 12, 14))
        assert "session.mentoring" not in settled(db, service, now=NINE + timedelta(days=2))
        planned.state = "cancelled"
        again = settled(db, service, now=NINE + timedelta(days=2))["session.mentoring"]
        assert (again.turn, again.reopened_because) == (2, "arranged")


def test_a_pair_that_waits_for_its_agreement_owes_no_regular_meeting(database: Database) -> None:
    with database.transaction() as db:
        service = make_service(db, agreed=False)
        waiting = settled(db, service)
        assert "session.mentoring" not in waiting
        mine = {row.owner_id for row in waiting.values() if row.rule.startswith("form.agreement#sign")}
        rows = db.exec(select(DueItem).where(DueItem.rule == "form.agreement#sign:mentor")).all()
        assert {row.owner_id for row in rows} == {service.mentor, service.co_mentor}  # each is asked for their own
        assert service.mentee in mine


def test_supervision_begins_with_its_contract(database: Database) -> None:
    with database.transaction() as db:
        service = make_service(db)
        version = catalogue.keep_version(db, built_in()["childrens-supervision"], now=NINE)
        enrolment = Enrolment(
            person_id=service.stranger, programme="childrens-supervision", version_id=version, starts_on=START
        )
        db.add(enrolment)
        db.flush()
        pair = make_pair(db, enrolment, "supervision", (service.manager,), agreed=False)
        settle.settle_enrolment(db, enrolment.id, now=NINE)
        owed = select(DueItem).where(DueItem.enrolment_id == enrolment.id, DueItem.rule == "session.supervision")
        assert db.exec(owed).all() == []
        pair.state = "active"
        settle.settle_enrolment(db, enrolment.id, now=NINE)
        assert {row.state for row in db.exec(owed)} == {"open"}


def test_three_courses_due_in_one_month_are_three_rows_and_a_withdrawal_opens_its_own_again(database: Database) -> None:
    with database.transaction() as db:
        service = make_service(db)
        courses = ("fire-safety", "medication", "safeguarding")
        assert {f"course.{name}" for name in courses} <= set(settled(db, service))
        done = TrainingRecord(
            person_id=service.mentee, course="fire-safety", done_on=START, logged_by_id=service.mentee, logged_at=NINE
        )
        db.add(done)
        rows = settled(db, service)
        assert "course.fire-safety" not in rows
        assert "course.medication" in rows
        done.withdrawn_at = NINE
        again = settled(db, service)["course.fire-safety"]
        assert (again.turn, again.reopened_because) == (2, "done")


def test_when_the_mentors_are_gone_the_lead_is_asked_who_looks_after_this_now(database: Database) -> None:
    with database.transaction() as db:
        service = make_service(db)
        assert "ask.pair" not in settled(db, service)
        for membership in db.exec(select(Membership).where(Membership.role == "mentor")).all():
            membership.until_on = START
            db.add(membership)
        asked = settled(db, service, now=NINE + timedelta(days=3))["ask.pair"]
        assert asked.owner_id == service.lead
        assert asked.subject == "relationship:mentoring"


def test_nothing_is_said_of_a_programme_before_it_goes_live(database: Database) -> None:
    with database.transaction() as db:
        service = make_service(db)
        settings = db.get(ProgrammeSettings, "senior-manager")
        assert settings
        settings.go_live_on = date(2027, 1, 11)
        enrolment, pair = db.get(Enrolment, service.enrolment), db.get(Relationship, service.relationship)
        assert enrolment and pair
        for row in settled(db, service).values():
            db.delete(row)
        db.flush()
        rows = settled(db, service)
        spoken = [row.next_nudge_at for row in rows.values() if row.next_nudge_at]
        assert spoken
        assert min(spoken) >= datetime(2027, 1, 11, 9, tzinfo=NINE.tzinfo)
        assert min(row.due_on for row in rows.values()) >= date(2027, 1, 11)


def test_an_enrolment_that_ended_owes_nothing(database: Database) -> None:
    with database.transaction() as db:
        service = make_service(db)
        enrolment = db.get(Enrolment, service.enrolment)
        assert enrolment
        enrolment.state, enrolment.ended_on = "withdrawn", START
        assert settled(db, service) == {}
        assert enrolment.look_again_on is None


def test_an_enrolment_is_looked_at_again_when_a_rhythm_brings_its_next_not_for_what_is_owed_once(
    database: Database,
) -> None:
    with database.transaction() as db:
        service = make_service(db)
        hold(db, service)
        rows = settled(db, service)
        once, invited = rows["session.mentoring/form.mentoring-note#share"], rows["form.driscoll#invite"]
        enrolment = db.get(Enrolment, service.enrolment)
        assert enrolment
        assert (once.due_on, invited.due_on) == (date(2026, 12, 9), date(2026, 12, 15))
        assert enrolment.look_again_on == invited.due_on

        changed = [settle.settle_enrolment(db, service.enrolment, now=NINE + timedelta(days=n)) for n in range(15)]
        assert changed == [0] * 14 + [1]


def test_who_is_put_together_ahead_of_the_start_is_asked_for_nothing_before_it(database: Database) -> None:
    with database.transaction() as db:
        service = make_service(db, agreed=False)
        enrolment = db.get(Enrolment, service.enrolment)
        assert enrolment
        enrolment.starts_on, enrolment.ends_on = date(2027, 3, 1), date(2027, 5, 31)
        asked = settled(db, service)["form.agreement#sign:mentee"]
    assert (asked.opens_on, asked.due_on) == (date(2027, 3, 1), date(2027, 3, 15))


def test_a_meeting_held_ahead_of_the_start_is_asked_about_like_any_other(database: Database) -> None:
    with database.transaction() as db:
        service = make_service(db)
        enrolment = db.get(Enrolment, service.enrolment)
        assert enrolment
        enrolment.starts_on, enrolment.ends_on = date(2027, 3, 1), date(2027, 5, 31)
        hold(db, service, state="planned")
        assert settled(db, service)["session.mentoring#outcome"].due_on == HELD
