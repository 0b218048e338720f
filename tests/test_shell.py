"""Talking to the assistant in the terminal."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from typing import Any

import pytest

from scripts import shell
from scripts.settings import HOME
from scripts.shell import Screen, how_understood
from tests.conftest import Assistant, ports_of

REPLY: list[dict[str, Any]] = [
    {
        "text": "A first sentence that goes on for a while.\nAnd a second.",
        "buttons": [
            {"title": "What was the dose?", "payload": "/dose"},
            {"title": "2", "payload": "/two"},
            {"title": "Who could join?", "payload": "/eligibility"},
        ],
    },
    {"custom": {"kind": "answer", "topic": "dose", "sources": ["registry"], "also": [{"topic": "results"}]}},
]


def test_a_reply_is_wrapped_and_its_buttons_are_numbered() -> None:
    """Text keeps to the width, buttons have numbers, and no raw JSON is shown."""
    shown = Screen(width=24).show(REPLY)
    assert shown.splitlines() == [
        "A first sentence that",
        "goes on for a while.",
        "And a second.",
        "  1  What was the dose?",
        "  2  2",
        "  3  Who could join?",
    ]


def test_a_number_is_an_answer_where_one_is_asked_for() -> None:
    """“2” answers a question for a number; its buttons are picked by letters."""
    screen = Screen()
    reply = {"text": "How many?", "buttons": [{"title": "None", "payload": "None"}, {"title": "1", "payload": "1"}]}
    shown = screen.show([reply, {"custom": {"question": {"key": "metastases_removed", "input": "integer"}}}])
    assert "  b  1" in shown
    assert screen.picked("2") == "2"
    assert screen.picked("a") == "None"


@pytest.mark.parametrize(
    ("typed", "sent"),
    [
        ("1", "/dose"),
        ("3", "/eligibility"),
        ("who could join?", "/eligibility"),
        # A button that is itself a number goes before the number of a button.
        ("2", "/two"),
        ("4", "4"),
        ("0", "0"),
        ("²", "²"),
        ("how long was it?", "how long was it?"),
    ],
)
def test_buttons_are_picked_by_number_or_words(typed: str, sent: str) -> None:
    """The number or the words of a button send what it stands for; anything else is a message."""
    screen = Screen()
    screen.show(REPLY)
    assert screen.picked(typed) == sent


def test_buttons_are_those_of_the_last_reply() -> None:
    """A reply without buttons leaves none to be picked."""
    screen = Screen()
    screen.show(REPLY)
    screen.show([{"text": "Goodbye."}])
    assert screen.picked("1") == "1"


def test_no_reply_is_said() -> None:
    """Silence is told as such."""
    assert Screen().show([]) == "(no answer)"


def test_one_line_tells_how_a_turn_was_understood() -> None:
    """Topic, confidence, entities, sources and time stand in one line."""
    parsed = {
        "intent": {"name": "dose", "confidence": 0.934},
        "entities": [{"entity": "drug", "value": "sorafenib"}],
    }
    assert (
        how_understood(parsed, REPLY, 0.0462)
        == "· dose 0.93 · drug=sorafenib · answer dose · sources: registry · also: results · 46 ms"
    )


def test_a_script_is_shown_as_a_conversation(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """What comes through a pipe is shown as if it were typed."""
    monkeypatch.setattr("sys.stdin", io.StringIO("hello\nbye"))
    assert [line.strip() for line in shell.typed_lines()] == ["hello", "bye"]
    assert capsys.readouterr().out == "you> hello\nyou> bye\n"


def test_a_scripted_conversation(assistant: Assistant) -> None:
    """A conversation can be piped in: it is answered as by REST, /quit ends it, and nothing is stored."""
    before = assistant.settings.conversations.stat().st_mtime_ns
    done = subprocess.run(
        [sys.executable, "-m", "scripts.shell", "--debug"],
        cwd=HOME,
        env={**os.environ, **ports_of(assistant.settings)},
        input="hello\n1\n\n/quit\nnever said\n",
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "you> hello" in done.stdout
    assert "you> 1" in done.stdout
    assert "· greet 1.00" in done.stdout
    assert "  1  " in done.stdout
    assert "never said" not in done.stdout.split("/quit")[0]
    assert '{"' not in done.stdout
    assert "Warning" not in done.stderr
    assert assistant.settings.conversations.stat().st_mtime_ns == before
