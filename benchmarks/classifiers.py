"""The classifiers that were considered for the topics, compared by cross-validation over the training phrases.

Each phrase is read by a model that was trained without it. Accuracy is the share of phrases about the trial whose
topic is found. How well a classifier knows what is not about the trial is told at equal silence: with the threshold
at which it answers 95 of 100 phrases about the trial, what share of those about something else would it answer too?
(Rasa's own DIET was left out for its accuracy and its time; it is not measured here.)
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

from understanding import sentence_vectors, topics
from understanding.components import LEXICON, PROJECT, TRIAL, label
from understanding.concepts import ConceptReader, build_pipeline, language_words, lexicon_words
from understanding.importer import read_phrases
from understanding.marks import Marker
from understanding.questions import OUT_OF_SCOPE, RULE_MARK
from understanding.sentence_vectors import WIDTH, Floats
from understanding.topics import Features
from understanding.words import WORD, Speller, spellable, straighten

FOLDS = 5
#: The share of phrases about the trial that must be answered.
ANSWERED = 0.95

Labels = NDArray[np.int_]
#: Learns from phrases and labels, and gives what it makes of other phrases: a column for each label.
Classifier = Callable[[Floats, Labels, Floats], Floats]


@dataclass(frozen=True)
class Data:
    """The training phrases: features and label of each, and the topic of each label."""

    features: Floats
    labels: Labels
    topics: Sequence[str]


@dataclass(frozen=True)
class Score:
    """What was measured of a classifier, as shares."""

    name: str
    accuracy: float
    off_topic_answered: float


def kernel_ridge(phrases: Floats, labels: Labels, others: Floats) -> Floats:
    """What the assistant uses."""
    wanted = np.eye(labels.max() + 1, dtype=np.float32)[labels]
    weights = topics.ridge(phrases, wanted)
    alike: Floats = topics.alike(others, phrases, np.einsum("ij,ij->i", phrases, phrases)).numpy()
    return alike @ weights


def logistic_regression(phrases: Floats, labels: Labels, others: Floats) -> Floats:
    """What Rasa's LogisticRegressionClassifier uses."""
    found = np.zeros((len(others), labels.max() + 1), np.float32)
    # Vectors of length 1 are too short for the usual penalty.
    model = LogisticRegression(C=100, max_iter=100).fit(phrases, labels)
    found[:, model.classes_] = model.predict_proba(others)
    return found


#: By name: the classifier, and whether it is given the bare words and the marks as well.
CLASSIFIERS: dict[str, tuple[Classifier, bool]] = {
    "kernel ridge: MiniLM, words, marks": (kernel_ridge, True),
    "kernel ridge: MiniLM": (kernel_ridge, False),
    "logistic regression: MiniLM, words, marks": (logistic_regression, True),
    "logistic regression: MiniLM": (logistic_regression, False),
}


def read(language: str = "en", data: Path = PROJECT / "data") -> Data:
    """The training phrases of a language, as the training sees them."""
    phrases = [phrase for file in sorted((data / "nlu" / language).glob("*.yml")) for phrase in read_phrases(str(file))]
    names = [label(phrase) for phrase in phrases]
    texts = [straighten(phrase.get("text")) for phrase in phrases]
    nlp = build_pipeline(LEXICON, TRIAL, language)
    known = language_words(nlp)
    concepts = ConceptReader.load(nlp, LEXICON, TRIAL, language, known)
    marker = Marker.load(LEXICON, TRIAL, language)
    counts = Counter(word.lower() for text in texts for word in WORD.findall(text))
    counts.update(lexicon_words(LEXICON, TRIAL, language))
    speller = Speller(spellable(counts, known), known)
    found = [marker(text, concepts.read(text), [named.place for named in concepts.places(text)]) for text in texts]
    corrected = [speller.correct(text) for text in texts]
    features = Features.learn(sentence_vectors.shared(), corrected, found)(corrected, found)
    distinct = sorted(set(names))
    column = {name: number for number, name in enumerate(distinct)}
    labels = np.array([column[name] for name in names])
    return Data(features, labels, [name.partition(RULE_MARK)[0] for name in distinct])


def compare(data: Data, note: Callable[[str], None] = lambda told: None) -> list[Score]:
    """All classifiers over all folds."""
    scores = []
    for name, (classifier, everything) in CLASSIFIERS.items():
        features = data.features if everything else np.ascontiguousarray(data.features[:, :WIDTH])
        found = np.zeros((len(data.labels), len(data.topics)), np.float32)
        for number, held_out in enumerate(folds(len(data.labels)), 1):
            note(f"{name}, fold {number} of {FOLDS}")
            result = classifier(features[~held_out], data.labels[~held_out], features[held_out])
            found[held_out, : result.shape[1]] = result
        scores.append(score(name, found, data.labels, data.topics))
    return scores


def folds(count: int) -> list[NDArray[np.bool_]]:
    """Which phrases are held out, fold by fold; the same at each run."""
    number = np.random.default_rng(0).permutation(count) % FOLDS
    return [number == fold for fold in range(FOLDS)]


def score(name: str, found: Floats, labels: Labels, topics: Sequence[str]) -> Score:
    """Accuracy, and the share of phrases about something else that would be answered."""
    names = np.array(topics)
    best, wanted, strength = names[found.argmax(axis=1)], names[labels], found.max(axis=1)
    elsewhere = wanted == OUT_OF_SCOPE
    answerable = best != OUT_OF_SCOPE
    threshold = np.quantile(strength[~elsewhere & answerable], 1 - ANSWERED)
    answered = answerable & (strength >= threshold)
    return Score(name, float((best == wanted)[~elsewhere].mean()), float(answered[elsewhere].mean()))


def table(scores: Sequence[Score]) -> list[str]:
    """The scores side by side, a line each."""
    width = max(len(one.name) for one in scores)
    lines = [f"{'':{width}}  accuracy  off-topic answered"]
    lines += [f"{one.name:{width}}  {one.accuracy:8.1%}  {one.off_topic_answered:18.1%}" for one in scores]
    return lines
