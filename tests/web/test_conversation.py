"""A turn that gets no reply is not kept, and can be sent again; erasing reaches everything that Rasa holds."""

from __future__ import annotations

import asyncio
import logging
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from rasa.core.channels.channel import UserMessage
from rasa.core.lock_store import InMemoryLockStore
from rasa.core.tracker_store import FailSafeTrackerStore, InMemoryTrackerStore
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import BotUttered, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from conversations.store import ForgettingTrackerStore
from web.conversation import Conversations
from web.refusals import Refusal
from web.visitors import SENDER

VISITOR = "v" * 32
CANARY = "canary-51d0"


class Processor:
    """Stands in for Rasa's: hears a message, and replies, is silent, is slow, or fails.

    Attributes:
        does: which of these.
        heard: how many messages it was given.
    """

    def __init__(self, store: ForgettingTrackerStore) -> None:
        self.does = "reply"
        self.heard = 0
        self._store = store

    async def log_message(self, message: UserMessage, should_save_tracker: bool) -> DialogueStateTracker:
        """Hears a message."""
        assert not should_save_tracker
        self.heard += 1
        tracker = await self._store.retrieve(message.sender_id) or DialogueStateTracker(message.sender_id, [])
        tracker.update(UserUttered(message.text, message_id=message.message_id))
        return tracker

    async def run_action_extract_slots(self, channel: Any, tracker: DialogueStateTracker) -> DialogueStateTracker:
        """Finds no slots."""
        return tracker

    async def _run_prediction_loop(self, channel: Any, tracker: DialogueStateTracker) -> None:
        if self.does == "fail":
            raise ConnectionError(f"the action server is gone, and so is {CANARY}")
        if self.does == "wait":
            await asyncio.sleep(30)
        if self.does == "reply":
            tracker.update(BotUttered("Yes."))
            await channel.send_text_message(tracker.sender_id, "Yes.")


@pytest.fixture
def agent(tmp_path: Path) -> Any:
    """Something like Rasa's agent, with the real store."""
    store = ForgettingTrackerStore(domain=Domain.empty(), dialect="sqlite", db=str(tmp_path / "conversations.db"))
    wrapped = FailSafeTrackerStore(store)
    return SimpleNamespace(tracker_store=wrapped, lock_store=InMemoryLockStore(), processor=Processor(store))


def said(agent: Any, id: str = "a", patience: float = 0.3) -> list[str]:
    """Says something; what the conversation then holds."""
    conversations = Conversations(patience)

    async def turn() -> list[str]:
        async with conversations.alone(VISITOR):
            conversation = await conversations.say(agent, VISITOR, id, CANARY, "page")
        return [message["text"] for message in conversation.said]

    return asyncio.run(turn())


def kept(agent: Any) -> list[str]:
    """What the store holds."""
    return [message["text"] for message in asyncio.run(Conversations().read(agent, VISITOR)).said]


@pytest.mark.parametrize("trouble", ["fail", "wait", "nothing"])
def test_without_a_reply_nothing_is_kept(agent: Any, trouble: str, caplog: pytest.LogCaptureFixture) -> None:
    """If the action server fails, is too slow, or says nothing, it is told so, and the same can be sent again."""
    agent.processor.does = trouble
    with caplog.at_level(logging.ERROR), pytest.raises(Refusal, match="unavailable") as raised:
        said(agent)
    assert raised.value.status == 503
    assert kept(agent) == []
    assert agent.lock_store.conversation_locks == {}
    assert CANARY not in " ".join(record.getMessage() for record in caplog.records)
    agent.processor.does = "reply"
    assert said(agent) == kept(agent) == [CANARY, "Yes."]


def test_a_store_that_fails_is_told(agent: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """A conversation that cannot be read or kept is refused, and not quietly begun anew."""

    async def broken(*_: Any) -> None:
        raise OSError("disk full")

    said(agent, "a")
    monkeypatch.setattr(ForgettingTrackerStore, "save", broken)
    with pytest.raises(Refusal, match="unavailable"):
        said(agent, "b")
    monkeypatch.setattr(ForgettingTrackerStore, "retrieve_full_tracker", broken)
    with pytest.raises(Refusal, match="unavailable"):
        kept(agent)


def test_turns_wait_for_one_another(agent: Any) -> None:
    """While one turn is going on the next waits, and gives up in time."""
    conversations = Conversations(patience=0.1)

    async def both() -> None:
        async with conversations.alone(VISITOR):
            async with conversations.alone("another"):
                pass
            with pytest.raises(Refusal, match="unavailable"):
                async with conversations.alone(VISITOR):
                    pass
        async with conversations.alone(VISITOR):
            pass

    asyncio.run(both())
    assert len(conversations._locks) == 0


def test_erasing_reaches_all_that_rasa_holds(agent: Any, tmp_path: Path) -> None:
    """What is erased is in no store, not in the one that Rasa falls back to, and in no file; others stay."""
    said(agent)
    fallback = agent.tracker_store.fallback_tracker_store
    assert isinstance(fallback, InMemoryTrackerStore)
    asyncio.run(fallback.save(DialogueStateTracker(SENDER + VISITOR, [])))
    asyncio.run(fallback.save(DialogueStateTracker("page-another", [])))
    asyncio.run(Conversations().forget(agent, VISITOR))
    assert kept(agent) == []
    assert list(fallback.store) == ["page-another"]
    assert not any(CANARY.encode() in file.read_bytes() for file in tmp_path.rglob("*") if file.is_file())


def test_what_was_answered_is_known(agent: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was answered is known by its id, also to a new server and to one that has forgotten; else it is new."""
    monkeypatch.setattr("web.conversation.REMEMBERED", 1)
    conversations = Conversations()

    async def course() -> None:
        for id in ("a", "b"):
            assert await conversations.answered(agent, VISITOR, id) is None
            await conversations.say(agent, VISITOR, id, CANARY, "page")
        for knowing in (conversations, Conversations()):
            for id in ("b", "a"):
                before = await knowing.answered(agent, VISITOR, id)
                assert before is not None
                assert [reply["text"] for reply in before.replies(id) or []] == ["Yes."]
            assert await knowing.answered(agent, VISITOR, "c") is None
        await conversations.answered(agent, "w" * 32, "a")
        assert await conversations.answered(agent, VISITOR, "a")
        await conversations.forget(agent, VISITOR)
        assert await conversations.answered(agent, VISITOR, "a") is None

    asyncio.run(course())
    assert agent.processor.heard == 2
