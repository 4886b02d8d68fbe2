"""Which courses bind somebody, and who verifies what they log: by their programmes and the roles they hold."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlmodel import Session as Db

from bot.actions.catalogue import programme_of
from bot.actions.facts import Known, know
from bot.programmes.cards import Course
from bot.programmes.programme import Programme
from bot.rules.cadence import adjusted
from bot.rules.due import due_rules
from bot.rules.due_facts import DueRule, Facts, applies
from bot.rules.working_days import local_date
from storage.queries import people as people_queries
from storage.queries import together
from storage.queries.enrolments import get_relationship
from storage.tables.people import Person
from storage.tables.progress import TrainingRecord

OTHER_TRAINING = "Other training"  # what is in no catalogue, where the name somebody typed for it may not be said
CHECKERS = ("line-manager", "lead")  # where a course names nobody (seed-systems 000-46)


@dataclass(frozen=True)
class Bound:
    """One course that binds somebody, and the programme that asks for it."""

    course: str
    card: Course
    programme: Programme
    known: Known | None = None  # their own place on it; none where a role beside somebody else asks for it
    rules: Mapping[str, DueRule] | None = None  # of their own place, by key

    def rule(self, ending: str = "") -> DueRule | None:
        """Return the rule that dates the course the first time, or its renewal."""
        return (self.rules or {}).get(f"course.{self.course}{ending}")


class Plans:
    """The plans of the people one transaction meets, each worked out once."""

    def __init__(self, db: Db, now: datetime) -> None:
        self.db, self.now = db, now
        self._found: dict[UUID, tuple[Bound, ...]] = {}

    def of(self, person: Person) -> tuple[Bound, ...]:
        """Return every course that binds somebody, in the order of the files; of two of one name, the older place's."""
        if person.id not in self._found:
            found: dict[str, Bound] = {}
            for bound in (*_as_participant(self.db, person, self.now), *_for_their_roles(self.db, person, self.now)):
                found.setdefault(bound.course, bound)
            self._found[person.id] = tuple(found.values())
        return self._found[person.id]

    def bound(self, record: TrainingRecord) -> Bound | None:
        """Return the course of its person's plan that a completion belongs to, if it does."""
        person = people_queries.get_person(self.db, record.person_id)
        return next((one for one in self.of(person) if one.course == record.course), None)

    def title(self, record: TrainingRecord) -> str:
        """Return what a completion is called: its own title, else that of its course."""
        bound = None if record.title else self.bound(record)
        return record.title or (bound.card.title if bound else record.course)

    def public_title(self, record: TrainingRecord) -> str:
        """Return what a completion may be called outside a form: never the words somebody typed."""
        bound = self.bound(record)
        return bound.card.title if bound else OTHER_TRAINING

    def checkers(self, record: TrainingRecord) -> tuple[UUID, ...]:
        """Return who may verify a completion: whom its course names, else the line manager and the leads.

        Never whose it is, nor whoever logged it.
        """
        person, bound = people_queries.get_person(self.db, record.person_id), self.bound(record)
        roles = _roles_around(self.db, person, bound, self.now)
        named = [p for role in (bound.card.verified_by if bound else ()) for p in roles.get(role, ())]
        found = named or [p for role in CHECKERS for p in roles.get(role, ())]
        return tuple(dict.fromkeys(p for p in found if p not in (record.person_id, record.logged_by_id)))


def _as_participant(db: Db, person: Person, now: datetime) -> Iterator[Bound]:
    for enrolment in together.list_enrolments(db, person_id=person.id):
        known = know(db, enrolment, now=now)
        facts = Facts(
            start=enrolment.starts_on, end=enrolment.ends_on, level=enrolment.level, roles=frozenset(known.roles)
        )
        rules = {rule.key: rule for rule in due_rules(known.programme, facts, {})}
        cards: Mapping[str, Course] = adjusted(known.programme, facts, {}).cards["course"]
        participant = known.programme.about.participant
        for name, card in cards.items():
            if applies(card, facts) and participant in (card.needed_by or (participant,)):
                yield Bound(name, card, known.programme, known, rules)


def _for_their_roles(db: Db, person: Person, now: datetime) -> Iterator[Bound]:
    for member in together.list_memberships_of(db, person_id=person.id, on=local_date(now, person.zone)):
        programme = programme_of(db, get_relationship(db, member.relationship_id).version_id)
        if member.role != programme.about.participant:
            for name, card in programme.course.items():
                if member.role in card.needed_by:
                    yield Bound(name, card, programme)


def _roles_around(db: Db, person: Person, bound: Bound | None, now: datetime) -> Mapping[str, Iterable[UUID]]:
    if bound and bound.known:
        return bound.known.roles
    programme = bound.programme if bound else None
    leads = people_queries.list_role_holders(
        db, role=people_queries.LEAD, on=local_date(now, person.zone), programme=programme.key if programme else None
    )
    found = {"lead": [lead.id for lead in leads]}
    if programme:
        found[programme.about.lead] = found["lead"]
    if person.line_manager_id:
        found["line-manager"] = [person.line_manager_id]
    return found
