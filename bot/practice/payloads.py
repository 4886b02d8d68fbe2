"""Build what Slack sends an app: commands, interactions, events and the objects in them."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from bot.practice.conversations import Conversation, Message
from bot.practice.element_state import Key, as_values
from bot.practice.identity import Identity
from bot.practice.manifest import Command
from bot.practice.members import Member
from bot.practice.refusals import Json

_NO_ENTERPRISE: Json = {"enterprise": None, "is_enterprise_install": False}
_UPDATED = 1767000000
OTHER_TEAM = "T0OTHER001"


def slash_command(
    identity: Identity, member: Member, conversation: Conversation, command: Command, text: str, answer: Json
) -> Json:
    """Build a slash command; `answer` holds its response_url and trigger_id."""
    return {
        "token": identity.legacy_token,
        "team_id": identity.team_id,
        "team_domain": identity.team_domain,
        "channel_id": conversation.id,
        "channel_name": channel_name(conversation),
        "user_id": member.id,
        "user_name": member.name,
        "command": command.command,
        "text": text,
        "api_app_id": identity.app_id,
        "is_enterprise_install": "false",
        "response_url": answer["response_url"],
        "trigger_id": answer["trigger_id"],
    }


def channel_name(conversation: Conversation) -> str:
    """Give the name an app is told: direct messages and private channels keep theirs."""
    return {"private": "privategroup", "channel": conversation.name}.get(conversation.kind, "directmessage")


def shortcut(identity: Identity, member: Member, callback_id: str, trigger_id: str, action_ts: str) -> Json:
    """Build a global shortcut."""
    return {
        "type": "shortcut",
        "token": identity.legacy_token,
        "action_ts": action_ts,
        "team": _team(identity),
        "user": {"id": member.id, "username": member.name, "team_id": identity.team_id},
        "is_enterprise_install": False,
        "enterprise": None,
        "callback_id": callback_id,
        "trigger_id": trigger_id,
    }


def block_actions(identity: Identity, member: Member, trigger_id: str, place: Json, action: Json) -> Json:
    """Build an interaction with an element; `place` is what `in_view` or `in_message` says of where it stands."""
    return {
        "type": "block_actions",
        **_interaction(identity, member),
        "trigger_id": trigger_id,
        **place,
        "actions": [action],
    }


def in_view(view: Json) -> Json:
    """Say that an element stands in a view."""
    return {"container": {"type": "view", "view_id": view["id"]}, "view": view}


def in_message(
    identity: Identity, conversation: Conversation, message: Message, states: dict[Key, Json] | None = None
) -> Json:
    """Say that an element stands in a message; of an ephemeral message the app is not told the content."""
    container: Json = {
        "type": "message",
        "message_ts": message.ts,
        "channel_id": conversation.id,
        "is_ephemeral": message.only_for is not None,
    }
    if message.thread_ts:
        container["thread_ts"] = message.thread_ts
    place: Json = {"container": container, "channel": _channel(conversation)}
    if message.only_for is None:
        place["message"] = message_object(identity, message)
    if states is not None:
        place["state"] = {"values": as_values(states)}
    return place


def view_submission(identity: Identity, member: Member, trigger_id: str, view: Json, reply_urls: list[Json]) -> Json:
    """Build the sending of a form."""
    return {
        "type": "view_submission",
        **_interaction(identity, member),
        "trigger_id": trigger_id,
        "view": view,
        "response_urls": reply_urls,
    }


def view_closed(identity: Identity, member: Member, view: Json, *, is_cleared: bool) -> Json:
    """Build the closing of a form."""
    return {"type": "view_closed", **_interaction(identity, member), "view": view, "is_cleared": is_cleared}


def block_suggestion(identity: Identity, member: Member, place: Json, key: Key, query: str) -> Json:
    """Build the question for the options of an external select."""
    block_id, action_id = key
    return {
        "type": "block_suggestion",
        **_interaction(identity, member),
        **place,
        "action_id": action_id,
        "block_id": block_id,
        "value": query,
    }


def event_callback(identity: Identity, event: Json, event_id: str) -> Json:
    """Wrap an event as the Events API does."""
    return {
        "token": identity.legacy_token,
        "team_id": identity.team_id,
        "context_team_id": identity.team_id,
        "context_enterprise_id": None,
        "api_app_id": identity.app_id,
        "event": event,
        "type": "event_callback",
        "event_id": event_id,
        "event_time": int(event["event_ts"].partition(".")[0]),
        "authorizations": [
            {
                "enterprise_id": None,
                "team_id": identity.team_id,
                "user_id": identity.bot_user_id,
                "is_bot": True,
                "is_enterprise_install": False,
            }
        ],
        "is_ext_shared_channel": False,
        "event_context": f"4-{event_id}",
    }


def message_object(identity: Identity, message: Message, *, with_metadata: bool = False) -> Json:
    """Build a message as history, events and interactions show it."""
    body: Json = {"type": "message", "user": message.user, "ts": message.ts, "text": message.text}
    body["team"] = identity.team_id
    if message.bot_id:
        body |= {"bot_id": message.bot_id, "app_id": identity.app_id}
    optional: dict[str, Any] = {
        "blocks": message.blocks,
        "thread_ts": message.thread_ts,
        "edited": message.edited,
        "files": message.files,
        "metadata": message.metadata if with_metadata else None,
    }
    return body | {key: value for key, value in optional.items() if value}


def said(identity: Identity, message: Message, typed: str) -> Json:
    """Build the event of a person's own message; what they typed stands in its rich text, unescaped."""
    line: Json = {"type": "rich_text_section", "elements": [{"type": "text", "text": typed}]}
    return message_object(identity, message) | {
        "channel": message.channel,
        "event_ts": message.ts,
        "client_msg_id": str(uuid.uuid4()),
        "blocks": [{"type": "rich_text", "block_id": f"r{message.ts}", "elements": [line]}],
    }


def bot_profile(identity: Identity) -> Json:
    """Build the profile of the app's bot."""
    return {
        "id": identity.bot_id,
        "app_id": identity.app_id,
        "name": identity.app_name,
        "deleted": False,
        "updated": _UPDATED,
        "team_id": identity.team_id,
    }


def user_object(identity: Identity, member: Member, now: datetime, *, with_email: bool) -> Json:
    """Build a person as users.info shows them; what is withheld of leavers and strangers is left out."""
    if member.is_stranger:
        return _stranger(member)
    profile = _profile(identity, member)
    if with_email and member.email and not member.is_bot:
        profile["email"] = member.email
    user: Json = {"id": member.id, "team_id": identity.team_id, "name": member.name, "deleted": member.deleted}
    if not member.deleted:
        user["real_name"] = member.real_name
        user |= _zone(member.tz, now)
        user |= {"is_admin": False, "is_owner": False, "is_primary_owner": False}
        user |= {"is_restricted": member.is_restricted, "is_ultra_restricted": member.is_restricted}
    return user | {"profile": profile, "is_bot": member.is_bot, "is_app_user": False, "updated": _UPDATED}


def _stranger(member: Member) -> Json:
    return {
        "id": member.id,
        "team_id": OTHER_TEAM,
        "name": member.name,
        "real_name": member.real_name,
        "profile": {"display_name": member.name, "team": OTHER_TEAM},
        "is_stranger": True,
    }


def _profile(identity: Identity, member: Member) -> Json:
    profile: Json = {
        "real_name": member.real_name,
        "real_name_normalized": member.real_name,
        "display_name": member.name,
        "display_name_normalized": member.name,
        "title": member.title,
        "status_text": "",
        "status_emoji": "",
        "status_expiration": 0,
        "team": identity.team_id,
    }
    if member.is_bot:
        profile |= {"api_app_id": identity.app_id, "bot_id": identity.bot_id, "always_active": True}
    return profile


def _zone(name: str, now: datetime) -> Json:
    if not name:
        return {}
    local = now.astimezone(ZoneInfo(name))
    offset = local.utcoffset()
    return {
        "tz": name,
        "tz_label": local.tzname() or name,
        "tz_offset": int(offset.total_seconds()) if offset is not None else 0,
    }


def _interaction(identity: Identity, member: Member) -> Json:
    return {
        "user": {"id": member.id, "username": member.name, "name": member.name, "team_id": identity.team_id},
        "api_app_id": identity.app_id,
        "token": identity.legacy_token,
        "team": _team(identity),
        **_NO_ENTERPRISE,
    }


def _team(identity: Identity) -> Json:
    return {"id": identity.team_id, "domain": identity.team_domain}


def _channel(conversation: Conversation) -> Json:
    return {"id": conversation.id, "name": channel_name(conversation)}
