"""What people ask of each other about training: to verify what was done, and to look at what was sent back."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from bot.actions.facts import Known
from bot.actions.training_plan import CHECKERS
from bot.rules.asks import VERIFY_WITHIN, Ask, ask
from bot.rules.renewals import was_returned
from storage.queries import together
from storage.tables.progress import TrainingRecord

VERIFY, SENT_BACK = "ask.verify", "ask.sent-back"


def training_asks(known: Known) -> Iterator[Ask]:
    """Yield what is asked about one person's training by one enrolment; what is in no catalogue, by their oldest."""
    records = known.training
    ours = [record for record in records if record.course in known.programme.course]
    if any(not record.course for record in records) and _is_oldest(known):
        ours += [record for record in records if not record.course]
    for record in ours:
        if record.withdrawn_at is None:
            yield from _verifying(known, record)
        else:
            yield from _looking_again(known, record, records)


def _verifying(known: Known, record: TrainingRecord) -> Iterator[Ask]:
    card = known.programme.course.get(record.course)
    if record.logged_at is None or record.imported:
        return
    roles = (card.verified_by if card else ()) or CHECKERS
    checkers = (person for role in roles for person in known.roles.get(role, ()))
    checker = next((person for person in checkers if person not in (known.person.id, record.logged_by_id)), None)
    if checker:
        done_on = _local(known, record.verified_at) if record.verified_at else None
        yield _ask(known, VERIFY, record, checker, record.logged_at, done_on, within=VERIFY_WITHIN)


def _looking_again(known: Known, record: TrainingRecord, records: Sequence[TrainingRecord]) -> Iterator[Ask]:
    """Tell somebody that a completion came back, where the course has no day of its own that would be due again."""
    card = known.programme.course.get(record.course)
    is_returned = was_returned(record.withdrawn_by_id, record.person_id)
    if not is_returned or record.withdrawn_at is None or (card and card.when):
        return
    since = (
        other.logged_at
        for other in records
        if other.id != record.id
        and (other.course, other.title) == (record.course, record.title)
        and other.logged_at
        and other.logged_at >= record.withdrawn_at
    )
    again_at = min(since, default=None)
    done_on = _local(known, again_at) if again_at else None
    yield _ask(known, SENT_BACK, record, record.person_id, record.withdrawn_at, done_on)


def _ask(
    known: Known,
    rule: str,
    record: TrainingRecord,
    owner_id: UUID,
    asked_at: datetime,
    done_on: date | None,
    **within: int,
) -> Ask:
    asked_on = _local(known, asked_at)
    return ask(rule, f"training:{record.id}", "1", owner_id, asked_on, known.closed, done_on=done_on, **within)


def _is_oldest(known: Known) -> bool:
    places = together.list_enrolments(known.db, person_id=known.person.id)
    return bool(places) and places[0].id == known.enrolment.id


def _local(known: Known, at: datetime) -> date:
    return at.astimezone(ZoneInfo(known.person.zone)).date()
