"""What somebody said does not apply: the lead reads why, and may ask for it after all."""

from typing import Any

from slack_bolt import App

from bot.actions import waived
from bot.values import Ref
from handlers.turn import Turn
from prompts import ids
from prompts import waived as words


def register(app: App) -> None:
    """Listen for the list and what can be done with it."""
    app.action(ids.Action.WAIVED)(open_waived)
    app.action(ids.Action.READ_REASON)(read_reason)
    app.action(ids.Action.ASK_AGAIN)(ask_again)


def open_waived(turn: Turn, action: dict[str, Any]) -> None:
    """Open what does not apply to somebody."""
    enrolment_id = Ref.read(action["value"]).id
    with turn.reading() as db:
        found = waived.list_waived(db, me=turn.me, enrolment_id=enrolment_id, now=turn.now)
    turn.opens(words.waived_form(found, enrolment_id=enrolment_id, today=turn.today))


def read_reason(turn: Turn, action: dict[str, Any]) -> None:
    """Read why; it is noted who read it."""
    with turn.changing() as db:
        found, reason = waived.read_reason(db, me=turn.me, ref=Ref.read(action["value"]), now=turn.now)
        turn.opens(words.reason_form(found, reason))


def ask_again(turn: Turn, action: dict[str, Any]) -> None:
    """Ask for a thing after all."""
    with turn.changing() as db:
        found = waived.ask_again(db, me=turn.me, ref=Ref.read(action["value"]), now=turn.now)
        turn.shows(words.asked_again_form(found))
