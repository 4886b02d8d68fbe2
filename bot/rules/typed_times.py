"""Times of day as people type them: "2pm", "at 2", "half past two", "14:30"."""

import re
from datetime import time

from bot.rules.date_words import NUMBERS

_HOUR = rf"(?P<hour>\d{{1,2}}|{'|'.join(NUMBERS)})"
_MINUTE = r"(?P<minute>[0-5]\d)"
_HALF_OF_DAY = r"(?P<half>[ap])\.?m\b\.?"
_ALONE = r"(?<![\d:./-])"
_CLOCK = re.compile(rf"(?P<hour>\d{{1,2}})(?:[:.]{_MINUTE})?\s*(?:{_HALF_OF_DAY})?")
_TYPED = tuple(
    re.compile(pattern)
    for pattern in (
        rf"\b(?P<past>half)\s+(?:past\s+)?{_HOUR}\b(?:\s*{_HALF_OF_DAY})?",
        rf"{_ALONE}\b{_HOUR}(?:[:.]{_MINUTE})?\s*{_HALF_OF_DAY}",
        rf"{_ALONE}{_HOUR}:{_MINUTE}(?![\d:])",
        rf"(?:\bat|@)\s*{_HOUR}(?:\.{_MINUTE})?(?:\s*o'?clock)?\b(?![:./-]?\d)",
        rf"{_ALONE}\b{_HOUR}\s*(?:o'?clock\b|(?=in the (?:morning|afternoon|evening)\b))",
        r"\b(?P<word>noon|midday|midnight)\b",
    )
)
_PART_OF_DAY = re.compile(r"\b(morning|afternoon|evening|tonight|night)\b")
_SPENT = re.compile(r"(?<!this )\b(?:in the |at )?(?:morning|afternoon|evening|night)\b")
_NOON = 12
_DAY_HOURS = 24
_FIRST_MORNING_HOUR = 7


def clock_time(words: str) -> time | None:
    """Read one time exactly as written ("9", "9am", "09:00", "17.30", "24:00"); None when it is not a time."""
    found = _CLOCK.fullmatch(words.strip().lower())
    return _on_the_clock(_number(found["hour"]), int(found["minute"] or 0), found["half"]) if found else None


def find_typed_time(text: str) -> tuple[time | None, str]:
    """Find a time of day in lower-case `text`; return it and the text without it.

    A bare 1 to 6 is the afternoon, since nobody meets at two in the morning, unless "morning" or a leading nought says
    otherwise. The result only ever prefills a picker.
    """
    part = _part_of_day(text)
    for pattern in _TYPED:
        for found in pattern.finditer(text):
            at = _time_meant(found.groupdict(), part)
            if at is not None:
                return at, _SPENT.sub(" ", f"{text[: found.start()]} {text[found.end() :]}")
    return None, _SPENT.sub(" ", text)


def _time_meant(said: dict[str, str | None], part: str | None) -> time | None:
    if word := said.get("word"):
        return time(0) if word == "midnight" else time(_NOON)
    spoken = said["hour"] or ""
    half = said.get("half") or part
    if half is None and 0 < _number(spoken) < _FIRST_MORNING_HOUR and not spoken.startswith("0"):
        half = "p"
    minute = 30 if said.get("past") else int(said.get("minute") or 0)
    return _on_the_clock(_number(spoken), minute, half)


def _on_the_clock(hour: int, minute: int, half: str | None) -> time | None:
    if half and 1 <= hour <= _NOON:
        hour = hour % _NOON + (_NOON if half == "p" else 0)
    if (hour, minute) == (_DAY_HOURS, 0):
        hour = 0
    return time(hour, minute) if hour < _DAY_HOURS else None


def _part_of_day(text: str) -> str | None:
    found = _PART_OF_DAY.search(text)
    if not found:
        return None
    return "a" if found[1] == "morning" else "p"


def _number(word: str) -> int:
    return NUMBERS.get(word) or int(word)
