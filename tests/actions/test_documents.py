"""What is written, over both databases: who may open it, what a signature holds, what going out brings about."""

from dataclasses import dataclass
from datetime import timedelta
from itertools import product
from uuid import UUID

import pytest
from sqlmodel import Session as Db
from sqlmodel import select

from bot.access import access_document, access_reflection
from bot.actions import documents, documents_lists, documents_preparing, documents_signing, reflections, settle
from bot.actions.documents import Left, Wanted
from bot.actions.facts import know
from bot.errors import ContentChanged, NobodyToSign, NotAllowed, NotOpenedYet, NotYourTurn, StillMissing
from bot.rules.forms import Typed
from bot.rules.permissions import Purpose
from bot.rules.written import Writing
from bot.values import Who
from storage.database import Database
from storage.queries import documents as queries
from storage.queries import enrolments as enrolment_queries
from storage.queries import people as people_queries
from storage.tables.meetings import Session
from storage.tables.written import Answer, Document, Signature
from tests.factories import NINE, START, Service, make_pair, make_service, who

ANSWERS = {
    "agreement": {"approach": "both", "frequency": "every 2 weeks", "contact": "By phone.", "reply": "1 working day"},
    "mentoring-note": {"topic": "Rotas", "progress": "Works.", "mode": "ask", "next": "Asha rings", "focus": "Nights"},
}


@dataclass(frozen=True)
class World:
    """Ids of the people, and of one document of each kind and state."""

    service: Service
    documents: dict[str, UUID]


def typed(form: str) -> tuple[Typed, ...]:
    return tuple(Typed(part, text, "") for part, text in ANSWERS[form].items())


def write(db: Db, me: Who, wanted: Wanted) -> UUID:
    """Fill a form to its end."""
    screen = documents.open_wanted(db, me=me, wanted=wanted, now=NINE)
    left = Left(screen.head.ref.id, "", typed(wanted.form))
    documents.save_page(db, me=me, left=left, now=NINE)
    return screen.head.ref.id


def a_session(db: Db, service: Service) -> UUID:
    session = Session(
        kind="mentoring",
        version_id=service.version,
        enrolment_id=service.enrolment,
        relationship_id=service.relationship,
        about_id=service.mentee,
        led_by_id=service.mentor,
        planned_at=NINE,
        falls_on=START,
        state="held",
        held_on=START,
    )
    db.add(session)
    db.flush()
    settle.settle_enrolment(db, service.enrolment, now=NINE)
    return session.id


def share_record(db: Db, service: Service) -> UUID:
    mary = who(db, service.mentor)
    made = write(db, mary, documents.wanted_record(db, session_id=a_session(db, service)))
    documents.send_out(db, me=mary, document_id=made, now=NINE)
    return made


def sign(db: Db, me: Who, document_id: UUID) -> None:
    documents_signing.sign(db, me=me, document_id=document_id, workspace_id="T1", now=NINE)


def read(database: Database, person_id: UUID, document_id: UUID) -> None:
    """Open it in a transaction of its own, as people do before they sign."""
    with database.transaction() as db:
        documents.open_document(db, me=who(db, person_id), document_id=document_id, now=NINE)


@pytest.fixture
def world(database: Database) -> World:
    """Make one of everything: drafts, what is out, what is locked, reflections private and shared."""
    with database.transaction() as db:
        service = make_service(db)
        mary, asha = who(db, service.mentor), who(db, service.mentee)
        made = {"record draft": write(db, mary, documents.wanted_record(db, session_id=a_session(db, service)))}
        made["record out"] = share_record(db, service)
        wanted = documents.wanted_agreement(db, relationship_id=service.relationship)
        made["agreement draft"] = write(db, asha, wanted)
        for name in ("private reflection", "shared reflection"):
            made[name] = reflections.begin(db, me=asha, form="driscoll", now=NINE).head.ref.id
            for part in ("what", "so-what", "now-what"):
                reflections.turn_page(db, me=asha, left=Left(made[name], part, (Typed(part, "Words.", ""),)), now=NINE)
        reflections.share(db, me=asha, document_id=made["shared reflection"], with_ids=(service.mentor,), now=NINE)
    return World(service, made)


PEOPLE = ("mentee", "mentor", "co_mentor", "manager", "lead", "second_lead", "stranger")
MAY = {  # privacy.md, Roles and records: whoever is not named may not
    ("record draft", Purpose.WRITE): {"mentor"},
    ("record draft", Purpose.READ): {"mentor"},
    ("record draft", Purpose.MANAGE): {"mentor"},
    ("record draft", Purpose.SIGN): set(),
    ("record out", Purpose.READ): {"mentor", "mentee"},
    ("record out", Purpose.SIGN): {"mentor", "mentee"},
    ("record out", Purpose.WRITE): {"mentor"},
    ("agreement draft", Purpose.READ): {"mentor", "co_mentor", "mentee"},
    ("agreement draft", Purpose.WRITE): {"mentor", "co_mentor", "mentee"},
    ("agreement draft", Purpose.MANAGE): {"mentor", "co_mentor", "mentee"},
    ("agreement draft", Purpose.SIGN): set(),
    ("private reflection", Purpose.READ): {"mentee"},
    ("private reflection", Purpose.WRITE): {"mentee"},
    ("private reflection", Purpose.MANAGE): {"mentee"},
    ("shared reflection", Purpose.READ): {"mentee", "mentor"},
    ("shared reflection", Purpose.WRITE): {"mentee"},
    ("shared reflection", Purpose.MANAGE): {"mentee"},
}


def test_every_door_opens_to_whom_the_table_names_and_to_nobody_else(database: Database, world: World) -> None:
    for (name, purpose), person in product(MAY, PEOPLE):
        with database.transaction() as db:
            me = who(db, getattr(world.service, person), is_lead=person.endswith("lead"))
            door = access_reflection if "reflection" in name else access_document
            try:
                door(db, me=me, document_id=world.documents[name], now=NINE, purpose=purpose)
                opened = True
            except NotAllowed:
                opened = False
        assert opened is (person in MAY[name, purpose]), f"{person} {purpose} {name}"


def test_a_reflection_cannot_be_reached_by_the_door_of_documents_nor_a_record_by_that_of_reflections(
    database: Database, world: World
) -> None:
    with database.transaction() as db:
        mary, lena = who(db, world.service.mentor), who(db, world.service.lead, is_lead=True)
        for name in ("private reflection",):
            for me in (mary, lena):
                with pytest.raises(NotAllowed):
                    access_document(db, me=me, document_id=world.documents[name], now=NINE, purpose=Purpose.READ)
        with pytest.raises(NotAllowed):
            access_reflection(db, me=mary, document_id=world.documents["record out"], now=NINE, purpose=Purpose.READ)


def test_a_list_tells_others_where_a_record_stands_and_gives_them_nothing_to_open(
    database: Database, world: World
) -> None:
    with database.transaction() as db:
        session_id = queries.find_document(db, world.documents["record out"]).session_id  # type: ignore[union-attr]  # made above
        assert session_id
        documents_preparing.save_preparation(
            db, me=who(db, world.service.mentee), session_id=session_id, text="Mine.", now=NINE
        )
        lines = {
            person: documents_lists.list_documents_of_session(
                db, who(db, getattr(world.service, person)), session_id, now=NINE
            )[-1]
            for person in PEOPLE
        }
    assert {person for person, line in lines.items() if line.stage} == {"mentee", "mentor"}
    assert {(line.state, line.kind) for line in lines.values()} == {("out", "record")}
    assert set(lines["mentee"].waiting) == {"Asha Mentee", "Mary Mentor"}


def test_nobody_signs_what_they_have_not_opened(database: Database, world: World) -> None:
    record = world.documents["record out"]
    with database.transaction() as db, pytest.raises(NotOpenedYet):
        sign(db, who(db, world.service.mentee), record)
    read(database, world.service.mentee, record)
    with database.transaction() as db:
        sign(db, who(db, world.service.mentee), record)


def test_nobody_signs_twice_and_nobody_else_signs(database: Database, world: World) -> None:
    record = world.documents["record out"]
    read(database, world.service.mentee, record)
    with database.transaction() as db:
        sign(db, who(db, world.service.mentee), record)
    with database.transaction() as db:
        with pytest.raises(NotYourTurn):
            sign(db, who(db, world.service.mentee), record)
        for person in ("co_mentor", "manager", "lead", "stranger"):
            with pytest.raises(NotAllowed):
                sign(db, who(db, getattr(world.service, person)), record)
        assert len(db.exec(select(Signature)).all()) == 1


def test_a_text_that_is_not_what_went_out_cannot_be_signed(database: Database, world: World) -> None:
    record = world.documents["record out"]
    read(database, world.service.mentee, record)
    with database.transaction() as db:
        document = queries.find_document(db, record)
        assert document
        queries.put_answer(
            db, document, part="progress", writer="", author_id=world.service.mentor, text="Something else."
        )
    with database.transaction() as db, pytest.raises(ContentChanged):
        sign(db, who(db, world.service.mentee), record)


def test_a_changed_date_of_the_session_after_going_out_is_noticed_too(database: Database, world: World) -> None:
    record = world.documents["record out"]
    read(database, world.service.mentee, record)
    with database.transaction() as db:
        document = queries.find_document(db, record)
        session = db.get(Session, document.session_id) if document else None
        assert session
        session.held_on = START - timedelta(days=3)
        db.add(session)
    with database.transaction() as db, pytest.raises(ContentChanged):
        sign(db, who(db, world.service.mentee), record)


def test_a_draft_with_holes_does_not_go_out(database: Database) -> None:
    with database.transaction() as db:
        service = make_service(db)
        mary = who(db, service.mentor)
        wanted = documents.wanted_record(db, session_id=a_session(db, service))
        screen = documents.open_wanted(db, me=mary, wanted=wanted, now=NINE)
        with pytest.raises(StillMissing) as missing:
            documents.send_out(db, me=mary, document_id=screen.head.ref.id, now=NINE)
    assert "What has moved, and what is hard?" in missing.value.asks


@pytest.mark.requirement("000-02")
@pytest.mark.requirement("000-22")
def test_everybody_named_by_a_memorandum_is_asked_to_sign_it(database: Database) -> None:
    with database.transaction() as db:
        service = make_service(db, programme="str-worker", level="")
        made = documents.begin(db, me=who(db, service.mentee), wanted=Wanted(service.enrolment, "memorandum"), now=NINE)
        lena = who(db, service.lead)
        left = Left(made.id, "", (Typed("structure", "every month", ""),))
        documents.save_page(db, me=lena, left=left, now=NINE)
        screen = documents.send_out(db, me=lena, document_id=made.id, now=NINE)
    assert {each.name for each in screen.waiting} == {"Asha Mentee", "Lena Lead", "Leo Lead", "Mona Manager"}


def test_what_a_role_must_sign_does_not_go_out_while_nobody_fills_it(database: Database) -> None:
    with database.transaction() as db:
        service = make_service(db, programme="str-worker", level="")
        asha, person = who(db, service.mentee), people_queries.get_person(db, service.mentee)
        person.line_manager_id = None
        made = documents.begin(db, me=asha, wanted=Wanted(service.enrolment, "development-plan"), now=NINE)
        answers = (Typed("aims", "To lead a group.", ""), Typed("training", "Fire.", ""))
        documents.save_page(db, me=asha, left=Left(made.id, "", answers), now=NINE)
        with pytest.raises(NobodyToSign) as nobody:
            documents.send_out(db, me=asha, document_id=made.id, now=NINE)
    assert nobody.value.roles == ("Line manager",)


@pytest.mark.requirement("003-41")
def test_a_co_mentor_does_not_open_what_another_mentor_writes_of_themself(database: Database) -> None:
    with database.transaction() as db:
        service = make_service(db)
        mary, colin = who(db, service.mentor), who(db, service.co_mentor)
        profile = documents.begin(db, me=mary, wanted=Wanted(service.enrolment, "mentor-profile"), now=NINE)
        assert profile.owner_id == service.mentor
        for purpose in Purpose:
            with pytest.raises(NotAllowed):
                access_document(db, me=colin, document_id=profile.id, now=NINE, purpose=purpose)


def test_each_relationship_keeps_its_own_actions(database: Database) -> None:
    with database.transaction() as db:
        service = make_service(db)
        enrolment = enrolment_queries.get_enrolment(db, service.enrolment)
        other = make_pair(db, enrolment, "coaching", (service.stranger,))
        record = queries.find_document(db, share_record(db, service))
        assert record
        for pair, text in ((service.relationship, "Ours."), (other.id, "Theirs.")):
            queries.add_agreed_action(db, record, kind="actions", relationship_id=pair, text=text, on=START)
        wanted = documents.wanted_record(db, session_id=a_session(db, service))
        screen = documents.open_wanted(db, me=who(db, service.mentor), wanted=wanted, now=NINE)
    assert isinstance(screen, Writing)
    assert [line.text for line in screen.page.entries[0].lines] == ["Ours."]


def test_answers_of_one_row_put_in_anothers_place_do_not_open(database: Database, world: World) -> None:
    with database.transaction() as db:
        rows = db.exec(select(Answer).where(Answer.document_id == world.documents["record out"])).all()
        rows[0].body, rows[1].body = rows[1].body, rows[0].body
        db.add(rows[0])
        db.add(rows[1])
    with database.transaction() as db, pytest.raises(Exception, match="does not open"):
        documents.open_document(
            db, me=who(db, world.service.mentee), document_id=world.documents["record out"], now=NINE
        )


def test_what_settles_the_due_rows_takes_two_queries_and_no_text(database: Database, world: World) -> None:
    with database.transaction() as db:
        written = queries.list_written(db, enrolment_id=world.service.enrolment)
    states = {document.form: document.state for document, _ in written if document.kind == "record"}
    assert states["mentoring-note"] == "out"
    assert all(not hasattr(document, "text") for document, _ in written)


@pytest.mark.requirement("003-54")
def test_an_agreement_in_force_fills_in_its_rhythm(database: Database) -> None:
    with database.transaction() as db:
        service = make_service(db, agreed=False)
        asha = who(db, service.mentee)
        wanted = documents.wanted_agreement(db, relationship_id=service.relationship)
        made = write(db, asha, wanted)
        assert documents_lists.agreement_state(db, service.relationship).state == "draft"
        assert filled_in(db, service) == {}
        documents.send_out(db, me=asha, document_id=made, now=NINE)
    for person_id in (service.mentee, service.mentor, service.co_mentor):
        read(database, person_id, made)
        with database.transaction() as db:
            assert documents_lists.agreement_state(db, service.relationship).in_force_on is None
            sign(db, who(db, person_id), made)
    with database.transaction() as db:
        state = documents_lists.agreement_state(db, service.relationship)
        assert (state.state, state.in_force_on, state.waiting) == ("locked", START, ())
        assert filled_in(db, service) == {"session.mentoring.when": "every 2 weeks"}


def filled_in(db: Db, service: Service) -> dict[str, str]:
    return know(db, enrolment_queries.get_enrolment(db, service.enrolment), now=NINE).filled_in


def test_a_private_draft_survives_a_change_of_mentor_unread(database: Database, world: World) -> None:
    with database.transaction() as db:
        for document in db.exec(select(Document).where(Document.kind == "reflection")).all():
            assert document.owner_id == document.author_id == world.service.mentee
            assert document.shared_at is None
