"""Welcomes: who enrolled me, into what, what this will send and when, who will see what, how to be quiet."""

from datetime import date

from bot.rules.welcoming import Asks, ColleagueWelcomeFacts, Preview, WelcomeFacts
from bot.values import Block, Message
from prompts import blocks, ids, words

_QUIET = (
    "*How to be quiet.* I write at most once a day, when your day starts, besides news of a meeting, and "
    "never outside your working time. Press *My time* to say which days and hours you work, when you are away, or to "
    "hear once a week. What I ask comes with *Snooze* and *Why did I get this?*"
)


def welcome_message(facts: WelcomeFacts) -> Message:
    """Welcome somebody to a programme."""
    return _message(f"Welcome to {facts.title}", welcome_blocks(facts))


def colleague_welcome_message(facts: ColleagueWelcomeFacts) -> Message:
    """Tell a mentor, supervisor or line manager what this is and what it will ask of them."""
    return _message(f"{facts.title}: what it asks of you", colleague_welcome_blocks(facts))


def welcome_blocks(facts: WelcomeFacts) -> list[Block]:
    """Return the words of a participant's welcome, without its buttons."""
    texts = (
        f"Hello {blocks.escape(words.first_name(facts.name))}. {_who_enrolled(facts)}",
        f"*What I will send.* {_what_comes(facts)}{_from_when(facts.go_live_on, facts.today)}",
        f"*Who sees what.* {_who_sees(facts)}",
        _QUIET,
    )
    return [blocks.section(text) for text in texts]


def colleague_welcome_blocks(facts: ColleagueWelcomeFacts) -> list[Block]:
    """Return the words of a colleague's welcome, without its buttons."""
    texts = (
        f"Hello {blocks.escape(words.first_name(facts.name))}. {_beside_whom(facts)}",
        f"*What I will send.* {_asked_of_colleague(facts)}{_from_when(facts.go_live_on, facts.today)}",
        f"*Who sees what.* {_colleague_sees(facts)}",
        _QUIET,
    )
    return [blocks.section(text) for text in texts]


def welcomes_form(preview: Preview) -> Block:
    """Show the lead what the welcomes say before they go."""
    shown = [blocks.section(_how_many(preview))]
    if preview.participant:
        shown += [blocks.divider(), blocks.context(f"{blocks.escape(preview.participant.name)} will read")]
        shown += welcome_blocks(preview.participant)
    if preview.colleague:
        shown += [blocks.divider(), blocks.context(f"{blocks.escape(preview.colleague.name)} will read")]
        shown += colleague_welcome_blocks(preview.colleague)
    submit = "Send the welcomes" if preview.waiting or preview.colleague else ""
    return blocks.form(ids.Form.WELCOMES, "Welcomes", shown, submit=submit, about=preview.programme)


def _message(text: str, shown: list[Block]) -> Message:
    buttons = blocks.actions(
        blocks.button("My time", ids.Action.MY_TIME), blocks.button("My programmes", ids.Action.GO_MENTORING)
    )
    return Message(text, (*shown, buttons))


def _who_enrolled(facts: WelcomeFacts) -> str:
    title = blocks.escape(facts.title)
    who = f"{blocks.escape(facts.by_name)} has put you" if facts.by_name else "You have been put"
    until = f" to {words.day(facts.ends_on, today=facts.today)}" if facts.ends_on else ""
    said = f"{who} on *{title}*, from {words.day(facts.starts_on, today=facts.today)}{until}."
    if facts.purpose:
        said += f"\n{blocks.escape(facts.purpose)}"
    if facts.supporters:
        said += f"\nBeside you: {words.listed(_beside(facts))}."
    return said


def _beside(facts: WelcomeFacts) -> list[str]:
    """Say each person once, with all they are here."""
    roles: dict[str, list[str]] = {}
    for each in facts.supporters:
        roles.setdefault(each.name, []).append(words.mid_sentence(each.role))
    return [f"{blocks.escape(name)} ({blocks.escape(words.listed(held))})" for name, held in roles.items()]


def _what_comes(facts: WelcomeFacts) -> str:
    things = {
        Asks.AGREEMENT: "an agreement to read and sign",
        Asks.MEETINGS: "your meetings (the working day before, and two hours before)",
        Asks.CHECKLIST: f"{words.count(facts.to_show, 'thing')} to show and have signed off",
        Asks.TRAINING: "training with its dates",
        Asks.REFLECTION: "invitations to reflect, which you may leave",
    }
    return _one_message([text for ask, text in things.items() if ask in facts.asks])


def _one_message(things: list[str]) -> str:
    return "\n• ".join(["One message with what is next:", *things])


def _from_when(go_live_on: date | None, today: date) -> str:
    if go_live_on is None or go_live_on <= today:
        return ""
    return f"\nNothing is due before {words.day(go_live_on, today=today)}."


def _who_sees(facts: WelcomeFacts) -> str:
    said = []
    if Asks.REFLECTION in facts.asks:
        said.append(
            "What you write to reflect is yours alone until you share it; nobody sees whether or when you write."
        )
    said.append("Records of a meeting are read by you and whoever held it with you.")
    said.append("Your line manager and the programme lead see what is done and what is due, not what is written.")
    said.append("Slack messages carry no content, only what is next.")
    return " ".join(said)


def _beside_whom(facts: ColleagueWelcomeFacts) -> str:
    by = f"{blocks.escape(facts.by_name)} is starting" if facts.by_name else "We are starting"
    said = [f"{by} *{blocks.escape(facts.title)}* here."]
    if facts.supports:
        said.append(f"You support {words.listed([blocks.escape(name) for name in facts.supports])}.")
    if facts.manages:
        said.append(f"You manage {words.listed([blocks.escape(name) for name in facts.manages])}, who are on it.")
    return " ".join(said)


def _asked_of_colleague(facts: ColleagueWelcomeFacts) -> str:
    if not facts.supports:
        return "A line when something of theirs is late, or when something needs you. Nothing else."
    things = {
        Asks.AGREEMENT: "the agreement to sign",
        Asks.MEETINGS: "meetings to hold and to write up",
        Asks.CHECKLIST: "what is ready for you to sign off",
        Asks.TRAINING: "training to check",
    }
    return _one_message([text for ask, text in things.items() if ask in facts.asks])


def _colleague_sees(facts: ColleagueWelcomeFacts) -> str:
    if not facts.supports:
        return "You see what is done and what is due. You don't see what is written in meetings or reflections."
    return (
        "You see the records of meetings you hold and what is shared with you. A reflection is its writer's until they "
        "share it, and nobody sees whether or when they write. Line managers and the lead see what is done and due."
    )


def _how_many(preview: Preview) -> str:
    title = f"*{blocks.escape(preview.title)}*"
    if not preview.waiting and not preview.not_in_slack:
        said = "Everyone enrolled has had their welcome."
    else:
        said = f"{words.count(preview.waiting, 'person', 'people')} will each get one welcome in their working time."
    if preview.not_in_slack:
        said += f" {words.count(preview.not_in_slack, 'person', 'people')} not in Slack yet will get theirs on joining."
    return f"{title}\n{said} Mentors, supervisors and line managers get their own, once."
