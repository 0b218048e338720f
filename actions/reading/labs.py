"""Laboratory results, with their unit and the laboratory's upper limit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from actions.reading.numbers import NumberReader, Numeral
from actions.reading.outcomes import UNREADABLE, NotUnderstood, Reading, Understood
from actions.reading.units import LONGEST_UNIT, MARKED, NO_UNIT, Span, UnitReader
from actions.reading.words import MINUS, Message, Phrases

Range = tuple[Decimal, Decimal]

_MOST_NUMBERS = 10  # in a message about one result
_REACH = 4  # words between “limit” and its number


@dataclass(frozen=True)
class _Limit:
    """What was said of the laboratory's upper limit, and which words said it."""

    numeral: Numeral
    span: Span


class LabReader:
    """Reads laboratory results in one language."""

    def __init__(self, words: Mapping[str, Any], numbers: NumberReader) -> None:
        self._numbers = numbers
        self._words = {key: Phrases({True: words[key]}) for key in words if key != "units"}
        self.units = UnitReader(words["units"])

    def read(
        self, message: Message, units: Sequence[str], usual: str | None, plausible: Mapping[str, Range]
    ) -> Reading:
        """A result with its unit, and with the laboratory's upper limit if that was said too."""
        words = message.words
        if len(self._numbers.find(words)) > _MOST_NUMBERS:
            return NotUnderstood("several")
        named = self.units.find(words, units, self._after_numbers(words))
        numerals = self._numbers.find(_blanked(words, [span for span, _ in named]))
        limits = self._limits(words, numerals)
        spent = [limit.span for limit in limits]
        results = [n for n in numerals if not any(start <= n.start < end for start, end in spent)]
        taken = [(n.start, n.end) for n in numerals]
        outside = _blanked(words, [*spent, *taken, *(span for span, _ in named)])
        if self._words["multiples"].found(outside) or not results:
            return UNREADABLE
        a_part = results[0].halved and results[0].value == Decimal("0.5")  # “half of what is normal”
        if a_part or (not limits and self._is_a_limit(words, results[0])):
            return UNREADABLE
        if len({n.meanings for n in results}) > 1 or len({limit.numeral.meanings for limit in limits}) > 1:
            return NotUnderstood("several")
        if self._words["bounds"].found(outside):
            return UNREADABLE
        result = results[0]
        if result.negative:
            return NotUnderstood("implausible")
        told = {unit for span, unit in named if not any(start <= span[0] < end for start, end in spent)}
        if not told and any(limit.span[0] > result.end for limit in limits):
            told = {unit for _, unit in named}  # “135, limit 160 g/L”
        if len(told) > 1 and not _alike(told, plausible):
            return NotUnderstood("several")
        if not told and self.units.looks_like_one(words, result.end, result.end in message.glued):
            return NotUnderstood("no_unit")
        read = self._quantity(result, sorted(told), units, usual, plausible)
        if isinstance(read, NotUnderstood):
            return read
        value, unit = read
        answer: dict[str, Any] = {"value": number(value), "unit": unit}
        limit_units = {u for span, u in named if any(start <= span[0] < end for start, end in spent)}
        if limits and limit_units <= {unit}:
            limit = self._limit_value(limits[0].numeral, result, unit, plausible)
            if limit is not None:
                answer["upper_limit"] = number(limit)
        return Understood(answer)

    def limit(self, message: Message, unit: str | None, units: Sequence[str], within: Range | None) -> Reading:
        """The laboratory's upper limit on its own."""
        words = message.words
        if len(self._numbers.find(words)) > _MOST_NUMBERS:
            return NotUnderstood("several")
        named = self.units.find(words, [*units, *([unit] if unit else [])], self._after_numbers(words))
        numerals = self._numbers.find(_blanked(words, [span for span, _ in named]))
        if not numerals or self._words["multiples"].found(_blanked(words, [span for span, _ in named])):
            return UNREADABLE
        numerals = self._tops(words, numerals)
        if len({n.meanings for n in numerals}) > 1:
            return NotUnderstood("several")
        top = numerals[0]
        if unit and any(other != unit for _, other in named):
            return NotUnderstood("no_unit")
        if not named and self.units.looks_like_one(words, top.end, top.end in message.glued) and unit != NO_UNIT:
            return NotUnderstood("no_unit")
        candidates = [n for n in top.meanings if n > 0 and (within is None or within[0] <= n <= within[1])]
        if len(candidates) == 1:
            return Understood(number(candidates[0]))
        return UNREADABLE if candidates or not top.meanings else NotUnderstood("implausible")

    def _after_numbers(self, words: Sequence[str]) -> list[int]:
        return [numeral.end for numeral in self._numbers.find(words)]

    def _quantity(
        self,
        result: Numeral,
        told: Sequence[str],
        units: Sequence[str],
        usual: str | None,
        plausible: Mapping[str, Range],
    ) -> tuple[Decimal, str] | NotUnderstood:
        """The value and the unit that were meant."""
        if not result.meanings:
            return UNREADABLE
        possible = [
            (value, unit)
            for unit in (told or units)
            for value in result.meanings
            if unit not in plausible or plausible[unit][0] <= value <= plausible[unit][1]
        ]
        if not possible:
            return NotUnderstood("implausible")
        first = next((pair for pair in possible if pair[1] == usual), possible[0])
        # A count “in thousands” can only be one of single cells.
        settled = told or first[1] == usual or result.scaled or len(units) == 1
        if settled and all(_same(first, other, plausible) for other in possible):
            return first
        return UNREADABLE if told else NotUnderstood("no_unit")

    def _limit_value(
        self, limit: Numeral, result: Numeral, unit: str, plausible: Mapping[str, Range]
    ) -> Decimal | None:
        """The limit in the unit of the result; “250 thousand, limit 400” says it in thousands as well."""
        lowest, highest = plausible.get(unit, (Decimal(0), Decimal("Infinity")))
        fits = [n for n in limit.meanings if n > 0 and lowest <= n <= highest]
        if result.scaled and not limit.scaled:
            thousands = [n * 1000 for n in limit.meanings if n > 0 and lowest <= n * 1000 <= highest]
            fits = fits if fits else thousands
        return fits[0] if len(fits) == 1 else None

    def _limits(self, words: Sequence[str], numerals: list[Numeral]) -> list[_Limit]:
        """What is said of the limit: beside the word for it, or as the top of a range."""
        found: list[_Limit] = []
        for start, end, _ in self._words["limit"].found(words):
            if any(limit.span[0] <= start < limit.span[1] for limit in found):
                continue
            after = next(
                (n for n in numerals if end <= n.start <= end + _REACH and not _broken(words, end, n.start)),
                None,
            )
            if after:
                found.append(self._limit_from(words, numerals, after, start))
                continue
            before = next(
                (n for n in reversed(numerals) if n.end <= start <= n.end + _REACH and len(numerals) > 1),
                None,
            )
            if before and not any(limit.span[0] <= before.start < limit.span[1] for limit in found):
                found.append(_Limit(before, (before.start, end)))
        if found:
            return found
        for place, numeral in enumerate(numerals):
            marked = numeral.start > 0 and self._words["limit_marks"].at(words, numeral.start - 1)
            if place and marked:
                found.append(_Limit(numeral, (numeral.start - 1, numeral.end)))
            elif place + 1 < len(numerals) and len(numerals) == 3 and self._joined(words, numeral, numerals[place + 1]):
                top = numerals[place + 1]
                found.append(_Limit(_unsigned(top), (numeral.start, top.end)))
        return found

    def _limit_from(self, words: Sequence[str], numerals: list[Numeral], first: Numeral, start: int) -> _Limit:
        """A limit that begins with this number: it alone, or the top of the range that it opens."""
        place = numerals.index(first)
        following = numerals[place + 1] if place + 1 < len(numerals) else None
        top = following if following and self._joined(words, first, following) else first
        end = top.end
        # Its own unit belongs to it.
        while (
            end < len(words)
            and end - top.end < LONGEST_UNIT
            and (MARKED.match(words[end]) or words[end] in self.units.known)
        ):
            end += 1
        return _Limit(_unsigned(top), (start, end))

    def _is_a_limit(self, words: Sequence[str], numeral: Numeral) -> bool:
        """Whether the only number is called the limit: “16 is the upper limit”."""
        return any(0 <= start - numeral.end < _REACH - 1 for start, _, _ in self._words["limit_only"].found(words))

    def _joined(self, words: Sequence[str], one: Numeral, other: Numeral) -> bool:
        between = words[one.end : other.start]
        if other.negative and not between:
            between = (MINUS,)
        rises = bool(one.meanings and other.meanings) and one.meanings[0] < abs(other.meanings[0])
        return rises and len(between) == 1 and bool(self._words["range"].at(between, 0))

    def _tops(self, words: Sequence[str], numerals: list[Numeral]) -> list[Numeral]:
        """Of a range only its top."""
        if len(numerals) == 2 and self._joined(words, numerals[0], numerals[1]):
            return [_unsigned(numerals[1])]
        return numerals


def number(value: Decimal) -> int | Decimal:
    """A whole number as int, any other exactly as it was written."""
    return int(value) if value == value.to_integral_value() else value


def _unsigned(numeral: Numeral) -> Numeral:
    return Numeral(numeral.start, numeral.end, tuple(abs(n) for n in numeral.meanings), numeral.scaled)


def _broken(words: Sequence[str], start: int, end: int) -> bool:
    """Whether a comma stands between a limit's word and a number: they do not belong together."""
    return any(word in (",", ";") for word in words[start:end])


def _blanked(words: Sequence[str], spans: Sequence[Span]) -> list[str]:
    """The words with these places emptied, so that the others keep theirs."""
    return ["" if any(start <= place < end for start, end in spans) else word for place, word in enumerate(words)]


def _same(one: tuple[Decimal, str], other: tuple[Decimal, str], plausible: Mapping[str, Range]) -> bool:
    """Whether two results are one amount: their units' plausible ranges are as far apart as they are."""
    if one == other:
        return True
    if one[1] not in plausible or other[1] not in plausible:
        return False
    (low, high), (other_low, other_high) = plausible[one[1]], plausible[other[1]]
    return one[0] * other_high == other[0] * high and high * other_low == other_high * low


def _alike(units: set[str], plausible: Mapping[str, Range]) -> bool:
    """Whether these units are one by two names."""
    ranges = {plausible.get(unit) for unit in units}
    return len(ranges) == 1 and None not in ranges
