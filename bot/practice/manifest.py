"""Read what an app manifest declares: only what is declared is delivered, only what is asked for is allowed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from bot.practice.refusals import Json

MOST_COMMANDS = 50
_EVENT_SCOPES = {
    "message.im": "im:history",
    "message.channels": "channels:history",
    "message.groups": "groups:history",
    "user_change": "users:read",
    "team_join": "users:read",
}


@dataclass(frozen=True)
class Command:
    """Hold one slash command of the manifest."""

    command: str
    description: str
    usage_hint: str
    should_escape: bool


@dataclass(frozen=True)
class Shortcut:
    """Hold one shortcut; only "global" ones are offered outside a message."""

    callback_id: str
    name: str
    description: str
    is_global: bool


class Manifest:
    """Answer what the app declared about itself."""

    def __init__(self, manifest: Json) -> None:
        """Read a manifest in Slack's own form; raises ValueError when it declares what Slack would refuse."""
        features = manifest.get("features", {})
        settings = manifest.get("settings", {})
        scopes = manifest.get("oauth_config", {}).get("scopes", {})
        home = features.get("app_home", {})
        self.name: str = manifest["display_information"]["name"]
        self.bot_name: str = features.get("bot_user", {}).get("display_name", self.name)
        self.commands = {c.command: c for c in map(_read_command, features.get("slash_commands", []))}
        self.shortcuts = {s.callback_id: s for s in map(_read_shortcut, features.get("shortcuts", []))}
        self.bot_scopes = frozenset([*scopes.get("bot", []), *scopes.get("bot_optional", [])])
        self.events = frozenset(settings.get("event_subscriptions", {}).get("bot_events", []))
        self.home_tab: bool = home.get("home_tab_enabled", False)
        self.messages_tab: bool = home.get("messages_tab_enabled", True)
        self.interactive: bool = settings.get("interactivity", {}).get("is_enabled", False)
        _check_commands(features.get("slash_commands", []))
        self._check_scopes()

    def _check_scopes(self) -> None:
        needed = {_EVENT_SCOPES[event] for event in self.events & _EVENT_SCOPES.keys()}
        needed |= {"commands"} if self.commands or self.shortcuts else set()
        if needed - self.bot_scopes:
            raise ValueError(f"The manifest declares what needs more scopes: {sorted(needed - self.bot_scopes)}.")


def _read_command(raw: dict[str, Any]) -> Command:
    return Command(
        command=raw["command"],
        description=raw.get("description", ""),
        usage_hint=raw.get("usage_hint", ""),
        should_escape=raw.get("should_escape", False),
    )


def _read_shortcut(raw: dict[str, Any]) -> Shortcut:
    return Shortcut(
        callback_id=raw["callback_id"],
        name=raw["name"],
        description=raw.get("description", ""),
        is_global=raw.get("type") == "global",
    )


def _check_commands(raw: list[dict[str, Any]]) -> None:
    if len(raw) > MOST_COMMANDS:
        raise ValueError(f"Slack allows {MOST_COMMANDS} slash commands; the manifest declares {len(raw)}.")
    for command in (item["command"] for item in raw):
        if not command.startswith("/") or not 2 <= len(command) <= 32 or command != command.lower():
            raise ValueError(f"{command} is no slash command Slack takes: 2 to 32 lower-case characters after a slash.")
