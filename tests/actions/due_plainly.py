"""What must be owed, in plain words and without the rules' own code: each says a fault as a sentence."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from uuid import UUID
from zoneinfo import ZoneInfo

from dateutil.relativedelta import relativedelta
from sqlmodel import Session as Db
from sqlmodel import col

from bot.actions.catalogue import programme_of
from bot.programmes.cards import Course, Form
from bot.programmes.programme import Programme
from bot.rules.when import Once, Rolling
from bot.rules.working_days import local_date
from storage.queries.people import LEAD, list_role_holders
from storage.tables.delivery import DueItem
from storage.tables.meetings import Session
from storage.tables.people import Person, Team
from storage.tables.programmes import Enrolment, ProgrammeSettings
from storage.tables.progress import CriterionProgress, SignOff, TrainingRecord
from storage.tables.together import Membership, Relationship
from storage.tables.written import Document, Party, Signature
from tests.actions.doings.world import World, live_enrolments, rows

LATEST_GRACE = relativedelta(
    days=90 + 28 + 21
)  # of a course: its own length, or go-live's with the spread of the weeks


def plainly(db: Db, world: World) -> Iterator[str]:
    """Hold every enrolment of somebody who is here against the plain words."""
    for enrolment in live_enrolments(db):
        place = Place(db, world, enrolment)
        if not place.is_gone(place.person):
            for ask in (courses, renewals, records, meetings, criteria, checks, changes, supporters):
                yield from ask(place)


@dataclass
class Place:
    """One enrolment with its rows, as they lie there."""

    db: Db
    world: World
    enrolment: Enrolment

    @cached_property
    def person(self) -> Person:
        return self.someone(self.enrolment.person_id)

    @cached_property
    def programme(self) -> Programme:
        return programme_of(self.db, self.enrolment.version_id)

    @cached_property
    def today(self) -> date:
        return self.world.now.astimezone(ZoneInfo(self.person.zone)).date()

    @cached_property
    def go_live_on(self) -> date | None:
        settings = self.db.get(ProgrammeSettings, self.enrolment.programme)
        return settings.go_live_on if settings else None

    @property
    def begins_on(self) -> date:
        return max(self.enrolment.starts_on, self.go_live_on or self.enrolment.starts_on)

    @property
    def met_since(self) -> date:
        """Return since when meetings are asked about: also ahead of the start, for who met sooner."""
        return self.go_live_on or self.enrolment.starts_on

    @cached_property
    def all_rows(self) -> Sequence[DueItem]:
        return rows(self.db, DueItem, DueItem.enrolment_id == self.enrolment.id)

    @cached_property
    def pairs(self) -> Sequence[Relationship]:
        return rows(self.db, Relationship, Relationship.enrolment_id == self.enrolment.id)

    @cached_property
    def sessions(self) -> Sequence[Session]:
        return rows(self.db, Session, Session.enrolment_id == self.enrolment.id)

    @cached_property
    def training(self) -> Sequence[TrainingRecord]:
        return rows(self.db, TrainingRecord, TrainingRecord.person_id == self.person.id)

    def someone(self, person_id: UUID) -> Person:
        found = self.db.get(Person, person_id)
        assert found
        return found

    def is_gone(self, person: Person) -> bool:
        return person.leaves_on is not None and person.leaves_on < self.today

    def open(self, rule: str, subject: str = "") -> list[DueItem]:
        """Return the open rows of a rule, about something if it is told."""
        return [r for r in self.all_rows if r.state == "open" and r.rule == rule and subject in {"", r.subject}]

    def standing(self, course: str) -> list[date]:
        """Return the days on which a course was done, by the records that stand."""
        return sorted(r.done_on for r in self.training if r.course == course and r.withdrawn_at is None)

    def present(self, pair: Relationship, role: str) -> set[UUID]:
        """Return who stands in a pair today in a role, covers too."""
        return {
            m.person_id
            for m in rows(self.db, Membership, Membership.relationship_id == pair.id, Membership.role == role)
            if m.from_on <= self.today and (m.until_on is None or m.until_on >= self.today)
            if not self.is_gone(self.someone(m.person_id))
        }

    def asked_first(self, pair: Relationship, role: str) -> set[UUID]:
        """Return who stands in a pair today, without those for whom somebody else stands in."""
        here = self.present(pair, role)
        covers = rows(
            self.db, Membership, Membership.relationship_id == pair.id, col(Membership.covers_id).is_not(None)
        )
        standing = [m for m in covers if m.person_id in here and m.from_on <= self.today]
        covered = {m.covers_id for m in standing if m.until_on is None or m.until_on >= self.today}
        of_them = rows(self.db, Membership, col(Membership.id).in_(covered))
        return here - {m.person_id for m in of_them} or here

    def filling(self, role: str) -> set[UUID]:
        """Return who fills a role for this person today, wherever that is said."""
        beside = {p for pair in self.pairs if pair.state != "closed" for p in self.present(pair, role)}
        above: dict[str, UUID | None] = {
            "line-manager": self.person.line_manager_id,
            "team-manager": self._team_manager(),
        }
        if not beside and (one := above.get(role)) and not self.is_gone(self.someone(one)):
            return {one}
        leads = list_role_holders(self.db, role=LEAD, on=self.today, programme=self.enrolment.programme)
        return {lead.id for lead in leads} if role in {"lead", self.programme.about.lead} else beside

    def _team_manager(self) -> UUID | None:
        team = self.db.get(Team, self.person.team_id) if self.person.team_id else None
        return team.manager_id if team else None


def _dated_courses(place: Place) -> Iterator[tuple[str, Course]]:
    for name, card in place.programme.course.items():
        is_theirs = place.programme.about.participant in (card.needed_by or (place.programme.about.participant,))
        if is_theirs and (not card.applies_to or place.enrolment.level in card.applies_to):
            yield name, card


def courses(place: Place) -> Iterator[str]:
    """A course that the plan dates is one open row until it is done; what is withdrawn counts as never done."""
    ends_on = place.enrolment.ends_on
    for name, card in _dated_courses(place):
        found = [row for row in place.all_rows if row.rule == f"course.{name}"]
        waived, asked, done = any(r.not_applicable for r in found), place.open(f"course.{name}"), place.standing(name)
        if card.when is None or waived:
            continue
        if done and (asked or [r.state for r in found] != ["done"]):
            yield f"course {name} is done and its rows are {[r.state for r in found]}"
        if not done and len(asked) != 1 and (ends_on is None or place.begins_on + LATEST_GRACE <= ends_on):
            yield f"course {name} was never done and has {len(asked)} open rows"


def renewals(place: Place) -> Iterator[str]:
    """A course that lapses is owed again so many months after it was last done, once."""
    for name, card in _dated_courses(place):
        done, asked = place.standing(name), place.open(f"course.{name}#renew")
        if card.renew is None:
            continue
        if not done:
            if asked:
                yield f"course {name} was never done and is to be renewed"
            continue
        on = done[-1] + relativedelta(months=card.renew.most.n)
        moved = done[-1] < place.begins_on
        waived = any(r.not_applicable for r in place.all_rows if r.rule == f"course.{name}#renew")
        is_owed = place.enrolment.ends_on is None or on <= place.enrolment.ends_on
        if is_owed and not moved and not waived and [row.due_on for row in asked] != [on]:
            yield f"course {name}, last done {done[-1]}, is to be renewed by {[str(r.due_on) for r in asked]}, not {on}"
        if len(asked) > 1:
            yield f"course {name} is to be renewed {len(asked)} times"


def records(place: Place) -> Iterator[str]:
    """A meeting that was held owes its record, then one signature of each who signs; one that was not owes nothing."""
    for session in place.sessions:
        about, card = f"session:{session.id}", place.programme.session[session.kind]
        open_here = [r for r in place.all_rows if r.state == "open" and r.subject == about]
        if session.state in {"cancelled", "missed"} and open_here:
            yield f"a {session.state} meeting is asked about: {[r.rule for r in open_here]}"
        if session.state == "held" and any(r.rule.endswith("#outcome") or "#prepare" in r.rule for r in open_here):
            yield "a meeting that was held is still to be held or prepared for"
        if session.state != "held" or not card.record or session.held_on is None:
            continue
        yield from _record(place, session, card.record, place.programme.form[card.record])


def _record(place: Place, session: Session, name: str, form: Form) -> Iterator[str]:
    about, path = f"session:{session.id}", f"session.{session.kind}/form.{name}"
    assert session.held_on
    versions = rows(
        place.db, Document, Document.session_id == session.id, Document.form == name, Document.kind != "preparation"
    )
    out = [d for d in versions if d.shared_at and d.state != "withdrawn"]
    leader_gone, asked = place.is_gone(place.someone(session.led_by_id)), place.open(f"{path}#share", about)
    is_owed = session.held_on >= place.met_since and not out and not leader_gone
    if [row.owner_id for row in asked] != ([session.led_by_id] if is_owed and _makes_rows(form) else []):
        yield f"{path}: {len(asked)} asked to share; {len(out)} went out, held {session.held_on}"
    if out and out[-1].state == "out":
        yield from _signatures(place, out[-1], form, path, about)
    elif any(row.state == "open" and row.subject == about and "#sign:" in row.rule for row in place.all_rows):
        yield f"{path}: nothing is out, and somebody is asked to sign"


def _makes_rows(form: Form) -> bool:
    return bool(form.share_within or form.signed_by or form.acknowledged_by)


def _signatures(place: Place, document: Document, form: Form, path: str, about: str) -> Iterator[str]:
    signed = {s.role for s in rows(place.db, Signature, Signature.document_id == document.id)}
    parties = rows(place.db, Party, Party.document_id == document.id, Party.does == "sign")
    assert document.shared_at
    if local_date(document.shared_at, place.person.zone) < place.met_since:
        return
    for role in form.signed_by:
        standing = {p.person_id for p in parties if p.role == role and not place.is_gone(place.someone(p.person_id))}
        asked = [row.owner_id for row in place.open(f"{path}#sign:{role}", about)]
        if role in signed and asked:
            yield f"{path}: {role} has signed and is asked to"
        if role not in signed and standing and (len(asked) != 1 or asked[0] not in standing):
            yield f"{path}: {role} has not signed, {len(asked)} are asked, and they could: {set(asked) <= standing}"


def meetings(place: Place) -> Iterator[str]:
    """A pair owes one meeting of each rhythm at a time: asked for, or planned; whoever leads it stands there today."""
    for pair in place.pairs:
        for name, card in place.programme.session.items():
            if card.relationship != pair.kind or not isinstance(card.when, Rolling):
                continue
            owed = [
                row
                for row in place.all_rows
                if row.rule == f"session.{name}" and row.scope_id == pair.id and row.state in {"open", "arranged"}
            ]
            if len(owed) > 1:
                yield f"session {name} is owed {len(owed)} times at once"
            planned = any(
                s.state == "planned" and s.kind == name and s.relationship_id == pair.id and s.falls_on >= place.today
                for s in place.sessions
            )
            if owed and (owed[0].state == "arranged") != planned:
                yield f"session {name} is {owed[0].state} and planned: {planned}"
            if owed and pair.state != "active":
                yield f"session {name} is owed by a pair that is {pair.state}"
            leaders = place.asked_first(pair, card.led_by)
            if owed and leaders and owed[0].owner_id not in leaders:
                yield f"session {name} is asked of somebody who does not stand in its pair today, or is stood in for"


def criteria(place: Place) -> Iterator[str]:
    """Whoever is asked to sign off is asked once, and may; what is signed, returned or not asked for asks nobody."""
    for row in rows(place.db, CriterionProgress, CriterionProgress.enrolment_id == place.enrolment.id):
        card = place.programme.checklist[place.programme.criterion[row.criterion].checklist]
        signers = {p for role in card.signed_by for p in place.filling(role)} - {place.person.id}
        asked = [one.owner_id for one in place.open("ask.sign-off", f"criterion:{row.criterion}")]
        if len(asked) != bool(row.ready_at and signers) or not set(asked) <= signers:
            yield f"criterion {row.criterion} asks {len(asked)}, ready {row.ready_at}, {len(signers)} may sign"
        met = [s for s in rows(place.db, SignOff, SignOff.progress_id == row.id) if s.outcome == "met"]
        standing = [s for s in met if s.withdrawn_at is None]
        if not standing and any(r.state == "done" for r in place.all_rows if r.rule == f"criterion.{row.criterion}"):
            yield f"criterion {row.criterion} counts as shown and nobody has signed it"


def checks(place: Place) -> Iterator[str]:
    """A completion is to be verified by one other person until it is, and no longer when it is withdrawn."""
    for record in place.training:
        asked = [row.owner_id for row in place.open("ask.verify", f"training:{record.id}")]
        if len(asked) > 1 or {place.person.id, record.logged_by_id} & set(asked):
            yield f"training in {record.course} is to be verified by {len(asked)}, or by whoever did or logged it"
        if asked and (record.verified_at or record.withdrawn_at or record.imported):
            yield f"training in {record.course} needs no look, and somebody is asked for one"
        is_ours = record.course in place.programme.course
        if is_ours and not asked and not (record.verified_at or record.withdrawn_at or record.imported):
            roles = place.programme.course[record.course].verified_by
            if {p for role in roles for p in place.filling(role)} - {place.person.id, record.logged_by_id}:
                yield f"training in {record.course} waits to be verified and nobody is asked"


def changes(place: Place) -> Iterator[str]:
    """What came back is its author's to change until another version goes out."""
    versions = rows(place.db, Document, Document.enrolment_id == place.enrolment.id)
    for document in versions:
        if document.returned_at is None:
            continue
        later = [d for d in versions if d.series == document.series and d.number > document.number]
        followed = any(d.shared_at and d.state != "withdrawn" for d in later)
        asked = place.open("ask.changes", f"document:{document.series}")
        of_this = [row.owner_id for row in asked if row.period == str(document.number)]
        gone = place.is_gone(place.someone(document.author_id))
        if of_this != ([] if followed or gone or document.state == "withdrawn" else [document.author_id]):
            yield f"{document.form} {document.number} came back, followed {followed}: {len(of_this)} asked to change it"


def supporters(place: Place) -> Iterator[str]:
    """A lead is asked for whoever is missing in a kind of pair whose meetings are dated, and only then."""
    dated = {c.relationship for c in place.programme.session.values() if isinstance(c.when, Rolling | Once)}
    for kind, card in place.programme.relationship.items():
        if card.helped != place.programme.about.participant or kind not in dated or card.helped_at_least != 1:
            continue
        there = {
            p
            for pair in place.pairs
            if pair.kind == kind and pair.state != "closed"
            for p in place.present(pair, card.by)
        }
        asked = [row.owner_id for row in place.open("ask.pair", f"relationship:{kind}")]
        leads = place.filling("lead")
        coming = any(pair.kind == kind and pair.state != "closed" for pair in place.pairs)
        if not set(asked) <= leads or len(asked) > 1:
            yield f"{len(asked)} are asked for a {kind} supporter who are no leads today"
        if leads and not there and not coming and not asked:
            yield f"nobody supports them in {kind} and no lead is asked"
