"""What a training phrase teaches is reckoned as if the others had been trained without it; danger is never thinned."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest

from scripts import thin
from scripts.settings import Trouble
from understanding.sentence_vectors import Floats
from understanding.topics import ALPHA, GAMMA


def phrases(count: int, topics: int = 3) -> tuple[Floats, list[str]]:
    """Phrases around the middle of a topic each."""
    random = np.random.default_rng(7)
    named = [f"topic {number % topics}" for number in range(count)]
    middles = random.normal(size=(topics, 12))
    features = np.array([middles[number % topics] + 0.7 * random.normal(size=12) for number in range(count)])
    return (features / np.linalg.norm(features, axis=1, keepdims=True)).astype(np.float32), named


def wrong_of(phrase: int, features: Floats, topics: list[str]) -> float:
    """What a regression that has really not seen a phrase gets wrong of it, squared."""
    names = sorted(set(topics))
    others = [number for number in range(len(topics)) if number != phrase]
    apart = ((features[:, None, :].astype(float) - features[None]) ** 2).sum(axis=2)
    close = np.exp(-GAMMA * apart)
    wanted = np.array([[float(topic == name) for name in names] for topic in topics])
    weights = np.linalg.solve(close[np.ix_(others, others)] + ALPHA * np.eye(len(others)), wanted[others])
    heavy = np.array([thin.HEAVY.get(name, 1.0) for name in names])
    return float((((wanted[phrase] - close[phrase, others] @ weights) ** 2) * heavy).sum())


def test_worth_is_what_a_training_without_the_phrase_gets_wrong():
    features, topics = phrases(40)
    topics = [topic.replace("topic 2", "emergency") for topic in topics]
    worth = thin.Worth(features, topics).of_each()
    assert worth == pytest.approx([wrong_of(number, features, topics) for number in range(40)], rel=1e-3, abs=1e-4)


def test_what_is_left_is_judged_as_if_the_others_had_never_been_there(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(thin, "BLOCK", 16)  # several blocks, the last of them not full
    features, topics = phrases(40)
    worth = thin.Worth(features, topics)
    worth.take_out(np.array([3, 17, 20]))
    worth.take_out(np.array([39]))
    left = [number for number in range(40) if number not in (3, 17, 20, 39)]
    alone = thin.Worth(features[left], [topics[number] for number in left]).of_each()
    assert worth.of_each()[left] == pytest.approx(alone, rel=1e-3, abs=1e-4)
    assert np.isinf(worth.of_each()[[3, 17, 20, 39]]).all()


def test_of_twins_one_goes_and_one_stays(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(thin, "LEAST", 0)
    features, topics = phrases(30)
    twins = np.zeros((2, 12), np.float32)
    twins[:, 0] = 3.0, 3.01
    features, topics = np.vstack([features, twins]), [*topics, "alone", "alone"]
    assert len({30, 31} & set(thin.teaching_least(features, topics, 8))) == 1


def test_danger_and_distress_are_never_thinned():
    features, topics = phrases(300)
    topics = [topic.replace("topic 0", "emergency").replace("topic 1", "distress") for topic in topics]
    going = thin.teaching_least(features, topics, 300)
    assert going
    assert {topics[number] for number in going} == {"topic 2"}


def test_what_shall_stay_stays():
    features, topics = phrases(150)
    first = thin.teaching_least(features, topics, 10)
    assert not set(first) & set(thin.teaching_least(features, topics, 40, first))


def test_every_topic_keeps_enough():
    features, topics = phrases(120)
    going = thin.teaching_least(features, topics, 120)
    assert sorted(set(going)) == sorted(going)
    assert len(topics) - len(going) == 3 * thin.LEAST


def test_only_the_lines_of_the_phrases_leave_the_file(tmp_path: Path):
    file = tmp_path / "service.yml"
    before = (
        'version: "3.1"\n\n# A wish.\nnlu:\n- intent: help\n  examples: |\n    - help me\n    - what: can you do\n\n'
        "- intent: stop\n  examples: |\n    - stop\n    - help me please\n"
    )
    file.write_text(before)
    assert thin.without(file, {"help me", "what: can you do", "stop it"}) == 2
    assert file.read_text() == before.replace("    - help me\n", "").replace("    - what: can you do\n", "")


def test_a_model_of_other_phrases_is_not_judged(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(thin, "ingredients", lambda: {"data/nlu/en/service.yml": "changed"})
    monkeypatch.setattr(sys, "argv", ["thin", "--keep", "10"])
    with pytest.raises(Trouble, match="make train"):
        thin.main()
