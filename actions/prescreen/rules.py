"""Reading the rules of a trial: from the lines of trial/criteria.yml to parts that can be judged.

How a rule is written is told at the head of that file; the kinds of answers in trial/prescreen.yml.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from . import answers
from .answers import Kind, Members
from .days import Period
from .exact import Number
from .logic import (
    JOINS,
    NEVER,
    OPERATORS,
    Against,
    Between,
    Comparison,
    Condition,
    Needs,
    No,
    Part,
    RelativeResult,
    Result,
    Reversible,
    Since,
    Yes,
)

ON = "on"
UPPER_LIMITS = "upper_limits"
_SIGNS = [sign for sign in OPERATORS if not sign.isidentifier() and " " not in sign]


class RuleError(ValueError):
    """A rule or a kind of answer that is not written as it should be."""


Values = Mapping[str, Mapping[str, Any]]


class AnswerKeys:
    """The answers that a trial asks for, and the kind of each."""

    def __init__(self, data: Mapping[str, Any]):
        self._units = {
            name: {unit: None if factor is None else as_written(factor) for unit, factor in units.items()}
            for name, units in data["units"].items()
        }
        self.kinds: dict[str, Any] = {}  # by key or key.part, as written in the data
        for key, kind in data["answers"].items():
            self.kinds[key] = kind
            if "parts" in kind:
                self.kinds.update({f"{key}.{part}": part_kind for part, part_kind in kind["parts"].items()})
        self.members = Members({key: self._kind(key, kind) for key, kind in data["answers"].items()})

    def units(self, key: str) -> Mapping[str, Number | None]:
        """The units of a laboratory result, each with how much of the first it is."""
        return self._units[self.kinds[key]["laboratory"]]

    def choices(self, key: str) -> list[str]:
        """The words that can answer a key."""
        kind = self.kinds[key]
        if kind == "event_date":
            return [NEVER]
        return list(kind["choice"]) if "choice" in kind else []

    def is_date(self, key: str) -> bool:
        """Whether a key is answered with a date."""
        return self.kinds.get(key) in ("date", "event_date")

    def _kind(self, key: str, kind: Any) -> Kind:
        simple = {"boolean": answers.boolean, "date": answers.day, "event_date": answers.event_day}
        if isinstance(kind, str) and kind in simple:
            return simple[kind]
        if "integer" in kind:
            return answers.integer(*kind["integer"])
        if "choice" in kind:
            return answers.choice(kind["choice"])
        if "laboratory" in kind:
            return answers.laboratory(key, list(self._units[kind["laboratory"]]))
        if "parts" in kind:
            parts = {part: self._kind(f"{key}.{part}", part_kind) for part, part_kind in kind["parts"].items()}
            left, sign, right = kind["fit"].split()
            fit = Against(kind["fit"], f"{key}.{left}", sign, f"{key}.{right}")
            return answers.parts(key, parts, list(parts), fit, kind["fit"])
        raise RuleError(f"{key}: {kind} is no kind of answer")


class RuleReader:
    """Reads the rules of one criterion, whose `values` they name."""

    def __init__(self, keys: AnswerKeys, values: Values):
        self._keys = keys
        self._values = values

    def rule(self, rule: Any) -> Part:
        """A rule, or a part of one, as written in the data."""
        if isinstance(rule, str):
            return self.condition(rule)
        if not isinstance(rule, Mapping) or len(rule) != 1:
            raise RuleError(f"{rule} is neither a condition nor one of {', '.join(JOINS)} with its parts")
        [(name, parts)] = rule.items()
        if name not in JOINS:
            raise RuleError(f"{name} is none of {', '.join(JOINS)}")
        return JOINS[name](*map(self.rule, parts if isinstance(parts, list) else [parts]))

    def condition(self, line: str) -> Condition:
        """One line of a rule."""
        words = line.split()
        for sign in _SIGNS:
            if sign in words:
                at = words.index(sign)
                return self._comparison(words[:at], sign, words[at + 1 :])
        if words[1:2] == ["is"]:
            sign = "is not" if words[2:3] == ["not"] else "is"
            return self._choice(line, words[0], sign, words[len(sign.split()) + 1 :])
        key = words[-1]
        if self._kind(key) != "boolean" or words[:-1] not in ([], ["not"]):
            raise RuleError(f"“{line}”: {key} is not answered with yes or no")
        return Yes(line, key) if words == [key] else No(line, key)

    def _comparison(self, left: list[str], sign: str, right: list[str]) -> Condition:
        key = left[0]
        if key == ON:
            until, period, said = self._day(right)
            return Since(f"{ON} {sign} {said}", until, sign, period)
        if self._keys.is_date(key):
            _, period, said = self._day(left)
            [other] = right
            self._day(right)
            return Between(f"{said} {sign} {other}", key, period, sign, other)
        [name] = right
        value = self._value(name)
        text = f"{key} {sign} {value['number']} {value['unit']}"
        if "laboratory" not in self._kind(key):
            return Comparison(text, key, sign, as_written(value["number"]))
        if value["unit"] == UPPER_LIMITS:
            return RelativeResult(text, key, sign, as_written(value["number"]))
        factors = self._keys.units(key)
        if value["unit"] != next(iter(factors)):
            raise RuleError(f"“{text}”: a bound must be in the first unit of {key}")
        converted = {unit: factor for unit, factor in factors.items() if factor is not None}
        if len(converted) < len(factors):
            raise RuleError(f"“{text}”: not every unit of {key} can be converted")
        return Result(text, key, sign, as_written(value["number"]), converted)

    def _choice(self, line: str, key: str, sign: str, words: list[str]) -> Condition:
        names = [word for word in words if word != "or"]
        self._kind(key)
        choices = self._keys.choices(key)
        chosen = frozenset(name if name in choices else as_written(self._value(name)["number"]) for name in names)
        said = " or ".join(name if name in choices else str(self._value(name)["number"]) for name in names)
        return Comparison(f"{key} {sign} {said}", key, sign, chosen)

    def _day(self, words: list[str]) -> tuple[str, Period, str]:
        """A date, perhaps with a period after it: its key, the period, and both in words."""
        key, *later = words
        if not self._keys.is_date(key):
            raise RuleError(f"“{' '.join(words)}”: {key} is not answered with a date")
        if not later:
            return key, Period(), key
        plus, name = later
        if plus != "+":
            raise RuleError(f"“{' '.join(words)}”: only a later day can be told, with +")
        value = self._value(name)
        return key, Period.of(value["number"], value["unit"]), f"{key} + {value['number']} {value['unit']}"

    def _kind(self, key: str) -> Any:
        if key not in self._keys.kinds:
            raise RuleError(f"{key} is no key of the answers")
        return self._keys.kinds[key]

    def _value(self, name: str) -> Mapping[str, Any]:
        if name not in self._values:
            raise RuleError(f"{name} is none of the rule's values")
        return self._values[name]


def group_rule(reader: RuleReader, rule: Part, group: Mapping[str, Any]) -> Part:
    """A rule with what is laid down for its whole group, such as how old a blood test may be."""
    if group.get("reversible"):
        rule = Reversible(rule)
    return Needs(reader.rule(group["needs"]), rule) if "needs" in group else rule


def as_written(written: int | str) -> int | Decimal:
    """A number of the data. One with decimals is written in quotes, so that YAML does not round it."""
    if isinstance(written, float):
        raise RuleError(f"{written}: write a number with decimals in quotes")
    return written if isinstance(written, int) else Decimal(written)
