"""What is sent about sessions beside the digest: word of a change, and the calendar file somebody asked for."""

from datetime import datetime
from uuid import UUID

from sqlmodel import Session as Db

from bot.actions import session_news
from bot.delivery.outgoing import FileShare, Outgoing, Suppressed
from bot.rules.working_days import local_date
from prompts import supervision as words
from storage.tables.delivery import Delivery

FILENAME = "meeting.ics"  # neutral: file names are seen on lock screens


def build_session_news(db: Db, row: Delivery, now: datetime) -> Outgoing:
    """Build word of a session that somebody else planned, moved or cancelled; only the latest change is said."""
    assert row.person_id is not None
    session_id, version = UUID(row.subject["session"]), int(row.subject["version"])
    news = session_news.find_news(db, person_id=row.person_id, session_id=session_id, version=version, now=now)
    if news is None:
        return Suppressed("changed_meanwhile")
    today = local_date(now, news.line.zone)
    return words.news_message(news.line, by=news.by, is_new=news.is_new, today=today)


def build_calendar_file(db: Db, row: Delivery, now: datetime) -> Outgoing:
    """Build the calendar file of a session as it stands now."""
    assert row.person_id is not None
    found = session_news.calendar_file(db, person_id=row.person_id, session_id=UUID(row.subject["session"]), now=now)
    if found is None:
        return Suppressed("no_longer_there")
    line, content = found
    return FileShare(filename=FILENAME, title=line.title, content=content)
