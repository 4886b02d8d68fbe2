"""Doing many rows in short transactions, so that others can write in between."""

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TypeVar

Thing = TypeVar("Thing")


def in_parts(things: Iterable[Thing], most: int) -> Iterator[list[Thing]]:
    """Yield the things in lists of at most so many."""
    left = iter(things)
    while part := list(islice(left, most)):
        yield part
