"""The doors: every access_… fetches a record and checks that this person may see it, or raises a sentence.

The default is deny (privacy.md, Roles and records). Opening another person's text leaves an audit row in the same
transaction; if that cannot be written, the text is not shown.
"""

from datetime import datetime
from zoneinfo import ZoneInfo

from sqlmodel import Session as Db

from bot.errors import NotOnTheList, SetUpUnfinished
from bot.values import Who
from storage.queries import people as people_queries
from storage.tables.people import Person

LEADS_NEEDED = 2  # privacy.md, Doors: leads come from the people list, always two


def access_workspace(db: Db, *, slack_id: str, now: datetime) -> Who:
    """Let somebody in by their Slack account. Raises NotOnTheList, or SetUpUnfinished until there are two leads."""
    person = people_queries.find_person_by_slack_id(db, slack_id)
    if person is None or has_left(person, now):
        raise NotOnTheList
    today = now.date()
    leads = people_queries.list_role_holders(db, role=people_queries.LEAD, on=today)
    if len(leads) < LEADS_NEEDED:
        raise SetUpUnfinished(tuple(lead.name for lead in leads))
    is_lead = any(lead.id == person.id for lead in leads)
    return Who(person.id, slack_id, person.name, person.zone, is_lead)


def has_left(person: Person, now: datetime) -> bool:
    """Say whether somebody's last day is over where they are."""
    return person.leaves_on is not None and person.leaves_on < now.astimezone(ZoneInfo(person.zone)).date()
