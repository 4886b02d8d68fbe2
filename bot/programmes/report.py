"""What the command line shows of programmes: a list, one in full, what is wrong with a file.

Plain lines and plain data; the command line prints them.
"""

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

from bot.programmes.cards import Course, Criterion
from bot.programmes.faults import ProgrammeError
from bot.programmes.loader import load_file
from bot.programmes.programme import Programme
from bot.rules.cadence import next_three
from bot.rules.when import When, say


def list_lines(programmes: Mapping[str, Programme]) -> list[str]:
    """Return a line for each programme: key, title, whether it is offered."""
    widest = max((len(key) for key in programmes), default=0)
    return [
        f"{key:<{widest}}  {'offered' if programme.offered else 'draft  '}  {programme.title}"
        for key, programme in sorted(programmes.items())
    ]


def check_lines(path: Path) -> list[str]:
    """Return what is wrong with a file, "FILE:LINE: sentence" each; none when it can be used."""
    try:
        load_file(path)
    except ProgrammeError as error:
        return [
            f"{path if fault.file == path.name else fault.file}:{fault.line}: {fault.says}" for fault in error.faults
        ]
    return []


def show_json(programme: Programme) -> dict[str, Any]:
    """Return a programme as plain data; renewal lengths in months."""
    return {
        "key": programme.key,
        "title": programme.title,
        "purpose": programme.about.purpose,
        "offered": programme.offered,
        "content_hash": programme.content_hash,
        "lasts": str(programme.about.lasts or ""),
        "levels": [{"key": key, "title": level.title} for key, level in programme.level.items()],
        "criteria": [_criterion(programme, key, card) for key, card in programme.criterion.items()],
        "courses": [_course(programme, key, card) for key, card in programme.course.items()],
        "rhythms": [{"card": card, "title": title, "when": say(time)} for card, title, time in _rhythms(programme)],
    }


def show_text(programme: Programme, start: date | None = None) -> str:
    """Return a programme as text to read: levels, rhythms, criteria, courses.

    With a start date, each rhythm is followed by its next three dates, as if whatever it counts from were that day.
    """
    about = programme.about
    lines = [f"{programme.title} ({programme.key}, {'offered' if programme.offered else 'draft'})", about.purpose]
    if about.lasts:
        lines.append(f"Lasts {about.lasts}.")
    lines += _section("Levels", [level.title for level in programme.level.values()])
    lines += _section("When", [_rhythm_line(*rhythm, start) for rhythm in _rhythms(programme)])
    lines += _section("Criteria", [_criterion_line(programme, card) for card in programme.criterion.values()])
    lines += _section("Courses", [_course_line(card) for card in programme.course.values()])
    return "\n".join(line.rstrip() for line in lines)


def _section(heading: str, lines: list[str]) -> list[str]:
    return ["", f"{heading} ({len(lines)})", *(f"  {line}" for line in lines)] if lines else []


def _rhythms(programme: Programme) -> list[tuple[str, str, When]]:
    """Return the time of every dated card, with the card it is on and that card's title."""
    found = []
    for kind in ("session", "form", "checklist", "criterion", "course", "portfolio"):
        for name, card in programme.cards(kind).items():
            time: When | None = getattr(card, "when", None)
            if time:
                found.append((f"{kind}.{name}", str(getattr(card, "title", name)), time))
    return found


def _rhythm_line(card: str, title: str, time: When, start: date | None) -> str:
    dates = ", ".join(f"{day:%a} {day.day} {day:%b %Y}" for day in next_three(time, start)) if start else ""
    return f"{title}: {say(time)}  [{card}]" + (f"\n      {dates}" if dates else "")


def _levels_of(programme: Programme, applies_to: tuple[str, ...]) -> list[str]:
    return list(applies_to or programme.level)


def _criterion(programme: Programme, key: str, card: Criterion) -> dict[str, Any]:
    checklist = programme.checklist[card.checklist]
    return {
        "key": key,
        "source": ", ".join(card.source),
        "title": card.title,
        "checklist": card.checklist,
        "type": card.type,
        "applies_to": _levels_of(programme, card.applies_to or checklist.applies_to),
        "signatures": card.signatures or checklist.signatures,
        "guidance": card.guidance,
    }


def _course(programme: Programme, key: str, card: Course) -> dict[str, Any]:
    return {
        "key": key,
        "source": ", ".join(card.source),
        "title": card.title,
        "group": card.group,
        "applies_to": list(card.needed_by or (programme.about.participant,)),
        "when": say(card.when) if card.when else "",
        "renewal_months_min": _months(card, least=True),
        "renewal_months_max": _months(card, least=False),
        "duration": card.lasts,
        "modes": list(card.modes),
    }


def _months(card: Course, *, least: bool) -> int | None:
    """Return the renewal in months; the least and the most are the same when the card gives one length."""
    if not card.renew:
        return None
    length = (card.renew.least if least else None) or card.renew.most
    return length.n * 12 if length.unit == "years" else length.n


def _criterion_line(programme: Programme, card: Criterion) -> str:
    levels = [programme.level[level].title for level in _levels_of(programme, card.applies_to)]
    return f"{card.title}  ({', '.join((*levels, *card.source))})"


def _course_line(card: Course) -> str:
    renewed = f", again every {card.renew}" if card.renew else ""
    return f"{card.title}{renewed}  ({', '.join((*card.modes, *card.source))})"
