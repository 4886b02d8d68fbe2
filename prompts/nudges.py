"""Putting a thing off, saying it does not apply, asking why; and the ledger's questions to a lead."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from uuid import UUID

from bot.errors import Missing
from bot.rules.asks import ANSWER_WITHIN, VERIFY_WITHIN
from bot.values import Block, Duty, LedgerLine, Message, Reason, Ref, Step
from prompts import blocks, ids, words

_ALIKE = " alike"  # after the thing that a form is about
WHEN, OTHER_DAY, REASON = "snooze_until", "snooze_other_day", "not_applicable_reason"


@dataclass(frozen=True)
class SnoozeAnswer:
    """Until when somebody puts a thing off."""

    ref: Ref
    until: date
    alike: bool = False  # and all that is alike for other people


def snooze_form(
    duty: Duty,
    choices: tuple[tuple[str, date], ...],
    *,
    today: date,
    next_told: tuple[str, ...] = (),
    alike: int = 0,
) -> Block:
    """Ask until when; `next_told` are those who will see a third snooze of a thing with a fixed day.

    `alike` counts the people for whom the same is put off, where it is done for all of them at once.
    """
    options = [blocks.option(f"{label}, {words.day(on, today=today)}", on.isoformat()) for label, on in choices]
    whom = f", for {words.count(alike, 'person', 'people')}" if alike else ""
    made = [blocks.section(f"*{blocks.escape(duty.title)}*{whom}\n{_due_words(duty, today)}")]
    if next_told:
        names = blocks.escape(words.listed(next_told))
        made.append(blocks.section(f"You have put this off twice already. If you do it again, {names} will see it."))
    made += [
        blocks.question(WHEN, "Ask me again", blocks.radio(WHEN, options, initial=options[0]["value"])),
        blocks.question(
            OTHER_DAY,
            "Or on another day",
            blocks.date_picker(OTHER_DAY),
            optional=True,
            hint="A day you choose here counts, and not one from above.",
        ),
    ]
    return blocks.form(ids.Form.SNOOZE, "Snooze", made, submit="Snooze", about=f"{duty.ref}{_ALIKE if alike else ''}")


def read_snooze_form(view: Block) -> SnoozeAnswer:
    """Read until when; a day that was picked goes before the one that stood chosen. Raises Missing without either."""
    values = view["state"]["values"]
    stood = (values[WHEN][WHEN].get("selected_option") or {}).get("value")
    chosen = values[OTHER_DAY][OTHER_DAY].get("selected_date") or stood
    if not chosen:
        raise Missing().under(WHEN)
    about: str = view["private_metadata"]
    return SnoozeAnswer(Ref.read(about.removesuffix(_ALIKE)), date.fromisoformat(chosen), about.endswith(_ALIKE))


def not_applicable_form(duty: Duty) -> Block:
    """Ask why a thing does not apply, and say who reads the answer."""
    made = [
        blocks.section(f"*{blocks.escape(duty.title)}*"),
        blocks.question(
            REASON,
            "Why does this not apply to you?",
            blocks.text_input(REASON, multiline=True, most=1000),
            hint="A few words are enough. Your programme lead can read this.",
        ),
    ]
    return blocks.form(ids.Form.NOT_APPLICABLE, "Not applicable", made, submit="Send", about=str(duty.ref))


def read_not_applicable_form(view: Block) -> tuple[Ref, str]:
    """Read which thing does not apply, and why. Raises Missing when no reason was given."""
    reason = (view["state"]["values"][REASON][REASON].get("value") or "").strip()
    if not reason:
        raise Missing().under(REASON)
    return Ref.read(view["private_metadata"]), reason


def why_form(duty: Duty, reason: Reason, next_dates: Sequence[date], *, today: date) -> Block:
    """Say why a thing is asked for: the rule in words, where it comes from, the next dates."""
    says = f"{blocks.escape(words.at_start(reason.says)).rstrip('.')}." if reason.says else _asked_by_somebody(duty)
    made = [blocks.section(f"*{blocks.escape(duty.title)}*\n{says}")]
    if reason.source:
        source = f"{reason.programme_title}: {words.listed(reason.source)}"
        made.append(blocks.section(f"*Where this comes from*\n{blocks.escape(source)}"))
    dates = "\n".join(f"• {words.day(on, today=today)}" for on in next_dates)
    label = "Its date" if len(next_dates) == 1 else "Its next dates"
    made.append(blocks.section(f"*{label}*\n{dates}"))
    return blocks.form(ids.Form.WHY, "Why did I get this?", made)


def snoozed_form(title: str, until: date, *, today: date) -> Block:
    """Say that a thing was put off."""
    said = f"Done. I'll ask you about “{title}” again on {words.day(until, today=today)}."
    return blocks.form(ids.Form.NOTICE, "Snoozed", [blocks.section(blocks.escape(said))], close="OK")


def not_applicable_kept_form(title: str) -> Block:
    """Say that a thing will not be asked for again."""
    said = f"Thank you. I won't ask you about “{title}” again. Your programme lead can see the reason."
    return blocks.form(ids.Form.NOTICE, "Not applicable", [blocks.section(blocks.escape(said))], close="OK")


class Trouble(StrEnum):
    """What a lead is told a message for."""

    DID_IT_ARRIVE = "did_it_arrive"
    WAITS = "waits"  # somebody must put something right, then it goes by itself
    FAULT_OF_OURS = "fault_of_ours"


def trouble_message(delivery_id: UUID, *, kind: str, whom: str, why: str, trouble: Trouble) -> Message:
    """Tell a lead of a message that did not go and what to do, or ask whether it arrived."""
    ref = str(Ref("delivery", delivery_id))
    name = _KINDS.get(kind, "message")
    if trouble is Trouble.DID_IT_ARRIVE:
        text = f"Did the {name} for {whom} arrive? I got no answer from Slack, and I don't want to say it twice."
        row = blocks.actions(
            blocks.button("Yes", ids.Action.ARRIVED, ref), blocks.button("Send it again", ids.Action.SEND_AGAIN, ref)
        )
    else:
        text = f"I could not send the {name} for {whom}: {reason_in_words(why)} {_GOES_ON[trouble]}"
        row = blocks.actions(blocks.button("Send it again", ids.Action.SEND_AGAIN, ref))
    return Message(text, (blocks.section(_escaped(text, whom)), row))


def app_trouble_message(code: str, *, at: datetime, wait: timedelta, zone: str, today: date) -> Message:
    """Tell a lead, once it is over, that nothing could be sent from a moment on, or that Slack asked for a pause."""
    since = words.moment(at, zone, today=today)
    if wait:
        minutes = words.count(round(wait.total_seconds() / 60), "minute")
        text = f"On {since} Slack asked me to pause for {minutes}. {_ON_ITS_WAY}"
    else:
        why = _CUT_OFF.get(code, f"it refused everything ({code.replace('_', ' ')})")
        text = f"On {since} Slack stopped letting my messages through: {why}. They get through again. {_ON_ITS_WAY}"
    return Message(text, (blocks.section(text),))


def ledger_form(lines: Sequence[LedgerLine], *, group: str, zone: str, today: date, most: int) -> Block:
    """Show a lead what was sent and what was not, with the reason; statuses only, never what was said."""
    options = [blocks.option(label, key) for key, label in _GROUPS.items()]
    menu = blocks.select(ids.Action.LEDGER_SHOWN, options, initial=group)
    made: list[Block] = [blocks.actions(menu)]
    if not lines:
        made.append(blocks.section("Nothing here in the last month."))
    for line in lines:
        made += _ledger_blocks(line, zone, today)
    if len(lines) == most:
        made.append(blocks.context(f"These are the newest {most}."))
    return blocks.form(ids.Form.LEDGER, "Messages", made)


def settled_form(text: str) -> Block:
    """Say what was done about a message."""
    return blocks.form(ids.Form.NOTICE, "Messages", [blocks.section(blocks.escape(text))], close="OK")


def _ledger_blocks(line: LedgerLine, zone: str, today: date) -> list[Block]:
    whom = f"<#{line.whom}>" if line.whom.startswith("C") and line.whom.isupper() else blocks.escape(line.whom)
    kind, at = _KINDS.get(line.kind, "message").capitalize(), words.moment(line.at, zone, today=today)
    state = "Not sure: please decide" if line.why in _ASKED else _STATES.get(line.status, line.status)
    said = f"*{kind} for {whom}*\n{state}, {at}"
    if line.why:
        said += f": {reason_in_words(line.why)}"
    if not line.may_be_sent_again:
        return [blocks.section(said)]
    again = blocks.button("Send it again", ids.Action.SEND_AGAIN, str(line.ref))
    if line.why not in _ASKED:
        return [blocks.section(said, accessory=again)]
    return [blocks.section(said), blocks.actions(blocks.button("It arrived", ids.Action.ARRIVED, str(line.ref)), again)]


def reason_in_words(why: str) -> str:
    """Say why something was not sent, and what to do about it."""
    return _REASONS.get(why, f"Slack refused it ({why.replace('_', ' ')}). Please tell whoever runs Handrail.")


def _escaped(text: str, whom: str) -> str:
    return text if whom.startswith("<#") else blocks.escape(text)


def _due_words(duty: Duty, today: date) -> str:
    if duty.step is Step.REFLECT:
        return "An invitation: you may leave it."
    if duty.fixed:
        return f"This has a fixed day: {words.day(duty.due_on, today=today)}. It can be put off up to then."
    return f"{'Was due' if duty.is_late else 'Due'} {words.near_day(duty.due_on, today)}."


def _asked_by_somebody(duty: Duty) -> str:
    who = blocks.escape(words.first_name(duty.about_name))
    said = _ASKED_FOR.get(duty.step, "This waits for you." if duty.owner_id == duty.about_id else _WAITS)
    return said.format(who=who)


_WAITS = "{who} waits for this from you."
_ANSWER = f"An answer is hoped for within {ANSWER_WITHIN} working days."
_ASKED_FOR = {
    Step.SIGN_OFF: f"{{who}} says this is ready and asked you to sign it off. {_ANSWER}",
    Step.VERIFY: f"{{who}} has done this, and somebody else is to check it within {VERIFY_WITHIN} working days.",
    Step.TRAIN: f"What you logged came back to you with a question. {_ANSWER}",
    Step.CHANGE: f"Somebody read what you wrote and asked for changes. {_ANSWER}",
    Step.PAIR: "The programme asks that {who} has somebody at their side, and you lead it.",
}
_GROUPS = {
    "trouble": "Not sure or not sent",
    "suppressed": "Left out or sent again",
    "waiting": "Waiting",
    "sent": "Sent",
}
_STATES = {
    "pending": "Waiting",
    "sending": "On its way",
    "sent": "Sent",
    "retired": "Sent, and replaced by a newer one",
    "uncertain": "Not sure: I am checking",
    "parked": "Waiting until it can be sent",
    "dead": "Could not be sent",
    "suppressed": "Left out",
    "replaced": "Not sent, and sent again since",
}
_ASKED = ("perhaps_posted", "too_often")
_GOES_ON = {
    Trouble.WAITS: "It waits, and goes out by itself when this is put right.",
    Trouble.FAULT_OF_OURS: "Others like it may be held up too; they are under Messages sent on your Home.",
}
_ON_ITS_WAY = "Nothing is lost: what waited goes out by itself, in people's working time. You need do nothing."
_CUT_OFF = {
    "token_revoked": "the app's token was taken back",
    "app_uninstalled": "the app was taken out of the workspace",
    "account_inactive": "the app's account was switched off",
    "invalid_auth": "it did not know the app's token",
    "messages_tab_disabled": "the app's Messages tab was switched off",
}
_KINDS = {
    "digest": "daily message",
    "nudge": "message",
    "reminder": "reminder",
    "summary": "summary",
    "welcome": "welcome",
    "welcome_colleague": "welcome",
    "session-news": "news of a meeting",
    "calendar-file": "calendar file",
    "pointer": "word that there is something to read",
    "trouble": "word that a message did not go",
    "where_to_write": "word on where to write to me",
    "line_manager_supports": "word on who supports whom",
}
_REASONS = {
    "channel_not_found": "Slack does not find that conversation. For a private channel, invite Handrail to it.",
    "not_in_channel": "Handrail is not in that channel. Invite it there: /invite @Handrail.",
    "is_archived": "that channel is archived. Choose another one in the settings.",
    "restricted_action": "Slack does not let Handrail post there. Ask a workspace admin, or choose another channel.",
    "user_not_found": "Slack does not find this person. Check the people list.",
    "user_disabled": (
        "this person's Slack account is switched off. If they have left, enter their last day in the people list."
    ),
    "user_not_visible": "this person can't be seen from this workspace.",
    "cannot_dm_bot": "this is a bot, not a person. Check the people list.",
    "messages_tab_disabled": "the app's Messages tab is switched off in Slack.",
    "left": "this person has left.",
    "not_in_slack": "this person is not in Slack yet.",
    "slack_deactivated": (
        "this person's Slack account is switched off. If they have left, enter their last day in the people list."
    ),
    "slack_stranger": "this person is not in your Slack workspace any more. Check the people list.",
    "newer_one_is_owed": "a newer one says the same.",
    "settled_meanwhile": "it was put right before you were told.",
    "missing_scope": "Slack has not granted what it needs. `handrail doctor` says what is missing.",
    "too_late": "it came too late to be of use.",
    "nothing_left_to_say": "everything it would have said was done by then.",
    "moved_to_a_later_slot": "it was moved to a later working day.",
    "never_at_work": "this person has no working time in the coming year.",
    "perhaps_posted": "Slack gave no answer, and only a person can look there.",
    "found_again": "Slack's answer was lost; I looked, and it is there.",
    "said_to_have_arrived": "a lead says that it arrived.",
    "sent_again_by_hand": "a lead asked for it again.",
    "ratelimited": "Slack asked me to wait.",
    "cannot_connect": "Slack can't be reached.",
    "no_answer": "Slack gave no answer.",
    "too_often": "it was tried too often.",
    "sender_lost": "I was stopped while sending it; I am looking whether it arrived.",
    "perhaps_whispered": "Slack gave no answer, and it is not said twice.",
    "changed_meanwhile": "what it was about changed first, and was told anew.",
    "channel_changed": "another channel was chosen in the settings.",
    "moved_meanwhile": "the meeting was moved first.",
    "said_in_the_digest": "that day's digest said it just before.",
    "said_together": "another message at the same moment said it too.",
    "not_planned_any_more": "the meeting was held, moved or called off first.",
    "no_longer_enrolled": "this person is not on the programme any more.",
    "no_longer_paired": "they do not work together any more.",
    "no_longer_there": "what it was about is not there any more.",
    "not_theirs_to_open": "it is not theirs to read any more.",
    "nothing_to_say": "there was nothing to report.",
    "supports_nobody": "this person supports nobody any more.",
    "no_builder": "something went wrong on our side. Please tell whoever runs Handrail.",
    "not_built": "something went wrong on our side. Please tell whoever runs Handrail.",
}
