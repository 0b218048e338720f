"""Which topic a text is about: sentence vectors and concepts, weighed by a kernel ridge regression.

Chosen by measurement (README, “How it understands”): it knows far better than a logistic regression what is not
about the trial, because a text far from every training phrase scores low on every topic.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sklearn.kernel_ridge import KernelRidge

from understanding.sentence_vectors import Floats, SentenceVectors

#: Width of the kernel: texts whose vectors differ by this squared distance still resemble each other a little.
GAMMA = 0.5
#: Penalty of the regression.
ALPHA = 0.05
#: What a concept weighs beside a unit vector.
MARK_WEIGHT = 0.25


@dataclass(frozen=True)
class Guess:
    """A topic with how strongly a text points to it: about 1 for a training phrase, 0 for anything unlike it."""

    topic: str
    confidence: float


class TopicModel:
    """The trained topics.

    Texts come already spelt right; ``marks`` name what was found in each: kinds of concepts, rules they bear on.
    """

    def __init__(
        self,
        vectors: SentenceVectors,
        topics: list[str],
        marks: list[str],
        phrases: NDArray[np.floating],
        weights: NDArray[np.floating],
    ) -> None:
        self.topics = topics
        self._vectors = vectors
        self._marks = {mark: column for column, mark in enumerate(marks)}
        self._phrases = phrases.astype(np.float32)
        self._sizes = (self._phrases**2).sum(axis=1)
        self._weights = weights.astype(np.float32)

    @classmethod
    def train(
        cls, vectors: SentenceVectors, texts: Sequence[str], marks: Sequence[Sequence[str]], topics: Sequence[str]
    ) -> TopicModel:
        """Learns the topics from training phrases, each with its marks and its topic."""
        mark_names, topic_names = sorted({mark for found in marks for mark in found}), sorted(set(topics))
        phrases = _features(vectors(texts), marks, {mark: column for column, mark in enumerate(mark_names)})
        column = {topic: number for number, topic in enumerate(topic_names)}
        wanted = np.zeros((len(texts), len(topic_names)), np.float32)
        wanted[np.arange(len(texts)), [column[topic] for topic in topics]] = 1
        regression = KernelRidge(kernel="rbf", gamma=GAMMA, alpha=ALPHA).fit(phrases, wanted)
        return cls(vectors, topic_names, mark_names, phrases, regression.dual_coef_)

    def read(self, texts: Sequence[str], marks: Sequence[Sequence[str]], most: int = 16) -> list[list[Guess]]:
        """The likeliest topics of each text, best first."""
        found = _features(self._vectors(texts), marks, self._marks)
        distances = (found**2).sum(axis=1)[:, None] + self._sizes - 2 * found @ self._phrases.T
        scores = np.exp(-GAMMA * np.maximum(distances, 0)) @ self._weights
        return [
            [Guess(self.topics[column], float(row[column])) for column in np.argsort(-row)[:most]] for row in scores
        ]

    def save(self, folder: Path) -> None:
        """Writes the model as plain arrays and names: nothing in it can run."""
        names = {"topics": self.topics, "marks": list(self._marks)}
        (folder / "topics.json").write_text(json.dumps(names), encoding="utf-8")
        # Half precision: as good, and half the size.
        phrases, weights = self._phrases.astype(np.float16), self._weights.astype(np.float16)
        np.savez(folder / "topics.npz", phrases=phrases, weights=weights)

    @classmethod
    def load(cls, folder: Path, vectors: SentenceVectors) -> TopicModel:
        """Reads a saved model."""
        names = json.loads((folder / "topics.json").read_text(encoding="utf-8"))
        with np.load(folder / "topics.npz", allow_pickle=False) as arrays:
            return cls(vectors, names["topics"], names["marks"], arrays["phrases"], arrays["weights"])


def _features(phrases: Floats, marks: Sequence[Sequence[str]], columns: dict[str, int]) -> Floats:
    found = np.zeros((len(phrases), len(columns)), np.float32)
    for row, names in enumerate(marks):
        for name in names:
            if name in columns:
                found[row, columns[name]] = MARK_WEIGHT
    return np.hstack([phrases, found])
