"""When a criterion is satisfied, and how far a plan has come."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

UNDO_FOR = timedelta(minutes=10)  # a slip of the finger is undone quietly; later it is withdrawn with a reason


@dataclass(frozen=True)
class Signed:
    """One sign-off that stands."""

    occasion_on: date
    signer: str  # an id, to tell one person from another


@dataclass(frozen=True)
class Pace:
    """Where a plan stands against its length; counts of criteria, and of days."""

    done: int
    of: int
    days_gone: int
    days: int

    @property
    def expected(self) -> int:
        """How many would be done by now at an even pace, rounded down."""
        return min(self.of, self.of * self.days_gone // self.days) if self.days else self.of


def is_complete(signed: Sequence[Signed], needed: int, second: str) -> bool:
    """Say whether a criterion has its signatures (seed-systems 003-51, 003-52).

    The second is on a later date, or by another person, as the checklist says.
    """
    if len(signed) < needed:
        return False
    if needed < 2:
        return True
    if second == "another person":
        return len({one.signer for one in signed}) >= needed
    return len({one.occasion_on for one in signed}) >= needed


def completed_on(signed: Sequence[Signed], needed: int, second: str) -> date | None:
    """Return the day of the signature that completed a criterion, or None."""
    ordered = sorted(signed, key=lambda one: one.occasion_on)
    for count in range(needed, len(ordered) + 1):
        if is_complete(ordered[:count], needed, second):
            return ordered[count - 1].occasion_on
    return None


def pace(done: int, of: int, starts_on: date, ends_on: date | None, today: date) -> Pace:
    """Set what is done against an even pace from start to end (seed-systems 003-23)."""
    days = (ends_on - starts_on).days if ends_on else 0
    return Pace(done, of, max(0, min((today - starts_on).days, days)), days)


def may_undo(signed_at: datetime, now: datetime) -> bool:
    """Say whether a sign-off is young enough to be undone without a reason."""
    return now - signed_at <= UNDO_FOR
