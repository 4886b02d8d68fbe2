"""What a lead sees of the messages that went and those that did not, and what they may do about them."""

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import col, select

from bot.delivery.builders import every_builder
from bot.practice import Person
from bot.practice.person import texts
from prompts.nudges import _KINDS, _REASONS
from storage.database import Database
from storage.queries.deliveries import add_delivery
from storage.queries.due import add_notices, new_notice
from storage.tables.delivery import AuditEvent, Delivery, DueItem
from tests.delivery.conftest import due_item
from tests.factories import NINE
from tests.service import Running, running

CHANGES = {"home", "refresh", "retire", "second_copy"}  # of something said before: no messages


@pytest.fixture
def desk(sqlite_database: Database) -> Iterator[Running]:
    with running(sqlite_database) as service:
        yield service


def owe(desk: Running, *, status: str, why: str = "", said_once: str = "", **more: Any) -> Delivery:
    """Put a message to the mentee into the outbox, in the state it came to."""
    facts: dict[str, Any] = {"kind": "digest", "subject": {"on": "2026-12-01"}, "person_id": desk.service.mentee} | more
    with desk.database.transaction() as db:
        key = said_once or f"digest:{desk.service.mentee}:2026-12-01"
        row = add_delivery(db, said_once=key, not_before=NINE, created_at=NINE, **facts)
        assert row
        kept = db.get(Delivery, row.id)
        assert kept
        kept.status, kept.why = status, why
    return row


def rows(desk: Running) -> list[Delivery]:
    with desk.database.reading() as db:
        found = db.exec(select(Delivery).where(Delivery.kind == "digest").order_by(col(Delivery.id))).all()
        db.expunge_all()
    return list(found)


def open_ledger(desk: Running, who: str = "lena") -> Person:
    lead = desk.person(who)
    lead.home()
    desk.driver.advance(desk.clock.now())
    lead.press("Messages sent")
    return lead


def shown(lead: Person, group: str) -> str:
    """Choose another part of the ledger and read it."""
    lead.choose("ledger_shown", group)
    return "\n".join(texts(lead.modal))


def test_a_lead_sees_each_state_with_its_reason_in_words(desk: Running) -> None:
    for number, (status, why) in enumerate(
        [
            ("sent", ""),
            ("dead", "cannot_dm_bot"),
            ("parked", "perhaps_posted"),
            ("uncertain", "no_answer"),
            ("suppressed", "too_late"),
        ]
    ):
        owe(desk, status=status, why=why, said_once=f"x:{number}")

    lead = open_ledger(desk)

    said = "\n".join(texts(lead.modal))
    assert "Could not be sent, Tue 1 Dec at 09:00: this is a bot, not a person. Check the people list." in said
    assert (
        "Not sure: please decide, Tue 1 Dec at 09:00: Slack gave no answer, and only a person can look there." in said
    )
    assert "Not sure: I am checking, Tue 1 Dec at 09:00: Slack gave no answer." in said
    assert "*Daily message for Asha Mentee*\nSent, Tue 1 Dec at 09:00" in shown(lead, "Sent")
    assert "Left out, Tue 1 Dec at 09:00: it came too late to be of use." in shown(lead, "Left out or sent again")


def test_what_was_only_changed_in_a_message_is_no_message(desk: Running) -> None:
    owe(desk, status="suppressed", why="retired_meanwhile", kind="refresh", lane=1)

    assert "Nothing here in the last month." in shown(open_ledger(desk), "Left out or sent again")


def test_a_message_sent_again_is_another_delivery_once_and_noted(desk: Running) -> None:
    first = owe(desk, status="dead", why="user_not_found")
    with desk.database.transaction() as db:
        for item in db.exec(select(DueItem)):
            db.delete(item)
        item = due_item(desk.service, next_nudge_at=None)
        db.add(item)
        db.flush()
        add_notices(db, [new_notice(item, rung=0, person_id=item.owner_id, told_as="person", digest_on=NINE.date())])
    lena, leo = open_ledger(desk), open_ledger(desk, "leo")

    lena.press("Send it again")
    leo.press("Send it again")
    desk.driver.advance(desk.clock.now() + timedelta(hours=1))

    assert "Done. It goes out again; to a person, in their next working time." in texts(lena.modal)
    assert "so nothing was done twice" in " ".join(texts(leo.modal))
    [old], [new] = ([row for row in rows(desk) if row.said_once.endswith(key)] for key in (str(first.id), "12-01"))
    assert (old.id, old.status, old.why) == (first.id, "replaced", "user_not_found")
    assert (new.status, new.said_once, new.opaque != old.opaque) == ("sent", first.said_once, True)
    assert len(desk.person("asha").messages()) == 1
    with desk.database.reading() as db:
        notes = db.exec(select(AuditEvent).where(AuditEvent.verb == "send_again")).all()
    assert [(note.actor_id, note.thing) for note in notes] == [(desk.service.lead, f"delivery:{first.id}")]


def test_a_message_sent_again_waits_no_more_for_a_lead(desk: Running) -> None:
    owe(desk, status="dead", why="user_not_found")
    lena = open_ledger(desk)
    lena.press("Send it again")
    lena.close(everything=True)

    lena.home()
    desk.driver.advance(desk.clock.now())

    assert "Every message went out" in "\n".join(texts(lena.home_view))
    assert "Not sent, and sent again since, Tue 1 Dec at 09:00: Slack does not find this person." in shown(
        open_ledger(desk), "Left out or sent again"
    )


def test_what_a_lead_says_arrived_is_not_sent_again(desk: Running) -> None:
    owe(desk, status="parked", why="perhaps_posted")

    lena = open_ledger(desk)
    lena.press("It arrived")

    assert "Thank you. I won't send it again." in texts(lena.modal)
    assert [(row.status, row.why) for row in rows(desk)] == [("sent", "said_to_have_arrived")]


def test_every_reason_and_kind_has_words(desk: Running) -> None:
    sources = "\n".join(path.read_text("utf-8") for path in Path("bot").rglob("*.py"))
    codes = set(re.findall(r'(?:Suppressed|Parked|Unbuilt)\(\s*"(\w+)"', sources)) - {"retired_meanwhile"}

    assert len(codes) > 15
    assert codes - set(_REASONS) == set()
    assert set(every_builder()) - CHANGES - set(_KINDS) == set()
