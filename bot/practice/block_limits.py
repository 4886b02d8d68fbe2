"""Every limit of Slack's Block Kit that the practice workspace holds apps to, as a table.

Numbers are Slack's documented ones (docs.slack.dev: blocks, block elements, composition objects, views). Young blocks
of 2025-26 that older clients do not show are left out on purpose, and so are refused.
"""

from __future__ import annotations

from typing import Any

from bot.practice.block_rules import (
    ANY_TEXT,
    Bool,
    Int,
    ListOf,
    OneOf,
    Rule,
    Shape,
    Str,
    Text,
    Typed,
    Walk,
    at_least_one,
    exactly_one,
    only,
    ordered,
)
from bot.practice.refusals import Json

MOST_BLOCKS = {"message": 50, "modal": 100, "home": 100}
MOST_BLOCK_TEXT = 13_200
MOST_MARKDOWN = 12_000
MOST_VIEW_BYTES = 250_000
PLACEHOLDER = Text(150)
CONFIRM_STYLE = OneOf(("primary", "danger"))
ID = Str(255, least=1)
URL = Str(3000, least=1)
ENTITY = Str(least=1)

CONFIRM = Shape(
    {"title": Text(100), "text": Text(300, ANY_TEXT), "confirm": Text(30), "deny": Text(30), "style": CONFIRM_STYLE},
    required=("title", "text", "confirm", "deny"),
)
DISPATCH = Shape(
    {"trigger_actions_on": ListOf(OneOf(("on_enter_pressed", "on_character_entered")), 2)},
    required=("trigger_actions_on",),
)
SLACK_FILE = Shape({"id": Str(), "url": Str()}, also=(exactly_one("id", "url"),))
FILTER = Shape(
    {
        "include": ListOf(OneOf(("im", "mpim", "private", "public")), 4),
        "exclude_bot_users": Bool(),
        "exclude_external_shared_channels": Bool(),
    }
)


def _option(kinds: tuple[str, ...], *, url: bool = False) -> Shape:
    fields: dict[str, Rule] = {"text": Text(75, kinds), "value": Str(150, least=1), "description": Text(75, kinds)}
    if url:
        fields["url"] = URL
    return Shape(fields, required=("text", "value"))


PLAIN_OPTION = _option(("plain_text",))
RICH_OPTION = _option(ANY_TEXT)
OPTIONS = ListOf(PLAIN_OPTION, 100)
OPTION_GROUPS = ListOf(Shape({"label": Text(75), "options": OPTIONS}, required=("label", "options")), 100)


def options_of(element: Json) -> list[Json]:
    """List an element's options, those in groups included."""
    grouped = [option for group in element.get("option_groups", []) for option in group["options"]]
    return [*element.get("options", []), *grouped]


def _options_are_distinct(element: Json, at: str, walk: Walk) -> None:
    values = [option["value"] for option in options_of(element)]
    if len(values) != len(set(values)):
        walk.fault("option values must be unique", f"{at}/options")


def _initial_is_an_option(element: Json, at: str, walk: Walk) -> None:
    """Slack wants the initial option equal to an option in every part: text, value and description."""
    chosen = [element["initial_option"]] if "initial_option" in element else element.get("initial_options", [])
    known = [_plainly(option) for option in options_of(element)]
    if any(_plainly(option) not in known for option in chosen):
        walk.fault("initial option must be one of the options", f"{at}/initial_option")


def _plainly(option: Json) -> Json:
    return {key: _bare(value) for key, value in option.items()}


def _bare(value: Any) -> Any:
    return {**value, "emoji": True} if isinstance(value, dict) and value.get("type") == "plain_text" else value


def _element(fields: dict[str, Rule], *, required: tuple[str, ...] = (), also: tuple[Any, ...] = ()) -> Shape:
    common: dict[str, Rule] = {"type": Str(), "action_id": ID}
    return Shape({**common, **fields}, required=("type", *required), also=also)


_COMMON: dict[str, Rule] = {"placeholder": PLACEHOLDER, "focus_on_load": Bool(), "confirm": CONFIRM}
_MANY: dict[str, Rule] = {**_COMMON, "max_selected_items": Int(1, 1000)}
_STATIC = (exactly_one("options", "option_groups"), _options_are_distinct, _initial_is_an_option)
_PICKED = (_options_are_distinct, _initial_is_an_option)
_TYPED: dict[str, Rule] = {
    "placeholder": PLACEHOLDER,
    "focus_on_load": Bool(),
    "dispatch_action_config": DISPATCH,
}

ELEMENTS: dict[str, Rule] = {
    "button": _element(
        {
            "text": Text(75),
            "value": Str(2000),
            "url": URL,
            "style": CONFIRM_STYLE,
            "accessibility_label": Str(75),
            "confirm": CONFIRM,
        },
        required=("text",),
    ),
    "static_select": _element(
        {**_COMMON, "options": OPTIONS, "option_groups": OPTION_GROUPS, "initial_option": PLAIN_OPTION}, also=_STATIC
    ),
    "multi_static_select": _element(
        {**_MANY, "options": OPTIONS, "option_groups": OPTION_GROUPS, "initial_options": OPTIONS}, also=_STATIC
    ),
    "external_select": _element({**_COMMON, "initial_option": PLAIN_OPTION, "min_query_length": Int(0, 1000)}),
    "multi_external_select": _element({**_MANY, "initial_options": OPTIONS, "min_query_length": Int(0, 1000)}),
    "users_select": _element({**_COMMON, "initial_user": ENTITY}),
    "multi_users_select": _element({**_MANY, "initial_users": ListOf(ENTITY, 1000)}),
    "conversations_select": _element(
        {
            **_COMMON,
            "initial_conversation": ENTITY,
            "default_to_current_conversation": Bool(),
            "response_url_enabled": Bool(),
            "filter": FILTER,
        }
    ),
    "multi_conversations_select": _element(
        {
            **_MANY,
            "initial_conversations": ListOf(ENTITY, 1000),
            "default_to_current_conversation": Bool(),
            "filter": FILTER,
        }
    ),
    "channels_select": _element({**_COMMON, "initial_channel": ENTITY, "response_url_enabled": Bool()}),
    "multi_channels_select": _element({**_MANY, "initial_channels": ListOf(ENTITY, 1000)}),
    "checkboxes": _element(
        {
            "options": ListOf(RICH_OPTION, 10),
            "initial_options": ListOf(RICH_OPTION, 10),
            "confirm": CONFIRM,
            "focus_on_load": Bool(),
        },
        required=("options",),
        also=_PICKED,
    ),
    "radio_buttons": _element(
        {
            "options": ListOf(RICH_OPTION, 10),
            "initial_option": RICH_OPTION,
            "confirm": CONFIRM,
            "focus_on_load": Bool(),
        },
        required=("options",),
        also=_PICKED,
    ),
    "overflow": _element(
        {"options": ListOf(_option(("plain_text",), url=True), 5), "confirm": CONFIRM},
        required=("options",),
        also=(_options_are_distinct,),
    ),
    "datepicker": _element({**_COMMON, "initial_date": Str(pattern=r"\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])")}),
    "timepicker": _element({**_COMMON, "initial_time": Str(pattern=r"([01]\d|2[0-3]):[0-5]\d"), "timezone": Str()}),
    "datetimepicker": _element(
        {"initial_date_time": Int(1_000_000_000, 9_999_999_999), "confirm": CONFIRM, "focus_on_load": Bool()}
    ),
    "plain_text_input": _element(
        {
            **_TYPED,
            "initial_value": Str(3000),
            "multiline": Bool(),
            "min_length": Int(0, 3000),
            "max_length": Int(1, 3000),
        },
        also=(ordered("min_length", "max_length"),),
    ),
    "email_text_input": _element({**_TYPED, "initial_value": Str(3000)}),
    "url_text_input": _element({**_TYPED, "initial_value": Str(3000)}),
    "number_input": _element(
        {
            **_TYPED,
            "is_decimal_allowed": Bool(),
            "initial_value": Str(pattern=r"-?\d+(\.\d+)?"),
            "min_value": Str(pattern=r"-?\d+(\.\d+)?"),
            "max_value": Str(pattern=r"-?\d+(\.\d+)?"),
        },
        required=("is_decimal_allowed",),
        also=(ordered("min_value", "max_value"),),
    ),
    "rich_text_input": _element(
        {
            **_TYPED,
            "initial_value": Typed({"rich_text": Shape({"type": Str(), "elements": ListOf(Shape({}), 0)})}),
            "min_lines": Int(1, 100),
            "max_lines": Int(1, 100),
        },
        required=("action_id",),
        also=(ordered("min_lines", "max_lines"),),
    ),
    "file_input": _element({"filetypes": ListOf(Str(20, least=1), 100), "max_files": Int(1, 10)}),
    "image": Shape(
        {"type": Str(), "alt_text": Str(2000, least=1), "image_url": URL, "slack_file": SLACK_FILE},
        required=("alt_text",),
        also=(exactly_one("image_url", "slack_file"),),
    ),
}
_SINGLE = ("static_select", "external_select", "users_select", "conversations_select", "channels_select")
SELECTS = (*_SINGLE, *(f"multi_{kind}" for kind in _SINGLE))
PICKERS = ("checkboxes", "radio_buttons", "datepicker", "timepicker")
TYPED = ("plain_text_input", "email_text_input", "url_text_input", "number_input", "rich_text_input", "file_input")
IN_SECTION = only(ELEMENTS, ["button", "overflow", "image", *SELECTS, *PICKERS])
IN_ACTIONS = only(ELEMENTS, ["button", "overflow", "datetimepicker", *SELECTS, *PICKERS])
IN_INPUT = only(ELEMENTS, ["datetimepicker", *SELECTS, *PICKERS, *TYPED])
IN_CONTEXT = Typed(
    {"image": ELEMENTS["image"], "plain_text": Text(3000, ANY_TEXT), "mrkdwn": Text(3000, ANY_TEXT)},
)


def _file_input_stands_in_modals(block: Json, at: str, walk: Walk) -> None:
    if block["element"]["type"] != "file_input":
        return
    if walk.surface != "modal":
        walk.fault("unsupported type: file_input", f"{at}/element/type")
    if block.get("dispatch_action"):
        walk.fault("file_input cannot dispatch actions", f"{at}/dispatch_action")


_STYLE = Shape({name: Bool() for name in ("bold", "italic", "strike", "code", "underline", "highlight")})
_INLINE = Typed(
    {
        "text": Shape({"type": Str(), "text": Str(least=1), "style": _STYLE}, required=("text",)),
        "link": Shape({"type": Str(), "url": URL, "text": Str(), "unsafe": Bool(), "style": _STYLE}, required=("url",)),
        "user": Shape({"type": Str(), "user_id": ENTITY, "style": _STYLE}, required=("user_id",)),
        "channel": Shape({"type": Str(), "channel_id": ENTITY, "style": _STYLE}, required=("channel_id",)),
        "usergroup": Shape({"type": Str(), "usergroup_id": ENTITY, "style": _STYLE}, required=("usergroup_id",)),
        "emoji": Shape({"type": Str(), "name": ENTITY, "unicode": Str(), "style": _STYLE}, required=("name",)),
        "broadcast": Shape({"type": Str(), "range": OneOf(("here", "channel", "everyone"))}, required=("range",)),
        "date": Shape(
            {"type": Str(), "timestamp": Int(0, 9_999_999_999), "format": Str(), "url": URL, "fallback": Str()},
            required=("timestamp", "format"),
        ),
        "color": Shape({"type": Str(), "value": Str(7)}, required=("value",)),
    }
)
_INLINES = ListOf(_INLINE, 1000, least=0)
_RICH_SECTION = Shape({"type": Str(), "elements": _INLINES}, required=("elements",))
_RICH_BOXED = Shape({"type": Str(), "elements": _INLINES, "border": Int(0, 1)}, required=("elements",))
_RICH_LIST = Shape(
    {
        "type": Str(),
        "style": OneOf(("bullet", "ordered")),
        "elements": ListOf(Typed({"rich_text_section": _RICH_SECTION}), 1000),
        "indent": Int(0, 8),
        "offset": Int(0, 10_000),
        "border": Int(0, 1),
    },
    required=("style", "elements"),
)
RICH_TEXT = Typed(
    {
        "rich_text_section": _RICH_SECTION,
        "rich_text_list": _RICH_LIST,
        "rich_text_quote": _RICH_BOXED,
        "rich_text_preformatted": _RICH_BOXED,
    }
)


def _block(
    fields: dict[str, Rule],
    *,
    required: tuple[str, ...] = (),
    surfaces: tuple[str, ...] = ("message", "modal", "home"),
    also: tuple[Any, ...] = (),
) -> Shape:
    common: dict[str, Rule] = {"type": Str(), "block_id": ID}
    return Shape({**common, **fields}, required=("type", *required), surfaces=surfaces, also=also)


_RICH_BLOCK = _block({"elements": ListOf(RICH_TEXT, 1000)}, required=("elements",))
_CELL = Typed(
    {"rich_text": _RICH_BLOCK, "raw_text": Shape({"type": Str(), "text": Str(3000, least=1)}, required=("text",))}
)
_COLUMN = Shape({"align": OneOf(("left", "center", "right")), "is_wrapped": Bool()})

BLOCKS = Typed(
    {
        "section": _block(
            {
                "text": Text(3000, ANY_TEXT),
                "fields": ListOf(Text(2000, ANY_TEXT), 10),
                "accessory": IN_SECTION,
                "expand": Bool(),
            },
            also=(at_least_one("text", "fields"),),
        ),
        "header": _block({"text": Text(150), "level": Int(1, 4)}, required=("text",)),
        "divider": _block({}),
        "context": _block({"elements": ListOf(IN_CONTEXT, 10)}, required=("elements",)),
        "actions": _block({"elements": ListOf(IN_ACTIONS, 25)}, required=("elements",)),
        "input": _block(
            {
                "label": Text(2000),
                "hint": Text(2000),
                "element": IN_INPUT,
                "optional": Bool(),
                "dispatch_action": Bool(),
            },
            required=("label", "element"),
            also=(_file_input_stands_in_modals,),
        ),
        "image": _block(
            {"alt_text": Str(2000, least=1), "image_url": URL, "slack_file": SLACK_FILE, "title": Text(2000)},
            required=("alt_text",),
            also=(exactly_one("image_url", "slack_file"),),
        ),
        "rich_text": _RICH_BLOCK,
        "markdown": _block({"text": Str(MOST_MARKDOWN, least=1)}, required=("text",), surfaces=("message",)),
        "table": _block(
            {"rows": ListOf(ListOf(_CELL, 20), 100), "column_settings": ListOf(_COLUMN, 20)},
            required=("rows",),
            surfaces=("message",),
        ),
        "alert": _block(
            {"text": Text(200, ANY_TEXT), "level": OneOf(("default", "info", "warning", "error", "success"))},
            required=("text",),
            surfaces=("modal",),
        ),
    }
)
VIEW_COMMON: dict[str, Rule] = {
    "type": OneOf(("modal", "home")),
    "blocks": ListOf(BLOCKS, 100, least=0),
    "private_metadata": Str(3000),
    "callback_id": Str(255),
    "external_id": Str(255),
}
VIEWS = Typed(
    {
        "modal": Shape(
            {
                **VIEW_COMMON,
                "title": Text(24),
                "submit": Text(24),
                "close": Text(24),
                "clear_on_close": Bool(),
                "notify_on_close": Bool(),
            },
            required=("title", "blocks"),
        ),
        "home": Shape(VIEW_COMMON, required=("blocks",)),
    }
)
