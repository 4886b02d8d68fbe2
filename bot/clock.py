"""Programme time: what day it is for people. The only module that reads it; everything else is told.

Machine time (leases, timeouts, back-off) is another clock and cannot be moved: see bot/delivery/machine_time.py.
"""

from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

from bot.errors import BadSetting


class Clock(Protocol):
    """Whoever is asked for programme time."""

    def now(self) -> datetime:
        """Return the present moment, aware, in UTC."""
        ...


class SystemClock:
    """The machine's own time."""

    def now(self) -> datetime:
        """Return the present moment, aware, in UTC."""
        return datetime.now(UTC)


class SetClock:
    """A clock that stands until it is set, and never runs backwards: tests and the practice workspace."""

    def __init__(self, at: datetime) -> None:
        self._at = at.astimezone(UTC)

    def now(self) -> datetime:
        """Return the moment it stands at, aware, in UTC."""
        return self._at

    def set(self, at: datetime) -> None:
        """Move it forward; an earlier moment is ignored."""
        self._at = max(self._at, at.astimezone(UTC))


class FileClock:
    """Programme time from a file that holds one ISO moment; never runs backwards. For loopback workspaces only."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._latest = self._read()

    def now(self) -> datetime:
        """Return the moment in the file, aware, in UTC; the last good one while it is being written."""
        with suppress(OSError, ValueError):
            self._latest = max(self._latest, self._read())
        return self._latest

    def _read(self) -> datetime:
        found = datetime.fromisoformat(self._path.read_text("utf-8").strip())
        if found.tzinfo is None:
            raise ValueError("the moment in the clock's file needs its zone, like 2026-12-01T09:00+00:00")
        return found.astimezone(UTC)


def clock_from_setting(setting: str, *, loopback: bool) -> Clock:
    """Return the clock that HANDRAIL_CLOCK asks for. Raises BadSetting for one that may not be moved here."""
    if not setting:
        return SystemClock()
    kind, _, path = setting.partition(":")
    if kind != "file" or not path:
        raise BadSetting("HANDRAIL_CLOCK", "write it like file:var/clock")
    if not loopback:
        raise BadSetting("HANDRAIL_CLOCK", "time can only be moved in a practice workspace; remove this line")
    try:
        return FileClock(Path(path))
    except (OSError, ValueError) as why:
        raise BadSetting("HANDRAIL_CLOCK", f"{path} cannot be read as one ISO moment ({why})") from None
