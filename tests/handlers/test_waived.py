"""A lead reads why something does not apply to somebody, and may ask for it after all."""

import pytest
from sqlmodel import select

from bot.actions.nudges import mark_not_applicable
from bot.practice import Person
from bot.values import Ref
from prompts import ids
from storage.tables.delivery import AuditEvent, DueItem
from tests.factories import NINE, who
from tests.handlers.writing import press, rows, said
from tests.service import Running

CANARY = "Heliotrope: I am a nurse."


@pytest.fixture
def waived(service: Running) -> Running:
    """Let Asha have said that one course does not apply to her."""
    with service.database.transaction() as db:
        item = db.exec(select(DueItem).where(DueItem.rule == "course.breakaway")).one()
        me = who(db, service.service.mentee)
        mark_not_applicable(db, me=me, ref=Ref("due", item.id, item.version), reason=CANARY, now=NINE)
    return service


def open_place(service: Running) -> Person:
    lena = service.person("lena")
    lena.command("/mentoring")
    lena.press("Open")
    return lena


def breakaway(service: Running) -> DueItem:
    [item] = rows(service, select(DueItem).where(DueItem.rule == "course.breakaway"))
    assert isinstance(item, DueItem)
    return item


def test_the_lead_reads_the_reason_and_the_reading_is_noted(waived: Running) -> None:
    lena = open_place(waived)

    lena.press("What does not apply")
    assert "*Breakaway*\nSaid on Tue 1 Dec" in said(lena.modal) and CANARY not in said(lena.modal)
    lena.press("Read why")

    assert CANARY in said(lena.modal) and "Asha Mentee wrote:" in said(lena.modal)
    [note] = rows(waived, select(AuditEvent).where(AuditEvent.verb == "read"))
    assert (note.actor_id, note.thing) == (waived.service.lead, f"due:{breakaway(waived).id}")


def test_what_is_asked_for_after_all_is_owed_again(waived: Running) -> None:
    lena = open_place(waived)
    lena.press("What does not apply")

    lena.press("Ask for it after all")

    assert "Asha is asked for “Breakaway” again" in said(lena.modal)
    item = breakaway(waived)
    assert (item.state, item.turn, item.reopened_because, item.reason) == ("open", 2, "excused", None)


def test_nobody_but_a_lead_reads_it(waived: Running) -> None:
    mary = waived.person("mary")

    press(waived, mary, ids.Action.READ_REASON, Ref("due", breakaway(waived).id))

    assert CANARY not in said(mary.modal)
    assert rows(waived, select(AuditEvent).where(AuditEvent.verb == "read")) == []
