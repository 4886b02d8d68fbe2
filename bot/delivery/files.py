"""A file is a delivery of its own: its id is kept before its bytes go, so that in doubt Slack can be asked about it."""

from collections.abc import Callable
from dataclasses import replace

from bot.delivery import outbox
from bot.delivery.outbox import Claimed
from bot.delivery.outgoing import FileShare
from bot.delivery.slack_calls import Kind, Outcome, SlackCalls
from storage.database import Database


def send_file(
    database: Database, slack: SlackCalls, claimed: Claimed, share: FileShare, on_step: Callable[[str], None]
) -> Outcome:
    """Send a file, or take up again one whose id is already known; the same id is never shared as two files."""
    if claimed.file_id:
        again = _take_up(slack, claimed, share)
        if again.code != "file_not_found":
            return again
    reserved = slack.reserve_file(share.filename, len(share.content))
    if not reserved.is_ok:
        return reserved
    file_id = str(reserved.data["file_id"])
    if not outbox.keep_file(database, claimed, file_id):
        return Outcome(Kind.IN_DOUBT, "lease_lost")
    on_step("file_reserved")
    sent = slack.send_bytes(str(reserved.data["upload_url"]), share.content)
    if not outbox.holds_lease(database, claimed):
        return Outcome(Kind.IN_DOUBT, "lease_lost")
    on_step("bytes_sent")
    done = slack.share_file(file_id, share.title, claimed.slack_channel, share.comment) if sent.is_ok else sent
    return replace(done, data=done.data or {"file": {"id": file_id}})  # in doubt, it may be shared all the same


def is_shared(info: Outcome) -> bool:
    """Say whether Slack's answer about a file tells that it went out."""
    file = info.data.get("file") or {}
    return any(file.get("shares") or {}) or bool(file.get("ims") or file.get("channels") or file.get("groups"))


def _take_up(slack: SlackCalls, claimed: Claimed, share: FileShare) -> Outcome:
    info = slack.file_info(claimed.file_id)
    if not info.is_ok or is_shared(info):
        return info
    return slack.share_file(claimed.file_id, share.title, claimed.slack_channel, share.comment)
