"""The safety gate catches emergencies and self-harm in a frightened person's words, and no look-alikes."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import pytest
import yaml

from understanding.emergency import EmergencyGate

ROOT = Path(__file__).parents[1]
LANGUAGES = ("en", "it")
LONG_WORD = re.compile(r"[^\W\d_]{5,}")


@pytest.fixture(scope="module")
def gate() -> EmergencyGate:
    return EmergencyGate.load(ROOT / "lexicon")


def cases(language: str) -> dict[str, Any]:
    text = (ROOT / "tests" / "emergency" / f"{language}.yml").read_text(encoding="utf-8")
    return cast(dict[str, Any], yaml.safe_load(text))


def emergencies() -> Iterator[tuple[str, str, str]]:
    for language in LANGUAGES:
        for kind, messages in cases(language)["emergencies"].items():
            for message in messages:
                yield language, kind, message


def look_alikes() -> Iterator[str]:
    for language in LANGUAGES:
        yield from cases(language)["no_emergencies"]


def badly_typed(message: str) -> Iterator[str]:
    """The message with one letter of one long word left out, swapped with the next, or typed twice."""
    for word in LONG_WORD.finditer(message):
        letters = word.group()
        for at in range(len(letters) - 1):
            before, one, other, after = letters[:at], letters[at], letters[at + 1], letters[at + 2 :]
            for typed in (
                before + other + after,
                before + other + one + after,
                before + one + one + other + after,
            ):
                if typed != letters:
                    yield message[: word.start()] + typed + message[word.end() :]


@pytest.mark.parametrize(("language", "kind", "message"), emergencies())
def test_emergency_is_caught(gate: EmergencyGate, language: str, kind: str, message: str) -> None:
    """Danger is caught, and told apart: an illness or accident, or self-harm."""
    found = gate.read(message)
    assert found is not None
    assert found.kind == kind


@pytest.mark.parametrize("message", look_alikes())
def test_look_alike_is_no_emergency(gate: EmergencyGate, message: str) -> None:
    """Questions about facts, the past, denials, conditions and figures of speech raise no alarm."""
    assert gate.read(message) is None


@pytest.mark.parametrize("language", LANGUAGES)
def test_typing_errors_hide_nothing(gate: EmergencyGate, language: str) -> None:
    """Nine in ten emergencies are still caught with a typing error in a long word."""
    messages = [message for of, _, message in emergencies() if of == language]
    typed = [wrong for message in messages for wrong in badly_typed(message)]
    missed = [wrong for wrong in typed if gate.read(wrong) is None]
    assert len(missed) <= len(typed) / 10, missed[:20]


@pytest.mark.parametrize(("language", "message"), [("en", "I can't breathe"), ("it", "non riesco a respirare")])
def test_language_and_sign_are_named(gate: EmergencyGate, language: str, message: str) -> None:
    """What is found names the language of the words and the sign, and never holds the words themselves."""
    found = gate.read(message)
    assert found is not None
    assert (found.language, found.trigger) == (language, "cannot_breathe")


def test_self_harm_goes_first(gate: EmergencyGate) -> None:
    """A message with both an illness and self-harm is one of self-harm."""
    found = gate.read("My chest hurts. I want to die.")
    assert found is not None
    assert found.kind == "self_harm"


@pytest.mark.parametrize("filling", ["I had a heart attack in 2015. ", "is chest pain a side effect and "])
def test_long_message_hides_nothing(gate: EmergencyGate, filling: str) -> None:
    """A sign is found in the middle of a very long message, with or without full stops."""
    assert gate.read(filling * 60) is None
    assert gate.read(filling * 30 + "please help me I can't breathe " + filling * 30) is not None


@pytest.mark.parametrize("message", ["", "   ", "?!", "...", "🙂", "\n\n", "'", "12,5", "чай"])
def test_message_without_words_is_no_emergency(gate: EmergencyGate, message: str) -> None:
    """A message without words of the lexicon is no emergency, and no error."""
    assert gate.read(message) is None


@pytest.mark.parametrize("language", LANGUAGES)
def test_patterns_name_only_word_classes_that_exist(language: str) -> None:
    """Every word class that a pattern of the lexicon names has its words."""
    lexicon = yaml.load((ROOT / "lexicon" / language / "emergency.yml").read_text("utf-8"), yaml.BaseLoader)
    said = [line for sign in lexicon["signs"].values() for line in sign["said"]]
    around = [line for lines in lexicon["frames"].values() for line in lines]
    named = {word for line in said + around + lexicon["figures_of_speech"] for word in line.split()}
    assert {word for word in named if word.isupper()} <= set(lexicon["words"])


def test_a_sign_that_is_explained_is_seen(gate: EmergencyGate) -> None:
    """The gate can tell a danger that is denied or past from none at all."""
    for message in ("I don't feel suicidal", "was chest pain a side effect?"):
        assert gate.read(message) is None
        assert gate.sees_a_sign(message)
    assert not gate.sees_a_sign("what was the dose")
