"""What is said about a file that is imported: each remark a sentence, each change in a few words. For the terminal."""

from collections.abc import Callable, Iterator

from bot.rules.import_values import GOOD_TO_KNOW, Change, Outcome, Remark, RowOutcome, Why
from prompts import words

Facts = tuple[str, ...]


def remark_line(remark: Remark) -> str:
    """Say what is wrong with a cell: row, column, what it is, what happens, what to do."""
    says = _SENTENCES[remark.why](remark.facts)
    if remark.leaves_out_row:
        after = " This row is left out."
    elif remark.why in GOOD_TO_KNOW:
        after = ""
    else:
        after = " This cell is left out; the rest of the row counts."
    return f"Row {remark.line}, {remark.column}: {says}{after}"


def outcome_lines(outcome: Outcome, *, applied: bool) -> Iterator[str]:
    """Say everything about an import: rows that change, what is wrong, what was not named, what is still needed."""
    yield from (_row_line(row) for row in outcome.rows if row.is_new or row.changes)
    remarks = [remark_line(remark) for remark in outcome.remarks]
    if remarks:
        yield ""
        yield from remarks
    yield ""
    yield _totals(outcome, applied=applied)
    if outcome.not_in_file:
        yield f"On the list but not in this file, and left as they are: {words.listed(outcome.not_in_file[:20])}."
    if outcome.leads is not None and outcome.leads < _LEADS_NEEDED:
        yield _leads_missing(outcome.leads)
    if not applied and outcome.changed:
        yield "Nothing was changed yet. Add --apply to do it."


_LEADS_NEEDED = 2


def _row_line(row: RowOutcome) -> str:
    said = "; ".join(_change_said(change) for change in row.changes)
    new = "new" if row.is_new else ""
    return f"Row {row.line}, {row.name}: {'; '.join(part for part in (new, said) if part)}"


def _change_said(change: Change) -> str:
    what = _NAMES.get(change.what, change.what)
    if change.was and change.becomes:
        return f"{what} {change.was} → {change.becomes}"
    return f"{what} {change.becomes}" if change.becomes else f"{what} ended ({change.was})"


def _totals(outcome: Outcome, *, applied: bool) -> str:
    new = sum(1 for row in outcome.rows if row.is_new)
    same = len(outcome.rows) - outcome.changed
    did = "" if applied else "would be "
    return (
        f"{words.count(len(outcome.rows), 'row')} read: {new} {did}added, {outcome.changed - new} {did}changed, "
        f"{same} as {'they were' if same != 1 else 'it was'}."
    )


def _leads_missing(leads: int) -> str:
    there = "There is no programme lead" if not leads else "There is only one programme lead"
    return (
        f"{there}, and there must be two: write programme_lead into the roles of at least two rows. "
        "Until then Handrail answers everyone that it is being set up."
    )


_NAMES = {
    "team_id": "team",
    "manager_id": "team manager",
    "line_manager_id": "line manager",
    "leaves_on": "last day",
    "started_on": "started on",
    "slack_id": "Slack id",
    "email": "e-mail",
    "zone": "time zone",
    "weekly_hours": "weekly hours",
    "working_pattern": "working time",
    "enrolment": "enrolled on",
    "leave": "away",
    "closure": "closed",
}


def _near(facts: Facts) -> str:
    return f" Did you mean {facts[1]}?" if len(facts) > 1 and facts[1] else ""


_SENTENCES: dict[Why, Callable[[Facts], str]] = {
    Why.NO_WAY_TO_KNOW: lambda f: "there is neither an e-mail nor a Slack id, so nobody could be recognised.",
    Why.NO_NAME: lambda f: "the name is missing.",
    Why.TWO_ROWS: lambda f: f"row {f[0]} has this already and says otherwise; keep one of the two.",
    Why.TWO_PEOPLE: lambda f: "the e-mail and the Slack id belong to two different people on the list; correct one.",
    Why.TOO_MANY_CELLS: lambda f: f"there are more than {f[0]} cells; put quotes around a cell that has a comma in it.",
    Why.MISSING: lambda f: "this is needed and is empty.",
    Why.FORMULA: lambda f: (
        "it begins with a sign (= + - @) that a spreadsheet takes for a formula; take the sign away."
    ),
    Why.TOO_LONG: lambda f: f"it is longer than {f[0]} characters.",
    Why.NOT_TEXT: lambda f: "there are characters in it that cannot be printed; type it again.",
    Why.BAD_EMAIL: lambda f: f"“{f[0]}” is not an e-mail address.",
    Why.BAD_SLACK_ID: lambda f: (
        f"“{f[0]}” is not a Slack member id; it looks like U012AB3CD (Slack, Profile, ⋮, Copy member ID)."
    ),
    Why.BAD_DATE: lambda f: f"“{f[0]}” is not a date; write it like 2026-12-01 or 1 Dec 2026.",
    Why.MONTH_FIRST: lambda f: f"{f[0]} has no such month when the day comes first; if you mean {f[1]}, write that.",
    Why.NO_YEAR: lambda f: f"“{f[0]}” has no year; write it like 2026-12-01.",
    Why.DOUBTFUL_DATE: lambda f: (
        f"this could be {f[0]} or {f[1]}, and other dates in this file are written month first; write it like {f[0]}."
    ),
    Why.WRONG_WAY_ROUND: lambda f: "the last day is before the first.",
    Why.BAD_NUMBER: lambda f: f"“{f[0]}” is not a number that can be meant here.",
    Why.BAD_HOURS: lambda f: f[0],
    Why.UNKNOWN_PERSON: lambda f: (
        f"nobody on the list or in this file is known as “{f[0]}”.{_near(f)} Use an e-mail or a Slack id."
    ),
    Why.UNKNOWN_NATION: lambda f: f"I do not know the nation “{f[0]}”; write one of {f[1]}.",
    Why.UNKNOWN_ZONE: lambda f: f"I do not know the time zone “{f[0]}”; write one like Europe/London.",
    Why.UNKNOWN_PROGRAMME: lambda f: f"there is no programme “{f[0]}”.{_near(f)} There are: {f[2]}.",
    Why.DRAFT_PROGRAMME: lambda f: f"“{f[0]}” is a draft and nobody can be enrolled on it. There are: {f[1]}.",
    Why.UNKNOWN_LEVEL: lambda f: f"“{f[0]}” is no stage of {f[1]}; write one of {f[2]}. They are not enrolled.",
    Why.NO_LEVEL: lambda f: f"{f[0]} asks for a stage: {f[1]}. They are not enrolled.",
    Why.NO_LEVELS_HERE: lambda f: f"{f[0]} has no stages; leave this empty. They are not enrolled.",
    Why.UNKNOWN_ROLE: lambda f: f"I do not know the role “{f[0]}”.{_near(f)}",
    Why.UNKNOWN_TEAM: lambda f: f"there is no team “{f[0]}”.{_near(f)}",
    Why.UNKNOWN_COURSE: lambda f: (
        f"no programme of theirs has a course “{f[0]}”, so it is kept under that name.{_near(f)}"
    ),
    Why.UNKNOWN_SESSION: lambda f: f"their programme has no meeting “{f[0]}”.{_near(f)}",
    Why.UNKNOWN_MODE: lambda f: f"I do not know the way “{f[0]}”; write one of {f[1]}.",
    Why.TWO_MANAGERS: lambda f: f"row {f[1]} names another manager of {f[0]}; a team has one.",
    Why.CYCLE: lambda f: f"these people would manage each other in a circle: {f[0]}.",
    Why.THEMSELF: lambda f: "nobody can be this for themself.",
    Why.TOO_MANY: lambda f: f"{f[0]} takes {f[1]} at most.",
    Why.NO_SUCH_PAIR: lambda f: f"{f[0]} has nobody in this place.",
    Why.NOT_ENROLLED: lambda f: "this is for people on a programme, and this row names none.",
    Why.IN_THE_FUTURE: lambda f: f"{f[0]} is still to come.",
    Why.NO_TEAM: lambda f: "there is no team; they are added without one, and counted by their own nation's holidays.",
    Why.READ_DAY_FIRST: lambda f: (
        f"{f[0]} is read day first, as {f[1]}; if you meant it otherwise, write it like that."
    ),
    Why.MANAGER_MENTORS: lambda f: (
        "this is their line manager too. It can be, but the programme advises against it; both are told what it means."
    ),
    Why.THE_SAME_ROW: lambda f: f"row {f[0]} says exactly the same.",
    Why.STAYS_ENROLLED: lambda f: (
        f"they stay on {f[0]}, which this row no longer names; take them off in Slack (/mentoring)."
    ),
}
