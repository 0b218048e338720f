"""The glossary explains the words of the trial, each once."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import yaml

TRIAL = Path(__file__).resolve().parent.parent / "trial"
GLOSSARIES = sorted(TRIAL.glob("*/glossary.yml"))
MOST_WORDS = 45


def read(path: Path) -> dict[str, dict[str, Any]]:
    """A glossary: terms by their ids."""
    glossary: dict[str, dict[str, Any]] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return glossary


@pytest.fixture(params=GLOSSARIES, ids=lambda path: path.parent.name)
def glossary(request: pytest.FixtureRequest) -> dict[str, dict[str, Any]]:
    """The glossary of one language."""
    return read(request.param)


def test_english_has_a_glossary() -> None:
    """The language that is spoken from the start has a glossary."""
    assert TRIAL / "en" / "glossary.yml" in GLOSSARIES


def test_languages_explain_the_same_words() -> None:
    """Every language explains the same terms."""
    assert len({frozenset(read(path)) for path in GLOSSARIES}) == 1


def test_a_patient_finds_most_words(glossary: dict[str, dict[str, Any]]) -> None:
    """At least fifty words are explained."""
    assert len(glossary) >= 50


def test_entries_are_complete(glossary: dict[str, dict[str, Any]]) -> None:
    """Every entry has its term, its other forms and its explanation, and nothing else."""
    assert [name for name, entry in glossary.items() if set(entry) != {"term", "forms", "text"}] == []
    assert [name for name, entry in glossary.items() if not entry["text"].strip()] == []


def test_forms_are_as_the_reader_wants_them(glossary: dict[str, dict[str, Any]]) -> None:
    """Forms are texts in lower case: a message is read in lower case."""
    forms = [form for entry in glossary.values() for form in entry["forms"]]
    assert [form for form in forms if not isinstance(form, str) or form != form.lower()] == []


def test_a_form_means_one_term(glossary: dict[str, dict[str, Any]]) -> None:
    """No form stands under two terms, or under one of them twice."""
    forms = Counter(form for entry in glossary.values() for form in (entry["term"].lower(), *entry["forms"]))
    assert [form for form, times in forms.items() if times > 1] == []


def test_explanations_are_short(glossary: dict[str, dict[str, Any]]) -> None:
    """No explanation is longer than forty-five words."""
    lengths = {name: len(entry["text"].split()) for name, entry in glossary.items()}
    assert {name: length for name, length in lengths.items() if length > MOST_WORDS} == {}


def test_explanations_are_general(glossary: dict[str, dict[str, Any]]) -> None:
    """No explanation holds a number: those of the trial stand in its facts. “Grade 3” and “T1” are names."""
    number = re.compile(r"(?<!\w)(?<!phase )(?<!grade )\d", flags=re.IGNORECASE)
    assert [name for name, entry in glossary.items() if number.search(entry["text"])] == []


@pytest.mark.parametrize(
    "word",
    [
        *("angina", "sepsis", "stroke", "benign", "stent", "ecg", "pancreatitis", "gilbert", "melanoma", "vasectomy"),
        *("clinicaltrials.gov", "contra indication", "neo-adjuvant therapy", "progression-free", "x-ray", "blood clot"),
    ],
)
def test_words_of_the_rules(word: str) -> None:
    """The medical words of the answers and rules are explained, in the ways they are written."""
    entries = read(TRIAL / "en" / "glossary.yml").values()
    assert [entry["term"] for entry in entries if word in (entry["term"].lower(), *entry["forms"])] != []
