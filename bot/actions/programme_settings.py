"""What a lead decides about a running programme: where and when the summary goes, when it goes live, closures."""

from datetime import date, datetime
from uuid import UUID

from sqlmodel import Session as Db

from bot import access
from bot.actions import my_time, settle
from bot.actions.catalogue import programme_of
from bot.errors import DatesTheWrongWayRound, NotAllowed, NotFound
from bot.rules.programme_settings import Closure, ClosuresPage, SettingsPage
from bot.rules.summary_times import next_summary_at
from bot.rules.working_days import local_date
from bot.values import Who
from storage import audit
from storage.queries import deliveries as delivery_queries
from storage.queries import enrolments as enrolment_queries
from storage.queries import people as people_queries
from storage.queries import working_time as time_queries
from storage.tables.people import Absence


def get_settings(db: Db, *, me: Who, programme: str, now: datetime) -> SettingsPage:
    """Return the settings of a programme I lead. Raises NotFound or NotAllowed."""
    settings = access.access_programme(db, me=me, programme=programme, now=now)
    return SettingsPage(
        programme=programme,
        title=programme_of(db, settings.version_id).title,
        summary_channel=settings.summary_channel,
        summary_weekday=settings.summary_weekday,
        summary_hour=settings.summary_hour,
        digest_hour=settings.digest_hour,
        go_live_on=settings.go_live_on,
        today=local_date(now, me.zone),
    )


def save_settings(
    db: Db,
    *,
    me: Who,
    programme: str,
    summary_channel: str,
    summary_weekday: int,
    summary_hour: int,
    digest_hour: int | None,
    go_live_on: date | None,
    now: datetime,
) -> None:
    """Save the settings; another go-live date or digest hour moves what was going to be asked.

    Hours are by the lead's own clock. A new day or hour for the summary starts with its next one.
    """
    settings = access.access_programme(db, me=me, programme=programme, now=now)
    is_other_time = (settings.summary_weekday, settings.summary_hour) != (summary_weekday, summary_hour)
    moves = (settings.go_live_on, settings.digest_hour) != (go_live_on, digest_hour)
    if summary_channel and settings.summary_channel != summary_channel:  # what could not be posted goes to the new one
        delivery_queries.move_parked(db, said_like=f"summary:{programme}:", channel=summary_channel)
    settings.summary_channel = summary_channel
    settings.summary_weekday, settings.summary_hour = summary_weekday, summary_hour
    settings.digest_hour, settings.go_live_on = digest_hour, go_live_on
    if is_other_time or settings.next_summary_at is None:
        settings.summary_zone = me.zone
        settings.next_summary_at = next_summary_at(summary_weekday, summary_hour, zone=me.zone, after=now)
    db.flush()
    if moves:
        _replan_everybody(db, programme, now)
    audit.note(db, at=now, actor_id=me.id, verb="settings", thing=f"programme:{programme}")


def get_closures(db: Db, *, me: Who, now: datetime) -> ClosuresPage:
    """Return the closures to come. Raises NotAllowed for who leads nothing."""
    _check_lead(me)
    today = local_date(now, me.zone)
    teams = {team.id: team.name for team in time_queries.list_teams(db)}
    rows = time_queries.list_closures(db, from_on=today)
    return ClosuresPage(
        closures=tuple(
            Closure(
                id=row.id,
                name=row.name,
                team=teams.get(row.team_id, "") if row.team_id else "",
                from_on=row.from_on,
                until_on=row.until_on,
                is_worked=row.is_worked,
            )
            for row in rows
        ),
        teams=tuple(teams.items()),
        today=today,
    )


def add_closure(
    db: Db,
    *,
    me: Who,
    name: str,
    team_id: UUID | None,
    from_on: date,
    until_on: date,
    is_worked: bool = False,
    now: datetime,
) -> None:
    """Close a team, or everybody, from a day to a day. Raises DatesTheWrongWayRound.

    With `is_worked` they are open instead, bank holiday or not.
    """
    _check_lead(me)
    if until_on < from_on:
        raise DatesTheWrongWayRound
    row = Absence(name=name, team_id=team_id, from_on=from_on, until_on=until_on, is_worked=is_worked)
    db.add(row)
    db.flush()
    _replan_closed(db, team_id, now)
    audit.note(db, at=now, actor_id=me.id, verb="close", thing=f"absence:{row.id}")


def remove_closure(db: Db, *, me: Who, absence_id: UUID, now: datetime) -> None:
    """Take a closure back. Raises NotFound when somebody did already."""
    _check_lead(me)
    row = time_queries.find_absence(db, absence_id)
    if row is None or row.person_id is not None:
        raise NotFound("closure")
    db.delete(row)
    db.flush()
    _replan_closed(db, row.team_id, now)
    audit.note(db, at=now, actor_id=me.id, verb="open", thing=f"absence:{absence_id}")


def _check_lead(me: Who) -> None:
    if not me.is_lead:
        raise NotAllowed


def _replan_everybody(db: Db, programme: str, now: datetime) -> None:
    for enrolment, person in enrolment_queries.list_places(db, programme=programme):
        settle.settle_enrolment(db, enrolment.id, now=now)
        my_time.replan(db, person_id=person.id, now=now)


def _replan_closed(db: Db, team_id: UUID | None, now: datetime) -> None:
    """Replan those who have something planned or owed, and whom the closure reaches."""
    for person in people_queries.list_people(db, ids=time_queries.list_ids_with_anything_to_do(db)).values():
        if team_id in (None, person.team_id):
            my_time.replan(db, person_id=person.id, now=now)
