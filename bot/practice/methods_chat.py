"""chat.* methods, and the response_url, which posts much the same way."""

from __future__ import annotations

import json
from typing import Any

from bot.practice.block_kit import check_message_blocks
from bot.practice.conversations import Conversation, Message
from bot.practice.payloads import bot_profile, message_object
from bot.practice.refusals import Json, RefusedError
from bot.practice.web_api import Args, Method
from bot.practice.workspace import Workspace

MOST_POSTED, MOST_UPDATED, MOST_ATTACHMENTS, MOST_METADATA = 40_000, 4_000, 100, 8_000
_REPLY_ARGS = {
    "text",
    "blocks",
    "attachments",
    "response_type",
    "replace_original",
    "delete_original",
    "thread_ts",
    "unfurl_links",
    "unfurl_media",
    "metadata",
}


def find_conversation(workspace: Workspace, channel: str) -> Conversation:
    """Give a conversation the app may know of: a private one it is not in is as if it did not exist."""
    conversation = workspace.conversations.get(channel)
    if conversation is None or (conversation.kind != "channel" and not workspace.is_app_in(conversation)):
        raise RefusedError("channel_not_found")
    return conversation


def find_for_posting(workspace: Workspace, channel: str) -> Conversation:
    """Give a conversation the app may post in, or refuse with Slack's reason."""
    conversation = find_conversation(workspace, channel)
    if conversation.is_archived:
        raise RefusedError("is_archived")
    if conversation.is_direct and not workspace.manifest.messages_tab:
        raise RefusedError("messages_tab_disabled")
    if not workspace.is_app_in(conversation) and "chat:write.public" not in workspace.scopes:
        raise RefusedError("not_in_channel")
    return conversation


def check_content(args: Args) -> None:
    """Refuse a message without content, with too much, or with content that clashes."""
    if args.get("markdown_text") and (args.get("text") or args.get("blocks")):
        raise RefusedError("markdown_text_conflict")
    if not any(args.get(key) for key in ("text", "blocks", "attachments", "markdown_text")):
        raise RefusedError("no_text")
    if len(args.get("markdown_text", "")) > 12_000:
        raise RefusedError("msg_too_long")
    if len(args.get("attachments") or []) > MOST_ATTACHMENTS:
        raise RefusedError("too_many_attachments")
    if args.get("blocks"):
        check_message_blocks(args["blocks"])
    check_metadata(args.get("metadata"))


def check_metadata(metadata: Any) -> None:
    """Refuse metadata without its two parts, or too large."""
    if not metadata:
        return
    if not isinstance(metadata, dict) or set(metadata) != {"event_type", "event_payload"}:
        raise RefusedError("invalid_metadata_format")
    if len(json.dumps(metadata)) > MOST_METADATA:
        raise RefusedError("metadata_too_large")


def _new_message(workspace: Workspace, conversation: Conversation, args: Args) -> Message:
    return Message(
        ts=workspace.stamps.next_ts(),
        channel=conversation.id,
        user=workspace.identity.bot_user_id,
        text=(args.get("text") or args.get("markdown_text") or "")[:MOST_POSTED],
        blocks=workspace.filler.fill(args["blocks"]) if args.get("blocks") else None,
        bot_id=workspace.identity.bot_id,
        metadata=args.get("metadata") or None,
        thread_ts=args.get("thread_ts"),
    )


def post_message(workspace: Workspace, args: Args) -> Json:
    """chat.postMessage."""
    conversation = find_for_posting(workspace, args["channel"])
    check_content(args)
    message = workspace.add_message(_new_message(workspace, conversation, args), "chat.postMessage")
    shown = message_object(workspace.identity, message, with_metadata=True)
    shown["bot_profile"] = bot_profile(workspace.identity)
    answer: Json = {"channel": conversation.id, "ts": message.ts, "message": shown}
    if len(args.get("text", "")) > MOST_POSTED:
        answer |= {"warning": "message_truncated", "response_metadata": {"warnings": ["message_truncated"]}}
    return answer


def post_ephemeral(workspace: Workspace, args: Args) -> Json:
    """chat.postEphemeral."""
    conversation = find_for_posting(workspace, args["channel"])
    member = workspace.members.get(args["user"])
    if member is None or member.deleted or member.id not in conversation.members:
        raise RefusedError("user_not_in_channel")
    check_content(args)
    message = _new_message(workspace, conversation, args)
    message.only_for = member.id
    workspace.add_ephemeral(message, "chat.postEphemeral")
    return {"message_ts": message.ts}


def _own_message(workspace: Workspace, args: Args, code: str) -> tuple[Conversation, Message]:
    conversation = find_conversation(workspace, args["channel"])
    message = conversation.find(args["ts"])
    if message is None:
        raise RefusedError("message_not_found")
    if message.bot_id != workspace.identity.bot_id:
        raise RefusedError(code)
    if conversation.is_archived:
        raise RefusedError("is_archived")
    return conversation, message


def update_message(workspace: Workspace, args: Args) -> Json:
    """chat.update: text alone takes the blocks away; metadata left out stays, {} goes."""
    conversation, message = _own_message(workspace, args, "cant_update_message")
    if "metadata" not in args or "text" in args or "blocks" in args:
        check_content(args)
    check_metadata(args.get("metadata"))
    if len(args.get("text", "")) > MOST_UPDATED:
        raise RefusedError("msg_too_long")
    before = message_object(workspace.identity, message)
    _change(workspace, message, args)
    workspace.note("update", "chat.update", message)
    workspace.touch(*workspace.people_of(conversation))
    shown = message_object(workspace.identity, message, with_metadata=True)
    _emit_change(workspace, conversation, "message_changed", {"message": shown, "previous_message": before})
    return {"channel": conversation.id, "ts": message.ts, "text": message.text, "message": shown}


def _change(workspace: Workspace, message: Message, args: Args) -> None:
    if any(key in args for key in ("text", "blocks", "markdown_text")):
        message.text = args.get("text") or args.get("markdown_text") or ""
        message.blocks = workspace.filler.fill(args["blocks"]) if args.get("blocks") else None
    if "metadata" in args:
        message.metadata = args["metadata"] or None
    if not message.blocks:
        message.edited = {"user": message.user, "ts": workspace.stamps.next_ts()}


def delete_message(workspace: Workspace, args: Args) -> Json:
    """chat.delete."""
    conversation, message = _own_message(workspace, args, "cant_delete_message")
    take_away(workspace, conversation, message, "chat.delete")
    return {"channel": conversation.id, "ts": message.ts}


def take_away(workspace: Workspace, conversation: Conversation, message: Message, method: str) -> None:
    """Take a message out of its conversation, and tell the app."""
    conversation.remove(message)
    workspace.note("delete", method, message)
    workspace.touch(*workspace.people_of(conversation))
    if message.only_for is None:
        before = message_object(workspace.identity, message)
        _emit_change(workspace, conversation, "message_deleted", {"deleted_ts": message.ts, "previous_message": before})


def _emit_change(workspace: Workspace, conversation: Conversation, subtype: str, what: Json) -> None:
    if conversation.kind != "im":
        return
    ts = workspace.stamps.next_ts()
    common: Json = {"type": "message", "subtype": subtype, "hidden": True, "channel": conversation.id}
    workspace.emit(common | {"ts": ts, "event_ts": ts, "channel_type": "im"} | what)


def reply(workspace: Workspace, path: str, body: Json) -> None:
    """Take one message sent to a response_url; raises RefusedError for what Slack answers 404 or 400 to."""
    with workspace.lock:
        ticket = workspace.reply_tickets.use(path, workspace.clock.now())
        _check_reply(body)
        conversation = workspace.conversations[ticket.channel]
        original = conversation.find_for(ticket.person_id, ticket.message_ts) if ticket.message_ts else None
        if body.get("delete_original"):
            if original:
                take_away(workspace, conversation, original, "response_url")
            return
        check_content(body)
        if original and body.get("replace_original", True):
            _change(workspace, original, {key: body[key] for key in ("text", "blocks") if key in body})
            workspace.note("update", "response_url", original)
            workspace.touch(*workspace.people_of(conversation))
            return
        show_answer(workspace, conversation, ticket.person_id, body, "response_url")


def _check_reply(body: Json) -> None:
    unknown = set(body) - _REPLY_ARGS
    if unknown or body.get("response_type", "ephemeral") not in ("ephemeral", "in_channel"):
        raise RefusedError("invalid_payload")


def show_answer(workspace: Workspace, conversation: Conversation, person_id: str, body: Json, method: str) -> None:
    """Show an answer to a command or a response_url: to the person alone unless it asks for the channel."""
    message = _new_message(workspace, conversation, body)
    if body.get("response_type") == "in_channel":
        workspace.add_message(message, method)
        return
    message.only_for = person_id
    workspace.add_ephemeral(message, method)


_COMMON = {
    "channel": "str",
    "text": "str",
    "blocks": "json",
    "attachments": "json",
    "markdown_text": "str",
    "metadata": "json",
    "link_names": "bool",
    "parse": "str",
    "as_user": "bool",
}
_LOOKS = {"username": "str", "icon_emoji": "str", "icon_url": "str", "thread_ts": "str"}
_POST = {
    **_COMMON,
    **_LOOKS,
    "mrkdwn": "bool",
    "reply_broadcast": "bool",
    "unfurl_links": "bool",
    "unfurl_media": "bool",
}
_CHAT = ("chat:write",)

METHODS = (
    Method("chat.postMessage", post_message, _POST, ("channel",), _CHAT),
    Method("chat.postEphemeral", post_ephemeral, {**_COMMON, **_LOOKS, "user": "str"}, ("channel", "user"), _CHAT),
    Method(
        "chat.update",
        update_message,
        {**_COMMON, "ts": "str", "reply_broadcast": "bool", "file_ids": "json"},
        ("channel", "ts"),
        _CHAT,
    ),
    Method("chat.delete", delete_message, {"channel": "str", "ts": "str", "as_user": "bool"}, ("channel", "ts"), _CHAT),
)
