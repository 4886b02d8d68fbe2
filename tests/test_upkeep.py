"""Backup and restore, on SQLite and PostgreSQL: nothing lost, nothing erased comes back."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlmodel import select

from bot.errors import BackupBroken, DatabaseInUse, KeyDestroyed, NoBackup
from storage import audit, schema, sealing, upkeep
from storage.audit import Keys
from storage.database import Database, make_engine
from storage.keyring import Keyring
from storage.tables.delivery import AuditEvent
from storage.tables.people import Person
from storage.types import new_id

NOW = datetime(2026, 12, 1, 9, tzinfo=UTC)
PLACE = {"table": "answer", "row_id": "r1", "column": "body"}


@pytest.fixture(params=["sqlite", "postgresql"])
def urls(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[str, str]]:
    """Give the addresses of an upgraded database and of a keyring."""
    keys = f"sqlite:///{tmp_path}/var/keys.db"
    if request.param == "sqlite":
        data = f"sqlite:///{tmp_path}/var/handrail.db"
        schema.upgrade(data)
        yield data, keys
        return
    engine = make_engine(request.getfixturevalue("postgresql_url"))
    data = engine.url.set(database="kept").render_as_string(hide_password=False)
    with engine.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
        connection.execute(text("DROP DATABASE IF EXISTS kept"))
        connection.execute(text("CREATE DATABASE kept"))
        schema.upgrade(data)
        yield data, keys
        connection.execute(text("DROP DATABASE kept WITH (FORCE)"))
    engine.dispose()


def opened(urls: tuple[str, str]) -> Database:
    return Database(urls[0], Keyring(make_engine(urls[1]), {1: b"1" * 32}), Keys({1: b"2" * 32}))


def add_people(urls: tuple[str, str]) -> tuple[UUID, bytes]:
    """Add a manager and somebody managed, in the order that needs the second pass; return whose text was sealed."""
    database = opened(urls)
    manager, asha = Person(name="Zed", email="z@example.org"), Person(name="Asha", email="a@example.org")
    manager.id, asha.id = new_id(), UUID(int=1)
    with database.transaction() as db:
        db.add(manager)
        db.flush()
        asha.line_manager_id = manager.id
        db.add(asha)
        audit.note(db, at=NOW, actor_id=None, verb="add", thing=f"person:{asha.id}")
        sealed = sealing.seal(db, "a hard week", owner=asha.id, **PLACE)
    database.close()
    return asha.id, sealed


def names(urls: tuple[str, str]) -> list[str]:
    database = opened(urls)
    with database.reading() as db:
        found = sorted(person.name for person in db.exec(select(Person)))
    database.close()
    return found


def back_up(urls: tuple[str, str], folder: Path, at: datetime = NOW) -> upkeep.Backup:
    return upkeep.back_up(*urls, folder, at=at, keep_keys_days=35)


def test_a_backup_brings_everything_back(urls: tuple[str, str], tmp_path: Path) -> None:
    owner, sealed = add_people(urls)
    made = back_up(urls, tmp_path / "copies")
    assert made.data.parent != made.keys.parent
    database = opened(urls)
    with database.transaction() as db:
        db.exec(select(Person).where(Person.name == "Asha")).one().name = "Changed"
    database.close()
    assert upkeep.restore(tmp_path / "copies", *urls, at=NOW).made_at == NOW
    assert names(urls) == ["Asha", "Zed"]
    database = opened(urls)
    with database.transaction() as db:
        asha = db.get_one(Person, owner)
        assert db.get_one(Person, asha.line_manager_id).name == "Zed"
        assert sealing.open_sealed(db, sealed, owner=owner, **PLACE) == "a hard week"
        assert audit.find_break(db) is None
        audit.note(db, at=NOW, actor_id=None, verb="read", thing="person")
    with database.reading() as db:
        assert len(db.exec(select(AuditEvent)).all()) == 2
    database.close()


def test_a_backup_restores_on_a_new_machine_and_from_there_keys_come_too(tmp_path: Path) -> None:
    old = f"sqlite:///{tmp_path}/old/handrail.db", f"sqlite:///{tmp_path}/old/keys.db"
    new = f"sqlite:///{tmp_path}/new/handrail.db", f"sqlite:///{tmp_path}/new/keys.db"
    schema.upgrade(old[0])
    owner, sealed = add_people(old)
    back_up(old, tmp_path / "copies")
    assert upkeep.restore(tmp_path / "copies", *new, at=NOW).set_aside is None
    database = opened(new)
    with database.reading() as db:
        assert sealing.open_sealed(db, sealed, owner=owner, **PLACE) == "a hard week"
    database.close()


@pytest.mark.parametrize("left", ["only the copies", "a keyring of before"])
def test_what_was_erased_since_the_backup_stays_erased(urls: tuple[str, str], tmp_path: Path, left: str) -> None:
    owner, sealed = add_people(urls)
    first = back_up(urls, tmp_path / "copies")
    database = opened(urls)
    database.keyring.destroy(owner)
    database.close()
    back_up(urls, tmp_path / "copies", NOW + timedelta(days=1))
    (tmp_path / "var" / "keys.db").unlink()
    if left == "a keyring of before":
        (tmp_path / "var" / "keys.db").write_bytes(first.keys.read_bytes())
    (tmp_path / "copies" / "data" / "handrail-2026-12-02T090000Z.db").unlink()
    assert upkeep.restore(tmp_path / "copies", *urls, at=NOW).erased == 1
    database = opened(urls)
    with database.reading() as db, pytest.raises(KeyDestroyed):
        sealing.open_sealed(db, sealed, owner=owner, **PLACE)
    database.close()


def test_copies_of_the_keyring_are_kept_35_days_at_most(tmp_path: Path) -> None:
    urls = f"sqlite:///{tmp_path}/handrail.db", f"sqlite:///{tmp_path}/keys.db"
    schema.upgrade(urls[0])
    add_people(urls)
    first = back_up(urls, tmp_path / "copies")
    assert back_up(urls, tmp_path / "copies", NOW + timedelta(days=35)).removed == ()
    assert back_up(urls, tmp_path / "copies", NOW + timedelta(days=35, seconds=1)).removed == (first.keys,)
    assert first.data.exists()


def test_the_data_of_before_a_restore_is_kept(tmp_path: Path) -> None:
    urls = f"sqlite:///{tmp_path}/handrail.db", f"sqlite:///{tmp_path}/keys.db"
    schema.upgrade(urls[0])
    opened(urls).close()
    back_up(urls, tmp_path / "copies")
    add_people(urls)
    done = upkeep.restore(tmp_path / "copies", *urls, at=NOW)
    assert names(urls) == []
    assert done.set_aside
    assert names((f"sqlite:///{done.set_aside}", urls[1])) == ["Asha", "Zed"]


def test_a_folder_without_a_backup_and_a_damaged_one_are_refused(tmp_path: Path) -> None:
    urls = f"sqlite:///{tmp_path}/handrail.db", f"sqlite:///{tmp_path}/keys.db"
    schema.upgrade(urls[0])
    add_people(urls)
    with pytest.raises(NoBackup):
        upkeep.restore(tmp_path / "nothing", *urls, at=NOW)
    made = back_up(urls, tmp_path / "copies")
    harmed = bytearray(made.data.read_bytes())
    harmed[4096 * 3 : 4096 * 3 + 2000] = b"\xff" * 2000
    made.data.write_bytes(harmed)
    with pytest.raises(BackupBroken):
        upkeep.restore(tmp_path / "copies", *urls, at=NOW)
    assert names(urls) == ["Asha", "Zed"]


def test_a_database_somebody_has_open_is_not_replaced(urls: tuple[str, str], tmp_path: Path) -> None:
    add_people(urls)
    back_up(urls, tmp_path / "copies")
    database = opened(urls)
    with database.reading() as db:
        db.exec(select(Person)).all()
    with pytest.raises(DatabaseInUse):
        upkeep.restore(tmp_path / "copies", *urls, at=NOW)
    database.close()
