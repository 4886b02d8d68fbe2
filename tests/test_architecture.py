"""What holds the house together, beyond what the import rules can say."""

import ast
import re
from pathlib import Path

import pytest

from bot import errors as error_classes
from prompts import errors as sentences
from prompts import ids

OURS = ("bot", "handlers", "prompts", "storage")
CLOCK_CALLS = {("datetime", "now"), ("datetime", "utcnow"), ("datetime", "today"), ("date", "today")}
READS_TIME = {
    "bot/clock.py",  # programme time is read here
    "storage/keyring.py",  # when a key was destroyed is machine time: it is compared with copies kept outside
}
SOURCES = [path for folder in OURS for path in Path(folder).rglob("*.py") if "practice" not in path.parts]


def calls_of_a_clock(path: Path) -> list[int]:
    """Return the lines on which a module asks what time it is."""
    found = []
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        is_call = isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name)
        if is_call and (node.value.id, node.attr) in CLOCK_CALLS:
            found.append(node.lineno)
    return found


def test_only_the_clock_reads_programme_time() -> None:
    readers = {str(path): lines for path in SOURCES if (lines := calls_of_a_clock(path))}
    assert set(readers) <= READS_TIME, readers
    assert "bot/clock.py" in readers


def every_error() -> list[type[error_classes.HandrailError]]:
    """Return every class of error a person may meet."""
    return [
        found
        for found in vars(error_classes).values()
        if isinstance(found, type)
        and issubclass(found, error_classes.HandrailError)
        and found is not error_classes.HandrailError
    ]


@pytest.mark.parametrize("error", every_error(), ids=lambda error: error.__name__)
def test_every_error_has_a_sentence(error: type[error_classes.HandrailError]) -> None:
    assert error in sentences._SENTENCES


def test_slack_errors_are_caught_where_they_are_understood() -> None:
    catching = {
        str(path)
        for path in SOURCES
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.ExceptHandler) and node.type and "SlackApiError" in ast.unparse(node.type)
    }
    of_the_operator = {"bot/doctor.py", "bot/recognising.py"}  # they say it in the terminal and in the log
    assert catching <= {"bot/app.py", "bot/delivery/slack_calls.py", *of_the_operator}, catching


def test_every_button_of_a_duty_is_answered() -> None:
    listening = "\n".join(path.read_text("utf-8") for path in Path("handlers").rglob("*.py"))
    assert not [do for do in ids.Do if not re.search(rf"ids\.Do\.{do.name}\b", listening)]
