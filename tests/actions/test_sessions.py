"""Sessions on both databases: what the tables hold after each act, and who may do it."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import event
from sqlmodel import Session as Db
from sqlmodel import col, select

from bot import access
from bot.actions import session_changes, session_choices, sessions
from bot.errors import MomentPassed, NotAllowed, SomebodyWasFirst
from bot.rules.sessions import Cause, ListedSession
from bot.values import Ref, Who
from storage.database import Database
from storage.queries import sessions as session_queries
from storage.tables.delivery import AuditEvent, Delivery, DueItem
from storage.tables.meetings import Session
from storage.tables.people import Absence, Person
from storage.tables.together import Membership
from tests.factories import NINE, Service, make_service, who

WEDNESDAY = datetime(2026, 12, 9, 14)  # by the wall clock
LATER = datetime(2026, 12, 9, 16, tzinfo=UTC)


@pytest.fixture
def service(database: Database) -> Service:
    """Give the small service, its pair agreed."""
    with database.transaction() as db:
        return make_service(db)


def key(service: Service, kind: str = "mentoring") -> str:
    """Return the key of a kind of meeting of the pair."""
    return f"relationship:{service.relationship}:{kind}"


def plan(
    db: Db, service: Service, *, me: UUID | None = None, wall: datetime = WEDNESDAY, kind: str = "mentoring"
) -> ListedSession:
    """Plan a meeting of the pair; the mentor does, if not said otherwise."""
    return session_changes.schedule(
        db, me=who(db, me or service.mentor), choice_key=key(service, kind), wall=wall, led_by_id=None,
        instead_of=None, now=NINE,
    )  # fmt: skip


def move(db: Db, line: ListedSession, by: UUID, *, hour: int) -> ListedSession:
    """Move a meeting to another hour of its day, as it was seen in a line."""
    return session_changes.move(db, me=who(db, by), ref=ref(line), wall=WEDNESDAY.replace(hour=hour), now=NINE)


def log_quick_word(db: Db, service: Service, *, kind: str = "quick-word") -> ListedSession:
    """Log a meeting of today as the mentor."""
    return session_changes.log_held(
        db, me=who(db, service.mentor), choice_key=key(service, kind), held_on=NINE.date(), minutes=15, now=NINE
    ).line


def ref(line: ListedSession) -> Ref:
    """Return what a button of a line carries."""
    return Ref("session", line.id, line.version)


def row(db: Db, line: ListedSession) -> Session:
    """Return the row of a line as it stands."""
    found = session_queries.find_session(db, line.id)
    assert found
    return found


# ---- arranging and moving --------------------------------------------------------------------------------------------


def test_scheduling_keeps_the_wall_time_the_zone_and_the_moment(database: Database, service: Service) -> None:
    with database.transaction() as db:
        person = db.get(Person, service.mentor)
        assert person
        person.zone = "Europe/Paris"
        session = row(db, plan(db, service))
        assert (session.planned_local, session.zone, session.minutes) == ("2026-12-09T14:00", "Europe/Paris", 60)
        assert session.planned_at == datetime(2026, 12, 9, 13, tzinfo=UTC)
        asha = who(db, service.mentee)
        [seen] = sessions.overview(db, me=asha, now=NINE).coming
        assert seen.elsewhere == (("Mary Mentor", "Europe/Paris"),)
        assert session.remind_at == datetime(2026, 12, 8, 8, tzinfo=UTC)  # nine by the mentor's clock, the day before


def test_moving_keeps_the_invitation_s_name_and_raises_its_number(database: Database, service: Service) -> None:
    with database.transaction() as db:
        first = plan(db, service)
        uid = row(db, first).invite_uid
        moved = move(db, first, service.mentee, hour=10)
        session = row(db, moved)
        assert (session.invite_uid, session.invite_sequence, session.version) == (uid, 1, 2)
        gone = session_changes.mark_not_held(db, me=who(db, service.mentor), ref=ref(moved), cause=Cause.AWAY, now=NINE)
        assert row(db, gone.line).invite_sequence == 2


def test_a_button_that_saw_an_older_version_changes_nothing_and_names_who_was_first(
    database: Database, service: Service
) -> None:
    with database.transaction() as db:
        first = plan(db, service)
        move(db, first, service.mentor, hour=10)
        with pytest.raises(SomebodyWasFirst) as raised:
            move(db, first, service.mentee, hour=11)
        assert (raised.value.by, raised.value.at) == ("Mary Mentor", NINE)
        assert row(db, first).planned_local == "2026-12-09T10:00"


def test_a_time_that_is_over_cannot_be_planned(database: Database, service: Service) -> None:
    with database.transaction() as db, pytest.raises(MomentPassed) as raised:
        plan(db, service, wall=datetime(2026, 12, 1, 8, 59))
    assert raised.value.field == "planned_at"


def test_word_goes_to_the_other_and_not_to_whoever_did_it(database: Database, service: Service) -> None:
    with database.transaction() as db:
        plan(db, service, me=service.mentee)
        rows = db.exec(select(Delivery).where(Delivery.kind == "session-news")).all()
        assert [delivery.person_id for delivery in rows] == [service.mentor]
        assert set(rows[0].subject) == {"session", "version"}


def test_every_act_leaves_an_audit_row_about_the_mentee(database: Database, service: Service) -> None:
    with database.transaction() as db:
        line = plan(db, service)
    with database.transaction() as db:
        session_changes.mark_not_held(db, me=who(db, service.mentor), ref=ref(line), cause=Cause.OTHER, now=NINE)
    with database.reading() as db:
        asked = select(AuditEvent).where(AuditEvent.thing == f"session:{line.id}").order_by(col(AuditEvent.id))
        assert [(found.verb, found.about_id) for found in db.exec(asked).all()] == [
            ("schedule", service.mentee),
            ("cancel", service.mentee),
        ]


def test_leave_and_another_meeting_of_either_are_found_in_the_way(database: Database, service: Service) -> None:
    with database.transaction() as db:
        db.add(Absence(person_id=service.mentee, from_on=date(2026, 12, 9), until_on=date(2026, 12, 9)))
        plan(db, service, kind="first-meeting")
        found = session_changes.find_clashes(
            db, me=who(db, service.mentor), choice_key=key(service), led_by_id=None, wall=WEDNESDAY, now=NINE
        )
        assert sorted((name, clash.what) for clash, name in found) == [
            ("Asha Mentee", "away"),
            ("Asha Mentee", "meeting"),
            ("Mary Mentor", "meeting"),
        ]


def test_a_meeting_is_not_in_its_own_way(database: Database, service: Service) -> None:
    with database.transaction() as db:
        line, mary = plan(db, service), who(db, service.mentor)
        later = WEDNESDAY + timedelta(minutes=30)
        assert session_changes.find_clashes_moving(db, me=mary, ref=ref(line), wall=later, now=NINE) == ()


# ---- held, or not ----------------------------------------------------------------------------------------------------


@pytest.mark.requirement("001-23")
def test_a_held_meeting_starts_the_clock_of_its_record_by_the_team_s_own_days(
    database: Database, service: Service
) -> None:
    with database.transaction() as db:
        line = plan(db, service, wall=datetime(2026, 12, 23, 10))
        now = datetime(2026, 12, 23, 12, tzinfo=UTC)
        outcome = session_changes.mark_held(
            db, me=who(db, service.mentor), ref=ref(line), held_on=date(2026, 12, 23), minutes=60, now=now
        )
        record = outcome.line.record
        assert record and record.clock
        by = date(2027, 1, 4)  # Christmas Day, the Monday for Boxing Day and New Year's Day do not count
        assert (record.clock.share_by, record.clock.days_left) == (by, 5)
        [share] = db.exec(select(DueItem).where(col(DueItem.rule).contains("#share"), DueItem.state == "open")).all()
        assert share.due_on == date(2027, 1, 4)
        assert share.owner_id == service.mentor


def test_a_missed_meeting_keeps_its_cause_and_points_at_the_one_in_its_place(
    database: Database, service: Service
) -> None:
    with database.transaction() as db:
        line, mary = plan(db, service), who(db, service.mentor)
        outcome = session_changes.mark_not_held(db, me=mary, ref=ref(line), cause=Cause.SLIPPED, now=LATER)
        again = session_changes.schedule(
            db, me=mary, choice_key=outcome.choice, wall=datetime(2026, 12, 14, 10), led_by_id=None,
            instead_of=line.id, now=LATER,
        )  # fmt: skip
        missed = row(db, line)
        assert (missed.state, missed.cause, missed.held_on, missed.moved_to_id) == ("missed", "slipped", None, again.id)
        assert outcome.rearrange_by == date(2026, 12, 16)


def test_the_mentee_may_cancel_a_meeting_to_come_but_not_say_how_one_went(database: Database, service: Service) -> None:
    with database.transaction() as db:
        asha, line = who(db, service.mentee), plan(db, service)
        with pytest.raises(NotAllowed):
            session_changes.mark_held(db, me=asha, ref=ref(line), held_on=LATER.date(), minutes=60, now=LATER)
        with pytest.raises(NotAllowed):
            session_changes.mark_not_held(db, me=asha, ref=ref(line), cause=Cause.OTHER, now=LATER)
        session_changes.mark_not_held(db, me=asha, ref=ref(line), cause=Cause.OTHER, now=NINE)
        assert row(db, line).state == "cancelled"


def test_whoever_covers_may_lead_while_they_cover(database: Database, service: Service) -> None:
    with database.transaction() as db:
        covered = db.exec(select(Membership).where(Membership.person_id == service.mentor)).one()
        db.add(
            Membership(
                relationship_id=service.relationship, person_id=service.stranger, role="mentor",
                from_on=date(2026, 12, 7), until_on=date(2026, 12, 9), covers_id=covered.id,
            )
        )  # fmt: skip
        line, sam = plan(db, service), who(db, service.stranger)
        with pytest.raises(NotAllowed):
            access.access_session_led(db, me=sam, session_id=line.id, now=NINE)
        session_changes.mark_held(db, me=sam, ref=ref(line), held_on=LATER.date(), minutes=60, now=LATER)
        assert row(db, line).led_by_id == service.stranger
        with pytest.raises(NotAllowed):
            session_choices.access_choice(db, me=sam, key=key(service), now=LATER + timedelta(days=1))


@pytest.mark.parametrize("outsider", ["stranger", "manager", "lead"])
def test_nobody_outside_the_pair_opens_its_meeting(database: Database, service: Service, outsider: str) -> None:
    with database.transaction() as db:
        line, me = plan(db, service), who(db, getattr(service, outsider), is_lead=outsider == "lead")
        with pytest.raises(NotAllowed):
            access.access_session(db, me=me, session_id=line.id, now=NINE)
        assert sessions.overview(db, me=me, now=NINE).coming == ()


def test_the_first_screen_reads_the_ends_of_indexes_and_scans_no_table(sqlite_database: Database) -> None:
    ran: list[tuple[str, Any]] = []
    with sqlite_database.transaction() as db:
        service = make_service(db)
        plan(db, service)
        log_quick_word(db, service)
        event.listen(sqlite_database.engine, "before_cursor_execute", lambda *a: ran.append((a[2], a[3])))
        sessions.overview(db, me=who(db, service.mentor), now=NINE)
        steps = [
            step[3]
            for statement, values in ran.copy()
            if statement.startswith("SELECT")
            for step in db.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values).all()
        ]
    assert any("ix_session_led_by" in step for step in steps)
    assert not [step for step in steps if step.startswith(("SCAN session", "SCAN document", "SCAN membership"))]


# ---- duties ----------------------------------------------------------------------------------------------------------


def duty(db: Db, rule: str) -> tuple[Who, Ref]:
    """Return the owner of the open item of a rule, and what its button carries."""
    item = db.exec(select(DueItem).where(DueItem.rule == rule, DueItem.state == "open")).one()
    return who(db, item.owner_id), Ref("due", item.id, item.version)


def test_the_button_of_a_digest_leads_to_the_meeting_it_asks_about(database: Database, service: Service) -> None:
    with database.transaction() as db:
        line = plan(db, service)
        mary, button = duty(db, "session.mentoring#outcome")
        assert mary.id == service.mentor
        assert sessions.get_over(db, me=mary, ref=button, now=LATER).id == line.id


def test_the_button_to_arrange_offers_that_meeting_alone_and_then_the_one_planned(
    database: Database, service: Service
) -> None:
    with database.transaction() as db:
        log_quick_word(db, service, kind="first-meeting")
        mary, button = duty(db, "session.mentoring")
        start = session_choices.start_asked(db, me=mary, ref=button, now=NINE)
        assert [choice.kind for choice in start.choices] == ["mentoring"]
        line = plan(db, service)
        planned = session_choices.start_asked(db, me=mary, ref=button, now=NINE).planned
        assert planned and planned.id == line.id


def test_a_review_of_the_role_is_arranged_by_who_leads_it_outside_any_pair(database: Database) -> None:
    with database.transaction() as db:
        service = make_service(db, programme="str-worker", level="")
        lena = who(db, service.lead, is_lead=True)
        choices = session_choices.list_choices(db, me=lena, with_id=service.mentee, now=NINE)
        [review] = [choice for choice in choices if choice.kind == "role-review"]
        line = session_changes.schedule(
            db, me=lena, choice_key=review.key, wall=WEDNESDAY, led_by_id=None, instead_of=None, now=NINE
        )
        session = row(db, line)
        assert (session.relationship_id, session.enrolment_id) == (None, service.enrolment)
        assert (session.about_id, session.led_by_id) == (service.mentee, service.lead)
        assert session_choices.list_choices(db, me=who(db, service.stranger), with_id=service.mentee, now=NINE) == ()


def test_the_words_of_a_command_name_a_partner_by_mention_full_or_first_name(
    database: Database, service: Service
) -> None:
    with database.transaction() as db:
        mary = who(db, service.mentor)
        for typed in ("<@U0ASHA|asha> next tue", "@Asha Mentee next tue", "asha next tue"):
            assert session_choices.find_partner(db, me=mary, typed=typed, now=NINE) == (service.mentee, "next tue")
        assert session_choices.find_partner(db, me=mary, typed="next tue", now=NINE) == (None, "next tue")
