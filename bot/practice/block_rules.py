"""The few kinds of rule Block Kit is made of; `block_limits` is the table written in them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from bot.practice.refusals import Json

PLAIN = ("plain_text",)
ANY_TEXT = ("plain_text", "mrkdwn")


@dataclass
class Walk:
    """Collect what is wrong while a payload is walked; `surface` is "message", "modal" or "home"."""

    surface: str
    faults: list[tuple[str, str]] = field(default_factory=list)

    def fault(self, message: str, at: str) -> None:
        """Note one fault at a JSON pointer."""
        self.faults.append((message, at))

    def messages(self) -> list[str]:
        """Say the faults as Slack does."""
        return [f"[ERROR] {message} [json-pointer:{at}]" for message, at in self.faults]


class Rule(Protocol):
    """Check one value."""

    def check(self, value: Any, at: str, walk: Walk) -> None:
        """Note in `walk` whatever is wrong with the value at pointer `at`."""


Also = Callable[[Json, str, Walk], None]


def _check_length(length: int, least: int, most: int, unit: str, at: str, walk: Walk) -> None:
    if length > most:
        walk.fault(
            f"no more than {most} items allowed" if unit == "items" else f"must be less than {most + 1} {unit}", at
        )
    if length < least:
        walk.fault(f"must be more than {least - 1} {unit}", at)


@dataclass(frozen=True)
class Str:
    """A string of `least` to `most` characters, perhaps of one pattern."""

    most: int = 100_000
    least: int = 0
    pattern: str = ""

    def check(self, value: Any, at: str, walk: Walk) -> None:
        """Check type, length and pattern."""
        if not isinstance(value, str):
            walk.fault("must be a string", at)
            return
        _check_length(len(value), self.least, self.most, "characters", at, walk)
        if self.pattern and not re.fullmatch(self.pattern, value):
            walk.fault("must match the expected format", at)


@dataclass(frozen=True)
class Bool:
    """true or false."""

    def check(self, value: Any, at: str, walk: Walk) -> None:
        """Check the type."""
        if not isinstance(value, bool):
            walk.fault("must be a boolean", at)


@dataclass(frozen=True)
class Int:
    """A whole number from `least` to `most`."""

    least: int
    most: int

    def check(self, value: Any, at: str, walk: Walk) -> None:
        """Check type and range."""
        if isinstance(value, bool) or not isinstance(value, int):
            walk.fault("must be an integer", at)
        elif not self.least <= value <= self.most:
            walk.fault(f"must be between {self.least} and {self.most}", at)


@dataclass(frozen=True)
class OneOf:
    """One of a few words."""

    words: tuple[str, ...]

    def check(self, value: Any, at: str, walk: Walk) -> None:
        """Check membership."""
        if value not in self.words:
            walk.fault(f"must be one of {', '.join(self.words)}", at)


@dataclass(frozen=True)
class Text:
    """A text object of given kinds."""

    most: int = 3000
    kinds: tuple[str, ...] = PLAIN
    least: int = 1

    def check(self, value: Any, at: str, walk: Walk) -> None:
        """Check kind, keys and length."""
        if not isinstance(value, dict):
            walk.fault("must be an object", at)
            return
        kind = value.get("type")
        if kind not in self.kinds:
            walk.fault(f"unsupported type: {kind}", f"{at}/type")
            return
        own = {"emoji": Bool()} if kind == "plain_text" else {"verbatim": Bool()}
        fields: Mapping[str, Rule] = {"type": Str(), "text": Str(self.most, self.least), **own}
        Shape(fields, required=("type", "text")).check(value, at, walk)


@dataclass(frozen=True)
class ListOf:
    """A list of `least` to `most` things of one rule."""

    rule: Rule
    most: int
    least: int = 1

    def check(self, value: Any, at: str, walk: Walk) -> None:
        """Check the count and every item."""
        if not isinstance(value, list):
            walk.fault("must be an array", at)
            return
        _check_length(len(value), self.least, self.most, "items", at, walk)
        for number, item in enumerate(value):
            self.rule.check(item, f"{at}/{number}", walk)


@dataclass(frozen=True)
class Shape:
    """An object: its known keys, the required ones, where it may stand, and what else must hold."""

    fields: Mapping[str, Rule]
    required: tuple[str, ...] = ()
    surfaces: tuple[str, ...] = ("message", "modal", "home")
    also: tuple[Also, ...] = ()

    def check(self, value: Any, at: str, walk: Walk) -> None:
        """Check surface, keys, each value, and the extra rules when the keys were sound."""
        if not isinstance(value, dict):
            walk.fault("must be an object", at)
            return
        before = len(walk.faults)
        if walk.surface not in self.surfaces:
            walk.fault(f"unsupported type: {value.get('type')} in a {walk.surface}", f"{at}/type")
        self._check_keys(value, at, walk)
        for key in self.fields.keys() & value.keys():
            self.fields[key].check(value[key], f"{at}/{key}", walk)
        if len(walk.faults) == before:
            for rule in self.also:
                rule(value, at, walk)

    def _check_keys(self, value: Json, at: str, walk: Walk) -> None:
        for key in self.required:
            if key not in value:
                walk.fault(f"missing required field: {key}", at)
        for key in value.keys() - self.fields.keys():
            walk.fault(f"no additional properties allowed: {key}", at)


@dataclass(frozen=True)
class Typed:
    """An object told apart by its `type`."""

    shapes: Mapping[str, Rule]

    def check(self, value: Any, at: str, walk: Walk) -> None:
        """Check by the shape of the value's type."""
        kind = value.get("type") if isinstance(value, dict) else None
        if not isinstance(kind, str) or kind not in self.shapes:
            walk.fault(f"unsupported type: {kind}", f"{at}/type")
            return
        self.shapes[kind].check(value, at, walk)


def exactly_one(*keys: str) -> Also:
    """Make the rule that one and only one of the keys is given."""

    def check(value: Json, at: str, walk: Walk) -> None:
        if sum(key in value for key in keys) != 1:
            walk.fault(f"must have exactly one of {', '.join(keys)}", at)

    return check


def at_least_one(*keys: str) -> Also:
    """Make the rule that one of the keys is given."""

    def check(value: Json, at: str, walk: Walk) -> None:
        if not any(key in value for key in keys):
            walk.fault(f"must have at least one of {', '.join(keys)}", at)

    return check


def ordered(low: str, high: str) -> Also:
    """Make the rule that the number under `low` is not above the one under `high`."""

    def check(value: Json, at: str, walk: Walk) -> None:
        if low in value and high in value and float(value[low]) > float(value[high]):
            walk.fault(f"must not be more than {high}", f"{at}/{low}")

    return check


def only(shapes: Mapping[str, Rule], kinds: Iterable[str]) -> Typed:
    """Take from a table the shapes allowed in one place."""
    return Typed({kind: shapes[kind] for kind in kinds})
