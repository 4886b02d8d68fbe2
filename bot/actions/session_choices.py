"""Which meetings a person may arrange, and with whom."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlmodel import Session as Db

from bot.actions import people as people_actions
from bot.actions.duties import access_own_duty
from bot.actions.facts import know
from bot.actions.sessions import Reader
from bot.errors import NobodyToMeet, NotAllowed, NotYourPair, PersonNotKnown
from bot.programmes import cards
from bot.programmes.programme import Programme
from bot.rules import sessions as rules
from bot.rules.due_facts import Facts, applies
from bot.rules.sessions import Choice, ListedSession
from bot.rules.typed_dates import DateDoubt, TypedDate, read_typed_date
from bot.values import PersonLine, Ref, Who
from storage.queries import people as people_queries
from storage.queries import sessions as session_queries
from storage.queries import together
from storage.queries.sessions import Pair
from storage.tables.people import Person
from storage.tables.programmes import Enrolment
from storage.tables.together import Membership

ABOUT_A_PERSON = "person"
MOST_IN_A_MENU = 20  # meetings; beyond that the person is chosen first
MOST_NAMES = 5  # words in a name
NOTHING_TYPED = TypedDate(None, None)


def list_choices(db: Db, *, me: Who, now: datetime, with_id: UUID | None = None) -> tuple[Choice, ...]:
    """Return the meetings somebody may arrange now, first meetings first; with one person, also those about them."""
    reader = Reader(db, me, now)
    found = list(_in_pairs(reader))
    if with_id is None:
        return tuple(found)
    chosen = [choice for choice in found if with_id in _others(choice, me.id)]
    return (*chosen, *_about_a_person(reader, with_id))


@dataclass(frozen=True)
class Start:
    """Where the form of a meeting starts: what may be chosen, the day typed, or what is planned already."""

    choices: tuple[Choice, ...]
    day: TypedDate = NOTHING_TYPED
    asks_with_whom: bool = False  # too many for one menu
    planned: ListedSession | None = None


def start(
    db: Db,
    *,
    me: Who,
    now: datetime,
    with_id: UUID | None = None,
    only: str = "",
    typed: str = "",
    is_held: bool = False,
) -> Start:
    """Return where to start: with one person or anybody, with one kind of meeting (`only`, a choice's key) or any.

    `typed` is the day and time as typed; `is_held` keeps to those the person leads, who may say that it was held.
    Raises NobodyToMeet or NotYourPair.
    """
    if only:
        return Start((access_choice(db, me=me, key=only, now=now),))
    found = access_choices(db, me=me, with_id=with_id, now=now)
    if is_held:
        found = tuple(choice for choice in found if me.id in dict(choice.leaders))
    if not found:
        raise NotAllowed
    local = now.astimezone(ZoneInfo(me.zone))
    day = read_typed_date(typed, today=local.date(), now=local.time())
    return Start(found, day, asks_with_whom=with_id is None and len(found) > MOST_IN_A_MENU)


def start_asked(db: Db, *, me: Who, ref: Ref, now: datetime) -> Start:
    """Return where to start with the meeting that a duty asks for; one that is planned already is to be moved."""
    item = access_own_duty(db, me=me, ref=ref, now=now)
    kind = item.rule.removeprefix("session.")
    planned = session_queries.find_next_planned(db, scope_id=item.scope_id, kind=kind, after=now)
    if planned:
        return Start((), planned=Reader(db, me, now).line(planned))
    return start(db, me=me, only=f"{item.scope}:{item.scope_id}:{kind}", now=now)


def start_again(db: Db, *, me: Who, key: str, now: datetime) -> Start:
    """Return where to start in place of a meeting that was not held; empty when no other may be arranged now."""
    return Start(tuple(_find(Reader(db, me, now), key)))


def find_partner(db: Db, *, me: Who, typed: str, now: datetime) -> tuple[UUID | None, str]:
    """Return whom the words begin with, and the rest. Raises PersonNotKnown for a name that is nobody's.

    A mention says it; else the longest run of first words that is the full or first name of one I may meet.
    """
    first, _, rest = typed.partition(" ")
    if first.startswith("<@"):
        return people_actions.find_named(db, typed=first, now=now), rest
    partners = {line.name.lower(): line.id for line in list_partners(db, me=me, words="", now=now)}
    by_first = {name.split()[0]: person_id for name, person_id in reversed(partners.items())}
    spoken = typed.lower().removeprefix("@").split()
    for n in range(min(len(spoken), MOST_NAMES), 0, -1):
        said = " ".join(spoken[:n])
        if found := partners.get(said) or by_first.get(said):
            return found, " ".join(typed.split()[n:])
    if first.startswith("@"):
        raise PersonNotKnown(first)
    day = read_typed_date(typed, today=now.date())
    if day.rest and day.ask is not DateDoubt.NOT_READ:
        return _named_beside(db, day.rest, now), typed
    return None, typed


def _named_beside(db: Db, words: str, now: datetime) -> UUID:
    """Return whom the words beside a day name: nobody else is ever taken in their place. Raises PersonNotKnown."""
    return people_actions.find_named(db, typed=words.removeprefix("with "), now=now)


def list_partners(db: Db, *, me: Who, words: str, now: datetime) -> tuple[PersonLine, ...]:
    """Return whom somebody may arrange a meeting with, by the words typed so far."""
    wanted = words.lower().split()
    people: dict[UUID, str] = {}
    for choice in list_choices(db, me=me, now=now):
        people |= _others(choice, me.id)
    found = ((name, person_id) for person_id, name in people.items() if all(word in name.lower() for word in wanted))
    return tuple(PersonLine(person_id, name) for name, person_id in sorted(found))[:100]


def access_choices(db: Db, *, me: Who, now: datetime, with_id: UUID | None = None) -> tuple[Choice, ...]:
    """Return what may be arranged. Raises NobodyToMeet, or NotYourPair about the person named."""
    found = list_choices(db, me=me, now=now, with_id=with_id)
    if not found and with_id is None:
        raise NobodyToMeet(is_waiting=_is_waiting(Reader(db, me, now)))
    if not found and with_id is not None:
        reader = Reader(db, me, now)
        raise NotYourPair(people_queries.get_person(db, with_id).name, is_waiting=_is_waiting(reader, with_id))
    return found


def access_choice(db: Db, *, me: Who, key: str, now: datetime) -> Choice:
    """Return the choice a form names, if it is still this person's to make. Raises NotAllowed."""
    choice = next(_find(Reader(db, me, now), key), None)
    if choice is None:
        raise NotAllowed
    return choice


def _find(reader: Reader, key: str) -> Iterator[Choice]:
    scope, scope_id, _ = key.split(":")
    enrolment = reader.db.get(Enrolment, UUID(scope_id)) if scope == "enrolment" else None
    found = _about_enrolment(reader, enrolment) if enrolment else _in_pairs(reader, keep=key)
    return (choice for choice in found if choice.key == key)


def _is_waiting(reader: Reader, with_id: UUID | None = None) -> bool:
    waits = [pair.relationship_id for pair in reader.pairs if pair.state == "waiting"]
    members = together.list_members(reader.db, relationship_ids=waits, on=reader.today)
    return any(with_id in (None, member.person_id) for member in members)


def _others(choice: Choice, me: UUID) -> dict[UUID, str]:
    everyone = {choice.about_id: choice.about_name, **dict(choice.leaders)}
    return {person_id: name for person_id, name in everyone.items() if person_id != me}


# ---- in a pair -------------------------------------------------------------------------------------------------------


def _in_pairs(reader: Reader, keep: str = "") -> Iterator[Choice]:
    """Yield what I may arrange in my pairs; `keep` is not left out for having been met already."""
    pairs = {pair.relationship_id: pair for pair in reader.pairs}
    ids = list(pairs)
    members = together.list_members(reader.db, relationship_ids=ids, on=reader.today)
    people = people_queries.list_people(reader.db, ids=[m.person_id for m in members])
    met = session_queries.list_kinds_met(reader.db, relationship_ids=ids)
    for pair_id, pair in pairs.items():
        within = [m for m in members if m.relationship_id == pair_id]
        yield from _in_pair(reader, pair, within, people, met, keep)


def _in_pair(
    reader: Reader,
    pair: Pair,
    members: list[Membership],
    people: dict[UUID, Person],
    met: set[tuple[UUID, str]],
    keep: str,
) -> Iterator[Choice]:
    programme = reader.programme(pair.version_id)
    agreements = _agreements(programme, pair.kind)
    mine = reader.roles[pair.relationship_id]
    for name, card in programme.session.items():
        is_theirs = card.relationship == pair.kind and _binds(card, pair.starts_on, pair.level)
        if not is_theirs or not mine & {card.led_by, *card.invites}:
            continue
        choice = _choice(pair.relationship_id, name, card, pair.about_id, members, people)
        may_be = rules.may_be_arranged(
            name,
            card,
            agreements=agreements,
            is_agreed=pair.state == "active",
            was_met=(pair.relationship_id, name) in met and choice.key != keep,
        )
        if may_be and _others(choice, reader.me.id) and choice.leaders:
            yield choice


def _choice(
    relationship_id: UUID,
    name: str,
    card: cards.Session,
    about_id: UUID,
    members: list[Membership],
    people: dict[UUID, Person],
) -> Choice:
    leaders = dict.fromkeys(m.person_id for m in members if m.role == card.led_by)
    return Choice(
        scope="relationship",
        scope_id=relationship_id,
        kind=name,
        title=card.title,
        about_id=about_id,
        about_name=people[about_id].name,
        leaders=tuple((person_id, people[person_id].name) for person_id in leaders),
        minutes=rules.minutes_of(card),
        after_the_event=card.after_the_event,
    )


def _agreements(programme: Programme, kind: str) -> dict[str, cards.Form]:
    forms = programme.form.items()
    return {name: form for name, form in forms if form.kind == "agreement" and form.relationship == kind}


def _binds(card: cards.Session, starts_on: date, level: str) -> bool:
    return applies(card, Facts(start=starts_on, level=level))


# ---- about one enrolled person, outside any pair ---------------------------------------------------------------------


def _about_a_person(reader: Reader, with_id: UUID) -> Iterator[Choice]:
    """Yield the meetings about one person, or about me, that the other leads (a review of the role)."""
    for person_id in (with_id, reader.me.id):
        for enrolment in together.list_enrolments(reader.db, person_id=person_id):
            for choice in _about_enrolment(reader, enrolment):
                if with_id in _others(choice, reader.me.id):
                    yield choice


def _about_enrolment(reader: Reader, enrolment: Enrolment) -> Iterator[Choice]:
    known = know(reader.db, enrolment, now=reader.now)
    for name, card in known.programme.session.items():
        leaders = known.roles.get(card.led_by, ())
        is_mine = reader.me.id in {enrolment.person_id, *leaders}
        if card.about == ABOUT_A_PERSON and is_mine and leaders and _binds(card, enrolment.starts_on, enrolment.level):
            people = people_queries.list_people(reader.db, ids=leaders)
            yield Choice(
                scope="enrolment",
                scope_id=enrolment.id,
                kind=name,
                title=card.title,
                about_id=enrolment.person_id,
                about_name=known.person.name,
                leaders=tuple((person_id, people[person_id].name) for person_id in leaders),
                minutes=rules.minutes_of(card),
                after_the_event=card.after_the_event,
            )
