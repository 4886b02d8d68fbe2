"""What an interaction is answered with: the body of the acknowledgement (slack-rules sections 5 and 6)."""

from typing import Any

from bot.values import Block, Message

Answer = dict[str, Any]


def closes() -> Answer:
    """Close this form; the one below shows again."""
    return {}


def closes_all() -> Answer:
    """Close the whole stack of forms."""
    return {"response_action": "clear"}


def shows(view: Block) -> Answer:
    """Put another page in this form's place."""
    return {"response_action": "update", "view": view}


def shows_last(view: Block) -> Answer:
    """Put another page in this form's place; closing that closes all that was open before."""
    return shows(view | {"clear_on_close": True})


def opens_above(view: Block) -> Answer:
    """Open a form above this one."""
    return {"response_action": "push", "view": view}


def refuses(errors: dict[str, str]) -> Answer:
    """Keep the form and say under each question what is wrong."""
    return {"response_action": "errors", "errors": errors}


def says(message: Message) -> Answer:
    """Answer a command, seen by the asker alone."""
    answer: Answer = {"response_type": "ephemeral", "text": message.text}
    return answer | ({"blocks": list(message.blocks)} if message.blocks else {})


def offers(options: list[Block]) -> Answer:
    """Answer a menu that asked for choices."""
    return {"options": options}
