"""Welcomes on their way: what each person reads, and when."""

from datetime import UTC, datetime

from bot.actions.lead_pairing import put_together
from bot.actions.welcomes import send_welcomes
from bot.practice import texts
from bot.rules.places import PairRef
from storage.tables.people import Person
from tests.delivery.conftest import House
from tests.factories import NINE, who


def welcome(house: House) -> None:
    with house.database.transaction() as db:
        lead = who(db, house.service.lead, is_lead=True)
        send_welcomes(db, me=lead, programme="senior-manager", now=house.clock.now())


def test_the_mentee_reads_who_enrolled_them_what_comes_who_sees_what_and_how_to_be_quiet(house: House) -> None:
    welcome(house)
    house.driver.advance(datetime(2026, 12, 1, 9, 5, tzinfo=UTC))
    (post,) = [each for each in house.posts("ASHA") if "Welcome" in each.text]
    shown = "\n".join(texts(post.blocks))
    assert "Lena Lead has put you on *Senior and manager mentoring plan*" in shown
    assert "Mary Mentor (mentor) and Colin Comentor (mentor)" in shown
    assert "22 things to show" in shown
    assert "yours alone until you share it" in shown
    assert "How to be quiet" in shown
    assert "My time" in shown


def test_a_mentor_and_a_line_manager_read_their_own_version_once(house: House) -> None:
    welcome(house)
    welcome(house)
    house.driver.advance(datetime(2026, 12, 1, 9, 5, tzinfo=UTC))
    for name, line in (("MARY", "You support Asha Mentee"), ("MONA", "You manage Asha Mentee")):
        posts = [each for each in house.posts(name) if "what it asks of you" in each.text]
        assert len(posts) == 1
        assert line in "\n".join(texts(posts[0].blocks))


def test_a_welcome_waits_for_working_time(house: House) -> None:
    with house.database.transaction() as db:
        mentee = db.get(Person, house.service.mentee)
        assert mentee
        mentee.working_pattern = {"first_on": "2024-01-01", "round": [None, None, ["09:00", "17:00"], *[None] * 4]}
    welcome(house)
    house.driver.advance(datetime(2026, 12, 1, 23, tzinfo=UTC))
    assert not [each for each in house.posts("ASHA") if "Welcome" in each.text]
    house.driver.advance(datetime(2026, 12, 2, 9, 5, tzinfo=UTC))
    assert [each for each in house.posts("ASHA") if "Welcome" in each.text]


def test_a_line_manager_who_mentors_and_the_mentee_are_both_told_what_that_means(house: House) -> None:
    people = house.service
    with house.database.transaction() as db:
        put_together(
            db,
            me=who(db, people.lead, is_lead=True),
            ref=PairRef(people.enrolment, "mentoring"),
            supporter_ids=[people.manager],
            seen_ids=[people.mentor, people.co_mentor],
            on=NINE.date(),
            now=NINE,
        )
    house.driver.advance(datetime(2026, 12, 1, 9, 5, tzinfo=UTC))
    (mona,) = [each for each in house.posts("MONA") if "line manager" in each.text]
    (asha,) = [each for each in house.posts("ASHA") if "line manager" in each.text]
    assert "not for appraisal, pay or conduct" in "\n".join(texts(mona.blocks))
    assert "If you would rather have somebody else" in "\n".join(texts(asha.blocks))
