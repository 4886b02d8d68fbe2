"""Finding people on the people list."""

from datetime import datetime
from uuid import UUID

from sqlmodel import Session as Db

from bot.errors import PersonNotKnown
from bot.values import PersonLine
from storage.queries import people as people_queries
from storage.tables.people import Person


def list_people_to_pick(db: Db, *, words: str, now: datetime) -> tuple[PersonLine, ...]:
    """Return up to a hundred people for a menu, by the words typed so far."""
    found = people_queries.find_people_by_words(db, words=words, on=now.date())
    return tuple(_line(person) for person in found)


def find_named(db: Db, *, typed: str, now: datetime) -> UUID:
    """Return whom a command names: `<@U123|asha>`, `@Asha Rahman`, or part of a name that only one person has.

    Raises PersonNotKnown.
    """
    word = typed.strip()
    if word.startswith("<@"):
        person = people_queries.find_person_by_slack_id(db, word[2:].rstrip(">").partition("|")[0])
        found = [person] if person else []
    else:
        name = word.lstrip("@").strip()
        found = list(people_queries.find_people_by_name(db, name=name)) if name else []
        if name and not found:
            found = list(people_queries.find_people_by_words(db, words=name, on=now.date(), at_most=2))
    if len(found) != 1:
        raise PersonNotKnown(typed)
    return found[0].id


def _line(person: Person) -> PersonLine:
    return PersonLine(person.id, person.name)
