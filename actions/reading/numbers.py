"""Numbers in a message, in figures and in words."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

from actions.reading.words import MINUS, Message, Phrases

FIGURES = re.compile(r"[.,]?[0-9]+(?:[.,'][0-9]+)*")
_GROUPED = re.compile(r"[1-9][0-9]{0,2}(?:([.,'])[0-9]{3})(?:\1[0-9]{3})*")
_LONGEST = 25  # figures; more are no answer
_ROMAN = {"i": 1, "ii": 2, "iii": 3, "iv": 4, "v": 5}
_HALF = Decimal("0.5")


@dataclass(frozen=True)
class Numeral:
    """A number, where it stands in the message, and what it may mean: 1.500 is 1.5 or 1500."""

    start: int
    end: int
    meanings: tuple[Decimal, ...]
    scaled: bool = field(default=False)  # said in thousands
    halved: bool = field(default=False)  # “… and a half”
    negative: bool = field(default=False)

    @property
    def value(self) -> Decimal | None:
        """The number, if it can mean only one."""
        return self.meanings[0] if len(self.meanings) == 1 else None

    @property
    def whole(self) -> int | None:
        """The number, if it is a whole one."""
        return int(self.value) if self.value is not None and self.value == int(self.value) else None


def meanings(figures: str) -> tuple[Decimal, ...]:
    """What a number in figures may mean, as the dot and the comma change places from country to country."""
    if len(figures) > _LONGEST:
        return ()
    if not figures[0].isdigit():
        figures = "0" + figures
    marks = re.findall(r"[.,']", figures)
    if not marks:
        return (Decimal(figures),)
    grouped = _GROUPED.fullmatch(figures)
    joined = Decimal(re.sub(r"[.,']", "", figures))
    if len(set(marks)) == 1:
        as_decimal = Decimal(figures.replace(",", ".")) if len(marks) == 1 and marks[0] != "'" else None
        found = (as_decimal, joined if grouped else None)
        return tuple(number for number in found if number is not None)
    # 1.234,5: the last mark is the decimal one.
    body, _, digits = figures.rpartition(marks[-1])
    if marks[-1] == "'" or marks.count(marks[-1]) > 1 or not _GROUPED.fullmatch(body):
        return ()
    return (Decimal(f"{re.sub(chr(92) + 'D', '', body)}.{digits}"),)


def roman(word: str) -> int | None:
    """The number that a Roman numeral stands for, up to five."""
    return _ROMAN.get(word)


class NumberReader:
    """Finds the numbers in a message, by the number words of a language."""

    def __init__(self, lexicon: Mapping[str, Any]) -> None:
        self._ones = _numbers(lexicon["ones"])
        self._tens = _numbers(lexicon["tens"])
        self._hundreds = _numbers(lexicon["hundreds"])
        self._multipliers = _numbers(lexicon["multipliers"])
        self._words = _numbers(lexicon["words"])
        self._and, self._article = set(lexicon["and"]), set(lexicon["article"])
        self._point, self._minus = set(lexicon["point"]), {*lexicon["minus"], MINUS}
        self._and_a_half = Phrases({True: lexicon["and_a_half"]})
        self._half = Phrases({True: lexicon["half"]})
        self._all = {**self._ones, **self._tens, **self._hundreds, **self._multipliers}
        # Written without a space between them, as some languages always do.
        one = "|".join(sorted({*self._all, *self._and}, key=len, reverse=True))
        self._compound = re.compile(rf"(?:{one}){{2,9}}")
        self._part = re.compile(one)

    def parted(self, message: Message) -> Message:
        """The message with numbers such as seventytwo taken apart."""
        words: list[str] = []
        glued = set()
        for place, word in enumerate(message.words):
            if place in message.glued:
                glued.add(len(words))
            compound = len(word) < 40 and word not in self._all and self._compound.fullmatch(word)
            words += self._part.findall(word) if compound else [word]
        return Message(tuple(words), frozenset(glued))

    def find(self, words: Sequence[str], spaced_thousands: bool = True) -> list[Numeral]:
        """The numbers in a message, from left to right; `spaced_thousands`: 250 000 is one number."""
        return list(self._numerals(words, spaced_thousands))

    def _numerals(self, words: Sequence[str], spaced: bool) -> Iterator[Numeral]:
        place = 0
        while place < len(words):
            found = self._at(words, place, spaced)
            if found is None:
                place += 1
                continue
            yield found
            place = found.end

    def _at(self, words: Sequence[str], place: int, spaced: bool) -> Numeral | None:
        if words[place] in self._minus:
            found = self._unsigned(words, place + 1, spaced)
            if found is None:
                return None
            return replace(found, start=place, negative=True, meanings=tuple(-n for n in found.meanings))
        return self._unsigned(words, place, spaced)

    def _unsigned(self, words: Sequence[str], place: int, spaced: bool) -> Numeral | None:
        if place >= len(words):
            return None
        found = self._figures(words, place, spaced) or self._spoken(words, place)
        if found is None:
            half = self._half.at(words, place)
            return Numeral(place, place + half[0], (_HALF,), halved=True) if half else None
        half = self._and_a_half.at(words, found.end) if found.end < len(words) else None
        if half:
            more = tuple(number + _HALF for number in found.meanings)
            found = replace(found, end=found.end + half[0], meanings=more, halved=True)
        return found

    def _figures(self, words: Sequence[str], place: int, spaced: bool) -> Numeral | None:
        if not FIGURES.fullmatch(words[place]):
            return None
        figures, end = words[place], place + 1
        while (
            spaced
            and re.fullmatch(r"[1-9]\d{0,2}( \d{3})*", figures)
            and re.fullmatch(r"\d{3}", "".join(words[end : end + 1]))
        ):
            figures += " " + words[end]
            end += 1
        if (
            end + 1 < len(words)
            and words[end] in self._point
            and figures.isdecimal()
            and re.fullmatch("[0-9]+", words[end + 1])
        ):
            figures, end = f"{figures}.{words[end + 1]}", end + 2
        found = Numeral(place, end, meanings(figures.replace(" ", "")))
        return self._scaled(words, found)

    def _scaled(self, words: Sequence[str], found: Numeral) -> Numeral:
        if found.end < len(words) and words[found.end] in self._multipliers:
            by = self._multipliers[words[found.end]]
            return replace(found, end=found.end + 1, meanings=tuple(n * by for n in found.meanings), scaled=True)
        return found

    def _spoken(self, words: Sequence[str], start: int) -> Numeral | None:
        place = start + (words[start] in self._article and start + 1 < len(words))
        if place > start and words[place] not in {*self._hundreds, *self._multipliers, *self._words}:
            return None
        if words[place] in self._words:
            return Numeral(start, place + 1, (Decimal(self._words[words[place]]),))
        total, current, last, scaled = 0, None, "", False
        while place < len(words):
            word = words[place]
            follows = words[place + 1] if place + 1 < len(words) else ""
            if (
                word in self._and and last in ("hundred", "multiplier") and follows in {**self._ones, **self._tens}
            ) or (word == "-" and last == "tens" and 0 < self._ones.get(follows, 0) < 10):
                pass
            elif word in self._ones and (
                current is None or last == "hundred" or (last == "tens" and 0 < self._ones[word] < 10)
            ):
                current, last = (current or 0) + self._ones[word], "ones"
            elif word in self._tens and (current is None or last == "hundred"):
                current, last = (current or 0) + self._tens[word], "tens"
            elif word in self._hundreds and last in ("", "ones", "tens", "multiplier") and (current or 0) < 100:
                current, last = (1 if current is None else current) * self._hundreds[word], "hundred"
            elif word in self._multipliers and (current is not None or (last == "" and len(word) > 1)):
                total += (1 if current is None else current) * self._multipliers[word]
                current, last, scaled = None, "multiplier", True
            else:
                break
            place += 1
        if not last:
            return None
        value = Decimal(total + (current or 0))
        place, value = self._decimals(words, place, value)
        return self._scaled(words, Numeral(start, place, (value,), scaled=scaled))

    def _decimals(self, words: Sequence[str], place: int, value: Decimal) -> tuple[int, Decimal]:
        """“point five” after a number in words."""
        digits = ""
        end = place + 1
        while (
            place < len(words)
            and words[place] in self._point
            and end < len(words)
            and self._ones.get(words[end], 10) < 10
        ):
            digits += str(self._ones[words[end]])
            end += 1
        return (end, Decimal(f"{value}.{digits}")) if digits else (place, value)


def _numbers(words: Mapping[str, str]) -> dict[str, int]:
    return {word: int(number) for word, number in words.items()}
