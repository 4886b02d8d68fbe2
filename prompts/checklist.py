"""The words and forms of checklists: what there is to show, asking for sign-off, signing, returning."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from bot.errors import Missing
from bot.values import (
    Block,
    ChecklistPage,
    CriterionLine,
    CriterionPage,
    CriterionRef,
    PersonLine,
    Ref,
    Seat,
    SignOffLine,
    Standing,
)
from prompts import blocks, ids, words

CRITERIA, OCCASION, COMMENT, REASON, NOTE = "criteria", "occasion_on", "comment", "reason", "note"
GROUP = 10  # tick boxes in one question
SHOWN = 80  # criteria in one form

_STANDING = {
    Standing.NOT_STARTED: "Not started",
    Standing.READY: "Ready for sign-off",
    Standing.RETURNED: "Sent back",
    Standing.SIGNED_ONCE: "Signed once of two",
    Standing.COMPLETE: "Signed off",
}
_MARK = {
    Standing.NOT_STARTED: "○",
    Standing.READY: "◑",
    Standing.RETURNED: "↩",
    Standing.SIGNED_ONCE: "◐",
    Standing.COMPLETE: "✓",
}
HELP = (
    "*/checklist* shows what you have to show, and how far you are.\n"
    "*/checklist @name* shows somebody else's, and lets their mentor sign one criterion or many.\n"
    "Open a criterion to see what it means, say you are *Ready for sign-off*, sign it or send it back."
)


# ---- the list --------------------------------------------------------------------------------------------------------


def checklist_form(page: ChecklistPage) -> Block:
    """Show a participant's criteria, each with its standing in words, and what may be done."""
    shown: list[Block] = [blocks.header(page.title), blocks.section(_progress(page))]
    if page.statement:
        shown.append(blocks.section(f"*{blocks.escape(page.statement)}*"))
    if page.seat is Seat.SIGNER:
        shown.append(_sign_many_row(page))
    shown += [_criterion_row(line, page.today) for line in page.lines[:SHOWN]]
    shown.append(blocks.context(_who_reads(page)))
    if len(page.others) > 1:
        shown.insert(1, _other_people(page.others, page))
    return blocks.form(
        ids.Form.CHECKLIST, "Checklist", shown, close="Close", about=str(Ref("enrolment", page.enrolment_id))
    )


def _progress(page: ChecklistPage) -> str:
    whose = "You have" if page.seat is Seat.OWN else f"{blocks.escape(page.about_name)} has"
    said = f"{whose} *{page.done} of {len(page.lines)}* signed off."
    if page.ends_on and page.done < len(page.lines):
        pace = pace_in_words(page.done, page.expected)
        said += f"\nThe plan runs to {words.day(page.ends_on, today=page.today)}. {pace}"
    return said


def pace_in_words(done: int, expected: int) -> str:
    """Say how the count stands to an even pace, without a verdict on anybody."""
    if done > expected:
        return "That is ahead of an even pace."
    if done == expected:
        return "That is right at an even pace."
    return f"At an even pace it would be {expected} by now; it is fine to catch up, and to say if you need more time."


def _sign_many_row(page: ChecklistPage) -> Block:
    ready = sum(line.standing is Standing.READY for line in page.lines)
    text = f"Sign off ({ready} ready)" if ready else "Sign off"
    return blocks.actions(
        blocks.button(text, ids.Action.SIGN_OFF_MANY, str(Ref("enrolment", page.enrolment_id)), style="primary")
    )


def _other_people(others: Sequence[PersonLine], page: ChecklistPage) -> Block:
    options = [blocks.option(person.name, str(Ref("enrolment", person.id)), person.note) for person in others]
    shown = str(Ref("enrolment", page.enrolment_id))
    return blocks.actions(
        blocks.select(ids.Action.OPEN_CHECKLIST, options, initial=shown, placeholder="Choose a person")
    )


def _criterion_row(line: CriterionLine, today: date) -> Block:
    return blocks.section(
        f"{_MARK[line.standing]} *{blocks.escape(line.title)}*\n{standing_in_words(line, today)}",
        accessory=blocks.button("Open", ids.Action.OPEN_CRITERION, str(line.ref)),
        block_id=f"criterion:{line.ref.criterion}",
    )


def standing_in_words(line: CriterionLine, today: date) -> str:
    """Say where a criterion stands, and since when."""
    return _STANDING[line.standing] + (f", {words.near_day(line.on, today)}" if line.on else "")


def _who_reads(page: ChecklistPage) -> str:
    if page.seat is Seat.STATUS:
        return "You see what is signed off and what is not. Comments are between the mentee and those who sign."
    if page.seat is Seat.OWN:
        return (
            "Comments here are read by you and those who sign. "
            "Your line manager and programme lead see only what is signed off."
        )
    return (
        "Comments here are read by the mentee and those who sign. Line managers and leads see only what is signed off."
    )


# ---- one criterion ---------------------------------------------------------------------------------------------------


def criterion_form(page: CriterionPage, today: date) -> Block:
    """Show one criterion: what it means, what has happened, what may be done now."""
    shown: list[Block] = [
        blocks.header(page.line.title),
        blocks.section(_standing_of(page, today)),
        *blocks.said(page.guidance),
    ]
    if page.note:
        shown += [blocks.context(f"{words.first_name(blocks.escape(page.about_name))} wrote:"), *blocks.said(page.note)]
    if buttons := _criterion_buttons(page):
        shown.append(blocks.actions(*buttons))
    if page.history:
        shown += [blocks.divider(), *(block for line in page.history for block in _history_rows(line))]
    if page.source:
        shown.append(blocks.context(f"From {blocks.escape(', '.join(page.source))}"))
    return blocks.form(ids.Form.CRITERION, "Criterion", shown, close="Back", about=str(page.line.ref))


def _standing_of(page: CriterionPage, today: date) -> str:
    said = f"{_MARK[page.line.standing]} {standing_in_words(page.line, today)}."
    if page.line.standing is Standing.COMPLETE:
        return said
    needed = "one signature" if page.signatures_needed == 1 else "two signatures, on two occasions"
    return f"{said} Needs {needed}."


def _criterion_buttons(page: CriterionPage) -> list[Block]:
    ref = str(page.line.ref)
    offered = (
        (page.may_ask, blocks.button("Ready for sign-off", ids.Action.ASK_FOR_SIGN_OFF, ref, style="primary")),
        (page.may_sign, blocks.button("Sign off", ids.Action.SIGN_OFF, ref, style="primary")),
        (page.may_sign, blocks.button("Return", ids.Action.RETURN, ref)),
        (page.may_raise, blocks.button("Ask for two signatures", ids.Action.ASK_FOR_TWO, ref)),
        (page.may_lower, blocks.button("One signature is enough", ids.Action.ASK_FOR_ONE, ref)),
    )
    return [button for wanted, button in offered if wanted]


def _history_rows(line: SignOffLine) -> list[Block]:
    what = {"met": "signed", "returned": "sent back", "asked": "changed how many signatures it needs"}[line.outcome]
    said = f"{words.day(line.occasion_on)}: {blocks.escape(line.signer_name)} {what}"
    if line.withdrawn:
        said = f"~{said}~ and took it back"
    rows = [blocks.section(said, accessory=_take_back(line))]
    for text in (line.comment, line.withdrawn_because):
        rows += blocks.said(text) if text else []
    return rows


def _take_back(line: SignOffLine) -> Block | None:
    if line.may_undo:
        return blocks.button("Undo", ids.Action.UNDO, str(line.ref))
    return blocks.button("Withdraw", ids.Action.WITHDRAW, str(line.ref)) if line.may_withdraw else None


# ---- forms -----------------------------------------------------------------------------------------------------------


def ask_form(page: CriterionPage) -> Block:
    """Ask for sign-off, with a note."""
    note = blocks.text_input(
        NOTE, multiline=True, placeholder="What you did, when, and who saw it. No names of people you support."
    )
    return blocks.form(
        ids.Form.ASK_FOR_SIGN_OFF,
        "Ready for sign-off",
        [
            blocks.section(
                f"*{blocks.escape(page.line.title)}*\n"
                "Your mentor is told, and can sign it or send it back with a reason."
            ),
            blocks.question(
                NOTE,
                "A note for your mentor",
                note,
                optional=True,
                hint="You and those who sign for you can read this.",
            ),
        ],
        submit="Ready",
        close="Not yet",
        about=str(page.line.ref),
    )


def read_ask_form(view: dict[str, Any]) -> tuple[CriterionRef, str]:
    """Return which criterion is ready, and the note."""
    return CriterionRef.read(view["private_metadata"]), _text(view, NOTE)


def sign_off_form(page: ChecklistPage, today: date, only: CriterionRef | None = None) -> Block:
    """Sign one criterion or many, seen on one occasion; what was asked for is ticked already."""
    lines = [line for line in page.lines if line.standing is not Standing.COMPLETE]
    if only:
        lines = [line for line in lines if line.ref.criterion == only.criterion]
    name = blocks.escape(words.first_name(page.about_name))
    shown: list[Block] = [
        blocks.section(f"Your name and the date stand beside each. {name} can read what you write here.")
    ]
    for start in range(0, len(lines), GROUP):
        group = lines[start : start + GROUP]
        ticked = [str(line.ref) for line in group if only or line.standing is Standing.READY]
        boxes = blocks.checkboxes(CRITERIA, [_sign_option(line, today) for line in group], initial=ticked)
        label, is_all = "More" if start else "I have seen this done well", len(lines) <= GROUP
        shown.append(blocks.question(f"{CRITERIA}_{start}", label, boxes, optional=not is_all))
    shown += [
        blocks.question(OCCASION, "Seen on", blocks.date_picker(OCCASION, today)),
        blocks.question(COMMENT, "What you saw", blocks.text_input(COMMENT, multiline=True), optional=True,
                        hint="No names of people you support."),
    ]  # fmt: skip
    return blocks.form(
        ids.Form.SIGN_OFF,
        "Sign off",
        shown,
        submit="Sign off",
        close="Cancel",
        about=str(Ref("enrolment", page.enrolment_id)),
    )


def _sign_option(line: CriterionLine, today: date) -> Block:
    return blocks.option(line.title, str(line.ref), standing_in_words(line, today))


@dataclass(frozen=True)
class SignOffAnswers:
    """What a sign-off form says."""

    enrolment_id: Ref
    refs: tuple[CriterionRef, ...]
    occasion_on: date
    comment: str


def read_sign_off_form(view: dict[str, Any]) -> SignOffAnswers:
    """Return what is signed, when it was seen, and the comment. Raises Missing."""
    values = view["state"]["values"]
    chosen = [
        CriterionRef.read(option["value"])
        for block_id, answers in values.items()
        if block_id.startswith(CRITERIA)
        for option in answers[CRITERIA]["selected_options"]
    ]
    on = values[OCCASION][OCCASION]["selected_date"]
    if not on:
        raise Missing().under(OCCASION)
    return SignOffAnswers(
        Ref.read(view["private_metadata"]), tuple(chosen), date.fromisoformat(on), _text(view, COMMENT)
    )


def return_form(page: CriterionPage) -> Block:
    """Send a criterion back with a reason."""
    name = words.first_name(page.about_name)
    return _reason_form(
        ids.Form.RETURN, "Return", page, f"What would {name} need to show?", "Return",
        f"{name} reads this. Say what was good, and the one thing to try next.",
    )  # fmt: skip


def signatures_form(page: CriterionPage, needed: int) -> Block:
    """Ask for a second signature, or say that one is enough."""
    label = "Why should this be seen twice?" if needed > 1 else "Why is one signature enough?"
    form = _reason_form(
        ids.Form.SIGNATURES, "Signatures", page, label, "Save", "The mentee and those who sign can read this."
    )
    return form | {"private_metadata": f"{page.line.ref} {needed}"}


def read_signatures_form(view: dict[str, Any]) -> tuple[CriterionRef, int, str]:
    """Return which criterion, how many signatures it is to need, and why. Raises Missing."""
    ref, _, needed = view["private_metadata"].partition(" ")
    return CriterionRef.read(ref), int(needed), _required(view, REASON)


def read_return_form(view: dict[str, Any]) -> tuple[CriterionRef, str]:
    """Return which criterion goes back, and why. Raises Missing."""
    return CriterionRef.read(view["private_metadata"]), _required(view, REASON)


def withdraw_form(ref: Ref) -> Block:
    """Withdraw a signature with a reason."""
    reason = blocks.text_input(REASON, multiline=True)
    return blocks.form(
        ids.Form.WITHDRAW,
        "Withdraw",
        [
            blocks.section(
                "The signature stays in the history, with your name, today's date and your reason beside it."
            ),
            blocks.question(REASON, "Why are you taking it back?", reason, hint="The mentee reads this."),
        ],
        submit="Withdraw",
        close="Keep it",
        about=str(ref),
    )


def read_withdraw_form(view: dict[str, Any]) -> tuple[Ref, str]:
    """Return which signature is withdrawn, and why. Raises Missing."""
    return Ref.read(view["private_metadata"]), _required(view, REASON)


def _reason_form(callback_id: str, title: str, page: CriterionPage, label: str, submit: str, hint: str) -> Block:
    reason = blocks.text_input(REASON, multiline=True)
    return blocks.form(
        callback_id,
        title,
        [blocks.section(f"*{blocks.escape(page.line.title)}*"), blocks.question(REASON, label, reason, hint=hint)],
        submit=submit,
        close="Cancel",
        about=str(page.line.ref),
    )


def _text(view: dict[str, Any], field: str) -> str:
    return (view["state"]["values"][field][field]["value"] or "").strip()


def _required(view: dict[str, Any], field: str) -> str:
    found = _text(view, field)
    if not found:
        raise Missing().under(field)
    return found
