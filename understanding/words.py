"""Words as people type them: normalised, and put right where a letter is wrong."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache

from rapidfuzz import process
from rapidfuzz.distance import OSA

WORD = re.compile(r"[^\W\d_]+(?:['-][^\W\d_]+)*")
#: A word seen so many times is no typing error.
OFTEN = 4
_SPACE = re.compile(r"\s+")
_STRAIGHT = str.maketrans({"’": "'", "‘": "'", "`": "'", "´": "'", "“": '"', "”": '"', "–": "-", "—": "-"})


def straighten(text: str) -> str:
    """The text with plain quotes and hyphens and single spaces; its words and their case are kept."""
    return _SPACE.sub(" ", text.translate(_STRAIGHT)).strip()


def typing_errors_allowed(word: str) -> int:
    """How many wrong letters a word may have and still be recognised: 0, 1 or 2."""
    return 0 if len(word) < 5 else 1 if len(word) < 8 else 2


def spellable(counts: Mapping[str, int], known: frozenset[str]) -> list[str]:
    """The words that may be spelt by: those of training phrases and lexicon without the typing errors among them.

    A word that is no word of the language and but a letter away from one that is seen far more often is an error.
    """
    often = [word for word, count in counts.items() if len(word) >= 4 and (count >= OFTEN or word in known)]
    kept = []
    for word, count in counts.items():
        nearest = None
        if word not in known and typing_errors_allowed(word):
            others = process.extract(word, often, scorer=OSA.distance, score_cutoff=1, limit=3)
            nearest = next((other for other, distance, _ in others if distance and counts[other] > OFTEN * count), None)
        if nearest is None:
            kept.append(word)
    return sorted(kept)


class Speller:
    """Puts typing errors right against the words that the assistant was taught.

    A word that is a word of the language is left alone, so that nothing that was spelt well is changed.
    """

    def __init__(self, taught: Iterable[str], language_words: Iterable[str] = ()) -> None:
        self.taught = sorted({word.lower() for word in taught if len(word) >= 4})
        self._known = {*self.taught, *(word.lower() for word in language_words)}
        self._nearest = lru_cache(maxsize=10_000)(self._find)

    def correct(self, text: str) -> str:
        """The text in lower case with misspelt words replaced by the nearest word that was taught."""
        return WORD.sub(lambda found: self._nearest(found[0]), text.lower())

    def _find(self, word: str) -> str:
        allowed = typing_errors_allowed(word)
        if not allowed or word in self._known or word.replace("'", "") in self._known:
            return word
        found = process.extract(word, self.taught, scorer=OSA.distance, score_cutoff=allowed, limit=5)
        # The first letter is the one that people get right.
        found.sort(key=lambda match: (match[1] + (match[0][0] != word[0]), abs(len(match[0]) - len(word))))
        return found[0][0] if found and found[0][1] + (found[0][0][0] != word[0]) <= allowed else word
