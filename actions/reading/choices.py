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
    # “None, only the operation”: a no before what means no is none before anything else.
    nothing = {value for value, texts in forms.items() if any(plain_no.whole((text,)) for text in texts)}
    opening = 1 if mended and plain_no.whole(mended[:1]) else 0
    denied = [hit for hit in found if _denied(mended, hit[0], negations, opening if hit[2] in nothing else 0)]
    found = [hit for hit in found if hit not in denied]
    said = {value for *_, value in found}
    if len(said) > 1:
        return NotUnderstood("several")
    return Understood(said.pop()) if said else UNREADABLE


def _denied(words: Sequence[str], start: int, negations: Phrases[bool], opening: int) -> bool:
    """Whether one of the three words before denies it, those of the message's opening aside."""
    return any(negations.at(words, place) for place in range(max(start - 3, opening), start))
