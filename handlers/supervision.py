"""Supervision and mentoring meetings: what is next, arranging, moving, held or not, and the calendar file."""

from typing import Any

from slack_bolt import App, BoltContext

from bot.actions import documents, session_changes, session_choices, session_news, sessions
from bot.actions.session_choices import Start
from bot.values import Block, Ref
from handlers.turn import Turn
from prompts import answers, ids, people
from prompts import session_outcomes as outcomes
from prompts import sessions_forms as forms
from prompts import supervision as words
from prompts.documents_reading import screen_form
from prompts.help import help_message

FILES = "files:write"  # optional; without it a calendar is written in words


def register(app: App) -> None:
    """Listen for meetings."""
    app.command(ids.Command.SUPERVISION)(open_supervision)
    app.action(ids.Action.GO_SUPERVISION)(open_from_button)
    app.action(ids.Action.SESSION_HISTORY)(open_history)
    app.view(ids.Form.SESSIONS)(close_list)
    app.options(ids.Action.SESSION_PARTNER)(offer_partners)
    app.action(ids.Action.SCHEDULE)(open_schedule)
    app.action(ids.Do.HOLD)(open_asked_schedule)
    app.view(ids.Form.SESSION_WITH)(choose_partner)
    app.view(ids.Form.SCHEDULE)(schedule)
    app.action(ids.Action.MOVE_SESSION)(open_move)
    app.view(ids.Form.MOVE_SESSION)(move)
    app.action(ids.Action.HELD)(open_held)
    app.action(ids.Do.SAY_HELD)(open_held)
    app.view(ids.Form.HELD)(say_held)
    app.action(ids.Action.LOG_SESSION)(open_log)
    app.view(ids.Form.LOG_SESSION)(log_held)
    app.action(ids.Action.NOT_HELD)(open_not_held)
    app.action(ids.Action.CANCEL_SESSION)(open_not_held)
    app.view(ids.Form.NOT_HELD)(say_not_held)
    app.action(ids.Action.ADD_TO_CALENDAR)(add_to_calendar)


# ---- seeing ----------------------------------------------------------------------------------------------------------


def open_supervision(turn: Turn, command: dict[str, Any]) -> None:
    """Answer what is next; schedule, record and sign are its words."""
    word, _, rest = command.get("text", "").strip().partition(" ")
    match word.lower():
        case "":
            _say_overview(turn)
        case "schedule":
            _open_typed(turn, rest.strip())
        case "record":
            _open_to_write(turn)
        case "sign":
            _open_to_sign(turn)
        case _:
            turn.answers(answers.says(help_message(ids.Command.SUPERVISION, words.HELP)))


def open_from_button(turn: Turn) -> None:
    """Show the same from Home."""
    with turn.reading() as db:
        found = sessions.overview(db, me=turn.me, now=turn.now)
    turn.opens(words.overview_form(found, turn.today))


def open_history(turn: Turn, body: dict[str, Any], action: dict[str, Any]) -> None:
    """Show one page of earlier meetings, in place of the page before."""
    page = int(action["value"])
    with turn.reading() as db:
        lines, has_more = sessions.history(db, me=turn.me, page=page, now=turn.now)
    turn.shows(words.history_form(lines, page=page, has_more=has_more, today=turn.today))


def close_list(turn: Turn) -> None:
    """Close what was only read."""
    turn.answers()


def _say_overview(turn: Turn) -> None:
    with turn.reading() as db:
        found = sessions.overview(db, me=turn.me, now=turn.now)
    turn.answers(answers.says(words.overview_message(found, turn.today)))


def _open_to_write(turn: Turn) -> None:
    """Open the one record there is to write; of several, say which."""
    with turn.changing() as db:
        lines = sessions.list_to_write(db, me=turn.me, now=turn.now)
        if len(lines) != 1:
            turn.answers(answers.says(words.to_write_message(lines, turn.today)))
            return
        wanted = documents.wanted_record(db, session_id=lines[0].id)
        turn.opens(screen_form(documents.open_wanted(db, me=turn.me, wanted=wanted, now=turn.now)))


def _open_to_sign(turn: Turn) -> None:
    """Open the one record there is to sign; of several, say which."""
    with turn.changing() as db:
        lines = sessions.list_to_sign(db, me=turn.me, now=turn.now)
        records = [line.record.document_id for line in lines if line.record and line.record.document_id]
        if len(records) != 1:
            turn.answers(answers.says(words.to_sign_message(lines, turn.today)))
            return
        turn.opens(screen_form(documents.open_document(db, me=turn.me, document_id=records[0], now=turn.now)))


# ---- arranging and moving --------------------------------------------------------------------------------------------


def open_schedule(turn: Turn, action: dict[str, Any]) -> None:
    """Ask which meeting and when; with whom first, where there are too many for one menu."""
    with turn.reading() as db:
        start = session_choices.start(db, me=turn.me, only=action.get("value", ""), now=turn.now)
    _open_plan(turn, start)


def open_asked_schedule(turn: Turn, action: dict[str, Any]) -> None:
    """Arrange the meeting that a message asked for; one that is planned already is shown instead."""
    with turn.reading() as db:
        start = session_choices.start_asked(db, me=turn.me, ref=Ref.read(action["value"]), now=turn.now)
    _open_plan(turn, start)


def choose_partner(turn: Turn, view: dict[str, Any]) -> None:
    """Go on with whoever was chosen."""
    with_id, is_held = forms.read_with_form(view)
    with turn.reading() as db:
        start = session_choices.start(db, me=turn.me, with_id=with_id, is_held=is_held, now=turn.now)
    turn.answers(answers.shows(_log_form(turn, start) if is_held else _plan_form(turn, start)))


def offer_partners(turn: Turn, body: dict[str, Any]) -> None:
    """Offer those whom the person may meet."""
    with turn.reading() as db:
        found = session_choices.list_partners(db, me=turn.me, words=body.get("value", ""), now=turn.now)
    turn.answers(answers.offers([people.person_option(person) for person in found]))


def schedule(turn: Turn, view: dict[str, Any]) -> None:
    """Plan it; what stands in the way is said once, and forbids nothing."""
    said = forms.read_schedule_form(view)
    key, leader, wall = said.choice_key, said.led_by_id, said.wall
    with turn.changing() as db:
        found = session_changes.find_clashes(db, me=turn.me, choice_key=key, led_by_id=leader, wall=wall, now=turn.now)
        if found and not said.is_warned:
            turn.answers(answers.shows(forms.warned_form(view, said, found, turn.me)))
            return
        line = session_changes.schedule(
            db,
            me=turn.me,
            choice_key=key,
            led_by_id=leader,
            wall=wall,
            instead_of=said.asked.instead_of,
            now=turn.now,
        )
        turn.answers(answers.shows_last(forms.planned_form(line, turn.today)))


def open_move(turn: Turn, action: dict[str, Any]) -> None:
    """Ask for another time."""
    with turn.reading() as db:
        line = sessions.get_planned(db, me=turn.me, ref=Ref.read(action["value"]), now=turn.now)
    turn.opens(forms.move_form(line, today=turn.today))


def move(turn: Turn, view: dict[str, Any]) -> None:
    """Move it; what stands in the way is said once, and forbids nothing."""
    said = forms.read_move_form(view)
    with turn.changing() as db:
        found = session_changes.find_clashes_moving(db, me=turn.me, ref=said.ref, wall=said.wall, now=turn.now)
        if found and not said.is_warned:
            turn.answers(answers.shows(forms.warned_form(view, said, found, turn.me)))
            return
        line = session_changes.move(db, me=turn.me, ref=said.ref, wall=said.wall, now=turn.now)
        turn.answers(answers.shows_last(forms.planned_form(line, turn.today)))


def _open_typed(turn: Turn, typed: str) -> None:
    """Open the form with what was typed filled in; a day that could be two is asked about."""
    with turn.reading() as db:
        with_id, rest = session_choices.find_partner(db, me=turn.me, typed=typed, now=turn.now)
        start = session_choices.start(db, me=turn.me, with_id=with_id, typed=rest, now=turn.now)
    _open_plan(turn, start)


def _open_plan(turn: Turn, start: Start) -> None:
    if start.planned:
        view = forms.move_form(start.planned, today=turn.today)
    else:
        view = forms.with_form(is_held=False) if start.asks_with_whom else _plan_form(turn, start)
    turn.opens(view)


def _plan_form(turn: Turn, start: Start) -> Block:
    return forms.schedule_form(start.choices, turn.me, asked=forms.Asked(), typed=start.day, today=turn.today)


# ---- held, or not ----------------------------------------------------------------------------------------------------


def open_held(turn: Turn, action: dict[str, Any]) -> None:
    """Ask when and how long, both filled in; from a message, whether it was held at all."""
    with turn.reading() as db:
        line = sessions.get_over(db, me=turn.me, ref=Ref.read(action["value"]), now=turn.now)
    turn.opens(outcomes.held_form(line, turn.today))


def say_held(turn: Turn, view: dict[str, Any]) -> None:
    """Note that it was held, and lead straight to the record."""
    said = outcomes.read_held_form(view)
    with turn.changing() as db:
        outcome = session_changes.mark_held(
            db, me=turn.me, ref=said.ref, held_on=said.held_on, minutes=said.minutes, now=turn.now
        )
        turn.answers(answers.shows_last(outcomes.held_result_form(outcome, turn.today)))


def open_log(turn: Turn) -> None:
    """Ask for a meeting that was not planned."""
    with turn.reading() as db:
        start = session_choices.start(db, me=turn.me, is_held=True, now=turn.now)
    turn.opens(forms.with_form(is_held=True) if start.asks_with_whom else _log_form(turn, start))


def log_held(turn: Turn, view: dict[str, Any]) -> None:
    """Log it, and lead straight to the record."""
    said = outcomes.read_held_form(view)
    with turn.changing() as db:
        outcome = session_changes.log_held(
            db, me=turn.me, choice_key=said.choice_key, held_on=said.held_on, minutes=said.minutes, now=turn.now
        )
        turn.answers(answers.shows_last(outcomes.held_result_form(outcome, turn.today)))


def open_not_held(turn: Turn, action: dict[str, Any]) -> None:
    """Ask why, from a short list; in place of the question whether it was held."""
    with turn.reading() as db:
        line = sessions.get_open(db, me=turn.me, ref=Ref.read(action["value"]), now=turn.now)
    turn.shows(outcomes.not_held_form(line, turn.now, turn.today))


def say_not_held(turn: Turn, view: dict[str, Any]) -> None:
    """Note why, and ask at once for another day."""
    ref, cause = outcomes.read_not_held_form(view)
    with turn.changing() as db:
        outcome = session_changes.mark_not_held(db, me=turn.me, ref=ref, cause=cause, now=turn.now)
        start = session_choices.start_again(db, me=turn.me, key=outcome.choice, now=turn.now)
        turn.answers(answers.shows_last(outcomes.not_held_result_form(outcome, start.choices, turn.me, turn.today)))


def _log_form(turn: Turn, start: Start) -> Block:
    return outcomes.log_form(start.choices, turn.me, today=turn.today)


# ---- the calendar ----------------------------------------------------------------------------------------------------


def add_to_calendar(turn: Turn, action: dict[str, Any], context: BoltContext) -> None:
    """Send the calendar file to the asker's own messages, or say plainly that files cannot be sent here."""
    with turn.changing() as db:
        is_allowed = _may_send_files(context)
        line = session_news.ask_for_file(
            db, me=turn.me, ref=Ref.read(action["value"]), now=turn.now, is_allowed=is_allowed
        )
        turn.opens(forms.calendar_form(line, turn.today, is_sent=is_allowed))


def _may_send_files(context: BoltContext) -> bool:
    """Say whether this workspace granted the optional scope; Slack tells with its first answer to us."""
    authorised = context.authorize_result
    granted = authorised.bot_scopes if authorised else None
    return granted is None or FILES in granted
