"""What somebody said does not apply, for the lead of their programme."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from bot.values import Block, Ref, Waived
from prompts import blocks, ids, words

MOST_SHOWN = 30


def waived_form(waived: Sequence[Waived], *, enrolment_id: UUID, today: date) -> Block:
    """List it, each with its reason behind a button and the way back."""
    shown = [block for each in waived[:MOST_SHOWN] for block in _waived_blocks(each, today)]
    nothing = blocks.section(
        "Nothing. Training and reviews that do not apply can be said so in the message about them."
    )
    about = str(Ref("enrolment", enrolment_id))
    return blocks.form(ids.Form.WAIVED, "Does not apply", shown or [nothing], about=about)


def reason_form(waived: Waived, reason: str) -> Block:
    """Show why, in the person's own words, and that the reading is noted."""
    made = [
        blocks.section(f"*{blocks.escape(waived.title)}*\n{blocks.escape(waived.name)} wrote:"),
        blocks.section(blocks.escape(reason)),
        blocks.context("That you read this is noted."),
    ]
    return blocks.form(ids.Form.NOTICE, "Why it does not apply", made, close="OK")


def asked_again_form(waived: Waived) -> Block:
    """Say that a thing is asked for again."""
    said = f"Done. {words.first_name(waived.name)} is asked for “{waived.title}” again, as the programme has it."
    return blocks.form(ids.Form.NOTICE, "Does not apply", [blocks.section(blocks.escape(said))], close="OK")


def _waived_blocks(waived: Waived, today: date) -> list[Block]:
    on = f"\nSaid on {words.day(waived.on, today=today)}" if waived.on else ""
    row = blocks.actions(
        blocks.button("Read why", ids.Action.READ_REASON, str(waived.ref)),
        blocks.button("Ask for it after all", ids.Action.ASK_AGAIN, str(waived.ref)),
    )
    return [blocks.section(f"*{blocks.escape(waived.title)}*{on}"), row]
