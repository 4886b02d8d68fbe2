"""Dates as the due rows hold them: working days of each nation, what an organisation closes, years and leap days."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from sqlmodel import Session as Db
from sqlmodel import select

from bot.actions import programme_settings, session_changes, settle, slack_people
from bot.actions.slack_people import Account, Standing
from bot.actions.working_times import working_time_of
from bot.calendars import NATIONS, library_version
from bot.delivery.evaluate import evaluate
from bot.rules.slots import slot_on
from bot.rules.working_days import local_date
from storage.database import Database
from storage.tables.delivery import DueItem
from storage.tables.people import Absence, Person, Team
from storage.tables.programmes import Enrolment, ProgrammeSettings
from storage.tables.progress import TrainingRecord
from storage.tables.together import Membership, Relationship
from tests.factories import NINE, Service, make_service, who

RECORD = "session.mentoring/form.mentoring-note#share"
DAY, HOUR = timedelta(days=1), timedelta(hours=1)


def begun(db: Db, on: date, *, nation: str = "england", until: date | None = None) -> Service:
    """Make the service as if it had begun on a day, its team in one nation, its people all living in England."""
    service = make_service(db)
    [team] = db.exec(select(Team)).all()
    team.nation = nation
    [settings] = db.exec(select(ProgrammeSettings)).all()
    settings.go_live_on = on
    enrolment = db.get(Enrolment, service.enrolment)
    assert enrolment
    enrolment.starts_on, enrolment.ends_on = on, until or on + 400 * DAY
    for pair in db.exec(select(Relationship)):
        pair.began_on = pair.agreed_on = on
    for member in db.exec(select(Membership)):
        member.from_on = on
    db.flush()
    return service


def hold(db: Db, service: Service, on: date) -> None:
    """Hold a mentoring meeting, as the mentor says."""
    now = datetime.combine(on, time(17), tzinfo=UTC)
    choice = f"relationship:{service.relationship}:mentoring"
    session_changes.log_held(db, me=who(db, service.mentor), choice_key=choice, held_on=on, minutes=60, now=now)


def due(db: Db, rule: str) -> list[date]:
    """Return the days on which something is due by a rule, in order."""
    return sorted(item.due_on for item in db.exec(select(DueItem).where(DueItem.rule == rule)))


# ---- five working days -----------------------------------------------------------------------------------------------

EASTER = (date(2026, 4, 2), date(2026, 4, 13), date(2026, 4, 10))
CHRISTMAS = (date(2026, 12, 23), date(2027, 1, 4), date(2027, 1, 5))
WORLD_CUP = (date(2026, 6, 12), date(2026, 6, 19), date(2026, 6, 22))  # Scotland's one-off holiday of 15 June 2026


@pytest.mark.requirement("001-23")
@pytest.mark.parametrize("nation", NATIONS)
@pytest.mark.parametrize("dates", [EASTER, CHRISTMAS, WORLD_CUP], ids=["easter", "christmas", "one-off"])
def test_a_record_is_due_on_the_fifth_working_day_of_the_teams_nation(
    sqlite_database: Database, nation: str, dates: tuple[date, date, date]
) -> None:
    held_on, elsewhere, in_scotland = dates
    with sqlite_database.transaction() as db:
        service = begun(db, held_on - 30 * DAY, nation=nation)
        hold(db, service, held_on)
        assert due(db, RECORD) == [in_scotland if nation == "scotland" else elsewhere]


@pytest.mark.requirement("001-23")
def test_the_author_s_leave_and_days_off_do_not_stop_the_five_days(database: Database) -> None:
    with database.transaction() as db:
        service = begun(db, date(2026, 5, 1))
        for person_id in (service.mentor, service.mentee):
            db.add(Absence(person_id=person_id, from_on=date(2026, 6, 13), until_on=date(2026, 6, 30)))
        db.flush()
        hold(db, service, date(2026, 6, 12))
        assert due(db, RECORD) == [date(2026, 6, 19)]


def test_a_closure_of_the_team_or_of_all_moves_the_day_and_taking_it_back_moves_it_again(database: Database) -> None:
    now = datetime(2026, 6, 12, 17, tzinfo=UTC)
    with database.transaction() as db:
        service = begun(db, date(2026, 5, 1))
        hold(db, service, date(2026, 6, 12))
        other = Team(name="Elm House")
        db.add(other)
        db.flush()
        mentee, lead = db.get(Person, service.mentee), who(db, service.lead, is_lead=True)
        assert mentee
        closures = [
            (other.id, date(2026, 6, 16), date(2026, 6, 19)),
            (mentee.team_id, date(2026, 6, 17), date(2026, 6, 22)),
            (None, date(2026, 6, 22), date(2026, 6, 23)),
        ]
        for team_id, day, expected in closures:
            programme_settings.add_closure(
                db, me=lead, name="Away day", team_id=team_id, from_on=day, until_on=day, now=now
            )
            assert due(db, RECORD) == [expected]
        for row in db.exec(select(Absence)).all():
            programme_settings.remove_closure(db, me=lead, absence_id=row.id, now=now)
        assert due(db, RECORD) == [date(2026, 6, 19)]


@pytest.mark.parametrize("whose", ["everybody", "the team"])
def test_a_bank_holiday_that_is_worked_counts_as_a_working_day_and_is_one(database: Database, whose: str) -> None:
    boxing_day = date(2026, 12, 28)  # kept on the Monday
    with database.transaction() as db:
        service = begun(db, date(2026, 12, 1))
        hold(db, service, date(2026, 12, 23))
        mentee, lead = db.get(Person, service.mentee), who(db, service.lead, is_lead=True)
        assert mentee
        team_id = mentee.team_id if whose == "the team" else None
        programme_settings.add_closure(
            db, me=lead, name="Open", team_id=team_id, from_on=boxing_day, until_on=boxing_day, is_worked=True, now=NINE
        )
        assert due(db, RECORD) == [date(2026, 12, 31)]
        assert slot_on(working_time_of(db, mentee, around=boxing_day), boxing_day) is not None
        manager = db.get(Person, service.manager)  # who is in no team
        assert manager
        works = slot_on(working_time_of(db, manager, around=boxing_day), boxing_day) is not None
        assert works is (whose == "everybody")


def test_a_day_is_kept_with_the_nation_and_the_calendar_it_was_counted_by(sqlite_database: Database) -> None:
    with sqlite_database.transaction() as db:
        service = begun(db, date(2026, 3, 1), nation="scotland")
        hold(db, service, date(2026, 4, 2))
        by_rule = {item.rule: item.counted_by for item in db.exec(select(DueItem))}
        assert by_rule[RECORD] == f"scotland, holidays {library_version()}"
        assert by_rule["session.mentoring"] == ""  # fortnights are the same everywhere


def test_a_day_once_worked_out_is_the_same_years_later(sqlite_database: Database) -> None:
    with sqlite_database.transaction() as db:
        service = begun(db, date(2026, 3, 1), until=date(2029, 3, 1))
        hold(db, service, date(2026, 4, 2))
        assert due(db, RECORD) == [date(2026, 4, 13)]
        settle.settle_enrolment(db, service.enrolment, now=datetime(2028, 6, 1, 9, tzinfo=UTC))
        assert due(db, RECORD) == [date(2026, 4, 13)]


# ---- years, and the day that most of them do not have ----------------------------------------------------------------


@pytest.mark.requirement("000-47")
def test_training_done_on_the_29th_of_february_lapses_on_the_28th_of_other_years(sqlite_database: Database) -> None:
    with sqlite_database.transaction() as db:
        service = begun(db, date(2028, 1, 3), until=date(2034, 1, 1))
        for course in ("fire-safety", "safeguarding"):
            done_on = date(2028, 2, 29)
            record = TrainingRecord(person_id=service.mentee, course=course, title=course, done_on=done_on)
            record.logged_by_id, record.logged_at = service.mentee, datetime(2028, 2, 29, 9, tzinfo=UTC)
            db.add(record)
        settle.settle_enrolment(db, service.enrolment, now=datetime(2028, 3, 1, 9, tzinfo=UTC))
        assert due(db, "course.fire-safety#renew")[-1] == date(2029, 2, 28)
        assert due(db, "course.safeguarding#renew")[-1] == date(2031, 2, 28)


# ---- a person's own clock --------------------------------------------------------------------------------------------


def test_slack_telling_of_another_zone_moves_what_was_going_to_be_said(database: Database) -> None:
    def speaks_at(db: Db) -> list[datetime]:
        mine = db.exec(select(DueItem).where(DueItem.owner_id == service.mentee))
        return sorted(item.next_nudge_at for item in mine if item.next_nudge_at)

    with database.transaction() as db:
        service = make_service(db)
        in_london = speaks_at(db)
        account = Account("U0ASHA", Standing.HERE, "asha@example.org", "Asha Mentee", "America/New_York")
        assert slack_people.recognise(db, account=account, now=NINE)
        in_new_york = speaks_at(db)
    assert {at.hour for at in in_london if at.month == 12} == {9}
    assert {at.hour for at in in_new_york if at.month == 12} == {14}
    assert [at.date() for at in in_new_york] == [at.date() for at in in_london]


def look_again(db: Db, enrolment: Enrolment, now: datetime) -> None:
    settle.settle_enrolment(db, enrolment.id, now=now)


@pytest.mark.parametrize("zone", ["Europe/London", "America/Los_Angeles", "Pacific/Pago_Pago", "Pacific/Kiritimati"])
def test_the_next_meeting_is_owed_on_its_day_wherever_somebody_is(sqlite_database: Database, zone: str) -> None:
    with sqlite_database.transaction() as db:
        service = begun(db, date(2026, 12, 1))
        mentee = db.get(Person, service.mentee)
        assert mentee
        mentee.zone = zone
        settle.settle_enrolment(db, service.enrolment, now=NINE)
        hold(db, service, date(2026, 12, 2))
    now = datetime(2026, 12, 2, 17, tzinfo=UTC)
    for _ in range(40):
        now += 12 * HOUR
        evaluate(sqlite_database, now=now, settle=look_again)
        with sqlite_database.reading() as db:
            enrolment = db.get(Enrolment, service.enrolment)
            assert enrolment and enrolment.look_again_on
            assert enrolment.look_again_on > local_date(now, zone) - DAY
