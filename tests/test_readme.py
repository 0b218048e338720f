"""The README tells the truth: what it names is there, what is there it names, and what it shows really happens."""

from __future__ import annotations

import ast
import copy
import json
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from actions.prescreen import Prescreen
from actions.trial import trial
from conversations.retention import DAYS, HOURS
from review.environment import IDLE, IDLE_MINUTES
from scripts.settings import Settings

if TYPE_CHECKING:
    from tests.conftest import Assistant

PROJECT = Path(__file__).resolve().parent.parent
README = (PROJECT / "README.md").read_text(encoding="utf-8")
#: Where a passage was shortened.
LEFT_OUT = "[…]"
#: The scripts with a command line of their own, by the words with which the README calls them.
COMMANDS = {
    "-m scripts.serve": "scripts/serve.py",
    "-m scripts.shell": "scripts/shell.py",
    "-m scripts.train": "scripts/train.py",
    "-m scripts.validate": "scripts/validate.py",
    "scripts/evaluate.py": "scripts/evaluate.py",
    "-m scripts.thin": "scripts/thin.py",
    "scripts/mutants.py": "scripts/mutants.py",
    "-m scripts.screenshots": "scripts/screenshots.py",
    "-m scripts.make_outline": "scripts/make_outline.py",
    "scripts/make_gazetteer.py": "scripts/make_gazetteer.py",
    "-m benchmarks": "benchmarks/__main__.py",
    "-m benchmarks.prescreen": "benchmarks/prescreen.py",
    "-m actions.prescreen": "actions/prescreen/__main__.py",
    "-m review": "review/__main__.py",
    "manage.py export_records": "review/management/commands/export_records.py",
    "manage.py reset_second_factor": "accounts/management/commands/reset_second_factor.py",
}
#: Options that are argparse's own.
EVERYWHERE = {"--help"}
#: What a cell of a table of figures looks like: a number with its unit, or a place kept for one.
FIGURE = re.compile(r"(?:FIGURES_[A-Z]+|[–-]|[\d.,]+(?: ?(?:%|ms|s|min|MB|GB))?(?: / [\d.,]+ ?(?:%|ms|s|MB)?)?)")


def blocks(language: str) -> list[str]:
    """The fenced blocks of a language."""
    return re.findall(rf"^```{language}\n(.*?)\n```$", README, re.M | re.S)


def code() -> str:
    """All that stands in back quotes, in fenced blocks and in indented lines."""
    fenced = re.findall(r"^```\w*\n(.*?)\n```$", README, re.M | re.S)
    rest = re.sub(r"^```\w*\n.*?\n```$", "", README, flags=re.M | re.S)
    return "\n".join([*fenced, *re.findall(r"`([^`\n]+)`", rest), *re.findall(r"^    (.+)$", rest, re.M)])


def tables() -> Iterator[tuple[str, list[list[str]]]]:
    """Each table with the paragraph before it; its first row is the heading."""
    for found in re.finditer(r"((?:^\|.*\n?)+)", README, re.M):
        rows = [
            [cell.strip() for cell in re.split(r"(?<!\\)\|", line.strip().strip("|"))] for line in found[1].splitlines()
        ]
        before = README[: found.start()].rstrip().rsplit("\n\n", 1)[-1]
        yield before, [rows[0], *rows[2:]]


def table(heading: str) -> list[list[str]]:
    """The rows below a heading."""
    return next(rows[1:] for _, rows in tables() if rows[0][0] == heading)


def named(cell: str) -> list[str]:
    """What stands in back quotes."""
    return re.findall(r"`([^`]+)`", cell)


def options_of(file: str) -> set[str]:
    """The options that a script takes."""
    calls = [
        node for node in ast.walk(ast.parse((PROJECT / file).read_text(encoding="utf-8"))) if isinstance(node, ast.Call)
    ]
    return {
        str(argument.value)
        for call in calls
        if isinstance(call.func, ast.Attribute) and call.func.attr == "add_argument"
        for argument in call.args
        if isinstance(argument, ast.Constant) and str(argument.value).startswith("--")
    }


def squeezed(text: str) -> str:
    """A text with single spaces, so that lines may break anywhere."""
    return " ".join(text.split())


def stands_in(shown: str, whole: str) -> bool:
    """Whether what is shown, with gaps where it was shortened, is what was said."""
    pieces = [re.escape(squeezed(piece)) for piece in shown.split(LEFT_OUT)]
    return re.fullmatch(r".*?".join(pieces), squeezed(whole)) is not None


def test_make_targets() -> None:
    """Every target of the Makefile is named, and every one that is named is there."""
    targets = set(re.findall(r"^([a-z-]+):", (PROJECT / "Makefile").read_text(encoding="utf-8"), re.M))
    assert set(re.findall(r"\bmake ([a-z-]+)", code())) == targets


def test_variables() -> None:
    """Every variable of this project is in the table of settings, and every one of the table is read."""
    sources = [
        path
        for name in ("actions", "benchmarks", "conversations", "review", "scripts", "understanding", "web")
        for path in (PROJECT / name).rglob("*.py")
    ]
    read = {name for path in sources for name in re.findall(r"TRIAL_GUIDE_[A-Z_]+", path.read_text(encoding="utf-8"))}
    settings = {named(row[0])[0] for row in table("Variable")}
    assert "${PYTHON-}" in (PROJECT / "scripts" / "install.sh").read_text(encoding="utf-8")
    assert settings == read | {"PYTHON"}
    assert set(re.findall(r"TRIAL_GUIDE_[A-Z_]+", README)) <= settings


def test_defaults() -> None:
    """The table of settings gives for each time and port the default that the code has."""
    told = {named(row[0])[0]: row[1] for row in table("Variable")}
    usual = {time.variable: time.usual for time in (HOURS, DAYS)} | {IDLE: IDLE_MINUTES} | Settings().ports
    assert len(usual) == 6
    assert {name: told[name] for name in usual} == {name: str(value) for name, value in usual.items()}


def test_top_level() -> None:
    """Every folder of the top level is in the tree; what the tree names is there, or is made and ignored by git."""
    ignored = set((PROJECT / ".gitignore").read_text(encoding="utf-8").split())
    folders = {f"{path.name}/" for path in PROJECT.iterdir() if path.is_dir()} - ignored - {".git/"}
    [tree] = [block for block in blocks("text") if block.startswith("config.yml")]
    lines = tree.splitlines()
    told = {line.split()[0] for line in lines[1:] if line and not line.startswith(" ")}
    assert {name for name in folders if not name.startswith(".")} <= told
    assert {name for name in told if not (PROJECT / name).exists()} <= ignored
    assert all((PROJECT / file).is_file() for file in re.findall(r"[\w.]+\.yml", lines[0]))


@pytest.mark.parametrize(
    "path",
    sorted(
        {
            path
            for path in re.findall(r"(?<![\w/.])(?:\.?\w+/)+[\w.-]*\w(?:\.\w+)?", code())
            if path.split("/")[0] in {p.name for p in PROJECT.iterdir()}
        }
    ),
)
def test_paths(path: str) -> None:
    """A file or folder that is named is there, or is a module, or is made by a run."""
    made = path.split("/")[0] in ("var", "models", ".venv") or "/it" in path
    assert made or (PROJECT / path).exists()


def test_options_by_command() -> None:
    """The table of options has every script, and just the options that each takes."""
    told = {named(row[0])[0]: set(named(row[1])) for row in table("Script")}
    assert told == {command: options_of(file) for command, file in COMMANDS.items()}


def test_every_script_with_options_is_known() -> None:
    """No script has options that this test does not look at."""
    scripts = [
        path
        for name in (
            *("accounts", "actions", "benchmarks", "conversations", "records", "review", "scripts", "understanding"),
            "web",
        )
        for path in (PROJECT / name).rglob("*.py")
    ]
    taking = {str(path.relative_to(PROJECT)) for path in scripts if options_of(str(path.relative_to(PROJECT)))}
    assert taking <= set(COMMANDS.values())


def test_options() -> None:
    """Every option that is named anywhere is one of some script."""
    every = EVERYWHERE.union(*(options_of(file) for file in COMMANDS.values()))
    assert set(re.findall(r"(?<![\w-])--[a-z][a-z-]+", code())) <= every


def test_kinds() -> None:
    """The table of kinds has every kind that a reply can have."""
    kinds = {topic.kind for topic in trial().topics.values()} - {"follow_up"}
    assert {named(row[0])[0] for row in table("Kind")} == kinds | {"question", "prescreen_result"}


def test_figures_name_their_command() -> None:
    """The paragraph before a table of figures names the command that they came from."""
    found = 0
    for before, rows in tables():
        cells = [cell for row in rows[1:] for cell in row[1:]]
        if all(FIGURE.fullmatch(cell) for cell in cells):
            found += 1
            assert re.search(r"`(?:make [a-z]+|\.venv/bin/python [^`]+)`", before), before
    assert found >= 1


def test_no_figure_is_missing() -> None:
    """Every place kept for a figure is filled."""
    assert not re.findall(r"FIGURES_[A-Z]+", README)


def test_the_rule_shown_is_judged_as_its_situations_say() -> None:
    """The example of a new rule can be put among the others, and finds what its situations expect."""
    example, situations = (yaml.safe_load(block) for block in blocks("yaml"))
    folder = PROJECT / "trial"
    criteria, keys = (
        yaml.safe_load((folder / f"{name}.yml").read_text(encoding="utf-8")) for name in ("criteria", "prescreen")
    )
    keys = copy.deepcopy(keys)
    keys["answers"]["fall_date"] = "event_date"
    criteria["criteria"] += example
    rules = Prescreen(criteria, keys)
    [(name, cases)] = situations.items()
    for case in cases:
        answers = {key: str(value) for key, value in case["answers"].items()}
        finding = rules.judge_criterion(name, answers, date(2026, 11, 20)).as_dict()
        said = finding["status"] + (f", clears on {finding['clears_on']}" if "clears_on" in finding else "")
        assert said == case["expected"]


def console() -> list[tuple[str, str]]:
    """The commands shown, each with what it printed."""
    [block] = blocks("console")
    runs = [run.split("\n", 1) for run in re.split(r"^\$ ", block, flags=re.M)[1:]]
    return [(command, printed) for command, printed in runs]


@pytest.mark.parametrize(("command", "printed"), console(), ids=["verdict", "explained", "faults"])
def test_commands_print_what_is_shown(command: str, printed: str) -> None:
    """A command prints what the README says."""
    run = command.replace(".venv/bin/python", shlex.quote(sys.executable))
    done = subprocess.run(run, shell=True, cwd=PROJECT, capture_output=True, text=True, check=False)
    assert stands_in(printed, done.stdout + done.stderr)


def talks() -> list[list[tuple[str, str, list[str]]]]:
    """The conversations shown: what is said, the reply, and its buttons where they are shown."""
    found = []
    for block in blocks("text"):
        turns = []
        for turn in re.split(r"^you> ", block, flags=re.M)[1:]:
            said, reply = turn.split("\n", 1)
            buttons = re.findall(r"\[([^\]]+)\]", "\n".join(re.findall(r"^   \[.*$", reply, re.M)))
            turns.append((said, re.sub(r"^   \[.*$", "", reply, flags=re.M), buttons))
        if turns:
            found.append(turns)
    return found


@pytest.mark.parametrize("talk", talks(), ids=lambda talk: talk[0][0])
def test_conversations_go_as_shown(talk: list[tuple[str, str, list[str]]], assistant: Assistant) -> None:
    """The assistant still says what it says in the README."""
    sender = f"readme: {talk[0][0]}"
    for said, shown, buttons in talk:
        replies = assistant.say(said, sender)
        text = next(reply["text"] for reply in replies if reply.get("text"))
        assert stands_in(shown, text), f"{said}: {text}"
        titles = [button["title"] for reply in replies for button in reply.get("buttons", ())]
        assert set(buttons) <= set(titles), said


def test_the_reply_shown_is_given(assistant: Assistant) -> None:
    """The list shown is what a message gets over REST, up to how it is written."""
    [block] = blocks("json")
    shown: list[dict[str, Any]] = json.loads(block)
    assert assistant.say("What was the dose?", "me") == shown
