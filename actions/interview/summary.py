"""What a person takes along of a pre-screening: the answers, every rule in plain words with its status, what to ask."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from actions.interview.questions import questionnaire
from actions.interview.state import State
from actions.interview.wording import InterviewWording
from actions.prescreen import Finding, Verdict, judge
from actions.trial import FOLDER, Trial, read_yaml, trial
from actions.wording import Wording

#: The order in which the rules are told: what stands in the way first.
ORDER = ("does_not", "waiting", "unknown", "fits", "for_team")


@dataclass(frozen=True)
class RuleLine:
    """One entry rule.

    Attributes:
        id: as in trial/criteria.yml.
        title: its name.
        text: the rule in plain words.
        note: what could change it, if anything.
    """

    id: str
    title: str
    text: str
    note: str = ""


@dataclass(frozen=True)
class RuleGroup:
    """The rules of one status, under their heading."""

    heading: str
    rules: tuple[RuleLine, ...]


@dataclass(frozen=True)
class Summary:
    """A pre-screening to take along, in the words of one language.

    Attributes:
        language: of the texts.
        title, trial, made: its head.
        notice: that it is no decision.
        headings: of the parts, by name.
        outcome: what the rules find, in a sentence.
        answers: name and answer of each question that was answered or left out.
        no_answers: that there is none.
        groups: the rules by status.
        ask: what to ask the doctor.
        sources: where the rules come from.
        not_kept: that no copy is kept; or, where it was shared, under which reference the clinic finds it.
        page: the words of a page number; “{number}” stands for it.
    """

    language: str
    title: str
    trial: str
    made: str
    notice: str
    headings: Mapping[str, str]
    outcome: str
    answers: tuple[tuple[str, str], ...]
    no_answers: str
    groups: tuple[RuleGroup, ...]
    ask: tuple[str, ...]
    sources: str
    not_kept: str
    page: str


class Summaries:
    """Makes the summaries of one language."""

    def __init__(self, trial: Trial, language: str) -> None:
        self._language = language
        self._interview = InterviewWording(trial, language, questionnaire())
        self._wording = Wording(trial, language)
        self._texts: Mapping[str, Any] = read_yaml(FOLDER / language / "summary.yml")

    def summary(self, state: State, reference: str | None = None) -> Summary:
        """The summary of a pre-screening as it stands; it may be unfinished. With its reference if it was shared."""
        verdict = judge(state.judged(), state.day)
        recheck = self._wording.day(verdict.recheck_on.isoformat()) if verdict.recheck_on else ""
        outcome = self._interview.text("outcomes", verdict.outcome, day=recheck)
        return Summary(
            language=self._language,
            title=self._said("title"),
            trial=self._said("trial"),
            made=self._said("made", day=self._wording.day(state.day.isoformat())),
            notice=self._said("notice"),
            headings={name: self._wording.fill(text) for name, text in self._texts["headings"].items()},
            outcome=" ".join(filter(None, (outcome, self._interview.too_late(verdict.as_dict())))),
            answers=self._answers(state),
            no_answers=self._said("no_answers"),
            groups=self._groups(verdict),
            ask=self._ask(state, verdict),
            sources=self._said("sources"),
            not_kept=self._said("shared", reference=reference) if reference else self._said("not_kept"),
            page=str(self._texts["page"]),
        )

    def _said(self, name: str, **given: str) -> str:
        return self._wording.fill(self._texts[name], given)

    def _answers(self, state: State) -> tuple[tuple[str, str], ...]:
        said = [
            (
                self._interview.short(key),
                self._interview.answer(key, state.answers[key]) if key in state.answers else self._said("left_out"),
            )
            for key in state.trail
        ]
        return tuple(said)

    def _groups(self, verdict: Verdict) -> tuple[RuleGroup, ...]:
        by_group: dict[str, list[RuleLine]] = {name: [] for name in ORDER}
        for finding in verdict.criteria:
            title, text = self._interview.title(finding.id), self._interview.reason(finding.id)
            by_group[group_of(finding)].append(RuleLine(finding.id, title, text, self._note(finding)))
        headings = self._texts["headings"]
        return tuple(RuleGroup(headings[name], tuple(rules)) for name, rules in by_group.items() if rules)

    def _note(self, finding: Finding) -> str:
        if finding.clears_on:
            return self._said("day_later", day=self._wording.day(finding.clears_on.isoformat()))
        return self._said("could_change") if group_of(finding) == "waiting" else ""

    def _ask(self, state: State, verdict: Verdict) -> tuple[str, ...]:
        """General questions, and what the person could not answer."""
        unknown = [self._interview.short(key) for key in state.trail if key not in state.answers]
        questions: Sequence[str] = self._texts["ask"]
        return tuple(
            self._wording.fill(question, {"unknown": self._wording.listed(unknown)})
            for question in questions
            if unknown or "{unknown}" not in question
        )


def group_of(finding: Finding) -> str:
    """Under which heading a rule is told."""
    if finding.status == "satisfied":
        return "fits"
    if finding.status != "not_satisfied":
        return finding.status
    return "waiting" if finding.clears_on or finding.reversible or finding.renew else "does_not"


@lru_cache(maxsize=8)
def summaries(language: str) -> Summaries:
    """The summaries of a language, their texts read once."""
    return Summaries(trial(), language)


def summary_of(state: State, language: str, reference: str | None = None) -> Summary:
    """The summary of a pre-screening in a language; with its reference if it was shared."""
    return summaries(language).summary(state, reference)
