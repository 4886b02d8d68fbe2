"""Cards become due rules: the whole link from a line of a programme file to something owed.

Rules whose scope is programme, team or cohort are owed by those, not by each person enrolled: evaluate them with Facts
about the programme or team, and the others with Facts about the person.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from bot.rules.cadence import adjusted
from bot.rules.due_facts import FORTNIGHT, DueRule, Facts, applies
from bot.rules.when import Duration, Grid, LadderStep, Once, Rolling, When, event_of, ladder_step, say

if TYPE_CHECKING:
    from bot.programmes.cards import Card, Course, Form, Session
    from bot.programmes.programme import Programme

TEN_WORKING_DAYS = Duration(10, "working days")
# Told when the file names no ladder of its own (seed-systems, "For every row" of the training catalogue).
TRAINING_STEPS = tuple(
    ladder_step(step)
    for step in (
        "60 days before: person",
        "30 days before: person and line-manager",
        "7 days before: person and line-manager",
        "every week after: person and line-manager",
    )
)
# A meeting that was planned is asked about once it is over: held, or not, and why.
OUTCOME_STEPS = tuple(ladder_step(step) for step in ("on the day: person", "2 days after: person"))

# Which kinds of card an event can be about, and how it is said to a reader.
EVENT_WORDS: dict[str, tuple[tuple[str, ...], str]] = {
    "matched": (("relationship",), "the match for {}"),
    "change": (("relationship", "role"), "a change of {}"),
    "planned": (("session",), "the planned date of {}"),
    "held": (("session",), "{} being held"),
    "in force": (("form",), "{} coming into force"),
    "shared": (("form",), "{} being shared"),
    "written": (("form",), "{} being written"),
    "reviewed": (("form",), "{} being reviewed"),
    "opened": (("form",), "{} being opened"),
    "signed": (("form",), "{} being signed"),
    "done": (("course", "form"), "{} being done"),
    "complete": (("checklist",), "{} being complete"),
    "submitted": (("portfolio",), "{} being sent in"),
    "raised": (("request",), "{} being raised"),
    "reached": (("level",), "reaching {}"),
    "decided": (("panel",), "the decision of {}"),
}


def due_rules(programme: "Programme", facts: Facts, filled_in: Mapping[str, str]) -> tuple[DueRule, ...]:
    """Return the rules that bind this person: their level, what is true of them, and the roles that somebody fills.

    The steps of a meeting bind whoever led it, also when nobody fills that role any more. `filled_in` is what their
    agreement says ("session.supervision.when" → "every 2 weeks"); a looser answer than the programme's is not taken
    (bot.rules.cadence.adjusted tells which).
    """
    return _rules_of(programme, facts.level, facts.true, facts.roles, tuple(filled_in.items()))


@lru_cache(maxsize=1024)
def _rules_of(
    programme: "Programme",
    level: str,
    true: frozenset[str],
    roles: frozenset[str],
    filled_in: tuple[tuple[str, str], ...],
) -> tuple[DueRule, ...]:
    """Make the rules of everybody alike once: a programme does not change, and a tick asks for each person anew."""
    facts = Facts(date.min, level=level, true=true, roles=roles)
    now = adjusted(programme, facts, dict(filled_in))
    maker = _Maker(programme, now.cards, now.stricter, facts)
    filled = roles | {programme.about.participant, programme.about.lead}
    return tuple(rule for rule in maker.every_rule() if rule.scope == "session" or filled & set(rule.owners))


@dataclass(frozen=True)
class _Maker:
    """Makes the rules of one programme for one person."""

    programme: "Programme"
    cards: Mapping[str, Mapping[str, Any]]
    stricter: Mapping[str, tuple[When, ...]]
    facts: Facts

    def every_rule(self) -> Iterator[DueRule]:
        makers: tuple[tuple[str, Callable[[str, Any], Iterator[DueRule]]], ...] = (
            ("session", self.session),
            ("form", self.form),
            ("checklist", self.checklist),
            ("criterion", self.criterion),
            ("course", self.course),
            ("portfolio", self.portfolio),
        )
        for kind, make in makers:
            for name, card in self.cards[kind].items():
                if applies(card, self.facts):
                    yield from make(name, card)

    def rule(
        self, key: str, card: "Card", when: When, owners: tuple[str, ...], closes: tuple[str, ...], **more: Any
    ) -> DueRule:
        """Build a rule with what every rule takes from its card: title, source, ladder, the words for it."""
        ladder = self.programme.ladder.get(more.pop("ladder", card.ladder))
        steps = more.pop("steps", ladder.steps if ladder else ())
        needs = more.get("needs", "")
        more.setdefault("scope", "relationship" if needs else "enrolment")
        more.setdefault("lives_on", bool(needs) and self.programme.relationship[needs].ends == "never")
        more.setdefault("makes", closes[:1])
        return DueRule(
            key=key,
            title=card.title,
            when=when,
            owners=owners,
            closes=closes,
            ladder=card.ladder if ladder else "",
            steps=steps,
            fixed=ladder.fixed if ladder else False,
            late=ladder.late if ladder else "send latest once",
            lead=more.pop("lead", _lead(steps)),
            says=say(when, self.event_in_words),
            source=card.source,
            **more,
        )

    # ---- meetings ----------------------------------------------------------------------------------------------------

    def session(self, name: str, card: "Session") -> Iterator[DueRule]:
        if card.when:
            yield self.meeting(name, card)
        yield from self.around_a_meeting(name, card)
        if card.record:
            yield from self.record(name, card, self.cards["form"][card.record])

    def meeting(self, name: str, card: "Session") -> DueRule:
        assert card.when
        scopes = {"person": "enrolment", "relationship": "enrolment"}
        return self.rule(
            f"session.{name}",
            card,
            card.when,
            (card.led_by,),
            tuple(f"{word} held" for word in (name, card.counts_as, *card.also_counts) if word),
            makes=(f"{name} held", f"{name} planned"),
            stricter=self.stricter.get(f"session.{name}", ()),
            follows=any(self.leads_in(other, card) for other in card.also_counts),
            lasting=bool(card.relationship) and isinstance(card.when, Once),  # a pair that agrees anew has met before
            needs=card.relationship,
            anchor=f"{card.relationship} matched" if card.relationship else "start",
            scope="relationship" if card.relationship else scopes.get(card.about, card.about),
        )

    def leads_in(self, other: str, card: "Session") -> bool:
        """Say whether another meeting of the same people is held once, before this one begins its rhythm."""
        first: Session = self.cards["session"][other]
        return bool(card.relationship) and first.relationship == card.relationship and isinstance(first.when, Once)

    def around_a_meeting(self, name: str, card: "Session") -> Iterator[DueRule]:
        """Before a planned meeting both are asked what they bring; afterwards its leader is asked how it went."""
        planned, over = f"{name} planned", (f"{name} held", f"{name} not held")
        if card.prepare:
            for role in dict.fromkeys((*card.invites, card.led_by)):
                yield self.rule(
                    f"session.{name}#prepare:{role}",
                    card,
                    Once(card.prepare.times(-1), planned),
                    (role,),
                    (f"{name} prepared by {role}", *over),
                    ladder="",
                    needs=card.relationship,
                    scope="session",
                    each=True,
                )
        if not card.after_the_event:
            yield self.rule(
                f"session.{name}#outcome",
                card,
                Once(Duration(0, "days"), planned),
                (card.led_by,),
                over,
                ladder="",
                steps=OUTCOME_STEPS,
                needs=card.relationship,
                scope="session",
                each=True,
            )

    def record(self, name: str, card: "Session", form: "Form") -> Iterator[DueRule]:
        """A record is shared within its term, then signed and acknowledged (seed-systems 001-23, 001-24)."""
        if not (form.share_within or form.signed_by or form.acknowledged_by):
            return
        shared, more = f"{name}/{card.record} shared", {"needs": card.relationship, "scope": "session", "each": True}
        within = form.share_within or TEN_WORKING_DAYS
        key = f"session.{name}/form.{card.record}#"
        yield self.rule(f"{key}share", form, Once(within, f"{name} held"), (card.led_by,), (shared,), **more)
        yield from self.signatures(key, card.record, form, Once(form.sign_within or TEN_WORKING_DAYS, shared), more)

    # ---- what is written ---------------------------------------------------------------------------------------------

    def form(self, name: str, form: "Form") -> Iterator[DueRule]:
        if form.about == "session":
            return
        more = self.setting(form)
        if form.kind == "reflection":
            yield from self.invitation(name, form)
        elif form.when:
            yield from self.dated_form(name, form, form.when, more)
        else:
            yield from self.after_writing(name, form, more)
        if form.review:
            owners, closes = form.signed_by[-1:], (f"{name} reviewed", *_replaced(form.review, name))
            yield self.rule(f"form.{name}#review", form, form.review, owners, closes, **more)

    def setting(self, form: "Form") -> dict[str, Any]:
        """Say what the rows of a form hang on."""
        if form.relationship:
            return {"needs": form.relationship, "anchor": f"{form.relationship} matched"}
        return {"scope": form.about} if form.about in {"team", "programme"} else {}

    def invitation(self, name: str, form: "Form") -> Iterator[DueRule]:
        """Invite to reflect on a rhythm: no ladder, no status (delivery.md, "How much")."""
        if form.when:
            rhythm = Grid(form.when.steps[0].most, "start") if isinstance(form.when, Rolling) else form.when
            owners = form.written_by or (self.programme.about.participant,)
            written = (f"{name} written",)
            at_once = Duration(0, "days")
            yield self.rule(f"form.{name}#invite", form, rhythm, owners, written, ladder="", lead=at_once, invites=True)

    def dated_form(self, name: str, form: "Form", when: When, more: dict[str, Any]) -> Iterator[DueRule]:
        """A day on the form is the day it is signed by, unless signing has a term of its own after the writing."""
        key = f"form.{name}#"
        signed_by_then = form.signed_by and not form.sign_within and form.written_by != form.signed_by[:1]
        if signed_by_then or not (form.written_by or form.signed_by):
            yield from self.signatures(key, name, form, when, more, acknowledge_by=when)
            return
        for role in form.written_by or form.signed_by[:1]:
            closes = (f"{name} written by {role}",)
            yield self.rule(f"form.{name}:{role}", form, when, (role,), closes, **more)
        yield from self.after_writing(name, form, more)

    def after_writing(self, name: str, form: "Form", more: dict[str, Any]) -> Iterator[DueRule]:
        """Each one written is signed, or taken note of, within its term."""
        after = Once(form.sign_within or TEN_WORKING_DAYS, f"{name} written")
        yield from self.signatures(f"form.{name}#", name, form, after, more)

    def signatures(
        self,
        key: str,
        name: str,
        form: "Form",
        when: When,
        more: dict[str, Any],
        acknowledge_by: When | None = None,
    ) -> Iterator[DueRule]:
        """Ask each role to sign, one after another when in order, and those who only take note once it is in force."""
        term = form.sign_within or TEN_WORKING_DAYS
        for earlier, role in zip(("", *form.signed_by), form.signed_by, strict=False):
            is_chained = form.in_order and bool(earlier)
            waits = Once(term, f"{name} signed by {earlier}") if is_chained else when
            signed = f"{name} signed by {role}"
            makes = (signed, f"{name} in force") if role == form.signed_by[-1] else (signed,)
            yield self.rule(
                f"{key}sign:{role}", form, waits, (role,), (signed,), makes=makes, **_each(waits, name, more)
            )
        noted = Once(TEN_WORKING_DAYS, f"{name} in force") if form.signed_by else acknowledge_by or when
        for role in form.acknowledged_by:
            closes = (f"{name} acknowledged by {role}",)
            yield self.rule(f"{key}acknowledge:{role}", form, noted, (role,), closes, **_each(noted, name, more))

    # ---- what is shown, done or held ---------------------------------------------------------------------------------

    def checklist(self, name: str, card: Any) -> Iterator[DueRule]:
        if card.when:
            yield self.lasting("checklist", name, card, card.when, f"{name} complete")

    def criterion(self, name: str, card: Any) -> Iterator[DueRule]:
        if card.when and applies(self.cards["checklist"][card.checklist], self.facts):
            yield self.lasting("criterion", name, card, card.when, f"{name} signed off")

    def portfolio(self, name: str, card: Any) -> Iterator[DueRule]:
        if card.when:
            yield self.lasting("portfolio", name, card, card.when, f"{name} submitted")

    def course(self, name: str, card: "Course") -> Iterator[DueRule]:
        """The first time, then each renewal; who must take it is the participant unless the card says another role."""
        done, owners = f"{name} done", card.needed_by or (self.programme.about.participant,)
        if self.programme.about.participant not in owners:
            return
        more: dict[str, Any] = {} if card.ladder else {"steps": TRAINING_STEPS}
        if card.when:
            yield self.lasting("course", name, card, card.when, done, **more)
        if card.renew:
            renewal = Once(card.renew.most, done)
            more |= {"least": card.renew.least, "subject": f"course:{name}"}
            yield self.rule(f"course.{name}#renew", card, renewal, (self.programme.about.participant,), (done,), **more)
        if card.renew_on:
            more["subject"] = f"course:{name}"
            when, owner = card.renew_on, self.programme.about.participant
            yield self.rule(f"course.{name}#renew", card, when, (owner,), (done,), **more)

    def lasting(self, kind: str, name: str, card: "Card", when: When, done: str, **more: Any) -> DueRule:
        """Build the rule of something that, once done, stays done."""
        owners, subject = (self.programme.about.participant,), f"{kind}:{name}"
        return self.rule(f"{kind}.{name}", card, when, owners, (done,), subject=subject, lasting=True, **more)

    # ---- words -------------------------------------------------------------------------------------------------------

    def event_in_words(self, event: str) -> str:
        """Put "mentoring-note signed by mentee" into a reader's words, with the titles of the cards."""
        if event in {"start", "end"}:
            return f"the {event} date"
        for verb, (kinds, words) in EVENT_WORDS.items():
            name, found, role = event.partition(f" {verb}")
            if found and (title := self.title_of(name.rpartition("/")[2], kinds)):
                return words.format(f'"{title}"') + (f" by {self.title_of(role[4:], ('role',))}" if role else "")
        return event

    def title_of(self, name: str, kinds: tuple[str, ...]) -> str:
        """Return the title of the first card of these kinds with this name."""
        cards = (self.programme.cards(kind).get(name) for kind in kinds)
        return next((str(getattr(card, "title", "")) for card in cards if card), "")


def _lead(steps: tuple[LadderStep, ...]) -> Duration:
    """Say how long before its day a thing opens: a fortnight, or earlier when the first step of its ladder is."""
    before = (step.offset.times(-1) for step in steps)
    return max((FORTNIGHT, *before), key=lambda length: length.in_days)


def _each(when: When, name: str, more: dict[str, Any]) -> dict[str, Any]:
    """What is counted from an event of the document itself is owed for each document."""
    return more | {"each": more.get("each", False) or event_of(when).startswith(f"{name} ")}


def _replaced(review: When, name: str) -> tuple[str, ...]:
    """A newer version in force takes the place of the one whose review was counted from its coming into force."""
    event = f"{name} in force"
    return (event,) if isinstance(review, Once) and review.event == event else ()
