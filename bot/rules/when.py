"""Plain words for time: lengths, the one `when` grammar, the steps of a ladder. Pure; knows no clock.

Every dated duty in a programme file is one `when` sentence, read here once into one of seven frozen values. A fault is
a ValueError whose message is a sentence for whoever writes the file.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

from dateutil.relativedelta import relativedelta

from bot.rules.calendar_words import read_calendar_words, say_calendar
from bot.rules.working_days import working_day_after

WORKING_DAYS = "working days"
UNITS = {"day": "days", "week": "weeks", "month": "months", "year": "years", "hour": "hours", "minute": "minutes"}
DAYS_IN = {
    "days": 1.0,
    "weeks": 7.0,
    "months": 30.4,
    "years": 365.25,
    WORKING_DAYS: 1.4,
    "hours": 1 / 24,
    "minutes": 1 / 1440,
}
ONE: dict[str, timedelta | relativedelta] = {
    "days": timedelta(days=1),
    "weeks": timedelta(weeks=1),
    "months": relativedelta(months=1),
    "years": relativedelta(years=1),
}
MONTHS_IN = {"month": 1, "quarter": 3, "year": 12}
HELP = (
    'write it like "every month", "each calendar month", "every 2 to 3 months", '
    '"every week until 6 weeks, then every month", "every 6 months from contract in force", "within 14 days of start", '
    '"at 3 months, 6 months after start", "30 days before end", "on the second Tuesday of every month", '
    '"on 30 November every year", "on demand, ask after 90 days" or "RRULE:FREQ=…"'
)


@dataclass(frozen=True)
class Duration:
    """A length of time in one unit: days, weeks, months, years, hours, minutes or working days."""

    n: int
    unit: str

    def after(self, day: date, closed: frozenset[date] = frozenset()) -> date:
        """Return the day this long after `day`; months clamp to the month's end and are never iterated.

        `closed` holds bank holidays and closures; only working days heed it. Hours and minutes stay on `day`.
        """
        if self.unit == WORKING_DAYS:
            return working_day_after(day, self.n, closed)
        if self.unit in {"hours", "minutes"}:
            return day
        return day + self.n * ONE[self.unit]

    def times(self, k: float) -> "Duration":
        """Return this length multiplied by `k`, rounded to whole units."""
        return Duration(round(self.n * k), self.unit)

    @property
    def in_days(self) -> float:
        """About how many days this is, for comparing lengths, never for a due day."""
        return self.n * DAYS_IN[self.unit]

    def __str__(self) -> str:
        return f"{self.n} {self.unit[:-1] if self.n == 1 else self.unit}"


@dataclass(frozen=True)
class Step:
    """One rhythm: "2 to 3 months" is welcome from 2 and due by 3; it may hold until so long after the anchor."""

    least: Duration | None
    most: Duration
    until: Duration | None = None

    def __str__(self) -> str:
        if self.least:
            return f"{self.least.n} to {self.most}"
        return self.most.unit[:-1] if self.most.n == 1 and self.most.unit != WORKING_DAYS else str(self.most)


@dataclass(frozen=True)
class PartTime:
    """How long something lasts for part-time people: so long, or pro rata up to a limit."""

    length: Duration
    pro_rata: bool = False


@dataclass(frozen=True)
class Once:
    """within 14 days of X · 2 weeks after X · 30 days before X · by X"""

    offset: Duration
    event: str


@dataclass(frozen=True)
class Points:
    """at 3 months, 6 months and 12 months after X"""

    offsets: tuple[Duration, ...]
    event: str


@dataclass(frozen=True)
class Rolling:
    """every …, counted from the last one held, the first from the anchor; may step."""

    steps: tuple[Step, ...]


@dataclass(frozen=True)
class Grid:
    """every 6 months from X: anchor + n × interval, whenever the last one was."""

    every: Duration
    event: str


@dataclass(frozen=True)
class Window:
    """each calendar month, quarter or year: one held inside each."""

    unit: str


@dataclass(frozen=True)
class Calendar:
    """on the second Tuesday of every month: an RRULE, written or put in words."""

    rule: str


@dataclass(frozen=True)
class OnDemand:
    """when asked for, with a quiet question after so long without one."""

    ask_after: Duration | None = None


When = Once | Points | Rolling | Grid | Window | Calendar | OnDemand


@dataclass(frozen=True)
class LadderStep:
    """Who is told, how long after (or, negative, before) the due day, and whether it is said again and again."""

    offset: Duration
    repeats: bool
    roles: tuple[str, ...]


def duration(text: str) -> Duration:
    """Read "6 months", "a week" or "5 working days"."""
    m = re.fullmatch(r"(?:(an?|one|\d+) )?(working )?(day|week|month|year|hour|minute)s?", text.strip().lower())
    if not m or (m[2] and m[3] != "day"):
        raise ValueError(
            f'I cannot read "{text}" as a length of time; write it like "6 months", "2 weeks", "5 working days" or '
            '"90 minutes"'
        )
    return Duration(int(m[1]) if (m[1] or "").isdigit() else 1, WORKING_DAYS if m[2] else UNITS[m[3]])


def span(text: str) -> Step:
    """Read "12 months" or "12 to 24 months"."""
    if not (m := re.fullmatch(r"(\d+) (?:to|-) (\d+) (\w+)", text.strip())):
        return Step(None, duration(text))
    if int(m[1]) >= int(m[2]):
        raise ValueError(f'in "{text}" the first number must be the smaller one')
    return Step(duration(f"{m[1]} {m[3]}"), duration(f"{m[2]} {m[3]}"))


def part_time(text: str) -> PartTime:
    """Read "18 months" or "pro rata, at most 24 months"."""
    pro_rata = text.strip().lower().removeprefix("pro rata, at most ")
    return PartTime(duration(pro_rata), pro_rata != text.strip().lower())


def when(text: str) -> When:
    """Read one `when` sentence. Raises ValueError whose message is a sentence for the writer of the file."""
    said = " ".join(text.split())
    try:
        found = next((value for read in READERS if (value := read(said)) is not None), None)
    except ValueError as why:
        if any(known in str(why) for known in ("cannot read", "until", "smaller one")):
            raise
        raise ValueError(f'I cannot read "{text}" as a time; {HELP}') from None
    if found is None:
        raise ValueError(f'I cannot read "{text}" as a time; {HELP}')
    return found


def _on_demand(said: str) -> When | None:
    if not (m := re.fullmatch(r"on demand(?:, ask after (.+))?", said.lower())):
        return None
    return OnDemand(duration(m[1]) if m[1] else None)


def _window(said: str) -> When | None:
    m = re.fullmatch(r"each calendar (month|quarter|year)", said.lower())
    return Window(m[1]) if m else None


def _calendar(said: str) -> When | None:
    rule = read_calendar_words(said)
    return Calendar(rule) if rule else None


def _once(said: str) -> When | None:
    low = said.lower()
    if m := re.fullmatch(r"(?:within|by) (.+?) (?:of|after) (.+)", low):
        return Once(duration(m[1]), m[2])
    if m := re.fullmatch(r"by (.+)", low):
        return Once(Duration(0, "days"), m[1])
    if not low.startswith(("at ", "every ")) and (m := re.fullmatch(r"(.+?) (after|before) (.+)", low)):
        return Once(duration(m[1]).times(1 if m[2] == "after" else -1), m[3])
    return None


def _points(said: str) -> When | None:
    if not (m := re.fullmatch(r"at (.+) after (.+)", said.lower())):
        return None
    return Points(tuple(duration(length) for length in re.split(r", and |, | and ", m[1])), m[2])


def _every(said: str) -> When | None:
    low = said.lower()
    if not low.startswith("every "):
        return None
    body, _, event = low.partition(" from ")
    steps = tuple(_step(words) for words in re.split(r",? then |, ", body))
    if event and (len(steps) > 1 or steps[0].until or steps[0].least):
        raise ValueError(f'I cannot read "{said}": only a plain rhythm, like "every 6 months", is counted "from" a day')
    if event:
        return Grid(steps[0].most, event)
    if any(step.until is None for step in steps[:-1]) or (len(steps) > 1 and steps[-1].until):
        raise ValueError(f'in "{said}" every step but the last needs an "until", and the last has none')
    return Rolling(steps)


def _step(words: str) -> Step:
    lead, _, until = words.removeprefix("every ").partition(" until ")
    read = span(lead)
    if read.most.n < 1 or read.most.unit in {"hours", "minutes"}:
        raise ValueError(f'I cannot read "every {lead}" as a rhythm; the shortest is "every day"')
    return Step(read.least, read.most, duration(until) if until else None)


READERS: tuple[Callable[[str], When | None], ...] = (_on_demand, _window, _calendar, _points, _once, _every)


def event_of(rule: When) -> str:
    """Return the event a rule counts from, or "" when it counts from none."""
    return rule.event if isinstance(rule, Once | Points | Grid) else ""


def say(rule: When, named: Callable[[str], str] = str) -> str:
    """Say a rule back in words: the same sentence on the check screen and under "Why did I get this?".

    `named` puts an event of the file ("contract in force") into a reader's words.
    """
    match rule:
        case Once(offset, event):
            return _say_once(offset, named(event))
        case Points(offsets, event):
            return f"at {_listed([str(o) for o in offsets])} after {named(event)}"
        case Grid(every, event):
            return f"every {Step(None, every)}, counted from {named(event)}"
        case Window(unit):
            return f"at least once in each calendar {unit}"
        case Calendar(words):
            return say_calendar(words)
        case OnDemand(ask_after):
            return "when asked for" + (f", with a quiet question after {ask_after} without one" if ask_after else "")
        case Rolling(steps):
            return f"{', then '.join(_say_step(s) for s in steps)}, counted from the last one"


def _say_once(offset: Duration, event: str) -> str:
    if offset.n == 0:
        return f"by {event}"
    return f"within {offset} of {event}" if offset.n > 0 else f"{offset.times(-1)} before {event}"


def _say_step(step: Step) -> str:
    return f"every {step}" + (f" until {step.until} in" if step.until else "")


def _listed(words: list[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"


def ladder_step(text: str) -> LadderStep:
    """Read "7 days before: mentee and mentor" or "every week after: lead"."""
    said = " ".join(text.lower().split())
    m = re.fullmatch(r"(?:(on the day)|(every )?(.+?) (before|after)): (.+)", said)
    if not m:
        raise ValueError(
            f'I cannot read the step "{text}"; write it like "7 days before: mentee" or '
            '"every week after: mentor and lead"'
        )
    length = Duration(0, "days") if m[1] else duration(m[3])
    offset = length.times(-1) if m[4] == "before" else length
    return LadderStep(offset, bool(m[2]), tuple(re.split(r",? and |, ", m[5])))
