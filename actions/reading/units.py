"""Units of laboratory results, as people write and say them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from actions.reading.words import Phrases

Span = tuple[int, int]

NO_UNIT = "1"  # of a ratio
LONGEST_UNIT = 10  # words and marks
MARKED = re.compile(r"[/^*%]")
_POWER = re.compile(r"^(?:x|\*|·|×)*10(?:\^|\*\*|\*|e)?(\d)")


def canonical(unit: str) -> str:
    """A unit in one spelling: small letters, no spaces, 10*9 for a power of ten."""
    unit = re.sub(r"[\s.()]", "", unit.lower()).replace("µ", "u").replace("μ", "u")
    unit = _POWER.sub(r"10*\1", unit).replace("mm^3", "mm3").replace("mm*3", "mm3")
    return re.sub(r"^[x×·*](?=10)", "", unit)


class UnitReader:
    """Finds units in a message, by the words for them in a language."""

    def __init__(self, words: Mapping[str, str]) -> None:
        self._words = Phrases({part: [word for word, p in words.items() if p == part] for part in set(words.values())})
        self.known = self._words.words

    def find(self, words: Sequence[str], units: Sequence[str], after: Sequence[int]) -> list[tuple[Span, str]]:
        """Where a message names one of these units; a unit of one letter counts only `after` a number."""
        spelt = {canonical(unit): unit for unit in units if unit != NO_UNIT}
        bare: dict[str, str] = {}
        for spelling, unit in spelt.items():
            bare.setdefault(spelling.replace("/", ""), unit)
        powers = {spelling.partition("/")[0]: unit for spelling, unit in spelt.items() if spelling.startswith("10*")}
        heads = _heads(spelt)
        found: list[tuple[Span, str]] = []
        place = 0
        while place < len(words):
            best = self._longest(words, place, (spelt, bare, powers), place in after)
            if best is None and place in after:
                best = self._head(words, place, heads)
            if best:
                found.append(((place, best[0]), best[1]))
            place = best[0] if best else place + 1
        return found

    def looks_like_one(self, words: Sequence[str], place: int, glued: bool) -> bool:
        """Whether a unit seems to stand here, though none that is used for this result."""
        if place >= len(words):
            return False
        marked = any(MARKED.match(word) for word in words[place : place + 2])
        return (glued and words[place].isalpha()) or marked or bool(self._words.at(words, place))

    def _head(self, words: Sequence[str], start: int, heads: Mapping[str, str]) -> tuple[int, str] | None:
        """Where the unit of “97 micromol” ends, where no more of it is said, and which it is."""
        hit = self._words.at(words, start)
        unit = heads.get(canonical(hit[1])) if hit else None
        if hit is None or unit is None:
            return None
        end = start + hit[0]
        goes_on = end < len(words) and (MARKED.match(words[end]) or self._words.at(words, end))
        return None if goes_on else (end, unit)

    def _longest(
        self, words: Sequence[str], start: int, tables: Sequence[Mapping[str, str]], after_number: bool
    ) -> tuple[int, str] | None:
        text, place, best = "", start, None
        while place < len(words) and place - start < LONGEST_UNIT:
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


def _heads(spelt: Mapping[str, str]) -> dict[str, str]:
    """What stands before the stroke, where only one of the units begins so."""
    starts = [spelling.partition("/")[0] for spelling in spelt if "/" in spelling]
    return {
        start: unit
        for spelling, unit in spelt.items()
        if (start := spelling.partition("/")[0]) and starts.count(start) == 1
    }
