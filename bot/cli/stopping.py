"""SIGTERM and Ctrl-C end any command within a second, whatever it is busy with."""

import os
import signal
import threading
import time

GRACE = 0.8  # seconds to put things away; then the process goes as it is, which every transaction survives
_SIGNALS = (signal.SIGTERM, signal.SIGINT)


class Stopped(BaseException):
    """Somebody asked the command to stop. Raised in the main thread, wherever it is."""

    def __init__(self, number: int) -> None:
        super().__init__(f"stopped by signal {number}")
        self.exit_code = 128 + number


def end_within_a_second() -> None:
    """Answer the signals, also in a long call into the database, where Python's own handlers must wait."""
    heard, tell = os.pipe()
    os.set_blocking(tell, False)
    signal.set_wakeup_fd(tell, warn_on_full_buffer=False)
    for number in _SIGNALS:
        signal.signal(number, _stop)
    threading.Thread(target=_watch, args=(heard,), name="stopping", daemon=True).start()


def _stop(number: int, _frame: object) -> None:
    for each in _SIGNALS:
        signal.signal(each, signal.SIG_IGN)
    raise Stopped(number)


def _watch(heard: int) -> None:
    number = os.read(heard, 1)
    time.sleep(GRACE)
    os._exit(128 + number[0])
