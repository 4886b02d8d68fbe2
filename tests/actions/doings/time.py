"""Time passes, and people's time changes."""

from datetime import timedelta

from sqlmodel import col

from bot.actions import my_time, nudges, programme_settings, slack_people
from bot.actions.slack_people import Account, Standing
from bot.app import settle_one
from bot.delivery.evaluate import evaluate
from bot.rules.working_patterns import WorkingPattern
from bot.values import Ref
from storage.queries import enrolments as enrolment_queries
from storage.tables.delivery import DueItem
from storage.tables.people import Absence, Team
from tests.actions.doings.world import NothingToDo, Pick, World, doing, everybody, rows

ONE_DAY = timedelta(days=1)
DAYS = (1, 1, 2, 3, 7, 14, 30)
ZONES = ("Europe/London", "America/New_York", "Pacific/Auckland", "Europe/Lisbon")
PATTERNS = (("mon-fri", "09:00-17:00"), ("mon tue", "08:00-12:00"), ("mon-thu", "22:00-06:00"), ("every day", ""))


def tick(world: World) -> None:
    """Do what the tick does: settle whom it is time to look at again, and say what is due."""
    evaluate(world.database, now=world.now, settle=settle_one)


def days_go_by(world: World, days: int) -> None:
    """Let so many days go by, each with its tick."""
    for _ in range(days):
        world.now += ONE_DAY
        tick(world)


@doing
def pass_days(world: World, pick: Pick) -> None:
    """Let some days go by."""
    days_go_by(world, pick.whom(DAYS))


@doing
def pass_hours(world: World, pick: Pick) -> None:
    """Let some hours go by."""
    world.now += timedelta(hours=1 + pick.a % 14)
    tick(world)


@doing
def add_away(world: World, pick: Pick) -> None:
    """Somebody enters leave, short or long, past or to come."""
    with world.database.transaction() as db:
        person = pick.whom(everybody(db))
        from_on = world.today + timedelta(days=pick.b * 5 - 20)
        until_on = from_on + timedelta(days=pick.how((0, 3, 16, 40)))
        me = world.me(db, person.id)
        my_time.add_away(db, me=me, person_id=person.id, from_on=from_on, until_on=until_on, now=world.now)


@doing
def end_away(world: World, pick: Pick) -> None:
    """Somebody takes leave back."""
    with world.database.transaction() as db:
        absence = pick.whom(rows(db, Absence, col(Absence.person_id).is_not(None)))
        assert absence.person_id
        my_time.end_away(db, me=world.me(db, absence.person_id), absence_id=absence.id, now=world.now)


@doing
def change_hours(world: World, pick: Pick) -> None:
    """Somebody works other days, or wants their digest at another hour."""
    with world.database.transaction() as db:
        person = pick.whom(everybody(db))
        my_time.save_time(
            db,
            me=world.me(db, person.id),
            person_id=person.id,
            pattern=WorkingPattern.from_words(*pick.what(PATTERNS)),
            works_bank_holidays=bool(pick.c % 2),
            digest_hour=pick.how((None, 8, 16)),
            digest_rhythm=pick.how(("daily", "weekly", "each", "daily")),
            now=world.now,
        )


@doing
def change_zone(world: World, pick: Pick) -> None:
    """Slack says that somebody is in another zone, or that their account was switched off."""
    with world.database.transaction() as db:
        person = pick.whom(everybody(db))
        standing = Standing.DEACTIVATED if pick.c % 5 == 4 else Standing.HERE
        account = Account(person.slack_id or "", standing, person.email or "", person.name, pick.what(ZONES))
        if not slack_people.recognise(db, account=account, now=world.now):
            raise NothingToDo


@doing
def close_some_days(world: World, pick: Pick) -> None:
    """The lead closes a team, or everybody, for some days."""
    with world.database.transaction() as db:
        team = pick.whom([None, *rows(db, Team)])
        from_on = world.today + timedelta(days=pick.b)
        programme_settings.add_closure(
            db,
            me=world.lead(db),
            name="Closed",
            team_id=team.id if team else None,
            from_on=from_on,
            until_on=from_on + timedelta(days=pick.c % 4),
            now=world.now,
        )


@doing
def open_again(world: World, pick: Pick) -> None:
    """The lead takes a closure back."""
    with world.database.transaction() as db:
        absence = pick.whom(rows(db, Absence, col(Absence.person_id).is_(None)))
        programme_settings.remove_closure(db, me=world.lead(db), absence_id=absence.id, now=world.now)


@doing
def move_go_live(world: World, pick: Pick) -> None:
    """The lead moves the day on which a programme goes live."""
    with world.database.transaction() as db:
        key = pick.whom([settings.programme for settings in enrolment_queries.list_settings(db)])
        programme_settings.save_settings(
            db,
            me=world.lead(db),
            programme=key,
            summary_channel="",
            summary_weekday=4,
            summary_hour=15,
            digest_hour=pick.how((None, 11)),
            go_live_on=pick.what((None, world.today - 10 * ONE_DAY, world.today, world.today + 20 * ONE_DAY)),
            now=world.now,
        )


@doing
def snooze(world: World, pick: Pick) -> None:
    """Somebody puts something off."""
    with world.database.transaction() as db:
        item = pick.whom(rows(db, DueItem, DueItem.state == "open"))
        me = world.me(db, item.owner_id)
        until = world.today + timedelta(days=1 + pick.b)
        nudges.snooze(db, me=me, ref=Ref("due", item.id, item.version), until=until, now=world.now)


@doing
def say_not_applicable(world: World, pick: Pick) -> None:
    """Somebody says that something does not apply to them."""
    with world.database.transaction() as db:
        item = pick.whom(rows(db, DueItem, DueItem.state == "open"))
        ref = Ref("due", item.id, item.version)
        nudges.mark_not_applicable(db, me=world.me(db, item.owner_id), ref=ref, reason="Not my job", now=world.now)
