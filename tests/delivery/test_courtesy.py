"""The bulk keeps out of the way: of people who are being answered, and of what Slack takes in a minute."""

import threading
import time
from dataclasses import replace

from bot.delivery.courtesy import Pace, PeopleFirst
from bot.delivery.engine import Engine
from bot.practice import Person
from storage.database import Database
from tests.delivery.conftest import FAST, House, settle
from tests.delivery.slack_says_no import heard, owe_reply, owe_words, said
from tests.service import running


def test_a_burst_may_go_at_once_and_then_one_after_another() -> None:
    pace = Pace(every=60.0)
    for _ in range(30):
        assert pace.wait == 0.0
        pace.take()
    assert 0.0 < pace.wait <= 60.0


def test_what_is_in_no_hurry_waits_until_everybody_is_answered() -> None:
    people, order = PeopleFirst(), list[str]()

    def send() -> None:
        people.give_way()
        order.append("sent")

    with people, people:
        sender = threading.Thread(target=send)
        sender.start()
        time.sleep(0.02)
        order.append("answered")
    sender.join(5)
    assert order == ["answered", "sent"]


def test_it_does_not_wait_for_ever() -> None:
    people = PeopleFirst()
    with people:
        began = time.monotonic()
        people.give_way()
    assert 0.2 < time.monotonic() - began < 2.0


def test_the_workers_send_no_more_than_slack_takes_and_replies_need_not_wait(house: House) -> None:
    house.engine.sender.timings = replace(FAST, between_bulk=60.0)
    engine = Engine(house.database, house.engine.sender, house.clock, settle)
    owe_words(house, 40)
    metronome = engine.start(interval=3600)
    try:
        heard(lambda: len(said(house, "ASHA")) >= 30)
        owe_reply(house)
        heard(lambda: said(house, "MARY") == ["words:mentor:0"])
        assert len(said(house, "ASHA")) == 30
    finally:
        metronome.stop()
        engine.stop()
    assert engine.drain() >= 10  # whoever moves the clock, or sends once by a timer, waits for nobody
    assert len(said(house, "ASHA")) == 40


def test_a_person_is_held_to_be_answered_while_their_request_is_in_hand(sqlite_database: Database) -> None:
    with running(sqlite_database) as service:
        people = service.driver._engine.sender.people
        seen: list[int] = []
        people.give_way = lambda: seen.append(people._answering)  # type: ignore[method-assign]  # looks, and waits not
        service.database.on_commit = people.give_way  # a form's own commit happens while its sender is answered
        lena = Person(service.server.url, "U0LENA")
        lena.say("Hello")
        assert 1 in seen
        heard(lambda: people._answering == 0)


def test_whoever_must_write_is_not_given_way_to_for_it_is_the_sender_they_wait_for() -> None:
    people = PeopleFirst()
    with people:
        began = time.monotonic()
        with people.writes():
            people.give_way(most=10.0)
        assert time.monotonic() - began < 5.0


def test_the_senders_own_writing_lets_nobody_wait() -> None:
    people = PeopleFirst()
    with people.writes(), people:  # begun by a thread that answered nobody then
        began = time.monotonic()
        people.give_way(most=0.2)
    assert time.monotonic() - began >= 0.2
