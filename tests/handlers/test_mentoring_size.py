"""The programme's home with a hundred people on it, held to Slack's limits."""

import json

from bot.actions import mentoring, pairing
from bot.practice import texts
from bot.rules.places import PLACES_A_PAGE, Shown
from bot.values import Block
from prompts import mentoring as words
from storage.database import Database
from storage.tables.programmes import Enrolment
from tests.factories import NINE, START, make_person, make_service, who

HUNDRED = 99  # and Asha


def test_a_hundred_people_are_paged_filtered_and_held_to_slacks_limits(sqlite_database: Database) -> None:
    with sqlite_database.transaction() as db:
        service = make_service(db)
        for n in range(HUNDRED):
            person = make_person(db, f"Person{n:03} With A Rather Long Name", leaves_on=None)
            enrolment = Enrolment(
                person_id=person.id,
                programme="senior-manager",
                version_id=service.version,
                level="senior",
                starts_on=START,
            )
            db.add(enrolment)
            db.flush()
            if n % 2:
                pairing.pair(
                    db,
                    enrolment_id=enrolment.id,
                    kind="mentoring",
                    supporter_ids=[service.mentor],
                    on=START,
                    by=None,
                    now=NINE,
                )
        lead = who(db, service.lead, is_lead=True)
        shown, names = Shown("senior-manager"), []
        for number in range(10):
            page = mentoring.get_programme_page(
                db, me=lead, shown=Shown("senior-manager", shown.filter, number), now=NINE
            )
            view = words.programme_form(page)
            hold_limits(view)
            names += [place.person.name for place in page.places]
            if number + 1 == page.pages:
                break
        assert len(names) == len(set(names)) == 100
        waiting = mentoring.get_programme_page(db, me=lead, shown=Shown("senior-manager", "pair", 1), now=NINE)
        assert waiting.counts["pair"] == 50
        assert len(waiting.places) == 50 - PLACES_A_PAGE
        assert "Page 2 of 2" in "\n".join(texts(words.programme_form(waiting)))


def hold_limits(view: Block) -> None:
    assert len(view["blocks"]) <= 100
    assert len(json.dumps(view)) <= 250_000
    assert len(view["private_metadata"]) <= 3000
