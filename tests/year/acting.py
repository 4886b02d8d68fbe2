"""What people do about what they are asked for: the acts behind the buttons, each as the product's own doors do it."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from functools import partial
from random import Random
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlmodel import Session as Db

from bot.access import access_document
from bot.actions import (
    checklist,
    documents,
    documents_duties,
    documents_preparing,
    documents_signing,
    nudges,
    pairing,
    reflections,
    session_changes,
    session_choices,
    sessions,
    sign_off,
    training,
    training_log,
)
from bot.actions.documents import Left, Screen
from bot.actions.documents_entries import entries_of
from bot.actions.duties import access_own_duty, list_duties
from bot.actions.lead_pairing import pair_of_duty
from bot.actions.training_log import Completion
from bot.errors import HandrailError
from bot.rules import forms
from bot.rules.forms import Entry, Typed, writing_pages
from bot.rules.permissions import Purpose
from bot.rules.reflecting import ReflectionPage
from bot.rules.sessions import Cause, ListedSession
from bot.rules.slots import resolve_local
from bot.rules.written import Stage, Writing
from bot.values import CriterionRef, Duty, Ref, Standing, Step, Who
from storage.database import Database
from storage.queries.documents import list_answers
from tests.year.at_work import is_at_work
from tests.year.cast import Character

WORKSPACE = "T0PRACTICE"
_ANSWERS = {"yes or no": "yes", "scale": "3", "duration": "1 working day", "frequency": "every 2 weeks", "number": "1"}
_WORDS = "As we talked about."
_FAR_ENOUGH = timedelta(days=2)
_DAYS_BEFORE = timedelta(days=4)
_DAYS_LOOKED_AT = 12
_HOURS_TRIED = (10, 11, 14, 15, 9, 13)  # by the clock of whoever arranges it


@dataclass
class Acting:
    """One hand for all of them: `dice` decides, `refused` counts by name what the product would not let them do."""

    database: Database
    dice: Random
    cast: Mapping[UUID, Character]  # by person
    supervisors: tuple[UUID, ...] = ()  # whom a lead can ask to be somebody's clinical supervisor
    done: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    snoozed: set[UUID] = field(default_factory=set)

    def answer(self, me: Who, now: datetime, *, most: int, on_plan: bool) -> None:
        """Let somebody do what they are asked for, most pressing first; `on_plan`: and what comes to their own mind."""
        with self.database.reading() as db:
            duties = list_duties(db, person_id=me.id, now=now)
        for duty in duties[:most]:
            self._try(duty.step.value, partial(self._do, me, duty, now))
        if on_plan and self.dice.random() < 0.2:
            self._try("ready", partial(self._say_ready, me, now))

    def _try(self, name: str, act: Callable[[], None]) -> None:
        try:
            act()
        except HandrailError as refusal:
            self.refused[f"{name}: {type(refusal).__name__}"] += 1
        else:
            self.done[name] += 1

    def _do(self, me: Who, duty: Duty, now: datetime) -> None:
        if self.dice.random() < 0.08:
            self._put_off(me, duty, now)
        else:
            _ACTS[duty.step](self, me, duty, now)

    def _put_off(self, me: Who, duty: Duty, now: datetime) -> None:
        with self.database.transaction() as db:
            item = access_own_duty(db, me=me, ref=duty.ref, now=now)
            _, until = nudges.list_snoozes(db, item, me=me, now=now)[-1]
            nudges.snooze(db, me=me, ref=duty.ref, until=until, now=now)
        self.snoozed.add(duty.ref.id)

    # ---- meetings ----------------------------------------------------------------------------------------------------

    def arrange(self, me: Who, duty: Duty, now: datetime) -> None:
        """Find a time that suits both, and plan the meeting or move it there."""
        with self.database.transaction() as db:
            start = session_choices.start_asked(db, me=me, ref=duty.ref, now=now)
            if start.planned is not None:
                return
            choice = start.choices[0]
            people, key = {choice.about_id, me.id, *dict(choice.leaders[:1])}, choice.key
            for wall in self._times(me, duty, now):
                suits = all(is_at_work(self.cast[each], resolve_local(wall, me.zone)) for each in people)
                if suits and not session_changes.find_clashes(
                    db, me=me, choice_key=key, led_by_id=None, wall=wall, now=now
                ):
                    session_changes.schedule(
                        db, me=me, choice_key=key, wall=wall, led_by_id=None, instead_of=None, now=now
                    )
                    return

    def _times(self, me: Who, duty: Duty, now: datetime) -> Iterator[datetime]:
        """Yield times in the days before a meeting is due, and after where none of those suits."""
        first = max((now + _FAR_ENOUGH).astimezone(ZoneInfo(me.zone)).date(), duty.due_on - _DAYS_BEFORE)
        for n in range(_DAYS_LOOKED_AT):
            for hour in _HOURS_TRIED:
                yield datetime.combine(first + timedelta(days=n), time(hour))

    def say_how_it_went(self, me: Who, duty: Duty, now: datetime) -> None:
        """Say that a meeting was held, or that it was not; most write the record at once."""
        with self.database.transaction() as db:
            line = sessions.get_over(db, me=me, ref=duty.ref, now=now)
            assert line.at is not None
            ref = Ref("session", line.id, line.version)
            if self.dice.random() < 0.08:
                session_changes.mark_not_held(db, me=me, ref=ref, cause=self.dice.choice(tuple(Cause)), now=now)
                return
            held_on = line.at.astimezone(ZoneInfo(me.zone)).date()
            session_changes.mark_held(db, me=me, ref=ref, held_on=held_on, minutes=line.minutes, now=now)
        if self.dice.random() < 0.5:
            self._write_record(me, line, now)

    def _write_record(self, me: Who, line: ListedSession, now: datetime) -> None:
        with self.database.transaction() as db:
            wanted = documents.wanted_record(db, session_id=line.id)
            screen = documents.open_wanted(db, me=me, wanted=wanted, now=now)
            self._write_to_the_end(db, me, screen, now)
        self._sign_if_asked(me, screen.head.ref.id, now)

    def prepare(self, me: Who, duty: Duty, now: datetime) -> None:
        """Note what to bring."""
        with self.database.transaction() as db:
            preparing = documents_preparing.open_preparation_duty(db, me=me, ref=duty.ref, now=now)
            documents_preparing.save_preparation(db, me=me, session_id=preparing.session_id, text=_WORDS, now=now)

    # ---- what is written ---------------------------------------------------------------------------------------------

    def write(self, me: Who, duty: Duty, now: datetime) -> None:
        """Write what is asked, send it out and sign it; or read and sign what is there, or ask for changes."""
        with self.database.transaction() as db:
            screen = documents_duties.open_duty(db, me=me, ref=duty.ref, now=now)
            self._write_to_the_end(db, me, screen, now)
        self._sign_if_asked(me, screen.head.ref.id, now)

    def _write_to_the_end(self, db: Db, me: Who, screen: Screen, now: datetime) -> None:
        """Write a draft as if on one long page, and send it out where nobody else has to write first."""
        if not isinstance(screen, Writing):
            return
        document_id = screen.head.ref.id
        opened = access_document(db, me=me, document_id=document_id, now=now, purpose=Purpose.WRITE)
        entries = entries_of(opened, list_answers(db, opened.document), me.id)
        typed = tuple(_typed(entry, self.dice) for entry in entries if entry.is_mine)
        last_page = writing_pages(entries)[-1].start
        left = Left(document_id, last_page, typed, screen.outcomes[0] if screen.outcomes else None)
        whole = documents.turn_page(db, me=me, left=left, now=now)
        if not isinstance(whole, Writing) and whole.stage is Stage.CHECK and not whole.asked_to_write:
            documents.send_out(db, me=me, document_id=document_id, now=now)

    def _sign_if_asked(self, me: Who, document_id: UUID, now: datetime) -> None:
        with self.database.transaction() as db:
            screen = documents.open_document(db, me=me, document_id=document_id, now=now)
        if isinstance(screen, Writing):
            return
        with self.database.transaction() as db:
            if screen.stage is Stage.SIGN and screen.may_return and self.dice.random() < 0.05:
                documents_signing.ask_for_changes(db, me=me, document_id=document_id, reason=_WORDS, now=now)
            elif screen.stage is Stage.SIGN:
                documents_signing.sign(db, me=me, document_id=document_id, workspace_id=WORKSPACE, now=now)
            elif screen.stage is Stage.ACKNOWLEDGE:
                documents_signing.acknowledge(db, me=me, document_id=document_id, workspace_id=WORKSPACE, now=now)

    def review(self, me: Who, duty: Duty, now: datetime) -> None:
        """Look at an agreement again: its next version, with the same words."""
        with self.database.transaction() as db:
            screen = documents_duties.open_duty(db, me=me, ref=duty.ref, now=now)
            if not isinstance(screen, Writing):
                screen = documents.begin_next(db, me=me, document_id=screen.head.ref.id, now=now)
            self._write_to_the_end(db, me, screen, now)
        self._sign_if_asked(me, screen.head.ref.id, now)

    def reflect(self, me: Who, duty: Duty, now: datetime) -> None:
        """Take up an invitation one time in three."""
        if self.dice.random() > 1 / 3:
            return
        with self.database.transaction() as db:
            screen: Writing | ReflectionPage = reflections.begin_invited(db, me=me, ref=duty.ref, now=now)
            while isinstance(screen, Writing):
                typed = tuple(_typed(entry, self.dice) for entry in screen.page.entries)
                left = Left(screen.head.ref.id, screen.page.start, typed)
                screen = reflections.turn_page(db, me=me, left=left, now=now)

    # ---- criteria and training ---------------------------------------------------------------------------------------

    def _say_ready(self, me: Who, now: datetime) -> None:
        """Ask for a criterion to be signed off, of one's own accord."""
        with self.database.transaction() as db:
            page = checklist.get_own_checklist(db, me=me, now=now)
            waiting = [line for line in page.lines if line.standing in (Standing.NOT_STARTED, Standing.RETURNED)]
            for line in self.dice.sample(waiting, min(2, len(waiting))):
                sign_off.ask_for_sign_off(db, me=me, ref=line.ref, note=_WORDS, now=now)

    def open_checklist(self, me: Who, duty: Duty, now: datetime) -> None:
        """Say which criteria are ready."""
        self._say_ready(me, now)

    def sign_criterion(self, me: Who, duty: Duty, now: datetime) -> None:
        """Sign off what somebody says is ready."""
        with self.database.transaction() as db:
            item = access_own_duty(db, me=me, ref=duty.ref, now=now)
            ref = CriterionRef(item.enrolment_id, item.subject.removeprefix("criterion:"))
            ref = checklist.get_criterion(db, me=me, ref=ref, now=now).line.ref
            today = now.astimezone(ZoneInfo(me.zone)).date()
            sign_off.sign_off_many(db, me=me, refs=(ref,), occasion_on=today, comment=_WORDS, now=now)

    def train(self, me: Who, duty: Duty, now: datetime) -> None:
        """Log a course as done today."""
        with self.database.transaction() as db:
            start = training.start_asked_log(db, me=me, ref=duty.ref, now=now)
            done_on = now.astimezone(ZoneInfo(me.zone)).date()
            training_log.log_training(db, me=me, said=Completion(start.course, "", done_on), now=now)

    def verify(self, me: Who, duty: Duty, now: datetime) -> None:
        """Verify what somebody logged."""
        with self.database.transaction() as db:
            line = training.get_asked_check(db, me=me, ref=duty.ref, now=now)
            training_log.verify_training(db, me=me, refs=(line.ref,), now=now)

    def find_supporter(self, me: Who, duty: Duty, now: datetime) -> None:
        """Find a supporter for somebody who has none of a kind."""
        with self.database.transaction() as db:
            wanted, today = pair_of_duty(db, ref=duty.ref), now.astimezone(ZoneInfo(me.zone)).date()
            pairing.pair(
                db, enrolment_id=wanted.enrolment_id, kind=wanted.kind, by=me.id, on=today, now=now,
                supporter_ids=(self.dice.choice(self.supervisors),),
            )  # fmt: skip


_ACTS: Mapping[Step, Callable[[Acting, Who, Duty, datetime], None]] = {
    Step.HOLD: Acting.arrange,
    Step.SAY_HELD: Acting.say_how_it_went,
    Step.PREPARE: Acting.prepare,
    Step.WRITE: Acting.write,
    Step.SIGN: Acting.write,
    Step.ACKNOWLEDGE: Acting.write,
    Step.AGREE: Acting.write,
    Step.CHANGE: Acting.write,
    Step.REVIEW: Acting.review,
    Step.REFLECT: Acting.reflect,
    Step.CHECKLIST: Acting.open_checklist,
    Step.SIGN_OFF: Acting.sign_criterion,
    Step.TRAIN: Acting.train,
    Step.RENEW: Acting.train,
    Step.VERIFY: Acting.verify,
    Step.PAIR: Acting.find_supporter,
}


def _typed(entry: Entry, dice: Random) -> Typed:
    """Answer one question of a form as people do: the first choice, a short sentence."""
    if entry.type == "rating":
        said = forms.write_choices({line.id: dice.choice(entry.choices) for line in entry.lines})
    elif entry.choices:
        said = entry.choices[0]
    else:
        said = entry.answer or entry.default or _ANSWERS.get(entry.type, _WORDS)
    if not entry.is_question or entry.shows == "last actions" or entry.type in {"people", "date", "link"}:
        said = entry.answer
    return Typed(entry.name, said, entry.answer)
