"""Slack's limits on blocks and views: what is sound passes, and each limit refuses one step beyond."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest

from bot.practice.block_kit import check_message_blocks, check_view
from bot.practice.refusals import RefusedError

Json = dict[str, Any]
PAYLOADS = Path(__file__).parents[1] / "payloads"


def plain(length: int = 5) -> Json:
    return {"type": "plain_text", "text": "x" * length}


def mrkdwn(length: int = 5) -> Json:
    return {"type": "mrkdwn", "text": "x" * length}


def option(value: str = "a", text: int = 5, **more: Any) -> Json:
    return {"text": plain(text), "value": value, **more}


def options(count: int) -> list[Json]:
    return [option(f"v{number}") for number in range(count)]


def section(**more: Any) -> Json:
    return {"type": "section", **({"text": mrkdwn()} if "fields" not in more else {}), **more}


def button(**more: Any) -> Json:
    return {"type": "button", "action_id": "go", "text": plain(), **more}


def actions(*elements: Json) -> Json:
    return {"type": "actions", "elements": list(elements)}


def asks(element: Json, **more: Any) -> Json:
    return {"type": "input", "label": plain(), "element": {"action_id": "a", **element}, **more}


def select(**more: Any) -> Json:
    return {"type": "static_select", "action_id": "s", "options": options(2), **more}


def confirm(**more: Any) -> Json:
    return {"title": plain(), "text": mrkdwn(), "confirm": plain(), "deny": plain(), **more}


def modal(*blocks: Json, **more: Any) -> Json:
    return {"type": "modal", "title": plain(), "submit": plain(), "blocks": list(blocks), **more}


def messages_of(view: Json) -> list[str]:
    with pytest.raises(RefusedError) as refused:
        check_view(view, "modal", "home")
    return [refused.value.code, *refused.value.messages]


SOUND_IN_MODALS = {
    "section at 3,000": section(text=mrkdwn(3000)),
    "ten fields of 2,000": section(fields=[mrkdwn(2000)] * 10),
    "header at 150": {"type": "header", "text": plain(150)},
    "ten in a context": {"type": "context", "elements": [mrkdwn()] * 10},
    "25 buttons": actions(*[button(action_id=f"b{n}") for n in range(25)]),
    "button at its limits": actions(button(text=plain(75), value="v" * 2000, url="u" * 3000, style="danger")),
    "100 options": actions(select(options=options(100))),
    "option at its limits": actions(select(options=[option("v" * 150, 75, description=plain(75))])),
    "initial option that is one": actions(select(initial_option=option("v1"))),
    "confirm at its limits": actions(button(confirm=confirm(title=plain(100), text=plain(300), deny=plain(30)))),
    "date and time": asks({"type": "datepicker", "initial_date": "2026-02-28"}),
    "number with a range": asks({"type": "number_input", "is_decimal_allowed": False, "min_value": "1"}),
    "text with lengths": asks({"type": "plain_text_input", "min_length": 1, "max_length": 3000}),
    "divider": {"type": "divider"},
    "file": asks({"type": "file_input", "max_files": 10}),
    "rich text": {
        "type": "rich_text",
        "elements": [{"type": "rich_text_section", "elements": [{"type": "text", "text": "x"}]}],
    },
}
REFUSED_IN_MODALS = {
    "section over 3,000": (section(text=mrkdwn(3001)), "less than 3001 characters"),
    "empty text": (section(text=mrkdwn(0)), "more than 0 characters"),
    "section with neither text nor fields": ({"type": "section"}, "at least one of text, fields"),
    "eleven fields": (section(fields=[mrkdwn()] * 11), "no more than 10 items"),
    "field over 2,000": (section(fields=[mrkdwn(2001)]), "less than 2001 characters"),
    "header over 150": ({"type": "header", "text": plain(151)}, "less than 151 characters"),
    "header in mrkdwn": ({"type": "header", "text": mrkdwn()}, "unsupported type: mrkdwn"),
    "eleven in a context": ({"type": "context", "elements": [mrkdwn()] * 11}, "no more than 10 items"),
    "26 buttons": (actions(*[button(action_id=f"b{n}") for n in range(26)]), "no more than 25 items"),
    "an action_id twice in a block": (actions(button(), button()), "action_id already exists: go"),
    "button text over 75": (actions(button(text=plain(76))), "less than 76 characters"),
    "button value over 2,000": (actions(button(value="v" * 2001)), "less than 2001 characters"),
    "button style of its own": (actions(button(style="loud")), "must be one of primary, danger"),
    "button in an input": (asks(button()), "unsupported type: button"),
    "text input among actions": (actions({"type": "plain_text_input"}), "unsupported type: plain_text_input"),
    "date and time as an accessory": (section(accessory={"type": "datetimepicker"}), "unsupported type: datetime"),
    "101 options": (actions(select(options=options(101))), "no more than 100 items"),
    "no options": (actions(select(options=[])), "more than 0 items"),
    "options and groups": (
        actions(select(option_groups=[{"label": plain(), "options": options(1)}])),
        "exactly one of options, option_groups",
    ),
    "an option value twice": (actions(select(options=[option("a"), option("a")])), "values must be unique"),
    "option text over 75": (actions(select(options=[option(text=76)])), "less than 76 characters"),
    "option value over 150": (actions(select(options=[option("v" * 151)])), "less than 151 characters"),
    "option link outside an overflow": (actions(select(options=[option(url="https://x")])), "no additional prop"),
    "initial option that differs in a word": (
        actions(select(initial_option=option("v1", 6))),
        "initial option must be one of the options",
    ),
    "eleven checkboxes": (actions({"type": "checkboxes", "options": options(11)}), "no more than 10 items"),
    "six in an overflow": (actions({"type": "overflow", "options": options(6)}), "no more than 5 items"),
    "confirm title over 100": (actions(button(confirm=confirm(title=plain(101)))), "less than 101 characters"),
    "confirm without deny": (
        actions(button(confirm={"title": plain(), "text": plain(), "confirm": plain()})),
        "missing required field: deny",
    ),
    "placeholder over 150": (actions(select(placeholder=plain(151))), "less than 151 characters"),
    "input without a label": ({"type": "input", "element": {"type": "datepicker"}}, "missing required field: label"),
    "date that is none": (asks({"type": "datepicker", "initial_date": "28/02/2026"}), "expected format"),
    "time that is none": (asks({"type": "timepicker", "initial_time": "25:00"}), "expected format"),
    "moment in words": (asks({"type": "datetimepicker", "initial_date_time": "soon"}), "must be an integer"),
    "number that says nothing of decimals": (asks({"type": "number_input"}), "field: is_decimal_allowed"),
    "text shorter than it may be": (
        asks({"type": "plain_text_input", "min_length": 9, "max_length": 3}),
        "must not be more than max_length",
    ),
    "eleven files": (asks({"type": "file_input", "max_files": 11}), "between 1 and 10"),
    "file that dispatches": (asks({"type": "file_input"}, dispatch_action=True), "cannot dispatch"),
    "image without words for it": ({"type": "image", "image_url": "https://x"}, "missing required field: alt_text"),
    "image from two places": (
        {"type": "image", "alt_text": "x", "image_url": "https://x", "slack_file": {"id": "F1"}},
        "exactly one of image_url, slack_file",
    ),
    "block_id over 255": (section(block_id="b" * 256), "less than 256 characters"),
    "block of no known type": ({"type": "carousel"}, "unsupported type: carousel"),
    "key of no known name": (section(colour="red"), "no additional properties allowed: colour"),
    "markdown, which is for messages": ({"type": "markdown", "text": "x"}, "unsupported type: markdown"),
}


@pytest.mark.parametrize("block", SOUND_IN_MODALS.values(), ids=SOUND_IN_MODALS)
def test_a_block_at_its_limit_is_taken(block: Json) -> None:
    check_view(modal(block), "modal")


@pytest.mark.parametrize(("block", "words"), REFUSED_IN_MODALS.values(), ids=REFUSED_IN_MODALS)
def test_a_block_beyond_its_limit_is_refused_with_a_pointer_to_it(block: Json, words: str) -> None:
    code, *messages = messages_of(modal(section(), block))
    assert code == "invalid_arguments"
    assert any(words in message and "json-pointer:/view/blocks" in message for message in messages), messages


REFUSED_VIEWS = {
    "title over 24": (modal(title=plain(25)), "must be less than 25 characters [json-pointer:/view/title/text]"),
    "submit over 24": (modal(submit=plain(25)), "/view/submit/text"),
    "private_metadata over 3,000": (modal(private_metadata="x" * 3001), "/view/private_metadata"),
    "callback_id over 255": (modal(callback_id="x" * 256), "/view/callback_id"),
    "101 blocks": (modal(*[section()] * 101), "no more than 100 items allowed [json-pointer:/view/blocks]"),
    "a block_id twice": (modal(section(block_id="b"), section(block_id="b")), "block_id already exists: b"),
    "input without submit": (
        {key: value for key, value in modal(asks({"type": "datepicker"})).items() if key != "submit"},
        "/view/submit",
    ),
    "two with focus": (
        modal(*[asks({"type": "datepicker", "focus_on_load": True})] * 2),
        "only one element may have focus_on_load",
    ),
    "file input on Home": ({"type": "home", "blocks": [asks({"type": "file_input"})]}, "unsupported type: file_input"),
    "alert on Home": ({"type": "home", "blocks": [{"type": "alert", "text": plain()}]}, "unsupported type: alert"),
    "title on Home": ({"type": "home", "title": plain(), "blocks": []}, "no additional properties allowed: title"),
}


@pytest.mark.parametrize(("view", "words"), REFUSED_VIEWS.values(), ids=REFUSED_VIEWS)
def test_a_view_slack_would_refuse_is_refused(view: Json, words: str) -> None:
    code, *messages = messages_of(view)
    assert code == "invalid_arguments"
    assert any(words in message for message in messages), messages


def test_a_view_over_250_kilobytes_is_too_large() -> None:
    big = modal(*[section(text=mrkdwn(3000)) for _ in range(90)])
    assert messages_of(big) == ["view_too_large"]


def test_a_view_with_every_element_slack_knows_is_taken() -> None:
    sample = json.loads((PAYLOADS / "view_submission_every_element.json").read_text())["view"]
    check_view({key: sample[key] for key in ("type", "title", "submit", "close", "blocks", "callback_id")}, "modal")


def refusal(blocks: list[Json]) -> RefusedError:
    with pytest.raises(RefusedError) as refused:
        check_message_blocks(blocks)
    return refused.value


def test_a_message_takes_fifty_blocks_and_no_more() -> None:
    check_message_blocks([section()] * 50)
    refused = refusal([section()] * 51)
    assert refused.code == "invalid_blocks"
    assert refused.as_answer()["errors"] == ["no more than 50 items allowed [json-pointer:/blocks]"]


def test_all_words_of_a_message_together_have_a_limit() -> None:
    check_message_blocks([section(text=mrkdwn(3000))] * 4)
    assert refusal([section(text=mrkdwn(2700))] * 5).code == "msg_blocks_too_long"


def test_a_message_takes_one_table() -> None:
    table = {"type": "table", "rows": [[{"type": "raw_text", "text": "x"}]]}
    check_message_blocks([table])
    assert refusal([table, copy.deepcopy(table)]).code == "only_one_table_allowed"
