"""Writing: opening a form, its pages, sending it out."""

from typing import Any

from slack_bolt import App

from bot.actions import documents, documents_duties, documents_preparing
from bot.actions.documents import Left
from bot.values import Block, Ref
from handlers.turn import Turn
from prompts import answers, documents_reading, ids, words
from prompts import documents as pages
from prompts.documents_reading import screen_form


def register(app: App) -> None:
    """Listen for whatever begins or goes on with something written."""
    for duty in (ids.Do.WRITE, ids.Do.SIGN, ids.Do.ACKNOWLEDGE, ids.Do.AGREE, ids.Do.REVIEW, ids.Do.CHANGE):
        app.action(duty)(open_duty)
    app.action(ids.Do.PREPARE)(open_preparation_duty)
    app.action(ids.Action.PREPARE)(open_preparation)
    app.view(ids.Form.PREPARE)(save_preparation)
    app.action(ids.Action.OPEN_DOCUMENT)(open_document)
    app.action(ids.Action.WRITE_RECORD)(write_record)
    app.action(ids.Action.OPEN_AGREEMENT)(open_agreement)
    app.view(ids.Form.WRITING)(turn_page)
    app.action(ids.Action.PAGE_BACK)(turn_back)
    app.action(ids.Action.SAVE_FOR_NOW)(save_for_now)
    app.action(ids.Action.ADD_MORE)(add_more)
    app.action(ids.Action.WRITE_AGAIN)(write_again)
    app.action(ids.Action.ASK_TO_WRITE)(ask_to_write)
    app.view(ids.Form.SEND_OUT)(send_out)
    app.view(ids.Form.HAND_OVER_PART)(hand_over_part)


def open_duty(turn: Turn, action: dict[str, Any]) -> None:
    """Open what a duty asks for: to be written, read, signed or changed."""
    with turn.changing() as db:
        turn.opens(screen_form(documents_duties.open_duty(db, me=turn.me, ref=Ref.read(action["value"]), now=turn.now)))


def open_document(turn: Turn, action: dict[str, Any]) -> None:
    """Open one document."""
    ref = Ref.read(action["value"])
    with turn.changing() as db:
        turn.opens(screen_form(documents.open_document(db, me=turn.me, document_id=ref.id, now=turn.now)))


def write_record(turn: Turn, action: dict[str, Any]) -> None:
    """Begin or go on with the record of a session."""
    with turn.changing() as db:
        wanted = documents.wanted_record(db, session_id=Ref.read(action["value"]).id)
        turn.opens(screen_form(documents.open_wanted(db, me=turn.me, wanted=wanted, now=turn.now)))


def open_agreement(turn: Turn, action: dict[str, Any]) -> None:
    """Begin, go on with, sign or read the agreement of a pair."""
    with turn.changing() as db:
        wanted = documents.wanted_agreement(db, relationship_id=Ref.read(action["value"]).id)
        turn.opens(screen_form(documents.open_wanted(db, me=turn.me, wanted=wanted, now=turn.now)))


def turn_page(turn: Turn, view: dict[str, Any]) -> None:
    """Save a page and show the next."""
    left = _left(view)
    with turn.changing() as db:
        turn.answers(answers.shows(screen_form(documents.turn_page(db, me=turn.me, left=left, now=turn.now))))


def turn_back(turn: Turn, body: dict[str, Any]) -> None:
    """Save a page and show the one before."""
    left = _left(body["view"])
    with turn.changing() as db:
        turn.shows(screen_form(documents.turn_back(db, me=turn.me, left=left, now=turn.now)))


def save_for_now(turn: Turn, body: dict[str, Any]) -> None:
    """Save a page and stop."""
    with turn.changing() as db:
        opened = documents.save_page(db, me=turn.me, left=_left(body["view"]), now=turn.now)
        turn.shows(pages.saved_form(opened.form.title))


def add_more(turn: Turn, body: dict[str, Any], action: dict[str, Any]) -> None:
    """Save a page and open another field for one of its parts."""
    left, shown = _left(body["view"]), pages.count_fields(body["view"], action["value"])
    with turn.changing() as db:
        screen = documents.add_field(db, me=turn.me, left=left, part=action["value"], shown=shown, now=turn.now)
        turn.shows(screen_form(screen))


def write_again(turn: Turn, action: dict[str, Any]) -> None:
    """Go back from the whole text to its first page."""
    with turn.changing() as db:
        ref = Ref.read(action["value"])
        turn.shows(screen_form(documents.write_again(db, me=turn.me, document_id=ref.id, now=turn.now)))


def ask_to_write(turn: Turn, action: dict[str, Any]) -> None:
    """Ask the others for the parts that are theirs."""
    with turn.changing() as db:
        names = documents.ask_to_write(db, me=turn.me, document_id=Ref.read(action["value"]).id, now=turn.now)
        turn.shows(documents_reading.asked_form(names))


def send_out(turn: Turn, view: dict[str, Any]) -> None:
    """Share what is written with those who sign or read it."""
    ref, _ = documents_reading.read_reading_form(view)
    with turn.changing() as db:
        screen = documents.send_out(db, me=turn.me, document_id=ref.id, now=turn.now)
        turn.answers(answers.shows_last(screen_form(screen)))


def hand_over_part(turn: Turn, view: dict[str, Any]) -> None:
    """Say that one's own part is written."""
    ref, _ = documents_reading.read_reading_form(view)
    with turn.changing() as db:
        documents.hand_over(db, me=turn.me, document_id=ref.id, now=turn.now)
        turn.answers(answers.closes_all())


def open_preparation_duty(turn: Turn, action: dict[str, Any]) -> None:
    """Open one's own note for a meeting, from the digest."""
    with turn.reading() as db:
        found = documents_preparing.open_preparation_duty(db, me=turn.me, ref=Ref.read(action["value"]), now=turn.now)
    turn.opens(_preparation(found, turn))


def open_preparation(turn: Turn, action: dict[str, Any]) -> None:
    """Open one's own note for a meeting."""
    with turn.reading() as db:
        session_id = Ref.read(action["value"]).id
        found = documents_preparing.open_preparation(db, me=turn.me, session_id=session_id, now=turn.now)
    turn.opens(_preparation(found, turn))


def save_preparation(turn: Turn, view: dict[str, Any]) -> None:
    """Keep one's own note for a meeting."""
    ref, text = documents_reading.read_preparation_form(view)
    with turn.changing() as db:
        documents_preparing.save_preparation(db, me=turn.me, session_id=ref.id, text=text, now=turn.now)


def _left(view: dict[str, Any]) -> Left:
    page = pages.read_writing_form(view)
    return Left(page.document_id, page.start, page.typed, page.outcome)


def _preparation(found: documents_preparing.Preparing, turn: Turn) -> Block:
    when = f", {words.moment(found.planned_at, turn.me.zone, today=turn.today)}" if found.planned_at else ""
    return documents_reading.preparation_form(
        Ref("session", found.session_id),
        title=found.title,
        other_name=found.other_name,
        asks=found.asks,
        text=found.text,
        when=when,
    )
