"""Reading checklists: what a participant has shown, as one person may see it."""

from datetime import date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlmodel import Session as Db

from bot.access import access_enrolment
from bot.actions.facts import Known, applicable_criteria, criterion_completed_on, know
from bot.errors import NoChecklist, NotFound
from bot.rules import progress as rules
from bot.values import (
    ChecklistPage,
    CriterionLine,
    CriterionPage,
    CriterionRef,
    PersonLine,
    Ref,
    Seat,
    SignOffLine,
    Standing,
    Who,
)
from storage import audit
from storage.queries import people as people_queries
from storage.queries import progress as queries
from storage.queries import together
from storage.tables.progress import CriterionProgress, SignOff


def get_own_checklist(db: Db, *, me: Who, now: datetime) -> ChecklistPage:
    """Return my own checklist, or the first of those I sign for. Raises NoChecklist."""
    for enrolment in together.list_enrolments(db, person_id=me.id):
        known = know(db, enrolment, now=now)
        if plan_of(known):
            return _page(known, Seat.OWN, me)
    mine = list_signed_for(db, me=me, now=now)
    if not mine:
        raise NoChecklist
    return get_checklist(db, me=me, enrolment_id=mine[0].id, now=now)


def get_checklist_of(db: Db, *, me: Who, person_id: UUID, now: datetime) -> ChecklistPage:
    """Return somebody's checklist. Raises NoChecklist, or NotAllowed."""
    for enrolment in together.list_enrolments(db, person_id=person_id):
        known, seat = access_enrolment(db, me=me, enrolment_id=enrolment.id, now=now)
        if plan_of(known):
            return _page(known, seat, me)
    raise NoChecklist(people_queries.get_person(db, person_id).name)


def get_checklist(db: Db, *, me: Who, enrolment_id: UUID, now: datetime) -> ChecklistPage:
    """Return the checklist of an enrolment. Raises NotFound, NotAllowed or NoChecklist."""
    known, seat = access_enrolment(db, me=me, enrolment_id=enrolment_id, now=now)
    if not plan_of(known):
        raise NoChecklist(known.person.name)
    return _page(known, seat, me)


def list_signed_for(db: Db, *, me: Who, now: datetime) -> tuple[PersonLine, ...]:
    """Return the participants I may sign criteria off for, by enrolment, in order of name."""
    found = {}
    for membership in together.list_memberships_of(db, person_id=me.id, on=now.date()):
        enrolment = together.find_enrolment_of(db, relationship_id=membership.relationship_id)
        if enrolment and enrolment.person_id != me.id:
            known = know(db, enrolment, now=now)
            if any(membership.role in card.signed_by for card in known.programme.checklist.values()):
                found[enrolment.id] = PersonLine(enrolment.id, known.person.name, known.programme.title)
    return tuple(sorted(found.values(), key=lambda line: line.name))


def plan_of(known: Known) -> tuple[str, ...]:
    """Return every criterion that binds this participant, in the order of the file."""
    return tuple(
        criterion
        for checklist in known.programme.checklist
        for criterion in applicable_criteria(known.programme, checklist, known.enrolment.level)
    )


def get_criterion(db: Db, *, me: Who, ref: CriterionRef, now: datetime) -> CriterionPage:
    """Return one criterion with its history. Another's words are opened for who may read them, and logged."""
    known, seat = access_enrolment(db, me=me, enrolment_id=ref.enrolment_id, now=now)
    if ref.criterion not in plan_of(known):
        raise NotFound("criterion")
    card, row = known.programme.criterion[ref.criterion], progress_row(known, ref.criterion)
    reads = seat in (Seat.OWN, Seat.SIGNER)
    if reads and row and seat is not Seat.OWN:
        audit.note(db, at=now, actor_id=me.id, verb="read", thing=f"criterion:{row.id}", about_id=known.person.id)
    done = bool(row and criterion_completed_on(known, row))
    needed = row.signatures_needed if row else default_signatures(known, ref.criterion)
    return CriterionPage(
        line=_line(known, ref.criterion),
        guidance=card.guidance,
        source=card.source,
        about_name=known.person.name,
        seat=seat,
        history=_history(db, known, row, me, now, reads=reads) if row else (),
        signatures_needed=needed,
        may_ask=seat is Seat.OWN and not done and not (row and row.ready_at),
        may_sign=seat is Seat.SIGNER and not done,
        may_raise=reads and needed < 2,
        may_lower=seat is Seat.SIGNER and needed > default_signatures(known, ref.criterion),
        note=queries.open_ready_note(db, row, owner=known.person.id) if row and reads else "",
    )


def pace_of(known: Known) -> rules.Pace:
    """Return how many criteria of a participant's plan are complete, beside an even pace."""
    plan = set(plan_of(known))
    done = sum(row.criterion in plan and criterion_completed_on(known, row) is not None for row in known.progress)
    return rules.pace(done, len(plan), known.enrolment.starts_on, known.enrolment.ends_on, known.today)


def default_signatures(known: Known, criterion: str) -> int:
    """Return how many signatures the programme itself asks for."""
    card = known.programme.criterion[criterion]
    return card.signatures or known.programme.checklist[card.checklist].signatures


def progress_row(known: Known, criterion: str) -> CriterionProgress | None:
    """Return the row of one criterion, or None before anything happened to it."""
    return next((row for row in known.progress if row.criterion == criterion), None)


def _page(known: Known, seat: Seat, me: Who) -> ChecklistPage:
    lines = tuple(_line(known, criterion) for criterion in plan_of(known))
    at = pace_of(known)
    checklist = next(iter(known.programme.checklist.values()))
    return ChecklistPage(
        enrolment_id=known.enrolment.id,
        title=checklist.title,
        about_name=known.person.name,
        seat=seat,
        lines=lines,
        done=at.done,
        expected=at.expected,
        ends_on=known.enrolment.ends_on,
        today=known.today,
        statement=f"{known.person.name} {checklist.complete_says}." if at.done == at.of else "",
        others=list_signed_for(known.db, me=me, now=known.now) if seat is Seat.SIGNER else (),
    )


def _line(known: Known, criterion: str) -> CriterionLine:
    row = progress_row(known, criterion)
    standing, on = _standing(known, row) if row else (Standing.NOT_STARTED, None)
    ref = CriterionRef(known.enrolment.id, criterion, row.version if row else 0)
    return CriterionLine(ref, known.programme.criterion[criterion].title, standing, on)


def _standing(known: Known, row: CriterionProgress) -> tuple[Standing, date | None]:
    if completed_on := criterion_completed_on(known, row):
        return Standing.COMPLETE, completed_on
    if row.ready_at:
        return Standing.READY, row.ready_at.astimezone(ZoneInfo(known.person.zone)).date()
    if signed := known.sign_offs[row.id]:
        return Standing.SIGNED_ONCE, signed[-1].occasion_on
    returned = [one for one in queries.list_history(known.db, progress_id=row.id) if one.outcome == "returned"]
    return (Standing.RETURNED, returned[-1].occasion_on) if returned else (Standing.NOT_STARTED, None)


def _history(
    db: Db, known: Known, row: CriterionProgress, me: Who, now: datetime, *, reads: bool
) -> tuple[SignOffLine, ...]:
    history = queries.list_history(db, progress_id=row.id)
    names = people_queries.list_people(db, ids=[one.signer_id for one in history])
    return tuple(_history_line(db, known, one, names[one.signer_id].name, me, now, reads=reads) for one in history)


def _history_line(db: Db, known: Known, one: SignOff, name: str, me: Who, now: datetime, *, reads: bool) -> SignOffLine:
    comment, because = queries.open_words(db, one, owner=known.person.id) if reads else ("", "")
    mine = one.signer_id == me.id and one.withdrawn_at is None and one.outcome == "met"
    young = one.signed_at is not None and rules.may_undo(one.signed_at, now)
    return SignOffLine(
        ref=Ref("signoff", one.id),
        signer_name=name,
        occasion_on=one.occasion_on,
        outcome=one.outcome,
        comment=comment,
        withdrawn=one.withdrawn_at is not None,
        withdrawn_because=because,
        may_undo=mine and young,
        may_withdraw=mine and not young,
    )
