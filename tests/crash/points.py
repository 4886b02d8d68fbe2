"""Where a process is stopped, and what the wire does: the tables of delivery.md, "Proof to ship"."""

from dataclasses import dataclass

from bot.delivery.machine_time import Timings
from bot.practice import Fault

OURS, NAIVE, NEVER = "ours", "naive_retry", "never_retry"
POLICIES = (OURS, NAIVE, NEVER)
LATEST_ACCEPTANCE = 100.0  # seconds after its call was cut off at which Slack still accepts one; settling outlasts it

SENDING = (
    "before_evaluate", "evaluated", "before_claim", "rechecked", "claimed", "before_open", "opened", "before_post",
    "posted", "recorded",
)  # fmt: skip
EVALUATE, CLAIM, KEEP, MARK, JUDGE = "before_evaluate", "rechecked", "opened", "posted", "looked"
COMMITS = ("before_commit", "committed")  # of a transaction, which is named by the point it comes after
LOOKING = ("before_look", "looked", *(f"{each}_after_{JUDGE}" for each in COMMITS))  # for what is uncertain
FILING = ("file_reserved", "bytes_sent")  # of a file, which is a delivery of its own
FREEZING = ("claimed", "before_post", "posted")
OPEN, POST, LOOK = "conversations.open", "chat.postMessage", "conversations.history"
RESERVE, SHARE = "files.getUploadURLExternal", "files.completeUploadExternal"
WIRE = (
    "cut_before", "cut_after", "server_error_before", "server_error_after", "rate_limited", "rate_limited_badly",
    "silent", "slow", "accepted_late",
)  # fmt: skip
_ASKED_TO_WAIT = 1.0  # seconds: the least that Retry-After can say


@dataclass(frozen=True)
class Stop:
    """Where a process is to be stopped: the nth time it comes to a point; killed there, or frozen past its lease."""

    point: str
    depth: int = 1
    freezes: bool = False


@dataclass(frozen=True)
class Plan:
    """What is done to the processes and on the wire, in this order."""

    stops: tuple[Stop, ...]
    faults: tuple[Fault, ...]


def short_plan(policy: str, timings: Timings, latest: float) -> Plan:
    """Plan each point and each fault once; the second transaction of evaluating is the one that owes messages.

    The controls need only be seen to fail.
    """
    if policy != OURS:
        return Plan(tuple(Stop(point) for point in FREEZING), _faults((POST,), timings, latest))
    commits = [Stop(f"{each}_after_{point}") for point in (CLAIM, KEEP, MARK) for each in COMMITS]
    evaluating = [Stop(f"{each}_after_{EVALUATE}", 2) for each in COMMITS]
    return _plan(policy, [*(Stop(point) for point in SENDING), *evaluating, *commits], (1,), timings, latest)


def full_plan(policy: str, timings: Timings, latest: float) -> Plan:
    """Plan each point at several depths, every transaction of evaluating, and each fault."""
    points = (*SENDING, *(f"{each}_after_{point}" for point in (CLAIM, KEEP, MARK) for each in COMMITS))
    sending = [Stop(point, depth) for depth in (1, 2, 4) for point in points]
    evaluating = [Stop(f"{each}_after_{EVALUATE}", depth) for depth in (1, 2, 3, 4, 6) for each in COMMITS]
    return _plan(policy, [*sending, *evaluating], (1, 2), timings, latest)


def _plan(policy: str, stops: list[Stop], depths: tuple[int, ...], timings: Timings, latest: float) -> Plan:
    looks = [Stop(point, depth) for depth in depths for point in LOOKING]
    files = [Stop(point, depth) for depth in depths for point in FILING]
    freezes = [Stop(point, freezes=True) for point in (*FREEZING, *FILING)]
    special = [*freezes, *looks, *files] if policy == OURS else []  # the controls look for nothing and send no files
    calls = (OPEN, POST, LOOK, RESERVE, SHARE) if policy == OURS else (OPEN, POST)
    return Plan((*special, *stops), _faults(calls, timings, latest))


def _faults(calls: tuple[str, ...], timings: Timings, latest: float) -> tuple[Fault, ...]:
    lengths = {"slow": 2 * timings.call, "accepted_late": latest, "rate_limited": _ASKED_TO_WAIT}
    return tuple(Fault(call, kind, seconds=lengths.get(kind, 0.0)) for call in calls for kind in WIRE)
