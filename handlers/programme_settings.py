"""What a lead sets up: a programme's settings, closures, the welcomes."""

from collections.abc import Callable
from typing import Any

from slack_bolt import App

from bot.actions import mentoring, programme_settings, welcomes
from bot.errors import ChannelNotReached
from bot.values import Message, Ref
from handlers.turn import Turn
from prompts import answers, ids, welcome
from prompts import mentoring as home
from prompts import programme_settings as words

Whisper = Callable[[str, str, Message], str]  # channel, Slack account, message → Slack's code when it was refused


def register(app: App) -> None:
    """Listen for setting up."""
    app.action(ids.Action.SETTINGS)(open_settings)
    app.view(ids.Form.SETTINGS)(save_settings)
    app.action(ids.Action.CLOSURES)(open_closures)
    app.view(ids.Form.CLOSURES)(add_closure)
    app.action(ids.Action.REMOVE_CLOSURE)(remove_closure)
    app.action(ids.Action.WELCOMES)(open_welcomes)
    app.view(ids.Form.WELCOMES)(send_welcomes)


def open_settings(turn: Turn, action: dict[str, Any]) -> None:
    """Ask for a programme's settings."""
    with turn.reading() as db:
        page = programme_settings.get_settings(db, me=turn.me, programme=action["value"], now=turn.now)
    turn.opens(words.settings_form(page))


def save_settings(turn: Turn, view: dict[str, Any], whisper: Whisper) -> None:
    """Save them, once a channel newly chosen has been reached: said there to the lead alone."""
    chosen = words.read_settings_form(view)
    with turn.reading() as db:
        before = programme_settings.get_settings(db, me=turn.me, programme=chosen.programme, now=turn.now)
    if chosen.summary_channel and chosen.summary_channel != before.summary_channel:
        _reach(turn, whisper, before.title, chosen)
    with turn.changing() as db:
        programme_settings.save_settings(
            db,
            me=turn.me,
            programme=chosen.programme,
            summary_channel=chosen.summary_channel,
            summary_weekday=chosen.summary_weekday,
            summary_hour=chosen.summary_hour,
            digest_hour=chosen.digest_hour,
            go_live_on=chosen.go_live_on,
            now=turn.now,
        )
        page = mentoring.get_programme_page(db, me=turn.me, shown=home.first_page(chosen.programme), now=turn.now)
        turn.answers(answers.shows_last(home.programme_form(page)))


def open_closures(turn: Turn) -> None:
    """Show the closures to come."""
    with turn.reading() as db:
        page = programme_settings.get_closures(db, me=turn.me, now=turn.now)
    turn.opens(words.closures_form(page))


def add_closure(turn: Turn, view: dict[str, Any]) -> None:
    """Add a closure, and show it among the others."""
    chosen = words.read_closures_form(view)
    with turn.changing() as db:
        programme_settings.add_closure(
            db,
            me=turn.me,
            name=chosen.name,
            team_id=chosen.team_id,
            from_on=chosen.from_on,
            until_on=chosen.until_on,
            is_worked=chosen.is_worked,
            now=turn.now,
        )
        page = programme_settings.get_closures(db, me=turn.me, now=turn.now)
        turn.answers(answers.shows(words.closures_form(page)))


def remove_closure(turn: Turn, action: dict[str, Any]) -> None:
    """Take a closure back, and show the others."""
    with turn.changing() as db:
        programme_settings.remove_closure(db, me=turn.me, absence_id=Ref.read(action["value"]).id, now=turn.now)
        page = programme_settings.get_closures(db, me=turn.me, now=turn.now)
        turn.shows(words.closures_form(page))


def open_welcomes(turn: Turn, action: dict[str, Any]) -> None:
    """Let the lead read what the welcomes say."""
    with turn.reading() as db:
        preview = welcomes.get_preview(db, me=turn.me, programme=action["value"], now=turn.now)
    turn.opens(welcome.welcomes_form(preview))


def send_welcomes(turn: Turn, view: dict[str, Any]) -> None:
    """Send the welcomes, and show the programme without those who waited for one."""
    programme = view["private_metadata"]
    with turn.changing() as db:
        welcomes.send_welcomes(db, me=turn.me, programme=programme, now=turn.now)
        page = mentoring.get_programme_page(db, me=turn.me, shown=home.first_page(programme), now=turn.now)
        turn.answers(answers.shows_last(home.programme_form(page)))


def _reach(turn: Turn, whisper: Whisper, title: str, chosen: words.SettingsAnswers) -> None:
    code = whisper(chosen.summary_channel, turn.me.slack_id, words.summary_comes_here_message(title, chosen))
    if code:
        raise ChannelNotReached(code).under("summary_channel")
