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
    r"|(?:(?<![\w.,])[.,])?[0-9]+(?:[.,'][0-9]+)*"  # .5 is not a 5
    r"|[^\W\d_]+(?:'[^\W\d_]+)*(?:[0-9]+(?:[.,][0-9]+)*\w*)?"  # b12 and hb13.5 are words, not numbers
    r"|\S"
)
_SIGN = re.compile(r"(?<![^\s(:=])-(?=[0-9])")
_STRETCHED = re.compile(r"(\w)\1{2,}")
_DOUBLED_END = re.compile(r"(?<=\w\w)(\w)\1$")
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
        found = _tokens(plain(text))
        pairs = itertools.pairwise(found)
        glued = frozenset(place for place, (one, next_) in enumerate(pairs, 1) if one.end() == next_.start())
        return cls(tuple(token[0].replace("'", "") if token[0] != "'" else "'" for token in found), glued)


def _tokens(text: str) -> list[re.Match[str]]:
    return list(_TOKEN.finditer(_SIGN.sub(MINUS, text)))


class Phrase:
    """A phrase of the lexicon with its alternatives: “(I|we) did (not|)” is four phrases in one."""

    def __init__(self, text: str) -> None:
        pieces = _ALTERNATIVES.split(text)
        if any(mark in piece for piece in pieces for mark in "()"):
            raise ValueError(f"“{text}” has brackets within brackets.")
        odd = itertools.cycle((False, True))
        choices = [piece.split("|") if is_choice else [piece] for is_choice, piece in zip(odd, pieces, strict=False)]
        segments = [tuple(dict.fromkeys(Message.of(choice).words for choice in choice_of)) for choice_of in choices]
        self._segments = tuple(segment for segment in segments if segment != ((),))

    @property
    def words(self) -> set[str]:
        """Every word that occurs."""
        return set(itertools.chain.from_iterable(itertools.chain.from_iterable(self._segments)))

    @property
    def first(self) -> set[str]:
        """The words that it may begin with."""
        found: set[str] = set()
        for segment in self._segments:
            found.update(words[0] for words in segment if words)
            if () not in segment:
                break
        return found

    def ends(self, words: Sequence[str], start: int) -> set[int]:
        """Where the phrase may end in a message, if it begins at this word."""
        places = {start}
        for segment in self._segments:
            places = {
                place + len(choice)
                for place in places
                for choice in segment
                if tuple(words[place : place + len(choice)]) == choice
            }
        return places


class Phrases(Generic[T]):
    """Phrases, each with what it means; the first that fits counts."""

    def __init__(self, meanings: Mapping[T, Iterable[str]]) -> None:
        self._by_first_word: dict[str, list[tuple[Phrase, T]]] = {}
        self._words: set[str] = set()
        for meaning, phrases in meanings.items():
            for text in phrases:
                phrase = Phrase(text)
                self._words |= phrase.words
                for word in phrase.first:
                    self._by_first_word.setdefault(word, []).append((phrase, meaning))

    @property
    def words(self) -> set[str]:
        """Every word that occurs."""
        return self._words

    def whole(self, words: Sequence[str]) -> T | None:
        """What a message means that is one of the phrases and nothing else."""
        candidates = self._by_first_word.get(words[0], ()) if words else ()
        return next((meaning for phrase, meaning in candidates if len(words) in phrase.ends(words, 0)), None)

    def at(self, words: Sequence[str], place: int) -> tuple[int, T] | None:
        """The longest phrase that begins at this word: how many words it has, and what it means."""
        best: tuple[int, T] | None = None
        for phrase, meaning in self._by_first_word.get(words[place], ()):
            length = max(phrase.ends(words, place), default=place) - place
            if length > (best[0] if best else 0):
                best = (length, meaning)
        return best

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
        """`left_alone` only look like errors; `elided` are parted from what follows an apostrophe."""
        self._known = {word for word in known if word}
        self._left_alone = set(left_alone)
        self._mended = sorted(word for word in self._known if len(word) >= _SWAPPED_FROM and word.isalpha())
        elided = "|".join(map(re.escape, elided))
        self._elided = re.compile(rf"\b({elided})['’](?=\w)", re.I) if elided else None

    def read(self, text: str) -> Message:
        """The message with typing errors put right; one that is far too long is empty."""
        message = self.typed(text)
        return Message(tuple(map(self.mend, message.words)), message.glued)

    def typed(self, text: str) -> Message:
        """The message as it was typed, only parted; one that is far too long is empty."""
        return Message(()) if len(text) > LONGEST else Message.of(self._parted(text))

    def knows(self, word: str) -> bool:
        """Whether it is a word of the lexicon."""
        return word in self._known

    def tail(self, text: str, word: int) -> str:
        """The text from a word of the message on."""
        text = plain(self._parted(text))
        return text[_tokens(text)[word].start() :]

    def _parted(self, text: str) -> str:
        return self._elided.sub(r"\1 ", text) if self._elided else text

    def mend(self, word: str) -> str:
        """The word of the lexicon that was meant, or the word itself."""
        if word in self._known or word in self._left_alone or len(word) > _LONGEST_WORD:
            return word
        if not word.isalpha():
            return word
        for stretched in (_STRETCHED, _DOUBLED_END):  # nooo, whyy
            squeezed = stretched.sub(r"\1", word)
            if len(squeezed) > 1 and squeezed in self._known:
                return squeezed
        if len(word) < _SWAPPED_FROM:
            return word
        allowed = max(typing_errors_allowed(word), 1)
        near = process.extract(word, self._mended, scorer=OSA.distance, score_cutoff=allowed, limit=4)
        near = [hit for hit in near if _plausible(word, hit[0], hit[1])]
        closest = [hit[0] for hit in near if hit[1] == min(other[1] for other in near)]
        return str(closest[0]) if len(closest) == 1 else word


def _plausible(typed: str, meant: str, errors: float) -> bool:
    """Whether a word may be a slip for another: people get the first letter right."""
    if typed[0] != meant[0] or errors > max(typing_errors_allowed(meant), 1):
        return False
    return len(typed) >= SHORTEST_MENDED or sorted(typed) == sorted(meant)


def all_words(data: Any) -> Iterator[str]:
    """Every word in a piece of the lexicon, wherever it stands."""
    if isinstance(data, str):
        yield from Phrase(data).words
    elif isinstance(data, Mapping):
        yield from itertools.chain.from_iterable(all_words(part) for item in data.items() for part in item)
    elif isinstance(data, Sequence):
        yield from itertools.chain.from_iterable(map(all_words, data))
