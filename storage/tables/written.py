"""Everything written: agreements, records, reviews, reflections; their signatures, shares and notes."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, text
from sqlmodel import SQLModel

from storage.types import Holds, column, key, maybe, moment, ref, sealed


class Document(SQLModel, table=True):
    """One version of one thing written. It hangs on a session, a relationship, or else on its owner."""

    __table_args__ = (
        UniqueConstraint("series", "number"),
        CheckConstraint("relationship_id IS NULL OR session_id IS NULL", name="hangs_on_one"),
        Index("ix_document_owner", "owner_id", "form"),
    )
    id: UUID = key()
    series: UUID = column(Holds.TECHNICAL)  # the same for every version of one agreement or record
    number: int = column(Holds.STATUS, default=1)
    form: str = column(Holds.STATUS)
    kind: str = column(Holds.STATUS)  # agreement record review plan reflection …, from the card
    version_id: UUID = ref("programmeversion")
    level: str = column(Holds.STATUS, default="")  # of the participant when it was begun: which parts bind
    enrolment_id: UUID | None = maybe("enrolment", index=True)
    owner_id: UUID = ref("person", Holds.PERSONAL)  # whom the text is about; their key seals it
    relationship_id: UUID | None = maybe("relationship", index=True)
    session_id: UUID | None = maybe("session", index=True)
    author_id: UUID = ref("person", Holds.PERSONAL, index=True)
    state: str = column(Holds.STATUS, default="draft")  # draft out returned locked superseded withdrawn
    outcome: str = column(Holds.STATUS, default="")
    content_hash: str = column(Holds.STATUS, default="")  # set when it goes out; signatures are over it
    salt: bytes | None = sealed()
    started_at: datetime | None = moment()
    shared_at: datetime | None = moment()  # when it went out for signing or reading
    returned_at: datetime | None = moment()  # when changes were asked for
    in_force_on: date | None = column(Holds.STATUS, default=None)
    ended_on: date | None = column(Holds.STATUS, default=None)
    kept_elsewhere: bool = column(Holds.STATUS, default=False)  # written outside Handrail; only dates are here
    page: str = column(Holds.STATUS, default="")  # the first part of the page at which writing was left
    version: int = column(Holds.TECHNICAL, default=1)


class Answer(SQLModel, table=True):
    """What was written in one part of a form by one role."""

    __table_args__ = (UniqueConstraint("document_id", "part", "writer"),)
    id: UUID = key()
    document_id: UUID = ref("document", index=True)
    part: str = column(Holds.STATUS)
    writer: str = column(Holds.STATUS, default="")  # the role that wrote it, where two write the same part
    author_id: UUID = ref("person", Holds.PERSONAL)
    body: bytes | None = sealed()
    number: float | None = column(Holds.STATUS, default=None)  # a survey's scales only, for counts


class Party(SQLModel, table=True):
    """Who stood on one version when it went out, under which name: they may read it, and those who must, sign it."""

    __table_args__ = (UniqueConstraint("document_id", "role", "person_id", "does"),)
    id: UUID = key()
    document_id: UUID = ref("document", index=True)
    person_id: UUID = ref("person", Holds.PERSONAL, index=True)
    role: str = column(Holds.STATUS)
    does: str = column(Holds.STATUS)  # sign acknowledge read
    place: int = column(Holds.STATUS, default=0)  # of the role, in the order of the form
    printed_name: str = column(Holds.PERSONAL)


class Signature(SQLModel, table=True):
    """That one person assented to one content hash, in one role."""

    __table_args__ = (UniqueConstraint("document_id", "role", "person_id"),)
    id: UUID = key()
    document_id: UUID = ref("document", index=True)
    person_id: UUID = ref("person", Holds.PERSONAL)
    role: str = column(Holds.STATUS)
    printed_name: str = column(Holds.PERSONAL)
    meaning: str = column(Holds.STATUS, default="signed")  # signed acknowledged paper
    content_hash: str = column(Holds.STATUS)
    scheme: str = column(Holds.TECHNICAL, default="handrail-sign-1")
    opened_at: datetime | None = moment()  # when the full text was last opened by the signer at that version
    signed_at: datetime | None = moment()
    workspace_id: str = column(Holds.TECHNICAL, default="")
    slack_id: str = column(Holds.PERSONAL, default="")
    paper_on: date | None = column(Holds.STATUS, default=None)
    entered_by_id: UUID | None = maybe("person", Holds.PERSONAL)  # who says so, for a signature on paper
    seen_by: str = column(Holds.PERSONAL, default="")  # who saw it being signed, for a signature on paper


class Share(SQLModel, table=True):
    """Who, beyond the form's own audience, may read it: shared (revocable) or released (a frozen copy)."""

    __table_args__ = (
        Index(
            "ix_share_live",
            "document_id",
            "person_id",
            "kind",
            unique=True,
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
    )
    id: UUID = key()
    document_id: UUID = ref("document", index=True)
    person_id: UUID | None = maybe("person", Holds.PERSONAL, index=True)
    kind: str = column(Holds.STATUS)  # shared released
    given_at: datetime | None = moment()
    ended_at: datetime | None = moment()


class Note(SQLModel, table=True):
    """Said about a document and never changing it: a comment, why it was returned, an addendum."""

    id: UUID = key()
    document_id: UUID = ref("document", index=True)
    kind: str = column(Holds.STATUS)  # comment returned addendum
    author_id: UUID = ref("person", Holds.PERSONAL)
    body: bytes | None = sealed()  # under the key of the document's owner
    written_at: datetime | None = moment()


class AgreedAction(SQLModel, table=True):
    """What a document carries forward: an action, a goal or a training need."""

    __table_args__ = (
        Index(
            "ix_agreedaction_open",
            "about_id",
            sqlite_where=text("done_on IS NULL"),
            postgresql_where=text("done_on IS NULL"),
        ),
    )
    id: UUID = key()
    kind: str = column(Holds.STATUS, default="actions")  # the part's carries_to
    about_id: UUID = ref("person", Holds.PERSONAL)
    document_id: UUID = ref("document", index=True)
    relationship_id: UUID | None = maybe("relationship")
    body: bytes | None = sealed()  # under the key of the person it is about
    added_on: date = column(Holds.STATUS)
    done_on: date | None = column(Holds.STATUS, default=None)
