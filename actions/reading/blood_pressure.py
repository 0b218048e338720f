"""Blood pressures: two numbers, the higher one first or each with its name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

from actions.reading.numbers import NumberReader, Numeral
from actions.reading.outcomes import UNREADABLE, NotUnderstood, Reading, Understood
from actions.reading.words import Message, Phrases


class BloodPressureReader:
    """Reads blood pressures in one language."""

    def __init__(self, words: Mapping[str, Sequence[str]], numbers: NumberReader) -> None:
        self._numbers = numbers
        self._words = {key: Phrases({True: words[key]}) for key in words}

    def read(self, message: Message, systolic: tuple[int, int], diastolic: tuple[int, int]) -> Reading:
        """Two numbers, the higher one first or each with its name."""
        words = message.words
        numerals = self._hundreds(words, self._numbers.find(words, spaced_thousands=False))
        ends = [0, *(numeral.end for numeral in numerals)]
        numerals = [n for n, last in zip(numerals, ends, strict=False) if not self._elsewhere(words, n, last)]
        if not numerals:
            return NotUnderstood("vague") if self._words["vague"].found(words) else UNREADABLE
        before = words[max(numerals[0].start - 1, 0) : numerals[0].start]
        if self._words["vague"].found(words) or self._words["before_bound"].found(before):
            return NotUnderstood("vague")
        if len(numerals) != 2:
            return NotUnderstood("several") if len(numerals) > 2 else UNREADABLE
        if any(n.end in message.glued and len(words[n.end]) == 1 and words[n.end].isalpha() for n in numerals):
            return NotUnderstood("vague")  # 120s over 80s
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

    def _hundreds(self, words: Sequence[str], numerals: list[Numeral]) -> list[Numeral]:
        """“One thirty” is 130."""
        joined: list[Numeral] = []
        for numeral in numerals:
            last = joined[-1] if joined else None
            between = words[last.end : numeral.start] if last else ()
            spoken = words[numeral.start].isalpha() and tuple(between) in ((), ("-",))
            if last and spoken and last.whole in (1, 2) and 10 <= (numeral.whole or 0) <= 99:
                value = Decimal((last.whole or 0) * 100 + (numeral.whole or 0))
                joined[-1] = Numeral(last.start, numeral.end, (value,))
            else:
                joined.append(numeral)
        return joined

    def _elsewhere(self, words: Sequence[str], numeral: Numeral, last: int) -> bool:
        """Whether the number is a pulse; `last` is where the number before it ended."""
        before = range(max(numeral.start - 3, last), numeral.start)
        after = words[numeral.end : numeral.end + 1]
        return any(self._words["elsewhere"].at(words, place) for place in before) or bool(
            self._words["elsewhere_after"].whole(after)
        )

    def _lower_first(self, words: Sequence[str], one: Numeral, other: Numeral) -> bool:
        """Whether the names say so: those before the numbers, or else those after them."""
        between = words[one.end : other.start]
        before, after = words[max(one.start - 3, 0) : one.start], words[other.end : other.end + 2]
        sides = (before, between) if self._names(before) else (between, after)
        return self._names(sides[0]) == {"lower"} and self._names(sides[1]) == {"upper"}

    def _names(self, words: Sequence[str]) -> set[str]:
        return {kind for kind in ("upper", "lower") if self._words[kind].found(words)}
