"""The Block Kit shapes we speak, escaping included; the only file that knows Block Kit (slack-rules 2 to 5)."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, time

from bot.values import Block

PIECE = 3000  # the longest text in one block, and the longest a field takes
LIST_MOST = 100  # options in a select, blocks in a form


def escape(text: str) -> str:
    """Make a person's words inert in mrkdwn: no mention, no link, no channel alarm."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def shorten(text: str, most: int) -> str:
    """Cut to a length, at a word where there is one, with an ellipsis."""
    if len(text) <= most:
        return text
    cut = text[: most - 1]
    return (cut.rsplit(" ", 1)[0] if " " in cut[most // 2 :] else cut).rstrip() + "…"


def plain(text: str, most: int = PIECE) -> Block:
    """Return a plain text object."""
    return {"type": "plain_text", "text": shorten(text, most) or " ", "emoji": False}


def mrkdwn(text: str) -> Block:
    """Return a mrkdwn text object; whatever a person typed in it must have been escaped."""
    return {"type": "mrkdwn", "text": shorten(text, PIECE) or " "}


def section(text: str, *, accessory: Block | None = None, block_id: str = "") -> Block:
    """Return a section of mrkdwn."""
    block: Block = {"type": "section", "text": mrkdwn(text)}
    if accessory:
        block["accessory"] = accessory
    return _named(block, block_id)


def said(text: str) -> list[Block]:
    """Show a person's own words back, whole, as plain text in pieces."""
    pieces = [text[i : i + PIECE] for i in range(0, len(text), PIECE)]
    return [{"type": "section", "text": {"type": "plain_text", "text": piece, "emoji": False}} for piece in pieces]


def header(text: str) -> Block:
    """Return a heading."""
    return {"type": "header", "text": plain(text, 150)}


def context(*texts: str) -> Block:
    """Return small print."""
    return {"type": "context", "elements": [mrkdwn(text) for text in texts[:10]]}


def divider() -> Block:
    """Return a line across."""
    return {"type": "divider"}


def actions(*elements: Block, block_id: str = "") -> Block:
    """Return a row of buttons and menus."""
    return _named({"type": "actions", "elements": list(elements)}, block_id)


def button(text: str, action_id: str, value: str = "", *, style: str = "", confirm: Block | None = None) -> Block:
    """Return a button; `style` is primary or danger."""
    block: Block = {"type": "button", "action_id": action_id, "text": plain(text, 75)}
    block |= {k: v for k, v in (("value", value), ("style", style), ("confirm", confirm)) if v}
    return block


def confirm(title: str, text: str, yes: str, no: str) -> Block:
    """Return an are-you-sure."""
    return {"title": plain(title, 100), "text": plain(text, 300), "confirm": plain(yes, 30), "deny": plain(no, 30)}


def option(text: str, value: str, description: str = "") -> Block:
    """Return one choice of a menu."""
    made: Block = {"text": plain(text, 75), "value": value}
    if description:
        made["description"] = plain(description, 75)
    return made


def overflow(action_id: str, options: Sequence[Block]) -> Block:
    """Return a ⋯ menu of at most five."""
    return {"type": "overflow", "action_id": action_id, "options": list(options[:5])}


def select(action_id: str, options: Sequence[Block], *, initial: str = "", placeholder: str = "Choose one") -> Block:
    """Return a menu of up to a hundred choices."""
    block: Block = {
        "type": "static_select",
        "action_id": action_id,
        "placeholder": plain(placeholder, 150),
        "options": list(options[:LIST_MOST]),
    }
    return _starting(block, options, initial)


def people_select(action_id: str, *, placeholder: str = "Type a name", initial: Block | None = None) -> Block:
    """Return a menu over the people list, asked for as the person types."""
    block: Block = {
        "type": "external_select",
        "action_id": action_id,
        "placeholder": plain(placeholder, 150),
        "min_query_length": 0,
    }
    if initial:
        block["initial_option"] = initial
    return block


def people_multi_select(action_id: str, *, initial: Sequence[Block] = (), placeholder: str = "Type a name") -> Block:
    """Return a menu over the people list in which several may be chosen."""
    block: Block = {
        "type": "multi_external_select",
        "action_id": action_id,
        "placeholder": plain(placeholder, 150),
        "min_query_length": 0,
    }
    return block | ({"initial_options": list(initial)} if initial else {})


def channel_select(action_id: str, *, initial: str = "") -> Block:
    """Return a menu of the channels somebody can see, ours or not."""
    block: Block = {
        "type": "conversations_select",
        "action_id": action_id,
        "placeholder": plain("Choose a channel", 150),
        "filter": {"include": ["public", "private"], "exclude_external_shared_channels": True},
    }
    return block | ({"initial_conversation": initial} if initial else {})


def radio(action_id: str, options: Sequence[Block], *, initial: str = "") -> Block:
    """Return up to ten radio buttons."""
    return _starting({"type": "radio_buttons", "action_id": action_id, "options": list(options[:10])}, options, initial)


def checkboxes(action_id: str, options: Sequence[Block], *, initial: Iterable[str] = ()) -> Block:
    """Return up to ten tick boxes."""
    chosen = [o for o in options[:10] if o["value"] in set(initial)]
    block: Block = {"type": "checkboxes", "action_id": action_id, "options": list(options[:10])}
    return block | ({"initial_options": chosen} if chosen else {})


def text_input(
    action_id: str, *, multiline: bool = False, initial: str = "", most: int = PIECE, placeholder: str = ""
) -> Block:
    """Return a text field."""
    block: Block = {"type": "plain_text_input", "action_id": action_id, "multiline": multiline, "max_length": most}
    if initial:
        block["initial_value"] = initial[:most]
    if placeholder:
        block["placeholder"] = plain(placeholder, 150)
    return block


def date_picker(action_id: str, initial: date | None = None) -> Block:
    """Return a date picker; it answers with the date alone, no zone."""
    block: Block = {"type": "datepicker", "action_id": action_id}
    return block | ({"initial_date": initial.isoformat()} if initial else {})


def time_picker(action_id: str, initial: time | None = None) -> Block:
    """Return a time picker; it answers with wall time, no zone."""
    block: Block = {"type": "timepicker", "action_id": action_id}
    return block | ({"initial_time": initial.strftime("%H:%M")} if initial else {})


def question(
    block_id: str, label: str, element: Block, *, hint: str = "", optional: bool = False, tells_at_once: bool = False
) -> Block:
    """Return one question of a form. `tells_at_once` sends its answer as soon as it is chosen."""
    block: Block = {"type": "input", "block_id": block_id, "label": plain(label, 2000), "element": element}
    block["optional"] = optional
    if hint:
        block["hint"] = plain(hint, 2000)
    if tells_at_once:
        block["dispatch_action"] = True
    return block


def form(
    callback_id: str, title: str, blocks: Sequence[Block], *, submit: str = "", close: str = "Close", about: str = ""
) -> Block:
    """Return a modal; `about` (ids only) comes back as private_metadata."""
    view: Block = {
        "type": "modal",
        "callback_id": callback_id,
        "title": plain(title, 24),
        "close": plain(close, 24),
        "blocks": list(blocks[:LIST_MOST]),
    }
    if submit:
        view["submit"] = plain(submit, 24)
    if about:
        view["private_metadata"] = about
    return view


def home(blocks: Sequence[Block]) -> Block:
    """Return a Home tab."""
    return {"type": "home", "blocks": list(blocks[:LIST_MOST])}


def when(at: datetime, shown: str) -> str:
    """Return a moment in the reader's own zone, with `shown` where a device cannot."""
    return f"<!date^{int(at.timestamp())}^{{date_short_pretty}} at {{time}}|{shown}>"


def _named(block: Block, block_id: str) -> Block:
    return block | ({"block_id": block_id} if block_id else {})


def _starting(block: Block, options: Sequence[Block], initial: str) -> Block:
    found = next((o for o in options if o["value"] == initial), None)
    return block | ({"initial_option": found} if found else {})
