"""Marks: what the topic model is told of a text beside its words.

Kinds of concepts, the entry rules they bear on, whether a place is named, whether somebody's own case is told,
whether the trial is spoken of, whether the meaning of a word is asked for. A mark means the same in every language;
the words that make it are data: the lexicon, trial/concepts.yml and lexicon/<language>/clauses.yml.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from understanding.concepts import TERM, Concept
from understanding.files import read_yaml
from understanding.places import Place
from understanding.words import straighten

#: Kinds whose concepts say by themselves what is asked, so that each is a mark of its own.
TELLING = ("premise", "time_point", "group", "measure")


class Marker:
    """Marks the texts of one language."""

    def __init__(self, links: dict[str, dict[str, Any]], words: dict[str, Any]) -> None:
        self._links = links
        self._own = _any_of(words["own"])
        self._trial = _any_of(words["trial"])
        self._meaning = _any_of(words["asks_meaning"])
        self._general = _any_of(words["asks_general"])

    @classmethod
    def load(cls, lexicon: Path, trial: Path, language: str) -> Marker:
        """Reads what the marks of a language are made of."""
        words = read_yaml(lexicon / language / "clauses.yml")
        return cls(read_links(trial), words)

    def speaks_of_trial(self, text: str) -> bool:
        """Whether a text names the trial, its drug, its people or its sources."""
        return bool(self._trial.search(straighten(text).lower()))

    def __call__(self, text: str, concepts: Sequence[Concept], places: Sequence[Place]) -> list[str]:
        """The marks of a text."""
        plain = straighten(text).lower()
        found = {f"kind:{concept.kind}" for concept in concepts}
        rules = {rule for concept in concepts for rule in linked(self._links, concept.id)}
        found.update(f"rule:{rule}" for rule in rules)
        for concept in concepts:
            found.update(name for name in ("other_drug", "other_trial") if self._links.get(concept.id, {}).get(name))
            if concept.kind in TELLING:
                found.add(concept.id)
        if places:
            found.add("place")
        if self._own.search(plain):
            found.update({"own"} | ({"own_rule"} if rules else set()))
        if self.speaks_of_trial(text):
            found.add("speaks_of_trial")
        if self._general.search(plain):
            found.add("asks_general")
        if self._meaning.search(plain):
            names_term = any(concept.kind == TERM for concept in concepts)
            found.update({"asks_meaning"} | ({"asks_meaning_of_term"} if names_term else set()))
        return sorted(found)


def read_links(trial: Path) -> dict[str, dict[str, Any]]:
    """What each concept bears on: trial/concepts.yml."""
    links: dict[str, dict[str, Any]] = read_yaml(trial / "concepts.yml")
    return links


def linked(links: dict[str, dict[str, Any]], concept: str, how: str = "criterion") -> list[str]:
    """The rules that a concept bears on: ``criterion`` where it is about them, ``hint`` where it may be."""
    rules = links.get(concept, {}).get(how, [])
    return [rules] if isinstance(rules, str) else list(rules)


def _any_of(words: Sequence[str]) -> re.Pattern[str]:
    return re.compile(rf"\b(?:{'|'.join(re.escape(str(word)) for word in sorted(words, key=len, reverse=True))})\b")
