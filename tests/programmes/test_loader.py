"""A programme file is read whole or refused with everything that is wrong with it, each thing with its line."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.programmes.faults import ProgrammeError
from bot.programmes.loader import built_in, load_file, load_programme, load_stored, local
from bot.programmes.report import check_lines

FOLDER = Path(__file__).parents[2] / "prompts" / "programmes"
SHARED = {path.stem: path.read_text("utf-8") for path in (FOLDER / "shared").glob("*.toml")}
GOOD = (FOLDER / "nqsw-mentoring.toml").read_text("utf-8")

SMALL = """[programme]
key = "small"
title = "Small"
participant = "mentee"
lead = "lead"
[role.mentee]
title = "Mentee"
within = "relationship"
[role.lead]
title = "Lead"
within = "programme"
"""


def faults_of(text: str, shared: dict[str, str] | None = None) -> list[str]:
    """Return the faults of a file, or fail because it was accepted."""
    with pytest.raises(ProgrammeError) as refused:
        load_programme("file.toml", text, SHARED if shared is None else shared)
    return [str(fault) for fault in refused.value.faults]


def line_of(text: str, words: str) -> int:
    """Return the line on which words stand for the first time."""
    return text[: text.index(words)].count("\n") + 1


def test_every_slip_is_told_at_once_in_file_order_with_the_nearest_name() -> None:
    bad = (
        GOOD.replace('when = "every month"', 'when = "evry month"', 1)
        .replace('led_by = "facilitator"', 'led_by = "facilitater"')
        .replace('signed_by = "sponsor"', 'signd_by = "sponsor"')
        .replace("capacity = 2", 'capacity = "two"')
        .replace('audience = "writer"\nsteps', 'audience = "everybody"\nsteps')
        .replace('"within 14 days of first-meeting held"', '"within 14 days of first-meting held"', 1)
    )
    told = faults_of(bad)
    expected = {
        "signd_by": 'Did you mean "signed_by"?',
        '"two"': "must be a whole number",
        "everybody": 'choose "writer"',
        "first-meting": 'Did you mean "first-meeting held"?',
        "facilitater": 'Did you mean "facilitator"?',
        "evry": 'write it like "every month"',
    }
    for words, says in expected.items():
        line = line_of(bad, words)
        assert any(fault.startswith(f"file.toml:{line}: ") and says in fault for fault in told), (words, line)
    assert [int(fault.split(":")[1]) for fault in told] == sorted(int(fault.split(":")[1]) for fault in told)


@pytest.mark.parametrize(
    ("slip", "line", "says"),
    [
        ('\n[sesion.extra]\ntitle = "x"\n', 13, '[sesion.…] is not a kind of card. Did you mean "session"?'),
        ('\n[part.nothing.here]\nasks = "?"\n', 13, "there is no card [form.nothing]"),
        ('[form.f]\ntitle = "F"\nkind = "plan"\n[part.f.empty]\noptional = true\n', 15, "needs `text` to agree to"),
        ('[form.f]\nkind = "plan"\n', 12, "[form.f] needs a line `title = …`."),
        ('[course.c]\ntitle = "C"\nrenew = "24 to 12 months"\n', 14, "the first number must be the smaller one"),
        ('[course.c]\ntitle = "C"\nwhen = 14\n', 14, "it must be words in quotes"),
        ('[course.c]\ntitle = "C"\nlader = "x"\n', 14, 'Did you mean "ladder"?'),
        ('[course.c]\ntitle = "C"\nladder = "trainin"\n', 14, "there is no card [ladder.trainin]"),
        ('[course.c]\ntitle = "C"\noptional = "perhaps"\n', 14, "must be true or false"),
        ('[course.c]\ntitle = "C"\nsource = [1]\n', 14, "must be words in quotes"),
        ('[course.c]\ntitle = "C"\nmodes = ["by post"]\n', 14, 'choose "face to face"'),
        ('[form.f]\ntitle = "F"\nkind = "agreement"\nabout = "relationship"\n', 15, 'relationship = "…"'),
        ('[level.l]\ntitle = "L"\npart_time_lasts = "pro rata"\n', 14, "I cannot read"),
        ('[session.s]\ntitle = "S"\nled_by = "lead"\nwhen = "every 0 weeks"\n', 15, "as a rhythm"),
        ('[variation.v]\nof = "session.s"\nonly_if = "f"\n[fact.f]\ntitle = "F"\n', 13, "there is no such card"),
        ('[ladder.l]\ntitle = "L"\nsteps = ["on the day, lead"]\n', 14, "I cannot read the step"),
        ('[ladder.l]\ntitle = "L"\nsteps = ["on the day: ghost"]\n', 14, 'tells "ghost", which is no role here'),
        ('[form.f]\ntitle = "F"\nkind = "plan"\n[part.f.p]\nasks = "?"\nsets = "session.s.when"\n', 17, "`sets` names"),
        ('[form.f]\ntitle = "F"\nkind = "plan"\n[part.f.p]\nasks = "?"\ntype = "choice"\n', 15, "asks for a choice"),
        ('[role.mentee]\ntitle = "again"\n', 12, "this heading is already used higher up"),
        ('[form.f]\ntitle = "F\n', 13, "missing their closing quote"),
        ("[form.f]\ntitle\n", 13, "the = is missing"),
    ],
)  # fmt: skip
def test_a_slip_is_told_on_its_line(slip: str, line: int, says: str) -> None:
    told = faults_of(SMALL + slip)
    assert any(fault.startswith(f"file.toml:{line}: ") and says in fault for fault in told), told


def test_a_line_outside_any_card_is_told() -> None:
    assert faults_of(f"session = 3\n{SMALL}") == [
        "file.toml:1: `session` is outside any card; give it a heading like [session.some-name]."
    ]


def test_a_line_that_should_be_a_card_is_told_though_shared_cards_of_that_kind_are_included() -> None:
    text = SMALL.replace('lead = "lead"', 'lead = "lead"\nincludes = ["ladders"]', 1)
    assert faults_of(f"ladder = 1\n{text}") == [
        "file.toml:1: `ladder` is outside any card; give it a heading like [ladder.some-name]."
    ]


LINES = GOOD.split("\n")
ODD = st.sampled_from(
    ["3", "true", "[1]", "{a = 1}", '""', "[[]]", '"x"', "-1", '"every 0 days"', "2026-01-01", "nan", "["]
)


@given(n=st.integers(0, len(LINES) - 1), odd=ODD, what=st.sampled_from(["value", "cut", "gone", "twice", "heading"]))
@settings(max_examples=40, deadline=None)
def test_no_slip_of_one_line_is_ever_more_than_a_list_of_faults(n: int, odd: str, what: str) -> None:
    line = LINES[n]
    slips = {
        "value": [f"{line.partition('=')[0]}= {odd}"],
        "cut": [line[: len(line) // 2]],
        "gone": [],
        "twice": [line, line],
        "heading": ["[part.x]"],
    }
    text = "\n".join([*LINES[:n], *slips[what], *LINES[n + 1 :]])
    faults = []
    try:
        load_programme("file.toml", text, SHARED)
    except ProgrammeError as error:
        faults = [fault.line for fault in error.faults]
    assert all(1 <= line <= text.count("\n") + 1 for line in faults)


def test_an_invitation_to_reflect_may_not_climb_a_ladder() -> None:
    text = f'{SMALL}[form.log]\ntitle = "Log"\nkind = "reflection"\nwhen = "every 2 weeks"\nladder = "gentle"\n'
    ladder = '[ladder.gentle]\ntitle = "Gentle"\nsteps = ["on the day: person"]\n'
    assert any("has no ladder" in fault for fault in faults_of(text + ladder))


@pytest.mark.parametrize("late", ["send latest once", "always send", "drop after 24 hours", "drop after 3 days"])
def test_a_ladder_says_what_lateness_means(late: str) -> None:
    ladder = f'[ladder.calls]\ntitle = "Calls"\nsteps = "on the day: person"\nlate = "{late}"\n'
    assert load_programme("file.toml", SMALL + ladder, SHARED).ladder["calls"].late == late


@pytest.mark.parametrize("late", ["drop", "drop after a while", "never"])
def test_a_lateness_that_cannot_be_read_is_told_with_what_can(late: str) -> None:
    ladder = f'[ladder.calls]\ntitle = "Calls"\nsteps = "on the day: person"\nlate = "{late}"\n'
    [fault] = faults_of(SMALL + ladder)
    assert fault.startswith("file.toml:15: `late`: ") and "length of time" in fault


def test_a_fault_in_an_included_file_names_that_file() -> None:
    broken = SHARED["ladders"].replace("on the day: lead", "on the day, lead", 1)
    told = faults_of(GOOD, SHARED | {"ladders": broken})
    line = line_of(broken, "on the day, lead")
    assert told[0].startswith(f"ladders.toml:{line}: `steps`: I cannot read the step")


def test_an_unknown_include_is_told_with_the_nearest_name() -> None:
    text = SMALL.replace('lead = "lead"', 'lead = "lead"\nincludes = ["laders"]', 1)
    assert faults_of(text) == ['file.toml:6: there is no shared file "laders". Did you mean "ladders"?']


def test_the_programmes_own_card_wins_over_the_shared_one() -> None:
    own = '[ladder.gentle]\ntitle = "Ours"\nsteps = ["on the day: lead"]\n'
    text = SMALL.replace('lead = "lead"', 'lead = "lead"\nincludes = ["ladders"]', 1) + own
    loaded = load_programme("small.toml", text, SHARED)
    assert loaded.ladder["gentle"].title == "Ours"
    assert loaded.ladder["training"].title == "Training and registration"


@pytest.mark.parametrize(
    "key", ["senior-manager", "str-worker", "childrens-supervision", "career-pathway", "nqsw-mentoring"]
)
def test_a_stored_version_reads_back_as_it_was(key: str) -> None:
    programme = built_in()[key]
    again = load_stored(programme.source)
    assert again.content_hash == programme.content_hash
    assert (again.session, again.form, again.part) == (programme.session, programme.form, programme.part)
    assert list(again.ladder) == list(programme.ladder)


def test_the_hash_changes_with_an_included_file_too() -> None:
    changed = SHARED | {"ladders": SHARED["ladders"].replace("3 days before", "4 days before", 1)}
    before, after = (load_programme("f.toml", GOOD, shared) for shared in (SHARED, changed))
    assert before.content_hash != after.content_hash


def test_a_shared_card_that_is_not_used_does_not_change_the_hash() -> None:
    own = SMALL.replace('lead = "lead"', 'lead = "lead"\nincludes = ["ladders"]', 1)
    own += '[ladder.gentle]\ntitle = "Ours"\nsteps = ["on the day: lead"]\n'
    changed = SHARED | {"ladders": SHARED["ladders"].replace("3 days before: person", "4 days before: person", 1)}
    assert SHARED["ladders"] != changed["ladders"]
    assert load_programme("f.toml", own, SHARED).content_hash == load_programme("f.toml", own, changed).content_hash


def test_a_file_written_on_windows_reads_the_same() -> None:
    loaded = load_programme("small.toml", SMALL.replace("\n", "\r\n"), {})
    assert loaded.role["lead"].title == "Lead"
    assert load_stored(loaded.source).content_hash == loaded.content_hash


def test_an_organisations_folder_is_read_and_may_use_the_built_in_cards(tmp_path: Path) -> None:
    (tmp_path / "ours.toml").write_text(GOOD.replace('key = "nqsw-mentoring"', 'key = "ours"', 1), "utf-8")
    found = local(tmp_path)
    assert list(found) == ["ours"]
    assert found["ours"].offered
    assert "training" in found["ours"].ladder


def test_a_missing_or_unreadable_file_is_told_in_a_sentence(tmp_path: Path) -> None:
    picture = tmp_path / "picture.toml"
    picture.write_bytes(b"\xff\xd8\xff")
    assert check_lines(tmp_path / "none.toml") == [
        f"{tmp_path / 'none.toml'}:1: there is no such file; check the name and the folder."
    ]
    assert check_lines(picture) == [f"{picture}:1: this file cannot be read as text (UTF-8)."]


def test_two_files_of_one_key_are_refused(tmp_path: Path) -> None:
    for name in ("one.toml", "two.toml"):
        (tmp_path / name).write_text(SMALL, "utf-8")
    with pytest.raises(ProgrammeError, match=r'two\.toml:2: the key "small" is already that of another file'):
        local(tmp_path)


def test_a_file_can_be_checked_by_its_path(tmp_path: Path) -> None:
    path = tmp_path / "bad.toml"
    path.write_text(SMALL.replace('lead = "lead"', 'lead = "leader"'), "utf-8")
    assert check_lines(path) == [
        f'{path}:5: `lead` names the role "leader", but there is no card [role.leader]. Did you mean "lead"?'
    ]
    assert check_lines(FOLDER / "senior-manager.toml") == []
    assert load_file(FOLDER / "senior-manager.toml").key == "senior-manager"
