"""The weekly summary to the mentor channel: counts and thanks together, never a name, never content."""

from bot.rules.summaries import Coming, Done, Lateness, Summary
from bot.values import Message
from prompts import blocks, words

_FOOT = "Counts only, never names. What is yours to do is on your Home."


def summary_message(summary: Summary) -> Message:
    """Say a programme's week to everybody at once."""
    title = f"{blocks.escape(summary.title)}, week to {words.day(summary.last_on)}"
    said = [_done(summary.done), _coming(summary.coming), _lateness(summary)]
    lines = [line for line in said if line]
    shown = (blocks.section(f"*{title}*"), *(blocks.section(line) for line in lines), blocks.context(_FOOT))
    return Message(f"{title}. {' '.join(lines)}", shown)


def _done(done: Done) -> str:
    counted = _counted(
        (done.meetings, "meeting held", "meetings held"),
        (done.records, "record signed by everybody it needs", "records signed by everybody they need"),
        (done.agreements, "agreement signed", "agreements signed"),
        (done.criteria, "criterion signed off", "criteria signed off"),
        (done.courses, "course done and checked", "courses done and checked"),
    )
    if not counted:
        return "A quiet week. Thank you, everybody."
    return f"Thank you, everybody. This week: {words.listed(counted)}."


def _coming(coming: Coming) -> str:
    counted = _counted(
        (coming.meetings, "meeting planned", "meetings planned"),
        (coming.courses, "course to do or renew", "courses to do or renew"),
        (coming.reviews, "review", "reviews"),
    )
    return f"In the next seven days: {words.listed(counted)}." if counted else ""


def _lateness(summary: Summary) -> str:
    match summary.lateness:
        case Lateness.ON_TRACK:
            return "All on track."
        case Lateness.SOME_WAITING:
            return "Some things are waiting: see your Home."
        case Lateness.COUNTED:
            late = words.count(summary.late, "person", "people")
            return f"For {late} of {summary.people} something has waited past its day: see your Home."


def _counted(*found: tuple[int, str, str]) -> list[str]:
    return [words.count(n, one, many) for n, one, many in found if n]
