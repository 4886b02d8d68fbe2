"""What is said when programme time is moved in a practice workspace."""

from datetime import datetime

from prompts import words


def moved_sentence(at: datetime, zone: str, *, said: int) -> str:
    """Say where time stands now, and how many messages went out on the way."""
    sent = words.count(said, "message") if said else "no messages"
    return f"It is now {words.moment(at, zone)}; {sent} went out on the way."


def nothing_ahead_sentence() -> str:
    """Say that nothing more is planned."""
    return "Nothing more is planned in the next 400 days, so time stays where it was last needed."
