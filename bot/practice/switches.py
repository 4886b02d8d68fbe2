"""What can go wrong with the workspace itself, to be switched on by tests and from the page."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from bot.practice.faults import DELIVERY, DELIVERY_KINDS, FAULT_KINDS, Fault
from bot.practice.identity import dm_id
from bot.practice.refusals import Json, NotPossibleError
from bot.practice.workspace import Workspace


@dataclass(frozen=True)
class Switch:
    """Hold one switch: what it does in words, what it needs ("person" or "channel"), and how."""

    what: str
    needs: str
    flip: Callable[[Workspace, str], object]


def _set_home(workspace: Workspace, *, on: bool) -> None:
    workspace.home_tab_on = on
    workspace.touch(*workspace.members)


SWITCHES = {
    "deactivate_person": Switch("Switch a person’s account off.", "person", Workspace.deactivate),
    "forget_time_zone": Switch("Forget a person’s time zone.", "person", lambda w, p: w.change_member(p, tz="")),
    "make_guest": Switch("Make a person a guest.", "person", lambda w, p: w.change_member(p, is_restricted=True)),
    "make_stranger": Switch(
        "Make a person one of another organisation.", "person", lambda w, p: w.change_member(p, is_stranger=True)
    ),
    "forget_direct_message": Switch(
        "Forget the app’s direct message with a person.", "person", lambda w, p: w.conversations.pop(dm_id(p), None)
    ),
    "archive_channel": Switch("Archive a channel.", "channel", Workspace.archive),
    "remove_app": Switch("Take the app out of a channel.", "channel", Workspace.remove_app),
    "revoke_token": Switch("Refuse the app’s token.", "", lambda w, _: w.revoke_token()),
    "restore_token": Switch("Accept the app’s token again.", "", lambda w, _: w.restore_token()),
    "home_off": Switch("Switch the Home tab off.", "", lambda w, _: _set_home(w, on=False)),
    "home_on": Switch("Switch the Home tab on.", "", lambda w, _: _set_home(w, on=True)),
    "clear": Switch("Forget the faults still to come.", "", lambda w, _: w.faults.clear()),
}


def list_switches(workspace: Workspace) -> Json:
    """List every fault that can be asked for, and those still to happen."""
    calls = [_row(kind, what, "method") for kind, what in FAULT_KINDS.items()]
    deliveries = [_row(kind, what, "") for kind, what in DELIVERY_KINDS.items()]
    switches = [_row(name, switch.what, switch.needs) for name, switch in SWITCHES.items()]
    waiting = [{"method": f.method, "fault": f.kind, "times": f.times} for f in workspace.faults.waiting()]
    return {"faults": [*calls, *deliveries, *switches], "waiting": waiting}


def _row(name: str, what: str, needs: str) -> Json:
    return {"fault": name, "what": what, "needs": needs}


def apply_fault(workspace: Workspace, asked: Json) -> None:
    """Do what `{"fault": …}` asks: a switch at once, anything else to the calls that follow."""
    name = asked.get("fault", "")
    with workspace.lock:
        if name in SWITCHES:
            _flip(workspace, SWITCHES[name], asked)
            return
        method = DELIVERY if name in DELIVERY_KINDS else asked.get("method", "*")
        chosen = {key: asked[key] for key in ("times", "seconds", "error") if key in asked}
        try:
            workspace.faults.add(Fault(method, name, **chosen))
        except (TypeError, ValueError) as wrong:
            raise NotPossibleError(f"There is no such fault: {name}.") from wrong


def _flip(workspace: Workspace, switch: Switch, asked: Json) -> None:
    target = asked.get(switch.needs, "") if switch.needs else ""
    known = {"person": set(workspace.members), "channel": set(workspace.conversations), "": {""}}[switch.needs]
    if target not in known:
        raise NotPossibleError(f"Say which {switch.needs} is meant.")
    switch.flip(workspace, target)
