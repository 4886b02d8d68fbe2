"""What came before: a lead enters the last meetings and completions as they are on paper."""

from typing import Any

from slack_bolt import App
from sqlmodel import Session as Db

from bot.actions import before
from bot.values import Ref
from handlers.turn import Turn
from prompts import answers, ids
from prompts import before as words


def register(app: App) -> None:
    """Listen for what came before."""
    app.action(ids.Action.BEFORE)(open_before)
    app.view(ids.Form.BEFORE)(enter_before)


def open_before(turn: Turn, action: dict[str, Any]) -> None:
    """Ask for the last meetings and completions."""
    with turn.reading() as db:
        page = before.get_before(db, me=turn.me, enrolment_id=Ref.read(action["value"]).id, now=turn.now)
    turn.opens(words.before_form(page))


def enter_before(turn: Turn, view: dict[str, Any]) -> None:
    """Enter them, and ask for the next."""
    said = words.read_before_form(view)
    with turn.changing() as db:
        _enter(turn, db, said)
        page = before.get_before(db, me=turn.me, enrolment_id=said.enrolment_id, now=turn.now)
        turn.answers(answers.shows(words.before_form(page)))


def _enter(turn: Turn, db: Db, said: words.BeforeAnswers) -> None:
    about: dict[str, Any] = {"me": turn.me, "enrolment_id": said.enrolment_id, "now": turn.now}
    if said.held_on:
        before.enter_meeting(db, kind=said.meeting, held_on=said.held_on, **about)
    if said.done_on:
        before.enter_completion(db, course=said.course, done_on=said.done_on, **about)
