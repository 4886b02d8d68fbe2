"""What can go wrong between us and Slack: nothing lost, nothing said twice."""

import time
from dataclasses import replace

import pytest

from bot.delivery.outbox import Claimed, claim, in_conversation, keep_conversation
from bot.delivery.outgoing import FileShare
from bot.practice import Fault
from bot.values import Message
from storage.queries.deliveries import LANES, REPLIES, add_delivery
from tests.delivery.conftest import DIES, House
from tests.factories import NINE


def settle_down(house: House, seconds: float = 30.0) -> None:
    """Let machine time pass, sending and looking, until nothing is left to do."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        house.engine.drain()
        house.engine.reconcile()
        states = {row.status for row in house.deliveries()}
        if not states & {"pending", "sending", "uncertain"}:
            return
        time.sleep(0.02)


@pytest.mark.parametrize("kind", ["cut_before", "cut_after", "server_error_before", "server_error_after"])
def test_a_lost_reply_is_neither_lost_nor_doubled(house: House, kind: str) -> None:
    house.owe()
    house.workspace.faults.add(Fault("chat.postMessage", kind))

    house.engine.run_until(NINE)
    assert [row.status for row in house.deliveries()] == ["uncertain"]
    settle_down(house)

    assert len(house.posts("ASHA")) == 1
    [row] = house.deliveries()
    assert (row.status, row.slack_ts) == ("sent", house.posts("ASHA")[0].ts)


def test_when_slack_asks_to_wait_the_message_waits(house: House) -> None:
    house.owe()
    house.workspace.faults.add(Fault("chat.postMessage", "rate_limited", seconds=1))

    house.engine.run_until(NINE)
    [row] = house.deliveries()
    assert (row.status, row.why, house.posts()) == ("pending", "ratelimited", [])
    settle_down(house)

    assert len(house.posts("ASHA")) == 1


def test_a_wait_that_slack_does_not_name_is_half_a_minute(house: House) -> None:
    house.owe()
    house.workspace.faults.add(Fault("chat.postMessage", "rate_limited_badly"))

    began = time.monotonic()
    house.engine.run_until(NINE)

    [row] = house.deliveries()
    assert (row.status, row.why, house.posts()) == ("pending", "ratelimited", [])
    assert house.engine.sender.health.bulk_waits_until - began == pytest.approx(30.0, abs=2.0)


def test_when_slack_asks_to_wait_the_rest_of_the_bulk_waits_and_replies_do_not(house: House) -> None:
    house.owe()
    house.owe(owner_id=house.service.mentor, period="2")
    house.workspace.faults.add(Fault("chat.postMessage", "rate_limited", seconds=30))
    house.engine.run_until(NINE)
    assert house.posts() == []
    with house.database.transaction() as db:
        house.engine.sender.builders = {**house.engine.sender.builders, "reply": lambda db, row, now: Message("Yes?")}
        add_delivery(
            db, kind="reply", said_once="reply:1", person_id=house.service.lead, lane=REPLIES, not_before=NINE,
            created_at=NINE,
        )  # fmt: skip

    house.engine.drain()

    assert [post.user for post in house.posts()] == ["U0LENA"]


def test_someone_switched_off_in_slack_is_told_to_the_leads_once(house: House) -> None:
    house.owe()
    house.owe(period="2", owner_id=house.service.mentee)
    house.workspace.faults.add(Fault("conversations.open", "error", error="user_disabled"))

    house.engine.run_until(NINE)
    settle_down(house)

    assert house.posts("ASHA") == []
    assert [row.status for row in house.deliveries(kind="digest")] == ["parked"]
    for lead in ("LENA", "LEO"):
        [post] = house.posts(lead)
        assert post.text == (
            "I could not send the daily message for Asha Mentee: this person's Slack account is switched off. "
            "If they have left, enter their last day in the people list. "
            "It waits, and goes out by itself when this is put right."
        )


def test_a_channel_post_in_doubt_is_never_sent_again_by_itself(house: House) -> None:
    _owe_channel_post(house)
    house.workspace.faults.add(Fault("chat.postMessage", "cut_after"))

    house.engine.run_until(NINE)
    settle_down(house)

    [row] = house.deliveries(kind="words")
    assert (row.status, row.why) == ("parked", "perhaps_posted")
    assert len([post for post in house.posts() if post.channel == "C0SUMMARY"]) == 1
    [asked] = house.posts("LENA")
    assert asked.text.startswith("Did the message for <#C0SUMMARY> arrive?")


def test_a_sender_that_died_after_posting_does_not_make_it_be_said_again(house: House) -> None:
    _post(house, _claim(house))  # and dies before writing that it did

    settle_down(house)

    assert len(house.posts("ASHA")) == 1
    assert [row.status for row in house.deliveries()] == ["sent"]


def test_a_sender_that_died_before_posting_does_not_lose_it(house: House) -> None:
    _claim(house)

    settle_down(house)

    assert len(house.posts("ASHA")) == 1


def test_a_frozen_sender_that_wakes_before_its_post_finds_the_lease_gone(house: House) -> None:
    claimed = _claim(house)
    settle_down(house)  # the lease runs out, another looks, finds nothing, and sends

    house.engine.sender._send(claimed)

    assert len(house.posts("ASHA")) == 1


def test_a_frozen_sender_that_wakes_after_its_post_withdraws_its_own_copy(house: House) -> None:
    claimed = _claim(house)
    settle_down(house)
    [first] = house.posts("ASHA")

    claimed, ts = _post(house, claimed)  # it had looked at its lease just before it froze
    house.engine.sender._sent(claimed, ts)

    withdrawn = [each.ts for each in house.workspace.accepted if each.what == "delete"]
    assert withdrawn == [ts]
    [row] = house.deliveries()
    assert row.slack_ts == first.ts


def test_a_broken_token_stops_everything_and_says_why(house: House) -> None:
    house.owe()
    house.workspace.revoke_token()

    house.engine.run_until(NINE)

    assert house.engine.stopped_by == "token_revoked"
    assert [row.status for row in house.deliveries(kind="digest")] == ["pending"]
    house.workspace.restore_token()
    house.engine.sender.look_whether_let_in()
    settle_down(house)
    assert len(house.posts("ASHA")) == 1


@pytest.mark.parametrize(
    ("method", "kind"),
    [("files.getUploadURLExternal", "cut_after"), ("files.completeUploadExternal", "cut_before"),
     ("files.completeUploadExternal", "cut_after")],
)  # fmt: skip
def test_a_file_in_doubt_is_shared_once(house: House, method: str, kind: str) -> None:
    _owe_file(house)
    house.workspace.faults.add(Fault(method, kind))

    house.engine.run_until(NINE)
    settle_down(house)

    assert [row.status for row in house.deliveries(kind="file")] == ["sent"]
    assert len([each for each in house.workspace.accepted if each.what == "file"]) == 1


def test_a_frozen_sender_of_a_file_that_wakes_too_late_takes_its_own_copy_back(house: House) -> None:
    _owe_file(house)
    house.engine.sender.timings = DIES
    frozen = replace(house.engine.sender, on_step=lambda step: settle_down(house) if step == "bytes_sent" else None)

    frozen.send_next()  # the lease runs out, and another shares the file, before this one goes on

    assert [each.what for each in house.workspace.accepted if each.what != "post"] == ["file", "file", "delete"]
    [message] = house.workspace.conversations["D0ASHA"].messages
    [row] = house.deliveries(kind="file")
    assert (row.status, [row.file_id]) == ("sent", [file["id"] for file in message.files])


def _owe_file(house: House) -> None:
    share = FileShare("meeting.ics", "Meeting", b"BEGIN:VCALENDAR")
    house.engine.sender.builders = {**house.engine.sender.builders, "file": lambda db, row, now: share}
    with house.database.transaction() as db:
        add_delivery(
            db, kind="file", said_once="file:1", person_id=house.service.mentee, not_before=NINE, created_at=NINE
        )


def _owe_channel_post(house: House) -> None:
    builders = {**house.engine.sender.builders, "words": lambda db, row, now: Message("Counts and thanks")}
    house.engine.sender.builders = builders
    with house.database.transaction() as db:
        add_delivery(db, kind="words", said_once="words:1", channel="C0SUMMARY", not_before=NINE, created_at=NINE)


def _claim(house: House) -> Claimed:
    """Claim the mentee's digest, as a sender that then dies or freezes."""
    house.owe()
    house.engine.tick(NINE)
    house.engine.sender.timings = DIES
    claimed = claim(house.database, house.engine.sender.builders, now=NINE, lanes=LANES, timings=DIES)
    assert claimed
    return claimed


def _post(house: House, claimed: Claimed) -> tuple[Claimed, str]:
    """Post what was claimed, and write nothing down."""
    assert isinstance(claimed.sendable, Message)
    slack = house.engine.sender.slack
    channel = slack.open_dm(claimed.slack_id).data["channel"]["id"]
    keep_conversation(house.database, claimed, channel)
    posted = slack.post(channel, claimed.sendable, claimed.opaque)
    return in_conversation(claimed, channel), str(posted.data["ts"])
