"""The people list from a file: who, where, with whom, on what; and every slip in words with the rest applied."""

from datetime import date, timedelta

import pytest
from sqlmodel import select

from bot.actions.imports.people import Defaults, import_people
from bot.programmes.loader import built_in
from bot.rules.working_patterns import WorkingPattern
from prompts.imports import outcome_lines
from storage.database import Database
from storage.queries import enrolments as enrolment_queries
from storage.queries import people as people_queries
from storage.queries import together as together_queries
from storage.rehearsal import rehearse
from storage.tables.people import Person, Team
from storage.tables.programmes import Enrolment, ProgrammeSettings
from storage.tables.together import Membership, Relationship
from tests.imports.conftest import LEADS, NOW, People, as_csv, said

ASHA = {
    "email": "Asha@X.org",
    "name": "Asha Rahman",
    "team": "Elm House",
    "team_manager": "grace@x.org",
    "line_manager": "grace@x.org",
    "mentors": "ben@x.org; U0JOY0001",
    "programme": "senior-manager",
    "stage": "senior",
    "started_on": "2026-12-01",
    "working_days": "mon tue wed",
    "working_hours": "09:00-17:00",
    "weekly_hours": "22.5",
    "nation": "scotland",
    "time_zone": "Europe/Lisbon",
}
BEN = {"email": "ben@x.org", "name": "Ben Cole", "team": "Elm House"}
JOY = {"slack_id": "U0JOY0001", "name": "Joy Adeyemi", "team": "Elm House"}
LEAH = {
    "email": "leah@x.org",
    "name": "Leah Brown",
    "team": "Elm House",
    "line_manager": "grace@x.org",
    "supervisor": "owen@x.org",
    "programme": "str-worker",
}


def person(database: Database, email: str) -> Person:
    with database.transaction() as db:
        found = people_queries.find_person_by_email(db, email)
    assert found
    return found


def pairs(database: Database, email: str) -> dict[str, list[str]]:
    """Return the supporters of somebody by kind of relationship, as they stand now."""
    someone = person(database, email)
    found: dict[str, list[str]] = {}
    with database.reading() as db:
        for relationship in db.exec(select(Relationship).where(Relationship.about_id == someone.id)):
            members = enrolment_queries.list_supporters(db, relationship_id=relationship.id, on=NOW.date())
            ids = [member.person_id for member in members]
            found[relationship.kind] = sorted(p.name for p in people_queries.list_people(db, ids=ids).values())
    return found


@pytest.mark.requirement("003-01")
def test_one_row_makes_person_team_manager_enrolment_and_pair(database: Database, people: People) -> None:
    outcome = people(ASHA, BEN, JOY)
    assert said(outcome) == []
    asha, grace = person(database, "asha@x.org"), person(database, "grace@x.org")
    assert (asha.line_manager_id, asha.nation, asha.zone, asha.zone_is_ours) == (
        grace.id,
        "scotland",
        "Europe/Lisbon",
        True,
    )
    assert (asha.weekly_hours, asha.in_slack, asha.started_on) == (22.5, "waiting", date(2026, 12, 1))
    assert WorkingPattern.from_json(asha.working_pattern or {}).to_words() == ("mon tue wed", "09:00-17:00")
    assert pairs(database, "asha@x.org") == {"mentoring": ["Ben Cole", "Joy Adeyemi"]}
    with database.transaction() as db:
        team = people_queries.find_team(db, name="Elm House")
        enrolment = together_queries.list_enrolments(db, person_id=asha.id)[0]
        settings = db.get(ProgrammeSettings, "senior-manager")
        relationship = db.exec(select(Relationship)).one()
    assert team and team.manager_id == grace.id
    assert (enrolment.level, enrolment.starts_on, enrolment.ends_on) == ("senior", date(2026, 12, 1), date(2027, 3, 1))
    assert settings and settings.go_live_on == NOW.date() + timedelta(days=14)
    assert relationship.state == "waiting", "no sessions before the agreement is signed"


def test_supervisor_and_line_manager_become_the_pairs_that_the_programme_names(
    database: Database, people: People
) -> None:
    people(LEAH)
    assert pairs(database, "leah@x.org") == {
        "line-management": ["Grace Obi"],
        "professional-supervision": ["Owen Hughes"],
    }


def test_the_same_file_again_changes_nothing(database: Database, people: People) -> None:
    people(ASHA, BEN, JOY, LEAH)
    again = people(ASHA, BEN, JOY, LEAH)
    assert (again.changed, [row.changes for row in again.rows]) == (0, [[]] * 6)


def test_only_what_changed_changes_and_is_said(database: Database, people: People) -> None:
    people(ASHA, BEN, JOY, LEAH)
    changed = ASHA | {"mentors": "ben@x.org", "stage": "manager", "nation": "wales", "working_days": "mon-fri"}
    outcome = people(changed, BEN, JOY, LEAH)
    assert outcome.changed == 1
    asha = next(row for row in outcome.rows if row.name == "Asha Rahman")
    assert {(change.what, change.was, change.becomes) for change in asha.changes} == {
        ("nation", "scotland", "wales"),
        ("working_pattern", "mon tue wed, 09:00-17:00", "mon tue wed thu fri, 09:00-17:00"),
        ("stage", "senior", "manager"),
        ("Coach-mentoring", "Ben Cole, Joy Adeyemi", "Ben Cole"),
    }
    assert pairs(database, "asha@x.org") == {"mentoring": ["Ben Cole"]}


def test_an_empty_cell_leaves_what_is_known(database: Database, people: People) -> None:
    people(ASHA, BEN, JOY)
    people({"email": "asha@x.org", "name": "Asha Rahman", "team": "Elm House"}, BEN, JOY)
    asha = person(database, "asha@x.org")
    assert (asha.nation, asha.weekly_hours, asha.line_manager_id is None) == ("scotland", 22.5, False)
    assert pairs(database, "asha@x.org") == {"mentoring": ["Ben Cole", "Joy Adeyemi"]}


def test_a_preview_leaves_no_trace(database: Database, people: People) -> None:
    people()
    content = as_csv((*LEADS, ASHA, BEN, JOY))
    with rehearse(database) as scratch:
        outcome = import_people(
            scratch, content, programmes=built_in(), defaults=Defaults("england", "Europe/London"), now=NOW
        )
    assert [(row.name, row.is_new) for row in outcome.rows[2:]] == [
        (n, True) for n in ("Asha Rahman", "Ben Cole", "Joy Adeyemi")
    ]
    with database.reading() as db:
        assert len(db.exec(select(Person)).all()) == 2
        assert db.exec(select(Enrolment)).all() == []


def test_a_leaver_is_taken_off_and_one_who_stays_after_all_is_not(database: Database, people: People) -> None:
    people(ASHA, BEN, JOY)
    leaving = people(ASHA | {"leaves_on": "2026-12-31"}, BEN, JOY)
    assert [change.becomes for row in leaving.rows for change in row.changes] == ["2026-12-31"]
    people(ASHA | {"leaves_on": ""}, BEN, JOY)
    assert person(database, "asha@x.org").leaves_on is None
    people(ASHA | {"leaves_on": "2026-11-30", "started_on": "2026-10-01"}, BEN, JOY)
    with database.reading() as db:
        enrolment = db.exec(select(Enrolment)).one()
        assert (enrolment.ended_on, enrolment.state) == (date(2026, 11, 30), "withdrawn")
        assert {m.until_on is not None for m in db.exec(select(Membership))} <= {True}


def test_leads_come_and_go_with_the_file_and_two_are_asked_for(database: Database, people: People) -> None:
    assert people().leads == 2
    content = as_csv((LEADS[0], LEADS[1] | {"roles": ""}))
    outcome = import_people(database, content, programmes={}, defaults=Defaults("england", "UTC"), now=NOW)
    assert outcome.leads == 1
    assert any(
        "There is only one programme lead, and there must be two" in line
        for line in outcome_lines(outcome, applied=True)
    )


def test_people_who_are_not_in_the_file_stay_and_are_named(people: People) -> None:
    people(BEN)
    assert people().not_in_file == ("Ben Cole",)


X = {"email": "x@x.org", "name": "X"}
CELL = " This cell is left out; the rest of the row counts."
ROW = " This row is left out."
SLIPS: list[tuple[dict[str, str], str]] = [
    (
        {"name": "No Address"},
        "Row 4, email: there is neither an e-mail nor a Slack id, so nobody could be recognised." + ROW,
    ),
    ({"email": "x@x.org"}, "Row 4, name: the name is missing." + ROW),
    (
        {"email": "grace@x.org", "name": "Other"},
        "Row 4, email: row 2 has this already and says otherwise; keep one of the two." + ROW,
    ),
    (
        {"email": "x@x.org", "name": "=cmd()"},
        ("Row 4, name: it begins with a sign (= + - @) that a spreadsheet takes for a formula; take the sign away.")
        + CELL,
    ),
    (
        X | {"team": ""},
        ("Row 4, team: there is no team; they are added without one, and counted by their own nation's holidays."),
    ),
    (
        X | {"line_manager": "grcae@x.org"},
        (
            "Row 4, line_manager: nobody on the list or in this file is known as “grcae@x.org”. Did you mean "
            "grace@x.org? Use an e-mail or a Slack id."
        )
        + CELL,
    ),
    (X | {"line_manager": "x@x.org"}, "Row 4, line_manager: nobody can be this for themself." + CELL),
    (
        X | {"programme": "senior-manger", "stage": "senior"},
        (
            "Row 4, programme: there is no programme “senior-manger”. Did you mean senior-manager? There are: "
            "senior-manager, str-worker."
        )
        + CELL,
    ),
    (
        X | {"programme": "career-pathway"},
        (
            "Row 4, programme: “Children's social care career pathway” is a draft and nobody can be enrolled on "
            "it. There are: senior-manager, str-worker."
        )
        + CELL,
    ),
    (
        X | {"programme": "senior-manager", "stage": "chief"},
        (
            "Row 4, stage: “chief” is no stage of Senior and manager mentoring plan; write one of senior, "
            "manager. They are not enrolled."
        )
        + CELL,
    ),
    (
        X | {"started_on": "01/02/2026"},
        (
            "Row 4, started_on: 01/02/2026 is read day first, as 2026-02-01; if you meant it otherwise, write it "
            "like that."
        ),
    ),
    (X | {"started_on": "12/01"}, "Row 4, started_on: “12/01” has no year; write it like 2026-12-01." + CELL),
    (
        X | {"started_on": "04/25/2026"},
        ("Row 4, started_on: 4/25/2026 has no such month when the day comes first; if you mean 2026-04-25, write that.")
        + CELL,
    ),
    (
        X | {"started_on": "2026-05-01", "leaves_on": "2026-04-01"},
        "Row 4, leaves_on: the last day is before the first." + CELL,
    ),
    (
        X | {"working_hours": "9-5"},
        (
            'Row 4, working_hours: I cannot tell morning from evening in "9-5"; write the hours like '
            '"09:00-17:00" or "21:00-06:00".'
        )
        + CELL,
    ),
    (X | {"weekly_hours": "lots"}, "Row 4, weekly_hours: “lots” is not a number that can be meant here." + CELL),
    (
        X | {"nation": "France"},
        ("Row 4, nation: I do not know the nation “France”; write one of england, wales, scotland, northern-ireland.")
        + CELL,
    ),
    (
        X | {"time_zone": "London"},
        "Row 4, time_zone: I do not know the time zone “London”; write one like Europe/London." + CELL,
    ),
    (
        X | {"roles": "programme leed"},
        "Row 4, roles: I do not know the role “programme leed”. Did you mean programme_lead?" + CELL,
    ),
    (
        X | {"mentors": "grace@x.org"},
        "Row 4, mentors: this is for people on a programme, and this row names none." + CELL,
    ),
]


@pytest.mark.parametrize(
    ("row", "sentence"), SLIPS, ids=[slip[1].split(":")[0] + str(n) for n, slip in enumerate(SLIPS)]
)
def test_every_slip_is_a_sentence_with_row_and_column_and_the_rest_applies(
    sqlite_database: Database, row: dict[str, str], sentence: str
) -> None:
    team = {"team": "Elm House"} if "team" not in row else {}
    content = as_csv((*LEADS, team | row, BEN))
    outcome = import_people(
        sqlite_database, content, programmes=built_in(), defaults=Defaults("england", "Europe/London"), now=NOW
    )
    assert sentence in said(outcome)
    assert person(sqlite_database, "ben@x.org").name == "Ben Cole"


def test_managers_in_a_circle_are_named_and_nobody_in_it_gets_one(database: Database, people: People) -> None:
    circle = [
        {"email": f"{a}@x.org", "name": a.upper(), "team": "Elm House", "line_manager": f"{b}@x.org"}
        for a, b in ("ab", "bc", "ca")
    ]
    outcome = people(*circle, BEN | {"line_manager": "a@x.org"})
    sentence = "these people would manage each other in a circle"
    assert next(line for line in said(outcome) if sentence in line).startswith(
        f"Row 4, line_manager: {sentence}: A → B → C → A."
    )
    assert [person(database, f"{who}@x.org").line_manager_id for who in "abc"] == [None] * 3
    assert person(database, "ben@x.org").line_manager_id == person(database, "a@x.org").id


def test_a_circle_through_people_known_before_is_seen(database: Database, people: People) -> None:
    people(BEN | {"line_manager": "grace@x.org"})
    outcome = people({"email": "zed@x.org", "name": "Zed", "team": "Elm House", "line_manager": "ben@x.org"}, BEN)
    assert not [line for line in said(outcome) if "circle" in line]
    zed_manages_grace = {"email": "ben@x.org", "name": "Ben Cole", "team": "Elm House", "line_manager": "zed@x.org"}
    assert [line for line in said(people(zed_manages_grace)) if "circle: Ben Cole → Zed → Ben Cole" in line]
    assert person(database, "ben@x.org").line_manager_id == person(database, "grace@x.org").id


def test_a_team_has_one_manager(database: Database, people: People) -> None:
    outcome = people(ASHA, BEN | {"team_manager": "owen@x.org"}, JOY)
    assert said(outcome) == ["Row 5, team_manager: row 4 names another manager of Elm House; a team has one." + CELL]
    with database.reading() as db:
        assert db.exec(select(Team)).one().manager_id == person(database, "grace@x.org").id


def test_three_mentors_are_one_too_many(database: Database, people: People) -> None:
    outcome = people(ASHA | {"mentors": "ben@x.org;grace@x.org;owen@x.org"}, BEN)
    assert any("Coach-mentoring takes 2 at most" in line for line in said(outcome))
    assert pairs(database, "asha@x.org") == {}


def test_a_line_manager_who_would_mentor_is_pointed_out(people: People) -> None:
    outcome = people(ASHA | {"mentors": "grace@x.org"}, BEN)
    assert any("this is their line manager too" in line for line in said(outcome))


def test_dates_month_first_make_all_doubtful_dates_of_the_file_refused(database: Database, people: People) -> None:
    outcome = people(BEN | {"started_on": "04/25/2026"}, JOY | {"started_on": "03/04/2026"})
    doubted = (
        "Row 5, started_on: this could be 2026-04-03 or 2026-03-04, and other dates in this file are written month"
    )
    assert any(line.startswith(doubted) for line in said(outcome))


def test_somebody_in_slack_and_on_the_list_by_email_becomes_one_person(database: Database, people: People) -> None:
    people(BEN)
    people(BEN | {"slack_id": "U0BEN0001"})
    ben = person(database, "ben@x.org")
    assert (ben.slack_id, ben.in_slack) == ("U0BEN0001", "here")
