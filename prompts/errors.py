"""The sentence of every error: what happened, and what to do next."""

from collections.abc import Callable
from typing import Any

from bot import errors
from bot.values import Block
from prompts import blocks, ids, words

UNKNOWN = (
    "Something went wrong on our side, and nothing you did was lost that was saved before. "
    "Please try again; if it happens twice, tell your programme lead this reference: {reference}"
)


def sentence(error: errors.HandrailError) -> str:
    """Return the sentence for a person. Every class of error has one; a test sees to that."""
    return _SENTENCES[type(error)](error)


def notice_form(text: str) -> Block:
    """Show one sentence where the person is looking."""
    return blocks.form(ids.Form.NOTICE, "Handrail", [blocks.section(blocks.escape(text))], close="OK")


def _somebody_was_first(error: errors.SomebodyWasFirst) -> str:
    on = f" on {words.moment(error.at, error.zone)}" if error.at else ""
    who = f"{error.by} was there before you{on}" if error.by else f"That changed{on} while this was on your screen"
    return f"{who}, so nothing was done twice. Open {error.thing} again to see how it stands now."


def _set_up_unfinished(error: errors.SetUpUnfinished) -> str:
    whom = words.listed(error.leads) or "whoever installed it"
    return f"Handrail is being set up here and needs two programme leads before it starts. Please ask {whom}."


def _duty_closed(error: errors.DutyClosed) -> str:
    if error.state == "done":
        on = f" on {words.day(error.on)}" if error.on else ""
        return f"This was done{on}. Nothing more is needed from you."
    return "This is not needed any more, so there is nothing left to do here."


_NOBODY_TO_MEET = (
    "You have nobody to meet with here yet, and that's fine. When you are paired with a mentor or supervisor, "
    "your meetings start here."
)
_WAITS = (
    "Your meetings start as soon as your agreement is signed by everybody it names. Open your Home tab to see what it "
    "waits for."
)


_NOT_READ = {
    "duration": "Write a length of time, like “2 working days” or “90 minutes”.",
    "frequency": "Write how often, like “every 2 weeks” or “each calendar month”.",
    "number": "Write a number, like 10.",
    "link": "Write a link that begins with https://",
    "date": "Choose a date.",
}


def _channel_not_reached(error: errors.ChannelNotReached) -> str:
    if error.code in ("not_in_channel", "channel_not_found"):
        return "I'm not in that channel yet. Go there, type /invite @Handrail, then press Save again."
    if error.code == "user_not_in_channel":
        return "You're not in that channel yourself. Please join it, so that you see what is posted, then press Save."
    if error.code == "is_archived":
        return "That channel is archived. Please choose another."
    return f"Slack doesn't let me post in that channel just now ({error.code}). Please try again, or choose another."


_SENTENCES: dict[type[errors.HandrailError], Callable[[Any], str]] = {
    errors.KeyDestroyed: lambda e: "This text was erased for good, as was asked. Nobody can read it any more.",
    errors.WrongMasterKey: lambda e: (
        f"Encryption key {e.number} does not open this keyring. Check HANDRAIL_ENCRYPTION_KEYS "
        "against your recovery sheet."
    ),
    errors.SealBroken: lambda e: (
        "This text can't be opened: it is not what was sealed here. Please tell whoever runs "
        "Handrail to run `handrail db verify`."
    ),
    errors.NotOnTheList: lambda e: (
        "I don't have you on the people list of this workspace yet. Ask your programme lead to add "
        "you, and I'll know you at once."
    ),
    errors.SetUpUnfinished: _set_up_unfinished,
    errors.NotAllowed: lambda e: "That isn't something you can open. If you think you should, ask your programme lead.",
    errors.NotFound: lambda e: f"I can't find that {e.thing} any more. Open your Home tab to see where things stand.",
    errors.SomebodyWasFirst: _somebody_was_first,
    errors.PersonNotKnown: lambda e: (
        f"I don't know who “{words_of(e.typed)}” is. Type @ and the start of their name, "
        "then choose them from Slack's list."
    ),
    errors.Missing: lambda e: "Please answer this one.",
    errors.TooLate: lambda e: "It is too late for that now. Open your Home tab to see what you can do instead.",
    errors.AlreadyRunning: lambda e: f"Handrail is already running (process {e.process or 'not known'}).",
    errors.DutyClosed: _duty_closed,
    errors.NotLater: lambda e: f"{words.day(e.chosen)} is not after today. Please choose a later day.",
    errors.SnoozedTooFar: lambda e: (
        f"This one has a fixed day, {words.day(e.due_on)}. It can be put off up to then, but not past it."
    ),
    errors.BadSetting: lambda e: f"{e.name}: {e.mend}",
    errors.NobodySignsTheirOwn: lambda e: (
        "Nobody signs off their own criteria. Press “Ready for sign-off” and your mentor will be told."
    ),
    errors.SecondOnTheSameDay: lambda e: (
        f"“{e.title}” is to be seen on two occasions. The first was on {words.day(e.first_on)}, so choose a later day."
    ),
    errors.OccasionNotYet: lambda e: (
        f"{words.day(e.on)} can't be right: choose a day from {words.day(e.earliest)} up to today."
    ),
    errors.AlreadyComplete: lambda e: f"“{e.title}” has every signature it needs already. Nothing more to do.",
    errors.NothingChosen: lambda e: "Choose at least one.",
    errors.NoChecklist: lambda e: (
        f"{e.name} has no checklist."
        if e.name
        else "You aren't on a programme with a checklist, and nobody has asked you to sign for them."
    ),
    errors.OldDatabase: lambda e: (
        "The database is older than this Handrail. Stop Handrail, then run `handrail db upgrade`; it "
        "makes a backup first."
    ),
    errors.NewerDatabase: lambda e: (
        "The database was made by a newer Handrail than this one. Install that version again; nothing was changed."
    ),
    errors.DatabaseInUse: lambda e: (
        "Somebody else has the database open. Stop Handrail and any other program that uses it, then run this again."
    ),
    errors.DatabaseUnreachable: lambda e: (
        f"The database cannot be opened ({e.why}). Check HANDRAIL_DATABASE_URL and "
        "HANDRAIL_KEYRING_URL, and the folder's rights."
    ),
    errors.UpgradeLostRows: lambda e: (
        f"The upgrade would have lost rows of “{e.table}”, so all of it was taken back. Please report "
        "this; your data is as before."
    ),
    errors.KeysUnconfirmed: lambda e: (
        "Nobody has confirmed the recovery sheet of these keys yet. Print what `handrail keys new` showed, "
        "then run `handrail keys confirm` with the check word on it."
    ),
    errors.WrongCheckWord: lambda e: (
        "That is not the check word of the keys in use. Look at the sheet again; if it belongs to other keys, "
        "put those into HANDRAIL_ENCRYPTION_KEYS and HANDRAIL_AUDIT_KEYS."
    ),
    errors.BadFile: lambda e: f"This file cannot be imported: {e.why.rstrip('.')}. Nothing was changed.",
    errors.NoBackup: lambda e: (
        f"There is no whole backup in {e.folder}. Give the folder you gave to `handrail db backup`."
    ),
    errors.BackupBroken: lambda e: (
        f"{e.file} is damaged and was not used. Take an older backup: move this file away and try again."
    ),
    errors.AlreadyEnrolled: lambda e: f"{e.name} is on {e.programme} already.",
    errors.LevelNotKnown: lambda e: f"This programme needs one of these levels: {words.listed(e.levels, 'or')}.",
    errors.AlreadyPaired: lambda e: (
        f"{e.name} has somebody for “{e.title}” already. To choose another, press Change pair."
    ),
    errors.ChannelNotReached: _channel_not_reached,
    errors.NoProgramme: lambda e: (
        "You're not on a programme just now, and that's fine. If you expected one, your programme lead can add you."
    ),
    errors.PersonHasLeft: lambda e: (
        f"{e.name}'s last day is {words.day(e.left_on)}, so they can't be chosen for this. Please choose somebody else."
    ),
    errors.HoursNotRead: lambda e: e.says,
    errors.DatesTheWrongWayRound: lambda e: "The last day comes before the first. Please choose them again.",
    errors.NobodyToMeet: lambda e: _WAITS if e.is_waiting else _NOBODY_TO_MEET,
    errors.NotYourPair: lambda e: (
        f"You and {e.name} can meet as soon as your agreement is signed. Your Home tab shows what it waits for."
        if e.is_waiting
        else f"You and {e.name} have no meetings together here. If you should, ask your programme lead to pair you."
    ),
    errors.MomentPassed: lambda e: "That time has passed already. Choose one to come.",
    errors.HeldInTheFuture: lambda e: "That day is still to come. Choose today or an earlier day.",
    errors.CannotSupportThemself: lambda e: "Nobody can be their own mentor. Please choose somebody else.",
    errors.TooManySupporters: lambda e: (
        f"“{e.title}” is held by {'one person' if e.most == 1 else f'one to {e.most} people'}. Please choose again."
    ),
    errors.StillMissing: lambda e: (
        f"Still to be answered before it can go out: {words.listed([f'“{words_of(each)}”' for each in e.asks])}."
    ),
    errors.NobodyToSign: lambda e: (
        f"It needs the signature of a {words.listed(e.roles)}, and nobody is in that place yet. "
        "Ask your programme lead to fill it; what you wrote is kept."
    ),
    errors.AnswerNotRead: lambda e: _NOT_READ.get(e.type, "I can't read this answer. Please write it differently."),
    errors.LooserThanProgramme: lambda e: f"The programme asks for {e.rule}. You can agree on more, not on less.",
    errors.TooLong: lambda e: (
        f"That is longer than {e.most:,} characters. Please shorten it, or use another question too."
    ),
    errors.ContentChanged: lambda e: (
        "What is stored is not what went out for signing, so it can't be signed. "
        "Please tell whoever runs Handrail to run `handrail db verify`."
    ),
    errors.NotOpenedYet: lambda e: "Please open and read the full text first; then you can sign it.",
    errors.NotYourTurn: lambda e: (
        "Nothing here waits for you just now: it is signed already, or somebody signs before you."
    ),
    errors.DayToCome: lambda e: "That day is still to come. Choose today or an earlier day.",
    errors.NoMentorToShareWith: lambda e: (
        "You have no mentor to share this with yet. It stays private, and you can share it later."
    ),
    errors.NoReflectionForms: lambda e: (
        "You're not on a programme with a place to reflect just now. If you expected one, ask your programme lead."
    ),
    errors.AlreadyLogged: lambda e: (
        f"“{e.title}” on {words.day(e.on)} is in your log already. To change it, open it there and press Put it right."
    ),
    errors.NothingToCheck: lambda e: "Nothing waits for you to verify. Thank you for keeping up with it.",
}


def words_of(typed: str) -> str:
    """Repeat a few of the person's words."""
    return blocks.shorten(" ".join(typed.split()), 60)
