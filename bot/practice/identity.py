"""Who the app and the workspace are, in Slack's ids."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Identity:
    """Hold the ids that appear in every payload."""

    app_name: str
    team_name: str
    team_id: str = "T0PRACTICE"
    team_domain: str = "practice"
    app_id: str = "A0PRACTICE"
    bot_id: str = "B0PRACTICE"
    bot_user_id: str = "U0PRACTICEBOT"
    legacy_token: str = "practice-legacy-verification"  # noqa: S105 - Slack's old field, which no app should read


def dm_id(person_id: str) -> str:
    """Name the app's direct message with one person."""
    return f"D{person_id[1:]}"
