"""Forms that only tell something, and buttons that only lead elsewhere."""

from slack_bolt import App

from handlers.turn import Turn
from prompts import ids


def register(app: App) -> None:
    """Listen for what needs no answer."""
    app.view(ids.Form.NOTICE)(close_notice)


def close_notice(turn: Turn) -> None:
    """Close a notice that was read."""
    turn.answers()
