"""Whether every name and event that one card uses of another is there."""

from collections.abc import Mapping
from typing import Any

from bot.programmes.cards import KINDS
from bot.programmes.faults import FaultList, nearest
from bot.programmes.lines import Path
from bot.programmes.programme import Programme
from bot.rules.when import Grid, Once, Points, event_of

# Which line of any card may hold the names of which kind of card.
REFERS = {
    "role": {
        "participant", "lead", "written_by", "signed_by", "acknowledged_by", "led_by", "invites", "must_attend",
        "helped", "by", "also", "chosen_by", "raise_by", "set_by", "verified_by", "needed_by", "whose", "goes_to",
        "raised_by", "hidden_from", "confirmed_by", "adviser", "above", "extend_agreed_by", "missed_twice_tells",
        "seats",
    },
    "relationship": {"relationship"},
    "form": {"record", "rated_in", "ending_needs", "recommendation", "decision", "on_the_record", "agenda"},
    "fact": {"only_if"},
    "level": {"applies_to", "leaves", "reaches"},
    "checklist": {"checklist"},
    "panel": {"submit_to"},
    "session": {"also_counts"},
    "ladder": {"ladder"},
    "framework": {"tagged_with", "covers"},
    "request": {"appeal"},
}  # fmt: skip
# Words that stand for somebody without being a role of the file.
PLAIN = {
    "goes_to": {"first manager above both", "senior manager", "escalation contact"},
    "written_by": {"nominee", "anyone", "everyone"},
    "raised_by": {"anyone", "either"},
}
PLAIN_EVIDENCE = {
    "reflection", "training", "session", "work product", "project", "develops others", "complex work", "narrative",
    "shared learning", "feedback",
}  # fmt: skip
ALWAYS_TOLD = {"person", "supporter", "line-manager", "lead"}
# What a card of each kind can bring about: the events that other cards may count from.
EVENTS = {
    "role": ("change",),
    "relationship": ("matched", "change"),
    "session": ("held", "planned"),
    "form": ("in force", "shared", "opened", "done", "written", "reviewed"),
    "request": ("raised",),
    "portfolio": ("submitted",),
    "checklist": ("complete",),
    "criterion": ("signed off",),
    "course": ("done",),
    "level": ("reached",),
    "panel": ("decided",),
}

Written = Mapping[str, Mapping[str, Any]]  # every card by kind and name, those that do not yet read included


def check_names(programme: Programme, written: Written, faults: FaultList) -> None:
    """Add a fault for every name that no card has, and every event that nothing brings about."""
    kinds = tuple(kind for kind in KINDS if kind != "variation")
    events = {"start", "end"} | {
        f"{name} {verb}" for kind, verbs in EVENTS.items() for name in written.get(kind, {}) for verb in verbs
    }
    for path, card in programme.every_card(kinds):
        for line, value in card:
            _check_line(path, line, value, written, faults)
            for event in _events_in(line, value):
                if event not in events:
                    faults.add(
                        (*path, line),
                        f'`{line}` counts from "{event}", which nothing in this file brings about.'
                        f"{nearest(event, events)}",
                    )
    _check_evidence(programme, written, faults)
    _check_transitions(programme, faults)
    _check_ladders(programme, written, faults)
    _check_forms(programme, written, faults)
    _check_fill_ins(programme, faults)


def _events_in(line: str, value: Any) -> tuple[str, ...]:
    if line == "suspend_on":
        return tuple(value)
    return (event_of(value),) if isinstance(value, Once | Points | Grid) else ()


def _check_line(path: Path, line: str, value: Any, written: Written, faults: FaultList) -> None:
    names = value if isinstance(value, tuple) else (value,) if value else ()
    for kind in (kind for kind, lines in REFERS.items() if line in lines):
        known = written.get(kind, {})
        for name in names:
            bare = name.removeprefix("not ") if line == "only_if" else name
            if bare not in known and bare not in PLAIN.get(line, ()):
                faults.add(
                    (*path, line),
                    f'`{line}` names the {kind} "{bare}", but there is no card [{kind}.{bare}].{nearest(bare, known)}',
                )


def _check_evidence(programme: Programme, written: Written, faults: FaultList) -> None:
    shown = {name for kind in ("form", "course", "checklist") for name in written.get(kind, ())}
    for name, role in programme.role.items():
        for need in role.needs:
            if need not in shown:
                says = f'`needs` names "{need}", which is no course or form here.{nearest(need, shown)}'
                faults.add(("role", name, "needs"), says)
    for name, card in programme.requirement.items():
        for evidence in card.evidence:
            if evidence not in shown | PLAIN_EVIDENCE:
                says = f'`evidence` names "{evidence}", which is no form, course, checklist or kind of evidence.'
                faults.add(("requirement", name, "evidence"), says + nearest(evidence, shown | PLAIN_EVIDENCE))
        kind, _, of = card.counted_in.partition(".")
        if kind not in {"portfolio", "level"} or of not in written.get(kind, {}):
            says = f'`counted_in` names "{card.counted_in}"; write "portfolio.some-name" or "level.some-name".'
            faults.add(("requirement", name, "counted_in"), says)


def _check_transitions(programme: Programme, faults: FaultList) -> None:
    for name, card in programme.transition.items():
        for need in card.needs:
            if not _is_known_need(programme, need):
                faults.add(
                    ("transition", name, "needs"),
                    f'`needs` names "{need}"; write "requirement.x", "fact.x", "panel.x: outcome" or '
                    '"form.x: outcome", naming cards of this file.',
                )


def _is_known_need(programme: Programme, need: str) -> bool:
    name, _, outcome = need.partition(": ")
    kind, _, of = name.partition(".")
    card = programme.cards(kind).get(of) if kind in {"requirement", "fact", "panel", "form"} else None
    return card is not None and (not outcome or outcome in getattr(card, "outcomes", ()))


def _check_ladders(programme: Programme, written: Written, faults: FaultList) -> None:
    for name, card in programme.ladder.items():
        for role in sorted({role for step in card.steps for role in step.roles} - set(written.get("role", {}))):
            if role not in ALWAYS_TOLD:
                says = (
                    f'the ladder "{name}" tells "{role}", which is no role here; "person", "supporter" and "lead" are.'
                )
                faults.add(("ladder", name, "steps"), says)


def _check_forms(programme: Programme, written: Written, faults: FaultList) -> None:
    for name, form in programme.form.items():
        if form.kind == "reflection" and form.ladder:
            says = (
                "an invitation to reflect has no ladder: nobody is told that it was not taken up. Leave this line out."
            )
            faults.add(("form", name, "ladder"), says)
        if form.about == "relationship" and not form.relationship:
            says = f'[form.{name}] is about a relationship; say which with a line `relationship = "…"`.'
            faults.add(("form", name, "about"), says)
    for form_name, parts in programme.part.items():
        if form_name not in written.get("form", {}):
            says = f"[part.{form_name}.…] belongs to a form, but there is no card [form.{form_name}]."
            faults.add(("part", form_name), says + nearest(form_name, written.get("form", {})))
        for name, part in parts.items():
            if not (part.text or part.asks or part.shows):
                says = f"[part.{form_name}.{name}] needs `text` to agree to, `asks` to answer, or `shows`."
                faults.add(("part", form_name, name), says)
            if part.type in {"choice", "choices"} and not part.choices:
                says = f"[part.{form_name}.{name}] asks for a choice; list them with a line `choices = […]`."
                faults.add(("part", form_name, name), says)


def _check_fill_ins(programme: Programme, faults: FaultList) -> None:
    for path, part in (
        (("part", form, name), part) for form, parts in programme.part.items() for name, part in parts.items()
    ):
        kind, _, rest = part.sets.partition(".")
        name, _, line = rest.partition(".")
        if part.sets and not (kind in KINDS and name in programme.cards(kind) and line in {"when", "length"}):
            says = f'`sets` names "{part.sets}"; write "session.some-name.when" or "session.some-name.length".'
            faults.add((*path, "sets"), says)
