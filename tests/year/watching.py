"""Writing down what happened: every message as it was accepted, and what became of every deadline.

Programme time throughout. What somebody's working time is comes from tests.year.at_work, not from the product.
"""

import json
from collections import defaultdict
from collections.abc import Container, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, TextIO
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import event
from sqlmodel import Session as Db
from sqlmodel import col, select

from bot.actions.duties import step_of
from bot.actions.nudge_times import Planner
from bot.clock import Clock
from bot.practice.ledger import Accepted
from bot.values import Step
from storage.database import Database
from storage.tables.delivery import Delivery, DueItem, Notice
from storage.tables.programmes import Enrolment
from tests.year.at_work import is_at_work, is_on_leave, stretches
from tests.year.cast import Character

Line = dict[str, Any]
ONE_DAY = timedelta(days=1)
NO_DEADLINE = {Step.REFLECT, Step.PREPARE}  # invitations: nobody is late with them (delivery.md, "Ladder")
OWN = "person"


@dataclass
class Life:
    """One item at one turn, while it was open: since when as it stands now, and until when."""

    rule: str
    owner: UUID
    due_on: date
    asked_on: date | None
    opened_at: datetime
    closed_at: datetime | None = None

    def is_as(self, item: DueItem) -> bool:
        """Say whether an item is still asked of the same person by the same day."""
        return (self.owner, self.due_on, self.asked_on) == (item.owner_id, item.due_on, item.asked_on)


@dataclass
class Watching:
    """The one who writes: `raw` takes a line for each thing, `outage` is when nothing ran."""

    database: Database
    clock: Clock
    raw: TextIO
    cast: dict[str, Character]  # by Slack id
    outage: tuple[datetime, datetime]
    ids: dict[UUID, str] = field(default_factory=dict)  # Slack ids, by person
    lives: dict[tuple[UUID, int], Life] = field(default_factory=dict)
    came_due_in_outage: set[str] = field(default_factory=set)  # items by id and turn, still to be caught up with
    said: dict[tuple[UUID, int], list[tuple[int, UUID, str, datetime]]] = field(
        default_factory=lambda: defaultdict(list)
    )

    @contextmanager
    def following(self) -> Iterator[None]:
        """Follow every due item as it is made and changed."""

        def changed(_mapper: object, _connection: object, item: DueItem) -> None:
            self._follow(item)

        for happening in ("after_insert", "after_update"):
            event.listen(DueItem, happening, changed)
        try:
            yield
        finally:
            for happening in ("after_insert", "after_update"):
                event.remove(DueItem, happening, changed)

    def _follow(self, item: DueItem) -> None:
        key, now = (item.id, item.turn), self.clock.now()
        life = self.lives.get(key)
        if item.state != "open":
            if life and life.closed_at is None:
                life.closed_at = now
        elif life is None or life.closed_at or not life.is_as(item):
            self.lives[key] = Life(item.rule, item.owner_id, item.due_on, item.asked_on, now)

    # ---- messages ----------------------------------------------------------------------------------------------------

    def messages(self, accepted: Sequence[Accepted]) -> list[Line]:
        """Write every post and shared file that a person got, and return the lines."""
        found = [one for one in accepted if one.what == "post" and one.user in self.cast]
        if not found:
            return []
        with self.database.reading() as db:
            lines = [self._message(db, one) for one in found]
        self.write(lines)
        return lines

    def _message(self, db: Db, one: Accepted) -> Line:
        assert one.user
        person = self.cast[one.user]
        opaque = (one.metadata or {}).get("event_payload", {}).get("delivery_id", "")
        row = db.exec(select(Delivery).where(Delivery.opaque == opaque)).first()
        new = self._newly_said(db, row) if row else []
        for notice in new:
            told = (notice.rung, notice.person_id, notice.told_as, one.at)
            self.said[notice.due_item_id, notice.turn].append(told)
        return {
            "what": "message",
            "person": one.user,
            "kind": row.kind if row else "file",
            "moment": one.at.isoformat(),
            "local_time": one.at.astimezone(ZoneInfo(person.zone)).isoformat(),
            "rule_ids": row.rules if row else [],
            "delivery_id": opaque or one.ts,
            "at_work": is_at_work(person, one.at),
            "on_leave": is_on_leave(person, one.at),
            "says": [f"{notice.due_item_id}:{notice.turn}:{notice.rung}" for notice in new],
            "caught_up": sum(self._is_caught_up(notice) for notice in new),
        }

    def note_what_waits(self) -> None:
        """When all runs again after the outage: note what came due meanwhile."""
        from_at, until = self.outage
        with self.database.reading() as db:
            items = db.exec(
                select(DueItem).where(DueItem.state == "open", col(DueItem.next_nudge_at).between(from_at, until))
            ).all()
            self.came_due_in_outage = {f"{item.id}:{item.turn}" for item in items}

    def _is_caught_up(self, notice: Notice) -> bool:
        name = f"{notice.due_item_id}:{notice.turn}"
        waited = name in self.came_due_in_outage
        self.came_due_in_outage.discard(name)
        return waited

    def _newly_said(self, db: Db, row: Delivery) -> list[Notice]:
        """Return the steps of ladders that a message is the first to say."""
        if row.kind == "nudge":
            found = db.get(Notice, UUID(row.subject["notice"]))
            return [found] if found else []
        if row.kind != "digest":
            return []
        on = date.fromisoformat(row.subject["on"])
        asked = select(Notice, DueItem).join(DueItem, col(DueItem.id) == Notice.due_item_id)
        rows = db.exec(asked.where(Notice.person_id == row.person_id, Notice.digest_on == on)).all()
        return [notice for notice, item in rows if item.rule in row.rules and item.turn == notice.turn]

    # ---- deadlines ---------------------------------------------------------------------------------------------------

    def deadlines(self, snoozed: Container[UUID], now: datetime) -> None:
        """Write what became of every deadline that anybody had. Who put a thing off chose when to hear of it."""
        with self.database.reading() as db:
            planner = Planner(db, now)
            for (item_id, turn), life in self.lives.items():
                item = db.get(DueItem, item_id)
                fell_due = life.due_on < now.date() and step_of(life.rule) not in NO_DEADLINE
                if item and fell_due and life.owner in self.ids:
                    was_put_off = item_id in snoozed
                    self.write([self._deadline(planner, item, turn, life, now, was_put_off=was_put_off)])

    def _deadline(
        self, planner: Planner, item: DueItem, turn: int, life: Life, now: datetime, *, was_put_off: bool
    ) -> Line:
        owner, said = self.cast[self.ids[life.owner]], self.said[item.id, turn]
        until = life.closed_at or now
        first = min((at for _, person, told_as, at in said if person == life.owner and told_as == OWN), default=None)
        by = None if was_put_off else self._heard_by(owner, life)
        by = by if by and by <= now else None
        is_last_turn = item.turn == turn and not was_put_off
        steps = dict(self._steps(planner, item, life, until)) if is_last_turn else {}
        told = {rung: at for rung, _, _, at in sorted(said, key=lambda each: each[3], reverse=True)}
        fixed = planner.ladder_of(item).late == "always send"
        together = self._said_together(planner.db, item, turn) if steps else set()
        missed = [n for n, by in steps.items() if n not in together and not _was_said(told, n, by, by_itself=fixed)]
        return {
            "what": "deadline",
            "item": f"{item.id}:{turn}",
            "rule": life.rule,
            "person": owner.slack_id,
            "due_on": life.due_on.isoformat(),
            "opened_at": life.opened_at.isoformat(),
            "closed_at": life.closed_at.isoformat() if life.closed_at else None,
            "first_notice_at": first.isoformat() if first else None,
            "first_notice_by": by.isoformat() if by else None,
            "steps_due": len(steps),
            "steps_missed": missed,
            "in_outage": self.outage[0].date() <= life.due_on <= self.outage[1].date(),
        }

    def _said_together(self, db: Db, item: DueItem, turn: int) -> set[int]:
        """Return the steps that were for a slot in which the item was said: said once, whatever their number."""
        asked = select(Notice).where(Notice.due_item_id == item.id, Notice.turn == turn)
        heard = {(who, self._day(who, at)) for _, who, _, at in self.said[item.id, turn]}
        return {one.rung for one in db.exec(asked).all() if (one.person_id, one.digest_on) in heard}

    def _day(self, person_id: UUID, at: datetime) -> date:
        return at.astimezone(ZoneInfo(self.cast[self.ids[person_id]].zone)).date()

    def _heard_by(self, owner: Character, life: Life) -> datetime | None:
        """Return by when a deadline had to be heard of; None where there was no time at work to hear of it in.

        That is the end of the last stretch of work that begins by its day; for how a meeting went, which nobody can be
        asked before it is over, the end of the first stretch after its day. None too where nothing ran just then.
        """
        zone, found, last = ZoneInfo(owner.zone), None, life.due_on
        if step_of(life.rule) is Step.SAY_HELD:
            after = (starts for starts, _ in stretches(owner, life.opened_at) if starts.astimezone(zone).date() > last)
            last = next(after).astimezone(zone).date()
        for starts, ends in stretches(owner, life.opened_at):
            if starts.astimezone(zone).date() > last:
                return found
            if starts > life.opened_at:
                found = None if self._is_out(starts, ends) else ends
        return found

    def _is_out(self, starts: datetime, ends: datetime) -> bool:
        return starts < self.outage[1] and self.outage[0] < ends

    def _steps(self, planner: Planner, item: DueItem, life: Life, until: datetime) -> Iterator[tuple[int, datetime]]:
        """Yield each step whose day came while the item was open, and by when somebody had to hear of it."""
        owner = self.cast[self.ids[life.owner]]
        heard_after = ONE_DAY if step_of(life.rule) is Step.SAY_HELD else timedelta(0)  # never before it is over
        for number, rung in enumerate(planner.ladder_of(item).rungs):
            people = planner.told_at(item, rung)
            if life.opened_at.date() < rung.on and people and not rung.repeats:
                characters = [self.cast[self.ids[each]] for each in people if each in self.ids]
                chances = [self._first_chance(each, rung.on + heard_after, until) for each in characters or (owner,)]
                if all(chances):
                    yield number, max(filter(None, chances))

    def _first_chance(self, person: Character, day: date, until: datetime) -> datetime | None:
        """Return the end of the first stretch of work from a day on in which a step could be heard; None: none yet."""
        zone = ZoneInfo(person.zone)
        for starts, ends in stretches(person, datetime.combine(day, datetime.min.time(), zone)):
            if ends > until:
                return None
            if starts.astimezone(zone).date() >= day and not self._is_out(starts, ends):
                return ends
        return None

    def absences(self, first_day: date, last_day: date) -> None:
        """Write everybody's leave, and when somebody was not on their programme yet, or no longer."""
        with self.database.reading() as db:
            ends = {row.person_id: row.ended_on or row.ends_on for row in db.exec(select(Enrolment)).all()}
        for person_id, slack_id in self.ids.items():
            person, ends_on = self.cast[slack_id], ends.get(person_id)
            away = [("leave", first, last) for first, last in person.leave]
            if person.programme:
                away.append(("not on the programme yet", first_day, person.starts_on - ONE_DAY))
                away.append(("not on the programme any more", (ends_on or last_day) + ONE_DAY, last_day))
            self.write(
                {"what": "absence", "person": slack_id, "why": why, "from": str(first), "until": str(last)}
                for why, first, last in away
                if first <= last
            )

    def write(self, lines: Iterable[Line]) -> None:
        """Write lines."""
        self.raw.writelines(json.dumps(line) + "\n" for line in lines)


def _was_said(told: dict[int, datetime], rung: int, by: datetime, *, by_itself: bool) -> bool:
    """Say whether a step was said in time: itself, or, where only the latest of several counts, a later one."""
    said = [at for n, at in told.items() if n == rung or (n > rung and not by_itself)]
    return any(at <= by for at in said)
