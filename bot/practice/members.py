"""People and channels of a practice workspace, as whoever starts it lists them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Member:
    """Hold one person of the workspace, with the facts Slack tells an app about them."""

    id: str
    name: str
    real_name: str
    email: str
    tz: str = "Europe/London"
    title: str = ""
    is_bot: bool = False
    is_restricted: bool = False
    deleted: bool = False
    is_stranger: bool = False

    @property
    def initials(self) -> str:
        """Give one or two letters to show where Slack would show a picture."""
        words = self.real_name.split() or [self.name]
        return "".join(word[0] for word in (words[0], words[-1])[: len(words)]).upper()


@dataclass(frozen=True)
class Channel:
    """Hold one channel; the app is in it when its bot user id is among the members."""

    id: str
    name: str
    members: tuple[str, ...]
    is_private: bool = False
    is_archived: bool = False
