"""Reading the workspace's people once, for those who were there before Handrail came or joined while it was away."""

from datetime import datetime
from typing import Any

from bot.actions import slack_people
from bot.delivery.slack_calls import SlackCalls
from storage.database import Database

_AT_ONCE = 100  # people to a transaction


def refresh_people(database: Database, calls: SlackCalls, *, team_id: str, now: datetime) -> int:
    """Recognise everyone on the people list among the workspace's accounts; return how many changed.

    Stops quietly where Slack does not answer: the next start, or the person's own next change, tells the rest.
    """
    changed, cursor = 0, ""
    while True:
        page = calls.list_people(cursor)
        users = page.data.get("members") or []
        for start in range(0, len(users), _AT_ONCE):
            changed += _recognise(database, users[start : start + _AT_ONCE], team_id, now)
        cursor = (page.data.get("response_metadata") or {}).get("next_cursor") or ""
        if not page.is_ok or not cursor:
            return changed


def _recognise(database: Database, users: list[dict[str, Any]], team_id: str, now: datetime) -> int:
    accounts = [found for user in users if (found := slack_people.read_account(user, team_id))]
    with database.reading() as db:
        news = [account for account in accounts if slack_people.brings_news(db, account)]
    if not news:
        return 0
    with database.transaction() as db:
        return sum(slack_people.recognise(db, account=account, now=now) for account in news)
