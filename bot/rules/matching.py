"""Who may stand with whom: the kinds of pair a programme needs, and what to say before one is made."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING
from uuid import UUID

from bot.rules.when import OnDemand

if TYPE_CHECKING:
    from bot.programmes.programme import Programme

LINE_MANAGER = "line-manager"


class PairDoubt(StrEnum):
    """Why a pair is asked about before it is made; none of these forbids it."""

    LINE_MANAGER = "line_manager"  # who mentors would also be the line manager
    FULL = "full"  # the supporter already holds as many as the programme suggests


@dataclass(frozen=True)
class Doubt:
    """One thing to know about one supporter before pairing; `holds` of `capacity` relationships of this kind."""

    why: PairDoubt
    supporter_id: UUID
    holds: int = 0
    capacity: int = 0


def kinds_to_pair(programme: "Programme") -> tuple[str, ...]:
    """Return the kinds of relationship that help a participant, in the file's order."""
    participant = programme.about.participant
    return tuple(kind for kind, card in programme.relationship.items() if card.helped == participant)


def kinds_needed(programme: "Programme") -> tuple[str, ...]:
    """Return the kinds without which a participant's meetings cannot be held, because meetings in them are dated.

    A group is not among them: it is made of several people, not asked for one by one.
    """
    dated = {
        card.relationship for card in programme.session.values() if card.when and not isinstance(card.when, OnDemand)
    }
    return tuple(
        kind for kind in kinds_to_pair(programme) if kind in dated and programme.relationship[kind].helped_at_least == 1
    )


def needs_agreement(programme: "Programme", kind: str) -> bool:
    """Say whether a pair of this kind waits for a signed agreement before it makes sessions."""
    return any(
        form.kind == "agreement" and form.about == "relationship" and form.relationship == kind
        for form in programme.form.values()
    )


def doubts(
    programme: "Programme",
    kind: str,
    *,
    supporter_ids: Collection[UUID],
    line_manager_id: UUID | None,
    held: Mapping[UUID, int],
) -> tuple[Doubt, ...]:
    """Return what the lead is told before pairing. `held`: how many others each supports in this kind already.

    Capacity is a warning and never a block; so is a line manager who would mentor, and both are told what that means.
    """
    card = programme.relationship[kind]
    found = []
    for supporter_id in supporter_ids:
        if supporter_id == line_manager_id and LINE_MANAGER in card.avoid:
            found.append(Doubt(PairDoubt.LINE_MANAGER, supporter_id))
        if card.capacity is not None and held.get(supporter_id, 0) >= card.capacity:
            found.append(Doubt(PairDoubt.FULL, supporter_id, held[supporter_id], card.capacity))
    return tuple(found)
