"""Checklists: what there is to show, asking for sign-off, signing, returning, taking back."""

from typing import Any

from slack_bolt import App
from sqlmodel import Session as Db

from bot.actions import checklist, people, sign_off
from bot.actions.duties import access_duty
from bot.values import CriterionRef, Ref
from handlers.turn import Turn
from prompts import answers, ids
from prompts import checklist as words
from prompts.help import help_message


def register(app: App) -> None:
    """Listen for checklists and criteria."""
    app.command(ids.Command.CHECKLIST)(open_checklist)
    app.shortcut(ids.Shortcut.SIGN_OFF)(open_those_i_sign_for)
    app.action(ids.Action.GO_CHECKLIST)(open_own_checklist)
    app.action(ids.Do.CHECKLIST)(open_own_checklist)
    app.action(ids.Action.OPEN_CHECKLIST)(open_another_checklist)
    app.action(ids.Action.OPEN_CRITERION)(open_criterion)
    app.action(ids.Action.ASK_FOR_SIGN_OFF)(open_ask_for_sign_off)
    app.view(ids.Form.ASK_FOR_SIGN_OFF)(ask_for_sign_off)
    app.action(ids.Action.SIGN_OFF)(open_sign_off)
    app.action(ids.Action.SIGN_OFF_MANY)(open_sign_off_many)
    app.action(ids.Do.SIGN_OFF)(open_asked_sign_off)
    app.view(ids.Form.SIGN_OFF)(sign)
    app.action(ids.Action.RETURN)(open_return)
    app.view(ids.Form.RETURN)(return_criterion)
    app.action(ids.Action.ASK_FOR_TWO)(open_ask_for_two)
    app.action(ids.Action.ASK_FOR_ONE)(open_ask_for_one)
    app.view(ids.Form.SIGNATURES)(set_signatures)
    app.action(ids.Action.UNDO)(undo)
    app.action(ids.Action.WITHDRAW)(open_withdraw)
    app.view(ids.Form.WITHDRAW)(withdraw)


def open_checklist(turn: Turn, command: dict[str, Any]) -> None:
    """Open my checklist, or that of the person named."""
    typed = command.get("text", "").strip()
    if typed == "help":
        return turn.answers(answers.says(help_message(ids.Command.CHECKLIST, words.HELP)))
    if not typed:
        return _open_own(turn)
    with turn.reading() as db:
        person_id = people.find_named(db, typed=typed, now=turn.now)
        page = checklist.get_checklist_of(db, me=turn.me, person_id=person_id, now=turn.now)
    return turn.opens(words.checklist_form(page))


def open_own_checklist(turn: Turn) -> None:
    """Open my checklist from a button."""
    _open_own(turn)


def open_those_i_sign_for(turn: Turn) -> None:
    """Open sign-off from the global shortcut: of the first I sign for, the others a menu away."""
    with turn.reading() as db:
        mine = checklist.list_signed_for(db, me=turn.me, now=turn.now)
        page = (
            checklist.get_checklist(db, me=turn.me, enrolment_id=mine[0].id, now=turn.now)
            if mine
            else checklist.get_own_checklist(db, me=turn.me, now=turn.now)
        )
    turn.opens(words.checklist_form(page))


def open_another_checklist(turn: Turn, action: dict[str, Any]) -> None:
    """Show the checklist of the person chosen from the menu."""
    chosen = action.get("selected_option", {}).get("value") or action.get("value", "")
    with turn.reading() as db:
        page = checklist.get_checklist(db, me=turn.me, enrolment_id=Ref.read(chosen).id, now=turn.now)
    turn.shows(words.checklist_form(page))


def open_criterion(turn: Turn, action: dict[str, Any]) -> None:
    """Open one criterion with its history; reading another's words is logged."""
    with turn.changing() as db:
        page = checklist.get_criterion(db, me=turn.me, ref=CriterionRef.read(action["value"]), now=turn.now)
        turn.opens(words.criterion_form(page, turn.today))


def open_ask_for_sign_off(turn: Turn, action: dict[str, Any]) -> None:
    """Ask what the mentor should know."""
    with turn.changing() as db:
        page = checklist.get_criterion(db, me=turn.me, ref=CriterionRef.read(action["value"]), now=turn.now)
        turn.opens(words.ask_form(page))


def ask_for_sign_off(turn: Turn, view: dict[str, Any]) -> None:
    """Say that a criterion is ready."""
    ref, note = words.read_ask_form(view)
    with turn.changing() as db:
        sign_off.ask_for_sign_off(db, me=turn.me, ref=ref, note=note, now=turn.now)
        _show_criterion(turn, db, ref)


def open_sign_off(turn: Turn, action: dict[str, Any]) -> None:
    """Sign the one criterion that is open."""
    _open_sign_off(turn, CriterionRef.read(action["value"]))


def open_sign_off_many(turn: Turn, action: dict[str, Any]) -> None:
    """Sign one criterion or many."""
    with turn.reading() as db:
        page = checklist.get_checklist(db, me=turn.me, enrolment_id=Ref.read(action["value"]).id, now=turn.now)
    turn.opens(words.sign_off_form(page, turn.today))


def open_asked_sign_off(turn: Turn, action: dict[str, Any]) -> None:
    """Open what a mentee asked for, from the digest: its note first, sign or return from there."""
    with turn.changing() as db:
        due = access_duty(db, me=turn.me, ref=Ref.read(action["value"]), now=turn.now)
        criterion = due.subject.removeprefix("criterion:")
        page = checklist.get_criterion(db, me=turn.me, ref=CriterionRef(due.enrolment_id, criterion), now=turn.now)
        turn.opens(words.criterion_form(page, turn.today))


def sign(turn: Turn, view: dict[str, Any]) -> None:
    """Sign what is ticked, all or none."""
    said = words.read_sign_off_form(view)
    with turn.changing() as db:
        sign_off.sign_off_many(
            db, me=turn.me, refs=said.refs, occasion_on=said.occasion_on, comment=said.comment, now=turn.now
        )
        page = checklist.get_checklist(db, me=turn.me, enrolment_id=said.enrolment_id.id, now=turn.now)
        turn.answers(answers.shows_last(words.checklist_form(page)))


def open_return(turn: Turn, action: dict[str, Any]) -> None:
    """Ask for the reason of a return."""
    with turn.changing() as db:
        page = checklist.get_criterion(db, me=turn.me, ref=CriterionRef.read(action["value"]), now=turn.now)
        turn.opens(words.return_form(page))


def return_criterion(turn: Turn, view: dict[str, Any]) -> None:
    """Send a criterion back."""
    ref, reason = words.read_return_form(view)
    with turn.changing() as db:
        sign_off.return_criterion(db, me=turn.me, ref=ref, reason=reason, now=turn.now)
        _show_criterion(turn, db, ref)


def open_ask_for_two(turn: Turn, action: dict[str, Any]) -> None:
    """Ask why it should be seen twice."""
    _open_signatures(turn, CriterionRef.read(action["value"]), 2)


def open_ask_for_one(turn: Turn, action: dict[str, Any]) -> None:
    """Ask why one signature is enough."""
    _open_signatures(turn, CriterionRef.read(action["value"]), 1)


def set_signatures(turn: Turn, view: dict[str, Any]) -> None:
    """Set how many signatures a criterion needs."""
    ref, needed, reason = words.read_signatures_form(view)
    with turn.changing() as db:
        sign_off.set_signatures(db, me=turn.me, ref=ref, needed=needed, reason=reason, now=turn.now)
        _show_criterion(turn, db, ref)


def undo(turn: Turn, action: dict[str, Any]) -> None:
    """Take back a fresh signature."""
    with turn.changing() as db:
        ref = sign_off.undo(db, me=turn.me, ref=Ref.read(action["value"]), now=turn.now)
        page = checklist.get_criterion(db, me=turn.me, ref=ref, now=turn.now)
        turn.shows(words.criterion_form(page, turn.today))


def open_withdraw(turn: Turn, action: dict[str, Any]) -> None:
    """Ask why a signature is withdrawn."""
    turn.opens(words.withdraw_form(Ref.read(action["value"])))


def withdraw(turn: Turn, view: dict[str, Any]) -> None:
    """Withdraw a signature; both rows are kept."""
    ref, reason = words.read_withdraw_form(view)
    with turn.changing() as db:
        criterion = sign_off.withdraw(db, me=turn.me, ref=ref, reason=reason, now=turn.now)
        _show_criterion(turn, db, criterion)


def _open_own(turn: Turn) -> None:
    with turn.reading() as db:
        page = checklist.get_own_checklist(db, me=turn.me, now=turn.now)
    turn.opens(words.checklist_form(page))


def _open_sign_off(turn: Turn, only: CriterionRef) -> None:
    with turn.reading() as db:
        page = checklist.get_checklist(db, me=turn.me, enrolment_id=only.enrolment_id, now=turn.now)
    turn.opens(words.sign_off_form(page, turn.today, only))


def _open_signatures(turn: Turn, ref: CriterionRef, needed: int) -> None:
    with turn.changing() as db:
        page = checklist.get_criterion(db, me=turn.me, ref=ref, now=turn.now)
        turn.opens(words.signatures_form(page, needed))


def _show_criterion(turn: Turn, db: Db, ref: CriterionRef) -> None:
    """Answer a form with the criterion as it stands now; closing it closes all."""
    page = checklist.get_criterion(db, me=turn.me, ref=ref, now=turn.now)
    turn.answers(answers.shows_last(words.criterion_form(page, turn.today)))
