"""What was written, as people read it back: answers in words, lines shown, notes."""

from collections.abc import Iterator
from datetime import date

from bot.rules.forms import FIELD, LISTS, Entry, Line, Said
from bot.rules.written import NoteLine
from bot.values import Block
from prompts import blocks, words

DONE, STILL_OPEN = "done", "open"
YES_NO = {"yes": "Yes", "no": "No"}
SCALE = {"1": "1 – not at all", "2": "2", "3": "3", "4": "4", "5": "5 – very much"}


def said_blocks(entry: Entry, said: Said, today: date) -> Iterator[Block]:
    """Show the words asked and the words given, whole."""
    by = f" – {blocks.escape(said.by)}" if said.by else ""
    asked = blocks.escape(entry.asks or "Since last time")
    if entry.type == "rating" or entry.shows == "last actions" or entry.type == "people":
        yield blocks.section(f"*{asked}*{by}")
        yield from shown_lines(entry, today)
        return
    yield blocks.section(f"*{asked}*{by}")
    yield from blocks.said(answer_in_words(entry, said.text, today))


def answer_in_words(entry: Entry, text: str, today: date) -> str:
    """Say an answer as people read it."""
    if entry.type == "yes or no":
        return YES_NO.get(text, text)
    if entry.type == "scale":
        return SCALE.get(text, text) if not entry.choices else text
    if entry.type == "date":
        return words.day(date.fromisoformat(text), today=today)
    if entry.type in LISTS or entry.type == "choices":
        return "\n".join(f"• {line}" for line in text.splitlines() if line.strip())
    return text


def shown_lines(entry: Entry, today: date) -> Iterator[Block]:
    """Show the lines of a part, in as few pieces as they fit."""
    piece = ""
    for said in (f"• {_line(entry, line, today)}" for line in entry.lines):
        if len(piece) + len(said) > FIELD - 1:
            yield from blocks.said(piece)
            piece = ""
        piece = f"{piece}\n{said}" if piece else said
    if piece:
        yield from blocks.said(piece)


def _line(entry: Entry, line: Line, today: date) -> str:
    if entry.shows == "last actions":
        return f"{line.text} ({'done' if line.value == DONE else 'still open'})"
    if entry.shows == "coverage":
        return f"{line.text}: {'signed off ' + words.day(line.on, today=today) if line.on else 'not signed off yet'}"
    if entry.shows == "training due" and line.on:
        return f"{line.text}, by {words.day(line.on, today=today)}"
    if entry.shows == "dates planned" and line.on:
        return words.day(line.on, today=today)
    return f"{line.text}: {line.value}" if line.value else line.text


def note_blocks(note: NoteLine, today: date) -> list[Block]:
    """Show a note beside a document."""
    by = blocks.escape(note.by)
    heads = {"returned": f"*{by}* asked for changes", "addendum": f"*{by}* added", "comment": f"*{by}* wrote"}
    return [blocks.context(f"{heads[note.kind]}, {words.near_day(note.on, today)}:"), *blocks.said(note.text)]
