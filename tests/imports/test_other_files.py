"""Leave, closures, training and sessions from files, and files that are no tables at all."""

from datetime import date

import pytest
from sqlmodel import select

from bot.actions.imports import closures, leave, sessions, training
from bot.actions.imports.reading import read_sheet
from bot.errors import BadFile
from prompts.errors import sentence
from storage.database import Database
from storage.drill import open_something
from storage.tables.delivery import DueItem
from storage.tables.meetings import Session
from storage.tables.people import Absence
from storage.tables.progress import TrainingRecord
from tests.imports.conftest import NOW, People, said
from tests.imports.test_people import ASHA, BEN, JOY, LEAH


def test_leave_is_added_once_and_touching_days_become_one_stretch(database: Database, people: People) -> None:
    people(ASHA, BEN, JOY)
    content = (
        b"email,from,to\nasha@x.org,2026-12-21,2026-12-31\nasha@x.org,2027-01-01,\n"
        b"nobody@x.org,2026-12-01,\nben@x.org,,\nben@x.org,5/1/2027,4/1/2027\n"
    )
    outcome = leave.import_leave(database, content, now=NOW)
    assert said(outcome)[0].startswith("Row 4, email: nobody on the list or in this file is known as “nobody@x.org”.")
    assert said(outcome)[1:] == [
        "Row 5, from: this is needed and is empty. This row is left out.",
        "Row 6, to: the last day is before the first. This row is left out.",
    ]
    assert leave.import_leave(database, content, now=NOW).changed == 0
    with database.reading() as db:
        assert sum((row.until_on - row.from_on).days + 1 for row in db.exec(select(Absence))) == 12


def test_closures_are_for_everybody_or_one_team_and_can_be_renamed(database: Database, people: People) -> None:
    people()
    content = b"date,name,team\n2026-12-24,Christmas Eve,\n29/01/2027,Team day,elm house\n2027-02-01,X,Elm Hose\n"
    outcome = closures.import_closures(database, content, now=NOW)
    assert said(outcome) == ["Row 4, team: there is no team “Elm Hose”. Did you mean elm house? This row is left out."]
    again = closures.import_closures(database, content.replace(b"Christmas Eve", b"Closed early"), now=NOW)
    assert [(c.was, c.becomes) for row in again.rows for c in row.changes] == [("Christmas Eve", "Closed early")]
    with database.reading() as db:
        assert {(row.from_on, row.name, row.team_id is None) for row in db.exec(select(Absence))} == {
            (date(2026, 12, 24), "Closed early", True),
            (date(2027, 1, 29), "Team day", False),
        }


@pytest.mark.requirement("000-45")
def test_training_on_record_counts_as_checked_and_its_certificate_is_sealed(database: Database, people: People) -> None:
    people(ASHA, BEN, JOY)
    content = (
        b"person,course,done_on,minutes,mode,certificate,checked_by\n"
        b"asha@x.org,Fire safety,20/01/2026,60,Face-to-face,Certificate 4711,grace@x.org\n"
        b"asha@x.org,Juggling,2026-02-01,,,,\nasha@x.org,Fire safety,2027-01-20,,,,\n"
    )
    outcome = training.import_training(database, content, now=NOW)
    assert said(outcome) == [
        "Row 3, course: no programme of theirs has a course “Juggling”, so it is kept under that name.",
        "Row 4, done_on: 2027-01-20 is still to come. This row is left out.",
    ]
    assert training.import_training(database, content, now=NOW).changed == 0
    with database.reading() as db:
        fire = db.exec(select(TrainingRecord).where(TrainingRecord.course == "fire-safety")).one()
        assert (fire.done_on, fire.minutes, fire.mode) == (date(2026, 1, 20), 60, "face to face")
        assert fire.verified_at == NOW
        assert b"4711" not in (fire.certificate or b"")
        assert open_something(db) == "trainingrecord"
        assert db.exec(select(TrainingRecord.title).where(TrainingRecord.course == "")).all() == ["Juggling"]
        asked = db.exec(select(DueItem.rule).where(DueItem.state == "open")).all()
    assert not [rule for rule in asked if rule == "ask.verify"]


def test_the_last_session_held_is_where_a_cadence_counts_from(database: Database, people: People) -> None:
    people(LEAH, ASHA, BEN, JOY)
    content = (
        b"person,session,held_on,led_by,minutes\nleah@x.org,,2026-11-20,owen@x.org,60\n"
        b"leah@x.org,Juggling,2026-11-20,,\ngrace@x.org,,2026-11-20,,\n"
    )
    outcome = sessions.import_sessions(database, content, now=NOW)
    assert said(outcome) == [
        "Row 3, session: their programme has no meeting “Juggling”. This row is left out.",
        "Row 4, session: this is for people on a programme, and this row names none. This row is left out.",
    ]
    assert sessions.import_sessions(database, content, now=NOW).changed == 0
    with database.transaction() as db:
        held = db.exec(select(Session)).one()
    assert (held.state, held.held_on, held.minutes) == ("held", date(2026, 11, 20), 60)


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", 'the first line has no column "email"'),
        (b"e-mail,from,to\n", 'has no column "email"; did you mean that by "e-mail"?'),
        (b"email,from,until\n", 'I do not know the column "until"'),
        (b"email,from,from\n", 'the column "from" is there twice'),
        (b"\x81\x8d\x8f", "it is not text; save it from your spreadsheet as CSV UTF-8"),
    ],
)
def test_what_is_no_table_is_said_and_changes_nothing(content: bytes, says: str) -> None:
    with pytest.raises(BadFile) as bad:
        read_sheet(content, leave.COLUMNS, needed=("email", "from"))
    assert says in sentence(bad.value)
    assert sentence(bad.value).endswith("Nothing was changed.")


def test_files_are_read_as_spreadsheets_write_them() -> None:
    wanted = [{"email": "sian@x.org", "from": "Siân", "to": ""}]
    for content in (
        "\ufeffemail,from,to\r\nsian@x.org,Siân,\r\n\r\n".encode(),
        "email;from;to\nsian@x.org;Siân;\n".encode("cp1252"),
        "TO, Email ,from\n,sian@x.org,Siân\n".encode(),
    ):
        assert [dict(row.cells) for row in read_sheet(content, leave.COLUMNS, needed=("email",)).rows] == wanted


def test_more_cells_than_columns_are_not_guessed_at() -> None:
    sheet = read_sheet(b"email,from,to\na@x.org,2026-01-01,,Obi, Grace\n", leave.COLUMNS, needed=("email",))
    assert sheet.rows == []
    assert sheet.remarks[0].line == 2
