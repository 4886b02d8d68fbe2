"""Facts about one enrolment, gathered from the tables for the due rules: dated happenings, and who fills which role."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import cached_property
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlmodel import Session as Db

from bot.actions import catalogue, working_times
from bot.calendars import library_version
from bot.programmes.programme import Programme
from bot.rules import progress as progress_rules
from bot.rules.absences import Absence
from bot.rules.due_facts import Facts, Happening
from bot.rules.enrolment import share_of_full_time, stretch
from bot.rules.progress import Signed
from bot.rules.slots import WorkingTime, slot_on
from storage.queries import documents as document_queries
from storage.queries import facts as rows
from storage.queries import people as people_queries
from storage.queries import together
from storage.queries import training as training_queries
from storage.tables import people as tables
from storage.tables.meetings import Session
from storage.tables.people import Person, Team
from storage.tables.programmes import Enrolment
from storage.tables.progress import CriterionProgress, SignOff, TrainingRecord
from storage.tables.together import Membership, Relationship
from storage.tables.written import Document, Party, Signature

Happenings = dict[str, set[Happening]]


@dataclass
class Known:
    """Everything the rules need about one enrolment at one moment, read once in one transaction."""

    db: Db
    enrolment: Enrolment
    now: datetime
    filled: dict[str, tuple[UUID, ...]] = field(default_factory=dict)  # role → people, beyond relationships

    @cached_property
    def person(self) -> Person:
        return people_queries.get_person(self.db, self.enrolment.person_id)

    @cached_property
    def today(self) -> date:
        return self.now.astimezone(ZoneInfo(self.person.zone)).date()

    @cached_property
    def programme(self) -> Programme:
        return catalogue.programme_of(self.db, self.enrolment.version_id)

    @cached_property
    def closed(self) -> frozenset[date]:
        return working_times.closed_days(self.db, self.person, self.absences, around=self.today)

    @cached_property
    def absences(self) -> Sequence[tables.Absence]:
        """Their leave and every closure that reaches them."""
        return working_times.absences_of(self.db, self.person)

    @cached_property
    def counted_by(self) -> str:
        """By which calendar working days are counted, to be kept beside a day worked out with it."""
        return f"{working_times.nation_of(self.db, self.person)}, holidays {library_version()}"

    @cached_property
    def relationships(self) -> Sequence[Relationship]:
        return rows.list_all_relationships(self.db, enrolment_id=self.enrolment.id)

    @cached_property
    def members(self) -> Sequence[Membership]:
        return rows.list_all_members(self.db, enrolment_id=self.enrolment.id)

    @cached_property
    def sessions(self) -> Sequence[Session]:
        return rows.list_sessions(self.db, enrolment_id=self.enrolment.id)

    @cached_property
    def sessions_by_subject(self) -> dict[str, Session]:
        """Every session by what a due item calls it, "session:<id>"."""
        return {f"session:{session.id}": session for session in self.sessions}

    @cached_property
    def documents(self) -> Sequence[Document]:
        return rows.list_documents(self.db, enrolment_id=self.enrolment.id)

    @cached_property
    def documents_by_place(self) -> dict[tuple[str, str], list[Document]]:
        """Every version, oldest first, by its form and where it hangs: "session:<id>", or the id of a pair, or none."""
        found: dict[tuple[str, str], list[Document]] = defaultdict(list)
        for document in self.documents:
            places = (f"session:{document.session_id}", str(document.relationship_id or ""))
            for place in places if document.session_id else places[1:]:
                found[document.form, place].append(document)
        return found

    @cached_property
    def signatures(self) -> dict[UUID, list[Signature]]:
        """Signatures by document."""
        found: dict[UUID, list[Signature]] = defaultdict(list)
        for signature in rows.list_signatures(self.db, enrolment_id=self.enrolment.id):
            found[signature.document_id].append(signature)
        return found

    @cached_property
    def parties(self) -> dict[UUID, list[Party]]:
        """Who stands on each version to sign it or to take note of it, by document."""
        found: dict[UUID, list[Party]] = defaultdict(list)
        for party in rows.list_parties(self.db, enrolment_id=self.enrolment.id):
            found[party.document_id].append(party)
        return found

    @cached_property
    def filled_in(self) -> dict[str, str]:
        """What agreements in force fill in: "session.mentoring.when" → "every week".

        Nobody reads the text here: it leaves as a rule, and a rule is no content.
        """
        found: dict[str, str] = {}
        for document in self.documents:
            sets = rhythm_parts(self.programme, document.form)
            if sets and document.state == "locked" and not document.kept_elsewhere:
                answers = document_queries.list_answers(self.db, document, parts=sets)
                found |= {sets[answer.part]: answer.text for answer in answers}
        return found

    @cached_property
    def progress(self) -> Sequence[CriterionProgress]:
        return rows.list_progress(self.db, enrolment_id=self.enrolment.id)

    @cached_property
    def sign_offs(self) -> dict[UUID, list[SignOff]]:
        """Sign-offs that stand, by progress row."""
        found: dict[UUID, list[SignOff]] = defaultdict(list)
        for one in rows.list_sign_offs(self.db, enrolment_id=self.enrolment.id):
            if one.withdrawn_at is None and one.outcome == "met":
                found[one.progress_id].append(one)
        return found

    @cached_property
    def training(self) -> Sequence[TrainingRecord]:
        """Every completion of the person, withdrawn ones too."""
        return training_queries.list_every_training(self.db, person_id=self.person.id)

    def present(self, relationship_id: UUID, role: str) -> tuple[UUID, ...]:
        """Return who has a role in a relationship today: whoever is asked first, and last those others stand in for."""
        return self._present.get((relationship_id, role), ())

    @cached_property
    def _present(self) -> dict[tuple[UUID, str], tuple[UUID, ...]]:
        here = [member for member in self.members if self.is_here(member, self.today)]
        covered = {(member.relationship_id, member.covers_id) for member in here}
        found: dict[tuple[UUID, str], tuple[UUID, ...]] = defaultdict(tuple)
        for member in sorted(here, key=lambda each: (each.relationship_id, each.id) in covered):
            found[member.relationship_id, member.role] += (member.person_id,)
        return found

    def is_here(self, membership: Membership, day: date) -> bool:
        """Say whether a membership holds on a day, and its person has not left the service by then."""
        last_day = self.last_day_of(membership)
        return membership.from_on <= day and (last_day is None or last_day >= day)

    def last_day_of(self, membership: Membership) -> date | None:
        """Return the last day of a membership: its own, or the person's in the service."""
        days = (membership.until_on, self._leaving.get(membership.person_id))
        return min((day for day in days if day), default=None)

    def has_left(self, person_id: UUID) -> bool:
        """Say whether somebody's last day in the service is over: nothing is asked of them any more."""
        if person_id not in self._left:
            leaves_on = people_queries.get_person(self.db, person_id).leaves_on
            self._left[person_id] = leaves_on is not None and leaves_on < self.today
        return self._left[person_id]

    @cached_property
    def _left(self) -> dict[UUID, bool]:
        """Whether each of those asked after has left."""
        return {}

    def last_days(self) -> tuple[date, ...]:
        """Return the last day in the service of each person who fills a role today and is known to leave."""
        filling = {person_id for people in self.roles.values() for person_id in people}
        days = (people_queries.get_person(self.db, person_id).leaves_on for person_id in filling)
        return tuple(day for day in days if day)

    @cached_property
    def _leaving(self) -> dict[UUID, date | None]:
        people = people_queries.list_people(self.db, ids=[member.person_id for member in self.members])
        return {person.id: person.leaves_on for person in people.values()}

    @cached_property
    def roles(self) -> dict[str, tuple[UUID, ...]]:
        """Who fills which role for this person today: in their relationships, above them, and over the programme."""
        found: dict[str, tuple[UUID, ...]] = {self.programme.about.participant: (self.person.id,)}
        for relationship in self.relationships:
            if relationship.state == "closed":
                continue
            for role in dict.fromkeys(m.role for m in self.members if m.relationship_id == relationship.id):
                present = self.present(relationship.id, role)
                found[role] = tuple(dict.fromkeys((*found.get(role, ()), *present)))
        above = {"line-manager": self.person.line_manager_id, "team-manager": self._team_manager()}
        for role, person_id in above.items():
            if person_id and role not in found and not self.has_left(person_id):
                found[role] = (person_id,)
        leads = people_queries.list_role_holders(
            self.db, role=people_queries.LEAD, on=self.today, programme=self.enrolment.programme
        )
        found[self.programme.about.lead] = found["lead"] = tuple(lead.id for lead in leads)
        return {role: people for role, people in found.items() if people}

    def _team_manager(self) -> UUID | None:
        team = self.db.get(Team, self.person.team_id) if self.person.team_id else None
        return team.manager_id if team else None

    def facts(self) -> Facts:
        """Return what the pure rules take."""
        settings = together.find_settings(self.db, programme=self.enrolment.programme)
        happened: Happenings = defaultdict(set)
        for source in (_of_relationships, _of_sessions, _of_documents, _of_progress, _of_training):
            for event, happening in source(self):
                happened[event].add(happening)
        return Facts(
            start=self.enrolment.starts_on,
            end=self.enrolment.ends_on,
            level=self.enrolment.level,
            roles=frozenset(self.roles),
            happenings={event: tuple(sorted(found)) for event, found in happened.items()},
            stretch=stretch(self.programme, self.enrolment.level, share_of_full_time(self.person.weekly_hours)),
            excused=tuple(Absence(a.from_on, a.until_on) for a in self.absences if a.person_id),
            go_live_on=settings.go_live_on if settings else None,
            works=self._works,
        )

    def _works(self, day: date) -> bool:
        return slot_on(self._working_time, day) is not None

    @cached_property
    def _working_time(self) -> WorkingTime:
        """Their hours without their leave: what counts as a working day that leave takes."""
        working = working_times.working_time(
            self.person, self.absences, around=self.today, back=working_times.FULL_PAST
        )
        return replace(working, absences=())


def know(db: Db, enrolment: Enrolment, *, now: datetime) -> Known:
    """Return what is known of an enrolment; each part is read when first asked for."""
    return Known(db, enrolment, now)


def rhythm_parts(programme: Programme, form: str) -> dict[str, str]:
    """Return the parts of an agreement that change a rule, each with what it sets: "session.mentoring.when"."""
    return {name: part.sets for name, part in programme.part.get(form, {}).items() if part.sets}


Found = Iterator[tuple[str, Happening]]


def _of_relationships(known: Known) -> Found:
    for relationship in known.relationships:
        own = str(relationship.id)
        matched_on = max(relationship.began_on, known.enrolment.starts_on)  # a pair made ahead counts from the start
        yield f"{relationship.kind} matched", Happening(matched_on, relationship=own)
        if relationship.closed_on:
            yield f"{relationship.kind} ended", Happening(relationship.closed_on, relationship=own)
        for event, day in _changes(known, relationship):
            yield event, Happening(day, relationship=own)


def _changes(known: Known, relationship: Relationship) -> Iterator[tuple[str, date]]:
    """A supporter who came after the beginning is a change."""
    card = known.programme.relationship.get(relationship.kind)
    for member in known.members:
        later = member.from_on > relationship.began_on and not member.covers_id
        if card and member.relationship_id == relationship.id and member.role == card.by and later:
            yield f"{relationship.kind} change", member.from_on


def _of_sessions(known: Known) -> Found:
    for session in known.sessions:
        subject, pair = f"session:{session.id}", str(session.relationship_id or "")
        if session.state == "held" and session.held_on:
            yield f"{session.kind} held", Happening(session.held_on, subject, pair)
            card = known.programme.session.get(session.kind)
            if card and card.counts_as:
                yield f"{card.counts_as} held", Happening(session.held_on, subject, pair)
        if session.planned_at and session.state != "moved":
            day = session.planned_at.astimezone(ZoneInfo(session.zone)).date()
            if session.state in ("planned", "held"):
                yield f"{session.kind} planned", Happening(day, subject, pair)
            else:
                yield f"{session.kind} not held", Happening(day, subject, pair)


def _of_documents(known: Known) -> Found:
    standing = [document for document in known.documents if document.state != "withdrawn"]
    newest = {document.series: document for document in standing if document.shared_at}
    for document in standing:
        yield from _of_document(known, document)
        is_newest = newest.get(document.series) is document and document.state not in ("returned", "superseded")
        for event, happening in _of_signatures(known, document):
            if is_newest or " acknowledged by " in event:  # a new version is signed anew; what was read stays read
                yield event, happening


def _of_document(known: Known, document: Document) -> Found:
    """What one version of a document brought about; of what is private to its writer only that it was begun."""
    subject, pair = _hangs_on(known, document)
    role = _role_of(known, document.author_id, document)
    session = _session_of(known, document)
    kind = session.kind if session else ""
    if document.kind == "preparation":
        yield f"{kind} prepared by {role}", _on(known, document.started_at, subject, pair)
    elif document.kind == "reflection":
        yield f"{document.form} written", _on(known, document.started_at, subject, pair)
    elif document.shared_at:
        happening = _on(known, document.shared_at, subject, pair)
        yield f"{document.form} written", happening
        yield f"{document.form} written by {role}", happening
        yield f"{kind}/{document.form} shared", happening
    if document.in_force_on:
        happening = Happening(document.in_force_on, subject, pair)
        yield f"{document.form} in force", happening
        yield f"{document.form} done", happening
        if document.number > 1:
            yield f"{document.form} reviewed", happening


def _hangs_on(known: Known, document: Document) -> tuple[str, str]:
    """Return the subject and the relationship that what happens to a document is about."""
    return f"session:{document.session_id}" if document.session_id else "", str(_pair_of(known, document) or "")


def _of_signatures(known: Known, document: Document) -> Found:
    signatures, (subject, pair) = known.signatures[document.id], _hangs_on(known, document)
    for role in dict.fromkeys(signature.role for signature in signatures):
        signed = [s for s in signatures if s.role == role and s.signed_at]
        meaning = "acknowledged" if all(s.meaning == "acknowledged" for s in signed) else "signed"
        if signed and _everybody_has(known, document, role, signed):
            latest = max(s.signed_at for s in signed if s.signed_at)
            yield f"{document.form} {meaning} by {role}", _on(known, latest, subject, pair)


def _everybody_has(known: Known, document: Document, role: str, signed: Sequence[Signature]) -> bool:
    """An agreement needs everybody who stands on it in the role; the record of a session any one of them."""
    if document.session_id or not document.relationship_id:
        return True
    standing = {party.person_id for party in known.parties[document.id] if party.role == role}
    return standing <= {s.person_id for s in signed}


def _pair_of(known: Known, document: Document) -> UUID | None:
    if document.relationship_id:
        return document.relationship_id
    session = _session_of(known, document)
    return session.relationship_id if session else None


def _session_of(known: Known, document: Document) -> Session | None:
    return known.sessions_by_subject.get(f"session:{document.session_id}") if document.session_id else None


def _role_of(known: Known, person_id: UUID, document: Document) -> str:
    """Return the role in which somebody wrote."""
    pair = _pair_of(known, document)
    in_pair = (m.role for m in known.members if m.person_id == person_id and m.relationship_id == pair)
    elsewhere = (role for role, people in known.roles.items() if person_id in people and role != "lead")
    return next(in_pair, next(elsewhere, ""))


def _of_progress(known: Known) -> Found:
    complete = {row.criterion: day for row in known.progress if (day := criterion_completed_on(known, row))}
    for criterion, day in complete.items():
        yield f"{criterion} signed off", Happening(day, f"criterion:{criterion}")
    for checklist in known.programme.checklist:
        needed = applicable_criteria(known.programme, checklist, known.enrolment.level)
        if needed and all(criterion in complete for criterion in needed):
            last = max(complete[criterion] for criterion in needed)
            yield f"{checklist} complete", Happening(last, f"checklist:{checklist}")


def criterion_completed_on(known: Known, row: CriterionProgress) -> date | None:
    """Return the day a criterion was completed, or None."""
    card = known.programme.criterion.get(row.criterion)
    if card is None:
        return None
    signed = [Signed(s.occasion_on, str(s.signer_id)) for s in known.sign_offs[row.id]]
    second = known.programme.checklist[card.checklist].second
    return progress_rules.completed_on(signed, row.signatures_needed, second)


def applicable_criteria(programme: Programme, checklist: str, level: str) -> tuple[str, ...]:
    """Return the criteria of a checklist that bind a level, in the order of the file (seed-systems 003-50)."""
    return tuple(
        name
        for name, card in programme.criterion.items()
        if card.checklist == checklist and (not card.applies_to or level in card.applies_to)
    )


def _of_training(known: Known) -> Found:
    for record in known.training:
        if record.course and record.withdrawn_at is None:
            yield f"{record.course} done", Happening(record.done_on, f"course:{record.course}")


def _on(known: Known, at: datetime | None, subject: str, pair: str) -> Happening:
    assert at is not None
    return Happening(at.astimezone(ZoneInfo(known.person.zone)).date(), subject, pair)
