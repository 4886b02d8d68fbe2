"""One message a slot: what needs somebody, each with the button that finishes it. Pointers only, never content."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from uuid import UUID
from zoneinfo import ZoneInfo

from bot.values import Block, Duty, Message
from prompts import blocks, duties, ids, words

SHOWN = 8
_TEXT_MOST = 4000


@dataclass(frozen=True)
class SessionLine:
    """A planned session as its people hear of it."""

    session_id: UUID
    version: int
    title: str
    with_name: str
    at: datetime
    minutes: int


def digest_message(
    asked: Sequence[Duty],
    sessions: Sequence[SessionLine],
    *,
    name: str,
    zone: str,
    today: date,
    news: Sequence[Message] = (),
) -> Message:
    """Show news of meetings that waited, and what needs somebody, most pressing first, at most eight things."""
    things, coming = folded(asked, alike=True), sessions[:SHOWN]
    room = SHOWN - len(coming)
    made: list[Block] = [blocks.section(f"*{_greeting(name, len(things), len(sessions))}*")]
    made += [block for each in news for block in each.blocks]
    for session in coming:
        made += session_blocks(session, zone=zone, today=today)
    for thing in things[:room]:
        made += thing_blocks(thing, today)
    if more := _more(things[room:], len(sessions) - len(coming)):
        made.append(blocks.context(more))
    made += _foot()
    said = "; ".join((_as_text(name, asked, sessions, today=today, zone=zone), *(each.text for each in news)))
    return Message(blocks.shorten(said, _TEXT_MOST), tuple(made))


def retired_message(*, name: str, done: Sequence[Duty], left: int, news: Sequence[Message] = ()) -> Message:
    """Show a digest that a newer one replaced: nothing to do that is not in the newer one; news are not said again."""
    lines = [f"• {blocks.escape(duty.title)}: done" for duty in done[:SHOWN]]
    if left:
        lines.append(f"{words.count(left, 'thing')} moved to today's message.")
    said = "\n".join(lines) or f"{blocks.escape(words.first_name(name))}, today's message has what needs you now."
    return Message(said, (blocks.section(said), *(block for each in news for block in each.blocks)))


def all_done_message(*, name: str) -> Message:
    """Show a digest of which everything was done."""
    said = f"All done here, {words.first_name(name)}. Thank you."
    return Message(said, (blocks.section(blocks.escape(said)),))


def reminder_message(session: SessionLine, *, zone: str, today: date) -> Message:
    """Say that a session begins in two hours."""
    at = words.clock_time(session.at, zone)
    text = f"{session.title} with {session.with_name} today at {at}"
    return Message(text, tuple(session_blocks(session, zone=zone, today=today)))


def session_blocks(session: SessionLine, *, zone: str, today: date) -> list[Block]:
    """Show a planned session and how to put it in a calendar."""
    who, at = blocks.escape(session.with_name), _when(session, zone, today)
    line = f"*{blocks.escape(session.title)}* with {who}\n{at[:1].upper()}{at[1:]}, {session.minutes} minutes"
    ref = f"session:{session.session_id}:{session.version}"
    return [
        blocks.section(line, accessory=blocks.button("Add to my calendar", ids.Action.ADD_TO_CALENDAR, ref)),
    ]


def _when(session: SessionLine, zone: str, today: date) -> str:
    """Say a moment; one of today names the day as well, for a message is found again later."""
    is_today = session.at.astimezone(ZoneInfo(zone)).date() == today
    return f"{'today, ' if is_today else ''}{words.moment(session.at, zone, today=today)}"


def folded(asked: Sequence[Duty], *, alike: bool = False) -> list[list[Duty]]:
    """Fold the steps of one session into one thing, and what several others are late with.

    `alike` folds what one screen settles for many people too. The most pressing gives a thing its place.
    """
    seen: dict[object, list[Duty]] = {}
    for duty in asked:
        seen.setdefault(_thing_of(duty, alike=alike), []).append(duty)
    return list(seen.values())


def _thing_of(duty: Duty, *, alike: bool) -> object:
    if duty.session_id:
        return duty.session_id, duty.told_as
    if duty.told_as == "person":
        return (duty.step, duty.title, duty.programme) if alike and duty.step in duties.ON_ONE_SCREEN else duty.ref.id
    about = None if duty.about_id == duty.owner_id else duty.about_id
    return duty.told_as, duty.step, duty.title, duty.due_on, about


def thing_blocks(thing: list[Duty], today: date) -> list[Block]:
    """Show one thing, the steps of one session, or what is alike for many people together, with their buttons."""
    first, *others = thing
    if others and not first.session_id and first.told_as == "person":
        return duties.alike_blocks(thing, today=today)
    if not others or not first.session_id:
        return duties.duty_blocks(first, today=today, owners=[duty.owner_name for duty in thing])
    buttons = [button for duty in thing if (button := duties.duty_button(duty))]
    row = blocks.actions(*_each_once(buttons)[:4], duties.duty_more(first))
    return [blocks.section(duties.session_line(thing, today=today)), row]


def _each_once(buttons: Sequence[Block]) -> list[Block]:
    """Keep one button of a kind: a block must not hold two of one action."""
    ordered = sorted(buttons, key=lambda b: str(b["action_id"]))
    return [next(group) for _, group in groupby(ordered, key=lambda b: str(b["action_id"]))]


def _more(left: Sequence[list[Duty]], sessions: int) -> str:
    """Say how many more things there are, and where; nothing when all are shown."""
    mine = sum(thing[0].told_as == "person" for thing in left) + sessions
    others = len(left) + sessions - mine
    if not others:
        return f"and {mine} more on your Home" if mine else ""
    on_home = f"{mine} more on your Home, and " if mine else ""
    return f"and {on_home}{others} more of your people: your Home shows how they stand"


def _greeting(name: str, things: int, sessions: int) -> str:
    first = blocks.escape(words.first_name(name))
    if things and sessions:
        return f"Hello {first}. {_coming(sessions)} and {words.count(things, 'thing')} to look at."
    if things:
        return f"Hello {first}. {words.count(things, 'thing')} to look at today."
    return f"Hello {first}. {_coming(sessions)}."


def _coming(sessions: int) -> str:
    return "A session is coming up" if sessions == 1 else f"{sessions} sessions are coming up"


def _as_text(name: str, asked: Sequence[Duty], sessions: Sequence[SessionLine], *, today: date, zone: str) -> str:
    """Say the same in one notification line, for phones and screen readers."""
    parts = [f"{s.title} with {s.with_name}, {_when(s, zone, today)}" for s in sessions[:SHOWN]]
    parts += _each_counted([f"{duty.title}, {_uncapitalised(duties.by_when(duty, today))}" for duty in asked[:SHOWN]])
    return blocks.shorten(f"{words.first_name(name)}: {'; '.join(parts)}", _TEXT_MOST)


def _each_counted(parts: Sequence[str]) -> list[str]:
    """Say the same line once, and for how many: a screen reader would read out all seven."""
    return [f"{part} ({times})" if times > 1 else part for part, times in Counter(parts).items()]


def _foot() -> list[Block]:
    return [
        blocks.actions(blocks.button("My time", ids.Action.MY_TIME)),
        blocks.context("Away, or other hours? Press *My time*. There you also choose how often I write."),
    ]


def _uncapitalised(said: str) -> str:
    return (said[:1].lower() + said[1:]).rstrip(".")
