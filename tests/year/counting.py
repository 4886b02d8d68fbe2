"""The figures of a year, from its raw lines alone."""

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from math import ceil
from statistics import mean, median
from typing import Any

A_WEEK, ONE_DAY = timedelta(weeks=1), timedelta(days=1)
Line = Mapping[str, Any]
Weeks = dict[str, set[int]]  # by person, counted from the first Monday


@dataclass(frozen=True)
class Figures:
    """What the year came to. Weeks are those in which a person was at work and on a programme, or beside somebody."""

    people: int
    working_weeks: int
    messages_total: int
    messages_per_person_week: dict[str, float]  # median, p95, mean, most
    out_of_hours: int
    on_leave: int
    repeated: int
    deadlines: int
    late_first_notices: int
    ladder_steps: int
    ladder_steps_missed: int
    saved_by_digest: int
    outage_caught_up: int

    def as_json(self) -> str:
        """Return them as a file holds them."""
        return json.dumps(asdict(self), indent=2) + "\n"

    def broken(self) -> list[str]:
        """Return the promises that were not kept, in words; none when all were."""
        weekly = self.messages_per_person_week
        found = [f"{name} is {getattr(self, name)}, not 0" for name in _NEVER if getattr(self, name)]
        found += [
            f"{name} of messages a week is {weekly[name]:g}, over {most}"
            for name, most in _MOST.items()
            if weekly[name] > most
        ]
        return found


_NEVER = ("out_of_hours", "on_leave", "repeated", "late_first_notices", "ladder_steps_missed")
_MOST = {"median": 2, "p95": 4}


def count_all(raw: Iterable[str], *, first_day: date, weeks: int) -> Figures:
    """Count what the lines of a year tell, over so many weeks from a Monday."""
    by_kind: dict[str, list[Line]] = defaultdict(list)
    for written in raw:
        line = json.loads(written)
        by_kind[line["what"]].append(line)
    messages, deadlines, absences = (by_kind[what] for what in ("message", "deadline", "absence"))
    said = Counter(one for line in messages for one in (f"{line['person']} {each}" for each in line["says"]))
    people = {line["person"] for line in (*messages, *absences)}
    sent = Counter((line["person"], _week(first_day, _day(line["local_time"]))) for line in messages)
    at_work = _weeks_at_work(people, absences, first_day, weeks)
    weekly = [sent[person, week] for person in people for week in at_work[person] | {w for p, w in sent if p == person}]
    return Figures(
        people=len(people),
        working_weeks=len(weekly),
        messages_total=len(messages),
        messages_per_person_week=_spread(weekly),
        out_of_hours=sum(not line["at_work"] for line in messages),
        on_leave=sum(line["on_leave"] for line in messages),
        repeated=_again(Counter(line["delivery_id"] for line in messages)) + _again(said),
        deadlines=len(deadlines),
        late_first_notices=sum(map(is_late, deadlines)),
        ladder_steps=sum(line["steps_due"] for line in deadlines),
        ladder_steps_missed=sum(len(line["steps_missed"]) for line in deadlines),
        saved_by_digest=sum(len(line["says"]) - 1 for line in messages if line["says"]),
        outage_caught_up=sum(line["caught_up"] for line in messages),
    )


def is_late(deadline: Line) -> bool:
    """Say whether its owner first heard of a deadline after the last time at work in which it could be in time."""
    by, first, closed = (_moment(deadline[name]) for name in ("first_notice_by", "first_notice_at", "closed_at"))
    if by is None or (closed and closed <= by):
        return False
    return first is None or first > by


def _moment(written: str | None) -> datetime | None:
    return datetime.fromisoformat(written) if written else None


def _again(seen: Counter[str]) -> int:
    return sum(times - 1 for times in seen.values())


def _spread(weekly: list[int]) -> dict[str, float]:
    ordered = sorted(weekly)
    p95 = ordered[ceil(0.95 * len(ordered)) - 1]
    return {"median": median(ordered), "p95": p95, "mean": round(mean(ordered), 2), "most": ordered[-1]}


def _weeks_at_work(people: set[str], absences: list[Line], first_day: date, weeks: int) -> Weeks:
    away: dict[str, set[date]] = defaultdict(set)
    for line in absences:
        first, last = date.fromisoformat(line["from"]), date.fromisoformat(line["until"])
        away[line["person"]] |= {first + n * ONE_DAY for n in range((last - first).days + 1)}
    return {
        person: {n for n in range(weeks) if any(day not in away[person] for day in _days(first_day + n * A_WEEK))}
        for person in people
    }


def _days(monday: date) -> list[date]:
    return [monday + n * ONE_DAY for n in range(7)]


def _day(moment: str) -> date:
    return datetime.fromisoformat(moment).date()


def _week(first_day: date, day: date) -> int:
    return (day - first_day) // A_WEEK
