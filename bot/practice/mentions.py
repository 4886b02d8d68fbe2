"""Escape what a person types as Slack's client does: the three marks, and names of people and channels."""

from __future__ import annotations

import re

from bot.practice.workspace import Workspace


def escape_text(text: str) -> str:
    """Escape the three characters Slack's text gives a meaning to."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def escape_mentions(workspace: Workspace, text: str) -> str:
    """Turn @Name and #channel into `<@U…|name>` and `<#C…|name>`; the longest name that fits wins."""
    people = {
        name.lower(): f"<@{member.id}|{member.name}>"
        for member in workspace.members.values()
        if not member.deleted
        for name in (member.name, member.real_name)
    }
    channels = {
        one.name.lower(): f"<#{one.id}|{one.name}>" for one in workspace.conversations.values() if not one.is_direct
    }
    return _replace("#", channels, _replace("@", people, text))


def _replace(mark: str, known: dict[str, str], text: str) -> str:
    if not known:
        return text
    names = "|".join(re.escape(name) for name in sorted(known, key=len, reverse=True))
    pattern = rf"(?<!<){mark}({names})(?!\w)"
    return re.sub(pattern, lambda found: known[found[1].lower()], text, flags=re.IGNORECASE)
