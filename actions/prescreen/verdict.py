"""The outcome of a pre-screening: what all the entry rules of a trial find, taken together."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

from .answers import BadAnswers, Fault, Reading
from .criteria import Criterion, Finding, last_day, mark
from .days import Day
from .logic import AllOf, Answers, Part
from .rules import AnswerKeys, RuleError, RuleReader, group_rule
from .wording import TRIAL, load

VERSION_LENGTH = 12


@dataclass(frozen=True)
class Verdict:
    """What pre-screening finds on a day. It is never a decision: only the study team decides."""

    outcome: str
    on: date
    recheck_on: date | None
    criteria: tuple[Finding, ...]
    to_check: tuple[str, ...]

    def finding(self, id: str) -> Finding:
        """What was found for one criterion."""
        return next(finding for finding in self.criteria if finding.id == id)

    def as_dict(self) -> dict[str, Any]:
        """The verdict as the command line gives it."""
        verdict: dict[str, Any] = {"outcome": self.outcome, "on": self.on.isoformat()}
        if self.recheck_on:
            verdict["recheck_on"] = self.recheck_on.isoformat()
        verdict["criteria"] = [finding.as_dict() for finding in self.criteria]
        verdict["to_check"] = list(self.to_check)
        return verdict

    def as_json(self) -> str:
        """The same as one line of JSON."""
        recheck = f' "recheck_on": "{self.recheck_on}",' if self.recheck_on else ""
        criteria = ", ".join([finding.text for finding in self.criteria])
        to_check = ", ".join([f'"{id}"' for id in self.to_check])
        return (
            f'{{"outcome": "{self.outcome}", "on": "{self.on}",{recheck} '
            f'"criteria": [{criteria}], "to_check": [{to_check}]}}'
        )


Marks = frozenset[str]


class Outcome:
    """One of the outcomes that are looked up in order, and what leads to it."""

    def __init__(self, data: Mapping[str, Any], criteria: Mapping[str, Criterion]):
        self.name: str = data["name"]
        self.always = "when" not in data
        conditions = data.get("when", [])
        self.marks = marks([line for line in conditions if "are" in line])
        self.outlasted = [criteria[line["waiting_outlasts"]] for line in conditions if "waiting_outlasts" in line]
        self.recheck = frozenset(data.get("recheck", []))

    def applies(self, found: Marks, answers: Answers, waits: Day | None) -> bool:
        """Whether this is the outcome; `waits` is the latest day that some entry rule waits for."""
        if self.always or not self.marks.isdisjoint(found):
            return True
        return waits is not None and any(self._too_late(criterion, answers, waits) for criterion in self.outlasted)

    @staticmethod
    def _too_late(criterion: Criterion, answers: Answers, waits: Day) -> bool:
        last = last_day(criterion.rule, answers) if criterion.rule else None
        return last is not None and waits > last

    def recheck_on(self, waiting: list[Finding]) -> date | None:
        """The day to look again, where this outcome has one."""
        return latest_wait(waiting, self.recheck)


def marks(lines: list[Mapping[str, Any]]) -> Marks:
    """Every group and state that lines like {groups: [...], are: [...]} speak of."""
    return frozenset(mark(group, state) for line in lines for group in line["groups"] for state in line["are"])


def latest_wait(waiting: list[Finding], groups: frozenset[str]) -> date | None:
    """The latest day that a criterion of some groups waits for."""
    return max((found.clears_on for found in waiting if found.clears_on and found.group in groups), default=None)


class Prescreen:
    """The entry rules of one trial, ready to judge."""

    def __init__(self, criteria: Mapping[str, Any], prescreen: Mapping[str, Any]):
        """From the contents of criteria.yml and prescreen.yml."""
        self.keys = AnswerKeys(prescreen)
        groups = {part["group"]: part for part in criteria.values() if isinstance(part, Mapping)}
        self.criteria = {entry["id"]: self._criterion(entry, groups) for entry in criteria["criteria"]}
        # What every judgement goes through, taken apart once.
        self._judges = [
            (entry.rule.judge if entry.rule else entry.truth, entry.settled, entry.unmet)
            for entry in self.criteria.values()
        ]
        reader = RuleReader(self.keys, {})
        self._implied = [(reader.condition(line["when"]), line["then"]) for line in prescreen["implied"]]
        self._contradictions = [AllOf(*map(reader.condition, lines)) for lines in prescreen["contradictions"]]
        self._outcomes = [Outcome(data, self.criteria) for data in prescreen["outcomes"]]
        self._to_check = marks(prescreen["to_check"])
        self._waiting = frozenset().union(*(outcome.recheck for outcome in self._outcomes))
        self.study_dates: Mapping[str, str] = prescreen["study_dates"]

    @classmethod
    def of_trial(cls, folder: Path = TRIAL) -> Prescreen:
        """The rules that stand in a trial's folder."""
        return cls(load(folder / "criteria.yml"), load(folder / "prescreen.yml"))

    def _criterion(self, entry: Mapping[str, Any], groups: Mapping[str, Mapping[str, Any]]) -> Criterion:
        try:
            group = groups.get(entry["group"], {})
            values = {name: value for name, value in group.items() if isinstance(value, Mapping)}
            values.update(entry.get("values", {}))
            rule: Part | None = None
            if not entry.get("for_team"):
                reader = RuleReader(self.keys, values)
                rule = group_rule(reader, reader.rule(entry["rule"]), group)
            return Criterion(entry["id"], entry["name"], entry["group"], entry["source"], rule)
        except (KeyError, ValueError) as error:
            raise RuleError(f"{entry.get('id')}: {error}") from error

    def read(self, given: Any, on: date) -> Answers:
        """A person's answers, checked and ready to judge; BadAnswers names every fault."""
        reading = Reading(on.toordinal())
        if not isinstance(given, dict):
            raise BadAnswers([Fault("", "not_an_object")])
        self.keys.members.read(given, reading)
        answers = reading.answers
        for contradiction in self._contradictions:
            if contradiction.judge(answers, reading.on):
                keys = contradiction.looks_at()
                for key in keys:
                    reading.refuse(key, "contradiction", keys=", ".join(keys))
        if reading.faults:
            raise BadAnswers(reading.faults)
        return answers

    def complete(self, answers: Answers) -> Answers:
        """Answers with what they imply about others that are not known."""
        implied: Answers = {}
        for condition, others in self._implied:
            if condition.judge(answers, 0):
                implied.update(others)
        return {**implied, **answers} if implied else answers

    def faults(self, given: Any, on: date) -> list[Fault]:
        """What is wrong with a person's answers; nothing, if they can be judged."""
        try:
            self.read(given, on)
        except BadAnswers as bad:
            return bad.faults
        return []

    def judge(self, given: Any, on: date) -> Verdict:
        """The verdict on a person's answers; BadAnswers if they cannot be right."""
        answers = self.complete(self.read(given, on))
        day = on.toordinal()
        findings = [settled.get(truth(answers, day)) or unmet(answers, day) for truth, settled, unmet in self._judges]
        found = frozenset([finding.mark for finding in findings])
        waiting = [finding for finding in findings if finding.clears_on]
        last = latest_wait(waiting, self._waiting) if waiting else None
        waits = last.toordinal() if last else None
        outcome = next(outcome for outcome in self._outcomes if outcome.applies(found, answers, waits))
        to_check = tuple([finding.id for finding in findings if finding.mark in self._to_check])
        return Verdict(outcome.name, on, outcome.recheck_on(waiting), tuple(findings), to_check)

    def outlasted(self, verdict: Mapping[str, Any]) -> tuple[tuple[str, ...], date] | None:
        """Why waiting does not help where it is all that a verdict, as it is stored, asks for: the rules of which one
        does not hold any more on the day when the waiting is over, and that day. None where it is not so.
        """
        outcome = next((outcome for outcome in self._outcomes if outcome.name == verdict["outcome"]), None)
        if outcome is None or not outcome.outlasted:
            return None
        findings = [
            Finding(
                found["id"],
                found["status"],
                date.fromisoformat(found["clears_on"]) if found.get("clears_on") else None,
                bool(found.get("reversible")),
                group=self.criteria[found["id"]].group,
            )
            for found in verdict["criteria"]
            if found["id"] in self.criteria
        ]
        day = latest_wait([finding for finding in findings if finding.clears_on], self._waiting)
        if day is None or not outcome.marks.isdisjoint(finding.mark for finding in findings):
            return None
        return tuple(criterion.id for criterion in outcome.outlasted), day

    def judge_criterion(self, id: str, given: Any, on: date) -> Finding:
        """What one criterion finds, such as for a “what if”."""
        return self.criteria[id].judge(self.complete(self.read(given, on)), on.toordinal())


@cache
def trial() -> Prescreen:
    """The rules of this trial, read once."""
    return Prescreen.of_trial()


@cache
def rules_version() -> str:
    """Which rules judge: the same for the same rules, another if anything in them has changed."""
    files = (TRIAL / name for name in ("criteria.yml", "prescreen.yml"))
    return sha256(b"\0".join(file.read_bytes() for file in files)).hexdigest()[:VERSION_LENGTH]
