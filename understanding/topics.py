"""Which topic a message is about: sentence vectors and concepts, weighed by a logistic regression.

Besides the regression's probabilities a topic must pass a second gate: confident mistakes on messages about
something else altogether are caught by how far they are from every training phrase.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

from understanding.sentence_vectors import Floats, SentenceVectors

#: Unit vectors are scaled up for the regression, whose penalty would otherwise flatten them (measured: scripts/tune.py).
VECTOR_WEIGHT = 7.0
CONCEPT_WEIGHT = 1.0


@dataclass(frozen=True)
class Guess:
    """A topic with the probability that the message is about it."""

    topic: str
    confidence: float


@dataclass(frozen=True)
class Reading:
    """What the model makes of one text.

    Attributes:
        guesses: the likeliest topics, best first.
        nearness: cosine similarity to the nearest training phrase, -1 to 1.
    """

    guesses: tuple[Guess, ...]
    nearness: float


class TopicModel:
    """The trained topics.

    Texts come already spelt right; ``features`` are ids of concepts and other marks found in each.
    """

    def __init__(
        self,
        vectors: SentenceVectors,
        topics: list[str],
        marks: list[str],
        weights: NDArray[np.float32],
        bias: NDArray[np.float32],
        phrases: Floats,
    ) -> None:
        self.topics = topics
        self._vectors = vectors
        self._marks = {mark: column for column, mark in enumerate(marks)}
        self._weights = weights
        self._bias = bias
        self._phrases = phrases

    @classmethod
    def train(
        cls, vectors: SentenceVectors, texts: Sequence[str], marks: Sequence[Sequence[str]], topics: Sequence[str]
    ) -> TopicModel:
        """Learns the topics from training phrases, each with its marks and its topic."""
        names = sorted({mark for found in marks for mark in found})
        columns = {mark: column for column, mark in enumerate(names)}
        phrases = vectors(texts)
        regression = LogisticRegression(C=1.0, max_iter=200, tol=0.01, class_weight="balanced")
        regression.fit(_features(phrases, marks, columns), list(topics))
        return cls(
            vectors,
            [str(topic) for topic in regression.classes_],
            names,
            regression.coef_.astype(np.float32),
            regression.intercept_.astype(np.float32),
            phrases,
        )

    def read(self, texts: Sequence[str], marks: Sequence[Sequence[str]], most: int = 16) -> list[Reading]:
        """The likeliest topics of each text."""
        phrases = self._vectors(texts)
        scores = _features(phrases, marks, self._marks) @ self._weights.T + self._bias
        scores = np.exp(scores - scores.max(axis=1, keepdims=True))
        scores /= scores.sum(axis=1, keepdims=True)
        nearness = (phrases @ self._phrases.T).max(axis=1)
        readings = []
        for row, near in zip(scores, nearness):
            best = np.argsort(-row)[:most]
            guesses = tuple(Guess(self.topics[column], float(row[column])) for column in best)
            readings.append(Reading(guesses, float(near)))
        return readings

    def save(self, folder: Path) -> None:
        """Writes the model as plain arrays and names: nothing in it can run."""
        names = {"topics": self.topics, "marks": list(self._marks)}
        (folder / "topics.json").write_text(json.dumps(names), encoding="utf-8")
        np.savez(folder / "topics.npz", weights=self._weights, bias=self._bias, phrases=self._phrases)

    @classmethod
    def load(cls, folder: Path, vectors: SentenceVectors) -> TopicModel:
        """Reads a saved model."""
        names = json.loads((folder / "topics.json").read_text(encoding="utf-8"))
        with np.load(folder / "topics.npz", allow_pickle=False) as arrays:
            return cls(
                vectors, names["topics"], names["marks"], arrays["weights"], arrays["bias"], arrays["phrases"]
            )


def _features(phrases: Floats, marks: Sequence[Sequence[str]], columns: dict[str, int]) -> Floats:
    found = np.zeros((len(phrases), len(columns)), np.float32)
    for row, names in enumerate(marks):
        for name in names:
            if name in columns:
                found[row, columns[name]] = CONCEPT_WEIGHT
    return np.hstack([phrases * np.float32(VECTOR_WEIGHT), found])
