"""Once a day while Handrail runs: the audit chain's head is noted outside, and rows that have served are deleted."""

import logging
import threading
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

from dateutil.relativedelta import relativedelta
from slack_sdk import WebClient
from sqlmodel import Session as Db

from bot.clock import Clock
from bot.recognising import look_again, recognise_waiting
from storage import audit_heads
from storage.database import Database
from storage.queries import retention

KEEP_INBOX = timedelta(days=30)
KEEP_CLOSED = relativedelta(months=13)
_LOOK_EVERY = 3600.0  # seconds
_log = logging.getLogger("handrail.daily")


class Daily:
    """Looks every hour whether a new day has begun, and whether whoever was waited for or off is in Slack now."""

    def __init__(self, database: Database, clock: Clock, heads: Path, client: WebClient) -> None:
        self._database, self._clock, self._heads, self._client = database, clock, heads, client
        self._stopping = threading.Event()

    def start(self) -> None:
        """Begin, with a first look at once."""
        threading.Thread(target=self._look, name="daily", daemon=True).start()

    def stop(self) -> None:
        """Stop looking."""
        self._stopping.set()

    def _look(self) -> None:
        while True:
            try:
                recognise_waiting(self._database, self._client, now=self._clock.now())
                look_again(self._database, self._client, now=self._clock.now())
                do_daily(self._database, self._clock, self._heads)
            except Exception:  # tomorrow is another day; health and doctor tell of a database that is away
                _log.exception("the daily work could not be done; it is tried again in an hour")
            if self._stopping.wait(_LOOK_EVERY):
                return


def do_daily(database: Database, clock: Clock, heads: Path) -> None:
    """Note the head of the audit chain if today's is not noted yet, and then delete what has served."""
    now = clock.now()
    with database.reading() as db:
        if not audit_heads.note_head(db, heads, now=now):
            return
    _delete_all(database, lambda db: retention.delete_old_inbox(db, before=now - KEEP_INBOX))
    _delete_all(database, lambda db: retention.delete_old_deliveries(db, before=now - KEEP_CLOSED))
    _delete_all(database, lambda db: retention.delete_old_due_items(db, before=(now - KEEP_CLOSED).date()))


def _delete_all(database: Database, delete: Callable[[Db], int]) -> None:
    deleted = retention.MOST
    while deleted == retention.MOST:
        with database.transaction() as db:
            deleted = delete(db)
