"""One line and one button for each thing somebody is asked for."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date

from bot.rules.places import Shown, Waiting
from bot.values import Block, Duty, Step
from prompts import blocks, ids, words

MOST_NAMED = 12  # in one line; Home shows everybody
_BUTTONS: Mapping[Step, tuple[str, ids.Do]] = {
    Step.HOLD: ("Arrange it", ids.Do.HOLD),
    Step.SAY_HELD: ("Held or not held?", ids.Do.SAY_HELD),
    Step.PREPARE: ("Prepare", ids.Do.PREPARE),
    Step.WRITE: ("Write it", ids.Do.WRITE),
    Step.SIGN: ("Sign the record", ids.Do.SIGN),
    Step.ACKNOWLEDGE: ("Read it", ids.Do.ACKNOWLEDGE),
    Step.AGREE: ("Sign the agreement", ids.Do.AGREE),
    Step.REVIEW: ("Review it", ids.Do.REVIEW),
    Step.CHANGE: ("See what to change", ids.Do.CHANGE),
    Step.REFLECT: ("Write a reflection", ids.Do.REFLECT),
    Step.CHECKLIST: ("Open my checklist", ids.Do.CHECKLIST),
    Step.SIGN_OFF: ("Sign off", ids.Do.SIGN_OFF),
    Step.TRAIN: ("I did this", ids.Do.TRAIN),
    Step.RENEW: ("I did this", ids.Do.RENEW),
    Step.VERIFY: ("Verify", ids.Do.VERIFY),
    Step.PAIR: ("Find somebody", ids.Do.PAIR),
}
ON_ONE_SCREEN = {Step.PAIR: Waiting.PAIR}  # what is asked for many people and settled on one screen, and which
_Says = Callable[[Duty, str, str], str]
_LINES: Mapping[Step, _Says] = {
    Step.HOLD: lambda d, title, who: f"{title}{_with(d, who)}: time to arrange the next one",
    Step.SAY_HELD: lambda d, title, who: f"{title}{_with(d, who)}: did it take place?",
    Step.PREPARE: lambda d, title, who: f"{title}{_with(d, who)}: note what you would like to talk about",
    Step.WRITE: lambda d, title, who: f"{title}{_about(d, who)}: to be written",
    Step.SIGN: lambda d, title, who: f"{title}{_about(d, who)}: to be read and signed",
    Step.ACKNOWLEDGE: lambda d, title, who: f"{title}{_about(d, who)}: to be read",
    Step.AGREE: lambda d, title, who: f"{title}{_about(d, who)}: to be read and signed",
    Step.REVIEW: lambda d, title, who: f"{title}{_about(d, who)}: time to look at it again",
    Step.CHANGE: lambda d, title, who: f"{title}{_about(d, who)}: changes were asked for",
    Step.REFLECT: lambda d, title, who: f"{title}: a moment to look back, if you would like to",
    Step.CHECKLIST: lambda d, title, who: f"{title}{_about(d, who)}: still open",
    Step.SIGN_OFF: lambda d, title, who: f"{title}: {who} is ready for sign-off",
    Step.TRAIN: lambda d, title, who: f"{title}{_about(d, who)}: to be done",
    Step.RENEW: lambda d, title, who: f"{title}{_about(d, who)}: to be renewed",
    Step.VERIFY: lambda d, title, who: f"{title}: {who} has done it, please check",
    Step.PAIR: lambda d, title, who: f"{who} has nobody yet for {title}",
    Step.OTHER: lambda d, title, who: f"{title}{_about(d, who)}",
}


def duty_line(duty: Duty, *, today: date, owners: Sequence[str] = ()) -> str:
    """Say one thing in a line of mrkdwn: what, about whom, by when; `owners` are all whose it is to do."""
    return f"{_what(duty)}\n{_owners(duty, owners)}{by_when(duty, today)}"


def session_line(steps: Sequence[Duty], *, today: date) -> str:
    """Say the steps of one session in a line, and by when the most pressing of them."""
    owners = list(dict.fromkeys(duty.owner_name for duty in steps))
    said = "; ".join(dict.fromkeys(_what(duty) for duty in steps))
    return f"{said}\n{_owners(steps[0], owners)}{by_when(steps[0], today)}"


def _what(duty: Duty) -> str:
    title, who = f"*{blocks.escape(duty.title)}*", blocks.escape(words.first_name(duty.about_name))
    return _LINES[duty.step](duty, title, who)


def by_when(duty: Duty, today: date) -> str:
    """Say by when, kindly and without colour; an invitation has no day."""
    if duty.step is Step.REFLECT:
        return "Only you see what you write."
    if duty.step is Step.PREPARE:
        return "Before you meet."
    if duty.is_late:
        return f"Was due {words.near_day(duty.due_on, today)}"
    return f"By {words.near_day(duty.due_on, today)}{' (a fixed day)' if duty.fixed else ''}"


def duty_button(duty: Duty) -> Block | None:
    """Return the button that finishes a thing where it stands; None for what is another's to do, or done elsewhere."""
    if duty.told_as != "person" or duty.step not in _BUTTONS:
        return None
    text, action = _BUTTONS[duty.step]
    if duty.step is Step.WRITE and duty.session_id:
        text = "Write the record"
    if duty.step is Step.SIGN and not duty.session_id:
        text = "Read and sign"
    return blocks.button(text, action, str(duty.ref))


def duty_more(duty: Duty) -> Block:
    """Return the menu beside a thing: put it off, say it does not apply, ask why."""
    mine = duty.told_as == "person"
    chosen = (ids.More.SNOOZE,) * mine + (ids.More.NOT_APPLICABLE,) * (mine and duty.may_be_not_applicable)
    return _menu(duty, (*chosen, ids.More.WHY))


def _menu(duty: Duty, chosen: Sequence[ids.More]) -> Block:
    says = {
        ids.More.SNOOZE: "Snooze (others will see it)" if duty.next_snooze_is_seen else "Snooze",
        ids.More.SNOOZE_ALIKE: "Snooze them all",
        ids.More.NOT_APPLICABLE: "Not applicable",
        ids.More.WHY: "Why did I get this?",
    }
    return blocks.overflow(ids.Action.MORE, [blocks.option(says[each], f"{each}:{duty.ref}") for each in chosen])


def duty_blocks(duty: Duty, *, today: date, owners: Sequence[str] = ()) -> list[Block]:
    """Show one thing with its button and its menu."""
    button = duty_button(duty)
    row = [button, duty_more(duty)] if button else [duty_more(duty)]
    return [blocks.section(duty_line(duty, today=today, owners=owners)), blocks.actions(*row)]


def alike_blocks(asked: Sequence[Duty], *, today: date) -> list[Block]:
    """Show what is asked for many people and settled on one screen: for whom, and where to see them all."""
    first, names = asked[0], _named([words.first_name(duty.about_name) for duty in asked])
    said = f"*{blocks.escape(first.title)}*: {len(asked)} people have nobody yet\n{names}. {by_when(first, today)}"
    text, action = _BUTTONS[first.step]
    begin = blocks.button(f"{text} for {words.first_name(first.about_name)}", action, str(first.ref))
    where = Shown(first.programme, ON_ONE_SCREEN[first.step])
    everybody = blocks.button("See them all", ids.Action.OPEN_PROGRAMME, str(where))
    return [blocks.section(said), blocks.actions(begin, everybody, _menu(first, (ids.More.SNOOZE_ALIKE, ids.More.WHY)))]


def _named(names: Sequence[str]) -> str:
    """List names, a dozen at most."""
    shown = [blocks.escape(name) for name in names]
    if len(shown) > MOST_NAMED:
        shown = [*shown[: MOST_NAMED - 1], f"{len(shown) - MOST_NAMED + 1} others"]
    return words.listed(shown)


def _about(duty: Duty, who: str) -> str:
    return "" if duty.owner_id == duty.about_id else f" for {who}"


def _with(duty: Duty, who: str) -> str:
    return "" if duty.owner_id == duty.about_id else f" with {who}"


def _owners(duty: Duty, owners: Sequence[str]) -> str:
    """Name whose it is to do, to those who are told about somebody else's."""
    if duty.told_as == "person":
        return ""
    put_off = f", put off {duty.put_off} times" if duty.put_off else ""
    return f"For {_named(owners or (duty.owner_name,))} to do{put_off}. "
