"""How a verdict came about: each rule with the answers it used and its source, in plain text for staff."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from .criteria import Criterion, Finding
from .days import Day
from .logic import JOINS, Answers, Condition, Part, Truth
from .verdict import Prescreen, Verdict, trial
from .wording import TRIAL, load, say

_LONGEST = 60  # of an answer as it is repeated to the reader


@dataclass(frozen=True)
class Step:
    """A part of a rule: how deep it stands, its line or its join's name, whether it holds, its answers."""

    depth: int
    text: str
    truth: Truth
    join: bool = False
    keys: tuple[str, ...] = ()


def steps(id: str, given: dict[str, Any], on: date, rules: Prescreen | None = None) -> list[Step]:
    """How one rule came to its finding: its parts, from the whole to each condition."""
    rules = rules or trial()
    rule = rules.criteria[id].rule
    return _steps(rule, rules.complete(rules.read(given, on)), on.toordinal(), 0) if rule else []


def _steps(part: Part, answers: Answers, on: Day, depth: int) -> list[Step]:
    truth = part.judge(answers, on)
    if isinstance(part, Condition):
        return [Step(depth, part.text, truth, keys=tuple(part.looks_at()))]
    name = next((name for name, join in JOINS.items() if join is type(part)), "needs")
    found = [Step(depth, name, truth, join=True)]
    for inner in part.parts:
        found += _steps(inner, answers, on, depth + 1)
    return found


def explain(given: Any, on: date, language: str = "en", rules: Prescreen | None = None) -> str:
    """A whole verdict in words; BadAnswers if the answers cannot be right."""
    rules = rules or trial()
    verdict = rules.judge(given, on)
    answers = rules.complete(rules.read(given, on))
    lines = _heading(verdict, rules, language)
    for finding in verdict.criteria:
        lines += ["", *_criterion(rules.criteria[finding.id], finding, given, answers, on, language)]
    return "\n".join(lines)


def _heading(verdict: Verdict, rules: Prescreen, language: str) -> list[str]:
    facts = load(TRIAL / "facts.yml")
    ran = {name: _fact(facts, path)["date"] for name, path in rules.study_dates.items()}
    return [
        say(language, "explanation", "outcome", verdict.outcome, on=verdict.on, recheck_on=verdict.recheck_on),
        say(language, "explanation", "no_decision", **ran),
        say(language, "explanation", "to_check", ids=", ".join(verdict.to_check)),
    ]


def _fact(facts: Any, path: str) -> Any:
    for name in path.split("."):
        facts = facts[name]
    return facts


def _criterion(
    criterion: Criterion, finding: Finding, given: dict[str, Any], answers: Answers, on: date, language: str
) -> list[str]:
    def words(*path: object, **details: object) -> str:
        return say(language, "explanation", *path, **details)

    status = [words("status", finding.status)]
    if finding.clears_on:
        status.append(words("clears_on", day=finding.clears_on))
    if finding.reversible:
        status.append(words("reversible"))
    if finding.renew:
        status.append(words("renew", keys=", ".join(finding.renew)))
    lines = [f"{criterion.id} {criterion.name.replace('_', ' ')}: {'; '.join(status)}"]
    used: dict[str, None] = {}
    for step in _steps(criterion.rule, answers, on.toordinal(), 0) if criterion.rule else []:
        text = words("joins", step.text) if step.join else step.text
        lines.append(f"    {'  ' * step.depth}{text}: {words('truth', step.truth)}")
        used.update(dict.fromkeys(key.split(".")[0] for key in step.keys))
    for key in used:
        lines.append(f"    {key} = {_answer(key, given, answers, language)}")
    lines.append("    " + words("source", **criterion.source))
    return lines


def _answer(key: str, given: dict[str, Any], answers: Answers, language: str) -> str:
    """An answer as it was given."""
    if given.get(key) is not None:
        return _said(given[key], language)
    if key in answers:
        return say(language, "explanation", "implied", answer=_said(answers[key], language))
    return say(language, "explanation", "not_answered")


def _said(value: Any, language: str) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{part} {_said(of, language)}" for part, of in value.items() if of is not None)
    text = say(language, "explanation", "truth", value) if isinstance(value, bool) else str(value)
    return text if len(text) <= _LONGEST else text[:_LONGEST] + "…"
