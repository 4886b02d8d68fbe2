"""What an interactive element holds: empty, as first shown, and after a person chose or typed something."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from bot.practice.block_kit import elements_of
from bot.practice.block_limits import options_of
from bot.practice.refusals import Json, NotPossibleError

Key = tuple[str, str]  # block_id, action_id

_HOLDS = {
    "plain_text_input": "value",
    "email_text_input": "value",
    "url_text_input": "value",
    "number_input": "value",
    "static_select": "selected_option",
    "external_select": "selected_option",
    "radio_buttons": "selected_option",
    "users_select": "selected_user",
    "channels_select": "selected_channel",
    "conversations_select": "selected_conversation",
    "multi_static_select": "selected_options",
    "multi_external_select": "selected_options",
    "checkboxes": "selected_options",
    "multi_users_select": "selected_users",
    "multi_channels_select": "selected_channels",
    "multi_conversations_select": "selected_conversations",
    "datepicker": "selected_date",
    "timepicker": "selected_time",
    "datetimepicker": "selected_date_time",
    "rich_text_input": "rich_text_value",
    "file_input": "files",
}
_PATTERNS = {
    "selected_date": (r"\d{4}-\d{2}-\d{2}", "a date such as 2026-12-01"),
    "selected_time": (r"\d{2}:\d{2}", "a time such as 09:30"),
}


def is_stateful(element: Json) -> bool:
    """Say whether the element appears in `state.values`: buttons and overflow menus never do."""
    return element.get("type") in _HOLDS


def field_of(element: Json) -> str:
    """Name the key the element's value stands under."""
    return _HOLDS[element["type"]]


def holds_many(element: Json) -> bool:
    """Say whether the element holds a list."""
    return element["type"].startswith("multi_") or element["type"] in ("checkboxes", "file_input")


def stateful_elements(blocks: list[Json]) -> Iterator[tuple[Key, Json, Json]]:
    """Give ((block_id, action_id), block, element) of every element that holds something."""
    for block in blocks:
        for element in elements_of(block):
            if is_stateful(element):
                yield (block["block_id"], element["action_id"]), block, element


def find_element(blocks: list[Json], block_id: str, action_id: str) -> tuple[Json, Json]:
    """Find one element and its block, or say that it is no longer there."""
    for block in blocks:
        for element in elements_of(block):
            if (block["block_id"], element.get("action_id")) == (block_id, action_id):
                return block, element
    raise NotPossibleError("That button or field is no longer there. Look again at what is shown now.")


def first_state(element: Json) -> Json:
    """Give what an element holds before anybody touches it: its initial value, or nothing."""
    name = field_of(element)
    empty: Any = [] if holds_many(element) else None
    return _state(element, element.get(_initial_name(name), empty))


def _initial_name(name: str) -> str:
    if name in ("value", "rich_text_value"):
        return "initial_value"
    return name.replace("selected_", "initial_")


def _state(element: Json, value: Any) -> Json:
    state = {"type": element["type"], field_of(element): value}
    if element["type"] == "timepicker" and "timezone" in element:
        state["timezone"] = element["timezone"]
    return state


def read_raw(element: Json, raw: Any, offered: dict[str, Json]) -> Json:
    """Turn what the page sent for an element into what Slack would send the app.

    `offered` are the options an external select has been given so far, by value. Raises NotPossibleError for a choice
    that is not there.
    """
    if raw in (None, "", []):
        return _state(element, [] if holds_many(element) else None)
    name = field_of(element)
    if name in ("selected_option", "selected_options"):
        return _state(element, _read_options(element, raw, offered))
    if holds_many(element):
        return _state(element, list(raw) if isinstance(raw, list) else [raw])
    return _state(element, _read_single(name, raw))


def _read_options(element: Json, raw: Any, offered: dict[str, Json]) -> Any:
    known = {option["value"]: option for option in options_of(element)} | offered
    wanted = raw if isinstance(raw, list) else [raw]
    missing = [value for value in wanted if value not in known]
    if missing:
        raise NotPossibleError("That choice is not in the list.")
    picked = [known[value] for value in wanted]
    return picked if holds_many(element) else picked[0]


def _read_single(name: str, raw: Any) -> Any:
    if name == "selected_date_time":
        return int(raw)
    pattern, words = _PATTERNS.get(name, ("", ""))
    if pattern and not re.fullmatch(pattern, str(raw)):
        raise NotPossibleError(f"That is not {words}.")
    return raw if name == "rich_text_value" else str(raw)


def is_empty(state: Json) -> bool:
    """Say whether a held state is empty."""
    return all(value in (None, "", []) for key, value in state.items() if key not in ("type", "timezone"))


def as_values(states: dict[Key, Json]) -> dict[str, dict[str, Json]]:
    """Nest held states the way `state.values` does."""
    nested: dict[str, dict[str, Json]] = {}
    for (block_id, action_id), state in states.items():
        nested.setdefault(block_id, {})[action_id] = state
    return nested


def states_for(blocks: list[Json], kept: dict[Key, Json]) -> dict[Key, Json]:
    """Give the states of a set of blocks, keeping what was typed where block_id and action_id stayed."""
    states: dict[Key, Json] = {}
    for key, _block, element in stateful_elements(blocks):
        before = kept.get(key)
        states[key] = before if before and before["type"] == element["type"] else first_state(element)
    return states
