"""Everything anybody can do that makes, moves or undoes what is owed, as steps that may come in any order."""

from tests.actions.doings import meetings, people, progress, time, written  # noqa: F401  each registers what it does
from tests.actions.doings.world import DOINGS, NothingToDo, Pick, World

__all__ = ["DOINGS", "NothingToDo", "Pick", "World"]
