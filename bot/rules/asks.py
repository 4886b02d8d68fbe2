"""What people ask of each other between the programme's own dates: a signature, a check, a change, a mentor.

Pure. Each ask opens when somebody asks, is theirs who must answer, and closes with the answer.
"""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from bot.rules.working_days import working_day_after

ANSWER_WITHIN = 5  # working days
VERIFY_WITHIN = 10  # working days


@dataclass(frozen=True)
class Ask:
    """One thing asked of one person about another."""

    rule: str  # "ask.sign-off"
    subject: str  # "criterion:on-call"
    period: str  # which asking: the moment or version it was made at
    owner_id: UUID
    asked_on: date
    due_on: date
    done_on: date | None = None


def ask(
    rule: str,
    subject: str,
    period: str,
    owner_id: UUID,
    asked_on: date,
    closed: frozenset[date],
    *,
    within: int = ANSWER_WITHIN,
    done_on: date | None = None,
) -> Ask:
    """Make an ask, to be answered within so many working days."""
    return Ask(rule, subject, period, owner_id, asked_on, working_day_after(asked_on, within, closed), done_on)
