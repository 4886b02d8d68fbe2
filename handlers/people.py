"""Menus over the people list."""

from typing import Any

from slack_bolt import App

from bot.actions import people as people_actions
from handlers.turn import Turn
from prompts import answers, ids, people


def register(app: App) -> None:
    """Listen for menus that ask for people."""
    app.options(ids.Action.PEOPLE)(offer_people)


def offer_people(turn: Turn, body: dict[str, Any]) -> None:
    """Offer the people whose name holds what was typed."""
    with turn.reading() as db:
        found = people_actions.list_people_to_pick(db, words=body.get("value", ""), now=turn.now)
    turn.answers(answers.offers([people.person_option(person) for person in found]))
