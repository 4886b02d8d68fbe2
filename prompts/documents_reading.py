"""The full text of something written, page by page, and what may be done with it on the last page."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from bot.errors import Missing
from bot.rules.forms import Entry
from bot.rules.written import Head, Reading, SignedLine, Stage, WaitingFor, Writing
from bot.values import Block, Message, Ref
from prompts import blocks, documents, documents_said, ids, words

REASON, ADDENDUM, SIGNED_ON, PRINTED_NAME, SEEN_BY, SHARED_ON, NOTE, SIGNER = (
    "reason", "addendum", "signed_on", "printed_name", "seen_by", "shared_on", "note", "signer",
)  # fmt: skip
NAME_MOST = 200
_SUBMITS = {
    Stage.SIGN: ids.Form.SIGN,
    Stage.ACKNOWLEDGE: ids.Form.ACKNOWLEDGE,
    Stage.CHECK: ids.Form.SEND_OUT,
    Stage.HAND_OVER: ids.Form.HAND_OVER_PART,
}
_MEANINGS = {"signed": "signed", "acknowledged": "has read it", "paper": "signed on paper"}


# ---- a page ----------------------------------------------------------------------------------------------------------


def screen_form(screen: Writing | Reading) -> Block:
    """Show a page to write on or to read."""
    return documents.writing_form(screen) if isinstance(screen, Writing) else reading_form(screen)


def reading_form(screen: Reading) -> Block:
    """Show one page of the full text; on the last, what may be done with it."""
    shown: list[Block] = [blocks.context(*_above(screen))]
    if screen.page.number == 1:
        shown.append(blocks.section(_standing(screen)))
    shown += _entries(screen)
    if screen.is_last:
        shown += _at_the_end(screen)
    buttons = _buttons(screen)
    if buttons:
        shown.append(blocks.actions(*buttons[:5]))
        shown += [blocks.actions(*buttons[5:])] if buttons[5:] else []
    callback, submit = _submit(screen)
    about = f"{screen.head.ref}|{screen.page.start}"
    return blocks.form(callback, screen.head.title, shown, submit=submit, close="Close", about=about)


def _above(screen: Reading) -> list[str]:
    said = [blocks.escape(f"{screen.head.title}: {screen.head.about_name}")]
    if screen.page.count > 1:
        said.append(f"Page {screen.page.number} of {screen.page.count}")
    if screen.head.number > 1:
        said.append(f"Version {screen.head.number}")
    if screen.head.clock:
        said.append(documents.clock_line(screen.head.clock, screen.today))
    return said


def _standing(screen: Reading) -> str:
    head, others = screen.head, [w.name for w in screen.waiting if w.name != screen.me_name]
    waits = words.listed(
        [blocks.escape(name) for name in others] + (["you"] if len(others) < len(screen.waiting) else [])
    )
    if screen.state == "draft":
        return f"This is how it will read. {documents.who_reads(head)}"
    kept = "It is kept elsewhere; only its dates are here. " if head.kept_elsewhere else ""
    said = {
        "out": f"Waiting for {waits} to sign." if waits else "Out to be read.",
        "returned": "Changes were asked for.",
        "locked": "In force, and locked: what it says does not change.",
        "superseded": "A newer version has taken its place.",
    }
    return kept + said.get(screen.state, "")


def _entries(screen: Reading) -> Iterator[Block]:
    section = ""
    for entry in screen.page.entries:
        if entry.section and entry.section != section:
            yield blocks.header(entry.section)
        section = entry.section
        yield from _entry(entry, screen.today)
    if not screen.page.entries and not screen.head.kept_elsewhere:
        yield blocks.section("_Nothing is written here yet._")


def _entry(entry: Entry, today: date) -> Iterator[Block]:
    if entry.text:
        yield blocks.section(documents.promise(entry))
    for said in entry.said:
        yield from documents_said.said_blocks(entry, said, today)
    if not entry.said and entry.lines:
        yield blocks.section(f"*{blocks.escape(entry.asks or 'Since last time')}*")
        yield from documents_said.shown_lines(entry, today)


# ---- the last page ---------------------------------------------------------------------------------------------------


def _at_the_end(screen: Reading) -> Iterator[Block]:
    if screen.outcome:
        yield blocks.section(f"*Outcome:* {blocks.escape(screen.outcome.capitalize())}")
    if screen.signed:
        yield blocks.divider()
        yield blocks.section("\n".join(signed_line(line, screen.today) for line in screen.signed))
    for note in screen.notes:
        yield from documents_said.note_blocks(note, screen.today)
    if said := _what_now(screen):
        yield blocks.divider()
        yield blocks.section(said)


def signed_line(line: SignedLine, today: date) -> str:
    """Say who signed, when and how; what was signed on paper is said apart."""
    who, role = blocks.escape(line.name), f" ({blocks.escape(line.role)})" if line.role else ""
    if line.paper_on:
        seen = f", seen by {blocks.escape(line.seen_by)}" if line.seen_by else ""
        return f"✓ *{who}*{role} signed on paper {words.day(line.paper_on, today=today)}{seen}"
    return f"✓ *{who}*{role} {_MEANINGS[line.meaning]} {words.near_day(line.on, today)}"


def _what_now(screen: Reading) -> str:
    me = blocks.escape(screen.me_name)
    if screen.stage is Stage.SIGN:
        if screen.head.kept_elsewhere:
            return f"By going on you say: I, {me}, have it and agree with it."
        return f"By signing you say: I, {me}, have read all of it and agree that it is right."
    if screen.stage is Stage.ACKNOWLEDGE:
        return "By going on you say that you have read it. You do not sign it."
    if screen.stage is Stage.HAND_OVER:
        return "Whoever began this sends it on when every part is written."
    if screen.asked_to_write:
        names = words.listed([blocks.escape(name) for name in screen.asked_to_write])
        have = "has" if len(screen.asked_to_write) == 1 else "have"
        return f"*{names}* still {have} a part to write. Press *Ask them to write it*; you hear when it is there."
    if screen.stage is Stage.CHECK:
        names = words.listed([blocks.escape(name) for name in screen.goes_to])
        return (
            f"Once shared, the text is fixed, and {names} will be asked to read it."
            if names
            else "Once handed in, the text is fixed."
        )
    return ""


def _submit(screen: Reading) -> tuple[str, str]:
    """Return what the form's own button does and says; a page with nothing to do has none."""
    if not screen.is_last:
        return ids.Form.READING, "Next page"
    if screen.stage is Stage.CHECK and screen.asked_to_write:
        return ids.Form.NOTICE, ""
    if screen.stage is Stage.READ:
        return ids.Form.NOTICE, ""
    return _SUBMITS[screen.stage], _submit_words(screen)


def _submit_words(screen: Reading) -> str:
    head = screen.head
    if screen.stage is Stage.SIGN:
        return "I have it and agree" if head.kept_elsewhere else f"Sign the {kind_word(head)}"
    if screen.stage is Stage.ACKNOWLEDGE:
        return "I have read it"
    if screen.stage is Stage.HAND_OVER:
        return "My part is written"
    return f"Share the {kind_word(head)}" if screen.goes_to else "Hand it in"


def kind_word(head: Head) -> str:
    """Say what kind of thing it is, short enough for a button."""
    return head.kind if len(head.kind) < len("acknowledgement") else "paper"


def _buttons(screen: Reading) -> list[Block]:
    ref, row = str(screen.head.ref), []
    if screen.page.number > 1:
        row.append(blocks.button("Page before", ids.Action.READ_BACK, f"{ref}|{screen.page.start}"))
    if screen.state == "draft":
        row.append(blocks.button("Change something", ids.Action.WRITE_AGAIN, ref))
    return [*row, *_last_buttons(screen, ref)] if screen.is_last else row


def _last_buttons(screen: Reading, ref: str) -> Iterator[Block]:
    """Yield what may be done at the end of the text beside the form's own button."""
    text_is_here = not screen.head.kept_elsewhere
    offered = (
        (screen.stage is Stage.CHECK and bool(screen.asked_to_write), "Ask them to write it", ids.Action.ASK_TO_WRITE),
        (screen.may_return and text_is_here, "Ask for changes", ids.Action.ASK_FOR_CHANGES),
        (screen.may_edit, "Make the changes", ids.Action.NEXT_VERSION),
        (screen.may_renew, "Begin a new version", ids.Action.NEXT_VERSION),
        (screen.may_take_back and text_is_here, "Take it back", ids.Action.TAKE_BACK),
        (screen.may_add, "Add a note to it", ids.Action.ADDENDUM),
        (screen.may_enter_paper, "Somebody signed on paper", ids.Action.SIGNED_ON_PAPER),
    )
    for is_offered, text, action in offered:
        if is_offered:
            yield blocks.button(text, action, ref, style="primary" if action is ids.Action.ASK_TO_WRITE else "")


def asked_form(names: tuple[str, ...]) -> Block:
    """Say who was asked for their part."""
    who = words.listed([blocks.escape(name) for name in names])
    text = f"{who} will find it in their messages. You hear when it is written; then share it."
    return blocks.form(ids.Form.NOTICE, "Asked", [blocks.section(text)], close="Close")


def read_reading_form(view: dict[str, Any]) -> tuple[Ref, str]:
    """Read which document a page is of, and the part it begins with."""
    ref, _, start = view["private_metadata"].partition("|")
    return Ref.read(ref), start


def read_page_button(value: str) -> tuple[Ref, str]:
    """Read the same from a page's own button."""
    ref, _, start = value.partition("|")
    return Ref.read(ref), start


# ---- asking for changes, adding, paper -------------------------------------------------------------------------------


def changes_form(ref: Ref) -> Block:
    """Ask what should change."""
    question = blocks.question(
        REASON,
        "What should change?",
        blocks.text_input(REASON, multiline=True),
        hint="The author reads this; nobody else is told.",
    )
    return blocks.form(
        ids.Form.ASK_FOR_CHANGES, "Ask for changes", [question], submit="Ask for changes", close="Back", about=str(ref)
    )


def addendum_form(ref: Ref) -> Block:
    """Ask for something to stand beside what is locked."""
    shown = [
        blocks.section(
            "What is signed stays as it is. Your note stands beside it, with your name and today's date, "
            "for the same readers."
        ),
        blocks.question(ADDENDUM, "Your note", blocks.text_input(ADDENDUM, multiline=True)),
    ]
    return blocks.form(ids.Form.ADDENDUM, "Add a note", shown, submit="Add it", close="Back", about=str(ref))


def read_text(view: dict[str, Any], field: str) -> tuple[Ref, str]:
    """Read a form of one text. Raises Missing for an empty one."""
    text = (view["state"]["values"][field][field].get("value") or "").strip()
    if not text:
        raise Missing().under(field)
    return Ref.read(view["private_metadata"]), text


def signed_on_paper_form(ref: Ref, waiting: tuple[WaitingFor, ...], today: date) -> Block:
    """Ask who signed this version on paper, when, and who saw it."""
    options = [blocks.option(f"{w.name} ({w.role})", str(w.person_id)) for w in waiting]
    shown = [
        blocks.section(
            "For somebody who cannot sign here. It is shown and counted apart from signatures given in Slack."
        ),
        blocks.question(SIGNER, "Who signed?", blocks.select(SIGNER, options)),
        *_paper_questions(today),
    ]
    return blocks.form(
        ids.Form.SIGNED_ON_PAPER, "Signed on paper", shown, submit="Enter it", close="Back", about=str(ref)
    )


def paper_agreement_form(ref: Ref, title: str, names: tuple[str, ...], today: date) -> Block:
    """Ask when an agreement was signed on paper, before Handrail."""
    who = words.listed([blocks.escape(name) for name in names])
    shown = [
        blocks.section(
            f"*{blocks.escape(title)}*, signed on paper by {who}. It counts from its own date; "
            "the paper stays where it is."
        ),
        blocks.question(SIGNED_ON, "Signed on", blocks.date_picker(SIGNED_ON, today)),
        blocks.question(SEEN_BY, "Who saw it, or where is it kept?", blocks.text_input(SEEN_BY, most=NAME_MOST)),
    ]
    return blocks.form(ids.Form.PAPER_AGREEMENT, "Signed on paper", shown, submit="Enter it", about=str(ref))


def _paper_questions(today: date) -> list[Block]:
    return [
        blocks.question(SIGNED_ON, "Signed on", blocks.date_picker(SIGNED_ON, today)),
        blocks.question(PRINTED_NAME, "The name printed under it", blocks.text_input(PRINTED_NAME, most=NAME_MOST)),
        blocks.question(SEEN_BY, "Who saw it being signed?", blocks.text_input(SEEN_BY, most=NAME_MOST)),
    ]


@dataclass(frozen=True)
class OnPaper:
    """What was entered about a signature on paper."""

    ref: Ref
    signed_on: date
    seen_by: str
    printed_name: str = ""
    signer_id: UUID | None = None


def read_paper_form(view: dict[str, Any]) -> OnPaper:
    """Read either form about paper."""
    values = view["state"]["values"]
    signer = values[SIGNER][SIGNER]["selected_option"]["value"] if SIGNER in values else None
    return OnPaper(
        Ref.read(view["private_metadata"]),
        _day(values, SIGNED_ON),
        _text(values, SEEN_BY),
        _text(values, PRINTED_NAME) if PRINTED_NAME in values else "",
        UUID(signer) if signer else None,
    )


def record_elsewhere_form(ref: Ref, title: str, today: date) -> Block:
    """Ask when a record that is kept elsewhere was shared."""
    shown = [
        blocks.section(
            f"The record of *{blocks.escape(title)}* is kept elsewhere. Only its date comes here, "
            "and whether the other has it and agrees."
        ),
        blocks.question(SHARED_ON, "Shared on", blocks.date_picker(SHARED_ON, today)),
    ]
    return blocks.form(ids.Form.RECORD_ELSEWHERE, "Record kept elsewhere", shown, submit="Save", about=str(ref))


def read_record_elsewhere_form(view: dict[str, Any]) -> tuple[Ref, date]:
    """Read when it was shared."""
    return Ref.read(view["private_metadata"]), _day(view["state"]["values"], SHARED_ON)


def _day(values: dict[str, Any], field: str) -> date:
    chosen = values[field][field].get("selected_date")
    if not chosen:
        raise Missing().under(field)
    return date.fromisoformat(chosen)


def _text(values: dict[str, Any], field: str) -> str:
    text = (values[field][field].get("value") or "").strip()
    if not text:
        raise Missing().under(field)
    return text


# ---- before a meeting ------------------------------------------------------------------------------------------------


def preparation_form(ref: Ref, *, title: str, other_name: str, asks: str, text: str, when: str) -> Block:
    """Ask what somebody wants to bring to a meeting, for their eyes alone."""
    shown = [
        blocks.section(f"*{blocks.escape(title)}* with {blocks.escape(other_name)}{when}"),
        blocks.question(
            NOTE, asks or "What I want to bring", blocks.text_input(NOTE, multiline=True, initial=text), optional=True
        ),
        blocks.context("Only you see this here. The person it is about can ask for it by law."),
    ]
    return blocks.form(ids.Form.PREPARE, "Before we meet", shown, submit="Save", about=str(ref))


def read_preparation_form(view: dict[str, Any]) -> tuple[Ref, str]:
    """Read a private note; an empty one is deleted."""
    return Ref.read(view["private_metadata"]), view["state"]["values"][NOTE][NOTE].get("value") or ""


# ---- pointers --------------------------------------------------------------------------------------------------------

_POINTERS = {
    "shared": ("{by} has shared something with you to read.", "Read it"),
    "please write": ("{by} asks you to write your part of *{title}*.", "Write my part"),
    "part written": ("Another part of *{title}* is written.", "Open it"),
    "addendum": ("A note was added to *{title}*.", "Read it"),
    "comment": ("There is a comment on something you shared.", "Read it"),
}


def pointer_message(says: str, *, title: str, by: str, ref: Ref, action: str) -> Message:
    """Say that there is something to read and where; never what it says."""
    text, button = _POINTERS[says]
    said = text.format(by=blocks.escape(by), title=blocks.escape(title))
    row = blocks.actions(blocks.button(button, action, str(ref)))
    return Message(said.replace("*", ""), (blocks.section(said), row))
