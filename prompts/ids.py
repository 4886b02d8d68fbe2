"""The names Slack carries back to us, as types. One name from question to column."""

from enum import StrEnum


class Command(StrEnum):
    """Slash commands, as in app_manifest.yml."""

    SUPERVISION = "/supervision"
    REFLECT = "/reflect"
    CHECKLIST = "/checklist"
    TRAINING = "/training"
    MENTORING = "/mentoring"


class Shortcut(StrEnum):
    """Global shortcuts, as in app_manifest.yml."""

    NEW_REFLECTION = "new_reflection"
    SIGN_OFF = "sign_off_criteria"


class Form(StrEnum):
    """Modals, by callback_id."""

    NOTICE = "notice"
    SIGN_OFF = "sign_off"
    ASK_FOR_SIGN_OFF = "ask_for_sign_off"


class Action(StrEnum):
    """Buttons and menus that are not a duty's own, by action_id."""

    PEOPLE = "people"  # every select over the people list


class Do(StrEnum):
    """A duty's own button: one for each bot.values.Step; its value is `due:UUID:version`."""

    HOLD = "do_hold"
    SAY_HELD = "do_say_held"
    PREPARE = "do_prepare"
    WRITE = "do_write"
    SIGN = "do_sign"
    ACKNOWLEDGE = "do_acknowledge"
    AGREE = "do_agree"
    REVIEW = "do_review"
    CHANGE = "do_change"
    REFLECT = "do_reflect"
    CHECKLIST = "do_checklist"
    SIGN_OFF = "do_sign_off"
    TRAIN = "do_train"
    RENEW = "do_renew"
    VERIFY = "do_verify"
    PAIR = "do_pair"
    OTHER = "do_other"
