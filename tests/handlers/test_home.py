"""App Home, as people meet it in Slack: published through the outbox by a real sender."""

from datetime import timedelta

import pytest
from sqlmodel import select

from bot.practice import Person, texts
from storage.tables import people as people_tables
from storage.tables.delivery import Delivery
from storage.tables.together import Relationship
from tests.service import Running

CANARY = "Heliotrope"


def read_home(service: Running, person: Person) -> str:
    """Let what is owed be sent, and return everything readable on somebody's Home."""
    service.driver.advance(service.clock.now())
    return "\n".join(texts(person.home_view))


def open_home(service: Running, first_name: str) -> str:
    """Open somebody's Home and read it."""
    person = service.person(first_name)
    person.home()
    return read_home(service, person)


def homes(service: Running, status: str) -> int:
    """Count the Homes that are owed or sent."""
    with service.database.reading() as db:
        return len(db.exec(select(Delivery).where(Delivery.kind == "home", Delivery.status == status)).all())


def ask_for_sign_off(asha: Person, note: str = "") -> None:
    """Say that the first criterion is ready."""
    asha.command("/checklist")
    asha.press("Open")
    asha.press("Ready for sign-off")
    asha.fill({"note": note} if note else {})
    asha.submit()


@pytest.mark.requirement("003-23")
def test_a_mentee_sees_what_needs_them_and_the_pace_of_three_months(service: Running) -> None:
    read = open_home(service, "asha")
    assert "Hello Asha" in read
    assert "As at 09:00, Tue 1 Dec 2026" in read
    assert "*What needs me*\n1 thing\n" in f"{read}\n"
    assert "Sign the agreement" in read
    assert "*0 of 22* signed off. That is right at an even pace." in read
    assert "It runs from Tue 1 Dec 2026 to Mon 1 Mar 2027." in read
    assert "Next review: End review, Mon 15 Feb 2027" in read
    assert "My people" not in read
    assert "Programmes I lead" not in read


def test_a_mentor_and_a_manager_see_how_their_people_stand(service: Running) -> None:
    service.driver.advance(service.clock.now() + timedelta(days=21))  # past the agreement's day
    for first_name in ("mary", "mona"):
        read = open_home(service, first_name)
        assert "*Asha Mentee* – Senior and manager mentoring plan" in read
        assert "things past the day · 0 of 22 signed off · no meeting planned" in read


def test_a_lead_sees_counts_and_what_needs_a_decision(service: Running) -> None:
    read = open_home(service, "lena")
    assert "1 person enrolled, nothing past its day" in read
    assert "Needs a decision: 1 waiting for the welcome" in read
    assert "Every message went out" in read
    assert "Asha" not in read


def test_somebody_with_nothing_to_do_is_told_so_and_reaches_every_screen(service: Running) -> None:
    sam = service.person("sam")
    sam.home()
    read = read_home(service, sam)
    assert "Nothing needs you just now." in read
    for button in ("My meetings", "My checklist", "My training", "My reflections", "My programme", "My time"):
        assert button in read
    sam.press("My time")
    assert sam.modal and "Save" in "\n".join(texts(sam.modal))


def test_another_persons_action_changes_the_home_of_whom_it_concerns(service: Running) -> None:
    asha, mary = service.person("asha"), service.person("mary")
    assert "ready for sign-off" not in open_home(service, "mary")
    ask_for_sign_off(asha, CANARY)
    read = read_home(service, mary)
    assert "Asha is ready for sign-off" in read
    assert CANARY not in read
    mary.press("Sign off")
    mary.press("Sign off")
    mary.submit()
    assert "1 of 22 signed off" in read_home(service, mary)


def test_a_home_not_opened_for_a_day_waits_until_it_is_opened(service: Running) -> None:
    open_home(service, "mary")
    service.clock.set(service.clock.now() + timedelta(hours=24, minutes=1))
    ask_for_sign_off(service.person("asha"))
    assert homes(service, "pending") == 0
    assert "Asha is ready for sign-off" in open_home(service, "mary")


def test_many_actions_before_it_is_sent_make_one_home(service: Running) -> None:
    open_home(service, "asha")
    asha = service.person("asha")
    ask_for_sign_off(asha)
    asha.command("/checklist")
    asha.press("Open")
    assert homes(service, "pending") == 1
    read_home(service, asha)
    assert (homes(service, "pending"), homes(service, "sent")) == (0, 1)


def test_where_the_home_tab_is_switched_off_nobody_is_troubled(service: Running) -> None:
    asha = service.person("asha")
    asha.home()
    service.server.workspace.home_tab_on = False
    service.driver.advance(service.clock.now())
    with service.database.reading() as db:
        rows = db.exec(select(Delivery).where(Delivery.kind != "digest")).all()
        assert [(row.kind, row.status, row.why) for row in rows] == [("home", "suppressed", "not_enabled")]


def test_a_home_that_another_was_published_over_is_dropped_and_the_next_one_heals_it(service: Running) -> None:
    open_home(service, "asha")
    asha = service.person("asha")
    with service.database.transaction() as db:
        person = db.exec(select(people_tables.Person).where(people_tables.Person.slack_id == "U0ASHA")).one()
        person.home_hash = "1.older"
    ask_for_sign_off(asha)
    read_home(service, asha)
    assert homes(service, "suppressed") == 1
    assert "As at 09:00" in read_home(service, asha)
    service.clock.set(service.clock.now() + timedelta(minutes=5))
    asha.command("/checklist")
    asha.press("Open")
    assert "As at 09:05" in read_home(service, asha)


def test_until_there_are_two_leads_it_says_whom_to_ask(service: Running) -> None:
    with service.database.transaction() as db:
        leo = db.exec(select(people_tables.RoleHeld)).all()[1]
        leo.until_on = service.clock.now().date() - timedelta(days=1)
    assert "needs two programme leads before it starts. Please ask Lena Lead." in open_home(service, "asha")


def test_a_pair_that_waits_for_its_agreement_is_said_to(service: Running) -> None:
    with service.database.transaction() as db:
        pair = db.get(Relationship, service.service.relationship)
        assert pair
        pair.state = "waiting"
    assert "0 of 22 signed off · waiting for the agreement" in open_home(service, "mary")


def test_somebody_who_has_left_gets_no_home(service: Running) -> None:
    with service.database.transaction() as db:
        sam = db.exec(select(people_tables.Person).where(people_tables.Person.slack_id == "U0SAM")).one()
        sam.leaves_on = service.clock.now().date() - timedelta(days=1)
    service.person("sam").home()
    assert homes(service, "pending") == 0


@pytest.mark.parametrize(
    ("first_name", "buttons"),
    [
        ("asha", ("My meetings", "My checklist", "My training", "My reflections", "My programme", "My time")),
        ("asha", ("Sign the agreement", "Open my checklist")),
        ("mary", ("Checklist",)),
        ("lena", ("Open", "Messages sent", "Programme")),
    ],
)
def test_everything_is_reached_from_home_with_no_typing(
    service: Running, first_name: str, buttons: tuple[str, ...]
) -> None:
    open_home(service, first_name)
    person = service.person(first_name)
    for button in buttons:
        person.home()
        person.press(button)
        assert person.modal, f"{button} opened nothing"
        assert person.modal["callback_id"] != "notice", "\n".join(texts(person.modal))
        person.close(everything=True)
