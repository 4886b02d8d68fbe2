"""What a signature is over, whose turn it is, and the clock of a record."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone
from uuid import UUID

import pytest

from bot.calendars import bank_holidays
from bot.rules import signing
from bot.rules.signing import ACKNOWLEDGE, SIGN, Content, Given, PartyTo, Written
from bot.rules.when import Duration

ASHA, MARY, COLIN, MONA = (UUID(int=n) for n in range(1, 5))
SALT = bytes(32)
MENTEE = PartyTo(ASHA, "mentee", SIGN, "Asha Mentee", 0)
MENTOR = PartyTo(MARY, "mentor", SIGN, "Mary Mentor", 1)
CO_MENTOR = PartyTo(COLIN, "mentor", SIGN, "Colin Comentor", 1)
MANAGER = PartyTo(MONA, "line-manager", ACKNOWLEDGE, "Mona Manager", 0)
PAIR = (MENTEE, MENTOR, CO_MENTOR)
CONTENT = Content(
    programme="senior-manager",
    programme_version="abc",
    form="agreement",
    series=UUID(int=9),
    number=1,
    about_id=ASHA,
    hangs_on="relationship:1",
    held_on=None,
    sent_at=datetime(2026, 12, 1, 9, tzinfo=UTC),
    outcome="",
    written=(Written("contact", "How do we keep in touch?", "", "By phone"),),
    parties=PAIR,
)


def given(*people: PartyTo, over: str = "h", meaning: str = signing.SIGNED) -> tuple[Given, ...]:
    return tuple(Given(p.person_id, p.role, over, meaning) for p in people)


def test_the_hash_of_a_known_agreement_never_changes() -> None:
    assert signing.content_hash(SALT, CONTENT) == "4f763d14841876e58a8d523eb68bc2649990e4beb5fcc9f9dae550c5e0db857a"


def test_what_is_signed_is_written_down_in_one_way_only() -> None:
    assert signing.canonical(CONTENT).startswith(
        b'{"about":"00000000-0000-0000-0000-000000000001","fields":[{"answer":"By phone","part":"contact",'
    )
    assert b'"sent_at":"2026-12-01T09:00:00+00:00"' in signing.canonical(CONTENT)


@pytest.mark.parametrize(
    "changed",
    [
        replace(CONTENT, written=(Written("contact", "How do we keep in touch?", "", "By phone."),)),
        replace(CONTENT, written=(Written("contact", "How do we keep in touch, then?", "", "By phone"),)),
        replace(CONTENT, written=(Written("contact", "How do we keep in touch?", "mentee", "By phone"),)),
        replace(CONTENT, number=2),
        replace(CONTENT, programme_version="abd"),
        replace(CONTENT, outcome="promote"),
        replace(CONTENT, parties=PAIR[:2]),
        replace(CONTENT, parties=(replace(MENTEE, name="Asha Other"), MENTOR, CO_MENTOR)),
        replace(CONTENT, held_on=date(2026, 12, 1)),
    ],
)
def test_whatever_is_changed_changes_the_hash(changed: Content) -> None:
    assert signing.content_hash(SALT, changed) != signing.content_hash(SALT, CONTENT)


def test_the_same_words_typed_on_two_phones_are_the_same_words() -> None:
    composed = replace(CONTENT, written=(Written("contact", "", "", "caf\u00e9"),))
    decomposed = replace(CONTENT, written=(Written("contact", "", "", "cafe\u0301"),))
    assert signing.canonical(composed) == signing.canonical(decomposed)


def test_the_same_moment_told_in_another_zone_is_the_same_moment() -> None:
    elsewhere = replace(CONTENT, sent_at=CONTENT.sent_at.astimezone(timezone(timedelta(hours=5))))
    assert signing.canonical(elsewhere) == signing.canonical(CONTENT)


def test_without_the_salt_the_hash_cannot_be_told_again() -> None:
    assert signing.content_hash(bytes([1] * 32), CONTENT) != signing.content_hash(SALT, CONTENT)


def test_a_pair_waits_until_both_mentors_and_the_mentee_have_signed_the_same_content() -> None:
    two = given(MENTEE, MENTOR)
    assert signing.still_to_sign(PAIR, two, "h", everybody=True) == (CO_MENTOR,)
    assert not signing.is_complete(PAIR, two, "h", everybody=True)
    other = two + given(CO_MENTOR, over="something else")
    assert not signing.is_complete(PAIR, other, "h", everybody=True)
    assert signing.is_complete(PAIR, two + given(CO_MENTOR), "h", everybody=True)


def test_one_of_a_role_is_enough_where_not_everybody_must_sign() -> None:
    assert signing.is_complete(PAIR, given(MENTEE, CO_MENTOR), "h", everybody=False)


def test_taking_note_is_not_signing() -> None:
    noted = given(MENTOR, CO_MENTOR, MENTEE, meaning=signing.ACKNOWLEDGED)
    assert signing.still_to_sign(PAIR, noted, "h", everybody=True) == (MENTEE, CO_MENTOR, MENTOR)
    assert signing.may_acknowledge_as((*PAIR, MANAGER), (), MONA) == ("line-manager",)
    assert signing.may_acknowledge_as((*PAIR, MANAGER), given(MANAGER, meaning=signing.ACKNOWLEDGED), MONA) == ()


def test_nobody_signs_in_anothers_role_and_in_order_each_waits_for_those_before() -> None:
    assert signing.may_sign_as(PAIR, (), "h", MONA, everybody=True, in_order=False) == ()
    assert signing.may_sign_as(PAIR, (), "h", MARY, everybody=True, in_order=False) == ("mentor",)
    assert signing.may_sign_as(PAIR, (), "h", MARY, everybody=True, in_order=True) == ()
    assert signing.may_sign_as(PAIR, given(MENTEE), "h", MARY, everybody=True, in_order=True) == ("mentor",)


def test_a_role_that_nobody_fills_is_said_before_anything_goes_out() -> None:
    assert signing.roles_without_anybody(("mentee", "team-manager"), PAIR) == ("team-manager",)


FIVE = Duration(5, "working days")


@pytest.mark.requirement("001-23")
@pytest.mark.parametrize(
    ("held_on", "nation", "by"),
    [
        (date(2026, 4, 2), "england", date(2026, 4, 13)),
        (date(2026, 4, 2), "scotland", date(2026, 4, 10)),
        (date(2026, 12, 23), "england", date(2027, 1, 4)),
        (date(2026, 12, 23), "scotland", date(2027, 1, 5)),
        (date(2026, 6, 12), "wales", date(2026, 6, 19)),
        (date(2026, 6, 12), "scotland", date(2026, 6, 22)),
    ],
)
def test_a_record_is_shared_within_five_working_days_of_the_teams_nation(held_on: date, nation: str, by: date) -> None:
    closed = bank_holidays(nation, held_on, date(2027, 2, 1))
    assert signing.share_clock(held_on, FIVE, closed, today=held_on).share_by == by


def test_the_clock_counts_the_working_days_left_and_the_days_late() -> None:
    held, none = date(2026, 12, 4), frozenset[date]()
    left = {day: signing.share_clock(held, FIVE, none, today=day).days_left for day in (held, date(2026, 12, 8))}
    assert left == {date(2026, 12, 4): 5, date(2026, 12, 8): 3}
    last = signing.share_clock(held, FIVE, none, today=date(2026, 12, 11))
    assert last.days_left == 0 and not last.is_late
    late = signing.share_clock(held, FIVE, none, today=date(2026, 12, 15))
    assert late.days_left == -2 and late.is_late
    shared = signing.share_clock(held, FIVE, none, today=date(2026, 12, 30), shared_on=date(2026, 12, 10))
    assert shared.days_left == 1 and not shared.is_late
