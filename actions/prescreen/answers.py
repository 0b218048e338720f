"""Reading a person's answers: every one is checked against its kind, and every fault is named with its key.

What is read is flat: a date as the first and last day it stands for, a laboratory result or a blood pressure
as its parts (`hemoglobin.value`). What is not known is not there.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from math import isfinite
from operator import ge, gt
from typing import Any

from .days import Day, span
from .exact import Immense, Number
from .jsontext import RepeatedKeys
from .logic import NEVER, Answers, Part
from .wording import say


@dataclass(frozen=True)
class Fault:
    """What is wrong with one answer: its key, the problem by name, and what the problem's wording needs."""

    key: str
    problem: str
    details: Mapping[str, object] = field(default_factory=dict)

    def message(self, language: str = "en") -> str:
        """The fault in words."""
        return say(language, "faults", self.problem, **self.details)


class BadAnswers(ValueError):
    """Answers that are refused as a whole."""

    def __init__(self, faults: list[Fault]):
        super().__init__("; ".join(f"{fault.key}: {fault.message()}" for fault in faults))
        self.faults = faults

    def messages(self, language: str = "en") -> dict[str, str]:
        """What is wrong with each key, in the order of the input."""
        messages: dict[str, list[str]] = {}
        for fault in self.faults:
            messages.setdefault(fault.key, []).append(fault.message(language))
        return {key: "; ".join(dict.fromkeys(texts)) for key, texts in messages.items()}


class Reading:
    """Answers being read on a day, and the faults found."""

    __slots__ = ("answers", "faults", "on")

    def __init__(self, on: Day):
        self.on = on
        self.answers: Answers = {}
        self.faults: list[Fault] = []

    def refuse(self, key: str, problem: str, **details: object) -> None:
        """Name a fault."""
        self.faults.append(Fault(key, problem, details))


# A kind of answer: takes the key (or key.part), what was given for it, and the reading it goes to.
Kind = Callable[[str, Any, Reading], None]


def boolean(key: str, given: Any, reading: Reading) -> None:
    """Yes or no."""
    if given is True or given is False:
        reading.answers[key] = given
    else:
        reading.refuse(key, "boolean")


def integer(low: int, high: int) -> Kind:
    """A whole number. 7e1 is refused as 70.0 is: both are written as a measurement would be."""

    def read(key: str, given: Any, reading: Reading) -> None:
        if type(given) is int and low <= given <= high:  # a boolean is an int to Python
            reading.answers[key] = given
        else:
            reading.refuse(key, "integer", low=low, high=high)

    return read


def choice(words: list[str]) -> Kind:
    """One of a list of words."""
    allowed = frozenset(words)

    def read(key: str, given: Any, reading: Reading) -> None:
        if type(given) is str and given in allowed:
            reading.answers[key] = given
        else:
            reading.refuse(key, "choice", choices=", ".join(words))

    return read


def day(key: str, given: Any, reading: Reading) -> None:
    """A date, full or partial, that does not lie wholly after the day of the screening."""
    days = span(given) if type(given) is str and len(given) <= len("YYYY-MM-DD") else None
    if days is None:
        reading.refuse(key, "date")
        return
    first, last = days
    if last <= reading.on:
        reading.answers[key] = days
    elif first <= reading.on:
        reading.answers[key] = first, reading.on
    else:
        reading.refuse(key, "future", on=date.fromordinal(reading.on))


def event_day(key: str, given: Any, reading: Reading) -> None:
    """A date, or never."""
    if given == NEVER:
        reading.answers[key] = NEVER
        return
    day(key, given, reading)
    if reading.faults and reading.faults[-1] == Fault(key, "date"):
        reading.faults[-1] = Fault(key, "event_date")


def quantity(problem: str, fits: Callable[[Number, int], bool]) -> Kind:
    """A number of any length, compared with 0."""

    def read(key: str, given: Any, reading: Reading) -> None:
        if type(given) is float and isfinite(given):  # not from a JSON text; the shortest way to write it is meant
            given = Decimal(repr(given))
        kind = type(given)
        numeric = kind is int or (kind is Decimal and given.is_finite()) or kind is Immense
        if numeric and fits(given, 0):
            reading.answers[key] = given
        else:
            reading.refuse(key, problem)

    return read


class Members:
    """The keys that an object may have, each with its kind."""

    def __init__(self, kinds: Mapping[str, Kind], within: str = ""):
        self.within = within
        self.kinds = {key: (within + key, kind) for key, kind in kinds.items()}

    def read(self, given: Mapping[str, Any], reading: Reading) -> None:
        """Read every member; one that is null is not known, but must be a key all the same."""
        if type(given) is RepeatedKeys:
            self._read_repeated(given, reading)
            return
        kinds = self.kinds
        for key, value in given.items():
            known = kinds.get(key)
            if known is None:
                reading.refuse(f"{self.within}{key}", "unknown_key")
            elif value is not None:
                path, kind = known
                kind(path, value, reading)

    def _read_repeated(self, given: RepeatedKeys, reading: Reading) -> None:
        """A key given twice is a fault, and so is whatever is wrong with any of what was given for it."""
        for key, values in given.given.items():
            path = self.within + key
            if len(values) > 1:
                reading.refuse(path, "repeated")
            answers = []
            for value in values:
                reading.answers.pop(path, None)
                self.read({key: value}, reading)
                answers.append(reading.answers.get(path))
            if answers.count(answers[0]) < len(answers):
                reading.answers.pop(path, None)


def parts(key: str, kinds: Mapping[str, Kind], needed: list[str], fit: Part | None = None, text: str = "") -> Kind:
    """An object of several parts. `fit` must hold of them, where they are good by themselves."""
    members = Members(kinds, f"{key}.")

    def read(key: str, given: Any, reading: Reading) -> None:
        if not isinstance(given, dict):
            reading.refuse(key, "object", keys=", ".join(kinds))
            return
        members.read(given, reading)
        for part in needed:
            if given.get(part) is None:
                reading.refuse(f"{key}.{part}", "needed")
        if fit and fit.judge(reading.answers, reading.on) is False:
            reading.refuse(key, "fit", fit=text)

    return read


def laboratory(key: str, units: list[str]) -> Kind:
    """A laboratory result: value, unit, and the laboratory's own upper limit of normal in the same unit."""
    return parts(
        key,
        {
            "value": quantity("not_negative", ge),
            "unit": choice(units),
            "upper_limit": quantity("positive", gt),
        },
        needed=["value", "unit"],
    )
