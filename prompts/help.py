"""The help of each command."""

from bot.values import Message
from prompts import blocks


def help_message(command: str, text: str) -> Message:
    """Say what a command does."""
    return Message(f"What {command} does", (blocks.section(text),))
