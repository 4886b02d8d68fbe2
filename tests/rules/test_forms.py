"""A form as pages: nothing typed is lost, no page is too much."""

import json

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.rules import forms
from bot.rules.forms import Entry, Line, Said, Typed


def asked(name: str, section: str = "", type_: str = "long text", answer: str = "") -> Entry:
    return Entry(name, type_, section=section, asks=f"{name}?", is_mine=True, answer=answer)


def told(name: str, section: str = "") -> Entry:
    return Entry(name, section=section, text=f"We promise {name}.")


def names(pages: tuple[forms.Page, ...]) -> list[list[str]]:
    return [[entry.name for entry in page.entries] for page in pages]


@given(st.text(alphabet=st.characters(codec="utf-8", exclude_categories=["Cs"]), max_size=9_000))
@settings(max_examples=40, deadline=None)
def test_a_long_answer_comes_back_whole_from_its_fields(text: str) -> None:
    pieces = forms.split_answer(text)
    assert all(len(piece) <= forms.FIELD for piece in pieces)
    assert forms.join_fields(pieces) == text


def test_a_field_that_was_not_full_ends_its_line() -> None:
    assert forms.join_fields(["First thought.", "", "Second thought."]) == "First thought.\nSecond thought."


def test_twenty_thousand_characters_are_seven_fields() -> None:
    assert len(forms.split_answer("x" * forms.ANSWER_MOST)) == forms.FIELDS_MOST == 7


def test_a_section_is_a_page_and_short_sections_share_one() -> None:
    entries = [told("a", "1"), told("b", "2"), asked("c", "3"), asked("d", "3"), asked("e", "4")]
    assert names(forms.writing_pages(entries)) == [["a", "b"], ["c", "d"], ["e"]]


def test_a_page_asks_no_more_than_six_questions() -> None:
    pages = forms.writing_pages([asked(f"q{n}") for n in range(14)])
    assert [len(page.entries) for page in pages] == [6, 6, 2]


def test_a_page_never_weighs_more_than_slack_takes() -> None:
    full = "\U0001f600" * 3_000  # a letter that takes twelve bytes on the wire
    pages = forms.writing_pages([asked(f"q{n}", answer=full) for n in range(6)])
    assert all(sum(len(json.dumps(e.answer)) for e in page.entries) <= forms.WRITING_WEIGHT for page in pages)


def test_one_very_long_answer_stands_on_a_page_of_its_own() -> None:
    pages = forms.writing_pages([asked("a"), asked("b", answer="é" * 18_000), asked("c")])
    assert names(pages) == [["a"], ["b"], ["c"]]


def test_pages_are_found_again_by_a_part_that_stands_on_them() -> None:
    pages = forms.writing_pages([asked("a", "1"), asked("b", "2"), asked("c", "3")])
    assert forms.page_holding(pages, "b").number == 2
    assert forms.page_holding(pages, "gone").number == 1
    following = forms.page_after(pages, "b")
    assert following and following.start == "c"
    assert forms.page_after(pages, "c") is None
    assert forms.page_beside(pages, "a", -1).start == "a"
    assert forms.page_beside(pages, "c", -1).start == "b"


def test_what_is_missing_is_only_what_must_be_there_and_is_mine() -> None:
    optional = Entry("o", asks="o?", is_mine=True, is_optional=True)
    others = Entry("x", asks="x?", is_mine=False)
    pages = forms.writing_pages([told("t"), optional, others, asked("m")])
    missing = forms.first_missing(pages)
    assert missing and missing.name == "m"
    assert others.is_missing and not Entry("x", asks="x?", said=(Said("Mary", "yes"),)).is_missing


def test_a_rating_is_missing_until_every_line_is_rated() -> None:
    lines = (Line("1", "Come to the briefing.", "met"), Line("2", "Talk."))
    assert Entry("r", "rating", asks="How?", lines=lines, is_mine=True, answer="x").is_missing


def test_what_nobody_answered_is_left_out_of_the_text() -> None:
    entries = [told("a"), asked("empty"), Entry("b", asks="b?", said=(Said("", "words"),))]
    assert names(forms.reading_pages(entries)) == [["a", "b"]]


def test_every_page_of_a_full_text_is_within_limits() -> None:
    full = Said("", "\u2019" * 9_000)
    pages = forms.reading_pages([Entry(f"q{n}", asks="?", said=(full,)) for n in range(8)])
    weights = [sum(len(json.dumps(s.text)) for e in page.entries for s in e.said) for page in pages]
    assert max(weights) <= forms.READING_WEIGHT
    assert sum(len(page.entries) for page in pages) == 8


def test_a_page_to_read_holds_only_so_many_answers() -> None:
    pages = forms.reading_pages([Entry(f"q{n}", asks="?", said=(Said("", "yes"),)) for n in range(100)])
    assert max(len(page.entries) for page in pages) * 4 <= forms.READING_BLOCKS


def test_an_untouched_field_overwrites_nobodys_words() -> None:
    assert not forms.takes_its_place(Typed("a", "", ""), "what Mary wrote meanwhile")
    assert forms.takes_its_place(Typed("a", "every 2 weeks", "every 2 weeks"), "")
    assert forms.takes_its_place(Typed("a", "new", "old"), "old")


def test_two_people_changing_the_same_answer_are_told() -> None:
    assert forms.is_overtaken(Typed("a", "mine", "old"), "hers")
    assert not forms.is_overtaken(Typed("a", "hers", "old"), "hers")
    assert not forms.is_overtaken(Typed("a", "old", "old"), "hers")
    assert not forms.is_overtaken(Typed("a", "mine", ""), "")


def test_a_list_carries_each_line_and_a_text_carries_itself() -> None:
    assert forms.carried("actions", "Asha rings\n\n Mary reads ") == ("Asha rings", "Mary reads")
    assert forms.carried("long text", "One thing\nin two lines") == ("One thing\nin two lines",)
    assert forms.carried("list", " ") == ()
