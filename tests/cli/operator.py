"""An operator at a terminal: a folder of their own, and `handrail` run in it as a real process."""

import io
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
from pathlib import Path
from unittest import mock

from bot.cli import run_command

ROOT = Path(__file__).resolve().parents[2]
_OURS = ("SLACK_", "HANDRAIL_")


@dataclass
class Operator:
    """Runs commands in one folder, which is one service."""

    folder: Path
    settings: dict[str, str] = field(default_factory=dict)

    def environment(self) -> dict[str, str]:
        inherited = {name: value for name, value in os.environ.items() if not name.startswith(_OURS)}
        return inherited | {"PYTHONPATH": str(ROOT), "NO_PROXY": "*"} | self.settings

    def run(self, *words: str, typed: str = "") -> "Said":
        """Run one command to its end, in this process: starting a new one takes longer than most commands."""
        out, err, folder, mask = io.StringIO(), io.StringIO(), Path.cwd(), os.umask(0o077)
        with mock.patch.dict(os.environ, self.environment(), clear=True), mock.patch("sys.stdin", io.StringIO(typed)):
            os.chdir(self.folder)
            try:
                with redirect_stdout(out), redirect_stderr(err):
                    code = run_command(words)
            finally:
                os.chdir(folder)
                os.umask(mask)
        return Said(code, out.getvalue(), err.getvalue())

    def run_process(self, *words: str) -> "Said":
        """Run one command to its end as a process of its own."""
        done = subprocess.run(
            [sys.executable, "-m", "bot", *words],
            cwd=self.folder,
            env=self.environment(),
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        return Said(done.returncode, done.stdout, done.stderr)

    @contextmanager
    def running(self, *words: str, says: str = "is running") -> Iterator[subprocess.Popen[str]]:
        """Start a command that goes on, wait until it says that it runs, and end it."""
        with subprocess.Popen(
            [sys.executable, "-m", "bot", *words],
            cwd=self.folder,
            env=self.environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        ) as started:
            try:
                assert started.stdout
                first = started.stdout.readline()
                assert says in first, first
                yield started
            finally:
                started.terminate()

    def make_keys(self) -> str:
        """Make keys, put them into .env, and return the check word of their sheet."""
        printed = self.run("keys", "new").out
        lines = [line for line in printed.splitlines() if line.startswith("HANDRAIL_")]
        (self.folder / ".env").write_text("\n".join(lines) + "\n")
        return next(line.rpartition(" ")[2] for line in printed.splitlines() if "Check word" in line)

    def write(self, name: str, text: str) -> str:
        (self.folder / name).write_text(text, "utf-8")
        return name


@dataclass(frozen=True)
class Said:
    """How a command ended, and what it said."""

    code: int
    out: str
    err: str
