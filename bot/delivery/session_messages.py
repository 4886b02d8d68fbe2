"""What is sent about sessions beside the digest: word of a change, and the calendar file somebody asked for."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlmodel import Session as Db

from bot.actions import session_news
from bot.actions.digests import DIGEST
from bot.delivery.outgoing import FileShare, Outgoing, Postponed, Suppressed
from bot.rules.working_days import local_date
from bot.values import Message
from prompts import supervision as words
from storage.queries import deliveries as delivery_queries
from storage.tables.delivery import Delivery

A_MINUTE = timedelta(minutes=1)
TOGETHER = 5  # news in one message; more than that are another
WITH_NEWS = "news"  # in a message's subject: which other news it says
FILENAME = "meeting.ics"  # neutral: file names are seen on lock screens


def build_session_news(db: Db, row: Delivery, now: datetime) -> Outgoing:
    """Build word of a session that somebody else planned, moved or cancelled; only the latest change is said.

    What came together while somebody was off is said together, and by a digest that goes out just then.
    """
    assert row.person_id is not None
    if delivery_queries.is_on_its_way(db, person_id=row.person_id, kind=DIGEST, now=now):
        return Postponed(now + A_MINUTE)
    news = news_of(db, person_id=row.person_id, keys=[_key(row), *take_waiting_news(db, row, now)], now=now)
    return words.said_together(tuple(news.values())) if news else Suppressed("changed_meanwhile")


def take_waiting_news(db: Db, row: Delivery, now: datetime) -> list[str]:
    """Let a message say the news that wait for its person; return which it says. It keeps them, to be built again."""
    assert row.person_id is not None
    by = now + A_MINUTE  # what was put off for this digest too
    found = delivery_queries.list_waiting(db, person_id=row.person_id, kind=session_news.NEWS, now=by, most=TOGETHER)
    for other in (each for each in found if each.id != row.id):
        other.status, other.why, other.token = "suppressed", "said_together", other.token + 1
        theirs = [_key(other), *other.subject.get(WITH_NEWS, ())]  # what it had taken before a try that failed
        row.subject = row.subject | {WITH_NEWS: [*row.subject.get(WITH_NEWS, ()), *theirs]}
    return list(row.subject.get(WITH_NEWS, ()))


def news_of(db: Db, *, person_id: UUID, keys: Sequence[str], now: datetime) -> dict[UUID, Message]:
    """Return, by session, the news named by these keys that are news still."""
    found: dict[UUID, Message] = {}
    for session_id, _, version in (key.partition("/") for key in keys):
        news = session_news.find_news(
            db, person_id=person_id, session_id=UUID(session_id), version=int(version), now=now
        )
        if news:
            today = local_date(now, news.line.zone)
            found[UUID(session_id)] = words.news_message(news.line, by=news.by, is_new=news.is_new, today=today)
    return found


def _key(row: Delivery) -> str:
    return f"{row.subject['session']}/{row.subject['version']}"


def build_calendar_file(db: Db, row: Delivery, now: datetime) -> Outgoing:
    """Build the calendar file of a session as it stands now."""
    assert row.person_id is not None
    found = session_news.calendar_file(db, person_id=row.person_id, session_id=UUID(row.subject["session"]), now=now)
    if found is None:
        return Suppressed("no_longer_there")
    line, content = found
    return FileShare(filename=FILENAME, title=line.title, content=content)
