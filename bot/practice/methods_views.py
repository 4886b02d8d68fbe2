"""views.* methods."""

from __future__ import annotations

from bot.practice.refusals import Json, RefusedError
from bot.practice.tickets import Trigger
from bot.practice.views import View
from bot.practice.web_api import Args, Method
from bot.practice.workspace import Workspace


def _trigger(workspace: Workspace, args: Args) -> Trigger:
    """Check the trigger; one of a view_submission opens nothing (bolt-python #481)."""
    trigger = workspace.triggers.check(args["trigger_id"])
    if trigger.source == "view_submission":
        raise RefusedError("expired_trigger_id")
    return trigger


def _shown(workspace: Workspace, view: View) -> Json:
    if view.type == "modal":
        workspace.form_errors.pop(view.person_id, None)
    workspace.touch(view.person_id)
    return {"view": view.as_payload(workspace.identity, with_state=False)}


def open_view(workspace: Workspace, args: Args) -> Json:
    """views.open."""
    workspace.views.check(args["view"], "modal")
    trigger = _trigger(workspace, args)
    workspace.triggers.use(trigger)
    return _shown(workspace, workspace.views.open(trigger.person_id, args["view"]))


def push_view(workspace: Workspace, args: Args) -> Json:
    """views.push: only from an interaction inside an open modal."""
    workspace.views.check(args["view"], "modal")
    trigger = _trigger(workspace, args)
    if trigger.view_id is None:
        raise RefusedError("invalid_trigger_id")
    pushed = workspace.views.push(trigger.person_id, args["view"])
    workspace.triggers.use(trigger)
    return _shown(workspace, pushed)


def update_view(workspace: Workspace, args: Args) -> Json:
    """views.update, by view_id or by external_id."""
    if ("view_id" in args) == ("external_id" in args):
        raise RefusedError("invalid_arguments", messages=["[ERROR] one of view_id and external_id is needed"])
    by_id = "view_id" in args
    view = workspace.views.find(args["view_id"]) if by_id else workspace.views.find_external(args["external_id"])
    if view is None:
        raise RefusedError("not_found")
    return _shown(workspace, workspace.views.update(view, args["view"], args.get("hash")))


def publish_view(workspace: Workspace, args: Args) -> Json:
    """views.publish."""
    if not workspace.home_tab_on:
        raise RefusedError("not_enabled")
    member = workspace.members.get(args["user_id"])
    if member is None or member.is_bot:
        raise RefusedError("invalid_arguments", messages=["[ERROR] user not found [json-pointer:/user_id]"])
    return _shown(workspace, workspace.views.publish(member.id, args["view"], args.get("hash")))


METHODS = (
    Method("views.open", open_view, {"trigger_id": "str", "view": "json"}, ("trigger_id", "view")),
    Method("views.push", push_view, {"trigger_id": "str", "view": "json"}, ("trigger_id", "view")),
    Method(
        "views.update",
        update_view,
        {"view_id": "str", "external_id": "str", "view": "json", "hash": "str"},
        ("view",),
    ),
    Method("views.publish", publish_view, {"user_id": "str", "view": "json", "hash": "str"}, ("user_id", "view")),
)
