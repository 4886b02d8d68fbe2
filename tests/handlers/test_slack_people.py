"""What Slack tells of people, and what becomes of it."""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event
from typing import Any

from sqlmodel import col, select

from bot.actions.welcomes import send_welcomes
from bot.practice import Member
from storage.tables.delivery import Delivery
from storage.tables.people import Person
from storage.tables.programmes import Enrolment
from tests.factories import NINE, who
from tests.service import Running

CARLA = Member("U0CARLA", "carla", "Carla Diaz", "carla@example.org", "Europe/Paris")


def waiting_carla(service: Running) -> None:
    """Put somebody on the people list who is not in Slack yet, enrolled and waited for."""
    people = service.service
    with service.database.transaction() as db:
        carla = Person(name="Carla Diaz", email="carla@example.org")
        db.add(carla)
        db.flush()
        db.add(
            Enrolment(
                person_id=carla.id,
                programme="senior-manager",
                version_id=people.version,
                level="senior",
                starts_on=NINE.date(),
            )
        )
        lead = who(db, people.lead, is_lead=True)
        send_welcomes(db, me=lead, programme="senior-manager", now=NINE)


def person(service: Running, name: str) -> dict[str, Any]:
    with service.database.reading() as db:
        return db.exec(select(Person).where(Person.name == name)).one().model_dump()


def owed(service: Running, kind: str) -> int:
    with service.database.reading() as db:
        return len(db.exec(select(Delivery).where(col(Delivery.kind) == kind)).all())


@contextmanager
def heard(service: Running) -> Iterator[None]:
    """Wait until what Slack was made to tell inside has been written down."""
    written = Event()
    service.database.on_commit = written.set
    yield
    assert written.wait(5), "nothing was written"


def test_somebody_who_joins_is_known_by_their_address_and_welcomed_then(service: Running) -> None:
    waiting_carla(service)
    assert owed(service, "welcome") == 1
    with heard(service):
        service.server.workspace.join(CARLA)
    carla = person(service, "Carla Diaz")
    assert (carla["slack_id"], carla["in_slack"], carla["zone"]) == ("U0CARLA", "here", "Europe/Paris")
    assert owed(service, "welcome") == 2


def test_a_zone_set_by_hand_is_not_overridden(service: Running) -> None:
    with service.database.transaction() as db:
        asha = db.get(Person, service.service.mentee)
        assert asha
        asha.zone_is_ours = True
    with heard(service):
        service.server.workspace.change_member("U0ASHA", name="ash", tz="Europe/Paris")
        service.server.workspace.deactivate("U0ASHA")
    asha_now = person(service, "Asha Mentee")
    assert (asha_now["in_slack"], asha_now["zone"]) == ("deactivated", "Europe/London")


def test_who_is_switched_off_and_on_again_is_here_again(service: Running) -> None:
    with heard(service):
        service.server.workspace.deactivate("U0ASHA")
    assert person(service, "Asha Mentee")["in_slack"] == "deactivated"
    with heard(service):
        service.server.workspace.change_member("U0ASHA", deleted=False)
    assert person(service, "Asha Mentee")["in_slack"] == "here"


def test_a_message_to_us_is_answered_once_a_day_and_not_kept(service: Running) -> None:
    asha = service.person("asha")
    with heard(service):
        asha.say("I feel dreadful about Wren")
    with heard(service):
        asha.say("are you there?")
    assert owed(service, "where_to_write") == 1
    with service.database.reading() as db:
        kept = db.exec(select(Delivery)).all()
        assert "Wren" not in repr([row.model_dump() for row in kept])
