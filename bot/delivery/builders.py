"""Every kind of message, built at the moment of sending from the ids its delivery holds.

Features add their kinds here: what a builder is given is the database in a writing transaction, the delivery, and
programme time; what it returns is something to send, or why not to.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlmodel import Session as Db

from bot.actions.announced import SESSIONS, as_said, was_said_since
from bot.actions.catalogue import programme_of
from bot.actions.digests import DIGEST, NUDGE
from bot.actions.duties import duty_of, is_its_time, most_pressing_first, read_ahead, step_of
from bot.actions.home_refreshing import HOME
from bot.actions.lead_pairing import LINE_MANAGER_SUPPORTS
from bot.actions.nudge_times import EACH, REMINDED_BEFORE, Planner, slot_announcing
from bot.actions.session_news import CALENDAR_FILE, NEWS
from bot.actions.slack_people import WHERE_TO_WRITE
from bot.actions.told import PERSON
from bot.actions.welcomes import COLLEAGUE, WELCOME
from bot.delivery.digest_slots import move_digest, move_nudge
from bot.delivery.home import build_home
from bot.delivery.outgoing import Builder, Builders, Outgoing, Postponed, Suppressed, Update
from bot.delivery.pointers import POINTERS
from bot.delivery.retiring import RETIRE, delivery_of
from bot.delivery.second_copies import SECOND_COPY, build_taking_back
from bot.delivery.session_messages import (
    A_MINUTE,
    WITH_NEWS,
    build_calendar_file,
    build_session_news,
    news_of,
    take_waiting_news,
)
from bot.delivery.summaries import SUMMARY, build_summary
from bot.delivery.trouble import TROUBLE
from bot.delivery.trouble_messages import build_trouble
from bot.delivery.welcome_messages import (
    build_colleague_welcome,
    build_line_manager_supports,
    build_welcome,
    build_where_to_write,
)
from bot.rules.working_days import local_date
from bot.values import Duty, Message, Step
from prompts import digest as words
from storage.queries import deliveries as delivery_queries
from storage.queries import due as due_queries
from storage.queries import people as people_queries
from storage.tables.delivery import Delivery, DueItem, Notice
from storage.tables.meetings import Session
from storage.tables.people import Person

_Standing = dict[UUID, tuple[DueItem, Notice]]  # what stands, and why its reader is told
_HALF_AN_HOUR = timedelta(minutes=30)
_SOON = REMINDED_BEFORE + _HALF_AN_HOUR  # before it begins; a digest that goes out then is the reminder too
_ALONE = REMINDED_BEFORE - _HALF_AN_HOUR  # from then on a reminder waits for no digest
_ANNOUNCED_AHEAD = timedelta(days=40)  # no slot lies further before its session than a long leave


def build_digest(db: Db, row: Delivery, now: datetime) -> Outgoing:
    """Build what one slot's digest says, from what is still to be said at that moment."""
    person, on = _person(db, row), date.fromisoformat(row.subject["on"])
    planner = Planner(db, now)
    if moved := move_digest(planner, person.id, on):
        return moved
    coming = due_queries.list_coming_sessions(db, person_id=person.id, after=now, before=now + _ANNOUNCED_AHEAD)
    announced, new = _announced(planner, coming, person, on), _new(db, person, on)
    asked = _in_order(db, person, _carried(db, person, on) | new, now)
    if not announced and not (asked and new):
        return Suppressed("nothing_left_to_say")
    sessions, waiting = _with_those_soon(coming, announced, now), take_waiting_news(db, row, now)
    message = _digest(db, person, asked, sessions, waiting, now)
    row.rules = sorted({duty.rule for duty in asked})
    row.subject = row.subject | ({SESSIONS: [as_said(session) for session in sessions]} if sessions else {})
    return message


def _digest(
    db: Db, person: Person, asked: tuple[Duty, ...], sessions: Sequence[Session], waiting: Sequence[str], now: datetime
) -> Message:
    news = news_of(db, person_id=person.id, keys=waiting, now=now)
    lines = _session_lines(db, [session for session in sessions if session.id not in news], person)
    today = local_date(now, person.zone)
    return words.digest_message(
        asked, lines, name=person.name, zone=person.zone, today=today, news=tuple(news.values())
    )


def build_nudge(db: Db, row: Delivery, now: datetime) -> Outgoing:
    """Build the message about one thing: for those who chose that, or on its last day."""
    notice = db.get(Notice, UUID(row.subject["notice"]))
    item = due_queries.find_due_item(db, notice.due_item_id) if notice else None
    if notice and item and (moved := move_nudge(Planner(db, now), notice, item)):
        return moved
    asked = _asked_by_itself(db, row, now)
    row.rules = [duty.rule for duty in asked]
    return _message_of(db, row, asked, now) if asked else Suppressed("nothing_left_to_say")


def _message_of(db: Db, row: Delivery, asked: tuple[Duty, ...], now: datetime) -> Message:
    person = _person(db, row)
    return words.digest_message(asked, (), name=person.name, zone=person.zone, today=local_date(now, person.zone))


def build_reminder(db: Db, row: Delivery, now: datetime) -> Outgoing:
    """Build the reminder of a session that begins soon."""
    person, session = _person(db, row), db.get(Session, UUID(row.subject["session"]))
    if session is None or session.state != "planned" or session.planned_at is None or session.planned_at <= now:
        return Suppressed("not_planned_any_more")
    if f":{session.planned_at:%Y%m%dT%H%M}:" not in row.said_once:
        return Suppressed("moved_meanwhile")
    if was_said_since(db, person_id=person.id, session=session, since=session.planned_at - _SOON):
        return Suppressed("said_in_the_digest")
    if now < session.planned_at - _ALONE and delivery_queries.is_on_its_way(
        db, person_id=person.id, kind=DIGEST, now=now
    ):
        return Postponed(now + A_MINUTE)
    line = _session_line(db, session, person)
    return words.reminder_message(line, zone=person.zone, today=local_date(now, person.zone))


def build_refresh(db: Db, row: Delivery, now: datetime) -> Outgoing:
    """Build the digest anew as things stand: what was done is no longer asked for."""
    old, person = delivery_queries.get_delivery(db, delivery_of(row)), _person(db, row)
    if old.status != "sent":
        return Suppressed("retired_meanwhile")
    if old.kind == NUDGE:
        left = _asked_by_itself(db, old, now)
        message = _message_of(db, old, left, now) if left else words.all_done_message(name=person.name)
        return Update(old.slack_channel, old.slack_ts, message)
    on = date.fromisoformat(old.subject["on"])
    asked = _asked(db, person, on, now)
    said = old.subject.get(SESSIONS, ())
    coming = due_queries.list_coming_sessions(db, person_id=person.id, after=now, before=now + _ANNOUNCED_AHEAD)
    sessions, news = [session for session in coming if as_said(session) in said], old.subject.get(WITH_NEWS, ())
    if asked or sessions or news:
        return Update(old.slack_channel, old.slack_ts, _digest(db, person, asked, sessions, news, now))
    return Update(old.slack_channel, old.slack_ts, words.all_done_message(name=person.name))


def build_retirement(db: Db, row: Delivery, now: datetime) -> Outgoing:
    """Build what a replaced digest says: what of it was done, and that the rest is in today's message."""
    old, person = delivery_queries.get_delivery(db, delivery_of(row)), _person(db, row)
    today, on = local_date(now, person.zone), date.fromisoformat(old.subject["on"])
    notices = due_queries.list_notices(db, person_id=person.id, digest_on=on)
    items = [item for item in {item.id: item for _, item in notices}.values() if item.state == "done"]
    done = [duty_of(db, item, today=today) for item in read_ahead(db, items)]
    carried = _carried(db, person, on + timedelta(days=1)).values()
    read_ahead(db, [item for item, _ in carried])
    left = words.folded([_duty(db, item, notice, today) for item, notice in carried], alike=True)
    news = tuple(news_of(db, person_id=person.id, keys=old.subject.get(WITH_NEWS, ()), now=now).values())
    message = words.retired_message(name=person.name, done=done, left=len(left), news=news)
    return Update(old.slack_channel, old.slack_ts, message)


OURS: dict[str, Builder] = {
    DIGEST: build_digest,
    NUDGE: build_nudge,
    "reminder": build_reminder,
    "refresh": build_refresh,
    HOME: build_home,
    SUMMARY: build_summary,
    RETIRE: build_retirement,
    SECOND_COPY: build_taking_back,
    **POINTERS,
    TROUBLE: build_trouble,
    WHERE_TO_WRITE: build_where_to_write,
    WELCOME: build_welcome,
    COLLEAGUE: build_colleague_welcome,
    LINE_MANAGER_SUPPORTS: build_line_manager_supports,
    NEWS: build_session_news,
    CALENDAR_FILE: build_calendar_file,
}


def every_builder() -> Builders:
    """Return the builder of every kind of delivery."""
    return OURS


def _person(db: Db, row: Delivery) -> Person:
    assert row.person_id is not None
    return people_queries.get_person(db, row.person_id)


def duties_said(db: Db, row: Delivery, now: datetime) -> tuple[Duty, ...]:
    """Return the duties that a digest or a nudge says at `now`; none for every other kind."""
    if row.kind == NUDGE:
        return _asked_by_itself(db, row, now)
    return _asked(db, _person(db, row), date.fromisoformat(row.subject["on"]), now) if row.kind == DIGEST else ()


def _asked_by_itself(db: Db, row: Delivery, now: datetime) -> tuple[Duty, ...]:
    """Return the one duty of a nudge, if it still stands."""
    notice = db.get(Notice, UUID(row.subject["notice"]))
    item = due_queries.find_due_item(db, notice.due_item_id) if notice else None
    today = local_date(now, _person(db, row).zone)
    if notice is None or item is None or not _still_to_say(item, notice, today):
        return ()
    return (_duty(db, item, notice, today),)


def _duty(db: Db, item: DueItem, notice: Notice, today: date) -> Duty:
    duty = duty_of(db, item, today=today, told_as=notice.told_as)
    is_seen = notice.rung < 0 and notice.told_as != PERSON  # the notice of a snooze, to the next on the ladder
    return replace(duty, put_off=-notice.rung) if is_seen else duty


def _asked(db: Db, person: Person, on: date, now: datetime) -> tuple[Duty, ...]:
    """Return the duties of one slot's digest that still stand, with what earlier ones asked."""
    return _in_order(db, person, _carried(db, person, on) | _new(db, person, on), now)


def _in_order(db: Db, person: Person, standing: _Standing, now: datetime) -> tuple[Duty, ...]:
    today = local_date(now, person.zone)
    read_ahead(db, [item for item, _ in standing.values()])
    asked = (_duty(db, item, notice, today) for item, notice in standing.values())
    return most_pressing_first(tuple(duty for duty in asked if is_its_time(duty, now)))


def _new(db: Db, person: Person, on: date) -> _Standing:
    """Return what one slot's digest is the first to say, or says again because a ladder does."""
    rows = due_queries.list_notices(db, person_id=person.id, digest_on=on)
    standing = [(notice, item) for notice, item in rows if _still_to_say(item, notice, on)]
    keys = {f"{NUDGE}:{notice.id}": notice.id for notice, _ in standing}
    alone = {keys[key] for key in delivery_queries.list_said(db, keys=keys)}
    in_order = sorted(standing, key=lambda each: -each[0].rung)  # what is told of a snooze comes last, and stays
    return {item.id: (item, notice) for notice, item in in_order if notice.id not in alone}


def _carried(db: Db, person: Person, on: date) -> _Standing:
    """Return what the digests that this one replaces asked of somebody, where it stands: their buttons go with them.

    Not what they were only told about, nor an invitation: those are said once and left.
    """
    if person.digest_rhythm == EACH:
        return {}
    rows = due_queries.list_earlier_notices(db, person_id=person.id, digest_on=on)
    standing = ((item, notice) for notice, item in rows if _still_to_say(item, notice, on))
    return {item.id: (item, notice) for item, notice in standing if step_of(item.rule) is not Step.REFLECT}


def _still_to_say(item: DueItem, notice: Notice, on: date) -> bool:
    """Say whether what a notice speaks of stands on a day: open, not begun anew, its owner's and not snoozed."""
    if item.state != "open" or item.turn != notice.turn:
        return False
    snoozed = item.snoozed_until_on is not None and item.snoozed_until_on > on
    return notice.told_as != PERSON or (notice.person_id == item.owner_id and not snoozed)


def _announced(planner: Planner, coming: Sequence[Session], person: Person, on: date) -> tuple[Session, ...]:
    """Return those of somebody's planned sessions that a slot's digest announces."""
    plans = ((session, slot_announcing(planner, session, person.id)) for session in coming)
    return tuple(session for session, plan in plans if plan and plan.slot_on == on)


def _with_those_soon(coming: Sequence[Session], announced: Sequence[Session], now: datetime) -> tuple[Session, ...]:
    """Return what a digest announces, and first what begins so soon that it would be reminded of by itself."""
    soon = (session for session in coming if session.planned_at and session.planned_at < now + _SOON)
    found = {session.id: session for session in (*soon, *announced)}
    return tuple(found.values())


def _session_lines(db: Db, sessions: Sequence[Session], person: Person) -> tuple[words.SessionLine, ...]:
    return tuple(_session_line(db, session, person) for session in sessions)


def _session_line(db: Db, session: Session, person: Person) -> words.SessionLine:
    other = session.led_by_id if session.about_id == person.id else session.about_id
    card = programme_of(db, session.version_id).session.get(session.kind)
    assert session.planned_at is not None
    return words.SessionLine(
        session_id=session.id,
        version=session.version,
        title=card.title if card else "Session",
        with_name=people_queries.get_person(db, other).name,
        at=session.planned_at,
        minutes=session.minutes,
    )
