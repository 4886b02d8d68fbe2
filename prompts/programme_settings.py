"""A programme's settings for its lead: the summary's channel, go-live, the digest's hour; closures."""

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from bot.errors import Missing
from bot.rules.programme_settings import Closure, ClosuresPage, SettingsPage
from bot.values import Block, Message, Ref
from prompts import blocks, ids, words

_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_START_OF_DAY, _EVERYBODY = "start", "everybody"
_CLOSED, _OPEN = "closed", "open"


@dataclass(frozen=True)
class SettingsAnswers:
    """What the lead decided."""

    programme: str
    summary_channel: str
    summary_weekday: int
    summary_hour: int
    digest_hour: int | None
    go_live_on: date | None


@dataclass(frozen=True)
class ClosureAnswers:
    """A closure to add, or a bank holiday that is worked; without a team it is everybody's."""

    name: str
    team_id: UUID | None
    from_on: date
    until_on: date
    is_worked: bool


def settings_form(page: SettingsPage) -> Block:
    """Ask for a programme's settings."""
    weekdays = [blocks.option(name, str(n)) for n, name in enumerate(_WEEKDAYS)]
    starts = [blocks.option("When each person's day starts", _START_OF_DAY), *_hours()]
    digest = _START_OF_DAY if page.digest_hour is None else str(page.digest_hour)
    shown = [
        blocks.section(f"*{blocks.escape(page.title)}*"),
        blocks.question(
            "summary_channel",
            "Channel for the weekly summary",
            blocks.channel_select("summary_channel", initial=page.summary_channel),
            hint="Invite me there first: type /invite @Handrail in it. Leave empty for no summary.",
            optional=True,
        ),
        blocks.question(
            "summary_weekday",
            "Day of the summary",
            blocks.select("summary_weekday", weekdays, initial=str(page.summary_weekday)),
        ),
        blocks.question(
            "summary_hour", "Hour", blocks.select("summary_hour", _hours(), initial=str(page.summary_hour))
        ),
        blocks.question(
            "digest_hour",
            "Daily message, for those who chose no hour",
            blocks.select("digest_hour", starts, initial=digest),
        ),
        blocks.question(
            "go_live_on",
            "Go-live",
            blocks.date_picker("go_live_on", page.go_live_on),
            hint="Nothing falls due before this day. What happened before is not known yet, never late.",
        ),
        blocks.actions(blocks.button("Closures and local holidays", ids.Action.CLOSURES)),
    ]
    return blocks.form(ids.Form.SETTINGS, "Settings", shown, submit="Save", about=page.programme)


def read_settings_form(view: dict[str, Any]) -> SettingsAnswers:
    """Read it."""
    values = view["state"]["values"]
    go_live_on = values["go_live_on"]["go_live_on"]["selected_date"]
    digest = _chosen(values, "digest_hour")
    return SettingsAnswers(
        programme=view["private_metadata"],
        summary_channel=values["summary_channel"]["summary_channel"]["selected_conversation"] or "",
        summary_weekday=int(_chosen(values, "summary_weekday")),
        summary_hour=int(_chosen(values, "summary_hour")),
        digest_hour=None if digest == _START_OF_DAY else int(digest),
        go_live_on=date.fromisoformat(go_live_on) if go_live_on else None,
    )


def summary_comes_here_message(title: str, answers: SettingsAnswers) -> Message:
    """Say in the channel chosen, to the lead alone, what will come there."""
    when = f"on {_WEEKDAYS[answers.summary_weekday]}s at {answers.summary_hour:02}:00"
    return Message(
        f"The weekly summary of {blocks.escape(title)} will come here {when}: counts and thanks, never names."
    )


def closures_form(page: ClosuresPage) -> Block:
    """Show the closures to come, and ask for another."""
    teams = [blocks.option("Everybody", _EVERYBODY)]
    teams += [blocks.option(name, str(team_id)) for team_id, name in page.teams]
    ways = [blocks.option("Closed", _CLOSED), blocks.option("Open, although it is a bank holiday", _OPEN)]
    shown = [
        blocks.section(
            "Nothing is sent on days that are closed, and working-day clocks skip them. "
            "Bank holidays are known already; say here which of them you work."
        ),
        *(_closure_line(closure, page.today) for closure in page.closures[:60]),
        blocks.divider(),
        blocks.question("name", "Another closure", blocks.text_input("name", most=60, placeholder="Training day")),
        blocks.question("team", "For whom", blocks.select("team", teams, initial=_EVERYBODY)),
        blocks.question("is_worked", "On these days", blocks.radio("is_worked", ways, initial=_CLOSED)),
        blocks.question("from_on", "First day", blocks.date_picker("from_on")),
        blocks.question("until_on", "Last day", blocks.date_picker("until_on")),
    ]
    return blocks.form(ids.Form.CLOSURES, "Closures", shown, submit="Add")


def read_closures_form(view: dict[str, Any]) -> ClosureAnswers:
    """Read it. Raises Missing under what was left open."""
    values = view["state"]["values"]
    name = (values["name"]["name"]["value"] or "").strip()
    if not name:
        raise Missing().under("name")
    team = _chosen(values, "team")
    team_id = None if team == _EVERYBODY else UUID(team)
    is_worked = _chosen(values, "is_worked") == _OPEN
    return ClosureAnswers(name, team_id, _day(values, "from_on"), _day(values, "until_on"), is_worked)


def _closure_line(closure: Closure, today: date) -> Block:
    days = words.day_span(closure.from_on, closure.until_on, today=today)
    whom = blocks.escape(closure.team) or "everybody"
    button = blocks.button("Remove", ids.Action.REMOVE_CLOSURE, str(Ref("absence", closure.id)))
    way = " works" if closure.is_worked else ""
    return blocks.section(f"*{blocks.escape(closure.name)}* – {days}, {whom}{way}", accessory=button)


def _hours() -> list[Block]:
    return [blocks.option(f"{hour:02}:00", str(hour)) for hour in range(24)]


def _chosen(values: dict[str, Any], block: str) -> str:
    return str(values[block][block]["selected_option"]["value"])


def _day(values: dict[str, Any], block: str) -> date:
    chosen = values[block][block]["selected_date"]
    if not chosen:
        raise Missing().under(block)
    return date.fromisoformat(chosen)
