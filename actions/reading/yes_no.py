"""Yes, no, “I don't know” and “I'd rather not say”, in many words.

A message means no or yes if it is a known phrase, if it begins with a yes or a no and nothing after it speaks
against that, if it is made up of small words alone (“I have never had any of those”), or if it says in the words of
the question what a yes or a no would mean (“they got it all”, asked whether any cancer was left). What is in doubt
is not read: “yes, it's all gone” is neither.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

from actions.reading.outcomes import CONTRARY, UNREADABLE, NotUnderstood, Reading, Refusal, Skipped, Understood
from actions.reading.words import Message, Phrases

MARKS = frozenset(",.;:!-()…'\"*")
#: What words of a question mean: its yes, its no, or nothing that an answer could rest on.
Meaning = bool | Literal["doubtful"]
_SURE_WORDS = 2  # of “I don't know”: fewer may be part of an answer
_REACH = 3  # words over which a negation holds
_MOST_BESIDE = 8  # words that may stand beside “I don't know”


def without(words: Sequence[str], polite: Phrases[bool]) -> tuple[str, ...]:
    """The words without marks, and without polite words at either end."""
    bare = [word for word in words if word not in MARKS]
    while bare and (hit := polite.at(bare, 0)):
        if len(bare) == hit[0]:
            break
        bare = bare[hit[0] :]
    trimmed = True
    while trimmed:
        trimmed = False
        for start in range(max(len(bare) - 5, 1), len(bare)):
            hit = polite.at(bare, start)
            if hit and start + hit[0] == len(bare):
                bare, trimmed = bare[:start], True
                break
    return tuple(bare)


class SkipReader:
    """Recognises that somebody does not know, or would rather not say."""

    def __init__(self, lexicon: Mapping[str, Any], polite: Phrases[bool], opposed: Sequence[str]) -> None:
        """`opposed` are words that are an answer after all."""
        self._opposed = frozenset(opposed)
        kinds: tuple[Refusal, ...] = ("dont_know", "rather_not")
        self._phrases: Phrases[Refusal] = Phrases({how: lexicon[how] for how in kinds})
        self._beside = Phrases({True: lexicon["beside"]})
        self._polite = polite

    def read(self, words: Sequence[str]) -> Skipped | None:
        """How the question is skipped by a message that does nothing else."""
        bare = without(words, self._polite)
        how = self._phrases.whole(bare)
        if how:
            return Skipped(how)
        found = self.found(bare)
        others = len(bare) - sum(end - start for start, end, _ in found)
        if len({how for *_, how in found}) != 1 or others > _MOST_BESIDE:
            return None
        place = 0
        spans = {start: end for start, end, _ in found}
        while place < len(bare):
            hit = self._beside.at(bare, place)
            if place in spans:
                place = spans[place]
            elif hit:
                place += hit[0]
            elif found[0][2] == "rather_not" and bare[place].isalpha() and bare[place] not in self._opposed:
                place += 1  # what it is that they would rather not say
            else:
                return None
        return Skipped(found[0][2])

    def opening(self, words: Sequence[str]) -> Skipped | None:
        """Whether a message begins with “I'm not sure”, and nothing after it is a yes or a no, or a question."""
        bare = without(words, self._polite)
        hit = self._phrases.at(bare, 0) if bare else None
        if hit is None or hit[0] < _SURE_WORDS or hit[1] != "dont_know" or "?" in bare:
            return None
        return None if self._opposed & set(bare[hit[0] :]) else Skipped("dont_know")

    def found(self, words: Sequence[str]) -> list[tuple[int, int, Refusal]]:
        """The phrases of two words or more, wherever they stand."""
        return [hit for hit in self._phrases.found(words) if hit[1] - hit[0] > 1 or len(words) == 1]


class YesNoReader:
    """Reads yes and no."""

    def __init__(self, lexicon: Mapping[str, Any], polite: Phrases[bool]) -> None:
        self._phrases = Phrases({True: lexicon["affirm"]["phrases"], False: lexicon["deny"]["phrases"]})
        self._first = Phrases({True: lexicon["affirm"]["first"], False: lexicon["deny"]["first"]})
        self._negations = Phrases({True: lexicon["negations"]})
        self._affirming = Phrases({True: lexicon["affirming"]})
        self._small = Phrases({True: lexicon["small"]})
        self._doubtful = Phrases({True: lexicon["doubtful"]})
        self._doubtful_after = Phrases(
            {True: [word for word in lexicon["doubtful"] if word not in lexicon["narrowing"]]}
        )
        self._emphatic = Phrases({True: lexicon["emphatic"]})
        self._insisting = Phrases({True: lexicon["insisting"]})
        self._turning = Phrases({True: lexicon["turning"]})
        self._idle = Phrases({True: lexicon["idle"]})
        self._polite = polite

    def opens(self, words: Sequence[str]) -> bool:
        """Whether these words begin with a plain yes or no."""
        return bool(words) and self._first.at(words, 0) is not None

    def read(
        self, words: Sequence[str], about: Phrases[bool] | None = None, says: Phrases[Meaning] | None = None
    ) -> Reading:
        """Yes or no.

        `about` are words for what was asked, which count as “it”; `says` are phrases that mean yes or no to the
        question, or that leave it open.
        """
        bare = without(words, self._polite)
        if says:
            said = self._said(bare, says)
            if not isinstance(said, tuple):
                return said
            bare = said
        for form in (bare, tuple(word for word in words if word not in MARKS)):
            known = self._whole(form)
            if known is not None:
                return Understood(known)
        if not bare or "?" in bare:
            return UNREADABLE
        first, last = self._first.at(bare, 0), self._first.whole(bare[-1:])
        if last is not None and self._whole(bare[:-1]) == last:
            return Understood(last)
        if first:
            rest = self._without_idle(bare[first[0] :])
            doubt = self._doubtful.at(bare, 0)  # “no longer” does not begin with a no
            if doubt or self._doubtful_after.found(rest):
                return UNREADABLE
            if first[1] and self._turning.found(rest):
                return CONTRARY
            return self._led(first[1], rest, about)
        return UNREADABLE if self._doubtful.found(bare) else _reading(self._small_words(bare, about))

    def _said(self, bare: tuple[str, ...], says: Phrases[Meaning]) -> Reading | tuple[str, ...]:
        """What the question's own words come to; or the message without them, where they do not decide."""
        alone = says.whole(bare)
        if alone is not None:
            return Understood(alone) if isinstance(alone, bool) else UNREADABLE
        first = self._first.at(bare, 0)
        lead, start = (first[1], first[0]) if first else (None, 0)
        rest = bare[start:]
        found = says.found(rest)
        if not found:
            return bare
        meant = {meaning for *_, meaning in found}
        outside = tuple(word for place, word in enumerate(rest) if not _inside(place, found))
        denied = any(self._denied(rest, hit[0], found) for hit in found)
        if lead is None:
            decided = len(meant) == 1 and "doubtful" not in meant and not denied and "?" not in outside
            clear = not (self._doubtful_after.found(outside) or self._turning.found(outside))
            agreed = decided and self._first.whole(without(outside, self._polite)) in meant  # “at my age, no”
            clear = agreed or (clear and not self._negations.found(outside))
            return Understood(meant.pop()) if decided and clear else UNREADABLE
        against = (meant != {True} or denied) if lead else (True in meant and not denied)
        if against:
            return CONTRARY
        if lead not in meant:
            return (*bare[:start], *outside)
        outside = self._without_idle(outside)
        unclear = self._doubtful_after.found(outside) or (lead and self._negations.found(outside))
        return UNREADABLE if unclear or "?" in outside else Understood(lead)

    def _denied(self, words: Sequence[str], start: int, found: Sequence[tuple[int, int, Meaning]]) -> bool:
        """Whether a negation just before it turns a phrase into its contrary."""
        before = range(max(start - _REACH, 0), start)
        return any(self._negations.at(words, place) for place in before if not _inside(place, found))

    def _without_idle(self, words: tuple[str, ...]) -> tuple[str, ...]:
        """Without what says nothing after a yes or a no: “no problem”, “no doubt about it”."""
        idle = self._idle.found(words)
        return tuple(word for place, word in enumerate(words) if not _inside(place, idle))

    def _whole(self, words: Sequence[str]) -> bool | None:
        known = self._phrases.whole(words)
        return self._first.whole(words) if known is None else known

    def _led(self, leading: bool, rest: tuple[str, ...], about: Phrases[bool] | None) -> Reading:
        """After a yes or a no: what follows must not speak against it."""
        rest = without(rest, self._polite)
        known = self._whole(rest)
        first = self._first.at(rest, 0) if rest else None
        if first and first[1] == leading:
            return self._led(leading, rest[first[0] :], about)
        if not rest or known == leading:
            return Understood(leading)
        if known is not None:
            return UNREADABLE
        negated = bool(self._negations.found(rest))
        if leading:
            return UNREADABLE if negated or False in self._firsts(rest) else Understood(True)
        if True in self._firsts(rest):
            return UNREADABLE
        if not negated and (self._insists(rest) or self._small_words(rest, about) is True):
            return UNREADABLE
        return Understood(False)

    def _insists(self, rest: tuple[str, ...]) -> bool:
        """“No I do”, “no it is” – but “no, it is fine” is a plain no."""
        return bool(self._insisting.at(rest, 0)) or self._emphatic.whole(rest) is not None

    def _firsts(self, words: Sequence[str]) -> set[bool]:
        return {meaning for *_, meaning in self._first.found(words)}

    def _small_words(self, words: Sequence[str], about: Phrases[bool] | None) -> bool | None:
        """What small words alone come to; None if there is any other word, or nothing that decides."""
        negations, affirming, place = 0, 0, 0
        while place < len(words):
            negation = self._negations.at(words, place)
            decides = self._affirming.at(words, place)
            subject = about.at(words, place) if about else None
            small = self._small.at(words, place)
            longest = max((hit for hit in (negation, decides, subject, small) if hit), default=None)
            if longest is None:
                return None
            negations += bool(negation and negation[0] == longest[0])
            affirming += bool(decides and decides[0] == longest[0])
            place += longest[0]
        if negations > 1:
            return None
        return False if negations else True if affirming else None


def _inside(place: int, found: Sequence[tuple[int, int, Any]]) -> bool:
    return any(start <= place < end for start, end, _ in found)


def _reading(known: bool | None) -> Understood | NotUnderstood:
    return UNREADABLE if known is None else Understood(known)


def bare_message(message: Message, polite: Phrases[bool]) -> tuple[str, ...]:
    """The words of a message that say something."""
    return without(message.words, polite)
