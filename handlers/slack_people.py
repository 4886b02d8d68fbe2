"""What Slack tells by itself: people who join or change, messages written to us, the app being cut off.

Events have no turn: nobody waits for an answer. Those about people not on the list, and those that change nothing we
keep, write nothing.
"""

from typing import Any

from slack_bolt import App, BoltContext

from bot.actions import inbox, slack_people
from bot.actions.slack_people import Account

_MOST_REMEMBERED = 10_000  # accounts; a few fields each
_FROM_PEOPLE = (None, "file_share")  # kinds of message that a person wrote
_CUT_OFF = {"tokens_revoked": "token_revoked", "app_uninstalled": "app_uninstalled"}  # as Slack's refusals say it


def register(app: App) -> None:
    """Listen for events about people and about ourselves."""
    seen: dict[str, Account] = {}  # what was last kept of each, so that the same news ends here

    def hear_of_person(event: dict[str, Any], body: dict[str, Any], context: BoltContext) -> None:
        account = slack_people.read_account(event["user"], body["team_id"])
        if account is None or seen.get(account.slack_id) == account:
            return
        if keep_account(account, body["event_id"], context):
            remember(seen, account)

    app.event("team_join")(hear_of_person)
    app.event("user_change")(hear_of_person)
    app.event("message")(hear_message)
    app.event("tokens_revoked")(hear_cut_off)
    app.event("app_uninstalled")(hear_cut_off)


def keep_account(account: Account, event_id: str, context: BoltContext) -> bool:
    """Keep what is new of somebody on the people list; say whether that is how they stand now.

    An old event that comes once more, after a newer one, is no news.
    """
    with context["database"].reading() as db:
        is_on_list, brings_news = slack_people.is_on_list(db, account), slack_people.brings_news(db, account)
    if not brings_news:
        return is_on_list
    now = context["now"]
    with context["database"].transaction() as db:
        return inbox.act_once(
            db, event_id=event_id, act=lambda db: slack_people.recognise(db, account=account, now=now), now=now
        )


def remember(seen: dict[str, Account], account: Account) -> None:
    """Remember an account, forgetting the oldest when there are too many."""
    seen.pop(account.slack_id, None)
    seen[account.slack_id] = account
    if len(seen) > _MOST_REMEMBERED:
        del seen[next(iter(seen))]


def hear_message(event: dict[str, Any], body: dict[str, Any], context: BoltContext) -> None:
    """Answer somebody who writes to us with where to write; their words are not kept."""
    is_theirs = event.get("subtype") in _FROM_PEOPLE and not event.get("bot_id")
    if event.get("channel_type") != "im" or not is_theirs or not event.get("user"):
        return
    slack_id, now = event["user"], context["now"]
    with context["database"].transaction() as db:
        inbox.act_once(
            db,
            event_id=body["event_id"],
            act=lambda db: slack_people.answer_message(db, slack_id=slack_id, now=now),
            now=now,
        )


def hear_cut_off(event: dict[str, Any], context: BoltContext) -> None:
    """Pass on that Slack has cut us off; what is owed waits in the outbox until the app is installed again."""
    if event["type"] != "tokens_revoked" or (event.get("tokens") or {}).get("bot"):  # a person's own token is not ours
        context["cut_off"](_CUT_OFF[event["type"]])
