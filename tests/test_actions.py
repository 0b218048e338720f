"""Rasa's actions read the tracker, ask the answerer and say the reply."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from pkgutil import walk_packages
from typing import Any

import pytest
from rasa_sdk import Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

import actions
from actions.actions import ActionAnswer, answerer
from actions.answering import Asked, Talk
from actions.replies import Button, Reply
from actions.speaking import LANGUAGE, TALK, language_of, say, turn_of
from scripts.settings import HOME
from understanding.places import Place


@pytest.fixture(autouse=True)
def counts(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str]]:
    """What is counted, which is stored nowhere here."""
    found: list[tuple[str, str]] = []
    monkeypatch.setattr("actions.counts._count", lambda what, key: found.append((what, key)))
    monkeypatch.setattr("actions.counts._beside", AtOnce())
    return found


class AtOnce:
    """Does at once what is to be done beside."""

    def submit(self, what: Any, *arguments: Any) -> None:
        """Does it."""
        what(*arguments)


def tracker(message: dict[str, Any] | None = None, **slots: Any) -> Tracker:
    return Tracker("someone", slots, message or {}, [], False, None, {}, "action_listen")


def run(message: dict[str, Any], **slots: Any) -> tuple[dict[str, Any], list[Any]]:
    """What the action says to a message, and its events."""
    dispatcher = CollectingDispatcher()
    events = asyncio.run(ActionAnswer().run(dispatcher, tracker(message, **slots), {}))
    (reply,) = dispatcher.messages
    return reply, list(events)


def understood(*questions: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {
        "text": "…",
        "intent": {"name": questions[0]["topic"]},
        "entities": [],
        "questions": list(questions),
        **more,
    }


def test_name() -> None:
    """The action has the name that the domain calls it by."""
    assert ActionAnswer().name() == "action_answer"


def test_one_reply_with_one_object() -> None:
    """A turn has one reply: a text, buttons and the object that tells what it is."""
    reply, _ = run(understood({"topic": "dose"}))
    assert "400 mg" in reply["text"]
    assert reply["custom"] == {
        "kind": "answer",
        "language": "en",
        "topic": "dose",
        "sources": ["registry", "publication"],
    }
    assert reply["buttons"][0] == {"title": "How long was it taken?", "payload": "/duration"}


def test_what_was_talked_about_is_kept() -> None:
    """The slot remembers the question, as plain data, and the next turn leans on it."""
    _, events = run(understood({"topic": "purpose"}))
    assert events == [SlotSet(TALK, Talk(Asked("purpose")).as_dict())]
    reply, _ = run(understood({"topic": "why"}), talk=events[0]["value"])
    assert reply["custom"]["topic"] == "purpose"


def test_questions_of_a_turn() -> None:
    """Everything that was understood of the message becomes the turn."""
    turn = turn_of(
        understood(
            {"topic": "sites", "concepts": ["a"], "place": {"name": "Lecce", "country": "IT"}},
            {"topic": "dose"},
            closest=["arms"],
            follows_on=True,
            points_back=True,
        )
    )
    assert turn.questions == (Asked("sites", concepts=("a",), place=Place("Lecce", "IT")), Asked("dose"))
    assert (turn.closest, turn.follows_on, turn.points_back) == (("arms",), True, True)


@pytest.mark.parametrize(
    ("entities", "criterion"),
    [
        ([{"entity": "criterion", "value": "I14"}], "I14"),
        ([{"entity": "criterion", "value": "XXX"}], None),
        ([{"entity": "criterion", "value": ["I14"]}], None),
        ([{"entity": "criterion", "value": {"a": 1}}], None),
        ([{"entity": "criterion", "value": 7}], None),
        ([{"entity": "other", "value": "I14"}], None),
        ([], None),
    ],
)
def test_a_button(entities: list[dict[str, Any]], criterion: str | None) -> None:
    """A button brings an intent and, if it names a rule that exists, the rule; a forged one is ignored."""
    turn = turn_of({"intent": {"name": "criterion"}, "entities": entities})
    assert turn.questions == (Asked("criterion", criterion),)


@pytest.mark.parametrize(
    "message",
    [
        {},
        {"intent": None, "entities": None},
        {"intent": {"name": None}, "entities": []},
        {"intent": {"name": "nonsense"}, "entities": []},
        {"intent": {"name": "nlu_fallback"}, "entities": []},
    ],
)
def test_nothing_to_go_by(message: dict[str, Any]) -> None:
    """A message without questions or a known intent is not understood: that is said, kindly."""
    reply, _ = run(message)
    assert reply["custom"] == {"kind": "unclear", "language": "en"}
    assert reply["text"]


def test_what_is_not_understood_is_counted(counts: list[tuple[str, str]]) -> None:
    """It is counted with the likeliest topic only; what is understood is not."""
    run(understood({"topic": "dose"}))
    assert counts == []
    run({**understood({"topic": "unclear"}, closest=["arms", "dose"]), "text": "my secret words"})
    assert counts == [("unclear", "arms")]


@pytest.mark.parametrize(("slot", "language"), [("en", "en"), (None, "en"), ("xx", "en"), (["en"], "en"), (7, "en")])
def test_language(slot: Any, language: str) -> None:
    """The language is the one that was chosen; a forged one is not believed."""
    assert language_of(tracker(**{LANGUAGE: slot})) == language


def test_an_answerer_is_made_once() -> None:
    """The answerer of a language is made once."""
    assert answerer("en") is answerer("en")


def test_said() -> None:
    """A reply is said in one message: text, buttons and object."""
    dispatcher = CollectingDispatcher()
    say(dispatcher, Reply("service", "Hello.", "en", buttons=(Button("Help", "/help"),)))
    (message,) = dispatcher.messages
    assert message["text"] == "Hello."
    assert message["buttons"] == [{"title": "Help", "payload": "/help"}]
    assert message["custom"] == {"kind": "service", "language": "en"}


def test_the_action_server_is_light() -> None:
    """The actions load no library of understanding, and none of the records until one is stored: the action server
    starts at once, and takes a tenth of Rasa's memory.
    """
    heavy = ("rasa", "tensorflow", "spacy", "numpy", "sqlalchemy", "django")
    every = [module.name for module in walk_packages(actions.__path__, "actions.") if "__main__" not in module.name]
    code = f"import sys, {', '.join(every)}; print([name for name in {heavy} if name in sys.modules])"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=HOME)
    assert found.stdout.strip() == "[]"
