"""The commands that run and end: help, keys, database, programmes, imports, doctor."""

import json
import subprocess
import sys

import pytest

from bot.cli.forecast import say_csv, say_table
from tests.cli.operator import ROOT, Operator

PEOPLE = str(ROOT / "examples" / "people.csv")


def test_help_names_every_command(operator: Operator) -> None:
    said = operator.run_process("--help")
    assert said.code == 0
    for name in ("demo", "run", "tick", "forecast", "doctor", "programme", "import", "db", "keys"):
        assert f"\n  {name} " in said.out


def test_nothing_heavy_is_imported_only_to_help() -> None:
    listing = [sys.executable, "-X", "importtime", "-m", "bot", "--help"]
    imported = subprocess.run(listing, cwd=ROOT, capture_output=True, text=True, check=True).stderr.split()
    assert "bot.cli" in imported
    assert not {"slack_bolt", "slack_sdk", "sqlalchemy", "apscheduler", "holidays", "aiohttp"} & set(imported)


@pytest.mark.parametrize(
    "words",
    [
        ("demo",),
        ("run",),
        ("tick",),
        ("forecast",),
        ("doctor",),
        ("programme", "show"),
        ("import", "people"),
        ("db", "restore"),
        ("keys", "new"),
    ],
)
def test_every_command_has_help(operator: Operator, words: tuple[str, ...]) -> None:
    said = operator.run(*words, "--help")
    assert said.code == 0
    assert said.out.startswith("Usage: handrail")


def test_wrong_usage_is_2_and_nothing_is_a_traceback(operator: Operator) -> None:
    for words in (
        ("nonsense",),
        ("tick", "--at"),
        ("import", "people"),
        ("forecast", "--days", "x"),
        ("programme", "check"),
    ):
        said = operator.run(*words)
        assert said.code == 2, words
        assert "Traceback" not in said.err
    assert operator.run("programme", "show", "senior-manger").err == (
        'Error: There is no programme "senior-manger". Did you mean "senior-manager"? See `handrail programme list`.\n'
    )


def test_programmes_are_listed_shown_and_checked(operator: Operator) -> None:
    assert "senior-manager         offered" in operator.run("programme", "list").out
    shown = json.loads(operator.run("programme", "show", "senior-manager", "--format", "json").out)
    assert len(shown["criteria"]) == 22
    broken = operator.write(
        "broken.toml", '[programme]\nkey = "x"\ntitle = "X"\nparticipant = "nobody"\nlead = "nobody"\n'
    )
    said = operator.run("programme", "check", broken)
    assert said.code == 1
    assert said.out.startswith("broken.toml:4: ")
    assert said.err.endswith("to mend; nothing was changed.\n")
    assert "senior-manager" in operator.run("programme", "show", "senior-manager").out
    good = str(ROOT / "prompts" / "programmes" / "senior-manager.toml")
    assert operator.run("programme", "check", good).out == "No faults.\n"


def test_importing_previews_applies_and_changes_only_what_changed(operator: Operator) -> None:
    operator.make_keys()
    preview = operator.run("import", "people", PEOPLE)
    assert "24 rows read: 24 would be added" in preview.out
    assert "Nothing was changed yet. Add --apply to do it." in preview.out
    applied = operator.run("import", "people", PEOPLE, "--apply")
    assert "24 rows read: 24 added, 0 changed" in applied.out
    assert (
        "24 rows read: 0 would be added, 0 would be changed, 24 as they were."
        in operator.run("import", "people", PEOPLE).out
    )


@pytest.mark.parametrize("kind", ["people", "leave", "closures", "training", "sessions"])
def test_every_template_can_be_imported(operator: Operator, kind: str) -> None:
    operator.make_keys()
    people = operator.write("people.csv", operator.run("import", "people", "--template").out)
    assert operator.run("import", "people", people, "--apply").code == 0
    said = operator.run("import", kind, operator.write("t.csv", operator.run("import", kind, "--template").out))
    assert said.code == 0, said.err
    assert "read: " in said.out


def test_keys_rotate_and_the_sheet_is_drilled(operator: Operator) -> None:
    operator.make_keys()
    sheet = (operator.folder / ".env").read_text()
    operator.run("import", "people", PEOPLE, "--apply")
    operator.run("import", "training", str(ROOT / "examples" / "training.csv"), "--apply")
    first = sheet.splitlines()[0].partition("=")[2]
    said = operator.run("keys", "drill", typed=f"{first}\n")
    assert (said.code, "it opened a sealed row of “trainingrecord”" in said.out) == (0, True), said.err
    operator.make_keys()  # a second pair, the first behind it
    second = (operator.folder / ".env").read_text().splitlines()[0].partition("=")[2]
    assert second.startswith("2:")
    assert second.endswith(first)
    assert operator.run("keys", "rotate").code == 0
    assert operator.run("keys", "drill", typed=f"{second.partition(',')[0]}\n").code == 0
    said = operator.run("keys", "drill", typed=f"{first}\n")
    assert (said.code, "does not open this keyring" in said.err) == (4, True)


def test_a_backup_is_restored_and_doctor_knows_of_it(operator: Operator) -> None:
    operator.make_keys()
    operator.run("import", "people", PEOPLE, "--apply")
    assert "There is no backup yet" in operator.run("doctor").out
    assert operator.run("db", "backup", "copies").code == 0
    said = operator.run("doctor")
    assert said.code == 1
    assert "ok  The last backup is of" in said.out
    assert "!!  SLACK_BOT_TOKEN: it is missing." in said.out
    assert operator.run("db", "restore", "copies").out.startswith("Restored the backup of")
    assert operator.run("db", "restore", "nowhere").code == 1


def test_verify_finds_a_harmed_row_and_a_cut_tail(operator: Operator) -> None:
    import sqlite3

    operator.make_keys()
    operator.run("import", "people", PEOPLE, "--apply")
    assert operator.run("db", "verify").code == 0
    with sqlite3.connect(operator.folder / "var" / "handrail.db") as database:
        database.execute("UPDATE dueitem SET due_on = '2020-01-01' WHERE id = (SELECT id FROM dueitem LIMIT 1)")
        database.execute("DELETE FROM auditevent WHERE id = 3")
    database.close()
    said = operator.run("db", "verify")
    assert said.code == 1
    assert "The audit chain is broken at row 4" in said.out
    assert "do not say what the facts say" in said.out


def test_the_forecast_says_what_would_be_sent_in_three_ways(operator: Operator) -> None:
    operator.make_keys()
    rows = (ROOT / "examples" / "people.csv").read_text("utf-8").splitlines()
    few = [
        rows[0],
        *(row for row in rows if "Ruth Levy" in row or "fiona.campbell" in row.split(",")[1] or "Leah" in row),
    ]
    operator.run("import", "people", operator.write("few.csv", "\n".join(few)), "--apply")
    said = operator.run("forecast", "--format", "json", "--person", "leah.brown@marshlane.example")
    found = json.loads(said.out)
    fields = ("person", "slack_id", "at", "kind", "rule", "source", "subject", "why")
    assert {tuple(line) for line in found} == {fields}
    assert {line["person"] for line in found} == {"Leah Brown"}
    table = say_table(found).splitlines()
    assert len(table) == len(say_csv(found).splitlines()) == len(found) + 1
    assert table[1].split("  ")[1] == "Leah Brown"


def test_a_spreadsheet_runs_nothing_of_the_forecast() -> None:
    line = dict.fromkeys(("slack_id", "at", "kind", "rule", "source", "subject", "why"), "x") | {"person": "=1+1"}
    assert say_csv([line]).splitlines()[1].startswith("'=1+1,")


def test_doctor_says_which_scope_is_missing(served: Operator) -> None:
    said = served.run("doctor")
    assert "ok  Slack has granted every scope that is needed." in said.out
    assert "ok  Socket Mode can be used." in said.out
    served.settings["SLACK_BOT_TOKEN"] = "xoxb-practice-not"
    served.settings["SLACK_APP_TOKEN"] = "xapp-wrong"
    said = served.run("doctor")
    assert "!!  Socket Mode cannot be used." in said.out
