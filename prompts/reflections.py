"""Reflections: writing one, one's list, sharing after a look for what might point to a person, comments."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from bot.errors import Missing
from bot.rules.reflecting import PointedAt, ReflectionLine, ReflectionPage, Reflections, Sharing, Way
from bot.rules.written import Writing
from bot.values import Block, Ref
from prompts import blocks, documents, documents_said, ids, words

WITH, COMMENT = "with", "comment"
SHOWN_CLUES = 20
PAGES = documents.PageIds(
    ids.Form.REFLECTION, ids.Action.REFLECTION_BACK, ids.Action.REFLECTION_SAVE, ids.Action.REFLECTION_MORE
)
PRIVATE = (
    "*Only you* can read this. Nobody sees whether or when you write, unless you choose to share it. "
    "It is yours, but a court or a regulator can ask for it, so leave out whatever points to a person."
)
HELP = (
    "*/reflect* shows your reflections and lets you begin one or go on.\n"
    "*/reflect new* begins one at once.\n"
    "Each is a private draft, saved page by page. "
    "Sharing it with your mentor is a second step, and you can take it back."
)


def reflection_form(screen: Writing) -> Block:
    """Show one page of a reflection."""
    opening = [blocks.section(PRIVATE)]
    if screen.head.help:
        opening.append(blocks.section(blocks.escape(screen.head.help)))
    return documents.writing_form(screen, PAGES, opening)


# ---- one's list ------------------------------------------------------------------------------------------------------


def reflections_form(found: Reflections) -> Block:
    """Show somebody's own reflections, and what others share with them."""
    shown: list[Block] = []
    if found.ways:
        shown.append(_begin_row(found.ways))
    for line in found.mine:
        shown += _own_line(line, found)
    if found.shared_with_me:
        shown.append(blocks.header("Shared with you"))
        shown += [_shared_line(line, found) for line in found.shared_with_me]
    if not found.mine:
        shown.append(
            blocks.section("You have written no reflections yet. There is no number to reach, and no right way.")
        )
    shown.append(blocks.context("Only you see this list."))
    return blocks.form(ids.Form.REFLECTIONS, "Reflections", shown)


def _begin_row(ways: tuple[Way, ...]) -> Block:
    """Offer a new reflection, and the other ways there are."""
    row = [blocks.button("New reflection", ids.Action.NEW_REFLECTION, ways[0].form, style="primary")]
    others = [blocks.option(way.title, way.form) for way in ways[1:]]
    if others:
        row.append(blocks.select(ids.Action.ANOTHER_WAY, others, placeholder="Another way"))
    return blocks.actions(*row)


def _own_line(line: ReflectionLine, found: Reflections) -> Iterator[Block]:
    with_whom = words.listed([blocks.escape(name) for name in line.shared_with])
    stands = f"shared with {with_whom}" if with_whom else "not finished" if line.is_unfinished else "private"
    button = blocks.button("Go on" if line.is_unfinished else "Open", ids.Action.OPEN_REFLECTION, str(line.ref))
    said = f"*{blocks.escape(line.title)}*, {words.near_day(line.on, found.today)} – {stands}"
    yield blocks.section(said, accessory=button)
    if line.begins:
        yield blocks.context(f"_{blocks.escape(line.begins)}…_")


def _shared_line(line: ReflectionLine, found: Reflections) -> Block:
    said = f"*{blocks.escape(line.by)}*: {blocks.escape(line.title)}, {words.near_day(line.on, found.today)}"
    return blocks.section(said, accessory=blocks.button("Read it", ids.Action.OPEN_REFLECTION, str(line.ref)))


def screen_form(found: Writing | ReflectionPage) -> Block:
    """Show a page to write on, or the whole."""
    return reflection_form(found) if isinstance(found, Writing) else reflection_page_form(found)


# ---- one, whole ------------------------------------------------------------------------------------------------------


def reflection_page_form(page: ReflectionPage) -> Block:
    """Show a reflection: its writer may share, change or delete it; whom it is shared with may comment."""
    shown: list[Block] = [blocks.context(_whose(page))]
    for entry in page.entries:
        for said in entry.said:
            shown += documents_said.said_blocks(entry, said, page.today)
    for note in page.comments:
        shown += documents_said.note_blocks(note, page.today)
    if page.is_mine:
        shown.append(blocks.actions(*_own_buttons(page)))
        return blocks.form(ids.Form.REFLECTION_READ, "Reflection", shown)
    question = blocks.text_input(COMMENT, multiline=True)
    shown.append(blocks.question(COMMENT, "Your comment", question, hint=f"Only {page.by} reads this."))
    return blocks.form(ids.Form.COMMENT, "Reflection", shown, submit="Send comment", about=str(page.ref))


def _whose(page: ReflectionPage) -> str:
    day = words.near_day(page.on, page.today)
    if not page.is_mine:
        return f"{blocks.escape(page.by)} shared this with you. It is theirs, and they can take it back."
    if page.shared_with:
        return f"Yours, {day}. Shared with {words.listed([blocks.escape(name) for name in page.shared_with])}."
    return f"Yours, {day}. Saved, and private: only you can read it."


def _own_buttons(page: ReflectionPage) -> list[Block]:
    ref = str(page.ref)
    row = []
    if page.may_share_with:
        row.append(blocks.button("Share with my mentor", ids.Action.SHARE_REFLECTION, ref))
    if page.shared_with:
        row.append(blocks.button("Take it back", ids.Action.UNSHARE_REFLECTION, ref))
    row.append(blocks.button("Change it", ids.Action.CHANGE_REFLECTION, ref))
    sure = blocks.confirm(
        "Delete this reflection?", "It is gone at once, and nobody can bring it back.", "Delete", "Keep it"
    )
    return [*row, blocks.button("Delete", ids.Action.DELETE_REFLECTION, ref, style="danger", confirm=sure)]


# ---- sharing ---------------------------------------------------------------------------------------------------------


def share_form(sharing: Sharing) -> Block:
    """Ask with whom, after pointing at words that might point to a person."""
    shown = (
        list(_warning(sharing))
        if sharing.pointed_at
        else [blocks.section("Nothing in it looks like a name, a number or a date. You know best: have one more look.")]
    )
    options = [blocks.option(person.name, str(person.id)) for person in sharing.people]
    initial = [option["value"] for option in options[:1]] if len(options) == 1 else []
    shown.append(blocks.question(WITH, "Who may read it?", blocks.checkboxes(WITH, options, initial=initial)))
    shown.append(blocks.context("They can read it and comment. You can take it back at any time."))
    submit = "Share it as it is" if sharing.pointed_at else "Share it"
    return blocks.form(
        ids.Form.SHARE_REFLECTION, "Share with my mentor", shown, submit=submit, close="Not now", about=str(sharing.ref)
    )


def _warning(sharing: Sharing) -> Iterator[Block]:
    count = words.count(len(sharing.pointed_at), "place")
    yield blocks.section(
        f"*Before you share: {count} might point to a person.* Is there a way to say it without? "
        "Nothing was sent anywhere to find this."
    )
    lines = [f"• {_pointed(each)}" for each in sharing.pointed_at[:SHOWN_CLUES]]
    yield blocks.section("\n".join(lines))
    if len(sharing.pointed_at) > SHOWN_CLUES:
        yield blocks.context(f"And {len(sharing.pointed_at) - SHOWN_CLUES} more.")
    yield blocks.actions(
        blocks.button("Change it first", ids.Action.CHANGE_REFLECTION, str(sharing.ref), style="primary")
    )


def _pointed(each: PointedAt) -> str:
    before, after = blocks.escape(each.before), blocks.escape(each.after)
    return f"{before}*{blocks.escape(each.found.words)}*{after} – looks like {each.found.clue}"


@dataclass(frozen=True)
class ShareWith:
    """With whom a reflection is to be shared."""

    ref: Ref
    with_ids: tuple[UUID, ...]


def read_share_form(view: dict[str, Any]) -> ShareWith:
    """Read with whom."""
    chosen = view["state"]["values"][WITH][WITH].get("selected_options") or []
    return ShareWith(Ref.read(view["private_metadata"]), tuple(UUID(option["value"]) for option in chosen))


def read_comment_form(view: dict[str, Any]) -> tuple[Ref, str]:
    """Read a comment. Raises Missing for an empty one."""
    text = (view["state"]["values"][COMMENT][COMMENT].get("value") or "").strip()
    if not text:
        raise Missing().under(COMMENT)
    return Ref.read(view["private_metadata"]), text


def deleted_form() -> Block:
    """Say that it is gone."""
    return blocks.form(ids.Form.NOTICE, "Reflection", [blocks.section("It is deleted, for good.")])


def commented_form() -> Block:
    """Say that a comment went."""
    return blocks.form(
        ids.Form.NOTICE, "Reflection", [blocks.section("Your comment is with them. Thank you for reading.")]
    )
