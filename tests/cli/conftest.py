"""An operator, and a workspace on loopback for them to serve."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.manifest import read_manifest
from bot.practice import APP_TOKEN, BOT_TOKEN, SIGNING_SECRET, Channel, Member, PracticeServer, StillClock, Workspace
from tests.cli.operator import ROOT, Operator

NOW = datetime(2026, 12, 1, 9, tzinfo=UTC)
ASHA = Member("U0ASHA001", "asha", "Asha Rahman", "asha.rahman@marshlane.example")
NOAH = Member("U0NOAH001", "noah", "Noah Green", "noah.green@marshlane.example")


@pytest.fixture
def operator(tmp_path: Path) -> Operator:
    """Give an operator with an empty folder."""
    return Operator(tmp_path)


@pytest.fixture
def practice() -> Iterator[PracticeServer]:
    """Give a workspace on loopback with two people of the examples in it."""
    workspace = Workspace(read_manifest(), [ASHA, NOAH], [Channel("C0GENERAL", "general", (ASHA.id,))], StillClock(NOW))
    with PracticeServer(workspace) as server:
        yield server


@pytest.fixture
def served(operator: Operator, practice: PracticeServer) -> Operator:
    """Give an operator whose service has the examples' people in it and is set up for the workspace."""
    operator.make_keys()
    operator.settings |= {
        "SLACK_API_URL": practice.api_url,
        "SLACK_BOT_TOKEN": BOT_TOKEN,
        "SLACK_APP_TOKEN": APP_TOKEN,
        "SLACK_SIGNING_SECRET": SIGNING_SECRET,
        "HANDRAIL_HEALTH": "127.0.0.1:0",
    }
    assert operator.run("import", "people", operator.write("few.csv", few_people()), "--apply").code == 0
    return operator


def few_people() -> str:
    """Return the rows of the examples for two people on programmes, and everybody they stand with."""
    rows = (ROOT / "examples" / "people.csv").read_text("utf-8").splitlines()
    wanted = ("Grace", "Owen", "Ruth", "Joy", "Ben", "Samira", "Fiona", "Huw", "Asha", "Noah")
    return "\n".join([rows[0], *(row for row in rows[1:] if row.split(",")[2].startswith(wanted))])
