"""Measured things: blood pressures, and laboratory results with their unit and upper limit."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from actions.reading.numbers import NumberReader, Numeral
from actions.reading.outcomes import UNREADABLE, NotUnderstood, Reading, Understood
from actions.reading.words import MINUS, Message, Phrases

Range = tuple[Decimal, Decimal]
Span = tuple[int, int]

_LONGEST_UNIT = 10  # words and marks
_NO_UNIT = "1"  # of a ratio
_POWER = re.compile(r"^(?:x|\*|·|×)*10(?:\^|\*\*|\*|e)?(\d)")
_MARKED = re.compile(r"[/^*%]")
_REACH = 4  # words between “limit” and its number


def canonical(unit: str) -> str:
    """A unit in one spelling: small letters, no spaces, 10*9 for a power of ten."""
    unit = re.sub(r"[\s.()]", "", unit.lower()).replace("µ", "u").replace("μ", "u")
    unit = _POWER.sub(r"10*\1", unit).replace("mm^3", "mm3").replace("mm*3", "mm3")
    return re.sub(r"^[x×·*](?=10)", "", unit)


class UnitReader:
    """Finds units in a message, by the words for them in a language."""

    def __init__(self, words: Mapping[str, str]) -> None:
        self._words = Phrases(
            {part: [word for word, p in words.items() if p == part] for part in set(words.values())}
        )
        self.known = self._words.words

    def find(
        self, words: Sequence[str], units: Sequence[str], after: Sequence[int]
    ) -> list[tuple[Span, str]]:
        """Where a message names one of these units; a unit of one letter counts only `after` a number."""
        spelt = {canonical(unit): unit for unit in units if unit != _NO_UNIT}
        bare: dict[str, str] = {}
        for spelling, unit in spelt.items():
            bare.setdefault(spelling.replace("/", ""), unit)
        powers = {
            spelling.partition("/")[0]: unit for spelling, unit in spelt.items() if spelling.startswith("10*")
        }
        found: list[tuple[Span, str]] = []
        place = 0
        while place < len(words):
            best = self._longest(words, place, (spelt, bare, powers), place in after)
            if best:
                found.append(((place, best[0]), best[1]))
            place = best[0] if best else place + 1
        return found

    def looks_like_one(self, words: Sequence[str], place: int, glued: bool) -> bool:
        """Whether a unit seems to stand here, though none that is used for this result."""
        if place >= len(words):
            return False
        marked = any(_MARKED.match(word) for word in words[place : place + 2])
        return (glued and words[place].isalpha()) or marked or bool(self._words.at(words, place))

    def _longest(
        self, words: Sequence[str], start: int, tables: Sequence[Mapping[str, str]], after_number: bool
    ) -> tuple[int, str] | None:
        text, place, best = "", start, None
        while place < len(words) and place - start < _LONGEST_UNIT:
            hit = self._words.at(words, place)
            text += hit[1] if hit else words[place]
            place += hit[0] if hit else 1
            spelling = canonical(text)
            spellings = (spelling, spelling.replace("/mm3", "/ul"), re.sub(r"^/?mm3$", "/ul", spelling))
            for table in tables:
                unit = next((table[s] for s in spellings if s in table), None)
                if unit and (after_number or "/" in text or len(spelling) > 2):
                    best = (place, unit)
                    break
        return best


@dataclass(frozen=True)
class _Limit:
    """What was said of the laboratory's upper limit, and which words said it."""

    numeral: Numeral
    span: Span


class QuantityReader:
    """Reads blood pressures and laboratory results."""

    def __init__(self, lexicon: Mapping[str, Any], numbers: NumberReader) -> None:
        pressure, labs = lexicon["blood_pressure"], lexicon["labs"]
        self._numbers = numbers
        self._pressure = {key: Phrases({True: pressure[key]}) for key in pressure}
        self._labs = {key: Phrases({True: labs[key]}) for key in labs if key != "units"}
        self.units = UnitReader(labs["units"])

    # --- blood pressure ---

    def blood_pressure(
        self, words: Sequence[str], systolic: tuple[int, int], diastolic: tuple[int, int]
    ) -> Reading:
        """Two numbers, the higher one first or each with its name."""
        numerals = self._pairs_of_hundreds(self._numbers.find(words, spaced_thousands=False))
        numerals = [numeral for numeral in numerals if not self._named(words, numeral, "elsewhere")]
        if not numerals:
            return NotUnderstood("vague") if self._pressure["vague"].found(words) else UNREADABLE
        before = words[: numerals[0].start]
        vague = list(self._pressure["vague"].found(words))
        if vague or (
            self._pressure["between"].found([word for word in before if word.isalpha()]) and len(numerals) < 3
        ):
            if vague or (
                before[-1:]
                and self._pressure["between"].at(before, len(before) - 1)
                and before[-1].isalpha()
                and before[-1] != "on"
            ):
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
        return any(self._pressure[kind].at(words, place) for place in around)

    def _lower_first(self, words: Sequence[str], one: Numeral, other: Numeral) -> bool:
        """Whether the names say so: those before the numbers, or else those after them."""
        between = words[one.end : other.start]
        before, after = words[max(one.start - 3, 0) : one.start], words[other.end : other.end + 2]
        sides = (before, between) if self._names(before) else (between, after)
        return self._names(sides[0]) == {"lower"} and self._names(sides[1]) == {"upper"}

    def _names(self, words: Sequence[str]) -> set[str]:
        return {kind for kind in ("upper", "lower") if self._pressure[kind].found(words)}

    # --- laboratory results ---

    def lab(
        self, message: Message, units: Sequence[str], usual: str | None, plausible: Mapping[str, Range]
    ) -> Reading:
        """A result with its unit, and with the laboratory's upper limit if that was said too."""
        words = message.words
        numerals = self._numbers.find(words)
        named = self.units.find(words, units, self._after_numbers(words))
        numerals = list(self._numbers.find(_blanked(words, [span for span, _ in named])))
        limits = self._limits(words, numerals)
        spent = [limit.span for limit in limits]
        results = [n for n in numerals if not any(start <= n.start < end for start, end in spent)]
        outside = _blanked(words, [*spent, *(span for span, _ in named)])
        if self._labs["multiples"].found(outside) or not results:
            return UNREADABLE
        if len({n.meanings for n in results}) > 1 or len({limit.numeral.meanings for limit in limits}) > 1:
            return NotUnderstood("several")
        if self._labs["bounds"].found(outside):
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

    def limit(
        self, message: Message, unit: str | None, units: Sequence[str], within: Range | None
    ) -> Reading:
        """The laboratory's upper limit on its own."""
        words = message.words
        named = self.units.find(words, [*units, *([unit] if unit else [])], self._after_numbers(words))
        numerals = self._numbers.find(_blanked(words, [span for span, _ in named]))
        if not numerals or self._labs["multiples"].found(_blanked(words, [span for span, _ in named])):
            return UNREADABLE
        numerals = self._tops(words, numerals)
        if len({n.meanings for n in numerals}) > 1:
            return NotUnderstood("several")
        top = numerals[0]
        if unit and any(other != unit for _, other in named):
            return NotUnderstood("no_unit")
        if (
            not named
            and self.units.looks_like_one(words, top.end, top.end in message.glued)
            and unit != _NO_UNIT
        ):
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
        if all(_same(first, other, plausible) for other in possible):
            # A count “in thousands” can only be one of single cells.
            if told or first[1] == usual or result.scaled or len(units) == 1:
                return first
        return UNREADABLE if told else NotUnderstood("no_unit")

    def _limit_value(
        self, limit: Numeral, result: Numeral, unit: str, plausible: Mapping[str, Range]
    ) -> Decimal | None:
        """The limit in the unit of the result; in “250 thousand, limit 400” it is said in thousands as well."""
        lowest, highest = plausible.get(unit, (Decimal(0), Decimal("Infinity")))
        fits = [n for n in limit.meanings if n > 0 and lowest <= n <= highest]
        if result.scaled and not limit.scaled:
            thousands = [n * 1000 for n in limit.meanings if n > 0 and lowest <= n * 1000 <= highest]
            fits = fits if fits else thousands
        return fits[0] if len(fits) == 1 else None

    def _limits(self, words: Sequence[str], numerals: list[Numeral]) -> list[_Limit]:
        """What is said of the limit: after or before the word for it, in brackets, or as the top of a range."""
        found: list[_Limit] = []
        for start, end, _ in self._labs["limit"].found(words):
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
            marked = numeral.start > 0 and self._labs["limit_marks"].at(words, numeral.start - 1)
            if place and marked:
                found.append(_Limit(numeral, (numeral.start - 1, numeral.end)))
            elif (
                place + 1 < len(numerals)
                and len(numerals) == 3
                and self._joined(words, numeral, numerals[place + 1])
            ):
                top = numerals[place + 1]
                found.append(_Limit(_unsigned(top), (numeral.start, top.end)))
        return found

    def _limit_from(
        self, words: Sequence[str], numerals: list[Numeral], first: Numeral, start: int
    ) -> _Limit:
        """A limit that begins with this number: it alone, or the top of the range that it opens."""
        place = numerals.index(first)
        following = numerals[place + 1] if place + 1 < len(numerals) else None
        top = following if following and self._joined(words, first, following) else first
        end = top.end
        # Its own unit belongs to it.
        while (
            end < len(words)
            and end - top.end < _LONGEST_UNIT
            and (_MARKED.match(words[end]) or words[end] in self.units.known)
        ):
            end += 1
        return _Limit(_unsigned(top), (start, end))

    def _joined(self, words: Sequence[str], one: Numeral, other: Numeral) -> bool:
        between = words[one.end : other.start]
        if other.negative and not between:
            between = (MINUS,)
        rises = bool(one.meanings and other.meanings) and one.meanings[0] < abs(other.meanings[0])
        return rises and len(between) == 1 and bool(self._labs["range"].at(between, 0))

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
    return [
        "" if any(start <= place < end for start, end in spans) else word for place, word in enumerate(words)
    ]


def _same(one: tuple[Decimal, str], other: tuple[Decimal, str], plausible: Mapping[str, Range]) -> bool:
    """Whether two results are one amount: each as far from the ends of its unit's plausible range as the other."""
    if one == other:
        return True
    a, b = plausible.get(one[1]), plausible.get(other[1])
    return bool(a and b) and one[0] * b[1] == other[0] * a[1] and a[1] * b[0] == b[1] * a[0]  # type: ignore[index]


def _alike(units: set[str], plausible: Mapping[str, Range]) -> bool:
    """Whether these units are one by two names."""
    return len({plausible.get(unit) for unit in units}) == 1 and None not in {
        plausible.get(unit) for unit in units
    }
