"""Counts for Home and summaries: how many, never what was written. Reflections are counted nowhere (privacy.md)."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, func, or_
from sqlmodel import Session as Db
from sqlmodel import col, select

from storage.tables.delivery import DueItem
from storage.tables.meetings import Session
from storage.tables.people import Person, Team
from storage.tables.programmes import Enrolment
from storage.tables.progress import CriterionProgress, SignOff, TrainingRecord
from storage.tables.together import Membership, Relationship
from storage.tables.written import Document, Signature

_INVITATION = "%#invite"  # to reflect: whether and when somebody writes is seen by nobody else


@dataclass(frozen=True)
class Places:
    """How many are on a programme, and how many of them wait for what only a lead can decide."""

    enrolled: int
    not_welcomed: int
    not_paired: int
    not_agreed: int
    left: int


# ---- who is meant ----------------------------------------------------------------------------------------------------


def list_managed(db: Db, *, manager_id: UUID, on: date) -> Sequence[UUID]:
    """Return the live enrolments of those whom somebody line-manages, or whose team they manage."""
    return db.exec(
        select(Enrolment.id)
        .join(Person, col(Person.id) == Enrolment.person_id)
        .outerjoin(Team, col(Team.id) == Person.team_id)
        .where(
            *_live(),
            or_(col(Person.line_manager_id) == manager_id, col(Team.manager_id) == manager_id),
            Enrolment.person_id != manager_id,
            or_(col(Person.leaves_on).is_(None), col(Person.leaves_on) >= on),
        )
    ).all()


def count_participants(db: Db, *, programme: str) -> int:
    """Count who is on a programme now."""
    return _one(db, select(func.count()).select_from(Enrolment).where(*_live(programme)))


def count_most_supported(db: Db, *, programme: str, on: date) -> int:
    """Return how many of a programme's participants the one supporter who has most of them supports."""
    by_supporter = (
        select(func.count(col(Enrolment.person_id).distinct()).label("helped"))
        .select_from(Membership)
        .join(Relationship, col(Relationship.id) == Membership.relationship_id)
        .join(Enrolment, col(Enrolment.id) == Relationship.enrolment_id)
        .where(
            *_live(programme),
            Relationship.state != "closed",
            Membership.person_id != Enrolment.person_id,
            Membership.from_on <= on,
            or_(col(Membership.until_on).is_(None), col(Membership.until_on) >= on),
        )
        .group_by(col(Membership.person_id))
        .subquery()
    )
    return _one(db, select(func.coalesce(func.max(by_supporter.c.helped), 0)))


def count_places(db: Db, *, programme: str, on: date) -> Places:
    """Count who is on a programme, and who waits: for a welcome, a supporter, an agreement, or to be ended."""
    enrolled = select(func.count()).select_from(Enrolment).where(*_live(programme))
    left = enrolled.join(Person, col(Person.id) == Enrolment.person_id).where(col(Person.leaves_on) < on)
    unpaired = _due_of(programme, func.count(col(DueItem.enrolment_id).distinct()))
    waiting = (
        select(func.count(col(Enrolment.id).distinct()))
        .join(Relationship, col(Relationship.enrolment_id) == Enrolment.id)
        .where(*_live(programme), Relationship.state == "waiting")
    )
    return Places(
        enrolled=_one(db, enrolled),
        not_welcomed=_one(db, enrolled.where(col(Enrolment.welcomed_at).is_(None))),
        not_paired=_one(db, unpaired.where(DueItem.rule == "ask.pair")),
        not_agreed=_one(db, waiting),
        left=_one(db, left),
    )


# ---- late and to come ------------------------------------------------------------------------------------------------


def count_late(db: Db, *, enrolment_ids: Collection[UUID], today: date) -> dict[UUID, int]:
    """Count what is open past its day in each of these enrolments."""
    asked = (
        select(DueItem.enrolment_id, func.count())
        .where(col(DueItem.enrolment_id).in_(enrolment_ids), *_is_late(today))
        .group_by(col(DueItem.enrolment_id))
    )
    return dict(db.exec(asked).all()) if enrolment_ids else {}


def count_people_late(db: Db, *, programme: str, today: date) -> int:
    """Count the participants of a programme about whom anything is open past its day, whoever is asked for it."""
    late = _due_of(programme, func.count(col(DueItem.about_id).distinct()))
    return _one(db, late.where(*_is_late(today)))


def count_due_by_rule(db: Db, *, programme: str, first: date, last: date) -> dict[str, int]:
    """Count what is open and falls due from a day to a day, by rule; invitations to reflect are left out."""
    asked = _due_of(programme, DueItem.rule, func.count()).where(
        DueItem.due_on >= first, DueItem.due_on <= last, col(DueItem.rule).not_like(_INVITATION)
    )
    return dict(db.exec(asked.group_by(DueItem.rule)).all())


def count_planned(db: Db, *, programme: str, after: datetime, until: datetime) -> int:
    """Count the meetings planned to begin after one moment and by another."""
    planned = (Session.state == "planned", col(Session.planned_at) > after, col(Session.planned_at) <= until)
    return _one(db, _of_programme(Session, programme).where(*planned))


def find_next_meetings(db: Db, *, enrolment_ids: Collection[UUID], after: datetime) -> dict[UUID, datetime]:
    """Return when the next planned meeting of each of these enrolments begins."""
    asked = (
        select(Session.enrolment_id, func.min(Session.planned_at))
        .where(
            col(Session.enrolment_id).in_(enrolment_ids), Session.state == "planned", col(Session.planned_at) > after
        )
        .group_by(col(Session.enrolment_id))
    )
    return {one: at for one, at in db.exec(asked).all() if one and at} if enrolment_ids else {}


# ---- done ------------------------------------------------------------------------------------------------------------


def count_held(db: Db, *, programme: str, after: datetime, until: datetime) -> int:
    """Count the meetings that somebody said, after one moment and by another, were held."""
    held = (Session.state == "held", col(Session.changed_at) > after, col(Session.changed_at) <= until)
    return _one(db, _of_programme(Session, programme).where(*held))


def count_signed(db: Db, *, programme: str, kind: str, after: datetime, until: datetime) -> int:
    """Count the documents of a kind whose last signature was given after one moment and by another."""
    completed = (
        select(Document.id)
        .join(Enrolment, col(Enrolment.id) == Document.enrolment_id)
        .join(Signature, col(Signature.document_id) == Document.id)
        .where(
            Enrolment.programme == programme,
            Document.kind == kind,
            col(Document.state).in_(("locked", "superseded")),
        )
        .group_by(col(Document.id))
        .having(func.max(Signature.signed_at) > after, func.max(Signature.signed_at) <= until)
        .subquery()
    )
    return _one(db, select(func.count()).select_from(completed))


def count_signed_off(db: Db, *, programme: str, after: datetime, until: datetime) -> int:
    """Count the criteria of which a signature was given after one moment and by another, and stands."""
    asked = (
        select(func.count(col(SignOff.progress_id).distinct()))
        .join(CriterionProgress, col(CriterionProgress.id) == SignOff.progress_id)
        .join(Enrolment, col(Enrolment.id) == CriterionProgress.enrolment_id)
        .where(
            Enrolment.programme == programme,
            SignOff.outcome == "met",
            col(SignOff.withdrawn_at).is_(None),
            col(SignOff.signed_at) > after,
            col(SignOff.signed_at) <= until,
        )
    )
    return _one(db, asked)


def count_verified(db: Db, *, programme: str, after: datetime, until: datetime) -> int:
    """Count the courses of participants that somebody checked after one moment and by another."""
    asked = (
        select(func.count(col(TrainingRecord.id).distinct()))
        .join(Enrolment, col(Enrolment.person_id) == TrainingRecord.person_id)
        .where(
            *_live(programme),
            col(TrainingRecord.withdrawn_at).is_(None),
            col(TrainingRecord.verified_at) > after,
            col(TrainingRecord.verified_at) <= until,
        )
    )
    return _one(db, asked)


# ---- pieces ----------------------------------------------------------------------------------------------------------


def _live(programme: str = "") -> tuple[ColumnElement[bool], ...]:
    live = (col(Enrolment.ended_on).is_(None), col(Enrolment.state) == "active")
    return (*live, col(Enrolment.programme) == programme) if programme else live


def _is_late(today: date) -> tuple[ColumnElement[bool], ...]:
    return col(DueItem.state) == "open", col(DueItem.due_on) < today, col(DueItem.rule).not_like(_INVITATION)


def _due_of(programme: str, *asked: Any) -> Any:
    return (
        select(*asked)
        .select_from(DueItem)
        .join(Enrolment, col(Enrolment.id) == DueItem.enrolment_id)
        .where(*_live(programme), DueItem.state == "open")
    )


def _of_programme(table: type[Session], programme: str) -> Any:
    counted = select(func.count()).select_from(table).join(Enrolment, col(Enrolment.id) == table.enrolment_id)
    return counted.where(Enrolment.programme == programme)


def _one(db: Db, asked: Any) -> int:
    return int(db.exec(asked).one())
