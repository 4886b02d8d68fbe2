"""Whatever comes twice is done once: the same answer again, or a kind sentence about what happened meanwhile."""

import itertools
import json
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

import pytest
from sqlmodel import select

from bot.app import assemble
from bot.delivery.trouble import tell_leads
from bot.practice import BOT_TOKEN, SIGNING_SECRET, Person, texts
from bot.practice.http_carrier import HttpCarrier, sign
from bot.practice.post_office import Ack, Parcel
from bot.serving import HttpServer
from storage.queries.deliveries import add_delivery, get_delivery
from storage.tables import people
from storage.tables.delivery import Delivery, Inbox
from storage.tables.meetings import Session
from tests.factories import NINE
from tests.service import Running
from tests.test_serving import ask

_SIGNED: set[int] = set()  # the seconds in which something was signed; a signature is good for three hundred
AFTER_THE_MEETING = datetime(2026, 12, 9, 16, tzinfo=UTC)  # it is planned for two o'clock


class Line:
    """The line between Slack and the app: keeps what went over it, and can lose a reply or hold a parcel back."""

    is_connected = True

    def __init__(self, door: HttpServer) -> None:
        self._door = door
        self._carrier = HttpCarrier(f"http://127.0.0.1:{door.port}/slack/events", SIGNING_SECRET)
        self.carried: list[Parcel] = []
        self.answers: list[Any] = []
        self.loses_reply = False
        self.holds_back = False

    async def carry(self, parcel: Parcel, seconds: float) -> Ack:
        """Carry one parcel to the app."""
        self.carried.append(parcel)
        if self.holds_back:
            return Ack(problem="operation_timeout")
        ack = await self._carrier.carry(parcel, seconds)
        self.answers.append(ack.body)
        return Ack(problem="operation_timeout") if self.loses_reply else ack

    def again(self, parcel: Parcel) -> tuple[int, str]:
        """Deliver a parcel once more; return the status and the answer."""
        return signed_now(parcel).to(self._door)

    def last(self, kind: str) -> Parcel:
        """Return the last parcel of a type, such as "view_submission"."""
        return next(parcel for parcel in reversed(self.carried) if parcel.payload.get("type") == kind)


@contextmanager
def over_http(service: Running) -> Iterator[HttpServer]:
    """Open the HTTP door of the same service: an app put together anew, as after a restart."""
    made = assemble(
        database=service.database,
        clock=service.clock,
        token=BOT_TOKEN,
        signing_secret=SIGNING_SECRET,
        base_url=service.server.api_url,
    )
    door = HttpServer(made.app, "127.0.0.1", 0, signing_secret=SIGNING_SECRET, health=lambda: {"ok": True})
    door.start()
    yield door
    door.stop()


@pytest.fixture
def line(service: Running) -> Iterator[Line]:
    """Let people speak to the service over HTTP, on a line that is listened to."""
    with over_http(service) as door:
        service.server.post_office.carrier = line = Line(door)
        yield line


@dataclass(frozen=True)
class Request:
    """One request as it goes over the wire, signed in a second of its own."""

    body: str
    headers: dict[str, str]

    def to(self, door: HttpServer) -> tuple[int, str]:
        """Send it; return the status and the answer."""
        return ask(door.port, "POST", "/slack/events", self.body, self.headers)


def signed_now(parcel: Parcel) -> Request:
    """Sign a parcel as Slack does when it delivers it once more, at another second each time."""
    is_event = parcel.kind == "events_api"
    text = json.dumps(parcel.payload)
    body = text if is_event else urlencode({"payload": text})
    stamp = str(_a_second_of_its_own())
    return Request(
        body,
        {
            "Content-Type": "application/json" if is_event else "application/x-www-form-urlencoded",
            "X-Slack-Request-Timestamp": stamp,
            "X-Slack-Signature": sign(SIGNING_SECRET, stamp, body.encode()),
        },
    )


def _a_second_of_its_own() -> int:
    """Return this second, or the last one before it in which nothing was signed yet."""
    second = next(second for second in itertools.count(int(time.time()), -1) if second not in _SIGNED)
    _SIGNED.add(second)
    return second


def said(shown: Any) -> str:
    return "\n".join(texts(shown))


def rows(service: Running, table: type[Any]) -> list[Any]:
    with service.database.reading() as db:
        found = list(db.exec(select(table)).all())
        db.expunge_all()
    return found


def fill_in_schedule(mary: Person) -> None:
    """Fill in the form for a meeting with Asha, up to its last button."""
    mary.command("/supervision schedule @Asha Mentee 9 dec 2pm")
    mary.fill({"Which meeting?": "Mentoring meeting with Asha Mentee"})


def open_held(service: Running) -> tuple[Person, Person]:
    """Plan a meeting, let it be over, and let mentor and co-mentor both have the form open that says it was held."""
    mary, colin = service.person("mary"), service.person("colin")
    fill_in_schedule(mary)
    mary.submit()
    mary.close()
    service.clock.set(AFTER_THE_MEETING)
    for mentor in (mary, colin):
        mentor.command("/supervision")
        mentor.press("Held")
    return mary, colin


# ---- the same thing again --------------------------------------------------------------------------------------------


def test_an_event_that_comes_four_times_is_acted_on_once_even_on_another_day(service: Running, line: Line) -> None:
    service.person("asha").say("hello?")
    event = line.last("event_callback")
    line.again(event)
    service.clock.set(NINE + timedelta(days=1))

    assert [line.again(event) for _ in range(2)] == [(200, ""), (200, "")]
    assert [row.kind for row in rows(service, Delivery)].count("where_to_write") == 1
    assert [row.key for row in rows(service, Inbox) if row.key.startswith("event:")] == [
        f"event:{event.payload['event_id']}"
    ]


def test_an_old_event_that_comes_again_after_a_newer_one_changes_nothing_back(service: Running, line: Line) -> None:
    workspace = service.server.workspace
    asha = {"id": "U0ASHA"}

    def moved_to(zone: str) -> Parcel:
        member = workspace.member(asha["id"])
        user = {"id": member.id, "team_id": workspace.identity.team_id, "tz": zone, "real_name": member.real_name}
        payload = workspace.event_payload({"type": "user_change", "user": user})
        assert payload
        return Parcel("events_api", payload)

    paris, lisbon = moved_to("Europe/Paris"), moved_to("Europe/Lisbon")
    for parcel in (paris, lisbon, paris):
        assert line.again(parcel)[0] == 200

    assert next(row.zone for row in rows(service, people.Person) if row.slack_id == "U0ASHA") == "Europe/Lisbon"
    assert line.again(moved_to("Europe/Paris"))[0] == 200
    assert next(row.zone for row in rows(service, people.Person) if row.slack_id == "U0ASHA") == "Europe/Paris"


def test_a_form_sent_again_after_its_reply_was_lost_gets_the_same_answer(service: Running, line: Line) -> None:
    mary = service.person("mary")
    fill_in_schedule(mary)
    line.loses_reply = True
    mary.submit()
    assert mary.notice and "Which meeting?" in said(mary.modal), "to her nothing seems to have happened"

    line.loses_reply = False
    mary.submit()

    assert "Wed 9 Dec at 14:00, 60 minutes" in said(mary.modal)
    assert line.answers[-1] == line.answers[-2]
    assert len(rows(service, Session)) == 1


def test_a_form_sent_twice_at_one_moment_is_done_once(service: Running, line: Line) -> None:
    mary = service.person("mary")
    fill_in_schedule(mary)
    line.holds_back = True
    mary.submit()
    line.holds_back = False
    form = line.last("view_submission")

    with ThreadPoolExecutor(3) as pool:
        answers = list(pool.map(lambda _: line.again(form), range(3)))

    assert answers[0][0] == 200 and "Wed 9 Dec at 14:00" in answers[0][1]
    assert answers[0] == answers[1] == answers[2]
    assert len(rows(service, Session)) == 1


def test_a_captured_request_opens_nothing_and_does_nothing_twice_even_after_a_restart(
    service: Running, line: Line
) -> None:
    mary = service.person("mary")
    fill_in_schedule(mary)
    line.holds_back = True
    mary.submit()
    request = signed_now(line.last("view_submission"))

    with over_http(service) as door:
        first, captured = request.to(door), request.to(door)
    with over_http(service) as restarted:
        later = request.to(restarted)

    assert first[0] == 200 and "Wed 9 Dec at 14:00" in first[1]
    assert captured == (401, "")
    assert later == first
    assert len(rows(service, Session)) == 1


# ---- somebody was there first ----------------------------------------------------------------------------------------


def test_the_second_of_two_people_is_told_who_was_first_and_when_by_their_own_clock(
    service: Running, line: Line
) -> None:
    mary, colin = open_held(service)
    with service.database.transaction() as db:
        [away] = db.exec(select(people.Person).where(people.Person.name == "Colin Comentor"))
        away.zone = "Europe/Madrid"
    mary.submit()

    colin.submit()

    assert colin.errors == {
        "held_on": "Mary Mentor was there before you on Wed 9 Dec 2026 at 17:00, so nothing was done twice. "
        "Open the meeting again to see how it stands now."
    }
    [session] = rows(service, Session)
    assert (session.state, session.led_by_id) == ("held", service.service.mentor)


def test_two_people_who_send_the_same_form_at_one_moment_do_it_once(service: Running, line: Line) -> None:
    mary, colin = open_held(service)
    line.holds_back = True
    mary.submit()
    colin.submit()
    line.holds_back = False
    forms = [parcel for parcel in line.carried if parcel.payload.get("type") == "view_submission"][-2:]

    with ThreadPoolExecutor(2) as pool:
        answers = [answer for _, answer in pool.map(line.again, forms)]

    assert sum("was there before you" in answer for answer in answers) == 1
    assert [session.state for session in rows(service, Session)] == ["held"]


def test_a_double_click_does_it_once_and_says_so(service: Running, line: Line) -> None:
    lena = doubtful_message(service)
    line.holds_back = True
    for _ in range(2):
        lena.press("Send it again", message=lena.messages()[-1])
    line.holds_back = False
    clicks = [parcel for parcel in line.carried if parcel.payload.get("type") == "block_actions"][-2:]

    for click in clicks:
        assert line.again(click)[0] == 200

    assert "nothing was done twice" in said(lena.modal)
    sent_again = [row.status for row in rows(service, Delivery) if row.kind == "digest"]
    assert sorted(sent_again) == ["pending", "replaced"]


def test_a_button_in_last_week_s_message_says_what_happened_meanwhile(service: Running, line: Line) -> None:
    lena, leo = doubtful_message(service), service.person("leo")
    line.holds_back = True
    leo.press("Send it again", message=leo.messages()[-1])
    line.holds_back = False
    old_click = line.last("block_actions")
    lena.press("Yes", message=lena.messages()[-1])
    service.clock.set(NINE + timedelta(weeks=1))

    assert line.again(old_click)[0] == 200

    assert "Lena Lead was there before you on Tue 1 Dec 2026 at 09:00" in said(leo.modal)
    [about] = [row for row in rows(service, Delivery) if row.kind == "digest"]
    assert (about.status, about.why) == ("sent", "said_to_have_arrived")


def doubtful_message(service: Running) -> Person:
    """Let both leads be asked about a message that may not have arrived; return one of them."""
    with service.database.transaction() as db:
        row = add_delivery(
            db, kind="digest", said_once="digest:x", not_before=NINE, created_at=NINE,
            person_id=service.service.mentee, subject={"on": "2026-12-01"},
        )  # fmt: skip
        assert row
        parked = get_delivery(db, row.id)
        parked.status, parked.why = "parked", "perhaps_posted"
        db.flush()
        tell_leads(db, row.id, now=NINE)
    service.driver.step("next")
    return service.person("lena")
