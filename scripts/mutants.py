"""Changes each rule of the pre-screening on purpose, one at a time; does a test fail?

What is changed: every comparison, threshold, choice, exception and joint of trial/criteria.yml; every range,
word, unit, contradiction and outcome of trial/prescreen.yml; every operator of the engine's table. A change
that no test notices is told, and then the exit status is 1.
"""

from __future__ import annotations

import argparse
import copy
import multiprocessing
import os
import re
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import yaml

HOME = Path(__file__).resolve().parents[1]
CRITERIA, PRESCREEN, LOGIC = "trial/criteria.yml", "trial/prescreen.yml", "actions/prescreen/logic.py"
# The quick tests that say what the rules are; those that compare engines at length would notice as well.
TESTS = [f"tests/prescreen/test_{name}.py" for name in ("situations", "outcomes", "answers", "logic")]
LONGEST = 120  # seconds

NEIGHBOURS = {"<=": "<", "<": "<=", ">=": ">", ">": ">="}
JOINTS = {
    "all": "any",
    "any": "all",
    "known": "all",
    "unknown_if": "all",
    "reversible": "all",
    "renewable": "all",
}


@dataclass(frozen=True)
class Mutant:
    """One change: in which file, what it is, and the file's text with it."""

    file: str
    what: str
    text: str


# What a change is in words, and how it is made in a document.
Change = tuple[str, Callable[[Any], None]]


def mutants() -> Iterator[Mutant]:
    """Every change, one after the other."""
    for file, changes in ((CRITERIA, criteria_changes), (PRESCREEN, prescreen_changes)):
        document = yaml.safe_load((HOME / file).read_text(encoding="utf-8"))
        for what, change in changes(document):
            changed = copy.deepcopy(document)
            change(changed)
            yield Mutant(file, what, yaml.safe_dump(changed, sort_keys=False, allow_unicode=True))
    yield from operator_mutants((HOME / LOGIC).read_text(encoding="utf-8"))


def criteria_changes(document: Any) -> Iterator[Change]:
    """Changes to the rules and their thresholds."""
    yield from line_changes(["labs", "needs"], document["labs"]["needs"])
    yield "labs.reversible: false", partial(put, ["labs", "reversible"], False)
    within = document["labs"]["within"]["number"]
    yield from number_changes(["labs", "within", "number"], within, "labs within")
    for at, criterion in enumerate(document["criteria"]):
        here = ["criteria", at]
        if criterion.get("for_team"):
            continue
        yield from rule_changes([*here, "rule"], criterion["rule"], criterion["id"])
        used = set(re.findall(r"\w+", str(criterion["rule"])))
        for name, value in criterion.get("values", {}).items():
            if name in used:  # some values only stand in texts
                place = [*here, "values", name, "number"]
                yield from number_changes(place, value["number"], f"{criterion['id']} {name}")


def rule_changes(path: list[Any], rule: Any, id: str) -> Iterator[Change]:
    """Changes to one rule, down to its lines."""
    if isinstance(rule, str):
        for what, change in line_changes(path, rule):
            yield f"{id}: {what}", change
        return
    [(joint, parts)] = rule.items()
    yield f"{id}: {joint} → {JOINTS[joint]}", partial(put, path, {JOINTS[joint]: parts})
    if not isinstance(parts, list):
        yield from rule_changes([*path, joint], parts, id)
        return
    for at, part in enumerate(parts):
        if len(parts) > 1:
            rest = [*parts[:at], *parts[at + 1 :]]
            yield f"{id}: without “{part}”", partial(put, [*path, joint], rest)
        yield from rule_changes([*path, joint, at], part, id)


def line_changes(path: list[Any], line: str) -> Iterator[Change]:
    """Changes to one condition."""
    words = line.split()
    for at, word in enumerate(words):
        if word in NEIGHBOURS:
            changed = line.replace(word, NEIGHBOURS[word])
            yield f"“{line}”, {word} → {NEIGHBOURS[word]}", partial(put, path, changed)
        if word == "or":
            yield f"“{line}” less a choice", partial(put, path, " ".join(words[:at]))
            yield (
                f"“{line}” less a choice",
                partial(put, path, " ".join([*words[: at - 1], *words[at + 1 :]])),
            )
    if " is not " in line:
        yield f"“{line}”, is not → is", partial(put, path, line.replace(" is not ", " is "))
    elif " is " in line:
        yield f"“{line}”, is → is not", partial(put, path, line.replace(" is ", " is not "))
    elif words[0] == "not":
        yield f"“{line}” less its not", partial(put, path, words[1])
    elif len(words) == 1:
        yield f"not “{line}”", partial(put, path, f"not {line}")


def number_changes(path: list[Any], number: Any, name: str) -> Iterator[Change]:
    """A number one more and one less; a decimal one in its last digit."""
    step = Decimal(1).scaleb(int(Decimal(number).as_tuple().exponent))
    for changed in (Decimal(number) + step, Decimal(number) - step):
        value = str(changed) if isinstance(number, str) else int(changed)
        yield f"{name}: {number} → {value}", partial(put, path, value)


def prescreen_changes(document: Any) -> Iterator[Change]:
    """Changes to the answers, the units, and how the outcome is found."""
    for key, kind in document["answers"].items():
        yield from kind_changes(["answers", key], key, kind)
    for name, units in document["units"].items():
        for unit, factor in units.items():
            where = ["units", name, unit]
            yield f"without the unit {unit} of {name}", partial(remove, where)
            if factor not in (None, 1):
                yield from number_changes(where, factor, f"{name} in {unit}")
    for part in ("implied", "contradictions", "to_check", "outcomes"):
        for at, entry in enumerate(document[part][: -1 if part == "outcomes" else None]):
            yield f"without {part} {entry}", partial(remove, [part, at])
    for at, line in enumerate(document["implied"]):
        if len(line["then"]) > 1:
            for key in line["then"]:
                yield f"without {key} implied", partial(remove, ["implied", at, "then", key])
    for at, outcome in enumerate(document["outcomes"]):
        for number, line in enumerate(outcome.get("when", [])):
            where = ["outcomes", at, "when", number]
            if len(outcome["when"]) > 1:
                yield f"{outcome['name']} without {line}", partial(remove, where)
            yield from mark_changes(where, line, outcome["name"])
    for at, line in enumerate(document["to_check"]):
        yield from mark_changes(["to_check", at], line, "to_check")


def kind_changes(path: list[Any], key: str, kind: Any) -> Iterator[Change]:
    if kind in ("date", "event_date"):
        other = "date" if kind == "event_date" else "event_date"
        yield f"{key}: {kind} → {other}", partial(put, path, other)
    if not isinstance(kind, dict):
        return
    for at, bound in enumerate(kind.get("integer", [])):
        for changed in (bound - 1, bound + 1):
            yield f"{key}: {bound} → {changed}", partial(put, [*path, "integer", at], changed)
    for at, word in enumerate(kind.get("choice", [])):
        yield f"{key} without {word}", partial(remove, [*path, "choice", at])
    for part, part_kind in kind.get("parts", {}).items():
        yield from kind_changes([*path, "parts", part], f"{key}.{part}", part_kind)
    if "fit" in kind:
        yield from line_changes([*path, "fit"], kind["fit"])


def mark_changes(path: list[Any], line: Any, name: str) -> Iterator[Change]:
    for part in ("groups", "are"):
        for at, word in enumerate(line.get(part, [])):
            yield f"{name}: {line} without {word}", partial(remove, [*path, part, at])


def put(path: list[Any], value: Any, document: Any) -> None:
    """Set what stands at a place of a document."""
    for step in path[:-1]:
        document = document[step]
    document[path[-1]] = value


def remove(path: list[Any], document: Any) -> None:
    """Take out what stands at a place of a document."""
    for step in path[:-1]:
        document = document[step]
    del document[path[-1]]


def operator_mutants(text: str) -> Iterator[Mutant]:
    """Each operator of the table replaced by its neighbour."""
    for one, other in (("lt", "le"), ("le", "lt"), ("gt", "ge"), ("ge", "gt")):
        yield Mutant(LOGIC, f"operator.{one} → {other}", text.replace(f"operator.{one},", f"operator.{other},"))
    among, not_among = "answer in choices", "answer not in choices"
    for one, other in ((among, not_among), (not_among, among)):
        yield Mutant(LOGIC, f"{one} → {other}", text.replace(f": {one},", f": {other},"))


def survives(mutant: Mutant) -> bool:
    """Whether every test passes though a rule has been changed, in a copy of what the tests need.

    Runs in a process of its own, which has pytest loaded but nothing of this project.
    """
    with tempfile.TemporaryDirectory(prefix="mutant-") as folder:
        for part in (
            "actions/__init__.py",
            "actions/prescreen",
            "trial",
            "tests/prescreen",
            "pyproject.toml",
        ):
            source, target = HOME / part, Path(folder) / part
            target.parent.mkdir(parents=True, exist_ok=True)
            if source.is_dir():
                shutil.copytree(source, target)
            else:
                shutil.copy(source, target)
        (Path(folder) / mutant.file).write_text(mutant.text, encoding="utf-8")
        os.chdir(folder)
        sys.path[0] = folder
        signal.alarm(LONGEST)  # a rule that never comes to an end is noticed, too
        with open(os.devnull, "w") as nowhere, redirect_stdout(nowhere), redirect_stderr(nowhere):
            failed = pytest.main(["-x", "-q", "-p", "no:cacheprovider", "--assert=plain", *TESTS])
        signal.alarm(0)
        os.chdir(HOME)
        return not failed


def _too_long(number: int, frame: object) -> None:
    raise TimeoutError


def main() -> int:
    """Try every mutant; 1 if some survived."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    cores = os.cpu_count() or 1
    parser.add_argument("--jobs", type=int, default=cores, help="how many at a time (default: %(default)s)")
    parser.add_argument("--only", metavar="WORD", default="", help="only the changes with this in their wording")
    parser.add_argument("--list", action="store_true", help="list the changes and try none")
    asked = parser.parse_args()
    chosen = [mutant for mutant in mutants() if asked.only in f"{mutant.file} {mutant.what}"]
    if asked.list:
        print(*(f"{mutant.file}  {mutant.what}" for mutant in chosen), sep="\n")
        return 0
    signal.signal(signal.SIGALRM, _too_long)
    survivors = []
    began = shown = time.monotonic()
    with multiprocessing.get_context("fork").Pool(asked.jobs, maxtasksperchild=1) as pool:
        unchanged = Mutant(LOGIC, "nothing changed", (HOME / LOGIC).read_text(encoding="utf-8"))
        if not pool.apply(survives, [unchanged]):
            print("The tests fail though nothing has been changed: mend them first.", file=sys.stderr)
            return 1
        for number, (mutant, alive) in enumerate(zip(chosen, pool.imap(survives, chosen), strict=True), 1):
            if alive:
                survivors.append(mutant)
                print(f"  not noticed: {mutant.file}  {mutant.what}", flush=True)
            if time.monotonic() - shown > 5 or number == len(chosen):
                shown = time.monotonic()
                print(f"  {number} of {len(chosen)} changes tried, {shown - began:.0f} s", flush=True)
    print(f"{len(chosen) - len(survivors)} of {len(chosen)} changes noticed, {len(survivors)} not.")
    return 1 if survivors else 0


if __name__ == "__main__":
    sys.exit(main())
