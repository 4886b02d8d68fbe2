"""Put the due rows of one enrolment right with the facts, in the transaction of whatever changed them.

One pass works out everything the enrolment owes, open and done, and changes the rows that say otherwise: what closes a
thing closes its rows, what undoes it opens them again with the next `turn` (delivery.md, From a rule to a message, 1).
No scan of anybody else; `handrail db verify` runs the same pass over everyone and expects no change.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlmodel import Session as Db

from bot.actions.due_documents import (
    follows_signing,
    is_being_changed,
    is_replaced,
    newest_sent,
    standing_on,
    term_of_next,
)
from bot.actions.facts import Known, know
from bot.actions.home_refreshing import refresh_homes
from bot.actions.nudge_times import Planner
from bot.actions.refreshing import refresh_message_about
from bot.actions.told import PERSON
from bot.actions.training_asks import training_asks
from bot.rules.asks import Ask, ask
from bot.rules.due import owed
from bot.rules.due_facts import Due, DueRule
from bot.rules.due_rules import due_rules
from bot.rules.matching import kinds_needed
from bot.rules.when import Once
from storage.queries import due as due_queries
from storage.queries import facts as rows
from storage.queries.facts import HeldItem
from storage.tables.delivery import DueItem
from storage.tables.meetings import Session
from storage.tables.programmes import Enrolment
from storage.tables.together import Membership

ONE_DAY = timedelta(days=1)
LOOK_AGAIN = timedelta(days=28)  # at the latest
ASKED_AHEAD = timedelta(days=14)  # before a supporter's last day the lead is asked for another
PERSONAL = frozenset({"enrolment", "relationship", "session"})  # what is a programme's or a team's is not settled here

STANDING = ("open", "arranged")  # what is asked for, or will be

Key = tuple[str, UUID, str, str]
AsItIs = tuple[UUID, date, str, date, date | None, date | None]


@dataclass(frozen=True)
class Wanted:
    """One row as the facts want it."""

    rule: str
    scope: str
    scope_id: UUID
    subject: str
    period: str
    owner_id: UUID
    ladder: str
    opens_on: date
    due_on: date
    state: str
    closed_on: date | None = None
    asked_on: date | None = None
    in_working_days: bool = False
    recurs: bool = False  # its day brings the next one

    @property
    def key(self) -> Key:
        return self.rule, self.scope_id, self.subject, self.period


def settle_enrolment(db: Db, enrolment_id: UUID, *, now: datetime) -> int:
    """Make the due rows of an enrolment agree with the facts; return how many were made or changed."""
    db.flush()
    enrolment = db.get(Enrolment, enrolment_id)
    assert enrolment is not None
    known = know(db, enrolment, now=now)
    wanted = {one.key: one for one in wanted_rows(known)}
    held = rows.list_held_items(db, enrolment_id=enrolment_id)
    over = {_key(row): row for row in held if row.state not in STANDING}
    still = due_queries.list_due_items(db, ids=[row.id for row in held if row.state in STANDING])
    standing = {_key(row): row for row in still}
    asked_for = [row for row in standing.values() if row.state == "open"]
    planner, changed = Planner(db, now), 0
    for key, one in wanted.items():
        if key in over and (over[key].not_applicable or _as_it_is(over[key]) == _as_it_is(one)):
            continue  # most of what is over stays as it was
        row = db.get(DueItem, over[key].id) if key in over else standing.get(key)
        changed += _put_right(db, known, row or _new_row(known, one), one, planner, is_new=row is None)
    for key, row in standing.items():
        changed += key not in wanted and _cancel(row, known.today)
    enrolment.look_again_on = _look_again_on(known, wanted.values())
    db.flush()
    for row in asked_for:
        if row.state != "open":
            refresh_message_about(db, row, now=now)
    refresh_homes(db, _concerned(known, wanted.values()), now=now)
    return changed


def _key(row: DueItem | HeldItem) -> Key:
    return row.rule, row.scope_id, row.subject, row.period


def _as_it_is(row: DueItem | HeldItem | Wanted) -> AsItIs:
    """Return all that the facts can change in a row."""
    return row.owner_id, row.due_on, row.state, row.opens_on, row.closed_on, row.asked_on


def _concerned(known: Known, wanted: Iterable[Wanted]) -> set[UUID]:
    """Return whose Home shows this enrolment: whom it is about, who is or was beside them, who manages or is asked."""
    standing = {member.person_id for member in known.members}
    managers = {person for role in ("line-manager", "team-manager") for person in known.roles.get(role, ())}
    return standing | managers | {known.person.id} | {one.owner_id for one in wanted if one.state == "open"}


def settle_person(db: Db, person_id: UUID, *, now: datetime) -> None:
    """Settle every enrolment that somebody's hours, leave or place can change: their own, and those they support."""
    for enrolment_id in rows.list_enrolments_around(db, person_id=person_id):
        settle_enrolment(db, enrolment_id, now=now)


def wanted_rows(known: Known) -> Iterator[Wanted]:
    """Yield every row that the facts of an enrolment call for, open and closed; nothing of who has left the service."""
    leaves_on = known.person.leaves_on
    if known.enrolment.state != "active" or (leaves_on and leaves_on < known.today):
        return
    facts = known.facts()
    for rule in due_rules(known.programme, facts, known.filled_in):
        if rule.scope in PERSONAL:
            for due in owed(rule, facts, until=known.today, closed=known.closed):
                if row := _from_due(known, rule, due):
                    yield from _for_each_signatory(known, rule, due, row)
    for asked in asks(known):
        state = "done" if asked.done_on else "open"
        yield Wanted(
            asked.rule, "enrolment", known.enrolment.id, asked.subject, asked.period, asked.owner_id, "",
            asked.asked_on, asked.due_on, state, asked.done_on, in_working_days=True,
        )  # fmt: skip


def _from_due(known: Known, rule: DueRule, due: Due) -> Wanted | None:
    owner, term = _owner(known, rule, due), term_of_next(known, rule, due)
    if owner is None or _waits_for_agreement(known, rule, due) or is_replaced(known, rule, due):
        return None
    state = "excused" if due.excused else "done" if due.done_on else "open"
    if state == "open" and (_is_arranged(known, rule, due) or is_being_changed(known, rule, due)):
        state = "arranged"
    scope_id = _scope_id(known, due)
    closed_on = due.done_on or (due.due_on if due.excused else None)
    return Wanted(
        rule.key,
        due.scope,
        scope_id,
        due.subject,
        due.period,
        owner,
        rule.ladder,
        due.due_on if rule.key.endswith("#outcome") else due.opens_on,  # nobody is asked before the day how it went
        max(due.due_on, term) if term else due.due_on,
        state,
        closed_on,
        _asked_on(known, rule, due),
        rule.in_working_days or term is not None,
        recurs=bool(rule.stricter) or not isinstance(rule.when, Once),
    )


def _is_arranged(known: Known, rule: DueRule, due: Due) -> bool:
    """Say whether the meeting that is owed is planned: then nobody is asked to arrange it, until it falls through."""
    return any(
        session.state == "planned"
        and f"session.{session.kind}" == rule.key
        and str(session.relationship_id or "") == due.relationship
        and session.falls_on >= known.today
        for session in known.sessions
    )


def _asked_on(known: Known, rule: DueRule, due: Due) -> date | None:
    """Return since when there is something to write, sign or read; the next digest says so."""
    path, _, step = rule.key.partition("#")
    if step.startswith(("sign:", "acknowledge:")):
        out = newest_sent(known, path, due)
        if out and out.state == "out" and out.shared_at:
            return _local(known, out.shared_at)
    follows = due.scope == "session" and step.startswith(("share", "sign:", "acknowledge:"))
    return due.anchor_on if follows or follows_signing(rule) else None


def _for_each_signatory(known: Known, rule: DueRule, due: Due, row: Wanted) -> Iterator[Wanted]:
    """Ask each of several people in a role for their own signature under what their pair has written."""
    path, _, step = rule.key.partition("#")
    if due.scope != "relationship" or not step.startswith("sign:"):
        yield row
        return
    sent, role = newest_sent(known, path, due), step.removeprefix("sign:")
    for person_id in standing_on(known, sent, role) if sent else known.present(row.scope_id, role):
        signed = [s for s in known.signatures[sent.id] if s.person_id == person_id] if sent else []
        mine = replace(row, owner_id=person_id, subject=f"person:{person_id}")
        if signed and signed[0].signed_at and row.state == "open":
            mine = replace(mine, state="done", closed_on=_local(known, signed[0].signed_at))
        yield mine


def _waits_for_agreement(known: Known, rule: DueRule, due: Due) -> bool:
    """A pair makes sessions on a rhythm only once its agreement is in force; what is owed once may come before."""
    waiting = {str(r.id) for r in known.relationships if r.state == "waiting"}
    return due.relationship in waiting and rule.key.startswith("session.") and not isinstance(rule.when, Once)


def _scope_id(known: Known, due: Due) -> UUID:
    if due.scope == "session":
        return UUID(due.subject.removeprefix("session:"))
    return UUID(due.relationship) if due.scope == "relationship" and due.relationship else known.enrolment.id


def _owner(known: Known, rule: DueRule, due: Due) -> UUID | None:
    """Return who is asked now: whoever leads the session, else the first who fills the first role that is filled."""
    path, _, step = rule.key.partition("#")
    sent = newest_sent(known, path, due) if step.startswith(("sign:", "acknowledge:")) else None
    if sent and sent.state in ("out", "locked"):
        return next(iter(standing_on(known, sent, rule.owners[0])), None)  # nobody else can sign it
    for role in rule.owners:
        if leader := _leader(known, role, due):
            if not known.has_left(leader.led_by_id):
                return leader.led_by_id
            if leader.state == "held":
                return None  # what only they could write or sign, nobody can
        present = known.present(UUID(due.relationship), role) if due.relationship else known.roles.get(role, ())
        if present or known.roles.get(role):
            return (present or known.roles[role])[0]
    return None


def _leader(known: Known, role: str, due: Due) -> Session | None:
    """Return the session a due item is a step of, if this is the role that leads it."""
    session = known.sessions_by_subject.get(due.subject)
    card = known.programme.session.get(session.kind) if session and due.scope == "session" else None
    return session if card and card.led_by == role else None


# ---- what people ask of each other -----------------------------------------------------------------------------------


def asks(known: Known) -> Iterator[Ask]:
    """Yield what people of this enrolment have asked of each other."""
    yield from _sign_offs_asked(known)
    yield from training_asks(known)
    yield from _changes_asked(known)
    yield from _supporters_missing(known)


def _sign_offs_asked(known: Known) -> Iterator[Ask]:
    for row in known.progress:
        card = known.programme.criterion.get(row.criterion)
        if row.ready_at is None or card is None:
            continue
        signers = (p for role in known.programme.checklist[card.checklist].signed_by for p in known.roles.get(role, ()))
        signer = next((person for person in signers if person != known.person.id), None)
        if signer:
            asked_on = _local(known, row.ready_at)
            yield ask(
                "ask.sign-off", f"criterion:{row.criterion}", row.ready_at.isoformat(), signer, asked_on, known.closed
            )


def _changes_asked(known: Known) -> Iterator[Ask]:
    newest = {document.series: document for document in known.documents}
    for document in known.documents:
        if document.returned_at is None or document.state == "withdrawn" or known.has_left(document.author_id):
            continue
        followed = newest[document.series].number > document.number and newest[document.series].shared_at
        done_on = _local(known, followed) if followed else None
        asked_on = _local(known, document.returned_at)
        subject = f"document:{document.series}"
        yield ask(
            "ask.changes", subject, str(document.number), document.author_id, asked_on, known.closed, done_on=done_on
        )


def _supporters_missing(known: Known) -> Iterator[Ask]:
    """The lead is asked for a supporter in every kind of relationship whose meetings the programme dates."""
    leads = known.roles.get("lead", ())
    if not leads or known.enrolment.ended_on:
        return
    for kind in kinds_needed(known.programme):
        if not any(_stays(known, member) for member in _supporters(known, kind)):
            last_day = max(filter(None, map(known.last_day_of, _supporters(known, kind))), default=None)
            since = last_day or known.enrolment.starts_on
            asked = ask("ask.pair", f"relationship:{kind}", since.isoformat(), leads[0], since, known.closed)
            yield replace(asked, asked_on=since - ASKED_AHEAD) if last_day else asked


def _supporters(known: Known, kind: str) -> list[Membership]:
    """Return those who support or supported somebody in relationships of a kind that are not closed."""
    card = known.programme.relationship[kind]
    standing = {r.id for r in known.relationships if r.kind == kind and r.state != "closed"}
    return [m for m in known.members if m.relationship_id in standing and m.role == card.by]


def _stays(known: Known, member: Membership) -> bool:
    """Say whether a supporter is there, or will be, beyond the time in which the lead can find another."""
    last_day = known.last_day_of(member)
    return last_day is None or last_day > known.today + ASKED_AHEAD


def _local(known: Known, at: datetime) -> date:
    return at.astimezone(ZoneInfo(known.person.zone)).date()


# ---- the rows --------------------------------------------------------------------------------------------------------


def _new_row(known: Known, one: Wanted) -> DueItem:
    return DueItem(
        rule=one.rule,
        scope=one.scope,
        scope_id=one.scope_id,
        subject=one.subject,
        period=one.period,
        version_id=known.enrolment.version_id,
        enrolment_id=known.enrolment.id,
        owner_id=one.owner_id,
        about_id=known.person.id,
        ladder=one.ladder,
        opens_on=one.opens_on,
        due_on=one.due_on,
        asked_on=one.asked_on,
        state=one.state,
        closed_on=one.closed_on,
    )


def _put_right(db: Db, known: Known, row: DueItem, one: Wanted, planner: Planner, *, is_new: bool) -> bool:
    """Make one row say what the facts say. What its owner called not applicable stays closed."""
    if row.not_applicable:
        return False
    before, after = _as_it_is(row), _as_it_is(one)
    if before == after and not is_new:
        return False
    passed_on = row.state == one.state == "open" and row.owner_id != one.owner_id
    asked_anew = row.asked_on and one.asked_on and one.asked_on > row.asked_on
    if one.state == "open" and (row.state != "open" or asked_anew):
        _reopen(row)
    if is_new or row.due_on != one.due_on:
        row.counted_by = known.counted_by if one.in_working_days else ""
    row.owner_id, row.due_on, row.state, row.opens_on, row.closed_on, row.asked_on = after
    row.version += 0 if is_new else 1
    db.add(row)
    if is_new:
        db.flush()
    if passed_on:
        _pass_on(db, row, planner)
    row.next_nudge_at = planner.first_nudge_at(row) if row.state == "open" else None
    return True


def _reopen(row: DueItem) -> None:
    row.turn += 1
    row.rung, row.snoozes, row.snoozed_until_on = 0, 0, None
    row.reopened_because = row.state  # what it was before it was undone: done, excused or cancelled


def _pass_on(db: Db, row: DueItem, planner: Planner) -> None:
    """Say to whoever is asked now what was said to the one before; putting it off was theirs alone."""
    row.snoozes, row.snoozed_until_on = 0, None
    notices = due_queries.list_notices_about(db, due_item_id=row.id)
    was_told = any(notice.person_id == row.owner_id and notice.turn == row.turn for notice in notices)
    rungs = planner.ladder_of(row).rungs
    said = [n for n in range(min(row.rung, len(rungs))) if PERSON in rungs[n].roles]
    if said and not was_told:
        row.rung = said[-1]  # others who heard of that step have their notice, and are not told twice


def _look_again_on(known: Known, wanted: Iterable[Wanted]) -> date | None:
    """Return the UTC date of the next due day of a recurring duty, done or not: it gets its next row; or of a change.

    The day of what is owed once brings nothing that is not there already.
    """
    if known.enrolment.ended_on is not None:
        return None
    coming = [one.due_on for one in wanted if one.recurs and one.due_on > known.today]
    over = [s.falls_on + ONE_DAY for s in known.sessions if s.state == "planned" and s.falls_on >= known.today]
    day = min((*coming, *over, *_coming_and_going(known), known.today + LOOK_AGAIN))
    return day if _local(known, datetime.combine(day, time(), UTC)) >= day else day + ONE_DAY


def _coming_and_going(known: Known) -> Iterator[date]:
    """Yield the days to come on which somebody is there for the first time, or no longer, or is soon to go."""
    last_days = [*known.last_days(), *filter(None, map(known.last_day_of, known.members))]
    days = [day + ONE_DAY for day in last_days] + [day - ASKED_AHEAD for day in last_days]
    yield from (day for day in (*days, *(m.from_on for m in known.members)) if day > known.today)


def _cancel(row: DueItem, today: date) -> bool:
    """Close a row that the facts no longer call for."""
    if row.state not in STANDING:
        return False
    row.state, row.closed_on, row.next_nudge_at = "cancelled", today, None
    row.version += 1
    return True
