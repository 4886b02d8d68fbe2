"""A small service at one moment, and the register of what can be done in it.

A doing calls the action that a button, a form, a command, a file or the tick calls. It picks whom and what by three
small numbers out of what there is, so that any order of doings can be run, and a failing one can be made shorter.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, TypeVar
from uuid import UUID

from sqlmodel import Session as Db
from sqlmodel import SQLModel, col, select

from bot.actions.mentoring import list_led
from bot.values import Who
from storage.database import Database
from storage.tables.people import Person
from storage.tables.programmes import Enrolment
from tests.factories import NINE, Service, who

Row = TypeVar("Row", bound=SQLModel)
Thing = TypeVar("Thing")


class NothingToDo(Exception):  # noqa: N818  not an error: this doing has nobody to do it or nothing to do it to
    """There is nothing here for a doing to act on."""


@dataclass
class World:
    """The service, and the moment it is there (programme time, UTC)."""

    database: Database
    programme: str
    service: Service
    now: datetime = NINE

    @property
    def today(self) -> date:
        return self.now.date()

    def me(self, db: Db, person_id: UUID) -> Who:
        """Return somebody as the door lets them in today."""
        me = who(db, person_id)
        return replace(me, is_lead=bool(list_led(db, me=me, now=self.now)))

    def lead(self, db: Db) -> Who:
        """Return the first lead there is today."""
        found = [me for person in everybody(db) if (me := self.me(db, person.id)).is_lead]
        return first(found)


@dataclass(frozen=True)
class Pick:
    """Three small numbers that decide whom, what and how."""

    a: int = 0
    b: int = 0
    c: int = 0

    def whom(self, things: Sequence[Thing]) -> Thing:
        return _one(things, self.a)

    def what(self, things: Sequence[Thing]) -> Thing:
        return _one(things, self.b)

    def how(self, things: Sequence[Thing]) -> Thing:
        return _one(things, self.c)


Doing = Callable[[World, Pick], None]
DOINGS: dict[str, Doing] = {}


def doing(act: Doing) -> Doing:
    """Register a doing under its name."""
    DOINGS[act.__name__] = act
    return act


def first(things: Sequence[Thing]) -> Thing:
    """Return the first of what there is. Raises NothingToDo when there is nothing."""
    return _one(things, 0)


def _one(things: Sequence[Thing], n: int) -> Thing:
    if not things:
        raise NothingToDo
    return things[n % len(things)]


def rows(db: Db, table: type[Row], *where: Any) -> Sequence[Row]:
    """Return rows in the order in which they were made."""
    return db.exec(select(table).where(*where).order_by(col(table.id))).all()  # type: ignore[attr-defined]  # every table asked for has an id


def everybody(db: Db) -> Sequence[Person]:
    """Return everybody on the people list."""
    return rows(db, Person)


def live_enrolments(db: Db) -> Sequence[Enrolment]:
    """Return the enrolments that have not ended."""
    return rows(db, Enrolment, col(Enrolment.ended_on).is_(None))
