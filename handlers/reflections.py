"""Reflections: /reflect, the invitation's button, the shortcut; sharing, taking back, comments."""

from typing import Any

from slack_bolt import App

from bot.actions import reflections
from bot.actions.documents import Left
from bot.values import Ref
from handlers.turn import Turn
from prompts import answers, documents, ids
from prompts import reflections as words
from prompts.help import help_message


def register(app: App) -> None:
    """Listen for whatever concerns reflections."""
    app.command(ids.Command.REFLECT)(reflect)
    app.shortcut(ids.Shortcut.NEW_REFLECTION)(begin_new)
    app.action(ids.Action.GO_REFLECT)(open_list)
    app.action(ids.Do.REFLECT)(begin_invited)
    app.action(ids.Action.NEW_REFLECTION)(begin_chosen)
    app.action(ids.Action.ANOTHER_WAY)(begin_another_way)
    app.action(ids.Action.OPEN_REFLECTION)(open_reflection)
    app.action(ids.Action.CHANGE_REFLECTION)(change_reflection)
    app.view(ids.Form.REFLECTION)(turn_page)
    app.action(ids.Action.REFLECTION_BACK)(turn_back)
    app.action(ids.Action.REFLECTION_SAVE)(save_for_now)
    app.action(ids.Action.REFLECTION_MORE)(add_more)
    app.action(ids.Action.SHARE_REFLECTION)(open_share)
    app.view(ids.Form.SHARE_REFLECTION)(share)
    app.action(ids.Action.UNSHARE_REFLECTION)(take_back)
    app.action(ids.Action.DELETE_REFLECTION)(delete)
    app.view(ids.Form.COMMENT)(comment)


def reflect(turn: Turn, command: dict[str, Any]) -> None:
    """Open one's reflections; `new` begins one, `help` explains."""
    word = command.get("text", "").strip().lower()
    if word == "help":
        turn.answers(answers.says(help_message(ids.Command.REFLECT, words.HELP)))
    elif word == "new":
        begin_new(turn)
    else:
        open_list(turn)


def open_list(turn: Turn) -> None:
    """Show one's own reflections, and what others share."""
    with turn.reading() as db:
        found = reflections.list_reflections(db, me=turn.me, now=turn.now)
    turn.opens(words.reflections_form(found))


def begin_new(turn: Turn) -> None:
    """Begin a reflection, or go on with one that was not finished."""
    with turn.changing() as db:
        turn.opens(words.reflection_form(reflections.begin(db, me=turn.me, form="", now=turn.now)))


def begin_chosen(turn: Turn, action: dict[str, Any]) -> None:
    """Begin a reflection in the way the button names."""
    with turn.changing() as db:
        turn.opens(words.reflection_form(reflections.begin(db, me=turn.me, form=action["value"], now=turn.now)))


def begin_another_way(turn: Turn, action: dict[str, Any]) -> None:
    """Begin a reflection in the way that was chosen."""
    form = action["selected_option"]["value"]
    with turn.changing() as db:
        turn.opens(words.reflection_form(reflections.begin(db, me=turn.me, form=form, now=turn.now)))


def begin_invited(turn: Turn, action: dict[str, Any]) -> None:
    """Begin what a digest invites to."""
    with turn.changing() as db:
        screen = reflections.begin_invited(db, me=turn.me, ref=Ref.read(action["value"]), now=turn.now)
        turn.opens(words.reflection_form(screen))


def open_reflection(turn: Turn, action: dict[str, Any]) -> None:
    """Open a reflection: one's own to go on with or to read, another's to read."""
    with turn.changing() as db:
        found = reflections.open_reflection(db, me=turn.me, document_id=Ref.read(action["value"]).id, now=turn.now)
        turn.opens(words.screen_form(found))


def change_reflection(turn: Turn, action: dict[str, Any]) -> None:
    """Go back to the pages of one's own reflection."""
    with turn.changing() as db:
        screen = reflections.open_to_write(db, me=turn.me, document_id=Ref.read(action["value"]).id, now=turn.now)
        turn.shows(words.reflection_form(screen))


def turn_page(turn: Turn, view: dict[str, Any]) -> None:
    """Save a page and show the next, or the whole."""
    with turn.changing() as db:
        found = reflections.turn_page(db, me=turn.me, left=_left(view), now=turn.now)
        turn.answers(answers.shows(words.screen_form(found)))


def turn_back(turn: Turn, body: dict[str, Any]) -> None:
    """Save a page and show the one before."""
    with turn.changing() as db:
        screen = reflections.turn_back(db, me=turn.me, left=_left(body["view"]), now=turn.now)
        turn.shows(words.reflection_form(screen))


def save_for_now(turn: Turn, body: dict[str, Any]) -> None:
    """Save a page and stop."""
    with turn.changing() as db:
        reflections.save_page(db, me=turn.me, left=_left(body["view"]), now=turn.now)
        turn.shows(documents.saved_form("Reflection"))


def add_more(turn: Turn, body: dict[str, Any], action: dict[str, Any]) -> None:
    """Save a page and open another field for its question."""
    left, shown = _left(body["view"]), documents.count_fields(body["view"], action["value"])
    with turn.changing() as db:
        screen = reflections.add_field(db, me=turn.me, left=left, part=action["value"], shown=shown, now=turn.now)
        turn.shows(words.reflection_form(screen))


def open_share(turn: Turn, action: dict[str, Any]) -> None:
    """Look for what might point to a person, and ask with whom to share."""
    with turn.reading() as db:
        sharing = reflections.look_before_sharing(
            db, me=turn.me, document_id=Ref.read(action["value"]).id, now=turn.now
        )
    turn.opens(words.share_form(sharing))


def share(turn: Turn, view: dict[str, Any]) -> None:
    """Share it with whom was chosen."""
    said = words.read_share_form(view)
    with turn.changing() as db:
        page = reflections.share(db, me=turn.me, document_id=said.ref.id, with_ids=said.with_ids, now=turn.now)
        turn.answers(answers.shows_last(words.reflection_page_form(page)))


def take_back(turn: Turn, action: dict[str, Any]) -> None:
    """Take back what was shared."""
    with turn.changing() as db:
        page = reflections.take_back(db, me=turn.me, document_id=Ref.read(action["value"]).id, now=turn.now)
        turn.shows(words.reflection_page_form(page))


def delete(turn: Turn, action: dict[str, Any]) -> None:
    """Delete one's own reflection at once."""
    with turn.changing() as db:
        reflections.delete(db, me=turn.me, document_id=Ref.read(action["value"]).id, now=turn.now)
        turn.shows(words.deleted_form())


def comment(turn: Turn, view: dict[str, Any]) -> None:
    """Comment on what is shared with oneself."""
    ref, text = words.read_comment_form(view)
    with turn.changing() as db:
        reflections.comment(db, me=turn.me, document_id=ref.id, text=text, now=turn.now)
        turn.answers(answers.shows_last(words.commented_form()))


def _left(view: dict[str, Any]) -> Left:
    page = documents.read_writing_form(view)
    return Left(page.document_id, page.start, page.typed)
