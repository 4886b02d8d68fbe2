"""What is wrong with a programme file, in words, each with the file and line it stands on."""

import difflib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel
from pydantic_core import ErrorDetails

from bot.programmes.lines import Path, Place

TOML_SAYS = {
    "Illegal character '\\n'": "the words on this line are missing their closing quote.",
    "Unterminated string": "the words that begin here are missing their closing quote.",
    "Expected \"'''\"": "the words that begin with ''' are missing their closing '''.",
    'Expected \'"""\'': 'the words that begin with """ are missing their closing """.',
    "Cannot declare": "this heading is already used higher up; every card has a heading of its own.",
    "Cannot overwrite a value": "this line is already there higher up in the same card.",
    "Invalid value": "after = comes words in quotes, a number, true or false, or a list in square brackets.",
    "Expected '=' after a key": "a line is `name = value`; the = is missing.",
    "Expected newline or end of document": (
        "something is left over at the end of this line; is a quote or a comma missing?"
    ),
    "Invalid initial character": "a name begins with a letter, a figure, - or _, or stands in quotes.",
    "Unclosed array": "a list opens with [ and never closes with ].",
    "Expected ']'": "this heading opens with [ and never closes with ].",
    "Invalid statement": "this is neither a [heading], a `name = value` line nor a # remark.",
}


@dataclass(frozen=True, order=True)
class Fault:
    """One thing to mend: the file, the line (counted from 1) and a sentence."""

    file: str
    line: int
    says: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.says}"


class ProgrammeError(Exception):
    """The programme file cannot be used yet; `faults` holds everything there is to mend, in file order."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(sorted(set(faults)))
        super().__init__("\n".join(map(str, self.faults)))


class FaultList:
    """Gathers faults while a file is read, so that all are told at once."""

    def __init__(self, places: dict[Path, Place], file: str) -> None:
        self.places = places
        self.top = Place(file, 1)
        self.found: list[Fault] = []

    def add(self, path: Path, says: str) -> None:
        """Add a fault at the line of `path`, or of the card it is in when the line is not there."""
        place = next((self.places[path[:n]] for n in range(len(path), 0, -1) if path[:n] in self.places), self.top)
        self.found.append(Fault(place.file, place.line, says))


def nearest(word: str, known: Iterable[str]) -> str:
    """Return ` Did you mean "…"?` with the closest known word, or nothing."""
    close = difflib.get_close_matches(word, [str(k) for k in known], 1, 0.6)
    return f' Did you mean "{close[0]}"?' if close else ""


def toml_in_words(message: str) -> str:
    """Put a complaint of tomllib into words."""
    return next(
        (words for start, words in TOML_SAYS.items() if message.startswith(start)),
        f"this line cannot be read ({message.split(' (at', maxsplit=1)[0]}).",
    )


def card_in_words(error: ErrorDetails, path: Path, kind: type[BaseModel]) -> str:
    """Put one complaint of pydantic about a card into words."""
    line = str(error["loc"][0]) if error["loc"] else ""
    card = f"[{'.'.join(path)}]"
    match error["type"]:
        case "missing":
            return f"{card} needs a line `{line} = …`."
        case "extra_forbidden":
            return (
                f"{card} has a line `{line}`, which this kind of card does not use.{nearest(line, kind.model_fields)} "
                f"It may say: {', '.join(kind.model_fields)}."
            )
        case "literal_error":
            return _choice_in_words(line, error["input"], error["ctx"]["expected"])
        case "value_error":
            return f"`{line}`: {error['ctx']['error']}."
    return f"`{line}` {_type_in_words(error['type']) or error['msg'].lower()}."


def _choice_in_words(line: str, given: Any, expected: str) -> str:
    choices = expected.replace("'", '"')
    close = nearest(str(given), [word for word in choices.split('"')[1::2] if word])
    return f'`{line}` cannot be "{given}"; choose {choices}.{close}'


def _type_in_words(kind: str) -> str:
    if kind.startswith("int_"):
        return "must be a whole number, without quotes"
    if kind.startswith("bool_"):
        return "must be true or false, without quotes"
    if kind.startswith("string_"):
        return "must be words in quotes"
    return "must be words in quotes, or a list of them in square brackets" if kind.startswith("tuple_") else ""
