"""People in menus and lists."""

from bot.values import Block, Message, PersonLine
from prompts import blocks


def person_option(person: PersonLine) -> Block:
    """Return one person as a choice of a menu."""
    return blocks.option(person.name, str(person.id), person.note)


def where_to_write_message() -> Message:
    """Say where to write instead."""
    return Message(
        "I can't read messages here, and this one isn't kept. To write, use `/reflect`; for meetings `/supervision`; "
        "for everything else `/mentoring help`."
    )
