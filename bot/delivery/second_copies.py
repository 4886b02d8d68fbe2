"""A second copy of what another sender said meanwhile: taken back, and tried until it is (delivery.md, "Fence").

Whoever finds out that its lease was lost owes the taking back in the same transaction, as a delivery of its own: a
process that dies then, or a call that fails, leaves no copy standing.
"""

from datetime import datetime

from sqlmodel import Session as Db

from bot.delivery.outgoing import Outgoing, Suppressed, TakeBack, Unsettled
from bot.delivery.retiring import delivery_of
from bot.delivery.slack_calls import Kind, Outcome, SlackCalls
from storage.queries import deliveries as delivery_queries
from storage.queries.deliveries import UPDATES
from storage.tables.delivery import Delivery

SECOND_COPY = "second_copy"
_UNSETTLED = ("pending", "sending", "uncertain", "parked")
_DONE = Outcome(Kind.OK)
_GONE = {"message_not_found", "file_not_found", "file_deleted"}


def owe_taking_back(
    db: Db, said: Delivery, *, token: int, now: datetime, ts: str = "", file_id: str = "", look_at: float = 0.0
) -> None:
    """Owe that the copy is taken back which was sent under a token that is no longer a delivery's.

    It is the post `ts` or the file; with neither named, whatever of it stands beside the one that counts, looked for
    at `look_at` (machine time).
    """
    copy = delivery_queries.add_delivery(
        db,
        kind=SECOND_COPY,
        said_once=f"{SECOND_COPY}:{said.id}:{token}",
        person_id=said.person_id,
        channel=said.channel,
        subject={"delivery": str(said.id), "ts": ts, "file": file_id},
        lane=UPDATES,
        not_before=now,
        created_at=now,
    )
    if copy:
        delivery_queries.mark(db, copy.id, copy.token, retry_at=look_at)


def build_taking_back(db: Db, row: Delivery, _now: datetime) -> Outgoing:
    """Build what is to be taken back, once it is known which copy stays."""
    said = delivery_queries.get_delivery(db, delivery_of(row))
    ts, file_id = str(row.subject["ts"]), str(row.subject["file"])
    if said.status in _UNSETTLED:
        return Unsettled()
    if (ts and ts == said.slack_ts) or (file_id and file_id == said.file_id):
        return Suppressed("found_again")
    if said.status == "sent" and not said.slack_ts and not file_id:  # nobody knows which one a lead saw
        return Suppressed("said_to_have_arrived")
    return TakeBack(said.slack_channel, said.opaque, said.after_ts, keeps=said.slack_ts, slack_ts=ts, file_id=file_id)


def take_back(slack: SlackCalls, copy: TakeBack) -> Outcome:
    """Take back a copy, or every copy but the one that counts."""
    if copy.file_id:
        return _unless_gone(slack.delete_file(copy.file_id))
    stamps, outcome = (copy.slack_ts,), _DONE
    if not copy.slack_ts:
        outcome = slack.find_posts(copy.slack_channel, copy.opaque, copy.after_ts)
        stamps = outcome.data.get("stamps", ())
    for ts in stamps:
        if outcome.is_ok and ts != copy.keeps:
            outcome = _unless_gone(slack.delete(copy.slack_channel, ts))
    return outcome if not outcome.is_ok else _DONE


def _unless_gone(outcome: Outcome) -> Outcome:
    return _DONE if outcome.code in _GONE else outcome
