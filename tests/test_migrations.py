"""The tables that the revisions make are the declared ones, and an upgrade is all or nothing."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import create_engine, text
from sqlmodel import SQLModel

import storage.tables  # noqa: F401  declares every table
from bot.errors import DatabaseInUse, NewerDatabase, UpgradeLostRows
from storage import schema
from storage.database import make_engine


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Give the address of a database with no table in it."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path}/handrail.db"
        return
    server: str = request.getfixturevalue("postgresql_url")
    engine = make_engine(server).execution_options(isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text("DROP DATABASE IF EXISTS upgraded"))
        connection.execute(text("CREATE DATABASE upgraded"))
    yield str(engine.url.set(database="upgraded").render_as_string(hide_password=False))
    with engine.connect() as connection:
        connection.execute(text("DROP DATABASE upgraded WITH (FORCE)"))
    engine.dispose()


def test_the_upgraded_database_is_the_declared_one(empty_url: str) -> None:
    assert schema.upgrade(empty_url)
    engine = make_engine(empty_url)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        differences = [d for d in compare_metadata(context, SQLModel.metadata) if "alembic_version" not in str(d)]
    engine.dispose()
    assert differences == [], "write a revision: python -m storage.migrations 'What changed.'"


def test_upgrading_twice_does_nothing_the_second_time(empty_url: str) -> None:
    engine = make_engine(empty_url)
    assert schema.schema_state(engine) == schema.SchemaState.EMPTY
    engine.dispose()
    assert schema.upgrade(empty_url)
    assert not schema.upgrade(empty_url)


def test_a_database_somebody_has_open_is_not_upgraded(empty_url: str) -> None:
    schema.upgrade(empty_url)
    engine = make_engine(empty_url)
    with engine.connect() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '0000'"))
        connection.commit()
    with engine.connect() as reader:
        reader.execute(text("SELECT count(*) FROM person"))
        reader.rollback()
        with pytest.raises(DatabaseInUse):
            schema.upgrade(empty_url)
    engine.dispose()


def test_a_newer_database_is_left_alone(empty_url: str) -> None:
    schema.upgrade(empty_url)
    engine = make_engine(empty_url)
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    assert schema.schema_state(engine) == schema.SchemaState.NEWER
    engine.dispose()
    with pytest.raises(NewerDatabase):
        schema.upgrade(empty_url)


@pytest.fixture
def next_revision(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give a copy of the revisions with room for one more, whose steps the test writes."""
    copy = tmp_path / "migrations"
    (copy / "versions").mkdir(parents=True)
    for path in [schema.MIGRATIONS / "env.py", *(schema.MIGRATIONS / "versions").glob("0*.py")]:
        (copy / path.relative_to(schema.MIGRATIONS)).write_text(path.read_text())
    newest = schema.newest_revision()
    monkeypatch.setattr(schema, "MIGRATIONS", copy)
    path = copy / "versions" / f"{int(newest) + 1:04d}_next.py"
    path.write_text(f'revision = "{path.name[:4]}"\ndown_revision = "{newest}"\nfrom alembic import op\n')
    return path


def write_steps(path: Path, steps: str) -> None:
    path.write_text(path.read_text() + f"def upgrade():\n    {steps}\n")


def old_service(folder: Path, revision: Path) -> str:
    url, kept = f"sqlite:///{folder}/old.db", revision.read_text()
    revision.unlink()
    schema.upgrade(url)
    revision.write_text(kept)
    with sqlite3.connect(folder / "old.db") as database:
        database.execute(
            "INSERT INTO team (id, name, nation, zone) VALUES ('a', 'Elm House', 'england', 'Europe/London')"
        )
    database.close()
    return url


def teams(folder: Path) -> int:
    with create_engine(f"sqlite:///{folder}/old.db").connect() as connection:
        return int(connection.execute(text("SELECT count(*) FROM team")).scalar_one())


def test_an_upgrade_makes_a_backup_first_and_keeps_every_row(tmp_path: Path, next_revision: Path) -> None:
    write_steps(next_revision, "op.execute('CREATE TABLE extra (id INTEGER)')")
    url = old_service(tmp_path, next_revision)
    assert schema.upgrade(url, backup=tmp_path / "before.db")
    assert teams(tmp_path) == 1
    with sqlite3.connect(tmp_path / "before.db") as copy:
        assert copy.execute("SELECT name FROM team").fetchall() == [("Elm House",)]
    copy.close()


def test_an_upgrade_that_would_lose_rows_is_taken_back_whole(tmp_path: Path, next_revision: Path) -> None:
    write_steps(next_revision, "op.execute('CREATE TABLE extra (id INTEGER)'); op.execute('DELETE FROM team')")
    url = old_service(tmp_path, next_revision)
    with pytest.raises(UpgradeLostRows) as lost:
        schema.upgrade(url)
    assert lost.value.table == "team"
    assert teams(tmp_path) == 1
    with sqlite3.connect(tmp_path / "old.db") as database:
        assert database.execute("SELECT name FROM sqlite_master WHERE name = 'extra'").fetchall() == []
    database.close()


def test_an_upgrade_that_breaks_half_way_leaves_the_old_tables(tmp_path: Path, next_revision: Path) -> None:
    write_steps(next_revision, "op.execute('DROP TABLE answer'); op.execute('no such words')")
    url = old_service(tmp_path, next_revision)
    with pytest.raises(Exception, match="syntax"):
        schema.upgrade(url)
    with sqlite3.connect(tmp_path / "old.db") as database:
        assert database.execute("SELECT count(*) FROM answer").fetchall() == [(0,)]
    database.close()
