"""Handing people the buttons that other screens carry, and going through the pages of a form."""

from datetime import date
from typing import Any
from uuid import UUID

from sqlmodel import col, select

from bot.actions import settle
from bot.app import make_client
from bot.practice import BOT_TOKEN, Person, texts
from bot.values import Ref
from prompts import blocks, ids
from storage.tables.delivery import DueItem
from storage.tables.meetings import Session
from storage.tables.written import Document
from tests.factories import NINE
from tests.service import Running


def said(view: object) -> str:
    """Return everything readable in a view or message."""
    return "\n".join(texts(view))  # type: ignore[arg-type]  # views and messages alike


def press(service: Running, person: Person, action: str, ref: Ref | str) -> None:
    """Give somebody a button in their messages, and let them press it."""
    if person.modal:
        person.close(everything=True)
    client = make_client(BOT_TOKEN, service.server.api_url)
    row = blocks.actions(blocks.button("Here", action, str(ref)))
    dm = client.conversations_open(users=person.id)["channel"]["id"]
    client.chat_postMessage(channel=dm, text="Here", blocks=[row])
    person.messages()
    person.press("Here")


def hold_session(
    service: Running,
    *,
    kind: str = "mentoring",
    on: date = date(2026, 12, 1),
    led_by: UUID | None = None,
    in_pair: bool = True,
) -> UUID:
    """Make a session that was held."""
    with service.database.transaction() as db:
        session = Session(
            kind=kind,
            version_id=service.service.version,
            enrolment_id=service.service.enrolment,
            relationship_id=service.service.relationship if in_pair else None,
            about_id=service.service.mentee,
            led_by_id=led_by or service.service.mentor,
            falls_on=on,
            planned_at=NINE,
            state="held",
            held_on=on,
        )
        db.add(session)
        db.flush()
        settle.settle_enrolment(db, service.service.enrolment, now=service.clock.now())
        return session.id


def rows(service: Running, asked: Any) -> list[Any]:
    """Return what a table holds."""
    with service.database.reading() as db:
        found = list(db.exec(asked).all())
        db.expunge_all()
    return found


def fill_page(person: Person, answers: dict[str, Any]) -> None:
    """Fill whatever of these answers the open page asks for."""
    modal = person.modal
    assert modal
    asked = {block["block_id"] for block in modal["blocks"] if block["type"] == "input"}
    person.fill({part: answer for part, answer in answers.items() if part in asked})


def fill_form(person: Person, answers: dict[str, Any], *, until: str = "This is how it will read") -> None:
    """Go through the pages of a form, filling what is known, until the whole text is shown."""
    for _ in range(20):
        if person.modal is None or until in said(person.modal):
            return
        fill_page(person, answers)
        person.submit()
        assert not person.errors, person.errors
    raise AssertionError("the form does not come to its end")


def open_record(service: Running, name: str, session_id: UUID) -> Person:
    """Let somebody open the record of a session."""
    person = service.person(name)
    press(service, person, ids.Action.WRITE_RECORD, Ref("session", session_id))
    return person


def documents(service: Running) -> list[Document]:
    """Return every version of everything written, in order."""
    return rows(service, select(Document).order_by(col(Document.number)))


def open_duties(service: Running, rule: str) -> list[DueItem]:
    """Return what is owed by one rule."""
    return rows(service, select(DueItem).where(DueItem.rule == rule, DueItem.state == "open"))
