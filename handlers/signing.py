"""Reading the full text, signing it, asking for changes; what is on paper or kept elsewhere."""

from typing import Any

from slack_bolt import App

from bot.actions import documents, documents_lists, documents_signing
from bot.values import Ref
from handlers.turn import Turn
from prompts import answers, ids
from prompts import documents_reading as words
from prompts.documents_reading import screen_form


def register(app: App) -> None:
    """Listen for whatever is done with something that went out."""
    app.view(ids.Form.READING)(read_on)
    app.action(ids.Action.READ_BACK)(read_back)
    app.view(ids.Form.SIGN)(sign)
    app.view(ids.Form.ACKNOWLEDGE)(acknowledge)
    app.action(ids.Action.ASK_FOR_CHANGES)(open_ask_for_changes)
    app.view(ids.Form.ASK_FOR_CHANGES)(ask_for_changes)
    app.action(ids.Action.NEXT_VERSION)(begin_next_version)
    app.action(ids.Action.TAKE_BACK)(take_back)
    app.action(ids.Action.ADDENDUM)(open_addendum)
    app.view(ids.Form.ADDENDUM)(add_addendum)
    app.action(ids.Action.SIGNED_ON_PAPER)(open_signed_on_paper)
    app.view(ids.Form.SIGNED_ON_PAPER)(enter_signature_on_paper)
    app.action(ids.Action.PAPER_AGREEMENT)(open_paper_agreement)
    app.view(ids.Form.PAPER_AGREEMENT)(enter_paper_agreement)
    app.action(ids.Action.RECORD_ELSEWHERE)(open_record_elsewhere)
    app.view(ids.Form.RECORD_ELSEWHERE)(enter_record_elsewhere)


def read_on(turn: Turn, view: dict[str, Any]) -> None:
    """Show the next page of the full text."""
    ref, start = words.read_reading_form(view)
    with turn.changing() as db:
        screen = documents.read_page(db, me=turn.me, document_id=ref.id, part=start, step=1, now=turn.now)
        turn.answers(answers.shows(screen_form(screen)))


def read_back(turn: Turn, action: dict[str, Any]) -> None:
    """Show the page before."""
    ref, start = words.read_page_button(action["value"])
    with turn.changing() as db:
        screen = documents.read_page(db, me=turn.me, document_id=ref.id, part=start, step=-1, now=turn.now)
        turn.shows(screen_form(screen))


def sign(turn: Turn, view: dict[str, Any], body: dict[str, Any]) -> None:
    """Sign what was read to its end."""
    ref, _ = words.read_reading_form(view)
    with turn.changing() as db:
        screen = documents_signing.sign(
            db, me=turn.me, document_id=ref.id, workspace_id=body["team"]["id"], now=turn.now
        )
        turn.answers(answers.shows_last(screen_form(screen)))


def acknowledge(turn: Turn, view: dict[str, Any], body: dict[str, Any]) -> None:
    """Say that it was read."""
    ref, _ = words.read_reading_form(view)
    with turn.changing() as db:
        screen = documents_signing.acknowledge(
            db, me=turn.me, document_id=ref.id, workspace_id=body["team"]["id"], now=turn.now
        )
        turn.answers(answers.shows_last(screen_form(screen)))


def open_ask_for_changes(turn: Turn, action: dict[str, Any]) -> None:
    """Ask what should change."""
    turn.opens(words.changes_form(Ref.read(action["value"])))


def ask_for_changes(turn: Turn, view: dict[str, Any]) -> None:
    """Send it back to its author."""
    ref, reason = words.read_text(view, words.REASON)
    with turn.changing() as db:
        screen = documents_signing.ask_for_changes(db, me=turn.me, document_id=ref.id, reason=reason, now=turn.now)
        turn.answers(answers.shows_last(screen_form(screen)))


def begin_next_version(turn: Turn, action: dict[str, Any]) -> None:
    """Go on with the next version of it."""
    with turn.changing() as db:
        screen = documents.begin_next(db, me=turn.me, document_id=Ref.read(action["value"]).id, now=turn.now)
        turn.shows(screen_form(screen))


def take_back(turn: Turn, action: dict[str, Any]) -> None:
    """Take back what went out, to go on writing."""
    with turn.changing() as db:
        screen = documents.take_back(db, me=turn.me, document_id=Ref.read(action["value"]).id, now=turn.now)
        turn.shows(screen_form(screen))


def open_addendum(turn: Turn, action: dict[str, Any]) -> None:
    """Ask for a note to stand beside what is locked."""
    turn.opens(words.addendum_form(Ref.read(action["value"])))


def add_addendum(turn: Turn, view: dict[str, Any]) -> None:
    """Put a note beside what is locked."""
    ref, text = words.read_text(view, words.ADDENDUM)
    with turn.changing() as db:
        screen = documents_signing.add_addendum(db, me=turn.me, document_id=ref.id, text=text, now=turn.now)
        turn.answers(answers.shows_last(screen_form(screen)))


def open_signed_on_paper(turn: Turn, action: dict[str, Any]) -> None:
    """Ask who signed on paper."""
    ref = Ref.read(action["value"])
    with turn.changing() as db:
        waiting = documents_signing.list_who_may_sign_on_paper(db, me=turn.me, document_id=ref.id, now=turn.now)
        turn.opens(words.signed_on_paper_form(ref, waiting, turn.today))


def enter_signature_on_paper(turn: Turn, view: dict[str, Any]) -> None:
    """Enter a signature that was given on paper."""
    said = words.read_paper_form(view)
    assert said.signer_id is not None
    with turn.changing() as db:
        screen = documents_signing.sign_on_paper(
            db, me=turn.me, document_id=said.ref.id, signer_id=said.signer_id, on=said.signed_on,
            printed_name=said.printed_name, seen_by=said.seen_by, now=turn.now,
        )  # fmt: skip
        turn.answers(answers.shows_last(screen_form(screen)))


def open_paper_agreement(turn: Turn, action: dict[str, Any]) -> None:
    """Ask when a pair signed on paper, before Handrail."""
    ref = Ref.read(action["value"])
    with turn.reading() as db:
        title, names = documents_lists.signatories_of_agreement(db, me=turn.me, relationship_id=ref.id, now=turn.now)
    turn.opens(words.paper_agreement_form(ref, title, names, turn.today))


def enter_paper_agreement(turn: Turn, view: dict[str, Any]) -> None:
    """Enter an agreement signed on paper."""
    said = words.read_paper_form(view)
    with turn.changing() as db:
        documents_signing.enter_paper_agreement(
            db, me=turn.me, relationship_id=said.ref.id, signed_on=said.signed_on, seen_by=said.seen_by, now=turn.now
        )


def open_record_elsewhere(turn: Turn, action: dict[str, Any]) -> None:
    """Ask when a record that is kept elsewhere was shared."""
    ref = Ref.read(action["value"])
    with turn.reading() as db:
        title = documents_lists.session_title(db, me=turn.me, session_id=ref.id, now=turn.now)
    turn.opens(words.record_elsewhere_form(ref, title, turn.today))


def enter_record_elsewhere(turn: Turn, view: dict[str, Any]) -> None:
    """Enter when it was shared."""
    ref, shared_on = words.read_record_elsewhere_form(view)
    with turn.changing() as db:
        screen = documents_signing.record_kept_elsewhere(
            db, me=turn.me, session_id=ref.id, shared_on=shared_on, now=turn.now
        )
        turn.answers(answers.shows_last(screen_form(screen)))
