"""The kinds of card a programme file is made of: `[kind.name]` and some `word = value` lines.

Each class says which lines a card of its kind may have. Cards name each other; bot.programmes.names checks the names.
"""

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict

from bot.rules.when import Duration, LadderStep, PartTime, Step, When, duration, ladder_step, part_time, span, when


def _as_list(value: Any) -> Any:
    """Let one name stand for a list of one."""
    return (value,) if isinstance(value, str) else tuple(value) if isinstance(value, list) else value


def _words(value: Any) -> str:
    if not isinstance(value, str):
        raise ValueError("it must be words in quotes")  # noqa: TRY004  pydantic puts a ValueError into the list of faults
    return value


def _ladder_steps(value: Any) -> tuple[LadderStep, ...]:
    return tuple(ladder_step(_words(step)) for step in _as_list(value))


def _lateness(value: Any) -> str:
    said = _words(value)
    if said in ("send latest once", "always send"):
        return said
    if not said.startswith("drop after "):
        raise ValueError('write "send latest once", "always send" or a length of time, like "drop after 24 hours"')
    duration(said.removeprefix("drop after "))
    return said


def _flowing(text: str) -> str:
    """Join the lines that a file's width broke; an empty line still parts two paragraphs."""
    return "\n\n".join(" ".join(paragraph.split()) for paragraph in text.split("\n\n"))


Flowing = Annotated[str, AfterValidator(_flowing)]
Names = Annotated[tuple[str, ...], BeforeValidator(_as_list)]
Long = Annotated[Duration, BeforeValidator(lambda value: duration(_words(value)))]
Time = Annotated[When, BeforeValidator(lambda value: when(_words(value)))]
Span = Annotated[Step, BeforeValidator(lambda value: span(_words(value)))]
PartTimeLength = Annotated[PartTime, BeforeValidator(lambda value: part_time(_words(value)))]
Steps = Annotated[tuple[LadderStep, ...], BeforeValidator(_ladder_steps)]


class Strict(BaseModel):
    """A card with no line that its kind does not know, frozen once read."""

    model_config = ConfigDict(extra="forbid", frozen=True, arbitrary_types_allowed=True)


class Card(Strict):
    """What every card may say: its title, which levels it binds, on which facts it depends, and where it comes from."""

    title: str
    help: str = ""
    applies_to: Names = ()  # levels; empty = everyone
    only_if: Names = ()  # facts, all of them; "not x" allowed
    source: Names = ()  # shown under "Why did I get this?"
    ladder: str = ""


class About(Strict):
    """[programme]: the one card without a name."""

    key: str
    title: str
    purpose: Flowing = ""
    includes: Names = ()  # shared files of cards: frameworks, reflective models
    participant: str  # the role every enrolled person has
    lead: str  # the role that sees all status and no content
    lasts: Long | None = None
    part_time_lasts: PartTimeLength | None = None  # "18 months" or "pro rata, at most 24 months"
    consent: bool = False  # nobody is enrolled or matched without saying yes
    eligible_if: Names = ()  # questions the lead answers at enrolment
    extend_at_most: Long | None = None
    extend_times: int = 1
    extend_reasons: Names = ()
    extend_agreed_by: str = ""
    resources: Names = ()
    keep_for: str = ""
    source: Names = ()


class Role(Card):
    """Who somebody is here; `within` says where the role is held, `sees` adds to the floor the code enforces."""

    within: Literal["relationship", "team", "programme", "organisation", "panel"]
    sees: Annotated[
        tuple[
            Literal[
                "own record",
                "records they hold",
                "shared with them",
                "released portfolio",
                "status of their people",
                "status of everyone",
                "counts",
                "counts of their team",
                "audit sample with a reason",
            ],
            ...,
        ],
        BeforeValidator(_as_list),
    ] = ()
    chosen_by: Names = ()  # assigns or nominates
    volunteers: bool = False  # consent needed, may be taken back
    needs: Names = ()  # courses or forms before the first match
    above: str = ""  # the role one step down the line, for resolving disagreements


class Relationship(Card):
    """Standing people together: a pair, co-mentors, a peer group, a panel. `helped` and `by` are roles."""

    helped: str
    by: str
    also: Names = ()
    helped_at_most: int = 1
    helped_at_least: int = 1
    by_at_most: int = 1
    capacity: int | None = None  # relationships of this kind one supporter may hold
    avoid: Names = ()  # "line manager": warned, not blocked
    match_on: Names = ()
    change_offers: Names = ()  # a no-fault change: what is offered
    change_within: Long | None = None
    ends: Literal["never", "with the programme", "when goals are met", "when the portfolio is accepted"] = (
        "with the programme"
    )
    ending_needs: Names = ()  # forms before it closes


class Fact(Card):
    """A yes-or-no thing about a person that other cards may depend on."""

    set_by: Names = ()
    worked_out: Literal[
        "", "mentor", "induction unfinished", "audit open", "supervisor changed", "training overdue"
    ] = ""


class Form(Card):
    """Anything written: agreement, record, review, plan, reflection, survey. Its parts are [part.FORM.name] cards.

    A `when` on a reflection is an invitation: it comes on its rhythm, climbs no ladder and has no status.
    """

    kind: Literal[
        "agreement",
        "record",
        "review",
        "plan",
        "report",
        "observation",
        "reflection",
        "survey",
        "acknowledgement",
        "decision",
    ]
    about: Literal["person", "relationship", "session", "team", "programme", "submission"] = "person"
    relationship: str = ""  # the kind of relationship a form about one belongs to
    written_by: Names = ()
    when: Time | None = None
    review: Time | None = None  # when a signed one must be looked at again
    steps: Names = ()  # stages that open one after another
    share_within: Long | None = None
    signed_by: Names = ()
    in_order: bool = False  # countersigning: each waits for the one before
    sign_within: Long | None = None
    acknowledged_by: Names = ()
    audience: Literal["writer", "parties", "pair", "named readers", "portfolio", "counts only"] = "parties"
    anonymous: bool = False
    suspend_on: Names = ()  # events that suspend it and open a new version
    outcomes: Names = ()
    max_words: int | None = None
    repeat_per: Literal["", "review", "nominee"] = ""
    anonymity_check: bool = False


class Part(Strict):
    """One clause, commitment, question or agenda item of a form."""

    text: str = ""  # wording to read and agree to
    asks: str = ""  # wording to answer
    help: str = ""
    section: str = ""
    step: str = ""
    type: Literal[
        "long text",
        "short text",
        "yes or no",
        "choice",
        "choices",
        "scale",
        "number",
        "date",
        "dates",
        "duration",
        "frequency",
        "people",
        "link",
        "list",
        "actions",
        "rating",
        "case reference",
        "shown",
    ] = "long text"
    choices: Names = ()
    written_by: Names = ()
    whose: str = ""  # a commitment: whose promise it is
    rated_in: str = ""  # the form that asks how it is going
    shows: Literal[
        "",
        "last actions",
        "training due",
        "goals",
        "open audits",
        "professional development count",
        "coverage",
        "commitments",
        "dates planned",
    ] = ""
    carries_to: Literal["", "next time", "actions", "training needs", "goals"] = ""
    sets: str = ""  # a fill-in that changes a rule, e.g. "session.supervision.when"; never looser than the file
    tags: Names = ()
    sensitive: Literal["", "restricted", "private to the writer"] = ""
    optional: bool = False
    default: str = ""
    only_if: Names = ()
    applies_to: Names = ()
    source: Names = ()


class Session(Card):
    """A kind of meeting or event, and how often it is owed."""

    relationship: str = ""  # held within it; empty = held for the programme, a team or a cohort
    about: Literal["relationship", "person", "team", "programme", "cohort"] = "relationship"
    led_by: str
    invites: Names = ()
    must_attend: Names = ()
    when: Time | None = None
    counts_as: str = ""  # the word this meeting counts under in every programme ("supervision"); empty = its own name
    also_counts: Names = ()  # other meetings that meet this rule
    length: Long | None = None  # the least; a shorter one is warned about
    plan_ahead: Long | None = None
    prepare: Long | None = None  # how long before, both are asked for notes
    record: str = ""  # the form written afterwards
    agenda: Names = ()  # prompt sets offered
    rearrange_within: Long | None = None
    missed_twice_tells: Names = ()
    after_the_event: bool = False  # may be written up without having been planned


class Checklist(Card):
    """Things to show, who signs that they were shown, and by when."""

    purpose: str = ""
    signed_by: Names
    signatures: int = 1
    second: Literal["later occasion", "another person"] = "later occasion"
    raise_by: Names = ()  # who may ask for the second, with a reason
    self_rating: bool = False
    when: Time | None = None
    complete_says: str = ""


class Criterion(Card):
    """One thing to show, with guidance for whoever shows it."""

    checklist: str
    guidance: Flowing = ""
    type: Literal["practical", "judgement"] = "practical"
    signatures: int | None = None
    when: Time | None = None
    statements: Names = ()


class Course(Card):
    """Anything a person must do or hold, and perhaps renew: training, a qualification, a registration, an event."""

    kind: Literal["training", "qualification", "registration", "event"] = "training"
    group: str = ""  # "Foundation: mandatory"
    when: Time | None = None  # the first time
    renew: Span | None = None  # "12 months", "12 to 24 months": amber from the first, overdue after the second
    renew_on: Time | None = None
    window: Long | None = None
    lasts: str = ""
    modes: Annotated[
        tuple[Literal["face to face", "computer based", "on the job", "external"], ...], BeforeValidator(_as_list)
    ] = ()
    needed_by: Names = ()  # roles; empty = the participant
    optional: bool = False
    verified_by: Names = ()


class Framework(Card):
    """A professional framework: titles of its statements, from when it holds, who owns it."""

    statements: tuple[str, ...]
    owner: str = ""
    link: str = ""
    from_on: str = ""
    replaced_by: str = ""
    levels: Names = ()


class Portfolio(Card):
    """What is offered as evidence, to which panel, by when."""

    when: Time | None = None
    adviser: str = ""
    submit_to: str  # a panel
    covers: Names = ()  # frameworks every statement of which needs evidence
    resubmit_within: Long | None = None


class Requirement(Card):
    """One thing to show: for a portfolio, a level or a move between levels."""

    counted_in: str  # portfolio.x or level.x
    evidence: Names  # forms, courses, checklists, or plain kinds of evidence
    at_least: int = 1
    unit: str = ""  # "hours" adds up minutes; empty counts items
    any_of: bool = False
    committed_counts: bool = False
    written_by: str = ""
    tagged_with: Names = ()
    linked_to: Literal["", "goals"] = ""


class Level(Card):
    """Where a participant stands: a post in a plan, or a rung of a pathway."""

    definition: str = ""
    time_in_role: str = ""
    lasts: Long | None = None
    part_time_lasts: PartTimeLength | None = None
    least: Long | None = None
    frameworks: Names = ()  # "pcf: experienced"
    development: Names = ()
    last: bool = False
    facts: Names = ()  # facts that holding this level makes true


class Transition(Card):
    """A way from one level to another, and what it takes."""

    leaves: Names
    reaches: Names
    kind: Literal["promotion", "progression", "lateral", "secondment"]
    needs: Names = ()  # requirements, facts, "panel.x: approve"
    proposed: Literal["automatically", "by the participant", "by the lead"] = "by the participant"
    confirmed_by: Names = ()


class Panel(Card):
    """Who decides together, and what they may decide."""

    seats: Names
    quorum: int = 1
    outcomes: Names
    recommendation: str = ""  # the form that comes first and may be differed from
    decision: str = ""
    never: Names = ()  # who may not sit
    anonymised: bool = False
    outside: bool = False  # decides elsewhere; only the outcome is written here
    appeal: str = ""


class Request(Card):
    """Something one person raises that another must answer: a change of mentor, release for training, a concern."""

    raised_by: Names
    goes_to: Names  # roles, or "first manager above both"
    choices: Names = ()
    reason: Literal["required", "optional", "not asked"] = "required"
    answer_within: Long | None = None
    resolve_within: Long | None = None
    hidden_from: Names = ()
    on_the_record: str = ""  # a form the raising and the outcome are added to
    asks_first: str = ""
    outcomes: Names = ("agreed", "refused", "withdrawn")


class Ladder(Card):
    """Who is told, and when. A step is told once; one that says "every" repeats until the thing is done."""

    steps: Steps
    late: Annotated[str, BeforeValidator(_lateness)] = "send latest once"  # what is said of steps that were missed
    fixed: bool = False  # never snoozed past the day


class Variation(BaseModel):
    """What is different for some: `of` another card, `only_if` certain facts, then any line of that card."""

    model_config = ConfigDict(extra="allow", frozen=True)
    of: str
    only_if: Names
    source: Names = ()


KINDS: dict[str, type[BaseModel]] = {
    "role": Role,
    "relationship": Relationship,
    "fact": Fact,
    "form": Form,
    "session": Session,
    "checklist": Checklist,
    "criterion": Criterion,
    "course": Course,
    "framework": Framework,
    "portfolio": Portfolio,
    "requirement": Requirement,
    "level": Level,
    "transition": Transition,
    "panel": Panel,
    "request": Request,
    "ladder": Ladder,
    "variation": Variation,
}
