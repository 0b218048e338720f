"""Concepts: what a message speaks of, however it is written."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from understanding.concepts import (
    ConceptReader,
    LexiconError,
    build_pipeline,
    language_words,
    lexicon_words,
    read_lexicon,
)

ROOT = Path(__file__).resolve().parent.parent
LEXICON, TRIAL = ROOT / "lexicon", ROOT / "trial"


@pytest.fixture(scope="module")
def concepts() -> ConceptReader:
    """The reader of English concepts."""
    nlp = build_pipeline(LEXICON, TRIAL, "en")
    return ConceptReader.load(nlp, LEXICON, TRIAL, "en", language_words(nlp))


def ids(reader: ConceptReader, text: str) -> set[str]:
    return {concept.id for concept in reader.read(text)}


@pytest.mark.parametrize(
    ("text", "concept"),
    [
        ("I take warfarin", "warfarin"),
        ("I TAKE WARFARIN", "warfarin"),
        ("I take warfarrin", "warfarin"),
        ("my haemoglobin is low", "hemoglobin"),
        ("my hemoglobin is low", "hemoglobin"),
        ("two heart attacks", "heart_attack"),
        ("I have hepatitis C", "hepatitis_c"),
        ("I have hepatitis C.", "hepatitis_c"),
        ("ECOG 1", "ecog_1"),
        ("how many after 24 months", "months_24"),
        ("800 mg twice a day", "premise_800_twice"),
        ("so it worked", "premise_worked"),
        ("Who is Alfredo Berruti?", "person:Alfredo Berruti"),
        ("Where is Dr Berruti?", "person:Alfredo Berruti"),
        ("what is a nephrectomy", "term:nephrectomy"),
        ("seven spots in the lung", "four_or_more_tumours"),
        ("two spots in the lung", "one_to_three_tumours"),
    ],
)
def test_found(concepts: ConceptReader, text: str, concept: str) -> None:
    """Medicines, values, illnesses, people, terms, times and premises are found, also misspelt."""
    assert concept in ids(concepts, text)


@pytest.mark.parametrize(
    ("text", "concept"),
    [
        ("what a lovely day", "warfarin"),
        ("400 mg twice a day", "premise_800_twice"),
        ("the hepatitis rule", "hepatitis_c"),
        ("more than two spots in the lung", "one_to_three_tumours"),
        ("how many after 12 months", "months_24"),
    ],
)
def test_not_found(concepts: ConceptReader, text: str, concept: str) -> None:
    """What is not said is not found."""
    assert concept not in ids(concepts, text)


def test_longest_of_a_kind(concepts: ConceptReader) -> None:
    """Of two concepts of one kind, one inside the other, the longer is kept."""
    found = ids(concepts, "I have hepatitis B now")
    assert "hepatitis_b" in found
    assert "hepatitis" not in found


def test_where_it_stands(concepts: ConceptReader) -> None:
    """Concepts come in the order of the text, with their places, each once."""
    text = "Warfarin, aspirin and warfarin"
    found = [concept for concept in concepts.read(text) if concept.kind == "drug"]
    assert [concept.id for concept in found] == ["warfarin", "aspirin"]
    assert [text[concept.start : concept.end] for concept in found] == ["Warfarin", "aspirin"]


def test_nothing_to_find(concepts: ConceptReader) -> None:
    """An empty message speaks of nothing."""
    assert concepts.read("") == []
    assert concepts.places("") == []


def test_places(concepts: ConceptReader) -> None:
    """Places are found beside the concepts."""
    assert [named.place.name for named in concepts.places("Is there one in Lecce?")] == ["Lecce"]


def test_saved_pipeline_reads_the_same(concepts: ConceptReader, tmp_path: Path) -> None:
    """The pipeline that is stored in the model reads as the one that was built."""
    import spacy

    build_pipeline(LEXICON, TRIAL, "en").to_disk(tmp_path / "concepts")
    loaded = ConceptReader.load(spacy.load(tmp_path / "concepts"), LEXICON, TRIAL, "en", frozenset())
    text = "I take warfarin, had hepatitis C. and what about 24 months?"
    assert loaded.read(text) == concepts.read(text)


def test_words_to_spell_by() -> None:
    """The lexicon's words and the language's words are known, for spelling."""
    assert {"warfarin", "sorafenib"} <= set(lexicon_words(LEXICON, TRIAL, "en"))
    known = language_words(build_pipeline(LEXICON, TRIAL, "en"))
    assert {"trial", "house"} <= known


# A lexicon that is not as it should be


def made_up(folder: Path, **files: dict[str, Any]) -> tuple[Path, Path]:
    """A lexicon and a trial with no more than the files given."""
    (folder / "lexicon" / "en" / "concepts").mkdir(parents=True)
    (folder / "trial" / "en").mkdir(parents=True)
    for name, entries in files.items():
        (folder / "lexicon" / "en" / "concepts" / f"{name}.yml").write_text(yaml.safe_dump(entries))
    (folder / "trial" / "en" / "glossary.yml").write_text("{}")
    (folder / "trial" / "sites.yml").write_text("[]")
    return folder / "lexicon", folder / "trial"


def test_files_are_joined(tmp_path: Path) -> None:
    """A concept in two files has the forms of both, and is read strictly if one of them says so."""
    lexicon, trial = made_up(
        tmp_path,
        a={"statin": {"kind": "drug", "forms": ["Statin"]}},
        b={"statin": {"kind": "drug", "forms": ["zocor"], "fuzzy": False}},
    )
    assert read_lexicon(lexicon, trial, "en") == {
        "statin": {"kind": "drug", "forms": ["statin", "zocor"], "patterns": [], "fuzzy": False}
    }


@pytest.mark.parametrize(
    ("entry", "message"),
    [
        ({"forms": ["x"]}, r"a\.yml: odd: give it a kind, and forms or patterns"),
        ({"kind": "drug"}, r"a\.yml: odd: give it a kind, and forms or patterns"),
    ],
)
def test_incomplete_entries_are_refused(tmp_path: Path, entry: dict[str, Any], message: str) -> None:
    """An entry without a kind, or without anything to find it by, is refused by file and name."""
    lexicon, trial = made_up(tmp_path, a={"odd": entry})
    with pytest.raises(LexiconError, match=message):
        read_lexicon(lexicon, trial, "en")


def test_two_kinds_are_refused(tmp_path: Path) -> None:
    """A concept that is a drug in one file and an illness in another is refused."""
    lexicon, trial = made_up(
        tmp_path,
        a={"odd": {"kind": "drug", "forms": ["x"]}},
        b={"odd": {"kind": "illness", "forms": ["y"]}},
    )
    with pytest.raises(LexiconError, match=r"b\.yml: odd: is a drug elsewhere, here a illness"):
        read_lexicon(lexicon, trial, "en")
