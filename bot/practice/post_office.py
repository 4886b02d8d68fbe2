"""Deliver to the app what people do and what happens: acknowledgements within three seconds, retries for events."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from bot.practice.faults import DELIVERY, Faults
from bot.practice.refusals import Json

ACK_SECONDS = 3.0
EVENT_RETRY_SECONDS = (0.1, 60.0, 300.0)
TAKES_ANSWER = {"slash_commands", "block_actions", "view_submission", "block_suggestion"}


@dataclass(frozen=True)
class Parcel:
    """Hold one delivery: kind is "slash_commands", "interactive" or "events_api"."""

    kind: str
    payload: Json
    retry_number: int = 0
    retry_reason: str = ""

    @property
    def takes_answer(self) -> bool:
        """Say whether the acknowledgement may carry a body."""
        return self.kind == "slash_commands" or self.payload.get("type") in TAKES_ANSWER


@dataclass(frozen=True)
class Ack:
    """Hold what came back in time; problem is what the person is told, retry_reason what the app is told, if not."""

    body: Any = None
    problem: str = ""
    retry_reason: str = "timeout"
    wants_no_retry: bool = False

    @property
    def is_ok(self) -> bool:
        """Say whether the app acknowledged."""
        return not self.problem

    @property
    def is_settled(self) -> bool:
        """Say whether an event need not be sent again."""
        return self.is_ok or self.wants_no_retry


class Carrier(Protocol):
    """Carry parcels to the app one way: over Socket Mode or over HTTP."""

    @property
    def is_connected(self) -> bool:
        """Say whether there is an app to carry to."""

    async def carry(self, parcel: Parcel, seconds: float) -> Ack:
        """Carry one parcel and give what came back within so many seconds."""


class PostOffice:
    """Send parcels by the carrier in use, and events again when they were not acknowledged."""

    def __init__(
        self, carrier: Carrier, faults: Faults, event_retry_seconds: Sequence[float] = EVENT_RETRY_SECONDS
    ) -> None:
        """Start with one carrier; it can be changed."""
        self.carrier = carrier
        self.faults = faults
        self.event_retry_seconds = tuple(event_retry_seconds)
        self._underway: set[asyncio.Task[None]] = set()

    async def send(self, kind: str, payload: Json) -> Ack:
        """Send a command or an interaction once; Slack never repeats these."""
        if self.faults.take(DELIVERY, "lost"):
            return Ack(problem="operation_timeout")
        return await self.carrier.carry(Parcel(kind, payload), ACK_SECONDS)

    async def send_event(self, payload: Json) -> None:
        """Send an event; return after the first try, and keep trying in the background when it failed."""
        late = self.faults.take(DELIVERY, "late_event")
        if late:
            self._in_background(self._send_later(payload, late.seconds))
            return
        if self.faults.take(DELIVERY, "duplicate_event"):
            await self._try(payload)
        ack = await self._try(payload)
        if not ack.is_settled:
            self._in_background(self._retry(payload, ack.retry_reason))

    async def stop(self) -> None:
        """Stop whatever is still being retried."""
        for task in list(self._underway):
            task.cancel()
        await asyncio.gather(*self._underway, return_exceptions=True)

    async def _try(self, payload: Json, number: int = 0, reason: str = "") -> Ack:
        return await self.carrier.carry(Parcel("events_api", payload, number, reason), ACK_SECONDS)

    async def _retry(self, payload: Json, reason: str) -> None:
        for number, seconds in enumerate(self.event_retry_seconds, start=1):
            await asyncio.sleep(seconds)
            ack = await self._try(payload, number, reason)
            if ack.is_settled:
                return
            reason = ack.retry_reason

    async def _send_later(self, payload: Json, seconds: float) -> None:
        await asyncio.sleep(seconds)
        ack = await self._try(payload)
        if not ack.is_settled:
            await self._retry(payload, ack.retry_reason)

    def _in_background(self, work: Any) -> None:
        task = asyncio.ensure_future(work)
        self._underway.add(task)
        task.add_done_callback(self._underway.discard)
