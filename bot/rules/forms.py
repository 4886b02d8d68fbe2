"""A form as pages: what is asked of whom, how many parts make a page, and how a long answer spreads over fields.

Pure. A page is one section, or a few short parts; pages are cut by weight so that a view stays inside Slack's limits
whatever was typed (design.md, "A form is pages").
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.programmes.cards import Form, Part

FIELD = 3_000  # characters one field takes
ANSWER_MOST = 20_000  # characters one answer takes, over several fields
FIELDS_MOST = -(-ANSWER_MOST // FIELD)
QUESTIONS_MOST = 6  # on one page to write on
LINES_MOST = 30  # texts, and lines shown, on one page to write on
WRITING_WEIGHT = 100_000  # bytes of typed text on one page to write on, as Slack is sent them
READING_WEIGHT = 120_000  # the same for a page to read
READING_BLOCKS = 80
SHORT_PAGE = 3  # parts; sections no longer than this share a page

PRIVATE = "private to the writer"
LONG = frozenset({"long text", "list", "actions", "dates"})
LISTS = frozenset({"list", "actions", "dates"})


@dataclass(frozen=True)
class Line:
    """One line shown in a part: an action of last time, a promise to rate, a person named."""

    id: str
    text: str
    value: str = ""  # what was chosen for it, or how it stands
    on: date | None = None  # when it is due, was done or takes place


@dataclass(frozen=True)
class Said:
    """What one of them wrote, and who; `by` is empty where an answer is everybody's."""

    by: str
    text: str


@dataclass(frozen=True)
class Entry:
    """One part of a form as one person meets it, cards and answers put together."""

    name: str
    type: str = "long text"
    section: str = ""
    text: str = ""  # wording to read and agree to
    asks: str = ""  # wording to answer
    help: str = ""
    whose: str = ""  # title of the role whose promise it is
    choices: tuple[str, ...] = ()
    is_optional: bool = False
    is_mine: bool = False  # asked of this person
    shows: str = ""
    answer: str = ""  # as stored, to be written on
    default: str = ""
    said: tuple[Said, ...] = ()  # everything answered, to be read
    lines: tuple[Line, ...] = ()
    writers: tuple[str, ...] = ()  # who is asked instead, by name

    @property
    def is_question(self) -> bool:
        """Whether anything is to be answered."""
        return bool(self.asks) or self.shows in {"last actions", "commitments"}

    @property
    def is_missing(self) -> bool:
        """Whether an answer that must be there is not."""
        if not self.is_question or self.is_optional or self.shows == "last actions":
            return False
        if self.type == "rating":
            return any(not line.value for line in self.lines)
        return not self.answer.strip() if self.is_mine else not self.said


def writers_of(form: "Form", part: "Part") -> tuple[str, ...]:
    """Return the roles a part is asked of: its own, else the form's, else whoever signs first may fill it in."""
    return part.written_by or form.written_by or form.signed_by


def has_one_answer_each(part: "Part") -> bool:
    """Say whether each role asked writes an answer of its own, because the part names more than one."""
    return len(part.written_by) > 1


def all_writers(form: "Form", parts: Mapping[str, "Part"]) -> tuple[str, ...]:
    """Return every role that may write in a form, in the order of its cards."""
    return tuple(dict.fromkeys(role for part in parts.values() for role in writers_of(form, part))) or (
        form.written_by or form.signed_by
    )


def is_joint(form: "Form") -> bool:
    """Say whether a form is written together, so that each sees what the others have put into the draft."""
    return len(form.written_by) != 1


def shown_parts(parts: Mapping[str, "Part"], level: str) -> dict[str, "Part"]:
    """Return the parts that bind a level and stand in the shared document; a private part never does.

    A part for those of whom something is true waits until facts about people are kept.
    """
    return {
        name: part
        for name, part in parts.items()
        if part.sensitive != PRIVATE
        and (not part.applies_to or level in part.applies_to)
        and all(fact.startswith("not ") for fact in part.only_if)
    }


def preparation_part(parts: Mapping[str, "Part"]) -> "Part | None":
    """Return the part written before a meeting for its writer's eyes alone (seed-systems 001-51)."""
    return next((part for part in parts.values() if part.sensitive == PRIVATE), None)


# ---- long answers ----------------------------------------------------------------------------------------------------


def split_answer(text: str) -> tuple[str, ...]:
    """Spread a long answer over fields of 3,000 characters; joining them gives the answer back."""
    return tuple(text[i : i + FIELD] for i in range(0, len(text), FIELD)) or ("",)


def join_fields(fields: Sequence[str]) -> str:
    """Join the fields of one answer in order. A field that was not full ends its line."""
    joined = ""
    for field in fields:
        if field:
            joined += ("" if not joined or len(joined) % FIELD == 0 else "\n") + field
    return joined


# ---- pages -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Page:
    """The parts that stand on one page, and its number from 1 of how many."""

    entries: tuple[Entry, ...]
    number: int
    count: int

    @property
    def start(self) -> str:
        """The part by which the page is found again."""
        return self.entries[0].name if self.entries else ""


def weight(text: str) -> int:
    """Return the bytes a text takes when sent to Slack, where letters outside ASCII take six or twelve."""
    return len(json.dumps(text))


def writing_pages(entries: Sequence[Entry], *, one_by_one: bool = False) -> tuple[Page, ...]:
    """Cut a form into pages to write on: one section, or a few short parts, to a page; or one question to each."""
    if one_by_one:
        return _numbered([(entry,) for entry in entries])
    return _numbered([page for section in _sections(entries) for page in _cut(section)])


def page_holding(pages: Sequence[Page], part: str) -> Page:
    """Return the page a part stands on, or the first."""
    return next((page for page in pages if any(entry.name == part for entry in page.entries)), pages[0])


def page_after(pages: Sequence[Page], part: str) -> Page | None:
    """Return the page that follows the one a part stands on; None after the last."""
    number = page_holding(pages, part).number
    return pages[number] if number < len(pages) else None


def page_beside(pages: Sequence[Page], part: str, step: int) -> Page:
    """Return the page so many steps after the one a part stands on, or before it; never beyond the ends."""
    return pages[min(max(page_holding(pages, part).number - 1 + step, 0), len(pages) - 1)]


def first_missing(pages: Sequence[Page]) -> Entry | None:
    """Return the first part that is asked of this person and has no answer yet."""
    return next((entry for page in pages for entry in page.entries if entry.is_mine and entry.is_missing), None)


def _sections(entries: Sequence[Entry]) -> Iterator[list[Entry]]:
    """Group parts by section; short neighbours share a page."""
    held: list[Entry] = []
    for _, group in groupby(entries, key=lambda entry: entry.section):
        section = list(group)
        if held and not _share_a_page(held, section):
            yield held
            held = []
        held = [*held, *section]
    if held:
        yield held


def _share_a_page(held: Sequence[Entry], section: Sequence[Entry]) -> bool:
    if all(entry.shows == "last actions" and not entry.lines for entry in held):
        return True  # nothing stands there this time
    return _is_short(held) and _is_short(section) and len(held) + len(section) <= SHORT_PAGE


def _is_short(entries: Sequence[Entry]) -> bool:
    return len(entries) <= SHORT_PAGE and not any(entry.is_question and entry.type in LONG for entry in entries)


def _cut(entries: Sequence[Entry]) -> Iterator[tuple[Entry, ...]]:
    """Cut one section where it asks, shows or weighs too much for one view."""
    page: list[Entry] = []
    for entry in entries:
        if page and _is_too_much([*page, entry]):
            yield tuple(page)
            page = []
        page.append(entry)
    yield tuple(page)


def _is_too_much(entries: Sequence[Entry]) -> bool:
    asked = sum(max(1, len(e.lines)) if e.type == "rating" else 1 for e in entries if e.is_question and e.is_mine)
    shown = sum(1 + len(e.lines) + len(e.said) for e in entries)
    weighs = sum(weight(e.answer) + sum(weight(said.text) for said in e.said if not e.is_mine) for e in entries)
    return asked > QUESTIONS_MOST or shown > LINES_MOST or weighs > WRITING_WEIGHT


def _numbered(pages: Sequence[tuple[Entry, ...]]) -> tuple[Page, ...]:
    return tuple(Page(entries, n, len(pages)) for n, entries in enumerate(pages, 1)) or (Page((), 1, 1),)


def reading_pages(entries: Sequence[Entry]) -> tuple[Page, ...]:
    """Cut the whole text into pages to read, as few as Slack's limits allow; what nobody answered is left out."""
    pages: list[tuple[Entry, ...]] = []
    page: list[Entry] = []
    for entry in (each for each in entries if is_readable(each)):
        if page and _is_too_long([*page, entry]):
            pages.append(tuple(page))
            page = []
        page.append(entry)
    return _numbered([*pages, tuple(page)])


def is_readable(entry: Entry) -> bool:
    """Say whether there is anything in a part to read."""
    return bool(entry.text or entry.said or entry.lines)


def _is_too_long(entries: Sequence[Entry]) -> bool:
    pieces = sum(2 + sum(1 + len(split_answer(said.text)) for said in e.said) for e in entries)
    lines = sum(1 for e in entries if e.lines) * 2
    texts = (text for e in entries for text in (e.text, *(s.text for s in e.said), *(line.text for line in e.lines)))
    weighs = sum(weight(text) for text in texts)
    return pieces + lines > READING_BLOCKS or weighs > READING_WEIGHT


# ---- answers ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Typed:
    """What one field group of a page came back with: the answer now, and the answer the page had shown."""

    part: str
    now: str
    before: str


def takes_its_place(typed: Typed, stored: str) -> bool:
    """Say whether what was typed is to be stored over what is there; an untouched field overwrites nobody's words."""
    if typed.now == stored:
        return False
    return typed.now != typed.before or not stored


def is_overtaken(typed: Typed, stored: str) -> bool:
    """Say whether somebody else changed this very answer while it was being typed here."""
    return typed.now not in {typed.before, stored} and stored not in {"", typed.before}


def lines_of(answer: str) -> tuple[str, ...]:
    """Return the lines of a list, without the blanks."""
    return tuple(line.strip() for line in answer.splitlines() if line.strip())


def carried(type_: str, answer: str) -> tuple[str, ...]:
    """Return what a part carries forward: each line of a list, or the whole of a text."""
    if type_ in LISTS:
        return lines_of(answer)
    return (answer.strip(),) if answer.strip() else ()


def read_choices(answer: str) -> dict[str, str]:
    """Read the answer of a part that has one choice for each of its lines."""
    found: dict[str, str] = json.loads(answer) if answer else {}
    return found


def write_choices(choices: Mapping[str, str]) -> str:
    """Write the choices made for each line of a part."""
    return json.dumps(dict(choices), sort_keys=True) if choices else ""
