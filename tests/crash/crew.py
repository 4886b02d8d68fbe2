"""The processes that send: started, killed for real where they stop, or frozen there and let go."""

import os
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing import connection, get_context
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path
from threading import Lock

from tests.crash.points import Stop
from tests.crash.worker import Orders, work

_DEATH_TAKES = 10.0  # seconds at most
_ONE_AT_A_TIME = (
    Lock()
)  # starting one process looks at all others: whoever else waits for one then never learns its end
_CONTEXT = get_context("forkserver")  # a process of its own each, without reading all the code anew
_CONTEXT.set_forkserver_preload(["tests.crash.worker"])


@dataclass
class Member:
    """One process, the parent's end of its pipe, and where it is to stop."""

    process: BaseProcess
    pipe: Connection
    stop: Stop | None

    @property
    def pid(self) -> int:
        """Return its number."""
        assert self.process.pid is not None
        return self.process.pid


@dataclass(frozen=True)
class Reached:
    """A process that came to its stop, and whose message it had in hand."""

    pid: int
    stop: Stop
    in_hand: str


class Crew:
    """Sending processes under the same orders. `is_over` says whether somebody's message was settled by another."""

    def __init__(self, orders: Orders, is_over: Callable[[str], bool]) -> None:
        self._orders, self._is_over = orders, is_over
        self._members: list[Member] = []
        self._frozen: list[tuple[Member, str]] = []

    @property
    def armed(self) -> list[Stop]:
        """Return the stops that are still to be reached, and those at which a process is frozen."""
        frozen = [member.stop for member, _ in self._frozen]
        return [stop for stop in (*(member.stop for member in self._members), *frozen) if stop]

    def start(self, stop: Stop | None = None) -> None:
        """Start one more process."""
        ours, theirs = _CONTEXT.Pipe()
        process = _CONTEXT.Process(target=work, args=(self._orders.until(stop), theirs), daemon=True)
        with _ONE_AT_A_TIME:
            process.start()
        theirs.close()
        self._members.append(Member(process, ours, stop))

    def tend(self, seconds: float) -> list[Reached]:
        """Bury or freeze whoever comes to a stop within so many seconds, and let go those frozen long enough."""
        self._thaw()
        ready = connection.wait([member.pipe for member in self._members], timeout=seconds)
        return [self._reached(member) for member in list(self._members) if member.pipe in ready]

    def dismiss(self) -> None:
        """Let every process finish what it has in hand, and end."""
        for member in self._members:
            member.pipe.send("enough")
        for member in self._members:
            ended = _end_of(member)
            assert ended == 0, f"process {member.pid} ended with {ended}"
            member.pipe.close()
        self._members.clear()

    def kill_all(self) -> None:
        """Leave nothing behind when a run is broken off."""
        for member in (*self._members, *(frozen for frozen, _ in self._frozen)):
            member.process.kill()

    def _reached(self, member: Member) -> Reached:
        try:
            in_hand = str(member.pipe.recv())
        except EOFError:
            raise AssertionError(f"process {member.pid} died by itself: {_end_of(member)}") from None
        self._members.remove(member)
        assert member.stop
        if member.stop.freezes:
            _freeze(member)
            self._frozen.append((member, in_hand))
        else:
            _bury(member)
        return Reached(member.pid, member.stop, in_hand)

    def _thaw(self) -> None:
        for member, in_hand in [each for each in self._frozen if self._is_over(each[1])]:
            self._frozen.remove((member, in_hand))
            member.stop = None
            member.pipe.send("go on")
            os.kill(member.pid, signal.SIGCONT)
            self._members.append(member)


def _bury(member: Member) -> None:
    """Make sure that a process is dead, by the signal that nothing can catch."""
    ended = _end_of(member)
    assert ended == -signal.SIGKILL, f"process {member.pid} did not die: {ended}"
    assert not Path(f"/proc/{member.pid}").exists(), f"process {member.pid} is still there"
    member.pipe.close()


def _end_of(member: Member) -> int | None:
    """Wait until a process has ended and return how: 0, or the signal that killed it, below nothing."""
    with _ONE_AT_A_TIME:
        member.process.join(_DEATH_TAKES)
        return member.process.exitcode


def _freeze(member: Member) -> None:
    """Stop a process where it stands, and make sure that it does."""
    os.kill(member.pid, signal.SIGSTOP)
    until = time.monotonic() + _DEATH_TAKES
    while _state(member.pid) != "T":
        assert time.monotonic() < until, f"process {member.pid} did not stop"
        time.sleep(0.001)


def _state(pid: int) -> str:
    """Return the kernel's letter for what a process does: T is stopped by a signal."""
    return Path(f"/proc/{pid}/stat").read_text("utf-8").rpartition(")")[2].split()[0]
