"""A programme's week in counts: what was done, what is coming, and whether anything waits."""

from datetime import datetime, timedelta

from sqlmodel import Session as Db

from bot.actions.catalogue import programme_of
from bot.actions.duties import step_of
from bot.programmes.programme import Programme
from bot.rules.summaries import Coming, Done, Lateness, Meant, Summary, coming_to_tell, lateness_of
from bot.rules.working_days import local_date
from bot.values import Step
from storage.queries import counts
from storage.queries import people as people_queries
from storage.tables.programmes import ProgrammeSettings

ONE_DAY, ONE_WEEK = timedelta(days=1), timedelta(weeks=1)
_COURSES = {Step.TRAIN, Step.RENEW}


def get_summary(db: Db, settings: ProgrammeSettings, *, until: datetime, now: datetime) -> Summary | None:
    """Return the week that ends at `until`; None where nobody is on the programme and nothing was done.

    Days are told by the clock of the programme's lead, as the hour of the summary is.
    """
    name, zone = settings.programme, _zone(db, settings, now)
    programme, today = programme_of(db, settings.version_id), local_date(now, zone)
    people = counts.count_participants(db, programme=name)
    done = _done(db, name, until)
    if not people and done.is_nothing:
        return None
    meant = Meant(people, max(1, counts.count_most_supported(db, programme=name, on=today)))
    late = counts.count_people_late(db, programme=name, today=today)
    lateness = lateness_of(late, meant)
    return Summary(
        title=programme.title,
        last_on=local_date(until, zone),
        done=done,
        coming=coming_to_tell(_coming(db, programme, until, zone), meant),
        lateness=lateness,
        late=late if lateness is Lateness.COUNTED else 0,
        people=people,
    )


def _done(db: Db, programme: str, until: datetime) -> Done:
    after = until - ONE_WEEK
    return Done(
        meetings=counts.count_held(db, programme=programme, after=after, until=until),
        records=counts.count_signed(db, programme=programme, kind="record", after=after, until=until),
        agreements=counts.count_signed(db, programme=programme, kind="agreement", after=after, until=until),
        criteria=counts.count_signed_off(db, programme=programme, after=after, until=until),
        courses=counts.count_verified(db, programme=programme, after=after, until=until),
    )


def _coming(db: Db, programme: Programme, until: datetime, zone: str) -> Coming:
    name, today = programme.key, local_date(until, zone)
    due = counts.count_due_by_rule(db, programme=name, first=today + ONE_DAY, last=today + ONE_WEEK)
    return Coming(
        meetings=counts.count_planned(db, programme=name, after=until, until=until + ONE_WEEK),
        courses=sum(n for rule, n in due.items() if step_of(rule) in _COURSES),
        reviews=sum(n for rule, n in due.items() if is_review(programme, rule)),
    )


def is_review(programme: Programme, rule: str) -> bool:
    """Say whether a rule asks for a review: something agreed looked at again, or a form that is one."""
    kind, _, name = rule.partition("#")[0].rpartition("/")[2].partition(".")
    card = programme.form.get(name.partition(":")[0]) if kind == "form" else None
    return step_of(rule) is Step.REVIEW or (card is not None and card.kind == "review")


def _zone(db: Db, settings: ProgrammeSettings, now: datetime) -> str:
    leads = people_queries.list_role_holders(db, role=people_queries.LEAD, on=now.date(), programme=settings.programme)
    return leads[0].zone if leads else "Europe/London"
