"""A message is divided into its clauses, and those that ask are told from those that tell."""

from __future__ import annotations

from pathlib import Path

import pytest

from understanding.clauses import MOST_CLAUSES, ClauseReader

LEXICON = Path(__file__).resolve().parent.parent / "lexicon"


@pytest.fixture(scope="module")
def clauses() -> ClauseReader:
    """The reader of English clauses."""
    return ClauseReader.load(LEXICON, "en")


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("What was the dose?", ["What was the dose?"]),
        ("What was the dose? When did it start?", ["What was the dose?", "When did it start?"]),
        ("What was the dose and how long was it taken?", ["What was the dose", "how long was it taken?"]),
        ("I take warfarin and aspirin", ["I take warfarin and aspirin"]),
        ("My bilirubin is 1.5 today. Why?", ["My bilirubin is 1.5 today.", "Why?"]),
        ("Hello\nwhat was it for", ["Hello what was it for"]),
        ("", []),
        ("?!", []),
    ],
)
def test_divided(clauses: ClauseReader, text: str, parts: list[str]) -> None:
    """Sentences are clauses, and so are two questions joined by a word; a list is not torn apart."""
    assert [clause.text for clause in clauses.divide(text)] == parts


@pytest.mark.parametrize(
    ("text", "asks"),
    [
        ("What was the dose", True),
        ("so what was the dose", True),
        ("Milan?", True),
        ("please tell me about the dose", True),
        ("did it work", True),
        ("I am 70 years old.", False),
        ("My husband takes warfarin.", False),
        ("Thank you.", False),
    ],
)
def test_asks(clauses: ClauseReader, text: str, asks: bool) -> None:
    """A question is known by its mark, its first word or its wording."""
    assert clauses.divide(text)[-1].asks is asks


@pytest.mark.parametrize(
    ("text", "halves"),
    [
        ("the dose and the side effects?", ("the dose", "the side effects")),
        ("dose plus length", ("dose", "length")),
        ("Milan and Rome and Lecce", None),
        ("the dose", None),
        ("and then", None),
    ],
)
def test_pair(clauses: ClauseReader, text: str, halves: tuple[str, str] | None) -> None:
    """Two things asked in one breath are two halves; one thing, or three, are not."""
    assert clauses.pair(text) == halves


def test_a_lead_stays_with_its_question(clauses: ClauseReader) -> None:
    """What leads in a question belongs to it: “after two years, how many …”."""
    assert [clause.text for clause in clauses.divide("After 36 months, how many were well?")] == [
        "After 36 months, how many were well?"
    ]


@pytest.mark.parametrize(("text", "general"), [("I have gout. Can I join?", True), ("I have gout. Was it big?", False)])
def test_general(clauses: ClauseReader, text: str, general: bool) -> None:
    """“Can I join?” says nothing without what was said beside it."""
    assert clauses.divide(text)[-1].general is general


def test_a_long_story(clauses: ClauseReader) -> None:
    """Of a long story the last clauses count: the question comes at the end."""
    story = "It was a long year. " * 30 + "What was the dose?"
    divided = clauses.divide(story)
    assert len(divided) == MOST_CLAUSES
    assert divided[-1].text == "What was the dose?"


@pytest.mark.parametrize(
    ("text", "follows"),
    [
        ("and in Brescia?", True),
        ("What about women?", True),
        ("And after two years", True),
        ("Andrea leads it?", False),
        ("What was the dose?", False),
    ],
)
def test_follows_on(clauses: ClauseReader, text: str, follows: bool) -> None:
    """“And in Brescia?” leans on what was said before; a whole question does not."""
    assert clauses.follows_on(text) is follows


@pytest.mark.parametrize(("text", "back"), [("Whom can I call there?", True), ("Whom can I call?", False)])
def test_points_back(clauses: ClauseReader, text: str, back: bool) -> None:
    """“There” means a place named before."""
    assert clauses.points_back(text) is back


def test_where_the_question_begins(clauses: ClauseReader) -> None:
    """The place of the question word is found; without one it is the end of the text."""
    assert clauses.question_word("in the registry, what is ECOG") == len("in the registry, ")
    assert clauses.question_word("ECOG score") == len("ECOG score")
