"""One entry rule of the trial, and what it finds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from typing import Any

from .days import BEYOND, Day
from .logic import Answers, Part, Renewable, Reversible, Truth

SATISFIED, NOT_SATISFIED, UNKNOWN, FOR_TEAM = "satisfied", "not_satisfied", "unknown", "for_team"

# What becomes of a rule that is not satisfied: a later day clears it, it is reversible, or it fails for good.
WAITS, REVERSIBLE, FAILS = "waits", "reversible", "fails"


def mark(group: str, state: str) -> str:
    """A group of criteria and what may become of one of them, as one word to look up."""
    return f"{group} {state}"


@dataclass(frozen=True)
class Finding:
    """The status of one criterion."""

    id: str
    status: str
    clears_on: date | None = None
    reversible: bool = False
    renew: tuple[str, ...] = ()  # the dates that would have to be newer, where only that stands in the way
    group: str = field(default="", repr=False)

    def __post_init__(self) -> None:
        state = self.status
        if state == NOT_SATISFIED:
            state = WAITS if self.clears_on else REVERSIBLE if self.reversible else FAILS
        text = f'{{"id": "{self.id}", "status": "{self.status}"'
        if self.clears_on:
            text += f', "clears_on": "{self.clears_on}"'
        if self.reversible:
            text += ', "reversible": true'
        # Findings are made once and used again and again: what is asked of each is kept with it.
        object.__setattr__(self, "mark", mark(self.group, state))
        object.__setattr__(self, "text", text + "}")

    mark: str = field(init=False, repr=False, compare=False)  # the group, and what became of it
    text: str = field(init=False, repr=False, compare=False)  # as JSON

    def as_dict(self) -> dict[str, Any]:
        """The finding as it stands in a verdict."""
        finding: dict[str, Any] = {"id": self.id, "status": self.status}
        if self.clears_on:
            finding["clears_on"] = self.clears_on.isoformat()
        if self.reversible:
            finding["reversible"] = True
        return finding


class Criterion:
    """An entry rule: its id, name and source, and the rule itself (None where only the team can judge)."""

    def __init__(self, id: str, name: str, group: str, source: Mapping[str, str], rule: Part | None):
        self.id = id
        self.name = name
        self.group = group
        self.source = source
        self.rule = rule
        # What is found where the rule holds, and where that is not known.
        self.settled = {True: Finding(id, SATISFIED, group=group), None: Finding(id, UNKNOWN, group=group)}
        self._waits = lru_cache(maxsize=10_000)(
            lambda day: Finding(id, NOT_SATISFIED, clears_on=date.fromordinal(day), group=group)
        )
        self._reversible = Finding(id, NOT_SATISFIED, reversible=True, group=group)
        self._fails = Finding(id, NOT_SATISFIED, group=group)
        if rule is None:
            self.settled[None] = Finding(id, FOR_TEAM, group=group)
            return
        self._can_reverse = any(rule.each(Reversible))
        self._beyond_reversal = rule.without(Reversible)
        self._beyond_renewal = rule.without(Renewable)
        renewables = tuple(key for part in rule.each(Renewable) for key in part.looks_at())
        self._renewable = Finding(id, NOT_SATISFIED, renew=renewables, group=group) if renewables else None

    def truth(self, answers: Answers, on: Day) -> Truth:
        """Whether the rule holds on a day."""
        return self.rule.judge(answers, on) if self.rule else None

    def judge(self, answers: Answers, on: Day) -> Finding:
        """What the rule finds on a day."""
        return self.settled.get(self.truth(answers, on)) or self.unmet(answers, on)

    def unmet(self, answers: Answers, on: Day) -> Finding:
        """What becomes of the rule where it does not hold."""
        assert self.rule is not None  # or it would be for the team
        day = first_day(self.rule, answers, on)
        if day:
            return self._waits(day)
        rest = self._beyond_reversal
        if self._can_reverse and (rest is None or rest.judge(answers, on) is not False):
            return self._reversible
        if self._renewable and self._renewal_helps(answers, on):
            return self._renewable
        return self._fails

    def _renewal_helps(self, answers: Answers, on: Day) -> bool:
        rest = self._beyond_renewal
        return not rest or rest.judge(answers, on) is not False or first_day(rest, answers, on) is not None


def first_day(rule: Part, answers: Answers, on: Day) -> Day | None:
    """The first later day on which a rule holds, what is not known left aside; None if no waiting helps."""
    # Between two turning days nothing changes, so only they need be looked at.
    later = [day for day in turning_days(rule, answers) if on < day < BEYOND]
    known = rule.known(answers) if later else None
    if known is None:
        return None
    return next((day for day in sorted(later) if known.judge(answers, day) is True), None)


def last_day(rule: Part, answers: Answers) -> Day | None:
    """The last day on which a rule can hold; None if there is no such day, or it is not known."""
    end = None
    for day in sorted(turning_days(rule, answers), reverse=True):
        if rule.judge(answers, day) is not False:
            return end
        end = day - 1
    return end


def turning_days(rule: Part, answers: Answers) -> list[Day]:
    """The days from which on a condition of a rule may hold, or fail, though it did not the day before."""
    return [day for since in rule.dated for day in since.turning_days(answers)]
