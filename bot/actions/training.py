"""Reading training: somebody's plan and what they did, as one person may see it."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from functools import cached_property
from uuid import UUID

from sqlmodel import Session as Db

from bot.access import access_training, access_training_check, has_left
from bot.actions import duties
from bot.actions.training_plan import Bound, Plans
from bot.errors import NotFound
from bot.rules import renewals as rules
from bot.rules.renewals import CourseLine, CoursePage, CourseRef, CourseState, LogStart, Next, RecordLine, TrainingPage
from bot.rules.typed_dates import read_typed_date
from bot.rules.working_days import local_date
from bot.values import PersonLine, Ref, Seat, Who
from storage import audit
from storage.queries import enrolments as enrolment_queries
from storage.queries import facts as fact_queries
from storage.queries import people as people_queries
from storage.queries import training as queries
from storage.tables.delivery import DueItem
from storage.tables.people import Person
from storage.tables.progress import TrainingRecord

TO_CHECK_MOST = 50  # shown at once to whoever verifies
LOOKED_AT = 300  # a lead's may be among what others are asked to verify
PEOPLE_MOST = 100


def get_training(db: Db, *, me: Who, person_id: UUID, now: datetime) -> TrainingPage:
    """Return somebody's plan with where each course stands. Raises NotAllowed."""
    person, reader = access_training(db, me=me, person_id=person_id, now=now), Reader(db, me, now)
    records = queries.list_every_training(db, person_id=person.id)
    in_plan = {one.course for one in reader.plans.of(person)}
    return TrainingPage(
        person_id=person.id,
        name=person.name,
        seat=reader.seat(person),
        lines=reader.lines(person, records),
        others=tuple(reader.record(record) for record in records if record.course not in in_plan),
        today=local_date(now, person.zone),
        to_check=len(reader.list_to_check()),
        people=_people(db, me, now),
    )


def get_course(db: Db, *, me: Who, ref: CourseRef, now: datetime) -> CoursePage:
    """Return one course of somebody's plan with every completion, newest first. Raises NotAllowed or NotFound."""
    person, reader = access_training(db, me=me, person_id=ref.person_id, now=now), Reader(db, me, now)
    records = [r for r in queries.list_every_training(db, person_id=person.id) if r.course == ref.course]
    line = next((line for line in reader.lines(person, records) if line.ref == ref), None)
    if line is None:
        raise NotFound("course")
    shown = tuple(reader.record(record) for record in reversed(records))
    return CoursePage(person.name, reader.seat(person), line.title, line, shown, local_date(now, person.zone))


def get_page_of(db: Db, *, me: Who, record_id: UUID, now: datetime) -> CoursePage:
    """Return the course a completion belongs to; by itself where it is in no catalogue. Raises as get_course."""
    record, reader = _find(db, record_id), Reader(db, me, now)
    if reader.plans.bound(record):
        return get_course(db, me=me, ref=CourseRef(record.person_id, record.course), now=now)
    person = access_training(db, me=me, person_id=record.person_id, now=now)
    line = reader.record(record)
    return CoursePage(person.name, reader.seat(person), line.title, None, (line,), local_date(now, person.zone))


def start_log(db: Db, *, me: Who, typed: str = "", course: str = "", now: datetime) -> LogStart:
    """Return what one may log, with the course and the day that a typed line ("fire last tuesday") already says."""
    person, today = people_queries.get_person(db, me.id), local_date(now, me.zone)
    lines = Reader(db, me, now).lines(person, queries.list_every_training(db, person_id=me.id))
    read = read_typed_date(typed, today=today)
    meant = course or rules.course_meant(read.rest, lines)
    returned = _returned(db, me, meant, lines, now)
    return LogStart(me.id, lines, today, meant, rules.day_done(read, today), returned=returned)


def _returned(db: Db, me: Who, course: str, lines: Sequence[CourseLine], now: datetime) -> RecordLine | None:
    """Return the completion of a course that was sent back to me, where nothing was logged since."""
    if not any(line.ref.course == course and line.is_returned for line in lines):
        return None
    records = [r for r in queries.list_every_training(db, person_id=me.id) if r.course == course]
    return Reader(db, me, now).record(_newest(records))


def start_asked_log(db: Db, *, me: Who, ref: Ref, now: datetime) -> LogStart:
    """Return the one course that a duty's button asks for. Raises DutyClosed or NotAllowed."""
    item = duties.access_own_duty(db, me=me, ref=ref, now=now)
    kind, _, name = item.subject.partition(":")
    if kind != "training":
        return start_log(db, me=me, course=name, now=now)
    record = _find(db, UUID(name))
    start = start_log(db, me=me, course=record.course, now=now)
    return replace(start, title=record.title, returned=Reader(db, me, now).record(record))


def get_own_record(db: Db, *, me: Who, ref: Ref, now: datetime) -> tuple[RecordLine, LogStart]:
    """Return a completion of one's own, to be put right. Raises NotFound."""
    record = _find(db, ref.id)
    if record.person_id != me.id:
        raise NotFound("training record")
    return Reader(db, me, now).record(record), start_log(db, me=me, course=record.course, now=now)


# ---- verifying -------------------------------------------------------------------------------------------------------


def list_to_check(db: Db, *, me: Who, now: datetime) -> tuple[RecordLine, ...]:
    """Return what waits for this person to verify, longest waiting first."""
    reader = Reader(db, me, now)
    return tuple(reader.record(record) for record in reader.list_to_check())


def get_check(db: Db, *, me: Who, ref: Ref, now: datetime) -> RecordLine:
    """Return one completion as whoever verifies it reads it, certificate note and all; the reading is logged."""
    record = access_training_check(db, me=me, record_id=ref.id, now=now)
    audit.note(db, at=now, actor_id=me.id, verb="read", thing=f"training:{record.id}", about_id=record.person_id)
    return Reader(db, me, now).record(record, opens=True)


def get_asked_check(db: Db, *, me: Who, ref: Ref, now: datetime) -> RecordLine:
    """Return the completion that a duty's button asks somebody to verify. Raises DutyClosed or NotAllowed."""
    item = duties.access_duty(db, me=me, ref=ref, now=now)
    return get_check(db, me=me, ref=Ref("training", UUID(item.subject.removeprefix("training:"))), now=now)


# ---- lines -----------------------------------------------------------------------------------------------------------


class Reader:
    """Puts courses and completions into lines for one person, with each plan worked out once."""

    def __init__(self, db: Db, me: Who, now: datetime) -> None:
        self.db, self.me, self.now = db, me, now
        self.plans = Plans(db, now)

    def seat(self, person: Person) -> Seat:
        """Say from where this person looks at another's training."""
        return Seat.OWN if self.me.id == person.id else Seat.STATUS

    def list_to_check(self) -> list[TrainingRecord]:
        """Return what waits for them to verify."""
        me = self.me
        found = queries.list_to_verify(self.db, person_id=me.id, is_lead=me.is_lead, most=LOOKED_AT)
        return [record for record in found if self._is_theirs(record)][:TO_CHECK_MOST]

    def _is_theirs(self, record: TrainingRecord) -> bool:
        """Say whether somebody is asked first, or is a lead where nobody but the leads may verify."""
        checkers = self.plans.checkers(record)
        return self.me.id in checkers and (checkers[0] == self.me.id or set(checkers) <= self._leads)

    @cached_property
    def _leads(self) -> set[UUID]:
        leads = people_queries.list_role_holders(self.db, role=people_queries.LEAD, on=self.now.date())
        return {lead.id for lead in leads}

    def lines(self, person: Person, records: Sequence[TrainingRecord]) -> tuple[CourseLine, ...]:
        """Put every course of somebody's plan into a line."""
        bound = self.plans.of(person)
        places = {one.known.enrolment.id for one in bound if one.known}
        rows = [row for place in places for row in fact_queries.list_due_items(self.db, enrolment_id=place)]
        today = local_date(self.now, person.zone)
        return tuple(_line(person, one, records, rows, today) for one in bound)

    def record(self, record: TrainingRecord, *, opens: bool = False) -> RecordLine:
        """Put a completion into a line. Its words are opened for its person, and its note for whoever verifies it."""
        person = people_queries.get_person(self.db, record.person_id)
        is_own, stands = person.id == self.me.id, record.withdrawn_at is None
        return RecordLine(
            ref=Ref("training", record.id, record.version),
            person_id=person.id,
            person_name=person.name,
            course=record.course,
            title=self.plans.title(record),
            done_on=record.done_on,
            minutes=record.minutes,
            mode=record.mode,
            certificate=queries.open_certificate(self.db, record) if is_own or opens else "",
            verified_by=self._name(record.verified_by_id),
            verified_on=local_date(record.verified_at, person.zone) if record.verified_at else None,
            withdrawn_by=self._name(record.withdrawn_by_id),
            withdrawn_on=local_date(record.withdrawn_at, person.zone) if record.withdrawn_at else None,
            because=queries.open_because(self.db, record) if is_own else "",
            is_returned=rules.was_returned(record.withdrawn_by_id, record.person_id),
            is_imported=bool(record.imported),
            may_change=is_own and stands,
            may_check=stands and not is_own and self.me.id in self.plans.checkers(record),
        )

    def _name(self, person_id: UUID | None) -> str:
        return people_queries.get_person(self.db, person_id).name if person_id else ""


def _line(
    person: Person, bound: Bound, records: Sequence[TrainingRecord], rows: Sequence[DueItem], today: date
) -> CourseLine:
    card, own = bound.card, [record for record in records if record.course == bound.course]
    standing = [record for record in own if record.withdrawn_at is None]
    last = standing[-1] if standing else None
    done_on = last.done_on if last else None
    mine = [row for row in rows if row.rule.partition("#")[0] == f"course.{bound.course}"]
    coming = _coming(bound, mine, done_on)
    state = rules.state_of(done_on=done_on, coming=coming, today=today)
    is_waived = not coming and any(row.not_applicable for row in mine)
    first = bound.rule()
    return CourseLine(
        ref=CourseRef(person.id, bound.course),
        title=card.title,
        group=card.group or bound.programme.title,
        state=CourseState.NOT_APPLICABLE if is_waived and done_on is None else state,
        done_on=done_on,
        due_on=coming.due_on if coming else None,
        says=first.says if first else "",
        renew=card.renew,
        source=card.source,
        lasts=card.lasts,
        modes=card.modes,
        is_optional=card.optional,
        is_unchecked=bool(last and last.verified_at is None and not last.imported),
        is_returned=bool(own) and rules.was_returned(_newest(own).withdrawn_by_id, person.id),
    )


def _newest(records: Sequence[TrainingRecord]) -> TrainingRecord:
    """Return what was logged last, whenever it was done."""
    return max(records, key=lambda record: (record.logged_at is not None, record.logged_at, record.id))


def _coming(bound: Bound, rows: Sequence[DueItem], done_on: date | None) -> Next | None:
    """Return when a course is next to be taken: by the open row where there is one, which go-live may have moved.

    A renewal that falls after the end of the programme is owed by nobody here, and lapses all the same.
    """
    waiting = [row for row in rows if row.state == "open"]
    if not waiting:
        is_waived = any(row.not_applicable and row.rule.endswith("#renew") for row in rows)
        renew = None if is_waived else bound.card.renew
        return rules.next_renewal(done_on, renew) if done_on and renew else None
    row = min(waiting, key=lambda row: row.due_on)
    rule = bound.rule(row.rule.removeprefix(f"course.{bound.course}"))
    soon = (rule.lead if rule else rules.SOON).times(-1).after(row.due_on)
    least = rule.least if rule and done_on else None
    return Next(row.due_on, soon, least.after(done_on) if least and done_on else None)


def _find(db: Db, record_id: UUID) -> TrainingRecord:
    record = queries.find_training(db, record_id)
    if record is None:
        raise NotFound("training record")
    return record


def _people(db: Db, me: Who, now: datetime) -> tuple[PersonLine, ...]:
    """Return whose training somebody may see beside their own, those with most overdue first."""
    today = now.date()
    found = {person.id: person for person in queries.list_managed(db, person_id=me.id, on=today)}
    for pair in enrolment_queries.list_supported(db, person_id=me.id, on=today):
        found.setdefault(pair.about_id, people_queries.get_person(db, pair.about_id))
    if me.is_lead:
        found |= {person.id: person for person in queries.list_enrolled(db) if not has_left(person, now)}
    late = queries.count_late_courses(db, person_ids=list(found), today=today)
    lines = (PersonLine(p.id, p.name, f"{late[p.id]} overdue" if late.get(p.id) else "") for p in found.values())
    return tuple(sorted(lines, key=lambda line: (-late.get(line.id, 0), line.name)))[:PEOPLE_MOST]
