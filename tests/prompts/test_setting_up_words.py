"""What people typed, their names too, is inert wherever setting up shows it."""

from collections.abc import Iterator
from datetime import date
from typing import Any
from uuid import UUID

import pytest

from bot.rules.before import BeforePage, Known
from bot.rules.my_time import Away, MyTime
from bot.rules.places import MyPage, PairLine, PairRef, Place, ProgrammePage, Shown, Waiting, counts_of
from bot.rules.programme_settings import Closure, ClosuresPage, SettingsPage
from bot.rules.welcoming import Asks, ColleagueWelcomeFacts, Preview, Supporter, WelcomeFacts
from bot.rules.working_patterns import OFFICE_HOURS
from bot.values import Block, PersonLine
from prompts import before, mentoring, my_time, pairing, programme_settings, welcome

NASTY = "Eve <!channel> & <@U1>"
ID, TODAY = UUID(int=7), date(2026, 12, 1)
WHO = PersonLine(ID, NASTY)
PAIR = PairLine(
    ref=PairRef(ID, "mentoring"),
    title=NASTY,
    by=NASTY,
    most=2,
    relationship_id=ID,
    state="waiting",
    has_agreement=True,
    supporters=(WHO,),
    cover=(WHO,),
    previous=(WHO,),
    line_manager_supports=True,
)
PLACE = Place(ID, WHO, "senior-manager", NASTY, NASTY, TODAY, TODAY, True, False, False, (PAIR,))
TIME = MyTime(ID, NASTY, False, "Europe/London", TODAY, OFFICE_HOURS, False, None, "daily", (Away(ID, TODAY, TODAY),))
WELCOME = WelcomeFacts(
    NASTY, NASTY, NASTY, NASTY, TODAY, TODAY, TODAY, TODAY, (Supporter(NASTY, NASTY),), frozenset(Asks), 22
)
COLLEAGUE = ColleagueWelcomeFacts(NASTY, NASTY, NASTY, TODAY, TODAY, (NASTY,), (NASTY,), frozenset(Asks))
PROGRAMME = ProgrammePage(
    shown=Shown("senior-manager"),
    title=NASTY,
    places=(PLACE,),
    counts=counts_of((PLACE,)),
    pages=1,
    go_live_on=TODAY,
    has_summary_channel=False,
    today=TODAY,
    others=(("str-worker", NASTY),),
)
VIEWS: dict[str, Block] = {
    "programme": mentoring.programme_form(PROGRAMME),
    "place": mentoring.place_form(PLACE),
    "mine": mentoring.my_page_form(MyPage(NASTY, (PLACE,), (PLACE,), TODAY)),
    "pair": pairing.pair_form(PLACE, PAIR, today=TODAY),
    "cover": pairing.cover_form(PLACE, PAIR, today=TODAY),
    "hand over": pairing.hand_over_form(today=TODAY, leaver=WHO, looked_after=(PLACE,)),
    "enrol": pairing.enrol_form("senior-manager", NASTY, (("senior", NASTY),), today=TODAY),
    "leave": pairing.leave_form(PLACE, today=TODAY),
    "line manager": {"blocks": pairing.line_manager_message(is_supporter=True, other=NASTY, title=NASTY).blocks},
    "my time": my_time.my_time_form(TIME, others=(WHO,)),
    "away": my_time.away_form(TIME, typed=NASTY),
    "before": before.before_form(BeforePage(ID, NASTY, (Known("x", NASTY, TODAY),), (), TODAY)),
    "settings": programme_settings.settings_form(SettingsPage("x", NASTY, "C1", 4, 15, None, TODAY, TODAY)),
    "closures": programme_settings.closures_form(
        ClosuresPage((Closure(ID, NASTY, NASTY, TODAY, TODAY),), ((ID, NASTY),), TODAY)
    ),
    "welcomes": welcome.welcomes_form(Preview("senior-manager", NASTY, 1, 1, WELCOME, COLLEAGUE)),
}


def mrkdwn(value: Any) -> Iterator[str]:
    """Yield every text of a view in which Slack would read markup."""
    if isinstance(value, dict):
        if value.get("type") == "mrkdwn":
            yield value["text"]
        for inner in value.values():
            yield from mrkdwn(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from mrkdwn(inner)


@pytest.mark.parametrize("name", VIEWS)
def test_no_name_alarms_a_channel(name: str) -> None:
    texts = list(mrkdwn(VIEWS[name]))
    assert texts
    assert not [text for text in texts if "<!channel>" in text or "<@U1>" in text]


def test_what_a_place_waits_for_is_said_most_urgent_first() -> None:
    assert PLACE.waits_for == (Waiting.WELCOME, Waiting.AGREEMENT)
    assert "Waiting for the welcome and the agreement" in "".join(mrkdwn(VIEWS["place"]))
