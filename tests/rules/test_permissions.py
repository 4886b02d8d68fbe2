"""Who may open something written; the default is no."""

from dataclasses import replace

import pytest

from bot.rules.permissions import Asking, Purpose, may_open

STRANGER = Asking("record", "parties", "out", False, False, False, (), ("mentor",))
PARTY = replace(STRANGER, is_party=True)
AUTHOR = replace(STRANGER, is_author=True)


@pytest.mark.parametrize("purpose", list(Purpose))
@pytest.mark.parametrize("state", ["draft", "out", "returned", "locked", "superseded"])
@pytest.mark.parametrize("kind", ["record", "agreement", "reflection", "preparation", "survey"])
def test_somebody_with_nothing_to_do_with_it_opens_nothing(kind: str, state: str, purpose: Purpose) -> None:
    assert not may_open(replace(STRANGER, kind=kind, state=state), purpose)


def test_whoever_stands_on_it_reads_and_signs_it_once_it_is_out() -> None:
    assert may_open(PARTY, Purpose.READ) and may_open(PARTY, Purpose.SIGN)
    assert not may_open(PARTY, Purpose.MANAGE)
    assert not may_open(replace(PARTY, state="draft"), Purpose.READ)


@pytest.mark.parametrize("audience", ["writer", "counts only"])
def test_what_is_only_counted_or_only_the_writers_is_read_by_no_party(audience: str) -> None:
    assert not may_open(replace(PARTY, audience=audience), Purpose.READ)
    assert not may_open(replace(PARTY, audience=audience, is_shared_with=True), Purpose.READ)
    assert may_open(replace(AUTHOR, audience=audience), Purpose.READ)


def test_a_private_note_is_read_by_nobody_even_if_somebody_tried_to_share_it() -> None:
    note = replace(STRANGER, kind="preparation", is_shared_with=True, is_party=True, roles=("mentor",))
    assert not any(may_open(note, purpose) for purpose in Purpose)


def test_a_shared_reflection_is_read_and_nothing_else() -> None:
    shared = replace(STRANGER, kind="reflection", is_shared_with=True)
    assert [purpose for purpose in Purpose if may_open(shared, purpose)] == [Purpose.READ]


def test_in_a_joint_draft_any_writer_may_send_it_and_in_anothers_draft_only_its_author() -> None:
    writer = replace(STRANGER, state="draft", roles=("mentor",))
    assert may_open(writer, Purpose.WRITE) and not may_open(writer, Purpose.MANAGE)
    assert may_open(replace(writer, is_joint=True), Purpose.MANAGE)
    assert may_open(replace(AUTHOR, state="draft"), Purpose.MANAGE)
