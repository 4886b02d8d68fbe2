"""A manifest that Slack would refuse starts no workspace."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from bot.practice.manifest import Manifest
from tests.practice.app_under_test import MANIFEST


def changed(path: tuple[str, ...], value: Any) -> dict[str, Any]:
    manifest = copy.deepcopy(MANIFEST)
    *way, last = path
    place = manifest
    for step in way:
        place = place[step]
    place[last] = value
    return manifest


REFUSED = {
    "51 commands": (("features", "slash_commands"), [{"command": f"/c{n}"} for n in range(51)], "allows 50"),
    "a command without a slash": (("features", "slash_commands"), [{"command": "note"}], "no slash command"),
    "a command in capitals": (("features", "slash_commands"), [{"command": "/Note"}], "no slash command"),
    "a command over 32 characters": (("features", "slash_commands"), [{"command": "/" + "x" * 32}], "no slash command"),
    "commands without their scope": (("oauth_config", "scopes", "bot"), ["im:history", "users:read"], "'commands'"),
    "words read without their scope": (("oauth_config", "scopes", "bot"), ["commands", "users:read"], "'im:history'"),
}


@pytest.mark.parametrize(("path", "value", "words"), REFUSED.values(), ids=REFUSED)
def test_a_manifest_slack_would_refuse(path: tuple[str, ...], value: Any, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        Manifest(changed(path, value))


def test_optional_scopes_are_granted_too() -> None:
    assert {"commands", "files:write"} <= Manifest(MANIFEST).bot_scopes
