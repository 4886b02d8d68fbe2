"""Who owes what by when; what was said, heard and done."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, Index, UniqueConstraint, text
from sqlmodel import SQLModel

from storage.types import Holds, column, key, maybe, moment, ref, sealed


class DueItem(SQLModel, table=True):
    """One row per rule, what it hangs on, its subject and period; one owner at a time."""

    __table_args__ = (
        UniqueConstraint("rule", "scope_id", "subject", "period"),
        Index(
            "ix_due_now", "next_nudge_at", sqlite_where=text("state = 'open'"), postgresql_where=text("state = 'open'")
        ),
        Index(
            "ix_due_mine",
            "owner_id",
            "due_on",
            sqlite_where=text("state = 'open'"),
            postgresql_where=text("state = 'open'"),
        ),
        Index("ix_due_enrolment", "enrolment_id"),
    )
    id: UUID = key()
    rule: str = column(Holds.STATUS)  # "form.supervision-record#sign:supervisee", "ask.sign-off"
    scope: str = column(Holds.STATUS)  # enrolment relationship session
    scope_id: UUID = column(Holds.TECHNICAL)
    subject: str = column(Holds.TECHNICAL, default="")  # "session:<id>", "course:fire", "criterion:on-call"
    period: str = column(Holds.STATUS)
    turn: int = column(Holds.STATUS, default=1)  # counts reopenings; the outbox key holds it
    version_id: UUID = ref("programmeversion")  # to say why, in the words of that day
    enrolment_id: UUID = ref("enrolment")
    owner_id: UUID = ref("person", Holds.PERSONAL)  # who is asked now; moves with cover or a new mentor
    about_id: UUID = ref("person", Holds.PERSONAL)
    ladder: str = column(Holds.STATUS, default="")
    opens_on: date = column(Holds.STATUS)
    asked_on: date | None = column(
        Holds.STATUS, default=None
    )  # when there was something to sign or write; said at once
    due_on: date = column(Holds.STATUS)
    state: str = column(Holds.STATUS, default="open")  # open arranged done excused cancelled
    rung: int = column(Holds.STATUS, default=0)  # how many steps of the ladder have been said
    next_nudge_at: datetime | None = moment(Holds.TECHNICAL)
    snoozed_until_on: date | None = column(Holds.STATUS, default=None)
    snoozes: int = column(Holds.STATUS, default=0)
    not_applicable: bool = column(Holds.STATUS, default=False)
    reason: bytes | None = sealed(Holds.SENSITIVE)  # why not applicable, under the owner's key
    reopened_because: str = column(Holds.STATUS, default="")  # which undoing opened it again
    closed_on: date | None = column(Holds.STATUS, default=None)
    counted_by: str = column(Holds.STATUS, default="")  # of working days: "scotland, holidays 0.109"
    version: int = column(Holds.TECHNICAL, default=1)


class Notice(SQLModel, table=True):
    """One step of one item's ladder, for one person, in the digest of one slot: each told once."""

    __table_args__ = (
        UniqueConstraint("due_item_id", "turn", "rung", "person_id"),
        Index("ix_notice_digest", "person_id", "digest_on"),
    )
    id: UUID = key()
    due_item_id: UUID = ref("dueitem")
    turn: int = column(Holds.TECHNICAL)
    rung: int = column(Holds.STATUS)
    person_id: UUID = ref("person", Holds.PERSONAL)
    told_as: str = column(Holds.STATUS)  # person supporter line-manager lead, as the ladder says
    digest_on: date = column(Holds.STATUS)  # the slot it belongs to


class Delivery(SQLModel, table=True):
    """One message owed to one person or channel: said once, found again by its opaque id."""

    __table_args__ = (
        Index(
            "ix_delivery_pending",
            "lane",
            "not_before",
            sqlite_where=text("status = 'pending'"),
            postgresql_where=text("status = 'pending'"),
        ),
        Index(
            "ix_delivery_sending",
            "lease_until",
            sqlite_where=text("status = 'sending'"),
            postgresql_where=text("status = 'sending'"),
        ),
        Index(
            "ix_delivery_uncertain",
            "retry_at",
            sqlite_where=text("status = 'uncertain'"),
            postgresql_where=text("status = 'uncertain'"),
        ),
        Index(
            "ix_delivery_parked",
            "retry_at",
            sqlite_where=text("status = 'parked'"),
            postgresql_where=text("status = 'parked'"),
        ),
        Index("ix_delivery_person", "person_id", "created_at"),
        Index("ix_delivery_conversation", "slack_channel", "slack_ts"),
    )
    id: UUID = key()
    said_once: str = column(Holds.TECHNICAL, unique=True)  # "digest:<person>:2026-12-18"
    opaque: str = column(Holds.TECHNICAL, unique=True)  # random, in Slack's metadata; means nothing to anyone else
    kind: str = column(Holds.STATUS)  # digest welcome reminder summary …: which message is built
    lane: int = column(Holds.TECHNICAL, default=2)  # 0 replies, 1 updates, 2 the rest
    person_id: UUID | None = maybe("person", Holds.PERSONAL)
    channel: str = column(Holds.TECHNICAL, default="")
    subject: dict[str, Any] = column(
        Holds.TECHNICAL, default_factory=dict, sa_type=JSON
    )  # ids only: what to say it about
    rules: list[str] = column(Holds.STATUS, default_factory=list, sa_type=JSON)  # the rules it spoke for, once sent
    status: str = column(
        Holds.STATUS, default="pending"
    )  # pending sending sent uncertain dead parked suppressed retired replaced
    created_at: datetime | None = moment()
    not_before: datetime | None = moment()  # programme time
    drop_after: datetime | None = moment()  # programme time after which it is no use
    retry_at: float = column(Holds.TECHNICAL, default=0.0)  # machine time, seconds since the epoch
    attempts: int = column(Holds.TECHNICAL, default=0)
    token: int = column(Holds.TECHNICAL, default=0)
    lease_until: float = column(Holds.TECHNICAL, default=0.0)  # machine time, seconds since the epoch
    slack_channel: str = column(Holds.TECHNICAL, default="")
    slack_ts: str = column(Holds.TECHNICAL, default="")
    after_ts: str = column(
        Holds.TECHNICAL, default=""
    )  # the last stamp known there before trying: where looking begins
    file_id: str = column(Holds.TECHNICAL, default="")
    sent_at: datetime | None = moment()
    why: str = column(Holds.STATUS, default="")  # a code: why it was not sent


class Inbox(SQLModel, table=True):
    """What came in and was done, with the answer given, so that the same thing again gets the same answer."""

    key: str = column(Holds.TECHNICAL, primary_key=True)
    seen_at: datetime | None = moment(index=True)
    person_id: UUID | None = maybe("person", Holds.PERSONAL)
    answer: bytes | None = sealed()  # under that person's key, for a form may show their words


class AuditEvent(SQLModel, table=True):
    """Who did or read what; ids only, chained."""

    id: int | None = column(Holds.TECHNICAL, default=None, primary_key=True)
    at: datetime | None = moment(index=True)
    actor_id: UUID | None = column(Holds.PERSONAL, default=None)  # no foreign keys: the log outlives what it speaks of
    about_id: UUID | None = column(Holds.PERSONAL, default=None, index=True)
    verb: str = column(Holds.STATUS)
    thing: str = column(Holds.TECHNICAL)
    chain: str = column(Holds.TECHNICAL)
