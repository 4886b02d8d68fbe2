"""A word typed into every field is found only where it was typed and in forms for those the door lets in."""

import logging
from typing import Any

import pytest
from sqlalchemy import text

from bot.practice import Person
from bot.values import Ref
from prompts import ids
from tests.handlers.writing import hold_session, press, said
from tests.service import Running

CANARY = "Zwergkauz"
TEXT_FIELDS = ("plain_text_input",)


def fill_with_canary(person: Person) -> None:
    """Type the word into every text field of the open page, and choose the first of every choice."""
    assert person.modal
    values: dict[str, Any] = {}
    for block in person.modal["blocks"]:
        if block["type"] != "input":
            continue
        element = block["element"]
        if element["type"] in TEXT_FIELDS:
            fixed = {"reply": "1 working day", "frequency": "every 2 weeks"}
            values[block["block_id"]] = fixed.get(block["block_id"], CANARY)
        elif element["type"] in ("radio_buttons", "static_select"):
            values[block["block_id"]] = element["options"][0]["text"]["text"]
    person.fill(values)


def go_through(person: Person) -> None:
    for _ in range(10):
        if "This is how it will read" in said(person.modal):
            return
        fill_with_canary(person)
        metadata_is_clean(person)
        person.submit()
        assert not person.errors
    raise AssertionError("the form does not come to its end")


def metadata_is_clean(person: Person) -> None:
    for view in person.state["modals"]:
        assert CANARY not in view.get("private_metadata", "")


def everything_in_the_tables(service: Running) -> str:
    """Return all that the database holds, as text; sealed columns are bytes that say nothing."""
    found = []
    with service.database.reading() as db:
        names = db.execute(text("SELECT name FROM sqlite_master WHERE type = 'table'")).scalars().all()
        for name in names:
            found += [str(tuple(row)) for row in db.execute(text(f'SELECT * FROM "{name}"')).all()]
    return "\n".join(found)


@pytest.mark.requirement("001-27")
def test_what_is_typed_in_a_record_and_a_reflection_is_found_nowhere_else(
    service: Running, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)  # the chatty libraries stay above it in life too (bot/logs.py)
    mary, asha = service.person("mary"), service.person("asha")
    session_id = hold_session(service)
    for person in (mary, asha):
        press(service, person, ids.Action.PREPARE, Ref("session", session_id))
        person.submit({"note": CANARY})
    press(service, mary, ids.Action.WRITE_RECORD, Ref("session", session_id))
    go_through(mary)
    mary.submit()
    press(service, asha, ids.Action.WRITE_RECORD, Ref("session", session_id))
    assert CANARY in said(asha.modal)
    asha.press("Ask for changes")
    asha.submit({"reason": CANARY})
    asha.close(everything=True)
    asha.command("/reflect new")
    for _ in range(3):
        fill_with_canary(asha)
        metadata_is_clean(asha)
        asha.submit()
    asha.press("Share with my mentor")
    asha.submit({"with": ["Mary Mentor"]})
    mary.close(everything=True)
    mary.command("/reflect")
    assert CANARY not in said(mary.modal)
    mary.press("Read it")
    mary.submit({"comment": CANARY})
    for _ in range(3):
        mary.move_clock("day")
    assert "Asha Mentee has shared something with you" in str(mary.messages())
    assert "There is a comment on something you shared" in str(asha.messages())
    nowhere(service, caplog)


def nowhere(service: Running, caplog: pytest.LogCaptureFixture) -> None:
    """Look for the word in tables, logs, everybody's messages and Home."""
    assert CANARY not in everything_in_the_tables(service)
    assert not [record for record in caplog.records if CANARY in record.getMessage()]
    for name in ("mary", "asha", "colin", "mona", "lena", "leo", "sam"):
        person = service.person(name)
        metadata_is_clean(person)
        assert CANARY not in str(person.messages())
        assert CANARY not in str(person.home())
