"""What is different for one person, and that an agreement may be stricter than the programme, never looser."""

from datetime import date

import pytest

from bot.programmes.loader import built_in
from bot.rules.cadence import adjusted, is_looser, most_days, next_after
from bot.rules.due import Facts, Happening, due_rules, owed
from bot.rules.when import duration, say, when

START = date(2026, 12, 1)


def facts(*true: str) -> Facts:
    matched = {"supervision matched": (Happening(START, relationship="pair"),)}
    return Facts(START, true=frozenset(true), roles=frozenset({"supervisor"}), happenings=matched)


@pytest.mark.parametrize(
    ("new", "old", "looser"),
    [
        ("every 3 months", "every 2 weeks", True),
        ("every week", "every 2 weeks", False),
        ("every 2 weeks", "every 2 weeks", False),
        ("each calendar month", "every month", False),
        ("every month", "each calendar month", False),
        ("every 5 weeks", "each calendar month", True),
        ("on demand", "every month", True),
        ("on demand, ask after 20 days", "every month", False),
        ("every 6 months from start", "each calendar year", False),
        ("every week until 6 weeks, then every 3 months", "every month", True),
    ],
)
def test_the_looser_of_two_rhythms_is_known(new: str, old: str, looser: bool) -> None:
    assert is_looser(when(new), when(old)) is looser


def test_no_rhythm_at_all_is_the_loosest() -> None:
    assert most_days(None) == float("inf")
    assert not is_looser(when("every 10 years"), None)


@pytest.mark.requirement("001-19")
def test_a_looser_fill_in_is_refused_and_the_programmes_rule_stands() -> None:
    programme = built_in()["childrens-supervision"]
    now = adjusted(programme, facts("asye"), {"session.supervision.when": "every 3 months"})
    assert [refused.words for refused in now.refused] == ["every 3 months"]
    assert say(now.cards["session"]["supervision"].when).startswith("every week until 6 weeks in")


@pytest.mark.requirement("001-20")
def test_a_longer_meeting_is_taken_and_a_shorter_one_refused() -> None:
    programme = built_in()["childrens-supervision"]
    longer = adjusted(programme, facts(), {"session.supervision.length": "2 hours"})
    assert longer.cards["session"]["supervision"].length == duration("2 hours")
    assert [r.path for r in adjusted(programme, facts(), {"session.supervision.length": "1 hour"}).refused] == [
        "session.supervision.length"
    ]


def test_words_that_cannot_be_read_are_refused_not_raised() -> None:
    now = adjusted(built_in()["childrens-supervision"], facts(), {"session.supervision.when": "now and then"})
    assert [refused.words for refused in now.refused] == ["now and then"]


@pytest.mark.requirement("003-54")
def test_a_pair_may_agree_to_meet_more_often() -> None:
    plan = built_in()["senior-manager"]
    known = Facts(START, roles=frozenset({"mentor"}))
    rules = due_rules(plan, known, {"session.mentoring.when": "every week"})
    assert (
        next(rule.says for rule in rules if rule.key == "session.mentoring") == "every week, counted from the last one"
    )


@pytest.mark.requirement("001-11")
def test_a_lighter_post_is_met_every_8_weeks() -> None:
    now = adjusted(built_in()["childrens-supervision"], facts("lighter-post"), {})
    assert say(now.cards["session"]["supervision"].when) == "every 8 weeks, counted from the last one"


@pytest.mark.requirement("001-09")
@pytest.mark.requirement("001-10")
def test_on_probation_and_in_the_assessed_year_the_earlier_day_wins() -> None:
    known = facts("asye", "probation")
    rule = next(r for r in due_rules(built_in()["childrens-supervision"], known, {}) if r.key == "session.supervision")
    dates, last = [], START
    for _ in range(40):
        held = tuple(Happening(day, "", "pair") for day in dates)
        now = Facts(
            START, roles=known.roles, true=known.true, happenings={**known.happenings, "supervision held": held}
        )
        dates.append(next(due.due_on for due in owed(rule, now, until=last, closed=frozenset()) if not due.done_on))
        last = dates[-1]
    gaps = [(b - a).days for a, b in zip([START, *dates], dates, strict=False)]
    assert gaps[:6] == [7] * 6
    assert gaps[6:] == [14] * 34


def test_the_next_day_of_a_rhythm_is_always_later() -> None:
    for words in (
        "every day",
        "every month",
        "each calendar month",
        "every week from start",
        "on 29 February every year",
    ):
        assert (next_after(when(words), START, START) or START) > START
