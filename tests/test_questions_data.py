"""The questions of the pre-screening: all there, in order, short and plain, and few for most people."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from decimal import Decimal
from itertools import chain
from typing import Any

import pyphen
import pytest

from actions.trial import FOLDER, read_yaml, trial
from actions.wording import Wording, placeholders

QUESTIONS: list[dict[str, Any]] = read_yaml(FOLDER / "questions.yml")
BY_KEY = {question["key"]: question for question in QUESTIONS}
PRESCREEN = read_yaml(FOLDER / "prescreen.yml")
ANSWERS: dict[str, Any] = PRESCREEN["answers"]
LANGUAGES = trial().languages
#: Keys that nobody is asked for.
NEVER_ASKED: frozenset[str] = frozenset()

INPUTS = {"boolean", "integer", "date", "choice", "blood_pressure", "lab"}
FIELDS = {
    "also",
    "advances",
    "begins",
    "of_whom",
    "key",
    "input",
    "lowest",
    "highest",
    "event",
    "choices",
    "only_if",
    "unless",
    "needs_recent",
}
LAB_FIELDS = {"units", "usual", "plausible", "limit"}
TEXTS = {
    "in_passing",
    "text",
    "short",
    "why",
    "help",
    "choices",
    "names",
    "unknown",
    "again",
    "limit",
    "readings",
    "says",
    "about",
}

#: Most words, highest school grade (Flesch–Kincaid).
PLAIN = {"text": (30, 7.0), "why": (35, 8.0), "help": (40, 8.0), "again": (30, 7.0), "limit": (30, 7.0)}
#: Filled in by the program, with something like what it fills in.
GIVEN = {
    "count": "36",
    "minutes": "10",
    "number": "3",
    "of": "36",
    "units": "g/dL or g/L",
    "day": "4 December",
    "short": "Age",
    "answer": "72",
    "title": "Age",
    "titles": "Age, Dialysis",
    "reason": "below the limit",
    "id": "I01",
    "status": "fits",
    "outcome": "It is not clear.",
    "result": "0.8 mg/dL",
    "limit": "1.2 mg/dL",
}
#: Of the words said around the questions: those that are longer than a line.
LONGER = {"intro": 70, "only_team_decides": 45, "next_steps": 50, "already_out": 50, "stopped": 40}


def texts_of(language: str) -> dict[str, dict[str, Any]]:
    """The questions in a language's words."""
    texts: dict[str, dict[str, Any]] = read_yaml(FOLDER / language / "questions.yml")
    return texts


def words_of(language: str) -> dict[str, Any]:
    """What else is said in a pre-screening."""
    words: dict[str, Any] = read_yaml(FOLDER / language / "prescreen.yml")
    return words


def grade(text: str, language: str) -> float:
    """The school grade after which a text is easily read (Flesch–Kincaid)."""
    words = re.findall(r"[^\W\d_][\w’'-]*|\d[\d.,]*", text)
    sentences = [part for part in re.split(r"[.?!:](?:\s|$)", text) if part.strip()]
    hyphens = pyphen.Pyphen(lang=language)
    syllables = sum(len(hyphens.inserted(word).split("-")) for word in words)
    return 0.39 * len(words) / len(sentences) + 11.8 * syllables / len(words) - 15.59


def said(text: Any) -> Iterator[str]:
    """Every text in a nested mapping of texts."""
    if isinstance(text, Mapping):
        yield from chain.from_iterable(said(part) for part in text.values())
    else:
        yield text


def filled(text: str, language: str) -> str:
    """A text as a person reads it."""
    return Wording(trial(), language).fill(text, GIVEN)


def asked(answers: Mapping[str, Any], recent: bool) -> list[str]:
    """The questions that a person with these answers is asked."""
    return [
        question["key"]
        for question in QUESTIONS
        if all(answers.get(key) in values for key, values in question.get("only_if", {}).items())
        and not any(answers.get(key) in values for key, values in question.get("unless", {}).items())
        and (recent or "needs_recent" not in question)
    ]


def test_every_answer_has_a_question() -> None:
    """Whatever the rules look at is asked, once."""
    assert len(BY_KEY) == len(QUESTIONS)
    assert set(ANSWERS) == set(BY_KEY) | NEVER_ASKED
    assert not set(BY_KEY) & NEVER_ASKED


@pytest.mark.parametrize("key", BY_KEY)
def test_fields(key: str) -> None:
    """A question has only fields that are known, and an input that is known."""
    question = BY_KEY[key]
    assert question["input"] in INPUTS
    assert set(question) <= FIELDS | (LAB_FIELDS if question["input"] == "lab" else set())
    assert ("event" in question) == (ANSWERS[key] == "event_date")
    assert {"lowest", "highest"} <= set(question) or question["input"] != "integer"


def test_conditions_look_back() -> None:
    """Whether a question is asked depends on earlier answers only, and on values that these can have."""
    before: set[str] = set()
    for question in QUESTIONS:
        conditions = [*question.get("only_if", {}).items(), *question.get("unless", {}).items()]
        assert {key for key, _ in conditions} <= before
        assert "needs_recent" not in question or question["needs_recent"] in before
        for key, values in conditions:
            assert set(values) <= {True, False} or set(values) <= set(BY_KEY[key]["choices"])
        before.add(question["key"])


@pytest.mark.parametrize("key", BY_KEY)
def test_values_are_those_of_the_rules(key: str) -> None:
    """What can be pressed, and the ends of a number, are what the rules take."""
    question, answer = BY_KEY[key], ANSWERS[key]
    if answer == "boolean":
        assert question["input"] == "boolean"
    elif answer in ("date", "event_date"):
        assert question["input"] == "date"
        assert question.get("choices", []) == (["never"] if answer == "event_date" else [])
    elif "choice" in answer:
        assert (question["input"], question["choices"]) == ("choice", answer["choice"])
    elif "integer" in answer:
        assert [question["lowest"], question["highest"]] == answer["integer"]
        assert set(question.get("choices", [])) <= set(range(answer["integer"][0], answer["integer"][1] + 1))
    elif "laboratory" in answer:
        assert question["input"] == "lab"
        assert set(question["units"]) == set(PRESCREEN["units"][answer["laboratory"]])
        assert set(question["units"]) == set(question["plausible"])
        assert question["usual"] in question["units"]
    else:
        assert question["input"] == "blood_pressure"


@pytest.mark.parametrize("key", ["ecog", "heart_failure_nyha"])
def test_every_class_can_be_pressed(key: str) -> None:
    """A scale has a button for each of its classes."""
    assert BY_KEY[key]["choices"] == list(range(BY_KEY[key]["lowest"], BY_KEY[key]["highest"] + 1))


LABS = [key for key, question in BY_KEY.items() if question["input"] == "lab"]


@pytest.mark.parametrize("key", LABS)
def test_plausible_results(key: str) -> None:
    """In every unit a plausible result can lie on either side of the rule's threshold."""
    question, units = BY_KEY[key], PRESCREEN["units"][ANSWERS[key]["laboratory"]]
    named = re.compile(rf"\b{key} [<>]")
    rule = next(rule for rule in trial().criteria.values() if named.search(str(rule.get("rule"))))
    threshold = next(iter(rule["values"].values()))
    for unit, (lowest, highest) in question["plausible"].items():
        assert 0 <= Decimal(lowest) < Decimal(highest)
        if units[unit] is not None:
            at = Decimal(threshold["number"]) / Decimal(units[unit])
            assert Decimal(lowest) < at < Decimal(highest)
    assert question.get("limit", False) == (threshold["unit"] == "upper_limits")


def test_units_of_one_result_differ() -> None:
    """A haemoglobin of 135 g/dL is a slip of the unit; in g/L it is plausible."""
    plausible = BY_KEY["hemoglobin"]["plausible"]
    assert not plausible["g/dL"][0] <= 135 <= plausible["g/dL"][1]
    assert plausible["g/L"][0] <= 135 <= plausible["g/L"][1]


WELL = {
    **{key: False for key, answer in ANSWERS.items() if answer == "boolean"},
    **{key: "never" for key, answer in ANSWERS.items() if answer == "event_date"},
    **{"age_years": 66, "rcc_confirmed": True, "clear_cell": True, "nephrectomy": True, "ecog": 0},
    **{"metastasectomy_date": "2026-10-03", "metastases_removed": 1, "imaging_after_surgery": "ct_or_mri"},
    **{"margins_clear": True, "systemic_therapy": "none", "heart_failure_nyha": 0, "other_cancer": "none"},
    **{"arrhythmia_medicine": "none", "agrees_contraception": True, "can_swallow_tablets": True},
}


def test_few_questions_for_most() -> None:
    """A man without special illnesses is asked at most thirty-seven questions, none on pregnancy."""
    keys = asked({**WELL, "sex": "male"}, recent=False)
    assert len(keys) <= 37
    assert not {"pregnant", "breastfeeding", "could_become_pregnant"} & set(keys)


def test_a_woman_past_pregnancy() -> None:
    """A woman who cannot become pregnant is not asked whether she is."""
    keys = asked({**WELL, "sex": "female"}, recent=False)
    assert "breastfeeding" in keys
    assert "pregnant" not in keys


def test_sex_not_told() -> None:
    """Who does not say their sex is asked what may concern them."""
    assert {"could_become_pregnant", "breastfeeding"} <= set(asked(WELL, recent=False))


def test_brain() -> None:
    """Cancer in the brain brings its own questions; without symptoms only the one about these."""
    brain = {"brain_treatment_end_date", "brain_scan_clear_date", "brain_stable"}
    told = {**WELL, "sex": "male", "brain_metastases": True}
    assert not brain & set(asked({**told, "brain_symptoms": False}, recent=False))
    assert brain <= set(asked({**told, "brain_symptoms": True}, recent=False))
    assert brain <= set(asked({**told, "brain_symptoms": None}, recent=False))


def test_treatment_dates() -> None:
    """The end of a drug treatment is asked only where it counts."""
    key = "systemic_therapy_end_date"
    assert key in asked({**WELL, "systemic_therapy": "around_nephrectomy"}, recent=False)
    assert key not in asked({**WELL, "systemic_therapy": "for_metastases"}, recent=False)


def test_laboratory_last() -> None:
    """Blood values come last, and only with a blood test that counts."""
    with_labs = asked({**WELL, "sex": "male"}, recent=True)
    without = asked({**WELL, "sex": "male"}, recent=False)
    assert with_labs[: len(without)] == without
    assert {"liver_involvement", "anticoagulant", *LABS} == set(with_labs[len(without) :])


@pytest.mark.parametrize("language", LANGUAGES)
def test_worded(language: str) -> None:
    """Every question has its words: text, name, reason and help, in the order in which it is asked."""
    texts = texts_of(language)
    assert list(texts) == [question["key"] for question in QUESTIONS]
    for key, text in texts.items():
        assert {"text", "short", "why", "help", "names"} <= set(text) <= TEXTS, key
        assert text["names"], key
        assert list(text.get("choices", {})) == BY_KEY[key].get("choices", []), key
        assert ("limit" in text) == bool(BY_KEY[key].get("limit")), key


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_yes_and_a_no_in_full(language: str) -> None:
    """Every yes-or-no question has both readings to press, and its own words mean one of them each."""
    for key, text in texts_of(language).items():
        is_boolean = BY_KEY[key]["input"] == "boolean"
        assert (set(text.get("readings", {})) == {True, False}) == is_boolean, key
        assert all(len(title) <= 25 for title in text.get("readings", {}).values()), key
        says = text.get("says", {})
        assert set(says) <= {True, False, "doubtful"}, key
        phrases = [phrase for those in says.values() for phrase in those]
        assert len(phrases) == len(set(phrases)), key
        for phrase in phrases:
            assert phrase == phrase.lower().replace("’", "'"), (key, phrase)


@pytest.mark.parametrize("language", LANGUAGES)
def test_plain(language: str) -> None:
    """What is asked is short and in plain words."""
    too_hard = [
        (key, part, len(text.split()), round(grade(text, language), 1))
        for key, texts in texts_of(language).items()
        for part, (most, hardest) in PLAIN.items()
        if part in texts
        for text in [filled(texts[part], language)]
        if len(text.split()) > most or grade(text, language) > hardest
    ]
    assert too_hard == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_fits_a_telephone(language: str) -> None:
    """Names of answers and buttons are short."""
    texts = texts_of(language)
    assert [text["short"] for text in texts.values() if len(text["short"]) > 30] == []
    titles = [choice["title"] for text in texts.values() for choice in text.get("choices", {}).values()]
    titles += words_of(language)["buttons"].values()
    assert [title for title in titles if len(title) > 25] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_names_mean_one_answer(language: str) -> None:
    """No two answers have a name in common, or a short name."""
    texts = texts_of(language)
    names = Counter(name for text in texts.values() for name in text["names"])
    assert [name for name, times in names.items() if times > 1] == []
    assert len({text["short"] for text in texts.values()}) == len(texts)


@pytest.mark.parametrize("language", LANGUAGES)
def test_forms_mean_one_value(language: str) -> None:
    """What a person says means one value of the question; all of it is written as messages are read."""
    for key, text in texts_of(language).items():
        choices = text.get("choices", {}).values()
        forms = [*chain.from_iterable(choice["forms"] for choice in choices), *text.get("unknown", [])]
        for form in (*forms, *text["names"]):
            assert isinstance(form, str), (key, form)
            assert form == form.lower().replace("’", "'"), (key, form)
        assert len(forms) == len(set(forms)), key


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_number_of_the_trial_is_typed(language: str) -> None:
    """A reason names the thresholds of its rule by placeholders."""
    scale = re.compile(r"\b(B or C|Hepatitis B and C|T1)\b")
    typed = {key: scale.sub("", text["why"]) for key, text in texts_of(language).items()}
    assert [key for key, why in typed.items() if re.search(r"\d", re.sub(r"\{[^}]*\}", "", why))] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_words_around(language: str) -> None:
    """Everything said around the questions can be filled in, is short, and promises nothing."""
    for text in said(words_of(language)):
        line = filled(text, language)
        assert "{" not in line
        assert len(line.split()) <= 70
    longer = {key: len(filled(words_of(language)[key], language).split()) for key in LONGER}
    assert {key: length for key, length in longer.items() if length > LONGER[key]} == {}


def test_says_everything_alike() -> None:
    """Every language says the same things, with the same details."""
    shapes = {language: _shape(words_of(language)) for language in LANGUAGES}
    assert all(shape == shapes[LANGUAGES[0]] for shape in shapes.values())


def _shape(words: Any) -> Any:
    if isinstance(words, Mapping):
        return {key: _shape(part) for key, part in words.items()}
    return sorted(placeholders(words))


def test_outcomes_are_worded() -> None:
    """Each outcome and each status of a rule has its words, and none says that a person is taken in."""
    for language in LANGUAGES:
        words = words_of(language)
        assert set(words["outcomes"]) == {outcome["name"] for outcome in PRESCREEN["outcomes"]}
        assert set(words["statuses"]) == {"satisfied", "not_satisfied", "unknown", "for_team"}
        assert "{dates.report.end}" in words["only_team_decides"]
    spoken = " ".join(said(words_of("en"))).lower()
    assert not re.search(r"you are eligible|would have been accepted|you qualify|you can join", spoken)


@pytest.mark.parametrize("language", LANGUAGES)
def test_units_can_be_said(language: str) -> None:
    """Every unit of a laboratory value has a spelling for people."""
    units = set(chain.from_iterable(question["units"] for question in QUESTIONS if "units" in question))
    assert set(words_of(language)["units"]) == units
