"""Find on a view or a message what a person would look for: a button or field by its visible words, and all text."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from bot.practice.block_kit import elements_of
from bot.practice.block_limits import options_of
from bot.practice.refusals import Json, NotPossibleError

Found = tuple[Json, Json]  # block, element
_SPOKEN = ("text", "alt_text", "label", "title", "hint", "placeholder", "description", "fallback")


def texts(shown: Any) -> list[str]:
    """List every text a person can read on a view, a message or a block, in the order it stands."""
    return list(_spoken(shown))


def _spoken(value: Any) -> Iterator[str]:
    if isinstance(value, list):
        for item in value:
            yield from _spoken(item)
        return
    if not isinstance(value, dict):
        return
    for key, item in value.items():
        if key in _SPOKEN and isinstance(item, str):
            yield item
        elif key not in ("state", "metadata"):
            yield from _spoken(item)


def find_pressable(blocks: list[Json], words: str) -> Found | None:
    """Find a button, menu or field by its visible words or its action_id; exact words before words contained."""
    every = [(block, element) for block in blocks for element in elements_of(block)]
    for matches in (_is_named, _says, _mentions):
        for block, element in every:
            if matches(block, element, words):
                return block, element
    return None


def find_field(blocks: list[Json], words: str) -> Found:
    """Find a field by its label or block id; says which there are when there is none."""
    for block in blocks:
        if words in (block.get("block_id"), _plain(block.get("label"))):
            element = next(iter(elements_of(block)), None)
            if element:
                return block, element
    found = find_pressable(blocks, words)
    if found is None:
        raise NotPossibleError(f"There is no field “{words}” here; there are: {', '.join(_labels(blocks))}.")
    return found


def pick_value(element: Json, wanted: Any) -> Any:
    """Turn visible words into an option's value, for elements that list their options; anything else stays."""
    options = {option["text"]["text"]: option["value"] for option in options_of(element)}
    if isinstance(wanted, list):
        return [pick_value(element, word) for word in wanted]
    return options.get(wanted, wanted) if isinstance(wanted, str) else wanted


def pick_option(options: list[Json], words: str) -> str:
    """Choose the offered option a person means: its words or value, else the first whose words contain them."""
    for option in options:
        if words in (option["text"], option["value"]):
            return str(option["value"])
    for option in options:
        if words.lower() in option["text"].lower():
            return str(option["value"])
    raise NotPossibleError(f"“{words}” is not offered; there are: {', '.join(o['text'] for o in options) or 'none'}.")


def _plain(text: Any) -> str:
    return str(text.get("text", "")) if isinstance(text, dict) else ""


def _is_named(block: Json, element: Json, words: str) -> bool:
    return words in (element.get("action_id"), block.get("block_id") if "accessory" in block else None)


def _says(block: Json, element: Json, words: str) -> bool:
    spoken = (element.get("text"), element.get("placeholder"), block.get("label"))
    return words in [_plain(text) for text in spoken if text] or words == element.get("accessibility_label")


def _mentions(_block: Json, element: Json, words: str) -> bool:
    return bool(words) and words.lower() in _plain(element.get("text")).lower()


def _labels(blocks: list[Json]) -> list[str]:
    return [_plain(block["label"]) for block in blocks if "label" in block]
