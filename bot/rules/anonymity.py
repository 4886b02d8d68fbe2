"""What in a reflection might point to a person. Pure: it sends nothing anywhere, it only shows where to look.

A reflection is checked before it is shared, never while it is private (privacy.md, Reflections). It would rather ask
once too often than miss a number; whoever wrote it decides.
"""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from enum import StrEnum

NHS_DIGITS = 10


class Clue(StrEnum):
    """What kind of thing a few words look like."""

    NHS_NUMBER = "an NHS number"
    NI_NUMBER = "a National Insurance number"
    POSTCODE = "a postcode"
    PHONE = "a phone number"
    EMAIL = "an e-mail address"
    DATE = "an exact date"
    AGE = "an age"
    NAME = "a name"
    MENTION = "a Slack mention"
    PLACE = "a place on your organisation's list"


@dataclass(frozen=True)
class Found:
    """Some words that might point to a person, and where they begin."""

    clue: Clue
    words: str
    at: int


_MONTHS = (
    "jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?"
    "|nov(?:ember)?|dec(?:ember)?"
)
_TITLES = (
    "mr|mrs|ms|miss|mx|dr|doctor|prof|professor|sir|lady|lord|rev|reverend|sister|father|nurse"
    "|aunt|auntie|uncle|nan|grandad"
)
_ONES = "one|two|three|four|five|six|seven|eight|nine"
_TEENS = "ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen|eighteen|nineteen"
_TENS = "twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety"
_NUMBER = rf"(?:\d{{1,3}}|(?:{_TENS})(?:[ -](?:{_ONES}))?|{_TEENS}|{_ONES})"

_PATTERNS: tuple[tuple[Clue, str, int], ...] = (
    (Clue.EMAIL, r"[\w.+'-]+@[\w-]+(?:\.[\w-]+)+", re.IGNORECASE),
    (Clue.MENTION, r"<[@!#][^>]+>|(?<![\w.])@[A-Za-z][\w.'-]+", 0),
    (Clue.NI_NUMBER, r"\b[a-ceghj-prstw-z]{2} ?\d{2} ?\d{2} ?\d{2} ?[a-d]\b", re.IGNORECASE),
    (Clue.PHONE, r"(?<!\d)(?:\+|00)\d{1,3}[ \d().-]{7,16}\d(?!\d)|(?<!\d)0\d(?:[ ().-]?\d){8,9}(?!\d)", 0),
    (Clue.POSTCODE, r"\b(?:[a-z]{1,2}\d[a-z\d]?|gir) ?\d[abd-hjlnp-uw-z]{2}\b", re.IGNORECASE),
    (Clue.DATE, r"(?<!\d)\d{1,2}[/.-]\d{1,2}[/.-](?:\d{4}|\d{2})(?!\d)|(?<!\d)\d{4}-\d{2}-\d{2}(?!\d)", 0),
    (Clue.DATE, rf"(?<!\d)\d{{1,2}}(?:st|nd|rd|th)?(?: of)? (?:{_MONTHS})\b(?:,? \d{{4}})?", re.IGNORECASE),
    (Clue.DATE, rf"\b(?:{_MONTHS}) \d{{1,2}}(?:st|nd|rd|th)?\b(?:,? \d{{4}})?", re.IGNORECASE),
    (Clue.DATE, r"\b(?:d\.?o\.?b\.?|date of birth|birthday|born (?:on|in))\b[^.\n]{0,24}", re.IGNORECASE),
    (Clue.AGE, rf"\b{_NUMBER}[ -]?(?:year|yr|month)s?[ -]?olds?\b|\baged? (?:of )?{_NUMBER}\b", re.IGNORECASE),
    (Clue.AGE, r"\b\d{1,3} ?(?:y/o|yo)\b|\bin (?:his|her|their) (?:early |mid |late )?\d0s\b", re.IGNORECASE),
    (Clue.NAME, rf"\b(?i:{_TITLES})\.? (?:[A-Z][\w’'-]+|[A-Z]\b\.?)(?: [A-Z][\w’'-]+)?", 0),
)


def clues(text: str, *, places: Collection[str] = ()) -> tuple[Found, ...]:
    """Return what might point to a person, in the order of the text, each stretch of words once.

    `places` is the organisation's list of wards, homes and services.
    """
    found = sorted((*_nhs_numbers(text), *_patterns(text), *_places(text, places)), key=lambda f: (f.at, -len(f.words)))
    kept: list[Found] = []
    for each in found:
        if not kept or each.at >= kept[-1].at + len(kept[-1].words):
            kept.append(each)
    return tuple(kept)


def is_nhs_number(digits: str) -> bool:
    """Say whether ten digits carry the check digit of an NHS number (modulus 11)."""
    if len(digits) != NHS_DIGITS or len(set(digits)) == 1:
        return False
    total = sum(int(digit) * (NHS_DIGITS - place) for place, digit in enumerate(digits[:-1]))
    return (11 - total % 11) % 11 == int(digits[-1])


def _nhs_numbers(text: str) -> Iterator[Found]:
    for match in re.finditer(r"(?<!\d)\d{3}[ -]?\d{3}[ -]?\d{4}(?!\d)", text):
        if is_nhs_number(re.sub(r"\D", "", match[0])):
            yield Found(Clue.NHS_NUMBER, match[0], match.start())


def _patterns(text: str) -> Iterator[Found]:
    for clue, pattern, flags in _PATTERNS:
        for match in re.finditer(pattern, text, flags):
            yield Found(clue, match[0].strip(), match.start())


def _places(text: str, places: Collection[str]) -> Iterator[Found]:
    for place in (p.strip() for p in places):
        if place:
            for match in re.finditer(rf"(?<!\w){re.escape(place)}(?!\w)", text, re.IGNORECASE):
                yield Found(Clue.PLACE, match[0], match.start())
