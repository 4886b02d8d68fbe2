"""Faults on demand: what a Slack call or delivery can suffer, as one small table."""

from __future__ import annotations

from dataclasses import dataclass

FAULT_KINDS = {
    "rate_limited": "Slack answers 429 and asks to wait (Retry-After).",
    "rate_limited_badly": "Slack answers 429 and names no time that makes sense.",
    "server_error_before": "Slack fails with a 500 and has done nothing.",
    "server_error_after": "Slack fails with a 500 although it has done what was asked.",
    "cut_before": "The connection is cut before Slack has done anything.",
    "cut_after": "The connection is cut after Slack has done what was asked.",
    "silent": "Slack does nothing and never answers: the connection just stays open.",
    "slow": "Slack does it, and answers late.",
    "accepted_late": "The connection is cut, and Slack does it a while later.",
    "error": "Slack refuses with the error code given.",
}
DELIVERY_KINDS = {
    "duplicate_event": "An event is delivered twice.",
    "late_event": "An event is delivered late, after later ones.",
    "lost": "What a person does never reaches the app.",
}
ANY_METHOD = "*"
DELIVERY = "delivery"


@dataclass
class Fault:
    """Hold one fault: the Web API method (or "*", or "delivery"), its kind, how many times, and its one number or code.

    `seconds` is the wait asked for, the lateness or the slowness; `error` the code of kind "error".
    """

    method: str
    kind: str
    times: int = 1
    seconds: float = 1.0
    error: str = "fatal_error"

    def __post_init__(self) -> None:
        """Refuse a kind that is not in the table."""
        known = DELIVERY_KINDS if self.method == DELIVERY else FAULT_KINDS
        if self.kind not in known:
            raise ValueError(f"{self.kind} is no fault of {self.method}; there are: {', '.join(known)}.")


class Faults:
    """Keep the faults still to happen."""

    def __init__(self) -> None:
        """Start with none."""
        self._waiting: list[Fault] = []

    def add(self, fault: Fault) -> None:
        """Let a fault happen to the next calls."""
        self._waiting.append(fault)

    def clear(self) -> None:
        """Forget every fault still to happen."""
        self._waiting.clear()

    def waiting(self) -> tuple[Fault, ...]:
        """List the faults still to happen."""
        return tuple(self._waiting)

    def take(self, method: str, *kinds: str) -> Fault | None:
        """Take one turn of the first fault for a method, of one of the kinds when any are given."""
        for fault in self._waiting:
            meant = fault.method == method or (fault.method == ANY_METHOD and method != DELIVERY)
            if meant and (not kinds or fault.kind in kinds):
                return self._use(fault)
        return None

    def _use(self, fault: Fault) -> Fault:
        fault.times -= 1
        if fault.times <= 0:
            self._waiting.remove(fault)
        return fault
