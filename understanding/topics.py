"""Which topic a text is about: sentence vectors and concepts, weighed by a kernel ridge regression.

Chosen by measurement (README, “How it understands”): it knows far better than a logistic regression what is not
about the trial, because a text far from every training phrase scores low on every topic.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.kernel_ridge import KernelRidge

from understanding.sentence_vectors import Floats, SentenceVectors

#: Width of the kernel: texts whose vectors differ by this squared distance still resemble each other a little.
GAMMA = 0.5
#: Penalty of the regression.
ALPHA = 0.05
#: What a mark weighs beside a unit vector, and what the bare words weigh.
MARK_WEIGHT = 0.25
WORD_WEIGHT = 0.65


@dataclass(frozen=True)
class Guess:
    """A topic with how strongly a text points to it: about 1 for a training phrase, 0 for anything unlike it."""

    topic: str
    confidence: float


class Features:
    """What the regression sees of a text: its meaning, its bare words and its marks, side by side.

    The meaning is the sentence vector. The bare words are the mean of the vectors of its word pieces, rare ones
    counting more: a sentence vector alone takes “is the shop open” for “is the trial open”.
    """

    def __init__(self, vectors: SentenceVectors, marks: list[str], rarity: Floats, middle: Floats) -> None:
        self._vectors = vectors
        self.marks = marks
        self._columns = {mark: column for column, mark in enumerate(marks)}
        self.rarity = rarity
        self.middle = middle

    @classmethod
    def learn(cls, vectors: SentenceVectors, texts: Sequence[str], marks: Sequence[Sequence[str]]) -> Features:
        """Learns from the training phrases how rare each word piece is, and which marks there are."""
        rarity = np.full(len(vectors.vocabulary), np.log(len(texts)), np.float32)
        for piece, count in Counter(piece for ids in vectors.pieces(texts) for piece in set(ids)).items():
            rarity[piece] = np.log(len(texts) / (1 + count))
        names = sorted({mark for found in marks for mark in found})
        features = cls(vectors, names, rarity, np.zeros(vectors.vocabulary.shape[1], np.float32))
        features.middle = features._words(texts).mean(axis=0)
        return features

    def __call__(self, texts: Sequence[str], marks: Sequence[Sequence[str]]) -> Floats:
        """The features of the texts, a row each."""
        words = self._words(texts) - self.middle
        words *= WORD_WEIGHT / (np.linalg.norm(words, axis=1, keepdims=True) + np.float32(1e-9))
        found = np.zeros((len(texts), len(self._columns)), np.float32)
        for row, names in enumerate(marks):
            for name in names:
                if name in self._columns:
                    found[row, self._columns[name]] = MARK_WEIGHT
        return np.hstack([self._vectors(texts), found, words])

    def _words(self, texts: Sequence[str]) -> Floats:
        words = np.zeros((len(texts), self._vectors.vocabulary.shape[1]), np.float32)
        for row, pieces in enumerate(self._vectors.pieces(texts)):
            words[row] = self.rarity[pieces] @ self._vectors.vocabulary[pieces]
        return words


class TopicModel:
    """The trained topics.

    Texts come already spelt right; ``marks`` name what was found in each (understanding.marks).
    """

    def __init__(
        self,
        features: Features,
        topics: list[str],
        phrases: NDArray[np.floating[Any]],
        weights: NDArray[np.floating[Any]],
    ) -> None:
        self.topics = topics
        self._features = features
        self._phrases = phrases.astype(np.float32)
        self._sizes = (self._phrases**2).sum(axis=1)
        self._weights = weights.astype(np.float32)

    @classmethod
    def train(
        cls, vectors: SentenceVectors, texts: Sequence[str], marks: Sequence[Sequence[str]], topics: Sequence[str]
    ) -> TopicModel:
        """Learns the topics from training phrases, each with its marks and its topic."""
        features = Features.learn(vectors, texts, marks)
        phrases = features(texts, marks)
        names = sorted(set(topics))
        column = {topic: number for number, topic in enumerate(names)}
        wanted = np.zeros((len(texts), len(names)), np.float32)
        wanted[np.arange(len(texts)), [column[topic] for topic in topics]] = 1
        regression = KernelRidge(kernel="rbf", gamma=GAMMA, alpha=ALPHA).fit(phrases, wanted)
        return cls(features, names, phrases, regression.dual_coef_)

    def read(self, texts: Sequence[str], marks: Sequence[Sequence[str]], most: int = 16) -> list[list[Guess]]:
        """The likeliest topics of each text, best first."""
        found = self._features(texts, marks)
        distances = (found**2).sum(axis=1)[:, None] + self._sizes - 2 * found @ self._phrases.T
        scores = np.exp(-GAMMA * np.maximum(distances, 0)) @ self._weights
        return [
            [Guess(self.topics[column], float(row[column])) for column in np.argsort(-row)[:most]] for row in scores
        ]

    def save(self, folder: Path) -> None:
        """Writes the model as plain arrays and names: nothing in it can run."""
        names = {"topics": self.topics, "marks": self._features.marks}
        (folder / "topics.json").write_text(json.dumps(names), encoding="utf-8")
        np.savez(
            folder / "topics.npz",
            # Half precision: as good, and half the size.
            phrases=self._phrases.astype(np.float16),
            weights=self._weights.astype(np.float16),
            rarity=self._features.rarity,
            middle=self._features.middle,
        )

    @classmethod
    def load(cls, folder: Path, vectors: SentenceVectors) -> TopicModel:
        """Reads a saved model."""
        names = json.loads((folder / "topics.json").read_text(encoding="utf-8"))
        with np.load(folder / "topics.npz", allow_pickle=False) as arrays:
            features = Features(vectors, names["marks"], arrays["rarity"], arrays["middle"])
            return cls(features, names["topics"], arrays["phrases"], arrays["weights"])
