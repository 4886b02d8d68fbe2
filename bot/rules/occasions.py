"""The occasions of one due rule: for each kind of time, when it falls due and what has closed it.

Pure, and apart from bot.rules.due only so that each kind of counting can be read by itself.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import count
from zlib import crc32

from bot.rules.absences import LONG_ABSENCE, lengthened, working_days_away
from bot.rules.cadence import next_after, step_at, window_of
from bot.rules.calendar_words import calendar_dates, next_calendar_date
from bot.rules.due_facts import Due, DueRule, Facts, Happening
from bot.rules.when import MONTHS_IN, Calendar, Grid, Once, OnDemand, Points, Rolling, When, Window, event_of

ONE_DAY = timedelta(days=1)
GRACE = 14  # days after go-live for a rule that has no length of its own
LONGEST_GRACE = 28
SPREAD = 4  # weeks over which the training that go-live finds undone is spread


@dataclass(frozen=True)
class Setting:
    """A rule with the facts it is worked out from, inside one relationship if it needs one."""

    rule: DueRule
    facts: Facts
    relationship: str = ""

    def closings(self, subject: str = "") -> list[date]:
        """Return the dates on which the thing was done; about `subject`, if that is told."""
        found = (happening for event in self.rule.closes for happening in self.facts.of(event))
        return sorted({h.on for h in found if not subject or h.subject in {"", subject}})

    def anchor(self) -> date | None:
        """Return the day a rhythm counts from, once that has come about."""
        events = self.facts.of(event_of(self.rule.when) or self.rule.anchor)
        return events[0].on if events else None

    def due(self, period: str, due_on: date, anchor_on: date) -> Due:
        """Build the item of one occasion, still open."""
        opens_on = min(due_on, self.rule.lead.times(-1).after(due_on))
        return Due(
            self.rule,
            self.rule.scope,
            self.rule.subject,
            period,
            opens_on,
            due_on,
            relationship=self.relationship,
            anchor_on=anchor_on,
        )

    def after_go_live(self, due_on: date, counted_from: date, length: float, done_on: date | None) -> date:
        """Move a day that was counted from before go-live to go-live and some grace, the rule's own length in days.

        Nothing falls due before go-live; training found undone is spread over the weeks, so that nobody gets it all at
        once (delivery.md, "Go-live").
        """
        go_live_on = self.facts.go_live_on
        if not go_live_on or counted_from >= go_live_on or (done_on and done_on < go_live_on):
            return due_on
        grace = min(round(length), LONGEST_GRACE) if length >= 1 else GRACE
        if self.rule.subject.startswith("course:"):
            grace += 7 * (crc32(self.rule.key.encode()) % SPREAD)
        return max(due_on, go_live_on + timedelta(days=grace))


def settings(rule: DueRule, facts: Facts) -> Iterator[Setting]:
    """Yield the rule once, or once for each relationship of the kind it needs, with that one's happenings only."""
    if not rule.needs:
        yield Setting(rule, facts)
        return
    for relationship in sorted({matched.relationship for matched in facts.of(f"{rule.needs} matched")}):
        yield Setting(rule, facts.within(relationship), relationship)


def occasions(setting: Setting, until: date, closed: frozenset[date]) -> Iterator[Due]:
    """Yield every occasion up to `until` and the next after it, open or done, that is still owed."""
    rule = setting.rule
    match rule.when:
        case _ if rule.stricter:
            found = _one_after_another(setting, closed)
        case Once():
            found = _once(setting, rule.when, closed)
        case Window(unit):
            found = _windows(setting, unit, until)
        case Points() | Grid() | Calendar():
            found = _fixed_days(setting, until)
        case Rolling() | OnDemand():
            found = _one_after_another(setting, closed)
    return (due for due in found if _is_still_owed(due, setting))


def _is_still_owed(due: Due, setting: Setting) -> bool:
    """Leave out what falls after the end: of the relationship, or of the enrolment if the rule does not live on."""
    rule, facts = setting.rule, setting.facts
    if due.done_on or rule.scope not in {"enrolment", "relationship"}:
        return True
    if rule.needs and facts.of(f"{rule.needs} ended"):
        return False
    return rule.lives_on or event_of(rule.when) == "end" or not facts.end or due.due_on <= facts.end


# ---- once for each time an event comes about -------------------------------------------------------------------------


def _once(setting: Setting, rule: Once, closed: frozenset[date]) -> Iterator[Due]:
    events = _events(setting, rule.event)
    done_on: date | None = None
    for n, event in enumerate(events):
        done_on = _done_on(setting, rule, events, n, done_on)
        if not done_on and rule.event == "end" and event != events[-1]:
            continue  # an extension moved the end: what was not done by the first is owed by the last
        due_on = rule.offset.after(event.on, closed)
        least = setting.rule.least
        due = setting.due(
            _period(setting, rule, event),
            setting.after_go_live(due_on, event.on, rule.offset.in_days, done_on),
            event.on,
        )
        if least:
            due = replace(due, opens_on=least.after(event.on))
        elif rule.offset.n > 0:
            due = replace(due, opens_on=max(due.opens_on, event.on))
        yield replace(due, done_on=done_on, subject=event.subject if setting.rule.each else due.subject)


def _events(setting: Setting, event: str) -> list[Happening]:
    """Return what to count from: a session's latest plan only, and none from before Handrail was there to ask.

    A pair that meets ahead of the start is asked about it as any other.
    """
    if setting.rule.scope != "session":
        each = setting.rule.each
        return sorted({Happening(h.on, h.subject if each else "") for h in setting.facts.of(event)})
    latest = {h.subject: h for h in setting.facts.of(event)}
    return [h for h in latest.values() if h.on >= (setting.facts.go_live_on or setting.facts.start)]


def _period(setting: Setting, rule: Once, event: Happening) -> str:
    if setting.rule.scope == "session":
        return ""  # the session is the occasion: planned anew, it is the same one
    return "first" if rule.event == "start" else event.on.isoformat()


def _done_on(setting: Setting, rule: Once, events: list[Happening], n: int, last_done_on: date | None) -> date | None:
    """Return the day on which the nth occasion was closed."""
    event = events[n]
    done = setting.closings(event.subject if setting.rule.each else "")
    if setting.rule.scope == "session" or setting.rule.lasting:
        return next(iter(done), None)
    if setting.rule.renews:
        return next((day for day in done if day > event.on), None)
    if n == 0 and not setting.rule.each and not rule.event.endswith(" change"):
        return next(iter(done), None)  # done early, or on paper before the start, is done
    if rule.offset.n >= 0:
        return next((day for day in done if day >= event.on), None)
    earlier = max(events[n - 1].on, last_done_on or events[n - 1].on) if n else date.min
    return next((day for day in done if day > earlier), None)


# ---- days that are fixed beforehand ----------------------------------------------------------------------------------


def _fixed_days(setting: Setting, until: date) -> Iterator[Due]:
    anchor, facts = setting.anchor(), setting.facts
    if not anchor:
        return
    until = max(until, facts.begins_on - ONE_DAY)
    days = list(_days(setting.rule.when, anchor, until, facts.stretch))
    done = _closed_by([day for _, day in days], setting.closings(), anchor)
    found = [
        replace(setting.due(period, day, anchor), done_on=done_on)
        for (period, day), done_on in zip(days, done, strict=True)
        if done_on or day >= facts.begins_on
    ]
    past = [due for due in found if due.due_on <= until]
    yield from [*past[-1:], *found[len(past) :]] if setting.rule.invites else found


def _days(rule: When, anchor: date, until: date, stretch: float) -> Iterator[tuple[str, date]]:
    """Yield the period and day of each occasion, up to `until` and the next after it; milestones all at once."""
    match rule:
        case Points(offsets, _):
            yield from ((str(offset), offset.times(stretch).after(anchor)) for offset in offsets)
        case Grid(every, _):
            for n in count(1):
                yield str(n), every.times(n).after(anchor)
                if every.times(n).after(anchor) > until:
                    return
        case Calendar(words):
            following = next_calendar_date(words, anchor, max(until, anchor - ONE_DAY))
            for day in (*calendar_dates(words, anchor, until), following):
                if day:
                    yield day.isoformat(), day


def _closed_by(days: list[date], closings: list[date], anchor: date) -> list[date | None]:
    """Match what was done with fixed days: a doing closes every day it is late for, else the next if that is nearer."""
    done: list[date | None] = [None] * len(days)
    for closing in closings:
        still_open = [n for n, day in enumerate(done) if day is None]
        late = [n for n in still_open if days[n] <= closing]
        if not late and still_open and _is_nearer(closing, days, still_open[0], anchor):
            late = still_open[:1]
        for n in late:
            done[n] = closing
    return done


def _is_nearer(closing: date, days: list[date], n: int, anchor: date) -> bool:
    before = days[n - 1] if n else anchor
    return closing - before >= days[n] - closing


# ---- one inside each calendar window ---------------------------------------------------------------------------------


def _windows(setting: Setting, unit: str, until: date) -> Iterator[Due]:
    anchor, facts = setting.anchor(), setting.facts
    if not anchor:
        return
    joined_on, closings = max(anchor, facts.begins_on), setting.closings()
    first, following = window_of(unit, joined_on)
    if joined_on > first + (following - first) / 2:  # a window joined past its middle is not owed
        first, following = window_of(unit, following)
    while True:
        due_on = following - ONE_DAY
        done_on = next((day for day in closings if day >= first), None)
        excused = (done_on or date.max) > due_on and _is_excused(facts, first, following, MONTHS_IN[unit])
        due = setting.due(_window_name(unit, first), due_on, anchor)
        yield replace(due, opens_on=max(first, joined_on), done_on=None if excused else done_on, excused=excused)
        if due_on > until:
            return
        first, following = window_of(unit, following)


def _window_name(unit: str, first: date) -> str:
    return {"month": f"{first:%Y-%m}", "quarter": f"{first.year}-Q{(first.month + 2) // 3}", "year": f"{first.year}"}[
        unit
    ]


def _is_excused(facts: Facts, first: date, following: date, months: int) -> bool:
    """Say whether the person was away for 10 or more of their working days, for each month of the window."""
    away = working_days_away(facts.excused, facts.works, first, following - ONE_DAY)
    return away >= LONG_ABSENCE * months


# ---- each counted from the one before --------------------------------------------------------------------------------


def _one_after_another(setting: Setting, closed: frozenset[date]) -> Iterator[Due]:
    anchor = setting.anchor()
    if not anchor:
        return
    closings = setting.closings()
    counted_from = [("first", anchor), *((f"after {day}", day) for day in closings)]
    led_in = 1 if setting.rule.follows else 0
    for (period, last), done_on in zip(counted_from[led_in:], [*closings, None][led_in:], strict=True):
        due_on = _next_due(setting, last, anchor, closed, is_first=period == "first")
        if not due_on:
            return
        length = (due_on - last).days
        due_on = lengthened(due_on, since=last, long=setting.facts.long_absences)
        due_on = setting.after_go_live(due_on, last, length, done_on)
        due = replace(setting.due(period, due_on, last), done_on=done_on)
        yield replace(due, opens_on=min(due_on, _welcome_from(setting.rule, due, anchor)))


def _next_due(setting: Setting, last: date, anchor: date, closed: frozenset[date], *, is_first: bool) -> date | None:
    """Return the earliest of the next days that the rule and the stricter ones beside it name."""
    rhythms = (setting.rule.when, *setting.rule.stricter)
    days = (next_after(rhythm, _counted_to(rhythm, last, is_first), anchor, closed) for rhythm in rhythms)
    return min((day for day in days if day), default=None)


def _counted_to(rhythm: When, last: date, is_first: bool) -> date:
    """Return the day up to which a rhythm is kept by what happened on `last`: the whole window it was in."""
    if not isinstance(rhythm, Window):
        return last
    first, following = window_of(rhythm.unit, last)
    is_kept = last > first + (following - first) / 2 if is_first else True
    return following - ONE_DAY if is_kept else first


def _welcome_from(rule: DueRule, due: Due, anchor: date) -> date:
    """Return the day from which it is welcome: the least of "2 to 3 months", or so long before it is due."""
    assert due.anchor_on
    least = step_at(rule.when, anchor, due.anchor_on).least if isinstance(rule.when, Rolling) else None
    return least.after(due.anchor_on) if least else max(due.opens_on, due.anchor_on)
