"""What a digest says besides its buttons."""

from dataclasses import replace
from datetime import date
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


def test_the_foot_promises_no_more_than_is_kept() -> None:
    message = digest.digest_message([duty(Step.SIGN)], (), name="Ben Cole", zone="Europe/London", today=TODAY)
    assert "once a working day at most, besides news of a meeting" in texts({"blocks": list(message.blocks)})[-1]


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
