"""Who may send: one process on an SQLite database (delivery.md, "Who may send"). PostgreSQL needs no such lock."""

import fcntl
import os
from pathlib import Path
from types import TracebackType
from typing import Self

from sqlalchemy.engine import make_url

from bot.errors import AlreadyRunning


class SenderLock:
    """A lock on a file beside the database, let go by the system itself when its process ends, however it ends."""

    def __init__(self, database_url: str) -> None:
        url = make_url(database_url)
        is_file = url.get_backend_name() == "sqlite" and url.database and url.database != ":memory:"
        self._path = Path(f"{url.database}.lock") if is_file else None
        self._held: int | None = None

    def __enter__(self) -> Self:
        """Take the lock. Raises AlreadyRunning with the number of the process that has it."""
        if self._path is None:
            return self
        self._path.parent.mkdir(parents=True, exist_ok=True)
        held = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            found = os.read(held, 32).decode().strip()
            os.close(held)
            raise AlreadyRunning(int(found) if found.isdigit() else 0) from None
        os.ftruncate(held, 0)
        os.write(held, str(os.getpid()).encode())
        self._held = held
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        """Let it go; the file stays, empty of meaning."""
        if self._held is not None:
            os.close(self._held)
            self._held = None
