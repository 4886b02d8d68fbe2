"""What a digest says besides its buttons."""

from dataclasses import replace
from datetime import UTC, date, datetime
from uuid import uuid4

from bot.practice import texts
from bot.values import Duty, Ref, Step
from prompts import digest, duties, nudges

TODAY = date(2026, 12, 1)


def duty(step: Step, due_on: date = TODAY) -> Duty:
    """Return something that Ben is asked for about Asha."""
    return Duty(
        ref=Ref("due", uuid4(), 1),
        step=step,
        rule="pairing",
        title="Clinical supervision",
        owner_id=uuid4(),
        owner_name="Ben Cole",
        about_id=uuid4(),
        about_name="Asha Rahman",
        due_on=due_on,
        is_late=due_on < TODAY,
        fixed=False,
        may_be_not_applicable=False,
        session_id=None,
        told_as="person",
    )


def test_a_notification_says_the_same_thing_once_and_how_often() -> None:
    asked = [replace(duty(Step.PAIR), ref=Ref("due", uuid4(), 1)) for _ in range(3)]
    message = digest.digest_message(asked, (), name="Grace Obi", zone="Europe/London", today=TODAY)
    assert message.text == "Grace: Clinical supervision, by today (3)"


def test_preparing_is_never_late() -> None:
    asked = duty(Step.PREPARE, date(2026, 11, 30))
    assert duties.duty_line(asked, today=TODAY).endswith("\nBefore you meet.")


def test_the_foot_says_where_to_choose_how_often() -> None:
    message = digest.digest_message([duty(Step.SIGN)], (), name="Ben Cole", zone="Europe/London", today=TODAY)
    assert "There you also choose how often I write." in texts({"blocks": list(message.blocks)})[-1]


def test_putting_off_an_invitation_speaks_of_no_due_day() -> None:
    shown = texts(nudges.snooze_form(duty(Step.REFLECT), (("Tomorrow", date(2026, 12, 2)),), today=TODAY))
    assert not [text for text in shown if "Due" in text]


def told(name: str, step: Step = Step.CHECKLIST) -> Duty:
    """Return something of another's that Owen is told about."""
    person = uuid4()
    return replace(
        duty(step), ref=Ref("due", uuid4(), 1), told_as="lead", title="Induction", owner_name=name,
        owner_id=person, about_id=person,
    )  # fmt: skip


def test_what_several_others_are_late_with_is_one_thing() -> None:
    asked = [told("Siân Morgan"), told("Rhys Jones"), told("Jack Taylor", Step.TRAIN)]
    message = digest.digest_message(asked, (), name="Owen Hughes", zone="Europe/London", today=TODAY)
    shown = texts({"blocks": list(message.blocks)})
    assert "*Hello Owen. 2 things to look at today.*" in shown
    assert "*Induction*: still open\nFor Siân Morgan and Rhys Jones to do. By today" in shown


def test_home_is_not_said_to_hold_what_is_others_to_do() -> None:
    asked = [replace(told(f"Person {n}"), title=f"Induction {n}") for n in range(10)]
    message = digest.digest_message(asked, (), name="Owen Hughes", zone="Europe/London", today=TODAY)
    assert "and 2 more of your people: your Home shows how they stand" in texts({"blocks": list(message.blocks)})


def test_a_hundred_names_are_not_read_out() -> None:
    message = digest.digest_message(
        [told(f"Person {n}") for n in range(100)], (), name="Owen Hughes", zone="Europe/London", today=TODAY
    )
    shown = "\n".join(texts({"blocks": list(message.blocks)}))
    assert "Person 10 and 89 others to do." in shown


def shown_to_grace(asked: list[Duty], sessions: tuple[digest.SessionLine, ...] = ()) -> list[str]:
    """Return all that can be read in a digest."""
    message = digest.digest_message(asked, sessions, name="Grace Obi", zone="Europe/London", today=TODAY)
    return texts({"blocks": list(message.blocks)})


def for_(name: str, step: Step = Step.PAIR, **more: object) -> Duty:
    """Return something that is asked for about somebody."""
    return replace(duty(step), ref=Ref("due", uuid4(), 1), about_name=name, **more)  # type: ignore[arg-type]  # fields of a Duty


def test_what_one_screen_settles_for_many_people_is_one_thing() -> None:
    asked = [for_("Leah Bell"), for_("Adam Rees"), for_("Siân Morgan"), for_("Rhys Jones", title="Mentoring")]

    shown = shown_to_grace(asked)

    assert "*Hello Grace. 2 things to look at today.*" in shown
    assert "*Clinical supervision*: 3 people have nobody yet\nLeah, Adam and Siân. By today" in shown
    assert "Find somebody for Leah" in shown and "See them all" in shown
    assert "Rhys has nobody yet for *Mentoring*\nBy today" in shown


def test_what_is_signed_for_each_person_keeps_a_button_for_each() -> None:
    shown = shown_to_grace([for_("Leah Bell", Step.SIGN_OFF), for_("Adam Rees", Step.SIGN_OFF)])

    assert shown.count("Sign off") == 2


def test_the_steps_of_one_session_are_one_line() -> None:
    meeting = uuid4()
    steps = [
        for_("Asha Rahman", Step.WRITE, session_id=meeting, title="Meeting record"),
        for_("Asha Rahman", Step.SAY_HELD, session_id=meeting, title="Mentoring", due_on=date(2026, 12, 4)),
    ]

    shown = shown_to_grace(steps)

    assert "*Hello Grace. 1 thing to look at today.*" in shown
    assert "*Meeting record* for Asha: to be written; *Mentoring* with Asha: did it take place?\nBy today" in shown
    assert "Write the record" in shown and "Held or not held?" in shown


def test_at_most_eight_things_are_shown_and_the_rest_is_counted_where_it_is() -> None:
    at = datetime(2026, 12, 2, 14, tzinfo=UTC)
    sessions = tuple(digest.SessionLine(uuid4(), 1, "Mentoring", "Ben Cole", at, 60) for _ in range(3))
    asked = [for_("Asha Rahman", Step.SIGN_OFF, title=f"Skill {n}") for n in range(10)]

    shown = shown_to_grace(asked, sessions)

    assert sum("is ready for sign-off" in text for text in shown) == 5
    assert "and 5 more on your Home" in shown


def test_what_is_left_is_told_apart_where_it_is_found() -> None:
    mine = [for_("Asha Rahman", Step.SIGN_OFF, title=f"Skill {n}") for n in range(9)]

    shown = shown_to_grace([*mine, told("Siân Morgan"), told("Rhys Jones", Step.TRAIN)])

    assert "and 1 more on your Home, and 2 more of your people: your Home shows how they stand" in shown
