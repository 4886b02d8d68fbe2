"""One tick: what is due by now becomes notices and deliveries. At least once; a repeat, or two at once, is harmless.

A tick's cost follows what is due, not how many people there are. Nothing is sent here.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session as Db

from bot.actions.announced import announced_in
from bot.actions.digests import owe_digest, owe_notice
from bot.actions.nudge_times import Ladder, Plan, Planner, announcements, next_remind_at, reached_steps
from bot.actions.told import PERSON
from bot.delivery.plain_nudges import Sayings, say_plain_items
from bot.rules.due_facts import Rung
from bot.rules.summary_times import next_summary_at
from storage.database import Database
from storage.queries import due as due_queries
from storage.queries import people as people_queries
from storage.queries.deliveries import add_delivery
from storage.tables.delivery import DueItem
from storage.tables.meetings import Session
from storage.tables.programmes import Enrolment, ProgrammeSettings

MOST_AT_ONCE = 1000  # rows in one transaction: others must be able to write between two
Settle = Callable[[Db, Enrolment, datetime], None]


@dataclass(frozen=True)
class Evaluation:
    """What one tick found to say."""

    items: int = 0
    sessions: int = 0
    summaries: int = 0
    enrolments: int = 0

    @property
    def is_idle(self) -> bool:
        """Say whether there was nothing at all."""
        return not (self.items or self.sessions or self.summaries or self.enrolments)


def evaluate(database: Database, *, now: datetime, settle: Settle) -> Evaluation:
    """Turn everything due by `now` (programme time) into notices and deliveries.

    `settle` puts an enrolment's due rows right; it is called for those whose day to look again has come.
    """
    if not is_anything_due(database, now=now):
        return Evaluation()
    sayings: Sayings = {}
    return Evaluation(
        enrolments=_in_batches(database, lambda db: _look_again(db, now, settle)),
        items=_in_batches(database, lambda db: _say_due_items(db, now, sayings)),
        sessions=_in_batches(database, lambda db: _announce_sessions(db, now)),
        summaries=_in_batches(database, lambda db: _owe_summaries(db, now)),
    )


def is_anything_due(database: Database, *, now: datetime) -> bool:
    """Say whether a tick has anything to do, without the write lock: all that an idle tick costs."""
    return due_queries.is_anything_due(database.engine, now=now)


def plan_sessions_anew(database: Database, *, now: datetime) -> None:
    """Plan again what is to be said of the meetings to come: the clock was beyond some of them, and is set back."""
    with database.transaction() as db:
        for session in due_queries.list_planned_sessions(db, after=now):
            session.remind_at = next_remind_at(db, session, now=now)


def _in_batches(database: Database, say: Callable[[Db], int]) -> int:
    said = 0
    while True:
        with database.transaction() as db:
            found = say(db)
        said += found
        if found < MOST_AT_ONCE:
            return said


def _look_again(db: Db, now: datetime, settle: Settle) -> int:
    found = due_queries.list_enrolments_to_look_at(db, today=now.date(), most=MOST_AT_ONCE)
    for enrolment in found:
        before = enrolment.look_again_on
        settle(db, enrolment, now)
        if enrolment.look_again_on == before:
            enrolment.look_again_on = None  # nothing more to come: never the same row again and again
    return len(found)


# ---- due items -------------------------------------------------------------------------------------------------------


def _say_due_items(db: Db, now: datetime, sayings: Sayings) -> int:
    planner = Planner(db, now)
    found, singly = say_plain_items(db, planner, sayings, most=MOST_AT_ONCE)
    items = due_queries.list_due_items(db, ids=singly)
    people_queries.list_people(db, ids=[item.owner_id for item in items])  # one question, then they are at hand
    for item in items:
        _say_item(planner, item)
    return found


def _say_item(planner: Planner, item: DueItem) -> None:
    ladder = planner.ladder_of(item)
    if item.snoozed_until_on:
        _ask_again(planner, item, ladder)
    for rung, step in reached_steps(planner, item, ladder):
        _tell(planner, item, ladder, rung, step)
        item.rung = rung + 1
    item.next_nudge_at = planner.next_at(item, ladder, item.rung)


def _tell(planner: Planner, item: DueItem, ladder: Ladder, rung: int, step: Rung) -> None:
    for person_id, told_as in planner.told_at(item, step).items():
        plan = planner.plan_step(item, ladder, step, person_id)
        if plan and not planner.is_too_late(item, ladder, step.on, person_id, at=max(plan.at, planner.now)):
            owe_notice(planner, item, plan, rung=rung, person_id=person_id, told_as=told_as, repeats=step.repeats)


def _ask_again(planner: Planner, item: DueItem, ladder: Ladder) -> None:
    """A snooze is over: its owner, and nobody else, hears of the item once more."""
    assert item.snoozed_until_on
    plan = planner.plan(item, item.owner_id, item.snoozed_until_on, fixed=True)
    item.snoozed_until_on = None
    if plan:
        owe_notice(planner, item, plan, rung=-item.snoozes, person_id=item.owner_id, told_as=PERSON)


# ---- sessions and summaries ------------------------------------------------------------------------------------------


def _announce_sessions(db: Db, now: datetime) -> int:
    planner = Planner(db, now)
    found = due_queries.list_sessions_to_announce(db, now=now, most=MOST_AT_ONCE)
    for session in found:
        _announce(planner, session)
    return len(found)


def _announce(planner: Planner, session: Session) -> None:
    db, now = planner.db, planner.now
    assert session.planned_at
    said = announcements(planner, session)
    for each in said:
        if each.at > now or session.planned_at <= now:
            continue
        if each.kind == "digest":
            if not announced_in(db, person_id=each.person_id, session=session):
                owe_digest(planner, each.person_id, Plan(each.slot_on, max(each.at, now)))
            continue
        add_delivery(
            db,
            kind="reminder",
            said_once=f"reminder:{session.id}:{session.planned_at:%Y%m%dT%H%M}:{each.person_id}",
            person_id=each.person_id,
            subject={"session": str(session.id)},
            not_before=each.at,
            created_at=now,
            drop_after=session.planned_at,
        )
    session.remind_at = next((each.at for each in said if each.at > now), None)


def _owe_summaries(db: Db, now: datetime) -> int:
    for settings in due_queries.list_summaries_due(db, now=now):
        _owe_summary(db, settings, now)
    return 0


def _week_after(settings: ProgrammeSettings, at: datetime) -> datetime:
    """Return the moment of the next summary: the same hour by the clock, also over a clock change."""
    return next_summary_at(settings.summary_weekday, settings.summary_hour, zone=settings.summary_zone, after=at)


def _owe_summary(db: Db, settings: ProgrammeSettings, now: datetime) -> None:
    """After an outage the latest week's summary is posted, not one for each week missed."""
    assert settings.next_summary_at
    at = settings.next_summary_at
    while (following := _week_after(settings, at)) <= now:
        at = following
    if settings.summary_channel:
        add_delivery(
            db,
            kind="summary",
            said_once=f"summary:{settings.programme}:{at:%Y-%m-%d}",
            channel=settings.summary_channel,
            subject={"programme": settings.programme, "until": at.isoformat()},
            not_before=now,
            created_at=now,
        )
    settings.next_summary_at = following
