"""The programme's home: for its lead, and for everyone on it."""

from typing import Any

from bot.rules.places import EVERYONE, UNDER_WAY, MyPage, PairLine, Place, ProgrammePage, Shown, Waiting
from bot.values import Block, Ref
from prompts import blocks, ids, words

HELP = (
    "*/mentoring* shows your programmes: with whom, what stage, what is next. For a programme lead it is the "
    "programme's home.\n"
    "*/mentoring time* says when you work and when I may write to you.\n"
    "*/mentoring time off* says that you are off today.\n"
    "*/mentoring time away 21 dec to 2 jan* says that you are away.\n"
    "*/mentoring time @name* does the same for somebody you manage or support."
)

_AWAITED = {
    Waiting.PAIR: "a mentor or supervisor",
    Waiting.WELCOME: "the welcome",
    Waiting.AGREEMENT: "the agreement",
}
_FILTER_WORDS: dict[str, str] = {
    EVERYONE: "Everyone",
    Waiting.LEFT: "Has left the service",
    Waiting.SLACK: "Not in Slack yet",
    **{each: f"Waiting for {what}" for each, what in _AWAITED.items()},
    UNDER_WAY: "Under way",
}


def programme_form(page: ProgrammePage) -> Block:
    """Show a programme to its lead: who is enrolled, with whom, waiting for what."""
    shown = [
        blocks.header(page.title),
        blocks.section(_summary(page)),
        blocks.actions(*_lead_buttons(page)),
        blocks.actions(_filter_menu(page), *_programme_menu(page), block_id="which"),
        blocks.divider(),
        *(block for place in page.places for block in _place_blocks(place)),
        *([] if page.places else [blocks.section("Nobody here.")]),
        *_pager(page),
    ]
    return blocks.form(ids.Form.PROGRAMME_HOME, "Programme", shown, about=str(page.shown))


def read_programme_choice(action: dict[str, Any]) -> Shown | None:
    """Read which page a button or menu asks for; None for the first."""
    chosen = (action.get("selected_option") or {}).get("value") or action.get("value", "")
    return Shown.read(chosen) if chosen else None


def first_page(programme: str) -> Shown:
    """Return the first page of a programme's home, with everyone on it."""
    return Shown(programme)


def place_form(place: Place) -> Block:
    """Show one person's place to the programme's lead, with all that can be done about it."""
    shown = [
        blocks.header(place.person.name),
        blocks.section(_about_place(place)),
        *(block for pair in place.pairs for block in _pair_blocks(place, pair)),
        blocks.divider(),
        blocks.actions(
            blocks.button("Days and hours", ids.Action.MY_TIME, str(Ref("person", place.person.id))),
            blocks.button("What came before", ids.Action.BEFORE, str(Ref("enrolment", place.enrolment_id))),
            blocks.button("What does not apply", ids.Action.WAIVED, str(Ref("enrolment", place.enrolment_id))),
            blocks.button("End their place", ids.Action.LEAVE_PROGRAMME, str(Ref("enrolment", place.enrolment_id))),
            blocks.button("Back to the programme", ids.Action.OPEN_PROGRAMME, str(Shown(place.programme))),
        ),
    ]
    return blocks.form(ids.Form.PLACE, "Place on a programme", shown, about=str(Ref("enrolment", place.enrolment_id)))


def my_page_form(page: MyPage) -> Block:
    """Show somebody their own programmes and whom they support."""
    shown = [block for place in page.places for block in my_place_blocks(place)]
    if page.supported:
        shown += [blocks.header("Whom you support")]
        shown += [_supported_line(place) for place in page.supported[:40]]
    shown += [blocks.divider(), blocks.actions(*_my_buttons(page))]
    return blocks.form(ids.Form.PROGRAMME_HOME, "My programmes", shown)


def _summary(page: ProgrammePage) -> str:
    waits = [f"{page.counts[each]} {words.mid_sentence(_FILTER_WORDS[each])}" for each in Waiting if page.counts[each]]
    said = [f"*{words.count(page.counts[EVERYONE], 'person', 'people')} enrolled*, {page.counts[UNDER_WAY]} under way."]
    if waits:
        said.append(" · ".join(waits))
    said.append(_go_live(page))
    if not page.has_summary_channel:
        said.append("No channel is chosen for the weekly summary: see *Settings*.")
    return "\n".join(said)


def _go_live(page: ProgrammePage) -> str:
    if page.go_live_on is None:
        return "No go-live date yet: see *Settings*."
    day = words.near_day(page.go_live_on, page.today)
    return f"Live since {day}." if page.go_live_on <= page.today else f"Goes live {day}. Nothing falls due before."


def _lead_buttons(page: ProgrammePage) -> list[Block]:
    programme = page.shown.programme
    found = [
        blocks.button("Enrol somebody", ids.Action.ENROL, programme),
        blocks.button("Hand over", ids.Action.HAND_OVER),
        blocks.button("Settings", ids.Action.SETTINGS, programme),
        blocks.button("My own page", ids.Action.MY_PROGRAMMES),
    ]
    if page.counts[Waiting.WELCOME]:
        found.insert(0, blocks.button("Send the welcomes", ids.Action.WELCOMES, programme, style="primary"))
    return found


def _filter_menu(page: ProgrammePage) -> Block:
    options = [
        blocks.option(f"{text} ({page.counts[each]})", str(Shown(page.shown.programme, each)))
        for each, text in _FILTER_WORDS.items()
        if page.counts[each] or each in (EVERYONE, page.shown.filter)
    ]
    chosen = str(Shown(page.shown.programme, page.shown.filter))
    return blocks.select(ids.Action.FILTER_PROGRAMME, options, initial=chosen, placeholder="Show")


def _programme_menu(page: ProgrammePage) -> list[Block]:
    if not page.others:
        return []
    options = [blocks.option(page.title, str(Shown(page.shown.programme)))]
    options += [blocks.option(title, str(Shown(programme))) for programme, title in page.others]
    return [blocks.select(ids.Action.CHOOSE_PROGRAMME, options, initial=str(Shown(page.shown.programme)))]


def _place_blocks(place: Place) -> list[Block]:
    """Show one place; of one that waits for somebody, pairing comes before opening it."""
    missing = next((pair for pair in place.pairs if pair.waits_for is Waiting.PAIR), None)
    button = blocks.button("Open", ids.Action.OPEN_PLACE, str(Ref("enrolment", place.enrolment_id)))
    level = f" – {place.level}" if place.level else ""
    name = f"*{blocks.escape(place.person.name)}*{blocks.escape(level)}"
    pairs = "; ".join(_pair_in_short(pair) for pair in place.pairs if pair.supporters or pair.is_needed)
    said = f"{name}\n{pairs or 'no pair needed'}\n_{_waits(place)}_"
    if missing is None or place.has_left:
        return [blocks.section(said, accessory=button)]
    pair = blocks.button("Pair", ids.Action.PAIR, str(missing.ref), style="primary")
    return [blocks.section(said), blocks.actions(pair, button)]


def _pair_in_short(pair: PairLine) -> str:
    names = words.listed([blocks.escape(person.name) for person in pair.supporters]) or "nobody yet"
    flag = " (also the line manager)" if pair.line_manager_supports else ""
    return f"{blocks.escape(pair.by)}: {names}{flag}"


def _waits(place: Place) -> str:
    awaited = [_whom(place) if each is Waiting.PAIR else _AWAITED[each] for each in place.waits_for if each in _AWAITED]
    said = [words.mid_sentence(_FILTER_WORDS[each]) for each in place.waits_for if each not in _AWAITED]
    said += [f"waiting for {words.listed(awaited)}"] if awaited else []
    return words.at_start(words.listed(said)) or "Under way"


def _whom(place: Place) -> str:
    missing = [words.mid_sentence(pair.by) for pair in place.pairs if pair.waits_for is Waiting.PAIR]
    return words.listed([f"a {blocks.escape(role)}" for role in missing])


def _pager(page: ProgrammePage) -> list[Block]:
    if page.pages == 1:
        return []
    here, (programme, chosen) = page.shown.page, (page.shown.programme, page.shown.filter)
    found = []
    if here > 0:
        back = str(Shown(programme, chosen, here - 1))
        found.append(blocks.button("Back", ids.Action.PREVIOUS_PLACES, back))
    if here + 1 < page.pages:
        found.append(blocks.button("More", ids.Action.NEXT_PLACES, str(Shown(programme, chosen, here + 1))))
    return [blocks.context(f"Page {here + 1} of {page.pages}"), blocks.actions(*found)]


def _about_place(place: Place) -> str:
    level = f", {place.level}" if place.level else ""
    until = f" to {words.day(place.ends_on)}" if place.ends_on else ""
    return (
        f"{blocks.escape(place.programme_title)}{blocks.escape(level)}\n"
        f"{words.day(place.starts_on)}{until}\n_{_waits(place)}_"
    )


def _pair_blocks(place: Place, pair: PairLine) -> list[Block]:
    buttons = [_pair_button(pair)]
    if pair.relationship_id and pair.supporters:
        ref = str(Ref("relationship", pair.relationship_id))
        buttons.append(blocks.button("Cover", ids.Action.COVER, ref))
        if pair.has_agreement:
            buttons.append(blocks.button("Agreement", ids.Action.OPEN_AGREEMENT, ref))
        if pair.waits_for is Waiting.AGREEMENT:
            buttons.append(blocks.button("Signed on paper", ids.Action.PAPER_AGREEMENT, ref))
    return [
        blocks.section(f"*{blocks.escape(pair.title)}*\n{_pair_in_full(pair)}"),
        blocks.actions(*buttons, block_id=f"pair:{pair.ref.kind}"),
    ]


def _pair_button(pair: PairLine) -> Block:
    text = "Change pair" if pair.supporters else "Pair"
    return blocks.button(text, ids.Action.PAIR, str(pair.ref), style="" if pair.supporters else "primary")


def _pair_in_full(pair: PairLine) -> str:
    said = [_pair_in_short(pair)]
    if pair.cover:
        said.append(f"Standing in: {words.listed([blocks.escape(person.name) for person in pair.cover])}")
    if pair.supporters and pair.has_agreement:
        said.append("Waiting for the agreement" if pair.state == "waiting" else "Agreement in force")
    return "\n".join(said)


def my_place_blocks(place: Place) -> list[Block]:
    """Show one of somebody's own programmes: until when, and with whom."""
    level = f" – {place.level}" if place.level else ""
    until = f"It runs from {words.day(place.starts_on)} to {words.day(place.ends_on)}." if place.ends_on else ""
    opening = f"*{blocks.escape(place.programme_title)}*{blocks.escape(level)}\n{until}".strip()
    return [
        blocks.section(opening),
        *(_my_pair_block(pair) for pair in place.pairs if pair.supporters or pair.is_needed),
    ]


def _my_pair_block(pair: PairLine) -> Block:
    if not pair.supporters:
        return blocks.section(f"*{blocks.escape(pair.by)}:* to be chosen. Your programme lead is asked to.")
    said = f"*{blocks.escape(pair.by)}:* {words.listed([blocks.escape(person.name) for person in pair.supporters])}"
    if pair.cover:
        said += f"\nStanding in just now: {words.listed([blocks.escape(person.name) for person in pair.cover])}"
    if pair.waits_for is Waiting.AGREEMENT and pair.relationship_id:
        label = "Read the agreement" if pair.is_signed else "Sign the agreement"
        button = blocks.button(label, ids.Action.OPEN_AGREEMENT, str(Ref("relationship", pair.relationship_id)))
        all_signed = (
            "the others have signed the agreement too" if pair.is_signed else "you have all signed the agreement"
        )
        return blocks.section(f"{said}\nMeetings begin once {all_signed}.", accessory=button)
    return blocks.section(said)


def _supported_line(place: Place) -> Block:
    return blocks.section(
        f"*{blocks.escape(place.person.name)}* – {blocks.escape(place.programme_title)}",
        accessory=blocks.button("Checklist", ids.Action.OPEN_CHECKLIST, str(Ref("enrolment", place.enrolment_id))),
    )


def _my_buttons(page: MyPage) -> list[Block]:
    found = [
        blocks.button("My meetings", ids.Action.GO_SUPERVISION),
        blocks.button("My checklist", ids.Action.GO_CHECKLIST),
        blocks.button("My training", ids.Action.GO_TRAINING),
        blocks.button("My reflections", ids.Action.GO_REFLECT),
        blocks.button("My time", ids.Action.MY_TIME),
    ]
    return found + ([blocks.button("Programme home", ids.Action.OPEN_PROGRAMME)] if page.is_lead else [])
