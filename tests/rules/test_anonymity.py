"""What in a reflection might point to a person."""

import pytest

from bot.rules.anonymity import Clue, clues, is_nhs_number
from bot.rules.reflecting import in_context


@pytest.mark.parametrize(
    ("text", "clue", "words"),
    [
        ("her number is 943 476 5919, I think", Clue.NHS_NUMBER, "943 476 5919"),
        ("her number is 9434765919", Clue.NHS_NUMBER, "9434765919"),
        ("NI AB 12 34 56 C was on the form", Clue.NI_NUMBER, "AB 12 34 56 C"),
        ("ab123456c", Clue.NI_NUMBER, "ab123456c"),
        ("they live in SW1A 1AA", Clue.POSTCODE, "SW1A 1AA"),
        ("they live in m1 1ae now", Clue.POSTCODE, "m1 1ae"),
        ("ring 07700 900123 first", Clue.PHONE, "07700 900123"),
        ("ring 020 7946 0958 first", Clue.PHONE, "020 7946 0958"),
        ("ring +44 7700 900123", Clue.PHONE, "+44 7700 900123"),
        ("wrote to jo.bloggs@example.org", Clue.EMAIL, "jo.bloggs@example.org"),
        ("on 03/12/1950 she moved", Clue.DATE, "03/12/1950"),
        ("on 2026-11-03 we met", Clue.DATE, "2026-11-03"),
        ("on the 3rd of November we met", Clue.DATE, "3rd of November"),
        ("since November 3rd, 2025", Clue.DATE, "November 3rd, 2025"),
        ("DOB 3.12.50 as on file", Clue.DATE, "DOB 3"),
        ("a 87 year old man", Clue.AGE, "87 year old"),
        ("an eighty-seven-year-old", Clue.AGE, "eighty-seven-year-old"),
        ("she is aged 19", Clue.AGE, "aged 19"),
        ("he is 54yo", Clue.AGE, "54yo"),
        ("a woman in her 80s", Clue.AGE, "in her 80s"),
        ("Mrs Smith fell", Clue.NAME, "Mrs Smith"),
        ("then Dr. O’Neill came", Clue.NAME, "Dr. O’Neill"),
        ("MR J Brown called", Clue.NAME, "MR J Brown"),
        ("I asked <@U0ASHA|asha>", Clue.MENTION, "<@U0ASHA|asha>"),
        ("I asked @mary.mentor", Clue.MENTION, "@mary.mentor"),
        ("back at willow house again", Clue.PLACE, "willow house"),
    ],
)
def test_words_that_might_point_to_somebody_are_pointed_at(text: str, clue: Clue, words: str) -> None:
    found = clues(text, places=["Willow House"])
    assert (clue, words) in [(each.clue, each.words) for each in found]
    assert all(text[each.at : each.at + len(each.words)] == each.words for each in found)


@pytest.mark.parametrize(
    "text",
    [
        "I felt unsure for 20 minutes and then asked.",
        "The number 9434765918 has a wrong check digit",
        "I met a doctor and a nurse, and may go again",
        "We tried it 3 times in March, about 5 of us",
        "Version 12.5 of the policy; room 101; 10 out of 10",
        "the sister in charge was kind, the lady too",
        "it was the first of many",
    ],
)
def test_plain_reflection_is_left_alone(text: str) -> None:
    assert clues(text, places=["Willow House"]) == ()


def test_the_check_digit_of_an_nhs_number_is_checked() -> None:
    assert is_nhs_number("9434765919")
    assert not is_nhs_number("9434765918")
    assert not is_nhs_number("1111111111")
    assert not is_nhs_number("943476591")


def test_each_stretch_of_words_is_pointed_at_once() -> None:
    assert [each.words for each in clues("jo@example.org and Mrs Ann Smith")] == ["jo@example.org", "Mrs Ann Smith"]


def test_words_are_shown_with_what_stands_around_them() -> None:
    text = (
        "It was late in the evening and everybody was tired when Mrs Smith fell in the hall and we all ran to her side"
    )
    shown = in_context(text, clues(text)[0])
    assert shown.before == "…evening and everybody was tired when "
    assert shown.after == " fell in the hall and we all ran to her…"
