"""How questions, answers and results of a pre-screening are said in one language."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from decimal import Decimal
from functools import lru_cache
from typing import Any

from actions.interview.questions import Question, Questionnaire
from actions.interview.state import State
from actions.prescreen import Finding, Verdict
from actions.prescreen import trial as rules_of_trial
from actions.reading.yes_no import Meaning
from actions.replies import Button
from actions.trial import Trial
from actions.wording import Wording

#: The order in which a result is told.
FITS, DOES_NOT, WAITING, TEAM = "fits", "does_not", "waiting", "team"
#: More titles than these are too long a list on a telephone; “every rule” has them.
MOST_NAMED = 8
#: The group of the rules on blood values.
LABORATORY = "laboratory"


class InterviewWording:
    """The texts of the pre-screening, filled."""

    def __init__(self, trial: Trial, language: str, questionnaire: Questionnaire) -> None:
        self._criteria = trial.texts[language].criteria
        self._texts = trial.texts[language].prescreen
        self._questions = trial.texts[language].questions
        self._questionnaire = questionnaire
        self._wording = Wording(trial, language)

    def text(self, *path: str, **given: str) -> str:
        """A text of prescreen.yml, by its path, with what is given filled in."""
        entry: Any = self._texts
        for key in path:
            entry = entry[key]
        return self._wording.fill(entry, given)

    def of(self, key: str, part: str) -> str | None:
        """A text of a question: text, why, help, short, again, limit."""
        text = self._questions[key].get(part)
        return self._wording.fill(text) if text else None

    def short(self, key: str) -> str:
        """The name of an answer, for lists."""
        return str(self._questions[key]["short"])

    def names(self) -> dict[str, list[str]]:
        """How people name each answer."""
        return {
            question.key: [self.short(question.key), *self._questions[question.key].get("names", [])]
            for question in self._questionnaire.questions
        }

    @lru_cache(maxsize=1)  # noqa: B019 (there is one of this class for each language)
    def subjects(self) -> dict[str, list[str]]:
        """The words by which one sees which question something is about."""
        return {
            question.key: [*self.names()[question.key], *self._questions[question.key].get("about", [])]
            for question in self._questionnaire.questions
            if question.input in ("date", "boolean", "choice")
        }

    def forms(self, question: Question) -> dict[Any, list[str]]:
        """How people say each choice of a question; its title and the bare value first."""
        texts = self._questions[question.key].get("choices", {})
        return {
            value: [str(value), self.choice(question, value), *texts.get(value, {}).get("forms", [])]
            for value in question.choices
        }

    def choice(self, question: Question, value: Any) -> str:
        """The title of a choice."""
        return str(self._questions[question.key].get("choices", {}).get(value, {}).get("title", value))

    def choices(self, question: Question, in_full: bool = False) -> list[dict[str, Any]]:
        """The choices of a question, as ``custom.question`` carries them; a yes and a no said `in_full` if need be."""
        if question.input == "boolean":
            titles = (
                self._questions[question.key]["readings"]
                if in_full
                else {True: self.text("yes"), False: self.text("no")}
            )
            return [{"value": value, "title": str(titles[value])} for value in (True, False)]
        return [{"value": value, "title": self.choice(question, value)} for value in question.choices]

    def in_passing(self, key: str) -> Mapping[str, Sequence[str]]:
        """How people answer this question beside another one, by what it means (“a woman of 58”)."""
        forms: Mapping[str, Sequence[str]] = self._questions[key].get("in_passing", {})
        return forms

    def unknown(self, key: str) -> list[str]:
        """How people say, to this question only, that they have no answer."""
        return [str(form) for form in self._questions[key].get("unknown", [])]

    def says(self, key: str) -> Mapping[Meaning, Sequence[str]]:
        """What people say to this yes-or-no question instead of yes or no, by what it means."""
        says: Mapping[Meaning, Sequence[str]] = self._questions[key].get("says", {})
        return says

    def buttons(
        self, question: Question, half: bool, offer_skip: bool = False, in_full: bool = False
    ) -> tuple[Button, ...]:
        """What can be pressed under a question: its choices, that one does not know, and to skip it."""
        choices = [] if half else [str(choice["title"]) for choice in self.choices(question, in_full)]
        skip = [self.text("buttons", "skip")] if offer_skip else []
        return tuple(Button(title, title) for title in [*choices, self.text("dont_know"), *skip])

    def answer(self, key: str, value: Any) -> str:
        """An answer in words: “3 October 2026”, “13.5 g/dL”, “Yes”."""
        question = self._questionnaire[key]
        if isinstance(value, bool):
            return self.text("yes" if value else "no")
        if value in question.choices:
            return self.choice(question, value)
        if question.input == "date":
            return self._wording.day(str(value))
        if isinstance(value, Mapping) and "systolic" in value:
            return f"{value['systolic']}/{value['diastolic']} mmHg"
        if isinstance(value, Mapping):
            said = self._laboratory(value["value"], value["unit"])
            limit = value.get("upper_limit")
            return self.text("with_limit", result=said, limit=self._laboratory(limit, value["unit"])) if limit else said
        return str(value)

    def answer_of(self, state: State, key: str) -> str:
        """An answer that was given, in words: “about 9 October 2026”, where it was said roughly."""
        given = state.answers[key]
        said = self.answer(key, given)
        return self.text("about", answer=said) if state.rough.get(key, {}).get("day") == given else said

    def _laboratory(self, number: Any, unit: str) -> str:
        return f"{self._wording.say(Decimal(str(number)))} {self.units([unit])}".strip()

    def units(self, units: Sequence[str]) -> str:
        """Units as a person reads them."""
        return ", ".join(filter(None, (self._texts["units"][unit] for unit in units)))

    def day(self, day: Any) -> str:
        """A day in words."""
        return self._wording.day(day.isoformat())

    def answers(self, state: State) -> str:
        """The answers so far, a line each."""
        lines = [
            self.text("answer_line", short=self.short(key), answer=self.answer_of(state, key))
            for key in state.trail
            if key in state.answers
        ]
        return "\n".join([self.text("answers_so_far"), *lines]) if lines else self.text("no_answers")

    def result(self, verdict: Verdict, untouched: Collection[str] = (), short: bool = False) -> str:
        """The result: what it is, what fits, what does not and why, what waiting changes, what to do next.

        `untouched` are the rules that were not gone through. A `short` one, on the way, says what does not fit.
        """
        day = self.day(verdict.recheck_on) if verdict.recheck_on else ""
        parts = [] if short else [self.text("outcomes", verdict.outcome, day=day)]
        told: dict[str, list[str]] = {FITS: [], DOES_NOT: [], WAITING: []}
        for finding in verdict.criteria:
            if group_and_line := self._finding(finding):
                told[group_and_line[0]].append(group_and_line[1])
        too_late = self.too_late(verdict.as_dict())
        if short:
            parts += [self._listed(group, told[group]) for group in (DOES_NOT,) if told[group]]
            parts += [self._listed(WAITING, told[WAITING]), too_late] if too_late else []
            return "\n\n".join([*parts, self.text("only_team_decides")])
        if told[FITS]:
            line = "fits_line" if len(told[FITS]) <= MOST_NAMED else "fits_many"
            parts.append(
                self._listed(FITS, [self.text(line, titles=", ".join(told[FITS]), count=str(len(told[FITS])))])
            )
        parts += [self._listed(group, told[group]) for group in (DOES_NOT, WAITING) if told[group]]
        parts += [too_late] if too_late else []
        parts.append(self._listed(TEAM, self._team_lines(verdict, untouched)))
        parts += [f"{self.text('headings', 'next')}\n{self.text('next_steps')}", self.text("only_team_decides")]
        return "\n\n".join(parts)

    def too_late(self, verdict: Mapping[str, Any]) -> str:
        """Why waiting does not help, where everything that does not fit would fit later; empty where it is not so."""
        outlasted = rules_of_trial().outlasted(verdict)
        if outlasted is None:
            return ""
        rules, day = outlasted
        return self.text("too_late", day=self.day(day), titles=", ".join(self.title(rule) for rule in rules))

    def _team_lines(self, verdict: Verdict, untouched: Collection[str]) -> list[str]:
        """What the team has to look at: what is not known, and what only the team can judge."""
        unknown = [found for found in verdict.criteria if found.status == "unknown" and found.id not in untouched]
        lines = []
        # Whoever has no results at hand need not read nine names of blood values.
        labs = {found.id for found in verdict.criteria if found.group == LABORATORY}
        without_labs = labs <= {found.id for found in unknown}
        titles = [self.title(found.id) for found in unknown if not (without_labs and found.id in labs)]
        if titles:
            lines.append(self.text("team_line_unknown", titles=", ".join(titles)))
        if without_labs:
            lines.append(self.text("team_line_labs"))
        if untouched:
            lines.append(self.text("team_line_untouched", count=str(len(untouched))))
        return [*lines, self.text("team_line_for_team")]

    def _finding(self, finding: Finding) -> tuple[str, str] | None:
        """Where a finding is told, and its line; what the team has to look at is told together."""
        title = self.title(finding.id)
        if finding.status == "satisfied":
            return FITS, title
        if finding.status != "not_satisfied":
            return None
        if finding.clears_on:
            return WAITING, self.text("waiting_line", title=title, day=self.day(finding.clears_on))
        if finding.reversible:
            return WAITING, self.text("reversible_line", title=title)
        if finding.renew:
            answers = ", ".join(self.short(key) for key in finding.renew)
            return DOES_NOT, self.text("renew_line", title=title, answer=answers)
        return DOES_NOT, self.text("does_not_line", title=title, reason=self.reason(finding.id))

    def _listed(self, heading: str, lines: list[str]) -> str:
        return "\n".join([self.text("headings", heading), *lines])

    def title(self, criterion: str) -> str:
        """The title of an entry rule."""
        return str(self._criteria[criterion]["title"])

    def reason(self, criterion: str) -> str:
        """The rule in its simplest words."""
        entry = self._criteria[criterion]
        return self._wording.fill(entry.get("simpler", entry["text"]), criterion=criterion)

    def finding(self, finding: Finding, keys: Sequence[str], state: State) -> str:
        """A rule, what was found for it, and the answers of that person to which it looks."""
        lines = [self.text("rule_found", title=self.title(finding.id), status=self.text("found", finding.status))]
        if finding.clears_on:
            lines.append(self.text("would_fit", day=self.day(finding.clears_on)))
        lines.append(self.reason(finding.id))
        answers = "; ".join(f"{self.short(key)}: {self.answer_of(state, key)}" for key in keys)
        lines.append(self.text("rests_on", answer=answers) if answers else self.text("rests_on_nothing"))
        return " ".join(lines)

    def rules(self, verdict: Verdict, untouched: Collection[str] = ()) -> str:
        """Every rule by its status; those that were not gone through are only counted."""
        by_status: dict[str, list[str]] = {status: [] for status in self._texts["statuses"]}
        for finding in verdict.criteria:
            if finding.id not in untouched:
                by_status[finding.status].append(self.rule_line(finding))
        lines = [
            self.text("every_rule", status=self.text("statuses", status), count=str(len(told)), titles=", ".join(told))
            for status, told in by_status.items()
            if told
        ]
        if untouched:
            lines.append(self.text("every_rule_untouched", count=str(len(untouched))))
        return "\n\n".join(lines)

    def rule_line(self, finding: Finding) -> str:
        """One rule: its title and its id."""
        return self.text("every_rule_line", id=finding.id, title=self.title(finding.id))
