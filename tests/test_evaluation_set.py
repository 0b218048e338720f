"""The evaluation set stays apart from what the assistant is taught."""

from __future__ import annotations

from pathlib import Path

import pytest
from rapidfuzz import fuzz, process

from scripts.evaluate import SETS, bare, cases, taught

PROJECT = Path(__file__).resolve().parent.parent
LANGUAGES = [path.name for path in SETS["plain"].iterdir() if path.is_dir()]
#: Similarity, 0 to 100, from which two messages are the same but for a letter or a small word.
SAME = 93
#: Messages of fewer words (“side effects?”) are alike by chance; they only must not be equal.
SHORT = 4


def asked(language: str, folder: Path = SETS["plain"]) -> list[str]:
    """The messages of an evaluation set in a language that count."""
    return [bare(case.say) for case in cases(language, folder)]


@pytest.mark.parametrize("folder", SETS.values(), ids=list(SETS))
@pytest.mark.parametrize("language", LANGUAGES)
def test_no_training_phrase_stands_in_the_evaluation_set(language: str, folder: Path) -> None:
    """What is evaluated was never taught, not even with a letter changed; the plainest messages do not count."""
    phrases, messages = sorted(taught(language)), [message for message in asked(language, folder) if message]
    assert not set(phrases) & set(messages)
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
