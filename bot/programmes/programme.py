"""A programme: everything its file says, checked and frozen."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from pydantic import BaseModel

from bot.programmes.cards import (
    About,
    Checklist,
    Course,
    Criterion,
    Fact,
    Form,
    Framework,
    Ladder,
    Level,
    Panel,
    Part,
    Portfolio,
    Relationship,
    Request,
    Requirement,
    Role,
    Session,
    Transition,
    Variation,
)


@dataclass(frozen=True, eq=False)  # one that was read is itself alone, and can be a key
class Programme:
    """The cards of one programme file by kind and name, in the order they were written.

    `source` is the whole text with what it includes, so that a stored version can be read again; `content_hash` is the
    SHA-256 of that text; `offered` says whether people may be enrolled on it (a draft is shown to its writer only).
    """

    about: About
    source: str
    content_hash: str
    offered: bool = False
    role: Mapping[str, Role] = field(default_factory=dict)
    relationship: Mapping[str, Relationship] = field(default_factory=dict)
    fact: Mapping[str, Fact] = field(default_factory=dict)
    form: Mapping[str, Form] = field(default_factory=dict)
    part: Mapping[str, Mapping[str, Part]] = field(default_factory=dict)
    session: Mapping[str, Session] = field(default_factory=dict)
    checklist: Mapping[str, Checklist] = field(default_factory=dict)
    criterion: Mapping[str, Criterion] = field(default_factory=dict)
    course: Mapping[str, Course] = field(default_factory=dict)
    framework: Mapping[str, Framework] = field(default_factory=dict)
    portfolio: Mapping[str, Portfolio] = field(default_factory=dict)
    requirement: Mapping[str, Requirement] = field(default_factory=dict)
    level: Mapping[str, Level] = field(default_factory=dict)
    transition: Mapping[str, Transition] = field(default_factory=dict)
    panel: Mapping[str, Panel] = field(default_factory=dict)
    request: Mapping[str, Request] = field(default_factory=dict)
    ladder: Mapping[str, Ladder] = field(default_factory=dict)
    variation: Mapping[str, Variation] = field(default_factory=dict)

    @property
    def key(self) -> str:
        """The name of the programme in commands and tables."""
        return self.about.key

    @property
    def title(self) -> str:
        """The name of the programme for people."""
        return self.about.title

    def cards(self, kind: str) -> Mapping[str, BaseModel]:
        """Return the cards of one kind ("session"), by name; parts are under `part`, by form."""
        found: Mapping[str, BaseModel] = getattr(self, kind)
        return found

    def every_card(self, kinds: Iterator[str] | tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], BaseModel]]:
        """Yield the path and card of every card of these kinds, then of every part."""
        yield ("programme",), self.about
        for kind in kinds:
            for name, card in self.cards(kind).items():
                yield (kind, name), card
        for form, parts in self.part.items():
            for name, part in parts.items():
                yield ("part", form, name), part
