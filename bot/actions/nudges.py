"""Putting a thing off, and saying that it does not apply."""

from datetime import date, datetime, timedelta
from uuid import UUID

from sqlmodel import Session as Db

from bot.actions.digests import owe_notice
from bot.actions.duties import DUE, SEEN_AT, access_own_duty, may_not_apply
from bot.actions.nudge_times import Planner
from bot.actions.refreshing import refresh_message_about
from bot.actions.told import PERSON
from bot.errors import NotAllowed, NotLater, SnoozedTooFar, SomebodyWasFirst
from bot.rules.slots import slots_from
from bot.rules.working_days import local_date
from bot.values import Ref, Who
from storage import audit, sealing
from storage.queries import due as due_queries
from storage.queries import people as people_queries
from storage.tables.delivery import DueItem

_ONE_DAY, _ONE_WEEK = timedelta(days=1), timedelta(weeks=1)


def list_snoozes(db: Db, item: DueItem, *, me: Who, now: datetime) -> tuple[tuple[str, date], ...]:
    """Return the days to which an item may be put off at a tap. Raises SnoozedTooFar when its fixed day leaves none."""
    planner, today = Planner(db, now), local_date(now, me.zone)
    tomorrow = today + _ONE_DAY
    worked = next((slot.on for slot in slots_from(planner.working_time(me.id), tomorrow)), tomorrow)
    wanted = (("Tomorrow", tomorrow), ("Next working day", worked), ("Next week", today + _ONE_WEEK))
    last = _last_day(planner, item)
    found = {on: (label, on) for label, on in reversed(wanted) if last is None or on <= last}
    if not found:
        raise SnoozedTooFar(item.due_on)
    return tuple(sorted(found.values(), key=lambda choice: choice[1]))


def names_told_of_snooze(db: Db, item: DueItem, *, now: datetime) -> tuple[str, ...]:
    """Return who will see the next snooze of this item; nobody, unless it is the third of a thing with a fixed day."""
    planner = Planner(db, now)
    if not _is_seen(planner, item):
        return ()
    return tuple(people_queries.get_person(db, person).name for person in _next_told(planner, item))


def snooze(db: Db, *, me: Who, ref: Ref, until: date, now: datetime) -> DueItem:
    """Put an item off until a day after today, never past its fixed day; its owner is then asked again.

    Raises NotLater, SnoozedTooFar, or SomebodyWasFirst when it changed meanwhile.
    """
    item, planner = access_own_duty(db, me=me, ref=ref, now=now), Planner(db, now)
    last = _last_day(planner, item)
    if until <= local_date(now, me.zone):
        raise NotLater(until).under("snooze_other_day")
    if last and until > last:
        raise SnoozedTooFar(item.due_on).under("snooze_other_day")
    seen_by = _next_told(planner, item) if _is_seen(planner, item) else {}
    again = planner.asked_again_at(item, until)
    if not due_queries.mark_due_item(db, item, snoozed_until_on=until, snoozes=item.snoozes + 1, next_nudge_at=again):
        raise SomebodyWasFirst("it")
    _tell(planner, item, seen_by)
    refresh_message_about(db, item, now=now)
    return item


def list_alike(db: Db, item: DueItem, *, today: date) -> tuple[DueItem, ...]:
    """Return what its owner is asked for by the same rule about the same, for whomever; the item is among them."""
    asked = due_queries.list_open_items(db, owner_id=item.owner_id, opened_by=today)
    return tuple(each for each in asked if (each.rule, each.subject) == (item.rule, item.subject))


def snooze_alike(db: Db, *, me: Who, ref: Ref, until: date, now: datetime) -> DueItem:
    """Put an item off, and with it all that is alike. Raises as `snooze` does."""
    item = access_own_duty(db, me=me, ref=ref, now=now)
    for each in list_alike(db, item, today=local_date(now, me.zone)):
        snooze(db, me=me, ref=Ref(DUE, each.id, each.version), until=until, now=now)
    return item


def access_inapplicable(db: Db, *, me: Who, ref: Ref, now: datetime) -> DueItem:
    """Return an item that its owner may say does not apply. Raises NotAllowed where that cannot be said."""
    item = access_own_duty(db, me=me, ref=ref, now=now)
    if not may_not_apply(item, is_fixed=Planner(db, now).ladder_of(item).fixed):
        raise NotAllowed
    return item


def mark_not_applicable(db: Db, *, me: Who, ref: Ref, reason: str, now: datetime) -> DueItem:
    """Close an item that does not apply to its owner. The reason is sealed under their key."""
    item = access_inapplicable(db, me=me, ref=ref, now=now)
    sealed = sealing.seal(db, reason, owner=item.owner_id, table="dueitem", row_id=item.id, column="reason")
    closed = {"state": "excused", "not_applicable": True, "closed_on": local_date(now, me.zone)}
    if not due_queries.mark_due_item(db, item, **closed, reason=sealed, next_nudge_at=None):
        raise SomebodyWasFirst("it")
    audit.note(db, at=now, actor_id=me.id, verb="not_applicable", thing=f"due:{item.id}", about_id=item.about_id)
    refresh_message_about(db, item, now=now)
    return item


def _last_day(planner: Planner, item: DueItem) -> date | None:
    """Return the day past which an item must not be put off; None when its day is not fixed."""
    return item.due_on if planner.ladder_of(item).fixed else None


def _is_seen(planner: Planner, item: DueItem) -> bool:
    return item.snoozes + 1 == SEEN_AT and planner.ladder_of(item).fixed


def _next_told(planner: Planner, item: DueItem) -> dict[UUID, str]:
    """Return the next people on the ladder above whoever must act, each with what they are told as."""
    for rung in planner.ladder_of(item).rungs[item.rung :]:
        above = {p: role for p, role in planner.told_at(item, rung).items() if role != PERSON and p != item.owner_id}
        if above:
            return above
    return {}


def _tell(planner: Planner, item: DueItem, people: dict[UUID, str]) -> None:
    """Let the next digest of these people say that an item was put off for the third time."""
    for person_id, told_as in people.items():
        plan = planner.plan(item, person_id, planner.now.date(), fixed=True)
        if plan:
            owe_notice(planner, item, plan, rung=-item.snoozes, person_id=person_id, told_as=told_as)
