"""What a Home holds, on both databases."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlmodel import select

from bot.actions.home import get_home
from bot.actions.home_refreshing import HOME, mark_opened, owe_home, refresh_homes
from bot.rules.home import MOST_PEOPLE, LedProgramme
from bot.rules.progress import Pace
from bot.values import Seat
from storage.database import Database
from storage.queries import deliveries
from storage.tables.delivery import Delivery, DueItem
from storage.tables.meetings import Session
from storage.tables.people import Person
from storage.tables.programmes import Enrolment
from storage.tables.together import Relationship
from storage.types import new_id
from tests.factories import NINE, START, Service, make_pair, make_person, make_service, who

TOMORROW = NINE + timedelta(days=1)
MUCH_LATER = datetime(2027, 1, 4, 9, tzinfo=UTC)


@pytest.fixture
def service(database: Database) -> Service:
    """Give the service."""
    with database.transaction() as db:
        return make_service(db)


def test_a_mentor_sees_status_from_the_seat_of_a_signer_and_a_manager_status_alone(
    database: Database, service: Service
) -> None:
    with database.transaction() as db:
        db.add(
            Session(
                id=new_id(), kind="mentoring", version_id=service.version, enrolment_id=service.enrolment,
                relationship_id=service.relationship, about_id=service.mentee, led_by_id=service.mentor,
                falls_on=TOMORROW.date(), planned_at=TOMORROW,
            )
        )  # fmt: skip
    with database.reading() as db:
        [mine] = get_home(db, me=who(db, service.mentor), now=NINE).people
        [managed] = get_home(db, me=who(db, service.manager), now=NINE).people
        assert get_home(db, me=who(db, service.stranger), now=NINE).people == ()
    assert (mine.name, mine.seat, mine.late, mine.next_at) == ("Asha Mentee", Seat.SIGNER, 0, TOMORROW)
    assert mine.pace == Pace(done=0, of=22, days_gone=0, days=90)
    assert (managed.name, managed.seat) == ("Asha Mentee", Seat.STATUS)


def test_those_with_most_past_its_day_come_first_and_an_invitation_to_reflect_is_never_late(
    database: Database, service: Service
) -> None:
    with database.transaction() as db:
        for n in range(MOST_PEOPLE + 1):
            person = make_person(db, f"P{n:02} Person")
            enrolment = Enrolment(
                person_id=person.id, programme="senior-manager", version_id=service.version, level="manager",
                starts_on=START,
            )  # fmt: skip
            db.add(enrolment)
            db.flush()
            make_pair(db, enrolment, "mentoring", (service.stranger,))
            rule = "form.agreement#sign:mentee" if n == 9 else "form.reflective-log:mentee#invite"
            db.add(
                DueItem(
                    rule=rule, scope="enrolment", scope_id=enrolment.id, period="1", version_id=service.version,
                    enrolment_id=enrolment.id, owner_id=person.id, about_id=person.id, opens_on=START, due_on=START,
                )
            )  # fmt: skip
    with database.reading() as db:
        page = get_home(db, me=who(db, service.stranger), now=TOMORROW)
    assert [(one.name, one.late) for one in page.people[:2]] == [("P09 Person", 1), ("P00 Person", 0)]
    assert (len(page.people), page.more_people) == (MOST_PEOPLE, 1)


def test_a_lead_sees_what_waits_for_a_decision(database: Database, service: Service) -> None:
    with database.transaction() as db:
        leaver = make_person(db, "Liv Leaver", leaves_on=NINE.date() - timedelta(days=1))
        for person_id in (leaver.id, service.stranger):
            db.add(
                Enrolment(
                    person_id=person_id, programme="senior-manager", version_id=service.version, level="manager",
                    starts_on=START, welcomed_at=NINE,
                )
            )  # fmt: skip
        pair = db.get(Relationship, service.relationship)
        assert pair
        pair.state = "waiting"
        deliveries.add_delivery(db, kind="digest", said_once="x", person_id=leaver.id, not_before=NINE, created_at=NINE)
        [row] = db.exec(select(Delivery)).all()
        row.status = "dead"
    with database.reading() as db:
        page = get_home(db, me=who(db, service.lead, is_lead=True), now=NINE)
    assert page.led == (
        LedProgramme(
            "senior-manager", "Senior and manager mentoring plan", enrolled=3, late=0, not_welcomed=1, not_paired=0,
            not_agreed=1, left=1,
        ),
    )  # fmt: skip
    assert page.unsent == 1


def test_late_things_are_counted_by_person_for_the_lead(database: Database, service: Service) -> None:
    with database.reading() as db:
        page = get_home(db, me=who(db, service.lead, is_lead=True), now=MUCH_LATER)
        owed = db.exec(select(DueItem).where(DueItem.state == "open", DueItem.due_on < MUCH_LATER.date())).all()
        assert len(owed) > 1
    assert page.led[0].late == 1


def test_one_home_is_owed_however_much_happens_and_only_to_who_looked_within_a_day(
    database: Database, service: Service
) -> None:
    with database.transaction() as db:
        mark_opened(db, slack_id="U0ASHA", view_hash="1.abc", now=NINE)
        refresh_homes(db, [service.mentee, service.mentor], now=NINE)
        owe_home(db, service.mentee, now=NINE)
        mark_opened(db, slack_id="U0NOBODY", view_hash="", now=NINE)
    with database.reading() as db:
        assert [row.person_id for row in db.exec(select(Delivery).where(Delivery.kind == HOME))] == [service.mentee]
        asha = db.get(Person, service.mentee)
        assert asha and (asha.home_opened_at, asha.home_hash) == (NINE, "1.abc")
