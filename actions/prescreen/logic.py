"""The logic of rules: conditions on answers, and how they are joined.

Every part of a rule is true, false or not known (None) for some answers on some day. Parts are joined by
Kleene's strong logic: what is not known stays so unless the other parts decide.
"""

from __future__ import annotations

import operator
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from typing import Any

from .days import Day, Period, Span
from .exact import Number, times

Truth = bool | None
Answers = dict[str, Any]

NEVER = "never"

# Every comparison that a rule can make. There is no other table.
OPERATORS: dict[str, Callable[[Any, Any], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "is": lambda answer, choices: answer in choices,
    "is not": lambda answer, choices: answer not in choices,
}


class Part(ABC):
    """A part of a rule, from one condition to the whole."""

    parts: tuple[Part, ...] = ()
    dated: tuple[Since, ...] = ()  # the conditions within it that can change by waiting

    @abstractmethod
    def judge(self, answers: Answers, on: Day) -> Truth:
        """Whether this holds on a day."""

    @abstractmethod
    def known(self, answers: Answers) -> Part | None:
        """This part less the conditions whose answers are not known; None if nothing is left."""

    def without(self, kind: type[Part]) -> Part | None:
        """This part less the parts of one kind; None if nothing is left."""
        return None if isinstance(self, kind) else self

    def looks_at(self) -> list[str]:
        """The answers it looks at, each once, in the rule's order."""
        return list(dict.fromkeys(key for part in self.parts for key in part.looks_at()))

    def each(self, kind: type[Part]) -> Iterator[Part]:
        """Every part of one kind within it."""
        if isinstance(self, kind):
            yield self
        for part in self.parts:
            yield from part.each(kind)


# Conditions: what a rule says about one answer, or two.


class Condition(Part):
    """One line of a rule. `text` is the line with the numbers of this trial in it."""

    text: str

    @abstractmethod
    def is_known(self, answers: Answers) -> bool:
        """Whether the answers it needs have been given."""

    def known(self, answers: Answers) -> Part | None:
        return self if self.is_known(answers) else None


class Answered(Condition):
    """A condition on a single answer."""

    def __init__(self, text: str, key: str):
        self.text = text
        self.key = key

    def is_known(self, answers: Answers) -> bool:
        return self.key in answers

    def looks_at(self) -> list[str]:
        return [self.key]


class Yes(Answered):
    """A yes-or-no answer is yes."""

    def judge(self, answers: Answers, on: Day) -> Truth:
        return answers.get(self.key)


class No(Answered):
    """A yes-or-no answer is no."""

    def judge(self, answers: Answers, on: Day) -> Truth:
        answer = answers.get(self.key)
        return None if answer is None else not answer


class Comparison(Answered):
    """An answer against a number of the rule, or a list of words."""

    def __init__(self, text: str, key: str, sign: str, bound: Number | frozenset[Any]):
        super().__init__(text, key)
        self.holds = OPERATORS[sign]
        self.bound = bound

    def judge(self, answers: Answers, on: Day) -> Truth:
        answer = answers.get(self.key)
        return None if answer is None else self.holds(answer, self.bound)


class Against(Answered):
    """An answer against another answer."""

    def __init__(self, text: str, key: str, sign: str, other: str):
        super().__init__(text, key)
        self.holds = OPERATORS[sign]
        self.other = other

    def judge(self, answers: Answers, on: Day) -> Truth:
        return self.holds(answers[self.key], answers[self.other]) if self.is_known(answers) else None

    def is_known(self, answers: Answers) -> bool:
        return self.key in answers and self.other in answers

    def looks_at(self) -> list[str]:
        return [self.key, self.other]


class Result(Answered):
    """A laboratory result, converted, against a number of the rule."""

    def __init__(self, text: str, key: str, sign: str, bound: Number, factors: dict[str, Number]):
        super().__init__(text, key)
        self.holds = OPERATORS[sign]
        self.bound = bound
        self.factors = factors
        self.value, self.unit = f"{key}.value", f"{key}.unit"

    def judge(self, answers: Answers, on: Day) -> Truth:
        value = answers.get(self.value)
        if value is None:
            return None
        return self.holds(times(value, self.factors[answers[self.unit]]), self.bound)

    def is_known(self, answers: Answers) -> bool:
        return self.value in answers


class RelativeResult(Answered):
    """A laboratory result against a multiple of the laboratory's own upper limit, in the same unit."""

    def __init__(self, text: str, key: str, sign: str, multiple: Number):
        super().__init__(text, key)
        self.holds = OPERATORS[sign]
        self.multiple = multiple
        self.value, self.upper_limit = f"{key}.value", f"{key}.upper_limit"

    def judge(self, answers: Answers, on: Day) -> Truth:
        upper_limit = answers.get(self.upper_limit)
        if upper_limit is None:
            return None
        return self.holds(answers[self.value], times(upper_limit, self.multiple))

    def is_known(self, answers: Answers) -> bool:
        return self.upper_limit in answers


class Since(Answered):
    """The day of the screening against a date and a period after it."""

    def __init__(self, text: str, key: str, sign: str, period: Period):
        super().__init__(text, key)
        self.holds = OPERATORS[sign]
        self.period = period
        self.dated = (self,)

    def judge(self, answers: Answers, on: Day) -> Truth:
        days = answers.get(self.key)
        if days is None:
            return None
        if days == NEVER:
            return False
        first, last = self.period.after_span(days)
        truth = self.holds(on, first)
        # The days of a partial date are in order, so its first and last say whether all agree.
        return truth if first == last or self.holds(on, last) is truth else None

    def turning_days(self, answers: Answers) -> list[Day]:
        """The days from which on it may hold, or fail, though it did not the day before."""
        days = answers.get(self.key)
        if days is None or days == NEVER:
            return []
        first, last = self.period.after_span(days)
        return [first, first + 1, last, last + 1]


class Between(Against):
    """A date and a period after it against another date, for every pair of days they stand for."""

    def __init__(self, text: str, key: str, period: Period, sign: str, other: str):
        super().__init__(text, key, sign, other)
        self.period = period

    def judge(self, answers: Answers, on: Day) -> Truth:
        days: str | Span | None = answers.get(self.key)
        others: str | Span | None = answers.get(self.other)
        if days is None or others is None:
            return None
        if isinstance(days, str) or isinstance(others, str):
            return False
        truths = {self.holds(day, other) for day in self.period.after_span(days) for other in others}
        return truths.pop() if len(truths) == 1 else None


# Joins: how parts make a rule.


class Join(Part):
    """Parts joined to a larger part."""

    def __init__(self, *parts: Part):
        self.parts = parts
        self.dated = tuple(since for part in parts for since in part.dated)
        self._judges = [part.judge for part in parts]

    def known(self, answers: Answers) -> Part | None:
        return self._again([part.known(answers) for part in self.parts])

    def without(self, kind: type[Part]) -> Part | None:
        return super().without(kind) and self._again([part.without(kind) for part in self.parts])

    def _again(self, parts: list[Part | None]) -> Part | None:
        left = [part for part in parts if part is not None]
        return type(self)(*left) if left else None


class AllOf(Join):
    """Every part must hold."""

    def judge(self, answers: Answers, on: Day) -> Truth:
        truth: Truth = True
        for judge in self._judges:
            part = judge(answers, on)
            if part is False:
                return False
            if part is None:
                truth = None
        return truth


class AnyOf(Join):
    """One part is enough."""

    def judge(self, answers: Answers, on: Day) -> Truth:
        truth: Truth = False
        for judge in self._judges:
            part = judge(answers, on)
            if part is True:
                return True
            if part is None:
                truth = None
        return truth


class Known(Join):
    """Every part that is known must hold; not known only if none is."""

    def judge(self, answers: Answers, on: Day) -> Truth:
        truth: Truth = None
        for judge in self._judges:
            part = judge(answers, on)
            if part is False:
                return False
            if part is True:
                truth = True
        return truth


class UnknownIf(Join):
    """Where its part holds or is not known, nobody can say; where it fails, this fails too."""

    def judge(self, answers: Answers, on: Day) -> Truth:
        return False if self._judges[0](answers, on) is False else None


class Note(Join):
    """Says something of its one part, and holds as that does."""

    def __init__(self, part: Part):
        super().__init__(part)
        self.judge = part.judge  # type: ignore[method-assign]  # spares a call in every judgement

    def judge(self, answers: Answers, on: Day) -> Truth:
        return self.parts[0].judge(answers, on)


class Reversible(Note):
    """What can be treated, or measured again."""


class Renewable(Note):
    """What a newer date would change, though no waiting does."""


class Needs(Join):
    """A second part that means nothing unless the first surely holds."""

    def judge(self, answers: Answers, on: Day) -> Truth:
        return self._judges[1](answers, on) if self._judges[0](answers, on) is True else None

    def _again(self, parts: list[Part | None]) -> Part | None:
        return None if None in parts else super()._again(parts)


JOINS: dict[str, type[Join]] = {
    "all": AllOf,
    "any": AnyOf,
    "known": Known,
    "unknown_if": UnknownIf,
    "reversible": Reversible,
    "renewable": Renewable,
}
