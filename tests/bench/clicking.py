"""Yardstick of a click while 10,000 messages are being sent, beside the same while none is; and what a send costs.

The practice Slack and the person who clicks are processes of their own, so that only our work is ours. Fifty requests a
second come at a steady pace, with and without sending in turn every second: what else the machine does counts for both.
"""

import http.client
import itertools
import json
import math
import multiprocessing
import os
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from slack_sdk.signature import SignatureVerifier
from sqlalchemy import insert, text
from sqlmodel import select

from bot.app import Handrail, assemble, settle_one
from bot.clock import SetClock
from bot.delivery.evaluate import evaluate
from bot.delivery.outbox import claim
from bot.delivery.slack_calls import Outcome, SlackCalls
from bot.practice import BOT_TOKEN, Channel, Member, PracticeServer, StillClock, Workspace
from bot.serving import HttpServer
from bot.values import Message
from prompts.people import where_to_write_message
from storage.database import Database
from storage.queries.deliveries import LANES
from storage.tables.delivery import DueItem
from storage.tables.programmes import Enrolment
from tests.bench.command import NOW, PEOPLE, SECRET, filled
from tests.bench.ticking import due_item
from tests.service import MANIFEST

A_SECOND = 50  # requests
SLICES = 20  # of a second each, with and without sending, a round: a p99 of a few hundred clicks is chance
EVERY = 6  # requests: one of them is a message to us, which is answered by a message
SENT = 400  # messages whose cost is measured, a round
FOREVER = 1e9  # seconds
_PROCESSES = multiprocessing.get_context("spawn")
Request = tuple[str, dict[str, str]]
Round = tuple[float, float]


# ---- the other two processes -----------------------------------------------------------------------------------------


def _be_slack(parent: Connection, slack_ids: list[str]) -> None:
    """Be a Slack in which our conversation with everybody is open; not at the cost of the cores that we run on."""
    os.nice(19)
    members = [Member(each, each.lower(), each, f"{each}@example.org") for each in slack_ids]
    workspace = Workspace(MANIFEST, members, [Channel("C1", "general", ())], StillClock(NOW))
    for each in slack_ids:
        workspace.open_dm(each)
    with PracticeServer(workspace) as server:
        workspace.event_outlet = None  # what it tells of our own posts is not measured
        parent.send(server.api_url)
        parent.recv()


def _be_a_person(parent: Connection, port: int) -> None:
    """Send requests at a steady pace; tell when each was sent and answered, by the machine's monotonic clock."""
    connection = http.client.HTTPConnection("127.0.0.1", port)
    while requests := parent.recv():
        times, next_at = [], time.perf_counter()
        for body, headers in requests:
            next_at = max(next_at + 1 / A_SECOND, time.perf_counter())
            time.sleep(max(0.0, next_at - time.perf_counter()))
            signed = headers | _signature(body)
            sent_at = time.perf_counter()
            connection.request("POST", "/slack/events", body, signed)
            answer = connection.getresponse()
            said = answer.read()
            times.append((sent_at, time.perf_counter()))
            assert answer.status == 200, said[:200]
        parent.send(times)


def _signature(body: str) -> dict[str, str]:
    stamp = str(int(time.time()))
    signature = SignatureVerifier(SECRET).generate_signature(timestamp=stamp, body=body) or ""
    return {"X-Slack-Request-Timestamp": stamp, "X-Slack-Signature": signature}


# ---- ours ------------------------------------------------------------------------------------------------------------


class TimedCalls(SlackCalls):
    """Slack's methods, keeping when each answer to a message was accepted."""

    def __init__(self, token: str, **more: Any) -> None:
        super().__init__(token, **more)
        self.accepted: dict[str, float] = {}
        self._answer = where_to_write_message().text

    def post(self, channel: str, message: Message, opaque: str) -> Outcome:
        """Post once."""
        outcome = super().post(channel, message, opaque)
        if message.text == self._answer:
            self.accepted[channel] = time.perf_counter()
        return outcome


@dataclass
class Bench:
    """The service with its workers, and the person who clicks."""

    database: Database
    service: Handrail
    slack: TimedCalls
    person: Connection
    numbers: Iterator[int] = field(default_factory=itertools.count)

    def let_send(self, on: bool) -> None:
        """Let the bulk go, at the pace of the long run, or hold it."""
        engine = self.service.engine
        engine.sender.health.bulk_waits_until = 0.0 if on else time.monotonic() + FOREVER
        for _ in range(60 if on else 0):  # the short burst that is allowed is over soon, and not what is measured
            if engine._pace.wait:
                break
            engine._pace.take()
        engine.wake()

    def one_second(self) -> tuple[list[float], list[float]]:
        """Let the person click for a second; return the milliseconds of the clicks and of the messages' answers."""
        numbers = list(itertools.islice(self.numbers, A_SECOND))
        self.person.send([_message(n) if n % EVERY == 0 else _command(n) for n in numbers])
        times = self.person.recv()
        clicks = [(done - sent) * 1000 for n, (sent, done) in zip(numbers, times, strict=True) if n % EVERY]
        sent_at = {f"D{_who(n)[1:]}": sent for n, (sent, _) in zip(numbers, times, strict=True) if n % EVERY == 0}
        return clicks, [(self._when_accepted(channel) - sent) * 1000 for channel, sent in sent_at.items()]

    def _when_accepted(self, channel: str) -> float:
        until = time.monotonic() + 10
        while channel not in self.slack.accepted and time.monotonic() < until:
            time.sleep(0.005)
        return self.slack.accepted[channel]


def _who(number: int) -> str:
    return f"U{number * 7919 % PEOPLE:08}"


def _command(number: int) -> Request:
    asked = {
        "command": "/supervision",
        "text": "",
        "user_id": _who(number),
        "team_id": "T1",
        "channel_id": "C1",
        "trigger_id": f"{number}.{time.time_ns()}.a",
        "response_url": "http://127.0.0.1/",
    }
    return urlencode(asked), {"Content-Type": "application/x-www-form-urlencoded"}


def _message(number: int) -> Request:
    who = _who(number)
    event = {"type": "message", "channel_type": "im", "channel": f"D{who[1:]}", "user": who, "text": "Hi", "ts": "1.1"}
    body = {"type": "event_callback", "team_id": "T1", "event_id": f"Ev{number}", "event": event}
    return json.dumps(body), {"Content-Type": "application/json"}


@contextmanager
def while_sending(folder: Path) -> Iterator[dict[str, Callable[[], Round]]]:
    """Give the rounds: p99 of a click, median of an answer by message, each with and without; CPU of a send."""
    (folder / "click").mkdir()
    with ExitStack() as until_done:
        bench = _start(filled(folder / "click"), until_done)
        medians: list[Round] = []
        answers: list[Round] = []

        def click() -> Round:
            took: dict[bool, tuple[list[float], list[float]]] = {True: ([], []), False: ([], [])}
            for is_sending in (False, True) * SLICES:
                bench.let_send(is_sending)
                for kept, more in zip(took[is_sending], bench.one_second(), strict=True):
                    kept.extend(more)
            medians.append((_share(took[True][0], 0.5), _share(took[False][0], 0.5)))
            answers.append((_share(took[True][1], 0.5), _share(took[False][1], 0.5)))
            return _share(took[True][0], 0.99), _share(took[False][0], 0.99)

        yield {
            "click_p99": click,
            "click_p50": lambda: medians.pop(0),
            "answer_p50": lambda: answers.pop(0),
            "send_cpu": lambda: _cost_of_sending(bench),
        }


def _start(database: Database, until_done: ExitStack) -> Bench:
    until_done.callback(database.close)
    _owe_everybody(database)
    slack_ids = [f"U{number:08}" for number in range(PEOPLE)]
    slack = _child(_be_slack, slack_ids, until_done)
    api_url = slack.recv()
    clock = SetClock(NOW)
    service = assemble(database=database, clock=clock, token=BOT_TOKEN, signing_secret=SECRET, base_url=api_url)
    calls = service.engine.sender.slack = TimedCalls(BOT_TOKEN, base_url=api_url)
    web = HttpServer(service.app, "127.0.0.1", 0, signing_secret=SECRET, health=lambda: {"ok": True})
    web.start()
    until_done.callback(web.stop)
    evaluate(database, now=NOW, settle=settle_one)
    bench = Bench(database, service, calls, _child(_be_a_person, web.port, until_done))
    bench.let_send(False)
    until_done.callback(service.engine.start(interval=20.0).stop)
    until_done.callback(service.engine.stop)
    return bench


def _child(target: Callable[..., None], what: object, until_done: ExitStack) -> Connection:
    ours, theirs = _PROCESSES.Pipe()
    child = _PROCESSES.Process(target=target, args=(theirs, what), daemon=True)
    child.start()
    until_done.callback(child.join, 5)
    until_done.callback(ours.send, None)
    return ours


def _owe_everybody(database: Database) -> None:
    """Let something be due of each of the ten thousand, and our conversation with each be open."""
    with database.reading() as db:
        places = db.exec(select(Enrolment.person_id, Enrolment.id, Enrolment.version_id)).all()
    rows = [due_item(person, enrolment, version, NOW) for person, enrolment, version in places]
    with database.engine.begin() as connection:
        connection.execute(insert(DueItem), [row.model_dump() for row in rows])
        connection.execute(text("UPDATE person SET dm_channel = 'D' || substr(slack_id, 2) WHERE slack_id LIKE 'U%'"))
        connection.execute(text("ANALYZE"))


def _cost_of_sending(bench: Bench) -> Round:
    """Return the CPU milliseconds of a send, and of its bare HTTP call, by this process's own count."""
    bench.let_send(False)
    sender, clock = bench.service.engine.sender, bench.service.engine.clock
    sender.health.bulk_waits_until = 0.0
    with bench.service.engine.turn:  # the worker waits meanwhile
        time.sleep(0.5)
        began = time.process_time()
        for _ in range(SENT):
            assert sender.send_next()
        ours = time.process_time() - began
        claimed = claim(bench.database, sender.builders, now=clock.now(), lanes=LANES, timings=sender.timings)
        assert claimed and isinstance(claimed.sendable, Message)
        began = time.process_time()
        for _ in range(SENT):
            sender.slack.post(claimed.slack_channel, claimed.sendable, claimed.opaque)
        theirs = time.process_time() - began
    return ours / SENT * 1000, theirs / SENT * 1000


def _share(figures: Sequence[float], share: float) -> float:
    """Return the figure below which so large a share of them lies."""
    return sorted(figures)[max(0, math.ceil(share * len(figures)) - 1)]
