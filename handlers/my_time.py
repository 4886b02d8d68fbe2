"""My time: days and hours, the digest, away from and to, off today; for oneself or for whom one may."""

from typing import Any
from uuid import UUID

from slack_bolt import App

from bot.actions import my_time as time_actions
from bot.actions import people as people_actions
from bot.values import Ref
from handlers.turn import Turn
from prompts import answers, ids, my_time


def register(app: App) -> None:
    """Listen for My time. The command's words arrive through /mentoring (handlers/mentoring.py)."""
    app.action(ids.Action.MY_TIME)(open_my_time)
    app.action(ids.Action.TIME_OF)(open_time_of)
    app.action(ids.Action.HOURS_IN_WORDS)(write_hours_in_words)
    app.action(ids.Action.HOURS_BY_DAY)(choose_hours_by_day)
    app.action(ids.Action.OFF_TODAY)(take_today_off)
    app.action(ids.Action.AWAY)(open_away)
    app.action(ids.Action.BACK_AGAIN)(come_back)
    app.view(ids.Form.MY_TIME)(save_time)
    app.view(ids.Form.AWAY)(save_away)


def answer_time_command(turn: Turn, words: str) -> None:
    """Answer `/mentoring time …`: off today, away from and to, somebody else's, or the form."""
    first, _, rest = words.strip().partition(" ")
    if first.lower() == "off":
        _take_off_and_say(turn)
    elif first.lower() == "away":
        _open_away(turn, turn.me.id, rest)
    elif first:
        with turn.reading() as db:
            person_id = people_actions.find_named(db, typed=words, now=turn.now)
        _open(turn, person_id)
    else:
        _open(turn, turn.me.id)


def open_my_time(turn: Turn, action: dict[str, Any]) -> None:
    """Open one's own time, or the one a button names."""
    _open(turn, Ref.read(action["value"]).id if action.get("value") else turn.me.id)


def open_time_of(turn: Turn, action: dict[str, Any]) -> None:
    """Open the time of a colleague one may enter it for, in this form's place."""
    _replace(turn, UUID(action["selected_option"]["value"]))


def write_hours_in_words(turn: Turn, action: dict[str, Any]) -> None:
    """Ask for hours that differ from day to day."""
    _replace(turn, Ref.read(action["value"]).id, in_words=True)


def choose_hours_by_day(turn: Turn, action: dict[str, Any]) -> None:
    """Ask for a plain week; one that is not plain starts again from office hours."""
    _replace(turn, Ref.read(action["value"]).id, as_plain_week=True)


def save_time(turn: Turn, view: dict[str, Any]) -> None:
    """Save days, hours and digest."""
    wanted = my_time.read_my_time_form(view)
    with turn.changing() as db:
        time_actions.save_time(
            db,
            me=turn.me,
            person_id=wanted.person_id,
            pattern=wanted.pattern,
            works_bank_holidays=wanted.works_bank_holidays,
            digest_hour=wanted.digest_hour,
            digest_rhythm=wanted.digest_rhythm,
            now=turn.now,
        )
        turn.answers(answers.closes())


def take_today_off(turn: Turn, action: dict[str, Any]) -> None:
    """Be off today, and show it."""
    person_id = Ref.read(action["value"]).id
    with turn.changing() as db:
        time_actions.add_off_today(db, me=turn.me, person_id=person_id, now=turn.now)
    _replace(turn, person_id)


def open_away(turn: Turn, action: dict[str, Any]) -> None:
    """Ask for days away."""
    _open_away(turn, Ref.read(action["value"]).id, "")


def save_away(turn: Turn, view: dict[str, Any]) -> None:
    """Save days away, and show them where the form was opened from."""
    wanted = my_time.read_away_form(view)
    with turn.changing() as db:
        time_actions.add_away(
            db,
            me=turn.me,
            person_id=wanted.person_id,
            from_on=wanted.from_on,
            until_on=wanted.until_on,
            now=turn.now,
        )
        time = time_actions.get_time(db, me=turn.me, person_id=wanted.person_id, now=turn.now)
        others = time_actions.list_others(db, me=turn.me, now=turn.now)
        turn.answers(answers.shows_last(my_time.my_time_form(time, others=others)))


def come_back(turn: Turn, action: dict[str, Any]) -> None:
    """Take back days away, and show it."""
    with turn.changing() as db:
        person_id = time_actions.end_away(db, me=turn.me, absence_id=Ref.read(action["value"]).id, now=turn.now)
    _replace(turn, person_id)


def _open(turn: Turn, person_id: UUID) -> None:
    with turn.reading() as db:
        time = time_actions.get_time(db, me=turn.me, person_id=person_id, now=turn.now)
        others = time_actions.list_others(db, me=turn.me, now=turn.now)
    turn.opens(my_time.my_time_form(time, others=others))


def _replace(turn: Turn, person_id: UUID, *, in_words: bool = False, as_plain_week: bool = False) -> None:
    with turn.reading() as db:
        time = time_actions.get_time(db, me=turn.me, person_id=person_id, now=turn.now)
        others = time_actions.list_others(db, me=turn.me, now=turn.now)
    turn.shows(my_time.my_time_form(time, others=others, in_words=in_words, as_plain_week=as_plain_week))


def _open_away(turn: Turn, person_id: UUID, words: str) -> None:
    with turn.reading() as db:
        time = time_actions.get_time(db, me=turn.me, person_id=person_id, now=turn.now)
    turn.opens(my_time.away_form(time, typed=words))


def _take_off_and_say(turn: Turn) -> None:
    with turn.changing() as db:
        time_actions.add_off_today(db, me=turn.me, person_id=turn.me.id, now=turn.now)
        time = time_actions.get_time(db, me=turn.me, person_id=turn.me.id, now=turn.now)
        turn.answers(answers.says(my_time.off_today_message(time)))
