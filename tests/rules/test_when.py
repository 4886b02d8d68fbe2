"""Time in plain words: read once, said back, counted from its anchor."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.programmes.loader import built_in
from bot.programmes.report import show_text
from bot.rules.cadence import next_three
from bot.rules.when import (
    Calendar,
    Duration,
    Grid,
    LadderStep,
    Once,
    OnDemand,
    PartTime,
    Points,
    Rolling,
    Step,
    Window,
    duration,
    ladder_step,
    part_time,
    say,
    span,
    when,
)

DAYS = st.dates(date(2020, 1, 1), date(2040, 12, 31))


@pytest.mark.parametrize(
    ("words", "value", "said"),
    [
        (
            "within 14 days of mentoring matched",
            Once(Duration(14, "days"), "mentoring matched"),
            "within 14 days of mentoring matched",
        ),
        ("2 weeks after start", Once(Duration(2, "weeks"), "start"), "within 2 weeks of start"),
        (
            "3 working days before mentoring planned",
            Once(Duration(-3, "working days"), "mentoring planned"),
            "3 working days before mentoring planned",
        ),
        ("by end", Once(Duration(0, "days"), "end"), "by end"),
        (
            "at 3 months, 6 months and 11 months after start",
            Points(tuple(Duration(n, "months") for n in (3, 6, 11)), "start"),
            "at 3 months, 6 months and 11 months after start",
        ),
        ("every 2 weeks", Rolling((Step(None, Duration(2, "weeks")),)), "every 2 weeks, counted from the last one"),
        (
            "every 2 to 3 months",
            Rolling((Step(Duration(2, "months"), Duration(3, "months")),)),
            "every 2 to 3 months, counted from the last one",
        ),
        (
            "every 6 months from memorandum in force",
            Grid(Duration(6, "months"), "memorandum in force"),
            "every 6 months, counted from memorandum in force",
        ),
        ("each calendar month", Window("month"), "at least once in each calendar month"),
        (
            "on the second Tuesday of every month",
            Calendar("FREQ=MONTHLY;BYDAY=2TU"),
            "on the second Tuesday of every month",
        ),
        ("on the last day of every month", Calendar("FREQ=MONTHLY;BYMONTHDAY=-1"), "on the last day of every month"),
        ("on 30 November every year", Calendar("FREQ=YEARLY;BYMONTH=11;BYMONTHDAY=30"), "on 30 November every year"),
        (
            "RRULE:FREQ=MONTHLY;INTERVAL=3;BYDAY=1WE",
            Calendar("FREQ=MONTHLY;INTERVAL=3;BYDAY=1WE"),
            "on the first Wednesday of every 3 months",
        ),
        ("RRULE:FREQ=WEEKLY;BYDAY=MO,WE", Calendar("FREQ=WEEKLY;BYDAY=MO,WE"), "on Monday and Wednesday every week"),
        (
            "RRULE:FREQ=MONTHLY;BYDAY=MO,TU;BYSETPOS=2",
            Calendar("FREQ=MONTHLY;BYDAY=MO,TU;BYSETPOS=2"),
            "on dates set in the programme's calendar",
        ),
        ("on demand", OnDemand(), "when asked for"),
        (
            "on demand, ask after 90 days",
            OnDemand(Duration(90, "days")),
            "when asked for, with a quiet question after 90 days without one",
        ),
    ],
)
def test_a_sentence_is_read_and_said_back(words: str, value: object, said: str) -> None:
    assert when(words) == value
    assert say(when(words)) == said
    assert "FREQ=" not in say(when(words))


@pytest.mark.requirement("001-10")
def test_a_rhythm_that_steps_is_read_and_said_back() -> None:
    stepped = when("every week until 6 weeks, then every 2 weeks until 6 months, then every month")
    assert isinstance(stepped, Rolling)
    assert [step.until for step in stepped.steps] == [duration("6 weeks"), duration("6 months"), None]
    assert say(stepped) == (
        "every week until 6 weeks in, then every 2 weeks until 6 months in, then every month, counted from the last one"
    )


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        ("evry month", "every 2 to 3 months"),
        ("every 0 weeks", "as a rhythm"),
        ("every 90 minutes", "as a rhythm"),
        ("every 3 to 2 months", "the first number must be the smaller one"),
        ("every week, then every month", 'every step but the last needs an "until"'),
        ("every week until 6 weeks from start", "counted"),
        ("within a moment of start", "as a length of time"),
        ("on the fifth Tuesday of every month", "as a time"),
        ("RRULE:FREQ=HOURLY", "the shortest rhythm is FREQ=DAILY"),
        ("RRULE:every day", "as a time"),
        ("", "as a time"),
    ],
)
def test_what_cannot_be_read_is_answered_with_how_to_write_it(words: str, complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        when(words)


def test_an_event_is_said_in_the_readers_words() -> None:
    assert say(when("by end"), lambda event: f"the {event} date") == "by the end date"


def test_lengths_spans_and_part_time_lengths_are_read() -> None:
    assert [duration(words) for words in ("a week", "one month", "5 working days", "90 minutes")] == [
        Duration(1, "weeks"), Duration(1, "months"), Duration(5, "working days"), Duration(90, "minutes"),
    ]  # fmt: skip
    assert span("12 to 24 months") == Step(Duration(12, "months"), Duration(24, "months"))
    assert part_time("18 months") == PartTime(Duration(18, "months"))
    assert part_time("pro rata, at most 24 months") == PartTime(Duration(24, "months"), pro_rata=True)


def test_a_step_of_a_ladder_is_read() -> None:
    assert ladder_step("7 days before: mentee and mentor") == LadderStep(
        Duration(-7, "days"), False, ("mentee", "mentor")
    )
    assert ladder_step("on the day: person") == LadderStep(Duration(0, "days"), False, ("person",))
    assert ladder_step("every week after: person, supporter and lead") == LadderStep(
        Duration(1, "weeks"), True, ("person", "supporter", "lead")
    )


def test_months_are_counted_from_the_anchor_and_come_back_to_its_day() -> None:
    monthly = Duration(1, "months")
    assert [monthly.times(n).after(date(2027, 1, 31)).day for n in range(1, 7)] == [28, 31, 30, 31, 30, 31]
    leap = Duration(1, "years")
    assert [leap.times(n).after(date(2024, 2, 29)) for n in range(1, 5)] == [
        date(2025, 2, 28), date(2026, 2, 28), date(2027, 2, 28), date(2028, 2, 29),
    ]  # fmt: skip


@given(anchor=DAYS, n=st.integers(1, 60))
def test_months_after_an_anchor_never_drift(anchor: date, n: int) -> None:
    found = Duration(n, "months").after(anchor)
    assert (found.year * 12 + found.month) - (anchor.year * 12 + anchor.month) == n
    following = date(found.year + found.month // 12, found.month % 12 + 1, 1)
    assert found.day == anchor.day or (found.day < anchor.day and (following - found).days == 1)


def test_working_days_heed_what_is_closed() -> None:
    easter = frozenset({date(2026, 4, 3), date(2026, 4, 6)})
    assert duration("5 working days").after(date(2026, 4, 2), easter) == date(2026, 4, 13)
    assert duration("5 days").after(date(2026, 4, 2), easter) == date(2026, 4, 7)


@pytest.mark.parametrize(
    ("words", "dates"),
    [
        ("within 14 days of start", ["2027-02-14"]),
        ("30 days before end", ["2027-01-01"]),
        ("at 3 months, 6 months and 11 months after start", ["2027-04-30", "2027-07-31", "2027-12-31"]),
        ("every 2 weeks", ["2027-02-14", "2027-02-28", "2027-03-14"]),
        ("every 2 to 3 months", ["2027-04-30", "2027-07-30", "2027-10-30"]),
        ("every month from start", ["2027-02-28", "2027-03-31", "2027-04-30"]),
        ("each calendar month", ["2027-02-28", "2027-03-31", "2027-04-30"]),
        ("each calendar quarter", ["2027-03-31", "2027-06-30", "2027-09-30"]),
        ("on the second Tuesday of every month", ["2027-02-09", "2027-03-09", "2027-04-13"]),
        ("on 30 November every year", ["2027-11-30", "2028-11-30", "2029-11-30"]),
        ("on demand, ask after 90 days", ["2027-05-01", "2027-07-30", "2027-10-28"]),
        ("on demand", []),
    ],
)
def test_every_sentence_of_time_has_its_next_three_dates(words: str, dates: list[str]) -> None:
    assert [day.isoformat() for day in next_three(when(words), date(2027, 1, 31))] == dates


def test_every_sentence_in_every_built_in_programme_has_next_dates_and_words() -> None:
    for programme in built_in().values():
        for kind in ("session", "form", "checklist", "criterion", "course", "portfolio"):
            for name, card in programme.cards(kind).items():
                time = getattr(card, "when", None)
                if time and time != OnDemand():
                    assert next_three(time, date(2026, 12, 1)), (programme.key, name)
        assert "FREQ=" not in show_text(programme)


@pytest.mark.requirement("003-70")
def test_the_managers_meeting_is_the_second_tuesday_of_every_month() -> None:
    meeting = built_in()["senior-manager"].session["managers-meeting"].when
    assert meeting
    assert next_three(meeting, date(2026, 12, 1)) == (date(2026, 12, 8), date(2027, 1, 12), date(2027, 2, 9))
