"""What Slack's own client checks before a form reaches the app; the app never hears of these."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from bot.practice.element_state import Key, field_of, is_empty, stateful_elements
from bot.practice.refusals import Json

_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")


def find_form_errors(blocks: list[Json], states: dict[Key, Json]) -> dict[str, str]:
    """Give the words shown under each field that Slack's client would not let through, by block id."""
    errors: dict[str, str] = {}
    for key, block, element in stateful_elements(blocks):
        if block["type"] != "input":
            continue
        problem = _problem(block, element, states[key])
        if problem:
            errors[block["block_id"]] = problem
    return errors


def _problem(block: Json, element: Json, state: Json) -> str:
    if is_empty(state):
        return "" if block.get("optional") else "Please complete this required field."
    value = state[field_of(element)]
    check = _CHECKS.get(element["type"])
    return check(element, value) if check else ""


def _text_problem(element: Json, value: str) -> str:
    if len(value) < element.get("min_length", 0):
        return f"Please enter at least {element['min_length']} characters."
    if len(value) > element.get("max_length", 3000):
        return f"Please enter no more than {element.get('max_length', 3000)} characters."
    return ""


def _email_problem(_element: Json, value: str) -> str:
    return "" if _EMAIL.fullmatch(value) else "Please enter a valid email address."


def _url_problem(_element: Json, value: str) -> str:
    parts = urlsplit(value)
    return "" if parts.scheme in ("http", "https") and parts.netloc else "Please enter a valid URL."


def _number_problem(element: Json, value: str) -> str:
    pattern = r"-?\d+(\.\d+)?" if element["is_decimal_allowed"] else r"-?\d+"
    if not re.fullmatch(pattern, value):
        return "Please enter a number." if element["is_decimal_allowed"] else "Please enter a whole number."
    if "min_value" in element and float(value) < float(element["min_value"]):
        return f"Please enter a number of at least {element['min_value']}."
    if "max_value" in element and float(value) > float(element["max_value"]):
        return f"Please enter a number of at most {element['max_value']}."
    return ""


def _count_problem(element: Json, value: list[object]) -> str:
    most = element.get("max_selected_items") or element.get("max_files") or len(value)
    return f"Please choose no more than {most}." if len(value) > most else ""


_CHECKS: dict[str, Callable[[Json, Any], str]] = {
    "plain_text_input": _text_problem,
    "email_text_input": _email_problem,
    "url_text_input": _url_problem,
    "number_input": _number_problem,
    "file_input": _count_problem,
    **{f"multi_{kind}_select": _count_problem for kind in ("static", "external", "users", "conversations", "channels")},
}
