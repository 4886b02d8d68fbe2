"""App Home: published when somebody opens it. What its buttons do belongs to the features."""

from typing import Any

from slack_bolt import App, BoltContext

from bot.actions import home_refreshing


def register(app: App) -> None:
    """Listen for Home being opened."""
    app.event("app_home_opened")(show_home)


def show_home(event: dict[str, Any], context: BoltContext) -> None:
    """Owe a fresh Home at once; the Messages tab, of which Slack tells too, needs none."""
    if event.get("tab") != "home":
        return
    view_hash = str((event.get("view") or {}).get("hash") or "")
    with context["database"].transaction() as db:
        home_refreshing.mark_opened(db, slack_id=event["user"], view_hash=view_hash, now=context["now"])
