"""A Home as full as it can be is one that Slack takes."""

from dataclasses import replace
from datetime import UTC, date, datetime
from uuid import uuid4

from bot.practice import texts
from bot.practice.block_kit import check_view
from bot.rules.home import MOST_PEOPLE, MOST_PROGRAMMES, HomePage, LedProgramme, OwnProgramme, PersonStatus
from bot.rules.places import PairLine, PairRef, Place
from bot.rules.progress import Pace
from bot.rules.sessions import ListedSession, Next
from bot.values import Duty, PersonLine, Ref, Seat, Step
from prompts.home import home_view

NOW = datetime(2026, 12, 1, 9, 12, tzinfo=UTC)
TODAY = date(2026, 12, 1)
LONG = "Ngozi <!channel> & " + "Adichie-Featherstonehaugh " * 6


def duty(**more: object) -> Duty:
    """Return something owed, its names as long as they come."""
    made = Duty(
        ref=Ref("due", uuid4(), 3), step=Step.SIGN, rule="form.review#sign:mentor", title=LONG, owner_id=uuid4(),
        owner_name=LONG, about_id=uuid4(), about_name=LONG, due_on=date(2026, 11, 1), is_late=True,
    )  # fmt: skip
    return replace(made, **more)  # type: ignore[arg-type]  # the test names the fields


def place() -> Place:
    """Return a place with three pairs that wait for their agreement."""
    enrolment_id = uuid4()
    people = (PersonLine(uuid4(), LONG), PersonLine(uuid4(), LONG))
    pairs = tuple(
        PairLine(
            ref=PairRef(enrolment_id, f"kind-{n}"), title=LONG, by="Mentor", most=2, relationship_id=uuid4(),
            state="waiting", supporters=people,
        )
        for n in range(3)
    )  # fmt: skip
    return Place(
        enrolment_id=enrolment_id, person=people[0], programme="p", programme_title=LONG, level=LONG, starts_on=TODAY,
        ends_on=TODAY, is_in_slack=True, is_welcomed=True, has_left=False, pairs=pairs,
    )  # fmt: skip


def session() -> ListedSession:
    """Return a planned session that is still to come, with all its buttons."""
    return ListedSession(
        id=uuid4(), version=1, title=LONG, names=(LONG, LONG), at=NOW, zone="Europe/London", minutes=60, cause="",
        state="planned", held_on=None, steps=(Next.PREPARE, Next.MOVE, Next.CANCEL, Next.CALENDAR), record=None,
    )  # fmt: skip


def full_page() -> HomePage:
    """Return a Home of somebody who is everything at once."""
    pace = Pace(3, 22, 30, 90)
    led = LedProgramme("p", LONG, enrolled=900, late=7, not_welcomed=3, not_paired=2, not_agreed=4, left=1)
    return HomePage(
        name=LONG,
        zone="Europe/London",
        at=NOW,
        today=TODAY,
        asked=tuple(duty() for _ in range(60)),
        coming=tuple(session() for _ in range(3)),
        programmes=tuple(OwnProgramme(place(), pace, TODAY, LONG) for _ in range(MOST_PROGRAMMES)),
        people=tuple(PersonStatus(uuid4(), LONG, LONG, Seat.SIGNER, pace, 2, NOW) for _ in range(MOST_PEOPLE)),
        more_people=30,
        led=tuple(led for _ in range(12)),
        unsent=1,
    )


def test_the_fullest_home_is_taken_whole_with_the_way_to_every_screen() -> None:
    view = home_view(full_page())
    check_view(view, "home")
    assert len(view["blocks"]) <= 100
    read = texts(view)
    assert read[-6:] == ["My meetings", "My checklist", "My training", "My reflections", "Programme", "My time"]
    assert "and 44 more, which come up here as these are done" in read
    assert "1 message did not go out and waits for you" in read


def test_names_are_shown_inert() -> None:
    assert "<!channel>" not in "\n".join(texts(home_view(full_page())["blocks"][2:]))
