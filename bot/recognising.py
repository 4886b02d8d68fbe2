"""Finding in Slack the people who were imported by e-mail alone. Those who join later are recognised as they do."""

import logging
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.actions import slack_people
from storage.database import Database
from storage.queries import health as health_queries

_ONE_BY_ONE = 40  # more than that are found faster in the list of everybody (slack-rules section 14)
_PAGE = 200
_log = logging.getLogger("handrail.recognising")


def recognise_waiting(database: Database, client: WebClient, *, now: datetime) -> int:
    """Look for everyone who waits, and return how many were recognised. What Slack will not answer now waits on."""
    with database.reading() as db:
        waiting = health_queries.list_waiting_addresses(db)
    if not waiting:
        return 0
    try:
        team_id = client.auth_test()["team_id"]
        found = _look_up(client, waiting) if len(waiting) <= _ONE_BY_ONE else _list_everybody(client, set(waiting))
        return sum(_recognise(database, user, team_id, now) for user in found)
    except (SlackApiError, OSError) as why:
        _log.warning("Slack could not be asked who is there (%s); it is tried again in an hour", type(why).__name__)
        return 0


def look_again(database: Database, client: WebClient, *, now: datetime) -> int:
    """Ask after the first forty whose accounts were off: one that came back while we were away would never be heard of.

    Return how many are here again.
    """
    with database.reading() as db:
        off = health_queries.list_switched_off(db, today=now.date())
    if not off:
        return 0
    try:
        team_id = client.auth_test()["team_id"]
        found = (client.users_info(user=slack_id)["user"] for slack_id in off[:_ONE_BY_ONE])
        return sum(_recognise(database, user, team_id, now) for user in found)
    except (SlackApiError, OSError) as why:
        _log.warning("Slack could not be asked who is back (%s); it is tried again in an hour", type(why).__name__)
        return 0


def _recognise(database: Database, user: dict[str, Any], team_id: str, now: datetime) -> bool:
    account = slack_people.read_account(user, team_id)
    if account is None:
        return False
    with database.transaction() as db:
        return slack_people.recognise(db, account=account, now=now)


def _look_up(client: WebClient, addresses: Iterable[str]) -> Iterator[dict[str, Any]]:
    for address in addresses:
        try:
            yield client.users_lookupByEmail(email=address)["user"]
        except SlackApiError as why:
            if why.response["error"] != "users_not_found":
                raise


def _list_everybody(client: WebClient, addresses: set[str]) -> Iterator[dict[str, Any]]:
    for page in client.users_list(limit=_PAGE):
        for user in page["members"]:
            if str(user.get("profile", {}).get("email", "")).lower() in addresses:
                yield user
