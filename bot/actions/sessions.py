"""What a person sees of sessions: the next, the last few, what comes next for each. Dates and states, never text."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from uuid import UUID

from sqlmodel import Session as Db

from bot import access
from bot.actions import catalogue, working_times
from bot.actions.duties import DUE, access_duty
from bot.actions.told import session_of
from bot.actions.was_first import was_first
from bot.errors import NotFound, SomebodyWasFirst, TooLate
from bot.programmes import cards
from bot.programmes.programme import Programme
from bot.rules import sessions as rules
from bot.rules.sessions import ListedSession, Next, Overview, RecordLine, Waiting
from bot.rules.signing import share_clock
from bot.rules.working_days import local_date
from bot.values import Ref, Who
from storage.queries import people as people_queries
from storage.queries import session_lists, together
from storage.queries import sessions as session_queries
from storage.queries.session_lists import SessionRow
from storage.queries.sessions import Pair
from storage.tables.meetings import Session

LAST = 5  # product.md: my next session and the last five
PAGE = 10
LOOKED_BACK = 60  # sessions: more than a year of fortnightly meetings with two people
MOST_COMING = 3
MOST_LISTED = 8  # sessions of one kind of step: a message has 50 blocks


@dataclass
class Reader:
    """One person reading about sessions at one moment; each part is read once, when first asked for."""

    db: Db
    me: Who
    now: datetime
    _closed: dict[UUID, frozenset[date]] = field(default_factory=dict)

    @cached_property
    def today(self) -> date:
        return local_date(self.now, self.me.zone)

    @cached_property
    def pairs(self) -> tuple[Pair, ...]:
        return session_queries.list_pairs(self.db, person_id=self.me.id, on=self.today)

    @cached_property
    def roles(self) -> dict[UUID, set[str]]:
        """My roles, by relationship."""
        found: dict[UUID, set[str]] = defaultdict(set)
        for pair in self.pairs:
            found[pair.relationship_id].add(pair.role)
        return found

    @cached_property
    def supported(self) -> tuple[UUID, ...]:
        """The relationships in which I am not the one helped: their sessions are mine to see, whoever led them."""
        return tuple(dict.fromkeys(pair.relationship_id for pair in self.pairs if pair.about_id != self.me.id))

    def programme(self, version_id: UUID) -> Programme:
        return catalogue.programme_of(self.db, version_id)

    def _roles_in(self, row: SessionRow, leader: str) -> set[str]:
        """Return my roles in a session: that of its leader if I am, and those in its pair (co-mentor, cover)."""
        mine = {leader} if row.led_by_id == self.me.id else set()
        return mine | self.roles.get(row.relationship_id, set()) if row.relationship_id else mine

    def closed_days(self, person_id: UUID) -> frozenset[date]:
        """Return what the working-day clock of somebody's team skips."""
        if person_id not in self._closed:
            person = people_queries.get_person(self.db, person_id)
            self._closed[person_id] = working_times.closed_days_of(self.db, person, around=self.today)
        return self._closed[person_id]

    # ---- lines -------------------------------------------------------------------------------------------------------

    def line(self, session: Session) -> ListedSession:
        """Put one session into a line, as it stands in the database."""
        return self.line_of(session_lists.get_row(self.db, session_id=session.id, reader_id=self.me.id))

    def line_of(self, row: SessionRow) -> ListedSession:
        """Put what was read of a session into a line."""
        programme = self.programme(row.version_id)
        card = programme.session[row.kind]
        form = programme.form.get(card.record)
        record = self._record(row, form) if form else None
        mine = self._roles_in(row, card.led_by)
        helped = {programme.about.participant} if row.about_id == self.me.id else set()
        return ListedSession(
            id=row.id,
            version=row.version,
            title=card.title,
            names=self._names(row),
            elsewhere=self._elsewhere(row),
            at=row.planned_at,
            zone=self.me.zone,
            minutes=row.minutes,
            state=row.state,
            held_on=row.held_on,
            cause=row.cause,
            steps=rules.next_steps(
                state=row.state,
                has_begun=row.planned_at is not None and row.planned_at <= self.now,
                leads=card.led_by in mine,
                record=record,
                signs=form is not None and bool((mine | helped) & set(form.signed_by)),
                prepares=card.prepare is not None,
            ),
            record=record,
        )

    def _names(self, row: SessionRow) -> tuple[str, ...]:
        """Name whom the reader meets; a co-mentor who did not lead reads both names."""
        both = {row.about_id: row.about_name, row.led_by_id: row.led_by_name}
        return tuple(name for person_id, name in both.items() if person_id != self.me.id)

    def _elsewhere(self, row: SessionRow) -> tuple[tuple[str, str], ...]:
        both = ((row.about_name, row.about_zone), (row.led_by_name, row.led_by_zone))
        return tuple((name, zone) for name, zone in both if zone != self.me.zone)

    def _record(self, row: SessionRow, form: cards.Form) -> RecordLine:
        state, version = row.record_state or "none", row.record_version or 0
        if row.shared_at:
            return RecordLine(
                row.record_id,
                version,
                state,
                kept_elsewhere=bool(row.kept_elsewhere),
                is_signed=row.is_signed,
                actions=row.actions,
            )
        if row.held_on is None or form.share_within is None:
            return RecordLine(row.record_id, version, state)
        closed = self.closed_days(row.about_id)
        clock = share_clock(row.held_on, form.share_within, closed, today=self.today)
        return RecordLine(row.record_id, version, state, clock=clock)


def overview(db: Db, *, me: Who, now: datetime) -> Overview:
    """Return what one person sees first: next, to be said, the last five, and which pairs wait for their agreement."""
    reader = Reader(db, me, now)
    planned, past = session_lists.list_recent(
        db,
        person_id=me.id,
        relationship_ids=reader.supported,
        most_planned=MOST_COMING + MOST_LISTED,
        most=LAST,
    )
    lines = [reader.line_of(row) for row in (*planned, *past)]
    return Overview(
        to_say=tuple(line for line in lines if Next.HELD in line.steps)[:MOST_LISTED],
        coming=tuple(line for line in lines if line.state == "planned" and line.at and line.at > now)[:MOST_COMING],
        past=tuple(line for line in lines if line.state != "planned"),
        waiting=_waiting(reader),
        stands_with_somebody=bool(reader.pairs),
        supports_somebody=bool(reader.supported),
    )


def get_open(db: Db, *, me: Who, ref: Ref, now: datetime) -> ListedSession:
    """Return the planned session that a button names, as it stands: its own, or that of the duty it answers.

    Raises SomebodyWasFirst when it was held, cancelled or said to be missed since.
    """
    session_id = _session_of_duty(db, me, ref, now) if ref.kind == DUE else ref.id
    session = access.access_session(db, me=me, session_id=session_id, now=now)
    if session.state != session_queries.PLANNED:
        raise meeting_changed(db, me, session)
    return Reader(db, me, now).line(session)


def get_planned(db: Db, *, me: Who, ref: Ref, now: datetime) -> ListedSession:
    """Return a planned session that is still to come, to be moved. Raises TooLate once it has begun."""
    line = get_open(db, me=me, ref=ref, now=now)
    if line.at and line.at <= now:
        raise TooLate(line.at)
    return line


def get_over(db: Db, *, me: Who, ref: Ref, now: datetime) -> ListedSession:
    """Return a planned session that its leader says was held. Raises NotAllowed for anyone else."""
    line = get_open(db, me=me, ref=ref, now=now)
    access.access_session_led(db, me=me, session_id=line.id, now=now)
    return line


def meeting_changed(db: Db, me: Who, session: Session) -> SomebodyWasFirst:
    """Say who changed a session meanwhile, and when."""
    return was_first(db, me, "the meeting", by_id=session.changed_by_id, at=session.changed_at)


def _session_of_duty(db: Db, me: Who, ref: Ref, now: datetime) -> UUID:
    session_id = session_of(access_duty(db, me=me, ref=ref, now=now))
    if session_id is None:
        raise NotFound("meeting")
    return session_id


def history(db: Db, *, me: Who, page: int, now: datetime) -> tuple[tuple[ListedSession, ...], bool]:
    """Return one page of what was held or not held, latest first, and whether there is more; pages count from 0."""
    reader = Reader(db, me, now)
    found = session_lists.list_past(
        db, person_id=me.id, relationship_ids=reader.supported, most=PAGE + 1, skip=page * PAGE
    )
    return tuple(map(reader.line_of, found[:PAGE])), len(found) > PAGE


def list_to_write(db: Db, *, me: Who, now: datetime) -> tuple[ListedSession, ...]:
    """Return the sessions whose record is somebody's to write, oldest first."""
    return _list_with_step(db, me, Next.WRITE, now)


def list_to_sign(db: Db, *, me: Who, now: datetime) -> tuple[ListedSession, ...]:
    """Return the sessions whose record waits for somebody's signature, oldest first."""
    return _list_with_step(db, me, Next.SIGN, now)


def _list_with_step(db: Db, me: Who, step: Next, now: datetime) -> tuple[ListedSession, ...]:
    reader = Reader(db, me, now)
    past = session_lists.list_past(db, person_id=me.id, relationship_ids=reader.supported, most=LOOKED_BACK)
    lines = map(reader.line_of, reversed(past))
    return tuple(line for line in lines if step in line.steps)[:MOST_LISTED]


def _waiting(reader: Reader) -> tuple[Waiting, ...]:
    waits = {pair.relationship_id: pair for pair in reader.pairs if pair.state == "waiting"}
    if not waits:
        return ()
    members = together.list_members(reader.db, relationship_ids=list(waits), on=reader.today)
    people = people_queries.list_people(reader.db, ids=[m.person_id for m in members])
    others: dict[UUID, dict[str, None]] = defaultdict(dict)  # names, each once, in order
    for member in members:
        if member.person_id != reader.me.id:
            others[member.relationship_id][people[member.person_id].name] = None
    return tuple(
        Waiting(pair_id, reader.programme(pair.version_id).relationship[pair.kind].title, tuple(others[pair_id]))
        for pair_id, pair in waits.items()
    )
