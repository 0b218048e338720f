"""The eligibility rules of the trial, judged for one person's answers. Plain Python: it knows no Rasa.

    judge(answers, on)               the verdict, or BadAnswers
    judge_criterion(id, answers, on) what one rule finds
    faults(answers, on)              what is wrong with the answers
    explain(answers, on)             the verdict rule by rule, for a reader
    steps(id, answers, on)           how one rule came to its finding

`answers` is a dictionary with the keys of trial/prescreen.yml, `on` the day of the screening. The rules themselves
stand in trial/criteria.yml.
"""
from __future__ import annotations

from datetime import date
from typing import Any

from .answers import BadAnswers, Fault
from .criteria import Finding
from .verdict import Prescreen, Verdict, trial

__all__ = ["BadAnswers", "Fault", "Finding", "Prescreen", "Verdict", "faults", "judge", "judge_criterion", "trial"]


def judge(answers: dict[str, Any], on: date) -> Verdict:
    """The verdict on a person's answers."""
    return trial().judge(answers, on)


def judge_criterion(id: str, answers: dict[str, Any], on: date) -> Finding:
    """What one criterion finds for a person's answers."""
    return trial().judge_criterion(id, answers, on)


def faults(answers: dict[str, Any], on: date) -> list[Fault]:
    """What is wrong with a person's answers."""
    return trial().faults(answers, on)
