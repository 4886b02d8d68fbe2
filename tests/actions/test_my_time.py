"""My time: what is saved moves what was going to be said."""

from datetime import UTC, date, datetime, time

import pytest
from sqlmodel import Session as Db
from sqlmodel import col, select

from bot.actions import my_time, programme_settings
from bot.errors import NotAllowed, NotFound
from bot.rules.working_patterns import OFFICE_HOURS, Hours, WorkingPattern
from storage.database import Database
from storage.tables.delivery import DueItem
from storage.tables.meetings import Session
from storage.tables.people import Absence
from tests.factories import NINE, Service, make_service, who

AFTERNOONS = WorkingPattern((Hours(time(13), time(17)),) * 5 + (None,) * 2)
TUESDAY, WEDNESDAY = date(2026, 12, 1), date(2026, 12, 2)


def save(db: Db, service: Service, **more: object) -> None:
    said = {"pattern": OFFICE_HOURS, "works_bank_holidays": False, "digest_hour": None, "digest_rhythm": "daily"}
    my_time.save_time(
        db,
        me=who(db, service.mentee),
        person_id=service.mentee,
        now=NINE,
        **(said | more),  # type: ignore[arg-type]  # one dict of answers
    )


def next_at(db: Db, service: Service) -> list[tuple[str, datetime | None]]:
    """Return when the items of the mentee speak next, in order."""
    rows = db.exec(select(DueItem).where(DueItem.owner_id == service.mentee, DueItem.state == "open")).all()
    return sorted((row.rule, row.next_nudge_at) for row in rows)


def test_other_hours_move_what_was_going_to_be_said(database: Database) -> None:
    with database.transaction() as db:
        service = make_service(db)
        save(db, service)
        before = next_at(db, service)
        save(db, service, pattern=AFTERNOONS)
        after = next_at(db, service)
        moved = [
            rule for (rule, at), (_, then) in zip(before, after, strict=True) if at and then and at.hour < then.hour
        ]
        assert {at.hour for _, at in before if at} == {9}
        assert moved
        assert {at.hour for rule, at in after if at and rule in moved} == {13}


def test_a_chosen_hour_is_heeded_by_the_persons_own_clock(database: Database) -> None:
    with database.transaction() as db:
        service = make_service(db)
        save(db, service, digest_hour=11)
        assert 11 in {at.hour for _, at in next_at(db, service) if at}  # others, told beside them, keep their own hour


def test_who_is_off_today_hears_nothing_today(database: Database) -> None:
    with database.transaction() as db:
        service = make_service(db)
        my_time.add_off_today(db, me=who(db, service.mentee), person_id=service.mentee, now=NINE)
        assert min(at.date() for _, at in next_at(db, service) if at) >= WEDNESDAY


def test_a_reminder_of_a_session_follows_the_hours_too(database: Database) -> None:
    with database.transaction() as db:
        service = make_service(db)
        session = Session(
            kind="mentoring",
            version_id=service.version,
            enrolment_id=service.enrolment,
            relationship_id=service.relationship,
            about_id=service.mentee,
            led_by_id=service.mentor,
            falls_on=date(2026, 12, 3),
            planned_at=datetime(2026, 12, 3, 14, tzinfo=UTC),
        )
        db.add(session)
        db.flush()
        my_time.replan(db, person_id=service.mentee, now=NINE)
        assert session.remind_at == datetime(2026, 12, 2, 9, tzinfo=UTC)
        for person in (service.mentee, service.mentor):
            my_time.add_away(db, me=who(db, person), person_id=person, from_on=WEDNESDAY, until_on=WEDNESDAY, now=NINE)
        assert session.remind_at == datetime(2026, 12, 3, 12, tzinfo=UTC)


def test_leave_that_touches_becomes_one_stretch(database: Database) -> None:
    with database.transaction() as db:
        service = make_service(db)
        me = who(db, service.mentee)
        for first, last in ((7, 9), (12, 14), (8, 13)):
            my_time.add_away(
                db,
                me=me,
                person_id=me.id,
                from_on=date(2026, 12, first),
                until_on=date(2026, 12, last),
                now=NINE,
            )
        rows = db.exec(select(Absence)).all()
        assert [(row.from_on.day, row.until_on.day) for row in rows] == [(7, 14)]


def test_coming_back_in_the_middle_keeps_the_days_that_are_over(database: Database) -> None:
    with database.transaction() as db:
        service = make_service(db)
        me = who(db, service.mentee)
        my_time.add_away(db, me=me, person_id=me.id, from_on=date(2026, 11, 30), until_on=date(2026, 12, 4), now=NINE)
        row = db.exec(select(Absence)).one()
        my_time.end_away(db, me=me, absence_id=row.id, now=NINE)
        assert (row.from_on, row.until_on) == (date(2026, 11, 30), date(2026, 11, 30))


def test_time_away_that_was_taken_back_already_is_said_kindly(database: Database) -> None:
    with database.transaction() as db:
        service = make_service(db)
        with pytest.raises(NotFound):
            my_time.end_away(db, me=who(db, service.mentee), absence_id=service.mentee, now=NINE)


@pytest.mark.parametrize(
    ("someone", "may"),
    [
        ("mentee", True),
        ("manager", True),
        ("mentor", True),
        ("co_mentor", True),
        ("lead", True),
        ("stranger", False),
    ],
)
def test_who_may_enter_somebodys_time(database: Database, someone: str, may: bool) -> None:
    with database.transaction() as db:
        service = make_service(db)
        me = who(db, getattr(service, someone), is_lead=someone == "lead")
        if may:
            assert my_time.get_time(db, me=me, person_id=service.mentee, now=NINE).name == "Asha Mentee"
        else:
            with pytest.raises(NotAllowed):
                my_time.get_time(db, me=me, person_id=service.mentee, now=NINE)


def test_a_mentee_may_not_enter_their_mentors_time(database: Database) -> None:
    with database.transaction() as db:
        service = make_service(db)
        with pytest.raises(NotAllowed):
            my_time.get_time(db, me=who(db, service.mentee), person_id=service.mentor, now=NINE)


def test_a_closure_moves_what_falls_on_it_for_everybody(database: Database) -> None:
    with database.transaction() as db:
        service = make_service(db)
        lead = who(db, service.lead, is_lead=True)
        programme_settings.add_closure(
            db, me=lead, name="Move", team_id=None, from_on=TUESDAY, until_on=TUESDAY, now=NINE
        )
        rows = db.exec(select(DueItem.next_nudge_at).where(col(DueItem.next_nudge_at).is_not(None))).all()
        assert rows
        assert min(at.date() for at in rows if at) >= WEDNESDAY
        with pytest.raises(NotAllowed):
            programme_settings.add_closure(
                db,
                me=who(db, service.mentor),
                name="Mine",
                team_id=None,
                from_on=TUESDAY,
                until_on=TUESDAY,
                now=NINE,
            )
