"""Conversations as Rasa keeps them: reading one, saying something in it, erasing it.

Only here is known what is inside Rasa's agent. Three things are done otherwise than in `agent.handle_message`:
a turn that got no reply is not kept, so that the same message can be sent again; trouble with the store is told
and not hidden by a second store in memory; and whoever waits for the turn before does not wait in steps of a second.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections import OrderedDict
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from itertools import pairwise
from typing import Any
from weakref import WeakValueDictionary

from rasa.core.agent import Agent
from rasa.core.channels.channel import CollectingOutputChannel, UserMessage
from rasa.core.tracker_store import FailSafeTrackerStore
from rasa.shared.core.trackers import DialogueStateTracker

from actions.interview.state import State
from actions.trial import trial
from web.pages import texts
from web.refusals import Refusal
from web.state import language_of, prescreening_of, reference_of, state_of
from web.transcript import GUIDE, PERSON, Message, greeting, replies, transcript
from web.visitors import SENDER

logger = logging.getLogger(__name__)

#: Seconds to wait for a reply, the turns before it included; a person waits no longer.
PATIENCE = 20.0
#: The conversations whose message ids are kept at hand.
REMEMBERED = 1000


class Conversation:
    """What the page shows of a conversation; of none at all, if nothing has been said or all of it is erased."""

    def __init__(self, tracker: DialogueStateTracker | None) -> None:
        self._slots: Mapping[str, Any] = tracker.current_slot_values() if tracker else {}
        self.language = language_of(self._slots)
        events = list(tracker.events) if tracker else []
        self._begun = events[0].timestamp if events else time.time()
        #: What was said, without the greeting.
        self.said = transcript(events, self._title)

    @property
    def messages(self) -> list[Message]:
        """What was said, from the guide's first words on."""
        words = texts(self.language)["greeting"]
        buttons = [(self._title(topic), f"/{topic}") for topic in words["topics"]]
        return [greeting(words["text"], buttons, self._begun), *self.said]

    @property
    def state(self) -> dict[str, Any]:
        """Where it stands."""
        return state_of(self._slots, self.said)

    @property
    def prescreening(self) -> State | None:
        """The pre-screening in it, if there is one."""
        return prescreening_of(self._slots)

    @property
    def reference(self) -> str | None:
        """By what its result is found, if it was shared."""
        return reference_of(self._slots)

    def replies(self, id: str) -> list[Message] | None:
        """What the guide said to a message; None if it has not been said, or not answered."""
        return replies(self.said, id)

    @property
    def answered(self) -> set[str]:
        """The ids of the messages that the guide has replied to."""
        return {said["id"] for said, reply in pairwise(self.said) if (said["from"], reply["from"]) == (PERSON, GUIDE)}

    def _title(self, payload: str) -> str:
        topic = payload.lstrip("/").partition("{")[0]
        entry = trial().texts[self.language].answers.get(topic, {})
        return str(entry.get("title") or topic.replace("_", " "))


class Conversations:
    """The conversations of the page, one turn at a time in each."""

    def __init__(self, patience: float = PATIENCE) -> None:
        self._patience = patience
        self._locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
        # The ids of what was answered in the conversations of late, so as not to read all of one at each turn.
        self._answered: OrderedDict[str, set[str]] = OrderedDict()

    @asynccontextmanager
    async def alone(self, visitor: str) -> AsyncIterator[None]:
        """While nobody else reads or changes this conversation.

        Raises:
            Refusal: if the turn before takes too long.
        """
        lock = self._locks.setdefault(visitor, asyncio.Lock())
        try:
            await asyncio.wait_for(lock.acquire(), self._patience)
        except asyncio.TimeoutError:
            raise Refusal("unavailable", 503) from None
        try:
            yield
        finally:
            lock.release()

    async def read(self, agent: Agent, visitor: str) -> Conversation:
        """The conversation so far.

        Raises:
            Refusal: if the store cannot be read.
        """
        with _told("The conversation cannot be read"):
            return Conversation(await _store(agent).retrieve_full_tracker(SENDER + visitor))

    async def answered(self, agent: Agent, visitor: str, id: str) -> Conversation | None:
        """The conversation, if this message has been said before and answered; else None.

        Raises:
            Refusal: if the store cannot be read.
        """
        if visitor in self._answered and id not in self._answered[visitor]:
            return None
        conversation = await self.read(agent, visitor)
        self._answered[visitor] = conversation.answered
        while len(self._answered) > REMEMBERED:
            self._answered.popitem(last=False)
        return conversation if id in self._answered[visitor] else None

    async def say(self, agent: Agent, visitor: str, id: str, text: str, channel: str) -> Conversation:
        """Says something, and gives the conversation with the reply.

        Raises:
            Refusal: if there is no reply, or none in time. Then nothing is kept: the same may be said again.
        """
        collector = CollectingOutputChannel()
        message = UserMessage(text, collector, SENDER + visitor, input_channel=channel, message_id=id)
        with _told("A message got no reply"):
            tracker = await asyncio.wait_for(_turn(agent, message), self._patience)
            if not collector.messages:
                raise Refusal("unavailable", 503)
            # Not to be cut short: what was answered is kept.
            await _store(agent).save(tracker)
            if visitor in self._answered:
                self._answered[visitor].add(id)
                self._answered.move_to_end(visitor)
            return Conversation(tracker)

    async def forget(self, agent: Agent, visitor: str, shared: bool = False) -> None:
        """Erases a conversation, wherever Rasa may have it; where it is wished, also what was shared from it.

        Raises:
            Refusal: if the store cannot be changed.
        """
        sender = SENDER + visitor
        self._answered.pop(visitor, None)
        with _told("A conversation cannot be erased"):
            if shared:
                await asyncio.to_thread(_erase_shared, sender)
            await _store(agent).delete(sender)
            in_memory = getattr(agent.tracker_store, "_fallback_tracker_store", None)
            if in_memory is not None:
                in_memory.store.pop(sender, None)
            agent.lock_store.delete_lock(sender)


async def _turn(agent: Agent, message: UserMessage) -> DialogueStateTracker:
    """What `processor.handle_message` does, but for keeping it."""
    processor = agent.processor
    assert processor
    async with agent.lock_store.lock(message.sender_id):
        tracker = await processor.log_message(message, should_save_tracker=False)
        tracker = await processor.run_action_extract_slots(message.output_channel, tracker)
        await processor._run_prediction_loop(message.output_channel, tracker)
    return tracker


def _erase_shared(sender: str) -> None:
    """Erases what was shared from a conversation; Django is loaded only where somebody wants that."""
    from records.erasing import erase_conversation

    erase_conversation(sender, "person")


def _store(agent: Agent) -> Any:
    """The store itself, without Rasa's wrapper, which would hide that it fails."""
    store = agent.tracker_store
    return store._tracker_store if isinstance(store, FailSafeTrackerStore) else store


class _told:
    """Turns whatever goes wrong into a refusal; the log says what it was, and quotes nobody."""

    def __init__(self, what: str) -> None:
        self._what = what

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: Any) -> None:
        if error is None or isinstance(error, Refusal) or not isinstance(error, Exception):
            return
        logger.error(self._what, exc_info=error)
        raise Refusal("unavailable", 503) from None
