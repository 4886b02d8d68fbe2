"""What the app's acknowledgement changes: an answer to a command, to a form, to a question for options."""

from __future__ import annotations

from typing import Any

from bot.practice.block_limits import OPTION_GROUPS, OPTIONS, options_of
from bot.practice.block_rules import Walk
from bot.practice.conversations import Conversation
from bot.practice.methods_chat import check_content, show_answer
from bot.practice.refusals import Json, RefusedError
from bot.practice.views import View
from bot.practice.workspace import Workspace


def apply_command_answer(workspace: Workspace, conversation: Conversation, person_id: str, body: Any) -> None:
    """Show the text or message a command was acknowledged with; an empty one shows nothing."""
    message = {"text": body} if isinstance(body, str) else body
    if not message:
        return
    with workspace.lock:
        try:
            check_content(message)
        except RefusedError as refused:
            workspace.notices[person_id] = f"The app’s answer was not a message Slack takes: {refused.code}."
            return
        show_answer(workspace, conversation, person_id, message, "ack")


def apply_submission_answer(workspace: Workspace, view: View, body: Any) -> bool:
    """Do what the answer to a form asks; say False for an answer Slack would not take."""
    with workspace.lock:
        try:
            return _apply(workspace, view, body or {})
        except (RefusedError, AttributeError, TypeError):
            return False
        finally:
            workspace.touch(view.person_id)


def _apply(workspace: Workspace, view: View, body: Json) -> bool:
    action = body.get("response_action")
    if not body:
        workspace.views.close(view)
    elif action == "clear":
        workspace.views.clear(view.person_id)
    elif action == "update":
        workspace.views.update(view, body["view"])
    elif action == "push":
        workspace.views.push(view.person_id, body["view"])
    elif action == "errors":
        return _show_errors(workspace, view, body.get("errors"))
    else:
        return False
    return True


def _show_errors(workspace: Workspace, view: View, errors: Any) -> bool:
    inputs = {block["block_id"] for block in view.blocks if block["type"] == "input"}
    if not errors or not set(errors) <= inputs or not all(isinstance(text, str) and text for text in errors.values()):
        return False
    workspace.form_errors[view.person_id] = dict(errors)
    return True


def read_suggestions(body: Any) -> tuple[Json, dict[str, Json]]:
    """Read the options an app offers, for the page and by value; anything Slack would not take offers nothing."""
    if not isinstance(body, dict) or len({"options", "option_groups"} & set(body)) != 1:
        return {"options": []}, {}
    walk = Walk("modal")
    rule = OPTIONS if "options" in body else OPTION_GROUPS
    given: list[Json] = body.get("options", body.get("option_groups")) or []
    if given:
        rule.check(given, "/options", walk)
    if walk.faults:
        return {"options": []}, {}
    by_value = {option["value"]: option for option in options_of(body)}
    if "options" in body:
        return {"options": [_flat(option) for option in given]}, by_value
    groups = [{"label": group["label"]["text"], "options": list(map(_flat, group["options"]))} for group in given]
    return {"option_groups": groups}, by_value


def _flat(option: Json) -> Json:
    description = option.get("description")
    return {
        "text": option["text"]["text"],
        "value": option["value"],
        "description": description["text"] if description else None,
    }
