"""The questions of the pre-screening, in order, and which of them matter for a person."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Any

from actions.prescreen.days import Period, span
from actions.trial import FOLDER, TrialDataError, read_yaml
from actions.trial import trial as trial_data


@dataclass(frozen=True)
class Question:
    """One question of trial/questions.yml; its attributes are explained there."""

    key: str
    input: str
    lowest: int | None = None
    highest: int | None = None
    event: bool = False
    choices: tuple[Any, ...] = ()
    only_if: Mapping[str, Sequence[Any]] = field(default_factory=dict)
    unless: Mapping[str, Sequence[Any]] = field(default_factory=dict)
    needs_recent: str | None = None
    units: tuple[str, ...] = ()
    usual: str | None = None
    plausible: Mapping[str, tuple[Decimal, Decimal]] = field(default_factory=dict)
    limit: bool = False
    also: tuple[str, ...] = ()
    advances: bool = False
    begins: bool = False
    of_whom: bool = False

    def matters(self, answers: Mapping[str, Any], recent: frozenset[str]) -> bool:
        """Whether it is asked, given the answers so far; ``recent`` names the dates that are recent enough."""
        if any(answers.get(key) not in wanted for key, wanted in self.only_if.items()):
            return False
        if any(key in answers and answers[key] in settled for key, settled in self.unless.items()):
            return False
        return self.needs_recent is None or self.needs_recent in recent


class Questionnaire:
    """All questions, in the order in which they are asked."""

    def __init__(self, questions: Sequence[Question], recent: Period) -> None:
        """``recent`` is how long laboratory values hold."""
        self.questions = tuple(questions)
        self._by_key = {question.key: question for question in questions}
        self._dates = {question.needs_recent for question in questions if question.needs_recent}
        self._recent = recent

    def __getitem__(self, key: str) -> Question:
        return self._by_key[key]

    def __contains__(self, key: object) -> bool:
        return key in self._by_key

    def asked(self, answers: Mapping[str, Any], on: date) -> list[Question]:
        """The questions that matter, given the answers so far."""
        recent = frozenset(question.key for question in self.questions if self._is_recent(question.key, answers, on))
        return [question for question in self.questions if question.matters(answers, recent)]

    def next(self, answers: Mapping[str, Any], skipped: Mapping[str, str], on: date) -> Question | None:
        """The first question that matters and has neither been answered nor skipped."""
        for question in self.asked(answers, on):
            if question.key not in answers and question.key not in skipped:
                return question
        return None

    def relevant(self, answers: Mapping[str, Any], on: date) -> dict[str, Any]:
        """The answers without those whose questions no longer matter, after another answer was changed."""
        kept = dict(answers)
        while True:
            asked = {question.key for question in self.asked(kept, on)}
            fewer = {key: value for key, value in kept.items() if key in asked}
            if fewer == kept:
                return kept
            kept = fewer

    def _is_recent(self, key: str, answers: Mapping[str, Any], on: date) -> bool:
        """Whether a date can lie within the days for which laboratory values hold."""
        days = span(str(answers.get(key))) if key in self._dates else None
        if days is None:
            return False
        latest = min(days[1], on.toordinal())
        after = self._recent.after(latest)
        return (after if isinstance(after, int) else after[1]) >= on.toordinal()


def _question(entry: Mapping[str, Any]) -> Question:
    entry = dict(entry)
    for name in ("choices", "units", "also"):
        entry[name] = tuple(entry.get(name, ()))
    entry["plausible"] = {
        unit: (Decimal(str(low)), Decimal(str(high))) for unit, (low, high) in entry.get("plausible", {}).items()
    }
    try:
        return Question(**entry)
    except TypeError as error:
        raise TrialDataError(f"questions.yml: {entry.get('key')}: {error}.") from error


@lru_cache(maxsize=1)
def questionnaire() -> Questionnaire:
    """The questions of this trial."""
    within = trial_data().facts["labs"]["within"]
    questions = [_question(entry) for entry in read_yaml(FOLDER / "questions.yml")]
    return Questionnaire(questions, Period.of(within["number"], within["unit"]))
