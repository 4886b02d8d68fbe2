"""Everything written: versions, answers, signatures, notes. The text is sealed and opened here, under its owner's key.

Who may see it was decided before: call these from behind a door of bot.access.
"""

import secrets
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import bindparam, func, or_, tuple_, update
from sqlalchemy import select as select_columns
from sqlmodel import Session as Db
from sqlmodel import col, select

from storage import sealing
from storage.queries.prepared import list_rows
from storage.tables.delivery import AuditEvent
from storage.tables.written import AgreedAction, Answer, Document, Note, Party, Share, Signature
from storage.types import new_id

SALT_BYTES = 32
GONE = ("withdrawn", "superseded")


@dataclass(frozen=True)
class Answered:
    """One answer, opened."""

    part: str
    writer: str
    author_id: UUID
    text: str


@dataclass(frozen=True)
class Noted:
    """One note, opened."""

    id: UUID
    kind: str
    author_id: UUID
    text: str
    written_at: datetime


@dataclass(frozen=True)
class Carried:
    """One agreed action, goal or training need, opened."""

    id: UUID
    kind: str
    text: str
    added_on: date
    done_on: date | None


# ---- documents -------------------------------------------------------------------------------------------------------


def find_document(db: Db, document_id: UUID) -> Document | None:
    """Return one version of one document."""
    return db.get(Document, document_id)


def find_newest(db: Db, *, series: UUID) -> Document | None:
    """Return the newest version of a document that was not withdrawn."""
    return db.exec(_VERSIONS, params={"series": series}).first()


def list_versions(db: Db, *, series: UUID) -> Sequence[Document]:
    """Return the versions of a document that were not withdrawn, newest first."""
    return db.exec(_VERSIONS, params={"series": series}).all()


# Made once, as is all that is asked each time something written is opened.
_VERSIONS = (
    select(Document)
    .where(Document.series == bindparam("series"), Document.state != "withdrawn")
    .order_by(col(Document.number).desc())
)


def find_in_force(db: Db, *, series: UUID) -> Document | None:
    """Return the version of a document that is in force."""
    return db.exec(select(Document).where(Document.series == series, Document.state == "locked")).first()


def find_of_session(db: Db, *, session_id: UUID, form: str) -> Document | None:
    """Return the newest version of the record of a session."""
    return db.exec(_OF_SESSION, params={"session_id": session_id, "form": form}).first()


def find_of_relationship(db: Db, *, relationship_id: UUID, form: str) -> Document | None:
    """Return the newest version of a form about a pair."""
    return db.exec(_OF_RELATIONSHIP, params={"relationship_id": relationship_id, "form": form}).first()


def list_agreements(db: Db, *, relationship_id: UUID) -> Sequence[Document]:
    """Return the versions of a pair's agreements that are in force, out or being written."""
    asked = select(Document).where(Document.relationship_id == relationship_id, Document.kind == "agreement")
    return db.exec(asked.where(col(Document.state).not_in(GONE))).all()


def find_of_enrolment(db: Db, *, enrolment_id: UUID, form: str, author_id: UUID | None = None) -> Document | None:
    """Return the newest version of a form about an enrolled person, by one author where several write their own."""
    if author_id:
        values = {"enrolment_id": enrolment_id, "form": form, "author_id": author_id}
        return db.exec(_OF_ENROLMENT_BY, params=values).first()
    return db.exec(_OF_ENROLMENT, params={"enrolment_id": enrolment_id, "form": form}).first()


_NEWEST = (
    select(Document)
    .where(
        Document.form == bindparam("form"),
        col(Document.state).not_in(GONE),
        Document.kind != "preparation",
    )
    .order_by(col(Document.started_at).desc(), col(Document.number).desc())
)
_OF_SESSION = _NEWEST.where(Document.session_id == bindparam("session_id"))
_OF_RELATIONSHIP = _NEWEST.where(Document.relationship_id == bindparam("relationship_id"))
_OF_ENROLMENT = _NEWEST.where(Document.enrolment_id == bindparam("enrolment_id"), col(Document.session_id).is_(None))
_OF_ENROLMENT_BY = _OF_ENROLMENT.where(Document.author_id == bindparam("author_id"))


def find_preparation(db: Db, *, session_id: UUID, author_id: UUID) -> Document | None:
    """Return the private note somebody wrote for a session."""
    return db.exec(
        select(Document).where(
            Document.session_id == session_id, Document.author_id == author_id, Document.kind == "preparation"
        )
    ).first()


def list_of_session(db: Db, *, session_id: UUID) -> Sequence[Document]:
    """Return every shared form of a session, newest version first; private notes are left out."""
    asked = select(Document).where(
        Document.session_id == session_id, Document.kind != "preparation", col(Document.state).not_in(GONE)
    )
    return db.exec(asked.order_by(col(Document.number).desc())).all()


def list_written(db: Db, *, enrolment_id: UUID) -> Sequence[tuple[Document, tuple[Signature, ...]]]:
    """Return every document of an enrolment with its signatures: states and days only, no text.

    Two queries, whatever the number of documents.
    """
    asked = select(Document).where(Document.enrolment_id == enrolment_id)
    documents = db.exec(asked.order_by(col(Document.series), col(Document.number))).all()
    signatures = db.exec(
        select(Signature)
        .join(Document, col(Document.id) == Signature.document_id)
        .where(Document.enrolment_id == enrolment_id)
        .order_by(col(Signature.signed_at))
    ).all()
    return [(each, tuple(s for s in signatures if s.document_id == each.id)) for each in documents]


def list_by_author(db: Db, *, author_id: UUID, kinds: Collection[str], at_most: int = 50) -> Sequence[Document]:
    """Return what somebody wrote of these kinds, newest first."""
    asked = select(Document).where(
        Document.author_id == author_id, col(Document.kind).in_(kinds), col(Document.state).not_in(GONE)
    )
    return db.exec(asked.order_by(col(Document.started_at).desc()).limit(at_most)).all()


def list_shared_with(db: Db, *, person_id: UUID, at_most: int = 50) -> Sequence[Document]:
    """Return what others share with somebody now, newest first."""
    asked = (
        select(Document)
        .join(Share, col(Share.document_id) == Document.id)
        .where(Share.person_id == person_id, Share.kind == "shared", col(Share.ended_at).is_(None))
        .order_by(col(Share.given_at).desc())
    )
    return db.exec(asked.limit(at_most)).all()


def count_versions(db: Db, *, series: UUID) -> int:
    """Return how many versions of a document there ever were."""
    return db.exec(select(func.max(Document.number)).where(Document.series == series)).one() or 0


def add_document(db: Db, **values: Any) -> Document:
    """Begin a version of a document. It gets a series of its own unless one is given."""
    made = new_id()
    document = Document(id=made, **({"series": made} | values))
    db.add(document)
    db.flush()
    return document


def mark_document(db: Db, document: Document, **values: Any) -> bool:
    """Change a document that nobody changed since it was read, and raise its version; False when somebody was first."""
    statement = (
        update(Document)
        .where(col(Document.id) == document.id, col(Document.version) == document.version)
        .values(version=document.version + 1, **values)
        .execution_options(synchronize_session=False)
    )
    db.flush()
    changed = db.connection().execute(statement).rowcount == 1
    db.refresh(document)
    return changed


def delete_document(db: Db, document: Document) -> None:
    """Delete a draft for good, with everything in it."""
    for table in (Answer, Note, Share, Party):
        for row in db.exec(select(table).where(table.document_id == document.id)).all():
            db.delete(row)
    db.flush()
    db.delete(document)
    db.flush()


# ---- answers ---------------------------------------------------------------------------------------------------------


def list_answers(db: Db, document: Document, *, parts: Collection[str] | None = None) -> tuple[Answered, ...]:
    """Open every answer of a version, or those to some parts only."""
    asked = _ANSWERS if parts is None else _ANSWERS.where(col(Answer.part).in_(parts))
    rows = db.exec(asked, params={"document_id": document.id}).all()
    return tuple(Answered(row.part, row.writer, row.author_id, _open(db, document, row)) for row in rows)


_ANSWERS = select(Answer).where(Answer.document_id == bindparam("document_id"))
_ANSWER = _ANSWERS.where(Answer.part == bindparam("part"), Answer.writer == bindparam("writer"))


def list_sealed(db: Db, *, parts: Collection[tuple[str, str]]) -> list[dict[str, Any]]:
    """List the answers in force to some parts, each named with its form, as whole rows and sealed as they lie there."""
    asked = (
        select_columns(*Answer.__table__.columns)  # type: ignore[attr-defined]  # a table model has one
        .join(Document, col(Document.id) == col(Answer.document_id))
        .where(col(Document.state) == "locked", tuple_(col(Document.form), col(Answer.part)).in_(list(parts)))
    )
    return [dict(row) for row in db.connection().execute(asked).mappings()]


def put_answer(
    db: Db, document: Document, *, part: str, writer: str, author_id: UUID, text: str, number: float | None = None
) -> None:
    """Seal what was written in one part; nothing takes the answer away. `number` is a survey's scale, for counts."""
    row = db.exec(_ANSWER, params={"document_id": document.id, "part": part, "writer": writer}).first()
    if not text:
        if row:
            db.delete(row)
        return
    row = row or Answer(id=new_id(), document_id=document.id, part=part, writer=writer, author_id=author_id)
    row.author_id, row.number = author_id, number
    row.body = sealing.seal(db, text, owner=document.owner_id, table="answer", row_id=row.id, column="body")
    db.add(row)


def _open(db: Db, document: Document, row: Answer) -> str:
    if row.body is None:
        return ""
    return sealing.open_sealed(db, row.body, owner=document.owner_id, table="answer", row_id=row.id, column="body")


# ---- going out and signing -------------------------------------------------------------------------------------------


def add_salt(db: Db, document: Document) -> bytes:
    """Make the salt of what is signed and seal it with the text: erased together, the hash then tells nothing."""
    salt = secrets.token_bytes(SALT_BYTES)
    document.salt = sealing.seal(
        db, salt.hex(), owner=document.owner_id, table="document", row_id=document.id, column="salt"
    )
    db.add(document)
    return salt


def open_salt(db: Db, document: Document) -> bytes:
    """Open the salt of a document that went out."""
    assert document.salt is not None, "only what went out has a salt"
    text = sealing.open_sealed(
        db, document.salt, owner=document.owner_id, table="document", row_id=document.id, column="salt"
    )
    return bytes.fromhex(text)


def add_party(
    db: Db, document: Document, *, person_id: UUID, role: str, does: str, place: int, printed_name: str
) -> None:
    """Write down that somebody stands on this version."""
    db.add(
        Party(
            document_id=document.id,
            person_id=person_id,
            role=role,
            does=does,
            place=place,
            printed_name=printed_name,
        )
    )


def list_parties(db: Db, *, document_id: UUID) -> Sequence[Party]:
    """Return who stands on a version, signatories in the form's order."""
    return db.exec(_PARTIES, params={"document_id": document_id}).all()


def list_signatures(db: Db, *, document_id: UUID) -> Sequence[Signature]:
    """Return the signatures on a version, oldest first."""
    return db.exec(_SIGNATURES, params={"document_id": document_id}).all()


_PARTIES = (
    select(Party)
    .where(Party.document_id == bindparam("document_id"))
    .order_by(col(Party.does).desc(), col(Party.place), col(Party.printed_name))
)
_SIGNATURES = (
    select(Signature)
    .where(Signature.document_id == bindparam("document_id"))
    .order_by(col(Signature.signed_at), col(Signature.id))
)


def add_signature(db: Db, document: Document, **values: Any) -> Signature:
    """Add a signature over what a document says now. One in the same role again fails at the flush."""
    signature = Signature(document_id=document.id, content_hash=document.content_hash, **values)
    db.add(signature)
    db.flush()
    return signature


def find_opened_at(db: Db, *, document: Document, person_id: UUID) -> datetime | None:
    """Return when somebody last opened this version to read, from the audit log: written before the text is shown."""
    asked = select(AuditEvent.at).where(
        AuditEvent.about_id == document.owner_id,
        AuditEvent.actor_id == person_id,
        AuditEvent.verb == "read",
        AuditEvent.thing == f"document:{document.id}",
    )
    return db.exec(asked.order_by(col(AuditEvent.id).desc())).first()


# ---- notes and shares ------------------------------------------------------------------------------------------------


def add_note(db: Db, document: Document, *, kind: str, author_id: UUID, text: str, now: datetime) -> Note:
    """Seal a comment, a reason for changes or an addendum beside a document."""
    note = Note(id=new_id(), document_id=document.id, kind=kind, author_id=author_id, written_at=now)
    note.body = sealing.seal(db, text, owner=document.owner_id, table="note", row_id=note.id, column="body")
    db.add(note)
    db.flush()
    return note


def list_notes(db: Db, document: Document, *, series: bool = False) -> tuple[Noted, ...]:
    """Open the notes beside a version, or beside every version of it, oldest first."""
    if series:
        rows = db.exec(_NOTES_OF_SERIES, params={"series": document.series}).all()
    else:
        rows = db.exec(_NOTES, params={"document_id": document.id}).all()
    return tuple(_opened_note(db, document, row) for row in rows)


_NOTES = select(Note).where(Note.document_id == bindparam("document_id")).order_by(col(Note.written_at))
_NOTES_OF_SERIES = (
    select(Note)
    .join(Document, col(Document.id) == Note.document_id)
    .where(Document.series == bindparam("series"))
    .order_by(col(Note.written_at))
)


def _opened_note(db: Db, document: Document, row: Note) -> Noted:
    assert row.body is not None and row.written_at is not None
    text = sealing.open_sealed(db, row.body, owner=document.owner_id, table="note", row_id=row.id, column="body")
    return Noted(row.id, row.kind, row.author_id, text, row.written_at)


def find_share(db: Db, *, document_id: UUID, person_id: UUID, kind: str = "shared") -> Share | None:
    """Return a share that stands."""
    return db.exec(_SHARE, params={"document_id": document_id, "person_id": person_id, "kind": kind}).first()


_SHARE = select(Share).where(
    Share.document_id == bindparam("document_id"),
    Share.person_id == bindparam("person_id"),
    Share.kind == bindparam("kind"),
    col(Share.ended_at).is_(None),
)


class Standing(NamedTuple):
    """How somebody stands to a version."""

    is_party: bool
    is_shared_with: bool


def standing_of(db: Db, *, document_id: UUID, person_id: UUID) -> Standing:
    """Say whether somebody stands on a version, and whether it is shared with them."""
    found = list_rows(db, _STANDING, document_id=document_id, person_id=person_id, kind="shared")
    return Standing._make(found[0])


_STANDING = select_columns(
    select(Party.id)
    .where(Party.document_id == bindparam("document_id"), Party.person_id == bindparam("person_id"))
    .exists(),
    _SHARE.exists(),
)


def list_shares(db: Db, *, document_id: UUID) -> Sequence[Share]:
    """Return the shares of a document that stand."""
    return db.exec(select(Share).where(Share.document_id == document_id, col(Share.ended_at).is_(None))).all()


def add_share(db: Db, *, document_id: UUID, person_id: UUID, now: datetime) -> None:
    """Let somebody read a document until it is taken back; once is enough."""
    if find_share(db, document_id=document_id, person_id=person_id) is None:
        db.add(Share(document_id=document_id, person_id=person_id, kind="shared", given_at=now))
        db.flush()


# ---- what is carried forward -----------------------------------------------------------------------------------------


def add_agreed_action(
    db: Db, document: Document, *, kind: str, relationship_id: UUID | None, text: str, on: date
) -> AgreedAction:
    """Carry one thing forward, sealed under the key of the person it is about."""
    action = AgreedAction(
        id=new_id(),
        kind=kind,
        about_id=document.owner_id,
        document_id=document.id,
        relationship_id=relationship_id,
        added_on=on,
    )
    action.body = sealing.seal(db, text, owner=document.owner_id, table="agreedaction", row_id=action.id, column="body")
    db.add(action)
    return action


def list_agreed_actions(
    db: Db, *, about_id: UUID, kinds: Collection[str], relationship_id: UUID | None, ids: Collection[UUID] = ()
) -> tuple[Carried, ...]:
    """Open what is carried forward and not done, and these ids whether done or not, oldest first.

    Only what was agreed in this relationship: each relationship keeps its own record and readers.
    """
    wanted = or_(col(AgreedAction.done_on).is_(None), col(AgreedAction.id).in_(ids))
    asked = select(AgreedAction).where(
        AgreedAction.about_id == about_id,
        col(AgreedAction.kind).in_(kinds),
        AgreedAction.relationship_id == relationship_id,
        wanted,
    )
    rows = db.exec(asked.order_by(col(AgreedAction.added_on), col(AgreedAction.id))).all()
    return tuple(_opened_action(db, row) for row in rows)


def _opened_action(db: Db, row: AgreedAction) -> Carried:
    assert row.body is not None
    text = sealing.open_sealed(db, row.body, owner=row.about_id, table="agreedaction", row_id=row.id, column="body")
    return Carried(row.id, row.kind, text, row.added_on, row.done_on)


def mark_actions_done(db: Db, *, ids: Collection[UUID], about_id: UUID, on: date) -> None:
    """Close these actions of one person."""
    for row in db.exec(
        select(AgreedAction).where(
            col(AgreedAction.id).in_(ids), AgreedAction.about_id == about_id, col(AgreedAction.done_on).is_(None)
        )
    ).all():
        row.done_on = on
        db.add(row)


def get_form_of(db: Db, *, series: UUID) -> str:
    """Return the form that every version of one document follows."""
    return db.exec(select(Document.form).where(Document.series == series)).first() or ""
