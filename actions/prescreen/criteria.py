"""One entry rule of the trial, and what it finds."""
from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Optional

from .days import BEYOND, Day
from .logic import Answers, Part, Renewable, Reversible

SATISFIED, NOT_SATISFIED, UNKNOWN, FOR_TEAM = "satisfied", "not_satisfied", "unknown", "for_team"

# What becomes of a rule that is not satisfied: a later day clears it, it can be reversed, or it fails for good.
WAITS, REVERSIBLE, FAILS = "waits", "reversible", "fails"


@dataclass(frozen=True)
class Finding:
    """The status of one criterion."""

    id: str
    status: str
    clears_on: Optional[date] = None
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
        # Findings are made once and used again and again: what is asked of every one of them is kept with them.
        object.__setattr__(self, "mark", (self.group, state))
        object.__setattr__(self, "text", text + "}")

    mark: tuple[str, str] = field(init=False, repr=False, compare=False)  # the group, and what became of it
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
    """An entry rule: its id, name and source, and the rule itself (None where only the study team can judge)."""

    def __init__(self, id: str, name: str, group: str, source: Mapping[str, str], rule: Optional[Part]):
        self.id = id
        self.name = name
        self.group = group
        self.source = source
        self.rule = rule
        self._for_team = Finding(id, FOR_TEAM, group=group)
        self._satisfied = Finding(id, SATISFIED, group=group)
        self._unknown = Finding(id, UNKNOWN, group=group)
        self._fails = Finding(id, NOT_SATISFIED, group=group)
        self._reversible = Finding(id, NOT_SATISFIED, reversible=True, group=group)
        self._timed = rule is not None and rule.timed()
        self._can_reverse = rule is not None and any(rule.each(Reversible))
        self._beyond_reversal = rule and rule.without(Reversible)
        self._renewables = tuple(key for part in rule.each(Renewable) for key in part.keys()) if rule else ()
        self._beyond_renewal = rule and rule.without(Renewable)

    def judge(self, answers: Answers, on: Day) -> Finding:
        """What the rule finds on a day."""
        if self.rule is None:
            return self._for_team
        truth = self.rule.judge(answers, on)
        if truth is True:
            return self._satisfied
        if truth is None:
            return self._unknown
        if self._timed:
            day = first_day(self.rule, answers, on)
            if day:
                return Finding(self.id, NOT_SATISFIED, clears_on=date.fromordinal(day), group=self.group)
        if self._can_reverse and (not self._beyond_reversal or self._beyond_reversal.judge(answers, on) is not False):
            return self._reversible
        if self._renewables and self._renewal_helps(answers, on):
            return Finding(self.id, NOT_SATISFIED, renew=self._renewables, group=self.group)
        return self._fails

    def _renewal_helps(self, answers: Answers, on: Day) -> bool:
        rest = self._beyond_renewal
        return not rest or rest.judge(answers, on) is not False or first_day(rest, answers, on) is not None


def first_day(rule: Part, answers: Answers, on: Day) -> Optional[Day]:
    """The first later day on which a rule holds, what is not known left aside; None if waiting does not help."""
    known = rule.known(answers)
    if known is None:
        return None
    # Between two turning days nothing changes, so only they need be looked at.
    later = sorted(day for day in known.turning_days(answers) if on < day < BEYOND)
    return next((day for day in later if known.judge(answers, day) is True), None)


def last_day(rule: Part, answers: Answers) -> Optional[Day]:
    """The last day on which a rule can hold; None if there is no such day, or it is not known."""
    end = None
    for day in sorted(rule.turning_days(answers), reverse=True):
        if rule.judge(answers, day) is not False:
            return end
        end = day - 1
    return end
