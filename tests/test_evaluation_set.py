"""The evaluation set stays apart from what the assistant is taught."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml
from rapidfuzz import fuzz, process

PROJECT = Path(__file__).resolve().parent.parent
LANGUAGES = [path.name for path in (PROJECT / "tests" / "evaluation").iterdir() if path.is_dir()]
#: Similarity, 0 to 100, from which two messages are the same but for a letter or a small word.
SAME = 90
#: Messages of fewer words (“side effects?”) are alike by chance; they only must not be equal.
SHORT = 4


def plain(text: str) -> str:
    """A message without case and punctuation."""
    return " ".join(re.sub(r"[^\w ]", "", text.lower().replace("’", "'")).split())


def taught(language: str) -> list[str]:
    """All training phrases of a language."""
    files = (PROJECT / "data" / "nlu" / language).glob("*.yml")
    blocks = [block for path in files for block in yaml.safe_load(path.read_text(encoding="utf-8"))["nlu"]]
    return [plain(line[2:]) for block in blocks for line in block["examples"].strip().split("\n")]


def asked(language: str) -> list[str]:
    """All messages of the evaluation set of a language."""
    files = (PROJECT / "tests" / "evaluation" / language).glob("*.yml")
    return [plain(case["say"]) for path in files for case in yaml.safe_load(path.read_text(encoding="utf-8"))]


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_training_phrase_stands_in_the_evaluation_set(language: str) -> None:
    """What is evaluated was never taught, not even with a letter changed."""
    phrases, messages = taught(language), [message for message in asked(language) if message]
    assert not {phrase for phrase in phrases if phrase} & set(messages)
    long_messages = [message for message in messages if len(message.split()) >= SHORT]
    similar = process.cdist(phrases, long_messages, scorer=fuzz.ratio, score_cutoff=SAME, workers=-1)
    pairs = [(phrases[row], long_messages[column]) for row, column in zip(*similar.nonzero(), strict=True)]
    assert not pairs


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_evaluation_set_is_large_and_many_sided(language: str) -> None:
    """It has at least 400 messages, with off-topic ones, emergencies and look-alikes among them."""
    assert len(asked(language)) >= 400
    names = {path.stem for path in (PROJECT / "tests" / "evaluation" / language).glob("*.yml")}
    assert {"off_topic", "emergencies", "look_alikes", "topics", "criteria"} <= names
