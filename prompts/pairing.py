"""Pairing by hand: who supports whom, from when; cover, handing over, enrolling, ending a place."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from bot.errors import Missing
from bot.rules.matching import Doubt, PairDoubt
from bot.rules.places import PairLine, PairRef, Place
from bot.values import Block, Message, PersonLine, Ref
from prompts import blocks, ids, people, words

_SUPPORTER = "supporter_"
_COMPLETED, _WITHDRAWN = "completed", "withdrawn"


@dataclass(frozen=True)
class PairAnswers:
    """Who was chosen to support, from which day; `seen_ids` are those who did when the form was opened."""

    ref: PairRef
    supporter_ids: tuple[UUID, ...]
    seen_ids: tuple[UUID, ...]
    on: date


@dataclass(frozen=True)
class CoverAnswers:
    """Who stands in for whom, and when."""

    relationship_id: UUID
    covered_id: UUID
    cover_id: UUID
    from_on: date
    until_on: date


@dataclass(frozen=True)
class HandOverAnswers:
    """Who takes over from whom, from which day."""

    from_id: UUID
    to_id: UUID
    on: date


@dataclass(frozen=True)
class EnrolAnswers:
    """Who is enrolled on what."""

    programme: str
    person_id: UUID
    level: str
    starts_on: date


@dataclass(frozen=True)
class LeaveAnswers:
    """Whose place ends, when, and whether they have finished."""

    enrolment_id: UUID
    on: date
    has_completed: bool


# ---- pairing ---------------------------------------------------------------------------------------------------------


def read_pair_button(action: dict[str, Any]) -> PairRef:
    """Read which pair a button is about."""
    return PairRef.read(action["value"])


def pair_form(place: Place, pair: PairLine, *, today: date) -> Block:
    """Ask who supports this person, and from when."""
    name, is_change = blocks.escape(place.person.name), bool(pair.supporters)
    chosen = [people.person_option(person) for person in pair.supporters[: pair.most]]
    shown = [
        blocks.section(f"*{blocks.escape(pair.title)}* for *{name}*\n{_what_stays(pair)}"),
        *(_supporter_question(pair, n, chosen[n] if n < len(chosen) else None) for n in range(pair.most)),
        blocks.question(
            "on", "From", blocks.date_picker("on", max(today, place.starts_on)), hint="Their first day together."
        ),
    ]
    if pair.previous and not is_change:
        shown.append(blocks.actions(*(_hand_over_button(person) for person in pair.previous)))
    about = _pair_about(pair.ref, [person.id for person in pair.supporters])
    title = "Change pair" if is_change else "Who looks after this?" if pair.previous else "Pair"
    return blocks.form(ids.Form.PAIR, title, shown, submit="Change pair" if is_change else "Pair", about=about)


def read_pair_form(view: dict[str, Any]) -> PairAnswers:
    """Read it. Raises Missing under the first supporter when nobody was chosen, or under the day."""
    values, about = view["state"]["values"], json.loads(view["private_metadata"])
    chosen = [_person(values, block) for block in sorted(values) if block.startswith(_SUPPORTER)]
    supporter_ids = tuple(dict.fromkeys(person for person in chosen if person))
    if not supporter_ids:
        raise Missing().under(f"{_SUPPORTER}0")
    seen_ids = tuple(UUID(each) for each in about["seen"])
    return PairAnswers(PairRef.read(about["pair"]), supporter_ids, seen_ids, _day(values, "on"))


def pair_anyway_form(answers: PairAnswers, doubts: Sequence[tuple[Doubt, PersonLine]]) -> Block:
    """Say what is worth knowing before this pair is made; nothing here forbids it."""
    said = [blocks.section(_doubt(doubt, blocks.escape(person.name))) for doubt, person in doubts]
    about = json.dumps(
        {
            "pair": str(answers.ref),
            "seen": [str(each) for each in answers.seen_ids],
            "supporters": [str(each) for each in answers.supporter_ids],
            "on": answers.on.isoformat(),
        }
    )
    return blocks.form(ids.Form.PAIR_ANYWAY, "Before you pair", said, submit="Pair anyway", about=about)


def read_pair_anyway_form(view: dict[str, Any]) -> PairAnswers:
    """Read back what was chosen before."""
    about = json.loads(view["private_metadata"])
    return PairAnswers(
        PairRef.read(about["pair"]),
        tuple(UUID(each) for each in about["supporters"]),
        tuple(UUID(each) for each in about["seen"]),
        date.fromisoformat(about["on"]),
    )


def line_manager_message(*, is_supporter: bool, other: str, title: str) -> Message:
    """Tell a line manager who supports, or whom they support, what that means."""
    name, what = blocks.escape(other), blocks.escape(title)
    if is_supporter:
        text = f"You are {name}'s line manager and now support them in {what} too."
        more = (
            "What they share with you there is for their learning: it is not for appraisal, pay or conduct. What they "
            "write for themselves stays with them. If the two parts pull against each other, tell your programme lead."
        )
    else:
        text = f"{name}, your line manager, now supports you in {what} too."
        more = (
            "What you share there is for your learning: it is not for appraisal, pay or conduct. What you write for "
            "yourself stays with you. If you would rather have somebody else, tell your programme lead; no reason is "
            "needed."
        )
    return Message(text, (blocks.section(f"{text}\n{more}"),))


# ---- cover and handing over ------------------------------------------------------------------------------------------


def cover_form(place: Place, pair: PairLine, *, today: date) -> Block:
    """Ask who stands in for a supporter, from when to when."""
    options = [people.person_option(person) for person in pair.supporters]
    shown = [
        blocks.section(
            f"*{blocks.escape(pair.title)}* for *{blocks.escape(place.person.name)}*\n"
            "Whoever stands in gets the reminders and sees what they need for those days, then it goes back."
        ),
        blocks.question("covered", "Who is away", blocks.select("covered", options, initial=options[0]["value"])),
        blocks.question("cover", "Who stands in", blocks.people_select(ids.Action.PEOPLE)),
        blocks.question("from_on", "First day", blocks.date_picker("from_on", today)),
        blocks.question("until_on", "Last day", blocks.date_picker("until_on")),
    ]
    about = str(Ref("relationship", pair.relationship_id)) if pair.relationship_id else ""
    return blocks.form(ids.Form.COVER, "Cover", shown, submit="Save", about=about)


def read_cover_form(view: dict[str, Any]) -> CoverAnswers:
    """Read it. Raises Missing under what was left open."""
    values = view["state"]["values"]
    return CoverAnswers(
        relationship_id=Ref.read(view["private_metadata"]).id,
        covered_id=UUID(values["covered"]["covered"]["selected_option"]["value"]),
        cover_id=_needed_person(values, "cover"),
        from_on=_day(values, "from_on"),
        until_on=_day(values, "until_on"),
    )


def read_hand_over_button(action: dict[str, Any]) -> UUID | None:
    """Read whose people a button hands over; None where that is still to be chosen."""
    return Ref.read(action["value"]).id if action.get("value") else None


def hand_over_form(*, today: date, leaver: PersonLine | None = None, looked_after: Sequence[Place] = ()) -> Block:
    """Ask who takes over all that somebody looks after."""
    initial = people.person_option(leaver) if leaver else None
    shown = [
        blocks.section(
            "*Who will look after this now?*\nEverybody this person supports moves in one act, with planned meetings "
            "and open records. Each new pair reads and signs an agreement of its own where the programme has one."
        ),
        blocks.question("from_person", "From", blocks.people_select(ids.Action.PEOPLE, initial=initial)),
        blocks.question("to_person", "To", blocks.people_select(ids.Action.PEOPLE)),
        blocks.question("on", "From the day", blocks.date_picker("on", today)),
    ]
    if looked_after:
        names = words.listed([blocks.escape(place.person.name) for place in looked_after])
        shown.insert(1, blocks.context(f"Now looked after: {names}"))
    return blocks.form(ids.Form.HAND_OVER, "Hand over", shown, submit="Hand over")


def read_hand_over_form(view: dict[str, Any]) -> HandOverAnswers:
    """Read it. Raises Missing under what was left open."""
    values = view["state"]["values"]
    return HandOverAnswers(
        _needed_person(values, "from_person"), _needed_person(values, "to_person"), _day(values, "on")
    )


def handed_over_form(moved: int) -> Block:
    """Say how many pairs moved."""
    said = f"{words.count(moved, 'pair')} moved." if moved else "There was nobody to hand over in your programmes."
    return blocks.form(ids.Form.NOTICE, "Hand over", [blocks.section(said)])


# ---- being on a programme --------------------------------------------------------------------------------------------


def enrol_form(programme: str, title: str, levels: Sequence[tuple[str, str]], *, today: date) -> Block:
    """Ask who is enrolled; `levels` are keys and titles."""
    shown = [
        blocks.section(f"*{blocks.escape(title)}*"),
        blocks.question("person", "Who", blocks.people_select(ids.Action.PEOPLE)),
        *([_level_question(levels)] if levels else []),
        blocks.question("starts_on", "First day", blocks.date_picker("starts_on", today)),
    ]
    return blocks.form(ids.Form.ENROL, "Enrol somebody", shown, submit="Enrol", about=programme)


def read_enrol_form(view: dict[str, Any]) -> EnrolAnswers:
    """Read it. Raises Missing under what was left open."""
    values = view["state"]["values"]
    level = values["level"]["level"]["selected_option"]["value"] if "level" in values else ""
    return EnrolAnswers(view["private_metadata"], _needed_person(values, "person"), level, _day(values, "starts_on"))


def leave_form(place: Place, *, today: date) -> Block:
    """Ask when and how a place ends."""
    choices = [
        blocks.option("They have finished the programme", _COMPLETED),
        blocks.option("They leave it early", _WITHDRAWN, "No reason is asked."),
    ]
    shown = [
        blocks.section(
            f"*{blocks.escape(place.person.name)}* – {blocks.escape(place.programme_title)}\nTheir pairs close and "
            "planned meetings are called off. Everything written and signed is kept."
        ),
        blocks.question("how", "How does it end?", blocks.radio("how", choices)),
        blocks.question("on", "Last day", blocks.date_picker("on", today)),
    ]
    about = str(Ref("enrolment", place.enrolment_id))
    return blocks.form(ids.Form.LEAVE_PROGRAMME, "End a place", shown, submit="End it", about=about)


def read_leave_form(view: dict[str, Any]) -> LeaveAnswers:
    """Read it. Raises Missing under what was left open."""
    values = view["state"]["values"]
    chosen = values["how"]["how"]["selected_option"]
    if not chosen:
        raise Missing().under("how")
    return LeaveAnswers(Ref.read(view["private_metadata"]).id, _day(values, "on"), chosen["value"] == _COMPLETED)


def _what_stays(pair: PairLine) -> str:
    if pair.supporters:
        names = words.listed([blocks.escape(person.name) for person in pair.supporters])
        return (
            f"Now: {names}. Meetings and records stay with the pair. Whoever is new reads earlier records only as far "
            "as the agreement says; private notes never pass on."
        )
    if pair.previous:
        names = words.listed([blocks.escape(person.name) for person in pair.previous])
        return f"*Who will look after this now?* Before: {names}. Planned meetings and records stay with the pair."
    return "They meet once this is saved" + (" and the agreement is signed by all." if pair.has_agreement else ".")


def _hand_over_button(person: PersonLine) -> Block:
    text = f"Hand over all that {words.first_name(person.name)} looked after"
    return blocks.button(text, ids.Action.HAND_OVER, str(Ref("person", person.id)))


def _supporter_question(pair: PairLine, n: int, initial: Block | None) -> Block:
    label = pair.by if pair.most == 1 else f"{pair.by} {n + 1}"
    menu = blocks.people_select(ids.Action.PEOPLE, initial=initial)
    return blocks.question(f"{_SUPPORTER}{n}", label, menu, optional=n > 0)


def _level_question(levels: Sequence[tuple[str, str]]) -> Block:
    options = [blocks.option(title, key) for key, title in levels]
    return blocks.question("level", "At which level", blocks.select("level", options, initial=levels[0][0]))


def _pair_about(ref: PairRef, seen_ids: Sequence[UUID]) -> str:
    return json.dumps({"pair": str(ref), "seen": [str(each) for each in seen_ids]})


def _doubt(doubt: Doubt, name: str) -> str:
    if doubt.why is PairDoubt.LINE_MANAGER:
        return (
            f"*{name} is their line manager.* A mentor is usually somebody else, so that people can speak freely. If "
            "you pair them, both are told what it means, and your programme home shows it."
        )
    held = words.count(doubt.holds, "person", "people")
    return f"*{name} supports {held} already.* The programme suggests {doubt.capacity} at most."


def _person(values: dict[str, Any], block: str) -> UUID | None:
    chosen = values[block][ids.Action.PEOPLE]["selected_option"]
    return UUID(chosen["value"]) if chosen else None


def _needed_person(values: dict[str, Any], block: str) -> UUID:
    found = _person(values, block)
    if found is None:
        raise Missing().under(block)
    return found


def _day(values: dict[str, Any], block: str) -> date:
    chosen = values[block][block]["selected_date"]
    if not chosen:
        raise Missing().under(block)
    return date.fromisoformat(chosen)
