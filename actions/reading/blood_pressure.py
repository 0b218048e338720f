"""Blood pressures: two numbers, the higher one first or each with its name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

from actions.reading.numbers import NumberReader, Numeral
from actions.reading.outcomes import UNREADABLE, NotUnderstood, Reading, Understood
from actions.reading.words import Phrases


class BloodPressureReader:
    """Reads blood pressures in one language."""

    def __init__(self, words: Mapping[str, Sequence[str]], numbers: NumberReader) -> None:
        self._numbers = numbers
        self._words = {key: Phrases({True: words[key]}) for key in words}

    def read(self, words: Sequence[str], systolic: tuple[int, int], diastolic: tuple[int, int]) -> Reading:
        """Two numbers, the higher one first or each with its name."""
        numerals = self._pairs_of_hundreds(self._numbers.find(words, spaced_thousands=False))
        numerals = [numeral for numeral in numerals if not self._named(words, numeral, "elsewhere")]
        if not numerals:
            return NotUnderstood("vague") if self._words["vague"].found(words) else UNREADABLE
        before = words[max(numerals[0].start - 1, 0) : numerals[0].start]
        if self._words["vague"].found(words) or self._words["before_bound"].found(before):
            return NotUnderstood("vague")
        if len(numerals) != 2:
            return NotUnderstood("several") if len(numerals) > 2 else UNREADABLE
        high, low = numerals
        if self._lower_first(words, high, low):
            high, low = low, high
        values = [abs(n.whole) if n.whole is not None else None for n in (high, low)]
        top, bottom = values
        if top is None or bottom is None:
            return UNREADABLE
        if not (systolic[0] <= top <= systolic[1] and diastolic[0] <= bottom <= diastolic[1]):
            swapped = systolic[0] <= bottom <= systolic[1] and diastolic[0] <= top <= diastolic[1]
            return NotUnderstood("order" if swapped and top < bottom else "implausible")
        if top <= bottom:
            return NotUnderstood("order")
        return Understood({"systolic": top, "diastolic": bottom})

    def _pairs_of_hundreds(self, numerals: list[Numeral]) -> list[Numeral]:
        """“One thirty” is 130."""
        joined: list[Numeral] = []
        for numeral in numerals:
            last = joined[-1] if joined else None
            if (
                last
                and last.end == numeral.start
                and last.whole in (1, 2)
                and 10 <= (numeral.whole or 0) <= 99
            ):
                value = Decimal((last.whole or 0) * 100 + (numeral.whole or 0))
                joined[-1] = Numeral(last.start, numeral.end, (value,))
            else:
                joined.append(numeral)
        return joined

    def _named(self, words: Sequence[str], numeral: Numeral, kind: str) -> bool:
        around = [
            *range(max(numeral.start - 3, 0), numeral.start),
            *range(numeral.end, min(numeral.end + 1, len(words))),
        ]
        return any(self._words[kind].at(words, place) for place in around)

    def _lower_first(self, words: Sequence[str], one: Numeral, other: Numeral) -> bool:
        """Whether the names say so: those before the numbers, or else those after them."""
        between = words[one.end : other.start]
        before, after = words[max(one.start - 3, 0) : one.start], words[other.end : other.end + 2]
        sides = (before, between) if self._names(before) else (between, after)
        return self._names(sides[0]) == {"lower"} and self._names(sides[1]) == {"upper"}

    def _names(self, words: Sequence[str]) -> set[str]:
        return {kind for kind in ("upper", "lower") if self._words[kind].found(words)}
