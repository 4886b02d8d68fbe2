"""Sealing, the audit chain and what every column declares."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import event, text
from sqlalchemy.exc import OperationalError
from sqlmodel import Session as Db
from sqlmodel import SQLModel, select

import storage.tables
from bot.errors import KeyDestroyed, SealBroken, WrongMasterKey
from storage import audit, sealing
from storage.database import Database, make_engine
from storage.keyring import Keyring
from storage.queries.people import list_absences, list_people
from storage.tables.delivery import AuditEvent
from storage.tables.people import Absence, Person
from storage.types import Holds, Sealed

NOW = datetime(2026, 12, 1, 9, tzinfo=UTC)
PLACE = {"table": "answer", "row_id": "r1", "column": "body"}


def test_every_column_says_what_it_holds_and_what_is_confidential_is_sealed() -> None:
    assert storage.tables
    for table in SQLModel.metadata.tables.values():
        for column in table.columns:
            holds = column.info.get("holds")
            assert holds in set(Holds), f"{column} does not say what it holds"
            confidential = holds in (Holds.CONTENT, Holds.SENSITIVE)
            assert confidential == isinstance(column.type, Sealed), f"{column} holds {holds}"


def test_a_sealed_text_opens_only_in_its_own_place(sqlite_database: Database) -> None:
    asha, ben = uuid4(), uuid4()
    with sqlite_database.transaction() as db:
        sealed = sealing.seal(db, "a hard week", owner=asha, **PLACE)
        sealing.seal(db, "other", owner=ben, **PLACE)
        assert b"hard" not in sealed
        assert sealing.open_sealed(db, sealed, owner=asha, **PLACE) == "a hard week"
        for moved in (
            {"owner": ben, **PLACE},
            {"owner": asha, **PLACE, "row_id": "r2"},
            {"owner": asha, **PLACE, "column": "x"},
        ):
            with pytest.raises(SealBroken):
                sealing.open_sealed(db, sealed, **moved)  # type: ignore[arg-type]  # one dict for three slips


def test_a_destroyed_key_opens_nothing_ever_again(sqlite_database: Database) -> None:
    asha = uuid4()
    with sqlite_database.transaction() as db:
        sealed = sealing.seal(db, "gone", owner=asha, **PLACE)
        sqlite_database.keyring.destroy(asha)
        with pytest.raises(KeyDestroyed):
            sealing.open_sealed(db, sealed, owner=asha, **PLACE)
        with pytest.raises(KeyDestroyed):
            sealing.seal(db, "again", owner=asha, **PLACE)


def test_a_wrong_master_key_is_refused_and_rotation_survives_a_crash(tmp_path: Path) -> None:
    url, owners = f"sqlite:///{tmp_path}/keys.db", [uuid4() for _ in range(5)]
    first = Keyring(make_engine(url), {1: b"1" * 32})
    for owner in owners:
        first.cipher(owner, create=True)
    with pytest.raises(WrongMasterKey):
        Keyring(make_engine(url), {1: b"x" * 32}).check()
    assert Keyring(make_engine(url), {1: b"1" * 32, 2: b"2" * 32}).rewrap_all(at_most=2) == 3  # stopped half way
    both = Keyring(make_engine(url), {1: b"1" * 32, 2: b"2" * 32})
    both.check()
    assert both.rewrap_all() == 0
    Keyring(make_engine(url), {2: b"2" * 32}).check()


def note_three(db: Db) -> None:
    for number in range(3):
        audit.note(db, at=NOW, actor_id=None, verb="read", thing=f"document:{number}")


@pytest.mark.parametrize(
    "harm",
    ["UPDATE auditevent SET thing = 'document:9' WHERE id = 2", "DELETE FROM auditevent WHERE id = 2"],
    ids=["an edit", "a middle delete"],
)
def test_the_audit_chain_shows_harm(database: Database, harm: str) -> None:
    with database.transaction() as db:
        note_three(db)
    with database.reading() as db:
        assert audit.find_break(db) is None
        assert [event.thing for event in db.exec(select(AuditEvent).order_by(AuditEvent.id))] == [  # type: ignore[arg-type]  # SQLModel types the column as its value
            "document:0",
            "document:1",
            "document:2",
        ]
    with database.engine.begin() as connection:
        connection.execute(text(harm))
    with database.reading() as db:
        assert audit.find_break(db) in (2, 3)


def test_a_transaction_that_fails_leaves_neither_row_nor_audit(database: Database) -> None:
    def fail() -> None:
        with database.transaction() as db:
            db.add(Person(name="Asha"))
            audit.note(db, at=NOW, actor_id=None, verb="add", thing="person")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    with database.reading() as db:
        assert db.exec(select(Person)).all() == []
        assert db.exec(select(AuditEvent)).all() == []


def test_plain_words_and_naive_moments_are_refused_alike(database: Database) -> None:
    for bad in (
        Person(name="A", home_opened_at=datetime(2026, 1, 1)),
        AuditEvent(at=datetime(2026, 1, 1), verb="", thing="", chain=""),
    ):
        with pytest.raises(Exception, match="zone"), database.transaction() as db:
            db.add(bad)


def test_a_transaction_keeps_what_it_read_at_hand_and_the_next_one_reads_anew(sqlite_database: Database) -> None:
    with sqlite_database.transaction() as db:
        made = Person(name="Asha", zone="Europe/London")
        db.add(made)
    with sqlite_database.reading() as db, _counting(sqlite_database) as asked:
        for _ in range(3):
            found = db.get(Person, made.id)  # nobody holds on to it
            assert found is not None
            assert found.name == "Asha"
            del found
        assert asked() == 1
    with sqlite_database.transaction() as db:
        db.connection().execute(text("UPDATE person SET name = 'Ash'"))
    with sqlite_database.reading() as db:
        again = db.get(Person, made.id)
        assert again is not None
        assert again.name == "Ash"


@contextmanager
def _counting(database: Database) -> Iterator[Callable[[], int]]:
    """Count the statements that reach the database."""
    asked: list[str] = []

    def hear(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        asked.append(statement)

    event.listen(database.engine, "before_cursor_execute", hear)
    yield lambda: len(asked)
    event.remove(database.engine, "before_cursor_execute", hear)


def test_a_transaction_reads_nobody_twice(database: Database) -> None:
    asha, ben = Person(name="Asha"), Person(name="Ben")
    with database.transaction() as db:
        db.add_all([asha, ben])
    with database.reading() as db, _counting(database) as asked:
        assert db.get(Person, asha.id) is db.get(Person, asha.id)
        assert [each.name for each in list_people(db, ids=[asha.id, ben.id]).values()] == ["Asha", "Ben"]
        assert db.get(Person, ben.id) is not None
        assert db.get(Person, uuid4()) is None
        assert asked() == 3


def test_what_is_seldom_written_is_asked_once_until_it_is_written(database: Database) -> None:
    asha = Person(name="Asha")
    with database.transaction() as db:
        db.add(asha)
    with database.transaction() as db, _counting(database) as asked:
        leave = Absence(person_id=asha.id, from_on=NOW.date(), until_on=NOW.date())
        found = [len(list_absences(db, person_id=asha.id, team_id=None)) for _ in range(2)]
        assert (found, asked()) == ([0, 0], 1)
        db.add(leave)
        assert [len(list_absences(db, person_id=asha.id, team_id=None)) for _ in range(2)] == [1, 1]
        leave.until_on += timedelta(days=1)
        assert list_absences(db, person_id=asha.id, team_id=None)[0].until_on == leave.until_on
        db.delete(leave)
        assert list_absences(db, person_id=asha.id, team_id=None) == []
        assert list_absences(db, person_id=uuid4(), team_id=None) == []
    with database.transaction() as db:
        assert list_absences(db, person_id=asha.id, team_id=None) == []


def test_a_database_that_is_held_by_another_says_so_as_any_other_trouble_of_it(tmp_path: Path) -> None:
    engine = make_engine(f"sqlite:///{tmp_path / 'held.db'}")
    with engine.connect() as first, engine.connect() as second:
        second.connection.cursor().execute("PRAGMA busy_timeout=10")
        second.rollback()
        first.execute(text("SELECT 1"))
        with pytest.raises(OperationalError, match="locked"):
            second.execute(text("SELECT 1"))
