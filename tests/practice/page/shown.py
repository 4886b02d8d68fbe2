"""What an app shows at the page, in Block Kit, for the page's own tests."""

from __future__ import annotations

from typing import Any

Json = dict[str, Any]


def plain(text: str) -> Json:
    return {"type": "plain_text", "text": text}


def option(words: str) -> Json:
    return {"text": plain(words), "value": words.lower()}


def question(name: str, label: str, **element: Any) -> Json:
    element = {"type": "plain_text_input", "action_id": name, **element}
    return {"type": "input", "block_id": name, "label": plain(label), "element": element}


def form(*blocks: Json, title: str = "Write a note") -> Json:
    return {"type": "modal", "title": plain(title), "submit": plain("Save"), "callback_id": "note", "blocks": [*blocks]}


NOTE = (question("note", "What happened?", multiline=True), question("hours", "How long?"))
