"""What a person does with a message: snooze, not applicable, why; through the page and the real app."""

import re
from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from sqlmodel import select

from bot.actions.nudges import mark_not_applicable
from bot.delivery.builders import every_builder
from bot.delivery.engine import Engine
from bot.delivery.sender import Sender
from bot.delivery.slack_calls import SlackCalls
from bot.errors import NotAllowed
from bot.practice import BOT_TOKEN, Person
from bot.practice.person import texts
from bot.rules.working_patterns import WorkingPattern
from bot.values import Ref
from storage.database import Database
from storage.tables.delivery import Delivery, DueItem
from storage.tables.people import Person as People
from storage.tables.programmes import Enrolment
from tests.delivery.conftest import FAST, due_item, settle
from tests.factories import NINE, who
from tests.service import Running, running

TODAY = NINE.date()


class Desk:
    """The running service with an engine, and one due item of the mentee's in her digest."""

    def __init__(self, service: Running) -> None:
        self.service = service
        slack = SlackCalls(BOT_TOKEN, base_url=service.server.api_url, timeout=2.0)
        sender = Sender(service.database, slack, every_builder(), service.clock, FAST)
        self.engine = Engine(service.database, sender, service.clock, settle)

    def owe(self, **more: object) -> None:
        with self.service.database.transaction() as db:
            for item in db.exec(select(DueItem)):
                db.delete(item)
            for enrolment in db.exec(select(Enrolment)):
                enrolment.look_again_on = None
            db.flush()
            db.add(due_item(self.service.service, **more))
        self.engine.run_until(NINE)

    def item(self) -> DueItem:
        with self.service.database.reading() as db:
            found = db.exec(select(DueItem)).one()
            db.expunge_all()
        return found


@pytest.fixture
def desk(sqlite_database: Database) -> Iterator[Desk]:
    with running(sqlite_database) as service:
        yield Desk(service)


def open_more(desk: Desk, what: str) -> Person:
    """Choose in the menu beside the first thing of the mentee's digest."""
    asha = desk.service.person("asha")
    message = asha.messages()[-1]
    [menu] = [e for b in message["blocks"] if b["type"] == "actions" for e in b["elements"] if e["type"] == "overflow"]
    value = next(option["value"] for option in menu["options"] if option["text"]["text"] == what)
    asha.press("more", value, message=message)
    return asha


def test_a_snooze_is_asked_for_kept_and_taken_out_of_the_message(desk: Desk) -> None:
    desk.owe(due_on=TODAY + timedelta(days=3), ladder="gentle")

    asha = open_more(desk, "Snooze")
    assert "Tomorrow, Wed 2 Dec" in texts(asha.modal)
    asha.submit()

    assert "again on Wed 2 Dec" in " ".join(texts(asha.modal))
    assert desk.item().snoozed_until_on == TODAY + timedelta(days=1)
    desk.engine.drain()
    assert "All done here, Asha. Thank you." in texts(asha.messages()[-1])


def test_the_days_offered_are_tomorrow_the_next_one_worked_and_next_week(desk: Desk) -> None:
    with desk.service.database.transaction() as db:
        asha = db.get(People, desk.service.service.mentee)
        assert asha
        asha.working_pattern = WorkingPattern.from_words("mon tue thu fri", "09:00-17:00").to_json()
    desk.owe(due_on=TODAY + timedelta(days=3), ladder="gentle")

    said = texts(open_more(desk, "Snooze").modal)

    offered = [text for text in said if text.startswith(("Tomorrow", "Next"))]
    assert offered[:3] == ["Tomorrow, Wed 2 Dec", "Next working day, Thu 3 Dec", "Next week, Tue 8 Dec"]


def test_a_day_that_was_picked_goes_before_the_one_that_stood_chosen(desk: Desk) -> None:
    desk.owe(due_on=TODAY - timedelta(days=1), ladder="gentle")

    asha = open_more(desk, "Snooze")
    assert "Was due yesterday." in " ".join(texts(asha.modal))
    asha.submit({"snooze_other_day": "2026-12-09"})

    assert desk.item().snoozed_until_on == date(2026, 12, 9)


def test_nothing_is_put_off_to_today(desk: Desk) -> None:
    desk.owe(due_on=TODAY + timedelta(days=3), ladder="gentle")

    asha = open_more(desk, "Snooze")
    asha.submit({"snooze_other_day": "2026-12-01"})

    assert "snooze_other_day" in asha.errors and desk.item().snoozed_until_on is None


def test_a_thing_with_a_fixed_day_is_never_put_off_past_it(desk: Desk) -> None:
    desk.owe(due_on=TODAY + timedelta(days=1), ladder="record")

    asha = open_more(desk, "Snooze")
    assert "Next week" not in " ".join(texts(asha.modal))
    asha.submit({"snooze_other_day": "2026-12-09"})

    assert asha.errors == {
        "snooze_other_day": "This one has a fixed day, Wed 2 Dec 2026. It can be put off up to then, but not past it."
    }
    assert desk.item().snoozed_until_on is None


def test_the_third_snooze_of_a_fixed_thing_says_beforehand_who_will_see_it(desk: Desk) -> None:
    desk.owe(due_on=TODAY + timedelta(days=2), ladder="record", snoozes=2)

    asha = open_more(desk, "Snooze (others will see it)")

    said = "You have put this off twice already. If you do it again, Lena Lead and Leo Lead will see it."
    assert said in texts(asha.modal)
    asha.submit()
    desk.engine.run_until(NINE + timedelta(seconds=1))
    [message] = desk.service.person("lena").messages()
    assert "For Asha Mentee to do, put off 3 times. By Thu 3 Dec (a fixed day)" in " ".join(texts(message))


@pytest.mark.parametrize(("ladder", "snoozes"), [("record", 0), ("record", 1), ("record", 3), ("gentle", 2)])
def test_no_snooze_but_the_third_of_a_fixed_thing_is_seen_by_anybody(desk: Desk, ladder: str, snoozes: int) -> None:
    desk.owe(due_on=TODAY + timedelta(days=2), ladder=ladder, snoozes=snoozes)

    open_more(desk, "Snooze").submit()
    desk.engine.run_until(NINE + timedelta(seconds=1))

    with desk.service.database.reading() as db:
        assert {row.person_id for row in db.exec(select(Delivery))} == {desk.service.service.mentee}


def test_what_does_not_apply_is_closed_with_its_reason_sealed(desk: Desk) -> None:
    desk.owe(rule="course.breakaway", subject="course:breakaway", due_on=TODAY)

    asha = open_more(desk, "Not applicable")
    asha.submit({"not_applicable_reason": "zanzibar reason"})

    item = desk.item()
    assert (item.state, item.not_applicable, item.next_nudge_at) == ("excused", True, None)
    assert item.reason and b"zanzibar" not in item.reason


@pytest.mark.parametrize(
    "item",
    [
        {"rule": "session.mentoring/form.mentoring-note#sign:mentee"},
        {"rule": "course.fire-safety", "ladder": "record"},  # training, but with a fixed day
    ],
)
def test_what_must_be_done_cannot_be_said_not_to_apply(desk: Desk, item: dict[str, str]) -> None:
    desk.owe(due_on=TODAY, **item)
    [message] = desk.service.person("asha").messages()
    assert "Not applicable" not in str(message["blocks"]) and "Snooze" in str(message["blocks"])

    ref = Ref("due", desk.item().id, 1)
    with desk.service.database.transaction() as db:
        me = who(db, desk.service.service.mentee)
        with pytest.raises(NotAllowed):
            mark_not_applicable(db, me=me, ref=ref, reason="It is too much.", now=NINE)


def test_why_says_the_rule_in_words_its_source_and_its_date(desk: Desk) -> None:
    desk.owe(rule="course.fire-safety", subject="course:fire-safety", due_on=TODAY)

    asha = open_more(desk, "Why did I get this?")

    said = " ".join(texts(asha.modal))
    assert "Within 90 days of the start date." in said
    assert "*Where this comes from*\nSenior and manager mentoring plan: domain 9" in said
    assert "*Its date*\n• Tue 1 Dec" in said


def test_why_says_who_asked_where_no_rule_did(desk: Desk) -> None:
    desk.owe(rule="ask.sign-off", subject="criterion:on-call", about_id=desk.service.service.mentor, due_on=TODAY)

    asha = open_more(desk, "Why did I get this?")

    assert "Mary says this is ready and asked you to sign it off." in " ".join(texts(asha.modal))


def test_a_button_of_an_item_done_meanwhile_says_so_kindly(desk: Desk) -> None:
    desk.owe(due_on=TODAY)
    with desk.service.database.transaction() as db:
        item = db.exec(select(DueItem)).one()
        item.state, item.closed_on = "done", TODAY

    asha = open_more(desk, "Snooze")

    assert "This was done on Tue 1 Dec 2026. Nothing more is needed from you." in texts(asha.modal)


def test_leads_see_what_was_not_sent_and_may_send_it_again(desk: Desk) -> None:
    with desk.service.database.transaction() as db:
        from storage.queries.deliveries import add_delivery, get_delivery

        row = add_delivery(
            db, kind="digest", said_once="digest:x", not_before=NINE, created_at=NINE,
            person_id=desk.service.service.mentee, subject={"on": "2026-12-01"},
        )  # fmt: skip
        assert row
        parked = get_delivery(db, row.id)
        parked.status, parked.why = "parked", "perhaps_posted"
        from bot.delivery.trouble import tell_leads

        db.flush()
        tell_leads(db, row.id, now=NINE)
    desk.engine.drain()
    lena = desk.service.person("lena")
    assert "Did the daily message for Asha Mentee arrive?" in lena.messages()[-1]["text"]

    lena.press("Send it again", message=lena.messages()[-1])

    with desk.service.database.reading() as db:
        assert db.exec(select(Delivery.why).where(Delivery.said_once == "digest:x")).one() == "sent_again_by_hand"


def test_what_one_screen_settles_opens_that_screen_and_is_put_off_as_one(sqlite_database: Database) -> None:
    with running(sqlite_database, programme="str-worker", level="") as service:
        with service.database.transaction() as db:
            first = db.get(Enrolment, service.service.enrolment)
            assert first
            second = Enrolment(**(first.model_dump(exclude={"id"}) | {"person_id": service.service.stranger}))
            db.add(second)
            db.flush()
            settle(db, second, NINE)
        service.driver.advance(NINE + timedelta(days=8))
        lena = service.person("lena")
        message = next(m for m in reversed(lena.messages()) if "people have nobody yet" in str(m["blocks"]))
        assert "2 people have nobody yet" in "\n".join(texts(message))
        folded = message | {"blocks": [block for block in message["blocks"] if "Snooze them all" in str(block)]}
        [put_off] = re.findall(r"snooze_alike:due:[0-9a-f-]+:\d+", str(folded))

        lena.press("See them all", message=message)

        assert "Support, time and recovery worker" in texts(lena.modal)[0] + texts(lena.modal)[1]
        assert "Sam Stranger" in " ".join(texts(lena.modal))
        lena.close(everything=True)
        lena.press("more", put_off, message=folded)
        assert ", for 2 people" in " ".join(texts(lena.modal))
        lena.submit({"snooze_other_day": "2027-01-04"})
        service.driver.advance(service.clock.now())

        with service.database.reading() as db:
            asked = db.exec(select(DueItem).where(DueItem.rule == "ask.pair")).all()
        kinds = {item.subject for item in asked if item.snoozed_until_on == date(2027, 1, 4)}
        assert len(kinds) == 1 and all((item.snoozed_until_on is None) == (item.subject not in kinds) for item in asked)
        assert sum(item.subject in kinds for item in asked) == 2 < len(asked)
        assert "people have nobody yet" not in str(lena.messages())
