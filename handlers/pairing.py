"""Pairing by hand: pair, change pair, cover, hand over; enrolling and ending a place."""

from typing import Any

from slack_bolt import App
from sqlmodel import Session as Db

from bot.actions import lead_pairing, mentoring
from bot.actions.duties import access_duty
from bot.values import Ref
from handlers.turn import Turn
from prompts import answers, ids, pairing
from prompts import mentoring as home


def register(app: App) -> None:
    """Listen for what a lead does about pairs and places."""
    app.action(ids.Action.PAIR)(open_pair)
    app.action(ids.Do.PAIR)(open_pair_asked_for)
    app.view(ids.Form.PAIR)(put_together)
    app.view(ids.Form.PAIR_ANYWAY)(put_together_anyway)
    app.action(ids.Action.COVER)(open_cover)
    app.view(ids.Form.COVER)(stand_in)
    app.action(ids.Action.HAND_OVER)(open_hand_over)
    app.view(ids.Form.HAND_OVER)(hand_over)
    app.action(ids.Action.ENROL)(open_enrol)
    app.view(ids.Form.ENROL)(enrol)
    app.action(ids.Action.LEAVE_PROGRAMME)(open_leave)
    app.view(ids.Form.LEAVE_PROGRAMME)(leave)


def open_pair(turn: Turn, action: dict[str, Any]) -> None:
    """Ask who supports somebody."""
    with turn.reading() as db:
        place, pair = lead_pairing.get_pair(db, me=turn.me, ref=pairing.read_pair_button(action), now=turn.now)
    turn.opens(pairing.pair_form(place, pair, today=turn.today))


def open_pair_asked_for(turn: Turn, action: dict[str, Any]) -> None:
    """Ask who will look after this now, from the digest."""
    ref = Ref.read(action["value"])
    with turn.reading() as db:
        access_duty(db, me=turn.me, ref=ref, now=turn.now)
        place, pair = lead_pairing.get_pair(db, me=turn.me, ref=lead_pairing.pair_of_duty(db, ref=ref), now=turn.now)
    turn.opens(pairing.pair_form(place, pair, today=turn.today))


def put_together(turn: Turn, view: dict[str, Any]) -> None:
    """Pair, unless there is something to know first."""
    chosen = pairing.read_pair_form(view)
    with turn.changing() as db:
        doubts = lead_pairing.find_doubts(
            db, me=turn.me, ref=chosen.ref, supporter_ids=chosen.supporter_ids, now=turn.now
        )
        if doubts:
            turn.answers(answers.shows(pairing.pair_anyway_form(chosen, doubts)))
        else:
            _put_together(turn, db, chosen)


def put_together_anyway(turn: Turn, view: dict[str, Any]) -> None:
    """Pair after having been told."""
    with turn.changing() as db:
        _put_together(turn, db, pairing.read_pair_anyway_form(view))


def open_cover(turn: Turn, action: dict[str, Any]) -> None:
    """Ask who stands in."""
    with turn.reading() as db:
        place, pair = lead_pairing.get_pair_of_relationship(
            db, me=turn.me, relationship_id=Ref.read(action["value"]).id, now=turn.now
        )
    turn.opens(pairing.cover_form(place, pair, today=turn.today))


def stand_in(turn: Turn, view: dict[str, Any]) -> None:
    """Let somebody stand in for a supporter."""
    chosen = pairing.read_cover_form(view)
    with turn.changing() as db:
        lead_pairing.stand_in(
            db,
            me=turn.me,
            relationship_id=chosen.relationship_id,
            covered_id=chosen.covered_id,
            cover_id=chosen.cover_id,
            from_on=chosen.from_on,
            until_on=chosen.until_on,
            now=turn.now,
        )
        place, _ = lead_pairing.get_pair_of_relationship(
            db, me=turn.me, relationship_id=chosen.relationship_id, now=turn.now
        )
        turn.answers(answers.shows_last(home.place_form(place)))


def open_hand_over(turn: Turn, action: dict[str, Any]) -> None:
    """Ask who takes over from whom."""
    leaver_id = pairing.read_hand_over_button(action)
    if leaver_id is None:
        return turn.opens(pairing.hand_over_form(today=turn.today))
    with turn.reading() as db:
        leaver, places = lead_pairing.list_looked_after(db, me=turn.me, person_id=leaver_id, now=turn.now)
    return turn.opens(pairing.hand_over_form(today=turn.today, leaver=leaver, looked_after=places))


def hand_over(turn: Turn, view: dict[str, Any]) -> None:
    """Move everything in one act."""
    chosen = pairing.read_hand_over_form(view)
    with turn.changing() as db:
        moved = lead_pairing.hand_everything_over(
            db, me=turn.me, from_id=chosen.from_id, to_id=chosen.to_id, on=chosen.on, now=turn.now
        )
        turn.answers(answers.shows_last(pairing.handed_over_form(moved)))


def open_enrol(turn: Turn, action: dict[str, Any]) -> None:
    """Ask who is enrolled."""
    with turn.reading() as db:
        title, levels = lead_pairing.get_levels(db, me=turn.me, programme=action["value"], now=turn.now)
    turn.opens(pairing.enrol_form(action["value"], title, levels, today=turn.today))


def enrol(turn: Turn, view: dict[str, Any]) -> None:
    """Enrol somebody, and show their place."""
    chosen = pairing.read_enrol_form(view)
    with turn.changing() as db:
        enrolment = lead_pairing.enrol_by_hand(
            db,
            me=turn.me,
            programme=chosen.programme,
            person_id=chosen.person_id,
            level=chosen.level,
            starts_on=chosen.starts_on,
            now=turn.now,
        )
        place = mentoring.get_place(db, me=turn.me, enrolment_id=enrolment.id, now=turn.now)
        turn.answers(answers.shows_last(home.place_form(place)))


def open_leave(turn: Turn, action: dict[str, Any]) -> None:
    """Ask when and how a place ends."""
    with turn.reading() as db:
        place = mentoring.get_place(db, me=turn.me, enrolment_id=Ref.read(action["value"]).id, now=turn.now)
    turn.opens(pairing.leave_form(place, today=turn.today))


def leave(turn: Turn, view: dict[str, Any]) -> None:
    """End a place."""
    chosen = pairing.read_leave_form(view)
    with turn.changing() as db:
        lead_pairing.take_off(
            db,
            me=turn.me,
            enrolment_id=chosen.enrolment_id,
            on=chosen.on,
            has_completed=chosen.has_completed,
            now=turn.now,
        )
        turn.answers(answers.closes_all())


def _put_together(turn: Turn, db: Db, chosen: pairing.PairAnswers) -> None:
    lead_pairing.put_together(
        db,
        me=turn.me,
        ref=chosen.ref,
        supporter_ids=chosen.supporter_ids,
        seen_ids=chosen.seen_ids,
        on=chosen.on,
        now=turn.now,
    )
    place = mentoring.get_place(db, me=turn.me, enrolment_id=chosen.ref.enrolment_id, now=turn.now)
    turn.answers(answers.shows_last(home.place_form(place)))
