"""App Home: a day by role. Slack stores it, so it holds the same pointers as a message and never content."""

from collections.abc import Sequence

from bot.rules.home import HomePage, LedProgramme, OwnProgramme, PersonStatus
from bot.rules.places import Shown
from bot.values import Block, Ref
from prompts import blocks, ids, words
from prompts.checklist import pace_in_words
from prompts.digest import folded, thing_blocks
from prompts.mentoring import my_place_blocks
from prompts.supervision import session_blocks

THINGS_SHOWN = 16  # of the hundred blocks a Home may have


def home_view(page: HomePage) -> Block:
    """Show what needs somebody first, then what is coming, their programmes, their people, and every screen."""
    return blocks.home(
        [
            *_opening(page),
            *_asked_blocks(page),
            *_coming_blocks(page),
            *(block for programme in page.programmes for block in _programme_blocks(programme, page)),
            *_people_blocks(page),
            *_led_blocks(page),
            blocks.divider(),
            _every_screen(page),
        ]
    )


def notice_view(text: str) -> Block:
    """Say one sentence to who cannot have a Home yet."""
    return blocks.home([blocks.section(blocks.escape(text))])


def _opening(page: HomePage) -> list[Block]:
    first = words.first_name(page.name)
    at = f"As at {words.clock_time(page.at, page.zone)}, {words.day(page.today)}"
    return [blocks.header(f"Hello {first}"), blocks.context(at)]


def _every_screen(page: HomePage) -> Block:
    return blocks.actions(
        blocks.button("My meetings", ids.Action.GO_SUPERVISION),
        blocks.button("My checklist", ids.Action.GO_CHECKLIST),
        blocks.button("My training", ids.Action.GO_TRAINING),
        blocks.button("My reflections", ids.Action.GO_REFLECT),
        blocks.button("Programme" if page.led else "My programme", ids.Action.GO_MENTORING),
        blocks.button("My time", ids.Action.MY_TIME),
        block_id="every_screen",
    )


# ---- what needs me, what is coming -----------------------------------------------------------------------------------


def _asked_blocks(page: HomePage) -> list[Block]:
    things = folded(page.asked)
    if not things:
        return [blocks.section("*What needs me*\nNothing needs you just now.")]
    shown = [blocks.section(f"*What needs me*\n{_how_many(len(things))}")]
    for thing in things[:THINGS_SHOWN]:
        shown += thing_blocks(thing, page.today)
    if len(things) > THINGS_SHOWN:
        left = len(things) - THINGS_SHOWN
        shown.append(blocks.context(f"and {left} more, which come up here as these are done"))
    return shown


def _how_many(things: int) -> str:
    return "1 thing" if things == 1 else f"{things} things, most pressing first"


def _coming_blocks(page: HomePage) -> list[Block]:
    if not page.coming:
        return []
    shown = [block for line in page.coming for block in session_blocks(line, page.today)]
    return [blocks.section("*Coming up*"), *shown]


# ---- my programmes ---------------------------------------------------------------------------------------------------


def _programme_blocks(own: OwnProgramme, page: HomePage) -> list[Block]:
    shown = [blocks.divider(), *my_place_blocks(own.place)]
    if own.pace:
        said = f"*{own.pace.done} of {own.pace.of}* signed off. {_pace(own)}".rstrip()
        shown.append(blocks.section(said, accessory=blocks.button("Open my checklist", ids.Action.GO_CHECKLIST)))
    after = _what_is_next(own, page)
    return [*shown, blocks.context(after)] if after else shown


def _pace(own: OwnProgramme) -> str:
    pace = own.pace
    if pace is None or pace.done >= pace.of or own.place.ends_on is None:
        return ""
    return pace_in_words(pace.done, pace.expected)


def _what_is_next(own: OwnProgramme, page: HomePage) -> str:
    """Say the next meeting and the next review in one line."""
    said = []
    if page.coming and page.coming[0].at:
        said.append(f"Next meeting: {words.moment(page.coming[0].at, page.zone, today=page.today)}")
    if own.review_on:
        title = blocks.escape(own.review_title)
        said.append(f"Next review: {title}, {words.near_day(own.review_on, page.today)}")
    return " · ".join(said)


# ---- my people -------------------------------------------------------------------------------------------------------


def _people_blocks(page: HomePage) -> list[Block]:
    if not page.people:
        return []
    shown = [blocks.divider(), blocks.section("*My people*\nDates and counts only: nothing they wrote is shown here.")]
    shown += [_person_block(person, page) for person in page.people]
    if page.more_people:
        shown.append(blocks.context(f"and {page.more_people} more, all of whom have nothing more urgent"))
    return shown


def _person_block(person: PersonStatus, page: HomePage) -> Block:
    text = f"*{blocks.escape(person.name)}* – {blocks.escape(person.programme_title)}\n{_standing(person, page)}"
    if person.pace is None:
        return blocks.section(text)
    ref = str(Ref("enrolment", person.enrolment_id))
    return blocks.section(text, accessory=blocks.button("Checklist", ids.Action.OPEN_CHECKLIST, ref))


def _standing(person: PersonStatus, page: HomePage) -> str:
    said = [f"{words.count(person.late, 'thing')} past the day" if person.late else "Nothing past its day"]
    if person.pace:
        said.append(f"{person.pace.done} of {person.pace.of} signed off")
    at = words.moment(person.next_at, page.zone, today=page.today) if person.next_at else ""
    missing = "waiting for the agreement" if person.waits_for_agreement else "no meeting planned"
    said.append(f"next meeting {at}" if at else missing)
    return " · ".join(said)


# ---- what I lead -----------------------------------------------------------------------------------------------------


def _led_blocks(page: HomePage) -> list[Block]:
    if not page.led:
        return []
    shown = [blocks.divider(), blocks.section("*Programmes I lead*")]
    shown += [_led_block(programme) for programme in page.led[:8]]
    said = (
        f"{words.count(page.unsent, 'message')} did not go out and {'waits' if page.unsent == 1 else 'wait'} for you"
        if page.unsent
        else "Every message went out"
    )
    return [*shown, blocks.section(said, accessory=blocks.button("Messages sent", ids.Action.LEDGER))]


def _led_block(led: LedProgramme) -> Block:
    said = [f"*{blocks.escape(led.title)}*", _led_counts(led), _decisions(led)]
    button = blocks.button("Open", ids.Action.OPEN_PROGRAMME, str(Shown(led.programme)))
    return blocks.section("\n".join(said), accessory=button)


def _led_counts(led: LedProgramme) -> str:
    late = f"something past its day for {led.late}" if led.late else "nothing past its day"
    return f"{words.count(led.enrolled, 'person', 'people')} enrolled, {late}"


def _decisions(led: LedProgramme) -> str:
    waits = _counted(
        (led.not_paired, "without a mentor or supervisor"),
        (led.not_welcomed, "waiting for the welcome"),
        (led.left, "whose last day is over"),
    )
    needs = f"Needs a decision: {words.listed(waits)}" if led.needs_decision else "Nothing needs a decision"
    return needs + (f". {led.not_agreed} waiting for an agreement" if led.not_agreed else "")


def _counted(*found: tuple[int, str]) -> Sequence[str]:
    return [f"{n} {what}" for n, what in found if n]
