"""Sentence vectors come from the genuine weights, and texts that mean the same lie close together."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from safetensors.numpy import load_file
from scipy.special import erf, softmax
from tokenizers import Tokenizer

from understanding import sentence_vectors
from understanding.sentence_vectors import HEADS, LAYERS, WIDTH, SentenceVectors, WrongWeights, weights_folder

TEXTS = [
    "How much of the drug did they take?",
    "What was the dose?",
    "Where is the nearest hospital?",
    "dose",
    "a " * 400,
]


@pytest.fixture(scope="module")
def vectors() -> SentenceVectors:
    """The vectors, loaded once."""
    return sentence_vectors.shared()


def copied(folder: Path) -> Path:
    shutil.copytree(weights_folder(), folder / "model")
    return folder / "model"


def test_unit_length(vectors: SentenceVectors) -> None:
    """Every vector has length 1, however short or long its text is."""
    found = vectors(TEXTS)
    assert found.shape == (len(TEXTS), WIDTH)
    assert np.linalg.norm(found, axis=1) == pytest.approx(np.ones(len(TEXTS)), abs=1e-5)


def test_alike(vectors: SentenceVectors) -> None:
    """A question asked in other words is nearer than one about something else."""
    dose, again, hospital, *_ = vectors(TEXTS)
    assert dose @ again > dose @ hospital + 0.2


def test_neighbours_do_not_matter(vectors: SentenceVectors) -> None:
    """A text has the same vector alone, among others, in another order and in small batches."""
    together = vectors(TEXTS)
    assert vectors(TEXTS[::-1])[::-1] == pytest.approx(together, abs=1e-6)
    assert vectors(TEXTS, batch=1) == pytest.approx(together, abs=1e-6)
    assert vectors(TEXTS[1:2])[0] == pytest.approx(together[1], abs=1e-6)


def test_many_texts(vectors: SentenceVectors) -> None:
    """So many texts that the cores share them, as in a training, have the vectors that each has alone."""
    many = [f"{text} {number}" for number in range(40) for text in TEXTS[:4]]
    alone = np.concatenate([vectors([text]) for text in many])
    assert vectors(many, batch=64) == pytest.approx(alone, abs=1e-5)


def test_nothing_to_read(vectors: SentenceVectors) -> None:
    """No texts give no vectors; an empty text has one like any other."""
    assert vectors([]).shape == (0, WIDTH)
    assert np.linalg.norm(vectors([""])[0]) == pytest.approx(1, abs=1e-5)


def test_tampered_weights_are_refused(tmp_path: Path) -> None:
    """Weights that differ by a single bit are refused, with what was found, expected and is to be done."""
    folder = copied(tmp_path)
    weights = folder / "model.safetensors"
    weights.chmod(0o600)
    data = bytearray(weights.read_bytes())
    data[-1] ^= 1
    weights.write_bytes(data)
    with pytest.raises(WrongWeights, match=r"not the pinned ones \(SHA-256 \w{64}, expected 53aa5117\w+\)") as refused:
        SentenceVectors.load(folder)
    assert "Remove .venv and run 'make install'." in str(refused.value)


def test_genuine_weights_are_taken(tmp_path: Path, vectors: SentenceVectors) -> None:
    """A faithful copy of the weights is as good as the weights."""
    assert SentenceVectors.load(copied(tmp_path))(TEXTS) == pytest.approx(vectors(TEXTS), abs=1e-6)


def test_missing_weights_are_named(tmp_path: Path) -> None:
    """Without weights the message says so and what to do."""
    with pytest.raises(WrongWeights, match=r"cannot be read.*Run 'make install'"):
        SentenceVectors.load(tmp_path)


def test_missing_package_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the package the message names it and what to do."""
    monkeypatch.setattr(sentence_vectors, "PACKAGE", "no_such_package")
    with pytest.raises(WrongWeights, match=r"no_such_package is not installed\. Run 'make install'"):
        weights_folder()


def test_loaded_once() -> None:
    """The weights are held in memory once."""
    assert sentence_vectors.shared() is sentence_vectors.shared()


def test_as_minilm_is_written(vectors: SentenceVectors) -> None:
    """The vector of a text is what MiniLM's layers come to, worked out step by step in double precision."""
    text = "Did it help people live longer?"
    tokenizer = Tokenizer.from_file(str(weights_folder() / "tokenizer.json"))
    tokenizer.no_padding()
    ids = tokenizer.encode(text).ids
    assert vectors([text])[0] == pytest.approx(step_by_step(ids), abs=1e-5)


def step_by_step(ids: list[int]) -> NDArray[np.float64]:
    """The vector of these word pieces."""
    weights = {
        name: tensor.astype(float)
        for name, tensor in load_file(weights_folder() / "model.safetensors").items()
        if tensor.dtype == np.float32
    }

    def linear(states: NDArray[np.float64], name: str) -> NDArray[np.float64]:
        return states @ weights[f"{name}.weight"].T + weights[f"{name}.bias"]

    def normalise(states: NDArray[np.float64], name: str) -> NDArray[np.float64]:
        apart = (states - states.mean(1, keepdims=True)) / np.sqrt(states.var(1, keepdims=True) + 1e-12)
        return apart * weights[f"{name}.weight"] + weights[f"{name}.bias"]

    def heads(states: NDArray[np.float64], name: str) -> NDArray[np.float64]:
        return linear(states, name).reshape(len(ids), HEADS, -1).transpose(1, 0, 2)

    places = weights["embeddings.position_embeddings.weight"][: len(ids)]
    states = weights["embeddings.word_embeddings.weight"][ids] + places
    states = normalise(states + weights["embeddings.token_type_embeddings.weight"][0], "embeddings.LayerNorm")
    for number in range(LAYERS):
        layer = f"encoder.layer.{number}"
        query, key, value = (heads(states, f"{layer}.attention.self.{part}") for part in ("query", "key", "value"))
        seen = softmax(query @ key.transpose(0, 2, 1) / (WIDTH // HEADS) ** 0.5, axis=-1) @ value
        joined = linear(seen.transpose(1, 0, 2).reshape(len(ids), WIDTH), f"{layer}.attention.output.dense")
        states = normalise(joined + states, f"{layer}.attention.output.LayerNorm")
        wide = linear(states, f"{layer}.intermediate.dense")
        wide *= (1 + erf(wide / 2**0.5)) / 2
        states = normalise(linear(wide, f"{layer}.output.dense") + states, f"{layer}.output.LayerNorm")
    mean = states.mean(axis=0)
    return mean / np.linalg.norm(mean)
