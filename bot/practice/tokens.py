"""The practice workspace's tokens, which open nothing anywhere else, and its refusal of real ones."""

from __future__ import annotations

from bot.practice.refusals import RealTokenError

BOT_TOKEN = "xoxb-practice-bot-token"  # noqa: S105 - a made-up token that only this workspace accepts
APP_TOKEN = "xapp-practice-app-token"  # noqa: S105 - a made-up token that only this workspace accepts
SIGNING_SECRET = "practice-signing-secret"  # noqa: S105 - a made-up secret that only this workspace uses

_BOT_PREFIX, _APP_PREFIX = "xoxb-practice", "xapp-practice"
_REAL_PREFIXES = ("xoxb-", "xapp-", "xoxp-", "xoxe", "xoxa-", "xoxr-", "xoxs-", "xoxc-", "xoxd-")


def is_bot_token(token: str) -> bool:
    """Say whether this is a practice bot token."""
    return token.startswith(_BOT_PREFIX)


def is_app_token(token: str) -> bool:
    """Say whether this is a practice app-level token."""
    return token.startswith(_APP_PREFIX)


def refuse_real_tokens(*tokens: str | None) -> None:
    """Raise RealTokenError when any token looks like one of a real workspace; the token itself is never repeated."""
    for token in tokens:
        if token and token.startswith(_REAL_PREFIXES) and not (is_bot_token(token) or is_app_token(token)):
            raise RealTokenError(
                "That looks like a token of a real Slack workspace. The practice workspace takes none: "
                "clear SLACK_BOT_TOKEN and SLACK_APP_TOKEN and start again."
            )
