"""Training: my plan, what I did, and what others did that waits to be verified."""

from typing import Any

from slack_bolt import App
from sqlmodel import Session as Db

from bot.actions import people, training, training_log
from bot.actions.training_log import Completion
from bot.errors import NothingToCheck
from bot.values import Block, Ref
from handlers.turn import Turn
from prompts import answers, ids
from prompts import training as words
from prompts import training_forms as forms
from prompts.help import help_message
from prompts.training_forms import Logged


def register(app: App) -> None:
    """Listen for training."""
    app.command(ids.Command.TRAINING)(open_training)
    app.action(ids.Action.GO_TRAINING)(open_own_training)
    app.action(ids.Action.OPEN_TRAINING)(open_another_training)
    app.action(ids.Action.OPEN_COURSE)(open_course)
    app.action(ids.Action.OPEN_TRAINING_RECORD)(open_record)
    app.action(ids.Action.LOG_TRAINING)(open_log)
    app.action(ids.Do.TRAIN)(open_asked_log)
    app.action(ids.Do.RENEW)(open_asked_log)
    app.view(ids.Form.LOG_TRAINING)(log_done)
    app.action(ids.Action.CORRECT_TRAINING)(open_correct)
    app.view(ids.Form.CORRECT_TRAINING)(correct)
    app.action(ids.Action.WITHDRAW_TRAINING)(open_withdraw)
    app.view(ids.Form.WITHDRAW_TRAINING)(withdraw)
    app.action(ids.Action.CHECK_TRAININGS)(open_check_many)
    app.action(ids.Action.CHECK_TRAINING)(open_check)
    app.action(ids.Do.VERIFY)(open_asked_check)
    app.view(ids.Form.VERIFY_TRAINING)(verify)
    app.view(ids.Form.VERIFY_TRAININGS)(verify)
    app.action(ids.Action.RETURN_TRAINING)(open_return)
    app.view(ids.Form.RETURN_TRAINING)(return_record)


def open_training(turn: Turn, command: dict[str, Any]) -> None:
    """Open my training, or that of the person named; done and check are its words."""
    typed = command.get("text", "").strip()
    word, _, rest = typed.partition(" ")
    match word.lower():
        case "":
            _open_plan(turn)
        case "help":
            turn.answers(answers.says(help_message(ids.Command.TRAINING, words.HELP)))
        case "done":
            _open_log(turn, typed=rest)
        case "check":
            open_check_many(turn)
        case _:
            _open_plan(turn, named=typed)


def open_own_training(turn: Turn) -> None:
    """Open my training from a button."""
    _open_plan(turn)


def open_another_training(turn: Turn, action: dict[str, Any]) -> None:
    """Show the training of the person chosen from the menu."""
    person = Ref.read(action["selected_option"]["value"])
    with turn.reading() as db:
        page = training.get_training(db, me=turn.me, person_id=person.id, now=turn.now)
    turn.shows(words.training_form(page))


def open_course(turn: Turn, action: dict[str, Any]) -> None:
    """Open one course with everything logged for it."""
    ref = words.read_course(action)
    assert ref, "a course's button names its course"
    with turn.reading() as db:
        page = training.get_course(db, me=turn.me, ref=ref, now=turn.now)
    turn.opens(words.course_form(page))


def open_record(turn: Turn, action: dict[str, Any]) -> None:
    """Open one completion that is in no catalogue."""
    with turn.reading() as db:
        page = training.get_page_of(db, me=turn.me, record_id=Ref.read(action["value"]).id, now=turn.now)
    turn.opens(words.course_form(page))


# ---- logging ---------------------------------------------------------------------------------------------------------


def open_log(turn: Turn, action: dict[str, Any]) -> None:
    """Ask what was done, of one course or of any."""
    ref = words.read_course(action)
    _open_log(turn, course=ref.course if ref else "")


def open_asked_log(turn: Turn, action: dict[str, Any]) -> None:
    """Ask when the course that a message asked for was done."""
    with turn.reading() as db:
        start = training.start_asked_log(db, me=turn.me, ref=Ref.read(action["value"]), now=turn.now)
    turn.opens(forms.log_form(start))


def log_done(turn: Turn, view: dict[str, Any]) -> None:
    """Log what was done."""
    said = forms.read_log_form(view)
    with turn.changing() as db:
        record_id = training_log.log_training(db, me=turn.me, said=_completion(said), now=turn.now)
        page = training.get_page_of(db, me=turn.me, record_id=record_id, now=turn.now)
        turn.answers(answers.shows_last(words.course_form(page)))


def open_correct(turn: Turn, action: dict[str, Any]) -> None:
    """Ask again for what was logged wrongly."""
    with turn.reading() as db:
        record, start = training.get_own_record(db, me=turn.me, ref=Ref.read(action["value"]), now=turn.now)
    turn.opens(forms.correct_form(record, start))


def correct(turn: Turn, view: dict[str, Any]) -> None:
    """Put a completion right; both rows are kept."""
    said = forms.read_log_form(view)
    assert said.corrects, "the form names what it corrects"
    with turn.changing() as db:
        record_id = training_log.correct_training(
            db, me=turn.me, ref=said.corrects, said=_completion(said), now=turn.now
        )
        page = training.get_page_of(db, me=turn.me, record_id=record_id, now=turn.now)
        turn.answers(answers.shows_last(words.course_form(page)))


def open_withdraw(turn: Turn, action: dict[str, Any]) -> None:
    """Ask why a completion is withdrawn."""
    turn.opens(forms.withdraw_form(Ref.read(action["value"])))


def withdraw(turn: Turn, view: dict[str, Any]) -> None:
    """Withdraw a completion; the row stays."""
    ref, because = forms.read_withdraw_form(view)
    with turn.changing() as db:
        training_log.withdraw_training(db, me=turn.me, ref=ref, because=because, now=turn.now)
        page = training.get_page_of(db, me=turn.me, record_id=ref.id, now=turn.now)
        turn.answers(answers.shows_last(words.course_form(page)))


# ---- verifying -------------------------------------------------------------------------------------------------------


def open_check_many(turn: Turn) -> None:
    """Show everything that waits for me to verify."""
    with turn.reading() as db:
        records = training.list_to_check(db, me=turn.me, now=turn.now)
    if not records:
        raise NothingToCheck
    turn.opens(forms.check_many_form(records))


def open_check(turn: Turn, action: dict[str, Any]) -> None:
    """Open one completion with the note of its certificate; the reading is logged."""
    with turn.changing() as db:
        record = training.get_check(db, me=turn.me, ref=forms.read_check(action), now=turn.now)
        turn.opens(forms.check_form(record))


def open_asked_check(turn: Turn, action: dict[str, Any]) -> None:
    """Open what a message asked me to verify."""
    with turn.changing() as db:
        record = training.get_asked_check(db, me=turn.me, ref=Ref.read(action["value"]), now=turn.now)
        turn.opens(forms.check_form(record))


def verify(turn: Turn, view: dict[str, Any]) -> None:
    """Verify what is ticked or open, all or none."""
    refs = forms.read_check_form(view)
    with turn.changing() as db:
        training_log.verify_training(db, me=turn.me, refs=refs, now=turn.now)
        turn.answers(answers.shows_last(_left_to_check(turn, db)))


def open_return(turn: Turn, action: dict[str, Any]) -> None:
    """Ask what is not right."""
    turn.opens(forms.return_form(Ref.read(action["value"])))


def return_record(turn: Turn, view: dict[str, Any]) -> None:
    """Send a completion back with a reason."""
    ref, because = forms.read_return_form(view)
    with turn.changing() as db:
        training_log.return_training(db, me=turn.me, ref=ref, because=because, now=turn.now)
        turn.answers(answers.shows_last(_left_to_check(turn, db)))


def _open_plan(turn: Turn, named: str = "") -> None:
    with turn.reading() as db:
        person_id = people.find_named(db, typed=named, now=turn.now) if named else turn.me.id
        page = training.get_training(db, me=turn.me, person_id=person_id, now=turn.now)
    turn.opens(words.training_form(page))


def _open_log(turn: Turn, *, typed: str = "", course: str = "") -> None:
    with turn.reading() as db:
        start = training.start_log(db, me=turn.me, typed=typed, course=course, now=turn.now)
    turn.opens(forms.log_form(start))


def _left_to_check(turn: Turn, db: Db) -> Block:
    records = training.list_to_check(db, me=turn.me, now=turn.now)
    return forms.check_many_form(records) if records else forms.nothing_to_check_form()


def _completion(said: Logged) -> Completion:
    return Completion(said.course, said.title, said.done_on, said.minutes, said.mode, said.certificate)
