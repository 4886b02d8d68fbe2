"""What people are asked for: their open due items as duties, and the one door to a duty's button."""

from collections.abc import Collection, Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlmodel import Session as Db

from bot.actions.catalogue import programme_of
from bot.actions.facts import Known, know
from bot.actions.told import PERSON, session_of
from bot.actions.training_plan import OTHER_TRAINING
from bot.errors import DutyClosed, NotAllowed, NotFound
from bot.programmes.programme import Programme
from bot.rules.due import due_rules, owed, why
from bot.rules.due_facts import DueRule, Facts
from bot.rules.working_days import local_date
from bot.values import Duty, Reason, Ref, Step, Who
from storage.queries import documents as document_queries
from storage.queries import due as due_queries
from storage.queries import people as people_queries
from storage.queries import sessions as session_queries
from storage.queries import training as training_queries
from storage.tables.delivery import DueItem
from storage.tables.meetings import Session
from storage.tables.programmes import Enrolment

DUE = "due"  # the kind of thing a duty's button names
_ASKS: Mapping[str, Step] = {
    "ask.sign-off": Step.SIGN_OFF,
    "ask.verify": Step.VERIFY,
    "ask.sent-back": Step.TRAIN,
    "ask.agree": Step.AGREE,
    "ask.held": Step.SAY_HELD,
    "ask.changes": Step.CHANGE,
    "ask.pair": Step.PAIR,
}
_ENDINGS: Mapping[str, Step] = {
    "prepare": Step.PREPARE,
    "outcome": Step.SAY_HELD,
    "share": Step.WRITE,
    "sign": Step.SIGN,
    "acknowledge": Step.ACKNOWLEDGE,
    "review": Step.REVIEW,
    "invite": Step.REFLECT,
    "renew": Step.RENEW,
}
_CARDS: Mapping[str, Step] = {
    "session": Step.HOLD,
    "form": Step.WRITE,
    "checklist": Step.CHECKLIST,
    "criterion": Step.CHECKLIST,
    "course": Step.TRAIN,
}
SEEN_AT = 3  # this snooze of a thing with a fixed day is seen by the next person on its ladder, no other by anyone
_MAY_NOT_APPLY = {Step.TRAIN, Step.RENEW, Step.REVIEW, Step.CHECKLIST}


def step_of(rule: str) -> Step:
    """Return what a rule asks for, from its key: "session.supervision/form.record#sign:supervisee" asks to sign."""
    if rule in _ASKS:
        return _ASKS[rule]
    ending = rule.partition("#")[2].partition(":")[0]
    return _ENDINGS.get(ending) or _CARDS.get(rule.partition(".")[0], Step.OTHER)


def list_duties(db: Db, *, person_id: UUID, now: datetime) -> tuple[Duty, ...]:
    """Return what a person is asked for and may do by now, most pressing first."""
    person = people_queries.get_person(db, person_id)
    today = local_date(now, person.zone)
    items = due_queries.list_open_items(db, owner_id=person_id, opened_by=today)
    duties = (duty_of(db, item, today=today) for item in read_ahead(db, items))
    return most_pressing_first(tuple(duty for duty in duties if is_its_time(duty, now)))


def is_its_time(duty: Duty, now: datetime) -> bool:
    """Say whether a thing can be done: nobody prepares for a meeting that has begun, or knows how a later one went."""
    if duty.at is None or duty.step not in (Step.PREPARE, Step.SAY_HELD):
        return True
    return (duty.at <= now) == (duty.step is Step.SAY_HELD)


def most_pressing_first(duties: tuple[Duty, ...]) -> tuple[Duty, ...]:
    """Order duties: their own before what they are told of, then late ones, earliest day, fixed ones; then by name."""
    return tuple(sorted(duties, key=_how_pressing))


def _how_pressing(duty: Duty) -> tuple[Any, ...]:
    names = (duty.title, duty.about_name, duty.owner_name)  # never as the rows happened to be made
    return duty.told_as != PERSON, not duty.is_late, duty.due_on, not duty.fixed, *names


def read_ahead(db: Db, items: Collection[DueItem]) -> Collection[DueItem]:
    """Read at once whom and which meetings these items are about; to put each into words then asks for neither."""
    people_queries.list_people(db, ids={person for item in items for person in (item.owner_id, item.about_id)})
    session_queries.list_sessions_by_id(db, ids={found for item in items if (found := session_of(item))})
    return items


def duty_of(db: Db, item: DueItem, *, today: date, told_as: str = PERSON) -> Duty:
    """Return one due item, ready to be put into words; `today` is the reader's date."""
    programme = programme_of(db, item.version_id)
    step = Step.AGREE if _is_agreement(programme, item) else step_of(item.rule)
    ladder = programme.ladder.get(item.ladder)
    fixed = bool(ladder and ladder.fixed)
    session_id = session_of(item)
    session = db.get(Session, session_id) if session_id else None
    return Duty(
        ref=Ref(DUE, item.id, item.version),
        step=step,
        rule=item.rule,
        title=_title_of_subject(db, programme, item) or title_of(programme, item, session),
        owner_id=item.owner_id,
        owner_name=people_queries.get_person(db, item.owner_id).name,
        about_id=item.about_id,
        about_name=people_queries.get_person(db, item.about_id).name,
        due_on=item.due_on,
        subject=item.subject,
        programme=programme.key,
        is_late=item.due_on < today and step not in (Step.REFLECT, Step.PREPARE),
        told_as=told_as,
        fixed=fixed,
        may_be_not_applicable=may_not_apply(item, is_fixed=fixed),
        session_id=session_id,
        at=session.planned_at if session else None,
        snoozes=item.snoozes,
        next_snooze_is_seen=fixed and item.snoozes + 1 == SEEN_AT,
    )


def may_not_apply(item: DueItem, *, is_fixed: bool) -> bool:
    """Say whether a thing may be said not to apply to somebody: training, reviews and criteria without a fixed day."""
    return step_of(item.rule) in _MAY_NOT_APPLY and not is_fixed


def _is_agreement(programme: Programme, item: DueItem) -> bool:
    """Say whether an item asks to sign an agreement, which is said in other words than signing a record."""
    form = programme.form.get(item.rule.partition("#")[0].removeprefix("form."))
    return step_of(item.rule) is Step.SIGN and form is not None and form.kind == "agreement"


def title_of(programme: Programme, item: DueItem, session: Session | None = None) -> str:
    """Return the title of the card that an item is about, in the words of its programme version."""
    rule = item.rule if not item.rule.startswith("ask.") else item.subject.replace(":", ".", 1)
    path = rule.partition("#")[0].rpartition("/")[2]
    kind, _, name = path.partition(".")
    if kind == "session" and session:
        name = session.kind
    cards = programme.cards(kind) if kind in {*_CARDS, "relationship"} else {}
    card = cards.get(name.partition(":")[0])
    return str(getattr(card, "title", "") or programme.title)


def _title_of_subject(db: Db, programme: Programme, item: DueItem) -> str:
    """Return what to call the completion or document an item is about; never words somebody typed."""
    kind, _, record_id = item.subject.partition(":")
    if kind == "document":
        return programme.form[document_queries.get_form_of(db, series=UUID(record_id))].title
    record = training_queries.find_training(db, UUID(record_id)) if kind == "training" else None
    if record is None:
        return ""
    card = programme.course.get(record.course)
    return card.title if card else OTHER_TRAINING


def access_duty(db: Db, *, me: Who, ref: Ref, now: datetime) -> DueItem:
    """Return the due item that a button names, for whoever is asked or was told of it.

    A button of an older message still works; `now` is not needed for that, but every door is told the time. Raises
    NotFound, NotAllowed, or DutyClosed with what happened meanwhile.
    """
    item = access_told_duty(db, me=me, ref=ref, now=now)
    if item.state not in ("open", "arranged"):  # what is arranged may still be looked at, moved or cancelled
        raise DutyClosed(item.state, item.closed_on)
    return item


def access_told_duty(db: Db, *, me: Who, ref: Ref, now: datetime) -> DueItem:
    """Return a due item, open or closed, for whoever is or was asked or told of it. Raises NotFound or NotAllowed."""
    item = due_queries.find_due_item(db, ref.id)
    if item is None:
        raise NotFound("task")
    if item.owner_id != me.id and not me.is_lead and not _was_told(db, item, me.id):
        raise NotAllowed
    return item


def access_own_duty(db: Db, *, me: Who, ref: Ref, now: datetime) -> DueItem:
    """Return the due item that a button names, for whoever must act on it. Raises as access_duty does."""
    item = access_duty(db, me=me, ref=ref, now=now)
    if item.owner_id != me.id:
        raise NotAllowed
    return item


def reason_of(db: Db, item: DueItem, *, now: datetime) -> Reason:
    """Return why an item is due: its rule in words, and where it comes from; nothing of what people ask each other."""
    enrolment = db.get(Enrolment, item.enrolment_id)
    rule = _rule_of(know(db, enrolment, now=now), item) if enrolment else None
    return Reason(rule.says, rule.source, programme_of(db, item.version_id).title) if rule else Reason("")


def next_dates_of(db: Db, item: DueItem, *, now: datetime) -> tuple[date, ...]:
    """Return the day of an item and those that follow by its rule, at most three, if each is done on its day."""
    enrolment = db.get(Enrolment, item.enrolment_id)
    known = know(db, enrolment, now=now) if enrolment else None
    rule = _rule_of(known, item) if known else None
    if known is None or rule is None:
        return (item.due_on,)
    facts = known.facts()
    found = owed(rule, facts, until=known.today, closed=known.closed)
    mine = (due for due in found if due.relationship in ("", str(item.scope_id)) and due.due_on == item.due_on)
    due = next(mine, None)
    return why(rule, due, stretch=facts.stretch).next_three if due else (item.due_on,)


def _rule_of(known: Known, item: DueItem) -> DueRule | None:
    roles = frozenset(known.programme.role)  # the rule stands, whoever fills its roles today
    enrolment = known.enrolment
    facts = Facts(start=enrolment.starts_on, end=enrolment.ends_on, level=enrolment.level, roles=roles)
    rules = due_rules(known.programme, facts, known.filled_in)
    return next((rule for rule in rules if rule.key == item.rule), None)


def _was_told(db: Db, item: DueItem, person_id: UUID) -> bool:
    return any(notice.person_id == person_id for notice in due_queries.list_notices_about(db, due_item_id=item.id))
