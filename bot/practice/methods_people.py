"""users.*, conversations.*, auth.test and api.test."""

from __future__ import annotations

from typing import Any, TypeVar

from bot.practice.conversations import TYPE_WORDS, Conversation
from bot.practice.members import Member
from bot.practice.methods_chat import find_conversation
from bot.practice.payloads import message_object, user_object
from bot.practice.refusals import Json, RefusedError
from bot.practice.web_api import Args, Method, need_scope
from bot.practice.workspace import Workspace

Item = TypeVar("Item")
MOST_IN_GROUP = 8


def _page(items: list[Item], args: Args, most: int = 1000) -> tuple[list[Item], Json]:
    start = _read_cursor(args.get("cursor", ""))
    limit = max(1, min(args.get("limit") or 100, most))
    end = start + limit
    cursor = f"page:{end}" if end < len(items) else ""
    return items[start:end], {"response_metadata": {"next_cursor": cursor}}


def _read_cursor(cursor: str) -> int:
    number = cursor.removeprefix("page:")
    if cursor and not number.isdigit():
        raise RefusedError("invalid_cursor")
    return int(number or 0)


def api_test(_workspace: Workspace, args: Args) -> Json:
    """api.test."""
    if args.get("error"):
        raise RefusedError(args["error"], args=args)
    return {"args": args}


def auth_test(workspace: Workspace, _args: Args) -> Json:
    """auth.test."""
    identity = workspace.identity
    return {
        "url": f"{workspace.base_url}/",
        "team": identity.team_name,
        "user": workspace.members[identity.bot_user_id].name,
        "team_id": identity.team_id,
        "user_id": identity.bot_user_id,
        "bot_id": identity.bot_id,
        "is_enterprise_install": False,
    }


def _user(workspace: Workspace, member: Member) -> Json:
    with_email = "users:read.email" in workspace.scopes
    return user_object(workspace.identity, member, workspace.clock.now(), with_email=with_email)


def users_info(workspace: Workspace, args: Args) -> Json:
    """users.info."""
    return {"user": _user(workspace, workspace.member(args["user"]))}


def users_list(workspace: Workspace, args: Args) -> Json:
    """users.list."""
    members, more = _page([_user(workspace, member) for member in workspace.members.values()], args)
    return {"members": members, "cache_ts": int(workspace.clock.now().timestamp()), **more}


def lookup_by_email(workspace: Workspace, args: Args) -> Json:
    """users.lookupByEmail: leavers, bots and strangers are not found."""
    wanted = args["email"].strip().lower()
    for member in workspace.members.values():
        hidden = member.deleted or member.is_bot or member.is_stranger
        if not hidden and member.email.lower() == wanted:
            return {"user": _user(workspace, member)}
    raise RefusedError("users_not_found")


def conversations_open(workspace: Workspace, args: Args) -> Json:
    """conversations.open: by people, or by the id of a direct message to open again."""
    if "channel" in args:
        conversation = find_conversation(workspace, args["channel"])
        return {"no_op": True, "already_open": True, "channel": _opened(conversation, args)}
    people = args.get("users", [])
    if not people:
        raise RefusedError("users_list_not_supplied")
    if len(people) > MOST_IN_GROUP:
        raise RefusedError("too_many_users")
    for person_id in people:
        _check_can_be_written_to(workspace, person_id)
    conversation, was_there = _open_with(workspace, people)
    known: Json = {"no_op": True, "already_open": True} if was_there else {}
    return {**known, "channel": _opened(conversation, args)}


def _open_with(workspace: Workspace, people: list[str]) -> tuple[Conversation, bool]:
    if len(people) == 1:
        need_scope(workspace, "im:write")
        return workspace.open_dm(people[0])
    need_scope(workspace, "mpim:write")
    wanted = {*people, workspace.identity.bot_user_id}
    for conversation in workspace.conversations.values():
        if conversation.kind == "mpim" and set(conversation.members) == wanted:
            return conversation, True
    group = Conversation(workspace.stamps.next_id("G"), "mpim", "mpdm", sorted(wanted))
    workspace.conversations[group.id] = group
    workspace.touch(*people)
    return group, False


def _check_can_be_written_to(workspace: Workspace, person_id: str) -> None:
    member = workspace.member(person_id)
    if member.deleted:
        raise RefusedError("user_disabled")
    if member.is_bot:
        raise RefusedError("cannot_dm_bot")
    if member.is_stranger and not _shares_a_channel(workspace, person_id):
        raise RefusedError("user_not_visible")


def _shares_a_channel(workspace: Workspace, person_id: str) -> bool:
    return any(workspace.is_app_in(one) and not one.is_direct for one in workspace.conversations_of(person_id))


def _opened(conversation: Conversation, args: Args) -> Json:
    if not args.get("return_im"):
        return {"id": conversation.id}
    return {"id": conversation.id, "is_im": conversation.kind == "im", "is_open": True, "user": conversation.members[0]}


def _need_for(workspace: Workspace, conversation: Conversation, verb: str) -> None:
    need_scope(workspace, f"{TYPE_WORDS[conversation.kind]}:{verb}")


def conversations_info(workspace: Workspace, args: Args) -> Json:
    """conversations.info."""
    conversation = find_conversation(workspace, args["channel"])
    _need_for(workspace, conversation, "read")
    return {"channel": _conversation_object(workspace, conversation, count=args.get("include_num_members", False))}


def _conversation_object(workspace: Workspace, conversation: Conversation, *, count: bool = False) -> Json:
    body: Json = {
        "id": conversation.id,
        "is_channel": conversation.kind == "channel",
        "is_group": conversation.kind == "private",
        "is_im": conversation.kind == "im",
        "is_mpim": conversation.kind == "mpim",
        "is_private": conversation.kind != "channel",
        "is_archived": conversation.is_archived,
        "is_member": workspace.is_app_in(conversation),
        "is_ext_shared": False,
        "is_org_shared": False,
    }
    body |= {"user": workspace.partner_of(conversation)} if conversation.kind == "im" else {"name": conversation.name}
    return body | ({"num_members": len(conversation.members)} if count else {})


def conversations_list(workspace: Workspace, args: Args) -> Json:
    """conversations.list: public channels unless other types are asked for."""
    words = args.get("types") or ["public_channel"]
    kinds = {"public_channel": "channel", "private_channel": "private", "im": "im", "mpim": "mpim"}
    if not set(words) <= set(kinds):
        raise RefusedError("invalid_types")
    wanted = {kinds[word] for word in words}
    shown = [one for one in workspace.conversations.values() if one.kind in wanted and _is_listed(workspace, one, args)]
    for conversation in shown:
        _need_for(workspace, conversation, "read")
    channels, more = _page([_conversation_object(workspace, one) for one in shown], args)
    return {"channels": channels, **more}


def _is_listed(workspace: Workspace, conversation: Conversation, args: Args) -> bool:
    known = conversation.kind == "channel" or workspace.is_app_in(conversation)
    return known and not (args.get("exclude_archived") and conversation.is_archived)


def conversations_members(workspace: Workspace, args: Args) -> Json:
    """conversations.members."""
    conversation = find_conversation(workspace, args["channel"])
    _need_for(workspace, conversation, "read")
    members, more = _page(conversation.members, args)
    return {"members": members, **more}


def conversations_history(workspace: Workspace, args: Args) -> Json:
    """conversations.history: newest first, without ephemerals; metadata only when all of it is asked for."""
    conversation = find_conversation(workspace, args["channel"])
    _need_for(workspace, conversation, "history")
    if not workspace.is_app_in(conversation):
        raise RefusedError("not_in_channel")
    found = [m for m in reversed(conversation.messages) if _is_between(m.ts, args) and _is_top_level(m.ts, m.thread_ts)]
    page, more = _page(found, args, most=999)
    shown = [message_object(workspace.identity, m, with_metadata=args.get("include_all_metadata", False)) for m in page]
    return {"messages": shown, "has_more": bool(more["response_metadata"]["next_cursor"]), "pin_count": 0, **more}


def _is_top_level(ts: str, thread_ts: str | None) -> bool:
    return thread_ts in (None, ts)


def _is_between(ts: str, args: Args) -> bool:
    oldest, latest = _stamp(args.get("oldest", "0")), _stamp(args.get("latest") or "9999999999")
    stamp = _stamp(ts)
    return oldest <= stamp <= latest if args.get("inclusive") else oldest < stamp < latest


def _stamp(ts: str) -> tuple[int, int]:
    seconds, _, micros = ts.partition(".")
    return int(seconds or 0), int((micros or "0").ljust(6, "0"))


_PAGED = {"cursor": "str", "limit": "int"}
_CHANNEL: dict[str, Any] = {"channel": "str"}
_ANY_READ = ("channels:read", "groups:read", "im:read", "mpim:read")
_ANY_HISTORY = ("channels:history", "groups:history", "im:history", "mpim:history")

METHODS = (
    Method("api.test", api_test, {"error": "str", "foo": "str"}, needs="any"),
    Method("auth.test", auth_test, {}),
    Method("users.info", users_info, {"user": "str", "include_locale": "bool"}, ("user",), ("users:read",)),
    Method("users.list", users_list, {**_PAGED, "include_locale": "bool", "team_id": "str"}, scopes=("users:read",)),
    Method("users.lookupByEmail", lookup_by_email, {"email": "str"}, ("email",), ("users:read.email",)),
    Method(
        "conversations.open",
        conversations_open,
        {**_CHANNEL, "users": "words", "return_im": "bool", "prevent_creation": "bool"},
        scopes=("im:write", "mpim:write"),
    ),
    Method(
        "conversations.info",
        conversations_info,
        {**_CHANNEL, "include_locale": "bool", "include_num_members": "bool"},
        ("channel",),
        _ANY_READ,
    ),
    Method(
        "conversations.list",
        conversations_list,
        {**_PAGED, "exclude_archived": "bool", "team_id": "str", "types": "words"},
        scopes=_ANY_READ,
    ),
    Method("conversations.members", conversations_members, {**_CHANNEL, **_PAGED}, ("channel",), _ANY_READ),
    Method(
        "conversations.history",
        conversations_history,
        {
            **_CHANNEL,
            **_PAGED,
            "oldest": "str",
            "latest": "str",
            "inclusive": "bool",
            "include_all_metadata": "bool",
        },
        ("channel",),
        _ANY_HISTORY,
    ),
)
