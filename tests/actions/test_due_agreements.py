"""An agreement that is written anew, or that a new pair needs, asks those who can sign and read it, and nobody else."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest

from bot.actions import documents, documents_duties, documents_signing, pairing, session_changes
from bot.actions.documents import Left
from bot.rules.forms import Typed
from bot.rules.written import Writing
from bot.values import Ref
from storage.database import Database
from storage.tables.written import Document
from tests.actions import due_rows
from tests.actions.doings.time import days_go_by
from tests.actions.doings.world import World, rows
from tests.actions.due_rows import found, owners
from tests.factories import make_service

AGREEMENT = "form.agreement"


@pytest.fixture
def world(database: Database) -> World:
    """A pair on the senior-manager plan that has not agreed yet."""
    with database.transaction() as db:
        return World(database, "senior-manager", make_service(db, agreed=False))


def agreed(world: World) -> UUID:
    """Enter the pair's agreement, signed on paper today, and return its id."""
    with world.database.transaction() as db:
        documents_signing.enter_paper_agreement(
            db,
            me=world.lead(db),
            relationship_id=world.service.relationship,
            signed_on=world.today,
            seen_by="Sam",
            now=world.now,
        )
        (document,) = rows(db, Document, Document.state == "locked")
        return document.id


def next_version(world: World, document_id: UUID) -> UUID:
    """Write the next version of an agreement and send it out; return its id."""
    with world.database.transaction() as db:
        me = world.me(db, world.service.mentee)
        screen = documents.begin_next(db, me=me, document_id=document_id, now=world.now)
        answers = {"approach": "both", "frequency": "every 2 weeks", "contact": "By phone.", "reply": "1 working day"}
        typed = tuple(Typed(part, text, "") for part, text in answers.items())
        documents.save_page(db, me=me, left=Left(screen.head.ref.id, "", typed), now=world.now)
        documents.send_out(db, me=me, document_id=screen.head.ref.id, now=world.now)
        return screen.head.ref.id


def change_mentors(world: World, *mentors: UUID) -> None:
    with world.database.transaction() as db:
        pairing.change_pair(
            db,
            relationship_id=world.service.relationship,
            supporter_ids=mentors,
            on=world.today,
            by=world.service.lead,
            now=world.now,
        )


def test_a_new_pair_signs_an_agreement_of_its_own(world: World) -> None:
    agreed(world)
    days_go_by(world, 1)
    change_mentors(world, world.service.stranger)
    assert owners(world, f"{AGREEMENT}#sign:mentee") == {world.service.mentee}
    assert owners(world, f"{AGREEMENT}#sign:mentor") == {world.service.stranger}
    assert owners(world, f"{AGREEMENT}#acknowledge:line-manager") == set()  # of the one that is over
    (row,) = found(world, f"{AGREEMENT}#sign:mentor")
    with world.database.transaction() as db:
        ref, me = Ref("due", row.id, row.version), world.me(db, world.service.stranger)
        screen = documents_duties.open_duty(db, me=me, ref=ref, now=world.now)
        assert isinstance(screen, Writing)  # a blank one: what the pair before agreed is not theirs to read
        assert not any(entry.said or entry.answer for entry in screen.page.entries)


def test_the_next_version_of_an_agreement_has_a_term_of_its_own(world: World) -> None:
    first = agreed(world)
    assert owners(world, f"{AGREEMENT}#acknowledge:line-manager") == {world.service.manager}
    days_go_by(world, 40)
    next_version(world, first)
    signing = found(world, f"{AGREEMENT}#sign:mentee")
    assert [row.due_on for row in signing] == [date(2027, 1, 22)]  # sent out on Sunday 10 January


def test_a_draft_of_the_next_version_stops_nobody_from_reading_what_is_in_force(world: World) -> None:
    first = agreed(world)
    with world.database.transaction() as db:
        documents.begin_next(db, me=world.me(db, world.service.mentee), document_id=first, now=world.now)
    with world.database.reading() as db:
        assert list(due_rows.scan(db, world)) == []
    assert owners(world, f"{AGREEMENT}#acknowledge:line-manager") == {world.service.manager}


def test_who_has_read_the_agreement_is_not_asked_again_while_the_next_is_being_signed(world: World) -> None:
    first = agreed(world)
    with world.database.transaction() as db:
        me = world.me(db, world.service.manager)
        documents_signing.acknowledge(db, me=me, document_id=first, workspace_id="T0", now=world.now)
    next_version(world, first)
    assert owners(world, f"{AGREEMENT}#acknowledge:line-manager") == set()


def test_a_mentor_who_joins_is_not_asked_to_sign_what_others_agreed(world: World) -> None:
    agreed(world)
    change_mentors(world, world.service.mentor, world.service.stranger)
    assert owners(world, f"{AGREEMENT}#sign:mentor") == set()


def test_a_pair_that_agrees_anew_has_had_its_first_conversation(world: World) -> None:
    first = agreed(world)
    with world.database.transaction() as db:
        me = world.me(db, world.service.mentor)
        key = f"relationship:{world.service.relationship}:first-meeting"
        session_changes.log_held(db, me=me, choice_key=key, held_on=world.today, minutes=60, now=world.now)
    second = next_version(world, first)
    days_go_by(world, 1)
    with world.database.transaction() as db:
        for person_id in (world.service.mentee, world.service.mentor, world.service.co_mentor):
            documents.open_document(db, me=world.me(db, person_id), document_id=second, now=world.now)
    for person_id in (world.service.mentee, world.service.mentor, world.service.co_mentor):
        with world.database.transaction() as db:
            me = world.me(db, person_id)
            documents_signing.sign(db, me=me, document_id=second, workspace_id="T0", now=world.now)
    assert found(world, "session.first-meeting") == []


def test_standing_in_again_from_the_same_day_only_has_another_end(world: World) -> None:
    about: dict[str, Any] = {"relationship_id": world.service.relationship, "by": None, "now": world.now}
    about |= {"covered_id": world.service.mentor, "cover_id": world.service.stranger, "from_on": world.today}
    with world.database.transaction() as db:
        pairing.cover(db, **about, until_on=world.today + timedelta(days=2))
        again = pairing.cover(db, **about, until_on=world.today + timedelta(days=9))
        assert again.until_on == date(2026, 12, 10)
