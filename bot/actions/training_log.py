"""Logging training: done, put right, withdrawn, verified by somebody else, sent back. Nothing is overwritten."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlmodel import Session as Db

from bot.access import access_training_check
from bot.actions import settle
from bot.actions.training_plan import Plans
from bot.actions.was_first import was_first
from bot.errors import AlreadyLogged, DayToCome, NotAllowed, NotFound, SomebodyWasFirst
from bot.rules.working_days import local_date
from bot.values import Ref, Who
from storage import audit
from storage.queries import people as people_queries
from storage.queries import together
from storage.queries import training as queries
from storage.tables.progress import TrainingRecord

DONE_ON = "done_on"  # the question that a wrong day is said under


@dataclass(frozen=True)
class Completion:
    """What somebody says they did. `title` names what is in no catalogue, where `course` is empty."""

    course: str
    title: str
    done_on: date
    minutes: int | None = None
    mode: str = ""
    certificate: str = ""


def log_training(db: Db, *, me: Who, said: Completion, now: datetime) -> UUID:
    """Log what I did, to be verified by somebody else. Raises DayToCome, AlreadyLogged, or NotFound for the course."""
    _refuse_impossible(db, me, said, now)
    record = _add(db, me, said, now)
    _done(db, me, "log training", record, now)
    return record.id


def correct_training(db: Db, *, me: Who, ref: Ref, said: Completion, now: datetime) -> UUID:
    """Put a completion of my own right: the wrong one is withdrawn, the right one logged anew. Both rows are kept."""
    wrong = _own(db, me, ref)
    _withdraw(db, me, wrong, ref, "", now)
    _refuse_impossible(db, me, said, now)
    record = _add(db, me, said, now)
    _done(db, me, "correct training", record, now)
    return record.id


def withdraw_training(db: Db, *, me: Who, ref: Ref, because: str, now: datetime) -> None:
    """Withdraw a completion of my own; the row stays."""
    record = _own(db, me, ref)
    _withdraw(db, me, record, ref, because, now)
    _done(db, me, "withdraw training", record, now)


def verify_training(db: Db, *, me: Who, refs: Sequence[Ref], now: datetime) -> None:
    """Verify one completion or many: all of them, or none. Raises NotAllowed or SomebodyWasFirst."""
    records = [_verify(db, me, ref, now) for ref in refs]
    for person_id in dict.fromkeys(record.person_id for record in records):
        _settle(db, person_id, now)


def return_training(db: Db, *, me: Who, ref: Ref, because: str, now: datetime) -> None:
    """Send a completion back with a reason, which its person reads. It no longer counts as done."""
    record = access_training_check(db, me=me, record_id=ref.id, now=now)
    _withdraw(db, me, record, ref, because, now)
    _done(db, me, "return training", record, now)


def _verify(db: Db, me: Who, ref: Ref, now: datetime) -> TrainingRecord:
    record = access_training_check(db, me=me, record_id=ref.id, now=now)
    if record.verified_at or record.withdrawn_at:
        raise _changed(db, me, record, now)
    if not queries.mark_training(db, record, seen=ref.version, verified_by_id=me.id, verified_at=now):
        raise _changed(db, me, record, now)
    audit.note(
        db, at=now, actor_id=me.id, verb="verify training", thing=f"training:{record.id}", about_id=record.person_id
    )
    return record


def _own(db: Db, me: Who, ref: Ref) -> TrainingRecord:
    record = queries.find_training(db, ref.id)
    if record is None:
        raise NotFound("training record")
    if record.person_id != me.id:
        raise NotAllowed
    return record


def _refuse_impossible(db: Db, me: Who, said: Completion, now: datetime) -> None:
    person = people_queries.get_person(db, me.id)
    if said.done_on > local_date(now, me.zone):
        raise DayToCome().under(DONE_ON)
    plans = Plans(db, now)
    if said.course and said.course not in {bound.course for bound in plans.of(person)}:
        raise NotFound("course")
    for record in queries.list_every_training(db, person_id=me.id):
        is_same = (record.course, record.title, record.done_on) == (said.course, said.title, said.done_on)
        if is_same and record.withdrawn_at is None:
            raise AlreadyLogged(plans.public_title(record), said.done_on).under(DONE_ON)


def _add(db: Db, me: Who, said: Completion, now: datetime) -> TrainingRecord:
    return queries.add_training(
        db,
        person_id=me.id,
        course=said.course,
        title=said.title,
        done_on=said.done_on,
        minutes=said.minutes,
        mode=said.mode,
        certificate=said.certificate,
        logged_by_id=me.id,
        logged_at=now,
    )


def _withdraw(db: Db, me: Who, record: TrainingRecord, ref: Ref, because: str, now: datetime) -> None:
    is_gone = record.withdrawn_at is not None
    if is_gone or not queries.withdraw_training(db, record, seen=ref.version, by=me.id, at=now, because=because):
        raise _changed(db, me, record, now)


def _changed(db: Db, me: Who, record: TrainingRecord, now: datetime) -> SomebodyWasFirst:
    title = f"“{Plans(db, now).public_title(record)}”"
    if record.withdrawn_at:
        return was_first(db, me, title, by_id=record.withdrawn_by_id, at=record.withdrawn_at)
    return was_first(db, me, title, by_id=record.verified_by_id, at=record.verified_at)


def _done(db: Db, me: Who, verb: str, record: TrainingRecord, now: datetime) -> None:
    audit.note(db, at=now, actor_id=me.id, verb=verb, thing=f"training:{record.id}", about_id=record.person_id)
    _settle(db, record.person_id, now)


def _settle(db: Db, person_id: UUID, now: datetime) -> None:
    for enrolment in together.list_enrolments(db, person_id=person_id):
        settle.settle_enrolment(db, enrolment.id, now=now)
