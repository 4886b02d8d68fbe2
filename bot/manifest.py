"""app_manifest.yml: what Slack is told about the app."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

MANIFEST = Path(__file__).parents[1] / "app_manifest.yml"


@dataclass(frozen=True)
class Declared:
    """The names the manifest declares, for holding against the code and the workspace."""

    commands: frozenset[str]
    shortcuts: frozenset[str]
    events: frozenset[str]
    scopes: frozenset[str]
    optional_scopes: frozenset[str]


def read_manifest() -> dict[str, Any]:
    """Read the manifest in Slack's own form."""
    import yaml

    found: dict[str, Any] = yaml.safe_load(MANIFEST.read_text("utf-8"))
    return found


def declared() -> Declared:
    """Return the names it declares."""
    manifest = read_manifest()
    features, scopes = manifest["features"], manifest["oauth_config"]["scopes"]
    return Declared(
        commands=frozenset(each["command"] for each in features["slash_commands"]),
        shortcuts=frozenset(each["callback_id"] for each in features["shortcuts"]),
        events=frozenset(manifest["settings"]["event_subscriptions"]["bot_events"]),
        scopes=frozenset(scopes["bot"]),
        optional_scopes=frozenset(scopes["bot_optional"]),
    )
