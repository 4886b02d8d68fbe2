"""The parts of a form as one person meets them: the cards, what was answered, and what is shown beside it."""

from collections.abc import Callable, Iterator, Mapping
from uuid import UUID

from bot.access import Opened
from bot.actions.documents_people import names_of, people_in
from bot.actions.facts import applicable_criteria, criterion_completed_on
from bot.programmes.cards import Part
from bot.rules import forms
from bot.rules.forms import Entry, Line, Said
from bot.rules.working_days import local_date
from storage.queries import documents as queries
from storage.queries import facts as fact_queries
from storage.queries.documents import Answered

LAST_ACTIONS = ("actions", "next time")
DONE, STILL_OPEN = "done", "open"


def entries_of(
    opened: Opened, answers: tuple[Answered, ...], me_id: UUID, *, to_read: bool = False
) -> tuple[Entry, ...]:
    """Return every part as this person meets it, to write on or `to_read` whole.

    Of a draft that one person writes, others see their own parts only.
    """
    maker = _Maker(opened, answers, me_id, to_read=to_read)
    return tuple(maker.entry(name, part) for name, part in opened.parts.items() if maker.may_see(part))


class _Maker:
    """Makes the entries of one document for one person."""

    def __init__(self, opened: Opened, answers: tuple[Answered, ...], me_id: UUID, *, to_read: bool) -> None:
        self.opened, self.answers, self.me_id, self.to_read = opened, answers, me_id, to_read
        self.known, self.document = opened.known, opened.document
        self.is_draft = self.document.state == "draft"
        self.names = names_of(self.known.db, [a.author_id for a in answers])
        self._asked: dict[tuple[str, ...], tuple[str, ...]] = {}  # names by the roles asked: most parts ask the same

    def may_see(self, part: Part) -> bool:
        """Say whether a part is shown to this person at this stage."""
        if not self.is_draft or forms.is_joint(self.opened.form) or self.document.author_id == self.me_id:
            return True
        return self.is_mine(part)

    def is_mine(self, part: Part) -> bool:
        """Say whether this person is asked this part. A survey of one's own may have no role behind it."""
        return self.is_draft and bool(set(forms.writers_of(self.opened.form, part)) & set(self.opened.roles))

    def entry(self, name: str, part: Part) -> Entry:
        """Put one part together."""
        mine, answer = self.is_mine(part), self.my_answer(name, part)
        return Entry(
            name=name,
            type=part.type,
            section=part.section,
            text=part.text,
            asks=part.asks,
            help=part.help,
            whose=self.title(part.whose) if part.whose else "",
            choices=part.choices,
            is_optional=part.optional,
            is_mine=mine,
            shows=part.shows,
            answer=answer,
            default=part.default,
            said=self.said(name, part, mine),
            lines=self.lines(name, part, answer),
            writers=self.writers(part),
        )

    def my_answer(self, name: str, part: Part) -> str:
        """Return what stands in the field this person would write on."""
        roles = self.opened.roles if forms.has_one_answer_each(part) else ("",)
        return next((a.text for a in self.answers if a.part == name and a.writer in roles), "")

    def said(self, name: str, part: Part, mine: bool) -> tuple[Said, ...]:
        """Return what is read of a part: of a field being written on only what the others said."""
        found = [a for a in self.answers if a.part == name]
        if mine and not self.to_read:
            found = [a for a in found if a.writer and a.writer not in self.opened.roles]
        by_name = bool(part.written_by)
        return tuple(Said(self.names.get(a.author_id, "") if by_name else "", a.text) for a in found)

    def writers(self, part: Part) -> tuple[str, ...]:
        """Return the names of those a part is asked of."""
        roles = forms.writers_of(self.opened.form, part)
        if roles not in self._asked:
            ids = list(dict.fromkeys(p for role in roles for p in people_in(self.known, self.opened.place, role)))
            found = names_of(self.known.db, ids)
            self._asked[roles] = tuple(found[person_id] for person_id in ids)
        return self._asked[roles]

    def title(self, role: str) -> str:
        """Return a role's title."""
        card = self.known.programme.role.get(role)
        return card.title if card else role

    # ---- what is shown beside a part ---------------------------------------------------------------------------------

    def lines(self, name: str, part: Part, answer: str) -> tuple[Line, ...]:
        """Return the lines a part shows; what changes with time is shown while a draft is written, not afterwards."""
        if part.type == "people":
            return self.people(name)
        if part.shows == "last actions":
            return tuple(self.last_actions(answer))
        if part.shows == "commitments":
            return tuple(self.commitments(answer))
        make = self.passing().get(part.shows)
        return tuple(make()) if make and self.is_draft else ()

    def passing(self) -> Mapping[str, Callable[[], Iterator[Line]]]:
        return {
            "training due": self.training_due,
            "goals": self.goals,
            "coverage": self.coverage,
            "dates planned": self.dates_planned,
        }

    def people(self, name: str) -> tuple[Line, ...]:
        ids = [UUID(line) for a in self.answers if a.part == name for line in forms.lines_of(a.text)]
        return tuple(Line(str(person_id), found) for person_id, found in names_of(self.known.db, ids).items())

    def last_actions(self, answer: str) -> Iterator[Line]:
        """Yield what was agreed before, ticked or still open; once written down, only what stood there then."""
        marked = forms.read_choices(answer)
        carried = queries.list_agreed_actions(
            self.known.db,
            about_id=self.document.owner_id,
            kinds=LAST_ACTIONS,
            relationship_id=self.opened.place.pair_id,
            ids=[UUID(each) for each in marked],
        )
        for each in carried:
            if str(each.id) in marked or (self.is_draft and each.done_on is None):
                yield Line(str(each.id), each.text, marked.get(str(each.id), STILL_OPEN))

    def commitments(self, answer: str) -> Iterator[Line]:
        """Yield each promise that this form asks after (seed-systems 000-18)."""
        rated = forms.read_choices(answer)
        for form, parts in self.known.programme.part.items():
            for name, part in parts.items():
                if part.rated_in == self.document.form:
                    path = f"{form}.{name}"
                    yield Line(path, f"{self.title(part.whose)}: {part.text}", rated.get(path, ""))

    def training_due(self) -> Iterator[Line]:
        for item in fact_queries.list_due_items(self.known.db, enrolment_id=self.known.enrolment.id):
            kind, _, name = item.rule.partition("#")[0].partition(".")
            if kind == "course" and item.state == "open":
                yield Line(name, self.known.programme.course[name].title, on=item.due_on)

    def goals(self) -> Iterator[Line]:
        pair = self.opened.place.pair_id
        for each in queries.list_agreed_actions(
            self.known.db, about_id=self.document.owner_id, kinds=("goals",), relationship_id=pair
        ):
            yield Line(str(each.id), each.text)

    def coverage(self) -> Iterator[Line]:
        """Yield every criterion that binds this person and whether it is signed off, by state and day only."""
        complete = {row.criterion: criterion_completed_on(self.known, row) for row in self.known.progress}
        for checklist in self.known.programme.checklist:
            for name in applicable_criteria(self.known.programme, checklist, self.known.enrolment.level):
                on = complete.get(name)
                title = self.known.programme.criterion[name].title
                yield Line(name, title, DONE if on else STILL_OPEN, on)

    def dates_planned(self) -> Iterator[Line]:
        pair = self.opened.place.pair_id
        for session in self.known.sessions:
            if session.state == "planned" and session.planned_at and session.relationship_id == pair:
                yield Line(str(session.id), "", on=local_date(session.planned_at, session.zone))
