"""Conversations are kept for a while, and forgotten when somebody asks or nobody goes on."""

from __future__ import annotations

import asyncio
import time
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
import yaml
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import (
    ActionExecuted,
    ActiveLoop,
    AllSlotsReset,
    BotUttered,
    Event,
    Restarted,
    SessionStarted,
    SlotSet,
    UserUttered,
)
from rasa.shared.core.trackers import DialogueStateTracker

from actions.trial import trial
from conversations.store import LAST_TURNS, ForgettingTrackerStore
from scripts.settings import HOME

CANARY = "canary-7f3a"
FORM, SLOT = "prescreen_form", "prescreen_answer"
with warnings.catch_warnings():
    # Rasa tells at each loading what it has ceased to do since its version 2.
    warnings.simplefilter("ignore")
    DOMAIN = Domain.load(HOME / "domain.yml")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "private" / "conversations.db"


def store(file: Path, keep_hours: float = 24) -> ForgettingTrackerStore:
    """A store in a file."""
    return ForgettingTrackerStore(domain=DOMAIN, dialect="sqlite", db=str(file), keep_hours=keep_hours)


def left_of_it(file: Path) -> list[str]:
    """The files in the folder of the conversations in which the canary still is."""
    return [path.name for path in file.parent.iterdir() if CANARY.encode() in path.read_bytes()]


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
    assert left_of_it(file) != []
    tracker.update(Restarted())
    asyncio.run(keeper.save(tracker))
    assert asyncio.run(keeper.retrieve("one")) is None
    assert asyncio.run(keeper.retrieve("two")) is not None
    assert left_of_it(file) == []


def test_silence_forgets(file: Path) -> None:
    """At a start conversations are erased that nobody has gone on with for the time that is set."""
    asyncio.run(store(file).save(said("old", CANARY, ago=2 * 3600)))
    asyncio.run(store(file).save(said("new", "hello")))
    keeper = store(file, keep_hours=1)
    assert asyncio.run(keeper.retrieve("old")) is None
    assert asyncio.run(keeper.retrieve("new")) is not None
    assert left_of_it(file) == []


def test_the_folder_is_private(file: Path) -> None:
    """Only its owner may look into the folder of the conversations."""
    store(file)
    assert file.parent.stat().st_mode & 0o077 == 0


def test_what_is_said_about_privacy_is_so() -> None:
    """The hours that people are told are those that are set."""
    endpoints = yaml.safe_load((Path(__file__).resolve().parent.parent / "endpoints.yml").read_text(encoding="utf-8"))
    assert endpoints["tracker_store"]["keep_hours"] == trial().facts["chat"]["kept"]["number"]


# A long conversation


def begun(tracker: DialogueStateTracker) -> None:
    """What Rasa notes where a conversation begins."""
    note(tracker, [ActionExecuted("action_session_start"), SessionStarted(), ActionExecuted("action_listen")])


def note(tracker: DialogueStateTracker, events: Sequence[Event]) -> None:
    for event in events:
        tracker.update(event, DOMAIN)


def user(text: str, intent: str) -> UserUttered:
    return UserUttered(text, intent={"name": intent, "confidence": 1.0})


def opened(number: int) -> list[Event]:
    """The turn that opens a form."""
    return [
        user(f"begin {number}", "prescreen"),
        ActionExecuted(FORM),
        ActiveLoop(FORM),
        SlotSet("requested_slot", SLOT),
        BotUttered(f"question {number}"),
        SlotSet("prescreening", {"state": {"trail": [number]}}),
        ActionExecuted("action_listen"),
    ]


def answered(number: int) -> list[Event]:
    """A turn while the form is open."""
    return [
        user(f"answer {number}", "affirm"),
        SlotSet(SLOT, f"answer {number}"),
        ActionExecuted(FORM),
        SlotSet(SLOT, None),
        SlotSet("prescreening", {"state": {"trail": [number]}}),
        BotUttered(f"question {number}"),
        SlotSet("requested_slot", SLOT),
        ActionExecuted("action_listen"),
    ]


def closed(number: int) -> list[Event]:
    """The turn that ends the form."""
    return [
        user(f"stop {number}", "stop"),
        ActionExecuted(FORM),
        SlotSet("requested_slot", None),
        ActiveLoop(None),
        SlotSet("prescreen_stopped", True),
        ActionExecuted("action_prescreen_pause"),
        BotUttered(f"stopped {number}"),
        ActionExecuted("action_listen"),
    ]


def asked(number: int) -> list[Event]:
    """A turn outside the form."""
    return [
        user(f"dose {number}", "dose"),
        ActionExecuted("action_answer"),
        BotUttered(f"dose {number}"),
        SlotSet("talk", {"topic": "dose", "turn": number}),
        ActionExecuted("action_listen"),
    ]


def turns(count: int) -> list[list[Event]]:
    """A conversation: the language is chosen at the start and never again, and a form is opened and closed, with
    questions before, between and after.
    """
    made: list[list[Event]] = [[user("italiano", "language"), SlotSet("language", "it"), *asked(0)[1:]]]
    for number in range(1, count):
        place = number % 60
        turn = asked if place < 5 else opened if place == 5 else closed if place == 55 else answered
        made.append((asked if place > 55 else turn)(number))
    return made


def stamped(events: Sequence[Event]) -> list[tuple[str, float, Any]]:
    return [(event.type_name, event.timestamp, event.as_dict()) for event in events]


def stands(tracker: DialogueStateTracker) -> dict[str, Any]:
    """How a conversation stands, as Rasa's rules and the actions see it."""
    state = tracker.current_state()
    return {name: state[name] for name in ("slots", "latest_message", "active_loop", "latest_action", "paused")} | {
        "latest_event_time": state["latest_event_time"],
        # What a rule looks at: as far back as the last turn.
        "states": tracker.past_states(DOMAIN)[-2:],
    }


def test_a_long_conversation_stays_short_in_memory(file: Path) -> None:
    """Over 300 turns, with a form open and closed, Rasa sees the last turns alone, and yet all stands as it would
    if it saw everything: slots that were set once at the start, the form, its open question. Every event is stored,
    each once and in order. It does not matter whether the assistant was started anew in between.
    """
    keeper = store(file)
    whole = DialogueStateTracker("one", DOMAIN.slots)
    tracker = asyncio.run(keeper.get_or_create_tracker("one", append_action_listen=False))
    begun(tracker)
    note(whole, list(tracker.events))
    sizes = []
    for number, events in enumerate(turns(300)):
        if number:
            tracker = asyncio.run(keeper.get_or_create_tracker("one", append_action_listen=False))
            assert stands(tracker) == stands(whole), number
            sizes.append(len(tracker.events))
        note(tracker, events)
        note(whole, events)
        asyncio.run(keeper.save(tracker))
        if number % 50 == 7:
            keeper.engine.dispose()
            keeper = store(file)
    assert max(sizes[100:]) <= max(sizes[:100])
    kept = asyncio.run(store(file).retrieve_full_tracker("one"))
    assert kept is not None
    assert stamped(list(kept.events)) == stamped(list(whole.events))


def test_the_last_turns_are_seen(file: Path) -> None:
    """What was said last is seen as it was said; of what was said before, only what opened the form."""
    keeper = store(file)
    tracker = asyncio.run(keeper.get_or_create_tracker("one", append_action_listen=False))
    begun(tracker)
    for events in turns(30):
        note(tracker, events)
    asyncio.run(keeper.save(tracker))
    seen = asyncio.run(keeper.retrieve("one"))
    assert seen is not None
    said = [event.text for event in seen.events if isinstance(event, UserUttered)]
    assert said == ["begin 5", *(f"answer {number}" for number in range(30 - LAST_TURNS, 30))]


def test_saving_twice_stores_once(file: Path) -> None:
    """A conversation that is saved again, whole or in part, is not stored twice."""
    keeper = store(file)
    tracker = asyncio.run(keeper.get_or_create_tracker("one", append_action_listen=False))
    begun(tracker)
    for events in turns(20):
        note(tracker, events)
        asyncio.run(keeper.save(tracker))
        asyncio.run(keeper.save(tracker))
    whole = asyncio.run(keeper.retrieve_full_tracker("one"))
    assert whole is not None
    note(whole, asked(21))
    asyncio.run(keeper.save(whole))
    kept = asyncio.run(keeper.retrieve_full_tracker("one"))
    assert kept is not None
    assert stamped(list(kept.events)) == stamped([*tracker.events, *list(whole.events)[-5:]])


def test_a_turn_that_is_not_saved_leaves_nothing(file: Path) -> None:
    """A turn that got no reply is not kept: the next one goes on where the one before ended."""
    keeper = store(file)
    tracker = asyncio.run(keeper.get_or_create_tracker("one", append_action_listen=False))
    begun(tracker)
    for events in turns(20):
        note(tracker, events)
    asyncio.run(keeper.save(tracker))
    lost = asyncio.run(keeper.retrieve("one"))
    assert lost is not None
    note(lost, [user(CANARY, "dose")])
    again = asyncio.run(keeper.retrieve("one"))
    assert again is not None
    note(again, asked(21))
    asyncio.run(keeper.save(again))
    kept = asyncio.run(keeper.retrieve_full_tracker("one"))
    assert kept is not None
    assert stamped(list(kept.events)) == stamped([*tracker.events, *list(again.events)[-5:]])
    assert left_of_it(file) == []


def test_slots_that_were_emptied_stay_empty(file: Path) -> None:
    """A slot that was set before all slots were emptied is empty; one that was set since is not."""
    keeper = store(file)
    tracker = asyncio.run(keeper.get_or_create_tracker("one", append_action_listen=False))
    begun(tracker)
    note(tracker, [user("hello", "greet"), SlotSet("language", "it"), SlotSet("talk", "dose"), AllSlotsReset()])
    note(tracker, [SlotSet("talk", "sites"), ActionExecuted("action_listen")])
    for _ in range(10):
        note(tracker, [user("hello", "greet"), ActionExecuted("action_listen")])
    asyncio.run(keeper.save(tracker))
    seen = asyncio.run(keeper.retrieve("one"))
    assert seen is not None
    assert (seen.get_slot("language"), seen.get_slot("talk")) == (None, "sites")


def test_a_new_session_begins_anew(file: Path) -> None:
    """Of a session before this one nothing stands but what Rasa has carried over."""
    keeper = store(file)
    tracker = asyncio.run(keeper.get_or_create_tracker("one", append_action_listen=False))
    begun(tracker)
    note(tracker, [*opened(1), SlotSet("language", "it")])
    begun(tracker)
    note(tracker, [SlotSet("language", "en")])
    for number in range(10):
        note(tracker, asked(number))
    asyncio.run(keeper.save(tracker))
    seen = asyncio.run(keeper.retrieve("one"))
    assert seen is not None
    assert stands(seen) == stands(tracker)


def test_forgetting_a_long_conversation(file: Path) -> None:
    """After a restart nothing of a long conversation is left in any file of the folder, though only its last turns
    were in memory.
    """
    keeper = store(file)
    tracker = asyncio.run(keeper.get_or_create_tracker("one", append_action_listen=False))
    begun(tracker)
    note(tracker, [user(CANARY, "dose"), ActionExecuted("action_listen")])
    for events in turns(30):
        note(tracker, events)
    asyncio.run(keeper.save(tracker))
    assert left_of_it(file) != []
    seen = asyncio.run(keeper.retrieve("one"))
    assert seen is not None
    note(seen, [Restarted()])
    asyncio.run(keeper.save(seen))
    assert left_of_it(file) == []
    assert asyncio.run(keeper.retrieve("one")) is None
