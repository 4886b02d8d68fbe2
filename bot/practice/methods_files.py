"""files.* methods: sending a file in three steps, and asking after one."""

from __future__ import annotations

from bot.practice.conversations import Message
from bot.practice.methods_chat import find_for_posting, take_away
from bot.practice.refusals import Json, RefusedError
from bot.practice.web_api import Args, Method
from bot.practice.workspace import Workspace


def get_upload_url(workspace: Workspace, args: Args) -> Json:
    """files.getUploadURLExternal."""
    if args["length"] < 1:
        raise RefusedError("missing_argument")
    file = workspace.files.expect(args["filename"], args["length"], workspace.identity.bot_user_id)
    return {"upload_url": f"{workspace.base_url}/upload/{file.id}", "file_id": file.id}


def complete_upload(workspace: Workspace, args: Args) -> Json:
    """files.completeUploadExternal: the bytes must have come; shared at once when a channel is named."""
    channel = args.get("channel_id") or args.get("channels")
    conversation = find_for_posting(workspace, channel) if channel else None
    files = [workspace.files.complete(item["id"], item.get("title", "")) for item in args["files"]]
    shown = [file.as_payload(workspace.base_url, workspace.identity.team_id) for file in files]
    if conversation:
        message = Message(
            ts=workspace.stamps.next_ts(),
            channel=conversation.id,
            user=workspace.identity.bot_user_id,
            text=args.get("initial_comment", ""),
            bot_id=workspace.identity.bot_id,
            thread_ts=args.get("thread_ts"),
            files=shown,
        )
        workspace.add_message(message, "files.completeUploadExternal")
        workspace.note("file", "files.completeUploadExternal", message)
        for file in files:
            file.shares[conversation.id] = message.ts
    return {"files": shown}


def files_info(workspace: Workspace, args: Args) -> Json:
    """files.info: where a file was shared stands under `shares`."""
    file = workspace.files.find(args["file"])
    shares = {channel: [{"ts": ts}] for channel, ts in file.shares.items()}
    body = file.as_payload(workspace.base_url, workspace.identity.team_id)
    return {"file": {**body, "shares": {"private": shares}}}


def delete_file(workspace: Workspace, args: Args) -> Json:
    """files.delete: the app's own files only; a message that held nothing else goes with its file."""
    file = workspace.files.find(args["file"])
    if file.owner != workspace.identity.bot_user_id:
        raise RefusedError("cant_delete_file")
    workspace.files.remove(file.id)
    for channel, ts in file.shares.items():
        conversation = workspace.conversations[channel]
        message = conversation.find(ts)
        if message:
            message.files = [shown for shown in message.files if shown["id"] != file.id]
            if not (message.files or message.text):
                take_away(workspace, conversation, message, "files.delete")
    return {}


_WRITE, _READ = ("files:write",), ("files:read",)

METHODS = (
    Method(
        "files.getUploadURLExternal",
        get_upload_url,
        {"filename": "str", "length": "int", "snippet_type": "str", "alt_txt": "str"},
        ("filename", "length"),
        _WRITE,
    ),
    Method(
        "files.completeUploadExternal",
        complete_upload,
        {
            "files": "json",
            "channel_id": "str",
            "channels": "str",
            "thread_ts": "str",
            "initial_comment": "str",
            "blocks": "json",
        },
        ("files",),
        _WRITE,
    ),
    Method("files.info", files_info, {"file": "str", "cursor": "str", "limit": "int"}, ("file",), _READ),
    Method("files.delete", delete_file, {"file": "str"}, ("file",), _WRITE),
)
