"""Short replies are read word for word; a reply tells what it is."""

from __future__ import annotations

from pathlib import Path

import pytest

from actions.replies import Button, Reply
from understanding.replies import ReplyReader

LEXICON = Path(__file__).resolve().parent.parent / "lexicon"


@pytest.fixture(scope="module")
def replies() -> ReplyReader:
    """The reader of English replies."""
    return ReplyReader.load(LEXICON, "en")


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("yes", "affirm"),
        ("Yes.", "affirm"),
        ("YES PLEASE!", "affirm"),
        ("no, thank you", "deny"),
        ("I don’t know", "dont_know"),
        ("Stop!!", "stop"),
        ("go back", "go_back"),
        ("carry on please", "resume"),
        ("why?", "why"),
        ("thanks", "thanks"),
        ("hello 🙂", "greet"),
        ("?", "help"),
        ("well, er, maybe", "dont_know"),
    ],
)
def test_read(replies: ReplyReader, text: str, intent: str) -> None:
    """A short reply is known whatever its marks, capitals and polite words."""
    assert replies.read(text) == intent


@pytest.mark.parametrize(
    "text",
    [
        "why was it stopped",
        "no placebo was given",
        "yes, but what was the dose",
        "please",
        "",
        "   ",
        "!!",
        "🙂",
    ],
)
def test_more_than_a_reply(replies: ReplyReader, text: str) -> None:
    """A message that says more than a short reply, or nothing, is left to the reader of questions."""
    assert replies.read(text) is None


def test_a_phrase_of_two_intents_is_refused() -> None:
    """A phrase under two intents is refused with both of them."""
    with pytest.raises(ValueError, match=r"“OK!” stands under affirm and under thanks"):
        ReplyReader({"polite": [], "affirm": ["ok"], "thanks": ["OK!"]})


# What a reply carries


def test_custom_of_an_answer() -> None:
    """An answer carries its topic and its sources; its buttons and text are beside the object, not in it."""
    reply = Reply("answer", "400 mg", "en", "dose", ("registry",), buttons=(Button("Why?", "/why"),))
    assert reply.custom() == {"kind": "answer", "language": "en", "topic": "dose", "sources": ["registry"]}


def test_custom_of_a_rule() -> None:
    """An answer about one entry rule names the rule."""
    assert Reply("answer", "x", "en", "criterion", ("registry",), "I14").custom()["criterion"] == "I14"


def test_custom_where_the_sources_are_silent() -> None:
    """What the sources do not say has a topic and no sources."""
    assert Reply("not_in_sources", "x", "en", "cost", ("registry",)).custom() == {
        "kind": "not_in_sources",
        "language": "en",
        "topic": "cost",
    }


@pytest.mark.parametrize("kind", ["emergency", "medical_advice", "out_of_scope", "unclear", "service", "smalltalk"])
def test_custom_of_everything_else(kind: str) -> None:
    """Other replies carry their kind and language only."""
    assert Reply(kind, "x", "it", "some_topic", ("background",)).custom() == {"kind": kind, "language": "it"}


def test_custom_of_several_answers() -> None:
    """Further questions answered in the same reply are named beside the first."""
    reply = Reply("answer", "x", "en", "dose", ("registry",), also=({"kind": "answer", "topic": "duration"},))
    assert reply.custom()["also"] == [{"kind": "answer", "topic": "duration"}]
