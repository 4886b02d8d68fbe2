"""Check blocks and views as Slack does, and fill in what Slack fills in."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from typing import Any

from bot.practice.block_limits import BLOCKS, MOST_BLOCK_TEXT, MOST_BLOCKS, MOST_MARKDOWN, MOST_VIEW_BYTES, VIEWS
from bot.practice.block_rules import ListOf, Walk
from bot.practice.refusals import Json, RefusedError


def check_message_blocks(blocks: Any) -> None:
    """Refuse blocks that Slack would refuse in a message."""
    walk = Walk("message")
    ListOf(BLOCKS, MOST_BLOCKS["message"], least=0).check(blocks, "/blocks", walk)
    _check_ids(blocks, "/blocks", walk)
    if walk.faults:
        plain = [f"{message} [json-pointer:{at}]" for message, at in walk.faults]
        raise RefusedError("invalid_blocks", messages=walk.messages(), errors=plain)
    _check_message_totals(blocks)


def check_view(view: Any, *types: str) -> None:
    """Refuse a view that Slack would refuse; `types` are the ones the method takes."""
    kind = view.get("type") if isinstance(view, dict) else None
    walk = Walk(str(kind))
    if kind not in types:
        walk.fault(f"must be one of {', '.join(types)}", "/view/type")
        raise RefusedError("invalid_arguments", messages=walk.messages())
    if len(json.dumps(view, ensure_ascii=False).encode()) > MOST_VIEW_BYTES:
        raise RefusedError("view_too_large")
    VIEWS.check(view, "/view", walk)
    blocks = view.get("blocks")
    _check_ids(blocks, "/view/blocks", walk)
    _check_submit(view, walk)
    _check_focus(blocks, walk)
    if walk.faults:
        raise RefusedError("invalid_arguments", messages=walk.messages())


def _well_formed(blocks: Any) -> list[Json]:
    return [block for block in blocks if isinstance(block, dict)] if isinstance(blocks, list) else []


def elements_of(block: Json) -> Iterator[Json]:
    """Give the interactive elements of one block."""
    candidates: list[Any] = [block.get("accessory"), block.get("element")]
    if block.get("type") == "actions":
        candidates += block.get("elements") or []
    yield from (element for element in candidates if isinstance(element, dict) and element.get("type") != "image")


def _check_ids(blocks: Any, at: str, walk: Walk) -> None:
    seen: set[str] = set()
    for number, block in enumerate(_well_formed(blocks)):
        block_id = block.get("block_id")
        if isinstance(block_id, str) and block_id in seen:
            walk.fault(f"block_id already exists: {block_id}", f"{at}/{number}/block_id")
        seen.add(str(block_id))
        _check_action_ids(block, f"{at}/{number}", walk)


def _check_action_ids(block: Json, at: str, walk: Walk) -> None:
    ids = [element["action_id"] for element in elements_of(block) if isinstance(element.get("action_id"), str)]
    for repeated in sorted({action_id for action_id in ids if ids.count(action_id) > 1}):
        walk.fault(f"action_id already exists: {repeated}", at)


def _check_submit(view: Json, walk: Walk) -> None:
    has_input = any(block.get("type") == "input" for block in _well_formed(view.get("blocks")))
    if view["type"] == "modal" and has_input and not view.get("submit"):
        walk.fault("a submit is required when there is an input block", "/view/submit")


def _check_focus(blocks: Any, walk: Walk) -> None:
    focused = [e for block in _well_formed(blocks) for e in elements_of(block) if e.get("focus_on_load") is True]
    if len(focused) > 1:
        walk.fault("only one element may have focus_on_load", "/view/blocks")


def _check_message_totals(blocks: list[Json]) -> None:
    if sum(block["type"] == "table" for block in blocks) > 1:
        raise RefusedError("only_one_table_allowed")
    if sum(len(block["text"]) for block in blocks if block["type"] == "markdown") > MOST_MARKDOWN:
        raise RefusedError("msg_too_long")
    if sum(map(len, _texts(blocks))) > MOST_BLOCK_TEXT:
        raise RefusedError("msg_blocks_too_long")


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, list):
        for item in value:
            yield from _texts(item)
    elif isinstance(value, dict):
        for key, item in value.items():
            if key == "text" and isinstance(item, str):
                yield item
            else:
                yield from _texts(item)


class Filler:
    """Fill in what Slack adds to blocks it stores: missing ids and the defaults of texts and inputs."""

    def __init__(self) -> None:
        """Start counting the ids it makes."""
        self._made = 0

    def fill(self, blocks: list[Json]) -> list[Json]:
        """Give a filled-in copy of sound blocks."""
        return [self._fill_block(block) for block in copy.deepcopy(blocks)]

    def text(self, value: Json | None) -> Json | None:
        """Give a text object with its defaults."""
        return _with_defaults(copy.deepcopy(value)) if value else None

    def _fill_block(self, block: Json) -> Json:
        block.setdefault("block_id", self._new_id())
        for element in elements_of(block):
            element.setdefault("action_id", self._new_id())
        if block["type"] == "input":
            block.setdefault("optional", False)
            block.setdefault("dispatch_action", False)
        filled: Json = _with_defaults(block)
        return filled

    def _new_id(self) -> str:
        self._made += 1
        return f"b{self._made:05d}"


def _with_defaults(value: Any) -> Any:
    if isinstance(value, list):
        return [_with_defaults(item) for item in value]
    if not isinstance(value, dict):
        return value
    filled = {key: _with_defaults(item) for key, item in value.items()}
    if filled.get("type") == "plain_text":
        filled.setdefault("emoji", True)
    if filled.get("type") == "mrkdwn":
        filled.setdefault("verbatim", False)
    return filled
