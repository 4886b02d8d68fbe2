"""How much anybody hears: what is urgent, what each chose, what lateness means, each step once (delivery.md)."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlmodel import select

from bot.actions.catalogue import programme_of
from bot.actions.nudge_times import Planner, first_nudge_at
from bot.actions.refreshing import refresh_message_about
from bot.practice.person import texts
from bot.programmes.cards import Ladder
from storage.tables.delivery import DueItem, Notice
from storage.tables.people import Absence
from tests.delivery.conftest import House, due_item
from tests.delivery.test_evaluate import change, notices, plan_session
from tests.factories import NINE

TODAY = NINE.date()
DAY = timedelta(days=1)


def owe_from_now(house: House, **more: Any) -> None:
    """Owe something as settling does at this moment: first heard of when its ladder says."""
    with house.database.transaction() as db:
        item = due_item(house.service, next_nudge_at=None, **more)
        item.next_nudge_at = first_nudge_at(db, item, now=house.clock.now())
        db.add(item)


def heard(house: House, name: str) -> list[tuple[datetime, str]]:
    """Return when somebody was written to, and the first line of each message."""
    return [(post.at, texts({"blocks": post.blocks})[0]) for post in house.posts(name)]


# ---- meetings --------------------------------------------------------------------------------------------------------


def test_a_meeting_in_two_hours_is_said_by_the_digest_that_goes_out_then(house: House) -> None:
    plan_session(house, NINE + 2 * DAY + timedelta(hours=2))
    house.owe(next_nudge_at=NINE + 2 * DAY)

    house.driver.advance(NINE + 2 * DAY + timedelta(hours=3))

    said = " ".join(texts({"blocks": house.posts("ASHA")[-1].blocks}))
    by_itself = house.deliveries(kind="reminder", person_id=house.service.mentee)
    assert [at for at, _ in heard(house, "ASHA")] == [NINE + DAY, NINE + 2 * DAY]
    assert "A session is coming up and 1 thing to look at" in said
    assert "Today, Thu 3 Dec at 11:00, 60 minutes" in said
    assert [row.why for row in by_itself] == ["said_in_the_digest"]
    assert [at for at, _ in heard(house, "MARY")] == [NINE + DAY, NINE + 2 * DAY]  # no digest: reminded by itself


def test_a_digest_earlier_in_the_day_reminds_nobody(house: House) -> None:
    plan_session(house, NINE + 2 * DAY + timedelta(hours=5))
    house.owe(next_nudge_at=NINE + 2 * DAY)

    house.driver.advance(NINE + 2 * DAY + timedelta(hours=6))

    assert [at for at, _ in heard(house, "ASHA")] == [NINE + DAY, NINE + 2 * DAY, NINE + 2 * DAY + timedelta(hours=3)]


# ---- urgent ----------------------------------------------------------------------------------------------------------


def test_a_record_on_its_last_day_does_not_wait_for_the_digest_of_the_day_after(house: House) -> None:
    house.owe(rule="training.fire", period="1")
    house.driver.advance(NINE + timedelta(hours=2))
    owe_from_now(house, ladder="record", due_on=TODAY)

    house.driver.advance(NINE + timedelta(hours=6))

    assert [at for at, _ in heard(house, "ASHA")] == [NINE, NINE + timedelta(hours=2)]
    assert "By today (a fixed day)" in " ".join(texts({"blocks": house.posts("ASHA")[1].blocks}))


def test_a_record_on_its_last_day_is_said_once_when_the_digest_of_that_day_says_it(house: House) -> None:
    owe_from_now(house, ladder="record", due_on=TODAY + 2 * DAY)

    house.driver.advance(NINE + 2 * DAY + timedelta(hours=8))

    assert [at for at, _ in heard(house, "ASHA")] == [NINE, NINE + 2 * DAY]


def test_a_last_day_that_is_a_day_off_is_urgent_on_the_working_day_before(house: House) -> None:
    house.clock.set(datetime(2026, 12, 4, 9, tzinfo=UTC))
    house.owe(rule="training.fire", period="1", next_nudge_at=house.clock.now())
    house.driver.advance(datetime(2026, 12, 4, 11, tzinfo=UTC))
    owe_from_now(house, ladder="record", due_on=date(2026, 12, 6))  # a Sunday

    house.driver.advance(datetime(2026, 12, 6, 20, tzinfo=UTC))

    assert [at for at, _ in heard(house, "ASHA")][1:] == [datetime(2026, 12, 4, 11, tzinfo=UTC)]


def test_after_working_hours_a_last_day_waits_for_the_next_digest(house: House) -> None:
    house.clock.set(NINE + timedelta(hours=10))
    owe_from_now(house, ladder="record", due_on=TODAY)

    house.driver.advance(NINE + DAY)

    assert [at for at, _ in heard(house, "ASHA")] == [NINE + DAY]


def test_what_has_no_fixed_day_is_never_urgent(house: House) -> None:
    house.owe(rule="training.fire", period="1")
    house.driver.advance(NINE + timedelta(hours=2))
    owe_from_now(house, ladder="gentle", due_on=TODAY)

    house.driver.advance(NINE + timedelta(hours=6))

    assert len(house.posts("ASHA")) == 1


# ---- each, daily, weekly ---------------------------------------------------------------------------------------------


def test_who_chose_weekly_is_not_written_to_again_for_what_arises_in_the_week(house: House) -> None:
    change(house, "mentee", digest_rhythm="weekly")  # NINE is a Tuesday
    owe_from_now(house, rule="ask.sign-off", period="1", opens_on=TODAY, due_on=TODAY + 7 * DAY)

    house.driver.advance(NINE + 10 * DAY)

    assert [at for at, _ in heard(house, "ASHA")] == [datetime(2026, 12, 7, 9, tzinfo=UTC)]


def test_who_chose_weekly_hears_before_the_day_when_a_week_would_be_too_late(house: House) -> None:
    change(house, "mentee", digest_rhythm="weekly")
    owe_from_now(house, ladder="gentle", due_on=TODAY + 2 * DAY)

    house.driver.advance(NINE + 3 * DAY)

    assert [at for at, _ in heard(house, "ASHA")] == [NINE]


def test_a_fixed_day_stays_on_for_who_chose_weekly_and_says_so(house: House) -> None:
    change(house, "mentee", digest_rhythm="weekly")
    owe_from_now(house, ladder="record", due_on=TODAY + 9 * DAY)  # a Thursday: told on the Tuesday, the day, the Friday

    house.driver.advance(NINE + 10 * DAY)

    assert [at.date() for at, _ in heard(house, "ASHA")] == [TODAY + n * DAY for n in (7, 9, 10)]
    assert "(a fixed day)" in " ".join(texts({"blocks": house.posts("ASHA")[0].blocks}))


def test_who_chose_each_hears_of_a_repeated_nudge_in_one_digest(house: House) -> None:
    change(house, "mentee", digest_rhythm="each")
    for number in "12":
        owe_from_now(house, rule="course.fire-safety", period=number, ladder="training", due_on=TODAY)

    house.driver.advance(NINE + 7 * DAY)

    posts = heard(house, "ASHA")
    assert [at for at, _ in posts] == [NINE, NINE, NINE + 7 * DAY]
    assert posts[2][1] == "*Hello Asha. 2 things to look at today.*"


def test_a_repeated_nudge_comes_weekly_eight_times_and_then_monthly(house: House) -> None:
    owe_from_now(house, rule="course.fire-safety", ladder="training", due_on=TODAY)

    house.driver.advance(NINE + 150 * DAY)

    told = [on for name, _, on in notices(house) if name == "Asha"]
    weekly = [(TODAY + 7 * n * DAY).isoformat() for n in range(4)]
    assert told[:4] == weekly
    assert [on[:7] for on in told[9:]] == ["2027-02", "2027-03", "2027-04"]  # the 26th, or the working day before


# ---- what lateness means ---------------------------------------------------------------------------------------------


@pytest.fixture(params=["send latest once", "drop after 24 hours", "drop after 5 days", "always send"])
def lateness(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, house: House) -> str:
    """Let the ladder "meeting" say each thing that a file may say of lateness."""
    with house.database.reading() as db:
        ladders = programme_of(db, house.service.version).ladder
    meeting = {"title": "A meeting", "steps": STEPS, "late": request.param}
    monkeypatch.setitem(ladders, "meeting", Ladder.model_validate(meeting))
    return str(request.param)


STEPS = ["on the day: person", "1 day after: person and supporter", "2 days after: lead"]
AFTER_THREE_DAYS = {  # the outage begins on the evening before the day and ends three days later
    "send latest once": {"Asha": "person", "Lena": "lead", "Leo": "lead"},
    "drop after 24 hours": {"Lena": "lead", "Leo": "lead"},
    "drop after 5 days": {"Asha": "person", "Mary": "supporter", "Colin": "supporter", "Lena": "lead", "Leo": "lead"},
    "always send": {"Asha": "person", "Mary": "supporter", "Colin": "supporter", "Lena": "lead", "Leo": "lead"},
}


def test_after_three_days_without_us_each_kind_says_what_its_file_says(house: House, lateness: str) -> None:
    owe_from_now(house, ladder="meeting", due_on=TODAY)
    house.clock.set(NINE + 3 * DAY - timedelta(minutes=5))  # nothing ticked for three days

    house.driver.advance(NINE + 3 * DAY + timedelta(hours=8))

    assert {name: told_as for name, told_as, _ in notices(house)} == AFTER_THREE_DAYS[lateness]
    assert all(
        len(house.posts(name)) == (name.title() in AFTER_THREE_DAYS[lateness]) for name in ("ASHA", "MARY", "LENA")
    )


def test_after_a_fortnights_leave_there_is_one_digest_with_what_is_still_of_use(house: House, lateness: str) -> None:
    for number in "123":
        owe_from_now(house, ladder="meeting", period=number, due_on=TODAY + int(number) * DAY)
    with house.database.transaction() as db:  # entered when the digests were planned already
        db.add(Absence(person_id=house.service.mentee, from_on=TODAY, until_on=TODAY + 13 * DAY))

    house.driver.advance(NINE + 20 * DAY)

    expected = [] if lateness.startswith("drop") else [(NINE + 14 * DAY, "*Hello Asha. 3 things to look at today.*")]
    assert heard(house, "ASHA") == expected


def test_who_chose_each_hears_of_what_was_missed_in_one_message(house: House) -> None:
    change(house, "mentee", digest_rhythm="each")
    for number in "123":  # of the second one it is the day; the others were to be said while nothing ticked
        owe_from_now(house, ladder="gentle", period=number, due_on=TODAY + int(number) * DAY)
    back = NINE + 2 * DAY + timedelta(hours=1)
    house.clock.set(back)

    house.driver.advance(back + timedelta(hours=1))

    said = ["*Hello Asha. 1 thing to look at today.*", "*Hello Asha. 2 things to look at today.*"]
    assert sorted(heard(house, "ASHA")) == [(back, said[0]), (back, said[1])]


def test_who_chose_each_gets_one_message_after_leave(house: House) -> None:
    change(house, "mentee", digest_rhythm="each", digest_hour=12)
    for number in "123":
        owe_from_now(house, ladder="gentle", period=number, due_on=TODAY)
    house.driver.advance(NINE + timedelta(hours=3, seconds=-1))
    house.engine.tick(NINE + timedelta(hours=3))  # owed, and not sent yet
    with house.database.transaction() as db:
        db.add(Absence(person_id=house.service.mentee, from_on=TODAY, until_on=TODAY + 13 * DAY))

    house.driver.advance(NINE + 20 * DAY)

    assert heard(house, "ASHA") == [(NINE + 14 * DAY + timedelta(hours=3), "*Hello Asha. 3 things to look at today.*")]


def test_who_chose_each_gets_one_message_of_what_arose_while_they_were_away(house: House) -> None:
    change(house, "mentee", digest_rhythm="each")
    with house.database.transaction() as db:
        db.add(Absence(person_id=house.service.mentee, from_on=TODAY, until_on=TODAY + 13 * DAY))
    house.clock.set(NINE + 3 * DAY)
    for number in "123":
        owe_from_now(house, rule="ask.sign-off", period=number, opens_on=TODAY + 3 * DAY, due_on=TODAY + 10 * DAY)

    house.driver.advance(NINE + 20 * DAY)

    assert heard(house, "ASHA") == [(NINE + 14 * DAY, "*Hello Asha. 3 things to look at today.*")]


# ---- the ladder ------------------------------------------------------------------------------------------------------


def test_each_step_is_told_once_and_again_only_when_the_thing_is_begun_anew(house: House) -> None:
    owe_from_now(house, ladder="meeting", due_on=TODAY)
    house.driver.advance(NINE + 3 * DAY)
    first = sorted(notices(house))
    with house.database.transaction() as db:
        [item] = db.exec(select(DueItem)).all()
        item.turn, item.rung, item.due_on = item.turn + 1, 0, TODAY + 6 * DAY
        item.next_nudge_at = Planner(db, house.clock.now()).first_nudge_at(item)

    house.driver.advance(NINE + 9 * DAY)

    with house.database.reading() as db:
        turns = [
            (notice.turn, notice.rung) for notice in db.exec(select(Notice)).all() if notice.told_as == "supporter"
        ]
    assert sorted(notices(house))[: len(first)] != [] and sorted(turns) == [(1, 2), (1, 2), (2, 2), (2, 2)]


def test_nobody_further_up_waits_for_who_is_away(house: House) -> None:
    with house.database.transaction() as db:
        db.add(Absence(person_id=house.service.mentee, from_on=TODAY, until_on=TODAY + 13 * DAY))
    owe_from_now(house, rule="session.mentoring", ladder="meeting", due_on=TODAY + 2 * DAY)

    house.driver.advance(NINE + 15 * DAY)

    assert [at for at, _ in heard(house, "LENA")] == [NINE + 9 * DAY]  # a week after the day, as its ladder says
    assert [at for at, _ in heard(house, "ASHA")] == [NINE + 14 * DAY]


def test_who_goes_away_hears_that_another_is_late_when_they_are_back_and_takes_nobodys_step(house: House) -> None:
    with house.database.transaction() as db:
        db.add(Absence(person_id=house.service.mentor, from_on=TODAY + DAY, until_on=TODAY + 19 * DAY))
    owe_from_now(house, ladder="gentle", due_on=TODAY + 3 * DAY)  # its last step, a week after, is for supporters too

    house.driver.advance(NINE + 25 * DAY)

    assert [at for at, _ in heard(house, "ASHA")] == [NINE, NINE + 3 * DAY, NINE + 10 * DAY]
    assert [at for at, _ in heard(house, "COLIN")] == [NINE + 10 * DAY]
    assert [at for at, _ in heard(house, "MARY")] == [NINE + 20 * DAY]


def test_what_one_hears_of_ahead_takes_no_step_from_another(house: House) -> None:
    with house.database.transaction() as db:
        db.add(Absence(person_id=house.service.lead, from_on=TODAY + DAY, until_on=TODAY + 12 * DAY))
    owe_from_now(house, ladder="agreement-review", due_on=TODAY + 7 * DAY)  # on that day the leads are told too

    house.driver.advance(NINE + 20 * DAY)

    assert [at for at, _ in heard(house, "LENA")] == [NINE]  # the last day before her leave
    assert [at for at, _ in heard(house, "ASHA")] == [NINE, NINE + 7 * DAY]


def test_preparation_is_asked_for_once_and_heard_of_by_nobody_else(house: House) -> None:
    owe_from_now(house, rule="session.mentoring#prepare:mentee", due_on=TODAY + DAY)

    house.driver.advance(NINE + 30 * DAY)

    assert notices(house) == [("Asha", "person", "2026-12-02")]


# ---- what was said and no longer stands ------------------------------------------------------------------------------


def test_what_is_done_is_taken_out_of_the_newest_message_only_and_at_once(house: House) -> None:
    first = house.owe(rule="training.fire", period="1")
    house.owe(rule="training.moving", period="2", next_nudge_at=NINE + DAY)
    house.driver.advance(NINE + DAY)
    before = len([each for each in house.workspace.accepted if each.what == "update"])
    with house.database.transaction() as db:
        item = db.get(DueItem, first)
        assert item
        item.state, item.closed_on = "done", TODAY + DAY
        refresh_message_about(db, item, now=house.clock.now())

    house.engine.run_until(house.clock.now() + timedelta(seconds=59))

    _old, new = house.posts("ASHA")
    [update] = [each for each in house.workspace.accepted if each.what == "update"][before:]
    assert update.ts == new.ts
    assert "*Hello Asha. 1 thing to look at today.*" in texts({"blocks": update.blocks})
