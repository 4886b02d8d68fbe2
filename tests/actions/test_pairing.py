"""Pairs over time: who stands with whom, what passes on, who is asked."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlmodel import Session as Db
from sqlmodel import col, select

from bot.actions import enrolling, lead_pairing, pairing
from bot.actions.catalogue import keep_version
from bot.errors import (
    AlreadyEnrolled,
    AlreadyPaired,
    CannotSupportThemself,
    LevelNotKnown,
    NotAllowed,
    NotFound,
    PersonHasLeft,
    SomebodyWasFirst,
    TooManySupporters,
)
from bot.programmes.loader import built_in
from bot.rules.matching import PairDoubt
from bot.rules.places import PairRef
from storage.database import Database
from storage.tables.delivery import DueItem
from storage.tables.meetings import Session
from storage.tables.people import Person
from storage.tables.programmes import Enrolment
from storage.tables.together import Membership, Relationship
from tests.factories import NINE, START, Service, make_person, make_service, who

LATER = date(2027, 1, 11)


def enrol_sam(db: Db, service: Service, level: str = "senior") -> Enrolment:
    return enrolling.enrol(
        db,
        person_id=service.stranger,
        programme=built_in()["senior-manager"],
        version_id=service.version,
        level=level,
        starts_on=START,
        now=NINE,
    )


def pair_sam(db: Db, service: Service) -> Relationship:
    return pairing.pair(
        db,
        enrolment_id=enrol_sam(db, service).id,
        kind="mentoring",
        supporter_ids=[service.mentor],
        on=START,
        by=service.lead,
        now=NINE,
    )


def standing(db: Db, relationship: Relationship) -> dict[str, tuple[date, date | None]]:
    """Return who stands or stood in a relationship, from when to when."""
    rows = db.exec(
        select(Person.name, Membership)
        .join(Membership, col(Membership.person_id) == Person.id)
        .where(Membership.relationship_id == relationship.id)
    )
    return {name: (membership.from_on, membership.until_on) for name, membership in rows}


def asked_for_a_mentor(db: Db) -> list[DueItem]:
    return list(db.exec(select(DueItem).where(DueItem.rule == "ask.pair", DueItem.state == "open")).all())


@pytest.mark.requirement("003-23")
def test_an_enrolment_ends_as_long_after_its_start_as_the_programme_lasts(database: Database) -> None:
    with database.transaction() as db:
        enrolment = enrol_sam(db, make_service(db))
        assert (enrolment.starts_on, enrolment.ends_on) == (START, date(2027, 3, 1))


def test_nobody_is_enrolled_twice_nor_at_a_level_that_is_not(database: Database) -> None:
    with database.transaction() as db:
        service = make_service(db)
        with pytest.raises(LevelNotKnown) as unknown:
            enrol_sam(db, service, "director")
        assert unknown.value.levels == ("senior", "manager")
        enrol_sam(db, service)
        with pytest.raises(AlreadyEnrolled):
            enrol_sam(db, service)


@pytest.mark.requirement("003-43")
def test_a_pair_waits_for_its_agreement_where_the_programme_has_one(database: Database) -> None:
    with database.transaction() as db:
        relationship = pair_sam(db, make_service(db))
        assert relationship.state == "waiting"
        assert standing(db, relationship) == {"Sam Stranger": (START, None), "Mary Mentor": (START, None)}


def test_a_kind_without_an_agreement_of_its_own_begins_at_once_and_follows_the_line_manager(database: Database) -> None:
    with database.transaction() as db:
        service = make_service(db)
        programme = built_in()["str-worker"]
        version = keep_version(db, programme, now=NINE)
        worker = make_person(db, "Wanda Worker", line_manager_id=service.manager)
        enrolment = enrolling.enrol(
            db, person_id=worker.id, programme=programme, version_id=version, level="", starts_on=START, now=NINE
        )
        pair = db.exec(select(Relationship).where(Relationship.enrolment_id == enrolment.id)).one()
        assert (pair.kind, pair.state) == ("line-management", "active")
        worker.line_manager_id = service.lead
        later = NINE + timedelta(days=41)
        pairing.follow_line_manager(db, enrolment_id=enrolment.id, now=later)
        assert standing(db, pair)["Mona Manager"] == (START, later.date() - timedelta(days=1))
        assert standing(db, pair)["Lena Lead"] == (later.date(), None)


def test_a_second_pair_of_a_kind_nobody_and_oneself_are_refused(database: Database) -> None:
    with database.transaction() as db:
        service = make_service(db)
        relationship = pair_sam(db, service)
        about = {"on": START, "by": None, "now": NINE}
        assert relationship.enrolment_id
        with pytest.raises(AlreadyPaired):
            pairing.pair(
                db,
                enrolment_id=relationship.enrolment_id,
                kind="mentoring",
                supporter_ids=[service.co_mentor],
                on=START,
                by=None,
                now=NINE,
            )
        with pytest.raises(CannotSupportThemself):
            pairing.change_pair(db, relationship_id=relationship.id, supporter_ids=[service.stranger], **about)
        for wrong in ([], [service.mentor, service.co_mentor, service.manager]):
            with pytest.raises(TooManySupporters):
                pairing.change_pair(db, relationship_id=relationship.id, supporter_ids=wrong, **about)


def test_a_change_of_pair_keeps_the_sessions_and_passes_on_what_is_planned(database: Database) -> None:
    with database.transaction() as db:
        service = make_service(db)
        relationship = pair_sam(db, service)
        about = {
            "kind": "mentoring",
            "version_id": service.version,
            "enrolment_id": relationship.enrolment_id,
            "relationship_id": relationship.id,
            "about_id": service.stranger,
            "led_by_id": service.mentor,
        }
        before, after = datetime(2027, 1, 5, 14, tzinfo=UTC), datetime(2027, 1, 19, 14, tzinfo=UTC)
        held = Session(**about, state="held", falls_on=date(2026, 12, 8), held_on=date(2026, 12, 8))
        sooner, later = (Session(**about, falls_on=at.date(), planned_at=at) for at in (before, after))
        db.add_all([held, sooner, later])
        db.flush()
        pairing.change_pair(
            db, relationship_id=relationship.id, supporter_ids=[service.co_mentor], on=LATER, by=service.lead, now=NINE
        )
        assert (held.led_by_id, sooner.led_by_id, later.led_by_id) == (
            service.mentor,
            service.mentor,
            service.co_mentor,
        )
        assert later.version == 2
        assert standing(db, relationship) == {
            "Sam Stranger": (START, None),
            "Mary Mentor": (START, date(2027, 1, 10)),
            "Colin Comentor": (LATER, None),
        }


@pytest.mark.requirement("004-30")
@pytest.mark.parametrize(("stays", "state"), [(True, "active"), (False, "waiting")])
def test_a_new_pair_agrees_anew_and_one_in_which_somebody_stays_goes_on(
    database: Database, stays: bool, state: str
) -> None:
    with database.transaction() as db:
        service = make_service(db)
        supporters = [service.stranger, *([service.mentor] if stays else [])]
        relationship = pairing.change_pair(
            db, relationship_id=service.relationship, supporter_ids=supporters, on=LATER, by=None, now=NINE
        )
        assert relationship.state == state
        assert relationship.began_on == (START if stays else LATER)


@pytest.mark.requirement("003-17")
def test_cover_stands_beside_the_covered_for_its_days_only(database: Database) -> None:
    with database.transaction() as db:
        service = make_service(db)
        about = {"relationship_id": service.relationship, "by": None, "now": NINE}
        days = {"from_on": date(2026, 12, 7), "until_on": date(2026, 12, 18)}
        made = pairing.cover(db, covered_id=service.mentor, cover_id=service.stranger, **days, **about)
        assert (made.role, made.from_on, made.until_on) == ("mentor", days["from_on"], days["until_on"])
        with pytest.raises(NotFound):
            pairing.cover(db, covered_id=service.stranger, cover_id=service.manager, **days, **about)


def test_a_leaver_leaves_nothing_orphaned_the_lead_is_asked_a_fortnight_before(database: Database) -> None:
    with database.transaction() as db:
        service = make_service(db)
        pair_sam(db, service)
        assert asked_for_a_mentor(db) == []
        mary = db.get(Person, service.mentor)
        assert mary
        mary.leaves_on = date(2027, 1, 29)
        sam = db.exec(select(Enrolment).where(Enrolment.person_id == service.stranger)).one()
        enrolling.look_again(db, sam, now=NINE)
        assert asked_for_a_mentor(db) == []
        assert sam.look_again_on and sam.look_again_on <= date(2027, 1, 15)
        enrolling.look_again(db, sam, now=datetime(2027, 1, 15, 9, tzinfo=UTC))
        (asked,) = asked_for_a_mentor(db)
        assert (asked.owner_id, asked.about_id) == (service.lead, service.stranger)
        assert (asked.opens_on, asked.subject) == (date(2027, 1, 15), "relationship:mentoring")


def test_handing_over_moves_everybody_in_one_act_and_answers_what_was_asked(database: Database) -> None:
    with database.transaction() as db:
        service = make_service(db)
        relationship = pair_sam(db, service)
        lead, now = who(db, service.lead, is_lead=True), datetime(2027, 1, 20, 9, tzinfo=UTC)
        mary = db.get(Person, service.mentor)
        assert mary
        mary.leaves_on = date(2027, 1, 15)
        for enrolment in db.exec(select(Enrolment)):
            enrolling.look_again(db, enrolment, now=now)
        assert len(asked_for_a_mentor(db)) == 1  # Asha still has a co-mentor
        moved = lead_pairing.hand_everything_over(
            db, me=lead, from_id=service.mentor, to_id=service.manager, on=now.date(), now=now
        )
        assert moved == 2
        assert asked_for_a_mentor(db) == []
        assert standing(db, relationship)["Mary Mentor"] == (START, date(2027, 1, 15))
        assert standing(db, relationship)["Mona Manager"] == (now.date(), None)


def test_whoever_leaves_the_service_leaves_the_programme_and_owes_nothing(database: Database) -> None:
    with database.transaction() as db:
        service = make_service(db)
        asha, enrolment = db.get(Person, service.mentee), db.get(Enrolment, service.enrolment)
        assert asha and enrolment
        asha.leaves_on = date(2026, 12, 18)
        enrolling.look_again(db, enrolment, now=NINE)
        assert enrolment.look_again_on and enrolment.look_again_on <= date(2026, 12, 19)
        enrolling.look_again(db, enrolment, now=datetime(2026, 12, 19, 9, tzinfo=UTC))
        assert (enrolment.state, enrolment.ended_on) == ("withdrawn", date(2026, 12, 18))
        pair = db.get(Relationship, service.relationship)
        assert pair and (pair.state, pair.closed_on) == ("closed", date(2026, 12, 18))
        assert db.exec(select(DueItem).where(DueItem.state == "open")).all() == []


def test_two_leads_at_once_the_second_is_told(database: Database) -> None:
    with database.transaction() as db:
        service = make_service(db)
        lead, ref = who(db, service.lead, is_lead=True), PairRef(service.enrolment, "mentoring")
        seen = [service.mentor, service.co_mentor]
        about = {"me": lead, "ref": ref, "seen_ids": seen, "on": LATER, "now": NINE + timedelta(days=41)}
        lead_pairing.put_together(db, supporter_ids=[service.mentor], **about)
        with pytest.raises(SomebodyWasFirst):
            lead_pairing.put_together(db, supporter_ids=[service.co_mentor], **about)


@pytest.mark.requirement("004-32")
def test_capacity_and_the_line_manager_are_warned_about_and_never_blocked(database: Database) -> None:
    with database.transaction() as db:
        service = make_service(db)
        pair_sam(db, service)
        person = make_person(db, "Nina New", line_manager_id=service.mentor)
        enrolment = enrolling.enrol(
            db,
            person_id=person.id,
            programme=built_in()["senior-manager"],
            version_id=service.version,
            level="senior",
            starts_on=START,
            now=NINE,
        )
        lead, ref = who(db, service.lead, is_lead=True), PairRef(enrolment.id, "mentoring")
        found = lead_pairing.find_doubts(db, me=lead, ref=ref, supporter_ids=[service.mentor], now=NINE)
        assert {(doubt.why, doubt.holds, line.name) for doubt, line in found} == {
            (PairDoubt.LINE_MANAGER, 0, "Mary Mentor"),
            (PairDoubt.FULL, 2, "Mary Mentor"),
        }


def test_somebody_who_will_have_left_is_not_paired(database: Database) -> None:
    with database.transaction() as db:
        service = make_service(db)
        sam = db.get(Person, service.stranger)
        assert sam
        sam.leaves_on = date(2026, 12, 31)
        with pytest.raises(PersonHasLeft):
            lead_pairing.put_together(
                db,
                me=who(db, service.lead, is_lead=True),
                ref=PairRef(service.enrolment, "mentoring"),
                supporter_ids=[service.stranger],
                seen_ids=[service.mentor, service.co_mentor],
                on=LATER,
                now=NINE,
            )


@pytest.mark.parametrize("someone", ["mentor", "manager", "mentee", "stranger"])
def test_nobody_but_a_lead_pairs_enrols_or_ends(database: Database, someone: str) -> None:
    with database.transaction() as db:
        service = make_service(db)
        me, ref = who(db, getattr(service, someone)), PairRef(service.enrolment, "mentoring")
        with pytest.raises(NotAllowed):
            lead_pairing.put_together(
                db, me=me, ref=ref, supporter_ids=[service.manager], seen_ids=[], on=LATER, now=NINE
            )
        with pytest.raises(NotAllowed):
            lead_pairing.take_off(db, me=me, enrolment_id=service.enrolment, on=LATER, has_completed=False, now=NINE)
        with pytest.raises(NotAllowed):
            lead_pairing.enrol_by_hand(
                db,
                me=me,
                programme="senior-manager",
                person_id=service.stranger,
                level="senior",
                starts_on=START,
                now=NINE,
            )
