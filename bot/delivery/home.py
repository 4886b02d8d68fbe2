"""Publishing a Home tab: built at the moment of sending, never over a newer one."""

from datetime import datetime
from uuid import UUID

from sqlmodel import Session as Db

from bot.access import access_workspace
from bot.actions.home import get_home
from bot.actions.home_refreshing import HOME, owe_home
from bot.delivery.outgoing import HomeView
from bot.delivery.slack_calls import Outcome, SlackCalls
from bot.errors import SetUpUnfinished
from prompts.errors import sentence
from prompts.home import home_view, notice_view
from storage.database import Database
from storage.queries import deliveries as delivery_queries
from storage.queries import people as people_queries
from storage.tables.delivery import Delivery

_NEWER_IS_THERE = "hash_conflict"


def build_home(db: Db, row: Delivery, now: datetime) -> HomeView:
    """Build a person's Home as it stands now, to replace the one they are known to see.

    Until there are two leads it says whom to ask.
    """
    assert row.person_id is not None
    person = people_queries.get_person(db, row.person_id)
    try:
        me = access_workspace(db, slack_id=person.slack_id or "", now=now)
    except SetUpUnfinished as why:
        return HomeView(notice_view(sentence(why)), person.home_hash)
    return HomeView(home_view(get_home(db, me=me, now=now)), person.home_hash)


def publish_home(
    database: Database, slack: SlackCalls, *, person_id: UUID, slack_id: str, home: HomeView, now: datetime
) -> Outcome:
    """Publish a Home and keep its hash; over a newer one it is dropped. `now` is programme time."""
    outcome = slack.publish_home(slack_id, home.view, home.hash)
    with database.transaction() as db:
        person = people_queries.get_person(db, person_id)
        if outcome.is_ok:
            person.home_hash = str((outcome.data.get("view") or {}).get("hash") or "")
            delivery_queries.delete_settled(db, person_id=person_id, kind=HOME)  # many a day, and only this one is seen
        elif outcome.code == _NEWER_IS_THERE and person.home_hash == home.hash:
            person.home_hash = ""  # nobody knows what is there: the next one goes over it, whatever it is
        elif outcome.code == _NEWER_IS_THERE:
            owe_home(db, person_id, now=now)  # two of ours crossed, and the older one may have won
    return outcome
