"""Agreements and records, as people write, read and sign them in Slack."""

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest
from sqlmodel import select

from bot.actions import catalogue
from bot.practice import Person
from bot.programmes.loader import built_in, load_stored
from bot.values import Ref
from prompts import ids
from storage.database import Database
from storage.queries import documents as queries
from storage.tables.delivery import AuditEvent
from storage.tables.programmes import Enrolment
from storage.tables.together import Relationship
from storage.tables.written import AgreedAction, Answer, Document, Signature
from tests.factories import NINE
from tests.handlers.writing import (
    documents,
    fill_form,
    fill_page,
    hold_session,
    open_duties,
    open_record,
    press,
    rows,
    said,
)
from tests.service import Running, running

RECORD = "session.mentoring/form.mentoring-note"
AGREEMENT = {"approach": "both", "contact": "By phone until six.", "reply": "1 working day"}
NOTE = {
    "topic": "Rotas",
    "progress": "The new rota works.",
    "mode": "ask",
    "next": "Asha rings the agency\nMary reads the policy",
    "focus": "Nights",
}


@pytest.fixture
def waiting(sqlite_database: Database) -> Any:
    """Run the service with a pair that waits for its agreement."""
    with running(sqlite_database, agreed=False) as started:
        yield started


def open_agreement(service: Running, name: str) -> Person:
    person = service.person(name)
    press(service, person, ids.Action.OPEN_AGREEMENT, Ref("relationship", service.service.relationship))
    return person


def share_record(service: Running, session_id: Any, answers: dict[str, Any] | None = None) -> Person:
    mary = open_record(service, "mary", session_id)
    fill_form(mary, NOTE | (answers or {}))
    mary.submit()
    return mary


# ---- the agreement ---------------------------------------------------------------------------------------------------


@pytest.mark.requirement("003-54")
def test_a_pair_begins_once_all_three_have_signed_the_same_agreement(waiting: Running) -> None:
    asha = open_agreement(waiting, "asha")
    assert "Mary Mentor, Colin Comentor, Mona Manager and you* will read this" in said(asha.modal)
    fill_form(asha, AGREEMENT)
    asha.submit()
    assert "Waiting for Colin Comentor, Mary Mentor and you to sign" in said(asha.modal)
    asha.submit()
    for name in ("mary", "colin"):
        signer = open_agreement(waiting, name)
        assert "By phone until six." in said(signer.modal)
        assert relationship(waiting).state == "waiting"
        signer.submit()
    assert "In force, and locked" in said(signer.modal)
    assert "✓ *Mary Mentor* (Mentor) signed today" in said(signer.modal)
    assert (relationship(waiting).state, relationship(waiting).agreed_on) == ("active", date(2026, 12, 1))


def test_who_has_signed_the_agreement_is_offered_to_read_it_not_to_sign_it_again(waiting: Running) -> None:
    asha = open_agreement(waiting, "asha")
    fill_form(asha, AGREEMENT)
    asha.submit()
    asha.submit()
    asha.close(everything=True)

    asha.command("/mentoring")

    assert "Sign the agreement" not in said(asha.modal)
    assert "Meetings begin once the others have signed the agreement too." in said(asha.modal)
    asha.press("Read the agreement")
    assert "By phone until six." in said(asha.modal)


def test_a_signature_keeps_when_the_text_was_opened_and_by_which_account(waiting: Running) -> None:
    asha = open_agreement(waiting, "asha")
    fill_form(asha, AGREEMENT)
    asha.submit()
    asha.submit()
    (signature,), (document,) = rows(waiting, select(Signature)), documents(waiting)
    assert (signature.printed_name, signature.slack_id, signature.scheme) == (
        "Asha Mentee",
        "U0ASHA",
        "handrail-sign-1",
    )
    assert signature.opened_at and signature.signed_at and signature.opened_at <= signature.signed_at
    assert signature.workspace_id.startswith("T")
    assert signature.content_hash == document.content_hash != ""


def relationship(service: Running) -> Relationship:
    found: Relationship = rows(service, select(Relationship).where(Relationship.id == service.service.relationship))[0]
    return found


def test_both_write_in_the_draft_before_it_goes_out(waiting: Running) -> None:
    asha = open_agreement(waiting, "asha")
    fill_page(asha, {"contact": "By phone until six."})
    asha.press("Save for now")
    assert "opens again where you left it" in said(asha.modal)
    mary = open_agreement(waiting, "mary")
    fill_form(mary, {"approach": "both", "reply": "2 working days"})
    assert "By phone until six." in said(mary.modal)
    assert "2 working days" in said(mary.modal)


def test_somebody_who_changes_the_same_answer_meanwhile_is_told_and_keeps_what_they_typed(waiting: Running) -> None:
    asha, mary = open_agreement(waiting, "asha"), open_agreement(waiting, "mary")
    fill_page(mary, AGREEMENT | {"contact": "In the office."})
    mary.submit()
    fill_page(asha, AGREEMENT)
    asha.submit()
    assert "Mary Mentor was there before you, so nothing was done twice." in asha.errors["contact"]
    assert asha.modal and "Save and next" in said(asha.modal)


def test_a_looser_rhythm_than_the_programmes_is_refused_with_the_rule(waiting: Running) -> None:
    asha = open_agreement(waiting, "asha")
    fill_page(asha, AGREEMENT | {"frequency": "every 2 months"})
    asha.submit()
    assert "every 2 weeks" in asha.errors["frequency"]
    asha.submit({"frequency": "whenever"})
    assert "Write how often" in asha.errors["frequency"]
    asha.submit({"frequency": "every week"})
    assert "This is how it will read" in said(asha.modal)


def test_a_new_version_takes_over_only_when_every_signature_is_in(waiting: Running) -> None:
    sign_by_all(waiting)
    asha = open_agreement(waiting, "asha")
    asha.press("Begin a new version")
    fill_form(asha, {"contact": "By e-mail."})
    asha.submit()
    asha.submit()
    assert [(d.number, d.state) for d in documents(waiting)] == [(1, "locked"), (2, "out")]
    for name in ("mary", "colin"):
        open_agreement(waiting, name).submit()
    assert [(d.number, d.state) for d in documents(waiting)] == [(1, "superseded"), (2, "locked")]
    assert documents(waiting)[0].content_hash != documents(waiting)[1].content_hash


def test_while_a_new_version_is_a_draft_others_read_the_one_in_force(waiting: Running) -> None:
    sign_by_all(waiting)
    open_agreement(waiting, "asha").press("Begin a new version")
    mona = open_agreement(waiting, "mona")
    assert "By phone until six." in said(mona.modal)
    assert "I have read it" in said(mona.modal)


def sign_by_all(service: Running) -> None:
    asha = open_agreement(service, "asha")
    fill_form(asha, AGREEMENT)
    asha.submit()
    asha.submit()
    for name in ("mary", "colin"):
        open_agreement(service, name).submit()


def test_the_line_manager_takes_note_of_the_agreement_without_signing_it(waiting: Running) -> None:
    sign_by_all(waiting)
    mona = waiting.person("mona")
    press(waiting, mona, ids.Action.OPEN_DOCUMENT, Ref("document", documents(waiting)[0].id))
    assert "You do not sign it" in said(mona.modal)
    mona.submit()
    assert "✓ *Mona Manager* (Line manager) has read it today" in said(mona.modal)
    assert open_duties(waiting, "form.agreement#acknowledge:line-manager") == []


def test_somebody_without_slack_signs_on_paper_and_it_is_shown_apart(waiting: Running) -> None:
    asha = open_agreement(waiting, "asha")
    fill_form(asha, AGREEMENT)
    asha.submit()
    asha.submit()
    open_agreement(waiting, "mary").submit()
    asha = open_agreement(waiting, "asha")
    asha.press("Somebody signed on paper")
    asha.submit(
        {
            "signer": "Colin Comentor (Mentor)",
            "signed_on": "2026-11-30",
            "printed_name": "C. Comentor",
            "seen_by": "Lena Lead",
        }
    )
    assert "*C. Comentor* (Mentor) signed on paper Mon 30 Nov, seen by Lena Lead" in said(asha.modal)
    assert relationship(waiting).state == "active"


def test_an_agreement_signed_on_paper_before_counts_from_its_own_date(waiting: Running) -> None:
    lena = waiting.person("lena")
    press(waiting, lena, ids.Action.PAPER_AGREEMENT, Ref("relationship", waiting.service.relationship))
    assert "Asha Mentee, Mary Mentor and Colin Comentor" in said(lena.modal)
    lena.submit({"signed_on": "2026-11-20", "seen_by": "in the blue folder"})
    assert relationship(waiting).agreed_on == date(2026, 11, 20)
    assert {signature.meaning for signature in rows(waiting, select(Signature))} == {"paper"}


def test_a_day_to_come_is_not_taken_for_paper(waiting: Running) -> None:
    mary = waiting.person("mary")
    press(waiting, mary, ids.Action.PAPER_AGREEMENT, Ref("relationship", waiting.service.relationship))
    mary.submit({"signed_on": "2026-12-24", "seen_by": "nobody"})
    assert "still to come" in mary.errors["signed_on"]


# ---- the record ------------------------------------------------------------------------------------------------------


@pytest.mark.requirement("001-23")
@pytest.mark.requirement("001-24")
def test_a_record_is_written_shared_signed_by_both_and_locked(service: Running) -> None:
    session_id = hold_session(service)
    mary = open_record(service, "mary", session_id)
    assert "Share by Tue 8 Dec – 5 working days left" in said(mary.modal)
    fill_form(mary, NOTE)
    mary.submit()
    assert "Shared today, in time" in said(mary.modal)
    assert "Add a note to it" not in said(mary.modal)
    mary.submit()
    asha = open_record(service, "asha", session_id)
    assert "The new rota works." in said(asha.modal)
    asha.submit()
    assert "In force, and locked" in said(asha.modal)
    assert "Change something" not in said(asha.modal)


def test_a_closed_phone_loses_at_most_the_page_being_typed(service: Running) -> None:
    session_id = hold_session(service)
    mary = open_record(service, "mary", session_id)
    fill_page(mary, NOTE)
    mary.submit()
    mary.fill({"focus": "never saved"})
    mary.close(everything=True)
    mary = open_record(service, "mary", session_id)
    assert "What to look at next time" in said(mary.modal)
    mary.press("Back")
    assert field_of(mary, "progress") == "The new rota works."


def field_of(person: Person, part: str) -> str:
    assert person.modal
    block = next(b for b in person.modal["blocks"] if b.get("block_id") == part)
    return str(block["element"].get("initial_value", ""))


def test_more_fields_are_given_one_at_a_time_and_join_in_order(service: Running) -> None:
    session_id = hold_session(service)
    mary = open_record(service, "mary", session_id)
    fill_page(mary, NOTE | {"progress": "a" * 3000})
    mary.press("Add more")
    mary.submit({"progress~1": "b" * 10})
    fill_form(mary, NOTE)
    shown = said(mary.modal)
    assert "a" * 3000 in shown and "b" * 10 in shown
    mary.submit()
    with service.database.transaction() as db:
        answers = {a.part: a.text for a in queries.list_answers(db, db.exec(select(Document)).one())}
    assert answers["progress"] == "a" * 3000 + "b" * 10


def test_changes_are_asked_for_with_a_reason_and_earlier_signatures_do_not_carry(service: Running) -> None:
    session_id = hold_session(service)
    share_record(service, session_id).submit()
    asha = open_record(service, "asha", session_id)
    asha.press("Ask for changes")
    asha.submit({"reason": "I said Tuesday, not Monday."})
    assert "Changes were asked for" in said(asha.modal)
    assert open_duties(service, f"{RECORD}#sign:mentee") == open_duties(service, f"{RECORD}#sign:mentor") == []
    (change,) = open_duties(service, "ask.changes")
    mary = service.person("mary")
    press(service, mary, ids.Do.CHANGE, Ref("due", change.id, change.version))
    assert "*Asha Mentee* asked for changes, today:" in said(mary.modal)
    assert "I said Tuesday, not Monday." in said(mary.modal)
    fill_form(mary, {"progress": "Tuesday."})
    mary.submit()
    assert "Version 2" in said(mary.modal)
    assert "Waiting for Asha Mentee and you to sign" in said(mary.modal)
    assert open_duties(service, "ask.changes") == []
    assert len(open_duties(service, f"{RECORD}#sign:mentee") + open_duties(service, f"{RECORD}#sign:mentor")) == 2


def test_what_is_agreed_is_carried_on_and_ticked_next_time(service: Running) -> None:
    first = hold_session(service)
    share_record(service, first).submit()
    open_record(service, "asha", first).submit()
    service.clock.set(datetime(2026, 12, 15, 9, tzinfo=UTC))
    second = hold_session(service, on=date(2026, 12, 15))
    mary = open_record(service, "mary", second)
    assert "Asha rings the agency" in said(mary.modal)
    assert "Nights" in said(mary.modal)
    mary.fill({"last-actions~0": ["Asha rings the agency"]})
    fill_form(mary, NOTE | {"next": ""})
    assert "• Asha rings the agency (done)" in said(mary.modal)
    assert "• Mary reads the policy (still open)" in said(mary.modal)
    mary.submit()
    mary.submit()
    open_record(service, "asha", second).submit()
    done = [action.done_on for action in rows(service, select(AgreedAction)) if action.done_on]
    assert done == [date(2026, 12, 15)]


def test_a_locked_record_takes_a_note_beside_it_and_nothing_else(service: Running) -> None:
    session_id = hold_session(service)
    share_record(service, session_id).submit()
    asha = open_record(service, "asha", session_id)
    asha.submit()
    before = documents(service)[0].content_hash
    asha.press("Add a note to it")
    asha.submit({"addendum": "We also spoke of leave."})
    assert "*Asha Mentee* added, today:" in said(asha.modal)
    assert "We also spoke of leave." in said(asha.modal)
    assert documents(service)[0].content_hash == before


def test_what_went_out_can_be_taken_back_by_its_author_and_written_on(service: Running) -> None:
    session_id = hold_session(service)
    mary = share_record(service, session_id)
    mary.press("Take it back")
    assert field_of(mary, "progress") == "The new rota works."
    assert [(d.number, d.state) for d in documents(service)] == [(1, "withdrawn"), (2, "draft")]
    asha = open_record(service, "asha", session_id)
    assert asha.modal and "isn't something you can open" in said(asha.modal)


def let_the_mentee_write(service: Running, part: str) -> None:
    """Put the service on a version of its programme in which the mentee writes one part of the mentor's record."""
    heading = f"[part.first-meeting-record.{part}]\n"
    programme = load_stored(built_in()["senior-manager"].source.replace(heading, f'{heading}written_by = "mentee"\n'))
    with service.database.transaction() as db:
        version = catalogue.keep_version(db, programme, now=NINE)
        for table, row_id in ((Enrolment, service.service.enrolment), (Relationship, service.service.relationship)):
            row = db.get(table, row_id)
            assert row
            row.version_id = version
            db.add(row)
    service.service = replace(service.service, version=version)


def test_the_mentee_writes_the_part_that_is_asked_in_their_own_words(service: Running) -> None:
    let_the_mentee_write(service, "matters")
    session_id = hold_session(service, kind="first-meeting")
    mary = open_record(service, "mary", session_id)
    fill_form(mary, {"strengths": "Calm.", "together": "Every other Tuesday.", "next": "Asha lists her shifts"})
    assert "*Asha Mentee* still has a part to write" in said(mary.modal)
    mary.press("Ask them to write it")
    asha = open_record(service, "asha", session_id)
    assert "Every other Tuesday." not in said(asha.modal)
    fill_form(asha, {"matters": "To be sure at night."}, until="sends it on")
    asha.submit()
    mary = open_record(service, "mary", session_id)
    fill_form(mary, {})
    assert "To be sure at night." in said(mary.modal)
    mary.submit()
    assert "Waiting for Asha Mentee and you to sign" in said(mary.modal)


def test_a_record_kept_elsewhere_has_its_date_and_the_others_word_for_it(service: Running) -> None:
    session_id = hold_session(service)
    mary = service.person("mary")
    press(service, mary, ids.Action.RECORD_ELSEWHERE, Ref("session", session_id))
    mary.submit({"shared_on": "2026-12-01"})
    assert "It is kept elsewhere" in said(mary.modal)
    asha = open_record(service, "asha", session_id)
    assert "I have it and agree" in said(asha.modal)
    asha.submit()
    mary = open_record(service, "mary", session_id)
    mary.submit()
    assert "In force" in said(mary.modal)
    assert documents(service)[0].kept_elsewhere


def test_a_private_note_before_the_meeting_is_seen_by_its_writer_alone(service: Running) -> None:
    session_id = hold_session(service)
    for name, text in (("asha", "Ask about nights."), ("mary", "Praise the rota.")):
        person = service.person(name)
        press(service, person, ids.Action.PREPARE, Ref("session", session_id))
        assert "Ask about nights." not in str(person.modal)
        assert "Only you see this here. The person it is about can ask for it by law." in said(person.modal)
        person.submit({"note": text})
    mary = open_record(service, "mary", session_id)
    assert "Praise the rota." in said(mary.modal)
    assert "Ask about nights." not in said(mary.modal)
    assert mary.modal and "bring" not in [block.get("block_id") for block in mary.modal["blocks"]]
    fill_form(mary, NOTE)
    assert "Praise the rota." not in said(mary.modal)


def test_reading_anothers_text_leaves_a_row_in_the_audit_log(service: Running) -> None:
    session_id = hold_session(service)
    share_record(service, session_id)
    open_record(service, "asha", session_id)
    document = documents(service)[0]
    noted = rows(service, select(AuditEvent).where(AuditEvent.thing == f"document:{document.id}"))
    assert ("read", service.service.mentee) in [(row.verb, row.actor_id) for row in noted]


def test_a_survey_is_handed_in_and_read_by_nobody(service: Running) -> None:
    asha = service.person("asha")
    (duty,) = open_duties(service, "form.mentee-benefits:mentee")
    press(service, asha, ids.Do.WRITE, Ref("due", duty.id, duty.version))
    assert "*Nobody reads your answers.*" in said(asha.modal)
    scales = dict.fromkeys(("performance", "openness", "solutions", "role-model"), "4")
    fill_form(asha, scales | {"words": "I sleep better."})
    asha.submit()
    assert open_duties(service, "form.mentee-benefits:mentee") == []
    assert {answer.number for answer in rows(service, select(Answer)) if answer.part in scales} == {4.0}
    for name in ("lena", "mary", "mona"):
        other = service.person(name)
        press(service, other, ids.Action.OPEN_DOCUMENT, Ref("document", documents(service)[0].id))
        assert "isn't something you can open" in said(other.modal)
