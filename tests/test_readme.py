"""The README tells the truth: what it names is there, and what it says is missing is missing."""

import re
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

import click
import pytest
from click.testing import CliRunner

from bot.cli import handrail
from bot.manifest import declared
from bot.settings import Settings
from prompts import ids

HERE = Path(__file__).resolve().parent.parent
README = (HERE / "README.md").read_text("utf-8")
OURS = ("bot", "handlers", "prompts", "storage")
MISSING = "## What is not there yet"
LONGEST = 250  # lines: it is read by somebody who has ten minutes
KINDS = (".py", ".toml", ".yml", ".md", ".csv", ".txt", ".in")
MADE_LATER = ("var/", ".venv/")  # not in the repository
OPTION = re.compile(r"--[a-z-]+")


class Typed(NamedTuple):
    """One command as the README writes it: the words that name it, and the options behind them."""

    words: tuple[str, ...]
    options: tuple[str, ...]


def section(heading: str) -> str:
    """Return the text under one heading."""
    assert heading in README, f"the README has no heading {heading!r}"
    return README.split(heading, 1)[1].split("\n## ", 1)[0]


def code(text: str) -> list[str]:
    """Return everything written as code: each line of the blocks, comments apart, and each span."""
    blocks = re.findall(r"^```\n(.*?)^```", text, re.DOTALL | re.MULTILINE)
    lines = [line.split("#", 1)[0].strip() for block in blocks for line in block.splitlines()]
    without = re.sub(r"^```\n.*?^```", "", text, flags=re.DOTALL | re.MULTILINE)
    return [line for line in lines if line] + re.findall(r"`([^`\n]+)`", without)


def there() -> str:
    """Return the README without what it says is missing."""
    return README.replace(section(MISSING), "")


def named_paths() -> list[str]:
    """Return every file and folder the README names; `<feature>` stands for any of them."""
    spans = {span for span in code(README) if re.fullmatch(r"[\w.<>/-]+", span)}
    return sorted(
        span
        for span in spans
        if span.endswith((*KINDS, "/")) or "/" in span[1:] or span in {"LICENSE", "Makefile", ".env.example"}
        if not span.startswith(("/", *MADE_LATER))
    )


def typed_commands(text: str) -> list[Typed]:
    """Return every `handrail …` of a text; `a`, `b`, `c` behind one in a table are its sisters."""
    found = [
        Typed(tuple(match[1].split()), tuple(OPTION.findall(span)))
        for span in code(text)
        if (match := re.match(r"(?:\.venv/bin/)?handrail ((?:[a-z]+ ?)*)", span))
    ]
    for row in re.findall(r"^\| `handrail .*$", text, re.MULTILINE):
        first, *sisters = re.findall(r"`([^`]+)`", row.split("|")[1])
        words = tuple(first.split()[1:])
        found += [Typed((*words[:-1], last), tuple(OPTION.findall(row))) for last in (words[-1], *sisters)]
    return list(dict.fromkeys(found))


def find_command(words: tuple[str, ...]) -> tuple[click.Command, tuple[str, ...]]:
    """Follow the words down to a command; what is left behind it are its arguments. Fails where a name is unknown."""
    at: click.Command = handrail
    context = click.Context(at)
    for n, word in enumerate(words):
        if not isinstance(at, click.Group):
            return at, words[:n]
        below = at.get_command(context, word)
        assert below, f"there is no command `handrail {' '.join(words[: n + 1])}`"
        at = below
    return at, words


def every_command() -> Iterator[tuple[str, ...]]:
    """Yield each command of the terminal that does something, by its words."""
    for name in handrail.list_commands(click.Context(handrail)):
        at, _ = find_command((name,))
        if isinstance(at, click.Group):
            yield from ((name, below) for below in at.commands)
        else:
            yield (name,)


def made(text: str) -> list[str]:
    """Return the targets of every `make …` of a text."""
    return [match[1] for span in code(text) if (match := re.match(r"make ([a-z]+)", span))]


def targets() -> set[str]:
    """Return the targets that `make help` prints."""
    return set(re.findall(r"^([a-z]+):.*## ", (HERE / "Makefile").read_text("utf-8"), re.MULTILINE))


@pytest.mark.parametrize("path", named_paths())
def test_every_file_and_folder_it_names_is_there(path: str) -> None:
    pattern = re.sub(r"<\w+>", "*", path).rstrip("/")
    assert list(HERE.glob(pattern)), f"the README names {path}, which is not there"


def test_every_folder_of_the_code_is_on_the_map() -> None:
    packages = {found.parent.relative_to(HERE) for top in OURS for found in (HERE / top).rglob("__init__.py")}
    assert sorted(f"{folder}/" for folder in packages if f"`{folder}/`" not in section("## Where everything is")) == []


@pytest.mark.parametrize("typed", typed_commands(there()), ids=lambda typed: " ".join(typed.words))
def test_every_command_it_names_can_be_typed(typed: Typed) -> None:
    command, words = find_command(typed.words)
    told = CliRunner().invoke(handrail, [*words, "--help"])
    assert told.exit_code == 0, told.output
    known = {option for parameter in command.params for option in parameter.opts} | {"--help"}
    assert set(typed.options) <= known, f"`handrail {' '.join(words)}` has no {set(typed.options) - known}"


def test_no_command_is_left_out() -> None:
    named = {typed.words for typed in typed_commands(section("### Every command"))}
    assert set(every_command()) - named == set()


def test_what_it_says_is_missing_is_missing() -> None:
    missing = {typed.words[0] for typed in typed_commands(section(MISSING))}
    assert missing
    assert missing & set(handrail.list_commands(click.Context(handrail))) == set()
    assert set(made(section(MISSING))) & targets() == set()


def test_every_module_it_runs_is_there() -> None:
    modules = {match[1] for span in code(README) if (match := re.search(r"python -m ([\w.]+)", span))}
    assert modules
    assert {module for module in modules if not find_spec(f"{module}.__main__")} == set()


def test_every_make_target_it_names_is_there() -> None:
    assert set(made(there())) - targets() == set()
    assert {"demo", "test", "lint"} <= set(made(there()))


def test_its_own_test_command_is_what_has_to_pass() -> None:
    assert "make test" in section("## Two commands")
    assert "make test" in (HERE / ".ci" / "run").read_text("utf-8").splitlines()


def test_every_slash_command_is_named() -> None:
    named = {span for span in code(README) if re.fullmatch(r"/[a-z]+", span)}
    assert named - {"/healthz", "/metrics"} == {str(command) for command in ids.Command}


def test_every_scope_is_explained_and_no_other() -> None:
    rows = dict(re.findall(r"^\| `([a-z:.]+)`([^|]*)\| [^|]{12,} \|$", README, re.MULTILINE))
    wanted = declared()
    assert set(rows) == wanted.scopes | wanted.optional_scopes | {"connections:write"}
    assert {scope for scope, note in rows.items() if "optional" in note} == wanted.optional_scopes


def test_every_setting_it_names_is_read() -> None:
    named = set(re.findall(r"\b(?:HANDRAIL|SLACK)_[A-Z_]+", README))
    assert named
    assert {name.lower() for name in named} <= set(Settings.model_fields)


def test_it_takes_five_steps_and_is_short() -> None:
    steps = re.findall(r"^\*\*(\d)\. ", section("## On your own Slack, in five steps"), re.MULTILINE)
    assert steps == ["1", "2", "3", "4", "5"]
    assert len(README.splitlines()) <= LONGEST
