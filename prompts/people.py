"""People in menus and lists."""

from bot.values import Block, PersonLine
from prompts import blocks


def person_option(person: PersonLine) -> Block:
    """Return one person as a choice of a menu."""
    return blocks.option(person.name, str(person.id), person.note)
