"""/mentoring: the programme's home for its lead, everybody's own programmes, and the way to My time."""

from typing import Any

from slack_bolt import App

from bot.actions import mentoring
from bot.values import Ref
from handlers.my_time import answer_time_command
from handlers.turn import Turn
from prompts import answers, ids
from prompts import mentoring as words
from prompts.help import help_message


def register(app: App) -> None:
    """Listen for the command and for moving about the programme's home."""
    app.command(ids.Command.MENTORING)(open_mentoring)
    app.action(ids.Action.GO_MENTORING)(open_home)
    app.action(ids.Action.MY_PROGRAMMES)(open_my_programmes)
    for action in (
        ids.Action.OPEN_PROGRAMME,
        ids.Action.FILTER_PROGRAMME,
        ids.Action.CHOOSE_PROGRAMME,
        ids.Action.PREVIOUS_PLACES,
        ids.Action.NEXT_PLACES,
    ):
        app.action(action)(show_programme)
    app.action(ids.Action.OPEN_PLACE)(open_place)


def open_mentoring(turn: Turn, command: dict[str, Any]) -> None:
    """Open the programme's home or one's own programmes; `time …` goes to My time."""
    first, _, rest = command.get("text", "").strip().partition(" ")
    if first.lower() == "help":
        turn.answers(answers.says(help_message(ids.Command.MENTORING, words.HELP)))
    elif first.lower() == "time":
        answer_time_command(turn, rest)
    else:
        open_home(turn)


def open_home(turn: Turn) -> None:
    """Open the home of the programme somebody leads, else their own programmes."""
    with turn.reading() as db:
        is_lead = bool(mentoring.list_led(db, me=turn.me, now=turn.now))
        view = (
            words.programme_form(mentoring.get_programme_page(db, me=turn.me, shown=None, now=turn.now))
            if is_lead
            else words.my_page_form(mentoring.get_my_page(db, me=turn.me, now=turn.now))
        )
    turn.opens(view)


def open_my_programmes(turn: Turn) -> None:
    """Open one's own programmes."""
    with turn.reading() as db:
        page = mentoring.get_my_page(db, me=turn.me, now=turn.now)
    turn.shows(words.my_page_form(page))


def show_programme(turn: Turn, action: dict[str, Any]) -> None:
    """Show another page, filter or programme in this form's place."""
    with turn.reading() as db:
        page = mentoring.get_programme_page(db, me=turn.me, shown=words.read_programme_choice(action), now=turn.now)
    turn.shows(words.programme_form(page))


def open_place(turn: Turn, action: dict[str, Any]) -> None:
    """Open one person's place on the programme."""
    with turn.reading() as db:
        place = mentoring.get_place(db, me=turn.me, enrolment_id=Ref.read(action["value"]).id, now=turn.now)
    turn.shows(words.place_form(place))
