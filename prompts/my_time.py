"""My time: when somebody works, when they hear from us, when they are away."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, time
from typing import Any
from uuid import UUID

from bot.errors import HoursNotRead, Missing
from bot.rules.my_time import RHYTHMS, Away, MyTime, TypedAway, WeekAlike, is_away_on, read_away, week_alike
from bot.rules.typed_dates import DateDoubt, TypedDate
from bot.rules.working_patterns import OFFICE_HOURS, Hours, WorkingPattern
from bot.values import Block, Message, PersonLine, Ref
from prompts import blocks, ids, words

_DAY_NAMES = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_START_OF_DAY = "start"
_RHYTHM_WORDS = {
    "each": ("Each thing by itself", "A message for each, at the hour above."),
    "daily": ("Once a day", "One message a day with everything in it, besides what is urgent."),
    "weekly": ("Once a week", "On your first day of work; sooner what has a fixed date or can't wait."),
}


@dataclass(frozen=True)
class TimeAnswers:
    """What was answered in My time."""

    person_id: UUID
    pattern: WorkingPattern
    works_bank_holidays: bool
    digest_hour: int | None
    digest_rhythm: str


@dataclass(frozen=True)
class AwayAnswers:
    """What was answered about being away."""

    person_id: UUID
    from_on: date
    until_on: date


def my_time_form(
    time: MyTime, *, others: Sequence[PersonLine] = (), in_words: bool = False, as_plain_week: bool = False
) -> Block:
    """Ask when somebody works and hears from us; hours that differ from day to day are written in words."""
    alike = None if in_words else week_alike(time.pattern)
    if as_plain_week:
        alike = alike or week_alike(OFFICE_HOURS)
    shown = [
        blocks.section(_opening(time)),
        blocks.actions(*_off_buttons(time)),
        *(_away_line(away, time) for away in time.away),
        blocks.divider(),
        *(_week_questions(alike) if alike else _words_questions(time)),
        blocks.actions(_other_way(time, is_in_words=alike is None)),
        *_digest_questions(time),
        *_others_menu(others),
    ]
    about = str(Ref("person", time.person_id))
    return blocks.form(ids.Form.MY_TIME, "My time", shown, submit="Save", about=about)


def read_my_time_form(view: dict[str, Any]) -> TimeAnswers:
    """Read it. Raises HoursNotRead under the question that cannot be understood."""
    values = view["state"]["values"]
    return TimeAnswers(
        person_id=Ref.read(view["private_metadata"]).id,
        pattern=_read_words(values) if "days_in_words" in values else _read_week(values),
        works_bank_holidays=bool(values["bank_holidays"]["bank_holidays"]["selected_options"]),
        digest_hour=_read_hour(values["digest_hour"]["digest_hour"]["selected_option"]["value"]),
        digest_rhythm=values["digest_rhythm"]["digest_rhythm"]["selected_option"]["value"],
    )


def away_form(time: MyTime, *, typed: str = "") -> Block:
    """Ask for days away; what was typed in the command prefills the pickers, and what was not understood is said."""
    read = read_away(typed, today=time.today)
    first, last = (each.on if each else None for each in (read.first, read.last))
    shown = [
        blocks.section(_whose("You won't be asked why. Nothing is sent on these days, and what was due waits.", time)),
        *(blocks.context(doubt) for doubt in _doubts(read)),
        blocks.question("from_on", "First day away", blocks.date_picker("from_on", first)),
        blocks.question("until_on", "Last day away", blocks.date_picker("until_on", last)),
    ]
    about = str(Ref("person", time.person_id))
    return blocks.form(ids.Form.AWAY, "Away", shown, submit="Save", about=about)


def read_away_form(view: dict[str, Any]) -> AwayAnswers:
    """Read it. Raises Missing under a day not chosen."""
    days = {name: view["state"]["values"][name][name]["selected_date"] for name in ("from_on", "until_on")}
    for name, day in days.items():
        if not day:
            raise Missing().under(name)
    person_id = Ref.read(view["private_metadata"]).id
    return AwayAnswers(person_id, date.fromisoformat(days["from_on"]), date.fromisoformat(days["until_on"]))


def off_today_message(time: MyTime) -> Message:
    """Say that somebody is off today, and until when it stays quiet."""
    until = f" You'll hear from me again on {words.day(time.next_on, today=time.today)}." if time.next_on else ""
    return Message(f"You're off today, and I'll be quiet.{until} What was due today waits for you.")


def _opening(time: MyTime) -> str:
    quiet = "Nothing is sent outside these hours, on bank holidays you have off, or while you are away."
    return _whose(f"{quiet} Times are by the clock in {blocks.escape(time.zone.replace('_', ' '))}.", time)


def _whose(text: str, time: MyTime) -> str:
    return text if time.is_own else f"*For {blocks.escape(time.name)}.* {text}"


def _off_buttons(time: MyTime) -> list[Block]:
    ref = str(Ref("person", time.person_id))
    today = "I'm off today" if time.is_own else "Off today"
    found = [] if is_away_on(time.away, time.today) else [blocks.button(today, ids.Action.OFF_TODAY, ref)]
    return [*found, blocks.button("Away from … to …", ids.Action.AWAY, ref)]


def _away_line(away: Away, time: MyTime) -> Block:
    is_now = away.from_on <= time.today
    said = f"Away {words.day_span(away.from_on, away.until_on, today=time.today)}"
    button = blocks.button(
        "Back again" if is_now else "Take this back", ids.Action.BACK_AGAIN, str(Ref("absence", away.id))
    )
    return blocks.section(said, accessory=button)


def _week_questions(alike: WeekAlike) -> list[Block]:
    days = [blocks.option(name, str(n)) for n, name in enumerate(_DAY_NAMES)]
    return [
        blocks.question("days", "Days", blocks.checkboxes("days", days, initial=[str(n) for n in alike.days])),
        blocks.question("starts", "From", blocks.time_picker("starts", alike.hours.starts)),
        blocks.question(
            "ends",
            "To",
            blocks.time_picker("ends", alike.hours.ends),
            hint="A night ends on the next day: 22:00 to 06:00 is fine.",
        ),
    ]


def _words_questions(time: MyTime) -> list[Block]:
    days, hours = time.pattern.to_words()
    return [
        blocks.question(
            "days_in_words",
            "Days",
            blocks.text_input("days_in_words", initial=days, most=100),
            hint="mon tue wed · mon-fri · every day · 4 on 4 off from 2026-12-01",
        ),
        blocks.question(
            "hours_in_words",
            "Hours",
            blocks.text_input("hours_in_words", initial=hours, most=100),
            hint="09:00-17:00 · 22:00-06:00 · 09:00-17:00; fri 09:00-13:00",
        ),
    ]


def _other_way(time: MyTime, *, is_in_words: bool) -> Block:
    ref = str(Ref("person", time.person_id))
    if is_in_words:
        return blocks.button("Same hours each day", ids.Action.HOURS_BY_DAY, ref)
    return blocks.button("Hours that differ, or rounds", ids.Action.HOURS_IN_WORDS, ref)


def _digest_questions(time: MyTime) -> list[Block]:
    hours = [blocks.option("When my day starts", _START_OF_DAY)]
    hours += [blocks.option(f"{hour:02}:00", str(hour)) for hour in range(24)]
    chosen = _START_OF_DAY if time.digest_hour is None else str(time.digest_hour)
    rhythms = [blocks.option(_RHYTHM_WORDS[each][0], each, _RHYTHM_WORDS[each][1]) for each in RHYTHMS]
    works = [blocks.option("Yes, when my shift falls on one", "yes")]
    return [
        blocks.question(
            "bank_holidays",
            "Do you work on bank holidays?",
            blocks.checkboxes("bank_holidays", works, initial=["yes"] if time.works_bank_holidays else []),
            optional=True,
        ),
        blocks.question("digest_hour", "Message me at", blocks.select("digest_hour", hours, initial=chosen)),
        blocks.question(
            "digest_rhythm", "How often", blocks.radio("digest_rhythm", rhythms, initial=time.digest_rhythm)
        ),
    ]


def _others_menu(others: Sequence[PersonLine]) -> list[Block]:
    if not others:
        return []
    menu = blocks.select(
        ids.Action.TIME_OF, [blocks.option(p.name, str(p.id)) for p in others], placeholder="Choose a colleague"
    )
    return [blocks.divider(), blocks.section("Somebody can't do this for themself?", accessory=menu)]


def _read_week(values: dict[str, Any]) -> WorkingPattern:
    chosen = values["days"]["days"]["selected_options"]
    if not chosen:
        raise Missing().under("days")
    times = {name: values[name][name]["selected_time"] for name in ("starts", "ends")}
    for name, at in times.items():
        if not at:
            raise Missing().under(name)
    hours = Hours(time.fromisoformat(times["starts"]), time.fromisoformat(times["ends"]))
    return WeekAlike(frozenset(int(option["value"]) for option in chosen), hours).pattern()


def _read_words(values: dict[str, Any]) -> WorkingPattern:
    days = values["days_in_words"]["days_in_words"]["value"] or ""
    hours = values["hours_in_words"]["hours_in_words"]["value"] or ""
    try:
        return WorkingPattern.from_words(days, hours)
    except ValueError as why:
        field = "hours_in_words" if "hours" in str(why).lower() else "days_in_words"
        raise HoursNotRead(str(why)).under(field) from None


def _read_hour(value: str) -> int | None:
    return None if value == _START_OF_DAY else int(value)


def _doubts(typed: TypedAway) -> list[str]:
    named = [("first", typed.first), ("last", None if typed.last is typed.first else typed.last)]
    return [_doubt(name, each) for name, each in named if each and each.ask]


def _doubt(name: str, typed: TypedDate) -> str:
    days = words.listed([words.day(day) for day in typed.candidates], "or")
    if typed.ask is DateDoubt.PAST:
        return f"{days} has passed. Please choose the {name} day."
    if typed.ask is DateDoubt.NOT_READ or not days:
        return f"I couldn't read the {name} day. Please choose it here."
    return f"Did you mean {days}? Please choose the {name} day."
