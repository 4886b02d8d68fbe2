"""When an item next speaks, and to whom: its ladder laid over people's working time.

The moment an item carries (`next_nudge_at`) is the earliest at which anybody is to hear of its next step, so that each
person's digest can be planned by their own slots: part-time people hear sooner, never later.
"""

from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from functools import cached_property
from uuid import UUID

from sqlmodel import Session as Db

from bot.actions.announced import announced_in
from bot.actions.catalogue import programme_of
from bot.actions.told import PERSON, session_of, told
from bot.actions.working_times import closed_days_of, working_time_of
from bot.rules.due import TRAINING_STEPS, ladder_days
from bot.rules.due_facts import Rung
from bot.rules.due_rules import OUTCOME_STEPS
from bot.rules.slots import (
    WorkingTime,
    digest_at,
    due_moment,
    last_slot_on_or_before,
    resolve_local,
    slot_at,
    slot_before,
    slot_on,
    slots_from,
)
from bot.rules.when import LadderStep, duration
from bot.rules.working_days import local_date
from storage.queries import due as due_queries
from storage.queries import people as people_queries
from storage.tables.delivery import DueItem
from storage.tables.meetings import Session
from storage.tables.people import Person

ONE_DAY = timedelta(days=1)
FARTHEST = timedelta(days=40)  # no slot lies further before its day than a long leave
REMINDED_BEFORE = timedelta(hours=2)
WEEKLY = "weekly"
EACH = "each"
ALWAYS, DROP_AFTER = "always send", "drop after "  # what a ladder says of steps that were missed


@dataclass(frozen=True)
class Ladder:
    """The tellings of one item, in order, and what its file says of lateness and of snoozing."""

    rungs: tuple[Rung, ...]
    fixed: bool = False
    late: str = "send latest once"

    @property
    def drop_after(self) -> timedelta | None:
        """Return how long after its moment a step is of no use any more; None when it always is."""
        length = self.late.removeprefix(DROP_AFTER)
        return timedelta(days=duration(length).in_days) if length != self.late else None


@dataclass(frozen=True)
class Plan:
    """The slot, by its date, and the moment of its digest, in which one person hears of something.

    `is_last`: no later slot comes before its fixed day, so it is said even when the digest has gone. `is_late`: the
    slot it was meant for passed in silence, so it is said with everything else that was missed.
    """

    slot_on: date
    at: datetime
    is_last: bool = False
    is_late: bool = False


@dataclass
class Planner:
    """Lays ladders over people's working time at one moment; remembers what it has read for as long as it lives."""

    db: Db
    now: datetime
    owed: set[tuple[UUID, date]] = field(default_factory=set)  # the digests, by slot, that this transaction holds
    _working: dict[UUID, WorkingTime] = field(default_factory=dict)
    _closed: dict[tuple[UUID | None, str, int], frozenset[date]] = field(default_factory=dict)
    _hours: dict[UUID, int | None] = field(default_factory=dict)
    _told: dict[tuple[UUID, UUID, UUID | None, UUID, str, date], tuple[UUID, ...]] = field(default_factory=dict)
    _go_live: dict[UUID, date | None] = field(default_factory=dict)
    _ladders: dict[tuple[UUID, str, date, str, frozenset[date]], Ladder] = field(default_factory=dict)
    _plans: dict[tuple[int, int | None, date, datetime, date | None], Plan | None] = field(default_factory=dict)
    _days: dict[UUID, date] = field(default_factory=dict)
    _running: dict[tuple[int, int | None], datetime] = field(default_factory=dict)

    def first_nudge_at(self, item: DueItem) -> datetime | None:
        """Return when an open item first speaks, or speaks again after a change; None when its ladder is at its end.

        Steps already said (`item.rung`) are left behind, and of steps that have passed only the last is said.
        """
        ladder, today = self.ladder_of(item), self.day_of(item.owner_id)
        moment = self.next_at(item, ladder, max(item.rung, _last_passed(ladder.rungs, today)))
        if not item.snoozed_until_on or item.snoozed_until_on <= today:
            return moment
        again = self.asked_again_at(item, item.snoozed_until_on)
        return max(filter(None, (moment, again)), default=None)

    def ladder_of(self, item: DueItem) -> Ladder:
        """Return the ladder of an item; one without a ladder is asked once, on its day, and climbs no higher."""
        card = programme_of(self.db, item.version_id).ladder.get(item.ladder)
        steps = card.steps if card else _built_in_steps(item.rule)
        if not steps:
            on = item.opens_on if item.rule.startswith("ask.") else item.due_on
            return Ladder((Rung(on, (PERSON,), repeats=False),))
        closed = self._closed_around(item.owner_id, item.due_on.year)
        key = (item.version_id, item.ladder, item.due_on, item.rule if not card else "", closed)
        if key not in self._ladders:
            more = (card.fixed, card.late) if card else ()
            self._ladders[key] = Ladder(ladder_days(steps, item.due_on, closed), *more)
        return _said_at_once(self._ladders[key], item.asked_on)

    def next_at(self, item: DueItem, ladder: Ladder, rung: int) -> datetime | None:
        """Return when the first of the steps from here on is heard by anybody; None past the end.

        A later one may be heard sooner, while whoever an earlier one is for is away: nobody waits for their return.
        """
        first: datetime | None = None
        for n in range(rung, len(ladder.rungs)):
            if first and ladder.rungs[n].on > first.date():
                break
            first = min(filter(None, (first, self.step_at(item, ladder, n))), default=None)
        return first

    def step_at(self, item: DueItem, ladder: Ladder, rung: int) -> datetime | None:
        """Return the earliest moment at which anybody hears of one step; None when nobody is there to be told."""
        step = ladder.rungs[rung]
        plans = (self.plan_step(item, ladder, step, person) for person in self.told_at(item, step))
        return min((plan.at for plan in plans if plan), default=None)

    def told_at(self, item: DueItem, rung: Rung) -> dict[UUID, str]:
        """Return who is told at one step, each once, and as what."""
        on = max(rung.on, self.now.date())
        found: dict[UUID, str] = {}
        for role in rung.roles:
            key = (item.enrolment_id, item.scope_id, session_of(item), item.owner_id, role, on)
            if key not in self._told:
                self._told[key] = told(self.db, item, role, on=on)
            for person in self._told[key]:
                found.setdefault(person, role)
        return found

    def plan_step(self, item: DueItem, ladder: Ladder, step: Rung, person_id: UUID) -> Plan | None:
        """Return when one person hears of one step; whoever must act hears of a fixed day while it can still be met."""
        is_told_on = person_id != item.owner_id and step.on > item.due_on  # never before another is late
        plan = self.plan(item, person_id, step.on, fixed=ladder.fixed, after=item.due_on if is_told_on else None)
        if plan is None or not (ladder.fixed and step.on <= item.due_on and person_id == item.owner_id):
            return plan
        last = last_slot_on_or_before(self.working_time(person_id), item.due_on)
        waits = self._not_before(item, self.now) > self.now
        if last is None or waits or plan.slot_on < last.on or not last.contains(self.now):
            return plan
        return Plan(last.on, plan.at if plan.slot_on == last.on else self.now, is_last=True)

    def plan(self, item: DueItem, person_id: UUID, day: date, *, fixed: bool, after: date | None = None) -> Plan | None:
        """Return when one person hears of something that belongs to `day`, on a later day than `after`.

        None without working time in a year.
        """
        working, hour = self.working_time(person_id), self.hour_of(person_id)
        rhythm = self._person(person_id).digest_rhythm
        by = item.due_on if rhythm == WEEKLY and not fixed else None
        from_at = self._not_before(item, self._since(item, working, hour))
        if after:
            from_at = max(from_at, resolve_local(datetime.combine(after + ONE_DAY, time()), working.zone))
        key = (id(working), hour, day, from_at, by)
        if key not in self._plans:
            made = _plan_week(working, hour, day, from_at, by) if by else _plan(working, hour, day, from_at)
            self._plans[key] = made
        plan = self._plans[key]
        return replace(plan, is_late=_is_late(item, working, hour, day, plan)) if plan and rhythm == EACH else plan

    def is_too_late(self, item: DueItem, ladder: Ladder, on: date, person_id: UUID, *, at: datetime) -> bool:
        """Say whether it is of no use to tell somebody, at the moment `at`, of a step that was for the day `on`."""
        if ladder.drop_after is None:
            return False
        working = self.working_time(person_id)
        slot, day_began = last_slot_on_or_before(working, on), resolve_local(datetime.combine(on, time()), working.zone)
        meant_at = digest_at(slot, self.hour_of(person_id), working.zone) if slot else day_began
        return at - max(meant_at, day_began) > ladder.drop_after

    def _since(self, item: DueItem, working: WorkingTime, hour: int | None) -> datetime:
        """Return the moment from which an item may be heard of: now, or the digest of the slot that is running.

        A tick never comes at the very moment: what was to be said by then still belongs to that slot's digest.
        """
        if item.next_nudge_at is None or item.next_nudge_at > self.now:
            return self.now
        key = (id(working), hour)
        if key not in self._running:
            slot = slot_at(working, self.now)
            self._running[key] = digest_at(slot, hour, working.zone) if slot else self.now
        return self._running[key] if item.next_nudge_at <= self._running[key] <= self.now else self.now

    def asked_again_at(self, item: DueItem, on: date) -> datetime | None:
        """Return when a snoozed item speaks again to its owner."""
        plan = self.plan(item, item.owner_id, on, fixed=True)
        return plan.at if plan else None

    def working_time(self, person_id: UUID) -> WorkingTime:
        """Return when a person works, around now."""
        if person_id not in self._working:
            self._working[person_id] = working_time_of(self.db, self._person(person_id), around=self.now.date())
        return self._working[person_id]

    def hour_of(self, person_id: UUID) -> int | None:
        """Return the hour of a person's digest, by their own clock; None is the start of the slot."""
        if person_id not in self._hours:
            chosen = self._person(person_id).digest_hour
            is_usual = chosen is None and self._is_an_hour_usual
            usual = due_queries.find_digest_hour(self.db, person_id=person_id) if is_usual else None
            self._hours[person_id] = usual if chosen is None else chosen
        return self._hours[person_id]

    @cached_property
    def _is_an_hour_usual(self) -> bool:
        """Whether any programme sets an hour for those who chose none; most set none."""
        return due_queries.is_digest_hour_set(self.db)

    def _not_before(self, item: DueItem, at: datetime) -> datetime:
        """Nobody is asked how a session went before it is over, nor for anything of a programme before it goes live.

        What people ask of each other, and what was planned with them, does not wait for that (delivery.md, Go-live).
        """
        if not item.rule.endswith("#outcome"):
            return at if item.rule.startswith("ask.") or item.scope == "session" else max(at, self._goes_live(item, at))
        session_id = session_of(item)
        session = self.db.get(Session, session_id) if session_id else None
        if session is None or session.planned_at is None:
            return at
        return max(at, session.planned_at + timedelta(minutes=session.minutes))

    def _goes_live(self, item: DueItem, at: datetime) -> datetime:
        """Return the first moment of the day on which the item's programme goes live, by its owner's clock."""
        if item.enrolment_id not in self._go_live:
            self._go_live[item.enrolment_id] = due_queries.find_go_live(self.db, enrolment_id=item.enrolment_id)
        on = self._go_live[item.enrolment_id]
        if on is None or on <= at.date():
            return at
        return resolve_local(datetime.combine(on, time()), self._person(item.owner_id).zone)

    def day_of(self, person_id: UUID) -> date:
        """Return the date that now belongs to for somebody: of the slot that is running, else by their own clock."""
        if person_id not in self._days:
            working = self.working_time(person_id)
            slot = slot_at(working, self.now)
            self._days[person_id] = slot.on if slot else local_date(self.now, working.zone)
        return self._days[person_id]

    def _closed_around(self, person_id: UUID, year: int) -> frozenset[date]:
        """Return the closed days of somebody's team in a year and some months on either side."""
        person = self._person(person_id)
        key = (person.team_id, person.nation, year)
        if key not in self._closed:
            self._closed[key] = closed_days_of(self.db, person, around=date(year, 7, 1))  # midsummer
        return self._closed[key]

    def _person(self, person_id: UUID) -> Person:
        return people_queries.get_person(self.db, person_id)


def reached_steps(planner: Planner, item: DueItem, ladder: Ladder) -> list[tuple[int, Rung]]:
    """Return the steps whose moment has come; of several missed ones the last, unless their file says otherwise.

    A step that somebody hears of ahead, who will be away on its day, takes no other's place.
    """
    last = max((n for n in range(item.rung, len(ladder.rungs)) if _has_come(planner, item, ladder, n)), default=-1)
    come = [(n, ladder.rungs[n]) for n in range(item.rung, last + 1)]
    past = sum(rung.on <= planner.day_of(item.owner_id) for _, rung in come)
    if ladder.late == ALWAYS or ladder.drop_after or past < 2:
        return come
    number, step = come[past - 1]
    missed = replace(step, roles=tuple(dict.fromkeys((PERSON, *step.roles))))  # whoever must act hears too
    return [(number, missed), *come[past:]]


def _has_come(planner: Planner, item: DueItem, ladder: Ladder, rung: int) -> bool:
    """A step has come on its day, or when the first of those it tells has a slot to hear of it."""
    on, today = ladder.rungs[rung].on, planner.day_of(item.owner_id)
    if on <= today or on > today + FARTHEST:
        return on <= today
    moment = planner.step_at(item, ladder, rung)
    return moment is not None and moment <= planner.now


def first_nudge_at(db: Db, item: DueItem, *, now: datetime) -> datetime | None:
    """Return when an open item first speaks: what whoever makes or reopens it puts in `next_nudge_at`."""
    return Planner(db, now).first_nudge_at(item)


def _plan(working: WorkingTime, hour: int | None, day: date, from_at: datetime) -> Plan | None:
    moment = due_moment(working, day, hour, from_at)
    return Plan(slot_date(working, hour, moment), moment) if moment else None


def _plan_week(working: WorkingTime, hour: int | None, day: date, from_at: datetime, due_on: date) -> Plan | None:
    """Plan for who chose weekly: the first digest of a week, or the next one where that would be after the due day."""
    plan = _plan(working, hour, _first_day_worked(working, day), from_at)
    if plan is None or plan.slot_on == _first_day_worked(working, plan.slot_on):
        return plan
    monday = plan.slot_on + (7 - plan.slot_on.weekday()) * ONE_DAY
    first = next((slot.on for slot in slots_from(working, monday)), None)
    following = _plan(working, hour, first, from_at) if first else None
    return plan if following is None or plan.slot_on <= due_on < following.slot_on else following


def _is_late(item: DueItem, working: WorkingTime, hour: int | None, day: date, plan: Plan) -> bool:
    """Say whether something was missed: nothing ticked when it was to be heard of, or they were away until now."""
    usual, before = replace(working, absences=()), plan.slot_on - ONE_DAY
    meant = _plan(usual, hour, day, item.next_nudge_at) if item.next_nudge_at else None
    is_back = last_slot_on_or_before(usual, before) != last_slot_on_or_before(working, before)
    return (is_back and day < plan.slot_on) or (meant is not None and meant.slot_on < plan.slot_on)


def _said_at_once(ladder: Ladder, asked_on: date | None) -> Ladder:
    """Put a first telling where there is something to sign or write; it stands among the others by its day."""
    if asked_on is None:
        return ladder
    rungs = sorted((*ladder.rungs, Rung(asked_on, (PERSON,), repeats=False)), key=lambda rung: rung.on)
    return replace(ladder, rungs=tuple(rungs))


def _built_in_steps(rule: str) -> tuple[LadderStep, ...]:
    if rule.startswith("course."):
        return TRAINING_STEPS
    return OUTCOME_STEPS if rule.endswith("#outcome") else ()


def slot_date(working: WorkingTime, hour: int | None, moment: datetime) -> date:
    """Return the date of the slot whose digest goes out at `moment`: that day, or the evening before for a night."""
    today = local_date(moment, working.zone)
    for day in (today, today - ONE_DAY):
        slot = slot_on(working, day)
        if slot and digest_at(slot, hour, working.zone) == moment:
            return day
    return today


@dataclass(frozen=True)
class Announcement:
    """Something to be said about a planned session to one of its people."""

    person_id: UUID
    kind: str  # digest or reminder
    at: datetime
    slot_on: date


def announcements(planner: Planner, session: Session) -> tuple[Announcement, ...]:
    """Return all that is to be said of a session: in the digest of the slot before its own, and 2 hours before."""
    if session.planned_at is None:
        return ()
    found = [_announced(planner, session, person) for person in (session.about_id, session.led_by_id)]
    return tuple(sorted((each for some in found for each in some), key=lambda each: each.at))


def next_remind_at(db: Db, session: Session, *, now: datetime) -> datetime | None:
    """Return when a planned session next has something to say, after `now`: what scheduling puts in `remind_at`."""
    return next((each.at for each in announcements(Planner(db, now), session) if each.at > now), None)


def _announced(planner: Planner, session: Session, person_id: UUID) -> list[Announcement]:
    assert session.planned_at is not None
    found = []
    if announcing := slot_announcing(planner, session, person_id):
        found.append(Announcement(person_id, "digest", announcing.at, announcing.slot_on))
    soon = session.planned_at - REMINDED_BEFORE
    if slot := slot_at(planner.working_time(person_id), soon):
        found.append(Announcement(person_id, "reminder", soon, slot.on))
    return found


def slot_announcing(planner: Planner, session: Session, person_id: UUID) -> Plan | None:
    """Return in which digest a meeting is announced: of the slot before its own, or its own when that one missed it.

    An outage, or leave entered since, may have swallowed the slot before. None for what was arranged after that slot's
    digest: it was told at once, and is not announced again.
    """
    assert session.planned_at is not None
    working, hour = planner.working_time(person_id), planner.hour_of(person_id)
    before, own = slot_before(working, session.planned_at), slot_at(working, session.planned_at)
    plan = Plan(before.on, digest_at(before, hour, working.zone)) if before else None
    if plan is None or (session.changed_at and session.changed_at >= plan.at):
        return None
    if own is None or (before and before.ends_at > planner.now):
        return plan
    at = digest_at(own, hour, working.zone)
    said_in = announced_in(planner.db, person_id=person_id, session=session)
    return Plan(own.on, at) if at < session.planned_at and said_in <= {own.on.isoformat()} else plan


def _last_passed(rungs: tuple[Rung, ...], today: date) -> int:
    """Return the last step whose day has come, so that a burst of missed ones is one; the first when none has."""
    return max((n for n, rung in enumerate(rungs) if rung.on <= today), default=0)


def _first_day_worked(working: WorkingTime, day: date) -> date:
    """Return the first day worked in the week of `day`, up to it: the one digest of a person who chose weekly."""
    monday = day - day.weekday() * ONE_DAY
    days = (monday + n * ONE_DAY for n in range(day.weekday() + 1))
    return next((each for each in days if slot_on(working, each)), day)
