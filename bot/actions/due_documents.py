"""What a due item is to sign or take note of: its versions, the one that went out, and who stands on it."""

from datetime import date
from uuid import UUID
from zoneinfo import ZoneInfo

from bot.actions.facts import Known
from bot.rules.due_facts import Due, DueRule
from bot.rules.due_rules import TEN_WORKING_DAYS
from bot.rules.when import Once
from storage.tables.written import Document

GONE = ("withdrawn", "superseded")


def versions_of(known: Known, path: str, due: Due) -> list[Document]:
    """Return the versions, oldest first, of what a due item is to sign: of its session, its pair, or the person."""
    form = path.rpartition("/")[2].removeprefix("form.")
    place = due.subject if due.scope == "session" else due.relationship
    return [version for version in known.documents_by_place.get((form, place), ()) if version.state not in GONE]


def newest_sent(known: Known, path: str, due: Due) -> Document | None:
    """Return the newest version that went out, if it was not sent back."""
    sent = [version for version in versions_of(known, path, due) if version.shared_at]
    return sent[-1] if sent and sent[-1].state != "returned" else None


def standing_on(known: Known, document: Document, role: str) -> tuple[UUID, ...]:
    """Return who stands on a version in a role and is still here."""
    standing = (party.person_id for party in known.parties[document.id] if party.role == role)
    return tuple(person_id for person_id in standing if not known.has_left(person_id))


def is_being_changed(known: Known, rule: DueRule, due: Due) -> bool:
    """Say whether what is to be signed or read went back to its author: nobody can sign it, or be late with it."""
    path, _, step = rule.key.partition("#")
    if not step.startswith(("sign:", "acknowledge:")):
        return False
    versions = versions_of(known, path, due)
    if step.startswith("acknowledge:") and any(version.state == "locked" for version in versions):
        return False  # what is in force can be read, whatever becomes of the next version
    sent = [version for version in versions if version.shared_at]
    return sent[-1].state == "returned" if sent else bool(versions) and versions[-1].number > 1


def is_replaced(known: Known, rule: DueRule, due: Due) -> bool:
    """Say whether what somebody was to take note of is in force no longer: then only what follows it is asked about."""
    path, _, step = rule.key.partition("#")
    if due.done_on or not step.startswith("acknowledge:") or not follows_signing(rule):
        return False
    return not any(version.in_force_on == due.anchor_on for version in versions_of(known, path, due))


def follows_signing(rule: DueRule) -> bool:
    """Say whether something is asked for because a document has come into force, like reading it."""
    return isinstance(rule.when, Once) and rule.when.event.endswith("in force")


def term_of_next(known: Known, rule: DueRule, due: Due) -> date | None:
    """Return the last day to sign a version that is out to follow one in force; None where none is.

    The day of the first one is long over then, and nobody is late with what went out today.
    """
    path, _, step = rule.key.partition("#")
    sent = newest_sent(known, path, due) if step.startswith("sign:") else None
    if sent is None or sent.state != "out" or sent.shared_at is None or due.scope == "session":
        return None
    versions = (v for v in known.documents if v.series == sent.series and v.number < sent.number)
    if not any(version.in_force_on for version in versions):
        return None
    term = known.programme.form[sent.form].sign_within or TEN_WORKING_DAYS
    return term.after(sent.shared_at.astimezone(ZoneInfo(known.person.zone)).date(), known.closed)
