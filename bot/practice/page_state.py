"""What one person sees, as the page and the test driver are told it."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from bot.practice.conversations import Conversation, Message
from bot.practice.identity import dm_id
from bot.practice.members import Member
from bot.practice.refusals import Json
from bot.practice.stamps import moment_of
from bot.practice.views import View
from bot.practice.workspace import Workspace

HOME_ZONE = "Europe/London"


def people_state(workspace: Workspace, *, app_connected: bool) -> Json:
    """List everybody one could be."""
    with workspace.lock:
        return {
            "people": [_person(member) for member in workspace.members.values()],
            "workspace": workspace.identity.team_name,
            "now": workspace.clock.now().isoformat(),
            "app_connected": app_connected,
            "clock_moves": getattr(workspace.clock, "moves", True),
        }


def person_state(workspace: Workspace, person_id: str, *, app_connected: bool) -> Json:
    """Tell everything a person sees; their time is their own zone's."""
    with workspace.lock:
        member = workspace.members[person_id]
        now = local_time(member, workspace.clock.now())
        home = workspace.views.home(person_id)
        conversations = workspace.conversations_of(person_id)
        return {
            "version": workspace.versions.get(person_id, 0),
            "now": now.isoformat(),
            "now_text": f"{now:%a} {now.day} {now:%b %Y, %H:%M}",
            "me": _person(member),
            "app": _app(workspace, app_connected=app_connected),
            "channels": [_channel(one, person_id) for one in conversations if not one.is_direct],
            "dms": _dms(workspace, conversations, person_id),
            "commands": [
                {"command": one.command, "description": one.description, "usage_hint": one.usage_hint}
                for one in workspace.manifest.commands.values()
            ],
            "shortcuts": [
                {"callback_id": one.callback_id, "name": one.name, "description": one.description}
                for one in workspace.manifest.shortcuts.values()
                if one.is_global
            ],
            "home": _view(workspace, home) if home and workspace.home_tab_on else None,
            "home_tab_on": workspace.home_tab_on,
            "modals": [_view(workspace, view) for view in workspace.views.stack(person_id)],
            "errors": workspace.form_errors.get(person_id, {}),
            "notice": workspace.notices.get(person_id),
        }


def conversation_messages(workspace: Workspace, person_id: str, channel: str) -> list[Json]:
    """List what a person sees in a conversation, oldest first, and mark it read."""
    with workspace.lock:
        conversation = workspace.conversations.get(channel)
        if conversation is None:
            return []
        if conversation.mark_read(person_id):
            workspace.touch(person_id)
        member = workspace.members[person_id]
        return [_message(workspace, message, member) for message in conversation.seen_by(person_id)]


def local_time(member: Member, moment: datetime) -> datetime:
    """Give a moment in a person's own zone, or the workspace's when they have none."""
    return moment.astimezone(ZoneInfo(member.tz or HOME_ZONE))


def _person(member: Member) -> Json:
    return {
        "id": member.id,
        "name": member.real_name,
        "handle": member.name,
        "title": member.title,
        "avatar_initials": member.initials,
        "deleted": member.deleted,
        "is_bot": member.is_bot,
    }


def _app(workspace: Workspace, *, app_connected: bool) -> Json:
    identity = workspace.identity
    return {
        "id": identity.app_id,
        "name": identity.app_name,
        "bot_user_id": identity.bot_user_id,
        "connected": app_connected,
    }


def _channel(conversation: Conversation, person_id: str) -> Json:
    return {
        "id": conversation.id,
        "name": conversation.name,
        "is_member": True,
        "is_archived": conversation.is_archived,
        "unread": conversation.count_unread(person_id),
    }


def _dms(workspace: Workspace, conversations: list[Conversation], person_id: str) -> list[Json]:
    known = {one.id: one for one in conversations if one.kind == "im"}
    own = known.get(dm_id(person_id))
    bot = workspace.members[workspace.identity.bot_user_id]
    # The app stands in everybody's sidebar, also before the first word.
    return [
        {
            "id": dm_id(person_id),
            "with": {"id": bot.id, "name": bot.real_name, "is_bot": True},
            "unread": own.count_unread(person_id) if own else 0,
        }
    ]


def _view(workspace: Workspace, view: View) -> Json:
    return view.as_payload(workspace.identity)


def _file(file: Json, reader: Member) -> Json:
    """Point a file at the page's own door: the app's needs the app's token."""
    return file | {"url_private": f"/practice/file/{file['id']}?person={reader.id}"}


def _message(workspace: Workspace, message: Message, reader: Member) -> Json:
    author = workspace.members[message.user]
    posted = local_time(reader, moment_of(message.ts))
    shown: dict[str, Any] = {
        "ts": message.ts,
        "user": message.user,
        "username": author.real_name,
        "bot_id": message.bot_id,
        "text": message.text,
        "blocks": message.blocks,
        "edited": message.edited is not None,
        "is_ephemeral": message.only_for is not None,
        "files": [_file(file, reader) for file in message.files],
        "time_text": f"{posted:%H:%M}",
        "day_text": f"{posted:%a} {posted.day} {posted:%b %Y}",
    }
    return shown
