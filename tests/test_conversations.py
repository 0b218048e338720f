"""Conversations, as people have them, with the assistant really running.

They stand in tests/conversations/<language>/*.yml; a nurse can read and add to them. A step is what a person
writes (`user`) and what must hold of the reply; what is left out may be anything:

    kind, topic, criterion   what `custom` says; kind_in lists several kinds, one of which it must be
    sources                  exactly these, in any order
    also                     topics of the further questions answered
    says                     each stands in the text, as whole words; small and capital letters are the same
    never                    none stands in the text

Of every reply, whatever it is: it has a text and one `custom` object, which holds what its kind demands.
"""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml

if TYPE_CHECKING:
    from tests.conftest import Assistant

ROOT = Path(__file__).resolve().parent.parent
FILES = sorted((ROOT / "tests" / "conversations").glob("*/*.yml"))
STEP = {"user", "kind", "kind_in", "topic", "criterion", "sources", "also", "says", "never"}
KINDS = {
    "answer",
    "not_in_sources",
    "medical_advice",
    "emergency",
    "out_of_scope",
    "unclear",
    "question",
    "prescreen_result",
    "service",
    "smalltalk",
}
SOURCES = {"registry", "publication", "background"}
#: What people write that is too long to stand in a file.
LONG = {
    "{1000}": ("lorem ipsum " * 100)[:1000],
    "{1001}": ("lorem ipsum " * 100)[:1001],
    "{padding}": "It is a long story and I shall tell all of it. " * 25,
}

Reply = dict[str, Any]
Say = Callable[[str, str], list[Reply]]


def read(path: Path) -> list[dict[str, Any]]:
    conversations: list[dict[str, Any]] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return [{**conversation, "language": path.parent.name} for conversation in conversations]


CONVERSATIONS = [conversation for path in FILES for conversation in read(path)]


def custom_of(replies: list[Reply]) -> dict[str, Any]:
    """The one `custom` object of a turn, which holds what its kind demands."""
    found = [reply["custom"] for reply in replies if "custom" in reply]
    assert len(found) == 1, f"{len(found)} custom objects: {json.dumps(replies)}"
    custom: dict[str, Any] = found[0]
    kind = custom["kind"]
    assert kind in KINDS
    assert custom["language"] in ("en", "it")
    assert bool(custom.get("topic")) == (kind in ("answer", "not_in_sources")), custom
    if kind == "answer":
        assert custom["sources"], custom
        assert set(custom["sources"]) <= SOURCES
    else:
        assert "sources" not in custom, custom
    if kind == "emergency":
        assert "question" not in custom
        assert not any(reply.get("buttons") for reply in replies), "Nothing else is asked in an emergency."
    return custom


def text_of(replies: list[Reply]) -> str:
    text = "\n\n".join(reply["text"] for reply in replies if reply.get("text"))
    assert text.strip(), f"No text: {json.dumps(replies)}"
    assert not re.search(r"[{}]|None|null", text), text
    return text


def says(text: str, words: str) -> bool:
    """Whether the words stand in the text, whole, with any spaces, in small or capital letters."""
    pattern = r"\s+".join(re.escape(word) for word in str(words).split())
    return re.search(rf"(?<!\w){pattern}(?!\w)", text.replace("’", "'"), flags=re.IGNORECASE) is not None


def check(step: Mapping[str, Any], replies: list[Reply], language: str) -> None:
    """Holds a turn's replies against what its step demands."""
    custom, text = custom_of(replies), text_of(replies)
    shown = f"\n  “{step['user'][:200]}”\n  {custom}\n  {text}"
    assert custom["language"] == language, shown
    for key in ("kind", "topic", "criterion"):
        if key in step:
            assert custom.get(key) == step[key], f"{key} is not {step[key]}:{shown}"
    if "kind_in" in step:
        assert custom["kind"] in step["kind_in"], f"kind is not one of {step['kind_in']}:{shown}"
    if "sources" in step:
        assert set(custom["sources"]) == set(step["sources"]), f"sources are not {step['sources']}:{shown}"
    if "also" in step:
        assert [other.get("topic") for other in custom.get("also", [])] == step["also"], (
            f"also is not {step['also']}:{shown}"
        )
    missing = [words for words in step.get("says", []) if not says(text, words)]
    assert not missing, f"it does not say {missing}:{shown}"
    said = [words for words in step.get("never", []) if says(text, words)]
    assert not said, f"it says {said}:{shown}"


def written(text: str) -> str:
    for name, long in LONG.items():
        text = text.replace(name, long)
    return text


def run(conversation: Mapping[str, Any], say: Say) -> None:
    """Has a conversation, every step of it in turn."""
    sender = uuid.uuid4().hex
    for step in conversation["steps"]:
        check(step, say(written(step["user"]), sender), conversation["language"])


@pytest.mark.parametrize("conversation", CONVERSATIONS, ids=lambda conversation: conversation["name"])
def test_conversation(conversation: dict[str, Any], assistant: Assistant) -> None:
    """The assistant answers as the conversation says."""
    run(conversation, assistant.say)


def test_conversations_are_well_formed() -> None:
    """Every conversation has a name of its own and steps that hold nothing unknown."""
    names = [(conversation["language"], conversation["name"]) for conversation in CONVERSATIONS]
    assert len(names) == len(set(names)), sorted(name for name in set(names) if names.count(name) > 1)
    for conversation in CONVERSATIONS:
        assert set(conversation) == {"name", "steps", "language"}
        assert conversation["steps"], conversation["name"]
        for step in conversation["steps"]:
            assert set(step) <= STEP, f"{conversation['name']}: {set(step) - STEP}"
            assert isinstance(step["user"], str), conversation["name"]
            kinds = {*step.get("kind_in", []), *([step["kind"]] if "kind" in step else [])}
            assert kinds <= KINDS, f"{conversation['name']}: {kinds - KINDS}"


def test_every_topic_has_a_conversation() -> None:
    """Each topic that a reply can name is talked about somewhere."""
    topics = yaml.safe_load((ROOT / "trial" / "topics.yml").read_text(encoding="utf-8"))
    named = {step.get("topic") for conversation in CONVERSATIONS for step in conversation["steps"]}
    missing = [
        name for name, topic in topics.items() if topic["kind"] in ("answer", "not_in_sources") and name not in named
    ]
    assert missing == []


def test_every_rule_has_a_conversation() -> None:
    """Each of the entry rules is asked about somewhere."""
    rules = yaml.safe_load((ROOT / "trial" / "criteria.yml").read_text(encoding="utf-8"))["criteria"]
    named = {step.get("criterion") for conversation in CONVERSATIONS for step in conversation["steps"]}
    assert [rule["id"] for rule in rules if rule["id"] not in named] == []


def test_conversations_are_not_training_phrases() -> None:
    """What people write here is not what the assistant was taught; a greeting or “why?” may be."""
    taught = set()
    for path in (ROOT / "data" / "nlu").glob("*/*.yml"):
        for line in path.read_text(encoding="utf-8").splitlines():
            if line.strip().startswith("- "):
                taught.add(plain(line.strip()[2:]))
    copied = [
        step["user"]
        for conversation in CONVERSATIONS
        for step in conversation["steps"]
        if len(step["user"].split()) > 5 and plain(step["user"]) in taught
    ]
    assert copied == []


def plain(text: str) -> str:
    return " ".join(re.findall(r"\w+", text.lower()))


def test_a_wrong_reply_is_noticed() -> None:
    """A reply with no `custom` or two, without text, without sources, or with the wrong words is refused."""
    good: list[Reply] = [
        {"text": "It was 400 mg."},
        {"custom": {"kind": "answer", "language": "en", "topic": "dose", "sources": ["registry"]}},
    ]
    step = {
        "user": "dose?",
        "kind": "answer",
        "topic": "dose",
        "sources": ["registry"],
        "says": ["400 mg"],
        "never": ["40"],
    }
    check(step, good, "en")
    wrong: list[list[Reply]] = [
        good[:1],
        [*good, good[1]],
        good[1:],
        [good[0], {"custom": {"kind": "answer", "language": "en", "topic": "dose", "sources": []}}],
        [{"text": "It was 40 mg."}, good[1]],
        [{"text": "It was {dose}."}, good[1]],
        [good[0], {"custom": {"kind": "unclear", "language": "en"}}],
    ]
    for replies in wrong:
        with pytest.raises(AssertionError):
            check(step, replies, "en")
