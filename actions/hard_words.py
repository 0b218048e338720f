"""The hard words of an answer: those of the glossary that stand in it."""

from __future__ import annotations

import re
from collections import Counter
from functools import cached_property

from actions.trial import Texts


class HardWords:
    """Finds the words of the glossary in the texts of one language."""

    def __init__(self, texts: Texts) -> None:
        self._texts = texts

    def rarest(self, text: str, besides: str | None = None) -> str | None:
        """The term of a text that is met least often elsewhere: the likeliest not to be known."""
        terms = [term for term in self._terms(text) if term != besides]
        return min(terms, key=lambda term: self._how_often[term]) if terms else None

    @cached_property
    def _term_of(self) -> dict[str, str]:
        return {
            str(form).lower(): term
            for term, entry in self._texts.glossary.items()
            for form in (entry["term"], *entry.get("forms", ()))
        }

    @cached_property
    def _any(self) -> re.Pattern[str]:
        longest_first = sorted(self._term_of, key=len, reverse=True)
        return re.compile(rf"\b(?:{'|'.join(map(re.escape, longest_first))})\b")

    @cached_property
    def _how_often(self) -> Counter[str]:
        texts = (entry.get("text", "") for entry in (*self._texts.answers.values(), *self._texts.criteria.values()))
        return Counter(term for text in texts for term in set(self._terms(text)))

    def _terms(self, text: str) -> list[str]:
        return [self._term_of[found] for found in self._any.findall(text.lower())]
