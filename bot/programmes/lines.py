"""Which line of a programme file each card and each of its lines begins on.

tomllib gives positions for syntax errors only. A card file is flat, so a second reading of its headings and keys is
enough; tomllib itself says where a value that runs over several lines has ended.
"""

import re
import tomllib
from collections.abc import Iterator
from typing import NamedTuple

Path = tuple[str, ...]

KEY = r"""(?:[\w-]+|"[^"]*"|'[^']*')"""
HEADING = re.compile(r"\s*\[\s*([^\[\]]+?)\s*\]\s*(#.*)?$")
PAIR = re.compile(rf"\s*({KEY}(?:\s*\.\s*{KEY})*)\s*=")
WHOLE = re.compile(r"""[\w-]+\s*=\s*("[^"\\]*"|\d+|true|false)\s*""")  # most lines; spares tomllib the reading
PLAIN_KEY = re.compile(r"[\w-]+(\.[\w-]+)*", re.ASCII)


class Place(NamedTuple):
    """A file and a line of it, counted from 1."""

    file: str
    line: int


def line_numbers(source: str) -> dict[Path, int]:
    """Map each table and key of valid TOML to the line it starts on, from 1. Items of a list have the list's line."""
    found: dict[Path, int] = {}
    for number, path, is_heading in _positions(source):
        for depth in range(1 if is_heading else len(path), len(path) + 1):
            found.setdefault(path[:depth], number)
    return found


def card_texts(source: str) -> dict[Path, str]:
    """Cut valid TOML into the text of each card, by its heading; what stands before the first heading is under ()."""
    lines = source.split("\n")
    cuts: list[tuple[int, Path]] = [(1, ())]
    cuts += [(number, path) for number, path, is_heading in _positions(source) if is_heading]
    ends = [number for number, _ in cuts[1:]] + [len(lines) + 1]
    return {path: "\n".join(lines[begin - 1 : end - 1]) for (begin, path), end in zip(cuts, ends, strict=True)}


def _positions(source: str) -> Iterator[tuple[int, Path, bool]]:
    """Yield the line, the full path and whether it is a heading, for each heading and key."""
    table: Path = ()
    pending = ""
    for number, line in enumerate(source.split("\n"), 1):
        if pending:
            pending = _unfinished(f"{pending}\n{line}")
        elif heading := HEADING.match(line):
            table = _key_path(heading[1])
            yield number, table, True
        elif pair := PAIR.match(line):
            yield number, table + _key_path(pair[1]), False
            pending = _unfinished(line)


def _unfinished(text: str) -> str:
    """Return `text` when it is a list or long text that goes on, "" when it is whole."""
    if WHOLE.fullmatch(text):
        return ""
    try:
        tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return text
    return ""


def _key_path(text: str) -> Path:
    if PLAIN_KEY.fullmatch(text):
        return tuple(text.split("."))
    found: object = tomllib.loads(f"{text} = 0")
    path: list[str] = []
    while isinstance(found, dict):
        ((key, found),) = found.items()
        path.append(key)
    return tuple(path)
