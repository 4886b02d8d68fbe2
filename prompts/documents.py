"""Pages of something written: one section, or a few short parts, to a page; saved when it is left."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from bot.rules.forms import (
    FIELDS_MOST,
    LONG,
    Entry,
    Typed,
    join_fields,
    split_answer,
    write_choices,
)
from bot.rules.signing import Clock
from bot.rules.written import Head, Writing
from bot.values import Block, PersonLine, Ref
from prompts import blocks, ids, people, words
from prompts.documents_said import DONE, SCALE, STILL_OPEN, YES_NO, note_blocks, said_blocks, shown_lines

ANSWER, OUTCOME = "answer", "outcome"  # the element of every field; the question for an outcome
RADIO_MOST, TICKS = 10, 10
_HINTS = {
    "list": "One on each line.",
    "actions": "One on each line: who does what, by when.",
    "dates": "One on each line.",
    "duration": "A length of time, like “2 working days” or “90 minutes”.",
    "frequency": "How often, like “every 2 weeks” or “each calendar month”.",
    "case reference": "The number only, no name.",
    "link": "It begins with https://",
}


# ---- a page ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class PageIds:
    """What a page of a draft answers to: its form, and its buttons."""

    form: str = ids.Form.WRITING
    back: str = ids.Action.PAGE_BACK
    save: str = ids.Action.SAVE_FOR_NOW
    more: str = ids.Action.ADD_MORE


OURS = PageIds()


def writing_form(screen: Writing, keys: PageIds = OURS, opening: Sequence[Block] = ()) -> Block:
    """Show one page of a draft; `opening` stands on the first page in place of who reads it."""
    page, head = screen.page, screen.head
    shown: list[Block] = [blocks.context(*_above(screen))]
    if page.number == 1:
        shown += opening or _opening(screen)
    if screen.is_unfinished:
        shown.append(blocks.section("*This page still needs an answer* before it can go out."))
    shown += _entries(page.entries, screen, keys)
    if screen.outcomes:
        shown.append(_outcome_question(screen))
    shown.append(_page_buttons(screen, keys))
    about = f"{head.ref}|{page.start}"
    return blocks.form(keys.form, head.title, shown, submit="Save and next", close="Close", about=about)


def _above(screen: Writing) -> list[str]:
    said = [f"Page {screen.page.number} of {screen.page.count}"]
    if screen.head.clock:
        said.append(clock_line(screen.head.clock, screen.today))
    return said


def _opening(screen: Writing) -> list[Block]:
    """Say who will read it, why it came back, what was noted before: the head of the first page."""
    head = screen.head
    shown = [blocks.section(who_reads(head))]
    if head.help:
        shown.append(blocks.section(blocks.escape(head.help)))
    for note in screen.because:
        shown += note_blocks(note, screen.today)
    if screen.own_note:
        shown += [
            blocks.context("*What you noted before the meeting.* Only you see this."),
            *blocks.said(screen.own_note),
        ]
    return shown


def who_reads(head: Head) -> str:
    """Say who will read what is written here, in the words of the promise."""
    if head.is_counted_only:
        return (
            "*Nobody reads your answers.* Only counts are shown, and none where fewer than five people could be meant. "
            "Handrail itself knows that it was you who answered."
        )
    names = words.listed([*(blocks.escape(name) for name in head.readers), "you"])
    reads = f"*{names[:1].upper()}{names[1:]}* will read this." if head.readers else "*Only you* will read this."
    lead = "" if head.lead_reads else "Your programme lead sees that it was written and signed, not what it says. "
    return f"{reads} {lead}What you type is saved page by page."


def clock_line(clock: Clock, today: date) -> str:
    """Say by when a record is to be shared, and how many working days are left."""
    by = words.day(clock.share_by, today=today)
    if clock.shared_on:
        kept = "in time" if clock.shared_on <= clock.share_by else f"after its day, {by}"
        return f"Shared {words.near_day(clock.shared_on, today)}, {kept}"
    if clock.is_late:
        return f"Was to be shared by {by} – {words.count(-clock.days_left, 'working day')} ago"
    if clock.days_left == 0:
        return f"Share by {by} – today is the last day"
    return f"Share by {by} – {words.count(clock.days_left, 'working day')} left"


def _page_buttons(screen: Writing, keys: PageIds) -> Block:
    row = [blocks.button("Save for now", keys.save)]
    if screen.page.number > 1:
        row.insert(0, blocks.button("Back", keys.back))
    return blocks.actions(*row)


def saved_form(title: str) -> Block:
    """Say that a draft is kept."""
    text = "Saved. Close this whenever you like; it opens again where you left it."
    return blocks.form(ids.Form.NOTICE, title, [blocks.section(text)], close="Close")


# ---- its parts -------------------------------------------------------------------------------------------------------


def _entries(entries: Sequence[Entry], screen: Writing, keys: PageIds) -> Iterator[Block]:
    section = ""
    for entry in entries:
        if entry.section and entry.section != section:
            yield blocks.header(entry.section)
        section = entry.section
        yield from _entry(entry, screen, keys)


def _entry(entry: Entry, screen: Writing, keys: PageIds) -> Iterator[Block]:
    if entry.text:
        yield blocks.section(promise(entry))
    if entry.type != "rating" and entry.shows != "last actions":
        yield from shown_lines(entry, screen.today)
    if not entry.is_question:
        return
    if not entry.is_mine:
        yield from _others_part(entry, screen.today)
        return
    for said in entry.said:
        yield from said_blocks(entry, said, screen.today)
    yield from _question(entry, screen, keys)


def promise(entry: Entry) -> str:
    """Show wording to agree to, and whose promise it is."""
    whose = f"*{blocks.escape(entry.whose)}:* " if entry.whose else ""
    small = f"\n_{blocks.escape(entry.help)}_" if entry.help and not entry.asks else ""
    return f"{whose}{blocks.escape(entry.text)}{small}"


def _others_part(entry: Entry, today: date) -> Iterator[Block]:
    if entry.said:
        for said in entry.said:
            yield from said_blocks(entry, said, today)
        return
    if entry.lines:
        yield from shown_lines(entry, today)
    who = words.listed([blocks.escape(name) for name in entry.writers], "or") or "Somebody else"
    yield blocks.section(f"*{blocks.escape(entry.asks)}*\n_{who} writes this._")


def _question(entry: Entry, screen: Writing, keys: PageIds) -> Iterator[Block]:
    if entry.type == "rating":
        yield from _ratings(entry)
    elif entry.shows == "last actions":
        yield from _ticks(entry)
    elif entry.type in LONG:
        yield from _long_text(entry, screen.fields.get(entry.name, 1), keys)
    else:
        yield blocks.question(
            entry.name,
            entry.asks,
            _element(entry),
            hint=entry.help or _HINTS.get(entry.type, ""),
            optional=entry.is_optional,
        )


def _long_text(entry: Entry, fields: int, keys: PageIds) -> Iterator[Block]:
    pieces = split_answer(entry.answer or entry.default)
    count = max(fields, len(pieces))
    for n in range(count):
        more = "" if n == 0 else f" (more, {n + 1})"
        hint = entry.help or _HINTS.get(entry.type, "")
        initial = pieces[n] if n < len(pieces) else ""
        element = blocks.text_input(ANSWER, multiline=True, initial=initial)
        yield blocks.question(
            f"{entry.name}~{n}" if n else entry.name,
            entry.asks + more,
            element,
            hint="" if n else hint,
            optional=entry.is_optional or n > 0,
        )
    if count < FIELDS_MOST:
        yield blocks.actions(blocks.button("Add more", keys.more, entry.name), block_id=f"more~{entry.name}")


def _ratings(entry: Entry) -> Iterator[Block]:
    yield blocks.section(f"*{blocks.escape(entry.asks)}*")
    for line in entry.lines:
        options = [blocks.option(choice, choice) for choice in entry.choices]
        menu = blocks.select(ANSWER, options, initial=line.value)
        yield blocks.question(f"{entry.name}~{line.id}", line.text, menu, optional=entry.is_optional)


def _ticks(entry: Entry) -> Iterator[Block]:
    """Ask which of last time's actions are done; long ones are shown whole above."""
    if not entry.lines:
        yield blocks.context("Nothing is open from last time.")
        return
    for line in entry.lines:
        if len(line.text) > TICK_TEXT:
            yield from blocks.said(f"• {line.text}")
    for n in range(0, len(entry.lines), TICKS):
        some = entry.lines[n : n + TICKS]
        options = [blocks.option(line.text, line.id) for line in some]
        done = [line.id for line in some if line.value == DONE]
        label = "Agreed last time: tick what is done" if n == 0 else "And these"
        yield blocks.question(
            f"{entry.name}~{n}", label, blocks.checkboxes(ANSWER, options, initial=done), optional=True
        )


TICK_TEXT = 75  # characters a tick box shows


def _element(entry: Entry) -> Block:
    make = _ELEMENTS.get(entry.type)
    return make(entry) if make else blocks.text_input(ANSWER, initial=entry.answer or entry.default)


def _choice(entry: Entry, choices: Mapping[str, str]) -> Block:
    options = [blocks.option(text, value) for value, text in choices.items()]
    initial = entry.answer or entry.default
    if len(options) > RADIO_MOST:
        return blocks.select(ANSWER, options, initial=initial)
    return blocks.radio(ANSWER, options, initial=initial)


def _choices(entry: Entry) -> Block:
    options = [blocks.option(choice, choice) for choice in entry.choices]
    return blocks.checkboxes(ANSWER, options, initial=entry.answer.splitlines())


def _people(entry: Entry) -> Block:
    named = [people.person_option(PersonLine(UUID(line.id), line.text)) for line in entry.lines]
    return blocks.people_multi_select(ids.Action.PEOPLE, initial=named)


_ELEMENTS: Mapping[str, Callable[[Entry], Block]] = {
    "yes or no": lambda entry: _choice(entry, YES_NO),
    "choice": lambda entry: _choice(entry, {choice: choice for choice in entry.choices}),
    "scale": lambda entry: _choice(entry, {c: c for c in entry.choices} or SCALE),
    "choices": _choices,
    "people": _people,
    "date": lambda entry: blocks.date_picker(ANSWER, date.fromisoformat(entry.answer) if entry.answer else None),
}


def _outcome_question(screen: Writing) -> Block:
    options = [blocks.option(outcome.capitalize(), outcome) for outcome in screen.outcomes]
    return blocks.question(
        OUTCOME, "What comes of it?", blocks.radio(ANSWER, options, initial=screen.outcome), optional=True
    )


# ---- reading a page back ---------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class LeftPage:
    """A page of a draft as it was left."""

    document_id: UUID
    start: str
    typed: tuple[Typed, ...]
    outcome: str | None


def read_writing_form(view: dict[str, Any]) -> LeftPage:
    """Read what a page came back with: what each part says now, and what it said when the page was shown."""
    ref, _, start = view["private_metadata"].partition("|")
    values = view["state"]["values"]
    asked = [block for block in view["blocks"] if block["type"] == "input"]
    typed = tuple(_typed(part, some, values) for part, some in _by_part(asked).items() if part != OUTCOME)
    found = next((block for block in asked if block["block_id"] == OUTCOME), None)
    outcome = _now(found, values) if found else None
    return LeftPage(Ref.read(ref).id, start, typed, outcome)


def count_fields(view: dict[str, Any], part: str) -> int:
    """Return how many fields a page shows for one part."""
    return sum(block["block_id"].partition("~")[0] == part for block in view["blocks"] if block["type"] == "input")


def _by_part(asked: Sequence[Block]) -> dict[str, list[Block]]:
    found: dict[str, list[Block]] = {}
    for block in asked:
        found.setdefault(block["block_id"].partition("~")[0], []).append(block)
    return found


def _typed(part: str, some: Sequence[Block], values: Mapping[str, Any]) -> Typed:
    kind = some[0]["element"]["type"]
    if kind == "plain_text_input":
        now = join_fields([_now(block, values) for block in some])
        return Typed(part, now, join_fields([_before(block) for block in some]))
    if kind == "checkboxes" and "~" in some[0]["block_id"]:
        return Typed(part, _ticked(some, lambda b: _now(b, values)), _ticked(some, _before))
    if "~" in some[0]["block_id"]:
        return Typed(part, _rated(some, lambda b: _now(b, values)), _rated(some, _before))
    return Typed(part, _now(some[0], values), _before(some[0]))


def _ticked(some: Sequence[Block], read: Callable[[Block], str]) -> str:
    done = {line for block in some for line in read(block).splitlines()}
    every = (option["value"] for block in some for option in block["element"]["options"])
    return write_choices({each: DONE if each in done else STILL_OPEN for each in every})


def _rated(some: Sequence[Block], read: Callable[[Block], str]) -> str:
    chosen = {block["block_id"].partition("~")[2]: read(block) for block in some}
    return write_choices({line: choice for line, choice in chosen.items() if choice})


def _now(block: Block, values: Mapping[str, Any]) -> str:
    element = block["element"]
    state = values.get(block["block_id"], {}).get(element["action_id"], {})
    if "selected_options" in state:
        return "\n".join(option["value"] for option in state["selected_options"] or ())
    option = state.get("selected_option")
    return (option["value"] if option else None) or state.get("selected_date") or state.get("value") or ""


def _before(block: Block) -> str:
    element = block["element"]
    if "initial_options" in element:
        return "\n".join(option["value"] for option in element["initial_options"])
    option = element.get("initial_option")
    return (option["value"] if option else None) or element.get("initial_date") or element.get("initial_value") or ""
