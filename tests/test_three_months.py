"""The senior-manager plan, lived through its three months at the page, from the example files of an organisation.

Everybody acts as a person at the practice workspace would; the clock moves step by step, so that nothing due is jumped
over. At the end every message that anyone received is looked at.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.actions.working_times import working_time_of
from bot.clock import SetClock
from bot.demo import FIRST_MORNING, begin_service, demo_running
from bot.practice import Person, PracticeServer, texts
from bot.rules.slots import slot_at
from storage.database import Database
from storage.queries import people as people_queries

LONDON = ZoneInfo("Europe/London")
IDS = {"grace": "U0GRACE01", "asha": "U0ASHA001", "ben": "U0BEN0001", "samira": "U0SAMIRA1", "joy": "U0JOY0001"}
SECRETS = ("heronfold", "plumbago", "quillback", "marrowfat", "sandpiper")  # typed into forms; in no message, ever


class Play:
    """The people of the story, and the clock."""

    def __init__(self, database: Database, server: PracticeServer) -> None:
        self.database, self.server = database, server
        self.grace, self.asha, self.ben, self.samira, self.joy = (Person(server.url, one) for one in IDS.values())

    def to(self, day: str, hour: int = 12) -> None:
        """Move on to an hour of a day, London time."""
        at = datetime.combine(date.fromisoformat(day), datetime.min.time(), LONDON) + timedelta(hours=hour)
        self.grace.move_clock("to", at.isoformat())


@contextmanager
def playing(database: Database) -> Iterator[Play]:
    """Begin the fictional service on its first morning."""
    clock = SetClock(FIRST_MORNING)
    begin_service(database, clock.now())
    with demo_running(database, clock, 0) as server:
        yield Play(database, server)


def shown(what: object) -> str:
    """Return everything readable in a form or message."""
    return "\n".join(texts(what)) if what else ""  # type: ignore[arg-type]  # views and messages alike


def heard(person: Person) -> str:
    """Return everything a person was told in the app's conversation."""
    return "\n".join(shown(message) for message in person.messages())


def posted_to(play: Play, name: str) -> str:
    """Return everything that was ever posted to a person, whatever was made of it later."""
    posts = (one for one in play.server.workspace.accepted if one.what == "post" and one.user == IDS[name])
    return "\n".join(shown({"text": one.text, "blocks": one.blocks}) for one in posts)


def set_up(play: Play) -> None:
    """The lead chooses the mentors' channel and sends the welcomes."""
    grace = play.grace
    grace.command("/mentoring")
    grace.press("Settings")
    grace.fill({"Channel for the weekly summary": "C0MENTORS1"})
    grace.submit()
    assert not grace.errors, grace.errors
    grace.close(everything=True)
    grace.command("/mentoring")
    grace.press("Send the welcomes")
    grace.submit()
    play.to("2026-11-30")
    assert "Welcome to Senior and manager mentoring plan" in heard(play.asha)
    assert "Grace Obi" in heard(play.asha)
    assert "Ben Cole" in heard(play.asha)


def agree(play: Play, often: str = "every 2 weeks") -> None:
    """The mentee writes the agreement, and all three sign the same text."""
    asha, ben, samira = play.asha, play.ben, play.samira
    asha.command("/mentoring")
    asha.press("Sign the agreement")
    asha.fill(
        {
            "How shall we work: asking, showing, or both?": "both",
            "How often we meet": often,
            "How can the mentee reach the mentor in between?": f"By phone, {SECRETS[0]}.",
            "How soon can the mentee expect an answer?": "1 working day",
        }
    )
    asha.submit()
    asha.submit()  # share it
    asha.submit()  # sign it
    asha.close(everything=True)
    play.to("2026-12-01")
    for mentor in (ben, samira):
        assert "Mentoring agreement" in heard(mentor)
        mentor.press("Sign the agreement")
        assert SECRETS[0] in shown(mentor.modal)
        mentor.submit()
        assert not mentor.errors, mentor.errors
        mentor.close(everything=True)
    asha.command("/mentoring")
    assert "Meetings begin once" not in shown(asha.modal)
    asha.close(everything=True)


def meet_first(play: Play) -> None:
    """The first conversation: planned, announced, held, written, sent back once, signed by both."""
    asha, ben = play.asha, play.ben
    ben.command("/supervision schedule @Asha Rahman tue 8 dec 2pm")
    ben.submit()
    assert not ben.errors, ben.errors
    ben.close(everything=True)
    play.to("2026-12-08", 15)
    assert "First conversation with Ben Cole today at 14:00" in heard(asha)
    asha.command("/supervision")
    asha.press("Add to my calendar")
    asha.close(everything=True)
    play.to("2026-12-09")
    assert any(message.get("files") for message in asha.messages()), "the calendar file did not come"
    ben.press("Held")
    ben.submit()
    assert "Tue 15 Dec" in shown(ben.modal)  # five working days (001-23)
    ben.press("Write the record")
    ben.fill({"matters": f"To run the house alone, {SECRETS[1]}.", "strengths": "People, less so sheets."})
    ben.submit()
    ben.fill({"together": "Ask first, show when it is new.", "next": "Asha: read the guide"})
    ben.submit()
    ben.submit()  # share
    ben.close(everything=True)
    play.to("2026-12-10")
    asha.press("Sign the record")
    assert SECRETS[1] in shown(asha.modal)
    asha.press("Ask for changes")
    asha.fill({"reason": f"It was the budget I meant, {SECRETS[2]}."})
    asha.submit()
    asha.close(everything=True)
    play.to("2026-12-11")
    ben.press("See what to change")
    ben.fill({"matters": f"To run the house and its budget alone, {SECRETS[1]}."})
    for _ in range(4):  # two pages, share, sign
        ben.submit()
        assert not ben.errors, ben.errors
    ben.close(everything=True)
    play.to("2026-12-14")
    asha.press("Sign the record")
    asha.submit()
    assert "signed today" in shown(asha.modal)
    asha.close(everything=True)
    asha.command("/supervision")
    assert "Record: shared, complete, 1 action agreed" in shown(asha.last_message)


def write_all(person: Person, said: str) -> None:
    """Answer every question of every page with the same words, or the first choice, until the text can be shared."""
    for _ in range(8):
        assert person.modal
        if not str((person.modal["submit"] or {}).get("text")).startswith("Save"):
            return
        for block in person.modal["blocks"]:
            if block["type"] == "input":
                element = block["element"]
                choices = element.get("options")
                person.fill({block["block_id"]: choices[0]["value"] if choices else said})
        person.submit()
        assert not person.errors, person.errors
    raise AssertionError("the form has no end")


def reflect(play: Play) -> None:
    """An invitation opens the form; a draft is private; sharing points at names and asks; a comment comes back."""
    asha, ben = play.asha, play.ben
    play.to("2026-12-15")
    asha.press("Write a reflection")
    write_all(asha, f"Mrs Harding on 3 March taught me patience, {SECRETS[3]}.")
    assert "only you can read it" in shown(asha.modal)
    asha.press("Share with my mentor")
    assert "*Mrs Harding*" in shown(asha.modal)  # it points at the words, and asks
    asha.fill({"Who may read it?": "Ben Cole"})
    asha.submit()
    assert not asha.errors, asha.errors
    asha.close(everything=True)
    play.to("2026-12-16", 10)
    ben.press("Read it")
    assert SECRETS[3] in shown(ben.modal)
    ben.fill({"Your comment": f"That took courage, {SECRETS[3]}."})
    ben.submit()
    ben.close(everything=True)
    play.to("2026-12-17", 10)
    assert "comment" in heard(asha)


def meet(play: Play, day: str, *, signed_on: str) -> None:
    """A mentoring meeting from the first command to both signatures."""
    asha, ben = play.asha, play.ben
    schedule(play, day)
    play.to(after(day))
    ben.press("Held")
    ben.submit()
    ben.press("Write the record")
    write_all(ben, f"How the month went, {SECRETS[4]}.")
    ben.submit()  # share
    ben.submit()  # sign
    ben.close(everything=True)
    play.to(signed_on)
    asha.press("Sign the record")
    asha.submit()
    assert "complete" in shown(asha.modal) or "signed" in shown(asha.modal)
    asha.close(everything=True)


def schedule(play: Play, day: str) -> None:
    """Plan a meeting by typing its day."""
    ben, on = play.ben, date.fromisoformat(day)
    ben.command(f"/supervision schedule @Asha Rahman {on.day} {on:%b} 2pm")
    ben.submit()
    if ben.modal and "anyway" in str(ben.modal["submit"]):
        ben.submit()
    assert not ben.errors, (ben.errors, shown(ben.modal))
    ben.close(everything=True)


def after(day: str) -> str:
    """Return the day after."""
    return (date.fromisoformat(day) + timedelta(days=1)).isoformat()


def not_held(play: Play, day: str) -> None:
    """A meeting that did not take place: the cause is counted, and a new date is asked for at once."""
    ben = play.ben
    schedule(play, day)
    play.to(after(day))
    ben.press("Held or not held?")
    ben.press("It was not held")
    ben.fill({"cause": "Something urgent came up"})
    ben.submit()
    assert not ben.errors, ben.errors
    assert "by Wed 13 Jan" in shown(ben.modal)  # to be arranged again within five working days
    ben.close(everything=True)


def sign_criteria(play: Play) -> None:
    """Asked for and signed; sent back and signed; signed on two occasions; many at once."""
    asha, ben, samira = play.asha, play.ben, play.samira
    asha.command("/checklist")
    asha.press("Open")
    asha.press("Ready for sign-off")
    asha.submit({"note": f"The October sheets, {SECRETS[0]}."})
    asha.close(everything=True)
    play.to("2027-01-12", 10)
    assert "Calculate and sign off monthly finances" in heard(ben)
    ben.press("Sign off")
    assert SECRETS[0] in shown(ben.modal)
    ben.press("Ask for two signatures")
    ben.submit({"reason": "Once a month end, once a year end."})
    ben.close(everything=True)
    ben.command("/checklist @Asha Rahman")
    ben.press("Sign off (1 ready)")
    ben.submit()
    assert "Signed once of two" in shown(ben.modal)
    ben.close(everything=True)
    play.to("2027-02-02", 10)
    samira.command("/checklist @Asha Rahman")
    samira.press("Sign off")
    for block in samira.modal["blocks"] if samira.modal else []:
        if block["type"] == "input" and block["element"]["type"] == "checkboxes":
            samira.fill({block["block_id"]: [option["value"] for option in block["element"]["options"]]})
    samira.submit()
    assert not samira.errors, samira.errors
    assert "15 of 15" in shown(samira.modal)
    assert "Asha Rahman has shown the competence the role asks for." in shown(samira.modal)
    samira.close(everything=True)


def train(play: Play) -> None:
    """What is to be renewed is nudged; logged by one, verified by another; the next renewal is a year on."""
    asha, joy = play.asha, play.joy
    assert "*Fire safety*: to be renewed" in posted_to(play, "asha")
    asha.command("/training done fire 1 feb")
    asha.fill({"certificate": f"Certificate 5121, {SECRETS[4]}"})
    asha.submit()
    assert "Waits to be verified" in shown(asha.modal)
    asha.close(everything=True)
    play.to("2027-02-03", 10)
    joy.press("Verify")
    joy.submit()
    assert "Nothing more waits" in shown(joy.modal)
    joy.close(everything=True)
    asha.command("/training")
    assert "Done Mon 1 Feb. Next by Tue 1 Feb 2028." in shown(asha.modal)
    asha.close(everything=True)


def end(play: Play) -> None:
    """The end review is asked of both; so is what the plan did, before the end."""
    play.to("2027-02-26", 10)
    assert "End review" in posted_to(play, "asha")
    assert "End review" in posted_to(play, "ben")
    assert "What mentoring did for me" in posted_to(play, "asha")


def summaries(play: Play) -> None:
    """The mentors' channel heard the weeks: counts and thanks, no names, nothing anybody wrote."""
    posted = [shown(message) for message in play.ben.messages("C0MENTORS1")]
    assert len(posted) >= 8
    with play.database.reading() as db:
        everyone = people_queries.find_people_by_words(db, words="", on=date(2027, 2, 1))
        names = {word for person in everyone for word in person.name.split()}
    assert not [(name, text) for text in posted for name in names if re.search(rf"\b{name}\b", text)]


def every_message(play: Play) -> None:
    """Nothing anybody wrote was ever in a message; nobody heard from us twice, or outside their working time."""
    accepted = list(play.server.workspace.accepted)
    posts = [one for one in accepted if one.what == "post"]
    assert len(posts) > 300
    assert not [word for word in SECRETS if word in repr(accepted)]
    said_once = [str(one.metadata) for one in posts]
    assert len(said_once) == len(set(said_once))
    with play.database.reading() as db:
        for one in posts:
            person = people_queries.find_person_by_slack_id(db, one.user or "")
            if person:
                working = working_time_of(db, person, around=one.at.date())
                assert slot_at(working, one.at), (person.name, one.at, one.text)


@pytest.mark.requirement("003-23")
@pytest.mark.timeout(600)  # three months of a whole service, on whatever machine
def test_three_months_of_the_mentoring_plan(sqlite_database: Database) -> None:
    with playing(sqlite_database) as play:
        set_up(play)
        agree(play)
        meet_first(play)
        reflect(play)
        meet(play, "2026-12-17", signed_on="2027-01-04")  # Asha is on leave from 21 December
        not_held(play, "2027-01-05")
        meet(play, "2027-01-07", signed_on="2027-01-11")
        sign_criteria(play)
        train(play)
        end(play)
        summaries(play)
        every_message(play)
