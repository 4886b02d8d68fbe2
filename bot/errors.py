"""Everything that can go wrong and is a person's business: typed facts here, the sentence in prompts/errors.py.

An error raised in a form may carry `field`, the block under which its sentence is shown.
"""

from datetime import date, datetime
from uuid import UUID


class HandrailError(Exception):
    """A sentence for a person. `field` is the form's question it belongs under, when it belongs to one."""

    field: str | None = None

    def under(self, field: str) -> "HandrailError":
        """Return itself, to be shown under this question of the form."""
        self.field = field
        return self


# ---- keys and sealing ----


class KeyDestroyed(HandrailError):
    """The text was erased with its owner's key."""

    def __init__(self, owner: UUID) -> None:
        super().__init__("a data key is gone")
        self.owner = owner


class WrongMasterKey(HandrailError):
    """No master key given opens the keyring."""

    def __init__(self, number: int) -> None:
        super().__init__(f"master key {number} does not open the keyring")
        self.number = number


class SealBroken(HandrailError):
    """A sealed text is not the one that was sealed in this place."""

    def __init__(self, table: str, column: str) -> None:
        super().__init__(f"a sealed text in {table}.{column} does not open")
        self.table, self.column = table, column


# ---- who and what ----


class NotOnTheList(HandrailError):
    """Somebody who is not on the people list spoke to us."""


class SetUpUnfinished(HandrailError):
    """There are not yet two programme leads; `leads` are the names of those there are."""

    def __init__(self, leads: tuple[str, ...]) -> None:
        super().__init__("fewer than two programme leads")
        self.leads = leads


class NotAllowed(HandrailError):
    """This is not theirs to see or do. Says nothing of whether it exists."""


class NotFound(HandrailError):
    """What a button or form names is no longer there."""

    def __init__(self, thing: str) -> None:
        super().__init__(f"no such {thing}")
        self.thing = thing


class SomebodyWasFirst(HandrailError):
    """The thing changed since the person saw it; `zone` is theirs, to say the moment in."""

    def __init__(self, thing: str, by: str = "", at: datetime | None = None, zone: str = "UTC") -> None:
        super().__init__(f"{thing} changed meanwhile")
        self.thing, self.by, self.at, self.zone = thing, by, at, zone


class PersonNotKnown(HandrailError):
    """The person named in a command or picked in a form is not on the people list."""

    def __init__(self, typed: str) -> None:
        super().__init__("person not known")
        self.typed = typed


class Missing(HandrailError):
    """A question that must be answered was not."""


class TooLate(HandrailError):
    """The time for this has passed; `since` is when it ended."""

    def __init__(self, since: datetime | date) -> None:
        super().__init__("too late")
        self.since = since


class DutyClosed(HandrailError):
    """What a button asks for needs doing no more; `state` is done, excused or cancelled, `on` the day if known."""

    def __init__(self, state: str, on: date | None) -> None:
        super().__init__("no longer due")
        self.state, self.on = state, on


class NotLater(HandrailError):
    """A day was chosen to be asked again that is not after today."""

    def __init__(self, chosen: date) -> None:
        super().__init__("not after today")
        self.chosen = chosen


class SnoozedTooFar(HandrailError):
    """A thing with a fixed day cannot be snoozed past it."""

    def __init__(self, due_on: date) -> None:
        super().__init__("past a fixed day")
        self.due_on = due_on


# ---- setting up ----


class BadSetting(HandrailError):
    """A setting is missing or cannot be used; `mend` says what to do. For the operator, in the terminal."""

    def __init__(self, name: str, mend: str) -> None:
        super().__init__(f"{name}: {mend}")
        self.name, self.mend = name, mend


# ---- enrolling and pairing ----


class ChannelNotReached(HandrailError):
    """A channel was chosen where we cannot post; `code` is Slack's word for why."""

    def __init__(self, code: str) -> None:
        super().__init__(f"channel not reached: {code}")
        self.code = code


class NoProgramme(HandrailError):
    """Somebody is on no programme, supports nobody and leads none."""


class PersonHasLeft(HandrailError):
    """Somebody was chosen for a day after their last one."""

    def __init__(self, name: str, left_on: date) -> None:
        super().__init__("has left by then")
        self.name, self.left_on = name, left_on


class AlreadyEnrolled(HandrailError):
    """Somebody is on this programme already."""

    def __init__(self, name: str, programme: str) -> None:
        super().__init__("already enrolled")
        self.name, self.programme = name, programme


class LevelNotKnown(HandrailError):
    """A programme has no such level; `levels` are those it has."""

    def __init__(self, typed: str, levels: tuple[str, ...]) -> None:
        super().__init__("no such level")
        self.typed, self.levels = typed, levels


class AlreadyPaired(HandrailError):
    """Somebody has a relationship of this kind already; `title` is the kind's."""

    def __init__(self, name: str, title: str) -> None:
        super().__init__("already paired")
        self.name, self.title = name, title


class CannotSupportThemself(HandrailError):
    """The same person was chosen on both sides of a pair."""


class TooManySupporters(HandrailError):
    """More people (or none) were chosen than a relationship of this kind holds; `most` is how many."""

    def __init__(self, title: str, most: int) -> None:
        super().__init__("too many supporters")
        self.title, self.most = title, most


# ---- running ----


class AlreadyRunning(HandrailError):
    """Another process has the right to send on this database; `process` is its number, 0 when not known."""

    def __init__(self, process: int) -> None:
        super().__init__(f"already running: process {process}")
        self.process = process


class OldDatabase(HandrailError):
    """The database was made by an older Handrail and must be brought up to date first."""


class NewerDatabase(HandrailError):
    """The database was made by a newer Handrail than this one."""


class DatabaseInUse(HandrailError):
    """Somebody has the database open, and this needs it alone."""


class DatabaseUnreachable(HandrailError):
    """The database cannot be opened; `why` is the kind of fault, never the address."""

    def __init__(self, why: str) -> None:
        super().__init__(f"the database cannot be opened: {why}")
        self.why = why


class UpgradeLostRows(HandrailError):
    """An upgrade would have lost rows or references of a table, and was taken back whole."""

    def __init__(self, table: str) -> None:
        super().__init__(f"the upgrade would have lost rows of {table}")
        self.table = table


class KeysUnconfirmed(HandrailError):
    """Nobody has shown yet that the recovery sheet of these keys exists."""


class WrongCheckWord(HandrailError):
    """The word typed is not the one on the sheet of the keys in use."""


class NoBackup(HandrailError):
    """There is no whole backup in a folder."""

    def __init__(self, folder: str) -> None:
        super().__init__(f"no backup in {folder}")
        self.folder = folder


class BackupBroken(HandrailError):
    """A backup's file does not hold together."""

    def __init__(self, file: str) -> None:
        super().__init__(f"{file} is damaged")
        self.file = file


# ---- signing criteria off ----


class NobodySignsTheirOwn(HandrailError):
    """Somebody tried to sign off their own criterion."""


class SecondOnTheSameDay(HandrailError):
    """The second signature must be for a later occasion than the first."""

    def __init__(self, title: str, first_on: date) -> None:
        super().__init__("second signature too soon")
        self.title, self.first_on = title, first_on


class OccasionNotYet(HandrailError):
    """The occasion of a sign-off lies in the future, or before the programme began."""

    def __init__(self, on: date, earliest: date) -> None:
        super().__init__("occasion out of range")
        self.on, self.earliest = on, earliest


class AlreadyComplete(HandrailError):
    """A criterion has every signature it needs."""

    def __init__(self, title: str) -> None:
        super().__init__("already complete")
        self.title = title


class NothingChosen(HandrailError):
    """A form that needs at least one thing chosen came without."""


class NoChecklist(HandrailError):
    """Somebody has no checklist; `name` is theirs, or empty when it is the asker's own."""

    def __init__(self, name: str = "") -> None:
        super().__init__("no checklist")
        self.name = name


# ---- my time ----


class HoursNotRead(HandrailError):
    """Working days or hours that cannot be understood; `says` is a sentence about which words and how to write them."""

    def __init__(self, says: str) -> None:
        super().__init__("hours not read")
        self.says = says


class DatesTheWrongWayRound(HandrailError):
    """The last day chosen comes before the first."""


# ---- sessions ----


class NobodyToMeet(HandrailError):
    """Somebody has nobody to arrange a meeting with; `is_waiting`: a pair of theirs waits for its agreement."""

    def __init__(self, *, is_waiting: bool) -> None:
        super().__init__("nobody to meet")
        self.is_waiting = is_waiting


class NotYourPair(HandrailError):
    """Two people have no meeting to arrange; `is_waiting` says whether that is only for want of a signed agreement."""

    def __init__(self, name: str, *, is_waiting: bool) -> None:
        super().__init__("no meeting to arrange with this person")
        self.name, self.is_waiting = name, is_waiting


class MomentPassed(HandrailError):
    """A meeting was to be planned at a moment that is over."""

    def __init__(self, at: datetime) -> None:
        super().__init__("that moment has passed")
        self.at = at


class HeldInTheFuture(HandrailError):
    """A meeting was said to be held on a day still to come."""

    def __init__(self, on: date) -> None:
        super().__init__("held on a day still to come")
        self.on = on


# ---- everything written ----


class StillMissing(HandrailError):
    """A document cannot go out while these questions have no answer."""

    def __init__(self, asks: tuple[str, ...]) -> None:
        super().__init__("answers are missing")
        self.asks = asks


class NobodyToSign(HandrailError):
    """A form must be signed by roles that nobody fills."""

    def __init__(self, roles: tuple[str, ...]) -> None:
        super().__init__("a signatory is missing")
        self.roles = roles


class AnswerNotRead(HandrailError):
    """An answer is not of the kind its question asks for: a length of time, a number, a link, a date."""

    def __init__(self, type_: str) -> None:
        super().__init__(f"not a {type_}")
        self.type = type_


class LooserThanProgramme(HandrailError):
    """An agreement would ask for less than the programme does; `rule` is the programme's own, in words."""

    def __init__(self, rule: str) -> None:
        super().__init__("looser than the programme")
        self.rule = rule


class TooLong(HandrailError):
    """An answer is longer than `most` characters."""

    def __init__(self, most: int) -> None:
        super().__init__("answer too long")
        self.most = most


class ContentChanged(HandrailError):
    """What is stored is not what went out for signing."""


class NotOpenedYet(HandrailError):
    """Somebody tried to sign without having opened the full text."""


class NotYourTurn(HandrailError):
    """Nothing here waits for this person's signature: it is signed, or others come first."""


class DayToCome(HandrailError):
    """Something was said to have been shared or signed on a day still to come."""


class NoMentorToShareWith(HandrailError):
    """A reflection was to be shared and its writer has no mentor."""


class NoReflectionForms(HandrailError):
    """Somebody is on no programme, and supports nobody on one, that has a way to reflect."""


class BadFile(HandrailError):
    """A file to import is no table of the kind expected; `why` says what is in the way."""

    def __init__(self, why: str) -> None:
        super().__init__("this file cannot be imported")
        self.why = why


# ---- training ----


class AlreadyLogged(HandrailError):
    """The same course was logged for the same day before."""

    def __init__(self, title: str, on: date) -> None:
        super().__init__("logged already")
        self.title, self.on = title, on


class NothingToCheck(HandrailError):
    """Nobody's training waits for this person to verify."""
