"""Conversations are kept for a while, and forgotten when somebody asks or nobody goes on."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path

import pytest
import yaml
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, Restarted, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from actions.trial import trial
from conversations.store import ForgettingTrackerStore

CANARY = "canary-7f3a"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "private" / "conversations.db"


def store(file: Path, keep_hours: float = 24) -> ForgettingTrackerStore:
    """A store in a file."""
    return ForgettingTrackerStore(domain=Domain.empty(), dialect="sqlite", db=str(file), keep_hours=keep_hours)


def said(sender: str, text: str, ago: float = 0) -> DialogueStateTracker:
    """A conversation in which one thing was said, some seconds ago."""
    tracker = DialogueStateTracker(sender, [])
    tracker.update(ActionExecuted("action_listen", timestamp=time.time() - ago - 1))
    tracker.update(UserUttered(text, timestamp=time.time() - ago))
    return tracker


def test_a_conversation_is_kept(file: Path) -> None:
    """What was said is there after a new start."""
    asyncio.run(store(file).save(said("one", CANARY)))
    tracker = asyncio.run(store(file).retrieve("one"))
    assert tracker is not None
    assert tracker.latest_message.text == CANARY


def test_a_restart_forgets(file: Path) -> None:
    """After a restart nothing of the conversation is in the file any more; others stay."""
    keeper = store(file)
    tracker = said("one", CANARY)
    asyncio.run(keeper.save(tracker))
    asyncio.run(keeper.save(said("two", "another")))
    tracker.update(Restarted())
    asyncio.run(keeper.save(tracker))
    assert asyncio.run(keeper.retrieve("one")) is None
    assert asyncio.run(keeper.retrieve("two")) is not None
    keeper.engine.dispose()
    assert CANARY.encode() not in file.read_bytes()


def test_silence_forgets(file: Path) -> None:
    """At a start conversations are erased that nobody has gone on with for the time that is set."""
    asyncio.run(store(file).save(said("old", CANARY, ago=2 * 3600)))
    asyncio.run(store(file).save(said("new", "hello")))
    keeper = store(file, keep_hours=1)
    assert asyncio.run(keeper.retrieve("old")) is None
    assert asyncio.run(keeper.retrieve("new")) is not None
    keeper.engine.dispose()
    assert CANARY.encode() not in file.read_bytes()


def test_the_folder_is_private(file: Path) -> None:
    """Only its owner may look into the folder of the conversations."""
    store(file)
    assert file.parent.stat().st_mode & 0o077 == 0


def test_what_is_said_about_privacy_is_so() -> None:
    """The hours that people are told are those that are set."""
    endpoints = yaml.safe_load((Path(__file__).resolve().parent.parent / "endpoints.yml").read_text(encoding="utf-8"))
    assert endpoints["tracker_store"]["keep_hours"] == trial().facts["chat"]["kept"]["number"]
