"""Due rows are the truth: whatever closes a thing closes its rows and whatever undoes it opens them, in any order.

Everything that can be done is done and undone in random order through the actions, and after each step the rows are
held against a full scan of the facts, against the laws of a row, and against the rules in plain words. The same steps
are taken every time; `HANDRAIL_DUE_EXAMPLES=500` takes new ones, that many lives on each programme and database.
"""

import os

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from bot.errors import HandrailError
from storage.database import Database
from tests.actions import due_rows
from tests.actions.doings import DOINGS, NothingToDo, Pick, World
from tests.actions.due_plainly import plainly
from tests.conftest import empty
from tests.factories import make_service

MANY = int(os.environ.get("HANDRAIL_DUE_EXAMPLES", "0"))
FEW = {"sqlite": 14, "postgresql": 5}  # on each programme
LEVELS = {"senior-manager": "manager", "str-worker": ""}
COMMON = ("pass_days", "schedule", "say_held", "write", "sign")  # what much else needs to have happened
SMALL = st.integers(0, 9)
STEPS = st.lists(
    st.tuples(st.sampled_from((*sorted(DOINGS), *COMMON, *COMMON)), st.builds(Pick, SMALL, SMALL, SMALL)),
    min_size=12,
    max_size=30,
)


@pytest.mark.timeout(3600 if MANY else 120)
@pytest.mark.parametrize("programme", LEVELS)
def test_the_rows_say_what_the_facts_say_whatever_is_done_and_undone(database: Database, programme: str) -> None:
    took_effect: set[str] = set()

    @settings(
        max_examples=MANY or FEW[database.engine.dialect.name],
        derandomize=not MANY,
        database=None,
        deadline=None,
        phases=(Phase.generate, Phase.shrink) if MANY else (Phase.generate,),
        suppress_health_check=list(HealthCheck),
    )
    @given(STEPS)
    def live(steps: list[tuple[str, Pick]]) -> None:
        took_effect.update(live_through(database, programme, steps))

    live()
    assert len(took_effect) > len(DOINGS) / 3, "too little could be done for this to say anything"


def live_through(database: Database, programme: str, steps: list[tuple[str, Pick]]) -> set[str]:
    """Do one thing after another, holding the rows against the truth after each; return what took effect."""
    empty(database)
    with database.transaction() as db:
        world = World(database, programme, make_service(db, programme=programme, level=LEVELS[programme]))
    took_effect = set()
    for name, pick in steps:
        with database.reading() as db:
            before = due_rows.as_they_are(db)
        try:
            DOINGS[name](world, pick)
            took_effect.add(name)
            refused = False
        except (HandrailError, NothingToDo):
            refused = True
        with database.reading() as db:
            assert not refused or due_rows.as_they_are(db) == before, f"{name} {pick} was refused and changed something"
            wrong = [*due_rows.scan(db, world), *due_rows.laws(db, world, before), *plainly(db, world)]
            wrong += due_rows.silent(db, world) if name.startswith("pass_") else ()
        assert not wrong, f"after {name} {pick} on {world.now:%a %d %b %Y %H:%M}: " + "; ".join(wrong)
    return took_effect
