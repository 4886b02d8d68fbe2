"""Files a person puts in a form."""

from __future__ import annotations

import base64
import binascii
from typing import Any

from bot.practice.refusals import Json, NotPossibleError
from bot.practice.workspace import Workspace

MOST_BYTES = 10_000_000


def keep_uploads(workspace: Workspace, person_id: str, raw: Any) -> list[Json]:
    """Keep files sent by the page as [{"name", "content": base64}] and give Slack's file objects; kept ones pass."""
    return [_keep(workspace, person_id, item) for item in raw or []]


def _keep(workspace: Workspace, person_id: str, item: Json) -> Json:
    if "id" in item:
        return workspace.files.find(item["id"]).as_payload(workspace.base_url, workspace.identity.team_id)
    try:
        content = base64.b64decode(item["content"], validate=True)
    except (KeyError, binascii.Error):
        raise NotPossibleError("That file could not be read.") from None
    if len(content) > MOST_BYTES:
        raise NotPossibleError("That file is larger than 10 MB.")
    file = workspace.files.add(str(item.get("name") or "file"), content, person_id)
    return file.as_payload(workspace.base_url, workspace.identity.team_id)
