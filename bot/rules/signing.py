"""What a signature is over, who may give one and when all are in. Pure.

A signature is over sha256("handrail-sign-1" ‖ salt ‖ canonical JSON): keys sorted, NFC, moments in UTC, the template's
key and version, every field in the order shown, the parties' ids and printed names (privacy.md, Signatures and audit).
"""

import hashlib
import json
import unicodedata
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from bot.rules.when import Duration
from bot.rules.working_days import is_working_day

SCHEME = "handrail-sign-1"
SIGN, ACKNOWLEDGE, READ = "sign", "acknowledge", "read"
SIGNED, ACKNOWLEDGED, ON_PAPER = "signed", "acknowledged", "paper"  # what a signature means


@dataclass(frozen=True)
class PartyTo:
    """Somebody who stands on a version of a document, in one role."""

    person_id: UUID
    role: str
    does: str
    name: str
    place: int = 0


@dataclass(frozen=True)
class Given:
    """A signature that was given, over one content."""

    person_id: UUID
    role: str
    content_hash: str
    meaning: str = SIGNED


@dataclass(frozen=True)
class Written:
    """One answer as it stands in the document: which part, by which role, the words asked and the words given."""

    part: str
    words: str
    role: str = ""
    answer: str = ""


@dataclass(frozen=True)
class Content:
    """Everything a signature is over."""

    programme: str
    programme_version: str  # the hash of the programme's text
    form: str
    series: UUID
    number: int
    about_id: UUID
    hangs_on: str  # "relationship:…", "session:…" or ""
    held_on: date | None
    sent_at: datetime
    outcome: str
    written: tuple[Written, ...]
    parties: tuple[PartyTo, ...]


def canonical(content: Content) -> bytes:
    """Return the one way of writing this content down."""
    said = {
        "about": str(content.about_id),
        "fields": [{"answer": w.answer, "part": w.part, "role": w.role, "words": w.words} for w in content.written],
        "form": content.form,
        "hangs_on": content.hangs_on,
        "held_on": content.held_on.isoformat() if content.held_on else "",
        "number": content.number,
        "outcome": content.outcome,
        "parties": [
            {"does": p.does, "id": str(p.person_id), "name": p.name, "role": p.role}
            for p in sorted(content.parties, key=lambda p: (p.does, p.place, p.role, str(p.person_id)))
        ],
        "programme": content.programme,
        "programme_version": content.programme_version,
        "sent_at": content.sent_at.astimezone(UTC).isoformat(),
        "series": str(content.series),
    }
    text = json.dumps(_composed(said), sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return text.encode()


def content_hash(salt: bytes, content: Content) -> str:
    """Return what is signed. Without the salt, which is erased with the text, it tells nothing."""
    return hashlib.sha256(SCHEME.encode() + salt + canonical(content)).hexdigest()


def _composed(value: Any) -> Any:
    """Put every text into NFC, so that the same words typed on two phones are the same words."""
    match value:
        case str():
            return unicodedata.normalize("NFC", value)
        case dict():
            return {key: _composed(each) for key, each in value.items()}
        case list():
            return [_composed(each) for each in value]
    return value


# ---- whose turn it is ------------------------------------------------------------------------------------------------


def still_to_sign(
    parties: Sequence[PartyTo], given: Sequence[Given], hash_now: str, *, everybody: bool
) -> tuple[PartyTo, ...]:
    """Return whose signature is missing, in the form's order. `everybody`: all in a role must sign, not one of them.

    A signature over other content counts for nothing.
    """
    signed = {(g.role, g.person_id) for g in given if g.content_hash == hash_now and g.meaning != ACKNOWLEDGED}
    roles_signed = {role for role, _ in signed}
    return tuple(
        party
        for party in _signatories(parties)
        if (party.role, party.person_id) not in signed and (everybody or party.role not in roles_signed)
    )


def may_sign_as(
    parties: Sequence[PartyTo],
    given: Sequence[Given],
    hash_now: str,
    person_id: UUID,
    *,
    everybody: bool,
    in_order: bool,
) -> tuple[str, ...]:
    """Return the roles in which somebody may sign now: their own only, and in order each waits for those before.

    The signature of one role never stands in for another's (model.md, Code or data).
    """
    waiting = still_to_sign(parties, given, hash_now, everybody=everybody)
    if in_order and waiting:
        first = min(party.place for party in waiting)
        waiting = tuple(party for party in waiting if party.place == first)
    return tuple(dict.fromkeys(party.role for party in waiting if party.person_id == person_id))


def may_acknowledge_as(parties: Sequence[PartyTo], given: Sequence[Given], person_id: UUID) -> tuple[str, ...]:
    """Return the roles in which somebody has still to take note."""
    noted = {g.role for g in given if g.meaning == ACKNOWLEDGED}
    return tuple(p.role for p in parties if p.does == ACKNOWLEDGE and p.person_id == person_id and p.role not in noted)


def is_complete(parties: Sequence[PartyTo], given: Sequence[Given], hash_now: str, *, everybody: bool) -> bool:
    """Say whether every signature that is needed is in, over this very content."""
    return not still_to_sign(parties, given, hash_now, everybody=everybody)


def roles_without_anybody(signed_by: Collection[str], parties: Sequence[PartyTo]) -> tuple[str, ...]:
    """Return the roles that must sign and that nobody fills: such a document could never come into force."""
    filled = {party.role for party in _signatories(parties)}
    return tuple(role for role in signed_by if role not in filled)


def _signatories(parties: Sequence[PartyTo]) -> list[PartyTo]:
    return sorted((p for p in parties if p.does == SIGN), key=lambda p: (p.place, p.name))


# ---- the clock -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Clock:
    """How long there is to share a record: the last day, and how many working days are left (negative when late)."""

    share_by: date
    days_left: int
    shared_on: date | None = None

    @property
    def is_late(self) -> bool:
        """Whether it was not shared by its day."""
        return self.days_left < 0


def share_clock(
    held_on: date, within: Duration, closed: frozenset[date], *, today: date, shared_on: date | None = None
) -> Clock:
    """Return the clock of a record, by the team's nation: day 0 is the day of the session (seed-systems 001-23).

    `closed` holds the bank holidays and closures of the team; leave does not stop the clock.
    """
    by = within.after(held_on, closed)
    until = shared_on or today
    left = sum(is_working_day(day, closed) for day in _days_between(until, by))
    late = sum(is_working_day(day, closed) for day in _days_between(by, until))
    return Clock(by, left if until <= by else -late if late else -1, shared_on)


def _days_between(first: date, last: date) -> list[date]:
    """Return the days after `first` up to `last`, both dates of the calendar."""
    return [date.fromordinal(n) for n in range(first.toordinal() + 1, last.toordinal() + 1)]
