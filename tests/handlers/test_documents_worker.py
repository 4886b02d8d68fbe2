"""What a support, time and recovery worker's programme asks to be written, as people meet it in Slack."""

from typing import Any

import pytest

from bot.values import Ref
from prompts import ids
from storage.database import Database
from tests.handlers.writing import documents, fill_form, hold_session, open_duties, open_record, press, said
from tests.service import Running, running


@pytest.fixture
def worker(sqlite_database: Database) -> Any:
    """Run the service with a support, time and recovery worker."""
    with running(sqlite_database, programme="str-worker", level="") as started:
        yield started


@pytest.mark.requirement("000-18")
def test_each_promise_of_the_memorandum_is_rated_one_by_one(worker: Running) -> None:
    session_id = hold_session(worker, kind="role-review", led_by=worker.service.lead, in_pair=False)
    lena = open_record(worker, "lena", session_id)
    assert "Host Team Manager: Let the worker use their skills well." in said(lena.modal)
    assert lena.modal
    asked = [block["block_id"] for block in lena.modal["blocks"] if block["type"] == "input"]
    lena.fill(dict.fromkeys(asked, "met") | {asked[0]: "partly"})
    fill_form(lena, {"hardest": "Easier now."})
    shown = said(lena.modal)
    assert "Work together to make the role part of the team.: partly" in shown
    assert shown.count(": met") == len(asked) - 1
    lena.submit()
    assert "Waiting for Asha Mentee, Mona Manager and you to sign" in said(lena.modal)


@pytest.mark.requirement("000-40")
def test_people_are_chosen_from_the_people_list_and_shown_by_name(worker: Running) -> None:
    asha = worker.person("asha")
    (duty,) = open_duties(worker, "form.individual-development:worker")
    press(worker, asha, ids.Do.WRITE, Ref("due", duty.id, duty.version))
    assert "*Only you* will read this." in said(asha.modal)
    asha.choose("Who will tell me how I am doing?", "Mona Manager")
    fill_form(asha, dict.fromkeys(("bring", "career", "hardest", "help"), "Words."))
    assert "• Mona Manager" in said(asha.modal)
    asha.submit()
    assert open_duties(worker, "form.individual-development:worker") == []


@pytest.mark.requirement("000-33")
def test_the_memorandum_is_read_promise_by_promise_and_its_lead_writes_the_structure(worker: Running) -> None:
    asha = worker.person("asha")
    (duty,) = open_duties(worker, "form.memorandum:worker")
    press(worker, asha, ids.Do.WRITE, Ref("due", duty.id, duty.version))
    fill_form(asha, {})
    assert "*STR Worker:* Tell a manager about any difficulty as soon as you can." in said(asha.modal)
    assert "*Lena Lead and Leo Lead* still have a part to write" in said(asha.modal)
    asha.press("Ask them to write it")
    lena = worker.person("lena")
    press(worker, lena, ids.Action.OPEN_DOCUMENT, Ref("document", documents(worker)[0].id))
    assert "Your programme lead sees" not in said(lena.modal)
    fill_form(lena, {"structure": "every month"})
    lena.submit()
    lena.submit()
    assert "✓ *Lena Lead* (STR Lead) signed today" in said(lena.modal)
    assert "Waiting for Asha Mentee and Mona Manager to sign" in said(lena.modal)
