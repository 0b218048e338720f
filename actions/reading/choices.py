"""One of several things to choose from."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache

from actions.reading.outcomes import UNREADABLE, NotUnderstood, Reading, Understood
from actions.reading.words import Phrases, Spelling

_PUNCTUATION = re.compile(r"[-(),.;:|]")  # left out of the message as well


@lru_cache(maxsize=200)
def _prepared(forms: tuple[tuple[str, tuple[str, ...]], ...]) -> tuple[Phrases[str], Spelling]:
    phrases = Phrases({value: [_PUNCTUATION.sub(" ", text) for text in texts] for value, texts in forms})
    return phrases, Spelling(phrases.words)


def choices(forms: Mapping[str, Sequence[str]]) -> tuple[Phrases[str], Spelling]:
    """The phrases of a question's choices, and their spelling."""
    return _prepared(tuple((value, tuple(phrases)) for value, phrases in forms.items()))


def whole_choice(words: Sequence[str], forms: Mapping[str, Sequence[str]]) -> str | None:
    """The choice that a message is a phrase for, and nothing else."""
    phrases, spelling = choices(forms)
    return phrases.whole([spelling.mend(word) for word in words])


def read_choice(
    words: Sequence[str],
    forms: Mapping[str, Sequence[str]],
    negations: Phrases[bool],
    plain_no: Phrases[bool],
) -> Reading:
    """The choice that a message names.

    A phrase inside a longer one does not count, nor one that is denied, nor a mere “no” among other words.
    """
    phrases, spelling = choices(forms)
    mended = [spelling.mend(word) for word in words]
    found = [hit for hit in phrases.found(mended) if plain_no.whole(mended[hit[0] : hit[1]]) is None]
    if any(_denied(mended, start, negations) for start, _, _ in found):
        return UNREADABLE
    said = {value for *_, value in found}
    if len(said) > 1:
        return NotUnderstood("several")
    return Understood(said.pop()) if said else UNREADABLE


def _denied(words: Sequence[str], start: int, negations: Phrases[bool]) -> bool:
    """Whether one of the three words before denies it."""
    return any(negations.at(words, place) for place in range(max(start - 3, 0), start))
