"""Conversations in Rasa's store, for those who look whether they are gone."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, BotUttered, SlotSet, UserUttered
from rasa.shared.core.slots import AnySlot
from rasa.shared.core.trackers import DialogueStateTracker

from conversations.database import data_folder
from conversations.events import FILE
from conversations.store import ForgettingTrackerStore


@contextmanager
def rasa_store() -> Iterator[ForgettingTrackerStore]:
    """The store as Rasa opens it."""
    store = ForgettingTrackerStore(domain=Domain.empty(), dialect="sqlite", db=str(data_folder() / FILE))
    try:
        yield store
    finally:
        store.engine.dispose()


def conversation(
    store: ForgettingTrackerStore,
    sender: str,
    said: Sequence[str],
    reference: str | None = None,
    ago: float = 0,
) -> None:
    """Stores a conversation of some time ago in which this was said; with a reference, one that was shared."""
    then = time.time() - ago
    tracker = DialogueStateTracker(sender, [AnySlot("shared", mappings=[{}])])
    for text in said:
        tracker.update(ActionExecuted("action_listen", timestamp=then))
        tracker.update(UserUttered(text, timestamp=then))
        tracker.update(BotUttered(f"You said: {text}", timestamp=then))
    if reference:
        tracker.update(SlotSet("shared", reference, timestamp=then))
    asyncio.run(store.save(tracker))
