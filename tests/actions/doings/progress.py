"""Criteria are asked about, signed off and taken back; training is logged, verified, sent back and put right."""

from datetime import timedelta

from sqlmodel import Session as Db
from sqlmodel import col

from bot.actions import before, checklist, sign_off, training_log
from bot.actions.facts import know
from bot.actions.training_log import Completion
from bot.actions.training_plan import Plans
from bot.values import CriterionRef, Ref, Who
from storage.queries import people as people_queries
from storage.tables.progress import SignOff, TrainingRecord
from tests.actions.doings.world import Pick, World, doing, everybody, live_enrolments, rows


def _criterion(db: Db, world: World, pick: Pick) -> tuple[CriterionRef, Who, Who]:
    """Pick a criterion of somebody's plan, whose it is, and one who may sign it."""
    enrolment = pick.whom(live_enrolments(db))
    known = know(db, enrolment, now=world.now)
    name = pick.what(checklist.plan_of(known)[:4])
    row = checklist.progress_row(known, name)
    card = known.programme.checklist[known.programme.criterion[name].checklist]
    signer = pick.how([person for role in card.signed_by for person in known.roles.get(role, ())])
    ref = CriterionRef(enrolment.id, name, row.version if row else 0)
    return ref, world.me(db, enrolment.person_id), world.me(db, signer)


@doing
def ask_for_sign_off(world: World, pick: Pick) -> None:
    """A participant says that they are ready."""
    with world.database.transaction() as db:
        ref, own, _ = _criterion(db, world, pick)
        sign_off.ask_for_sign_off(db, me=own, ref=ref, note="On Monday", now=world.now)


@doing
def sign_criterion(world: World, pick: Pick) -> None:
    """A signer signs a criterion off for today or some days ago."""
    with world.database.transaction() as db:
        ref, _, signer = _criterion(db, world, pick)
        occasion_on = world.today - timedelta(days=pick.c)
        sign_off.sign_off_many(db, me=signer, refs=[ref], occasion_on=occasion_on, comment="Seen", now=world.now)


@doing
def return_criterion(world: World, pick: Pick) -> None:
    """A signer sends a criterion back."""
    with world.database.transaction() as db:
        ref, _, signer = _criterion(db, world, pick)
        sign_off.return_criterion(db, me=signer, ref=ref, reason="Not yet", now=world.now)


@doing
def change_signatures(world: World, pick: Pick) -> None:
    """A signer asks for two signatures, or for one again."""
    with world.database.transaction() as db:
        ref, _, signer = _criterion(db, world, pick)
        sign_off.set_signatures(db, me=signer, ref=ref, needed=1 + pick.c % 2, reason="Twice", now=world.now)


@doing
def take_sign_off_back(world: World, pick: Pick) -> None:
    """A signer undoes a signature within ten minutes, or withdraws it."""
    with world.database.transaction() as db:
        made = pick.whom(rows(db, SignOff, col(SignOff.withdrawn_at).is_(None), SignOff.outcome == "met"))
        me, ref = world.me(db, made.signer_id), Ref("signoff", made.id)
        if pick.b % 2:
            sign_off.undo(db, me=me, ref=ref, now=world.now)
        else:
            sign_off.withdraw(db, me=me, ref=ref, reason="A slip", now=world.now)


@doing
def finish_checklist(world: World, pick: Pick) -> None:
    """A signer signs at once all that is left of a plan."""
    with world.database.transaction() as db:
        enrolment = pick.whom(live_enrolments(db))
        known = know(db, enrolment, now=world.now)
        _, _, signer = _criterion(db, world, pick)
        begun = {row.criterion for row in known.progress}
        left = [CriterionRef(enrolment.id, name, 0) for name in checklist.plan_of(known) if name not in begun]
        sign_off.sign_off_many(db, me=signer, refs=left, occasion_on=world.today, comment="", now=world.now)


# ---- training --------------------------------------------------------------------------------------------------------


def _completion(db: Db, world: World, pick: Pick, person_id: object) -> Completion:
    """Pick a course of somebody's plan, the dated ones first, or one that is in no catalogue."""
    person = next(person for person in everybody(db) if person.id == person_id)
    courses = sorted(Plans(db, world.now).of(person), key=lambda bound: bound.card.when is None)[:5]
    course = pick.what(["", *(bound.course for bound in courses)])
    return Completion(course, "" if course else "First aid", world.today - timedelta(days=pick.c * 20))


@doing
def log_training(world: World, pick: Pick) -> None:
    """Somebody logs what they did."""
    with world.database.transaction() as db:
        me = world.me(db, pick.whom(live_enrolments(db)).person_id)
        training_log.log_training(db, me=me, said=_completion(db, world, pick, me.id), now=world.now)


def _record(db: Db, pick: Pick) -> tuple[TrainingRecord, Ref]:
    record = pick.whom(rows(db, TrainingRecord, col(TrainingRecord.withdrawn_at).is_(None)))
    return record, Ref("training", record.id, record.version)


@doing
def correct_training(world: World, pick: Pick) -> None:
    """Somebody puts a completion of their own right."""
    with world.database.transaction() as db:
        record, ref = _record(db, pick)
        said = _completion(db, world, pick, record.person_id)
        training_log.correct_training(db, me=world.me(db, record.person_id), ref=ref, said=said, now=world.now)


@doing
def withdraw_training(world: World, pick: Pick) -> None:
    """Somebody withdraws a completion of their own."""
    with world.database.transaction() as db:
        record, ref = _record(db, pick)
        me = world.me(db, record.person_id)
        training_log.withdraw_training(db, me=me, ref=ref, because="The wrong day", now=world.now)


@doing
def verify_training(world: World, pick: Pick) -> None:
    """Somebody verifies a completion."""
    with world.database.transaction() as db:
        record, ref = _record(db, pick)
        me = world.me(db, pick.what(Plans(db, world.now).checkers(record)))
        training_log.verify_training(db, me=me, refs=[ref], now=world.now)


@doing
def return_training(world: World, pick: Pick) -> None:
    """Somebody sends a completion back."""
    with world.database.transaction() as db:
        record, ref = _record(db, pick)
        me = world.me(db, pick.what(Plans(db, world.now).checkers(record)))
        training_log.return_training(db, me=me, ref=ref, because="Which course?", now=world.now)


@doing
def enter_completion(world: World, pick: Pick) -> None:
    """The lead enters a completion that is on paper."""
    with world.database.transaction() as db:
        enrolment = pick.whom(live_enrolments(db))
        said = _completion(db, world, pick, people_queries.get_person(db, enrolment.person_id).id)
        before.enter_completion(
            db,
            me=world.lead(db),
            enrolment_id=enrolment.id,
            course=said.course,
            done_on=said.done_on,
            now=world.now,
        )
