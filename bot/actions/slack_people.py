"""What Slack tells of people: who joined, moved zone, was switched off. Kept only of those on the people list."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from sqlmodel import Session as Db

from bot.access import has_left
from bot.actions import my_time, welcomes
from bot.rules.working_days import local_date
from storage.queries import deliveries as delivery_queries
from storage.queries import people as people_queries
from storage.queries.deliveries import REPLIES
from storage.tables.people import Person

WHERE_TO_WRITE = "where_to_write"


class Standing(StrEnum):
    """How somebody stands in the workspace. A guest of it is a person like any other; a stranger is another's."""

    HERE = "here"
    DEACTIVATED = "deactivated"
    STRANGER = "stranger"


@dataclass(frozen=True)
class Account:
    """All that we keep of a Slack account."""

    slack_id: str
    standing: Standing
    email: str = ""
    name: str = ""
    zone: str = ""


def read_account(user: dict[str, Any], team_id: str) -> Account | None:
    """Read a user as Slack describes them to the workspace `team_id`; None for a bot."""
    if user.get("is_bot") or user.get("id") == "USLACKBOT":
        return None
    profile = user.get("profile") or {}
    return Account(
        slack_id=user["id"],
        standing=_standing(user, team_id),
        email=(profile.get("email") or "").strip().lower(),
        name=profile.get("real_name") or user.get("real_name") or "",
        zone=user.get("tz") or "",
    )


def is_on_list(db: Db, account: Account) -> bool:
    """Say whether an account is somebody's on the people list."""
    return _find(db, account) is not None


def brings_news(db: Db, account: Account) -> bool:
    """Say whether an account is somebody's on the people list and differs from what is kept of them."""
    person = _find(db, account)
    return person is not None and bool(_changes(person, account))


def recognise(db: Db, *, account: Account, now: datetime) -> bool:
    """Keep what an account says of somebody on the people list, known by it or by e-mail; say if anything changed.

    Who was waited for is welcomed if the others were. Another zone moves what was going to be said to them.
    """
    person = _find(db, account)
    changes = _changes(person, account) if person else {}
    if person is None or not changes:
        return False
    has_joined = "slack_id" in changes
    for name, value in changes.items():
        setattr(person, name, value)
    db.flush()
    if "zone" in changes or "in_slack" in changes:
        my_time.replan(db, person_id=person.id, now=now)
    if "in_slack" in changes and person.in_slack == Standing.HERE:
        delivery_queries.release_parked(db, person_id=person.id)
    if has_joined and person.in_slack == Standing.HERE:
        welcomes.welcome_who_joined(db, person_id=person.id, now=now)
    return True


def answer_message(db: Db, *, slack_id: str, now: datetime) -> bool:
    """Owe somebody who wrote to us one line saying where to write, at most once a day. What they wrote is not kept.

    Return whether it is owed anew.
    """
    person = people_queries.find_person_by_slack_id(db, slack_id)
    if person is None or has_left(person, now):
        return False
    owed = delivery_queries.add_delivery(
        db,
        kind=WHERE_TO_WRITE,
        said_once=f"{WHERE_TO_WRITE}:{person.id}:{local_date(now, person.zone)}",
        person_id=person.id,
        lane=REPLIES,
        not_before=now,
        created_at=now,
    )
    return owed is not None


def _standing(user: dict[str, Any], team_id: str) -> Standing:
    teams = {user.get("team_id"), *((user.get("enterprise_user") or {}).get("teams") or ())}
    if user.get("is_stranger") or team_id not in teams:
        return Standing.STRANGER
    return Standing.DEACTIVATED if user.get("deleted") else Standing.HERE


def _find(db: Db, account: Account) -> Person | None:
    """Find whose account this is; by e-mail only for an account here, of somebody who has no other in use."""
    known = people_queries.find_person_by_slack_id(db, account.slack_id)
    if known or account.standing is not Standing.HERE or not account.email:
        return known
    person = people_queries.find_person_by_email(db, account.email)
    return person if person and (person.slack_id is None or person.in_slack == Standing.DEACTIVATED) else None


def _changes(person: Person, account: Account) -> dict[str, str]:
    """Return what is to be kept anew. The people list's name stands, and a zone set by hand."""
    kept = {"slack_id": account.slack_id, "in_slack": str(account.standing)}
    if person.slack_id != account.slack_id:
        kept["dm_channel"] = ""
    if account.name and not person.name:
        kept["name"] = account.name
    if not person.zone_is_ours and account.standing is Standing.HERE and _is_zone(account.zone):
        kept["zone"] = account.zone
    return {name: value for name, value in kept.items() if getattr(person, name) != value}


def _is_zone(name: str) -> bool:
    try:
        return bool(name) and ZoneInfo(name) is not None
    except (ZoneInfoNotFoundError, ValueError):
        return False
