"""The eligibility rules of the trial, judged for one person's answers. Plain Python: it knows no Rasa.

    judge(answers, on)                  the verdict; BadAnswers, with every fault, if they cannot be right
    judge_criterion(id, answers, on)    what one rule finds, such as for a “what if”
    faults(answers, on)                 what is wrong with the answers
    steps(id, answers, on)              how one rule came to its finding
    explain(answers, on)                the whole verdict rule by rule, in words
    rules_version()                     which rules these are, for what is kept of a verdict

`answers` is a dictionary with the keys of trial/prescreen.yml, `on` the day of the screening. The rules
themselves stand in trial/criteria.yml; trial() has them, criterion by criterion.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from .answers import BadAnswers, Fault
from .criteria import Finding
from .explanation import Step, explain, steps
from .verdict import Prescreen, Verdict, rules_version, trial

__all__ = [
    "BadAnswers",
    "Fault",
    "Finding",
    "Prescreen",
    "Step",
    "Verdict",
    "explain",
    "faults",
    "judge",
    "judge_criterion",
    "rules_version",
    "steps",
    "trial",
]


def judge(answers: dict[str, Any], on: date) -> Verdict:
    """The verdict on a person's answers."""
    return trial().judge(answers, on)


def judge_criterion(id: str, answers: dict[str, Any], on: date) -> Finding:
    """What one criterion finds for a person's answers."""
    return trial().judge_criterion(id, answers, on)


def faults(answers: dict[str, Any], on: date) -> list[Fault]:
    """What is wrong with a person's answers."""
    return trial().faults(answers, on)
