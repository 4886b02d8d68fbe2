"""Welcomes, and what is said when a line manager supports somebody: built from their rows at the moment of sending."""

from datetime import datetime
from uuid import UUID

from sqlmodel import Session as Db

from bot.actions.catalogue import programme_of
from bot.actions.welcomes import find_colleague_welcome, find_welcome
from bot.delivery.outgoing import Outgoing, Suppressed
from prompts.pairing import line_manager_message
from prompts.people import where_to_write_message
from prompts.welcome import colleague_welcome_message, welcome_message
from storage.queries import people as people_queries
from storage.tables.delivery import Delivery
from storage.tables.together import Relationship


def build_welcome(db: Db, row: Delivery, now: datetime) -> Outgoing:
    """Build somebody's welcome to a programme as their place stands."""
    by = row.subject.get("by")
    facts = find_welcome(db, enrolment_id=UUID(row.subject["enrolment"]), by_id=UUID(by) if by else None, now=now)
    return welcome_message(facts) if facts else Suppressed("no_longer_enrolled")


def build_colleague_welcome(db: Db, row: Delivery, now: datetime) -> Outgoing:
    """Build the welcome of somebody who supports or manages people on a programme."""
    assert row.person_id is not None
    by = row.subject.get("by")
    facts = find_colleague_welcome(
        db,
        person_id=row.person_id,
        programme=row.subject["programme"],
        by_id=UUID(by) if by else None,
        now=now,
    )
    return colleague_welcome_message(facts) if facts else Suppressed("supports_nobody")


def build_line_manager_supports(db: Db, row: Delivery, now: datetime) -> Outgoing:
    """Tell a line manager who supports, or whom they support, what that means."""
    pair = db.get(Relationship, UUID(row.subject["relationship"]))
    if pair is None or pair.state == "closed":
        return Suppressed("no_longer_paired")
    is_supporter = row.person_id != pair.about_id
    other = people_queries.get_person(db, pair.about_id if is_supporter else UUID(row.subject["supporter"]))
    title = programme_of(db, pair.version_id).relationship[pair.kind].title
    return line_manager_message(is_supporter=is_supporter, other=other.name, title=title)


def build_where_to_write(db: Db, row: Delivery, now: datetime) -> Outgoing:
    """Tell somebody who wrote to us where to write."""
    return where_to_write_message()
