"""What can be said of a thing asked for beside doing it: put it off, it does not apply, why; and a lead's answers."""

from typing import Any

from slack_bolt import App

from bot.actions import duties as duty_actions
from bot.actions import ledger as ledger_actions
from bot.actions import nudges as nudge_actions
from bot.values import Ref
from handlers.turn import Turn
from prompts import answers, ids, nudges


def register(app: App) -> None:
    """Listen for the menu beside each thing, its forms, and a lead's answers about a message in doubt."""
    app.action(ids.Action.MORE)(open_more)
    app.view(ids.Form.SNOOZE)(snooze)
    app.view(ids.Form.NOT_APPLICABLE)(say_not_applicable)
    app.action(ids.Action.LEDGER)(open_ledger)
    app.action(ids.Action.LEDGER_SHOWN)(show_other_part)
    app.action(ids.Action.ARRIVED)(say_it_arrived)
    app.action(ids.Action.SEND_AGAIN)(send_it_again)


def open_more(turn: Turn, action: dict[str, Any]) -> None:
    """Open what was chosen in the menu beside a thing."""
    chosen, _, ref = action["selected_option"]["value"].partition(":")
    _OPENERS[ids.More(chosen)](turn, Ref.read(ref))


def open_snooze_alike(turn: Turn, ref: Ref) -> None:
    """Ask until when, for all that is alike."""
    open_snooze(turn, ref, alike=True)


def open_snooze(turn: Turn, ref: Ref, *, alike: bool = False) -> None:
    """Ask until when."""
    with turn.reading() as db:
        item = duty_actions.access_own_duty(db, me=turn.me, ref=ref, now=turn.now)
        choices = nudge_actions.list_snoozes(db, item, me=turn.me, now=turn.now)
        told = nudge_actions.names_told_of_snooze(db, item, now=turn.now)
        people = len(nudge_actions.list_alike(db, item, today=turn.today)) if alike else 0
        duty = duty_actions.duty_of(db, item, today=turn.today)
    turn.opens(nudges.snooze_form(duty, choices, today=turn.today, next_told=told, alike=people))


def snooze(turn: Turn, view: dict[str, Any]) -> None:
    """Put a thing off."""
    asked = nudges.read_snooze_form(view)
    with turn.changing() as db:
        put_off = nudge_actions.snooze_alike if asked.alike else nudge_actions.snooze
        item = put_off(db, me=turn.me, ref=asked.ref, until=asked.until, now=turn.now)
        duty = duty_actions.duty_of(db, item, today=turn.today)
        turn.answers(answers.shows(nudges.snoozed_form(duty.title, asked.until, today=turn.today)))


def open_not_applicable(turn: Turn, ref: Ref) -> None:
    """Ask why a thing does not apply."""
    with turn.reading() as db:
        item = nudge_actions.access_inapplicable(db, me=turn.me, ref=ref, now=turn.now)
        duty = duty_actions.duty_of(db, item, today=turn.today)
    turn.opens(nudges.not_applicable_form(duty))


def say_not_applicable(turn: Turn, view: dict[str, Any]) -> None:
    """Keep why a thing does not apply, and ask for it no more."""
    ref, reason = nudges.read_not_applicable_form(view)
    with turn.changing() as db:
        item = nudge_actions.mark_not_applicable(db, me=turn.me, ref=ref, reason=reason, now=turn.now)
        duty = duty_actions.duty_of(db, item, today=turn.today)
        turn.answers(answers.shows(nudges.not_applicable_kept_form(duty.title)))


def open_why(turn: Turn, ref: Ref) -> None:
    """Say why a thing is asked for."""
    with turn.reading() as db:
        item = duty_actions.access_told_duty(db, me=turn.me, ref=ref, now=turn.now)
        duty = duty_actions.duty_of(db, item, today=turn.today)
        reason = duty_actions.reason_of(db, item, now=turn.now)
        dates = duty_actions.next_dates_of(db, item, now=turn.now)
    turn.opens(nudges.why_form(duty, reason, dates, today=turn.today))


_OPENERS = {
    ids.More.SNOOZE: open_snooze,
    ids.More.SNOOZE_ALIKE: open_snooze_alike,
    ids.More.NOT_APPLICABLE: open_not_applicable,
    ids.More.WHY: open_why,
}


def open_ledger(turn: Turn) -> None:
    """Open what was sent and what was not."""
    with turn.reading() as db:
        lines = ledger_actions.list_ledger(db, me=turn.me, now=turn.now)
    turn.opens(
        nudges.ledger_form(lines, group="trouble", zone=turn.me.zone, today=turn.today, most=ledger_actions.MOST)
    )


def show_other_part(turn: Turn, action: dict[str, Any]) -> None:
    """Show another part of the ledger in the same form."""
    group = action["selected_option"]["value"]
    with turn.reading() as db:
        lines = ledger_actions.list_ledger(db, me=turn.me, now=turn.now, group=group)
    turn.shows(nudges.ledger_form(lines, group=group, zone=turn.me.zone, today=turn.today, most=ledger_actions.MOST))


def say_it_arrived(turn: Turn, action: dict[str, Any]) -> None:
    """Take a lead's word that a message did arrive."""
    with turn.changing() as db:
        ledger_actions.say_it_arrived(db, me=turn.me, ref=Ref.read(action["value"]), now=turn.now)
        turn.opens(nudges.settled_form("Thank you. I won't send it again."))


def send_it_again(turn: Turn, action: dict[str, Any]) -> None:
    """Send a message again on a lead's word."""
    with turn.changing() as db:
        ledger_actions.send_again(db, me=turn.me, ref=Ref.read(action["value"]), now=turn.now)
        turn.opens(nudges.settled_form("Done. It goes out again; to a person, in their next working time."))
