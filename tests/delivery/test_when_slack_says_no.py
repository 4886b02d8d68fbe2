"""A person or channel that cannot be reached, a message that cannot be sent: the leads hear once, the others go on."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlmodel import select

from bot.actions import programme_settings
from bot.app import make_client
from bot.delivery.outgoing import FileShare
from bot.delivery.sender import Sender
from bot.practice import BOT_TOKEN, Fault
from bot.recognising import look_again
from bot.values import Message
from storage.tables.people import Person
from tests.delivery.conftest import SUMMARIES, House
from tests.delivery.slack_says_no import SOON, build, connected, go_on, heard, owe_words, said, told, wait_until
from tests.delivery.test_summaries import FRIDAY, choose_channel, in_channel
from tests.factories import NINE, who

pytestmark = pytest.mark.requirement("issue 3.7")
OFF = (
    "I could not send the {what} for Asha Mentee: this person's Slack account is switched off. If they have left, "
    "enter their last day in the people list. It waits, and goes out by itself when this is put right."
)


@pytest.fixture(autouse=True)
def _soon(house: House) -> None:
    house.engine.sender.timings = SOON


def asha(house: House) -> Person:
    with house.database.reading() as db:
        person = db.get(Person, house.service.mentee)
        assert person
        db.expunge(person)
    return person


def change_asha(house: House, **facts: object) -> None:
    """Let Slack change facts of Asha's account and tell the app."""
    house.workspace.change_member("U0ASHA", **facts)


def test_somebody_switched_off_is_told_once_and_hears_all_in_one_message_when_back(house: House) -> None:
    with connected(house):
        change_asha(house, deleted=True)
        heard(lambda: asha(house).in_slack == "deactivated")
        house.driver.advance(NINE + timedelta(days=14))  # what the programme asks of everybody falls due
        parked = house.deliveries(person_id=house.service.mentee, status="parked")
        assert len([row for row in parked if row.kind == "digest"]) > 1
        assert (said(house, "ASHA"), bool(said(house, "MARY"))) == ([], True)
        assert told(house) == [[OFF.format(what="daily message")]] * 2

        change_asha(house, deleted=False)
        wait_until(house, lambda: bool(said(house, "ASHA")))
        go_on(house)
    assert len(said(house, "ASHA")) == 1
    left = [row for row in house.deliveries(person_id=house.service.mentee) if row.status not in ("sent", "suppressed")]
    assert {row.status for row in left} <= {"pending"}  # a later slot's, where another sender had today's in hand
    assert all(row.not_before > house.clock.now() for row in left if row.not_before)
    assert [len(each) for each in told(house)] == [1, 1]


def test_what_is_of_no_use_any_more_is_not_said_to_somebody_who_is_back(house: House) -> None:
    owe_words(house)
    owe_words(house, kind="late", drop_after=NINE + timedelta(hours=1))
    with connected(house):
        change_asha(house, deleted=True)
        heard(lambda: asha(house).in_slack == "deactivated")
        house.engine.run_until(NINE)
        house.clock.set(NINE + timedelta(days=1))
        change_asha(house, deleted=False)
        wait_until(house, lambda: bool(said(house, "ASHA")))
    assert said(house, "ASHA") == ["words:mentee:0"]
    assert [row.said_once for row in house.deliveries(why="too_late")] == ["late:mentee:0"]


def test_nobody_is_told_of_somebody_who_has_left(house: House) -> None:
    house.owe()
    with house.database.transaction() as db:
        person = db.get(Person, house.service.mentee)
        assert person
        person.leaves_on, person.in_slack = date(2026, 11, 30), "deactivated"
    house.engine.run_until(NINE)
    assert house.posts() == []


def test_an_account_that_slack_switched_off_unheard_is_tried_again_by_itself(house: House) -> None:
    owe_words(house, 3)
    house.workspace.deactivate("U0ASHA")  # the app is not connected, and hears nothing of it
    house.engine.run_until(NINE)
    go_on(house)
    assert said(house, "ASHA") == []
    assert told(house) == [[OFF.format(what="message")]] * 2

    change_asha(house, deleted=False)
    wait_until(house, lambda: len(said(house, "ASHA")) == 3)
    go_on(house)
    assert sorted(said(house, "ASHA")) == [f"words:mentee:{n}" for n in range(3)]

    with house.database.transaction() as db:
        person = db.get(Person, house.service.mentee)
        assert person
        person.dm_channel = ""
    house.workspace.deactivate("U0ASHA")
    owe_words(house, kind="words", to="mentee", count=4)
    go_on(house)
    assert told(house) == [[OFF.format(what="message")] * 2] * 2  # it began anew, so it is told anew


def test_an_account_that_came_back_unheard_is_found_within_the_hour(house: House) -> None:
    with connected(house):
        change_asha(house, deleted=True)
        heard(lambda: asha(house).in_slack == "deactivated")
    owe_words(house)
    house.engine.drain()
    change_asha(house, deleted=False)  # the app is not connected, and hears nothing of it
    go_on(house)
    assert said(house, "ASHA") == []

    client = make_client(BOT_TOKEN, house.api_url)
    assert look_again(house.database, client, now=NINE) == 1
    assert look_again(house.database, client, now=NINE) == 0
    wait_until(house, lambda: said(house, "ASHA") == ["words:mentee:0"])


def test_a_guest_and_somebody_renamed_hear_as_before(house: House) -> None:
    with connected(house):
        change_asha(house, is_restricted=True)
        change_asha(house, real_name="Asha Newname", tz="Europe/Paris")
        heard(lambda: asha(house).zone == "Europe/Paris")
    owe_words(house)
    house.engine.run_until(NINE)
    assert (said(house, "ASHA"), asha(house).name) == (["words:mentee:0"], "Asha Mentee")
    assert told(house) == [[], []]


def test_somebody_of_another_organisation_now_is_told_once_and_waits(house: House) -> None:
    owe_words(house, 2)
    with connected(house):
        change_asha(house, is_stranger=True)
        heard(lambda: asha(house).in_slack == "stranger")
        go_on(house)
        start = "I could not send the message for Asha Mentee: this person is not in your Slack workspace any more."
        assert [len(each) for each in told(house, start)] == [1, 1]
        change_asha(house, is_stranger=False)
        wait_until(house, lambda: len(said(house, "ASHA")) == 2)


def test_a_conversation_that_slack_has_forgotten_is_opened_anew(house: House) -> None:
    owe_words(house, 1)
    house.engine.drain()
    house.workspace.conversations.pop("D0ASHA")
    owe_words(house, 2)
    wait_until(house, lambda: said(house, "ASHA") == ["words:mentee:0", "words:mentee:1"])
    assert told(house) == [[], []]


# ---- channels --------------------------------------------------------------------------------------------------------


def bot_of(house: House) -> str:
    return house.workspace.identity.bot_user_id


def test_a_channel_without_us_is_told_once_and_gets_the_latest_summary_when_we_are_invited(house: House) -> None:
    choose_channel(house)
    house.owe(owner_id=house.service.mentor, next_nudge_at=FRIDAY)
    house.workspace.remove_app(SUMMARIES.id)
    house.driver.advance(FRIDAY + timedelta(days=14))
    text = (
        f"I could not send the summary for <#{SUMMARIES.id}>: Handrail is not in that channel. Invite it there: "
        "/invite @Handrail. It waits, and goes out by itself when this is put right."
    )
    assert (in_channel(house), told(house)) == ([], [[text], [text]])
    assert len(said(house, "MARY")) == 1

    house.workspace.conversations[SUMMARIES.id].members.append(bot_of(house))
    wait_until(house, lambda: bool(in_channel(house)))
    go_on(house)
    [only] = in_channel(house)
    assert "week to Fri 18 Dec 2026" in only


def test_a_private_channel_without_us_and_one_renamed(house: House) -> None:
    choose_channel(house)
    channel = house.workspace.conversations[SUMMARIES.id]
    channel.name = "another-name"
    house.driver.advance(FRIDAY)
    assert len(in_channel(house)) == 1
    channel.kind = "private"
    house.workspace.remove_app(SUMMARIES.id)
    house.driver.advance(FRIDAY + timedelta(days=7))
    assert [
        len(each) for each in told(house, f"I could not send the summary for <#{SUMMARIES.id}>: Slack does not find")
    ] == [1, 1]


def test_the_summary_of_an_archived_channel_goes_to_the_one_that_a_lead_chooses(house: House) -> None:
    from bot.practice.conversations import Conversation

    choose_channel(house)
    house.workspace.archive(SUMMARIES.id)
    house.driver.advance(FRIDAY)
    assert [
        len(each)
        for each in told(house, f"I could not send the summary for <#{SUMMARIES.id}>: that channel is archived")
    ] == [1, 1]

    house.workspace.conversations["C0NEW"] = Conversation("C0NEW", "channel", "new", [bot_of(house)])
    with house.database.transaction() as db:
        me = who(db, house.service.lead, is_lead=True)
        programme_settings.save_settings(
            db, me=me, programme="senior-manager", summary_channel="C0NEW", summary_weekday=4, summary_hour=15,
            digest_hour=None, go_live_on=date(2026, 12, 1), now=FRIDAY,
        )  # fmt: skip
    wait_until(house, lambda: [post.channel for post in house.posts() if post.channel == "C0NEW"] == ["C0NEW"])
    go_on(house)
    assert len([post for post in house.posts() if post.channel == "C0NEW"]) == 1


# ---- messages that cannot be sent ------------------------------------------------------------------------------------


def break_down(*_: object) -> Message:
    """A builder with a fault."""
    raise ZeroDivisionError("what somebody wrote")


TOO_MANY = Message("much", tuple({"type": "divider"} for _ in range(51)))


@pytest.mark.parametrize(
    ("builder", "why"),
    [
        (break_down, "not_built"),
        (lambda db, row, now: TOO_MANY, "invalid_blocks"),
        (lambda db, row, now: Message("a", ({"type": "section", "text": object()},)), "TypeError"),
    ],
)
def test_a_message_that_cannot_be_sent_is_put_aside_told_once_and_blocks_nobody(
    house: House, builder: object, why: str, caplog: pytest.LogCaptureFixture
) -> None:
    build(house, "poison", builder)  # type: ignore[arg-type]  # any of three
    owe_words(house, 3, kind="poison")
    owe_words(house, 2, to="mentor")
    owe_words(house, 2, to="mentee")
    for _ in range(3):
        house.engine.run_until(NINE)
    assert (len(said(house, "MARY")), len(said(house, "ASHA"))) == (2, 2)
    assert "what somebody wrote" not in caplog.text
    if why != "TypeError":  # nobody knows whether that one was sent: it is looked for before it is given up
        assert {(row.status, row.why) for row in house.deliveries(kind="poison")} == {("dead", why)}
        assert [len(each) for each in told(house, "I could not send the message for Asha Mentee: ")] == [1, 1]


def test_what_cannot_even_be_looked_at_blocks_nobody(house: House) -> None:
    owe_words(house)
    owe_words(house, to="mentor")
    with house.database.transaction() as db:
        person = db.get(Person, house.service.mentee)
        assert person
        person.zone = "Mars/Olympus"
    house.engine.run_until(NINE)
    assert said(house, "MARY") == ["words:mentor:0"]
    assert [row.status for row in house.deliveries(kind="words", person_id=house.service.mentee)] == ["dead"]


def test_a_file_for_which_a_scope_is_missing_stops_nothing(house: House) -> None:
    build(house, "file", lambda db, row, now: FileShare("meeting.ics", "Meeting", b"BEGIN:VCALENDAR"))
    owe_words(house, kind="file")
    owe_words(house, to="mentor")
    house.workspace.scopes = frozenset(house.workspace.scopes) - {"files:write"}
    house.engine.run_until(NINE)
    assert (house.engine.stopped_by, said(house, "MARY")) == ("", ["words:mentor:0"])
    assert [
        len(each) for each in told(house, "I could not send the message for Asha Mentee: Slack has not granted")
    ] == [1, 1]


def test_four_workers_that_meet_the_same_trouble_tell_it_once(house: House) -> None:
    owe_words(house, 12)
    house.workspace.faults.add(Fault("conversations.open", "error", times=12, error="user_disabled"))
    one = house.engine.sender
    timings = replace(SOON, try_parked=60.0)

    def work(_: int) -> None:
        Sender(house.database, one.slack, one.builders, house.clock, timings).drain()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(work, range(4)))
    house.workspace.faults.clear()
    one.drain()
    assert {row.status for row in house.deliveries(kind="words")} == {"parked"}
    assert told(house) == [[OFF.format(what="message")]] * 2
    with house.database.reading() as db:
        assert db.exec(select(Person.dm_channel).where(Person.slack_id == "U0ASHA")).one() == ""
