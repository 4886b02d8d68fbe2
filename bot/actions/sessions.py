"""What a person sees of sessions: the next, the last few, what comes next for each. Dates and states, never text."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from uuid import UUID

from sqlmodel import Session as Db

from bot import access
from bot.actions import catalogue, working_times
from bot.actions.duties import DUE, access_duty
from bot.actions.told import session_of
from bot.errors import NotFound, SomebodyWasFirst, TooLate
from bot.programmes import cards
from bot.programmes.programme import Programme
from bot.rules import sessions as rules
from bot.rules.sessions import ListedSession, Next, Overview, RecordLine, Waiting
from bot.rules.signing import share_clock
from bot.rules.working_days import local_date
from bot.values import Ref, Who
from storage.queries import people as people_queries
from storage.queries import sessions as session_queries
from storage.queries import together
from storage.queries.sessions import Pair, Written
from storage.tables.meetings import Session
from storage.tables.people import Person

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
            found[pair.relationship.id].add(pair.membership.role)
        return found

    @cached_property
    def supported(self) -> tuple[UUID, ...]:
        """The relationships in which I am not the one helped: their sessions are mine to see, whoever led them."""
        return tuple(dict.fromkeys(p.relationship.id for p in self.pairs if p.relationship.about_id != self.me.id))

    def programme(self, version_id: UUID) -> Programme:
        return catalogue.programme_of(self.db, version_id)

    def leads(self, session: Session) -> bool:
        """Say whether I may lead this session: I do, or stand in its pair in the role that leads (co-mentor, cover)."""
        card = self.programme(session.version_id).session[session.kind]
        return session.led_by_id == self.me.id or card.led_by in self._roles_in(session)

    def signs(self, session: Session, form: cards.Form) -> bool:
        """Say whether a role of mine signs the record."""
        programme = self.programme(session.version_id)
        mine = set(self._roles_in(session))
        if session.led_by_id == self.me.id:
            mine.add(programme.session[session.kind].led_by)
        if session.about_id == self.me.id:
            mine.add(programme.about.participant)
        return bool(mine & set(form.signed_by))

    def _roles_in(self, session: Session) -> set[str]:
        return self.roles.get(session.relationship_id, set()) if session.relationship_id else set()

    def closed_days(self, person_id: UUID) -> frozenset[date]:
        """Return what the working-day clock of somebody's team skips."""
        if person_id not in self._closed:
            person = people_queries.get_person(self.db, person_id)
            self._closed[person_id] = working_times.closed_days_of(self.db, person, around=self.today)
        return self._closed[person_id]

    # ---- lines -------------------------------------------------------------------------------------------------------

    def lines(self, sessions: Sequence[Session]) -> tuple[ListedSession, ...]:
        """Put sessions into lines; a few queries for all of them together."""
        if not sessions:
            return ()
        people = people_queries.list_people(self.db, ids=[p for s in sessions for p in (s.about_id, s.led_by_id)])
        held = [s.id for s in sessions if s.state == session_queries.HELD]
        written = session_queries.list_written(self.db, session_ids=held, reader_id=self.me.id)
        return tuple(self._line(s, people, written.get(s.id)) for s in sessions)

    def line(self, session: Session) -> ListedSession:
        """Put one session into a line."""
        return self.lines([session])[0]

    def _line(self, session: Session, people: dict[UUID, Person], written: Written | None) -> ListedSession:
        programme = self.programme(session.version_id)
        card = programme.session[session.kind]
        form = programme.form.get(card.record)
        leads = self.leads(session)
        record = self._record(session, form, written) if form else None
        return ListedSession(
            id=session.id,
            version=session.version,
            title=card.title,
            names=self._names(session, people),
            elsewhere=self._elsewhere(session, people),
            at=session.planned_at,
            zone=self.me.zone,
            minutes=session.minutes,
            state=session.state,
            held_on=session.held_on,
            cause=session.cause,
            steps=rules.next_steps(
                state=session.state,
                has_begun=session.planned_at is not None and session.planned_at <= self.now,
                leads=leads,
                record=record,
                signs=form is not None and self.signs(session, form),
                prepares=card.prepare is not None,
            ),
            record=record,
        )

    def _names(self, session: Session, people: dict[UUID, Person]) -> tuple[str, ...]:
        """Name whom the reader meets; a co-mentor who did not lead reads both names."""
        both = dict.fromkeys((session.about_id, session.led_by_id))
        return tuple(people[person_id].name for person_id in both if person_id != self.me.id)

    def _elsewhere(self, session: Session, people: dict[UUID, Person]) -> tuple[tuple[str, str], ...]:
        both = (people[person_id] for person_id in (session.about_id, session.led_by_id))
        return tuple((person.name, person.zone) for person in both if person.zone != self.me.zone)

    def _record(self, session: Session, form: cards.Form, written: Written | None) -> RecordLine:
        document = written.document if written else None
        if written and document and document.shared_at:
            return RecordLine(
                document.id,
                document.version,
                document.state,
                kept_elsewhere=document.kept_elsewhere,
                is_signed=written.is_signed_by_reader,
                actions=written.actions,
            )
        state, version = (document.state, document.version) if document else ("none", 0)
        document_id = document.id if document else None
        if session.held_on is None or form.share_within is None:
            return RecordLine(document_id, version, state)
        closed = self.closed_days(session.about_id)
        clock = share_clock(session.held_on, form.share_within, closed, today=self.today)
        return RecordLine(document_id, version, state, clock=clock)


def overview(db: Db, *, me: Who, now: datetime) -> Overview:
    """Return what one person sees first: next, to be said, the last five, and which pairs wait for their agreement."""
    reader = Reader(db, me, now)
    planned, past = session_queries.list_recent(db, person_id=me.id, relationship_ids=reader.supported, most=LAST)
    lines = reader.lines([*planned[: MOST_COMING + MOST_LISTED], *past])
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
        raise was_first(db, me, session)
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


def was_first(db: Db, me: Who, session: Session) -> SomebodyWasFirst:
    """Say who changed a session meanwhile, and when; nobody is told of themself as of a stranger."""
    by = session.changed_by_id
    name = people_queries.get_person(db, by).name if by and by != me.id else ""
    return SomebodyWasFirst("the meeting", name, session.changed_at)


def _session_of_duty(db: Db, me: Who, ref: Ref, now: datetime) -> UUID:
    session_id = session_of(access_duty(db, me=me, ref=ref, now=now))
    if session_id is None:
        raise NotFound("meeting")
    return session_id


def history(db: Db, *, me: Who, page: int, now: datetime) -> tuple[tuple[ListedSession, ...], bool]:
    """Return one page of what was held or not held, latest first, and whether there is more; pages count from 0."""
    reader = Reader(db, me, now)
    found = session_queries.list_past(
        db, person_id=me.id, relationship_ids=reader.supported, most=PAGE + 1, skip=page * PAGE
    )
    return reader.lines(found[:PAGE]), len(found) > PAGE


def list_to_write(db: Db, *, me: Who, now: datetime) -> tuple[ListedSession, ...]:
    """Return the sessions whose record is somebody's to write, oldest first."""
    return _list_with_step(db, me, Next.WRITE, now)


def list_to_sign(db: Db, *, me: Who, now: datetime) -> tuple[ListedSession, ...]:
    """Return the sessions whose record waits for somebody's signature, oldest first."""
    return _list_with_step(db, me, Next.SIGN, now)


def _list_with_step(db: Db, me: Who, step: Next, now: datetime) -> tuple[ListedSession, ...]:
    reader = Reader(db, me, now)
    past = session_queries.list_past(db, person_id=me.id, relationship_ids=reader.supported, most=LOOKED_BACK)
    return tuple(line for line in reversed(reader.lines(past)) if step in line.steps)[:MOST_LISTED]


def _waiting(reader: Reader) -> tuple[Waiting, ...]:
    waits = [pair.relationship for pair in reader.pairs if pair.relationship.state == "waiting"]
    if not waits:
        return ()
    members = together.list_members(reader.db, relationship_ids=[one.id for one in waits], on=reader.today)
    people = people_queries.list_people(reader.db, ids=[m.person_id for m in members])
    others: dict[UUID, dict[str, None]] = defaultdict(dict)  # names, each once, in order
    for member in members:
        if member.person_id != reader.me.id:
            others[member.relationship_id][people[member.person_id].name] = None
    return tuple(
        Waiting(one.id, reader.programme(one.version_id).relationship[one.kind].title, tuple(others[one.id]))
        for one in {one.id: one for one in waits}.values()
    )
