"""Every form of every programme, filled to the brim, stays inside Slack's limits."""

import json
from datetime import date
from typing import Any
from uuid import uuid4

import pytest

from bot.practice.block_kit import check_view
from bot.programmes.loader import built_in
from bot.rules import forms
from bot.rules.forms import Entry, Line, Said
from bot.rules.written import Head, Reading, Stage, Writing
from bot.values import Ref
from prompts import documents, documents_reading

TODAY = date(2026, 12, 1)
BYTES_MOST, BLOCKS_MOST = 250_000, 100
HEAD = Head(Ref("document", uuid4(), 1), "A form with a rather long title", "record", "Asha Mentee", ("Mary Mentor",))
FORMS = [(key, form) for key, programme in built_in().items() for form in programme.form]
LONG_LINE = "Something agreed, number {n}, said at some length so that it is cut in a tick box of its own"
LINES = tuple(Line(str(uuid4()), LONG_LINE.format(n=n)) for n in range(22))


ANSWERS = {"rating": "{}", "date": "2026-12-01"}


def every_part(key: str, form: str, text: str, *, mine: bool) -> list[Entry]:
    return [
        Entry(
            name,
            part.type,
            part.section,
            part.text,
            part.asks,
            part.help,
            part.whose,
            part.choices,
            is_mine=mine,
            shows=part.shows,
            answer=text if part.type in forms.LONG else "",
            said=() if mine else (Said("Mary Mentor", ANSWERS.get(part.type, text)),),
            lines=LINES if part.shows or part.type == "rating" else (),
        )
        for name, part in built_in()[key].part.get(form, {}).items()
    ]


def holds(view: dict[str, Any]) -> None:
    assert len(view["blocks"]) <= BLOCKS_MOST
    assert len(json.dumps(view)) <= BYTES_MOST
    check_view(view, "modal")


@pytest.mark.parametrize(("key", "form"), FORMS)
@pytest.mark.parametrize("text", ["", "x" * 3_000, "’" * 20_000], ids=["empty", "3,000 each", "20,000 each"])
def test_every_page_of_every_form_fits(key: str, form: str, text: str) -> None:
    for page in forms.writing_pages(every_part(key, form, text, mine=True)):
        holds(documents.writing_form(Writing(HEAD, page, TODAY, outcomes=("promote", "extend"))))
    for page in forms.reading_pages(every_part(key, form, text, mine=False)):
        holds(documents_reading.reading_form(Reading(HEAD, page, "out", Stage.SIGN, TODAY, "Asha Mentee")))
