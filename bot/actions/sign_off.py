"""Signing criteria off: asking, signing, returning, asking for a second signature, taking back.

Nobody signs their own; nothing is overwritten (seed-systems 003-49 to 003-53).
"""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from sqlmodel import Session as Db

from bot.access import access_enrolment
from bot.actions import settle
from bot.actions.checklist import default_signatures, plan_of, progress_row
from bot.actions.facts import Known, criterion_completed_on
from bot.actions.was_first import was_first
from bot.errors import (
    AlreadyComplete,
    NobodySignsTheirOwn,
    NotAllowed,
    NotFound,
    NothingChosen,
    OccasionNotYet,
    SecondOnTheSameDay,
    SomebodyWasFirst,
    TooLate,
)
from bot.rules.progress import UNDO_FOR, may_undo
from bot.values import CriterionRef, Ref, Seat, Who
from storage import audit
from storage.queries import progress as queries
from storage.tables.progress import CriterionProgress, SignOff


def ask_for_sign_off(db: Db, *, me: Who, ref: CriterionRef, note: str, now: datetime) -> None:
    """Tell the mentor that a criterion is ready. Only the participant asks, and once until it is answered."""
    known, row = _begun(db, me, ref, now, (Seat.OWN,))
    _refuse_complete(known, row)
    sealed = queries.seal_ready_note(db, row, owner=known.person.id, text=note)
    _change(db, known, me, row, ref, ready_at=now, ready_note=sealed)
    _done(db, known, me, "ask for sign-off", row, now)


def sign_off_many(
    db: Db, *, me: Who, refs: Sequence[CriterionRef], occasion_on: date, comment: str, now: datetime
) -> tuple[UUID, ...]:
    """Sign one criterion or many for one occasion: all of them, or none. Returns the signatures made.

    Raises NobodySignsTheirOwn, NotAllowed, OccasionNotYet, SecondOnTheSameDay, AlreadyComplete or NothingChosen.
    """
    if not refs:
        raise NothingChosen
    made = [_sign(db, me, ref, occasion_on, comment, now) for ref in refs]
    settle.settle_enrolment(db, refs[0].enrolment_id, now=now)
    return tuple(made)


def return_criterion(db: Db, *, me: Who, ref: CriterionRef, reason: str, now: datetime) -> None:
    """Send a criterion back with a reason, which the participant reads."""
    known, row = _begun(db, me, ref, now, (Seat.SIGNER,))
    _refuse_complete(known, row)
    ordinal, role = len(known.sign_offs[row.id]) + 1, _role(known, me)
    _add(db, known, row, me, ordinal=ordinal, role=role, on=known.today, outcome="returned", comment=reason, now=now)
    _change(db, known, me, row, ref, ready_at=None, ready_note=None)
    _done(db, known, me, "return", row, now)


def set_signatures(db: Db, *, me: Who, ref: CriterionRef, needed: int, reason: str, now: datetime) -> None:
    """Ask for two signatures, or go back to one: either may raise it, only the mentor lowers it (003-52)."""
    raising = needed > 1
    known, row = _begun(db, me, ref, now, (Seat.OWN, Seat.SIGNER) if raising else (Seat.SIGNER,))
    _change(db, known, me, row, ref, signatures_needed=needed, raised_by_id=me.id if raising else None)
    _keep_reason(db, known, row, me, reason, now)
    _done(db, known, me, "ask for two signatures" if raising else "ask for one signature", row, now)


def undo(db: Db, *, me: Who, ref: Ref, now: datetime) -> CriterionRef:
    """Take back a signature of one's own within ten minutes, no reason asked. Raises TooLate after that."""
    sign_off = _own_sign_off(db, me, ref)
    assert sign_off.signed_at
    if not may_undo(sign_off.signed_at, now):
        raise TooLate(sign_off.signed_at + UNDO_FOR)
    return _take_back(db, me, sign_off, "", now)


def withdraw(db: Db, *, me: Who, ref: Ref, reason: str, now: datetime) -> CriterionRef:
    """Withdraw a signature of one's own with a reason; both rows are kept."""
    return _take_back(db, me, _own_sign_off(db, me, ref), reason, now)


def _sign(db: Db, me: Who, ref: CriterionRef, occasion_on: date, comment: str, now: datetime) -> UUID:
    known, row = _begun(db, me, ref, now, (Seat.SIGNER,))
    _refuse_complete(known, row)
    if not known.enrolment.starts_on <= occasion_on <= known.today:
        raise OccasionNotYet(occasion_on, known.enrolment.starts_on).under("occasion_on")
    standing = known.sign_offs[row.id]
    if standing and row.signatures_needed > 1:
        _refuse_same_occasion(known, row, standing, occasion_on)
    ordinal, role = _next_ordinal(standing), _role(known, me)
    made = _add(db, known, row, me, ordinal=ordinal, role=role, on=occasion_on, outcome="met", comment=comment, now=now)
    _change(db, known, me, row, ref, ready_at=None, ready_note=None)
    audit.note(db, at=now, actor_id=me.id, verb="sign off", thing=f"signoff:{made.id}", about_id=known.person.id)
    return made.id


def _next_ordinal(standing: Sequence[SignOff]) -> int:
    taken = {one.ordinal for one in standing}
    return next(n for n in range(1, len(taken) + 2) if n not in taken)


def _refuse_same_occasion(known: Known, row: CriterionProgress, standing: Sequence[SignOff], occasion_on: date) -> None:
    card = known.programme.criterion[row.criterion]
    later = known.programme.checklist[card.checklist].second == "later occasion"
    first_on = max(one.occasion_on for one in standing)
    if later and occasion_on <= first_on:
        raise SecondOnTheSameDay(card.title, first_on).under("occasion_on")


def _add(
    db: Db,
    known: Known,
    row: CriterionProgress,
    me: Who,
    *,
    ordinal: int,
    role: str,
    on: date,
    outcome: str,
    comment: str,
    now: datetime,
) -> SignOff:
    return queries.add_sign_off(
        db,
        progress_id=row.id,
        ordinal=ordinal,
        signer_id=me.id,
        role=role,
        occasion_on=on,
        signed_at=now,
        outcome=outcome,
        comment=comment,
        owner=known.person.id,
    )


def _keep_reason(db: Db, known: Known, row: CriterionProgress, me: Who, reason: str, now: datetime) -> None:
    """Why it is to be signed twice, or once again, stands in the criterion's history."""
    _add(db, known, row, me, ordinal=0, role=_role(known, me), on=known.today, outcome="asked", comment=reason, now=now)


def _take_back(db: Db, me: Who, sign_off: SignOff, reason: str, now: datetime) -> CriterionRef:
    row = db.get(CriterionProgress, sign_off.progress_id)
    assert row is not None
    known, _ = access_enrolment(db, me=me, enrolment_id=row.enrolment_id, now=now)
    queries.withdraw_sign_off(db, sign_off, by=me.id, at=now, because=reason, owner=known.person.id)
    queries.mark_progress(db, row, seen=row.version)
    _done(db, known, me, "withdraw sign-off", row, now)
    return CriterionRef(row.enrolment_id, row.criterion, row.version)


def _own_sign_off(db: Db, me: Who, ref: Ref) -> SignOff:
    found = queries.find_sign_off(db, ref.id)
    if found is None:
        raise NotFound("signature")
    if found.signer_id != me.id:
        raise NotAllowed
    if found.withdrawn_at is not None:
        raise SomebodyWasFirst("the criterion")
    return found


def _begun(
    db: Db, me: Who, ref: CriterionRef, now: datetime, seats: tuple[Seat, ...]
) -> tuple[Known, CriterionProgress]:
    """Let somebody act on a criterion from one of these seats, and begin its row if nothing had happened to it."""
    known, seat = access_enrolment(db, me=me, enrolment_id=ref.enrolment_id, now=now)
    if seat is Seat.OWN and Seat.OWN not in seats:
        raise NobodySignsTheirOwn
    if seat not in seats:
        raise NotAllowed
    if ref.criterion not in plan_of(known):
        raise NotFound("criterion")
    row = progress_row(known, ref.criterion)
    if row is None:
        needed = default_signatures(known, ref.criterion)
        row = queries.add_progress(db, enrolment_id=ref.enrolment_id, criterion=ref.criterion, signatures_needed=needed)
    if row.version != ref.version:
        raise _changed(db, known, me, row)
    return known, row


def _refuse_complete(known: Known, row: CriterionProgress) -> None:
    if criterion_completed_on(known, row):
        raise AlreadyComplete(known.programme.criterion[row.criterion].title)


def _change(db: Db, known: Known, me: Who, row: CriterionProgress, ref: CriterionRef, **values: object) -> None:
    """Change a row as it was seen. Raises SomebodyWasFirst, with who signed or returned it last."""
    if not queries.mark_progress(db, row, seen=ref.version, **values):
        raise _changed(db, known, me, row)


def _changed(db: Db, known: Known, me: Who, row: CriterionProgress) -> SomebodyWasFirst:
    """Say who signed, returned, withdrew or asked for a criterion last."""
    done = [(row.ready_at, known.person.id)]
    for one in queries.list_history(db, progress_id=row.id):
        done += [(one.signed_at, one.signer_id), (one.withdrawn_at, one.withdrawn_by_id or one.signer_id)]
    at, by_id = max(((at, by_id) for at, by_id in done if at), default=(None, known.person.id))
    return was_first(db, me, f"“{known.programme.criterion[row.criterion].title}”", by_id=by_id, at=at)


def _role(known: Known, me: Who) -> str:
    signing = {role for card in known.programme.checklist.values() for role in card.signed_by}
    mine = [role for role, people in known.roles.items() if me.id in people]
    return next((role for role in mine if role in signing), mine[0] if mine else "")


def _done(db: Db, known: Known, me: Who, verb: str, row: CriterionProgress, now: datetime) -> None:
    audit.note(db, at=now, actor_id=me.id, verb=verb, thing=f"criterion:{row.id}", about_id=known.person.id)
    settle.settle_enrolment(db, known.enrolment.id, now=now)
