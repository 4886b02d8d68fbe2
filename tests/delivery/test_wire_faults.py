"""What can go wrong between us and Slack: nothing lost, nothing said twice."""

import time
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.actions.ledger import say_it_arrived
from bot.delivery.outbox import Claimed, claim, in_conversation, keep_conversation
from bot.delivery.outgoing import FileShare
from bot.delivery.second_copies import SECOND_COPY
from bot.delivery.slack_calls import Outcome
from bot.practice import Fault
from bot.values import Message, Ref
from storage.queries.deliveries import LANES, REPLIES, add_delivery, mark_if
from tests.delivery.conftest import DIES, House
from tests.factories import NINE, who


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


def test_a_digest_that_is_found_again_retires_the_last_one_too(house: House) -> None:
    house.owe(period="1")
    house.owe(period="2", due_on=NINE.date() + timedelta(days=1), next_nudge_at=NINE + timedelta(days=1))
    house.engine.run_until(NINE)
    house.workspace.faults.add(Fault("chat.postMessage", "cut_after"))

    house.driver.advance(NINE + timedelta(days=1))
    settle_down(house)

    first, _second = house.posts("ASHA")
    assert [row.status for row in house.deliveries(kind="digest")] == ["retired", "sent"]
    assert [each.ts for each in house.workspace.accepted if each.what == "update"] == [first.ts]


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
    settle_down(house)

    assert _taken_back(house) == [ts]
    assert _standing(house) == [first.ts]


@pytest.mark.parametrize("kind", ["cut_before", "cut_after"])
def test_a_frozen_sender_whose_late_post_gets_no_answer_has_its_copy_looked_for(house: House, kind: str) -> None:
    claimed = _claim(house)
    settle_down(house)
    [first] = house.posts("ASHA")

    house.workspace.faults.add(Fault("chat.postMessage", kind))
    house.engine.sender._say(in_conversation(claimed, first.channel))
    settle_down(house)

    assert len(_taken_back(house)) == (kind == "cut_after")
    assert _standing(house) == [first.ts]


@pytest.mark.parametrize("kind", ["cut_before", "cut_after", "rate_limited", "server_error_before"])
def test_a_copy_is_taken_back_however_often_slack_does_not_answer(house: House, kind: str) -> None:
    claimed = _claim(house)
    settle_down(house)
    [first] = house.posts("ASHA")

    claimed, ts = _post(house, claimed)
    house.engine.sender._sent(claimed, ts)  # and dies there
    house.workspace.faults.add(Fault("chat.delete", kind, seconds=1.0))
    settle_down(house)

    assert _taken_back(house) == [ts]
    assert _standing(house) == [first.ts]
    [copy] = house.deliveries(kind=SECOND_COPY)
    assert copy.status == "sent"


def test_a_late_post_without_an_answer_is_found_before_another_says_it(house: House) -> None:
    claimed = _in_their_conversation(house, _claim(house))
    _let_another_look(house)

    house.workspace.faults.add(Fault("chat.postMessage", "cut_after"))
    house.engine.sender._say(claimed)
    settle_down(house)

    assert len(house.posts("ASHA")) == 1
    assert _taken_back(house) == []


def test_what_a_lead_was_asked_about_is_settled_when_its_sender_wakes(house: House) -> None:
    claimed, posted = _post_in_channel_and_freeze(house)
    assert [row.status for row in house.deliveries(kind="words")] == ["parked"]

    house.engine.sender._settle(claimed, posted, harmless_twice=False)
    settle_down(house)

    assert _taken_back(house) == []
    [row] = house.deliveries(kind="words")
    assert (row.status, row.slack_ts) == ("sent", posted.data["ts"])


def test_the_post_of_which_a_lead_says_that_it_arrived_is_not_taken_back(house: House) -> None:
    claimed, posted = _post_in_channel_and_freeze(house)
    with house.database.transaction() as db:
        lead = who(db, house.service.lead, is_lead=True)
        say_it_arrived(db, me=lead, ref=Ref("delivery", claimed.id), now=NINE)

    house.engine.sender._settle(claimed, posted, harmless_twice=False)
    settle_down(house)

    assert _taken_back(house) == []


def test_nothing_is_taken_back_where_nobody_knows_which_one_a_lead_saw_arrive(house: House) -> None:
    claimed = _claim(house)
    settle_down(house)
    [first] = house.posts("ASHA")
    with house.database.transaction() as db:
        mark_if(db, claimed.id, ("sent",), slack_ts="", why="said_to_have_arrived")

    house.workspace.faults.add(Fault("chat.postMessage", "cut_after"))
    house.engine.sender._say(in_conversation(claimed, first.channel))
    settle_down(house)

    assert _taken_back(house) == []
    assert [row.why for row in house.deliveries(kind=SECOND_COPY)] == ["said_to_have_arrived"]


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

    settle_down(house)

    _assert_one_file_stands(house)


def test_a_file_shared_too_late_and_without_an_answer_is_taken_back_too(house: House) -> None:
    _owe_file(house)
    house.engine.sender.timings = DIES
    frozen = replace(
        house.engine.sender, on_step=lambda step: _freeze_until_shared(house) if step == "bytes_sent" else None
    )

    frozen.send_next()
    settle_down(house)

    _assert_one_file_stands(house)


def _assert_one_file_stands(house: House) -> None:
    """Two were shared, one was taken back, and the one that stands is the one that is written down."""
    assert [each.what for each in house.workspace.accepted if each.what != "post"] == ["file", "file", "delete"]
    [message] = house.workspace.conversations["D0ASHA"].messages
    [row] = house.deliveries(kind="file")
    assert (row.status, [row.file_id]) == ("sent", [file["id"] for file in message.files])


def _freeze_until_shared(house: House) -> None:
    settle_down(house)
    house.workspace.faults.add(Fault("files.completeUploadExternal", "cut_after"))


def _taken_back(house: House) -> list[str]:
    return [each.ts for each in house.workspace.accepted if each.what == "delete"]


def _standing(house: House) -> list[str]:
    """Return the stamps that stand with the mentee; the delivery must know them for its own."""
    stamps = [message.ts for message in house.workspace.conversations["D0ASHA"].messages]
    assert stamps == [row.slack_ts for row in house.deliveries(kind="digest")]
    return stamps


def _let_another_look(house: House) -> None:
    """Let another find that a sender is lost and that nothing was said, and not say it yet."""
    until = time.monotonic() + 30.0
    while [row.status for row in house.deliveries()] != ["pending"]:
        house.engine.reconcile()
        assert time.monotonic() < until, "nobody found out"
        time.sleep(0.02)


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
    claimed = _in_their_conversation(house, claimed)
    posted = house.engine.sender.slack.post(claimed.slack_channel, claimed.sendable, claimed.opaque)
    return claimed, str(posted.data["ts"])


def _post_in_channel_and_freeze(house: House) -> tuple[Claimed, Outcome]:
    """Post in a channel as a sender that then freezes, until the lead is asked whether it arrived."""
    _owe_channel_post(house)
    house.engine.sender.timings = DIES
    claimed = claim(house.database, house.engine.sender.builders, now=NINE, lanes=LANES, timings=DIES)
    assert claimed
    assert isinstance(claimed.sendable, Message)
    posted = house.engine.sender.slack.post(claimed.slack_channel, claimed.sendable, claimed.opaque)
    settle_down(house)
    return claimed, posted


def _in_their_conversation(house: House, claimed: Claimed) -> Claimed:
    channel = str(house.engine.sender.slack.open_dm(claimed.slack_id).data["channel"]["id"])
    keep_conversation(house.database, claimed, channel)
    return in_conversation(claimed, channel)
