"""Line numbers are held against an exact TOML parser, on every file we ship."""

from pathlib import Path

import pytest
import tree_sitter_toml
from tree_sitter import Language, Node, Parser

from bot.programmes.lines import card_texts, line_numbers

FOLDER = Path(__file__).parents[2] / "prompts" / "programmes"
FILES = sorted(FOLDER.rglob("*.toml"))


def exact_lines(source: str) -> dict[tuple[str, ...], int]:
    """Return the line of each key, and of each whole heading, as tree-sitter sees it."""
    tree = Parser(Language(tree_sitter_toml.language())).parse(source.encode())
    found: dict[tuple[str, ...], int] = {}
    for node in tree.root_node.children:
        if node.type == "pair":
            found[key_of(node.children[0])] = node.start_point[0] + 1
        elif node.type == "table":
            heading = key_of(node.children[1])
            found[heading] = node.start_point[0] + 1
            for pair in (child for child in node.children if child.type == "pair"):
                found[heading + key_of(pair.children[0])] = pair.start_point[0] + 1
    return found


def key_of(node: Node) -> tuple[str, ...]:
    if node.type == "dotted_key":
        return tuple(part for child in node.children if child.type != "." for part in key_of(child))
    assert node.text
    return (node.text.decode().strip("\"'"),)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_every_heading_and_key_is_found_on_its_line(path: Path) -> None:
    source = path.read_text("utf-8")
    exact, ours = exact_lines(source), line_numbers(source)
    assert exact
    assert {key: ours.get(key) for key in exact} == exact


def test_the_files_held_against_it_are_all_there() -> None:
    assert len(FILES) == 9  # five programmes, three shared, one that says which are offered


def test_long_text_and_lists_do_not_shift_what_follows() -> None:
    source = '[a.b]\nlist = [\n  "x",\n  "[c.d]",\n]\ntext = """\nkey = 1\n[e.f]\n"""\n"odd key" = 1\n'
    source += "[g.h] # remark\nx.y = 2\n[a.c]\n"
    assert line_numbers(source) == {
        ("a",): 1, ("a", "b"): 1, ("a", "b", "list"): 2, ("a", "b", "text"): 6, ("a", "b", "odd key"): 10,
        ("g",): 11, ("g", "h"): 11, ("g", "h", "x", "y"): 12, ("a", "c"): 13,
    }  # fmt: skip


def test_cards_are_cut_where_their_headings_stand() -> None:
    texts = card_texts('# top\n[a.b]\nx = """\n[not.a.card]\n"""\n[c.d]\ny = 1\n')
    assert texts == {
        (): "# top",
        ("a", "b"): '[a.b]\nx = """\n[not.a.card]\n"""',
        ("c", "d"): "[c.d]\ny = 1\n",
    }
