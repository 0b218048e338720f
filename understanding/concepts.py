"""Concepts: what a message speaks of, each with an id that is the same in every language.

A spaCy pipeline is built per language from lexicon/<language>/concepts/*.yml: a blank language with its lookup
lemmatizer and a span ruler. Misspelt words are put right before the ruler reads them.
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import spacy
from spacy.language import Language
from spacy.tokens import Span
from wordfreq import top_n_list

from understanding.files import read_yaml
from understanding.places import Gazetteer, NamedPlace
from understanding.words import Speller, straighten

SPANS = "concepts"
TERM = "term"
PERSON = "person"
#: Words shorter than this must be spelt right: one letter more or less makes another word of them.
SHORTEST_TOLERANT = 6
#: So many of the commonest words are taken to be spelt right.
COMMONEST = 30_000


@dataclass(frozen=True)
class Concept:
    """Something named in a message.

    Attributes:
        id: the concept's id, the same in every language.
        kind: drug, lab, illness, treatment, place, …
        start, end: where it stands in the text, in characters.
    """

    id: str
    kind: str
    start: int
    end: int


class LexiconError(ValueError):
    """A lexicon file is not as it should be; the message names the file and the entry."""


def read_lexicon(lexicon: Path, trial: Path, language: str) -> dict[str, dict[str, Any]]:
    """All concepts of a language: the lexicon's, the trial's glossary terms (kind ``term``) and the doctors who
    lead its centres (kind ``person``). The forms of one that stands in several files are joined.

    Raises:
        LexiconError: if an entry lacks its kind or has neither forms nor patterns, or two files disagree on a kind.
    """
    concepts: dict[str, dict[str, Any]] = {}
    for path in sorted((lexicon / language / "concepts").glob("*.yml")):
        for name, entry in (read_yaml(path) or {}).items():
            if not entry.get("kind") or not (entry.get("forms") or entry.get("patterns")):
                raise LexiconError(f"{path.name}: {name}: give it a kind, and forms or patterns.")
            known = concepts.setdefault(name, {"kind": entry["kind"], "forms": [], "patterns": [], "fuzzy": True})
            if known["kind"] != entry["kind"]:
                raise LexiconError(f"{path.name}: {name}: is a {known['kind']} elsewhere, here a {entry['kind']}.")
            known["forms"] += [str(form).lower() for form in entry.get("forms") or []]
            known["patterns"] += entry.get("patterns") or []
            known["fuzzy"] = known["fuzzy"] and entry.get("fuzzy", True)
    return concepts | _terms(trial, language) | _leads(trial)


def _terms(trial: Path, language: str) -> dict[str, dict[str, Any]]:
    glossary = read_yaml(trial / language / "glossary.yml")
    return {
        f"{TERM}:{name}": {
            "kind": TERM,
            "forms": [str(form).lower() for form in (entry["term"], *entry.get("forms", []))],
            "patterns": [],
            "fuzzy": True,
        }
        for name, entry in glossary.items()
    }


def _leads(trial: Path) -> dict[str, dict[str, Any]]:
    """Doctors by their whole name, and by the family name, which is what most people remember."""
    found: dict[str, dict[str, Any]] = {}
    for site in read_yaml(trial / "sites.yml"):
        for person in (site["lead"], *site.get("contacts", [])):
            forms = [person.lower(), person.split()[-1].lower()]
            found[f"{PERSON}:{person}"] = {"kind": PERSON, "forms": forms, "patterns": [], "fuzzy": True}
    return found


def lexicon_words(lexicon: Path, trial: Path, language: str) -> list[str]:
    """The words of the lexicon's forms, as often as they stand there, to spell by."""
    entries = read_lexicon(lexicon, trial, language).values()
    return [word for entry in entries for form in entry["forms"] for word in form.split()]


def dictionary_words(nlp: Language) -> frozenset[str]:
    """Words of the language that are no names: those of the lemmatizer's table, and stop words."""
    table = nlp.get_pipe("lemmatizer").lookups.get_table("lemma_lookup")
    strings = nlp.vocab.strings
    words = {strings[key] if isinstance(key, int) and key in strings else str(key) for key in table}
    return frozenset(word.lower() for word in {*words, *table.values(), *nlp.Defaults.stop_words} if word.isalpha())


def language_words(nlp: Language) -> frozenset[str]:
    """Words that are never put right: those of the dictionary, and the commonest, names among them (wordfreq).

    Read while training, and kept in the model: the list of the commonest takes a while to load.
    """
    return dictionary_words(nlp) | {word for word in top_n_list(nlp.lang, COMMONEST) if word.isalpha()}


#: By the form of a single word: the kind and the id of each concept that it names.
Lemmas = dict[str, list[tuple[str, str]]]


def _lemmas(entries: dict[str, dict[str, Any]]) -> Lemmas:
    """The words that name a concept however they are inflected.

    Not among the ruler's patterns: it tries each pattern at each word, which took half of the reading of a text.
    """
    found: Lemmas = defaultdict(list)
    for name, entry in entries.items():
        for form in dict.fromkeys(entry["forms"]):
            if form.isalpha() and len(form) >= 4:
                found[form].append((entry["kind"], name))
    return dict(found)


def build_pipeline(lexicon: Path, trial: Path, language: str) -> Language:
    """The spaCy pipeline that knows the forms and patterns of the lexicon."""
    nlp = spacy.blank(language)
    # “Hepatitis C.” at the end of a sentence: its letter is a word of its own.
    nlp.tokenizer.rules = {
        text: parts for text, parts in nlp.tokenizer.rules.items() if not re.fullmatch(r"\w\.", text)
    }
    nlp.add_pipe("lemmatizer", config={"mode": "lookup"})
    nlp.initialize()
    ruler = nlp.add_pipe("span_ruler", config={"spans_key": SPANS, "phrase_matcher_attr": "LOWER"})
    patterns: list[dict[str, Any]] = []
    for name, entry in read_lexicon(lexicon, trial, language).items():
        for form in dict.fromkeys(entry["forms"]):
            patterns.append({"label": entry["kind"], "id": name, "pattern": form})
        for pattern in entry["patterns"]:
            patterns.append({"label": entry["kind"], "id": name, "pattern": pattern})
    ruler.add_patterns(patterns)
    nlp.meta["name"] = "concepts"
    return nlp


class ConceptReader:
    """Finds the concepts and places of a message."""

    def __init__(self, nlp: Language, lemmas: Lemmas, speller: Speller, gazetteer: Gazetteer) -> None:
        self._nlp = nlp
        self._lemmas = lemmas
        self._speller = speller
        self._gazetteer = gazetteer

    @classmethod
    def load(cls, nlp: Language, lexicon: Path, trial: Path, language: str, known: frozenset[str]) -> ConceptReader:
        """Makes the reader of a language out of its pipeline and lexicon; ``known`` are never put right."""
        entries = read_lexicon(lexicon, trial, language)
        tolerant = {
            word
            for entry in entries.values()
            if entry["fuzzy"]
            for form in entry["forms"]
            for word in form.split()
            if word.isalpha() and len(word) >= SHORTEST_TOLERANT
        }
        clauses = read_yaml(lexicon / language / "clauses.yml")
        gazetteer = Gazetteer.load(lexicon, language, clauses["before_a_place"], dictionary_words(nlp))
        return cls(nlp, _lemmas(entries), Speller(tolerant, known), gazetteer)

    def read(self, text: str) -> list[Concept]:
        """The concepts in order; of two that are the same kind, one inside the other, the longer is kept."""
        text = straighten(text)
        found = self._find(text.lower())
        corrected = self._speller.correct(text)
        if corrected != text.lower():
            seen = {concept.id for concept in found}
            found += [concept for concept in self._find(corrected) if concept.id not in seen]
        return sorted(_without_parts(found), key=lambda concept: concept.start)

    def places(self, text: str) -> list[NamedPlace]:
        """The places named, in order."""
        return self._gazetteer.find(text)

    def _find(self, text: str) -> list[Concept]:
        doc = self._nlp(text)
        spans = {
            *doc.spans[SPANS],
            *(
                Span(doc, word.i, word.i + 1, label=kind, span_id=concept)
                for word in doc
                for kind, concept in self._lemmas.get(word.lemma_, ())
            ),
        }
        return [Concept(span.id_, span.label_, span.start_char, span.end_char) for span in sorted(spans)]


def _without_parts(concepts: list[Concept]) -> list[Concept]:
    kept: dict[tuple[str, int], Concept] = {}
    for concept in concepts:
        inside = any(
            other.kind == concept.kind
            and other.start <= concept.start
            and concept.end <= other.end
            and (other.end - other.start) > (concept.end - concept.start)
            for other in concepts
        )
        if not inside:
            kept.setdefault((concept.id, concept.start), concept)
    return list({concept.id: concept for concept in reversed(kept.values())}.values())
