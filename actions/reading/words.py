"""A message as words: straightened, typing errors put right, and compared with the phrases of the lexicon."""

from __future__ import annotations

import itertools
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from rapidfuzz import process
from rapidfuzz.distance import OSA

from understanding.words import straighten, typing_errors_allowed

T = TypeVar("T")

LONGEST = 1000  # characters; what is longer is no answer to a question
MINUS = "−"  # the sign of a number, as opposed to the hyphen of a range or of a word
SHORTEST_MENDED = 5  # shorter words have too many neighbours
_SWAPPED_FROM = 4  # ... but two swapped letters are seen from here on
_LONGEST_WORD = 30
_ALTERNATIVES = re.compile(r"\(([^()]*)\)")
_TOKEN = re.compile(
    rf"{MINUS}(?=[0-9])"
    r"|[0-9]+(?:[.,'][0-9]+)*"
    r"|[^\W\d_]+(?:'[^\W\d_]+)*(?:[0-9]+(?:[.,][0-9]+)*\w*)?"  # b12 and hb13.5 are words, not numbers
    r"|\S"
)
_SIGN = re.compile(r"(?<![^\s(:=])-(?=[0-9])")
_STRETCHED = re.compile(r"(\w)\1{2,}")
# NFKC would make “10⁹” a 109.
_RAISED = str.maketrans({"²": "^2", "³": "^3", "⁹": "^9", "⁶": "^6", "½": ".5", MINUS: "-", "µ": "u", "μ": "u"})
_INVISIBLE = re.compile("[\u200b-\u200f\u2060\ufe0f\ufeff\U0001f3fb-\U0001f3ff]")


def plain(text: str) -> str:
    """The text in small letters, with plain quotes, hyphens, digits and spaces."""
    text = unicodedata.normalize("NFKC", _INVISIBLE.sub("", text).translate(_RAISED))
    return straighten(text.translate(_RAISED)).lower()


@dataclass(frozen=True)
class Message:
    """The words, numbers and marks of a message, and which of them follow the one before without a space."""

    words: tuple[str, ...]
    glued: frozenset[int] = frozenset()

    @classmethod
    def of(cls, text: str) -> Message:
        """The message as it was typed; apostrophes are left out, as many people do."""
        found = list(_TOKEN.finditer(_SIGN.sub(MINUS, plain(text))))
        pairs = itertools.pairwise(found)
        glued = frozenset(place for place, (one, next_) in enumerate(pairs, 1) if one.end() == next_.start())
        return cls(tuple(token[0].replace("'", "") if token[0] != "'" else "'" for token in found), glued)


def expand(phrase: str) -> Iterator[tuple[str, ...]]:
    """All that a phrase of the lexicon stands for: “(I|we) did (not|)” is four phrases."""
    pieces = _ALTERNATIVES.split(phrase)
    choices = [piece.split("|") if odd else [piece] for odd, piece in zip(itertools.cycle((False, True)), pieces)]
    for chosen in itertools.product(*choices):
        yield Message.of(" ".join(chosen)).words


class Phrases(Generic[T]):
    """Phrases, each with what it means."""

    def __init__(self, meanings: Mapping[T, Iterable[str]]) -> None:
        self._meaning: dict[tuple[str, ...], T] = {}
        for meaning, phrases in meanings.items():
            for words in itertools.chain.from_iterable(expand(str(phrase)) for phrase in phrases):
                known = self._meaning.setdefault(words, meaning)
                if known != meaning:
                    raise ValueError(f"“{' '.join(words)}” stands under {known} and under {meaning}.")
        self._lengths: dict[str, list[int]] = {}
        for words in self._meaning:
            if words and len(words) not in self._lengths.setdefault(words[0], []):
                self._lengths[words[0]].append(len(words))
        for lengths in self._lengths.values():
            lengths.sort(reverse=True)

    @property
    def words(self) -> set[str]:
        """Every word that occurs."""
        return set(itertools.chain.from_iterable(self._meaning))

    def whole(self, words: Sequence[str]) -> T | None:
        """What a message means that is one of the phrases and nothing else."""
        return self._meaning.get(tuple(words))

    def at(self, words: Sequence[str], place: int) -> tuple[int, T] | None:
        """The longest phrase that begins at this word: how many words it has, and what it means."""
        for length in self._lengths.get(words[place], ()):
            phrase = tuple(words[place : place + length])
            if phrase in self._meaning:
                return length, self._meaning[phrase]
        return None

    def found(self, words: Sequence[str]) -> list[tuple[int, int, T]]:
        """The phrases in a message from left to right, none inside another: start, end and meaning."""
        spans, place = [], 0
        while place < len(words):
            hit = self.at(words, place)
            if hit:
                spans.append((place, place + hit[0], hit[1]))
            place += hit[0] if hit else 1
        return spans


class Spelling:
    """Puts typing errors right against the words of the lexicon."""

    def __init__(self, known: Iterable[str], left_alone: Iterable[str] = (), elided: Iterable[str] = ()) -> None:
        """`left_alone` are words that only look like errors; `elided` are parted from what follows an apostrophe."""
        self._known = {word for word in known if word}
        self._left_alone = set(left_alone)
        self._mended = sorted(word for word in self._known if len(word) >= _SWAPPED_FROM and word.isalpha())
        elided = "|".join(map(re.escape, elided))
        self._elided = re.compile(rf"\b({elided})['’](?=\w)", re.I) if elided else None

    def read(self, text: str) -> Message:
        """The message with typing errors put right; one that is far too long is empty."""
        if len(text) > LONGEST:
            return Message(())
        message = Message.of(self._elided.sub(r"\1 ", text) if self._elided else text)
        return Message(tuple(map(self.mend, message.words)), message.glued)

    def mend(self, word: str) -> str:
        """The word of the lexicon that was meant, or the word itself."""
        if word in self._known or word in self._left_alone or len(word) > _LONGEST_WORD:
            return word
        squeezed = _STRETCHED.sub(r"\1", word)  # yesss, nooo
        if squeezed in self._known:
            return squeezed
        if len(word) < _SWAPPED_FROM or not word.isalpha():
            return word
        allowed = max(typing_errors_allowed(word), 1)
        near = process.extract(word, self._mended, scorer=OSA.distance, score_cutoff=allowed, limit=4)
        # People get the first letter right.
        near = [hit for hit in near if hit[0][0] == word[0] and (len(word) >= SHORTEST_MENDED or _swapped(word, hit[0]))]
        closest = [hit[0] for hit in near if hit[1] == min(other[1] for other in near)]
        return str(closest[0]) if len(closest) == 1 else word


def _swapped(one: str, other: str) -> bool:
    return sorted(one) == sorted(other)


def all_words(data: Any) -> Iterator[str]:
    """Every word in a piece of the lexicon, wherever it stands."""
    if isinstance(data, str):
        yield from itertools.chain.from_iterable(expand(data))
    elif isinstance(data, Mapping):
        yield from itertools.chain.from_iterable(all_words(part) for item in data.items() for part in item)
    elif isinstance(data, Sequence):
        yield from itertools.chain.from_iterable(map(all_words, data))
