"""How the bulk keeps out of the way: of the people who are being answered, and of Slack's own limits."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Condition, local
from types import TracebackType

_MOST = 0.25  # seconds: a busy hour must not stop the bulk
_BURST = 30  # messages: short bursts are tolerated (slack-rules section 14)


class PeopleFirst:
    """Held while somebody is being answered; what is in no hurry gives way meanwhile.

    Threads of one process take turns at the interpreter: without this, whoever presses a button waits for it as often
    as the sender does. Whoever is being answered and must write is not given way to: it is the sender's own
    transaction that they wait for.
    """

    def __init__(self) -> None:
        self._answering = self._writing = 0
        self._changed = Condition()
        self._thread = local()

    def __enter__(self) -> None:
        """Begin to answer somebody, in this thread."""
        self._thread.answers = True
        with self._changed:
            self._answering += 1

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        """Have answered."""
        self._thread.answers = False
        with self._changed:
            self._answering -= 1
            self._changed.notify_all()

    @contextmanager
    def writes(self) -> Iterator[None]:
        """Say that this thread writes, or waits until it may."""
        if not getattr(self._thread, "answers", False):
            yield
            return
        with self._changed:
            self._writing += 1
            self._changed.notify_all()
        try:
            yield
        finally:
            with self._changed:
                self._writing -= 1

    def give_way(self, most: float = _MOST) -> None:
        """Wait until nobody is being answered, or somebody who is must write; `most` seconds at most."""
        if self._answering and not self._writing:
            with self._changed:
                self._changed.wait_for(lambda: self._writing or not self._answering, most)


class Pace:
    """So many messages a second in the long run, with short bursts: Slack asks no more of us, and no less."""

    def __init__(self, every: float) -> None:
        self._every = every  # seconds of machine time
        self._paid_until = 0.0

    @property
    def wait(self) -> float:
        """Return in how many seconds the next may go."""
        return max(0.0, self._paid_until - (_BURST - 1) * self._every - time.monotonic())

    def take(self) -> None:
        """Count one that went."""
        self._paid_until = max(self._paid_until, time.monotonic()) + self._every
