"""Who stands where in something written: the people behind the roles that a form names."""

from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

from sqlmodel import Session as Db

from bot.actions.facts import Known
from bot.programmes.cards import Form, Part
from bot.rules import forms
from bot.rules.signing import ACKNOWLEDGE, READ, SIGN, PartyTo
from storage.queries import people as people_queries
from storage.tables.meetings import Session
from storage.tables.written import Document


@dataclass(frozen=True)
class Place:
    """What a form hangs on: a session, a pair, or only the enrolled person."""

    session: Session | None = None
    relationship_id: UUID | None = None

    @property
    def pair_id(self) -> UUID | None:
        """The relationship it lives in."""
        return self.session.relationship_id if self.session else self.relationship_id

    def __str__(self) -> str:
        if self.session:
            return f"session:{self.session.id}"
        return f"relationship:{self.relationship_id}" if self.relationship_id else ""


def place_of(db: Db, document: Document) -> Place:
    """Return what a document hangs on."""
    session = db.get(Session, document.session_id) if document.session_id else None
    return Place(session, document.relationship_id)


def people_in(known: Known, place: Place, role: str) -> tuple[UUID, ...]:
    """Return who fills a role: who led the session, who is in the pair today, else who fills it for the person."""
    if place.session and leads(known, place.session) == role:
        return (place.session.led_by_id,)
    if place.pair_id and (present := known.present(place.pair_id, role)):
        return present
    return known.roles.get(role, ())


def leads(known: Known, session: Session) -> str:
    """Return the role that leads sessions of this kind."""
    card = known.programme.session.get(session.kind)
    return card.led_by if card else ""


def roles_of(known: Known, place: Place, form: Form, parts: dict[str, Part], person_id: UUID) -> tuple[str, ...]:
    """Return the roles of a form that somebody fills today."""
    named = dict.fromkeys((*forms.all_writers(form, parts), *form.signed_by, *form.acknowledged_by))
    return tuple(role for role in named if person_id in people_in(known, place, role))


def parties_for(known: Known, place: Place, form: Form, parts: dict[str, Part], author_id: UUID) -> tuple[PartyTo, ...]:
    """Return everyone who will stand on a version when it goes out, in the form's order."""
    found = dict.fromkeys(_named(known, place, form, parts))
    names = people_queries.list_people(known.db, ids=[person_id for person_id, *_ in found] + [author_id])
    standing = {person_id for person_id, *_ in found}
    rows = [PartyTo(p, role, does, names[p].name, n) for p, role, does, n in found if p in names]
    if author_id not in standing:
        rows.append(PartyTo(author_id, "", READ, names[author_id].name))
    return tuple(rows)


def _named(known: Known, place: Place, form: Form, parts: dict[str, Part]) -> Iterator[tuple[UUID, str, str, int]]:
    does = ((SIGN, form.signed_by), (ACKNOWLEDGE, form.acknowledged_by))
    seen: set[UUID] = set()
    for what, roles in does:
        for n, role in enumerate(roles):
            for person_id in people_in(known, place, role):
                seen.add(person_id)
                yield person_id, role, what, n
    if form.audience in {"counts only", "writer"}:
        return
    readers = (*forms.all_writers(form, parts), *((known.programme.about.participant,) if form.about != "team" else ()))
    for role in dict.fromkeys(readers):
        for person_id in people_in(known, place, role):
            if person_id not in seen:
                yield person_id, role, READ, 0


def owner_of(known: Known, form: Form, parts: dict[str, Part], place: Place, author_id: UUID) -> UUID:
    """Return whom the text is about, under whose key it is sealed: the participant, or a writer writing of themself.

    A mentor's own profile is the mentor's, though it belongs to somebody's programme (privacy.md, At rest).
    """
    if place.session:
        return place.session.about_id
    participant = known.programme.about.participant
    named = (*forms.all_writers(form, parts), *form.signed_by)
    of_the_writer = form.kind in {"plan", "reflection", "survey"} and participant not in named
    return author_id if of_the_writer else known.person.id


def names_of(db: Db, ids: list[UUID]) -> dict[UUID, str]:
    """Return the names of these people."""
    return {person_id: person.name for person_id, person in people_queries.list_people(db, ids=ids).items()}
