"""A record in words: every rule with the answers behind it, and where in the transcript they were given.

Plain Python beside the models: what the pages and what is handed on say of a record is made here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

from django.utils.translation import get_language, get_language_info
from django.utils.translation import gettext as _

from actions.interview.questions import questionnaire
from actions.interview.state import State, exacted
from actions.interview.wording import LABORATORY, InterviewWording
from actions.prescreen import BadAnswers, judge
from actions.prescreen import trial as rules_of_trial
from actions.trial import TrialDataError, trial
from records.models import Line, Record

#: Under which heading a rule is told, in this order.
DOES_NOT, WAITING, UNKNOWN, FITS, FOR_TEAM = "does_not", "waiting", "unknown", "fits", "for_team"
GROUPS = (DOES_NOT, WAITING, UNKNOWN, FITS, FOR_TEAM)
#: What can be wrong with an answer or a rule that was stored under other rules than those of today.
OUTDATED = (KeyError, ValueError, TypeError, ArithmeticError, AttributeError, TrialDataError)


@dataclass(frozen=True)
class Answer:
    """An answer behind a rule.

    Attributes:
        key: as in trial/prescreen.yml.
        name: what it is called in lists.
        said: how it was read; empty if there is none.
        lines: the messages that settled it, if the transcript has them: of a blood value the result and its limit.
        skipped: why there is none, in words, where the person passed the question over.
        implied: whether another answer says it.
    """

    key: str
    name: str
    said: str = ""
    lines: tuple[Line, ...] = ()
    skipped: str = ""
    implied: bool = False

    @property
    def given(self) -> bool:
        """Whether the person said anything, even that they do not know."""
        return bool(self.said or self.skipped)


@dataclass(frozen=True)
class Rule:
    """An entry rule, and what was found for it.

    Attributes:
        id: as in trial/criteria.yml.
        group: one of GROUPS.
        title, text: the rule in plain words; empty where the rules of today do not have it.
        document, entry: its source.
        status: what was found, in words.
        clears_on: the day on which waiting is over, if only that is missing.
        reversible: whether it can be treated or measured again.
        renew: the answers that would have to be newer.
        to_check: whether the team still has to look at it.
        answers: those it looks at.
    """

    id: str
    group: str
    title: str
    text: str
    document: str
    entry: str
    status: str
    clears_on: date | None = None
    reversible: bool = False
    renew: tuple[str, ...] = ()
    to_check: bool = False
    answers: tuple[Answer, ...] = ()

    @property
    def shown(self) -> tuple[Answer, ...]:
        """The answers that say something here: where a rule fits, what was not asked changes nothing."""
        return tuple(answer for answer in self.answers if answer.given or self.group != FITS)


@dataclass(frozen=True)
class Settled:
    """What a message settled: an answer and the rules that look at it.

    Attributes:
        later: whether a later message put it right.
    """

    answer: Answer
    rules: tuple[str, ...]
    later: bool = False


@dataclass(frozen=True)
class Message:
    """A line of the transcript, with what it settled."""

    line: Line
    settled: tuple[Settled, ...] = ()


@dataclass(frozen=True)
class Reading:
    """A record, ready to be shown.

    Attributes:
        language: of the texts about rules and answers.
        outcome: what the rules found, in a sentence.
        groups: the rules by what was found.
        messages: the transcript.
        passed_over: the questions that were skipped.
        answers: every answer, in the order in which they were given.
    """

    language: str
    outcome: str
    groups: Mapping[str, tuple[Rule, ...]]
    messages: tuple[Message, ...]
    passed_over: tuple[Answer, ...] = ()
    answers: tuple[Answer, ...] = ()

    @property
    def rules(self) -> Iterator[Rule]:
        """Every rule, in the order of the groups."""
        for group in self.groups.values():
            yield from group

    @property
    def to_check(self) -> tuple[Rule, ...]:
        """What the team still has to look at, beside what only the team can ever judge."""
        return tuple(rule for rule in self.rules if rule.to_check and rule.group != FOR_TEAM)


@cache
def wording(language: str) -> InterviewWording:
    """How questions and answers are said in a language."""
    return InterviewWording(trial(), language, questionnaire())


def language_of_reader() -> str:
    """The console's language if the trial's texts have it, else the usual one."""
    return trial().spoken((get_language() or "").split("-")[0])


def language_name(code: str) -> str:
    """A language, as the reader calls it."""
    try:
        return _(get_language_info(code)["name"])
    except KeyError:
        return code


@cache
def keys_of(rule: str) -> tuple[str, ...]:
    """The answers that a rule of today looks at."""
    criterion = rules_of_trial().criteria.get(rule)
    found = criterion.rule.looks_at() if criterion and criterion.rule else []
    return tuple(dict.fromkeys(key.split(".")[0] for key in found))


@cache
def rules_on(key: str) -> tuple[str, ...]:
    """The rules of today that look at an answer."""
    return tuple(rule for rule in rules_of_trial().criteria if key in keys_of(rule))


def title_of(rule: str, language: str) -> str:
    """The title of a rule; its id, where the rules of today do not have it."""
    return str(trial().texts[language].criteria.get(rule, {}).get("title", rule))


def short_of(key: str, language: str) -> str:
    """The name of an answer; its key, where nothing of today asks for it."""
    try:
        return wording(language).short(key)
    except OUTDATED:
        return key.replace("_", " ")


def question_of(key: str, language: str) -> str:
    """A question in words; its key, where nothing of today asks it."""
    try:
        return wording(language).of(key, "text") or key
    except OUTDATED:
        return key


def said_of(state: Mapping[str, Any], key: str, language: str) -> str:
    """An answer as it was read."""
    answers, rough = state.get("answers", {}), state.get("rough", {})
    try:
        return wording(language).answer_of(State("", answers=answers, rough=rough), key)
    except OUTDATED:
        value = answers.get(key)
        return " ".join(map(str, value.values())) if isinstance(value, Mapping) else str(value)


def day_of(text: Any) -> date | None:
    """A day that stands in a stored verdict."""
    try:
        return date.fromisoformat(text)
    except (TypeError, ValueError):
        return None


def group_of(finding: Mapping[str, Any], renew: Sequence[str] = ()) -> str:
    """Under which heading a stored finding is told."""
    status = finding.get("status", UNKNOWN)
    if status == "satisfied":
        return FITS
    if status != "not_satisfied":
        return status if status in GROUPS else UNKNOWN
    return WAITING if finding.get("clears_on") or finding.get("reversible") or renew else DOES_NOT


def status_in_words(finding: Mapping[str, Any], language: str) -> str:
    """What was found for a rule."""
    try:
        return wording(language).text("statuses", finding.get("status", UNKNOWN))
    except OUTDATED:
        return str(finding.get("status", ""))


def document_in_words(document: str) -> str:
    """The source of a rule."""
    names = {"registry": _("Registry record"), "publication": _("Published report")}
    return names.get(document, document)


def outcome_in_words(verdict: Mapping[str, Any], language: str) -> str:
    """What the rules found, in a sentence."""
    recheck = day_of(verdict.get("recheck_on"))
    said = wording(language)
    try:
        outcome = said.text("outcomes", verdict["outcome"], day=said.day(recheck) if recheck else "")
        return f"{outcome} {said.too_late(verdict)}".strip()
    except OUTDATED:
        return ""


def _settling(lines: Iterable[Line]) -> dict[str, tuple[Line, ...]]:
    """The messages that count for each answer: the newest, and of a blood value with its limit both."""
    found: dict[str, tuple[Line, ...]] = {}
    before: Line | None = None
    for line in lines:
        for key in line.answers:
            goes_on = key in questionnaire() and questionnaire()[key].limit and found.get(key, ())[-1:] == (before,)
            found[key] = (*found[key], line) if goes_on else (line,)
        if line.speaker == Line.Speaker.PERSON:
            before = line
    return found


def read_record(record: Record, lines: Iterable[Line], language: str) -> Reading:
    """A record in the words of a language."""
    return _Reader(record, list(lines), language).read()


class _Reader:
    """Reads one record."""

    def __init__(self, record: Record, lines: list[Line], language: str) -> None:
        self._record = record
        self._lines = lines
        self._language = language
        self._answers: Mapping[str, Any] = record.state.get("answers", {})
        self._skipped: Mapping[str, str] = record.state.get("skipped", {})
        # The newest message on an answer is the one that counts.
        self._settling = _settling(lines)
        self._renew = self._renewable()
        self._to_check = frozenset(record.verdict.get("to_check", ()))
        self._implied = self._implications()

    def read(self) -> Reading:
        found = [self._rule(finding) for finding in self._record.verdict.get("criteria", ())]
        groups = {group: tuple(rule for rule in found if rule.group == group) for group in GROUPS}
        trail = self._record.state.get("trail", list(self._answers))
        return Reading(
            self._language,
            outcome_in_words(self._record.verdict, self._language),
            {group: rules for group, rules in groups.items() if rules},
            tuple(self._message(line) for line in self._lines),
            tuple(self._answer(key) for key in self._skipped if key not in self._answers),
            tuple(self._answer(key) for key in trail if key in self._answers),
        )

    def _rule(self, finding: Mapping[str, Any]) -> Rule:
        id = str(finding.get("id", ""))
        source = trial().criteria.get(id, {}).get("source", {})
        renew = self._renew.get(id, ())
        return Rule(
            id,
            group_of(finding, renew),
            title_of(id, self._language),
            self._text(id),
            document_in_words(source.get("document", "")),
            source.get("entry", ""),
            status_in_words(finding, self._language),
            day_of(finding.get("clears_on")),
            bool(finding.get("reversible")),
            tuple(short_of(key, self._language) for key in renew),
            id in self._to_check,
            tuple(self._answer(key) for key in keys_of(id)),
        )

    def _text(self, rule: str) -> str:
        try:
            return wording(self._language).reason(rule)
        except OUTDATED:
            return ""

    def _answer(self, key: str) -> Answer:
        name = short_of(key, self._language)
        lines = self._settling.get(key, ())
        if key in self._answers:
            return Answer(key, name, said_of(self._record.state, key, self._language), lines)
        if key in self._skipped:
            return Answer(key, name, lines=lines, skipped=self._why_skipped(self._skipped[key]))
        if key in self._implied:
            said = said_of({"answers": {key: self._implied[key]}}, key, self._language)
            return Answer(key, name, said, implied=True)
        return Answer(key, name)

    def _why_skipped(self, how: str) -> str:
        try:
            return wording(self._language).text(how)
        except OUTDATED:
            return _("Passed over")

    def _message(self, line: Line) -> Message:
        return Message(
            line,
            tuple(
                Settled(self._answer(key), rules_on(key), line not in self._settling[key])
                for key in dict.fromkeys(line.answers)
            ),
        )

    def _renewable(self) -> Mapping[str, Sequence[str]]:
        """What would have to be newer, by rule. The verdict does not keep it; the answers still tell."""
        try:
            found = judge(exacted(self._answers), self._record.on)
        except (BadAnswers, *OUTDATED):
            return {}
        return {finding.id: finding.renew for finding in found.criteria if finding.renew}

    def _implications(self) -> Mapping[str, Any]:
        """What the answers say about others that were not given."""
        rules = rules_of_trial()
        try:
            given = rules.read(exacted(self._answers), self._record.on)
        except (BadAnswers, *OUTDATED):
            return {}
        return {key: value for key, value in rules.complete(given).items() if key not in given}


@dataclass(frozen=True)
class Open:
    """What the team still has to look at, beside what only the team can ever judge.

    Attributes:
        points: how many rules are open, the blood values aside where there is none at all.
        without_labs: whether there is not one blood value to go by.
    """

    points: int
    without_labs: bool


@cache
def _laboratory() -> frozenset[str]:
    return frozenset(id for id, rule in trial().criteria.items() if rule.get("group") == LABORATORY)


def open_points(verdict: Mapping[str, Any]) -> Open:
    """What the team still has to look at."""
    status = {finding.get("id"): finding.get("status") for finding in verdict.get("criteria", ())}
    points = {id for id in verdict.get("to_check", ()) if status.get(id) != FOR_TEAM}
    unknown = {id for id in points if status.get(id) == "unknown"}
    without_labs = bool(_laboratory()) and _laboratory() <= unknown
    return Open(len(points - _laboratory() if without_labs else points), without_labs)
