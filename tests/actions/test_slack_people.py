"""Whose a Slack account is, and what is kept of it."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import Session as Db
from sqlmodel import select

from bot.actions.slack_people import Account, Standing, brings_news, read_account, recognise
from storage.database import Database
from storage.tables.people import Person
from tests.factories import NINE, make_service

PAYLOADS = Path("tests/payloads")
CARLA = Account("U0CARLA01", Standing.HERE, "carla@example.com", "Carla Diaz", "Europe/Paris")


def event_user(name: str) -> tuple[dict[str, Any], str]:
    body = json.loads((PAYLOADS / f"{name}.json").read_text("utf-8"))
    return body["event"]["user"], body["team_id"]


def answered_user(name: str) -> dict[str, Any]:
    user: dict[str, Any] = json.loads((PAYLOADS / f"{name}.json").read_text("utf-8"))["user"]
    return user


def make_carla(db: Db, **more: Any) -> Person:
    make_service(db)
    carla = Person(**({"name": "Carla Diaz", "email": "carla@example.com"} | more))
    db.add(carla)
    db.flush()
    return carla


def test_an_account_is_read_as_slack_sends_it() -> None:
    assert read_account(*event_user("event_team_join")) == CARLA
    gone = read_account(*event_user("event_user_change_deactivated"))
    assert gone and gone.standing is Standing.DEACTIVATED


def test_a_guest_of_this_workspace_is_a_person_a_stranger_and_a_bot_are_not() -> None:
    guest = read_account(answered_user("response_users_info_guest_single_channel"), "T0PRACT01")
    stranger = read_account(answered_user("response_users_info_external_stranger"), "T0PRACT01")
    assert guest and guest.standing is Standing.HERE
    assert stranger and stranger.standing is Standing.STRANGER
    assert read_account(answered_user("response_users_info_bot"), "T0PRACT01") is None


def test_a_stranger_is_not_let_in_by_an_address(database: Database) -> None:
    with database.transaction() as db:
        carla = make_carla(db)
        assert not recognise(db, account=replace(CARLA, standing=Standing.STRANGER), now=NINE)
        assert carla.slack_id is None


def test_the_same_news_twice_changes_nothing(database: Database) -> None:
    with database.transaction() as db:
        make_carla(db)
        assert recognise(db, account=CARLA, now=NINE)
        assert not brings_news(db, CARLA)


def test_a_new_account_takes_over_from_one_that_was_switched_off_and_from_no_other(database: Database) -> None:
    with database.transaction() as db:
        carla = make_carla(db, slack_id="U0OLD", in_slack="here", dm_channel="D0OLD")
        assert not recognise(db, account=CARLA, now=NINE)
        carla.in_slack = "deactivated"
        db.flush()
        assert recognise(db, account=CARLA, now=NINE)
        assert (carla.slack_id, carla.in_slack, carla.dm_channel) == ("U0CARLA01", "here", "")


@pytest.mark.parametrize(
    ("zone", "kept"), [("Europe/Paris", "Europe/Paris"), ("", "Europe/London"), ("Mars/X", "Europe/London")]
)
def test_a_zone_nobody_knows_is_not_kept(database: Database, zone: str, kept: str) -> None:
    with database.transaction() as db:
        carla = make_carla(db)
        recognise(db, account=replace(CARLA, zone=zone), now=NINE)
        assert carla.zone == kept


def test_people_not_on_the_list_leave_nothing(database: Database) -> None:
    with database.transaction() as db:
        make_service(db)
        before = len(db.exec(select(Person)).all())
        assert not brings_news(db, CARLA)
        assert not recognise(db, account=CARLA, now=NINE)
        assert len(db.exec(select(Person)).all()) == before
