"""Everything the workspace ever accepted, in order and never forgotten: what tests and the demo count."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from bot.practice.refusals import Json


@dataclass(frozen=True)
class Accepted:
    """Hold one thing accepted: what is "post", "ephemeral", "update", "delete" or "file"; user the DM's partner."""

    what: str
    method: str
    channel: str
    user: str | None
    ts: str
    text: str
    blocks: list[Json] | None
    metadata: Json | None
    at: datetime

    def as_json(self) -> dict[str, Any]:
        """Give it as plain JSON."""
        return {**asdict(self), "at": self.at.isoformat()}
