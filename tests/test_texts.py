"""What a person reads is short, plain and true to its sources, in every language."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from statistics import median
from typing import Any

import pyphen
import pytest

from actions.trial import FOLDER, read_trial, read_yaml
from actions.wording import Wording, placeholders

TRIAL = read_trial()
LANGUAGES = TRIAL.languages
FILES = ("answers", "criteria", "glossary", "phrases", "units")
#: What the situation fills in; everything else must be a fact.
GIVEN = {
    "town": "San Giovanni Rotondo",
    "place": "Bergamo",
    "region": "Apulia",
    "leads": "Enrico Cortesi and Francesco Cognetti",
    "name": "Vincenzo Emanuele Chiuri",
    "distance": "150 km",
    "count": "2 centres",
    "site_list": "• Milan: Giuseppe Procopio",
    "sources": "the registry record",
}
LONGEST_TITLE = 32  # characters: two lines of a button on a telephone
LONGEST_TEXT = 60  # words
LONGEST_SIMPLER = 35
#: Three rules have so many conditions that leaving one out would be untrue.
LONGER_RULES = {"E02", "E05", "E19"}
LONGEST_RULE = 75
#: Lists are as long as what they list.
LISTS = {"list"}
#: Names that hold a digit, which is not a fact of the trial.
NAMES_WITH_DIGITS = re.compile(r"\bT1\b")  # a stage of bladder tumours

#: No text may say or hint that somebody may join now, fits, or should take the drug.
PROMISES = {
    "en": (
        r"\byou (can|could|may|might|should|are able to) (still )?(join|take part|enrol|sign up|apply)\b",
        r"\byou (are|might be|may be|seem|would be|were) (not )?(in)?eligible\b",
        r"\byou (would |do |may |might |could )?(qualify|fit|match)\b",
        r"\byou (should|must|need to|can|could) (take|stop|start|try) (it|this|the drug|sorafenib|your)\b",
        r"\byou have a (good )?chance\b",
    ),
    "it": (
        r"\b(puoi|può|potresti|potrebbe) (ancora )?(partecipare|iscriver|entrare)",
        r"\b(sei|è|sarebbe|saresti) idone[oa]\b",
        r"\b(deve|dovrebbe|devi|dovresti) (prendere|assumere|smettere)\b",
    ),
}
#: How a text names a source.
NAMED = {
    "en": {"registry": r"\bregistry\b|\brecord\b", "publication": r"\breport\b"},
    "it": {"registry": r"\bregistro\b", "publication": r"\brapporto\b|\barticolo\b|\bpubblicazione\b"},
}


def entries(language: str) -> Iterator[tuple[str, str, Mapping[str, Any], str | None]]:
    """File, name, entry and, for an entry rule, its id: all that is answered with."""
    texts = TRIAL.texts[language]
    for name, entry in texts.answers.items():
        yield "answers", name, entry, None
    for name, entry in texts.criteria.items():
        yield "criteria", name, entry, name
    for name, entry in texts.glossary.items():
        yield "glossary", name, entry, None


def leaves(entry: Any, *above: str) -> Iterator[tuple[tuple[str, ...], str]]:
    """Every text below an entry, under its keys; forms of words are not read by anyone."""
    if isinstance(entry, Mapping):
        for key, part in entry.items():
            if key not in ("forms", "term"):
                yield from leaves(part, *above, str(key))
    elif isinstance(entry, str):
        yield above, entry


TEXTS = [
    pytest.param(language, criterion, path, text, id=".".join((language, file, name, *path)))
    for language in LANGUAGES
    for file, name, entry, criterion in entries(language)
    for path, text in leaves(entry)
]

#: Those made of sentences.
SENTENCES = [
    param
    for param in TEXTS
    if param.values[2][-1] != "title" and param.values[2][0] != "names" and param.values[2][-1] not in LISTS
]


def filled(language: str, text: str, criterion: str | None) -> str:
    return Wording(TRIAL, language).fill(text, GIVEN, criterion)


#: A sentence that says that a source is silent does not rest on it.
SILENT = {"en": r"[^.]*\bgives no\b[^.]*\.", "it": r"[^.]*\bnon indica\b[^.]*\."}
#: Words of an answer that rests on no source.
GENERAL = {"en": r"\bin general\b|\bneither source\b", "it": r"\bin generale\b|\bnessuna delle due fonti\b"}


# How hard a text is to read

IDENTIFIER = re.compile(r"\S*\d\S*[./:(+-]\S*\d|\+\d[\d ]+\d|\b[A-Z]+\d{3,}\b")
SENTENCE_END = re.compile(r"[.!?](?=[\s”’)]|$)|:\s*\n")
WORD = re.compile(r"\d[\d.,]*|[^\W\d_]+(?:['’-][^\W\d_]+)*")
HYPHENATION = {language: pyphen.Pyphen(lang=code) for language, code in (("en", "en_GB"), ("it", "it_IT"))}


def syllables(word: str, language: str) -> int:
    """The syllables of a word: its hyphenation points and one.

    The letters of an abbreviation are read out. A number in digits is taken in at a glance, like a word.
    """
    if word[0].isdigit():
        return min(2, len(word))
    if word.isupper() and len(word) > 1:
        return len(word)
    return sum(len(HYPHENATION[language].positions(part)) + 1 for part in re.split("[-'’]", word) if len(part) > 1) or 1


def measured(text: str, language: str) -> tuple[int, int, int, int]:
    """Words, sentences, syllables and letters; a telephone number or DOI, which is not read, is one word."""
    text = IDENTIFIER.sub("no", text)
    words = WORD.findall(text)
    sentences = max(1, len(SENTENCE_END.findall(text)))
    return len(words), sentences, sum(syllables(word, language) for word in words), sum(map(len, words))


def grade(text: str, language: str = "en") -> float:
    """Flesch–Kincaid grade: the years of school that a text takes."""
    words, sentences, sounds, _ = measured(text, language)
    return 0.39 * words / sentences + 11.8 * sounds / words - 15.59


def difficulty_in_italian(text: str) -> float:
    """The Gulpease index turned into grades: 60, which takes eight years of school, is grade 8."""
    words, sentences, _, letters = measured(text, "it")
    return 8 + (60 - (89 + (300 * sentences - 10 * letters) / words)) / 10


READING: dict[str, Callable[[str], float]] = {"en": grade, "it": difficulty_in_italian}
HARDEST, HARDEST_IN_THE_MIDDLE = 8.0, 6.0


def words_in(text: str) -> int:
    return len(text.split())


# Twins: the same entries in every language


def missing_twins(first: Mapping[str, Any], other: Mapping[str, Any]) -> list[str]:
    """What stands in one language and not in the other, either way."""
    here, there = ({".".join(path) for path, _ in leaves(entry)} for entry in (first, other))
    return sorted(here ^ there)


@pytest.mark.parametrize("file", FILES)
@pytest.mark.parametrize("language", LANGUAGES)
def test_languages_say_the_same(language: str, file: str) -> None:
    """Every language has the texts of the first one, and no others."""
    first, other = (read_yaml(FOLDER / spoken / f"{file}.yml") for spoken in (LANGUAGES[0], language))
    assert missing_twins(first, other) == []


def test_a_missing_twin_is_found() -> None:
    """A text that is missing in one language, or only there, is named with its keys."""
    first = {"dose": {"title": "a", "text": "b", "for": {"half_dose": "c"}}}
    assert missing_twins(first, {"dose": {"title": "x", "text": "y", "for": {"half_dose": "z"}}}) == []
    assert missing_twins(first, {"dose": {"title": "x", "text": "y"}}) == ["dose.for.half_dose"]
    assert missing_twins({}, {"dose": {"title": "x"}}) == ["dose.title"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_topic_is_answered(language: str) -> None:
    """Every topic has its texts; rules and words have theirs in files of their own."""
    texts = TRIAL.texts[language]
    assert set(TRIAL.topics) - {"criterion", "glossary"} - set(texts.answers) == set()
    assert set(texts.answers) - set(TRIAL.topics) == set()
    assert set(texts.criteria) == set(TRIAL.criteria)
    assert [name for name, entry in texts.answers.items() if not entry.get("text")] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_answer_can_be_put_more_simply(language: str) -> None:
    """Each answer from the sources has a simpler wording, and so has each entry rule."""
    texts = TRIAL.texts[language]
    answers = [
        name
        for name, topic in TRIAL.topics.items()
        if topic.kind == "answer" and name in texts.answers and "simpler" not in texts.answers[name]
    ]
    assert answers == []
    assert [name for name, entry in texts.criteria.items() if "simpler" not in entry] == []


@pytest.mark.parametrize(("language", "criterion", "path", "text"), TEXTS)
def test_placeholders_are_facts(language: str, criterion: str | None, path: tuple[str, ...], text: str) -> None:
    """Every placeholder is a fact, or is filled in by the situation; none is left in what is read."""
    assert not re.search(r"[{}]", filled(language, text, criterion))


@pytest.mark.parametrize("language", LANGUAGES)
def test_placeholders_of_a_situation(language: str) -> None:
    """Only what the situation gives stands in a text without being a fact of the trial."""
    own = {name for rule in TRIAL.criteria.values() for name in rule.get("values", {})}
    undotted = {
        name
        for _, _, entry, _ in entries(language)
        for _, text in leaves(entry)
        for name in placeholders(text)
        if "." not in name
    }
    assert undotted - own <= set(GIVEN)


@pytest.mark.parametrize(("language", "criterion", "path", "text"), TEXTS)
def test_short(language: str, criterion: str | None, path: tuple[str, ...], text: str) -> None:
    """A title fits on a button; an answer is sixty words at most, its simpler wording thirty-five."""
    if path[-1] == "title":
        assert len(text) <= LONGEST_TITLE
    elif path[-1] not in LISTS:
        longest = LONGEST_RULE if criterion in LONGER_RULES and path == ("text",) else LONGEST_TEXT
        assert words_in(filled(language, text, criterion)) <= (LONGEST_SIMPLER if path[-1] == "simpler" else longest)


@pytest.mark.parametrize(("language", "criterion", "path", "text"), SENTENCES)
def test_plain(language: str, criterion: str | None, path: tuple[str, ...], text: str) -> None:
    """Every text is readable after eight years of school."""
    assert READING[language](filled(language, text, criterion)) <= HARDEST


@pytest.mark.parametrize("language", LANGUAGES)
def test_mostly_plainer(language: str) -> None:
    """The text in the middle is readable after six years of school."""
    grades = [
        READING[language](filled(language, text, criterion))
        for _, _, entry, criterion in entries(language)
        for path, text in leaves(entry)
        if path[-1] not in {"title", *LISTS} and path[0] != "names"
    ]
    assert median(grades) <= HARDEST_IN_THE_MIDDLE


def test_the_measure_measures() -> None:
    """Short words in short sentences are easy, long ones are hard, and numbers do not weigh."""
    assert grade("The trial is over. No one can join. Ask your doctor.") < 2
    assert grade("Randomisation necessitated pharmacological intervention following metastasectomy.") > 20
    assert [syllables(word, "en") for word in ("drug", "400", "3", "HIV", "dose")] == [1, 2, 1, 3, 1]
    easy = "You can call us on {}. It is free."
    assert grade(easy.format("+39 02 2390 4450")) == grade(easy.format("10.1016/j.euo.2019.08.011")) < 2
    assert difficulty_in_italian("La prova è finita. Nessuno può entrare.") < 6


@pytest.mark.parametrize(("language", "criterion", "path", "text"), TEXTS)
def test_nothing_is_promised(language: str, criterion: str | None, path: tuple[str, ...], text: str) -> None:
    """No text says that somebody may join, fits the trial, or should take the drug."""
    said = filled(language, text, criterion)
    assert [promise for promise in PROMISES[language] if re.search(promise, said, re.IGNORECASE)] == []


def test_promises_are_recognised() -> None:
    """A promise is seen, and what people in the past could do is none."""

    def promised(text: str) -> bool:
        return any(re.search(promise, text, re.IGNORECASE) for promise in PROMISES["en"])

    assert all(
        promised(text)
        for text in ("You can join.", "You are eligible.", "you qualify for it", "You should take sorafenib.")
    )
    assert not any(promised(text) for text in ("People could join if they were well.", "You can call us."))


@pytest.mark.parametrize(("language", "criterion", "path", "text"), TEXTS)
def test_no_fact_is_typed(language: str, criterion: str | None, path: tuple[str, ...], text: str) -> None:
    """No number stands in a text but as a placeholder: each fact has one home."""
    bare = NAMES_WITH_DIGITS.sub("", re.sub(r"\{[^{}]*\}", "", text))
    if path and criterion is None and re.search(r"(?i)\b(phase|grade)\b", bare):
        bare = re.sub(r"(?i)\b(phase|grade) \d", "", bare)  # the glossary explains what such a name means
    assert not re.search(r"\d", bare)


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_name_is_typed(language: str) -> None:
    """No doctor, telephone number, identifier or name of a fact is typed into a text."""
    names = {site.lead for site in TRIAL.sites} | {person for site in TRIAL.sites for person in site.contacts}
    names |= {leaf for path, leaf in leaves(TRIAL.facts) if path[-1] == "text" and len(leaf) > 4}
    typed = [
        (file, name, ".".join(path), word)
        for file, name, entry, _ in entries(language)
        if file != "glossary"
        for path, text in leaves(entry)
        for word in names
        if re.search(rf"(?<!\w){re.escape(word)}(?!\w)", re.sub(r"\{[^{}]*\}", "", text))
    ]
    assert typed == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_buttons(language: str) -> None:
    """Every topic that is offered exists and has a title to press."""
    answers = TRIAL.texts[language].answers
    for topic in TRIAL.topics.values():
        for name in topic.next:
            assert name in TRIAL.topics, f"{topic.name}: {name}"
            assert answers[name].get("title"), f"{topic.name}: {name}"
        assert topic.name not in topic.next
        assert len(set(topic.next)) == len(topic.next) <= 3


@pytest.mark.parametrize("language", LANGUAGES)
def test_titles_differ(language: str) -> None:
    """No two buttons read the same."""
    titles = [entry["title"] for _, _, entry, _ in entries(language) if "title" in entry]
    assert sorted(title for title in titles if titles.count(title) > 1) == []


def sources_of(file: str, name: str) -> set[str] | None:
    """What `custom` will say that an entry's texts rest on; None where it says nothing."""
    if file == "criteria":
        rule = TRIAL.criteria[name]
        return set(rule.get("told_by", [rule["source"]["document"]]))
    topic = TRIAL.topics.get(name)
    return set(topic.sources) if file == "answers" and topic and topic.kind == "answer" else None


SOURCED = [
    pytest.param(language, sources, path, text, id=".".join((language, file, name, *path)))
    for language in LANGUAGES
    for file, name, entry, _ in entries(language)
    if (sources := sources_of(file, name)) is not None
    for path, text in leaves(entry)
    if path[-1] not in ("title", "why")
]


@pytest.mark.parametrize(("language", "sources", "path", "text"), SOURCED)
def test_sources_named_are_told(language: str, sources: set[str], path: tuple[str, ...], text: str) -> None:
    """A source that a text names is among those that `custom` gives, for whoever reads only that."""
    text = re.sub(SILENT[language], "", text)
    named = {source for source, words in NAMED[language].items() if re.search(words, text, re.IGNORECASE)}
    assert named - sources == set()


@pytest.mark.parametrize("language", LANGUAGES)
def test_answers_name_their_sources(language: str) -> None:
    """Every answer from the sources says from which; only general knowledge may go without."""
    unnamed = [
        (file, name, path)
        for file, name, entry, _ in entries(language)
        if (sources := sources_of(file, name)) is not None and sources != {"background"}
        for path, text in leaves(entry)
        if path[-1] in ("text", "simpler") or path[0] == "for"
        if not any(re.search(words, text, re.IGNORECASE) for words in (*NAMED[language].values(), GENERAL[language]))
    ]
    assert unnamed == []
