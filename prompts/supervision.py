"""The words of sessions: the next and the last, the history, what changed, what is to be written or signed."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from bot.rules.sessions import Cause, ListedSession, Next, Overview, RecordLine, Waiting
from bot.values import Block, Message, Ref
from prompts import blocks, ids, words
from prompts.documents import clock_line

HELP = (
    "*/supervision* shows your next meeting and the last five, each with what comes next.\n"
    "*/supervision schedule @name next tuesday 2pm* plans one. Type the day as you would say it; you check it before "
    "it is planned.\n"
    "*/supervision record* shows the records you still have to write, and *sign* those you still have to sign.\n"
    "Everything can be done with the buttons alone."
)
CAUSES: Mapping[Cause, str] = {
    Cause.AWAY: "One of us was away",
    Cause.URGENT: "Something urgent came up",
    Cause.SHORT_STAFFED: "Not enough staff that day",
    Cause.NO_PLACE: "No private place or connection",
    Cause.SLIPPED: "It slipped by",
    Cause.OTHER: "Another reason",
}
MOST_WAITING = 5  # pairs that wait for their agreement: the lead's own page lists them all
NOTHING_YET = (
    "You have no meetings here yet, and that's fine. When you are paired with a mentor or supervisor, your meetings "
    "start here."
)


# ---- the first screen ------------------------------------------------------------------------------------------------


def overview_message(overview: Overview, today: date) -> Message:
    """Answer the command: the next meeting, what is to be said, the last five. Dates and buttons, never content."""
    return Message(_in_a_line(overview, today), tuple(overview_blocks(overview, today)))


def overview_form(overview: Overview, today: date) -> Block:
    """Show the same from a button."""
    return blocks.form(ids.Form.SESSIONS, "My meetings", overview_blocks(overview, today))


def overview_blocks(overview: Overview, today: date) -> list[Block]:
    """Show what is to be said first, then what is coming, then the last few."""
    if not (overview.stands_with_somebody or overview.past or overview.coming or overview.to_say):
        return [blocks.section(NOTHING_YET)]
    shown: list[Block] = []
    for title, lines in (("Did it take place?", overview.to_say), ("Next", overview.coming), ("Last", overview.past)):
        if lines:
            shown += [blocks.section(f"*{title}*"), *(block for line in lines for block in session_blocks(line, today))]
    if not overview.coming:
        shown.insert(0, blocks.section("No meeting is planned just now."))
    shown += [block for pair in overview.waiting[:MOST_WAITING] for block in _waiting_blocks(pair)]
    return [*shown, _foot(overview)]


def _in_a_line(overview: Overview, today: date) -> str:
    if not overview.coming:
        return "No meeting is planned just now."
    first = overview.coming[0]
    return f"Next: {first.title} with {words.listed(first.names)}, {when_of(first, today)}"


def _foot(overview: Overview) -> Block:
    buttons = [blocks.button("Schedule a session", ids.Action.SCHEDULE)] if overview.stands_with_somebody else []
    if overview.supports_somebody:
        buttons.append(blocks.button("Log a meeting we had", ids.Action.LOG_SESSION))
    return blocks.actions(*buttons, blocks.button("Earlier meetings", ids.Action.SESSION_HISTORY, "0"))


def _waiting_blocks(pair: Waiting) -> list[Block]:
    who = f" with {blocks.escape(words.listed(pair.names))}" if pair.names else ""
    return [
        blocks.section(
            f"*{blocks.escape(pair.title)}*{who} waits for its agreement. Regular meetings start when it is signed.",
            accessory=blocks.button(
                "Read the agreement", ids.Action.OPEN_AGREEMENT, str(Ref("relationship", pair.relationship_id))
            ),
        )
    ]


# ---- one meeting -----------------------------------------------------------------------------------------------------


def session_blocks(line: ListedSession, today: date) -> list[Block]:
    """Show one meeting: with whom, when, how its record stands, and what comes next."""
    shown = [blocks.section(session_line(line, today))]
    if line.steps:
        shown.append(step_buttons(line))
    return shown


def step_buttons(line: ListedSession) -> Block:
    """Return what can be done next with a meeting, in a row."""
    return blocks.actions(*(_step_button(line, step) for step in line.steps))


def session_line(line: ListedSession, today: date) -> str:
    """Say one meeting in a few lines of mrkdwn."""
    who = blocks.escape(words.listed(line.names))
    said = [f"*{blocks.escape(line.title)}* with {who}", blocks.escape(when_of(line, today))]
    if line.record and line.state == "held":
        said.append(record_words(line.record, today, is_mine=Next.WRITE in line.steps))
    return "\n".join(part for part in said if part)


def when_of(line: ListedSession, today: date) -> str:
    """Say when a meeting is, was, or was to be, in the reader's own zone."""
    if line.state == "held" and line.held_on:
        return f"Held {words.near_day(line.held_on, today)}, {line.minutes} minutes"
    at = words.moment(line.at, line.zone, today=today) if line.at else ""
    if line.state == "planned" and line.at:
        theirs = [f" ({words.clock_time(line.at, zone)} for {words.first_name(name)})" for name, zone in line.elsewhere]
        return f"{at}{''.join(theirs)}, {line.minutes} minutes"
    verb = "Cancelled" if line.state == "cancelled" else "Not held"
    return f"{verb}, {at}. {cause_words(line.cause)}".rstrip()


def cause_words(cause: str) -> str:
    """Say why a meeting was not held."""
    return f"{CAUSES[Cause(cause)]}." if cause else ""


def record_words(record: RecordLine, today: date, *, is_mine: bool) -> str:
    """Say where a record stands; the working-day clock is seen by both."""
    if record.state == "returned":
        return "Record: changes were asked for"
    if record.state in {"none", "draft"}:
        waits = "yours to write" if is_mine else "still to be written"
        said = clock_line(record.clock, today) if record.clock else waits
        return f"Record: {said[0].lower()}{said[1:]}"
    return f"Record: {', '.join(_stands(record))}"


def _stands(record: RecordLine) -> Iterator[str]:
    yield "kept elsewhere" if record.kept_elsewhere else "shared"
    if record.state == "out":
        yield "signed by you, others still to sign" if record.is_signed else "still to be signed"
    if record.state == "locked":
        yield "complete"
    if record.actions:
        yield f"{words.count(record.actions, 'action')} agreed"


def _step_button(line: ListedSession, step: Next) -> Block:
    text, action = _STEPS[step]
    document = line.record.document_id if line.record else None
    if step in {Next.SIGN, Next.READ} and line.record and document:
        return blocks.button(text, action, str(Ref("document", document, line.record.version)))
    if step is Next.WRITE and line.record and line.record.state != "none":
        text = "Go on with the record"
    return blocks.button(text, action, session_ref(line))


def session_ref(line: ListedSession) -> str:
    """Return what a button about a meeting carries."""
    return str(Ref("session", line.id, line.version))


_STEPS: Mapping[Next, tuple[str, ids.Action]] = {
    Next.HELD: ("Held", ids.Action.HELD),
    Next.NOT_HELD: ("Not held", ids.Action.NOT_HELD),
    Next.WRITE: ("Write the record", ids.Action.WRITE_RECORD),
    Next.ELSEWHERE: ("It is kept elsewhere", ids.Action.RECORD_ELSEWHERE),
    Next.SIGN: ("Sign the record", ids.Action.OPEN_DOCUMENT),
    Next.READ: ("Read the record", ids.Action.OPEN_DOCUMENT),
    Next.PREPARE: ("Prepare", ids.Action.PREPARE),
    Next.MOVE: ("Change the time", ids.Action.MOVE_SESSION),
    Next.CANCEL: ("Cancel it", ids.Action.CANCEL_SESSION),
    Next.CALENDAR: ("Add to my calendar", ids.Action.ADD_TO_CALENDAR),
}


# ---- lists -----------------------------------------------------------------------------------------------------------


def history_form(lines: Sequence[ListedSession], *, page: int, has_more: bool, today: date) -> Block:
    """Show one page of meetings that are over, latest first."""
    shown = [block for line in lines for block in session_blocks(line, today)]
    turns = [("Later", page - 1)] if page else []
    turns += [("Earlier", page + 1)] if has_more else []
    if turns:
        # Two buttons of one action cannot stand in one block.
        shown += [blocks.actions(blocks.button(text, ids.Action.SESSION_HISTORY, str(to))) for text, to in turns]
    return blocks.form(
        ids.Form.SESSIONS, "Earlier meetings", shown or [blocks.section("No meeting has been held yet.")]
    )


def to_write_message(lines: Sequence[ListedSession], today: date) -> Message:
    """Answer which records are still to be written."""
    return _listed_message(lines, today, "Records for you to write", "No meeting waits for a record from you.")


def to_sign_message(lines: Sequence[ListedSession], today: date) -> Message:
    """Answer which records are still to be signed."""
    return _listed_message(lines, today, "Records for you to sign", "No record waits for your signature.")


def _listed_message(lines: Sequence[ListedSession], today: date, title: str, none: str) -> Message:
    if not lines:
        return Message(none)
    shown = [block for line in lines for block in session_blocks(line, today)]
    return Message(title, (blocks.section(f"*{title}*"), *shown))


# ---- news ------------------------------------------------------------------------------------------------------------


def news_message(line: ListedSession, *, by: str, is_new: bool, today: date) -> Message:
    """Tell somebody that another planned, moved or cancelled a meeting of theirs."""
    verb = "cancelled" if line.state == "cancelled" else "planned" if is_new else "moved"
    said = f"{words.first_name(by)} {verb} a meeting with you"
    shown = [blocks.section(f"{blocks.escape(said)}:"), *session_blocks(line, today)]
    if line.state == "cancelled":
        button = blocks.button("Take it out of my calendar", ids.Action.ADD_TO_CALENDAR, session_ref(line))
        shown.append(blocks.actions(button))
    return Message(f"{said}: {line.title}, {when_of(line, today)}", tuple(shown))


def said_together(news: Sequence[Message]) -> Message:
    """Put several news of meetings into one message."""
    shown = tuple(block for each in news for block in each.blocks)
    return Message("; ".join(each.text for each in news), shown)
