"""Moving programme time: never a jump, but a step to each next moment at which anything is due, so a week shows a week.

Usable as the clock of a practice workspace.
"""

from datetime import datetime, timedelta

from bot.clock import Clock, SetClock
from bot.delivery.engine import Engine
from bot.delivery.stepping import next_thing
from prompts.moving import moved_sentence, nothing_ahead_sentence
from storage.queries import deliveries as delivery_queries

HOW_FAR = timedelta(days=400)  # where looking for the next thing ends
_STEPS = {"day": timedelta(days=1), "week": timedelta(days=7)}


class Driver:
    """Moves a clock that can be set, and lets the engine tick and send at every step. `zone` is for the sentence."""

    def __init__(self, engine: Engine, clock: SetClock, *, zone: str = "Europe/London") -> None:
        self._engine, self._clock, self._zone = engine, clock, zone

    def now(self) -> datetime:
        """Return programme time."""
        return self._clock.now()

    def step(self, how: str, to: datetime | None = None) -> tuple[int, str]:
        """Move on: to the "next" thing said, by a "day" or a "week", or "to" a moment. Return steps and a sentence."""
        before = self._sent()
        if how == "next":
            steps = self._to_next_message()
        else:
            steps = self.advance(to if to is not None else self.now() + _STEPS[how])
        said = self._sent() - before
        if how == "next" and not said:
            return steps, nothing_ahead_sentence()
        return steps, moved_sentence(self.now(), self._zone, said=said)

    def advance(self, to: datetime) -> int:
        """Step to each moment up to `to` at which anything is due, then to `to` itself; return the steps taken."""
        steps = 0
        with self._engine.turn:
            self._go(self.now())  # what is due already comes first
            while (moment := self.next_thing()) and moment <= to:
                self._go(moment)
                steps += 1
            self._go(to)
        return steps

    def next_thing(self) -> datetime | None:
        """Return the next moment after now at which anything is due."""
        return next_thing(self._engine.database, now=self.now())

    def follow(self, source: Clock) -> int:
        """Catch up, step by step, with a clock that somebody else moves; return the steps taken."""
        to = source.now()
        return self.advance(to) if to > self.now() else 0

    def _to_next_message(self) -> int:
        steps, before, limit = 0, self._sent(), self.now() + HOW_FAR
        with self._engine.turn:
            self._go(self.now())
            while (moment := self.next_thing()) and moment <= limit and self._sent() == before:
                self._go(moment)
                steps += 1
        return steps

    def _go(self, moment: datetime) -> None:
        self._clock.set(moment)
        self._engine.run_until(self._clock.now())

    def _sent(self) -> int:
        with self._engine.database.reading() as db:
            return delivery_queries.count_posts(db)
