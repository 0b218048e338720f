"""A message is divided into its clauses, and those that ask are told from those that tell."""

from __future__ import annotations

from pathlib import Path

import pytest

from understanding.clauses import MOST_CLAUSES, ClauseReader, Leaning

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
        ("Hello\nwhat was it for", ["what was it for"]),
        ("What is clinicaltrials.gov? who ran it?", ["What is clinicaltrials.gov?", "who ran it?"]),
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
    ("text", "items"),
    [
        ("the dose and the side effects?", ["the dose", "the side effects"]),
        ("dose plus length", ["dose", "length"]),
        ("sponsor, phase and dates", ["sponsor", "phase", "dates"]),
        ("the number, and the contact, please", ["the number", "the contact"]),
        ("Milan and Rome and Lecce", ["Milan", "Rome", "Lecce"]),
        ("the dose", []),
        ("and then", []),
    ],
)
def test_items(clauses: ClauseReader, text: str, items: list[str]) -> None:
    """Things asked for in one breath are the items of a list; one thing is none."""
    assert clauses.items(text) == items


@pytest.mark.parametrize(
    ("text", "runs"),
    [
        (
            "how many people were there what dose did they take did it work",
            ["how many people were there", "what dose did they take", "did it work"],
        ),
        ("what was it for who could join", ["what was it for", "who could join"]),
        ("what dose did they take", ["what dose did they take"]),
        ("dose", ["dose"]),
    ],
)
def test_runs(clauses: ClauseReader, text: str, runs: list[str]) -> None:
    """Questions that run on, as when they are dictated, are taken apart where the next may begin."""
    assert clauses.runs(text) == runs


@pytest.mark.parametrize(
    ("text", "asks"),
    [
        ("how often?", "how_often"),
        ("and for how long was it", "how_long"),
        ("who leads it?", "who_leads"),
        ("and the phone number?", "phone"),
        ("is that a lot?", "judged"),
        ("what does that word mean?", "word"),
        ("both?", "all"),
        ("which one is right?", "which_right"),
        ("and in Brescia?", None),
    ],
)
def test_bare_questions(clauses: ClauseReader, text: str, asks: str | None) -> None:
    """A bare question says what it asks for, but not of what: it leans on what was said before."""
    leaning = clauses.leaning(text)
    assert leaning is not None
    assert leaning.asks == asks


@pytest.mark.parametrize(
    "text",
    [
        "how many people in all took part in it then",
        "what did the trial find",
        "which centre was nearest to me",
        "what was the dose of sorafenib",
    ],
)
def test_whole_questions(clauses: ClauseReader, text: str) -> None:
    """A question that says itself what it is about leans on nothing."""
    assert clauses.leaning(text) is None


@pytest.mark.parametrize(
    ("text", "word", "asks"),
    [
        ("what is sepsis", "sepsis", True),
        ("What's a stent?", "stent", True),
        ("so what does adjuvant mean, please?", "adjuvant", True),
        ("biopsy meaning", "biopsy", True),
        ("what is the phase", "phase", False),
        ("what is my haemoglobin", "haemoglobin", False),
        ("sepsis", "sepsis", False),
        ("outcome please", "outcome", False),
        ("I had sepsis", "sepsis", False),
    ],
)
def test_asks_what_a_word_is(clauses: ClauseReader, text: str, word: str, asks: bool) -> None:
    """A word and “what is”, and nothing else, asks for its meaning; “what is the …” asks about the trial."""
    start = text.index(word)
    assert clauses.asks_what_is(text, [(start, start + len(word))]) is asks
    assert not clauses.asks_what_is(text, [])


def test_asks_what_two_words_are(clauses: ClauseReader) -> None:
    """Two words are asked for as one is."""
    assert clauses.asks_what_is("what are ALT and AST?", [(9, 12), (17, 20)])


def test_named_in_full(clauses: ClauseReader) -> None:
    """A pronoun gives way to what was named before it."""
    assert clauses.named_in_full("would it keep me out?", "dialysis") == "would dialysis keep me out?"
    assert clauses.named_in_full("who paid?", "dialysis") is None


@pytest.mark.parametrize(
    ("text", "asks"),
    [("can my wife join?", True), ("and could he take part", True), ("can my wife join the choir", False)],
)
def test_asks_to_join(clauses: ClauseReader, text: str, asks: bool) -> None:
    """Whether somebody could take part is plain from a few words."""
    assert clauses.asks_to_join(text) is asks


@pytest.mark.parametrize(
    ("text", "greets"),
    [("Good morning, my name is Ada. Who ran it?", True), ("hi who ran it", True), ("Which towns?", False)],
)
def test_greets(clauses: ClauseReader, text: str, greets: bool) -> None:
    """A message that opens with a greeting is known by its first words."""
    assert clauses.greets(text) is greets


def test_alone(clauses: ClauseReader) -> None:
    """What only names something, or has but a number, is told from what asks something."""
    text = "and in Brescia?"
    brescia = (text.index("B"), text.index("?"))
    assert (clauses.leaning(text, [brescia]) or Leaning()).alone
    assert (clauses.leaning("and after two?") or Leaning()).alone
    assert not (clauses.leaning("and the side effects?") or Leaning()).alone


def test_stand_ins(clauses: ClauseReader) -> None:
    """A bare number may be years, months or a score; one inside a question is none of these."""
    assert {"months_24", "ecog_2"} <= set((clauses.leaning("and after two?") or Leaning()).may_mean)
    assert (clauses.leaning("how big were the two then?") or Leaning()).may_mean == ()


@pytest.mark.parametrize(
    ("between", "joins"), [(" and ", True), (", ", True), (" or a ", True), (" of the ", False), (" is a ", False)]
)
def test_joined(clauses: ClauseReader, between: str, joins: bool) -> None:
    """Two words are joined by “and” or a comma, not by whatever stands between them."""
    assert clauses.joins(between) is joins


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


def test_what_is_told(clauses: ClauseReader) -> None:
    """A short clause tells something, or asks."""
    assert (clauses.leaning("mine was 8.5") or Leaning()).tells
    assert not (clauses.leaning("and mine?") or Leaning()).tells


def test_what_leads_in_does_not_count(clauses: ClauseReader) -> None:
    """“No, I mean, …” before a short question makes it no long one."""
    assert (clauses.leaning("no I mean what does that word mean") or Leaning()).asks == "word"
