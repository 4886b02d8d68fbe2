"""The weekly summary of a programme, for its channel."""

from datetime import datetime

from sqlmodel import Session as Db

from bot.actions.summaries import get_summary
from bot.delivery.outgoing import Suppressed
from bot.values import Message
from prompts.summaries import summary_message
from storage.queries import deliveries as delivery_queries
from storage.queries import together as together_queries
from storage.tables.delivery import Delivery

SUMMARY = "summary"  # the kind of delivery


def build_summary(db: Db, row: Delivery, now: datetime) -> Message | Suppressed:
    """Build the week that ends at the moment the delivery names, or say why nothing is posted."""
    settings = together_queries.find_settings(db, programme=row.subject["programme"])
    if settings is None or settings.summary_channel != row.channel:
        return Suppressed("channel_changed")
    if delivery_queries.has_later(db, after=row.said_once, until=f"{SUMMARY}:{settings.programme}:9999"):
        return Suppressed("newer_one_is_owed")
    summary = get_summary(db, settings, until=datetime.fromisoformat(row.subject["until"]), now=now)
    return summary_message(summary) if summary else Suppressed("nothing_to_say")
