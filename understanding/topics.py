"""Which topic a text is about: sentence vectors and concepts, weighed by a kernel ridge regression.

Chosen by measurement (README, “How it understands”): it knows far better than a logistic regression what is not
about the trial, because a text far from every training phrase scores low on every topic.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import cho_factor, cho_solve, cholesky, solve_triangular
from scipy.sparse import csr_matrix

from understanding.sentence_vectors import Floats, SentenceVectors

#: Width of the kernel: texts whose vectors differ by this squared distance still resemble each other a little.
GAMMA = 0.5
#: Penalty of the regression.
ALPHA = 0.05
#: What a mark weighs beside a unit vector, and what the bare words weigh.
MARK_WEIGHT = 0.25
WORD_WEIGHT = 0.65
#: How the regression is solved: phrases that stand for all others in its rough solution, how exact the solution must
#: be beside what is solved for, and the steps after which it is taken as it is. Twice and three times as exact answered
#: the same share of messages rightly, and took half as long again to train.
LANDMARKS = 2000
PRECISION = 0.05
MOST_STEPS = 50
#: Phrases that are compared with all others at a time.
BLOCK = 1000


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

    def __call__(self, texts: Sequence[str], marks: Sequence[Sequence[str]], meanings: Floats | None = None) -> Floats:
        """The features of the texts, a row each; ``meanings`` are their sentence vectors, if they are known."""
        words = self._words(texts) - self.middle
        words *= WORD_WEIGHT / (np.linalg.norm(words, axis=1, keepdims=True) + np.float32(1e-9))
        found = np.zeros((len(texts), len(self._columns)), np.float32)
        for row, names in enumerate(marks):
            for name in names:
                if name in self._columns:
                    found[row, self._columns[name]] = MARK_WEIGHT
        return np.hstack([self._vectors(texts) if meanings is None else meanings, found, words])

    def _words(self, texts: Sequence[str]) -> Floats:
        """The sum of the vectors of each text's word pieces, each times its rarity."""
        pieces = self._vectors.pieces(texts)
        flat = np.fromiter(chain.from_iterable(pieces), np.int32)
        ends = np.cumsum([0, *map(len, pieces)])
        weighed = csr_matrix((self.rarity[flat], flat, ends), (len(texts), len(self.rarity)))
        words: Floats = weighed @ self._vectors.vocabulary
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
        from tensorflow import constant

        self.topics = topics
        self._features = features
        self._phrases = constant(phrases.astype(np.float32))
        self._sizes = _sizes(self._phrases)
        self._weights = constant(weights.astype(np.float32))

    @classmethod
    def train(
        cls,
        vectors: SentenceVectors,
        texts: Sequence[str],
        marks: Sequence[Sequence[str]],
        topics: Sequence[str],
        meanings: Floats | None = None,
    ) -> TopicModel:
        """Learns the topics from training phrases, each with its marks, its topic, and perhaps its vector."""
        features = Features.learn(vectors, texts, marks)
        phrases = features(texts, marks, meanings)
        names = sorted(set(topics))
        column = {topic: number for number, topic in enumerate(names)}
        wanted = np.zeros((len(texts), len(names)), np.float32)
        wanted[np.arange(len(texts)), [column[topic] for topic in topics]] = 1
        return cls(features, names, phrases, ridge(phrases, wanted))

    def read(self, texts: Sequence[str], marks: Sequence[Sequence[str]], most: int = 16) -> list[list[Guess]]:
        """The likeliest topics of each text, best first."""
        scores = _product(alike(self._features(texts, marks), self._phrases, self._sizes), self._weights)
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
            phrases=self._phrases.numpy().astype(np.float16),
            weights=self._weights.numpy().astype(np.float16),
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


def alike(texts: Any, phrases: Any, sizes: Any) -> Any:
    """How alike each text and each phrase are, from 0 to 1; ``sizes`` are the squared lengths of the phrases."""
    from tensorflow import exp, matmul, minimum

    apart = 2 * matmul(texts, phrases, transpose_b=True) - _sizes(texts)[:, None] - sizes
    return exp(GAMMA * minimum(apart, 0))


def _sizes(texts: Any) -> Any:
    from tensorflow import reduce_sum

    return reduce_sum(texts * texts, 1)


class Likeness:
    """How alike every two of the phrases are, as ``alike`` says: the largest matrix of a training.

    It is its own mirror image, so half of it is worked out and kept: of each block of phrases how alike they are
    among themselves, and to all that come after.
    """

    def __init__(self, phrases: Floats) -> None:
        from tensorflow import constant

        sizes = GAMMA * np.einsum("ij,ij->i", phrases, phrases)[:, None]
        ones = np.ones_like(sizes)
        # One product gives -GAMMA times the squared distance.
        self._some = np.hstack([2 * GAMMA * phrases, -sizes, ones])
        self._others = np.hstack([phrases, ones, -sizes])
        self._blocks: list[tuple[slice, Any, Any]] = []
        for start in range(0, len(phrases), BLOCK):
            block = slice(start, min(start + BLOCK, len(phrases)))
            among, after = (
                _close(self._some[block], others) for others in (self._others[block], self._others[block.stop :])
            )
            self._blocks.append((block, constant(among), constant(after)))

    def rows(self, chosen: NDArray[np.int_]) -> Floats:
        """How alike the chosen phrases are to all."""
        return _close(self._some[chosen], self._others)

    def __matmul__(self, columns: Floats) -> Floats:
        """The product of the whole matrix with some columns."""
        from tensorflow import constant

        product, columns = np.zeros_like(columns), constant(columns)
        for block, among, after in self._blocks:
            product[block] += _product(among, columns[block]) + _product(after, columns[block.stop :])
            product[block.stop :] += _product(after, columns[block], transpose_a=True)
        return product


def _close(some: Floats, others: Floats) -> Floats:
    """How alike some phrases are to others.

    Part by part, in NumPy, which writes each where it is kept: in TensorFlow most of the time goes into new memory.
    """
    found = np.empty((len(some), len(others)), np.float32)
    for start in range(0, len(others), BLOCK):
        part = found[:, start : start + BLOCK]
        np.minimum(some @ others[start : start + BLOCK].T, 0, out=part)
        np.exp(part, out=part)
    return found


def ridge(phrases: Floats, wanted: Floats) -> Floats:
    """The weights of a kernel ridge regression: the solution of ``(likeness + ALPHA) weights = wanted``.

    By conjugate gradients, whose time grows with the square of the phrases, where a direct solution's grows with the
    cube. What makes their steps few is a rough solution to begin each with, by a sample of the phrases (Nyström).
    """
    likeness = Likeness(phrases)
    chosen = np.random.default_rng(0).permutation(len(phrases))[:LANDMARKS]
    rough = _RoughSolution(likeness.rows(chosen), chosen)
    weights = np.zeros_like(wanted)
    rest = wanted.copy()
    step = better = rough(rest)
    gain = _dots(rest, better)
    for _ in range(MOST_STEPS):
        along = likeness @ step + np.float32(ALPHA) * step
        far = gain / _dots(step, along)
        weights += far * step
        rest -= far * along
        if np.linalg.norm(rest) <= PRECISION * np.linalg.norm(wanted):
            break
        better = rough(rest)
        gain, before = _dots(rest, better), gain
        step = better + gain / before * step
    return weights


class _RoughSolution:
    """Solves the regression roughly, as if each phrase was but what a sample of the phrases makes of it."""

    def __init__(self, likeness: Floats, chosen: NDArray[np.int_]) -> None:
        from tensorflow import constant

        between = likeness[:, chosen]
        # Phrases that are all but the same leave too little to divide by.
        between[np.diag_indices_from(between)] += np.float32(1e-3)
        root = cholesky(between, lower=True, overwrite_a=True, check_finite=False)
        by_sample = solve_triangular(root, likeness, lower=True, check_finite=False)
        explained = np.einsum("ij,ij->j", by_sample, by_sample)
        self._by_sample = constant(by_sample)
        self._left = np.float32(ALPHA + max(0.0, 1 - explained.mean()))
        inner = _product(self._by_sample, self._by_sample, transpose_b=True)
        inner[np.diag_indices_from(inner)] += self._left
        self._inner = cho_factor(inner, lower=True, overwrite_a=True, check_finite=False)

    def __call__(self, wanted: Floats) -> Floats:
        inner = cho_solve(self._inner, _product(self._by_sample, wanted), check_finite=False)
        solved: Floats = (wanted - _product(self._by_sample, inner, transpose_a=True)) / self._left
        return solved


def _dots(one: Floats, other: Floats) -> Floats:
    """The product of each column with its neighbour."""
    products: Floats = np.einsum("ij,ij->j", one, other)
    # A column that is solved stays as it is.
    return np.maximum(products, np.float32(1e-30))


def _product(one: Any, other: Any, **mirrored: bool) -> Floats:
    """The product of two large matrices."""
    from tensorflow import linalg

    product: Floats = linalg.matmul(one, other, **mirrored).numpy()
    return product
