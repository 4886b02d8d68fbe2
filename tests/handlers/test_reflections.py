"""Reflections, as people write, share and take them back in Slack."""

import pytest
from sqlmodel import select

from bot.practice import Person
from bot.values import Ref
from prompts import ids
from storage.queries.people import get_person
from storage.tables.delivery import AuditEvent, Delivery, DueItem
from storage.tables.written import Answer, Document, Share
from tests.handlers.writing import press, rows, said
from tests.service import Running

WHAT, SO_WHAT, NOW_WHAT = "What happened?", "So what?", "Now what?"


def write(service: Running, what: str = "It was hard, and I stayed.") -> Person:
    asha = service.person("asha")
    asha.command("/reflect new")
    asha.submit({WHAT: what})
    asha.submit({SO_WHAT: "I can ask sooner."})
    asha.submit({NOW_WHAT: "Ask before I am tired."})
    return asha


def share(service: Running, what: str = "It was hard, and I stayed.") -> Person:
    asha = write(service, what)
    asha.press("Share with my mentor")
    asha.submit({"with": ["Mary Mentor"]})
    return asha


def test_it_is_saved_page_by_page_and_opened_again_where_it_was_left(service: Running) -> None:
    asha = service.person("asha")
    asha.command("/reflect")
    asha.press("New reflection")
    assert "*Only you* can read this" in said(asha.modal)
    assert "a court or a regulator can ask for it" in said(asha.modal)
    asha.submit({WHAT: "It was hard, and I stayed."})
    asha.close(everything=True)
    asha.command("/reflect")
    assert "not finished" in said(asha.modal)
    asha.press("Go on")
    assert SO_WHAT in said(asha.modal)
    asha.press("Back")
    assert "It was hard, and I stayed." in str(asha.modal)


def test_the_shortcut_and_the_invitation_open_the_same_unfinished_one(service: Running) -> None:
    asha = service.person("asha")
    asha.shortcut("New reflection")
    asha.submit({WHAT: "It was hard, and I stayed."})
    asha.close(everything=True)
    open_now = select(DueItem).where(DueItem.rule == "form.driscoll#invite", DueItem.state == "open")
    (invitation,) = rows(service, open_now)
    press(service, asha, ids.Do.REFLECT, Ref("due", invitation.id, invitation.version))
    assert SO_WHAT in said(asha.modal)
    assert len(rows(service, select(Document))) == 1


def test_nothing_must_be_answered(service: Running) -> None:
    asha = service.person("asha")
    asha.command("/reflect new")
    for _ in range(3):
        asha.submit()
    assert "Saved, and private" in said(asha.modal)


def test_words_that_might_point_to_a_person_are_shown_before_sharing(service: Running) -> None:
    asha = write(service, "Mrs Smith fell at Willow House on 3 March.")
    asha.press("Share with my mentor")
    shown = said(asha.modal)
    assert "3 places might point to a person" in shown
    for words, clue in (("Mrs Smith", "a name"), ("Willow House", "a place on your"), ("3 March", "an exact date")):
        assert f"*{words}*" in shown and f"looks like {clue}" in shown
    assert "Share it as it is" in shown
    asha.press("Change it first")
    assert WHAT in said(asha.modal)


def test_nobody_but_whom_it_is_shared_with_can_read_it_and_only_until_it_is_taken_back(service: Running) -> None:
    asha = share(service)
    assert "Shared with Mary Mentor" in said(asha.modal)
    ref = Ref("document", rows(service, select(Document))[0].id)
    mary = service.person("mary")
    press(service, mary, ids.Action.OPEN_REFLECTION, ref)
    assert "It was hard, and I stayed." in said(mary.modal)
    for name in ("colin", "mona", "lena", "sam"):
        other = service.person(name)
        press(service, other, ids.Action.OPEN_REFLECTION, ref)
        assert "isn't something you can open" in said(other.modal)
    asha.press("Take it back")
    press(service, mary, ids.Action.OPEN_REFLECTION, ref)
    assert "isn't something you can open" in said(mary.modal)


def test_a_line_manager_is_never_offered_as_a_reader_even_one_who_mentors(service: Running) -> None:
    with service.database.transaction() as db:
        get_person(db, service.service.mentee).line_manager_id = service.service.mentor
    asha = write(service)
    asha.press("Share with my mentor")
    assert "Colin Comentor" in said(asha.modal)
    assert "Mary Mentor" not in said(asha.modal) and "Mona Manager" not in said(asha.modal)


def test_a_comment_comes_back_as_a_pointer_without_its_words(service: Running) -> None:
    share(service)
    mary = service.person("mary")
    mary.command("/reflect")
    mary.press("Read it")
    mary.submit({"comment": "You noticed it early."})
    pointers = rows(service, select(Delivery).where(Delivery.kind == "pointer"))
    assert [(p.person_id, p.subject["says"]) for p in pointers] == [
        (service.service.mentor, "shared"),
        (service.service.mentee, "comment"),
    ]
    asha = service.person("asha")
    press(service, asha, ids.Action.OPEN_REFLECTION, Ref("document", rows(service, select(Document))[0].id))
    assert "You noticed it early." in said(asha.modal)


def test_who_may_no_longer_read_it_is_not_pointed_to_it(service: Running) -> None:
    asha = share(service)
    asha.press("Take it back")
    mary = service.person("mary")
    for _ in range(2):
        mary.move_clock("day")
    assert "shared something with you" not in str(mary.messages())
    (pointer,) = rows(service, select(Delivery).where(Delivery.kind == "pointer"))
    assert (pointer.status, pointer.why) == ("suppressed", "not_theirs_to_open")


def test_a_writer_deletes_their_own_at_once_and_nothing_of_it_is_left(service: Running) -> None:
    asha = share(service)
    asha.press("Delete")
    assert "deleted, for good" in said(asha.modal)
    assert [rows(service, select(table)) for table in (Document, Answer, Share)] == [[], [], []]
    mary = service.person("mary")
    mary.command("/reflect")
    assert "Shared with you" not in said(mary.modal)


def test_a_mentors_reading_is_audited_and_the_writers_own_is_not(service: Running) -> None:
    share(service)
    mary = service.person("mary")
    mary.command("/reflect")
    mary.press("Read it")
    read = rows(service, select(AuditEvent).where(AuditEvent.verb == "read"))
    assert [event.actor_id for event in read] == [service.service.mentor]


def test_somebody_with_no_programme_gets_a_kind_sentence(service: Running) -> None:
    sam = service.person("sam")
    sam.command("/reflect new")
    assert "not on a programme with a place to reflect" in said(sam.last_message)


@pytest.mark.requirement("003-27")
def test_other_ways_to_reflect_can_be_chosen(service: Running) -> None:
    asha = service.person("asha")
    asha.command("/reflect")
    asha.press(ids.Action.ANOTHER_WAY, "Offload")
    assert "Nothing has to come of it." in said(asha.modal)
    assert "What do you need to get off your chest?" in said(asha.modal)
