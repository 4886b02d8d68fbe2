"""The form that asks whether a meeting was held: the day is filled in, and is day nought of what follows."""

from datetime import UTC, date, datetime
from uuid import uuid4

import pytest

from bot.rules.sessions import ListedSession
from prompts.session_outcomes import HELD_ON, held_form


def day_filled_in(at: datetime, minutes: int, zone: str, today: date) -> str:
    """Return the day that the form of a planned meeting proposes."""
    line = ListedSession(
        id=uuid4(), version=1, title="Supervision", names=("Asha",), at=at, zone=zone, minutes=minutes,
        state="planned", held_on=None, cause="", steps=(),
    )  # fmt: skip
    [picker] = [block["element"] for block in held_form(line, today)["blocks"] if block.get("block_id") == HELD_ON]
    return str(picker["initial_date"])


@pytest.mark.requirement("001-23")
@pytest.mark.parametrize(
    ("at", "minutes", "proposed"),
    [
        (datetime(2026, 12, 8, 23, 30, tzinfo=UTC), 60, "2026-12-09"),  # a night worker's, over at half past midnight
        (datetime(2026, 12, 8, 14, tzinfo=UTC), 60, "2026-12-08"),
        (datetime(2026, 6, 8, 22, 30, tzinfo=UTC), 45, "2026-06-09"),  # half past eleven in London's summer
        (datetime(2026, 6, 8, 22, 30, tzinfo=UTC), 15, "2026-06-08"),
    ],
)
def test_a_meeting_that_ends_after_midnight_was_held_on_the_day_it_ended(
    at: datetime, minutes: int, proposed: str
) -> None:
    assert day_filled_in(at, minutes, "Europe/London", date(2026, 12, 31)) == proposed


def test_a_day_to_come_is_never_filled_in() -> None:
    at = datetime(2026, 12, 8, 23, 30, tzinfo=UTC)
    assert day_filled_in(at, 60, "Europe/London", date(2026, 12, 8)) == "2026-12-08"
