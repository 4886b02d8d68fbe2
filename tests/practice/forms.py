"""Forms for the workspace's own tests."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

PAYLOADS = Path(__file__).parents[1] / "payloads"


def plain(text: str) -> dict[str, Any]:
    """Make a plain text object."""
    return {"type": "plain_text", "text": text}


def note_form(**more: Any) -> dict[str, Any]:
    """Make a form with a note, a topic the app suggests, and a button."""
    return {
        "type": "modal",
        "callback_id": "note_form",
        "title": plain("Write a note"),
        "submit": plain("Save"),
        "close": plain("Cancel"),
        "notify_on_close": True,
        "private_metadata": "{}",
        "blocks": [
            {
                "type": "input",
                "block_id": "note",
                "label": plain("Note"),
                "element": {
                    "type": "plain_text_input",
                    "action_id": "txt",
                    "multiline": True,
                    "min_length": 3,
                    "dispatch_action_config": {"trigger_actions_on": ["on_enter_pressed"]},
                },
            },
            {
                "type": "input",
                "block_id": "topic",
                "label": plain("Topic"),
                "optional": True,
                "element": {"type": "external_select", "action_id": "topic", "min_query_length": 0},
            },
            {
                "type": "actions",
                "block_id": "more",
                "elements": [{"type": "button", "action_id": "go", "text": plain("Details")}],
            },
        ],
        **more,
    }


def every_element() -> dict[str, Any]:
    """Make a form with every input element there is."""
    view = json.loads((PAYLOADS / "view_submission_every_element_empty.json").read_text())["view"]
    kept = ("type", "title", "submit", "close", "blocks", "callback_id", "private_metadata")
    return {key: view[key] for key in kept if view.get(key)}
