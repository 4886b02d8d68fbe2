"""What is owed: what opens, what closes it, what a withdrawal opens again."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.programmes.loader import built_in
from bot.rules.absences import Absence
from bot.rules.due import Due, DueRule, Facts, Happening, due_rules, ladder_days, owed, why
from bot.rules.due_rules import OUTCOME_STEPS
from bot.rules.when import when

START = date(2026, 12, 1)
NONE: frozenset[date] = frozenset()
CHRISTMAS = frozenset({date(2026, 12, 25), date(2026, 12, 28), date(2027, 1, 1)})
PAIR = "relationship:pair"
MATCHED = {"mentoring matched": (Happening(START, relationship=PAIR),)}


def rule_for(words: str, *closes: str, **more: object) -> DueRule:
    """Return a rule for a thing done by `closes`."""
    return DueRule("thing", "A thing", when(words), ("mentee",), closes or ("thing done",), **more)  # type: ignore[arg-type]


def facts(*, start: date = START, end: date | None = None, **more: object) -> Facts:
    return Facts(start, end, roles=frozenset({"mentor", "line-manager"}), **more)  # type: ignore[arg-type]


def done(*days: date, event: str = "thing done") -> dict[str, tuple[Happening, ...]]:
    return {event: tuple(Happening(day) for day in days)}


def told(rule: DueRule, known: Facts, until: date = START, closed: frozenset[date] = NONE) -> list[tuple[str, str]]:
    """Return the due day of each item and what has become of it."""
    return [
        (due.due_on.isoformat(), "excused" if due.excused else f"done {due.done_on}" if due.done_on else "open")
        for due in owed(rule, known, until=until, closed=closed)
    ]


def rule_of(programme: str, key: str, known: Facts) -> DueRule:
    return next(rule for rule in due_rules(built_in()[programme], known, {}) if rule.key == key)


# ---- the meeting and its record --------------------------------------------------------------------------------------


def meeting(session: str, planned: date, *more: tuple[str, date], pair: str = PAIR) -> dict[str, tuple[Happening, ...]]:
    found = (("mentoring planned", planned), *more)
    return {event: (Happening(day, session, pair),) for event, day in found}


SIGN_MENTEE = "session.mentoring/form.mentoring-note#sign:mentee"


@pytest.mark.requirement("001-23")
def test_a_record_is_shared_by_the_fifth_working_day_after_the_meeting() -> None:
    held = facts(happenings=MATCHED | meeting("session:1", date(2026, 12, 23), ("mentoring held", date(2026, 12, 23))))
    share = rule_of("senior-manager", "session.mentoring/form.mentoring-note#share", held)
    assert told(share, held, closed=CHRISTMAS) == [("2027-01-04", "open")]
    assert share.says == 'within 5 working days of "Mentoring meeting" being held'
    assert share.fixed


@pytest.mark.requirement("001-24")
def test_both_are_asked_to_sign_once_the_record_is_shared_and_each_closes_their_own() -> None:
    happenings = MATCHED | meeting(
        "session:1",
        date(2026, 12, 7),
        ("mentoring held", date(2026, 12, 7)),
        ("mentoring/mentoring-note shared", date(2026, 12, 9)),
        ("mentoring-note signed by mentor", date(2026, 12, 10)),
    )
    known = facts(happenings=happenings)
    mentor = SIGN_MENTEE.replace("mentee", "mentor")
    assert told(rule_of("senior-manager", SIGN_MENTEE, known), known) == [("2026-12-16", "open")]
    assert told(rule_of("senior-manager", mentor, known), known) == [("2026-12-16", "done 2026-12-10")]


def test_a_signature_closes_the_record_of_its_own_meeting_only() -> None:
    shared, signed = "mentoring/mentoring-note shared", "mentoring-note signed by mentee"
    happenings = {
        shared: tuple(Happening(date(2026, 12, 9 + n), f"session:{n}", PAIR) for n in range(2)),
        signed: (Happening(date(2026, 12, 14), "session:1", PAIR),),
    }
    known = facts(happenings=MATCHED | happenings)
    items = owed(rule_of("senior-manager", SIGN_MENTEE, known), known, until=START, closed=NONE)
    assert [(due.subject, due.scope, due.done_on) for due in items] == [
        ("session:0", "session", None),
        ("session:1", "session", date(2026, 12, 14)),
    ]


def test_a_meeting_planned_anew_keeps_its_items_and_moves_their_days() -> None:
    known = facts(happenings=MATCHED | meeting("session:1", date(2026, 12, 10)))
    prepare = rule_of("senior-manager", "session.mentoring#prepare:mentee", known)
    before = owed(prepare, known, until=START, closed=NONE)
    moved = facts(happenings=MATCHED | meeting("session:1", date(2026, 12, 17)))
    after = owed(prepare, moved, until=START, closed=NONE)
    assert [due.due_on for due in (*before, *after)] == [date(2026, 12, 7), date(2026, 12, 14)]
    assert {(due.rule.key, due.subject, due.period) for due in before} == {
        (due.rule.key, due.subject, due.period) for due in after
    }


def test_preparation_is_over_when_the_meeting_is() -> None:
    known = facts(happenings=MATCHED | meeting("session:1", date(2026, 12, 10), ("mentoring held", date(2026, 12, 10))))
    prepare = rule_of("senior-manager", "session.mentoring#prepare:mentor", known)
    assert told(prepare, known) == [("2026-12-07", "done 2026-12-10")]
    assert prepare.steps == ()


def test_after_a_planned_meeting_its_leader_is_asked_how_it_went() -> None:
    planned = facts(happenings=MATCHED | meeting("session:1", date(2026, 12, 10)))
    outcome = rule_of("senior-manager", "session.mentoring#outcome", planned)
    assert (outcome.owners, told(outcome, planned)) == (("mentor",), [("2026-12-10", "open")])
    assert outcome.ladder == ""  # who leads it is asked twice; nobody else is told
    assert outcome.steps == OUTCOME_STEPS
    missed = MATCHED | meeting("session:1", date(2026, 12, 10), ("mentoring not held", date(2026, 12, 11)))
    assert told(outcome, facts(happenings=missed)) == [("2026-12-10", "done 2026-12-11")]


@pytest.mark.requirement("003-80")
def test_what_may_be_written_up_afterwards_is_not_asked_about_as_a_planned_meeting() -> None:
    keys = {rule.key for rule in due_rules(built_in()["senior-manager"], facts(), {})}
    assert "session.observation" in keys
    assert "session.observation#outcome" not in keys


def test_a_meeting_that_was_not_held_resets_nothing() -> None:
    first = {"first-meeting held": (Happening(date(2026, 12, 4), "session:0", PAIR),)}
    missed = meeting("session:1", date(2026, 12, 17), ("mentoring not held", date(2026, 12, 17)))
    known = facts(happenings=MATCHED | first | missed)
    assert told(rule_of("senior-manager", "session.mentoring", known), known) == [("2026-12-18", "open")]


@pytest.mark.requirement("003-20")
def test_after_the_agreement_comes_a_first_conversation_and_then_the_rhythm_begins() -> None:
    agreed = MATCHED | {"agreement in force": (Happening(date(2026, 12, 2), "document:a", PAIR),)}
    held = {"first-meeting held": (Happening(date(2026, 12, 4), "session:0", PAIR),)}
    keys = ("session.first-meeting", "session.mentoring")

    def both(happenings: dict[str, tuple[Happening, ...]]) -> list[list[tuple[str, str]]]:
        known = facts(happenings=happenings)
        return [told(rule_of("senior-manager", key, known), known) for key in keys]

    assert both(MATCHED) == [[], []]
    assert both(agreed) == [[("2026-12-16", "open")], []]
    assert both(agreed | held) == [[("2026-12-16", "done 2026-12-04")], [("2026-12-18", "open")]]


def test_a_meeting_that_only_also_counts_leads_into_nothing() -> None:
    programme = built_in()["senior-manager"]
    card = programme.session["mentoring"].model_copy(update={"also_counts": ("quick-word",)})
    changed = replace(programme, session={**programme.session, "mentoring": card})
    known = facts(happenings=MATCHED)
    rule = next(rule for rule in due_rules(changed, known, {}) if rule.key == "session.mentoring")
    assert told(rule, known) == [("2026-12-15", "open")]


def test_a_meeting_held_before_the_pair_was_entered_here_is_what_the_next_is_counted_from() -> None:
    held = {"mentoring held": (Happening(date(2026, 11, 26), "session:0", PAIR),)}
    known = facts(happenings=MATCHED | held)
    assert told(rule_of("senior-manager", "session.mentoring", known), known) == [("2026-12-10", "open")]


# ---- one relationship knows nothing of another -----------------------------------------------------------------------


def test_each_relationship_is_worked_out_from_its_own_happenings() -> None:
    happenings = {
        "mentoring matched": (Happening(START, relationship="a"), Happening(date(2026, 12, 8), relationship="b")),
        "agreement signed by mentee": (Happening(date(2026, 12, 10), "document:a", "a"),),
    }
    known = facts(happenings=happenings)
    rule = rule_of("senior-manager", "form.agreement#sign:mentee", known)
    items = [(due.relationship, due.due_on, due.done_on) for due in owed(rule, known, until=START, closed=NONE)]
    assert items == [("a", date(2026, 12, 15), date(2026, 12, 10)), ("b", date(2026, 12, 22), None)]
    only_b = owed(rule, known.within("b"), until=START, closed=NONE)
    assert [due.relationship for due in only_b] == ["b"]


def test_a_relationship_that_has_ended_owes_no_more_meetings_but_still_its_records() -> None:
    ended = {"mentoring ended": (Happening(date(2026, 12, 12), relationship=PAIR),)}
    held = meeting("session:1", date(2026, 12, 10), ("mentoring held", date(2026, 12, 10)))
    known = facts(happenings=MATCHED | held | ended)
    rule = rule_of("senior-manager", "session.mentoring", known)
    assert told(rule, known) == []
    share = rule_of("senior-manager", "session.mentoring/form.mentoring-note#share", known)
    assert told(share, known) == [("2026-12-17", "open")]


def test_no_relationship_no_meeting() -> None:
    assert told(rule_of("senior-manager", "session.mentoring", facts()), facts()) == []


@pytest.mark.requirement("003-78")
def test_what_a_manager_owes_the_team_lives_on_after_the_plan_has_ended() -> None:
    matched = {"line-management matched": (Happening(START, relationship="report"),)}
    known = facts(end=date(2027, 1, 31), happenings=matched | MATCHED)
    team = rule_of("senior-manager", "session.team-supervision", known)
    assert [(due.opens_on, due.due_on) for due in owed(team, known, until=START, closed=NONE)] == [
        (date(2027, 2, 1), date(2027, 3, 1))
    ]
    held = {"mentoring held": tuple(Happening(date(2027, 1, day), "", PAIR) for day in (11, 25))}
    ending = facts(end=date(2027, 1, 31), happenings=MATCHED | held)
    assert told(rule_of("senior-manager", "session.mentoring", ending), ending) == [("2027-01-25", "done 2027-01-25")]
    assert told(rule_for("14 days after end"), ending) == [("2027-02-14", "open")]


# ---- a month, three ways ---------------------------------------------------------------------------------------------


@pytest.mark.requirement("001-08")
def test_a_calendar_month_asks_for_one_inside_each() -> None:
    known = facts(happenings=done(date(2026, 12, 30), date(2027, 2, 3)))
    assert told(rule_for("each calendar month"), known, until=date(2027, 2, 28)) == [
        ("2026-12-31", "done 2026-12-30"),
        ("2027-01-31", "done 2027-02-03"),  # a month late: seen as missed, asked for no more
        ("2027-02-28", "done 2027-02-03"),
        ("2027-03-31", "open"),
    ]


def test_a_window_joined_past_its_middle_is_not_owed() -> None:
    late = facts(start=date(2026, 12, 20))
    early = facts(start=date(2026, 12, 14))
    assert told(rule_for("each calendar month"), late, until=START) == [("2027-01-31", "open")]
    assert told(rule_for("each calendar month"), early, until=START) == [("2026-12-31", "open")]


def test_a_month_mostly_away_is_excused_unless_it_was_kept_all_the_same() -> None:
    away = (Absence(date(2027, 1, 4), date(2027, 1, 15)),)
    assert told(rule_for("each calendar month"), facts(excused=away), until=date(2027, 1, 31))[1] == (
        "2027-01-31", "excused",
    )  # fmt: skip
    kept = facts(excused=away, happenings=done(date(2026, 12, 3), date(2027, 1, 20)))
    assert told(rule_for("each calendar month"), kept, until=date(2027, 1, 31))[1] == ("2027-01-31", "done 2027-01-20")
    nine_days = facts(excused=(Absence(date(2027, 1, 4), date(2027, 1, 14)),))
    assert told(rule_for("each calendar month"), nine_days, until=date(2027, 1, 31))[1] == ("2027-01-31", "open")


def test_ten_working_days_are_the_persons_own() -> None:
    away = (Absence(date(2027, 1, 4), date(2027, 1, 17)),)
    part_time = facts(excused=away, works=lambda day: day.weekday() < 3)
    assert told(rule_for("each calendar month"), part_time, until=date(2027, 1, 31))[1] == ("2027-01-31", "open")


def test_a_long_absence_lengthens_an_interval_and_a_short_one_does_not() -> None:
    held = done(date(2026, 12, 1))
    long = facts(happenings=held, excused=(Absence(date(2026, 12, 7), date(2026, 12, 20)),))
    short = facts(happenings=held, excused=(Absence(date(2026, 12, 7), date(2026, 12, 17)),))
    assert told(rule_for("every 4 weeks"), long)[-1] == ("2027-01-12", "open")
    assert told(rule_for("every 4 weeks"), short)[-1] == ("2026-12-29", "open")


def test_monthly_from_a_day_never_drifts_and_monthly_from_the_last_one_may() -> None:
    known = facts(start=date(2027, 1, 31))
    assert [day for day, _ in told(rule_for("every month from start"), known, until=date(2027, 6, 1))] == [
        "2027-02-28", "2027-03-31", "2027-04-30", "2027-05-31", "2027-06-30",
    ]  # fmt: skip
    held = facts(start=date(2027, 1, 31), happenings=done(date(2027, 2, 26)))
    assert told(rule_for("every month"), held)[-1] == ("2027-03-26", "open")


def test_a_stepped_rhythm_slows_with_the_time_since_its_anchor() -> None:
    rule = rule_for("every week until 6 weeks, then every 2 weeks until 6 months, then every month")
    for last, due_on in (("2026-12-29", "2027-01-05"), ("2027-01-12", "2027-01-26"), ("2027-06-01", "2027-07-01")):
        assert told(rule, facts(happenings=done(date.fromisoformat(last))))[-1] == (due_on, "open")


def test_a_review_closes_what_it_is_late_for_and_not_what_is_still_far_off() -> None:
    rule = rule_for("at 3 months, 6 months and 11 months after start")
    early, late, much_later = date(2027, 2, 20), date(2027, 3, 20), date(2027, 6, 2)
    third = ("2027-11-01", "open")
    assert told(rule, facts(happenings=done(early))) == [("2027-03-01", f"done {early}"), ("2027-06-01", "open"), third]
    assert told(rule, facts(happenings=done(late))) == [("2027-03-01", f"done {late}"), ("2027-06-01", "open"), third]
    assert told(rule, facts(happenings=done(much_later)))[:2] == [
        ("2027-03-01", f"done {much_later}"),
        ("2027-06-01", f"done {much_later}"),
    ]
    assert told(rule, facts(happenings=done(date(2026, 12, 5))))[0] == ("2027-03-01", "open")


@pytest.mark.requirement("002-13")
def test_milestones_stretch_with_a_pro_rata_length() -> None:
    rule = rule_for("at 3 months, 6 months and 12 months after start")
    assert [day for day, _ in told(rule, facts(stretch=1.25))] == ["2027-04-01", "2027-08-01", "2028-03-01"]


@pytest.mark.requirement("000-12")
def test_supervision_on_demand_is_asked_after_quietly() -> None:
    rule = rule_for("on demand, ask after 90 days")
    assert told(rule, facts(happenings=done(date(2026, 12, 11)))) == [
        ("2027-03-01", "done 2026-12-11"),
        ("2027-03-11", "open"),
    ]
    assert told(rule_for("on demand"), facts()) == []


# ---- training --------------------------------------------------------------------------------------------------------


@pytest.mark.requirement("000-59")
def test_breakaway_is_amber_from_12_months_and_overdue_after_24() -> None:
    known = facts(happenings={"breakaway done": (Happening(date(2026, 1, 31), "course:breakaway"),)})
    (item,) = owed(rule_of("str-worker", "course.breakaway#renew", known), known, until=START, closed=NONE)
    assert (item.opens_on, item.due_on, item.subject) == (date(2027, 1, 31), date(2028, 1, 31), "course:breakaway")


@pytest.mark.requirement("000-47")
def test_a_course_done_again_starts_its_term_again_and_closes_the_one_before() -> None:
    days = (date(2025, 6, 1), date(2026, 5, 20))
    known = facts(happenings={"fire done": tuple(Happening(day, "course:fire") for day in days)})
    assert told(rule_of("str-worker", "course.fire#renew", known), known) == [
        ("2026-06-01", "done 2026-05-20"),
        ("2027-05-20", "open"),
    ]


@pytest.mark.requirement("000-56")
def test_a_course_of_29_february_lapses_on_the_28th() -> None:
    known = facts(happenings={"fire done": (Happening(date(2028, 2, 29), "course:fire"),)})
    assert told(rule_of("str-worker", "course.fire#renew", known), known) == [("2029-02-28", "open")]


def test_a_course_done_before_the_start_counts_as_the_first_time() -> None:
    known = facts(happenings={"fire done": (Happening(date(2026, 9, 1), "course:fire"),)})
    assert told(rule_of("str-worker", "course.fire", known), known) == [("2027-03-01", "done 2026-09-01")]


def test_three_courses_that_lapse_in_one_month_are_three_items() -> None:
    names = ("fire", "resuscitation", "infection-control")
    known = facts(happenings={f"{name} done": (Happening(date(2025, 12, 10), f"course:{name}"),) for name in names})
    rows = {
        (due.rule.key, due.scope, due.subject, due.period)
        for name in names
        for due in owed(rule_of("str-worker", f"course.{name}#renew", known), known, until=START, closed=NONE)
    }
    assert len(rows) == 3


def test_training_is_told_at_60_30_and_7_days_then_weekly_for_8_weeks_then_monthly() -> None:
    rule = rule_of("str-worker", "course.fire", facts())
    rungs = ladder_days(rule.steps, date(2027, 3, 1), NONE)
    assert [(rung.on, rung.roles) for rung in rungs[:4]] == [
        (date(2026, 12, 31), ("person",)),
        (date(2027, 1, 30), ("person", "line-manager")),
        (date(2027, 2, 22), ("person", "line-manager")),
        (date(2027, 3, 8), ("person", "line-manager")),
    ]
    assert [rung.on for rung in rungs if rung.repeats][7:10] == [
        date(2027, 4, 26),
        date(2027, 5, 26),
        date(2027, 6, 26),
    ]


def test_a_course_whose_file_names_no_ladder_is_told_as_training_is() -> None:
    rule = rule_of("career-pathway", "course.registration#renew", replace(facts(), level="nqsw"))
    own = rule_of("str-worker", "course.fire", facts())
    plain = next(r for r in due_rules(without_ladders(), facts(), {}) if r.key == "course.fire")
    assert plain.steps == own.steps
    assert rule.steps != own.steps


def without_ladders() -> object:
    """Return the STR programme as a file would have it that names no ladder for its courses."""
    programme = built_in()["str-worker"]
    courses = {name: card.model_copy(update={"ladder": ""}) for name, card in programme.course.items()}
    return replace(programme, course=courses)


@pytest.mark.requirement("002-23")
def test_registration_falls_due_on_its_day_every_year() -> None:
    known = replace(facts(), level="nqsw")
    rule = rule_of("career-pathway", "course.registration#renew", known)
    assert [day for day, _ in told(rule, known, until=date(2027, 12, 1))] == ["2027-11-30", "2028-11-30"]


# ---- beginnings and ends ---------------------------------------------------------------------------------------------


def test_nothing_falls_due_before_go_live() -> None:
    live = date(2027, 1, 18)
    old = {"mentoring matched": (Happening(date(2025, 6, 1), relationship=PAIR),), "start": ()}
    known = facts(start=date(2025, 6, 1), go_live_on=live, happenings=old)
    for programme in ("senior-manager", "str-worker"):
        for rule in due_rules(built_in()[programme], replace(known, level="manager"), {}):
            found = owed(rule, known, until=date(2027, 3, 1), closed=NONE)
            assert [due for due in found if due.due_on < live] == [], rule.key


def test_the_first_after_go_live_has_the_rules_own_grace() -> None:
    live, last = date(2027, 1, 18), done(date(2026, 10, 5))
    known = facts(start=date(2026, 9, 1), go_live_on=live, happenings=last)
    assert told(rule_for("every 2 weeks"), known) == [("2026-09-15", "done 2026-10-05"), ("2027-02-01", "open")]
    assert told(rule_for("every 3 months"), known)[-1] == ("2027-02-15", "open")
    assert told(rule_for("every month from start"), known) == [
        ("2026-10-01", "done 2026-10-05"),
        ("2027-02-01", "open"),
    ]
    recent = replace(known, happenings=done(date(2027, 1, 20)))
    assert told(rule_for("every 2 weeks"), recent)[-1] == ("2027-02-03", "open")


def test_training_that_go_live_finds_undone_is_spread_over_the_weeks() -> None:
    live = date(2027, 1, 18)
    known = facts(start=date(2024, 1, 1), go_live_on=live)
    firsts = [rule for rule in due_rules(built_in()["str-worker"], known, {}) if rule.key.startswith("course.")]
    days = [due.due_on for rule in firsts for due in owed(rule, known, until=live, closed=NONE)]
    assert min(days) >= live + timedelta(days=28)
    assert len(set(days)) > 1
    assert max(days) <= live + timedelta(days=28 + 21)


def test_a_record_of_a_meeting_before_go_live_is_not_asked_for() -> None:
    known = facts(
        start=date(2026, 6, 1),
        go_live_on=date(2027, 1, 18),
        happenings=MATCHED | meeting("session:1", date(2026, 12, 10), ("mentoring held", date(2026, 12, 10))),
    )
    assert told(rule_of("senior-manager", "session.mentoring/form.mentoring-note#share", known), known) == []


@pytest.mark.requirement("003-25")
def test_an_extension_asks_for_the_review_again_and_for_the_plan_by_the_new_end() -> None:
    first_end, last_end = date(2027, 3, 1), date(2027, 6, 1)
    reviewed = {"end-review signed by mentee": (Happening(date(2027, 2, 20)),)}
    extended = facts(end=last_end, happenings={"end": (Happening(first_end), Happening(last_end))} | reviewed)
    review = rule_of("senior-manager", "form.end-review#sign:mentee", extended)
    assert told(review, extended) == [("2027-02-15", "done 2027-02-20"), ("2027-05-18", "open")]
    plan = rule_of("senior-manager", "checklist.plan", extended)
    assert told(plan, extended) == [("2027-06-01", "open")]
    complete = replace(extended, happenings={**extended.happenings, "plan complete": (Happening(date(2027, 2, 25)),)})
    assert told(plan, complete) == [("2027-03-01", "done 2027-02-25"), ("2027-06-01", "done 2027-02-25")]


@pytest.mark.requirement("003-21")
def test_an_agreement_signed_on_paper_before_the_match_was_entered_is_signed() -> None:
    happenings = {"agreement signed by mentee": (Happening(date(2026, 11, 20), "document:a", PAIR),)}
    known = facts(happenings=MATCHED | happenings)
    assert told(rule_of("senior-manager", "form.agreement#sign:mentee", known), known) == [
        ("2026-12-15", "done 2026-11-20")
    ]
    assert told(rule_of("senior-manager", "form.agreement#sign:mentor", known), known) == [("2026-12-15", "open")]


@pytest.mark.requirement("002-38")
def test_a_report_is_countersigned_one_after_another() -> None:
    known = replace(
        facts(), level="level-2", roles=frozenset({"team-manager", "service-manager", "head-of-service"}),
        happenings={
            "managers-report written": (Happening(date(2026, 12, 1), "document:r"),),
            "managers-report signed by team-manager": (Happening(date(2026, 12, 4), "document:r"),),
        },
    )  # fmt: skip
    keys = [f"form.managers-report#sign:{role}" for role in ("team-manager", "service-manager", "head-of-service")]
    assert [told(rule_of("career-pathway", key, known), known) for key in keys] == [
        [("2026-12-15", "done 2026-12-04")], [("2026-12-18", "open")], [],
    ]  # fmt: skip


def test_two_reports_are_signed_each_for_itself() -> None:
    first = "managers-report signed by team-manager"
    second = "managers-report signed by service-manager"
    known = replace(
        facts(),
        level="level-2",
        roles=frozenset({"service-manager"}),
        happenings={
            first: tuple(Happening(date(2026, 12, 4), f"document:{n}") for n in range(2)),
            second: (Happening(date(2026, 12, 9), "document:1"),),
        },
    )
    rule = rule_of("career-pathway", "form.managers-report#sign:service-manager", known)
    items = owed(rule, known, until=START, closed=NONE)
    assert {due.subject: due.done_on for due in items} == {"document:0": None, "document:1": date(2026, 12, 9)}


@pytest.mark.requirement("000-14")
def test_a_team_is_briefed_again_for_a_new_manager_whatever_was_done_before() -> None:
    happenings = {
        "team-manager change": (Happening(date(2027, 1, 5)),),
        "team-rebriefing held": (Happening(date(2026, 12, 3)),),
    }
    known = facts(happenings=happenings)
    rule = rule_of("str-worker", "session.team-rebriefing", known)
    assert (rule.scope, told(rule, known)) == ("team", [("2027-02-04", "open")])


@pytest.mark.requirement("000-15")
def test_the_role_is_reviewed_every_six_months_from_the_agreement() -> None:
    known = facts(happenings={"memorandum in force": (Happening(date(2026, 12, 31), "document:m"),)})
    rule = rule_of("str-worker", "session.role-review", known)
    assert [day for day, _ in told(rule, known, until=date(2027, 12, 31))] == ["2027-06-30", "2027-12-31", "2028-06-30"]


# ---- who is bound ----------------------------------------------------------------------------------------------------


@pytest.mark.requirement("003-70")
def test_only_a_manager_is_asked_to_the_managers_meeting_and_it_is_the_programmes_own() -> None:
    known = replace(facts(), roles=frozenset({"area-manager"}))
    keys = {
        level: {r.key: r for r in due_rules(built_in()["senior-manager"], replace(known, level=level), {})}
        for level in ("senior", "manager")
    }
    assert "session.managers-meeting" not in keys["senior"]
    assert keys["manager"]["session.managers-meeting"].scope == "programme"


def test_a_duty_of_a_role_that_nobody_fills_is_not_made() -> None:
    keys = {rule.key for rule in due_rules(built_in()["senior-manager"], Facts(START), {})}
    assert "form.end-review#sign:mentee" in keys
    assert "form.end-review#sign:mentor" not in keys


def test_an_invitation_to_reflect_has_no_ladder_and_only_the_latest_and_the_next_stand() -> None:
    known = facts(end=date(2027, 3, 1))
    rule = rule_of("senior-manager", "form.driscoll#invite", known)
    assert (rule.invites, rule.steps, rule.ladder, rule.owners) == (True, (), "", ("mentee",))
    assert told(rule, known, until=date(2027, 1, 14)) == [("2027-01-12", "open"), ("2027-01-26", "open")]
    assert told(rule, known, until=START) == [("2026-12-15", "open")]


def test_why_says_the_rule_its_source_and_the_next_three_dates() -> None:
    known = facts(happenings=MATCHED | {"mentoring held": (Happening(START, "session:0", PAIR),)})
    rule = rule_of("senior-manager", "session.mentoring", known)
    (item,) = owed(rule, known, until=START, closed=NONE)
    answer = why(rule, item)
    assert answer.says == "every 2 weeks, counted from the last one"
    assert answer.source == ("003-24", "003-26", "003-35")
    assert answer.next_three == (date(2026, 12, 15), date(2026, 12, 29), date(2027, 1, 12))


def test_why_a_renewal_is_due_tells_the_renewals_after_it() -> None:
    known = facts(happenings={"fire done": (Happening(date(2026, 1, 31), "course:fire"),)})
    rule = rule_of("str-worker", "course.fire#renew", known)
    (item,) = owed(rule, known, until=START, closed=NONE)
    assert why(rule, item).says == 'within 12 months of "Fire" being done'
    assert why(rule, item).next_three == (date(2027, 1, 31), date(2028, 1, 31), date(2029, 1, 31))


# ---- whatever happens ------------------------------------------------------------------------------------------------

DAYS = st.dates(date(2026, 12, 1), date(2028, 12, 31))
SENTENCES = st.sampled_from(
    ["every 2 weeks", "every 2 to 3 months", "each calendar month", "each calendar quarter", "every month from start",
     "within 30 days of start", "at 3 months, 6 months and 11 months after start", "on demand, ask after 90 days",
     "on the second Tuesday of every month", "12 months after thing done"]
)  # fmt: skip


@given(words=SENTENCES, days=st.lists(DAYS, max_size=6), data=st.data())
@settings(max_examples=150, deadline=None)
def test_the_order_in_which_things_are_told_does_not_matter(words: str, days: list[date], data: st.DataObject) -> None:
    shuffled = data.draw(st.permutations(days))
    until, rule = date(2028, 12, 31), rule_for(words)
    assert owed(rule, facts(happenings=done(*days)), until=until, closed=NONE) == owed(
        rule, facts(happenings=done(*shuffled)), until=until, closed=NONE
    )


@given(words=SENTENCES, days=st.lists(DAYS, max_size=6))
@settings(max_examples=150, deadline=None)
def test_no_two_items_of_a_rule_share_a_row(words: str, days: list[date]) -> None:
    found = owed(rule_for(words), facts(happenings=done(*days)), until=date(2028, 12, 31), closed=NONE)
    rows = [(due.rule.key, due.relationship, due.subject, due.period) for due in found]
    assert len(rows) == len(set(rows))


@given(words=SENTENCES, days=st.lists(DAYS, max_size=6, unique=True))
@settings(max_examples=150, deadline=None)
def test_doing_a_thing_and_withdrawing_it_leaves_everything_as_it_was(words: str, days: list[date]) -> None:
    """The last thing done, withdrawn, opens exactly what it had closed, and nothing else changes."""
    until, rule = date(2028, 12, 31), rule_for(words)
    before = owed(rule, facts(happenings=done(*sorted(days)[:-1])), until=until, closed=NONE)
    after = owed(rule, facts(happenings=done(*days)), until=until, closed=NONE)
    if not days:
        return
    closed_by_it = {due.period for due in after if due.done_on == max(days)}
    changed = {due.period for due in before if due not in after}
    assert changed <= closed_by_it
    assert all(not due.done_on for due in before if due.period in changed)


@given(sessions=st.lists(st.tuples(DAYS, st.booleans()), min_size=1, max_size=6), data=st.data())
@settings(max_examples=100, deadline=None)
def test_withdrawing_a_signature_opens_exactly_its_own_item(
    sessions: list[tuple[date, bool]], data: st.DataObject
) -> None:
    shared = tuple(Happening(day, f"session:{n}", PAIR) for n, (day, _) in enumerate(sessions))
    signed = tuple(
        Happening(h.on, h.subject, PAIR) for h, (_, is_signed) in zip(shared, sessions, strict=True) if is_signed
    )
    names = ("mentoring/mentoring-note shared", "mentoring-note signed by mentee")

    def items(signatures: tuple[Happening, ...]) -> dict[str, Due]:
        known = facts(happenings=MATCHED | dict(zip(names, (shared, signatures), strict=True)))
        rule = rule_of("senior-manager", SIGN_MENTEE, known)
        return {due.subject: due for due in owed(rule, known, until=START, closed=NONE)}

    everything = items(signed)
    assert {subject for subject, due in everything.items() if due.done_on} == {h.subject for h in signed}
    if signed:
        withdrawn = data.draw(st.sampled_from(signed))
        fewer = items(tuple(h for h in signed if h != withdrawn))
        assert {s for s in fewer if fewer[s] != everything[s]} == {withdrawn.subject}
        assert fewer[withdrawn.subject].done_on is None
