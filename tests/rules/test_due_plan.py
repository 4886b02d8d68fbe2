"""The plan for a new manager, lived through: every thing owed is done on its last working day, and the months agree."""

from collections import Counter, defaultdict
from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise

import pytest

from bot.programmes.loader import built_in
from bot.rules.due import Due, Facts, Happening, due_rules, owed
from bot.rules.working_days import working_day_after

START, END = date(2026, 12, 1), date(2027, 3, 1)
CLOSED = frozenset({date(2026, 12, 25), date(2026, 12, 28), date(2027, 1, 1)})
PAIR = "relationship:pair"


class Life:
    """Somebody who does whatever is asked, on the last working day there is for it."""

    def __init__(self) -> None:
        self.programme = built_in()["senior-manager"]
        self.happened: dict[str, set[Happening]] = defaultdict(set)
        self.happened["mentoring matched"].add(Happening(START, relationship=PAIR))
        self.did: list[Due] = []
        self.rows: set[tuple[str, str, str, str]] = set()
        roles = frozenset({"mentor", "line-manager"})
        self.facts = Facts(START, END, level="manager", roles=roles)

    def live(self, until: date) -> None:
        while coming := [due for due in self.open_items() if due.due_on <= until]:
            self.do(min(coming, key=lambda due: (due.due_on, due.rule.key)))

    def open_items(self) -> list[Due]:
        facts = replace(self.facts, happenings={event: tuple(found) for event, found in self.happened.items()})
        return [
            due
            for rule in due_rules(self.programme, facts, {})
            if rule.scope != "programme" and not rule.invites
            for due in owed(rule, facts, until=START, closed=CLOSED)
            if not due.done_on
        ]

    def do(self, due: Due) -> None:
        row = (due.rule.key, due.relationship, due.subject, due.period)
        assert row not in self.rows, f"asked for again though it was done: {row}"
        self.rows.add(row)
        on = working_day_after(working_day_after(due.due_on, 1, CLOSED), -1, CLOSED)
        is_meeting = due.rule.key.startswith("session.") and due.scope == "relationship"
        subject = f"session:{len(self.did)}" if is_meeting else due.subject
        for event in due.rule.makes:
            self.happened[event].add(Happening(on, subject, due.relationship))
        self.did.append(due)


@pytest.fixture(scope="module")
def life() -> Life:
    found = Life()
    found.live(END + timedelta(days=30))  # the last meetings' records run on past the end
    return found


def dates(life: Life, key: str) -> list[date]:
    return [due.due_on for due in life.did if due.rule.key == key]


def test_the_plan_begins_with_the_agreement_and_the_first_conversation(life: Life) -> None:
    assert (
        dates(life, "form.agreement#sign:mentee") == dates(life, "form.agreement#sign:mentor") == [date(2026, 12, 15)]
    )
    assert dates(life, "session.first-meeting") == [date(2026, 12, 29)]


@pytest.mark.requirement("003-24")
def test_the_pair_then_meets_every_fortnight_and_never_more_than_two_weeks_apart(life: Life) -> None:
    meetings = [*dates(life, "session.first-meeting"), *dates(life, "session.mentoring")]
    gaps = [b - a for a, b in pairwise(meetings)]
    assert gaps == [timedelta(days=14)] * 4
    assert END - meetings[-1] < timedelta(days=14)


@pytest.mark.requirement("001-24")
def test_each_meeting_has_one_of_each_of_its_steps(life: Life) -> None:
    steps = Counter(
        (due.subject, due.rule.key.partition("#")[2])
        for due in life.did
        if due.scope == "session" and "mentoring-note" in due.rule.key
    )
    by_meeting = defaultdict(set)
    for (meeting, step), n in steps.items():
        assert n == 1
        by_meeting[meeting].add(step)
    assert list(by_meeting.values()) == [{"share", "sign:mentee", "sign:mentor"}] * 4


@pytest.mark.requirement("003-25")
def test_the_plan_ends_with_its_review_and_the_checklist_and_nothing_is_owed_afterwards(life: Life) -> None:
    assert dates(life, "form.end-review#sign:mentor") == [date(2027, 2, 15)]
    assert dates(life, "checklist.plan") == [END]
    assert [due for due in life.did if due.due_on > END and due.scope != "session"] == []
    assert life.open_items() == []
